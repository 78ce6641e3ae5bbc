"""The facts that the data quality page states, as findings; a figure names the table of the page it can be read in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd

from cityreach.findings import Figure, Finding
from cityreach.intake.drops import follower_drops
from cityreach.quality import analysis, anomalies
from cityreach.quality.analysis import each
from cityreach.quality.anomalies import Test
from cityreach.quality.received import Received, quarantine_csv


@dataclass(frozen=True)
class Checked:
    """An edition's data with everything that was worked out about them."""

    received: Received

    @cached_property
    def files(self) -> pd.DataFrame:
        return analysis.files(self.received.log)

    @cached_property
    def reasons(self) -> pd.DataFrame:
        return analysis.reasons(self.received.log)

    @cached_property
    def refused(self) -> pd.DataFrame:
        """The quarantine by reason."""
        return analysis.by_reason(self.reasons)

    @cached_property
    def states(self) -> pd.DataFrame:
        return analysis.coverage(self.received.metrics, self.received.edition.platforms)

    @cached_property
    def accounts(self) -> pd.DataFrame:
        received = self.received
        return analysis.accounts(received.expected, received.log.seen_accounts, received.edition.platforms)

    @cached_property
    def dark(self) -> list[str]:
        return analysis.dark_cities(self.received.metrics)

    @cached_property
    def lacking(self) -> pd.DataFrame:
        """City × platform without its export."""
        metrics = self.received.metrics
        return metrics[metrics["status"] == "missing"]

    @cached_property
    def absent(self) -> pd.DataFrame:
        """The accounts of the panel that no export names."""
        expected = self.received.expected
        return expected[~expected.index.isin(self.received.log.seen_accounts)]

    @cached_property
    def daily(self) -> pd.DataFrame:
        edition = self.received.edition
        return analysis.daily(self.received.posts, edition.window, edition.platforms)

    @cached_property
    def rhythm(self) -> pd.DataFrame:
        return analysis.rhythm(self.daily)

    @cached_property
    def spans(self) -> pd.DataFrame:
        return analysis.spans(self.received.log, self.received.posts, self.received.edition.window)

    @cached_property
    def moves(self) -> pd.DataFrame | None:
        """Followers against the edition before; None where there is none in the store."""
        before = self.received.followers_before
        return None if before is None else analysis.follower_moves(self.received.snapshots, before)

    @cached_property
    def drops(self) -> pd.DataFrame:
        """Falls beyond the band; empty without an edition before."""
        received = self.received
        before = received.snapshots.iloc[:0] if received.followers_before is None else received.followers_before
        return follower_drops(received.snapshots, before, band=received.edition.gates.follower_drop)

    @cached_property
    def tests(self) -> list[Test]:
        return anomalies.tests(self.received.posts, self.received.history, self.received.rules)


def of(checked: Checked) -> dict[str, Finding]:
    """All findings of the page by id."""
    found = [
        _edition(checked), _rows(checked), _seen(checked), *_platforms(checked), _days(checked), *_rhythms(checked),
        _followers(checked), _odd(checked), *_tests(checked), *_refused(checked), *_gates(checked),
    ]  # fmt: skip
    return {finding.id: finding for finding in found}


def exact(value: Any, table: str = "", row: str = "", column: str = "") -> Figure:
    """A whole number that is printed to its last digit."""
    return Figure(int(value), "exact", table, row, column)


def _edition(checked: Checked) -> Finding:
    edition = checked.received.edition
    figures = {
        "cities": exact(len(checked.received.registry.panel(edition.panel))),
        "platforms": exact(len(edition.platforms)),
        "period": Figure(edition.window, "period"),
        "counted": Figure(edition.counting_date, "full_date"),
        "days": exact(edition.window.days),
    }
    return Finding("edition", "edition", edition.id, figures, {"single": len(edition.platforms) == 1})


