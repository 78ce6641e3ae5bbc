"""The facts that the report on the published record states, as findings; every figure names its table cell."""

from __future__ import annotations

from typing import Any

import pandas as pd

from cityreach.errors import DataError
from cityreach.findings import Figure, Finding
from cityreach.published import analysis, words
from cityreach.published.facts import Facts

EARLIER, LATER = "2025-02", "2025-03"  # the only neighbouring issues whose order is fully published
SPREAD = "2025-05"  # the one issue with a city's places on four platforms
TOTAL, EACH = "互动量", "互动率(篇均互动)"
EXACT_DAY = r"\d{4}-\d\d-\d\d"


def of(facts: Facts, lang: str) -> dict[str, Finding]:
    """All findings of the report by id; names are in the report's language."""
    found = [
        _scope(facts), *_kinds(facts, lang), *_issues(facts, lang), *_standing(facts, lang), *_movements(facts, lang),
        *_platforms(facts, lang), _cases(facts), *_agreement(facts, lang), *_traps(facts, lang),
    ]  # fmt: skip
    return {finding.id: finding for finding in found}


def _whole(value: Any, table: str, row: str = "", column: str = "", *, unit: str = "whole") -> Figure:
    plain = float(value) if unit == "decimal" else int(value)
    return Figure(plain, unit, table, row, column)


def _names(facts: Facts, cities: Any, lang: str) -> list[str]:
    return [facts.name(str(city), lang) for city in cities]


def _scope(facts: Facts) -> Finding:
    sources = pd.concat([facts.rankings["source_title"], facts.posts["source_title"]]).nunique()
    placed = facts.rankings["place"].notna().sum()
    figures = {
        "indices": _whole(len(facts.known.indices), "indices"),
        "lists": _whole(len(analysis.lists(facts.rankings)), "rankings"),
        "rows": _whole(len(facts.rankings), "rankings"),
        "places": _whole(placed, "rankings", column="place"),
        "unplaced": _whole(len(facts.rankings) - placed, "rankings", column="place"),
        "cases": _whole(len(facts.posts), "cases"),
        "sources": _whole(sources, "rankings", column="source"),
    }
    return Finding("scope", "summary.scope", figures=figures)


def _kinds(facts: Facts, lang: str) -> list[Finding]:
    measured = pd.Series([index.measures for index in facts.known.indices]).value_counts()
    accounts, coverage = measured["accounts"], measured["coverage"]
    figures = {
        "accounts": _whole(accounts, "indices", "accounts", "measures"),
        "coverage": _whole(coverage, "indices", "coverage", "measures"),
        "rest": _whole(measured.sum() - accounts - coverage, "indices", column="measures"),
    }
    weighted = [index.short[lang] for index in facts.known.indices if index.weights]
    return [
        Finding("kinds", "overview.what", figures=figures),
        Finding("weights", "overview.weights", words={"weights": weighted}),
    ]


def _issues(facts: Facts, lang: str) -> list[Finding]:
    table = analysis.editions_table(facts)
    by_order = {
        order: [words.edition(edition, lang) for edition in group["edition"]] for order, group in table.groupby("order")
    }
    known = [words.edition(edition, lang) for edition in table["edition"]]
    figures = {
        "issues": _whole(len(table), "issues"),
        "found": _whole((table["order"] != "none").sum(), "issues", column="found"),
        "full": _whole(len(by_order["yes"]), "issues", "yes", "order"),
        "breaks": _whole(len(facts.known.breaks), "issues", column="cities"),
    }
    named = {
        "first": known[0], "last": known[-1], "partly": by_order["partly"], "random": by_order["no"],
        "missing": by_order["none"],
    }  # fmt: skip
    panels = [int(value) for value in table["cities"].dropna().unique()]
    sizes = {
        name: _whole(size, "issues", column="cities")
        for name, size in zip(("first", "second", "third"), panels, strict=True)
    }
    breaks = [_break(one, lang) for one in facts.known.breaks]
    return [
        Finding("issues", "issues.text", figures=figures, words=named),
        Finding("panels", "summary.breaks", figures=sizes),
        *breaks,
    ]


