"""Changes, runs, presence, spread, hours, hashtags, doubted posts, steady labels: what is told beside places."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest
from insight_frames import PLATFORMS, accounts, labels, metrics, posts, scores
from made_editions import Plan, analysed

from cityreach import spec
from cityreach.edition import Edition, Window, year_ago
from cityreach.findings import Figure
from cityreach.index import uncertainty
from cityreach.insight import (
    cases,
    changes,
    findings_changes,
    findings_habits,
    findings_places,
    formats,
    levels,
    presence,
    ranking,
    rules,
    runs,
    spread,
    suspicion,
    themes,
    totals,
)
from cityreach.insight.rules import LabelRules
from cityreach.quality import anomalies
from cityreach.quality import rules as odd

SHIPPED = rules.load()
HISTORY = ["a", "b", "c", "d", "e", "f"]


def heads(**places: list[float | None]) -> pd.DataFrame:
    """SCORES of the composite: city = its scores in HISTORY (its last ones)."""
    rows = {
        edition: {"composite": {city: row[number] for city, row in places.items() if row[number] is not None}}
        for number, edition in enumerate(HISTORY[-len(next(iter(places.values()))) :])
    }
    return scores(rows)


# certainty


def moves(*rows: tuple[str, int, int, int]) -> pd.DataFrame:
    columns = ["city_id", "rank", "rank_before", "change"]
    return pd.DataFrame(rows, columns=columns).astype(dict.fromkeys(columns[1:], "Int64"))


def test_a_move_is_carried_where_its_interval_leaves_out_the_other_way() -> None:
    found = moves(("1", 1, 3, 2), ("2", 2, 3, 1), ("3", 3, 1, -2), ("4", 4, 3, -1), ("5", 5, 5, 0), ("6", 6, 9, 3))
    gained = pd.DataFrame({"city_id": list("12345"), "low": [1, 0, -3, -2, 0], "high": [3, 2, -1, 0, 0]})
    carried = changes.with_certainty(found, gained).set_index("city_id")["carried"]
    assert carried["1"] and carried["3"]
    assert not carried["2"] and not carried["4"]
    assert carried[["5", "6"]].isna().all()


def test_without_an_interval_no_move_is_carried() -> None:
    assert changes.with_certainty(moves(("1", 1, 9, 8)), None)["carried"].isna().all()


def test_the_draws_are_those_of_the_rank_intervals() -> None:
    """The composite's gains equal those that the index engine finds under the same weights."""
    with analysed(Plan(seed=4)) as analysis:
        now, before = analysis.edition.id, str(analysis.edition.previous)
        frame = analysis.changes[analysis.changes["node"] == "composite"].set_index("city_id")
        case = uncertainty.weight_draws(analysis.scored_all, now, draws=1000, seed=0)
        earlier = uncertainty.weight_draws(analysis.scored_all, before, draws=1000, seed=0)
    gain = {
        city: np.sort(
            earlier.ranks[int(np.flatnonzero(earlier.rows.unit == city)[0])].astype(int)
            - case.ranks[int(np.flatnonzero(case.rows.unit == city)[0])]
        )
        for city in frame.index
    }
    assert {city: (gain[city][49], gain[city][949]) for city in frame.index} == {
        city: (row["low"], row["high"]) for city, row in frame.iterrows()
    }


def test_a_score_that_is_no_weighted_mean_has_no_draws() -> None:
    with analysed(Plan(seed=4, months=2)) as analysis:
        bent = analysis.scores.assign(score=analysis.scores["score"] ** 2 / 100)
        bent["score"] = bent["score"].where(bent["node"] == "composite", analysis.scores["score"])
        found = changes.drawn_scores(
            bent, analysis.edition.id, ["composite", "x"], analysis.method, analysis.weight_factors
        )
    assert set(found) == {"x"}


