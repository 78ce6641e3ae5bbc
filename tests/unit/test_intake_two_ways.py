"""What can be read in two ways comes out the same: Arrow and the standard reader, whole columns and single values."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from tests.fuzz import nasty

from cityreach.intake import decode, delimited, expressions, formats, times, values
from cityreach.intake.containers import documents
from cityreach.intake.document import Header
from cityreach.intake.formats import MISSING, Numbers, Source

USUAL = settings(
    max_examples=150, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)
CELLS = st.one_of(
    st.sampled_from(
        [text for text in (*nasty.NUMBERS, *nasty.TIMES, *nasty.TEXTS) if len(text) < 100 and "\0" not in text]
    ),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12),
)
ROWS = st.lists(st.lists(CELLS, min_size=0, max_size=4), max_size=12)


def text_of(rows: list[list[str]], ends: str, quoting: Any) -> str:
    sink = io.StringIO()
    csv.writer(sink, delimiter=",", lineterminator=ends, quoting=quoting).writerows(rows)
    return sink.getvalue()


def read(folder: Path, content: bytes) -> tuple[list[int], list[list[str | None]], list[tuple[int, str]], list[int]]:
    """Numbers, cells (short rows with None), long rows, short rows of a table with the header a,b,c."""
    file = folder / "f"
    file.write_bytes(content)
    (found,) = documents(file, "f")
    assert found.grid is not None
    header = Header(("a", "b", "c"), 1)
    batches = list(found.grid.reader(header, range(3)))
    numbers = [int(number) for one in batches for number in one.numbers]
    cells = [list(row) for one in batches for row in zip(*(one.cells[p].to_pylist() for p in range(3)), strict=True)]
    long = [(int(one.numbers[place]), text) for one in batches for place, text, _ in one.strange()]
    return numbers, cells, long, [int(number) for one in batches for number in one.numbers[one.filled()]]


@pytest.mark.parametrize("size", [1, 7, 64, 1 << 24])
def test_however_a_table_is_cut_its_rows_are_those_of_the_standard_reader(
    size: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delimited, "PIECE", size)
    monkeypatch.setattr(decode, "SAMPLE", min(size, 1 << 16))

    @USUAL
    @given(ROWS, st.sampled_from(["\n", "\r\n"]), st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]))
    def run(rows: list[list[str]], ends: str, quoting: int) -> None:
        text = "a,b,c\n" + text_of(rows, ends, quoting)
        assume(not any(word in text for word in decode.MOJIBAKE))
        assume(delimited.delimiter_of(text) == ",")  # cells full of other separators may make it another table
        wanted = [(number, row) for number, row in enumerate(csv.reader(io.StringIO(text, newline="")), start=1)]
        wanted = [(number, row) for number, row in wanted[1:] if any(row)]
        numbers, cells, long, short = read(tmp_path, text.encode())
        assert numbers == [number for number, _ in wanted]
        assert [[cell for cell in row if cell is not None] for row in cells] == [row[:3] for _, row in wanted]
        assert long == [(number, ",".join(row[3:])) for number, row in wanted if any(row[3:])]
        assert short == [number for number, row in wanted if len(row) < 3]

    run()


COLUMNS = st.lists(st.one_of(st.none(), CELLS, st.integers(0, 10**16).map(str)), max_size=6)
PLAIN, NONE = Numbers.model_validate({}), frozenset(MISSING)


@USUAL
@given(COLUMNS)
def test_a_column_of_counts_says_what_its_values_say(found: list[str | None]) -> None:
    one, two = values.counts(found, NONE, PLAIN), values.counts(pa.array(found, pa.string()), NONE, PLAIN)
    assert one.numbers.to_pylist() == two.numbers.to_pylist()
    assert one.problems == two.problems


def test_digits_alone_are_plain_numbers() -> None:
    column = pa.array(["12", "0x1F"], pa.string())
    assert values.counts(column, NONE, PLAIN).problems == [(1, values.UNUSABLE_NUMBER)]
    assert times.times(column, Source.model_validate({"from": "t", "time": "epoch_s"})).at.isna().all()


@USUAL
@given(COLUMNS)
def test_columns_of_ids_texts_and_links_say_what_their_values_say(found: list[str | None]) -> None:
    column = pa.array(found, pa.string())
    ids, problems = values.ids(column, NONE)
    assert (ids.to_pylist(), problems) == (values.ids(found, NONE)[0].to_pylist(), values.ids(found, NONE)[1])
    assert values.texts(column).to_pylist() == values.texts(found).to_pylist()
    assert values.links(column).to_pylist() == values.links(found).to_pylist()
    assert values.words(column, NONE).to_pylist() == values.words(found, NONE).to_pylist()


@USUAL
@given(COLUMNS, st.frozensets(st.sampled_from(["", "-", "n/a", "unknown", "0", "不详"])))
def test_only_what_surely_is_a_value_is_taken_for_one_unasked(found: list[str | None], missing: frozenset[str]) -> None:
    column = pa.array([*found, "1.2345678901234567890123E+20", "12345678"], pa.string())
    for ids in (True, False):
        sure = values.surely(column, missing, ids=ids)
        for value in column.filter(pa.array(sure)).to_pylist():
            assert not values.lacks(value, missing) and not (ids and values.is_cut(value))
        assert sure[-1]


def _written() -> list[str]:
    """Every expression of the format files."""
    found = set()
    for one in formats.load():
        for table in one.tables:
            for source in (source for sources in table.fields.values() for source in sources):
                found |= {source.extract, source.unless, *(each.matches for each in source.when)}
    return sorted(found - {None})


ODD = (
    r"(?!b)([a-z])$",
    r"^(\w*)?",
    r"(\d)\s",
    r"(a{,2})b",
    r"\((x)\)",
    r"[(](x)",
    r"(?i)(K)$",
    r"(é|\d+)\Z",
    r"(a*)*",
    r"(b)?c",
)
SHAPED = st.sampled_from([*_written(), *ODD]).flatmap(
    lambda one: st.tuples(
        st.just(one),
        st.lists(st.one_of(st.none(), CELLS, st.from_regex(one), st.from_regex(one, fullmatch=True)), max_size=6),
    )
)


@settings(USUAL, max_examples=800)
@given(SHAPED)
def test_a_column_holds_an_expression_where_its_values_hold_it(shaped: tuple[str, list[str | None]]) -> None:
    expression, found = shaped
    found = [None if one is None else one.encode(errors="ignore").decode() for one in found]
    column = pa.array(found, pa.string())
    assert expressions.found(column, expression).tolist() == expressions.found(found, expression).tolist()
    if re.compile(expression).groups == 1:
        assert expressions.part(column, expression).to_pylist() == expressions.part(found, expression)


RULES = (
    {"time": "iso"},
    {"time": "iso", "zone": "America/Los_Angeles"},
    {"time": "epoch_s"},
    {"time": "epoch_ms", "missing": ["0"]},
    {"time": "id", "shift": 32, "unit": "s"},
    {"time": "patterns", "patterns": ["%d/%m/%Y %H:%M", "%d %b %Y"], "zone": "Asia/Shanghai"},
    {"time": "id", "shift": 22, "offset": 1288834974657},
)
INSTANTS = st.datetimes().map(lambda at: at.isoformat(" ")[: 10 + (at.second % 4) * 3])
NUMBERS = st.one_of(st.just(""), st.integers(10**9, 2 * 10**9).map(str), st.integers(0, 2**64).map(str))
CLOCKS = st.builds(
    lambda at, zone: f"{at}{zone}", INSTANTS, st.sampled_from(["", "Z", "+0800", "-03:00", "+08", " UTC"])
)


@pytest.mark.parametrize("rule", RULES)
def test_a_column_of_times_says_what_its_values_say(rule: dict[str, Any]) -> None:
    source = Source.model_validate({"from": "t"} | rule)

    @USUAL
    @given(st.lists(st.one_of(st.none(), CLOCKS, NUMBERS, st.sampled_from(nasty.TIMES)), max_size=5))
    def run(found: list[str | None]) -> None:
        one, two = times.times(found, source), times.times(pa.array(found, pa.string()), source)
        assert [str(at) for at in one.at] == [str(at) for at in two.at]
        assert one.wrong.tolist() == two.wrong.tolist()
        known = one.at.notna().to_numpy()
        assert one.precision[known].tolist() == two.precision[known].tolist()
        assert one.source[known].tolist() == two.source[known].tolist()

    run()
