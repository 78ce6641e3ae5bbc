"""All findings of an edition, collected from the analysis in one order; the prose says nothing that is not here."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from cityreach import intake
from cityreach.findings import ABS, CAP, Figure, Finding, fact
from cityreach.insight import (
    findings_content,
    findings_panel,
    findings_places,
    profiles,
    ranking,
    regions,
)
from cityreach.insight.make import ORDER_KINDS, finding
from cityreach.monthly import change_facts
from cityreach.monthly.analysis import ROOT, TOP, Analysis

MOVED = "moved"
ENGAGEMENT = ".engagement"  # ends the nodes of a platform's response


def collect(analysis: Analysis) -> list[Finding]:
    """Every finding that this edition may publish, read where the store keeps them."""
    found = analysis.frames.read_findings()
    return made(analysis) if found is None else found


def made(analysis: Analysis) -> list[Finding]:
    """The same, made from the analysis; none that implies an order where the edition publishes none."""
    found = [*edition_facts(analysis), *_content(analysis), *_panel(analysis), *change_facts.collect(analysis)]
    if analysis.edition.mode == "ordered":
        found = [*_places(analysis), *found]
    return [each for each in found if analysis.edition.mode == "ordered" or each.kind not in ORDER_KINDS]


def edition_facts(analysis: Analysis) -> list[Finding]:
    """What the edition itself is, as figures that prose may print: counts of cities, platforms, rows."""
    edition, log = analysis.edition, intake.load_log(analysis.edition.id)
    whole = {
        "cities": len(analysis.registry.panel(edition.panel)),
        "platforms": len(edition.platforms),
        "files": len(log.files),
        "lacking": len(log.missing_accounts),
        "summed": len(analysis.summed),
        "editions": len(analysis.year),
    }
    figures = {name: fact(name, value, "whole") for name, value in whole.items()}
    figures |= {name: fact(name, log.totals.get(name, 0), "exact") for name in ("rows", "kept", "quarantined")}
    figures |= {
        "period": fact("period", edition.window, "period"),
        "window": fact("period", edition.window, "span"),
        "first": fact("first", edition.window.first, "full_date"),
        "last": fact("last", edition.window.last, "date"),
        "counted": fact("counted", edition.counting_date, "full_date"),
        "method": fact("method", edition.method, "text"),
    }
    if analysis.before is not None and "panel" in analysis.reasons():
        figures["common"] = fact("common", int(analysis.common_scores["city_id"].nunique()), "whole")
    return [Finding("edition", "edition", edition.id, figures)]


def _places(analysis: Analysis) -> list[Finding]:
    found: list[Finding] = []
    for node in (ROOT, *analysis.scored):
        now = analysis.edition.id
        movers = ranking.movers(_carried(analysis, node), TOP)
        found += findings_places.findings_top(ranking.top(analysis.heads, now, node, TOP), node)
        found += findings_places.findings_gaps(analysis.gaps[analysis.gaps["node"] == node], node)
        found += [_with_size(each) for each in findings_places.findings_movers(movers, node)]
        found += [*_moved(analysis, node), *change_facts.entries(analysis, node)]
        found += findings_places.findings_break(node, analysis.reasons(node))
    return [*found, *_root_places(analysis), *_leaders(analysis)]


def _root_places(analysis: Analysis) -> list[Finding]:
    """What only the composite has: entries, the leader's streak, how firm places are, why scores moved."""
    leaders = ranking.top(analysis.heads, analysis.edition.id, ROOT, TOP)["city_id"].tolist()
    found = [*findings_places.findings_firm(analysis.intervals, leaders, ROOT), *_regulars(analysis)]
    found += findings_places.findings_ahead(analysis.neighbours, ROOT)
    found += findings_places.findings_streak(ranking.streak(analysis.heads, analysis.year, ROOT), ROOT)
    for mover in change_facts.mover(analysis):
        why = findings_places.findings_why(analysis.contributions(mover.subject), mover.subject, ROOT)
        found += [_with_size(each) for each in why]
    return found


def _carried(analysis: Analysis, node: str) -> pd.DataFrame:
    """The moves of a node that other weights carry: no other is called a rise or a fall."""
    moves = analysis.changes
    return moves[(moves["node"] == node) & moves["carried"].fillna(False).astype(bool)].reset_index(drop=True)


def _with_size(found: Finding) -> Finding:
    """The finding with the size of its change, without sign, as a figure of its own."""
    change = found.figures["change"]
    return replace(found, figures=found.figures | {"size": _size(change)})


def _size(change: Figure) -> Figure:
    return replace(change, value=abs(change.value), derived=ABS)


def _regulars(analysis: Analysis) -> list[Finding]:
    """`regulars`: the cities that stood in the first ten in every edition of the year."""
    scores = analysis.heads
    inside = scores[(scores["node"] == ROOT) & (scores["rank"] <= TOP) & scores["edition"].isin(analysis.year)]
    times = inside["city_id"].value_counts()
    cities = sorted(times.index[times == len(analysis.year)])
    if len(analysis.year) < 3 or not cities:
        return []
    figures = {
        "cities": fact("regulars.cities", len(cities), "whole"),
        "editions": fact("editions", len(analysis.year), "whole"),
    }
    return [Finding("regulars", "regulars", ROOT, figures, {"cities": cities})]


