"""The simulated editions come out in the published order: by their plans, and by way of intake, metrics and index."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pandas as pd
import pytest
from tests.conftest import make_home

from cityreach import edition as editions
from cityreach import intake, metrics, paths, registry, simulate
from cityreach.index.method import load_method
from cityreach.scoring import compute
from cityreach.simulate import plan, scoring, settings

INDEX = "中国城市海外社交媒体传播力指数"
EDITIONS = ["2025-01", "2025-02", "2025-03", "2025-04", "2025-05"]
METHOD = "social-reach@1"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    patch = pytest.MonkeyPatch()
    folder = make_home(tmp_path_factory.mktemp("rankings") / "home")
    patch.setenv(paths.HOME_VARIABLE, str(folder))
    yield folder
    patch.undo()


def published(edition: str, scope: str = "composite") -> dict[str, int]:
    """City -> published place, in the order of the places."""
    frame = pd.read_csv(paths.data("published", "rankings.csv"), dtype=str, encoding="utf-8-sig")
    rows = frame[(frame["edition"] == edition) & (frame["index"] == INDEX) & (frame["scope"] == scope)]
    rows = rows[rows["ordered"] == "yes"].astype({"rank": int}).sort_values("rank")
    return dict(zip(rows["city"], rows["rank"], strict=True))


def take_in(name: str) -> str:
    edition, known = editions.load(name), registry.load()
    simulate.run(edition, known)
    intake.run(edition, known)
    return name


@pytest.fixture(scope="module")
def scores(home: Path) -> pd.DataFrame:
    """Scores of EDITIONS with the city's Chinese name, made of the files that the simulation wrote."""
    with ProcessPoolExecutor(max_workers=2) as pool:
        list(pool.map(take_in, EDITIONS))
    known = registry.load()
    chosen = [editions.load(name) for name in EDITIONS]
    for before, edition in zip([None, *chosen], chosen, strict=False):
        metrics.write(edition, known, previous=before)
    found = compute(load_method(METHOD), metrics.load(EDITIONS), editions=chosen)
    return found.assign(city=found["city_id"].map(known.cities["name_zh"]))


def places(scores: pd.DataFrame, edition: str, node: str) -> pd.Series:
    rows = scores[(scores["edition"] == edition) & (scores["node"] == node)]
    return rows.dropna(subset=["rank"]).set_index("city")["rank"].sort_values(kind="stable")


@pytest.mark.parametrize("edition", ["2025-02", "2025-03", "2025-05"])
def test_the_ten_best_are_the_published_ones(scores: pd.DataFrame, edition: str) -> None:
    ten = places(scores, edition, "composite").head(10)
    assert ten.astype(int).to_dict() == published(edition)
    assert list(ten.index) == list(published(edition))


@pytest.mark.parametrize(
    ("edition", "platform", "place"),
    [
        ("2025-03", "instagram", 1), ("2025-03", "youtube", 2), ("2025-05", "facebook", 4), ("2025-05", "x", 8),
        ("2025-05", "instagram", 1), ("2025-05", "youtube", 9), ("2025-05", "composite", 3),
        ("2025-04", "composite", 3),
    ],
)  # fmt: skip
def test_places_of_chengdu(scores: pd.DataFrame, edition: str, platform: str, place: int) -> None:
    known = published(edition, platform).get("成都", place)
    assert places(scores, edition, platform)["成都"] == known == place


def test_hangzhou_is_ninth_in_january(scores: pd.DataFrame) -> None:
    assert places(scores, "2025-01", "composite")["杭州"] == 9


@pytest.mark.parametrize("edition", EDITIONS)
def test_scores_are_spread_like_real_ones(scores: pd.DataFrame, edition: str) -> None:
    rows = scores[(scores["edition"] == edition) & (scores["node"] == "composite")]
    ordered = rows["score"].sort_values(ascending=False).to_numpy()
    gaps = ordered[:10] - ordered[1:11]
    assert gaps.min() > 0.29
    assert 83 < ordered[0] < 89 and 67 < ordered[9] < 72
    assert 35 < rows["score"].median() < 46


@pytest.mark.parametrize("edition", ["2025-03", "2025-05"])
def test_what_intake_keeps_is_what_was_planned(scores: pd.DataFrame, edition: str) -> None:
    planned = plan.make(editions.load(edition), registry.load(), settings.load()).cells
    measured = planned[planned["status"] == "measured"].set_index(["city_id", "platform"]).sort_index()
    found = metrics.load([edition]).set_index(["city_id", "platform"]).sort_index()
    assert set(found.index[found["status"] == "missing"]) == _cells(planned, "missing")
    assert set(found.index[found["status"] == "silent"]) == _cells(planned, "silent")
    taken = found.loc[measured.index]
    for column in ("posts", "active_days", "followers"):
        assert (taken[column] == measured[column]).all(), column
    listed = measured["listed"]
    assert (taken["interactions"] == measured["interactions"])[listed].all()
    assert (taken["new_followers"].astype(float) == measured["new_followers"])[
        listed & measured["new_followers"].notna()
    ].all()


def _cells(planned: pd.DataFrame, status: str) -> set[tuple[str, str]]:
    rows = planned[planned["status"] == status]
    return set(zip(rows["city_id"], rows["platform"], strict=True))


def planned_composite(edition: str) -> pd.Series:
    """Composite scores that the plan's figures earn, best first, of cities without missing exports."""
    chosen = editions.load(edition)
    cells = plan.make(chosen, registry.load(), settings.load()).cells
    weight = dict(zip(chosen.platforms, scoring.composite_weights(load_method(METHOD), chosen.platforms), strict=True))
    parts = cells["score"] * cells["platform"].map(weight)
    return parts.groupby(cells["city"]).sum().sort_values(ascending=False, kind="stable")


@pytest.mark.parametrize("edition", ["2024-06", "2024-09"])
def test_earlier_editions_are_planned_in_the_published_order(home: Path, edition: str) -> None:
    assert list(planned_composite(edition).index[:10]) == list(published(edition))


def test_october_has_the_published_set(home: Path) -> None:
    frame = pd.read_csv(paths.data("published", "rankings.csv"), dtype=str, encoding="utf-8-sig")
    rows = frame[(frame["edition"] == "2025-10") & (frame["index"] == INDEX) & (frame["scope"] == "composite")]
    assert set(planned_composite("2025-10").index[:10]) == set(rows["city"])
    assert len(rows) == 10
