"""The tidy tables: the contract between stages, checked when a table is written and when it is read.

A column that a platform does not publish is null, never 0. Times are UTC and carry their zone; days are dates in
Asia/Shanghai. `data/README.md` is the codebook: what each column means and where it comes from.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from cityreach.errors import DataError

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa
    from pandera.errors import SchemaError

UTC = "datetime64[us, UTC]"
DAY = "datetime64[us]"
REMEDY = "Mend the stage that writes it, or the export it came from."
STATUSES = ("measured", "silent", "no_account", "missing")
TIME_SOURCES = ("field", "zone rule", "id")
TIME_PRECISIONS = ("second", "minute", "day")
PRECISIONS = ("exact", "rounded", "typed")

# name -> {column: (dtype, nullable, rule)}; rule is "", "unique", ">=0" or a tuple of allowed values
POSTS: dict[str, tuple[str, bool, Any]] = {
    "post_id": ("str", False, ""),
    "platform": ("str", False, ""),
    "account_id": ("str", False, ""),
    "city_id": ("str", False, ""),
    "published_at": (UTC, False, ""),
    "time_source": ("str", True, TIME_SOURCES),
    "time_precision": ("str", True, TIME_PRECISIONS),
    "text": ("str", False, ""),
    "lang": ("str", True, ""),
    "format": ("str", True, ""),
    "url": ("str", True, ""),
    "likes": ("Int64", True, ">=0"),
    "comments": ("Int64", True, ">=0"),
    "shares": ("Int64", True, ">=0"),
    "views": ("Int64", True, ">=0"),
    "impressions": ("Int64", True, ">=0"),
    "reach": ("Int64", True, ">=0"),
    "saves": ("Int64", True, ">=0"),
    "followers_at_posting": ("Int64", True, ">=0"),
    "counted_at": (DAY, False, ""),
    "source_file": ("str", False, ""),
    "source_sheet": ("str", True, ""),
    "source_row": ("Int64", False, ">=0"),
}
SNAPSHOTS: dict[str, tuple[str, bool, Any]] = {
    "account_id": ("str", False, ""),
    "day": (DAY, False, ""),
    "followers": ("Int64", True, ">=0"),
    "posts_total": ("Int64", True, ">=0"),
    "precision": ("str", True, PRECISIONS),
    "source_file": ("str", False, ""),
}
TOTALS: dict[str, tuple[str, bool, Any]] = {
    "city_id": ("str", False, ""),
    "platform": ("str", False, ""),
    "day": (DAY, False, ""),
    "accounts": ("Int64", True, ">=0"),
    "posts": ("Int64", False, ">=0"),
    "active_days": ("Int64", True, ">=0"),
    "interactions": ("Int64", True, ">=0"),
    "likes": ("Int64", True, ">=0"),
    "comments": ("Int64", True, ">=0"),
    "shares": ("Int64", True, ">=0"),
    "views": ("Int64", True, ">=0"),
    "peak": ("Int64", True, ">=0"),
    "followers": ("Int64", True, ">=0"),
    "source_file": ("str", False, ""),
    "source_row": ("Int64", False, ">=0"),
}
QUARANTINE: dict[str, tuple[str, bool, Any]] = {
    "file": ("str", False, ""),
    "sheet": ("str", False, ""),
    "row": ("Int64", False, ">=0"),
    "column": ("str", False, ""),
    "value": ("str", False, ""),
    "reason": ("str", False, ""),
    "repair": ("str", False, ""),
}
METRICS: dict[str, tuple[str, bool, Any]] = {
    "edition": ("str", False, ""),
    "city_id": ("str", False, ""),
    "platform": ("str", False, ""),
    "accounts": ("Int64", False, ">=0"),
    "posts": ("Int64", True, ">=0"),
    "active_days": ("Int64", True, ">=0"),
    "interactions": ("Int64", True, ">=0"),
    "interactions_per_post": ("Float64", True, ">=0"),
    "peak": ("Int64", True, ">=0"),
    "views": ("Int64", True, ">=0"),
    "views_per_post": ("Float64", True, ">=0"),
    "followers": ("Int64", True, ">=0"),
    "new_followers": ("Int64", True, ""),
    "status": ("str", False, STATUSES),
}
SCORES: dict[str, tuple[str, bool, Any]] = {
    "edition": ("str", False, ""),
    "city_id": ("str", False, ""),
    "node": ("str", False, ""),
    "value": ("Float64", True, ""),
    "score": ("Float64", True, ""),
    "weight": ("Float64", True, ">=0"),
    "contribution": ("Float64", True, ""),
    "rank": ("Int64", True, ">=0"),
    "tied": ("boolean", False, ""),
}
THEMES: dict[str, tuple[str, bool, Any]] = {
    "platform": ("str", False, ""),
    "post_id": ("str", False, ""),
    "theme": ("str", False, ""),
    "place": ("Int64", False, ">=0"),
    "strength": ("Float64", False, ">=0"),
}
CONTRACTS = {
    "posts": POSTS,
    "snapshots": SNAPSHOTS,
    "totals": TOTALS,
    "quarantine": QUARANTINE,
    "metrics": METRICS,
    "scores": SCORES,
    "themes": THEMES,
}
KEYS = {
    "posts": ["platform", "post_id"],
    "snapshots": ["account_id", "day"],
    "totals": ["city_id", "platform"],
    "quarantine": None,
    "metrics": ["edition", "city_id", "platform"],
    "scores": ["edition", "city_id", "node"],
    "themes": ["platform", "post_id", "place"],
}


def empty(name: str) -> pd.DataFrame:
    """A table of that name with its columns and types and no row."""
    import pandas as pd

    return pd.DataFrame({column: pd.Series(dtype=dtype) for column, (dtype, _, _) in CONTRACTS[name].items()})


def conform(frame: pd.DataFrame, name: str) -> pd.DataFrame:
    """The frame with the contract's columns in their order and types (absent nullable columns become null)."""
    import pandas as pd

    contract = CONTRACTS[name]
    lacking = [column for column, (_, nullable, _) in contract.items() if column not in frame and not nullable]
    if lacking:
        raise DataError(
            f"Table {name}: column(s) {', '.join(lacking)} are absent. The stage that writes it must fill them."
        )
    columns = {column: _typed(frame, name, column) for column in contract}
    return pd.DataFrame(columns, index=frame.index)


