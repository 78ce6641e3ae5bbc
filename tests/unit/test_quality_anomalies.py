"""Tests of posts that do not fit their account: what is found, with which evidence, and what never is."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from insight_frames import posts

from cityreach import tables
from cityreach.errors import SpecError
from cityreach.quality import anomalies, rules
from cityreach.quality.anomalies import Test

RULES = rules.load()
NONE = tables.empty("posts")[["account_id", "published_at"]]


def usual(count: int = 20, **row: Any) -> list[dict[str, Any]]:
    """Posts with 200 likes and 10 comments each, one a day from 1 February, at nine in Beijing."""
    start = pd.Timestamp("2025-02-01T01:00:00Z")
    given = [{"likes": 200 + n, "comments": 10, "published_at": start + pd.Timedelta(days=n)} for n in range(count)]
    return [one | row for one in given]


def stamps(days: int, hour: int, *, account: str = "facebook:110000", every: int = 1) -> pd.DataFrame:
    """One earlier post at that hour in Beijing on so many days, each or every second."""
    first = pd.Timestamp(f"2024-10-01T{hour:02d}:15:00", tz="Asia/Shanghai").tz_convert("UTC")
    moments = [first + pd.Timedelta(days=every * day) for day in range(days)]
    return pd.DataFrame({"account_id": account, "published_at": pd.Series(moments, dtype="datetime64[us, UTC]")})


def night(count: int, *, day: str = "2025-03-20", account: str = "facebook:110000") -> list[dict[str, Any]]:
    """Posts of one night in Beijing, from three o'clock on, ten minutes apart: still the day before in UTC."""
    first = pd.Timestamp(f"{day}T03:00:00", tz="Asia/Shanghai").tz_convert("UTC")
    moments = [first + pd.Timedelta(minutes=10 * number) for number in range(count)]
    return [{"account_id": account, "published_at": moment, "likes": 3} for moment in moments]


def found(test: Test) -> list[str]:
    return list(test.rows["post_id"])


# likes without comments


def test_likes_without_comments_stand_out_against_the_accounts_own_ratio():
    frame = posts([*usual(), {"likes": 400, "comments": 0, "post_id": "odd", "url": "https://x.example/odd"}])
    test = anomalies.silent_likes(frame, RULES.silent_likes)
    row = test.rows.iloc[0]
    assert found(test) == ["odd"] and test.checked == 21
    assert (row["metric"], row["value"], row["count"], row["of"]) == ("likes", 400, 0, 21)
    assert row["usual"] == pytest.approx(400 * 10 / 209, rel=0.02) and row["url"] == "https://x.example/odd"


@pytest.mark.parametrize(
    ("odd", "others"),
    [
        ({"likes": 400, "comments": None}, usual()),  # not known is not none
        ({"likes": None, "comments": 0}, usual()),
        ({"likes": 99, "comments": 0}, usual()),  # few likes
        ({"likes": 400, "comments": 0}, usual(comments=0)),  # nobody ever comments here
        ({"likes": 400, "comments": 0}, usual(5)),  # too little to compare with
        ({"likes": 400, "comments": 0}, usual(account_id="facebook:other")),  # the ratio of another account
    ],
    ids=["unknown-comments", "unknown-likes", "few-likes", "never-commented", "few-posts", "other-account"],
)
def test_likes_without_comments_are_usual_elsewhere(odd, others):
    assert found(anomalies.silent_likes(posts([*others, odd | {"post_id": "odd"}]), RULES.silent_likes)) == []


# bursts outside the usual hours


def test_a_burst_at_night_is_one_row_with_its_evidence():
    frame = posts(night(5))
    test = anomalies.off_hours(frame, stamps(80, 10), RULES.off_hours)
    row = test.rows.iloc[0]
    assert found(test) == [frame["post_id"].iloc[0]] and test.checked == 5
    assert (row["value"], row["count"], row["of"]) == (5, 1, 81)
    assert row["until"] - row["published_at"] == pd.Timedelta(minutes=40)


BOTH = pd.concat([stamps(80, 10), stamps(80, 10, account="facebook:two")])


@pytest.mark.parametrize(
    ("frame", "history"),
    [
        (night(3), stamps(80, 10)),
        (night(5), stamps(80, 3)),
        (night(5), stamps(80, 4)),
        (night(5), stamps(30, 10)),
        (night(5), stamps(80, 10, account="facebook:other")),
        ([*night(2), *night(2, day="2025-03-21")], stamps(80, 10)),
        ([*night(2), *night(2, account="facebook:two")], BOTH),
    ],
    ids=["few", "usual-hour", "hour-beside", "short-history", "other-account", "two-nights", "two-accounts"],
)
def test_no_burst(frame, history):
    assert found(anomalies.off_hours(posts(frame), history, RULES.off_hours)) == []


def test_days_are_those_of_beijing():
    """Seven and nine o'clock in Beijing are one day there and two in UTC."""
    history = pd.concat([stamps(70, 7, every=2), stamps(70, 9, every=2)])
    assert history["published_at"].dt.normalize().nunique() == 140
    rows = anomalies.off_hours(posts(night(5)), history, RULES.off_hours).rows
    assert rows[["count", "of"]].values.tolist() == [[1, 71]]


def test_posts_that_know_their_day_alone_have_no_hour():
    frame = posts(night(5)).assign(time_precision="day")
    test = anomalies.off_hours(frame, stamps(80, 10), RULES.off_hours)
    assert found(test) == [] and test.checked == 0


# figures