def test_gains_are_counted_among_the_cities_of_both() -> None:
    now = (pd.Index(["1", "2", "3"]), np.array([[9.0, 5.0], [8.0, 9.0], [7.0, 7.0]]))
    before = (pd.Index(["2", "1"]), np.array([[9.0, 9.0], [1.0, 1.0]]))
    found = changes.gains(now, before).set_index("city_id")
    assert found.loc["1", ["low", "high"]].tolist() == [0, 1]
    assert found.loc["2", ["low", "high"]].tolist() == [-1, 0]


# own history


def test_a_change_is_held_against_the_citys_own_earlier_ones() -> None:
    table = heads(
        steady=[50, 51, 50, 51, 50, 60], wild=[50, 60, 48, 59, 49, 60], short=[None, None, None, None, 50, 60]
    )
    found = changes.own_history(table, HISTORY, "composite", rules=SHIPPED.changes).set_index("city_id")
    assert found.loc["steady", ["score_change", "usual", "past"]].tolist() == [10, 1, 4]
    assert found.loc["steady", "z"] > SHIPPED.changes.unusual > abs(found.loc["wild", "z"])
    assert found.loc["wild", "usual"] == 10.5
    assert found.loc["short", ["usual", "z"]].isna().all()


def change(city: str, places: int, points: float, *, carried: bool | None = True, z: float = 3.0) -> dict[str, object]:
    return {
        "node": "composite", "city_id": city, "rank": 5, "rank_before": 5 + places, "change": places,
        "carried": carried, "score_change": points, "usual": 1.0, "z": z,
    }  # fmt: skip


def test_the_mover_is_carried_goes_with_its_score_and_is_the_most_telling() -> None:
    rows = [
        change("unsure", 9, 20, carried=False), change("against", 8, -20), change("rounding", 8, 0.2),
        change("far", 6, 9, z=2), change("unusual", 6, 9, z=9), change("down", -6, -9, z=4),
    ]  # fmt: skip
    (found,) = findings_changes.findings_mover(pd.DataFrame(rows), "composite")
    assert (found.subject, found.words["way"], found.words["largest"]) == ("unusual", "up", False)
    assert found.figures["size"] == Figure(6, "places", "changes", "composite|unusual", "change", "abs")
    assert findings_changes.findings_mover(pd.DataFrame(rows[:3]), "composite") == []


def test_a_fall_is_told_as_calmly_as_a_rise() -> None:
    rows = [change("up", 2, 5, z=4), change("down", -2, -5, z=-4), change("usual", 9, 5, z=1)]
    found = findings_changes.findings_unusual(pd.DataFrame(rows), "composite", rules=SHIPPED.changes)
    assert {each.subject: each.words["way"] for each in found} == {"up": "up", "down": "down"}
    assert {each.figures["score_size"].value for each in found} == {5}


def test_strength_grows_with_size_and_with_surprise() -> None:
    rows = [change("1", 2, 5, z=3.5), change("2", 2, 5, z=5.5), change("3", 6, 5, z=3.5)]
    found = findings_changes.findings_unusual(pd.DataFrame(rows), "composite", rules=SHIPPED.changes)
    strength = {each.subject: each.strength for each in found}
    assert strength["1"] < strength["2"] and strength["1"] < strength["3"]


# the year before


def edition(first: date, last: date) -> Edition:
    words = spec.Words(zh="期", en="edition")
    return Edition(
        id=f"{first:%Y-%m}", title=words, label=words, window=Window(first=first, last=last), counting_date=last,
        panel="p", platforms=("x",), method="m@1", mode="ordered", source="exports",
    )  # fmt: skip


def test_the_year_before_is_the_same_window() -> None:
    months = [edition(date(2024, month, 1), date(2024, month, 28)) for month in (1, 2, 3)]
    leap = edition(date(2025, 2, 1), date(2025, 2, 27))
    assert year_ago(leap, months) is months[1]
    assert year_ago(edition(date(2025, 1, 1), date(2025, 2, 28)), months) is None
    assert year_ago(edition(date(2026, 2, 1), date(2026, 2, 28)), months) is None


