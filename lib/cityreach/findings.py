"""A finding is a fact that the analysis found, kept as data; sentences are made from findings and from nothing else.

Every figure that the prose shows is a `Figure` of a finding: its value, its unit and the table cell it stands in.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Figure:
    """One number (or date) of a finding.

    value: the unrounded value. unit: `count`, `score`, `rank`, `places`, `share`, `ratio`, `date`, `text`.
    table, row, column: the cell it was read from (a table of `data/*.csv`, row key such as "320100|facebook").
    """

    value: Any
    unit: str
    table: str = ""
    row: str = ""
    column: str = ""


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
