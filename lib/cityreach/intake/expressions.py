"""Regular expressions of format files over whole columns.

In texts of printable ASCII Arrow finds what Python finds, as long as it can read the expression at all (it does not
look ahead, for one). All else is asked value by value.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from cityreach.intake import columns
from cityreach.intake.columns import Column

_GROUP = re.compile(r"(?<!\\)\((?!\?)")
_OTHERWISE = re.compile(r"\{,|\)[*+{]")  # "at most" and what a repeated group holds are other things to Arrow


def found(column: Column, expression: str) -> np.ndarray:
    """A mask of the values in which an expression is found."""
    search = re.compile(expression).search

    def asked(value: Any) -> bool:
        return value is not None and search(str(value)) is not None

    if isinstance(column, list) or column.null_count == len(column) or not _searches(expression):
        return columns.tested(column, asked)
    result = pc.fill_null(pc.match_substring_regex(column, expression), False).to_numpy(zero_copy_only=False).copy()
    unsure = _unsure(column)
    result[unsure] = columns.tested(column.filter(pa.array(unsure)), asked)
    return result


def part(column: Column, expression: str) -> Column:
    """What stands in the one group of an expression where it is found, null elsewhere."""
    search = re.compile(expression).search

    def taken(value: Any) -> str | None:
        result = search(str(value))
        return result[1] if result else None

    named = _named(expression)
    if isinstance(column, list) or column.null_count == len(column) or named is None:
        return columns.changed(column, taken)
    result = pc.struct_field(pc.extract_regex(column, named), 0)
    unsure = _unsure(column) | pc.fill_null(pc.equal(result, ""), False).to_numpy(zero_copy_only=False)
    if not unsure.any():
        return result
    return pc.replace_with_mask(result, pa.array(unsure), columns.changed(column.filter(pa.array(unsure)), taken))


def _unsure(column: pa.Array) -> np.ndarray:
    """A mask of the texts in which the two engines may differ."""
    return ~pc.fill_null(pc.ascii_is_printable(column), True).to_numpy(zero_copy_only=False)


@cache
def _searches(expression: str) -> bool:
    """Whether Arrow can read an expression."""
    try:
        pc.match_substring_regex(pa.array([""]), expression)
    except pa.ArrowInvalid:
        return False
    return not _OTHERWISE.search(expression)


@cache
def _named(expression: str) -> str | None:
    """An expression with its one group named, as Arrow wants it; None where Arrow cannot read it."""
    named, groups = _GROUP.subn("(?P<part>", expression)
    return named if groups == 1 and _searches(named) else None
