"""The store: one folder per edition with the tidy tables as Parquet, written whole or not at all.

Every table is checked against its contract (`cityreach.tables`) when it is written, and the file then carries a mark of
the contract it was checked against. A read trusts a file with the mark of today's contract and checks any other file:
so the notebook, which only reads, need not load the checker.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from cityreach import paths, tables
from cityreach.errors import DataError

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

NAMES = ("posts", "snapshots", "totals", "quarantine", "metrics", "themes")
MARK = b"cityreach.checked"
DIVERSE = ("post_id", "published_at", "text", "url", "value", "source_row")  # hardly a value stands twice


def path(name: str, edition_id: str) -> Path:
    """The file of a table; DataError for a table that the store does not keep."""
    if name not in NAMES:
        raise DataError(f"The store keeps no table `{name}`; it keeps {', '.join(NAMES)}. Use one of these.")
    return paths.store(edition_id) / f"{name}.parquet"


def exists(name: str, edition_id: str) -> bool:
    return path(name, edition_id).is_file()


def write(frame: pd.DataFrame, name: str, edition_id: str) -> None:
    """Checks a table and puts it in the store in one move; DataError if it breaks its contract."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    target = path(name, edition_id)
    checked = tables.check(tables.conform(frame, name).reset_index(drop=True), name)
    table = pa.Table.from_pandas(checked, preserve_index=False)
    table = table.replace_schema_metadata({**(table.schema.metadata or {}), MARK: contract_hash(name)})
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, compression="zstd")
    write_bytes(target, sink.getvalue())


def read(name: str, edition_id: str, columns: Sequence[str] | None = None) -> pd.DataFrame:
    """A table, or some of its columns in the order asked for; DataError where it is absent or breaks its contract."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    source = path(name, edition_id)
    try:
        table = pq.ParquetFile(source).read(list(columns) if columns is not None else None)
    except FileNotFoundError:
        raise DataError(_advice(source, name, edition_id, "does not exist")) from None
    except (pa.ArrowInvalid, OSError):
        raise DataError(_advice(source, name, edition_id, "is not a readable Parquet file")) from None
    frame = table.to_pandas()
    if columns is not None:
        return _pick(frame, columns, source)
    trusted = (table.schema.metadata or {}).get(MARK) == contract_hash(name)
    return frame if trusted else tables.check(frame, name)


@cache
def schema(name: str) -> pa.Schema:
    """A table's Arrow columns, with pandas' own types for whole numbers and the mark of the contract."""
    import pyarrow as pa

    found = pa.Schema.from_pandas(tables.empty(name), preserve_index=False)
    return found.with_metadata({**(found.metadata or {}), MARK: contract_hash(name)})


@contextmanager
def sink(file: Path, columns: pa.Schema) -> Iterator[Callable[[pa.Table], None]]:
    """Takes a table of these columns piece by piece, unchecked, and makes each a row group of a Parquet file."""
    import pyarrow.parquet as pq

    repeated = [column for column in columns.names if column not in DIVERSE]
    with pq.ParquetWriter(file, columns, compression="zstd", use_dictionary=repeated) as open_file:
        yield open_file.write_table


@contextmanager
def writer(name: str, edition_id: str) -> Iterator[Callable[[pa.Table], None]]:
    """Takes a table piece by piece, checks each, and puts the whole in the store in one move at the end."""
    with draft(path(name, edition_id)) as file, sink(file, schema(name)) as take:
        yield lambda piece: take(tables.check_arrow(piece, name))


def adopt(file: Path, name: str, edition_id: str) -> None:
    """Puts a copy of a file that `sink` has written, of checked pieces, in the store in one move."""
    with draft(path(name, edition_id)) as copy:
        shutil.copyfile(file, copy)


@contextmanager
def draft(target: Path) -> Iterator[Path]:
    """A file beside the target that takes its place at the end, unless there is an error."""
    target.parent.mkdir(parents=True, exist_ok=True)
    file = target.with_name(f".{target.name}.draft")
    yield file
    file.replace(target)


def _pick(frame: pd.DataFrame, columns: Sequence[str], source: Path) -> pd.DataFrame:
    lacking = [column for column in columns if column not in frame]
    if lacking:
        raise DataError(f"{paths.relative(source)}: column(s) {', '.join(lacking)} are absent. Build the table anew.")
    return frame[list(columns)]


def _advice(source: Path, name: str, edition_id: str, problem: str) -> str:
    stage = name if name in ("metrics", "themes") else "intake"
    return f"{paths.relative(source)} {problem}. Run the {stage} of edition {edition_id} to write it."


def contract_hash(name: str) -> bytes:
    """A short hash of a table's columns, types, rules and key: the mark of a checked file."""
    content = repr((tables.CONTRACTS[name], tables.KEYS[name]))
    return hashlib.sha256(content.encode()).hexdigest()[:16].encode()


def write_bytes(target: Path, content: bytes | memoryview) -> None:
    """Puts a file in place in one move, so that no reader ever sees half of it."""
    with draft(target) as file:
        file.write_bytes(content)
