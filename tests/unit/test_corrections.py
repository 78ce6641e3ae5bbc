"""Corrections as data: what an entry may say, what it does to a frame, and when it is out of date."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml
from intake_cases import edition
from pandas.testing import assert_frame_equal

from cityreach import paths, tables
from cityreach.errors import CorrectionError, SpecError
from cityreach.intake import corrections, inbox

FILE = "data/corrections/2025-03.yml"
GOOD: dict[str, Any] = {
    "table": "posts",
    "where": {"platform": "x", "post_id": "123"},
    "action": "set",
    "column": "likes",
    "expect": 812345,
    "value": 81234,
    "reason": "The vendor typed a digit twice.",
    "evidence": "the post's page on 2025-04-07",
}
LEFT_OUT = object()


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A root with one edition and a folder for corrections."""
    for name in ("corrections", "editions"):
        (tmp_path / "data" / name).mkdir(parents=True)
    (tmp_path / "data" / "editions" / "2025-03.yml").touch()
    monkeypatch.setenv(paths.HOME_VARIABLE, str(tmp_path))
    return tmp_path


def entry(**changes: Any) -> dict[str, Any]:
    """A good entry with these keys changed or, where LEFT_OUT, absent."""
    return {name: value for name, value in (GOOD | changes).items() if value is not LEFT_OUT}


def drop(**changes: Any) -> dict[str, Any]:
    return entry(**{"action": "drop", "column": LEFT_OUT, "value": LEFT_OUT, "expect": {"likes": 812345}} | changes)


def flag(**changes: Any) -> dict[str, Any]:
    return drop(**{"action": "flag", "expect": LEFT_OUT} | changes)


def load(*entries: dict[str, Any]) -> corrections.Corrections:
    """The corrections of a file with these entries."""
    text = yaml.safe_dump({"corrections": list(entries)}, allow_unicode=True)
    corrections.path_of("2025-03").write_text(text, encoding="utf-8")
    return corrections.load("2025-03")


def refused(*entries: dict[str, Any]) -> str:
    with pytest.raises(SpecError) as caught:
        load(*entries)
    text = str(caught.value)
    assert text.startswith(FILE) and "\n" not in text
    return text


def out_of_date(made: corrections.Corrections) -> str:
    with pytest.raises(CorrectionError) as caught:
        made.finish()
    assert caught.value.exit_code == 2 and "\n" not in str(caught.value)
    return str(caught.value)


def posts(*likes: int | None, first: int = 121) -> pd.DataFrame:
    """Posts 121, 122, 123 … on X with these likes."""
    moment = pd.Timestamp("2025-03-10T04:00:00Z")
    rows = [
        {
            "post_id": str(first + place),
            "platform": "x",
            "account_id": "x:a",
            "city_id": "110000",
            "published_at": moment,
            "text": f"post {first + place}",
            "likes": count,
            "counted_at": pd.Timestamp("2025-04-07"),
            "source_file": "posts.csv",
            "source_row": place + 2,
        }
        for place, count in enumerate(likes)
    ]
    return tables.conform(pd.DataFrame(rows), "posts")


def snapshots(*followers: int | None) -> pd.DataFrame:
    days = pd.to_datetime([f"2025-03-{day + 1:02d}" for day in range(len(followers))])
    frame = pd.DataFrame({"account_id": "x:a", "day": days, "followers": list(followers), "source_file": "f.csv"})
    return tables.conform(frame, "snapshots")


# what is done


def test_a_value_is_set_and_the_input_left_alone() -> None:
    given = posts(5, 6, 812345)
    before, made = given.copy(), load(GOOD)
    after = made.apply(given, "posts")
    assert after["likes"].tolist() == [5, 6, 81234]
    assert_frame_equal(given, before)
    assert_frame_equal(after.drop(columns="likes"), before.drop(columns="likes"))
    assert after.dtypes.equals(before.dtypes)
    assert len(tables.check(after, "posts")) == 3


def test_a_correction_says_what_it_did() -> None:
    made = load(GOOD)
    made.apply(posts(5, 6, 812345), "posts")
    (one,) = made.finish()
    assert one.to_dict() == {
        "entry": 1,
        "table": "posts",
        "key": {"platform": "x", "post_id": "123"},
        "action": "set",
        "column": "likes",
        "before": 812345,
        "after": 81234,
        "reason": GOOD["reason"],
        "evidence": GOOD["evidence"],
        "status": "open",
        "rows": 1,
    }
    assert one.line.startswith("correction 1, posts x/123: likes 812345 corrected to 81234. The vendor")
    assert corrections.Applied(**one.to_dict()) == one