def test_sums_are_compared_over_what_both_editions_measured() -> None:
    rows = [
        {"edition": "a", "city_id": "1", "posts": 10, "interactions": 100},
        {"edition": "a", "city_id": "2", "posts": 90, "interactions": 900},
        {"edition": "b", "city_id": "1", "posts": 15, "interactions": 90},
        {"edition": "b", "city_id": "2", "status": "missing"},
        {"edition": "b", "city_id": "1", "platform": "x", "posts": 7, "interactions": 7},
    ]
    found = totals.common(metrics(rows), "b", "a").set_index("key")
    assert found.loc["posts", ["value", "previous", "change", "cities", "platforms"]].tolist() == [15, 10, 0.5, 1, 1]
    assert found.loc["interactions", "change"] == pytest.approx(-0.1)
    (grew, fell) = findings_changes.findings_growth(found.reset_index().assign(against="year_ago"))
    assert (grew.words["way"], fell.words["way"]) == ("up", "down")


# runs


def test_runs_count_back_from_the_last_edition() -> None:
    table = heads(up=[1, 2, 3, 9], front=[9, 8, 7, 6], back=[8, 1, 2, 8], away=[7, 7, 1, 1])
    found = runs.runs(table, HISTORY[-4:], "composite", top=2).set_index("city_id")
    assert found.loc["up", ["in_top", "rising", "falling"]].tolist() == [2, 3, 0]
    assert found.loc["front", ["in_top", "falling"]].tolist() == [0, 1]
    assert found.loc["back", ["in_top", "away"]].tolist() == [1, 2]
    assert "away" not in found.index and found["away"].notna().sum() == 1


def test_a_run_is_told_from_its_least_length_on() -> None:
    table = pd.DataFrame(
        {"city_id": ["1", "2"], "in_top": [1, 0], "rising": [3, 2], "falling": [0, 0], "away": [None, None]}
    )
    (found,) = findings_changes.findings_runs(table, "composite", ["1", "2"], least=3, carried=["1"])
    assert (found.kind, found.subject, found.words["carried"]) == ("run.rise", "1", True)
    assert found.figures["editions"] == Figure(3, "whole", "runs", "composite|1", "rising")


# gaps


def test_the_edge_of_the_list_and_the_same_gap_before() -> None:
    table = scores({"a": {"x": {"1": 80, "2": 85, "3": 40}}, "b": {"x": {"1": 90, "2": 80, "3": 70}}})
    found = ranking.with_gaps_before(ranking.gaps(table, "b", "x", 2), table, "a", "x").set_index("kind")
    assert found.loc["cut", ["city_id", "other_id", "gap", "gap_before"]].tolist() == ["2", "3", 10, 45]
    assert found.loc["lead", "gap_before"] == -5
    kinds = {each.kind: each for each in findings_places.findings_gaps(found.reset_index(), "x")}
    assert kinds["lead"].figures["size_before"] == Figure(5.0, "score", "gaps", "x|lead", "gap_before", "abs")
    assert "cut" not in set(ranking.gaps(table, "b", "x", 3)["kind"])


def test_a_race_is_open_where_neighbours_often_change_places() -> None:
    table = pd.DataFrame({"city_id": ["1", "2", "3"], "other_id": ["2", "3", "4"], "p_ahead": [0.99, 0.6, 0.8]})
    found = findings_changes.findings_races(table, "composite", open_below=0.95)
    assert [(each.subject, each.words["other"]) for each in found] == [("2", "3"), ("3", "4")]


# presence


