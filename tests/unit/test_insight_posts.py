"""Usual levels, case posts, themes, drivers, labels, formats: analyses that look at single posts."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from insight_frames import PLATFORMS, accounts, labels, posts

from cityreach.insight import cases, formats, levels, rules, themes
from cityreach.insight.rules import CaseRules, FormatRules, LabelRules, LevelRules

LEVELS = LevelRules(editions=6, least_posts=3)
CASES = CaseRules(
    per_platform=2,
    large_share=0.9,
    least={"facebook": 10},
    least_elsewhere=5,
    most_lift=50,
    same_city=1,
    same_theme=0.5,
    same_format=0.0,
)
LABELS = LabelRules(prior=10, least_posts=3, least_city_posts=5, least_z=1.5, least_lift=1.5, months=4, least_months=2)
FORMATS = FormatRules(least_posts=2, least_kind_posts=4)


def enriched(*rows: dict[str, object], history: pd.DataFrame | None = None) -> pd.DataFrame:
    return levels.enrich(posts(rows), history, PLATFORMS, rules=LEVELS)


def likes(values: list[int], **more: object) -> list[dict[str, object]]:
    return [{"likes": value, **more} for value in values]


def test_interactions_follow_the_registry_and_stay_null_where_nothing_is_known() -> None:
    frame = enriched(
        {"likes": 5, "comments": 2, "shares": 1},
        {"platform": "instagram", "likes": 5, "comments": None, "shares": 9},
        {"platform": "x", "likes": None},
    )
    assert frame["interactions"].tolist()[:2] == [8.0, 5.0]
    assert pd.isna(frame["interactions"].iloc[2])


def test_day_is_beijings() -> None:
    frame = enriched({"published_at": "2025-03-24T16:00:00Z"}, {"published_at": "2025-03-24T15:59:59Z"})
    assert frame["day"].dt.strftime("%m-%d").tolist() == ["03-25", "03-24"]


def test_usual_level_leaves_the_post_itself_out() -> None:
    rng = np.random.default_rng(3)
    rows = [{"likes": int(value), "city_id": str(rng.integers(3))} for value in rng.integers(0, 500, 40)]
    past = posts([{"likes": int(value), "city_id": "1"} for value in rng.integers(0, 500, 15)])
    frame = enriched(*rows, history=past)
    for number, row in frame.iterrows():
        own = frame.loc[(frame["city_id"] == row["city_id"]) & (frame.index != number), "likes"]
        other = pd.concat([own, past.loc[past["city_id"] == row["city_id"], "likes"]]).astype(float)
        assert row["usual"] == pytest.approx(np.expm1(np.median(np.log1p(other))))
        assert row["basis"] == len(other)


def test_usual_level_is_null_with_too_few_posts_and_lift_where_it_is_nothing() -> None:
    frame = enriched(*likes([9, 9, 9]), *likes([0, 0, 0, 0, 7], city_id="2"))
    assert frame["usual"].isna().tolist() == [True] * 3 + [False] * 5
    assert frame["lift"].isna().all()


def test_unknown_interactions_count_in_no_level() -> None:
    frame = enriched(*likes([4, 4, 4, 8]), {"likes": None})
    assert frame["basis"].tolist() == [3, 3, 3, 3, 4]
    assert frame["lift"].iloc[3] == pytest.approx(2)
    assert pd.isna(frame["lift"].iloc[4])


def test_inputs_stay_as_they_were() -> None:
    frame, past = posts(likes([1, 2, 3, 4])), posts(likes([5, 6]))
    copies = frame.copy(), past.copy()
    levels.enrich(frame, past, PLATFORMS, rules=LEVELS)
    pd.testing.assert_frame_equal(frame, copies[0])
    pd.testing.assert_frame_equal(past, copies[1])


def case_frame(*rows: dict[str, object], found: pd.DataFrame | None = None) -> pd.DataFrame:
    frame = enriched(*rows)
    none = labels(*[(row["platform"], row["post_id"], "other") for _, row in frame.iterrows()])
    ids = sorted(set(frame["account_id"]))
    return cases.case_posts(frame, none if found is None else found, accounts(*ids), rules=CASES)


def test_the_post_far_above_its_accounts_level_comes_first() -> None:
    quiet = likes([20, 20, 20, 20, 200], city_id="1")
    loud = likes([290, 300, 300, 310, 300], city_id="2")
    found = case_frame(*quiet, *loud)
    assert found["city_id"].tolist() == ["1", "2"]
    assert found["lift"].iloc[0] == pytest.approx(10)
    assert found["place"].tolist() == [1, 2]
    assert found["reason"].tolist() == ["lift", "lift"]


def test_small_posts_and_second_posts_of_a_city_are_no_cases() -> None:
    found = case_frame(*likes([1, 1, 1, 9], city_id="1"), *likes([50, 50, 50, 400, 500], city_id="2"))
    assert found[["city_id", "likes"]].values.tolist() == [["2", 500]]


def test_without_a_level_the_size_decides_and_says_so() -> None:
    found = case_frame(*likes([100], city_id="1"), *likes([300], city_id="2"), *likes([200], city_id="3"))
    assert found["city_id"].tolist() == ["2", "3"]
    assert found["reason"].tolist() == ["size", "size"]
    assert found["lift"].isna().all()


def test_a_theme_or_city_chosen_before_steps_back() -> None:
    rows = [
        {"likes": value, "city_id": city} for value, city in ((1000, "1"), (900, "2"), (700, "3"), (1, "4"), (1, "5"))
    ]
    same = labels(
        *[("facebook", f"p{number:05d}", theme) for number, theme in enumerate(["food", "food", "metro", "x", "x"])]
    )
    assert case_frame(*rows, found=same)["city_id"].tolist() == ["1", "3"]
    elsewhere = [
        {"likes": value, "city_id": city, "platform": "x"} for value, city in ((1000, "1"), (800, "9"), (1, "8"))
    ]
    assert case_frame(*rows, *elsewhere).query("platform == 'x'")["city_id"].tolist() == ["9", "1"]


def test_a_platform_without_figures_has_no_case() -> None:
    assert case_frame({"likes": None}, {"likes": 3}).empty


def test_theme_table_counts_a_post_under_each_theme() -> None:
    frame = enriched(*likes([10, 10, 10, 40]), *likes([30], platform="x"))
    found = labels(
        ("facebook", "p00000", "food"), ("facebook", "p00001", "food"), ("facebook", "p00001", "metro"),
        ("facebook", "p00002", "other"), ("facebook", "p00003", "food"), ("x", "p00004", "metro"),
    )  # fmt: skip
    table = themes.theme_table(frame, found).set_index(["platform", "theme"])
    assert table.loc[("all", "food"), ["posts", "posts_share", "interactions_share"]].tolist() == [3, 0.6, 0.6]
    assert table.loc[("facebook", "food"), "interactions_share"] == pytest.approx(60 / 70)
    assert table.loc[("facebook", "food"), "pull"] == 1
    assert table.loc[("x", "metro"), "basis"] == 0
    assert pd.isna(table.loc[("x", "metro"), "pull"])


def test_drivers_compare_only_cities_of_both_editions() -> None:
    now = enriched(*likes([10, 90]), *likes([50], city_id="9"))
    then = enriched(*likes([10, 10]))
    today = labels(("facebook", "p00000", "food"), ("facebook", "p00001", "sports"), ("facebook", "p00002", "food"))
    before = labels(("facebook", "p00000", "food"), ("facebook", "p00001", "metro"))
    found = themes.drivers(now, today, then, before)
    assert found["theme"].tolist() == ["sports", "food", "metro"]
    assert found["growth"].tolist() == [90, 0, -10]
    assert found["change"].tolist() == pytest.approx([0.9, 0.1 - 0.5, -0.5])
    assert found["post_id"].tolist()[:2] == ["p00001", "p00000"]
    assert pd.isna(found["post_id"].iloc[2])


def test_a_city_is_labelled_by_what_the_others_do_not_post() -> None:
    cities = ["1"] * 10 + ["2"] * 30
    subjects = ["sports"] * 8 + ["food"] * 2 + ["food"] * 29 + ["sports"]
    frame = enriched(*[{"likes": 1, "city_id": city} for city in cities])
    table = themes.city_labels(
        frame, labels(*[("facebook", f"p{number:05d}", theme) for number, theme in enumerate(subjects)]), rules=LABELS
    )
    assert table.loc[table["label"], ["city_id", "theme"]].values.tolist() == [["1", "sports"]]
    assert table.loc[table["label"], "share"].item() == 0.8
    assert (table.groupby("city_id")["label"].sum() <= 1).all()


def test_one_city_alone_or_few_posts_get_no_label() -> None:
    frame = enriched(*likes([1] * 6), *likes([1] * 3, city_id="2"))
    rows = [("facebook", f"p{number:05d}", "food" if number < 6 else "metro") for number in range(9)]
    table = themes.city_labels(frame, labels(*rows), rules=LABELS)
    assert set(table["city_id"]) == {"110000"}
    alone = themes.city_labels(enriched(*likes([1] * 6)), labels(*rows[:6]), rules=LABELS)
    assert not alone["label"].any()


def test_format_lift_is_measured_inside_the_accounts() -> None:
    rows = []
    for city, level in (("1", 100), ("2", 10000)):
        rows += [{"likes": level, "city_id": city, "format": "photo"}] * 20
        rows += [{"likes": level * 2, "city_id": city, "format": "video"}] * 20
    rows += [{"likes": 1, "city_id": "3", "format": "video"}] * 50
    table = formats.format_lift(enriched(*rows), rules=FORMATS).set_index("value")
    assert table.loc["video", "lift"] == pytest.approx(2, rel=0.02)
    assert table.loc["photo", "lift"] == pytest.approx(0.5, rel=0.02)
    assert table["posts"].tolist() == [40, 40]
    assert table["accounts"].tolist() == [2, 2]
    assert table["firm"].all()


def test_format_interval_holds_one_where_nothing_differs() -> None:
    rng = np.random.default_rng(5)
    rows = [
        {"likes": int(value), "format": ("photo", "video")[n % 2]} for n, value in enumerate(rng.lognormal(5, 1, 200))
    ]
    table = formats.format_lift(enriched(*rows), rules=FORMATS)
    assert ((table["low"] < table["lift"]) & (table["lift"] < table["high"])).all()
    assert not table["firm"].any()


def test_one_format_or_none_gives_an_empty_table() -> None:
    assert formats.format_lift(enriched(*likes([1] * 30)), rules=FORMATS).empty
    assert list(formats.format_lift(enriched({"likes": 1}), by="lang", rules=FORMATS)) == formats.COLUMNS


def test_shipped_rules_are_valid() -> None:
    assert rules.load().levels.least_posts == 20
