"""Rank intervals under varied weights."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from index_cases import cell, figures, make_edition, mini
from test_index_compute import PLATFORMS, random_metrics

from cityreach.errors import UnknownNameError
from cityreach.index import Scores, load_method, uncertainty
from cityreach.scoring import as_scores, score


def reach_scored(metrics: pd.DataFrame) -> Scores:
    return score(load_method("social-reach@1"), metrics, editions=[make_edition(platforms=" ".join(PLATFORMS))])


def small() -> Scores:
    """A is best everywhere, D worst everywhere, B and C are each better on one platform."""
    metrics = figures(
        A_facebook=(40, 200), A_x=(40, 200), B_facebook=(20, 140), B_x=(20, 60),
        C_facebook=(20, 100), C_x=(20, 125), D_facebook=(0, 0), D_x=(0, 0),
    )  # fmt: skip
    return score(mini(), metrics, editions=[make_edition()])


def test_who_is_best_everywhere_is_first_in_every_draw() -> None:
    rows = uncertainty.rank_intervals(small(), "2025-04", draws=200, seed=3).set_index("unit")
    assert rows.loc["A", ["low", "high", "p_first", "p_top10"]].tolist() == [1, 1, 1.0, 1.0]
    assert rows.loc["D", ["low", "high", "p_first"]].tolist() == [4, 4, 0.0]
    assert rows.loc["B", ["low", "high"]].tolist() == [2, 3]
    assert rows.loc["C", ["low", "high"]].tolist() == [2, 3]


def test_pairs_add_up_to_one_and_agree_with_the_order() -> None:
    drawn = uncertainty.draw_scores(small(), "2025-04", draws=500, seed=3)
    p = uncertainty.pair_probability(drawn, [("B", "C"), ("C", "B"), ("A", "D"), ("A", "A")])["p_ahead"]
    assert p[0] + p[1] == pytest.approx(1)
    assert 0.05 < p[0] < 0.95
    assert p[2:].tolist() == [1.0, 0.5]


def test_the_draws_vary_around_the_published_score() -> None:
    scored = reach_scored(random_metrics(2))
    scores = as_scores(scored)
    drawn = uncertainty.draw_scores(scored, "2025-04", draws=400, seed=1)
    for city, row in zip(drawn.units, drawn.scores, strict=True):
        published = cell(scores, city)["score"]
        assert pd.isna(published) == np.isnan(row).all()
        if not pd.isna(published):
            assert row.min() <= published + 1e-9
            assert row.max() >= published - 1e-9
            assert abs(row.mean() - published) < 1


def test_without_variation_the_scores_come_out_as_published(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uncertainty, "SPREAD", 0.0)
    scored = reach_scored(random_metrics(4))
    scores = as_scores(scored)
    drawn = uncertainty.draw_scores(scored, "2025-04", draws=2)
    published = scores[scores["node"] == "composite"].set_index("city_id")["score"].loc[drawn.units]
    np.testing.assert_allclose(drawn.scores[:, 1], published.to_numpy(float, na_value=np.nan), atol=1e-9)


def test_same_seed_same_answer() -> None:
    first, second, other = (uncertainty.draw_scores(small(), "2025-04", draws=50, seed=seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first.scores, second.scores)
    assert not np.array_equal(first.scores, other.scores)


def test_a_city_without_a_score_has_no_interval() -> None:
    metrics = figures(A_x=(1, 1), B_x=(None, None))
    rows = uncertainty.rank_intervals(score(mini(), metrics, editions=[make_edition()]), "2025-04", draws=20)
    assert rows["low"].isna().tolist() == [False, True]
    assert rows["p_first"].tolist() == [1.0, 0.0]


def test_an_edition_without_scores_is_named() -> None:
    with pytest.raises(UnknownNameError, match="The scores hold no period `2030-01`"):
        uncertainty.rank_intervals(small(), "2030-01")
