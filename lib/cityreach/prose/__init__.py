"""Sentences from findings: Jinja2 templates that staff edit, filled with figures that remember their finding.

`Writer("zh", "monthly")` reads `templates/prose/zh/monthly.yml`: a mapping of keys to Jinja2 texts. `tell(key,
lead=finding, ...)` fills one: each finding is shown to the template under its name, with `s` (its subject), `f.<name>`
(a figure, printed by its unit and traced to its finding) and `w.<name>` (a word). `text(finding)` is the short form for
a sentence from one finding, whose `s`, `f` and `w` stand there without a name. A key may hold a list of wordings of the
same sentence: `turn` says which is taken, so that sentences that follow each other take different ones. Filters turn
ids into names (`{{ s|city }}`, `{{ w.cities|cities }}`); the caller brings them. `label(key, **words)` returns a plain
string for headings of columns, axis titles and other words that carry no figure of the analysis.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import jinja2

from cityreach import blocks, paths, spec
from cityreach.errors import SpecError
from cityreach.findings import Figure, Finding
from cityreach.prose import numbers

_START, _MIDDLE, _END = "\x02", "\x1f", "\x03"
_CONTROL = {ord(mark): None for mark in (_START, _MIDDLE, _END)}
Names = Mapping[str, Callable[..., str]]
Refer = Callable[[Figure], dict[str, Any] | None]
Told = list[tuple[str, str, Figure]]  # the figures that a template may print: finding, name, figure


class Writer:
    """Turns findings into texts of one language; SpecError names template file and key.

    refer: what a figure in a text tells of the table cell it stands in (`at` in `blocks.figure_run`).
    """

    def __init__(self, lang: str, name: str, *, names: Names | None = None, refer: Refer | None = None) -> None:
        self.lang = lang
        self._refer = refer or (lambda figure: None)
        self.path = paths.template("prose", lang, f"{name}.yml")
        self._sources = _sources(self.path)
        self._environment = _environment(lang, names or {})
        self._names = frozenset(names or ())
        self._compiled: dict[tuple[str, int], jinja2.Template] = {}

    def text(self, finding: Finding, key: str = "", turn: int = 0, **words: Any) -> blocks.Text:
        """The sentence of a finding as runs; `key` chooses another template than the finding's kind."""
        told: Told = []
        view = _View(finding, self.lang, told)
        filled = self._render(key or finding.kind, turn, s=view.s, f=view.f, w=view.w | _clean(words), **_clean(words))
        return self._runs(filled, told)

    def tell(self, key: str, *, turn: int = 0, **given: Any) -> blocks.Text:
        """A sentence from several findings (or lists of them), by the names that its template uses.

        turn: the place of the sentence among its like; of several wordings each takes its turn.
        """
        told: Told = []
        filled = self._render(key, turn, **{name: _shown(value, self.lang, told) for name, value in given.items()})
        return self._runs(filled, told)

    def figure(self, finding: Finding, name: str, unit: str = "") -> blocks.Run:
        """One figure of a finding by itself, as a run; `unit` prints it in another way than its own."""
        own = finding.figures[name]
        figure = replace(own, unit=unit or own.unit)
        shown = numbers.show(figure.value, figure.unit, self.lang)
        return blocks.figure_run(shown, finding.id, name, self._refer(figure))

    def wordings(self, key: str) -> int:
        """How many wordings a sentence has."""
        return len(self._sources.get(key, ()))

    def paragraph(self, *texts: blocks.Text) -> blocks.Text:
        """Sentences one after the other, with a space between them in English."""
        glue = "" if self.lang == "zh" else " "
        runs: blocks.Text = []
        for text in (text for text in texts if text):
            runs += [glue, *text] if runs and glue else text
        return runs

    def label(self, key: str, **words: Any) -> str:
        """A plain string without figures of the analysis."""
        return self._render(key, 0, **_clean(words))

    def has(self, key: str) -> bool:
        return key in self._sources

    def count(self, value: float) -> str:
        return numbers.count(value, self.lang)

    def join(self, names: Iterable[str]) -> str:
        return numbers.listed(names, self.lang)

    def _runs(self, filled: str, told: Told) -> blocks.Text:
        """A filled template as runs: each mark in it names one of the figures told."""
        runs: blocks.Text = []
        for piece in filled.split(_START):
            head, end, rest = piece.partition(_END)
            if end:
                number, shown = head.split(_MIDDLE)
                finding, name, figure = told[int(number)]
                runs.append(blocks.figure_run(shown, finding, name, self._refer(figure)))
            plain = rest if end else head
            if plain:
                runs.append(plain)
        return runs

    def _render(self, key: str, turn: int, /, **context: Any) -> str:
        ways = self._sources.get(key, ("{",))
        way = turn % len(ways)
        if "{" not in ways[way]:
            return " ".join(ways[way].split("\n")).strip()  # a plain word needs no template
        try:
            return " ".join(self._template(key, way).render(**context).split("\n")).strip()
        except jinja2.UndefinedError as error:
            raise SpecError(f"{self._where(key)} uses a name that is not given there ({error}). Correct it.") from None

    def _template(self, key: str, way: int = 0) -> jinja2.Template:
        if (key, way) not in self._compiled:
            if key not in self._sources:
                raise SpecError(f"{self._where(key)} is absent. Add the sentence or label under this key.")
            try:
                code = _code(self._sources[key][way], self.lang, self._names)
                self._compiled[key, way] = jinja2.Template.from_code(self._environment, code, {})
            except jinja2.TemplateSyntaxError as error:
                raise SpecError(f"{self._where(key)} is not a valid template ({error}). Correct it.") from None
        return self._compiled[key, way]

    def _where(self, key: str) -> str:
        return f"{paths.relative(self.path)}: `{key}`"