def test_chunks_give_what_the_whole_gives() -> None:
    whole = pd.concat([posts(5, 6, 812345), posts(7, 8, 9, first=124)], ignore_index=True)
    entries = [GOOD, drop(where={"platform": "x", "post_id": "125"}, expect={"likes": 8}), flag()]
    at_once, in_chunks = load(*entries), load(*entries)
    expected = at_once.apply(whole, "posts")
    chunks = [in_chunks.apply(whole.iloc[start : start + 2], "posts") for start in range(0, len(whole), 2)]
    assert_frame_equal(pd.concat(chunks), expected)
    assert expected["post_id"].tolist() == ["121", "122", "123", "124", "126"]
    assert in_chunks.finish() == at_once.finish()
    assert [each.action for each in at_once.finish()] == ["set", "drop", "flag"]


def test_a_frame_that_nothing_concerns_comes_back_itself() -> None:
    made = load(GOOD)
    for given, table in ((posts(5), "posts"), (snapshots(5), "snapshots"), (posts(5, 6, 812345), "quarantine")):
        assert made.apply(given, table) is given
    empty = tables.empty("posts")
    assert made.apply(empty, "posts") is empty


def test_an_index_with_repeated_labels_does_no_harm() -> None:
    given = pd.concat([posts(5, 6, 812345), posts(5, 6, 7, first=221)])
    assert load(GOOD).apply(given, "posts")["likes"].tolist() == [5, 6, 81234, 5, 6, 7]


@pytest.mark.parametrize(
    ("column", "expect", "value", "stored"),
    [
        ("likes", 812345, None, pd.NA),
        ("views", None, 9, 9),
        ("text", "post 123", "", ""),
        ("format", None, "video", "video"),
        ("published_at", "2025-03-10T12:00:00+08:00", "2025-03-11T04:00:00Z", pd.Timestamp("2025-03-11T04:00:00Z")),
        ("counted_at", "2025-04-07", "2025-04-08", pd.Timestamp("2025-04-08")),
    ],
)
def test_every_kind_of_column_can_be_set(column: str, expect: Any, value: Any, stored: Any) -> None:
    given, made = posts(5, 6, 812345), load(entry(column=column, expect=expect, value=value))
    after = made.apply(given, "posts")
    cell = after[column].iloc[2]
    assert pd.isna(cell) if stored is pd.NA else cell == stored
    assert after.dtypes.equals(given.dtypes)
    assert after[column].iloc[:2].equals(given[column].iloc[:2])
    tables.check(after, "posts")
    made.finish()


def test_a_follower_count_is_set_for_one_day() -> None:
    where = {"account_id": "x:a", "day": "2025-03-02"}
    made = load(entry(table="snapshots", where=where, column="followers", expect=19000, value=None))
    assert made.apply(snapshots(5, 19000, 7), "snapshots")["followers"].tolist() == [5, pd.NA, 7]
    assert made.finish()[0].key == {"account_id": "x:a", "day": "2025-03-02"}


def test_yaml_may_hold_days_and_moments_without_quotes() -> None:
    text = """corrections:
  - table: posts
    where: {platform: x, post_id: "123"}
    action: set
    column: published_at
    expect: 2025-03-10T12:00:00+08:00
    value: 2025-03-11 12:00:00 +08:00
    reason: r
    evidence: e
  - table: snapshots
    where: {account_id: "x:a", day: 2025-03-02}
    action: flag
    reason: r
    evidence: e
"""
    corrections.path_of("2025-03").write_text(text, encoding="utf-8")
    made = corrections.load("2025-03")
    assert made.apply(posts(1, 2, 3), "posts")["published_at"].iloc[2] == pd.Timestamp("2025-03-11T04:00:00Z")
    made.apply(snapshots(1, 2), "snapshots")
    assert [each.after for each in made.finish()] == ["2025-03-11T04:00:00+00:00", None]


def test_totals_are_found_by_city_and_platform() -> None:
    frame = pd.DataFrame({"city_id": ["110000", "110000"], "platform": ["x", "tiktok"], "posts": [5, 500]})
    frame = frame.astype({"posts": "Int64"})
    where = {"city_id": "110000", "platform": "tiktok"}
    made = load(entry(table="totals", where=where, column="posts", expect=500, value=50))
    assert made.apply(frame, "totals")["posts"].tolist() == [5, 50]
    assert len(made.finish()) == 1


