"""What the store keeps of an edition's analysis, so that a report reads it instead of computing it: frames, findings.

It stands in `data/store/<edition>/analysis/`, frames as Parquet, findings as JSON, with a mark of everything it was
made from: the stored tables, every file that staff edit but their texts, the code and its libraries. What lacks
today's mark is not read.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from functools import cached_property, wraps
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cityreach import edition as editions
from cityreach import paths, store
from cityreach.edition import Edition, Window
from cityreach.findings import Figure, Finding

if TYPE_CHECKING:
    import pandas as pd

MARKS = ("intake.json", "metrics.json", "themes.json")  # what says which tables the store holds of an edition
NOT_EDITED = ("inbox", "store", "dossiers")  # folders of data/ that the marks stand for, or that it is not made from
NO_FIGURES = (".md",)  # words of editors and for them: no frame is made of them
LIBRARIES = ("numpy", "pandas", "pyarrow")
FINDINGS = "findings.json"
DAY, FIRST, LAST = "$day", "$first", "$last"


def fingerprint(edition: Edition) -> str:
    """A hash of all that an edition's analysis depends on, the editions before it included."""
    digest = hashlib.sha256(" ".join(metadata.version(name) for name in LIBRARIES).encode())
    for root, path in _made_from(edition):
        content = path.read_bytes()
        digest.update(f"\0{path.relative_to(root).as_posix()}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()


def _made_from(edition: Edition) -> Iterator[tuple[Path, Path]]:
    """Every file that the analysis depends on, after the folder from which its name is counted."""
    yield from ((paths.PACKAGE, path) for path in sorted(paths.PACKAGE.rglob("*.py")))
    data = paths.data()
    for folder in sorted(each for each in data.iterdir() if each.name not in NOT_EDITED):
        files = folder.rglob("*") if folder.is_dir() else [folder]
        yield from ((data, path) for path in sorted(files) if path.is_file() and path.suffix not in NO_FIGURES)
    for each in (edition, *editions.history(edition, count=editions.YEAR_AGO)):
        yield from ((data, path) for path in (paths.store(each.id) / name for name in MARKS) if path.is_file())


@dataclass(frozen=True)
class Frames:
    """The kept frames and findings of one edition."""

    edition: Edition

    @property
    def folder(self) -> Path:
        return paths.store(self.edition.id) / "analysis"

    @cached_property
    def current(self) -> bool:
        """Whether the frames were made from what lies there now."""
        mark = self.folder / "made_from.json"
        return mark.is_file() and json.loads(mark.read_bytes()) == fingerprint(self.edition)

    def read(self, name: str) -> pd.DataFrame | None:
        """A frame; None where it is not kept, or was made from something else."""
        import pyarrow.parquet as pq

        path = self.folder / f"{name}.parquet"
        return pq.ParquetFile(path).read().to_pandas() if self.current and path.is_file() else None

    def read_findings(self) -> list[Finding] | None:
        """The findings; None where they are not kept, or were made from something else."""
        path = self.folder / FINDINGS
        return unpacked(path.read_bytes()) if self.current and path.is_file() else None

    def write(self, frames: dict[str, pd.DataFrame], findings: Sequence[Finding] | None = None) -> None:
        """Keep these frames and findings and no others; what would not come back the same is left out."""
        import shutil

        shutil.rmtree(self.folder, ignore_errors=True)
        for name, frame in frames.items():
            content = _packed(frame)
            if content is not None:
                store.write_bytes(self.folder / f"{name}.parquet", content)
        listed = packed(findings) if findings is not None else None
        if listed is not None:
            store.write_bytes(self.folder / FINDINGS, listed)
        store.write_bytes(self.folder / "made_from.json", json.dumps(fingerprint(self.edition)).encode())


def _packed(frame: pd.DataFrame) -> memoryview | None:
    import io

    import pandas as pd

    buffer = io.BytesIO()
    try:
        frame.to_parquet(buffer, compression="zstd")
        pd.testing.assert_frame_equal(pd.read_parquet(buffer), frame, check_exact=True)
    except (AssertionError, TypeError, ValueError):
        return None
    return buffer.getbuffer()


def packed(findings: Sequence[Finding]) -> bytes | None:
    """Findings as JSON; None where they would not come back the same."""
    try:
        content = json.dumps([asdict(each) for each in findings], ensure_ascii=False, default=_tagged).encode()
    except (TypeError, ValueError):
        return None
    same = repr(unpacked(content)) == repr(list(findings))  # unlike ==, it tells 1 from 1.0, and nan from nothing
    return content if same else None


def unpacked(content: bytes) -> list[Finding]:
    """The findings that `packed` made into JSON."""
    return [
        Finding(**{**each, "figures": {name: Figure(**figure) for name, figure in each["figures"].items()}})
        for each in json.loads(content, object_hook=_untagged)
    ]


def _tagged(value: Any) -> dict[str, str]:
    """A value that JSON has no word for."""
    if type(value) is date:
        return {DAY: value.isoformat()}
    if isinstance(value, Window):
        return {FIRST: value.first.isoformat(), LAST: value.last.isoformat()}
    raise TypeError(f"{value!r} is not kept")


def _untagged(found: dict[str, Any]) -> Any:
    if found.keys() == {DAY}:
        return date.fromisoformat(found[DAY])
    return Window(first=found[FIRST], last=found[LAST]) if found.keys() == {FIRST, LAST} else found


def kept(method: Callable[[Any], pd.DataFrame]) -> cached_property[pd.DataFrame]:
    """A cached property of an analysis (which has `frames`) whose frame is read where the store keeps it."""

    @wraps(method)
    def frame(analysis: Any) -> pd.DataFrame:
        found: pd.DataFrame | None = analysis.frames.read(method.__name__)
        return method(analysis) if found is None else found

    frame.__dict__["kept"] = True
    return cached_property(frame)


def names(analysis: type) -> list[str]:
    """The properties of an analysis that the store keeps."""
    found = {name: value for name, value in vars(analysis).items() if isinstance(value, cached_property)}
    return [name for name, value in found.items() if getattr(value.func, "kept", False)]
