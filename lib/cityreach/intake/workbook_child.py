"""Reads workbooks in a process of its own, started by `workbook_process`: a damaged one takes down this process alone.

The reader of workbooks believes what a file says of its own size and ends its process where the memory is not there.
In: the length of a workbook, the workbook. Out: the length of the answer, the answer pickled: for every sheet its
title, its rows that hold anything with their numbers and its merged ranges, or the reader's reason why it cannot.
This file is run as a script and imports nothing of the project, so that it starts at once.
"""

from __future__ import annotations

import gc
import io
import pickle
import sys
from collections.abc import Iterator
from typing import Any, BinaryIO

MEMORY, PER_BYTE, MOST = 1 << 30, 200, 6 << 30  # bytes of address space for any workbook, for each byte of it, at most
LENGTH = 8


Sheet = tuple[str, list[tuple[int, list[Any]]], list[Any]]


def sheets(content: bytes) -> list[Sheet]:
    from python_calamine import CalamineWorkbook

    workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
    found = []
    for title in workbook.sheet_names:
        sheet = workbook.get_sheet_by_name(title)
        found.append((title, list(_filled(sheet)), list(sheet.merged_cell_ranges or [])))
    return found


def _filled(sheet: Any) -> Iterator[tuple[int, list[Any]]]:
    """The rows that hold anything, from the first column of the sheet; there may be a million that do not."""
    margin = [""] * (sheet.start[1] if sheet.start else 0)
    blank: list[Any] = []
    for number, row in enumerate(sheet.iter_rows(), start=1):
        if len(row) != len(blank):
            blank = [""] * len(row)
        if row != blank:
            yield number, margin + row


def answer(content: bytes) -> tuple[bool, Any]:
    """True and the sheets, or False and the reason."""
    try:
        return True, sheets(content)
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # noqa: BLE001 - the reader's own panics are no Exception
        return False, str(error) or type(error).__name__


def serve(source: BinaryIO, sink: BinaryIO) -> None:
    while head := source.read(LENGTH):
        size = int.from_bytes(head)
        _limit_memory(min(MOST, MEMORY + size * PER_BYTE))
        reply = pickle.dumps(answer(source.read(size)), protocol=5)
        sink.write(len(reply).to_bytes(LENGTH))
        sink.write(reply)
        sink.flush()


def _limit_memory(size: int) -> None:
    try:
        import resource
    except ImportError:  # not on Windows
        return
    resource.setrlimit(resource.RLIMIT_AS, (size, resource.getrlimit(resource.RLIMIT_AS)[1]))


if __name__ == "__main__":
    gc.disable()  # rows hold no cycles
    serve(sys.stdin.buffer, sys.stdout.buffer)
