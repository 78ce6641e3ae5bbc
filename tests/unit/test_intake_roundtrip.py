"""Every format: tidy rows written as its export would hold them, in every container, are read back as they were."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import format_oracle as oracle
import format_writer
import pandas as pd
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from intake_cases import known_formats
from tests import containers

from cityreach import intake
from cityreach.intake.formats import COUNTS, POST_FORMATS, SUMS, Format, Table

UNTIL = date(2025, 4, 5)
OWNER = "folder.owner"
USUAL = settings(
    max_examples=6, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)
LONG = settings(USUAL, max_examples=4, phases=[Phase.generate])  # an example takes long: none is made smaller
TEXT_TABLES = ("csv", "semicolon", "tab", "bom", "utf-16", "gb18030", "gzip", "zip")
BOOKS = ("xlsx", "xls", "ods")
DOCUMENTS = ("json", "jsonl", "json-gzip", "json-zip", "json-utf-16")
HOSTILE = (
    "", 'say "so"', "a,b;c\td|e", "two\nlines", "two\r\nlines", '","', '"\n"', "=1+1", "+1", "-1", "@x", "'", "e\u0301",
    "夜市 🌃",
    "\u202eabc", "\ufeffx", "a\x1b[31m", "1.9万", "2025-03-04", "N/A?", " outer ", "\\", "{",
    "null", "河港的春天", "\u2028x",
    "%_", "#",
)  # fmt: skip


def tables() -> Iterator[tuple[str, int]]:
    for one in known_formats():
        for place, table in enumerate(one.tables):
            if table.table != "unused":
                yield one.id, place


CASES = list(tables())


def forms(one: Format) -> tuple[str, ...]:
    """The containers that a format may come in."""
    table = (*TEXT_TABLES, *BOOKS) if "table" in one.kinds else ()
    document = DOCUMENTS if "json" in one.kinds else ()
    return (*table, *document)


COMBINATIONS = [
    (one, place, form) for one, place in CASES for form in forms(next(f for f in known_formats() if f.id == one))
]

FIGURES = st.one_of(
    st.none(), st.just(0), st.integers(0, 10**6), st.integers(1, 90).map(lambda n: n * 1000), st.integers(0, 10**14)
)
TEXTS = st.one_of(
    st.sampled_from(HOSTILE), st.lists(st.sampled_from(HOSTILE), max_size=4).map("".join), st.text(max_size=40)
)
NAMES = st.from_regex(r"[a-z][a-z0-9_.]{2,14}", fullmatch=True).filter(
    lambda name: name not in ("photo", "reel", "status")
)
MOMENTS = st.one_of(
    st.datetimes(datetime(2012, 1, 1), datetime(2025, 4, 4)), st.datetimes(datetime(2024, 7, 1), datetime(2025, 4, 4))
).map(lambda at: at.replace(microsecond=at.microsecond // 1000 * 1000, tzinfo=UTC))


def rows(one: Format) -> st.SearchStrategy[list[dict[str, Any]]]:
    """Tidy rows; what a format cannot say of them the writer leaves out."""
    sources = [source for table in one.tables for source in table.fields.get("platform", ())]
    platforms = sorted({word for source in sources for word in (source.values or {}).values()}) or [one.platform]
    columns: dict[str, st.SearchStrategy[Any]] = {
        "uid": st.integers(10**11, 10**12 - 1).map(str),
        "handle": NAMES,
        "platform": st.sampled_from(platforms),
        "city": st.sampled_from(["河港", "Riverport", "云台市"]),
        "published_at": MOMENTS,
        "counted_at": st.one_of(st.none(), MOMENTS),
        "day": st.one_of(st.none(), MOMENTS),
        "text": TEXTS,
        "lang": st.sampled_from([None, "en", "zh-Hans"]),
        "format": st.sampled_from(POST_FORMATS),
    }
    columns |= dict.fromkeys((*COUNTS, *SUMS, "posts_total"), FIGURES)
    one_row = st.fixed_dictionaries(columns)
    return st.lists(
        one_row,
        min_size=1,
        max_size=4,
        unique_by=(lambda row: row["handle"], lambda row: row["uid"], lambda row: row["published_at"]),
    ).map(_numbered)


def _numbered(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each row with an id of its own."""
    named = [
        row | {"post_id": f"18970000000000{number:04}", "shortcode": f"DAb{number:04}_-Xy", "posts": row["posts"] or 0}
        for number, row in enumerate(found, start=11)
    ]
    return named


