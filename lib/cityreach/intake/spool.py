"""The usable rows of one file, kept on disk while they are read: a folder of Arrow files, written piece by piece."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import TracebackType

import pyarrow as pa

from cityreach import store

MAIN = "main"  # marks snapshots that are records of their own, not by-products of other records


def schema(name: str) -> pa.Schema:
    found = store.schema(name)
    return found.append(pa.field(MAIN, pa.bool_())) if name == "snapshots" else found


class Spool:
    """Writes tables into a folder, one file a table, in the order in which their pieces come."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self._open: dict[str, pa.ipc.RecordBatchStreamWriter] = {}

    def __enter__(self) -> Spool:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        for one in self._open.values():
            one.close()

    @property
    def empty(self) -> bool:
        return not self._open

    def clear(self) -> None:
        """Forgets all that was written."""
        for name, one in self._open.items():
            one.close()
            _file(self.folder, name).unlink()
        self._open = {}

    def add(self, name: str, piece: pa.Table) -> None:
        if not piece.num_rows:
            return
        if name not in self._open:
            options = pa.ipc.IpcWriteOptions(compression="lz4")
            self._open[name] = pa.ipc.new_stream(str(_file(self.folder, name)), schema(name), options=options)
        self._open[name].write_table(piece.combine_chunks())


def pieces(folder: Path, name: str, columns: list[str] | None = None) -> Iterator[pa.Table]:
    """The pieces of a table as they were written, with some of its columns or all; none where nothing was."""
    file = _file(folder, name)
    if not file.exists():
        return
    known = schema(name)
    fields = None if columns is None else [known.get_field_index(column) for column in columns]
    options = pa.ipc.IpcReadOptions(included_fields=fields)
    with pa.OSFile(str(file)) as source, pa.ipc.open_stream(source, options=options) as stream:
        for piece in stream:
            table = pa.Table.from_batches([piece])
            yield table if columns is None else table.select(columns)


def whole(folder: Path, name: str) -> pa.Table:
    """All rows of a table in one."""
    found = list(pieces(folder, name))
    return pa.concat_tables(found) if found else schema(name).empty_table()


def _file(folder: Path, name: str) -> Path:
    return folder / f"{name}.arrow"