def test_a_flagged_row_stays_as_it_is() -> None:
    given, made = posts(5, 6, 812345), load(flag(expect={"likes": 812345}, status="reported"))
    assert made.apply(given, "posts") is given
    (one,) = made.finish()
    assert (one.action, one.column, one.before, one.after, one.status) == ("flag", "likes", 812345, None, "reported")


def test_a_drop_names_all_that_it_expected() -> None:
    made = load(drop(expect={"likes": 812345, "text": "post 123"}))
    assert made.apply(posts(5, 6, 812345), "posts")["post_id"].tolist() == ["121", "122"]
    assert (made.finish()[0].column, made.finish()[0].before) == ("likes, text", "812345, post 123")


# when it is out of date


def test_another_value_than_expected_stops_the_intake() -> None:
    made = load(GOOD)
    given = posts(5, 6, 19000)
    assert made.apply(given, "posts") is given
    assert out_of_date(made) == (
        f"{FILE}, entry 1 (posts x/123): likes must be 812345 to be corrected, found 19000. "
        "The export may have been mended: remove or update this entry."
    )


def test_the_right_value_already_there_stops_the_intake() -> None:
    made = load(GOOD)
    made.apply(posts(5, 6, 81234), "posts")
    assert "found 81234. The export may have been mended" in out_of_date(made)


def test_an_empty_cell_is_not_an_expected_number() -> None:
    made = load(GOOD)
    made.apply(posts(5, 6, None), "posts")
    assert "likes must be 812345 to be corrected, found empty." in out_of_date(made)


def test_a_copy_with_another_value_stops_the_intake() -> None:
    made = load(GOOD)
    for likes in (812345, 19000):
        made.apply(posts(5, 6, likes), "posts")
    assert "found 19000" in out_of_date(made)


def test_a_row_that_is_not_there_stops_the_intake() -> None:
    made = load(flag(), drop(where={"platform": "facebook", "post_id": "122"}, expect={"likes": 6}))
    made.apply(posts(5, 6, 7), "posts")
    assert out_of_date(made).startswith(f"{FILE}, entry 2 (posts facebook/122): the exports hold no such row")


def test_a_drop_whose_row_was_mended_stops_the_intake_and_keeps_the_row() -> None:
    made = load(drop(expect={"text": "post 123", "likes": 812345}))
    assert len(made.apply(posts(5, 6, 7), "posts")) == 3
    assert "likes must be 812345 to be left out, found 7." in out_of_date(made)


def test_several_problems_are_counted() -> None:
    made = load(GOOD, flag(where={"platform": "x", "post_id": "999"}), flag(where={"platform": "x", "post_id": "998"}))
    assert out_of_date(made).endswith(" (2 more correction(s) do not fit)")


def test_nothing_read_means_nothing_corrected() -> None:
    assert "no such row" in out_of_date(load(GOOD))


# what may stand in a file


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"table": "post"}, "`corrections.0.table`: must be 'posts', 'snapshots' or 'totals', found 'post'."),
        ({"action": "scale"}, "`corrections.0.action`: must be 'set', 'drop' or 'flag', found 'scale'."),
        ({"reason": LEFT_OUT}, "`corrections.0.reason`: the key is missing. Write one sentence"),
        ({"reason": " "}, "`corrections.0.reason`:"),
        ({"evidence": LEFT_OUT}, "`corrections.0.evidence`: the key is missing. Write where the right value"),
        ({"status": "done"}, "`corrections.0.status`: must be 'open', 'reported', 'acknowledged' or 'fixed_upstream'"),
        ({"columm": "likes"}, "`corrections.0.columm`: this key is not known, found 'likes'. Did you mean `column`?"),
        ({"expect": LEFT_OUT}, "action set needs expect"),
        ({"value": LEFT_OUT}, "action set needs value"),
        ({"column": LEFT_OUT, "value": LEFT_OUT}, "action set needs column, value"),
        ({"value": 812345}, "likes is set to the value that it is expected to have, 812345"),
        ({"column": "like"}, "like is no column of posts that can be corrected; those are published_at, time_source"),
        ({"column": "post_id"}, "post_id says which row it is"),
        ({"column": "city_id"}, "city_id says which row it is or where it came from and cannot be corrected"),
        ({"value": -1}, "likes is a count of at least 0, not -1"),
        ({"value": 1.5}, "likes is a whole number without quotes, not 1.5"),
        ({"value": "5"}, "likes is a whole number without quotes, not '5'"),
        ({"expect": True}, "likes is a whole number without quotes, not True"),
        ({"column": "text", "expect": "a", "value": None}, "text is never empty"),
        ({"column": "lang", "expect": None, "value": False}, "lang is text, so it needs quotes"),
        ({"column": "counted_at", "expect": "2025-04-07", "value": "soon"}, "counted_at is a day such as 2025-03-31"),
        (
            {"column": "published_at", "expect": "2025-03-10T12:00:00", "value": "2025-03-10T12:00:00Z"},
            "published_at is a time with its offset such as",
        ),
        ({"where": {"platform": "x"}}, "where of posts holds platform and post_id, not platform"),
        ({"where": {"platform": "x", "post_id": 123}}, "post_id is text, so it needs quotes"),
        ({"where": {"platform": "x", "post_id": None}}, "post_id is never empty"),
        ({"table": "snapshots", "where": {"account_id": "x:a", "day": "2025"}}, "day is a day such as 2025-03-31"),
    ],
)
def test_a_broken_entry_is_told_with_file_key_and_remedy(changes: dict[str, Any], expected: str) -> None:
    assert expected in refused(entry(**changes))


