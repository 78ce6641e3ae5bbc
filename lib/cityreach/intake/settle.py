"""Duplicates settled over all files of an edition: the same post is kept once, the later counting day wins.

On the same day the record further down wins, later files after earlier ones. Posts are looked through by a hash of
their key, so that millions of them need little memory; only those whose hash stands twice are compared in full.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from cityreach import tables
from cityreach.intake import spool
from cityreach.intake.columns import in_one
from cityreach.intake.formats import COUNTS
from cityreach.intake.spool import MAIN

POST_KEY = ["platform", "post_id"]
ACCOUNT_DAY = ["account_id", "day"]
TOTALS_KEY = ["city_id", "platform"]


@dataclass(frozen=True)
class Dropped:
    """For each row of one table over all files, whether it is a duplicate, and whether its figures differ."""

    again: np.ndarray
    differs: np.ndarray

    def sizes(self, counts: Sequence[int]) -> list[tuple[int, int]]:
        """How many are dropped, and differ, in each of the runs of rows whose lengths are given."""
        ends = np.cumsum([0, *counts])
        runs = itertools.pairwise(ends)
        return [(int(self.again[one:two].sum()), int(self.differs[one:two].sum())) for one, two in runs]


def posts(folders: Sequence[Path]) -> Dropped:
    """The posts that stand again with a later counting day or, on the same day, further down."""
    parts = [_hashes(piece) for folder in folders for piece in spool.pieces(folder, "posts", POST_KEY)]
    hashes = np.concatenate(parts) if parts else np.zeros(0, dtype=np.uint64)
    again, differs = np.zeros(len(hashes), dtype=bool), np.zeros(len(hashes), dtype=bool)
    places = _repeated(hashes)
    if len(places):
        frame = _rows_at(folders, places)
        mask = superseded(frame, POST_KEY, "counted_at")
        again[places[mask]] = True
        differs[places[mask]] = differing(frame, mask)
    return Dropped(again, differs)


def _hashes(piece: pa.Table) -> np.ndarray:
    """A number for each (platform, post id); different keys may share one."""
    ids, platforms = in_one(piece["post_id"]), in_one(piece["platform"]).dictionary_encode()
    names = np.array([hash_of(name) for name in platforms.dictionary.to_pylist()], dtype=np.uint64)
    try:
        numbers = pc.cast(ids, pa.uint64()).to_numpy(zero_copy_only=False)
    except pa.ArrowInvalid:
        numbers = pd.util.hash_array(ids.to_numpy(zero_copy_only=False))
    return numbers ^ names[platforms.indices.to_numpy(zero_copy_only=False)]


def hash_of(text: str) -> int:
    return int(pd.util.hash_array(np.array([text], dtype=object))[0])


def _repeated(hashes: np.ndarray) -> np.ndarray:
    """The places, in order, of numbers that stand more than once."""
    ordered = np.sort(hashes)
    if not (ordered[1:] == ordered[:-1]).any():  # the usual case, found out in a fifth of the time
        return np.zeros(0, dtype=np.int64)
    order = np.argsort(hashes, kind="stable")
    same = hashes[order[1:]] == hashes[order[:-1]]
    return np.unique(np.concatenate([order[1:][same], order[:-1][same]]))


def _rows_at(folders: Sequence[Path], places: np.ndarray) -> pd.DataFrame:
    """The posts at places counted over all files, with what is needed to compare them."""
    names, found, start = [*POST_KEY, "counted_at", *COUNTS], [], 0
    for piece in (piece for folder in folders for piece in spool.pieces(folder, "posts", names)):
        inside = places[(places >= start) & (places < start + piece.num_rows)] - start
        if len(inside):
            found.append(piece.take(pa.array(inside)))
        start += piece.num_rows
    frame: pd.DataFrame = pa.concat_tables(found).to_pandas()
    return frame


def superseded(frame: pd.DataFrame, key: list[str], day: str) -> np.ndarray:
    """A mask of the rows that stand again with a later day or, on the same day, further down."""
    order = np.argsort(frame[day].to_numpy(), kind="stable")
    mask = np.zeros(len(frame), dtype=bool)
    mask[order] = frame.iloc[order].duplicated(key, keep="last").to_numpy()
    return mask


def differing(posts: pd.DataFrame, again: np.ndarray) -> np.ndarray:
    """For every superseded post (in order) whether one of its figures differs from the post that is kept."""
    if not again.any():
        return np.zeros(0, dtype=bool)
    figures = list(COUNTS)
    kept = posts[~again].set_index(POST_KEY)[figures]
    dropped = posts[again].set_index(POST_KEY)[figures]
    left, right = dropped.fillna(-1).to_numpy(), kept.reindex(dropped.index).fillna(-1).to_numpy()
    return (left != right).any(axis=1)


def kept_posts(folders: Sequence[Path], dropped: Dropped) -> Iterator[pa.Table]:
    """The posts that stay, piece by piece, in the order of the files."""
    start = 0
    for piece in (piece for folder in folders for piece in spool.pieces(folder, "posts")):
        again = dropped.again[start : start + piece.num_rows]
        start += piece.num_rows
        left = piece.filter(pa.array(~again)) if again.any() else piece
        if left.num_rows:
            yield left


def snapshots(folders: Sequence[Path], sizes: Sequence[int]) -> tuple[pd.DataFrame, Dropped, list[int]]:
    """One snapshot per account and day; which rows of their own stood again; how many come from each document.

    sizes: the number of rows of each document, in order.
    """
    parts = [part for folder in folders if (part := spool.whole(folder, "snapshots")).num_rows]
    if not parts:
        nothing = np.zeros(0, dtype=bool)
        return _none("snapshots"), Dropped(nothing, nothing), [0] * len(sizes)
    frame = pa.concat_tables(parts).to_pandas()
    main = frame.pop(MAIN).to_numpy(dtype=bool)
    one, origin, repeated = merged(frame, main)
    documents = np.repeat(np.arange(len(sizes)), sizes)[origin]
    shares = np.bincount(documents, minlength=len(sizes)).tolist()
    return one, Dropped(repeated[main], np.zeros(int(main.sum()), dtype=bool)), shares


def merged(snapshots: pd.DataFrame, main: np.ndarray) -> tuple[pd.DataFrame, np.ndarray, np.ndarray]:
    """One snapshot per account and day, the place of the row that decided it, and a mask of main rows that stood again.

    Of several rows the last figure that is not null counts, a main row before a by-product.
    """
    if snapshots.empty:
        return snapshots, np.zeros(0, dtype=np.int64), np.zeros(0, dtype=bool)
    repeated = np.zeros(len(snapshots), dtype=bool)
    repeated[main] = snapshots[main].duplicated(ACCOUNT_DAY, keep="last").to_numpy()
    order = np.argsort(main, kind="stable")
    placed = snapshots.assign(place=np.arange(len(snapshots))).iloc[order]
    one = placed.groupby(ACCOUNT_DAY, sort=True, dropna=False).last().reset_index()
    return tables.conform(one.drop(columns="place"), "snapshots"), one["place"].to_numpy(), repeated


def totals(folders: Sequence[Path]) -> tuple[pd.DataFrame, Dropped]:
    """One row per city and platform, and which rows stood again."""
    parts = [part for folder in folders if (part := spool.whole(folder, "totals")).num_rows]
    if not parts:
        nothing = np.zeros(0, dtype=bool)
        return _none("totals"), Dropped(nothing, nothing)
    frame = pa.concat_tables(parts).to_pandas()
    again = superseded(frame, TOTALS_KEY, "day")
    return frame[~again].reset_index(drop=True), Dropped(again, np.zeros(len(frame), dtype=bool))


@cache
def _empty(name: str) -> pd.DataFrame:
    return tables.empty(name)


def _none(name: str) -> pd.DataFrame:
    """A table without rows; many files are of one kind alone, so it is made once."""
    return _empty(name).copy()
