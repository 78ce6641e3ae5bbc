"""The parts of a composite that may be weighed anew, and what they give under other weights."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from index_cases import figures, make_edition, metrics_of, mini, mini_content
from tests.reweighed import with_weights

from cityreach.index import Method
from cityreach.insight.weighing import Weighing, weighed, weighing
from cityreach.scoring import compute

PLATFORMS = "facebook x tiktok"
WEIGHTS = [(60, 40, 0), (40, 60, 0), (1, 1, 1), (0, 100, 0), (0, 0, 5), (100, 0, 3), (7, 0, 93), (33, 33, 34)]


def metrics() -> pd.DataFrame:
    """A everywhere, B without TikTok, C's export of X missing, D silent, E with TikTok alone, F with nothing."""
    measured = figures(
        A_facebook=(40, 200), A_x=(12, 90), A_tiktok=(9, 31), B_facebook=(20, 140), B_x=(20, 60), C_facebook=(20, 180),
        C_tiktok=(3, 199), D_facebook=(0, 0), D_x=(0, 0), D_tiktok=(0, 0), E_tiktok=(40, 200),
    )  # fmt: skip
    absent = {"B_tiktok": "no_account", "C_x": "missing", "E_facebook": "no_account", "E_x": "no_account"}
    absent |= {f"F_{platform}": "missing" for platform in PLATFORMS.split()}
    rows = pd.DataFrame([(*place.split("_"), status) for place, status in absent.items()])
    return pd.concat([measured, metrics_of(rows.set_axis(["city_id", "platform", "status"], axis=1))])


def score(method: Method) -> pd.DataFrame:
    return compute(method, metrics(), editions=[make_edition(platforms=PLATFORMS)])


def made(method: Method | None = None) -> Weighing:
    found = weighing(method or mini(), score(method or mini()), metrics())
    assert found is not None
    return found


def test_parts_are_scores_or_the_rule_for_what_is_absent() -> None:
    found = made()
    assert (found.nodes, found.weights, found.significant) == (("facebook", "x", "tiktok"), (60.0, 40.0, 0.0), 12)
    parts = dict(zip(found.city_ids, found.parts, strict=True))
    assert parts["A"] == (100.0, pytest.approx(41.25), pytest.approx(17.25))
    assert parts["B"][2] == "zero" and parts["C"][1] == "reweight" and parts["D"] == (0.0, 0.0, 0.0)
    assert parts["E"][:2] == ("zero", "zero") and parts["F"] == ("reweight",) * 3


def test_cities_stand_by_their_published_places_those_without_one_last() -> None:
    found = made()
    assert found.city_ids == ("C", "A", "B", "D", "E", "F")
    assert found.places == (1, 2, 3, 4, 4, None)
    assert found.scores[-1] is None and found.scores[3] == 0.0


@pytest.mark.parametrize("weights", WEIGHTS, ids=str)
def test_other_weights_give_what_the_engine_gives(weights: tuple[float, ...]) -> None:
    found = made()
    scores = score(with_weights(mini(), dict(zip(found.nodes, weights, strict=True))))
    expected = scores[scores["node"] == "composite"].set_index("city_id")["score"]
    for city, parts in zip(found.city_ids, found.parts, strict=True):
        own, theirs = weighed(parts, weights), expected[city]
        assert (own is None) == bool(pd.isna(theirs)), city
        assert own is None or own == pytest.approx(theirs, rel=1e-14, abs=1e-14), city


def test_without_any_weight_there_is_no_score() -> None:
    assert [weighed(parts, (0, 0, 0)) for parts in made().parts] == [None] * 6


def test_a_part_that_withholds_takes_the_composite_away_while_it_has_a_weight() -> None:
    content = mini_content()
    content["levels"][0]["missing"] = {"no_account": "zero", "missing": "withhold"}
    found = made(Method.model_validate(content))
    parts = dict(zip(found.city_ids, found.parts, strict=True))
    assert parts["C"][1] == "withhold" and found.places[found.city_ids.index("C")] is None
    assert weighed(parts["C"], (60, 40, 0)) is None and weighed(parts["C"], (60, 0, 0)) == parts["C"][0]


def test_one_rule_for_all_needs_no_status() -> None:
    content = mini_content()
    content["levels"][0]["missing"] = "zero"
    found = made(Method.model_validate(content))
    parts = dict(zip(found.city_ids, found.parts, strict=True))
    assert parts["F"] == ("zero",) * 3 and found.places[found.city_ids.index("F")] is not None


def test_weights_keep_the_scale_of_the_file_where_a_platform_is_cut() -> None:
    edition = make_edition(platforms="facebook tiktok")
    scores = compute(mini(), metrics(), editions=[edition])
    found = weighing(mini(), scores, metrics())
    assert found is not None and (found.nodes, found.weights) == (("facebook", "tiktok"), (60.0, 0.0))


def test_nothing_to_weigh_with_one_platform() -> None:
    scores = compute(mini(), metrics(), editions=[make_edition(platforms="x")])
    assert weighing(mini(), scores, metrics()) is None


@pytest.mark.parametrize("column", ["score", "rank"])
def test_a_composite_that_is_made_in_another_way_is_left_alone(column: str) -> None:
    """Whether its score or only its order is another one (a city's score is changed, two cities' places)."""
    scores = score(mini())
    mine = (scores["node"] == "composite") & scores["city_id"].isin(["A", "B"])
    changed = scores[column].mask(mine, scores[column] * 0.9 if column == "score" else 5 - scores[column].astype(float))
    assert weighing(mini(), scores.assign(**{column: changed}), metrics()) is None


def test_scores_are_plain_numbers() -> None:
    found = made()
    assert {type(part) for parts in found.parts for part in parts} == {float, str}
    assert {type(place) for place in found.places} == {int, type(None)}
    assert not any(isinstance(value, np.generic) for value in (*found.weights, *found.scores, found.significant))