def _break(one: Any, lang: str) -> Finding:
    named = {
        "after": words.edition(one.after, lang),
        "before": words.edition(one.before, lang),
        "what": one.what[lang],
    }
    return Finding(f"break.{one.before}", "issues.break", one.before, words=named)


def _standing(facts: Facts, lang: str) -> list[Finding]:
    table, seen = analysis.editions_table(facts), analysis.appearances(facts)
    full = int((table["order"] == "yes").sum())
    always, once = seen.loc[seen["listed"] == full, "city"], seen.loc[seen["listed"] == 1, "city"]
    composite = facts.main[facts.main["scope"] == "composite"]
    firsts = composite.loc[composite["place"] == 1, "city"].unique()
    figures = {
        "full": _whole(full, "issues", "yes", "order"),
        "always": _whole(len(always), "history", column="place"),
        "derived": _whole(len(facts.known.derived), "issues"),
        "found": _whole((table["order"] != "none").sum(), "issues", column="found"),
        "issues": _whole(len(table), "issues"),
    }
    named = {
        "always": _names(facts, always, lang), "once": _names(facts, once, lang), "firsts": _names(facts, firsts, lang),
    }  # fmt: skip
    derived = [_derived(facts, one, lang) for one in facts.known.derived]
    return [Finding("standing", "history.text", figures=figures, words=named), _random(facts, always, lang), *derived]


def _random(facts: Facts, always: pd.Series, lang: str) -> Finding:
    """Who is new in the lists without order, and who of the constant members is not in them."""
    history = analysis.rank_history(facts)
    listed = history[history["state"] == "listed"]
    known = set(history.loc[history["state"] == "known", "city"])
    named = {
        "edition": [words.edition(edition, lang) for edition in listed["edition"].unique()],
        "came": _names(facts, [city for city in listed["city"] if city not in known], lang),
        "gone": _names(facts, [city for city in always if city not in set(listed["city"])], lang),
    }
    return Finding("random", "history.random", words=named)


def _derived(facts: Facts, one: Any, lang: str) -> Finding:
    figures = {
        "rank": _whole(one.rank, "issues", one.edition, unit="rank"),
        "seen": _whole(one.seen_rank, "history", f"{one.seen_in}|{one.city}", "place", unit="rank"),
        "change": _whole(one.change, "issues", one.edition, unit="places"),
    }
    named = {
        "edition": words.edition(one.edition, lang),
        "seen": words.edition(one.seen_in, lang),
        "city": facts.name(one.city, lang),
    }
    kind = "history.derived_up" if one.change else "history.derived_level"
    return Finding(f"derived.{one.edition}", kind, one.city, figures, named)


def moved(facts: Facts) -> pd.DataFrame:
    """The movement table of EARLIER and LATER; DataError where a break of the composite lies between them."""
    if analysis.break_between(facts.known, EARLIER, LATER):
        raise DataError(
            f"data/published/indices.yml: `breaks` has a break of the composite between {EARLIER} and {LATER}, so no "
            "movement may be shown. Correct the break, or name two other issues in published/findings.py."
        )
    before, after = (analysis.top(facts.rankings, facts.known.main, edition) for edition in (EARLIER, LATER))
    return analysis.movements(before, after)


def _movements(facts: Facts, lang: str) -> list[Finding]:
    table = moved(facts)
    leader = table.iloc[0]
    came, left = (table.loc[table["kind"] == kind, "city"] for kind in ("new", "out"))
    figures = {
        "before": _whole(leader["before"], "movements", leader["city"], "before", unit="rank"),
        "after": _whole(leader["after"], "movements", leader["city"], "after", unit="rank"),
        "new": _whole(len(came), "movements", "new", "kind"),
        "out": _whole(len(left), "movements", "out", "kind"),
    }
    named = {
        "leader": facts.name(leader["city"], lang), "new": _names(facts, came, lang), "out": _names(facts, left, lang),
        "earlier": words.edition(EARLIER, lang), "later": words.edition(LATER, lang),
        "stated": words.edition(SPREAD, lang),
    }  # fmt: skip
    return [
        Finding("movements", "summary.movement", figures=figures, words=named),
        *[_movement(facts, row, lang) for row in table.itertuples()],
    ]