def _rows(checked: Checked) -> Finding:
    """What became of the rows of all files."""
    table = checked.files
    figures = {name: exact(table[name].sum(), "rows", "", name) for name in analysis.COUNTS.values()}
    figures |= {
        "files": exact(table["file"].nunique(), "files"),
        "formats": exact(table["format"].nunique(), "files", "", "format"),
        "untested": exact(table["untested"].sum(), "files", "", "format"),
        "quarantine_share": Figure(_share(table["quarantined"].sum(), table["rows"].sum()), "share"),
    }
    reasons = list(dict.fromkeys(checked.reasons.loc[checked.reasons["fate"] == "left_out", "reason"]))
    return Finding("rows", "rows", figures=figures, words={"left_out": reasons})


def _share(part: Any, whole: Any) -> float:
    return float(part) / float(whole) if whole else 0.0


def _seen(checked: Checked) -> Finding:
    """Accounts and cities, expected and seen."""
    table, states = checked.accounts, checked.states
    expected, seen = table["expected"].sum(), table["seen"].sum()
    figures = {
        "expected": exact(expected, "coverage", "", "expected"),
        "seen": exact(seen, "coverage", "", "seen"),
        "absent": exact(expected - seen, "coverage"),
        "seen_share": Figure(_share(seen, expected), "change"),
        "missing": exact(states["missing"].sum(), "coverage", "", "missing"),
        "silent": exact(states["silent"].sum(), "coverage", "", "silent"),
        "missing_cities": exact(checked.lacking["city_id"].nunique(), "coverage", "", "missing"),
        "dark": exact(len(checked.dark)),
        "strangers": exact(len(checked.received.log.unknown_accounts)),
    }
    cities = list(dict.fromkeys(checked.lacking["city_id"]))
    return Finding("seen", "seen", figures=figures, words={"dark": checked.dark, "missing": cities})


def _platforms(checked: Checked) -> Iterable[Finding]:
    """`coverage.<platform>`: its cities by state and its accounts."""
    both = checked.states.join(checked.accounts)
    for platform, row in both.iterrows():
        figures = {str(name): exact(value, "coverage", str(platform), str(name)) for name, value in row.items()}
        yield Finding(f"coverage.{platform}", "coverage.platform", str(platform), figures)


def _days(checked: Checked) -> Finding:
    table, spans = checked.rhythm, checked.spans
    gaps = table[table["empty"].map(len) > 0]
    short = spans[(spans["late"] > 0) | (spans["early"] > 0)]
    figures = {
        "posts": exact(table["posts"].sum(), "days", "", "posts"),
        "platforms": exact(len(table), "days"),
        "gaps": exact(len(gaps), "days", "", "empty"),
        "empty": exact(sum(map(len, table["empty"])), "days", "", "empty"),
        "files": exact(len(spans), "spans"),
        "short": exact(len(short), "spans"),
    }
    words = {"gaps": list(gaps["platform"]), "short": list(short["file"]), "none": not table["posts"].sum()}
    return Finding("days", "days", figures=figures, words=words)


def _rhythms(checked: Checked) -> Iterable[Finding]:
    """`days.<platform>`: posts, days without any, the longest run of them, the busiest day; none without a post."""
    for row in each(checked.rhythm[checked.rhythm["posts"] > 0]):
        figures = {
            "posts": exact(row.posts, "days", str(row.platform), "posts"),
            "empty": exact(len(row.empty), "days", str(row.platform), "empty"),
            "gap": exact(row.gap, "days", str(row.platform), "gap"),
            "most": exact(row.most, "days", str(row.platform), "most"),
            "busiest": Figure(pd.Timestamp(row.busiest).date(), "date", "days", str(row.platform), "busiest"),
        }
        yield Finding(f"days.{row.platform}", "days.platform", str(row.platform), figures)