@pytest.mark.parametrize(
    ("broken", "expected"),
    [
        (drop(expect=LEFT_OUT), "action drop needs expect"),
        (drop(expect={}), "expect of action drop holds at least one column"),
        (drop(expect=5), "expect of action drop holds at least one column"),
        (drop(expect={"post_id": "123"}), "post_id says which row it is"),
        (drop(column="likes"), "action drop takes no column"),
        (flag(value=None), "action flag takes no value"),
        (flag(expect={"likes": "5"}), "likes is a whole number without quotes"),
    ],
)
def test_drop_and_flag_have_rules_of_their_own(broken: dict[str, Any], expected: str) -> None:
    assert expected in refused(broken)


@pytest.mark.parametrize(
    ("others", "numbers"),
    [
        ([GOOD, entry(value=3)], "entries 1 and 2"),
        ([GOOD, flag(), drop()], "entries 1 and 3"),
        ([drop(), GOOD], "entries 1 and 2"),
        ([flag(), flag()], "entries 1 and 2"),
        ([drop(), drop()], "entries 1 and 2"),
    ],
)
def test_two_entries_on_one_cell_are_refused(others: list[dict[str, Any]], numbers: str) -> None:
    text = refused(*others)
    assert numbers in text and "posts x/123" in text


def test_one_day_written_in_two_ways_is_one_cell() -> None:
    where = {"account_id": "x:a", "day": "2025-03-02"}
    one = entry(table="snapshots", where=where, column="followers")
    other = entry(table="snapshots", where={**where, "day": pd.Timestamp("2025-03-02").date()}, column="followers")
    assert "entries 1 and 2" in refused(one, other)


def test_other_columns_of_a_row_may_have_entries_of_their_own() -> None:
    made = load(GOOD, entry(column="views", expect=None, value=5), flag())
    after = made.apply(posts(5, 6, 812345), "posts").iloc[2]
    assert (after["likes"], after["views"], len(made.finish())) == (81234, 5, 3)


def test_a_file_of_no_edition_is_refused(home: Path) -> None:
    for name in ("2025-3.yml", "2025-03.yaml"):
        path = home / "data" / "corrections" / name
        path.touch()
        with pytest.raises(SpecError, match=f"data/corrections/{name}: no edition is called .* Name it .*2025-03.yml"):
            corrections.load("2025-03")
        path.unlink()


def taken_in() -> str:
    """The corrections' part in what decides whether an inbox is taken in anew."""
    return str(inbox.fingerprint(edition())["corrections"])


def test_without_a_file_nothing_is_corrected(home: Path) -> None:
    made, given = corrections.load("2025-03"), posts(5, 6, 812345)
    assert made.apply(given, "posts") is given
    assert (made.finish(), taken_in()) == ([], "")


def test_the_fingerprint_is_that_of_the_file() -> None:
    load(GOOD)
    first = taken_in()
    assert first == hashlib.sha256(corrections.path_of("2025-03").read_bytes()).hexdigest()
    load(entry(value=1))
    assert taken_in() != first


def test_the_worked_example_of_the_readme_is_valid() -> None:
    text = (Path(__file__).parents[2] / "data" / "corrections" / "README.md").read_text(encoding="utf-8")
    example = text.partition("```yaml\n")[2].partition("```")[0]
    corrections.path_of("2025-03").write_text(example, encoding="utf-8")
    actions = [each.action for each in corrections.load("2025-03").entries]
    assert actions == ["set", "drop", "flag"]
