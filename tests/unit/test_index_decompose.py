"""Why a score moved: parts that add up to the change."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from index_cases import cell, figures, make_edition, mini
from test_index_compute import PLATFORMS, random_metrics

from cityreach.errors import UnknownNameError
from cityreach.index import load_method
from cityreach.index.decompose import decompose
from cityreach.scoring import compute


def pair(before: pd.DataFrame, now: pd.DataFrame, platforms: str = "facebook x") -> pd.DataFrame:
    editions = [make_edition("before", platforms=platforms), make_edition("now", platforms=platforms)]
    return compute(mini(), pd.concat([before, now]), editions=editions)


def test_parts_by_hand() -> None:
    scores = pair(
        figures("before", A_facebook=(20, 100), A_x=(40, 50)), figures("now", A_facebook=(20, 200), A_x=(0, 50))
    )
    parts = decompose(scores, "A", "now", "before").set_index("node")
    assert parts.loc["composite", "change"] == pytest.approx(0.6 * 37.5 - 0.4 * 25)
    assert parts.loc["facebook", "change"] == pytest.approx(0.6 * 37.5)
    assert parts.loc["facebook.peak", "change"] == pytest.approx(0.6 * 0.75 * 50)
    assert parts.loc["x.posts", "change"] == pytest.approx(-0.4 * 0.25 * 100)
    assert parts["by_weight"].abs().max() == 0
    assert "tiktok" not in parts.index


def test_a_platform_left_out_is_a_change_of_weights() -> None:
    lost = figures("now", A_facebook=(20, 100), A_x=(None, None))
    lost.loc[lost["platform"] == "x", "status"] = "missing"
    scores = pair(figures("before", A_facebook=(20, 100), A_x=(40, 200)), lost)
    parts = decompose(scores, "A", "now", "before").set_index("node")
    assert parts.loc["composite", "change"] == pytest.approx(50 - 70)
    assert parts.loc["x", ["change", "by_weight"]].tolist() == pytest.approx([-40, -40])
    assert parts.loc["facebook", ["change", "by_weight"]].tolist() == pytest.approx([20, 20])


def test_a_new_account_is_a_change_of_scores() -> None:
    none = figures("before", A_facebook=(20, 100), A_x=(None, None))
    none.loc[none["platform"] == "x", "status"] = "no_account"
    scores = pair(none, figures("now", A_facebook=(20, 100), A_x=(40, 200)))
    parts = decompose(scores, "A", "now", "before").set_index("node")
    assert parts.loc["x", ["change", "by_score", "by_weight"]].tolist() == pytest.approx([40, 40, 0])


def test_a_closed_account_counts_zero_at_its_new_weight() -> None:
    """x was all of the composite while facebook was missing; now facebook is back and x has no account."""
    before, now = (
        figures("before", A_facebook=(None, None), A_x=(40, 200)),
        figures("now", A_facebook=(20, 100), A_x=(None, None)),
    )
    before["status"], now["status"] = ["missing", "measured"], ["measured", "no_account"]
    parts = decompose(pair(before, now), "A", "now", "before").set_index("node")
    assert parts.loc["x", ["change", "by_weight", "by_score"]].tolist() == pytest.approx([-100, -30, -70])
    assert parts.loc["facebook", ["change", "by_weight"]].tolist() == pytest.approx([30, 30])


@pytest.mark.parametrize("seed", range(3))
def test_every_level_adds_up_whatever_is_missing(seed: int) -> None:
    metrics = pd.concat(
        [random_metrics(seed).assign(edition="before"), random_metrics(seed + 50).assign(edition="now")]
    )
    platforms = {"before": " ".join(PLATFORMS[:4]), "now": " ".join(PLATFORMS)}
    editions = [make_edition(name, platforms=names) for name, names in platforms.items()]
    scores = compute(load_method("social-reach@1"), metrics, editions=editions)
    for city in scores["city_id"].unique():
        parts = decompose(scores, city, "now", "before")
        before, now = (cell(scores, city, edition=name)["score"] for name in ("before", "now"))
        moved = (0 if pd.isna(now) else now) - (0 if pd.isna(before) else before)
        sums = parts.groupby("level")["change"].sum()
        assert set(sums.index) == {0, 1, 2, 3}
        np.testing.assert_allclose(sums, moved, atol=1e-9)
        np.testing.assert_allclose(parts["by_score"] + parts["by_weight"], parts["change"], atol=1e-9)


def test_a_platform_of_its_own_can_be_taken_apart() -> None:
    scores = pair(figures("before", A_tiktok=(20, 100)), figures("now", A_tiktok=(40, 100)), "facebook tiktok")
    parts = decompose(scores, "A", "now", "before", node="tiktok").set_index("node")
    assert parts["change"].to_dict() == pytest.approx({"tiktok": 12.5, "tiktok.posts": 12.5, "tiktok.peak": 0})
    assert parts["level"].tolist() == [1, 2, 2]


def test_an_unknown_city_is_named() -> None:
    scores = pair(figures("before", A_x=(1, 1)), figures("now", A_x=(1, 1)))
    with pytest.raises(UnknownNameError, match="No score of city B on `composite` in edition now"):
        decompose(scores, "B", "now", "before")
