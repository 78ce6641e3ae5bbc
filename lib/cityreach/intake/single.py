"""One file read by itself, without an edition: for a look at it, and for tests."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd
import pyarrow as pa

from cityreach import store
from cityreach.intake.formats import Format
from cityreach.intake.joining import Joined
from cityreach.intake.log import FileLog
from cityreach.intake.reading import Context
from cityreach.intake.result import spool_file


@dataclass(frozen=True)
class FileResult:
    """A file's usable rows (duplicates inside the file settled), its quarantine and a log for each of its documents."""

    posts: pd.DataFrame
    snapshots: pd.DataFrame
    totals: pd.DataFrame
    quarantine: pd.DataFrame
    logs: tuple[FileLog, ...]
    seen: frozenset[str]
    strangers: Counter[tuple[str, str]]
    learned: dict[tuple[str, str], str]

    @property
    def log(self) -> FileLog:
        """The log of the first document that has a format."""
        return next(log for log in self.logs if log.format)


def read_file(path: Path, formats: Sequence[Format], context: Context, *, name: str = "") -> FileResult:
    """A file's rows under the name given (or its own); InboxError where no format fits."""
    with _joined(path, formats, context, name) as joined:
        posts, quarantine = _frame(joined.posts(), "posts"), _frame(joined.quarantine(), "quarantine")
        spooled = joined.files[0]
        return FileResult(
            posts,
            joined.snapshots,
            joined.totals,
            quarantine,
            tuple(joined.logs()),
            spooled.seen,
            spooled.strangers,
            spooled.learned,
        )


def look_at(path: Path, formats: Sequence[Format], context: Context) -> tuple[tuple[FileLog, ...], pd.DataFrame]:
    """What `read_file` says of a file, its logs and its quarantine, in little memory; InboxError as there."""
    with _joined(path, formats, context) as joined:
        joined.count()
        return tuple(joined.logs()), _frame(joined.quarantine(), "quarantine")


@contextmanager
def _joined(path: Path, formats: Sequence[Format], context: Context, name: str = "") -> Iterator[Joined]:
    """A file spooled to a folder that is there for as long as it is looked at."""
    from cityreach.intake.running import owner

    context = context if context.owner else replace(context, owner=owner(path))
    with tempfile.TemporaryDirectory() as folder:
        yield Joined([spool_file(path, formats, context, folder=Path(folder), name=name)])


def _frame(pieces: object, name: str) -> pd.DataFrame:
    found = list(pieces)  # type: ignore[call-overload]
    frame: pd.DataFrame = pa.concat_tables([store.schema(name).empty_table(), *found]).to_pandas()
    return frame
