"""What intake did, as data: per file and as a whole; the log proves that no row was lost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field, fields
from typing import TYPE_CHECKING, Any

from cityreach.errors import DataError

if TYPE_CHECKING:
    from cityreach.registry import Registry


@dataclass(frozen=True)
class FileLog:
    """What became of a file, sheet or member: rows = kept + duplicates + outside + filtered + quarantined.

    format: "" for a sheet or member that no format fits. sums: of each figure over the posts that are kept.
    """

    file: str
    format: str
    form: str = ""  # json, jsonl, csv, xlsx, xls, ods
    encoding: str = ""
    keys: tuple[str, ...] = ()  # the keys by which the format was recognised
    evidence: str = "samples"  # documents: the format was never tried on a real file
    sheet: str = ""
    zone: str = ""  # the zones that the format sets for times that name none
    notes: tuple[str, ...] = ()  # what staff should know about how the file was read
    rows: int = 0
    kept: int = 0
    repaired: int = 0  # kept rows of which some value had to be interpreted, filled up or taken from a second place
    duplicates: int = 0
    outside: int = 0
    filtered: int = 0
    quarantined: int = 0
    differing: int = 0  # duplicates whose figures differ from the record that was kept
    posts: int = 0
    snapshots: int = 0
    totals: int = 0
    sums: dict[str, int] = field(default_factory=dict)
    time_sources: dict[str, int] = field(default_factory=dict)  # where the times of the kept posts came from
    filtered_reasons: dict[str, int] = field(default_factory=dict)
    quarantine_reasons: dict[str, int] = field(default_factory=dict)  # by-products included
    first: str = ""  # the earliest and the latest day of a usable post, in Asia/Shanghai
    last: str = ""

    def balanced(self) -> FileLog:
        """Itself; DataError if a row was lost or counted twice."""
        parts = self.kept + self.duplicates + self.outside + self.filtered + self.quarantined
        if parts != self.rows:
            raise DataError(
                f"{self.title}: {self.rows} rows read, {parts} accounted for. The reader of {self.format} is wrong."
            )
        return self

    @property
    def own(self) -> int:
        """Kept snapshots that are records of their own, not by-products."""
        return self.kept - self.posts - self.totals

    @property
    def title(self) -> str:
        """The file, with the sheet or member where it has several."""
        return f"{self.file} [{self.sheet}]" if self.sheet else self.file


@dataclass(frozen=True)
class IntakeLog:
    """What became of an edition's exports."""

    edition: str
    files: tuple[FileLog, ...] = ()
    unknown_accounts: tuple[dict[str, Any], ...] = ()  # {platform, name, records, suggestion}
    expected: int = 0  # active accounts of the panel on the edition's platforms
    missing_accounts: tuple[str, ...] = ()  # those of them that no export names
    seen_accounts: tuple[str, ...] = ()  # accounts of the register that some export names
    corrections: tuple[dict[str, Any], ...] = ()  # as they were made (corrections.Applied)
    totals: dict[str, int] = field(default_factory=dict)

    @property
    def quarantined(self) -> int:
        """Rows of quarantine.csv."""
        return sum(sum(one.quarantine_reasons.values()) for one in self.files)

    def notes(self, registry: Registry) -> list[str]:
        """What staff should look at, one line each: reasons, accounts unknown or without data, untried formats."""
        from cityreach.intake.corrections import Applied

        made = [Applied(**one).line for one in self.corrections]
        absent, seen = self.missing_accounts, self.seen_accounts
        about = [*_strangers(self.unknown_accounts), *_absent(absent, registry), *_dark(absent, seen, registry)]
        return [*reasons(self.files), *made, *about]

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_dict(cls, content: dict[str, Any]) -> IntakeLog:
        files = tuple(file_log(one) for one in content["files"])
        tuples = {
            name: tuple(content[name])
            for name in ("unknown_accounts", "missing_accounts", "seen_accounts", "corrections")
        }
        return cls(content["edition"], files, expected=content["expected"], totals=content["totals"], **tuples)


def reasons(files: Iterable[FileLog]) -> list[str]:
    lines = []
    for one in files:
        for name, reasons in (("left out", one.filtered_reasons), ("in quarantine", one.quarantine_reasons)):
            if reasons:
                lines.append(
                    f"{one.title}: {name}: " + ", ".join(f"{n} {reason}" for reason, n in reasons.items()) + "."
                )
        if one.differing:
            lines.append(f"{one.title}: {one.differing} of the repeated posts have other figures than the one kept.")
        if one.evidence == "documents":
            lines.append(f"{one.title}: format {one.format} is documented, untested: never tried on a real file.")
        lines += [f"{one.title}: {note}." for note in one.notes]
    return lines


def _strangers(unknown: Sequence[dict[str, Any]]) -> list[str]:
    if not unknown:
        return []
    shown = ", ".join(_stranger(one) for one in unknown[:10])
    return [
        f"{len(unknown)} account(s) not in data/registry/accounts.csv: {shown}{_more(unknown)}. Add them or ignore."
    ]


def _stranger(one: dict[str, Any]) -> str:
    """A stranger with its records and, where a registered account has nearly the same name, a suggestion."""
    alike = f", perhaps {one['suggestion']}?" if one["suggestion"] else ""
    return f"{one['platform']}:{one['name'] or '(no name)'} ({one['records']}{alike})"


def _absent(missing: Sequence[str], registry: Registry) -> list[str]:
    if not missing:
        return []
    cities = registry.accounts.loc[list(missing), "city_id"]
    shown = ", ".join(f"{name} ({registry.city_name(city, 'zh')})" for name, city in cities.iloc[:10].items())
    return [f"{len(missing)} account(s) of the panel are in no export: {shown}{_more(missing)}."]


def _dark(missing: Sequence[str], seen: Sequence[str], registry: Registry) -> list[str]:
    """The cities of which no account is in any export."""
    cities = registry.accounts["city_id"]
    lit = {cities[account] for account in seen}
    dark = [city for city in dict.fromkeys(cities[account] for account in missing) if city not in lit]
    if not dark:
        return []
    shown = ", ".join(registry.city_name(city, "zh") for city in dark[:10])
    return [f"{len(dark)} cities of the panel have no data at all: {shown}{_more(dark)}."]


def _more(entries: Sequence[Any]) -> str:
    return f", and {len(entries) - 10} more" if len(entries) > 10 else ""


def file_log(content: dict[str, Any]) -> FileLog:
    return FileLog(**{**content, "keys": tuple(content["keys"]), "notes": tuple(content["notes"])})


def totals(files: Iterable[FileLog]) -> dict[str, int]:
    """The sums of every counted field over all files."""
    total: Counter[str] = Counter()
    for one in files:
        for item in fields(FileLog):
            if item.type == "int":
                total[item.name] += getattr(one, item.name)
    return dict(total)
