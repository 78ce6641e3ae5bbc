"""The last two chapters: context figures that the editors entered, and advice that stands on findings."""

from __future__ import annotations

from dataclasses import dataclass

from cityreach.blocks import Block, Cell, Text
from cityreach.findings import Finding
from cityreach.monthly.book import Book
from cityreach.monthly.places import editable

ADVICE = 12


@dataclass(frozen=True)
class Outlook:
    book: Book

    def offline_heading(self) -> Block | None:
        if not self.book.analysis.edition.context:
            return None
        return self.book.section("offline", self.book.label("offline.title"))

    @editable("offline")
    def offline_text(self) -> Block | None:
        """Words of the editors on these figures; none are generated."""
        return None

    def offline(self) -> Block | None:
        """Context figures, each with its source; never mixed with the index."""
        context = self.book.analysis.edition.context
        lang = self.book.lang
        rows: list[list[Cell]] = [[each.text[lang], each.source[lang]] for each in context]
        holds = self.book.holds(
            "context", [str(number) for number, _ in enumerate(context, start=1)], ["text", "source"]
        )
        return self.book.table("context", [("fact", "left"), ("fact_source", "left")], rows, source="", holds=holds)

    def heading(self) -> Block:
        return self.book.section("outlook", self.book.label("outlook.title"))

    @editable("outlook", kind="advice")
    def advice(self) -> Block | None:
        """Advice in sentences, each with the sentences of the findings it stands on."""
        given = [each for each in self.book.findings if each.kind.startswith("advice.")][:ADVICE]
        items = [{"text": self._advice(each), "basis": self._basis(each)} for each in given]
        return Block("advice", {"items": items}) if items else Block("note", self._none())

    def _none(self) -> dict[str, object]:
        return {"text": [self.book.label("outlook.none")], "tone": "plain"}

    def _advice(self, advice: Finding) -> Text:
        """The advice with the names of what it rests on."""
        words = str(advice.words[self.book.lang])
        return [words.replace("{names}", self.book.writer.join(self._names(advice)))]

    def _names(self, advice: Finding) -> list[str]:
        """The subjects of the findings, as a reader knows them."""
        return list(dict.fromkeys(self._name(each) for each in self._stands_on(advice)))

    def _stands_on(self, advice: Finding) -> list[Finding]:
        """The findings behind an advice, the strongest first; shuffled in an edition without order."""
        names = self.book.listing(advice.words["basis"], salt=advice.id)
        return [self._finding(name) for name in names]

    def _name(self, finding: Finding) -> str:
        book = self.book
        family = finding.kind.partition(".")[0]
        namers = {
            "tag": lambda key: f"#{key}",
            "time": lambda key: book.label(f"parts.{key}"),
            "format": lambda key: book.label(f"formats.{key}"),
            "theme": book.theme,
            "coverage": book.platform,
        }
        return str(namers.get(family, book.city)(finding.subject))

    def _finding(self, name: str) -> Finding:
        return next(each for each in self.book.findings if each.id == name)

    def _basis(self, advice: Finding) -> list[Text]:
        """What the advice stands on, one short line each."""
        return [self.book.writer.text(each, self._key(each, advice)) for each in self._stands_on(advice)]

    def _key(self, finding: Finding, advice: Finding) -> str:
        """The line on a finding: its own for this advice where there is one."""
        own = f"basis.{finding.kind}.{advice.id.partition('.')[2]}"
        return own if self.book.writer.has(own) else f"basis.{finding.kind}"
