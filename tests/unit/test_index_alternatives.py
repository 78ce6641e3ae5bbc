"""Other methods one by one: each gives the places of an index that is built in that way."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from firm_cases import content, method_of, study_of, table

from cityreach.index import Method, alternatives, compute
from cityreach.index.alternatives import Alternatives

YEAR = "2025"
FIRST = 3


def found(**plan: Any) -> Alternatives:
    return alternatives.each_alone(study_of(**plan), YEAR, top=FIRST)


def places(method: Method, **given: Any) -> pd.Series:
    scores = compute(method, table(), **given).table
    here = scores[(scores["period"] == YEAR) & (scores["node"] == "index")]
    return here.set_index("unit")["rank"]


def averaged(level: int, rule: Any) -> Method:
    levels = [{**each, **({"aggregate": rule} if at == level else {})} for at, each in enumerate(content()["levels"])]
    return method_of(levels=levels)


PERCENTILE = method_of(normalisation={**content()["normalisation"], "default": "percentile"})
CASES: list[tuple[dict[str, Any], str, str, pd.Series]] = [
    ({"weight_sets": "even"}, "weight_sets", "even", places(method_of(), weights="even")),
    ({"weight_sets": "all"}, "weight_sets", "odd", places(method_of(), weights="odd")),
    ({"normalisation": "percentile"}, "normalisation", "percentile", places(PERCENTILE)),
    ({"aggregation": {"pillar": "geometric"}}, "aggregation.pillar", "geometric", places(averaged(1, "geometric"))),
]


@pytest.mark.parametrize(("plan", "input_", "option", "expected"), CASES)
def test_an_option_gives_the_places_of_an_index_built_with_it(
    plan: Any, input_: str, option: str, expected: pd.Series
) -> None:
    units = found(**plan).units
    mine = units[(units["input"] == input_) & (units["option"] == option)].set_index("unit")
    assert mine["rank_there"].equals(expected.reindex(mine.index).astype("Int64").rename("rank_there"))
    assert mine["rank"].equals(places(method_of()).reindex(mine.index).astype("Int64"))
    assert not mine["rank"].equals(mine["rank_there"].rename("rank"))  # else the case shows nothing


def test_every_option_is_taken_alone_and_drawn_weights_are_none() -> None:
    plan = {"normalisation": ["percentile", "rank"], "weight_sets": "all", "weights": 0.2, "leave_out": ["a"]}
    both, alone = found(**plan), found(normalisation=["percentile", "rank"])
    names = list(zip(both.options["input"], both.options["option"], strict=True))
    assert names == [
        ("normalisation", "percentile"), ("normalisation", "rank"), ("weight_sets", "even"), ("weight_sets", "odd"),
        ("leave_out", "a"),
    ]  # fmt: skip
    pd.testing.assert_frame_equal(both.options.head(2), alone.options)


def test_the_summary_of_an_option_is_that_of_its_places() -> None:
    both = found(weight_sets="all")
    for row in both.options.itertuples():
        mine = both.units[both.units["option"] == row.option].dropna(subset=["rank", "rank_there"])
        shift = (mine["rank"] - mine["rank_there"]).abs()
        assert row.mean_shift == pytest.approx(shift.mean()) and row.max_shift == shift.max()
        assert row.moved == (shift > 0).sum() and shift[mine["unit"] == row.unit].item() == row.max_shift
        assert row.entered == ((mine["rank_there"] <= FIRST) & (mine["rank"] > FIRST)).sum()


def test_a_plan_without_options_compares_nothing() -> None:
    assert found(weights=0.2).options.empty and found().units.empty
