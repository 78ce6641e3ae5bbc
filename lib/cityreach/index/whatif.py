"""Two methods, or two sets of weights, on the same data: who would stand where, in every period.

The monthly index under a new version of its method is this with the scores of all editions under both
(`cityreach.scoring.score`); `lines` is what the note on the change of method says of each.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from cityreach.errors import UnknownNameError
from cityreach.index.compute import Scores, rounded_for_ranks
from cityreach.index.multivariate import correlation
from cityreach.index.numeric import round_half_up
from cityreach.prose import Writer

TOP = 10
PLACES = ("rank_old", "rank_new", "shift")
COLUMNS = ("period", "unit", *PLACES, "score_old", "score_new", "difference")
ENTRIES = ("period", "unit", "kind", "rank_old", "rank_new")
MOVERS = ("period", "unit", "kind", "shift", "rank_old", "rank_new")


@dataclass(frozen=True)
class Comparison:
    """Two rankings of the same units.

    names: what the old and the new one are called. table: period, unit, rank_old, rank_new, shift (places gained under
    the new one), score_old, score_new, difference (of the scores; it says something where both have one scale); a row
    for every unit of either, null where it has no place; by period, then new place. summary: a row for every period
    (see `_summary`). entries: period, unit, kind (`in`: comes into the first `top`; `out`), rank_old, rank_new.
    """

    names: tuple[str, str]
    top: int
    table: pd.DataFrame
    summary: pd.DataFrame
    entries: pd.DataFrame

    def movers(self, count: int = 5) -> pd.DataFrame:
        """The units that gain and lose most places in each period, at most `count` of each, ties by name.

        Columns: period, unit, kind (`gain` or `loss`), shift, rank_old, rank_new; the farthest first.
        """
        frames = [
            moved.assign(kind=kind)
            for _, rows in self.table.dropna(subset="shift").groupby("period", sort=False)
            for kind, moved in _farthest(rows, count)
        ]
        return pd.concat(frames, ignore_index=True)[list(MOVERS)] if frames else pd.DataFrame(columns=list(MOVERS))


def _farthest(rows: pd.DataFrame, count: int) -> Iterator[tuple[str, pd.DataFrame]]:
    for kind, up in (("gain", True), ("loss", False)):
        moved = rows[rows["shift"] > 0] if up else rows[rows["shift"] < 0]
        yield kind, moved.sort_values(["shift", "unit"], ascending=[not up, True], kind="stable").head(count)


def compare(
    old: Scores,
    new: Scores,
    *,
    node: str | None = None,
    top: int = TOP,
    names: tuple[str, str] | None = None,
) -> Comparison:
    """Two scores of the same data side by side, on a node that both have, or on the whole index.

    names: else those of the two methods. UnknownNameError for a node that one of them does not have.
    """
    sides = [_side(scores, node) for scores in (old, new)]
    table = _joined(*sides)
    summary = pd.DataFrame([_summary(rows, top) for rows in _periods(table)])
    table = table.drop(columns=["compared_old", "compared_new"])
    called = names or (old.method.name, new.method.name)
    return Comparison(called, top, table, summary, _entries(table, top))


def _side(scores: Scores, node: str | None) -> pd.DataFrame:
    """Period, unit, place, score, and the score as it is ranked, of one node."""
    path = node or scores.method.root
    rows = scores.table[(scores.table["node"] == path).to_numpy()]
    if rows.empty:
        raise UnknownNameError(
            f"{scores.method.name} has no node `{path}`. Its nodes begin with: "
            f"{', '.join(list(scores.method.nodes)[:8])}."
        )
    known = rows["score"].to_numpy(dtype=float, na_value=np.nan)
    return rows[["period", "unit", "rank", "score"]].assign(compared=rounded_for_ranks(known, scores.method.ranks))


def _joined(old: pd.DataFrame, new: pd.DataFrame) -> pd.DataFrame:
    table = old.merge(new, on=["period", "unit"], how="outer", suffixes=("_old", "_new"), sort=False)
    table["shift"] = table["rank_old"] - table["rank_new"]
    table["difference"] = table["score_new"] - table["score_old"]
    periods = list(dict.fromkeys([*old["period"], *new["period"]]))
    table["_period"] = table["period"].map({period: at for at, period in enumerate(periods)})
    order = ["_period", "rank_new", "rank_old", "unit"]
    table = table.sort_values(order, kind="stable", ignore_index=True).astype(dict.fromkeys(PLACES, "Int64"))
    return table[[*COLUMNS, "compared_old", "compared_new"]]


def _periods(table: pd.DataFrame) -> list[pd.DataFrame]:
    return [rows for _, rows in table.groupby("period", sort=False)]


def _summary(rows: pd.DataFrame, top: int) -> dict[str, Any]:
    """One period in figures.

    units (with a place in both), moved, mean_shift and max_shift (places, either way), spearman and kendall (tau-b) of
    the scores as they are ranked, entered (into the first `top`), first_old, first_new (names, several where tied).
    """
    both = rows.dropna(subset="shift")
    shift = both["shift"].abs().to_numpy(dtype=float)
    scores = [both[name].to_numpy(dtype=float) for name in ("compared_old", "compared_new")]
    found = {by: correlation(*scores, by=by)[1] for by in ("spearman", "kendall")}
    return {
        "period": rows["period"].iloc[0],
        "units": len(both),
        "moved": int((shift > 0).sum()),
        "mean_shift": float(shift.mean()) if len(shift) else np.nan,
        "max_shift": float(shift.max()) if len(shift) else np.nan,
        **found,
        "entered": int((_within(rows["rank_new"], top) & ~_within(rows["rank_old"], top)).sum()),
        "first_old": _first(rows, "rank_old"),
        "first_new": _first(rows, "rank_new"),
    }


def _within(ranks: pd.Series, top: int) -> pd.Series:
    return (ranks <= top).fillna(False).astype(bool)


def _first(rows: pd.DataFrame, column: str) -> str:
    return "; ".join(rows.loc[_within(rows[column], 1), "unit"].sort_values())


def _entries(table: pd.DataFrame, top: int) -> pd.DataFrame:
    """Who comes into the first places and who goes out, by new and old place."""
    old, new = _within(table["rank_old"], top), _within(table["rank_new"], top)
    kind = np.select([new & ~old, old & ~new], ["in", "out"], default="")
    found = table.assign(kind=kind)[list(ENTRIES)][kind != ""]
    return pd.concat(
        [rows.sort_values(["kind", "rank_new", "rank_old"], kind="stable") for rows in _periods(found)] or [found],
        ignore_index=True,
    )


def lines(comparison: Comparison, lang: str, *, name: Callable[[str], str] = str) -> list[str]:
    """A sentence for every period, as a note on a change of method can quote it; `name` says how a unit is called."""
    writer = Writer(lang, "index")
    movers = comparison.movers(1)
    named = movers.assign(unit=movers["unit"].map(name)).set_index("kind")
    entries = comparison.entries.assign(unit=comparison.entries["unit"].map(name))
    return [_line(writer, row, named, entries, comparison.top) for row in comparison.summary.itertuples(index=False)]


def _line(writer: Writer, row: Any, movers: pd.DataFrame, entries: pd.DataFrame, top: int) -> str:
    here = movers[movers["period"] == row.period]
    farthest: dict[str, Any] = {"gain": None, "loss": None}
    farthest |= {each.Index: {"unit": each.unit, "places": abs(each.shift)} for each in here.itertuples()}
    crossed = entries[entries["period"] == row.period]
    came, went = (writer.join(crossed.loc[crossed["kind"] == kind, "unit"]) for kind in ("in", "out"))
    return writer.label(
        "compare.line", period=row.period, units=row.units, moved=row.moved, mean=_shown(row.mean_shift, 1),
        farthest=_shown(row.max_shift, 0), spearman=_shown(row.spearman, 3), top=top, came=came, went=went,
        **farthest,
    )  # fmt: skip


def _shown(number: float, decimals: int) -> str:
    if np.isnan(number):
        return "–"
    return f"{round_half_up(np.array(number), decimals):.{decimals}f}".replace("-", "−")


def text(comparison: Comparison, lang: str) -> str:
    """The sentences of all periods under a heading, as Markdown."""
    writer = Writer(lang, "index")
    old, new = comparison.names
    body = "\n".join(f"- {line}" for line in lines(comparison, lang))
    return f"# {writer.label('compare.title', old=old, new=new)}\n\n{body}\n"


def write(comparison: Comparison, folder: Path, *, lang: str) -> list[Path]:
    """Write comparison.csv, summary.csv, entries.csv, movers.csv and comparison.md into a folder; returns the files."""
    folder.mkdir(parents=True, exist_ok=True)
    frames = {
        "comparison": comparison.table, "summary": comparison.summary, "entries": comparison.entries,
        "movers": comparison.movers(),
    }  # fmt: skip
    single = (comparison.table["period"] == "").all()
    written = [folder / f"{name}.csv" for name in frames]
    for path, frame in zip(written, frames.values(), strict=True):
        shown = frame.drop(columns="period") if single else frame
        shown.to_csv(path, index=False, lineterminator="\n", encoding="utf-8-sig")
    written.append(folder / "comparison.md")
    written[-1].write_text(text(comparison, lang), encoding="utf-8")
    return written
