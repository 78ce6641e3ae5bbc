"""Values of exports: numbers, times, ids, texts, links, in every spelling that real files have."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

import pyarrow as pa
import pytest

from cityreach.intake import values
from cityreach.intake.formats import MISSING, Numbers

PLAIN = Numbers.model_validate({})
NONE = frozenset(MISSING)


def count(value: Any, style: Numbers = PLAIN, missing: frozenset[str] = NONE) -> int | str | None:
    """The number, or the problem."""
    answers = [values.counts([value], missing, style)]
    if isinstance(value, str):  # a table's column says the same
        answers.append(values.counts(pa.array([value]), missing, style))
    found = [one.problems[0][1] if one.problems else one.numbers[0].as_py() for one in answers]
    assert len(set(found)) == 1
    return found[0]


@pytest.mark.parametrize(
    ("given", "number"),
    [
        (0, 0), (12, 12), ("12", 12), (" 12 ", 12), ("0012", 12), (12.0, 12), ("12.0", 12), ("+5", 5),
        ("1,234", 1234), ("1,234,567", 1234567), ("12 345", 12345), ("1\u202f234", 1234),
        ("1.9万", 19000), ("1.9 万", 19000), ("10万+", 100000),
        ("1.46亿", 146000000), ("627.5万", 6275000), ("2252亿", 225200000000),
        ("1.2w", 12000), ("1.2K", 1200), ("3m", 3000000), ("1.5B", 1500000000), ("３千", 3000),
        ("１２３", 123), ("１，２３４", 1234), ("１．９万", 19000),
    ],
)  # fmt: skip
def test_numbers(given: Any, number: int) -> None:
    assert count(given) == number


@pytest.mark.parametrize(
    "given", [None, "", " ", "-", "--", "N/A", "n/a", "null", "undefined", "NaN", float("nan"), {}, []]
)
def test_missing_numbers_are_null(given: Any) -> None:
    assert count(given) is None


@pytest.mark.parametrize(
    "given",
    ["many", "1.5", 1.5, "1,4", "12,34", "1.234.567", "1e5", "1.2E+3", "10+万", "1.23456万", True, float("inf"),
     "9" * 30, 10**20, "#VALUE!", "12.5.7", "1O24", "−5"],
)  # fmt: skip
def test_what_is_no_number_is_never_guessed(given: Any) -> None:
    assert count(given) == values.UNUSABLE_NUMBER


def test_negative_counts_and_markers() -> None:
    assert count(-1) == count("-1") == count(-3.0) == values.NEGATIVE
    hidden = NONE | {"-1"}
    assert count(-1, missing=hidden) is None
    assert count("-1", missing=hidden) is None
    assert count(-2, missing=hidden) == values.NEGATIVE


def test_number_styles() -> None:
    european = Numbers(decimal=",", group=".")
    assert count("1.234", european) == 1234
    assert count("1,9万", european) == 19000
    assert count("18,9K", european) == 18900
    assert count("1,234", european) == values.UNUSABLE_NUMBER


def test_ids() -> None:
    column = ["1897000000000000001", 42, "", None, "1.897E+18", 1.897e18, "a b", "D-x_9", "x\ud800", "n/a"]
    assert values.is_cut("1050000000000000.00") and not values.is_cut("1897000000000000001")
    found, problems = values.ids(column, NONE)
    assert found.to_pylist() == ["1897000000000000001", "42", "", "", "", "", "", "D-x_9", "", ""]
    assert dict(problems) == {
        2: values.UNUSABLE_ID, 3: values.UNUSABLE_ID, 4: values.CUT_ID, 5: values.CUT_ID,
        6: values.UNUSABLE_ID, 8: values.UNUSABLE_ID, 9: values.UNUSABLE_ID,
    }  # fmt: skip


def test_texts_are_composed_and_hold_no_control_characters() -> None:
    given = ["Cafe\u0301", "a\r\nb\rc", "x\x00y\x1b[31m", "emoji 🏙️\ud83d", "tab\there", None, 5]
    assert values.texts(given).to_pylist() == ["Café", "a\nb\nc", "xy[31m", "emoji 🏙️", "tab\there", "", ""]


def test_links_are_http_or_nothing() -> None:
    good = ["https://x.com/a", "HTTP://example.org", "https://example.org/帖?q=1#f", " https://a.b/c "]
    bad = ["javascript:alert(1)", "data:text/html,x", "https://", "https:///path", "ftp://a.b", "https://a b.c",
           "//a.b", 'https://a.b/"onload=', "https://a.b/<script>", "https://a.b/\nx", None, 5]  # fmt: skip
    assert values.links(good).to_pylist() == [
        "https://x.com/a",
        "HTTP://example.org",
        "https://example.org/帖?q=1#f",
        "https://a.b/c",
    ]
    assert values.links(bad).to_pylist() == [None] * len(bad)


def test_account_names() -> None:
    assert values.handle(" @Riverport_City ") == "riverport_city"
    assert values.handle(None) == values.account_id(None) == ""
    assert values.account_id(7001) == "7001"
    assert values.account_id("UCabC") == "UCabC"
    assert values.handle("a\ud83d\x00b") == "ab"


def test_missing_words() -> None:
    assert all(values.lacks(value, NONE) for value in (None, "", "  ", "N/A", "－－", {}, [], "NULL"))
    assert not any(values.lacks(value, NONE) for value in (0, "0", -1, False, "none of it"))
    read = values.words(["und", "en ", "-", None, 5], NONE | {"und"})
    assert read.to_pylist() == [None, "en", None, None, None]


@pytest.mark.parametrize("read", [values.texts, values.links])
def test_a_table_column_is_read_as_a_list_is(read: Any) -> None:
    given = ["Cafe\u0301", "a\r\nb\rc", "x\x00y", "tab\there", None, "", "https://x.com/a", " https://a.b/c ",
             "https://example.org/帖?q=1#f", "javascript:alert(1)", 'https://a.b/"onload=', "夜市 🌃"]  # fmt: skip
    assert read(pa.array(given)).to_pylist() == read(given).to_pylist()


def test_how_a_number_was_written_is_kept() -> None:
    read = values.counts(["12", "1,234", "1.9万", None, "10万+"], NONE, PLAIN)
    assert read.mended is not None and read.rounded is not None
    assert read.mended.tolist() == [False, True, True, False, True]
    assert read.rounded.tolist() == [False, False, True, False, True]


def test_the_signs_that_need_no_look_are_the_same_in_nfc_wherever_they_stand() -> None:
    ranges = re.findall(r"\\x\{([0-9a-f]+)\}(?:-\\x\{([0-9a-f]+)\})?", values.PLAIN)
    signs = {chr(code) for first, last in ranges for code in range(int(first, 16), int(last or first, 16) + 1)}
    parts = (unicodedata.decomposition(chr(code)) for code in range(0x110000))
    following = {chr(int(part.split()[1], 16)) for part in parts if part.count(" ") == 1 and "<" not in part}
    assert len(signs) > 40_000 and "南" in signs
    assert not signs & following
    assert all(unicodedata.combining(sign) == 0 and unicodedata.is_normalized("NFC", sign) for sign in signs)
