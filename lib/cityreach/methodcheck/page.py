"""The method check as the notebook shows it: every method returns a block, a finished chart, or None."""

from __future__ import annotations

from typing import Any

from cityreach.blocks import Block
from cityreach.covers import cover
from cityreach.errors import UnknownNameError
from cityreach.methodcheck import boards, facts, material
from cityreach.methodcheck.analysis import BINS
from cityreach.methodcheck.checked import Checked
from cityreach.methodcheck.shown import Tables
from cityreach.methodcheck.speech import Speech
from cityreach.prose import numbers

LANGUAGES = ("zh", "en")
SECTIONS = ("framework", "scales", "relations", "firm", "pairs", "inputs", "without", "methods")
TILES = {"framework": "leaves", "scales": "skewed_after", "firm": "secure", "pairs": "firm", "inputs": "shift"}


def open_page(edition: str, lang: str) -> Page:
    """The page of an edition that is ready for a report; switches the charts' style on.

    UnknownNameError for an unknown edition or language, DataError where the store lacks the edition.
    """
    from cityreach import charts

    if lang not in LANGUAGES:
        raise UnknownNameError(f"Language `{lang}` does not exist. Write {' or '.join(LANGUAGES)}.")
    charts.use()
    return Page(Checked(material.load(edition)), lang)


class Page:
    """Everything that the notebook shows of one edition in one language.

    What has nothing to say (a section on firmness where the plan cannot be run) is None.
    """

    def __init__(self, checked: Checked, lang: str) -> None:
        self.checked = checked
        self.lang = lang
        self.findings = facts.of(checked)
        self.speech = Speech(checked, self.findings, lang)
        self.tables = Tables(checked, self.speech)
        self.sections = [name for name in SECTIONS if name in self.findings]

    def cover(self) -> Block:
        """Title, edition, facts and up to five tiles."""
        edition, label = self.checked.material.edition, self.speech.label
        tiles = [
            (self._shown(finding, name), label(f"tiles.{finding}"))
            for finding, name in TILES.items()
            if finding in self.findings
        ]
        return cover(edition, self.lang, label, tiles=tiles, facts=self._facts())

    def _shown(self, finding: str, name: str) -> str:
        figure = self.findings[finding].figures[name]
        return numbers.show(figure.value, figure.unit, self.lang)

    def _facts(self) -> list[list[str]]:
        known, speech = self.checked.material, self.speech
        edition = known.edition
        values = {
            "window": numbers.span(edition.window.first, edition.window.last, self.lang),
            "panel": speech.label("cover.panel_size", cities=self._shown("edition", "cities")),
            "method": f"{known.method.title[self.lang]} ({known.method.name})",
            "plan": f"{known.plan.title[self.lang]} ({known.plan.id})",
            "counting": numbers.full_day(edition.counting_date, self.lang),
            "source": speech.label(f"cover.{edition.source}"),
        }
        return [[speech.label(f"cover.{name}"), value] for name, value in values.items()]

    def section(self, name: str) -> Block | None:
        """The heading of a section: its finding, with the topic above it."""
        if name not in (*self.sections, "summary"):
            return None
        number = f"{self.sections.index(name) + 1:02d}" if name in self.sections else ""
        title, kicker = self.speech.tell(f"title.{name}"), self.speech.label(f"kicker.{name}")
        return Block("section", {"anchor": name, "number": number, "kicker": kicker, "title": title, "level": 1})

    def summary(self) -> Block:
        """One sentence for each section."""
        return Block("findings", {"items": [self.speech.tell(f"summary.{name}") for name in self.sections]})

    def refused(self) -> Block | None:
        """Why nothing is said of firmness; None where the plan can be run."""
        reason = self.checked.refused
        return Block("note", {"text": self.speech.tell("refused", reason=reason), "tone": "plain"}) if reason else None

    def text(self, key: str) -> Block | None:
        """A paragraph by its key, which begins with its section's name; None where it has nothing to say."""
        if key.partition(".")[0] not in self.findings:
            return None
        text = self.speech.tell(key)
        return Block("prose", {"paragraphs": [text]}) if text else None

    def table(self, name: str) -> Block | None:
        """A table by its name (see `Tables`); None where it has no row."""
        return self.tables.block(name)

    # charts

    def framework_chart(self) -> Any:
        """The tree with its weights."""
        from cityreach import charts

        return self._finished(charts.weight_tree(boards.tree(self.checked, self.speech)), "framework")

    def scales_chart(self) -> Any:
        """Every leaf before and after."""
        from cityreach import charts

        frame = boards.distributions(self.checked, self.speech)
        return self._finished(charts.distribution_grid(frame, bins=BINS), "scales")

    def relations_chart(self) -> Any:
        """Branches with the composite and with each other; None for a single branch."""
        from cityreach import charts

        if "relations" not in self.findings:
            return None
        return self._finished(
            charts.heatmap(boards.relations(self.checked, self.speech), domain=(0.0, 1.0)), "relations"
        )

    def parts_chart(self) -> Any:
        """The parts of the branches with the composite."""
        from cityreach import charts

        if "relations" not in self.findings or self.checked.parts.empty:
            return None
        return self._finished(charts.heatmap(boards.parts(self.checked, self.speech), domain=(0.0, 1.0)), "parts")

    def without_chart(self) -> Any:
        """How far places move without each part."""
        from cityreach import charts

        if "without" not in self.findings:
            return None
        return self._finished(charts.group_bars(boards.without(self.checked, self.speech)), "without")

    def methods_chart(self) -> Any:
        """How far places move under each other method; None where none can be run."""
        from cityreach import charts

        if self.checked.methods is None:
            return None
        return self._finished(charts.group_bars(boards.methods(self.checked.methods, self.speech)), "methods")

    def firm_chart(self) -> Any:
        """The first places with their intervals."""
        from cityreach import charts

        if self.checked.refused:
            return None
        frame = boards.intervals(self.checked, self.speech)
        return self._finished(charts.rank_ranges(frame, axis_title=self.speech.label("chart.firm.axis")), "firm")

    def pairs_chart(self) -> Any:
        """Neighbours and how often the first is ahead; None where there is no pair."""
        from cityreach import charts

        if self.checked.refused or self.checked.pairs.empty:
            return None
        frame = boards.pairs(self.checked, self.speech)
        return self._finished(charts.share_dots(frame, axis_title=self.speech.label("chart.pairs.axis")), "pairs")

    def inputs_chart(self) -> Any:
        """Sobol indices of the inputs; None where no place ever moves."""
        from cityreach import charts

        if self.checked.refused or self.checked.inputs.empty:
            return None
        return self._finished(charts.nested_bars(boards.inputs(self.checked, self.speech)), "inputs")

    def _finished(self, chart: Any, name: str) -> Any:
        from cityreach import charts

        headline, subtitle = (self.speech.plain(f"chart.{name}.{part}") for part in ("headline", "subtitle"))
        return charts.finish(
            chart, headline=headline, subtitle=subtitle, source=self.speech.source, alt=f"{headline} {subtitle}",
            key=f"method-{name}",
        )  # fmt: skip
