"""Where an edition's exports fall short of its gates and it is published all the same: the findings that say so."""

from __future__ import annotations

from cityreach import gates
from cityreach.edition import Edition
from cityreach.findings import Figure, Finding
from cityreach.gates import Breach


def findings(edition: Edition, reason: str) -> list[Finding]:
    """`gate` for every gate that is not passed, then `despite` with the reason; none without a reason or a breach.

    gate (coverage or quarantine; worst: a platform id, for coverage; part, whole, found, asked, most),
    despite (the edition; none; reason).
    """
    broken = gates.stored(edition) if reason else []
    excuse = [Finding("despite", "despite", edition.id, {"reason": Figure(reason, "text")})] if broken else []
    return [*map(_gate, broken), *excuse]


def _gate(breach: Breach) -> Finding:
    figures = {
        "part": Figure(breach.part, "exact"),
        "whole": Figure(breach.whole, "exact"),
        "found": Figure(breach.found, "fine_share"),
        "asked": Figure(breach.threshold, "fine_share"),
        "most": Figure(breach.most, "exact"),
    }
    words = {"worst": breach.worst} if breach.gate == "coverage" else {}
    return Finding(f"gate.{breach.gate}", "gate", breach.gate, figures, words)
