"""Writes tidy rows as the export of any format would hold them: the mapping of its YAML file, turned round.

For each of our columns a source is picked that can carry the value; its `values`, `extract`, `time` and so on are
inverted, conditions are met, required keys put in. Several columns that come from one key (id, account and time from a
link) are written together. Where no choice of sources carries every value, the best one is taken; what the file then
says, and no more, is told by `format_oracle`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import format_oracle as oracle
import regex_writer

from cityreach.intake.formats import COUNTS, MISSING, SUMS, Condition, Format, Lookup, Source, Table, month_names
from cityreach.intake.headings import heading

ATTEMPTS = 30
TIMES = ("published_at", "counted_at", "day")
NAMES = ("post_id", "uid", "handle")
NUMBERS = tuple(dict.fromkeys((*COUNTS, *SUMS, "posts_total")))
ORDER = (
    "published_at",
    "post_id",
    "uid",
    "handle",
    "platform",
    "city",
    "format",
    *NUMBERS,
    "counted_at",
    "day",
    "text",
    "lang",
    "url",
)


class Impossible(Exception):
    """A choice of sources that cannot carry the row."""


class Record(dict[str, Any]):
    """Keys with their values; in JSON a key that only leads to others holds an object or a list."""

    nested = True

    def get(self, path: str, default: Any = None) -> Any:
        if path in self:
            return self[path]
        inner = {key[len(path) + 1 :]: value for key, value in self.items() if key.startswith(f"{path}.")}
        return nest(inner) if inner and self.nested else default


class FlatRecord(Record):
    """A row of a table: headers that differ in capitals alone are one."""

    nested = False

    def __setitem__(self, path: str, value: Any) -> None:
        super().__setitem__(heading(path), value)

    def __contains__(self, path: object) -> bool:
        return super().__contains__(heading(str(path)))

    def get(self, path: str, default: Any = None) -> Any:
        return super().get(heading(path), default)

    def setdefault(self, path: str, default: Any = None) -> Any:
        return super().setdefault(heading(path), default)


@dataclass
class Written:
    """The records of one file with what they say, by our columns."""

    format: Format
    table: Table
    path: str
    records: list[Record]
    sheet: oracle.Sheet
    rows: list[dict[str, Any]]
    lookups: list[tuple[Lookup, str, str]]


@dataclass
class Draft:
    """One record in the making."""

    random: Random
    record: Record
    path: str
    claims: dict[str, list[tuple[str, str]]] = field(default_factory=dict)  # key -> expressions and what they find
    links: set[str] = field(default_factory=set)
    lookups: list[tuple[Lookup, str, str]] = field(default_factory=list)  # the side table, the key it is asked, value

    def has(self, path: str) -> bool:
        led = path.startswith("^.") and f".{path[2:]}" in self.path.replace("[]", "")
        path = heading(path) if not self.record.nested else path
        there = any(key == path or (self.record.nested and key.startswith(f"{path}.")) for key in self.keys())
        return led or there

    def keys(self) -> list[str]:
        return [*self.record, *(self.claims if self.record.nested else map(heading, self.claims))]

    def put(self, path: str, value: Any) -> None:
        if path.startswith("^") and (self.path.endswith("*") or self.path in ("", "[]")):
            raise Impossible(path)  # nothing encloses the record, or its other values would be records
        if self.record.get(path, value) != value or (
            path not in self.record and self.has(path) and path not in self.claims
        ):
            raise Impossible(path)
        self.record[path] = value

    def claim(self, path: str, expression: str, value: str) -> None:
        if (expression, value) not in self.claims.setdefault(path, []):
            self.claims[path].append((expression, value))

    def meet(self, condition: Condition, filler: str, known: set[str]) -> None:
        """Makes a condition true; Impossible where the record says otherwise already."""
        path, claimed = condition.path, condition.path in self.claims
        if condition.present is False or (condition.differs and not self.has(path)):
            if self.has(path) and condition.present is False:
                raise Impossible(path)
            return
        if condition.present:
            if not self.has(path) or self.record.get(path) == "":
                leads = self.record.nested and any(one.startswith(f"{path}.") for one in known)
                self.record[f"{path}.zz" if leads else path] = filler
            return
        if claimed:
            return
        if not self.has(path):
            word = regex_writer.finding(self.random, condition.matches) if condition.matches else condition.equals[0]
            self.record[path] = word
        if not oracle.meets(condition, self.record):
            raise Impossible(path)


class Writer:
    """Writes files of one format."""

    def __init__(self, one: Format, table: Table, *, kind: str, until: date, seed: int) -> None:
        self.format, self.table, self.kind, self.until = one, table, kind, until
        self.random = Random(seed)
        self.troubles: Counter[str] = Counter()
        self.dates: dict[int, list[list[int]]] = {}  # by source: days and months whose order the file must show
        self.flat = kind == "table"
        self.path = "" if self.flat else self.random.choice(table.records)
        self.side_of = self._main() if table.side else None
        if self.side_of is not None and not self.flat:
            self.path = next(path for path in table.records if path in self.side_of.records)

    def _main(self) -> Table | None:
        """The table that counts the records of which this one takes a by-product; None where they lie elsewhere."""
        fitting = (one for one in self.format.tables if not one.side and one.table == "posts")
        return next((one for one in fitting if self.flat or set(one.records) & set(self.table.records)), None)

    def write(self, rows: Sequence[Mapping[str, Any]]) -> Written:
        """The best of several attempts."""
        known = sum(row.get(name) is not None for row in rows for name in self.table.fields)
        best, most = None, -1
        for _ in range(ATTEMPTS):
            made = self._attempt(rows)
            carried = -1 if made is None else self._carried(made, rows)
            if carried > most:
                best, most = made, carried
            if most >= known:
                break
        assert best is not None, f"{self.format.id}: no way found to write {self.table.table}: {self.troubles}"
        return best

    def _carried(self, one: Written, rows: Sequence[Mapping[str, Any]]) -> int:
        pairs = [(row, want, name) for row, want in zip(one.rows, rows, strict=True) for name in self.table.fields]
        return sum(_says(row.get(name), want.get(name)) for row, want, name in pairs)

    def _attempt(self, rows: Sequence[Mapping[str, Any]]) -> Written | None:
        spellings: dict[tuple[str, ...], str] = {}
        turned = self.random.random() < 0.5
        self.dates = {}
        try:
            drafts = [self._draft(row, spellings, turned) for row in rows]
        except Impossible as error:
            self.troubles[f"{error} says two things"] += 1
            return None
        if any(
            max(map(max, pairs)) <= 12 and any(len(set(pair)) > 1 for pair in pairs) for pairs in self.dates.values()
        ):
            self.troubles["no date shows the order of day and month"] += 1
            return None
        sheet = oracle.Sheet(self.format, set(), self.until, table=self.flat, turned=turned)
        records = [draft.record for draft in drafts]
        lookups = [(one, str(record.get(key)), value) for draft in drafts for one, key, value in draft.lookups
                   for record in [draft.record]]  # fmt: skip
        for one, key, value in lookups:
            sheet.lookups.setdefault(one.records, {})[key] = value
        sheet.keys = _seen(self.format, records, self.path)
        tables = [self.table, *([self.side_of] if self.side_of else [])]
        if not all(_usable(table, record) for table in tables for record in records):
            self.troubles["a record is filtered or belongs to another table"] += 1
            return None
        try:
            said = [oracle.row(self.table, record, sheet) for record in records]
        except (ArithmeticError, ValueError):
            self.troubles["a filler stands where a figure is read"] += 1
            return None
        if any(not _whole(self.table, row) for row in said):
            self.troubles["a row lacks its id, time or platform"] += 1
            return None
        return Written(self.format, self.table, self.path, records, sheet, said, lookups)

    def _draft(self, row: Mapping[str, Any], spellings: dict[tuple[str, ...], str], turned: bool) -> Draft:
        draft = Draft(self.random, FlatRecord() if self.flat else Record(), self.path)
        for table in (self.table, *([self.side_of] if self.side_of else [])):
            for target in ORDER:
                if target in table.fields and not self._carry(draft, table, target, row, spellings, turned):
                    self._silent(draft, table.fields[target], spellings)
        for path, wanted in draft.claims.items():
            self._settle(draft, path, wanted)
        for table in (self.table, *([self.side_of] if self.side_of else [])):
            for condition in table.match:
                draft.meet(condition, "x", self._read_as_values())
            for options in table.require:
                self._require(draft, options, spellings)
        return draft

    def _require(self, draft: Draft, options: Sequence[Condition], spellings: dict[tuple[str, ...], str]) -> None:
        if any(one.present and draft.has(one.path) for one in options):
            return
        paths = tuple(one.path for one in options)
        chosen = {path for path in spellings.values() if path in paths}
        path = min(chosen) if chosen else spellings.setdefault(paths, self.random.choice(paths))
        option = next(one for one in options if one.path == path)
        if option.present and path in self._read_as_values():
            draft.record.setdefault(path, "")
        else:
            draft.meet(option, "x", self._read_as_values())

    def _read_as_values(self) -> set[str]:
        """Every key at which some column of the format is read."""
        sources = [source for one in self.format.tables for each in one.fields.values() for source in each]
        return {path for source in sources for path in (*source.paths, *source.sum)}

    def _settle(self, draft: Draft, path: str, wanted: Sequence[tuple[str, str]]) -> None:
        """Writes one text in which every claim on it is found."""
        if path in draft.record:
            text = str(draft.record.get(path))
            if not all((found := re.search(ex, text)) and found[1] == value for ex, value in wanted):
                raise Impossible(path)
            return
        link = path in draft.links or any("/" in expression for expression, _ in wanted)
        text_or_none = regex_writer.joint(self.random, wanted, link=link)
        if text_or_none is None:
            raise Impossible(path)
        draft.record[path] = text_or_none

    def _carry(
        self,
        draft: Draft,
        table: Table,
        target: str,
        row: Mapping[str, Any],
        spellings: dict[tuple[str, ...], str],
        turned: bool,
    ) -> bool:
        """Puts a value where one of the sources of its column finds it."""
        wanted = row.get(target)
        if wanted is None and target not in ("url",):
            return False
        sources = list(table.fields[target])
        if self.random.random() < 0.4:
            self.random.shuffle(sources)
        for source in sources:
            path = self._spelling(source, spellings)
            try:
                for condition in source.when:
                    draft.meet(condition, "x", self._read_as_values())
                if self._put(draft, source, path, target, wanted, row, turned):
                    return True
            except Impossible:
                continue
        return False

    def _spelling(self, source: Source, spellings: dict[tuple[str, ...], str]) -> str:
        if not source.paths:
            return ""
        return spellings.setdefault(source.paths, self.random.choice(source.paths))

    def _put(
        self, draft: Draft, source: Source, path: str, target: str, wanted: Any, row: Mapping[str, Any], turned: bool
    ) -> bool:
        if source.value is not None:
            return bool(source.value == wanted)
        if target == "url":
            return self._link(draft, source, path)
        if source.sum:
            return self._sum(draft, source, wanted)
        if target in TIMES:
            return self._time(draft, source, path, wanted, turned)
        if source.lookup is not None:
            draft.lookups.append((source.lookup, path, str(wanted)))
            if not draft.has(path):
                draft.put(path, f"{self.random.randrange(10**9)}")
            return True
        if source.values is not None or source.default is not None:
            wanted = self._word(source, wanted)
        if wanted is None or source.prefix or source.suffix:
            return False
        return self._value(draft, source, path, target, wanted, row)

    def _value(self, draft: Draft, source: Source, path: str, target: str, wanted: Any, row: Mapping[str, Any]) -> bool:
        if source.extract is not None:
            claims = draft.claims.get(path, [])
            forms = self._forms(target, str(wanted), row)
            for value in [*(value for _, value in claims if target == "post_id"), *forms]:
                if regex_writer.joint(self.random, [*claims, (source.extract, value)], link=True) is not None:
                    draft.claim(path, source.extract, value)
                    return True
            return False
        if target == "post_id" and path in draft.claims:
            return True  # its time is in it
        draft.put(path, self._spelled(target, wanted))
        return True

    def _forms(self, target: str, wanted: str, row: Mapping[str, Any]) -> list[str]:
        if target == "post_id":
            return [wanted, row["shortcode"]]
        return [wanted, f"@{wanted}"] if target == "handle" else [wanted]

    def _spelled(self, target: str, wanted: Any) -> Any:
        """A value as an export may write it."""
        if target in NUMBERS:
            return self._number(wanted)
        if target == "handle":
            return self.random.choice((wanted, f"@{wanted}", wanted.upper() if wanted.isascii() else wanted))
        if target in NAMES and str(wanted).isdigit() and not self.flat and self.random.random() < 0.5:
            return int(wanted)
        return wanted

    def _number(self, wanted: int) -> Any:
        group, decimal = self.format.numbers.group, self.format.numbers.decimal
        ways: list[Any] = [str(wanted), wanted if not self.flat else str(wanted), f"{wanted:,}".replace(",", group)]
        ways.append("".join(chr(ord(sign) + 0xFEE0) for sign in str(wanted)))
        if wanted % 1000 == 0 and wanted:
            ways.append(f"{wanted / 10_000:.1f}".replace(".", decimal) + "万" if wanted < 10**9 else str(wanted))
        return self.random.choice(ways)

    def _sum(self, draft: Draft, source: Source, wanted: int) -> bool:
        parts = self.random.sample(source.sum, self.random.randrange(1, len(source.sum) + 1))
        left = wanted
        for place, path in enumerate(parts):
            share = left if place == len(parts) - 1 else self.random.randrange(left + 1)
            draft.put(path, self._number(share))
            left -= share
        return True

    def _word(self, source: Source, wanted: Any) -> str | None:
        words = [word for word, ours in (source.values or {}).items() if ours == wanted]
        if source.default == wanted:
            words.append("something else")
        return self.random.choice(words) if words else None

    def _link(self, draft: Draft, source: Source, path: str) -> bool:
        if source.prefix or source.extract:
            return False
        draft.links.add(path)
        if not draft.has(path):
            draft.put(path, f"https://example.org/{self.random.randrange(10**6)}?q=%E6%B2%B3,1#a")
        return True

    def _silent(self, draft: Draft, sources: Sequence[Source], spellings: dict[tuple[str, ...], str]) -> None:
        """Leaves out a value that is not known, or says so in one of the ways of the format."""
        source = self.random.choice(sources)
        path = self._spelling(source, spellings)
        if not path or draft.has(path) or path.startswith("^") or self.random.random() < 0.5:
            return
        words = (*MISSING, *self.format.missing, *source.missing)
        plain = source.extract is None and source.values is None and source.default is None and not source.prefix
        draft.record[path] = self.random.choice(words) if plain else ""

    def _time(self, draft: Draft, source: Source, path: str, wanted: datetime, turned: bool) -> bool:
        text = written_time(self.random, source, wanted, self.until, turned)
        if text is None:
            return False
        if source.or_patterns and not re.match(r"\d{4}-", str(text)):
            found = [int(number) for number in re.findall(r"\d+", str(text))[:2]]
            self.dates.setdefault(id(source), []).append(found)
        if source.extract is not None:
            claims = draft.claims.get(path, [])
            if regex_writer.joint(self.random, [*claims, (source.extract, str(text))], link=True) is None:
                return False
            draft.claim(path, source.extract, str(text))
        else:
            draft.put(path, text if not self.flat else str(text))
        return True


def _says(found: Any, wanted: Any) -> bool:
    if wanted is None:
        return False
    if isinstance(found, oracle.Moment):
        return abs(found.at - wanted) < timedelta(days=1)
    return found is not None and found != "" and (not isinstance(wanted, int) or found == wanted)


def _whole(table: Table, row: Mapping[str, Any]) -> bool:
    """Whether a row has what our table cannot do without."""
    if not row["platform"]:
        return False
    if table.table == "posts":
        return bool(row["post_id"]) and row["published_at"] is not None and " " not in row["post_id"]
    return True if table.table == "snapshots" else bool(row["city"]) and row["posts"] is not None


def _seen(one: Format, records: Sequence[Record], path: str) -> set[str]:
    """Every key of the format that some record has."""
    asked = {
        p for table in one.tables for sources in table.fields.values() for s in sources for p in (*s.paths, s.if_seen)
    }
    return {key for key in asked if key is not None and any(record.get(key) is not None for record in records)}


def _usable(table: Table, record: Record) -> bool:
    filtered = any(all(oracle.meets(c, record) for c in one.when) for one in table.filters)
    return not filtered and all(
        oracle.meets(condition, record) for condition in table.match if condition.path[0] != "^"
    )


def written_time(random: Random, source: Source, wanted: datetime, until: date, turned: bool) -> Any:
    """A time as its source reads it, as near as it can be written."""
    if source.time == "epoch_s":
        return int(wanted.timestamp())
    if source.time == "epoch_ms":
        return round(wanted.timestamp() * 1000)
    if source.time == "id":
        return id_of(random, source, wanted)
    zoned = wanted.astimezone(ZoneInfo(source.zone))
    if source.time == "iso":
        return _iso_text(random, source, wanted, zoned)
    patterns = source.or_patterns if turned and source.or_patterns else source.patterns
    return _patterned(random, source, random.choice(patterns), wanted, until)


def id_of(random: Random, source: Source, wanted: datetime) -> str | None:
    unit = 1 if source.unit == "s" else 1000
    inner = int(wanted.timestamp() * unit) - source.offset
    if inner <= 0:
        return None
    whole = (inner << source.shift) + random.randrange(1 << source.shift)
    if not source.base64:
        return str(whole)
    text = ""
    while whole:
        whole, place = divmod(whole, 64)
        text = oracle.SIGNS[place] + text
    return text if len(text) == 11 else None


def _steady(local: datetime, zone: str) -> bool:
    """Whether a clock time exists once and only once."""
    place = ZoneInfo(zone)
    one, two = (local.replace(tzinfo=place, fold=fold).astimezone(timezone.utc) for fold in (0, 1))  # noqa: UP017
    return one == two and one.astimezone(place).replace(tzinfo=None) == local.replace(tzinfo=None)


def _iso_text(random: Random, source: Source, wanted: datetime, zoned: datetime) -> str:
    ways = [
        f"{wanted:%Y-%m-%dT%H:%M:%S}.{wanted.microsecond // 1000:03}Z",
        f"{wanted:%Y-%m-%dT%H:%M:%S}+0000",
        f"{zoned:%Y-%m-%d %H:%M:%S%z}",
        f"{zoned:%Y-%m-%dT%H:%M%z}",
        f"{zoned:%Y-%m-%d}",
    ]
    if _steady(zoned.replace(tzinfo=None), source.zone):
        ways += [f"{zoned:%Y-%m-%d %H:%M:%S}", f"{zoned:%Y-%m-%dT%H:%M}"]
    return random.choice(ways)


def _patterned(random: Random, source: Source, pattern: str, wanted: datetime, until: date) -> str | None:
    if not re.search("%[Yy]", pattern) and not 0 <= (until - wanted.date()).days < 330:
        return None
    if source.zones:
        letters = random.choice(list(source.zones))
        offset = datetime.strptime(source.zones[letters], "%z").tzinfo
        return f"{wanted.astimezone(offset).strftime(pattern)} {letters}"
    local = wanted.astimezone(ZoneInfo(source.zone))
    if "%z" not in pattern and not _steady(local.replace(tzinfo=None), source.zone):
        return None
    if source.months and random.random() < 0.8:
        names = [name for name, number in month_names(random.choice(source.months)).items() if number == local.month]
        names = [name for name in names if name.isalpha()]
        pattern = pattern.replace("%m", random.choice(names)) if names else pattern
    return local.strftime(pattern)


def nest(flat: Mapping[str, Any]) -> Any:
    """Dotted keys as objects in objects; a number as a key makes a list, `name=reach` an element with that name."""
    if flat and all(key.partition(".")[0].isdigit() for key in flat):
        return [nest(inner) if "" not in inner else inner[""] for _, inner in sorted(_grouped(flat).items())]
    if flat and all("=" in key.partition(".")[0] for key in flat):
        return [dict([head.split("=", 1)]) | nest(inner) for head, inner in _grouped(flat).items()]
    return {key: inner[""] if "" in inner else nest(inner) for key, inner in _grouped(flat).items()}


def _grouped(flat: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for key, value in flat.items():
        head, _, rest = key.partition(".")
        found.setdefault(head, {})[rest] = value
    return found


def json_items(written: Written, random: Random) -> list[Any]:
    """The values of the file's own list: one for each enclosing object."""
    groups = _enclosed(written)
    items = [item for above, records in groups for item in _items(written, above, records, random)]
    for lookup, key, value in written.lookups:
        for item in items:
            _put_in(item, lookup.records, {lookup.key: key, lookup.take: value})
    return items