def _leaders(analysis: Analysis) -> list[Finding]:
    """`leaders`: how many cities share the first places of the platforms."""
    leads = analysis.profile[analysis.profile["leads"]]
    platforms = analysis.scored
    if len(platforms) < 2 or leads.empty:
        return []
    cities = sorted(set(leads["city_id"]))
    figures = {
        "cities": fact("leaders.cities", len(cities), "whole"),
        "platforms": fact("leaders.platforms", len(platforms), "whole"),
    }
    pairs = [
        [platform, city]
        for platform in platforms
        for city in leads.loc[leads["platform"] == platform, "city_id"].sort_values()
    ]
    return [Finding("leaders", "leaders", ROOT, figures, {"cities": cities, "pairs": pairs})]


def _moved(analysis: Analysis, node: str) -> list[Finding]:
    """`moved`: change in places of each of the first ten (0 where it kept its place), where that may be shown."""
    moves = analysis.changes[analysis.changes["node"] == node]
    columns = ["city_id", "rank", "rank_before", "change", "carried"]
    inside = moves[(moves["rank"] <= TOP).fillna(False) & moves["change"].notna()]
    return [
        finding(
            MOVED,
            city,
            {
                "change": _size(Figure(int(change), "places", "movements", f"{node}|{city}", "change")),
                "before": Figure(int(before), "rank", "movements", f"{node}|{city}", "rank_before"),
                "rank": Figure(int(rank), "rank", "movements", f"{node}|{city}", "rank"),
            },
            node=node,
            scope=node,
            way="up" if change > 0 else "down" if change < 0 else "same",
            carried=None if pd.isna(carried) else bool(carried),
        )
        for city, rank, before, change, carried in inside[columns].itertuples(index=False)
    ]


def _content(analysis: Analysis) -> list[Finding]:
    """Case posts, themes, drivers, labels, formats, staying power."""
    content = findings_content
    return [
        *(_bounded(each, analysis.rules.cases.most_lift) for each in content.findings_cases(analysis.cases)),
        *content.findings_themes(analysis.theme_table),
        *(each for each in content.findings_drivers(analysis.drivers) if _bears_out(analysis, each)),
        *content.findings_labels(analysis.labels),
        *content.findings_formats(analysis.formats),
        *content.findings_staying(analysis.staying),
    ]


def _bears_out(analysis: Analysis, driver: Finding) -> bool:
    """Whether the decomposition carries a driver: the theme's share grew, the score rose, and engagement raised it."""
    parts = analysis.first_parts
    if "node" not in parts or driver.figures["change"].value <= 0:
        return False
    mine = parts[parts["city_id"] == driver.subject]
    engagement = mine.loc[mine["node"].str.endswith(ENGAGEMENT), "change"].sum()
    score = mine.loc[mine["level"] == 0, "change"].sum()
    return bool(engagement > 0 and score >= analysis.rules.changes.floor)


def _bounded(case: Finding, most: float) -> Finding:
    """The case with its lift cut at `most` and `over` said: beyond it a ratio says more about chance than reach.

    counted: the counting date once more, which its sentence prints shorter than its note.
    """
    lift = case.figures.get("lift")
    over = lift is not None and lift.value > most
    figures = case.figures | {"counted": case.figures["counted_at"]}
    figures |= {"lift": replace(lift, value=most, derived=f"{CAP} {most:g}")} if lift and over else {}
    return replace(case, figures=figures, words=case.words | {"over": over})


def _panel(analysis: Analysis) -> list[Finding]:
    """Totals, concentration, regions, profiles, coverage."""
    panel, cities = findings_panel, analysis.registry.cities
    found = [
        *panel.findings_totals(analysis.totals),
        *panel.findings_concentration(analysis.concentration),
        *panel.findings_regions(analysis.regions("region")),
        *panel.findings_regions(analysis.regions("tier")),
        *panel.findings_leaders(analysis.profile, analysis.scored),
        *panel.findings_coverage(analysis.coverage),
    ]
    leaders = ranking.top(analysis.heads, analysis.edition.id, ROOT, TOP)["city_id"].tolist()
    for province in sorted(set(cities.loc[leaders, "province_zh"])):
        squad = regions.squad(analysis.heads, cities, analysis.edition.id, province, ROOT)
        found += [_with_number(each) for each in panel.findings_squad(squad, province)]
    shape = profiles.platform_shape(analysis.profile, rules=analysis.rules.profiles)
    return [*found, *panel.findings_shape(shape, analysis.profile, leaders)]


def _with_number(squad: Finding) -> Finding:
    """The squad with the number of its cities as a figure."""
    number = Figure(len(squad.words["cities"]), "whole", "regions", f"province_zh|{squad.subject}", "top10")
    return replace(squad, figures=squad.figures | {"n": number})
