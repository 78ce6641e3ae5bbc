"""Whole columns at a time: what holds for one value is asked once per different value, plain columns not at all.

A column is a list (JSON: any values) or an Arrow array of texts (tables). The functions here carry a question or a
change that is defined for one value over a column; `whole` and `moments` read a column of plain numbers or plain times
in one step of Arrow's, and say so with None where it is not plain.
"""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeAlias, TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

Item = TypeVar("Item")
Made = TypeVar("Made")
FEW = 10  # values that say enough of a column to go on
Column: TypeAlias = list[Any] | Any  # a list or an Arrow array


def values(column: Column) -> list[Any]:
    """The values one by one."""
    return column if isinstance(column, list) else column.to_pylist()


def in_one(column: pa.ChunkedArray) -> pa.Array:
    """A column of a table as one array; not copied where it already is."""
    return column.combine_chunks() if column.num_chunks != 1 else column.chunk(0)


def distinct(column: pa.Array) -> tuple[list[Any], np.ndarray]:
    """The different values of a column and, for each row, its place among them; absent ones are None, last."""
    coded = column.dictionary_encode()
    codes = pc.fill_null(coded.indices, len(coded.dictionary)).to_numpy(zero_copy_only=False)
    return [*coded.dictionary.to_pylist(), None], codes


def changed(column: Column, change: Callable[[Any], Any]) -> Column:
    """A column with each value that is not absent replaced by what `change` makes of it."""
    if isinstance(column, list):
        return [None if value is None else change(value) for value in column]
    found, codes = distinct(column)
    new = pa.array([None if value is None else change(value) for value in found], pa.string())
    return new.take(pa.array(codes))


def tested(column: Column, question: Callable[[Any], bool]) -> np.ndarray:
    """For every row whether the question is answered with yes."""
    if isinstance(column, list):
        return np.fromiter((question(value) for value in column), dtype=bool, count=len(column))
    found, codes = distinct(column)
    return np.array([question(value) for value in found], dtype=bool)[codes]


def picked(here: np.ndarray, column: Column, other: Column) -> Column:
    """The value of `column` where `here` holds, else that of `other`."""
    if isinstance(column, list) or isinstance(other, list):
        pairs = zip(here, values(column), values(other), strict=True)
        return [one if first else two for first, one, two in pairs]
    return pc.if_else(pa.array(here), column, other)


def nothing(column: Column) -> Column:
    """A column of the same kind and length that holds nothing."""
    return [None] * len(column) if isinstance(column, list) else pa.nulls(len(column), column.type)


def constant(value: str, like: Column) -> Column:
    """A column of the same kind and length that holds one text."""
    return [value] * len(like) if isinstance(like, list) else pa.repeat(pa.scalar(value, pa.string()), len(like))


def texts(found: Sequence[str | None]) -> pa.Array:
    return pa.array(found, pa.string())


def whole(column: pa.Array) -> pa.Array | None:
    """A column of nothing but digits and empty cells as whole numbers from 0 up, else None."""
    filled = _unless_empty(column)
    if pc.all(pc.ascii_is_decimal(filled)).as_py() is False:
        return None
    try:
        return pc.cast(filled, pa.int64())
    except pa.ArrowInvalid:  # too large
        return None


def moments(column: pa.Array) -> tuple[pa.Array, bool] | None:
    """A column of ISO times, all without a zone or all with one, and whether they have one; else None."""
    filled = _unless_empty(column)
    for zone in (None, "UTC"):
        try:
            pc.cast(filled.slice(0, FEW), pa.timestamp("us", zone))  # a column of others fails slowly as a whole
            return pc.cast(filled, pa.timestamp("us", zone)), zone is not None
        except pa.ArrowInvalid:
            continue
    return None


def _unless_empty(column: pa.Array) -> pa.Array:
    return pc.if_else(pc.equal(column, ""), pa.scalar(None, pa.string()), column)


def ahead(change: Callable[[Item], Made], items: Iterable[Item], *, workers: int) -> Iterator[Made]:
    """What `change` makes of each item, in order; while one is used, the next ones are fetched and made in threads."""
    source = iter(items)
    first = list(itertools.islice(source, 2))
    if len(first) < 2:  # most files are one batch
        yield from map(change, first)
        return
    yield from map(change, first)
    with ThreadPoolExecutor(1) as fetching, ThreadPoolExecutor(workers) as making:

        def begun() -> Future[tuple[Made, ...]]:
            coming = fetching.submit(lambda: tuple(itertools.islice(source, 1)))
            return making.submit(lambda: tuple(map(change, coming.result())))

        waiting = deque(begun() for _ in range(workers + 1))
        while made := waiting.popleft().result():
            waiting.append(begun())
            yield from made