def merged(one: Any, two: Any) -> Any:
    """Two objects in one, what both have inside each other."""
    if not isinstance(one, dict):
        return one if isinstance(one, list) else two
    if not isinstance(two, dict):
        return one or two
    return one | {key: merged(one.get(key, {}), value) for key, value in two.items()}


def _enclosed(written: Written) -> list[tuple[dict[str, Any], list[Any]]]:
    """Records with the same enclosing object together."""
    groups: list[tuple[dict[str, Any], list[Any]]] = []
    for record in written.records:
        above = {key.removeprefix("^."): value for key, value in record.items() if key.startswith("^")}
        below = nest({key: value for key, value in record.items() if not key.startswith("^")})
        same = next((group for group in groups if group[0] == above), None)
        if same is None:
            groups.append((above, [below]))
        else:
            same[1].append(below)
    return groups


def _items(written: Written, above: dict[str, Any], records: list[Any], random: Random) -> Iterator[Any]:
    steps = re.findall(r"\[\]|\*|[^.\[\]]+", written.path.removeprefix("[]"))
    if not steps:
        yield from records
        return
    item: Any = {} if "*" in steps[:-1] else nest(above)
    places = item
    for step, following in zip(steps, [*steps[1:], ""], strict=True):
        if step == "*":
            if following:
                places["k0"] = places = nest(above)
            else:
                places |= {f"k{number}": record for number, record in enumerate(records)}
        elif following == "[]":
            alone = len(records) == 1 and not any("*" in path for path in written.table.records)
            places[step] = records[0] if alone and random.random() < 0.3 else records
            break
        else:
            places = places.setdefault(step, {})
    yield item


def _put_in(item: dict[str, Any], path: str, entry: dict[str, Any]) -> None:
    *steps, last = re.findall(r"[^.\[\]]+", path)
    for step in steps:
        item = item.setdefault(step, {})
    item.setdefault(last, []).append(entry)


def cells(written: Written, random: Random) -> list[list[str]]:
    """The records as a table: header and rows."""
    keys = list(dict.fromkeys(key for record in written.records for key in record))
    random.shuffle(keys)
    header = [f"{key[:-1]} of a page" if key.endswith("*") else key for key in keys]
    rows = [[str(record.get(key, "")) for key in keys] for record in written.records]
    if random.random() < 0.5:
        header, rows = [*header, "zz extra"], [[*row, "1"] for row in rows]
    return [header, *rows]
