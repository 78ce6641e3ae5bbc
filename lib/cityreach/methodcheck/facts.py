"""The facts that the method check states, as findings; a figure names the table of the page it can be read in."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd

from cityreach.findings import Figure, Finding
from cityreach.methodcheck import analysis
from cityreach.methodcheck.checked import TOP, Checked

WEAK, REDUNDANT = 0.3, 0.92  # correlations from which a part hardly goes with the whole, or two parts say the same


def of(checked: Checked) -> dict[str, Finding]:
    """All findings of the page by id; those on firmness only where the plan can be run."""
    found = [
        _edition(checked),
        _framework(checked),
        _scales(checked),
        *_relations(checked),
        *_without(checked),
        *_methods(checked),
    ]
    if not checked.refused:
        found += [_firm(checked), _pairs(checked), _inputs(checked)]
    return {finding.id: finding for finding in found}


def exact(value: Any, table: str = "", row: str = "", column: str = "") -> Figure:
    """A whole number that is printed to its last digit."""
    return Figure(int(value), "exact", table, row, column)


def _edition(checked: Checked) -> Finding:
    edition = checked.material.edition
    figures = {
        "cities": exact(len(checked.heads)),
        "editions": exact(len(checked.material.chain)),
        "period": Figure(edition.window, "period"),
        "counted": Figure(edition.counting_date, "full_date"),
    }
    return Finding("edition", "edition", edition.id, figures)


def _framework(checked: Checked) -> Finding:
    """The tree: how many nodes at each level, the heaviest branch and leaf, the lightest leaf."""
    table = checked.framework
    tops, leaves = table[table["depth"] == 1], table[table["leaf"]]
    top, heavy, light = (_row_of(frame, "share", low=low) for frame, low in ((tops, 0), (leaves, 0), (leaves, 1)))
    figures = {
        "levels": exact(table["depth"].max()),
        "branches": exact(len(tops)),
        "leaves": exact(len(leaves)),
        "alone": exact(len(_alone(checked))),
        **{
            name: Figure(float(row["share"]), "fine_share", "framework", str(row["path"]), "share")
            for name, row in (("top", top), ("heaviest", heavy), ("lightest", light))
        },
    }
    words = {"top": top["path"], "heaviest": heavy["path"], "lightest": light["path"], "alone": _alone(checked)}
    return Finding("framework", "framework", checked.material.method.name, figures, words)


def _alone(checked: Checked) -> list[str]:
    """Branches of the first level that are ranked by themselves."""
    return [path for path, node in checked.nodes.items() if node.depth == 1 and node.outside]


def _row_of(frame: pd.DataFrame, column: str, *, low: int = 0) -> Any:
    """The row with the highest value (the lowest where asked for), the first of several."""
    values = frame[column]
    return frame.iloc[int(values.argmin() if low else values.argmax())]


def _scales(checked: Checked) -> Finding:
    """Skewness before and after, and how many cities stand at the ends of the scales."""
    table = checked.leaves
    low, high = (_row_of(table, name) for name in ("at_low", "at_high"))
    counted = table["cities"].sum()
    figures = {
        "leaves": exact(len(table), "leaves"),
        "skewed_before": exact(table["skewed_before"].sum(), "leaves", "", "skew_before"),
        "skewed_after": exact(table["skewed_after"].sum(), "leaves", "", "skew_after"),
        "made": exact((table["skewed_after"] & ~table["skewed_before"]).sum(), "leaves", "", "skew_after"),
        "limit": exact(analysis.SKEWNESS),
        "low": Figure(_pooled(table, "at_low"), "fine_share", "leaves", "", "at_low"),
        "high": Figure(_pooled(table, "at_high"), "fine_share", "leaves", "", "at_high"),
        "low_most": Figure(float(low["at_low"]), "fine_share", "leaves", str(low["path"]), "at_low"),
        "high_most": Figure(float(high["at_high"]), "fine_share", "leaves", str(high["path"]), "at_high"),
        "scores": exact(counted, "leaves", "", "cities"),
    }
    words = {"low": low["path"], "high": high["path"], "logs": _all_logs(checked)}
    words["skewed"] = list(table.loc[table["skewed_after"], "path"])
    words["fixed"] = checked.material.method.fixed_scale
    return Finding("scales", "scales", figures=figures, words=words)


def _all_logs(checked: Checked) -> bool:
    """Whether every indicator of the edition is taken as a logarithm."""
    known = [node.indicator for node in checked.nodes.values() if node.indicator is not None]
    return all(indicator.transform.by.startswith("log") for indicator in known)


def _pooled(table: pd.DataFrame, column: str) -> float:
    """The share of all scores that stand at a bound."""
    total = table["cities"].sum()
    return float((table[column] * table["cities"]).sum() / total) if total else 0.0


def _relations(checked: Checked) -> Iterable[Finding]:
    """Which branch goes with the composite most and least, and which two are closest; none for a single branch."""
    root, table = checked.material.method.root, checked.relations.dropna(subset=["r"])
    whole, among = table[table["other"] == root], table[table["other"] != root]
    if whole.empty or among.empty:
        return
    most, least, close = _row_of(whole, "r"), _row_of(whole, "r", low=1), _row_of(among, "r")
    parts = checked.parts.dropna(subset=["r"])
    figures = {
        "branches": exact(len(whole)),
        **{
            name: Figure(float(row["r"]), "decimal", "relations", str(row["path"]), str(row["other"]))
            for name, row in (("most", most), ("least", least), ("close", close))
        },
        "parts": exact(len(parts)),
        "weak": exact((parts["r"] < WEAK).sum()),
        "limit": Figure(WEAK, "decimal"),
        "redundant": exact((among["r"] >= REDUNDANT).sum() // 2),
        "much": Figure(REDUNDANT, "decimal"),
    }
    words: dict[str, Any] = {"most": most["path"], "least": least["path"], "close": [close["path"], close["other"]]}
    if len(parts):
        low = _row_of(parts, "r", low=1)
        figures["part"] = Figure(float(low["r"]), "decimal", "parts", str(low["path"]), "r")
        words["part"] = low["path"]
    yield Finding("relations", "relations", figures=figures, words=words)


def _without(checked: Checked) -> Iterable[Finding]:
    """What happens to the places when a part is left out; none where nothing can be left out."""
    table = checked.without.dropna(subset=["mean_shift"])
    if table.empty:
        return
    tops, parts = table[table["level"] == 1], table[table["level"] == 2]
    figures: dict[str, Figure] = {}
    words: dict[str, Any] = {}
    for start, frame in (("", tops if len(tops) else parts), ("part_", parts if len(tops) else tops)):
        for place, low in (("most", 0), ("least", 1)) if len(frame) else ():
            row, name = _row_of(frame, "mean_shift", low=low), f"{start}{place}"
            figures[name] = Figure(float(row["mean_shift"]), "score", "without", str(row["node"]), "mean_shift")
            figures[f"{name}_moved"] = exact(row["max_shift"], "without", str(row["node"]), "max_shift")
            words |= {name: row["node"], f"{name}_city": row["unit"]}
    yield Finding("without", "without", figures=figures, words=words)


def _methods(checked: Checked) -> Iterable[Finding]:
    """What other methods would make of the places: the farthest and the nearest, and what holds under all of them."""
    if checked.methods is None:
        return
    table, units, top = checked.methods.options, checked.methods.units, checked.methods.top
    inside = units[units["rank"] <= top]
    first = units.loc[units["rank"] == 1, "unit"].min()
    always = (units.loc[units["unit"] == first, "rank_there"] == 1).sum()
    stay = (inside["rank_there"] <= top).fillna(False).groupby(inside["unit"]).all()
    rows = {place: _row_of(table, "mean_shift", low=low) for place, low in (("most", 0), ("least", 1))}
    figures = {
        "methods": exact(len(table), "methods"),
        "first": exact(always, "methods"),
        "top": exact(len(stay), "methods"),
        "stay": exact(stay.sum(), "methods"),
        "spearman": Figure(float(rows["most"]["spearman"]), "decimal", "methods", "", "spearman"),
    }
    for place, row in rows.items():
        key = f"{row['input']}|{row['option']}"
        figures[place] = Figure(float(row["mean_shift"]), "score", "methods", key, "mean_shift")
        figures[f"{place}_moved"] = exact(row["max_shift"], "methods", key, "max_shift")
    words = {place: [row["input"], row["option"]] for place, row in rows.items()}
    yield Finding(
        "methods", "methods", figures=figures, words={**words, "first": first, "most_city": rows["most"]["unit"]}
    )


def _firm(checked: Checked) -> Finding:
    """The intervals of the first places."""
    table = checked.firm
    wide, first = _row_of(table, "width"), table.iloc[0]
    figures = {
        "top": exact(min(TOP, len(table)), "intervals"),
        "draws": exact(len(checked.draws)),
        "fixed": exact((table["width"] == 0).sum(), "intervals"),
        "within": exact((table["width"] <= 2).sum(), "intervals"),
        "two": exact(2),
        "p_first": Figure(float(first["p_first"]), "fine_share", "intervals", str(first["unit"]), "p_first"),
        **{
            name: Figure(int(wide[name]), "rank", "intervals", str(wide["unit"]), name)
            for name in ("rank", "low", "high")
        },
        "secure": exact(((table["rank"] <= 10) & (table["p_top10"] >= analysis.SURE)).sum(), "intervals"),
        "ten": exact(min(10, len(table))),
        "sure": Figure(analysis.SURE, "share"),
    }
    return Finding("firm", "firm", figures=figures, words={"first": first["unit"], "wide": wide["unit"]})


def _pairs(checked: Checked) -> Finding:
    """Which neighbours are really in their order."""
    table = checked.pairs
    verdicts = table["verdict"].value_counts()
    figures = {"pairs": exact(len(table), "pairs"), "sure": Figure(analysis.SURE, "share")}
    figures |= {
        name: exact(verdicts.get(name, 0), "pairs", "", "verdict") for name in ("firm", "likely", "open", "turned")
    }
    figures["open_below"] = Figure(analysis.OPEN, "share")
    words: dict[str, Any] = {"turned": [], "closest": []}
    if len(table):
        closest = table.iloc[int((table["p_ahead"] - 0.5).abs().argmin())]
        figures["closest"] = Figure(float(closest["p_ahead"]), "fine_share", "pairs", str(closest["unit_a"]), "p_ahead")
        turned = table[table["verdict"] == "turned"]
        words = {
            "closest": [closest["unit_a"], closest["unit_b"]],
            "turned": [list(pair) for pair in zip(turned["unit_a"], turned["unit_b"], strict=True)],
        }
    return Finding("pairs", "pairs", figures=figures, words=words)


def _inputs(checked: Checked) -> Finding:
    """What places hang on most and least."""
    table, found = checked.inputs, checked.sensitivity
    figures = {
        "inputs": exact(len(checked.study.inputs), "inputs"),
        "runs": exact(found.runs),
        "shift": Figure(found.mean_shift, "score"),
    }
    words: dict[str, Any] = {"order": list(table["input"])}
    for place, row in enumerate(table.to_dict("records"), start=1):
        for order in ("first", "total"):
            figures[f"{order}_{place}"] = Figure(max(float(row[order]), 0.0), "decimal", "inputs", row["input"], order)
    return Finding("inputs", "inputs", figures=figures, words=words)