@cache
def _code(source: str, lang: str, names: frozenset[str]) -> Any:
    """A template compiled once for all writers of a language that bring filters of these names; it calls their own."""
    return _environment(lang, dict.fromkeys(names, str)).compile(source)


def _environment(lang: str, names: Names) -> jinja2.Environment:
    environment = jinja2.Environment(
        undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True, autoescape=False, optimized=False
    )
    environment.filters["listed"] = lambda items: numbers.listed(items, lang)
    environment.filters["plural"] = _plural
    environment.filters |= names
    return environment


def _plural(word: str, number: Any) -> str:
    """An English noun as the number asks: 1 city, 2 cities."""
    if int(number) == 1:
        return word
    return f"{word[:-1]}ies" if word.endswith("y") else f"{word}s"


@cache
def _sources(path: Path) -> dict[str, tuple[str, ...]]:
    return dict(_flat(spec.read_yaml(path), ""))


def _flat(content: Any, prefix: str) -> Iterable[tuple[str, tuple[str, ...]]]:
    """Nested mappings as dotted keys, each with its wordings."""
    for key, value in content.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", tuple(map(str, value)) if isinstance(value, list) and value else (str(value),)


class _Marked(str):
    """A printed figure with its reference around it; `value` is the number, for conditions and plurals."""

    value: Any

    def __int__(self) -> int:
        return int(self.value)


class _View:
    """A finding as templates see it: `s`, `f` and `w`; its figures are added to those told."""

    def __init__(self, finding: Finding, lang: str, told: Told) -> None:
        self.s = _clean_value(finding.subject)
        self.f = {name: _mark(finding, name, lang, told) for name in finding.figures}
        self.w = _clean(finding.words)


def _shown(value: Any, lang: str, told: Told) -> Any:
    if isinstance(value, Finding):
        return _View(value, lang, told)
    if isinstance(value, list | tuple):
        return [_shown(each, lang, told) for each in value]
    return _clean_value(value)


def _mark(finding: Finding, name: str, lang: str, told: Told) -> _Marked:
    figure = finding.figures[name]
    shown = numbers.show(figure.value, figure.unit, lang).translate(_CONTROL)
    marked = _Marked(f"{_START}{len(told)}{_MIDDLE}{shown}{_END}")
    marked.value = figure.value
    told.append((finding.id, name, figure))
    return marked


def _clean(words: Mapping[str, Any]) -> dict[str, Any]:
    """Words without the marks that figures are wrapped in (a name could not forge a figure)."""
    return {key: _clean_value(value) for key, value in words.items()}


def _clean_value(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [_clean_value(each) for each in value]
    return value.translate(_CONTROL) if type(value) is str else value
