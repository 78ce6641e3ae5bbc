"""Where an edition's exports fall short of its gates and it is published all the same: the findings that say so."""

from __future__ import annotations

from cityreach import gates
from cityreach.edition import Edition
from cityreach.findings import Finding, fact
from cityreach.gates import Breach


def findings(edition: Edition, reason: str) -> list[Finding]:
    """`gate` for every gate that is not passed, then `despite` with the reason; none without a reason or a breach.

    gate (coverage or quarantine; worst: a platform id, for coverage; part, whole, found, asked, most),
    despite (the edition; none; reason).
    """
    broken = gates.stored(edition) if reason else []
    excuse = [Finding("despite", "despite", edition.id, {"reason": fact("despite", reason, "text")})] if broken else []
    return [*map(_gate, broken), *excuse]


def _gate(breach: Breach) -> Finding:
    values = {
        "part": (breach.part, "exact"),
        "whole": (breach.whole, "exact"),
        "found": (breach.found, "fine_share"),
        "asked": (breach.threshold, "fine_share"),
        "most": (breach.most, "exact"),
    }
    figures = {name: fact(f"{breach.gate}.{name}", value, unit) for name, (value, unit) in values.items()}
    words = {"worst": breach.worst} if breach.gate == "coverage" else {}
    return Finding(f"gate.{breach.gate}", "gate", breach.gate, figures, words)
