"""The paragraphs of the report on the published record, put together from sentences of findings."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from cityreach.blocks import Text
from cityreach.findings import Finding
from cityreach.prose import Writer
from cityreach.published import words

TRAPS = ("name", "fuzhou", "bases", "rate", "order")


class Narrative:
    """Paragraphs by section name, in one language."""

    def __init__(self, writer: Writer, findings: dict[str, Finding]) -> None:
        self.writer = writer
        self.findings = findings

    def paragraphs(self, name: str) -> list[Text]:
        """The paragraphs of a section."""
        build: Callable[[], list[Text]] = getattr(self, f"_{name}")
        return build()

    def say(self, finding: str, key: str = "") -> Text:
        return self.writer.text(self.findings[finding], key)

    def summary(self) -> list[Text]:
        """Five findings, one sentence each."""
        return [
            self.say("scope"),
            self.say("standing", "summary.issues"),
            self.say("movements"),
            self.say("panels"),
            self.say("agreement"),
        ]

    def _overview(self) -> list[Text]:
        return [self.say("kinds"), self.say("weights")]

    def _issues(self) -> list[Text]:
        breaks = [self.writer.text(finding) for name, finding in self.findings.items() if name.startswith("break.")]
        return [self.say("issues"), self.writer.paragraph(self.say("issues", "issues.breaks"), *breaks)]

    def _history(self) -> list[Text]:
        derived = [self.writer.text(finding) for name, finding in self.findings.items() if name.startswith("derived.")]
        return [
            self.writer.paragraph(self.say("standing"), self.say("random")),
            self._list(self.say("standing", "history.derived"), derived),
        ]

    def _movements(self) -> list[Text]:
        stayed = [finding for kind in ("up", "level", "down") for finding in self._moved(kind)]
        lead = self._list(self.say("movements", "movements.lead"), [self.writer.text(finding) for finding in stayed])
        came = self._list(self._count("new"), [self.writer.text(finding) for finding in self._moved("new")])
        left = self._list(self._count("out"), [self.writer.text(finding) for finding in self._moved("out")])
        return [lead, self.writer.paragraph(came, left), self.say("movements", "movements.caveat")]

    def _count(self, kind: str) -> Text:
        return self.say("movements", f"movements.{kind}_lead")

    def _moved(self, kind: str) -> list[Finding]:
        return [finding for finding in self.findings.values() if finding.kind == f"movements.{kind}"]

    def _platforms(self) -> list[Text]:
        return [self.say("platforms"), self.say("spread")]

    def _cases(self) -> list[Text]:
        return [self.say("cases")]

    def _agreement(self) -> list[Text]:
        return [self.say("agreement", f"agreement.{part}") for part in ("text", "others", "caveat")]

    def _traps(self) -> list[Text]:
        return [self.say(f"trap.{trap}") for trap in TRAPS]

    def _list(self, lead: Text, items: Iterable[Text]) -> Text:
        """A lead and items parted by semicolons, ended by a full stop."""
        runs: Text = [*lead]
        mark = "" if self.writer.lang == "zh" else " "
        for item in items:
            runs += [mark, *item] if mark else item
            mark = words.SEMICOLON[self.writer.lang]
        return [*runs, words.FULL_STOP[self.writer.lang]]