def states(**rows: str) -> pd.DataFrame:
    """METRICS of one platform: city = a letter an edition (m, s, n, x for missing, - for outside the panel)."""
    names = {"m": "measured", "s": "silent", "n": "no_account", "x": "missing"}
    return metrics(
        [
            {"edition": HISTORY[number], "city_id": city, "status": names[letter]}
            for city, letters in rows.items()
            for number, letter in enumerate(letters)
            if letter != "-"
        ]
    )


def test_accounts_that_appear_fall_silent_and_come_back() -> None:
    table = states(new="nnm", silent="mss", back="mssm"[1:], lost="mmx", hidden="sxs", old="mmm", quiet="nns")
    found = presence.presence(table, HISTORY[:3]).set_index("city_id")
    assert found["kind"].to_dict() == {
        "new": "opened", "quiet": "opened", "back": "resumed", "silent": "silent", "hidden": "silent",
    }  # fmt: skip
    assert found["editions"].to_dict() == {"new": 1, "quiet": 1, "back": 2, "silent": 2, "hidden": 2}


def test_a_platform_measured_for_the_first_time_opens_no_account() -> None:
    assert presence.presence(states(a="m", b="m"), ["a"]).empty
    newly = pd.concat([states(a="mm"), metrics([{"edition": "b", "city_id": "a", "platform": "x"}])])
    assert presence.presence(newly, ["a", "b"]).empty


def test_cities_that_join_and_leave_the_panel() -> None:
    found = presence.presence(states(old="mm", new="-m", gone="m-"), HISTORY[:2])
    assert found[["kind", "city_id"]].values.tolist() == [["newcomer", "new"], ["gone", "gone"]]
    told = findings_changes.findings_presence(found)
    assert [(each.kind, each.words["cities"]) for each in told] == [
        ("presence.newcomer", ["new"]), ("presence.gone", ["gone"]),
    ]  # fmt: skip


# spread


@pytest.mark.parametrize(
    ("sds", "way"),
    [([9, 8, 7.1, 6, 5, 4.1], "converging"), ([4, 5.1, 6, 7, 8], "diverging"), ([5, 7, 5, 7, 5, 7], "unclear")],
)
def test_convergence_is_claimed_only_where_the_slopes_interval_leaves_out_zero(sds: list[float], way: str) -> None:
    found = spread.convergence(pd.DataFrame({"sd": sds}), least=5).iloc[0]
    assert found["way"] == way and found["low"] < found["slope"] < found["high"]
    assert spread.convergence(pd.DataFrame({"sd": sds[:4]}), least=5).empty


def test_the_slope_and_its_interval_are_those_of_least_squares() -> None:
    """Against values computed by hand: y = 1, 2, 4, 4, 6 has slope 1.2, squares of residuals 0.8, t(3) = 3.182."""
    slope, low, high = spread.slope_of(np.array([1.0, 2, 4, 4, 6]))
    assert slope == pytest.approx(1.2)
    assert high - slope == pytest.approx(slope - low) == pytest.approx(3.182 * np.sqrt(0.8 / 3 / 10), rel=1e-3)


def test_spread_is_of_the_cities_of_every_edition() -> None:
    found = spread.spreads(heads(a=[10.0, 20.0], b=[30.0, 20.0], c=[None, 99.0]), HISTORY[-2:], "composite")
    assert found[["cities", "sd", "gini"]].values.tolist() == [[2, 10, 0.25], [2, 0, 0]]


# posts


def enriched(*rows: dict[str, object]) -> pd.DataFrame:
    return levels.enrich(posts(rows), None, PLATFORMS, rules=SHIPPED.levels)


def usual(count: int = 30, **more: object) -> list[dict[str, object]]:
    return [{"likes": 100 + number, "comments": 10, "shares": 20, **more} for number in range(count)]


def doubted(row: dict[str, object]) -> pd.DataFrame:
    return doubts_of(enriched(*usual(), row))