def test_round_figures_are_counted_against_chance():
    frame = posts([{"likes": 3000, "views": 41_000, "post_id": "odd"}, {"likes": 2999}, {"likes": 500, "views": 1001}])
    test = anomalies.round_figures(frame, RULES.round)
    assert [(row["post_id"], row["metric"], row["value"]) for _, row in test.rows.iterrows()] == [
        ("odd", "views", 41_000), ("odd", "likes", 3000),
    ]  # fmt: skip
    assert set(test.rows["count"]) == {2} and set(test.rows["of"]) == {4}
    assert test.checked == 4 and test.chance == pytest.approx(0.004)


def test_a_figure_that_comes_back_is_one_row():
    frame = posts([*({"likes": 777} for _ in range(4)), *({"likes": 100 + n} for n in range(10)), {"likes": None}])
    test = anomalies.repeated(frame, RULES.repeated)
    assert [(row["value"], row["count"], row["of"]) for _, row in test.rows.iterrows()] == [(777, 4, 14)]


@pytest.mark.parametrize(
    "rows",
    [
        [{"likes": 777}] * 3,
        [{"likes": 7}] * 8,
        [{"likes": 777, "account_id": f"facebook:{n}"} for n in range(8)],
        [*({"likes": 777} for _ in range(4)), *({"likes": 1000 + n} for n in range(60))],
        [{"likes": 777}, {"likes": 777}, {"shares": 777}, {"shares": 777}],
    ],
    ids=["few", "small", "other-accounts", "small-share", "other-figures"],
)
def test_figures_that_do_not_come_back(rows):
    assert found(anomalies.repeated(posts(rows), RULES.repeated)) == []


def test_posts_with_the_same_figures_are_one_set():
    same = {"likes": 130, "comments": 4, "shares": 9}
    first = {"post_id": "first", "published_at": "2025-03-01T04:00:00Z"}
    last = {"post_id": "last", "published_at": "2025-03-05T04:00:00Z"}
    frame = posts([same | last, same | first, same | {"shares": 8}, same | {"account_id": "facebook:other"}])
    test = anomalies.identical(frame, RULES.identical)
    row = test.rows.iloc[0]
    assert found(test) == ["first"] and (row["value"], row["count"], row["of"]) == (130, 2, 3)
    assert row["until"] == pd.Timestamp("2025-03-05T04:00:00Z")


def test_same_figures_need_size_and_number():
    few = [{"likes": 130, "comments": 4}] * 2
    small = [{"likes": 9, "comments": 4, "shares": 2}] * 2
    unlike = [{"likes": 130, "comments": 4, "shares": 9, "views": views} for views in (None, 900)]
    for rows in (few, small, unlike):
        assert found(anomalies.identical(posts(rows), RULES.identical)) == []


def test_fewer_views_than_likes():
    frame = posts([
        {"likes": 50, "views": 20, "post_id": "odd"}, {"likes": 50, "views": 50}, {"likes": 50, "views": None},
        {"likes": 9, "views": 2}, {"likes": None, "views": 1},
    ])  # fmt: skip
    test = anomalies.views_below_likes(frame, RULES.views_below_likes)
    assert found(test) == ["odd"] and test.checked == 2
    assert (test.rows["value"].iloc[0], test.rows["usual"].iloc[0]) == (20, 50)


# all of them


def everything() -> pd.DataFrame:
    odd = [
        {"likes": 400, "comments": 0},
        *night(5),
        *({"likes": 5000, "comments": 30, "shares": 7, "views": 100} for _ in range(4)),
    ]
    return posts([*usual(), *odd])


def test_every_test_finds_its_own_and_says_so():
    results = anomalies.tests(everything(), stamps(80, 10), RULES)
    assert [test.kind for test in results] == list(anomalies.KINDS)
    assert all(len(test.rows) >= 1 for test in results)
    for test in results:
        assert list(test.rows.columns) == anomalies.COLUMNS and set(test.rows["kind"]) == {test.kind}


def test_the_order_of_the_exports_does_not_matter():
    frame = everything()
    shuffled = frame.sample(frac=1, random_state=3)
    for one, other in zip(
        anomalies.tests(frame, stamps(80, 10), RULES), anomalies.tests(shuffled, stamps(80, 10), RULES), strict=True
    ):
        columns = ["account_id", "metric", "value", "count", "of"]
        pd.testing.assert_frame_equal(one.rows[columns], other.rows[columns])


def test_posts_are_not_changed():
    frame = everything()
    before = frame.copy(deep=True)
    anomalies.tests(frame, NONE, RULES)
    pd.testing.assert_frame_equal(frame, before)


def test_an_edition_without_posts_has_nothing_odd():
    for test in anomalies.tests(tables.empty("posts"), NONE, RULES):
        assert test.rows.empty and test.checked == 0 and list(test.rows.columns) == anomalies.COLUMNS


# the rules


def test_a_wrong_rule_is_named(tmp_path):
    text = (rules.paths.data("quality", "rules.yml")).read_text(encoding="utf-8")
    path = tmp_path / "rules.yml"
    path.write_text(text.replace("step: 0.02", "step: 5"), encoding="utf-8")
    with pytest.raises(SpecError, match=r"rules\.yml: `followers\.step`: .*found 5\. Write width of the chart"):
        rules.load(path)
    path.write_text(text.replace("least_likes: 100, least_posts", "least_like: 100, least_posts"), encoding="utf-8")
    with pytest.raises(SpecError, match="Did you mean `least_likes`"):
        rules.load(path)
