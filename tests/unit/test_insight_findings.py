"""Findings: one for each fact, figures that equal their cells, nothing where an edition has nothing to say."""

from __future__ import annotations

import json
from datetime import date

import numpy as np
import pandas as pd
import pytest
from insight_frames import PLATFORMS, accounts, labels, metrics, posts, scores

from cityreach import spec
from cityreach.findings import Figure, Finding
from cityreach.insight import (
    advice,
    cases,
    coverage,
    findings_content,
    findings_panel,
    findings_places,
    formats,
    levels,
    make,
    profiles,
    ranking,
    regions,
    rules,
    staying,
    themes,
    totals,
)
from cityreach.insight.rules import AdviceRule

SHIPPED = rules.load()
CITIES = [f"{number:06d}" for number in range(1, 15)]
EDITIONS = [f"2024-{month:02d}" for month in range(1, 9)]
SUBJECTS = ["food", "sports_events", "metro", "other"]
REGISTRY = pd.DataFrame(
    {"city_id": CITIES, "region": ["east", "west"] * 7, "province_zh": ["江苏"] * 3 + ["四川"] * 11}
)


def random_posts(seed: int, count: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Enriched posts and their themes: heavy tails, two platforms, two formats, hidden likes."""
    rng = np.random.default_rng(seed)
    rows = [
        {
            "city_id": CITIES[rng.integers(len(CITIES))],
            "platform": ("facebook", "x")[rng.integers(2)],
            "likes": None if rng.random() < 0.02 else int(rng.lognormal(4, 2)),
            "format": ("photo", "video")[rng.integers(2)],
        }
        for _ in range(count)
    ]
    frame = levels.enrich(posts(rows), None, PLATFORMS, rules=SHIPPED.levels)
    found = [
        (platform, post, SUBJECTS[rng.integers(4)])
        for platform, post in zip(frame["platform"], frame["post_id"], strict=True)
    ]
    return frame, labels(*found)


@pytest.fixture(scope="module", params=[0, 1])
def edition(request: pytest.FixtureRequest) -> tuple[dict[str, pd.DataFrame], list[Finding]]:
    """Frames of one random edition by table name, and all of its findings."""
    now, today = random_posts(request.param, 1200)
    then, before = random_posts(request.param + 10, 300)
    rng = np.random.default_rng(request.param)
    table = scores(
        {
            each: {
                node: {city: float(rng.uniform(0, 90)) for city in CITIES} for node in ("composite", "facebook", "x")
            }
            for each in EDITIONS
        }
    )
    sums = now.groupby(["city_id", "platform"], as_index=False).agg(
        posts=("post_id", "size"), interactions=("interactions", "sum")
    )
    measured = metrics([{**row, "edition": EDITIONS[-1]} for row in sums.to_dict("records")])
    last = EDITIONS[-1]
    moved = pd.DataFrame({"city_id": CITIES, "rank": range(1, 15), "rank_before": rng.permutation(14) + 1})
    profile = profiles.platform_profile(table, last, ["facebook", "x"], 3)
    frames = {
        "totals": totals.totals(measured, last),
        "concentration": totals.concentration(measured, last),
        "ranking": ranking.top(table, last, "composite", 3),
        "gaps": ranking.gaps(table, last, "composite"),
        "movements": ranking.movers(moved.assign(change=moved["rank_before"] - moved["rank"]), 10),
        "streaks": ranking.streak(table, EDITIONS, "composite"),
        "profiles": profile,
        "shapes": profiles.platform_shape(profile, rules=SHIPPED.profiles),
        "case_posts": cases.case_posts(now, today, accounts(*sorted(set(now["account_id"]))), rules=SHIPPED.cases),
        "themes": themes.theme_table(now, today),
        "drivers": themes.drivers(now, today, then, before),
        "labels": themes.city_labels(now, today, rules=SHIPPED.labels),
        "staying": staying.staying(now, table, EDITIONS, rules=SHIPPED.staying),
        "formats": formats.format_lift(now, rules=SHIPPED.formats),
        "regions": regions.region_table(table, REGISTRY, last),
        "coverage": coverage.coverage(measured, now, accounts(*sorted(set(now["account_id"]))), last),
    }
    return frames, findings_of(frames)


def findings_of(frames: dict[str, pd.DataFrame]) -> list[Finding]:
    found = [
        *findings_panel.findings_totals(frames["totals"]),
        *findings_panel.findings_concentration(frames["concentration"]),
        *findings_places.findings_top(frames["ranking"], "composite"),
        *findings_places.findings_gaps(frames["gaps"], "composite"),
        *findings_places.findings_movers(frames["movements"], "composite"),
        *findings_places.findings_streak(frames["streaks"], "composite"),
        *findings_panel.findings_leaders(frames["profiles"], ["facebook", "x"]),
        *findings_panel.findings_shape(frames["shapes"], frames["profiles"], CITIES),
        *findings_panel.findings_regions(frames["regions"]),
        *findings_panel.findings_coverage(frames["coverage"]),
        *findings_content.findings_cases(frames["case_posts"]),
        *findings_content.findings_themes(frames["themes"]),
        *findings_content.findings_drivers(frames["drivers"]),
        *findings_content.findings_labels(frames["labels"]),
        *findings_content.findings_formats(frames["formats"]),
        *findings_content.findings_staying(frames["staying"]),
    ]
    return [*found, *advice.advise(found, rules=SHIPPED.advice)]


KEYS = {
    "totals": ["key"], "concentration": ["measure"], "case_posts": ["platform", "post_id"],
    "themes": ["platform", "theme"],
    "drivers": ["city_id", "theme"], "labels": ["city_id", "theme"], "staying": ["city_id"], "shapes": ["city_id"],
    "formats": ["platform", "value"], "regions": ["by", "key"], "coverage": ["platform"],
}  # fmt: skip


def test_ids_are_unique_and_values_plain(edition: tuple[dict[str, pd.DataFrame], list[Finding]]) -> None:
    _, found = edition
    assert len({each.id for each in found}) == len(found) > 50
    for each in found:
        json.dumps(each.words)
        assert 0 <= each.strength <= 1
        assert all(type(figure.value) in (int, float, date, str) for figure in each.figures.values())


def test_every_figure_equals_the_cell_it_names(edition: tuple[dict[str, pd.DataFrame], list[Finding]]) -> None:
    frames, found = edition
    checked = set()
    keyed = {
        name: frames[name].set_index(frames[name][columns].astype(str).agg("|".join, axis=1))
        for name, columns in KEYS.items()
    }
    for each in found:
        for figure in each.figures.values():
            if figure.table not in KEYS:
                continue
            cell = keyed[figure.table].at[figure.row, figure.column]
            expected = cell.date() if isinstance(figure.value, date) else cell
            assert figure.value == expected
            checked.add(figure.table)
    assert checked >= set(KEYS) - {"formats", "labels"}


def test_an_edition_with_nothing_to_say_has_no_findings(edition: tuple[dict[str, pd.DataFrame], list[Finding]]) -> None:
    frames, _ = edition
    assert findings_of({name: frame.iloc[:0] for name, frame in frames.items()}) == []


def test_no_movement_is_stated_across_a_break() -> None:
    moved = pd.DataFrame([("riser", "1", 2, 9, 7)], columns=ranking.MOVERS)
    entered = pd.DataFrame([("1", "new", 2, 11)], columns=["city_id", "kind", "rank", "rank_before"])
    assert findings_places.findings_movers(moved, "x", comparable=False) == []
    assert findings_places.findings_entries(entered, "x", comparable=False) == []
    assert findings_places.findings_break("x", ["panel"])[0].words == {"reasons": ["panel"]}
    assert findings_places.findings_break("x", []) == []


def test_entries_name_their_places() -> None:
    entered = pd.DataFrame(
        [("1", "new", 2, 11), ("2", "out", 14, 3)], columns=["city_id", "kind", "rank", "rank_before"]
    )
    new, out = findings_places.findings_entries(entered, "composite")
    assert (new.kind, new.id) == ("entry.new", "entry.new.composite.1")
    assert out.figures["rank_before"] == Figure(3, "rank", "movements", "composite|2", "rank_before")


def test_why_keeps_the_parts_that_go_with_the_move() -> None:
    parts = pd.DataFrame(
        [
            ("composite", 0, 3.0, 3.0, 0.0),
            ("facebook", 1, 4.0, 4.0, 0.0),
            ("x", 1, -1.0, -1.0, 0.0),
            ("facebook.audience", 2, 4.0, 4.0, 0.0),
        ],
        columns=["node", "level", "change", "by_score", "by_weight"],
    )
    found = findings_places.findings_why(parts, "110000", "composite")
    assert [each.words["part"] for each in found] == ["composite", "facebook", "facebook.audience"]
    assert found[1].figures["change"] == Figure(4.0, "score", "contributions", "110000|facebook", "change")


def test_firmness_is_stated_for_the_cities_asked_for() -> None:
    table = pd.DataFrame(
        {"city_id": ["1", "2"], "low": [1, 2], "high": [2, 5], "p_first": [0.9, 0.0], "p_top10": [1.0, 1.0]}
    )
    (found,) = findings_places.findings_firm(table, ["1"], "composite")
    assert found.figures["p_first"].value == 0.9


def test_a_squad_needs_two_cities() -> None:
    ranked = pd.DataFrame({"city_id": ["1", "2", "3"], "rank": [1, 7, 12]})
    (found,) = findings_panel.findings_squad(ranked, "江苏")
    assert found.words["cities"] == ["1", "2"]
    assert findings_panel.findings_squad(ranked, "江苏", within=1) == []


def test_order_kinds_cover_every_kind_with_a_rank(edition: tuple[dict[str, pd.DataFrame], list[Finding]]) -> None:
    _, found = edition
    ranked = {
        each.kind
        for each in found
        if any(figure.unit in ("rank", "places", "score") for figure in each.figures.values())
    }
    assert ranked <= make.ORDER_KINDS


ADVICE = AdviceRule(
    kinds=("format.works",), where={"platform": "x"}, figure="lift", at_least=1.5, findings=2, most=2, audience="x",
    text=spec.Words(zh="{names}", en="{names}"),
)  # fmt: skip


def works(name: str, lift: float, platform: str = "x") -> Finding:
    figures = {"lift": Figure(lift, "ratio")}
    return Finding(f"format.works.{platform}.{name}", "format.works", name, figures, {"platform": platform}, lift / 10)


def test_advice_names_the_findings_it_stands_on() -> None:
    basis = [
        works("photo", 2),
        works("video", 3),
        works("link", 1.2),
        works("live", 1.6),
        works("video", 9, "facebook"),
    ]
    (found,) = advice.advise(basis, rules={"more": ADVICE})
    assert found.kind == "advice.more"
    assert found.words["basis"] == ["format.works.x.video", "format.works.x.photo"]
    assert found.words["subjects"] == ["video", "photo"]


def test_advice_is_silent_without_enough_findings() -> None:
    assert advice.advise([works("photo", 2), works("video", 1.4)], rules={"more": ADVICE}) == []
