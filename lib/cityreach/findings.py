"""A finding is a fact that the analysis found, kept as data; sentences are made from findings and from nothing else.

Every figure that the prose shows is a `Figure` of a finding: its value, its unit and the table cell it stands in. The
cell must hold it: `cityreach check` reads the cell in the published data file, prints it by the figure's unit and
compares. A figure is read from the cell as it is, or by one of these derivations, which it declares:

    ""          the cell's value
    "abs"       its size: a change without its sign
    "cap <n>"   at most n: the cell holds more, and n is printed with a word that says so

A fact that no table of the analysis holds (the edition's own facts, counts of a list) is made with `fact`: it stands in
the table `edition`, one row a fact, which the report writes from the figures themselves.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

FACTS = "edition"  # the table of facts that no other table holds: key, value
ABS, CAP = "abs", "cap"


@dataclass(frozen=True)
class Figure:
    """One number (or date) of a finding.

    value: the unrounded value. unit: how it is printed (`prose.numbers.show`): `count`, `score`, `rank`, `places`,
    `share`, `ratio`, `date`, `text` ...
    table, row, column: the cell it was read from (a table of `data/*.csv`, row key such as "320100|facebook").
    derived: how it follows from the cell, "" where it is the cell's value.
    """

    value: Any
    unit: str
    table: str = ""
    row: str = ""
    column: str = ""
    derived: str = ""


@dataclass(frozen=True)
class Finding:
    """One fact.

    id: unique within the report, `<kind>.<subject>`. kind: names the sentence template in templates/prose.
    subject: a city, platform or theme id. figures: by name, as the template uses them.
    words: names and other non-numeric values that the template needs. strength: 0 to 1, used to select.
    """

    id: str
    kind: str
    subject: str = ""
    figures: dict[str, Figure] = field(default_factory=dict)
    words: dict[str, Any] = field(default_factory=dict)
    strength: float = 0.0


def fact(key: str, value: Any, unit: str) -> Figure:
    """A figure that stands in the table of facts under `key` (small letters, parts divided by dots)."""
    return Figure(value, unit, FACTS, key, "value")
