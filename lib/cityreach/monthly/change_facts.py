"""Findings of an edition about change and about habits of posting, collected from the analysis in one order."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from cityreach import comparing
from cityreach.findings import Figure, Finding
from cityreach.insight import findings_changes, findings_habits, findings_places, ranking
from cityreach.monthly import compared
from cityreach.monthly.analysis import ROOT, TOP, Analysis

SHOWN = 3  # cities whose places on every platform are told, with those that lead one
MOST_SHOWN = 5


def collect(analysis: Analysis) -> list[Finding]:
    """Every finding of `findings_changes` and `findings_habits` that the edition's frames give."""
    told = findings_changes
    rules, changes = analysis.rules.changes, analysis.changes
    leaders = ranking.top(analysis.heads, analysis.edition.id, ROOT, TOP)["city_id"].tolist()
    near = ranking.top(analysis.heads, analysis.edition.id, ROOT, rules.near)["city_id"].tolist()
    sure = changes.loc[(changes["node"] == ROOT) & changes["carried"].fillna(False), "city_id"].tolist()
    runs = analysis.runs[analysis.runs["in_top"] < len(analysis.year)]
    return [
        *mover(analysis),
        *told.findings_unusual(changes, ROOT, rules=rules),
        *told.findings_yoy(analysis.year_on_year, ROOT, within=TOP),
        *told.findings_growth(analysis.common_totals),
        *told.findings_runs(runs, ROOT, near, least=rules.least_run, carried=sure),
        *told.findings_races(analysis.neighbours, ROOT, open_below=rules.race),
        *told.findings_presence(analysis.presence),
        *told.findings_of_places(analysis.now, _shown(analysis, leaders), (ROOT, *analysis.scored)),
        *told.findings_convergence(analysis.convergence),
        *_habits(analysis),
    ]


def mover(analysis: Analysis) -> list[Finding]:
    """`mover`, one at most."""
    return findings_changes.findings_mover(analysis.changes, ROOT, within=TOP, least=analysis.rules.changes.floor)


def _shown(analysis: Analysis, leaders: list[str]) -> list[str]:
    """The first of the composite, and then those that lead a platform, where there are several platforms."""
    if len(analysis.scored) < 2:
        return []
    profile = analysis.profile
    leading = set(profile.loc[profile["leads"], "city_id"])
    return [*leaders[:SHOWN], *(city for city in leaders[SHOWN:] if city in leading)][:MOST_SHOWN]


def _habits(analysis: Analysis) -> list[Finding]:
    told = findings_habits
    return [
        *told.findings_habits("time", analysis.times),
        *told.findings_habits("tag", analysis.tags),
        *told.findings_habits("language", analysis.languages),
        *told.findings_doubt(analysis.doubtful),
    ]


def entries(analysis: Analysis, node: str) -> list[Finding]:
    """`entry.*` of a node against the edition before; nothing where the two are not comparable.

    Of the composite all of them, of a platform those that came in. away: how long one that returns was out.
    """
    if analysis.before is None or not analysis.comparable(node):
        return []
    year = [each for each in analysis.chain if each.id in analysis.year]
    same = [each.id for each in year if compared.comparable(analysis, each, node)]
    found = comparing.entries(analysis.common_scores, same, node=node, top=TOP)
    known = analysis.changes.loc[analysis.changes["node"] == node, ["city_id", "carried"]]
    found = found.merge(known, on="city_id", how="left")
    if node != ROOT:
        found = found[found["kind"] != "out"]
    return [_with_absence(analysis, each, node) for each in findings_places.findings_entries(found, node)]


def _with_absence(analysis: Analysis, entry: Finding, node: str) -> Finding:
    runs = analysis.runs.set_index("city_id")["away"]
    away = runs.get(entry.subject)
    if entry.kind != "entry.return" or node != ROOT or pd.isna(away):
        return entry
    cell = Figure(int(away), "whole", "runs", f"{node}|{entry.subject}", "away")
    return replace(entry, figures=entry.figures | {"away": cell})