def contents(written: format_writer.Written, form: str, random: Random, beside: list[Any]) -> bytes:
    """The file; `beside` are JSON values in which the records lie as by-products."""
    if form in DOCUMENTS:
        items = format_writer.json_items(written, random)
        if beside:
            items = [functools.reduce(format_writer.merged, [*beside, *items])]
        if form == "jsonl":
            return "\n".join(json.dumps(item, ensure_ascii=False) for item in items).encode(errors="surrogatepass")
        root = items[0] if len(items) == 1 and random.random() < 0.3 else items
        content = json.dumps(root, ensure_ascii=random.random() < 0.5).encode(
            "utf-16" if form == "json-utf-16" else "utf-8", errors="surrogatepass"
        )
        return (
            containers.gzipped(content)
            if form == "json-gzip"
            else containers.zipped(content)
            if form == "json-zip"
            else content
        )
    table = format_writer.cells(written, random)
    if form in BOOKS:
        return containers.BOOKS[form](table)
    encodings = {"bom": "utf-8-sig", "utf-16": "utf-16", "gb18030": "gb18030"}
    delimiter = {"semicolon": ";", "tab": "\t"}.get(form, ",")
    content = containers.text_table(table, delimiter=delimiter, encoding=encodings.get(form, "utf-8"))
    return containers.gzipped(content) if form == "gzip" else containers.zipped(content) if form == "zip" else content


def allowed(text: Any, form: str) -> Any:
    """What of a text a container can hold at all."""
    if not isinstance(text, str):
        return text
    text = text.encode("utf-8", "ignore").decode().replace("\ufffd", "?").replace("\x00", "")
    if form in BOOKS:
        text = "".join(sign for sign in text if sign in "\n" or sign.isprintable())
    if form == "gb18030":  # else nothing tells it from other encodings
        text = "".join(sign for sign in text if sign < "\x7f" or "一" <= sign <= "龥")
    return text


def check(one: Format, place: int, form: str, found: list[dict[str, Any]], seed: int, folder: Path) -> None:
    table = one.tables[place]
    found = [{name: allowed(value, form) for name, value in row.items()} for row in found]
    kind = "table" if form not in DOCUMENTS else "json"
    writer = format_writer.Writer(one, table, kind=kind, until=UNTIL, seed=seed)
    apart = table.side and writer.side_of is None  # by-products that lie elsewhere than the posts
    found = found[:1] if apart else found
    written = writer.write(found)
    beside = _posts_beside(one, found, seed) if apart else []
    file = folder / "export.bin"
    file.write_bytes(contents(written, form, Random(seed), beside))
    owner = (one.platform or "x", OWNER)
    result = intake.read_file(file, known_formats(), intake.Context(None, UNTIL, None, owner))
    log = result.log
    assert (log.format, log.rows) == (one.id, len(found))
    assert (log.kept + log.duplicates, log.quarantined, log.filtered) == (len(found), 0, 0)
    _COMPARED[table.table](result, written)


def _posts_beside(one: Format, found: list[dict[str, Any]], seed: int) -> list[Any]:
    main = next(table for table in one.tables if table.table == "posts")
    silent = dict.fromkeys(("handle", "counted_at", "day"))  # nothing that the by-products say as well
    rows = [row | silent for row in found]
    return format_writer.json_items(
        format_writer.Writer(one, main, kind="json", until=UNTIL, seed=seed).write(rows), Random(seed)
    )


def account(row: dict[str, Any], table: Table) -> str:
    owner = OWNER if table.account == "folder" else ""
    return f"{row['platform']}:{row['handle'] or row['uid'] or owner or 'unknown'}"


def same_posts(result: intake.FileResult, written: format_writer.Written) -> None:
    posts = result.posts.set_index("post_id")
    last = {row["post_id"]: row for row in written.rows}
    assert sorted(posts.index) == sorted(last)
    for post_id, row in last.items():
        post = posts.loc[post_id]
        told = {
            name: _plain(post[name]) for name in ("platform", "account_id", "text", "lang", "format", "url", *COUNTS)
        }
        wanted = {name: row.get(name) for name in told} | {"account_id": account(row, written.table)}
        assert told == wanted
        assert post["published_at"].to_pydatetime() == row["published_at"].at
        assert post["time_precision"] == row["published_at"].precision
        assert post["counted_at"].date() == oracle.day(row["counted_at"], UNTIL)


