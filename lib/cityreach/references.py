"""Where a figure stands, for readers: which table, row and column of the published data, in words of their language.

Each report has its own tables and names; what is the same in all of them is here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from cityreach.errors import UnknownNameError
from cityreach.findings import Figure

SEPARATOR = " · "


class References:
    """Tells of a figure what `blocks.figure_run` wants to know of its cell; None for one without a table.

    keys: by table, the columns that make the key of a row, by which findings name it.
    """

    keys: ClassVar[Mapping[str, tuple[str, ...]]]

    def __call__(self, figure: Figure) -> dict[str, Any] | None:
        if not figure.table:
            return None
        if figure.table not in self.keys:
            raise UnknownNameError(
                f"Figure of table `{figure.table}`: name its key columns in {type(self).__module__}."
            )
        return {
            "table": figure.table,
            "row": figure.row,
            "column": figure.column,
            "keys": list(self.keys[figure.table]),
            "unit": figure.unit,
            "derived": figure.derived,
            "where": [self.table(figure), self.row(figure), self.column(figure)],
        }

    def parts(self, figure: Figure) -> dict[str, str]:
        """The row's key by the columns that make it."""
        keys = self.keys[figure.table]
        return dict(zip(keys, figure.row.split("|", len(keys) - 1), strict=True))

    def label(self, group: str, name: str) -> str:
        """The label under that name; the name itself where there is none."""
        raise NotImplementedError

    def table(self, figure: Figure) -> str:
        """The table's title: that of its sheet in the workbook."""
        return self.label("sheets", figure.table)

    def row(self, figure: Figure) -> str:
        """What the row is about, with names in place of codes."""
        raise NotImplementedError

    def column(self, figure: Figure) -> str:
        return self.label("fields", figure.column)
