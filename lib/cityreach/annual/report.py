"""An annual report as its notebook shows it: every method returns a block, a finished chart, or None."""

from __future__ import annotations

from typing import Any

from cityreach import blocks
from cityreach.annual import boards, material, takeaway
from cityreach.annual.analysis import Analysis
from cityreach.annual.book import Book
from cityreach.annual.edition import AdviceRule
from cityreach.annual.lists import ALL
from cityreach.annual.shown import Tables
from cityreach.blocks import Block, Blocks, Run, Text
from cityreach.errors import UnknownNameError
from cityreach.findings import Finding
from cityreach.prose import numbers

LANGUAGES = ("zh", "en")
SUMMARY = 5
TILES = ("cities", "tracks", "indicators", "figures")


def open_report(edition: str, lang: str) -> Report:
    """The report of an annual edition; switches the charts' style on.

    UnknownNameError for an unknown edition or language; errors of the edition's files name file, key or cell.
    """
    from cityreach import charts

    if lang not in LANGUAGES:
        raise UnknownNameError(f"Language `{lang}` does not exist. Write {' or '.join(LANGUAGES)}.")
    charts.use()
    return Report(Book(Analysis(material.load(edition)), lang))


class Report:
    """Everything that the notebook shows of one edition; what it has nothing to say on is None."""

    def __init__(self, book: Book) -> None:
        self.book = book
        self.tables = Tables(book)

    # words

    def cover(self) -> Block:
        """Title, edition, facts and tiles."""
        book, edition = self.book, self.book.analysis.material.edition
        tiles = [
            {
                "value": blocks.plain([run]),
                "unit": "",
                "label": book.label(f"tiles.{name}"),
                "change": None,
                "figure": run,
            }
            for name, run in ((name, book.figure_of(name)) for name in TILES)
        ]
        content: dict[str, Any] = {
            "lang": book.lang, "title": edition.title[book.lang], "label": [book.figure_of("label")],
            "kicker": book.label("cover.kicker"), "band": book.label("cover.band") if edition.simulated else None,
            "facts": self._facts(), "tiles": tiles, "publisher": [line[book.lang] for line in edition.publisher],
            "description": book.tell(book.variant("cover.description")),
        }  # fmt: skip
        return Block("cover", content)

    def _tile(self, name: str, run: Run) -> dict[str, Any]:
        words = {"value": blocks.plain([run]), "unit": "", "label": self.book.label(f"tiles.{name}")}
        return {**words, "change": None, "figure": run}

    def _facts(self) -> list[list[Any]]:
        book, known = self.book, self.book.analysis.material
        values = {
            "window": [book.figure_of("period")],
            "panel": book.tell("cover.panel_size"),
            "dimensions": numbers.listed(map(book.node, book.analysis.tracks), book.lang),
            "counting": [book.figure_of("counted")],
            "method": book.tell("cover.method_text"),
            "source": book.label(f"cover.{known.edition.source}"),
        }
        return [[book.label(f"cover.{name}"), value] for name, value in values.items()]

    def section(self, name: str) -> Block | None:
        """A chapter's heading."""
        return self.book.section(name)

    def summary(self) -> Block:
        """The findings of the prose file's `summary`, one sentence each, at most five."""
        prefix = "summary" if self.book.ordered else "unordered.summary"
        keys = [f"{prefix}.{number}" for number in range(1, 2 * SUMMARY) if self.book.has(f"{prefix}.{number}")]
        items = [text for key in keys if (text := self.book.tell(key))]
        return Block("findings", {"items": items[:SUMMARY]})

    def text(self, key: str) -> Block | None:
        """A paragraph by its key, which begins with its chapter."""
        return self.book.prose(key)

    def remarks(self) -> Block | None:
        """What the reader must know of the edition, as its file says."""
        named = [name for name in self.book.findings["edition"].figures if name.startswith("remark")]
        texts: list[Text] = [[self.book.figure_of(name)] for name in named]
        return Block("prose", {"paragraphs": texts}) if texts else None

    def table(self, name: str) -> Block | Blocks | None:
        """A table by its name (see `Tables`)."""
        return self.tables.block(name)

    def advice(self, name: str = "advice") -> Block | None:
        """Problems or advice by the index's rules, each with the findings that it stands on."""
        rules: dict[str, AdviceRule] = getattr(self.book.analysis.material.index, name)
        items = [item for key, rule in rules.items() if (item := self._advised(f"{name}.{key}", rule))]
        return Block("advice", {"items": items}) if items and self.book.ordered else None

    def _advised(self, key: str, rule: AdviceRule) -> dict[str, Any] | None:
        found = self.book.of_kind(rule.kind)
        basis = [each for each in found if not rule.figure or rule.holds(each.figures[rule.figure].value)]
        if len(basis) < rule.findings:
            return None
        named = basis[: rule.most]
        words = {"names": [each.subject for each in named], "found": named}
        return {"text": self.book.tell(key, **words), "basis": [self._basis(each) for each in named]}

    def _basis(self, finding: Finding) -> Text:
        kinds = [finding.kind, finding.kind.partition(".")[0]]
        key = next(f"basis.{kind}" for kind in kinds if self.book.has(f"basis.{kind}"))
        return self.book.tell(key, found=finding)

    # charts

    def ranking_chart(self, name: str, node: str = "composite", base: str = ALL) -> Any:
        """The first ten of a list."""
        from cityreach import charts

        return self._finished(lambda: charts.ranking_bars(boards.ranking(self.book, base, node)), name)

    def contrast_chart(self) -> Any:
        """Size against word of mouth."""
        from cityreach import charts

        rule, heads = self.book.analysis.material.index.contrast, self.book.analysis.heads
        if rule is None:
            return None
        across, up = self.book.node(rule.size), self.book.node(rule.mouth)
        mids = (float(heads[rule.size].median()), float(heads[rule.mouth].median()))
        return self._finished(
            lambda: charts.quadrant(boards.contrast(self.book), mids=mids, x_title=across, y_title=up), "contrast"
        )

    def groups_chart(self, by: str) -> Any:
        """Mean scores of groups."""
        from cityreach import charts

        return self._finished(lambda: charts.group_bars(boards.groups(self.book, by)), f"groups_{by}")

    def compare_chart(self) -> Any:
        """Groups on the whole and on every track."""
        from cityreach import charts

        rule = self.book.analysis.material.index.compare
        if rule is None or "compare" not in self.book.findings:
            return None
        return self._finished(lambda: charts.heatmap(boards.compared(self.book, rule.by)), "compare")

    def positions_chart(self) -> Any:
        """Where the cities lie."""
        from cityreach import charts

        return self._finished(lambda: charts.positions(boards.positions(self.book)), "positions")

    def history_chart(self, base: str = ALL) -> Any:
        """Places over the editions, inside one list."""
        from cityreach import charts

        if len(self.book.analysis.material.chain) < 2:
            return None
        frame, top = boards.history(self.book, base)
        return self._finished(lambda: charts.bump(frame, top=top), f"history_{base}")

    def heat_chart(self, name: str, under: str = "composite") -> Any:
        """The first cities by the children of a node."""
        from cityreach import charts

        nodes = self.book.analysis.below(under)
        return self._finished(lambda: charts.heatmap(boards.heat(self.book, nodes), domain=(0.0, 1.0)), name)

    def _finished(self, make: Any, name: str) -> Any:
        """The finished chart; None in an edition without order, as every chart shows one."""
        return self.book.figure(make(), name) if self.book.ordered else None

    # what readers take away

    def data(self) -> Block:
        """The tables behind the report."""
        return takeaway.block(self.book)