def same_snapshots(result: intake.FileResult, written: format_writer.Written) -> None:
    told = {
        (r["account_id"], r["day"].date()): (_plain(r["followers"]), _plain(r["posts_total"]))
        for _, r in result.snapshots.iterrows()
    }
    wanted: dict[Any, list[Any]] = {}
    for row in written.rows:
        kept = wanted.setdefault((account(row, written.table), oracle.day(row["day"], UNTIL)), [None, None])
        for place, name in enumerate(("followers", "posts_total")):
            kept[place] = kept[place] if row.get(name) is None else row[name]
    assert told == {key: tuple(figures) for key, figures in wanted.items()}


def same_totals(result: intake.FileResult, written: format_writer.Written) -> None:
    names = ("city_id", "platform", *SUMS)
    told = [tuple(_plain(row[name]) for name in names) for _, row in result.totals.iterrows()]
    wanted = [tuple((row | {"city_id": row["city"]}).get(name) for name in names) for row in written.rows]
    assert set(told) <= set(wanted)
    assert {row[:2] for row in told} == {row[:2] for row in wanted}


_COMPARED = {"posts": same_posts, "snapshots": same_snapshots, "totals": same_totals}


def _plain(value: Any) -> Any:
    return None if pd.isna(value) else int(value) if not isinstance(value, str) else value


@cache
def by_id(name: str) -> Format:
    return next(one for one in known_formats() if one.id == name)


@pytest.mark.parametrize(("name", "place"), CASES)
def test_what_is_written_is_read_back(name: str, place: int, tmp_path: Path) -> None:
    one = by_id(name)

    @USUAL
    @given(rows(one), st.sampled_from(forms(one)), st.integers(0, 2**32))
    def run(found: list[dict[str, Any]], form: str, seed: int) -> None:
        check(one, place, form, found, seed, tmp_path)

    run()


@pytest.mark.stress
@pytest.mark.parametrize(("name", "place", "form"), COMBINATIONS)
def test_what_is_written_in_each_container_is_read_back(name: str, place: int, form: str, tmp_path: Path) -> None:
    one = by_id(name)

    @LONG
    @given(rows(one), st.integers(0, 2**32))
    def run(found: list[dict[str, Any]], seed: int) -> None:
        check(one, place, form, found, seed, tmp_path)

    run()


@pytest.mark.parametrize(("name", "place"), CASES)
def test_the_writer_carries_every_column_of_a_format(name: str, place: int) -> None:
    """Over some files each mapped column stands somewhere: the writer leaves no column out for good."""
    one, carried = by_id(name), set()
    table = one.tables[place]
    kind = "table" if "table" in one.kinds else "json"
    words = _words(table)
    for seed in range(max(12, 2 * len(words))):
        at = datetime(2025, 3, 4, 5, 6, 7, tzinfo=UTC) - timedelta(days=seed)
        row = {
            "uid": "123456789012",
            "handle": "river.port",
            "platform": next(iter(_platforms(one))),
            "city": "河港",
            "published_at": at,
            "counted_at": at,
            "day": at,
            "text": "text",
            "lang": "en",
            "format": words[seed % len(words)],
            **dict.fromkeys((*COUNTS, *SUMS, "posts_total"), 12),
        }
        written = format_writer.Writer(one, table, kind=kind, until=UNTIL, seed=seed).write(_numbered([row]))
        carried |= {target for target in table.fields if written.rows[0].get(target) not in (None, "")}
    assert set(table.fields) - carried == set()


def _platforms(one: Format) -> list[str]:
    sources = [source for table in one.tables for source in table.fields.get("platform", ())]
    return sorted({word for source in sources for word in (source.values or {}).values()}) or [one.platform or "x"]


def _words(table: Table) -> list[str]:
    """The types of posts that a table can tell."""
    words = [w for s in table.fields.get("format", ()) for w in (*(s.values or {}).values(), s.default, s.value) if w]
    return sorted(set(words)) or ["photo"]
