"""The tables of the data quality page as blocks: names and numbers in one language, nothing worked out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pandas as pd

from cityreach.blocks import Block, Cell
from cityreach.prose import numbers
from cityreach.quality import anomalies
from cityreach.quality.analysis import each
from cityreach.quality.anomalies import Test
from cityreach.quality.facts import Checked
from cityreach.quality.speech import Speech

Rows = list[list[Cell]]
Made = tuple[Sequence[str], Rows, dict[str, Any]]  # columns, rows, and the words that the texts around them use
RIGHT = frozenset({
    "rows", "kept", "repaired", "repeated", "differing", "outside", "left_out", "quarantined", "expected", "seen",
    "measured", "silent", "no_account", "missing", "accounts", "records", "posts", "days", "gap", "before", "now",
    "change", "checked", "found", "row",
})  # fmt: skip
NEVER = frozenset({"encoding", "where", "post", "kind", "reason", "platform", "city", "fate", "first", "last"})
LATE = frozenset({"keys", "evidence", "rule", "files", "repair", "value"})
FEW_DAYS = 6  # days that a cell names
SEARCHED = ("lacking", "absent", "strangers", "drops")  # tables that are searched by name where they are long
LONG = 20  # rows from which a table is long
VALUE = 48  # characters of a refused value


class Tables:
    """Builds each table of the page in one language."""

    def __init__(self, checked: Checked, speech: Speech) -> None:
        self.checked = checked
        self.received = checked.received
        self.speech = speech
        self.lang = speech.lang
        self.ordered = checked.received.edition.mode == "ordered"

    def block(self, name: str) -> Block | None:
        """The table of that name: rows from the method `_<name>`, words from `table.<name>`; None without a row."""
        make: Callable[[], Made] = getattr(self, f"_{name}")
        columns, rows, words = make()
        return self._block(name, columns, rows, words=words)

    def odd(self, test: Test) -> Block | None:
        """The strongest rows of a test with their evidence; None where it found nothing."""
        most = self.received.rules.shown.anomalies
        columns = ("account", "where", "post", "evidence")
        posts = self.received.posts.set_index(["platform", "post_id"])
        rows = [self._odd_row(row, posts) for row in each(test.rows.head(most))]
        words = {"more": len(test.rows) > most, "shown": most, "found": numbers.fixed(len(test.rows), 0)}
        return self._block("odd", columns, rows, words=words, key=test.kind)

    def _block(
        self, name: str, columns: Sequence[str], rows: Rows, *, words: dict[str, Any], key: str = ""
    ) -> Block | None:
        if not rows:
            return None
        label = self.speech.label
        caption = self.speech.plain(f"odd.{key}") if key else label(f"table.{name}.caption", **words)
        shown = [
            {
                "label": label(f"table.{name}.columns.{column}"), "align": "right" if column in RIGHT else "left",
                "wrap": "never" if column in NEVER else "late" if column in LATE else "",
            }
            for column in columns
        ]  # fmt: skip
        content = {
            "anchor": f"table-{(key or name).replace('_', '-')}", "caption": caption, "columns": shown, "rows": rows,
            "subtitle": label(f"table.{name}.subtitle", **words), "note": label(f"table.{name}.note", **words),
            "source": self.speech.source, "key": key or name, "long": len(rows) > LONG,
            "searchable": len(rows) > LONG and name in SEARCHED,
        }  # fmt: skip
        return Block("table", content)

    # files

    def _files(self) -> Made:
        rows: Rows = [
            [self._file(row), self._format(row), row.encoding or self._none, self._keys(row.keys)]
            for row in each(self.checked.files)
        ]
        return ("file", "format", "encoding", "keys"), rows, {}

    def _file(self, row: Any) -> str:
        return f"{row.file} · {row.sheet}" if row.sheet else str(row.file)

    def _format(self, row: Any) -> Cell:
        """The format's name and id; marked where it was never tried on a real file."""
        label = self.received.formats.get(row.format)
        name = f"{label[self.lang]} ({row.format})" if label else str(row.format)
        if not row.untested:
            return name
        return {"text": name + ("" if self.lang == "zh" else " ") + self.speech.label("untested"), "tone": "focus"}

    def _keys(self, keys: Sequence[str]) -> Cell:
        return ", ".join(keys) or self._none

    def _rows(self) -> Made:
        table = self.checked.files
        columns = ["rows", "kept", "repaired", "repeated", "differing", "outside", "left_out", "quarantined"]
        if not table["repaired"].sum():
            columns.remove("repaired")
        rows = [[self._file(row), *(self._count(getattr(row, name)) for name in columns)] for row in each(table)]
        return ("file", *columns), rows, {}

    def _reasons(self) -> Made:
        rows: Rows = [
            [
                self._file(row), self.speech.label(f"fate.{row.fate}"), self.speech.reason(row.reason),
                self._count(row.rows),
            ]
            for row in each(self.checked.reasons)
        ]  # fmt: skip
        return ("file", "fate", "reason", "rows"), rows, {}

    # coverage

    def _coverage(self) -> Made:
        columns = ("expected", "seen", "measured", "silent", "no_account", "missing")
        both = self.checked.accounts.join(self.checked.states)
        rows: Rows = [
            [self.speech.platform(str(platform)), *(self._count(row[name]) for name in columns)]
            for platform, row in both.iterrows()
        ]
        return ("platform", *columns), rows, {}

    def _lacking(self) -> Made:
        rows: Rows = [
            [self.speech.city(row.city_id), self.speech.platform(row.platform), self._count(row.accounts)]
            for row in each(self.checked.lacking)
        ]
        return ("city", "platform", "accounts"), rows, {}

    def _absent(self) -> Made:
        rows: Rows = [
            [row.handle, row.display_name, self.speech.city(row.city_id), self.speech.platform(row.platform)]
            for row in each(self.checked.absent)
        ]
        return ("account", "name", "city", "platform"), rows, {}

    def _strangers(self) -> Made:
        unknown = self.received.log.unknown_accounts
        guessed = any(one.get("suggestion") for one in unknown)
        rows: Rows = [
            [
                one["name"] or self.speech.label("word.no_name"), self.speech.platform(one["platform"]),
                self._count(one["records"]), *([one.get("suggestion") or self._none] if guessed else []),
            ]
            for one in unknown
        ]  # fmt: skip
        columns = ("name", "platform", "records", *(["suggestion"] if guessed else []))
        return columns, rows, {"guessed": guessed}

    # days

    def _days(self) -> Made:
        rows: Rows = [
            [
                self.speech.platform(row.platform), self._count(row.posts), self._count(row.days),
                self._day_list(row.empty), self._count(row.gap), self._busiest(row),
            ]
            for row in each(self.checked.rhythm)
        ]  # fmt: skip
        return ("platform", "posts", "days", "empty", "gap", "busiest"), rows, {}

    def _day_list(self, days: Any) -> Cell:
        """Days without a post by name, or how many where they are too many for a cell."""
        if not days:
            return self._none
        if len(days) > FEW_DAYS:
            return self.speech.label("word.days", count=numbers.fixed(len(days), 0))
        return {"text": self.speech.writer.join(map(self.speech.day, days)), "tone": "focus"}

    def _busiest(self, row: Any) -> Cell:
        return f"{self.speech.day(row.busiest)} ({self._text(row.most)})" if row.posts else self._none

    def _spans(self) -> Made:
        rows: Rows = [
            [row.file, self.speech.day(row.first), self.speech.day(row.last), self._count(row.days), self._verdict(row)]
            for row in each(self.checked.spans)
        ]
        return ("file", "first", "last", "days", "verdict"), rows, {}

    def _verdict(self, row: Any) -> Cell:
        lacks = {"late": row.late, "early": row.early}
        parts = [self.speech.label(f"word.{name}", count=count) for name, count in lacks.items() if count]
        return {"text": self.speech.writer.join(parts), "tone": "focus"} if parts else self.speech.label("word.whole")

    # followers

    def _moves(self) -> Made:
        """The largest rises, then the largest falls; none where the edition publishes no order of cities."""
        moves, most = self.checked.moves, self.received.rules.followers.extremes
        if moves is None or moves.empty or not self.ordered:
            return (), [], {}
        change = moves["change"].astype("int64")
        chosen = pd.concat([moves[change > 0].tail(most).iloc[::-1], moves[change < 0].head(most)])
        words = {
            "before": self.speech.before,
            "extremes": most,
            "rounded": "youtube" in self.received.edition.platforms,
        }
        return ("account", "where", "before", "now", "change"), self._changes(chosen), words

    def _drops(self) -> Made:
        band = numbers.percent(self.received.edition.gates.follower_drop)
        words = {"band": band, "before": self.speech.before}
        return ("account", "where", "before", "now", "change"), self._changes(self.checked.drops), words

    def _changes(self, table: pd.DataFrame) -> Rows:
        return [
            [*self._who(row.account_id), self._count(row.before), self._count(row.now), self._change(row)]
            for row in each(table)
        ]

    def _change(self, row: Any) -> Cell:
        """A change of followers with its arrow; where no order is published, with a sign, as arrows speak of places."""
        share = row.now / row.before - 1
        if not self.ordered:
            return numbers.signed(share * 100) + "%"
        return {"text": numbers.percent(abs(share), 1), "tone": "up" if share > 0 else "down"}

    # anomalies

    def _tests(self) -> Made:
        rows: Rows = [
            [
                self.speech.label(f"kind.{test.kind}"), self.speech.rule(test.kind), self._count(test.checked),
                {"text": self._text(len(test.rows)), "tone": "focus"} if len(test.rows) else self._count(0),
            ]
            for test in self.checked.tests
        ]  # fmt: skip
        editions = self.received.rules.off_hours.editions
        return ("kind", "rule", "checked", "found"), rows, {"editions": editions}

    def _odd_row(self, row: Any, posts: pd.DataFrame) -> list[Cell]:
        moment = self.speech.moment(row.published_at)
        post: Cell = {"text": moment, "href": row.url} if isinstance(row.url, str) else moment
        figures = self._figures(posts.loc[(row.platform, row.post_id)])
        why = self.speech.label("word.why", figures=figures, evidence=self._evidence(row))
        return [*self._who(row.account_id), post, why]

    def _figures(self, post: pd.Series) -> str:
        """A post's known figures: 赞 109、评 0."""
        known = [name for name in anomalies.FIGURES if pd.notna(post[name])]
        named = [f"{self.speech.label(f'short.{name}')}\u00a0{self._text(post[name])}" for name in known]
        return self.speech.writer.join(named)

    def _evidence(self, row: Any) -> str:
        counts = {name: self._text(getattr(row, name)) for name in anomalies.NUMBERS if pd.notna(getattr(row, name))}
        until = self.speech.moment(row.until) if pd.notna(row.until) else ""
        metric = self.speech.label(f"metric.{row.metric}")
        return self.speech.label(f"evidence.{row.kind}", until=until, metric=metric, **counts)

    # quarantine

    def _repairs(self) -> Made:
        rows: Rows = [
            [
                self.speech.reason(str(row.reason)), self._count(row.rows),
                ", ".join(row.files), self.speech.repair(str(row.reason), self._hint(str(row.reason))),
            ]
            for row in each(self.checked.refused)
        ]  # fmt: skip
        return ("reason", "rows", "files", "repair"), rows, {}

    def _hint(self, reason: str) -> str:
        """What the intake itself says about how to repair a reason; "" where it says nothing."""
        table = self.received.quarantine
        said = table.loc[(table["reason"] == reason) & (table["repair"] != ""), "repair"]
        return str(said.iloc[0]) if len(said) else ""

    def _quarantine(self) -> Made:
        most = self.received.rules.shown.quarantine
        first = self.received.quarantine.groupby(["file", "sheet"], sort=False).head(most)
        rows: Rows = [
            [self._file(row), str(row.row), self.speech.reason(row.reason), row.column, self._value(row.value)]
            for row in each(first)
        ]
        return ("file", "row", "reason", "column", "value"), rows, {"shown": most, "file": self.speech.quarantine_csv}

    def _value(self, value: str) -> Cell:
        text = " ".join(value.split())
        if not text:
            return {"text": self.speech.label("word.empty_value"), "tone": "muted"}
        return text if len(text) <= VALUE else text[:VALUE] + "…"

    # small parts

    @property
    def _none(self) -> Cell:
        return {"text": self.speech.label("word.none"), "tone": "muted"}

    def _count(self, value: Any) -> Cell:
        """A count; a 0 is muted, so that a reader sees at once where something is."""
        return self._text(value) if value else {"text": "0", "tone": "muted"}

    def _text(self, value: Any) -> str:
        return numbers.fixed(float(value), 0)

    def _who(self, account_id: str) -> list[Cell]:
        """An account by its handle, and where it belongs."""
        return [self.speech.handle(account_id), self.speech.where(account_id) or self._none]