def _typed(frame: pd.DataFrame, name: str, column: str) -> pd.Series:
    """One column in its contract's type; DataError where a value does not fit."""
    import pandas as pd

    dtype: Any = CONTRACTS[name][column][0]
    if column not in frame:
        return pd.Series(index=frame.index, dtype=dtype)
    try:
        return frame[column].astype(dtype)
    except (TypeError, ValueError) as error:
        reason = " ".join(str(error).split())
        raise DataError(f"Table {name}, column {column}: must be {dtype}, {reason}. {REMEDY}") from None


def check(frame: pd.DataFrame, name: str) -> pd.DataFrame:
    """The same frame if it keeps the contract of `name`; DataError names table, column, rule, value and row."""
    from pandera.errors import SchemaError

    if list(frame.columns) != list(CONTRACTS[name]):
        strange = sorted(set(map(str, frame.columns)) ^ set(CONTRACTS[name])) or ["their order"]
        raise DataError(f"Table {name}: columns differ from the contract in {', '.join(strange)}. {REMEDY}")
    try:
        return _schema(name).validate(frame)
    except SchemaError as error:
        raise DataError(f"Table {name}{_told(error, frame, name)}. {REMEDY}") from None


def check_arrow(table: pa.Table, name: str) -> pa.Table:
    """The same Arrow table if each column keeps its rule in the contract of `name` (keys are not looked at here)."""
    import pyarrow.compute as pc

    for column, (_, nullable, rule) in CONTRACTS[name].items():
        values = table[column]
        if values.null_count and not nullable:
            raise DataError(f"Table {name}, column {column}: a value is never empty. {REMEDY}")
        if rule == ">=0" and (pc.min(values).as_py() or 0) < 0:
            raise DataError(f"Table {name}, column {column}: a count is at least 0. {REMEDY}")
        if isinstance(rule, tuple) and set(pc.unique(values).to_pylist()) - {*rule, None}:
            raise DataError(f"Table {name}, column {column}: one of {', '.join(rule)}. {REMEDY}")
    return table


def _told(error: SchemaError, frame: pd.DataFrame, name: str) -> str:
    """The broken rule of a schema error in words, with the first value that breaks it."""
    column = str(getattr(error.schema, "name", None))
    cases = error.failure_cases
    case = cases.iloc[0].to_dict() if hasattr(cases, "iloc") and len(cases) else {}
    if column not in frame:
        again = frame.index[frame.duplicated(KEYS[name])][0]
        return f": the key ({', '.join(KEYS[name] or [])}) stands twice, first again in row {again}"
    if not case:
        return f", column {column}: must be {CONTRACTS[name][column][0]}, found {frame[column].dtype}"
    rule = getattr(error.check, "error", None) or str(error.check)
    words = "a value is never empty" if rule == "not_nullable" else rule
    return f", column {column}: {words}, but row {case['index']} holds {case['failure_case']!r}"


@cache
def _schema(name: str) -> Any:
    import pandera.pandas as pa

    columns = {
        column: pa.Column(dtype, nullable=nullable, checks=_checks(rule))
        for column, (dtype, nullable, rule) in CONTRACTS[name].items()
    }
    return pa.DataFrameSchema(columns, strict=True, ordered=True, unique=KEYS[name], name=name)


def _checks(rule: Any) -> list[Any]:
    import pandera.pandas as pa

    if rule == ">=0":
        return [pa.Check.ge(0, error="a count is at least 0")]
    if isinstance(rule, tuple):
        return [pa.Check.isin(list(rule), error=f"one of {', '.join(rule)}")]
    return []
