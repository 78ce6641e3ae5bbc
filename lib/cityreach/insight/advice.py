"""Rules that turn findings into advice; each piece names the findings it stands on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from cityreach.findings import Finding
from cityreach.insight.rules import AdviceRule


def advise(findings: Iterable[Finding], *, rules: Mapping[str, AdviceRule]) -> list[Finding]:
    """Findings of kind `advice.<rule id>` in the order of the rules; a rule without enough findings gives none.

    subject: the rule's audience. words: zh, en (texts in which `{names}` stands for the subjects), basis (finding ids,
    the strongest first) and subjects (theirs, without repetition). figures: none of its own; strength: the mean of
    theirs.
    """
    found = list(findings)
    advice = []
    for name, rule in rules.items():
        basis = sorted((each for each in found if _fits(each, rule)), key=lambda each: (-each.strength, each.id))
        if len(basis) >= rule.findings:
            advice.append(_advice(name, rule, basis[: rule.most]))
    return advice


def _fits(finding: Finding, rule: AdviceRule) -> bool:
    if finding.kind not in rule.kinds or any(finding.words.get(name) != value for name, value in rule.where.items()):
        return False
    if not rule.figure:
        return True
    figure = finding.figures.get(rule.figure)
    if figure is None:
        return False
    return (rule.at_least is None or figure.value >= rule.at_least) and (
        rule.at_most is None or figure.value <= rule.at_most
    )


def _advice(name: str, rule: AdviceRule, basis: list[Finding]) -> Finding:
    subjects = list(dict.fromkeys(each.subject for each in basis))
    words = {"zh": rule.text.zh, "en": rule.text.en, "basis": [each.id for each in basis], "subjects": subjects}
    strength = sum(each.strength for each in basis) / len(basis)
    return Finding(f"advice.{name}", f"advice.{name}", rule.audience, {}, words, strength)