def _followers(checked: Checked) -> Finding:
    band = {"band": Figure(checked.received.edition.gates.follower_drop, "share")}
    moves = checked.moves
    if moves is None or moves.empty:
        return Finding("followers", "followers", figures=band, words={"known": False})
    change = moves["change"].astype("int64")
    figures = band | {
        "accounts": exact(len(moves)),
        "rose": exact((change > 0).sum()),
        "fell": exact((change < 0).sum()),
        "level": exact((change == 0).sum()),
        "drops": exact(len(checked.drops)),
        "median": Figure(float(moves["share"].median()), "change"),
        "worst": Figure(float(moves["share"].iloc[0]), "change", "moves", str(moves["account_id"].iloc[0]), "share"),
        "best": Figure(float(moves["share"].iloc[-1]), "change", "moves", str(moves["account_id"].iloc[-1]), "share"),
    }
    words = {
        "known": True, "grew": float(moves["share"].median()) >= 0, "any_fell": bool((change < 0).any()),
        "any_rose": bool((change > 0).any()), "worst": moves["account_id"].iloc[0],
        "best": moves["account_id"].iloc[-1],
    }  # fmt: skip
    return Finding("followers", "followers", figures=figures, words=words)


def _odd(checked: Checked) -> Finding:
    """All tests together."""
    hit = [test for test in checked.tests if len(test.rows)]
    accounts = pd.concat([test.rows["account_id"] for test in checked.tests]).nunique()
    figures = {
        "tests": exact(len(checked.tests), "tests"),
        "hit": exact(len(hit), "tests", "", "found"),
        "found": exact(sum(len(test.rows) for test in hit), "tests", "", "found"),
        "usual": exact(
            sum(len(test.rows) for test in hit if test.chance is not None and len(test.rows) <= test.chance)
        ),
        "accounts": exact(accounts),
    }
    return Finding("odd", "odd", figures=figures)


def _tests(checked: Checked) -> Iterable[Finding]:
    """`odd.<kind>`: what the test found among how many, with its thresholds."""
    for test in checked.tests:
        limits = getattr(checked.received.rules, test.kind).model_dump()
        figures = {name: _limit(name, value) for name, value in limits.items()}
        figures |= {
            "found": exact(len(test.rows), "tests", test.kind, "found"),
            "checked": exact(test.checked, "tests", test.kind, "checked"),
            "accounts": exact(test.rows["account_id"].nunique()),
        }
        if test.chance is not None:
            figures["chance"] = exact(round(test.chance), "tests", test.kind, "chance")
        yield Finding(f"odd.{test.kind}", f"odd.{test.kind}", test.kind, figures)


def _limit(name: str, value: float) -> Figure:
    """A threshold of the rules, as it is printed."""
    return Figure(value, "share" if name.endswith("share") else "exact" if float(value).is_integer() else "score")


def _refused(checked: Checked) -> Iterable[Finding]:
    """`quarantine`, and `refused.<number>` for each of its reasons."""
    table = checked.refused
    total = table["rows"].sum()
    files = checked.reasons.loc[checked.reasons["fate"] == "quarantined", "file"].nunique()
    figures = {
        "rows": exact(total, "reasons", "", "rows"),
        "reasons": exact(len(table), "reasons"),
        "files": exact(files, "reasons", "", "files"),
        "file": Figure(quarantine_csv(checked.received.edition.id), "text"),
    }
    first = str(table["reason"].iloc[0]) if len(table) else ""
    yield Finding("quarantine", "quarantine", figures=figures, words={"first": first})
    for number, row in enumerate(each(table), start=1):
        counted = {"rows": exact(row.rows, "reasons", str(row.reason), "rows")}
        yield Finding(f"refused.{number}", "refused", str(row.reason), counted, {"reason": str(row.reason)})


def _gates(checked: Checked) -> Iterable[Finding]:
    """`gate.<name>`: a threshold of the edition, what was found, and whether it holds."""
    for gate in checked.received.gates:
        figures = {"value": Figure(gate.share, "share"), "limit": Figure(gate.threshold, "share")}
        yield Finding(f"gate.{gate.gate}", "gate", gate.gate, figures, {"passed": gate.passed})
