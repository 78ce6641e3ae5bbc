"""Gates: what the exports of an edition must reach before a report is built from them.

The thresholds stand in the edition's file (`edition.Gates`), the figures in the log of its intake. A report of an
edition that falls short is built only with a reason, and prints it.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cityreach import paths
from cityreach.edition import Edition
from cityreach.errors import GateError

if TYPE_CHECKING:
    from cityreach.intake import IntakeLog

LONGEST = 300  # characters of a reason: what the cover has room for


@dataclass(frozen=True)
class Breach:
    """One gate that an edition does not pass.

    gate: `coverage` or `quarantine`. threshold, found: shares of one. part of whole: accounts that the exports name
    of those expected, or rows in quarantine of those read. worst: the platform that lacks most accounts, or the most
    frequent reason; most: how many. what: all this as a clause. remedy: how to repair it.
    """

    gate: str
    threshold: float
    found: float
    part: int
    whole: int
    worst: str
    most: int
    what: str
    remedy: str


@dataclass(frozen=True)
class Share:
    """What one gate came to: part of whole as a share of one, the edition's threshold, and whether it is passed."""

    gate: str
    part: int
    whole: int
    share: float
    threshold: float
    passed: bool


def shares(edition: Edition, log: IntakeLog) -> list[Share]:
    """Every gate with what the edition's intake came to: accounts named of those expected, rows in quarantine.

    Where no account is expected, none is lacking; where no row was read, none is in quarantine.
    """
    named, asked = log.expected - len(log.missing_accounts), edition.gates.coverage
    covered = named / log.expected if log.expected else 1.0
    rows, unusable, allowed = log.totals.get("rows", 0), log.totals.get("quarantined", 0), edition.gates.quarantine
    lost = unusable / rows if rows else 0.0
    return [
        Share("coverage", named, log.expected, covered, asked, covered >= asked),
        Share("quarantine", unusable, rows, lost, allowed, lost <= allowed),
    ]


def check(edition: Edition, log: IntakeLog) -> list[Breach]:
    """The gates that an edition's intake does not pass, coverage first; empty where all is well."""
    tell = {"coverage": _coverage, "quarantine": _quarantine}
    return [tell[each.gate](edition, log, each) for each in shares(edition, log) if not each.passed]


def _coverage(edition: Edition, log: IntakeLog, found: Share) -> Breach:
    lacking = Counter(account.partition(":")[0] for account in log.missing_accounts)
    worst, most = _largest(lacking)
    what = (
        f"the exports name {found.part} of {found.whole} accounts ({found.share:.1%}), `gates.coverage` asks for at "
        f"least {found.threshold:.1%}; most are lacking on {worst} ({most})"
    )
    remedy = f"put the missing exports into {paths.relative(paths.inbox(edition.id))}/"
    return _breach(found, worst, most, what, remedy)


def _quarantine(edition: Edition, log: IntakeLog, found: Share) -> Breach:
    reasons = Counter({(why, one.title): n for one in log.files for why, n in one.quarantine_reasons.items()})
    (worst, file), most = _largest(reasons) if reasons else (("no reason", "no file"), 0)
    what = (
        f"{found.part} of {found.whole} rows are in quarantine ({found.share:.1%}), `gates.quarantine` allows at most "
        f"{found.threshold:.1%}; most often: {worst} ({most}, in {file})"
    )
    remedy = f"repair the rows listed in {paths.relative(paths.store(edition.id))}/quarantine.csv"
    return _breach(found, worst, most, what, remedy)


def _breach(found: Share, worst: str, most: int, what: str, remedy: str) -> Breach:
    return Breach(
        found.gate,
        found.threshold,
        found.share,
        found.part,
        found.whole,
        worst=worst,
        most=most,
        what=what,
        remedy=remedy,
    )


def _largest(counts: Counter[Any]) -> tuple[Any, int]:
    """The most frequent key, the first by name among equals, and its count."""
    return min(counts.items(), key=lambda each: (-each[1], str(each[0])))


def stored(edition: Edition) -> list[Breach]:
    """The gates that the edition's last intake does not pass; InboxError where it has not been taken in."""
    from cityreach import intake

    return check(edition, intake.load_log(edition.id))


def require(edition: Edition, *, reason: str = "") -> None:
    """GateError where the edition's intake does not pass its gates and no reason stands against that."""
    broken = [] if reason else stored(edition)
    if broken:
        raise GateError(
            f"Edition {edition.id} does not pass its gates: {'; '.join(each.what for each in broken)}. Either "
            f"{' and '.join(each.remedy for each in broken)}, then run the command again; or build it all the same "
            'with --despite "REASON" (make: DESPITE="REASON"), which the report prints.'
        )


def reason(given: str | None) -> str:
    """The reason as it is printed, on one line; "" where none was given; GateError for an empty or too long one."""
    if given is None:
        return ""
    text = " ".join("".join(each if each.isprintable() else " " for each in given).split()).rstrip("。. ")
    if not text:
        raise GateError('--despite needs a reason, found an empty one. Write it in quotes: --despite "REASON".')
    if len(text) > LONGEST:
        raise GateError(
            f"--despite: a reason has at most {LONGEST} characters, found {len(text)}. Shorten it; the cover prints it."
        )
    return text
