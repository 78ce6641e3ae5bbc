"""What the files of an edition come to together: duplicates settled, figures summed up, every row accounted for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from cityreach.intake import settle, spool
from cityreach.intake.formats import COUNTS
from cityreach.intake.log import FileLog
from cityreach.intake.result import Spooled
from cityreach.intake.settle import Dropped

Change = Callable[[pa.Table], pa.Table]


@dataclass
class Joined:
    """Files that are read, in order, with what is duplicate between and inside them."""

    files: Sequence[Spooled]

    def __post_init__(self) -> None:
        self._sums: dict[tuple[str, str], Counter[str]] = {}
        self._times: dict[tuple[str, str], Counter[str]] = {}

    @cached_property
    def _again(self) -> Dropped:
        return settle.posts([one.folder for one in self.files])

    @cached_property
    def _snapshots(self) -> tuple[pd.DataFrame, Dropped, list[int]]:
        return settle.snapshots([one.folder for one in self.files], [log.snapshots for log in self._read])

    @property
    def _read(self) -> list[FileLog]:
        """The logs of all documents as they were read."""
        return [log for one in self.files for log in one.logs]

    @cached_property
    def _totals(self) -> tuple[pd.DataFrame, Dropped]:
        return settle.totals([one.folder for one in self.files])

    @property
    def snapshots(self) -> pd.DataFrame:
        return self._snapshots[0]

    @property
    def totals(self) -> pd.DataFrame:
        return self._totals[0]

    def posts(self) -> Iterator[pa.Table]:
        """The posts that stay, piece by piece; their figures are summed up on the way."""
        self._sums, self._times = {}, {}
        for piece in settle.kept_posts([one.folder for one in self.files], self._again):
            key = (piece["source_file"][0].as_py(), piece["source_sheet"][0].as_py())
            self._sums.setdefault(key, Counter()).update(_sums(piece))
            self._times.setdefault(key, Counter()).update(_counted(piece["time_source"]))
            yield piece

    def quarantine(self) -> Iterator[pa.Table]:
        for one in self.files:
            yield from spool.pieces(one.folder, "quarantine")

    def logs(self) -> list[FileLog]:
        """The logs of all documents with duplicates taken off; complete once `posts` has been gone through."""
        again = [
            self._again.sizes([log.posts for log in self._read]),
            self._snapshots[1].sizes([log.own for log in self._read]),
            self._totals[1].sizes([log.totals for log in self._read]),
        ]
        found = zip(self._read, *again, self._snapshots[2], strict=True)
        return [self._settled(log, posts, own[0], sums[0], shown) for log, posts, own, sums, shown in found]

    def _settled(self, log: FileLog, posts: tuple[int, int], own: int, totals: int, snapshots: int) -> FileLog:
        """A log with its duplicates: posts (and those that differ), snapshots of their own, totals."""
        gone, key = posts[0] + own + totals, (log.file, log.sheet)
        return replace(
            log,
            kept=log.kept - gone,
            duplicates=gone,
            differing=posts[1],
            posts=log.posts - posts[0],
            snapshots=snapshots,
            totals=log.totals - totals,
            sums=dict(sorted(self._sums.get(key, Counter()).items())),
            time_sources=dict(sorted(self._times.get(key, Counter()).items())),
        ).balanced()


def _sums(piece: pa.Table) -> dict[str, int]:
    """The sum of each figure that is known at all."""
    found = {name: pc.sum(piece[name]).as_py() for name in COUNTS}
    return {name: total for name, total in found.items() if total is not None}


def _counted(column: pa.ChunkedArray) -> dict[str, int]:
    return {one["values"]: one["counts"] for one in pc.value_counts(column).to_pylist() if one["values"] is not None}