def doubts_of(frame: pd.DataFrame) -> pd.DataFrame:
    known = odd.load()
    tests = [
        anomalies.silent_likes(frame, known.silent_likes),
        anomalies.views_below_likes(frame, known.views_below_likes),
    ]
    return suspicion.doubtful(frame, {each.kind: each.rows for each in tests}, rules=SHIPPED.doubts)


def test_bought_looking_posts_are_doubted_with_the_reason() -> None:
    assert doubted({"likes": 9000, "comments": 0, "shares": 900})["reason"].tolist() == ["silent_likes"]
    assert doubted({"likes": 9000, "comments": 900, "shares": 900, "views": 50})["reason"].tolist() == [
        "views_below_likes"
    ]
    (found,) = doubted({"likes": 9000, "comments": 3, "shares": 4}).to_dict("records")
    assert (found["reason"], found["value"]) == ("unanswered", 7)
    assert found["usual"] == pytest.approx(9000 * 30 / 114.5, rel=0.02)


@pytest.mark.parametrize(
    "row",
    [
        {"likes": 9000, "comments": 800, "shares": 1500, "views": 90_000},
        {"likes": 9000, "comments": None, "shares": None},
        {"likes": 120, "comments": 1, "shares": 0},
    ],
)
def test_what_is_answered_unknown_or_small_is_not_doubted(row: dict[str, object]) -> None:
    assert doubted(row).empty


def test_a_doubted_post_is_no_case_and_the_next_one_takes_its_place() -> None:
    frame = enriched(
        *usual(), {"likes": 9000, "comments": 0, "shares": 0}, {"likes": 4000, "comments": 400, "shares": 1}
    )
    doubts = doubts_of(frame)
    none = labels(*[("facebook", post, "other") for post in frame["post_id"]])
    known = accounts("facebook:110000")
    before = cases.case_posts(frame, none, known, rules=SHIPPED.cases)
    after = cases.case_posts(suspicion.without(frame, doubts), none, known, rules=SHIPPED.cases)
    assert (before["likes"].tolist(), after["likes"].tolist()) == ([9000], [4000])
    (found,) = findings_habits.findings_doubt(doubts)
    assert (found.figures["n"].value, found.words["reasons"]) == (1, ["silent_likes"])


def test_a_format_chosen_before_steps_back() -> None:
    rows = [
        {"likes": likes, "city_id": city, "format": form}
        for city, likes, form in (("1", 1000, "photo"), ("2", 950, "photo"), ("3", 900, "video"))
    ]
    frame = enriched(*rows)
    none = labels(*[("facebook", post, "other") for post in frame["post_id"]])
    chosen = SHIPPED.cases.model_copy(update={"per_platform": 2, "large_share": 1.0, "same_theme": 0.0})
    known = accounts(*(f"facebook:{number}" for number in range(1, 4)))
    assert cases.case_posts(frame, none, known, rules=chosen)["city_id"].tolist() == ["1", "3"]


def test_a_case_is_the_multiple_of_its_accounts_usual_level() -> None:
    """1,200 interactions where 100 are usual are 12 times the usual level, not 12 times more."""
    frame = enriched(*[{"likes": 100} for _ in range(30)], {"likes": 1200})
    assert frame["lift"].iloc[-1] == pytest.approx(12)


# hours, hashtags


def timed(hour: int, likes: int, account: str, number: int) -> dict[str, object]:
    day = f"2025-03-{1 + number % 28:02d}T{hour:02d}:30:00Z"
    return {"published_at": day, "likes": likes, "city_id": account}


def test_hours_are_those_of_the_readers_zone() -> None:
    rows = [
        timed(hour, 300 if hour == 1 else 100, str(number % 4), number) for number in range(160) for hour in (1, 13)
    ]
    found = formats.times(enriched(*rows), {"facebook": ["America/New_York"]}, rules=SHIPPED.formats)
    lifts = found.set_index("value")["lift"]
    assert set(lifts.index) == {
        "evening",
        "morning",
    }  # 20:30 and 08:30, in summer an hour later
    assert lifts["evening"] > 2 and found["firm"].all()
    assert [each.kind for each in findings_habits.findings_habits("time", found)] == ["time.works", "time.fails"]


