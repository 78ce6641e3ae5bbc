"""Cover and summary: what the report is, and the five things to remember."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from cityreach.blocks import Block, Blocks, Text
from cityreach.findings import Finding
from cityreach.monthly.book import Book
from cityreach.monthly.cities import labels_in_order
from cityreach.monthly.places import editable

TILES = ("cities", "accounts", "posts", "interactions", "views", "followers")
SUMMARY_LENGTH = 5
MONTH = 31  # days
UNITS = "万亿mbn"  # what stands behind the digits of a tile


@dataclass(frozen=True)
class Front:
    book: Book

    def cover(self) -> Block:
        """Title, edition, facts and tiles."""
        book, edition = self.book, self.book.analysis.edition
        return Block(
            "cover",
            {
                "lang": book.lang,
                "title": self._named("title", edition.title[book.lang]),
                "label": book.tell("cover.label"),
                "kicker": book.label(f"cover.kicker.{'month' if edition.window.days <= MONTH else 'other'}"),
                "band": book.label("cover.band") if edition.simulated else None,
                "notice": book.tell("cover.notice", found=book.find("despite")),
                "facts": self._facts(),
                "tiles": [self._tile(name) for name in TILES if book.find("total", name)],
                "publisher": self._publisher(),
                "description": book.tell("cover.description"),
            }
            | ({"sheet": book.editors.sheet()} if book.marked else {}),
        )

    def _named(self, name: str, text: str) -> Text:
        """A title or line of the edition's file; one that holds a number is a fact of the edition."""
        facts = self.book.facts
        return [self.book.writer.figure(facts, name)] if name in facts.figures else [text]

    def _publisher(self) -> list[Text]:
        lines = enumerate(self.book.analysis.edition.publisher, start=1)
        return [self._named(f"publisher{number}", line[self.book.lang]) for number, line in lines]

    def _facts(self) -> list[list[Any]]:
        book = self.book
        values = {
            "window": book.tell("cover.window_text"),
            "panel": book.tell("cover.panel_size"),
            "platforms": self._platforms(),
            "counting": book.tell("cover.counting_text"),
            "method": book.tell("cover.method_text"),
        }
        return [[book.label(f"cover.{name}"), value] for name, value in values.items()]

    def _platforms(self) -> str:
        """The edition's platforms, with a word on those that do not count in the composite."""
        book, edition = self.book, self.book.analysis.edition
        scored = book.analysis.scored
        outside = [each for each in scored if not book.analysis.method.counts(each)]
        unscored = [each for each in edition.platforms if each not in scored]
        apart = {"outside": outside, "unscored": unscored}
        names = {key: book.writer.join(map(book.platform, each)) for key, each in apart.items() if each}
        notes = [book.label(f"cover.{key}", names=each) for key, each in names.items()]
        listed = book.writer.join(book.platform(each) for each in edition.platforms)
        return ("" if book.lang == "zh" else " ").join([listed, *notes])

    def _tile(self, name: str) -> dict[str, Any]:
        """A total of the month: its figure, printed in two sizes, and its change against the edition before."""
        found = self.book.find("total", name)
        assert found is not None
        figure: Any = self.book.writer.figure(found, "value", "brief")
        value = figure["text"].rstrip(UNITS)
        return {
            "value": value,
            "unit": figure["text"].removeprefix(value),
            "label": self.book.label(f"tiles.{name}"),
            "change": self._change(found),
            "figure": figure,
        }

    @property
    def _like_before(self) -> bool:
        """Whether sums may be compared: the same cities and the same platforms as in the edition before."""
        now, before = self.book.analysis.edition, self.book.analysis.before
        return before is not None and (now.panel, set(now.platforms)) == (before.panel, set(before.platforms))

    def _change(self, total: Finding) -> dict[str, Any] | None:
        """The change against the edition before; none for the panel's size and where nothing comparable stands."""
        known = total.subject != "cities" and "change" in total.figures
        if not (known and self.book.ordered and self._like_before):
            return None
        figure: Any = self.book.writer.figure(total, "change", "arrow")
        tone = {"▲": "up", "▼": "down"}.get(figure["text"][0], "muted")
        return {"text": figure["text"], "tone": tone, "figure": figure}

    def foreword_heading(self) -> Block | None:
        """The heading of the editors' foreword; none where they wrote none."""
        if self.book.editors.foreword() is None:
            return None
        return self.book.section("foreword", self.book.label("chapters.foreword"))

    def foreword(self) -> Block | Blocks | None:
        """The editors' foreword."""
        return self.book.editors.foreword()

    def summary_heading(self) -> Block:
        return self.book.section("summary", self.book.label("chapters.summary"))

    @editable("summary", kind="findings")
    def summary(self) -> Block:
        """At most five findings, each one sentence."""
        items = [text for text in (self._ordered() if self.book.ordered else self._unordered()) if text]
        return Block("findings", {"items": items[:SUMMARY_LENGTH]})

    def _ordered(self) -> list[Text]:
        """The first ten, the biggest mover, the strongest of the rest in the report's order; totals fill up."""
        book = self.book
        first = [book.tell("summary.top", top=book.find("top", "composite"), name=book.main), self._mover()]
        kept = [text for text in first if text]
        rest = [(strength, text) for strength, text in self._rest() if text]
        open_ = SUMMARY_LENGTH - len(kept)
        best = sorted(range(len(rest)), key=lambda number: (-rest[number][0], number))[:open_]
        return [*kept, *(rest[number][1] for number in sorted(best)), self._total()]

    def _mover(self) -> Text:
        book, mover = self.book, self.book.find("mover")
        city = mover.subject if mover else ""
        total, parts = (book.all("why", city=city, level=level)[:1] for level in (0, 1))
        if mover is None:
            return []
        return book.writer.tell("summary.mover", mover=mover, total=next(iter(total), None), parts=parts)

    def _rest(self) -> list[tuple[float, Text]]:
        """What else may stand in the summary, in the report's order, each with its strength."""
        book, tell = self.book, self.book.tell
        mover = book.find("mover")
        falls = [each for each in book.all("unusual", way="down") if mover is None or each.subject != mover.subject]
        squads = sorted(book.all("squad"), key=lambda each: (-each.figures["n"].value, each.subject))[:2]
        leaders, pull, label = book.find("leaders"), book.find("theme.pull"), book.find("label.city")
        told: list[tuple[list[Any], Text]] = [
            (falls[:1], tell("summary.fall", fall=next(iter(falls), None))),
            ([leaders], tell("summary.leaders", leaders=leaders)),
            ([pull], self._pull()),
            ([label], self._label()),
            (squads[:1], tell("summary.squads", squads=squads)),
        ]
        return [(found[0].strength if found and found[0] else 0.0, text) for found, text in told]

    def _unordered(self) -> list[Text]:
        listed = self.book.tell("summary.listed", listed=self.book.listed())
        share = self.book.tell("summary.share", shares=self.book.all("theme.share")[:3])
        labels = self.book.tell("summary.labels", labels=labels_in_order(self.book))
        return [listed, self._total(), share, self._pull(), labels]

    def _pull(self) -> Text:
        return self.book.tell("summary.pull", pull=self.book.find("theme.pull"))

    def _label(self) -> Text:
        return self.book.tell("summary.label", label=self.book.find("label.city"))

    def _total(self) -> Text:
        totals: dict[str, Any] = {key: self.book.find("total", key) for key in ("accounts", "posts", "interactions")}
        return self.book.tell("summary.total", **totals)
