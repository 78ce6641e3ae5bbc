"""What intake did, as data: per file and as a whole; the log proves that no row was lost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from cityreach.errors import DataError


@dataclass(frozen=True)
class FileLog:
    """What became of one file: rows = kept + duplicates + outside + filtered + quarantined."""

    file: str
    format: str
    kind: str = ""
    encoding: str = ""
    keys: tuple[str, ...] = ()  # the keys by which the format was recognised
    evidence: str = "samples"  # documents: the format was never tried on a real file
    rows: int = 0
    kept: int = 0
    duplicates: int = 0
    outside: int = 0
    filtered: int = 0
    quarantined: int = 0
    differing: int = 0  # duplicates whose figures differ from the record that was kept
    posts: int = 0
    snapshots: int = 0
    filtered_reasons: dict[str, int] = field(default_factory=dict)
    quarantine_reasons: dict[str, int] = field(default_factory=dict)  # by-products included
    first: str = ""  # the earliest and the latest day of a usable post, in Asia/Shanghai
    last: str = ""

    def balanced(self) -> FileLog:
        """Itself; DataError if a row was lost or counted twice."""
        parts = self.kept + self.duplicates + self.outside + self.filtered + self.quarantined
        if parts != self.rows:
            raise DataError(
                f"{self.file}: {self.rows} rows read, {parts} accounted for. The reader of {self.format} is wrong."
            )
        return self


@dataclass(frozen=True)
class IntakeLog:
    """What became of an edition's exports."""

    edition: str
    files: tuple[FileLog, ...] = ()
    unknown_accounts: tuple[dict[str, Any], ...] = ()  # {platform, name, records}
    missing_accounts: tuple[str, ...] = ()  # active accounts of the panel that no export names
    seen_accounts: tuple[str, ...] = ()  # accounts of the register that some export names
    totals: dict[str, int] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_dict(cls, content: dict[str, Any]) -> IntakeLog:
        files = tuple(_file_log(one) for one in content["files"])
        tuples = {name: tuple(content[name]) for name in ("unknown_accounts", "missing_accounts", "seen_accounts")}
        return cls(content["edition"], files, totals=content["totals"], **tuples)


def _file_log(content: dict[str, Any]) -> FileLog:
    return FileLog(**{**content, "keys": tuple(content["keys"])})


def totals(files: Iterable[FileLog]) -> dict[str, int]:
    """The sums of every counted field over all files."""
    total: Counter[str] = Counter()
    for one in files:
        for item in fields(FileLog):
            if item.type == "int":
                total[item.name] += getattr(one, item.name)
    return dict(total)
