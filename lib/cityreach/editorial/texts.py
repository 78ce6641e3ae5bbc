"""A page's pieces as texts of a report: placeholders become figures with their finding, faults are collected."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from cityreach import blocks
from cityreach.blocks import Run, Text
from cityreach.editorial import typed
from cityreach.editorial.faults import Fault, Level
from cityreach.editorial.known import Known, Unresolved
from cityreach.editorial.markdown import Element, Item, Page, Piece
from cityreach.editorial.typed import Judge, Number
from cityreach.findings import Finding, fact
from cityreach.prose import numbers
from cityreach.tracing import silence

TYPED = "typed"  # the kind of finding that stands for a figure which an editor typed and no finding holds
Refer = Callable[[Finding, str], Run]


@dataclass(frozen=True)
class Line:
    """A paragraph or item ready to be set; `below` the items under it."""

    text: Text
    line: int
    below: tuple[Line, ...] = ()


@dataclass(frozen=True)
class Group:
    """kind as of `markdown.Element`."""

    kind: str
    lines: tuple[Line, ...]


@dataclass
class Setter:
    """Sets the pages of one section. run: makes the run of a finding's figure. named: the section in ids. marked: for
    the proof, in which figures that nobody holds are marked.
    """

    page: Page
    known: Known
    judge: Judge
    named: str
    run: Refer
    marked: bool = False
    found: dict[str, Finding] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    def groups(self, elements: tuple[Element, ...]) -> list[Group]:
        return [Group(each.kind, tuple(map(self._line, each.items))) for each in elements]

    def _line(self, item: Item) -> Line:
        return Line(self._text(item), item.line, tuple(map(self._line, item.below)))

    def _text(self, item: Item) -> Text:
        """The runs of a paragraph; typed figures are judged by all of its words, its figures among them."""
        runs = [(piece, self._placed(piece)) for piece in item.pieces]
        words = "".join(blocks.plain([run]) for _, run in runs)
        if not self.known.ordered:
            self._refuse_order(words, item)
        text: Text = []
        at = 0
        for piece, run in runs:
            text += self._typed(piece, words, at) if isinstance(run, str) else [_marked(run, piece.mark)]
            at += len(blocks.plain([run]))
        return [run for run in text if run]

    def _refuse_order(self, words: str, item: Item) -> None:
        for word in silence.words_of_order(words, self.known.lang, tiers=self.known.tiers):
            self._fault(item.line, word, "order_word")

    def _placed(self, piece: Piece) -> Run:
        """A piece as a run; a placeholder that finds nothing stands as it was written."""
        if piece.placeholder is None or not piece.placeholder.path:
            return piece.text
        try:
            finding, key = self.known.resolve(piece.placeholder)
        except Unresolved as error:
            self._fault(piece.line, piece.text, error.kind, given=error.given)
            return {"text": piece.text, "finding": "", "key": "", "mark": "mark"}
        figure = finding.figures[key]
        shown = numbers.show(figure.value, figure.unit, self.known.lang)
        expected = piece.placeholder.expected
        if expected and expected != shown:
            self._fault(piece.line, piece.text, "expected", given={"now": shown})
        self.found[finding.id] = finding
        return self.run(finding, key)

    def _typed(self, piece: Piece, words: str, at: int) -> Text:
        """Words with each number that was typed in them as a figure of the finding that holds it."""
        text: Text = []
        end = at
        for number in typed.numbers_in(words, self.known.lang, self.judge.numbered):
            if at <= number.start and number.end <= at + len(piece.text):
                text += [_marked(words[end : number.start], piece.mark), self._judged(number, words, piece)]
                end = number.end
        return [*text, _marked(words[end : at + len(piece.text)], piece.mark)]

    def _judged(self, number: Number, words: str, piece: Piece) -> Run:
        """A typed number as a figure: of the finding that holds and prints it, else a fact of its own."""
        verdict = self.judge.judge(number, words)
        if verdict.held:
            finding, key = verdict.held
            run = self.run(finding, key)
            if blocks.plain([run]) == number.text:
                self.found[finding.id] = finding
                return _marked(run, piece.mark)
        elif number.counts:
            self._complain(number, words, piece, verdict.against)
        own = self._own(number)
        self.found[own.id] = own
        doubted = self.marked and number.counts and not verdict.held
        return _marked(self.run(own, "value"), "mark" if doubted else piece.mark)

    def _complain(self, number: Number, words: str, piece: Piece, against: tuple[str, str] | None) -> None:
        near = words[max(number.start - 8, 0) : number.end + 6]
        if against:
            given = {"typed": number.text, "now": against[1], "placeholder": against[0]}
            self._fault(piece.line, near, "against", given=given)
        else:
            self._fault(piece.line, near, "unheld", level="warning", given={"typed": number.text})

    def _own(self, number: Number) -> Finding:
        """A finding for a figure that stands on the editor's word alone."""
        section = self.named.replace(".", "-")
        number_of = sum(each.kind == TYPED for each in self.found.values()) + 1
        name = f"{TYPED}.{section}-{number_of}"
        return Finding(name, TYPED, section, {"value": fact(name, number.text, "text")})

    def _fault(
        self, line: int, found: str, kind: str, *, level: Level = "error", given: dict[str, str] | None = None
    ) -> None:
        self.faults.append(Fault(self.page.file, line, found, kind, tuple((given or {}).items()), level))


def _marked(run: Run, mark: str) -> Run:
    """The run in bold or italic."""
    if not mark or not run:
        return run
    return {**(run if isinstance(run, dict) else {"text": run, "finding": "", "key": ""}), "mark": mark}


def every_line(groups: list[Group]) -> Iterator[Line]:
    """All lines, those below others after them."""
    for group in groups:
        for line in group.lines:
            yield line
            yield from line.below
