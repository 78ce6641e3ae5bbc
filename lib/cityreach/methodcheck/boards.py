"""Frames that the charts of the method check show, with their words."""

from __future__ import annotations

from typing import Any

import pandas as pd

from cityreach.index.alternatives import Alternatives
from cityreach.methodcheck import analysis
from cityreach.methodcheck.analysis import BINS, each
from cityreach.methodcheck.checked import Checked
from cityreach.methodcheck.speech import Speech
from cityreach.prose import numbers


def tree(checked: Checked, speech: Speech) -> pd.DataFrame:
    """The leaves for `charts.weight_tree`: the names of all nodes above with their shares, and the leaf's own."""
    shares = checked.framework.set_index("path")["share"]
    heaviest = checked.framework.loc[checked.framework["leaf"], "share"].max()
    rows = []
    for path in checked.framework.loc[checked.framework["leaf"], "path"]:
        above = [each for each in analysis.ancestors(checked.nodes, path) if each in shares.index]
        rows.append(
            {
                "branches": [speech.short(each) for each in above],
                "branch_texts": [speech.share(shares[each]) for each in above],
                "label": speech.short(path),
                "value": shares[path],
                "text": speech.share(shares[path]),
                "focus": shares[path] >= heaviest - 1e-12,
            }
        )
    return pd.DataFrame(rows)


def distributions(checked: Checked, speech: Speech) -> pd.DataFrame:
    """Bins for `charts.distribution_grid`: indicators by branches of the first level."""
    table = checked.distributions
    first = {path: [*analysis.ancestors(checked.nodes, path), path][0] for path in table["path"].unique()}
    codes = list(dict.fromkeys(path.rpartition(".")[2] for path in first))
    order = {code: place for place, code in enumerate(_by_method(checked, codes))}
    columns = {branch: place for place, branch in enumerate(dict.fromkeys(first.values()))}
    most = table.groupby(["path", "side"])["cities"].transform("max").clip(lower=1)
    code = table["path"].map(lambda path: path.rpartition(".")[2])
    return pd.DataFrame(
        {
            "label": table["path"].map(speech.short),
            "row_order": code.map(order),
            "head": table["path"].map(first).map(speech.short),
            "column_order": table["path"].map(first).map(columns),
            "after": table["side"] == "after",
            "position": table["bin"],
            "height": table["cities"] / most,
            "focus": table["bound"] & (table["cities"] > 0),
            "tip": [
                speech.label(f"chart.scales.tip_{_bin(row.side, row.bin)}", cities=numbers.fixed(row.cities, 0))
                for row in each(table)
            ],
        }
    )


def _by_method(checked: Checked, codes: list[str]) -> list[str]:
    """Leaf codes in the order of the method's list of indicators; others after them."""
    known = [code for code in checked.material.method.indicators if code in codes]
    return [*known, *(code for code in codes if code not in known)]


def _bin(side: Any, place: Any) -> str:
    if side == "before":
        return "before"
    return "low" if place == 0 else "high" if place == BINS - 1 else "after"


def relations(checked: Checked, speech: Speech) -> pd.DataFrame:
    """Branches by the composite and by each other for `charts.heatmap`; a branch with itself is left white."""
    table = checked.relations
    return _heat(table["path"], table["other"].map(speech.short), table["other"], table["r"], speech)


def parts(checked: Checked, speech: Speech) -> pd.DataFrame:
    """Nodes of the second level with the composite for `charts.heatmap`: branches by kinds of node."""
    table = checked.parts
    return _heat(table["branch"], table["path"].map(speech.short), table["code"], table["r"], speech)


def _heat(row: pd.Series, column: pd.Series, head: pd.Series, value: pd.Series, speech: Speech) -> pd.DataFrame:
    """Cells of a heat map; rows and columns (by `head`) in the order in which they first appear."""
    return pd.DataFrame(
        {
            "row": row.map(speech.short),
            "row_order": row.map(_places(row)),
            "column": column,
            "column_order": head.map(_places(head)),
            "value": value,
            "text": [_decimal(each) for each in value],
        }
    )


def _places(labels: pd.Series) -> dict[str, int]:
    return {label: place for place, label in enumerate(dict.fromkeys(labels))}


def _decimal(value: Any) -> str:
    return "" if pd.isna(value) else numbers.fixed(value, 2)


def without(checked: Checked, speech: Speech) -> pd.DataFrame:
    """Parts left out for `charts.group_bars`, the farthest movement first; the first in focus."""
    table = by_shift(checked.without)
    return pd.DataFrame(
        {
            "label": table["node"].map(speech.node),
            "value": table["mean_shift"],
            "text": [speech.label("chart.without.text", places=numbers.fixed(each, 1)) for each in table["mean_shift"]],
            "focus": [place == 0 for place in range(len(table))],
        }
    )


def methods(found: Alternatives, speech: Speech) -> pd.DataFrame:
    """Other methods for `charts.group_bars`, the farthest movement first; the first in focus."""
    table = by_shift(found.options)
    return pd.DataFrame(
        {
            "label": [speech.method(choice) for choice in zip(table["input"], table["option"], strict=True)],
            "value": table["mean_shift"],
            "text": [speech.label("chart.without.text", places=numbers.fixed(each, 1)) for each in table["mean_shift"]],
            "focus": [place == 0 for place in range(len(table))],
        }
    )


def by_shift(table: pd.DataFrame) -> pd.DataFrame:
    """Parts by how far places move without them."""
    known = table.dropna(subset=["mean_shift"])
    return known.sort_values("mean_shift", ascending=False, kind="stable").reset_index(drop=True)


def intervals(checked: Checked, speech: Speech) -> pd.DataFrame:
    """The first places for `charts.rank_ranges`; the widest interval in focus."""
    table = checked.firm
    widest = table["width"].max()
    return pd.DataFrame(
        {
            "label": table["unit"].map(speech.city),
            "rank": table["rank"].astype(int),
            "low": table["low"].astype(int),
            "high": table["high"].astype(int),
            "text": [span(row.low, row.high) for row in table.itertuples()],
            "focus": (table["width"] == widest) & (widest > 0),
        }
    )


def span(low: Any, high: Any) -> str:
    """Places from low to high: 9–14; one place alone as 9."""
    return str(low) if low == high else f"{low}–{high}"


def pairs(checked: Checked, speech: Speech) -> pd.DataFrame:
    """Neighbours for `charts.share_dots`; those whose order is turned in focus."""
    table = checked.pairs
    return pd.DataFrame(
        {
            "label": [speech.pair(pair) for pair in zip(table["unit_a"], table["unit_b"], strict=True)],
            "value": table["p_ahead"],
            "text": table["p_ahead"].map(speech.certainty),
            "focus": table["verdict"] == "turned",
        }
    )


def inputs(checked: Checked, speech: Speech) -> pd.DataFrame:
    """The inputs for `charts.nested_bars`, both orders not below 0; the first in focus."""
    table = checked.inputs
    orders = table[["first", "total", "total_low", "total_high"]].clip(lower=0.0)
    shown = [[numbers.fixed(value, 2) for value in orders[name]] for name in ("first", "total")]
    return pd.DataFrame(
        {
            "label": table["input"].map(speech.input),
            "inner": orders["first"].clip(upper=orders["total"]),
            "outer": orders["total"],
            "low": orders["total_low"],
            "high": orders["total_high"],
            "text": [
                speech.label("chart.inputs.text", first=first, total=total) for first, total in zip(*shown, strict=True)
            ],
            "focus": [place == 0 for place in range(len(table))],
        }
    )