def test_posts_dated_by_the_day_say_nothing_about_hours() -> None:
    rows = [timed(hour, 100, "1", number) | {"time_precision": "day"} for number in range(60) for hour in (1, 13)]
    assert formats.times(enriched(*rows), {"facebook": ["Europe/London"]}, rules=SHIPPED.formats).empty


def tagged(text: str, likes: int, account: int) -> dict[str, object]:
    return {"text": text, "likes": likes, "city_id": str(account)}


def test_a_hashtag_is_held_against_the_same_accounts_posts_without_it() -> None:
    small = SHIPPED.tags.model_copy(update={"least_posts": 20, "least_accounts": 3})
    rows = [
        tagged(text, size * (1 + account) + number % 5, account)
        for account in range(6)
        for number in range(10)
        for text, size in (
            ("By the #Lake, #lake", 300),
            ("Morning", 100),
            ("#once", 100) if account == 0 else ("No", 100),
        )
    ]
    found = formats.tags(enriched(*rows), rules=small, formats=SHIPPED.formats)
    assert found["value"].tolist() == ["lake"]
    row = found.iloc[0]
    assert row["posts"] == 60 and row["firm"] and row["low"] > 1.5 and row["lift"] == pytest.approx(3, rel=0.2)
    (told,) = findings_habits.findings_habits("tag", found)
    assert told.figures["tag"] == Figure("lake", "text", "tags", "facebook|lake", "value")


def test_many_hashtags_widen_the_intervals() -> None:
    assert formats._wide(1) == pytest.approx(formats.CONFIDENT)
    assert formats._wide(15) > 2.9


def test_habits_without_a_firm_difference_are_told_as_that() -> None:
    even = pd.DataFrame([("x", "en", 50, 9, 0.5, 1.0, 0.9, 1.1, False)], columns=formats.COLUMNS)
    (found,) = findings_habits.findings_habits("language", even)
    assert (found.kind, found.subject) == ("habit.none", "language")
    assert findings_habits.findings_habits("language", even.iloc[:0]) == []


# labels


STEADY = LabelRules(prior=10, least_posts=3, least_city_posts=5, least_z=1.5, least_lift=1.5, months=4, least_months=3)


def month(theme: str, **more: str) -> pd.DataFrame:
    """City labels of an edition in which city 1 posts on `theme` alone, the others on other things."""
    named = {"1": theme, "2": "metro", "3": "metro", **more}
    rows = [{"city_id": city} for city in named for _ in range(12)]
    found = [("facebook", f"p{number:05d}", named[str(row["city_id"])]) for number, row in enumerate(rows)]
    return themes.city_labels(posts(rows), labels(*found), rules=STEADY)


def steady(now: pd.DataFrame, *earlier: pd.DataFrame) -> dict[str, str]:
    found = themes.steady_labels(now, earlier, rules=STEADY)
    firm = found[found["label"]]
    return dict(zip(firm["city_id"], firm["theme"], strict=True))


def test_a_label_must_hold_in_enough_of_the_last_editions() -> None:
    food, animals = month("food"), month("animals")
    assert steady(food, animals, animals, food).get("1") is None
    assert steady(food, food, animals, food)["1"] == "food"


def test_a_city_with_little_history_needs_what_it_has() -> None:
    assert steady(month("food"))["1"] == "food"
    assert steady(month("food"), month("food"))["1"] == "food"
    assert steady(month("food"), month("animals")).get("1") is None
    found = themes.steady_labels(month("food"), [month("animals"), month("food")], rules=STEADY)
    assert found.loc[(found["city_id"] == "1") & (found["theme"] == "food"), ["months", "of"]].values.tolist() == [
        [2, 3]
    ]
