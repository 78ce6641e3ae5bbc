"""Uncertainty plans: what is read, what is checked before anything runs, what is varied and what is skipped."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml
from firm_cases import OWN, WORDS, branch, content, leaves, method_of, plan_of, study_of, table

from cityreach.errors import DataError, SpecError, UnknownNameError
from cityreach.index import compute, load_method
from cityreach.index.plan import Input, inputs_of, load_plan, plan_names, read_plan, without_empty
from cityreach.index.study import check

SHIFTED = {"by": "geometric", "shift": 1}


def varied(**given: Any) -> dict[str, Input]:
    return {entry.name: entry for entry in inputs_of(plan_of(**given), method_of()).varied}


def test_every_shipped_plan_fits_the_method_that_it_is_for() -> None:
    assert plan_names() == ["alternatives", "usual"]
    found = inputs_of(load_plan("usual"), load_method("social-reach@1"))
    names = ["normalisation", "weights", "aggregation.platform", "aggregation.dimension", "leave_out"]
    assert [entry.name for entry in found.varied] == names
    assert dict(found.skipped) == {"treatment": "absent", "weight_sets": "absent"}
    weights = next(entry for entry in found.varied if entry.name == "weights")
    assert set(weights.spread.values()) == {0.2}
    assert not any(path.startswith("tiktok") for path in weights.spread)  # outside the composite


def test_a_plan_that_does_not_exist_is_named_with_those_that_do() -> None:
    with pytest.raises(
        UnknownNameError, match=r"`unusual` does not exist in data/uncertainty/. There are: alternatives, usual"
    ):
        load_plan("unusual")


BROKEN: list[tuple[dict[str, Any], str]] = [
    ({"normalisation": ["minmx"]}, "`normalisation.0`: .*found .*minmx"),
    ({"normalisation": [{"by": "minmax", "rnge": [0, 1]}]}, "`normalisation.0.minmax.rnge`: this key is not known"),
    ({"treatment": ["winsor"]}, "`treatment.0`: .*winsor.*none.*two_stage"),
    ({"weights": 1.5}, "`weights.all`: must be less than 1, found 1.5. Write 0.2 for plus or minus 20 %"),
    ({"aggregation": {"pillar": ["geo"]}}, "`aggregation.pillar.0`: .*geo"),
    ({"draws": 3}, "`draws`: must be greater than or equal to 16, found 3. Write a number of replications"),
    ({"leaveout": "indicators"}, "`leaveout`: this key is not known.*Did you mean `leave_out`"),
    ({"tops": [0]}, "`tops.0`: must be greater than or equal to 1"),
]


@pytest.mark.parametrize(("given", "message"), BROKEN)
def test_a_broken_key_is_one_line_with_file_key_and_remedy(tmp_path: Path, given: Any, message: str) -> None:
    path = tmp_path / "broken.yml"
    path.write_text(yaml.safe_dump({"id": "broken", "title": WORDS, **given}), encoding="utf-8")
    with pytest.raises(SpecError, match=f"^broken.yml: {message}") as caught:
        read_plan(path)
    assert "\n" not in str(caught.value)


UNKNOWN: list[tuple[dict[str, Any], str]] = [
    ({"weights": {"pilar": 0.2}}, "`weights.pilar`: firm@1 has no level `pilar`. Allowed: all, wing, pillar"),
    ({"aggregation": {"top": SHIFTED}}, "`aggregation.top`: firm@1 has no level `top`. Allowed: all, wing, pillar"),
    ({"weight_sets": ["even", "flat"]}, "`weight_sets`: firm@1 has no weight set `flat`. Allowed: even, odd, all."),
    ({"leave_out": "left.x"}, "`leave_out`: firm@1 has no level, node or indicator `left.x`. Allowed: indicators"),
    ({"leave_out": ["index"]}, "`leave_out`: firm@1 has no level, node or indicator `index`"),
    ({"weights": {"all": 0.2, "wing": 0.1}}, "`weights.all`: stands beside single levels. Write `all` alone"),
]  # fmt: skip


@pytest.mark.parametrize(("given", "message"), UNKNOWN)
def test_what_the_method_does_not_have_is_one_line_with_what_it_has(tmp_path: Path, given: Any, message: str) -> None:
    path = tmp_path / "strange.yml"
    path.write_text(yaml.safe_dump({"id": "strange", "title": WORDS, **given}), encoding="utf-8")
    with pytest.raises(SpecError) as caught:
        inputs_of(read_plan(path), method_of())
    assert str(caught.value).startswith(f"strange.yml: {message}")
    assert "\n" not in str(caught.value)


def test_a_file_and_its_id_must_agree(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "data" / "uncertainty").mkdir(parents=True)
    (tmp_path / "data" / "uncertainty" / "mine.yml").write_text(
        yaml.safe_dump({"id": "yours", "title": WORDS}), encoding="utf-8"
    )
    monkeypatch.setenv("CITYREACH_HOME", str(tmp_path))
    with pytest.raises(SpecError, match=r"^data/uncertainty/mine.yml: `id`: must be .* 'mine', found 'yours'"):
        load_plan("mine")


def test_what_the_method_does_itself_is_always_the_first_option_and_never_counts_twice() -> None:
    found = varied(normalisation=["percentile", {"by": "minmax", "range": [1, 100]}, "percentile", "minmax"])
    assert [option.name for option in found["normalisation"].options] == ["own", "percentile", "minmax"]
    assert found["normalisation"].options[0].rule is None


def test_options_are_named_with_what_the_file_says_of_them() -> None:
    rules = [{"by": "zscore", "mean": 50, "sd": 15}, {"by": "minmax", "over": {"first": "2024", "last": "2024"}}]
    names = [option.name for option in varied(normalisation=rules)["normalisation"].options]
    assert names == ["own", "zscore (mean 50, sd 15)", "minmax (over 2024 to 2024)"]


def test_one_number_is_one_input_and_levels_are_inputs_of_their_own() -> None:
    both = varied(weights=0.2, aggregation=SHIFTED)
    assert list(both) == ["weights", "aggregation"]
    assert set(both["aggregation"].parents) == {"index", "left", "right", "left.p", "left.q", "right.r"}
    assert set(both["weights"].spread) == {"left", "right", "left.p", "left.q", *_leaf_paths()}  # right.r is alone
    split = varied(weights={"wing": 0.1, "indicator": 0.3}, aggregation={"wing": SHIFTED, "pillar": "harmonic"})
    assert list(split) == ["weights.wing", "weights.indicator", "aggregation.wing", "aggregation.pillar"]
    assert split["aggregation.pillar"].parents == ("left", "right")
    assert split["weights.wing"].spread == {"left": 0.1, "right": 0.1}


def _leaf_paths() -> list[str]:
    return ["left.p.a", "left.p.b", "left.q.c", "left.q.d", "right.r.e", "right.r.f", "right.r.g"]


def test_what_is_left_out_is_an_indicator_with_all_its_leaves_or_a_node() -> None:
    given = content()
    given["tree"]["children"][1]["children"][0]["children"].append({"code": "again", "indicator": "a", "weight": 1})
    found = inputs_of(plan_of(leave_out=["indicators"]), method_of(given)).varied[0]
    gone = {option.name: set(option.paths) for option in found.options}
    assert list(gone) == ["none", "a", "b", "c", "d", "e", "f", "g"]
    assert gone["a"] == {"left.p.a", "right.r.again"}
    by_level = varied(leave_out=["wing", "left.p.a"])["leave_out"]
    assert [(option.name, set(option.paths)) for option in by_level.options] == [
        ("none", set()), ("left", {"left"}), ("right", {"right"}), ("left.p.a", {"left.p.a"}),
    ]  # fmt: skip


def test_a_branch_goes_with_the_last_of_its_children() -> None:
    nodes = method_of().nodes
    assert without_empty(nodes, {"right.r.e", "right.r.f", "right.r.g"}) == {
        "right.r.e", "right.r.f", "right.r.g", "right.r", "right",
    }  # fmt: skip
    assert without_empty(nodes, {"left.p.a"}) == {"left.p.a"}


def test_leaving_out_everything_is_refused() -> None:
    given = content() | {"tree": {"code": "index", "label": WORDS, "children": [branch("left", 1, leaves("a"))]}}
    given["levels"] = given["levels"][:2]
    given["weight_sets"] = {}
    with pytest.raises(SpecError, match=r"`leave_out`: leaving out `a` leaves nothing of firm@1. Name another."):
        inputs_of(plan_of(leave_out="indicators"), method_of(given))


def test_what_is_skipped_is_said_with_its_reason() -> None:
    study = study_of(treatment="none", normalisation={"by": "minmax", "range": [1, 100]}, aggregation="arithmetic",
                     weights={"wing": 0.2})  # fmt: skip
    said = study.table().set_index("input")["skipped"]
    assert said.index.tolist() == [
        "weights.wing", "normalisation", "treatment", "weight_sets", "aggregation", "leave_out",
    ]  # fmt: skip
    assert pd.isna(said["weights.wing"])
    same = "every alternative is what the method does itself"
    assert said[["normalisation", "treatment", "aggregation"]].tolist() == [same] * 3
    assert said[["weight_sets", "leave_out"]].tolist() == ["the plan does not name it"] * 2


def test_weights_without_brothers_are_skipped() -> None:
    given = content()
    given["tree"]["children"][0]["children"].pop()
    given["weight_sets"] = {}
    found = inputs_of(plan_of(weights={"pillar": 0.2}), method_of(given))
    assert not found.varied
    assert found.skipped["weights.pillar"] == "alone"


def test_the_table_says_how_many_ways_there_are() -> None:
    rows = study_of(weights=0.25, weight_sets="all").table().set_index("input")
    assert rows.loc["weights", ["options", "choices"]].tolist() == [64, "11 weights, each +- 25 %"]
    assert rows.loc["weight_sets", ["options", "choices"]].tolist() == [3, "own; even; odd"]


def zero_scored() -> Any:
    return compute(method_of(normalisation=OWN | {"default": "minmax"}), table(gaps=0))


def test_a_mean_that_does_not_exist_is_refused_before_the_run_with_unit_node_and_remedy() -> None:
    with pytest.raises(DataError) as caught:
        study_of(zero_scored(), aggregation={"indicator": ["harmonic", SHIFTED]}, normalisation=["percentile"])
    line = str(caught.value)
    assert line.startswith("uncertainty plan `test` (harmonic): U")
    assert re.search(r"U\d+ \(2024\): `right.r.f` scores 0, of which `right.r` takes a harmonic mean", line)
    assert line.endswith("or write `aggregate: {by: harmonic, shift: 1}`.")
    assert "\n" not in line


def test_with_a_shift_the_same_mean_is_taken() -> None:
    assert len(study_of(zero_scored(), aggregation={"indicator": [SHIFTED]}).inputs) == 1


def test_a_mean_that_fails_only_when_something_is_left_out_is_refused_as_well() -> None:
    """Without b, the pillar p of a unit is its a alone: 0 for the lowest."""
    given = content() | {"normalisation": OWN | {"default": "minmax"}}
    data = pd.DataFrame({"unit": ["A", "B"], "year": 1, **{code: [1.0, 2.0] for code in "bcefg"}, "d": [2.0, 1.0]})
    data["a"], data["b"] = [1.0, 2.0], [2.0, 1.0]
    for code in "cdefg":
        given["indicators"][code]["normalise"] = {"by": "goalposts", "low": 0, "high": 10}
    scores = compute(method_of(given), data)
    means = {"pillar": ["geometric"]}
    assert len(study_of(scores, aggregation=means).inputs) == 1
    with pytest.raises(DataError, match=r"\(geometric, without left.p.b\): A .1.: `left.p` scores 0, of which `left`"):
        study_of(scores, aggregation=means, leave_out="left.p.b")


def test_a_scale_that_does_not_exist_is_refused_with_the_unit() -> None:
    data = table(gaps=0)
    data.loc[3, "c"] = -1.0
    with pytest.raises(DataError, match=r"^uncertainty plan `test` \(two_stage \(skewness 0, .*\)\): U\d+ "):
        treat = {"by": "two_stage", "skewness": 0, "kurtosis": -9, "points": 0, "then": "log"}
        study_of(compute(method_of(), data), treatment=treat)


def test_a_scale_below_zero_is_refused_where_what_is_missing_counts_as_zero() -> None:
    given = content()
    given["levels"][1]["missing"] = "zero"
    scores = compute(method_of(given), table())
    with pytest.raises(SpecError, match=r"zscore takes `left.p.a` below 0, but what is missing counts as 0 .level"):
        study_of(scores, normalisation=["zscore"])
    assert study_of(scores, normalisation=[{"by": "zscore", "mean": 50, "sd": 10}]).inputs


def test_more_combinations_than_can_be_checked_are_refused() -> None:
    means = [{"by": "power", "power": power / 10} for power in range(2, 9)]
    levels = {"wing": means, "pillar": means, "indicator": means}
    with pytest.raises(SpecError, match=r"more than 2,000 combinations .normalisation 5, aggregation.wing 8"):
        study_of(normalisation=["minmax", "rank", "percentile", "borda"], aggregation=levels)


def test_check_takes_the_name_of_a_plan() -> None:
    with pytest.raises(UnknownNameError, match="Uncertainty plan `other` does not exist"):
        check("other", compute(method_of(), table()))