def _movement(facts: Facts, row: Any, lang: str) -> Finding:
    figures = {
        column: _whole(getattr(row, column), "movements", row.city, column, unit="rank")
        for column in ("before", "after")
        if not pd.isna(getattr(row, column))
    }
    return Finding(
        f"movement.{row.city}", f"movements.{row.kind}", row.city, figures, {"city": facts.name(row.city, lang)}
    )


def _platforms(facts: Facts, lang: str) -> list[Finding]:
    places = analysis.platform_places(facts)
    placed = places[places["place"].notna()]
    sets = places[places["place"].isna()].drop_duplicates(["edition", "scope"])
    figures = {
        "known": _whole(len(placed), "rankings", column="place"),
        "sets": _whole(len(sets), "rankings", column="ordered"),
    }
    return [
        Finding(
            "platforms",
            "platforms.text",
            figures=figures,
            words={"cities": _names(facts, placed["city"].unique(), lang)},
        ),
        _spread(facts, lang),
    ]


def _spread(facts: Facts, lang: str) -> Finding:
    """The city of which one issue tells the places on several platforms."""
    issue = facts.main[(facts.main["edition"] == SPREAD) & facts.main["place"].notna()]
    city = issue.loc[issue["scope"] != "composite", "city"].mode().iloc[0]
    rows = issue[issue["city"] == city]
    figures = {
        row.scope: _whole(row.place, "rankings", f"{SPREAD}|{row.scope}|{city}", "place", unit="rank")
        for row in rows.itertuples()
    }
    named = {"edition": words.edition(SPREAD, lang), "city": facts.name(city, lang)}
    return Finding("spread", "platforms.spread", city, figures, named)


def _cases(facts: Facts) -> Finding:
    main = ~facts.posts["city"].isin(list(facts.known.names))
    figures = {
        "rows": _whole(len(facts.posts), "cases"),
        "main": _whole(main.sum(), "cases", column="city"),
        "valued": _whole((facts.posts["value"] != "").sum(), "cases", column="value"),
        "dated": _whole(facts.posts["post_date"].str.fullmatch(EXACT_DAY).sum(), "cases", column="post_date"),
    }
    return Finding("cases", "cases.text", figures=figures)


def main_pairs(facts: Facts) -> pd.DataFrame:
    """The pairs of `analysis.agreement` that hold the main index and lists of ten, nearest in order first."""
    pairs = analysis.agreement(facts)
    chosen = pairs[(pairs["index_a"] == facts.known.main) & (pairs["size"] == analysis.TOP)]
    return chosen.sort_values(["shared", "tau"], ascending=False, kind="stable").reset_index(drop=True)


def _agreement(facts: Facts, lang: str) -> list[Finding]:
    pairs = main_pairs(facts)
    first, rest = pairs.iloc[0], pairs.iloc[1:]
    row = f"{first['index_a']}|{first['index_b']}"
    figures = {
        "nearest_shared": _whole(first["shared"], "agreement", row, "shared"),
        "nearest_common": _whole(first["common"], "agreement", row, "common"),
        "nearest_tau": _whole(first["tau"], "agreement", row, "tau", unit="decimal"),
        "others": _whole(len(rest), "agreement", column="index_b"),
        "other_shared": _whole(rest["shared"].max(), "agreement", column="shared"),
        "low": _whole(rest["tau"].min(), "agreement", column="tau", unit="decimal"),
        "high": _whole(rest["tau"].max(), "agreement", column="tau", unit="decimal"),
        "least": _whole(analysis.LEAST_COMMON, "agreement", column="common"),
    }
    return [
        Finding(
            "agreement",
            "summary.agreement",
            figures=figures,
            words={"nearest": facts.known.index(first["index_b"]).short[lang]},
        )
    ]


