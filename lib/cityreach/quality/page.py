"""The data quality page as the notebook shows it: every method returns a block, a finished chart, or None."""

from __future__ import annotations

from typing import Any

from cityreach.blocks import Block
from cityreach.covers import cover
from cityreach.errors import UnknownNameError
from cityreach.prose import numbers
from cityreach.quality import boards, facts, received
from cityreach.quality.facts import Checked
from cityreach.quality.received import Received
from cityreach.quality.shown import Tables
from cityreach.quality.speech import Speech
from cityreach.tables import STATUSES

LANGUAGES = ("zh", "en")
SECTIONS = ("files", "coverage", "days", "followers", "odd", "quarantine")
TILES = {"files": "rows", "rows": "rows", "kept": "rows", "quarantined": "rows", "seen": "seen"}


def open_page(edition: str, lang: str) -> Page:
    """The page of an edition that has been taken in; switches the charts' style on.

    UnknownNameError for an unknown edition or language, InboxError or DataError where the store lacks the edition.
    """
    from cityreach import charts

    if lang not in LANGUAGES:
        raise UnknownNameError(f"Language `{lang}` does not exist. Write {' or '.join(LANGUAGES)}.")
    charts.use()
    return Page(received.load(edition), lang)


class Page:
    """Everything that the notebook shows of one edition in one language."""

    def __init__(self, known: Received, lang: str) -> None:
        self.received = known
        self.lang = lang
        self.checked = Checked(known)
        self.findings = facts.of(self.checked)
        self.speech = Speech(known, self.findings, lang)
        self.tables = Tables(self.checked, self.speech)

    def cover(self) -> Block:
        """Title, edition, facts and five tiles."""
        edition, label = self.received.edition, self.speech.label
        tiles = [(self._shown(finding, name), label(f"tiles.{name}")) for name, finding in TILES.items()]
        return cover(edition, self.lang, label, tiles=tiles, facts=self._facts())

    def _shown(self, finding: str, name: str) -> str:
        figure = self.findings[finding].figures[name]
        return numbers.show(figure.value, figure.unit, self.lang)

    def _facts(self) -> list[list[str]]:
        edition, speech = self.received.edition, self.speech
        values = {
            "window": numbers.span(edition.window.first, edition.window.last, self.lang),
            "panel": speech.label("cover.panel_size", cities=self._shown("edition", "cities")),
            "platforms": speech.writer.join(map(speech.platform, edition.platforms)),
            "counting": speech.full_day(edition.counting_date),
            "source": speech.label(f"cover.{edition.source}"),
        }
        return [[speech.label(f"cover.{name}"), value] for name, value in values.items()]

    def section(self, name: str) -> Block:
        """The heading of a section: its finding, with the topic above it."""
        number = f"{SECTIONS.index(name) + 1:02d}" if name in SECTIONS else ""
        title, kicker = self.speech.tell(f"title.{name}"), self.speech.label(f"kicker.{name}")
        return Block("section", {"anchor": name, "number": number, "kicker": kicker, "title": title, "level": 1})

    def summary(self) -> Block:
        """One sentence for each part, and one for each gate that the edition's file sets."""
        items = [self.speech.tell(f"summary.{name}") for name in ("rows", "seen", "days", "followers", "odd")]
        gates = [each for each in self.findings.values() if each.kind == "gate"]
        return Block("findings", {"items": [*items, *(self.speech.tell("summary.gate", gate=gate) for gate in gates)]})

    def text(self, *keys: str) -> Block | None:
        """Paragraphs by their keys; those that have nothing to say are left out, None where all are."""
        texts = [text for text in map(self.speech.tell, keys) if text]
        return Block("prose", {"paragraphs": texts}) if texts else None

    def note(self, key: str) -> Block:
        """A remark set apart."""
        return Block("note", {"text": self.speech.tell(key), "tone": "plain"})

    def table(self, name: str) -> Block | None:
        """A table by its name (see `Tables`); None where it has no row."""
        return self.tables.block(name)

    def odd(self, kind: str) -> Block | None:
        """What one test found; None where it found nothing."""
        return self.tables.odd(next(test for test in self.checked.tests if test.kind == kind))

    # what depends on the data

    def days_text(self) -> Block | None:
        """How to read the chart of the days, whose bars are months in a long window."""
        return self.text("days.month" if boards.is_long(self.checked) else "days.text")

    def followers_text(self) -> Block | None:
        """The movement of followers, or why there is none; who moved most only where cities are published in order."""
        moves = self.checked.moves
        if moves is None or moves.empty:
            return self.text("followers.unknown")
        ends = self.tables.ordered and (moves["change"].astype("int64") != 0).any()
        return self.text("followers.known", *(["followers.ends"] if ends else []), "followers.drops")

    def quarantine_text(self) -> Block | None:
        """Where the refused rows are and what to do with them."""
        found = self.findings["quarantine"].figures["rows"].value
        return self.text("quarantine.text", "quarantine.how") if found else self.text("quarantine.empty")

    # charts

    def tiles_chart(self) -> Any:
        """Every city with its state on each platform."""
        from cityreach import charts

        states = [self.speech.label(f"status.{state}") for state in STATUSES]
        chart = charts.status_tiles(boards.tiles(self.checked, self.speech), states=states)
        platforms = self.speech.writer.join(map(self.speech.platform, self.received.edition.platforms))
        return self._finished(
            chart, "tiles", self.speech.label("chart.tiles.subtitle", platforms=platforms, single=self._single)
        )

    def days_chart(self) -> Any:
        """Posts a day on each platform; days without any are crossed."""
        from cityreach import charts

        key = "subtitle_month" if boards.is_long(self.checked) else "subtitle"
        chart = charts.daily_panels(boards.days(self.checked, self.speech))
        return self._finished(chart, "days", self.speech.label(f"chart.days.{key}", single=self._single))

    def followers_chart(self) -> Any:
        """How the accounts' followers changed; None without an edition before."""
        from cityreach import charts

        bins = boards.followers(self.checked, self.speech)
        if bins.empty:
            return None
        subtitle = self.speech.label("chart.followers.subtitle", before=self.speech.before)
        chart = charts.histogram(bins, axis_title=self.speech.label("chart.followers.axis"))
        return self._finished(chart, "followers", subtitle)

    @property
    def _single(self) -> bool:
        """Whether the edition measures one platform only."""
        return len(self.received.edition.platforms) == 1

    def _finished(self, chart: Any, name: str, subtitle: str) -> Any:
        from cityreach import charts

        headline = self.speech.plain(f"chart.{name}.headline")
        alt = f"{headline} {subtitle}"
        return charts.finish(
            chart, headline=headline, subtitle=subtitle, source=self.speech.source, alt=alt, key=f"quality-{name}"
        )
