"""What the files of an edition come to together: duplicates settled, figures summed up, every row accounted for."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from cityreach.intake import settle, spool
from cityreach.intake.corrections import Applied, Corrections
from cityreach.intake.formats import COUNTS
from cityreach.intake.log import FileLog
from cityreach.intake.result import Spooled
from cityreach.intake.settle import Dropped

BY_CORRECTION = "left out by a correction"
Document = tuple[str, str]  # file and sheet


@dataclass
class Joined:
    """Files that are read, in order, with what is duplicate between and inside them, and the edition's corrections."""

    files: Sequence[Spooled]
    corrections: Corrections = field(default_factory=lambda: Corrections(""))
    _sums: dict[Document, Counter[str]] = field(default_factory=dict, init=False)
    _times: dict[Document, Counter[str]] = field(default_factory=dict, init=False)
    _left_out: Counter[Document] = field(default_factory=Counter, init=False)

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

    @cached_property
    def snapshots(self) -> pd.DataFrame:
        return self.corrections.apply(self._snapshots[0], "snapshots")

    @cached_property
    def totals(self) -> pd.DataFrame:
        return self.corrections.apply(self._totals[0], "totals")

    def posts(self) -> Iterator[pa.Table]:
        """The posts that stay, corrected, piece by piece; to be gone through once, as their figures are summed up."""
        for piece in settle.kept_posts([one.folder for one in self.files], self._again):
            mended = self._mended(piece) if self._mends_posts else piece
            self._left_out[_document(piece)] += piece.num_rows - mended.num_rows
            if mended.num_rows:
                self._sum_up(mended)
                yield mended

    def untouched(self) -> Path | None:
        """The file of all posts, their figures summed up, where they come from one file and stay as they were read."""
        found = [file for one in self.files if (file := spool.file(one.folder, "posts")).exists()]
        if len(found) != 1 or self._mends_posts or self._again.again.any():
            return None
        for piece in spool.pieces(found[0].parent, "posts", [*COUNTS, "time_source", "source_file", "source_sheet"]):
            self._sum_up(piece)
        return found[0]

    def count(self) -> None:
        """Goes through the posts for their figures alone."""
        if self.untouched() is None:
            deque(self.posts(), maxlen=0)

    def _sum_up(self, piece: pa.Table) -> None:
        self._sums.setdefault(_document(piece), Counter()).update(_sums(piece))
        self._times.setdefault(_document(piece), Counter()).update(_counted(piece["time_source"]))

    @property
    def _mends_posts(self) -> bool:
        return any(entry.table == "posts" for entry in self.corrections.entries)

    def _mended(self, piece: pa.Table) -> pa.Table:
        frame = self.corrections.apply(piece.to_pandas(), "posts")
        return pa.Table.from_pandas(frame, schema=piece.schema, preserve_index=False)

    def corrected(self) -> list[Applied]:
        """The corrections that were made; CorrectionError where one fits no longer."""
        self.snapshots, self.totals  # noqa: B018 - both are corrected when they are asked for first
        return self.corrections.finish()

    def quarantine(self) -> Iterator[pa.Table]:
        for one in self.files:
            yield from spool.pieces(one.folder, "quarantine")

    def logs(self) -> list[FileLog]:
        """The logs of all documents with duplicates taken off; complete after `posts`, `untouched` or `count`."""
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
        dropped = self._left_out[key]
        return replace(
            log,
            kept=log.kept - gone - dropped,
            duplicates=gone,
            filtered=log.filtered + dropped,
            filtered_reasons=log.filtered_reasons | ({BY_CORRECTION: dropped} if dropped else {}),
            differing=posts[1],
            posts=log.posts - posts[0] - dropped,
            snapshots=snapshots,
            totals=log.totals - totals,
            sums=dict(sorted(self._sums.get(key, Counter()).items())),
            time_sources=dict(sorted(self._times.get(key, Counter()).items())),
        ).balanced()


def _document(piece: pa.Table) -> Document:
    return piece["source_file"][0].as_py(), piece["source_sheet"][0].as_py()


def _sums(piece: pa.Table) -> dict[str, int]:
    """The sum of each figure that is known at all."""
    found = {name: pc.sum(piece[name]).as_py() for name in COUNTS}
    return {name: total for name, total in found.items() if total is not None}


def _counted(column: pa.ChunkedArray) -> dict[str, int]:
    return {one["values"]: one["counts"] for one in pc.value_counts(column).to_pylist() if one["values"] is not None}
