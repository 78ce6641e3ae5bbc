"""The last two chapters: context figures that the editors entered, and advice that stands on findings."""

from __future__ import annotations

from dataclasses import dataclass

from cityreach.blocks import Block
from cityreach.monthly.book import Book

ADVICE = 8


@dataclass(frozen=True)
class Outlook:
    book: Book

    def offline_heading(self) -> Block | None:
        if not self.book.analysis.edition.context:
            return None
        return self.book.section("offline", self.book.label("offline.title"))

    def offline(self) -> Block | None:
        """Context figures, each with its source; never mixed with the index."""
        context = self.book.analysis.edition.context
        lang = self.book.lang
        rows = [[each.text[lang], each.source[lang]] for each in context]
        return self.book.table("context", [("fact", "left"), ("fact_source", "left")], rows, source="")

    def heading(self) -> Block:
        return self.book.section("outlook", self.book.say("headline.outlook") or self.book.label("outlook.title"))

    def advice(self) -> Block | None:
        """Advice in sentences, each with the sentences of the findings it stands on."""
        given = [each for each in self.book.findings if each.kind.startswith("advice.")][:ADVICE]
        items = [{"text": self._advice(each), "basis": self._basis(each)} for each in given]
        return Block("advice", {"items": items}) if items else Block("note", self._none())

    def _none(self) -> dict[str, object]:
        return {"text": [self.book.label("outlook.none")], "tone": "plain"}

    def _advice(self, finding) -> list:  # type: ignore[no-untyped-def]
        return self.book.writer.text(finding, "advice")

    def _basis(self, finding) -> list[str]:  # type: ignore[no-untyped-def]
        return [str(each) for each in finding.words.get("basis", [])]
