"""An index on disk: a table read as its owner keeps it, and what the engine made of it written into a folder."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from cityreach import paths
from cityreach.errors import DataError
from cityreach.index import groups
from cityreach.index.compute import Scores
from cityreach.index.methodstext import methods_text
from cityreach.index.numeric import round_half_up

CSV: Any = {"float_format": "%.12g", "lineterminator": "\n", "encoding": "utf-8-sig"}
SHEETS = (".xlsx", ".xls", ".ods")


def read_table(path: Path) -> pd.DataFrame:
    """A CSV (UTF-8 or GB 18030, comma, semicolon or tab) or the first sheet of a workbook, every cell as text.

    DataError where there is no such file, it is no table, or it has no row.
    """
    name = paths.relative(path)
    if not path.is_file():
        raise DataError(f"{name}: the file does not exist. Correct its name.")
    table = _read_sheet(path) if path.suffix.lower() in SHEETS else _read_text(path)
    doubled = table.columns[table.columns.duplicated()]
    if len(doubled):
        raise DataError(f"{name}: the column `{doubled[0]}` stands twice. Rename or remove one.")
    if table.empty:
        raise DataError(f"{name}: the table has no row. Fill it.")
    return table.rename(columns=lambda column: str(column).strip())


def _read_sheet(path: Path) -> pd.DataFrame:
    try:
        return pd.read_excel(path, engine="calamine", dtype=str, keep_default_na=False, na_values=[])
    except Exception as error:  # noqa: BLE001 - whatever a damaged workbook makes its reader raise
        reason = " ".join(str(error).split())[:120]
        raise DataError(f"{paths.relative(path)}: not a readable workbook ({reason}). Save it again.") from None


def _read_text(path: Path) -> pd.DataFrame:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return pd.read_csv(path, dtype=str, keep_default_na=False, encoding=encoding, sep=None, engine="python")
        except UnicodeDecodeError:
            continue
        except (pd.errors.ParserError, pd.errors.EmptyDataError, ValueError) as error:
            reason = " ".join(str(error).split())[:120]
            raise DataError(f"{paths.relative(path)}: not a table ({reason}). Save it as CSV UTF-8.") from None
    raise DataError(f"{paths.relative(path)}: neither UTF-8 nor GB 18030. Save it as CSV UTF-8.")


def write(scores: Scores, folder: Path, *, lang: str) -> list[Path]:
    """Write scores, ranks, contributions, the treatment log, group tables and the methods text; returns the files."""
    folder.mkdir(parents=True, exist_ok=True)
    tables: dict[str, Callable[[Scores], pd.DataFrame]] = {
        "scores": _scores, "ranks": ranks, "contributions": contributions, "treatment": treatment,
        "screened": screened, "groups": groups.table,
    }  # fmt: skip
    written = []
    for name, make in tables.items():
        frame = make(scores)
        if name in ("screened", "groups") and frame.empty:
            (folder / f"{name}.csv").unlink(missing_ok=True)
            continue
        written.append(folder / f"{name}.csv")
        _without_period(frame).to_csv(written[-1], index=False, **CSV)
    written.append(folder / "methods.md")
    written[-1].write_text(methods_text(scores, lang), encoding="utf-8")
    return written


def _without_period(frame: pd.DataFrame) -> pd.DataFrame:
    """Without the column of periods where there is one period that has no name."""
    single = "period" in frame and (frame["period"] == "").all()
    return frame.drop(columns="period") if single else frame


def _scores(scores: Scores) -> pd.DataFrame:
    return scores.table


def ranks(scores: Scores) -> pd.DataFrame:
    """One row a unit, best first: its place, score, score before rounding, places in its groups, scores of the nodes.

    Columns: period, rank, unit, score (as published where the method says so), rank_in_<group>, <node> for every node
    below the root that is a branch or stands right below it.
    """
    method, nodes = scores.method, scores.method.nodes
    wide, place = scores.wide("score"), scores.wide("rank")
    shown = [path for path, node in nodes.items() if node.parent and (node.children or node.depth == 1)]
    root = wide[method.root].to_numpy(dtype=float)
    printed = root if method.ranks.decimals is None else round_half_up(root, method.ranks.decimals)
    frame = pd.DataFrame({"rank": place[method.root].astype("Int64"), "score": printed}, index=wide.index)
    inside = groups.ranks(scores)
    frame = frame.join(inside).join(wide[[path for path in shown if path in wide]]).reset_index()
    order = list(dict.fromkeys(scores.table["period"]))
    frame["_period"] = frame["period"].map(order.index)
    frame = frame.sort_values(["_period", "rank", "unit"], kind="stable", ignore_index=True).drop(columns="_period")
    return frame[["period", "rank", *[column for column in frame if column not in ("period", "rank")]]]


def contributions(scores: Scores) -> pd.DataFrame:
    """What each node adds to its parent's and to the whole score, in points; the leaves' parts of the whole add up.

    Columns: period, unit, node, weight, score, in_parent, in_whole (null where the node is ranked alone).
    """
    nodes, parts = scores.method.nodes, {column: scores.wide(column) for column in ("score", "weight", "contribution")}
    whole = {scores.method.root: parts["score"][scores.method.root]}
    frames = []
    for path in map(str, parts["score"]):
        parent = nodes[path].parent
        if parent is None:
            continue
        above = parts["score"][parent]
        share = (parts["contribution"][path] / above).where(above != 0, 0.0)
        whole[path] = share * whole[parent] if nodes[path].inside and parent in whole else share * np.nan
        columns = {"weight": parts["weight"][path], "score": parts["score"][path],
                   "in_parent": parts["contribution"][path], "in_whole": whole[path]}  # fmt: skip
        frames.append(pd.DataFrame(columns).assign(node=path).reset_index())
    frame = pd.concat(frames, ignore_index=True)
    return frame[["period", "unit", "node", "weight", "score", "in_parent", "in_whole"]]


def treatment(scores: Scores) -> pd.DataFrame:
    """Every cell that was imputed or treated: period, unit, node, step, before, after."""
    leaves = scores.leaves
    entries = [
        (path, row, "impute", np.nan, leaves.filled[path][row])
        for path in leaves.raw
        for row in np.flatnonzero(np.isnan(leaves.raw[path]) & ~np.isnan(leaves.filled[path]))
    ]
    for path, treated in leaves.treatment.items():
        cells = treated.cells()
        columns = (cells[name].tolist() for name in ("row", "step", "before", "after"))
        entries += [(path, *cell) for cell in zip(*columns, strict=True)]
    rows = leaves.rows
    return pd.DataFrame(
        [(rows.periods[rows.period[row]], rows.unit[row], path, *rest) for path, row, *rest in entries],
        columns=["period", "unit", "node", "step", "before", "after"],
    )


def screened(scores: Scores) -> pd.DataFrame:
    """The units that were left out, with the reason."""
    return pd.DataFrame(list(scores.dropped.items()), columns=["unit", "reason"])
