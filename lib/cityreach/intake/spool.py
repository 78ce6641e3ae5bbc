"""The usable rows of one file, kept on disk while they are read: a folder of tables, written piece by piece.

Each is a Parquet file as the store keeps them, so that the posts of a lone file need only be copied there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType

import pyarrow as pa

from cityreach import store, tables

MAIN = "main"  # marks snapshots that are records of their own, not by-products of other records


def schema(name: str) -> pa.Schema:
    found = store.schema(name)
    return found.append(pa.field(MAIN, pa.bool_())) if name == "snapshots" else found


class Spool:
    """Writes tables into a folder, one file a table, in the order in which their pieces come.

    checked: whether every piece has to keep the contract of its table, as the rows of an edition do.
    """

    def __init__(self, folder: Path, *, checked: bool) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder, self.checked = folder, checked
        self._open: dict[str, Callable[[pa.Table], None]] = {}
        self._ends = ExitStack()

    def __enter__(self) -> Spool:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self._ends.close()

    @property
    def empty(self) -> bool:
        return not self._open

    def clear(self) -> None:
        """Forgets all that was written."""
        self._ends.close()
        for name in self._open:
            file(self.folder, name).unlink()
        self._open = {}

    def add(self, name: str, piece: pa.Table) -> None:
        if not piece.num_rows:
            return
        if name not in self._open:
            self._open[name] = self._ends.enter_context(store.sink(file(self.folder, name), schema(name)))
        self._open[name](tables.check_arrow(piece, name) if self.checked else piece)


def pieces(folder: Path, name: str, columns: list[str] | None = None) -> Iterator[pa.Table]:
    """The pieces of a table as they were written, with some of its columns or all; none where nothing was."""
    import pyarrow.parquet as pq

    if not file(folder, name).exists():
        return
    with pq.ParquetFile(file(folder, name)) as source:
        for place in range(source.num_row_groups):
            table = source.read_row_group(place, columns)
            yield table if columns is None else table.select(columns)


def whole(folder: Path, name: str) -> pa.Table:
    """All rows of a table in one."""
    found = list(pieces(folder, name))
    return pa.concat_tables(found) if found else schema(name).empty_table()


def file(folder: Path, name: str) -> Path:
    """The file of a table, which is there if the table has rows."""
    return folder / f"{name}.parquet"
