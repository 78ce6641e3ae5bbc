"""The report on the published record, as the notebook shows it: every method returns a block or a finished chart."""

from __future__ import annotations

from typing import Any

from cityreach.blocks import Block
from cityreach.prose import Writer, numbers
from cityreach.published import analysis, boards, facts, findings, shown, words
from cityreach.published.narrative import Narrative

SECTIONS = ("overview", "issues", "history", "movements", "platforms", "cases", "agreement", "traps", "sources")
SUBJECTS = {
    "summary": "standing", "overview": "scope", "issues": "issues", "history": "standing", "movements": "movements",
    "platforms": "platforms", "cases": "cases", "agreement": "agreement", "traps": "trap.name", "sources": "scope",
}  # fmt: skip
CARD_METRIC = "点赞"


def open_record(lang: str) -> Record:
    """The record in a language (zh or en), ready for the notebook; switches the charts' style on."""
    from cityreach import charts

    charts.use()
    return Record(facts.load(), lang)


class Record:
    """Everything that the notebook shows, from the facts alone."""

    def __init__(self, known: facts.Facts, lang: str) -> None:
        self.facts = known
        self.lang = lang
        self.writer = Writer(lang, "published")
        self.findings = findings.of(known, lang)
        self.narrative = Narrative(self.writer, self.findings)
        self.tables = shown.Tables(known, self.writer)

    def cover(self) -> Block:
        """Title, span, newest source and five tiles."""
        label = self.writer.label
        scope = self.findings["scope"].figures
        tiles = [
            {"value": str(scope[name].value), "unit": "", "label": label(f"tiles.{name}"), "change": None}
            for name in ("indices", "lists", "places", "cases", "sources")
        ]
        content = {
            "lang": self.lang, "title": label("cover.title"), "label": label("cover.label"),
            "kicker": label("cover.kicker"), "description": label("cover.description"), "band": None,
            "facts": self._cover_facts(), "tiles": tiles, "publisher": [],
        }  # fmt: skip
        return Block("cover", content)

    def _cover_facts(self) -> list[list[str]]:
        label = self.writer.label
        years = sorted(self.facts.rankings["edition"].str[:4])
        newest = numbers.full_day(analysis.newest_source(self.facts), self.lang)
        return [
            [label("cover.span"), f"{years[0]}–{years[-1]}"],
            [label("cover.newest"), newest],
            [label("cover.nature"), label("cover.nature_value")],
        ]

    def section(self, name: str) -> Block:
        """The heading of a section: its finding, with the topic above it."""
        number = f"{SECTIONS.index(name) + 1:02d}" if name in SECTIONS[:-1] else ""
        title = self.writer.text(self.findings[SUBJECTS[name]], f"title.{name}")
        kicker = self.writer.label(f"kicker.{name}")
        return Block("section", {"anchor": name, "number": number, "kicker": kicker, "title": title, "level": 1})

    def summary(self) -> Block:
        """Five findings, one sentence each."""
        return Block("findings", {"items": self.narrative.summary()})

    def text(self, name: str) -> Block:
        """The paragraphs of a section."""
        return Block("prose", {"paragraphs": self.narrative.paragraphs(name)})

    def table(self, name: str) -> Block:
        """A table: indices, issues, movements, platforms, cases, agreement or sources."""
        if name == "movements":
            named = self.findings["movements"].words
            return self.tables.block(name, earlier=named["earlier"], later=named["later"])
        keys = {"sources": "rankings", "platforms": "rankings"}
        return self.tables.block(name, key=keys.get(name, name), long=name in ("sources", "cases"))

    def case(self, number: int) -> Block:
        """A case post of the main index that gathered a known number of likes, as a card; the first has number 0."""
        posts = self.facts.posts
        exact = posts["metric"].eq(CARD_METRIC) & posts["value"].str.fullmatch(r"\d+")
        cards = posts[exact & ~posts["city"].isin(list(self.facts.known.names))]
        return self._card(int(cards.index[number]))

    def _card(self, index: int) -> Block:
        told = (self.facts.posts if self.lang == "zh" else self.facts.posts_en).iloc[index]
        row, source = self.facts.posts.iloc[index], str(self.facts.posts["source_title"].iloc[index])
        kicker = [
            self.tables.name(row["city"]), self.tables.scope(row["platform"]),
            words.post_day(row["post_date"], self.lang), self.tables.text(told["topic"]),
        ]  # fmt: skip
        figures = [{"value": self.writer.count(float(row["value"])), "label": self.tables.text(told["metric"])}]
        note = self.writer.label("cases.figure_note", source=self.tables.text(source))
        content = {
            "kicker": kicker, "title": [self.tables.text(told["content_summary"])], "figures": figures,
            "text": "", "lang": self.lang, "note": note,
        }  # fmt: skip
        return Block("case", content)

    def history_chart(self) -> Any:
        """Composite places of the main index, city by issue, with breaks; unpublished places are empty."""
        from cityreach.charts import tiles

        board = boards.history(self.facts, self.lang)
        chart = tiles.heatmap(board, domain=(0, analysis.TOP + 1))
        return self._finished(chart, "history", named=self.findings["standing"].words)

    def agreement_chart(self) -> Any:
        """How many cities the main index's top ten shares with each other national top ten."""
        from cityreach import charts

        bars = boards.agreement(self.facts, self.writer)
        told = words.SEMICOLON[self.lang].join(bars["label"] + " " + bars["text"])
        return self._finished(
            charts.group_bars(bars), "agreement", named={"rows": told, "nearest": bars["label"].iloc[0]}
        )

    def _finished(self, chart: Any, name: str, *, named: dict[str, Any]) -> Any:
        from cityreach import charts

        parts = {part: self.writer.label(f"{name}.{part}", **named) for part in ("headline", "subtitle", "alt")}
        return charts.finish(chart, **parts, source=self.writer.label("word.source"), key=name)
