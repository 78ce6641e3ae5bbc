"""The tables of the method check as blocks: names and numbers in one language, nothing worked out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pandas as pd

from cityreach.blocks import Block, Cell
from cityreach.methodcheck import boards
from cityreach.methodcheck.checked import Checked
from cityreach.methodcheck.speech import Speech
from cityreach.prose import numbers

Rows = list[list[Cell]]
Made = tuple[Sequence[str], Rows]
LEFT = frozenset({"node", "city", "pair", "verdict", "input", "options", "farthest", "method"})
NEVER = frozenset({"city", "rank", "interval", "verdict", "farthest", "node"})
PLANNED = ("firm", "pairs", "inputs")  # tables that need the plan
LONG = 20  # rows from which a table is long


class Tables:
    """Builds each table of the page in one language."""

    def __init__(self, checked: Checked, speech: Speech) -> None:
        self.checked = checked
        self.speech = speech
        self.lang = speech.lang

    def block(self, name: str) -> Block | None:
        """The table of that name: rows from the method `_<name>`, words from `table.<name>`; None without a row."""
        if name in PLANNED and self.checked.refused:
            return None
        make: Callable[[], Made] = getattr(self, f"_{name}")
        columns, rows = make()
        return self._block(name, columns, rows) if rows else None

    def _block(self, name: str, columns: Sequence[str], rows: Rows) -> Block:
        plain, label = self.speech.plain, self.speech.label
        shown = [
            {
                "label": label(f"table.{name}.columns.{column}"), "align": "left" if column in LEFT else "right",
                "wrap": "never" if column in NEVER else "",
            }
            for column in columns
        ]  # fmt: skip
        content = {
            "anchor": f"table-{name}", "caption": plain(f"table.{name}.caption"), "columns": shown, "rows": rows,
            "subtitle": plain(f"table.{name}.subtitle"), "note": plain(f"table.{name}.note"),
            "source": self.speech.source, "key": name, "long": len(rows) > LONG, "searchable": False,
        }  # fmt: skip
        return Block("table", content)

    def _leaves(self) -> Made:
        columns = ("node", "cities", "skew_before", "skew_after", "at_low", "at_high")
        rows: Rows = [
            [
                self.speech.node(row["path"]), numbers.fixed(row["cities"], 0),
                self._skew(row, "before"), self._skew(row, "after"),
                self._share(row["at_low"]), self._share(row["at_high"]),
            ]
            for row in self.checked.leaves.to_dict("records")
        ]  # fmt: skip
        return columns, rows

    def _skew(self, row: dict[Any, Any], side: str) -> Cell:
        """A skewness; one beyond the limit in focus after the transformation."""
        text = self._fixed(row[f"skew_{side}"], 1)
        return {"text": text, "tone": "focus"} if side == "after" and row["skewed_after"] else text

    def _share(self, value: Any) -> str:
        return self.speech.label("word.none") if pd.isna(value) else self.speech.share(value)

    def _firm(self) -> Made:
        tops = [column for column in self.checked.firm.columns if column.startswith("p_")]
        scores = self.checked.heads["score"]
        rows: Rows = [
            [
                str(row["rank"]), self.speech.city(row["unit"]), numbers.fixed(scores[row["unit"]], 1),
                boards.span(row["low"], row["high"]), *(self.speech.certainty(row[name]) for name in tops),
            ]
            for row in self.checked.firm.to_dict("records")
        ]  # fmt: skip
        return ("rank", "city", "score", "interval", *tops), rows

    def _without(self) -> Made:
        rows: Rows = [
            [
                self.speech.node(row["node"]), numbers.fixed(row["mean_shift"], 1),
                self._farthest(row), self._fixed(row["spearman"], 3),
            ]
            for row in boards.by_shift(self.checked.without).to_dict("records")
        ]  # fmt: skip
        return ("node", "mean_shift", "farthest", "spearman"), rows

    def _methods(self) -> Made:
        found = self.checked.methods
        rows: Rows = [
            [
                self.speech.method((row["input"], row["option"])), numbers.fixed(row["mean_shift"], 1),
                self._farthest(row), numbers.fixed(row["entered"], 0), self._fixed(row["spearman"], 3),
            ]
            for row in (boards.by_shift(found.options).to_dict("records") if found else ())
        ]  # fmt: skip
        return ("method", "mean_shift", "farthest", "entered", "spearman"), rows

    def _fixed(self, value: Any, digits: int) -> str:
        return self.speech.label("word.none") if pd.isna(value) else numbers.fixed(value, digits)

    def _farthest(self, row: dict[Any, Any]) -> str:
        """The city that moves farthest, and how far."""
        if not row["unit"]:
            return self.speech.label("word.none")
        places = numbers.fixed(row["max_shift"], 0)
        return self.speech.label("word.farthest", city=self.speech.city(row["unit"]), places=places)

    def _inputs(self) -> Made:
        """What the plan varies, in the order of its weight; what never moves a place comes last."""
        study = self.checked.study
        table = self.checked.inputs.set_index("input")
        order = [*table.index, *(each.name for each in study.inputs if each.name not in table.index)]
        known = {each.name: each for each in study.inputs}
        rows: Rows = [
            [self.speech.input(name), self._options(known[name]), *self._orders(table, name)] for name in order
        ]
        return ("input", "options", "first", "total"), rows

    def _options(self, entry: Any) -> Cell:
        """The options in words, or how far weights are drawn."""
        if entry.options:
            return numbers.listed([self.speech.option(option.name) for option in entry.options], self.lang)
        most = max(entry.spread.values())
        return self.speech.label("word.spread", count=len(entry.spread), share=numbers.percent(most))

    def _orders(self, table: pd.DataFrame, name: str) -> list[Cell]:
        if name not in table.index:
            return [self.speech.label("word.none")] * 2
        found = table.loc[name]
        return [self._with_error(found[order], found[f"{order}_error"]) for order in ("first", "total")]

    def _with_error(self, value: Any, error: Any) -> str:
        return self.speech.label("word.error", value=numbers.fixed(value, 2), error=numbers.fixed(error, 3))