def _traps(facts: Facts, lang: str) -> list[Finding]:
    return [
        _wrong_name(facts, lang),
        _unresolved(facts, lang),
        _bases(facts, lang),
        _per_post(facts, lang),
        _unordered(facts, lang),
    ]


def _wrong_name(facts: Facts, lang: str) -> Finding:
    claim = facts.known.claims.cangzhou
    composite = facts.main[facts.main["scope"] == "composite"]
    elsewhere = composite.loc[composite["city"] == claim.mistaken, "edition"]
    row = f"{claim.edition}|composite|{claim.listed}"
    named = {
        "edition": words.edition(claim.edition, lang), "listed": claim.listed, "mistaken": claim.mistaken,
        "listed_en": facts.names[claim.listed], "printed": claim.printed,
        "elsewhere": [words.edition(edition, lang) for edition in elsewhere],
    }  # fmt: skip
    figures = {"rank": _whole(claim.rank, "rankings", row, "place", unit="rank")}
    return Finding("trap.name", "traps.name", claim.listed, figures, named)


def _unresolved(facts: Facts, lang: str) -> Finding:
    rows = facts.rankings[facts.rankings["city"].str.startswith("Fuzhou")]
    return Finding("trap.fuzhou", "traps.fuzhou", words={"edition": words.edition(rows["edition"].iloc[0], lang)})


def _bases(facts: Facts, lang: str) -> Finding:
    claim = facts.known.claims.shenzhen
    row = f"{claim.edition}|composite|{claim.city}"
    figures = {
        "before": _whole(claim.before, "indices", claim.index, unit="rank"),
        "after": _whole(claim.after, "rankings", row, "place", unit="rank"),
        "others": _whole(claim.others, "indices", claim.index, "base"),
        "worst": _whole(claim.mainland_best + claim.others, "indices", claim.index, unit="rank"),
    }
    named = {"index": "CICI", "edition": words.edition(claim.edition, lang), "city": facts.name(claim.city, lang)}
    return Finding("trap.bases", "traps.bases", claim.city, figures, named)


def _per_post(facts: Facts, lang: str) -> Finding:
    """Total interactions over interactions per post, which gives the number of posts."""
    posts = facts.posts[~facts.posts["city"].isin(list(facts.known.names))].set_index("metric")
    total, each = (float(str(posts.at[metric, "value"])) for metric in (TOTAL, EACH))
    first = posts.loc[TOTAL]
    figures = {
        "interactions": Figure(f"{total:,.0f}", "text", "cases", TOTAL, "value"),
        "per_post": Figure(f"{each:,.2f}", "text", "cases", EACH, "value"),
        "posts": _whole(round(total / each), "cases", TOTAL, "value"),
    }
    named = {"edition": words.edition(str(first["edition"]), lang), "city": facts.name(str(first["city"]), lang)}
    return Finding("trap.rate", "traps.rate", str(first["city"]), figures, named)


def _unordered(facts: Facts, lang: str) -> Finding:
    lists = analysis.lists(facts.rankings)
    table = analysis.editions_table(facts)
    named = {"random": [words.edition(edition, lang) for edition in table.loc[table["order"] == "no", "edition"]]}
    silent = (lists["ordered"] == "no") & ~((lists["index_id"] == facts.known.main) & (lists["scope"] == "composite"))
    figures = {
        "sets": _whole(silent.sum(), "rankings", "no", "ordered"),
        "unclear": _whole((lists["ordered"] == "unclear").sum(), "rankings", "unclear", "ordered"),
    }
    return Finding("trap.order", "traps.order", figures=figures, words=named)
