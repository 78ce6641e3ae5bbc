"""Sentences from findings: Jinja2 templates that staff edit, filled with figures that remember their finding.

`Writer("zh", "monthly")` reads `templates/prose/zh/monthly.yml`: a mapping of keys to Jinja2 texts. In a
template `f.<name>` is a figure of the finding, printed by its unit and traced to its finding; `w.<name>` is
one of its words. `text(finding)` returns the runs of `cityreach.blocks.Text`; `label(key, **words)` returns a
plain string for headings of columns, axis titles and other words that carry no figure of the analysis.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import jinja2

from cityreach import blocks, paths, spec
from cityreach.errors import SpecError
from cityreach.findings import Finding
from cityreach.prose import numbers

_START, _MIDDLE, _END = "\x02", "\x1f", "\x03"
_CONTROL = {ord(mark): None for mark in (_START, _MIDDLE, _END)}


class Writer:
    """Turns findings into texts of one language; SpecError names template file and key."""

    def __init__(self, lang: str, name: str) -> None:
        self.lang = lang
        self.path = paths.template("prose", lang, f"{name}.yml")
        self._templates = _templates(self.path, lang)

    def text(self, finding: Finding, key: str = "", **words: Any) -> blocks.Text:
        """The sentence of a finding as runs; `key` chooses another template than the finding's kind."""
        figures = {name: _mark(finding, name, self.lang) for name in finding.figures}
        filled = self._render(key or finding.kind, f=figures, w=_clean(finding.words) | _clean(words))
        return _runs(filled)

    def paragraph(self, *texts: blocks.Text) -> blocks.Text:
        """Sentences one after the other, with a space between them in English."""
        glue = "" if self.lang == "zh" else " "
        runs: blocks.Text = []
        for text in (text for text in texts if text):
            runs += [glue, *text] if runs and glue else text
        return runs

    def label(self, key: str, **words: Any) -> str:
        """A plain string without figures of the analysis."""
        return self._render(key, **_clean(words))

    def has(self, key: str) -> bool:
        return key in self._templates

    def count(self, value: float) -> str:
        return numbers.count(value, self.lang)

    def join(self, names: Iterable[str]) -> str:
        return numbers.listed(names, self.lang)

    def _render(self, key: str, **context: Any) -> str:
        where = f"{paths.relative(self.path)}: `{key}`"
        if key not in self._templates:
            raise SpecError(f"{where} is absent. Add the sentence or label under this key.")
        try:
            return self._templates[key].render(**context).strip()
        except jinja2.UndefinedError as error:
            raise SpecError(
                f"{where} uses a name that its finding does not hold ({error}). Correct the name."
            ) from None


@cache
def _templates(path: Path, lang: str) -> dict[str, jinja2.Template]:
    environment = jinja2.Environment(
        undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True, autoescape=False
    )
    environment.filters["listed"] = lambda names: numbers.listed(names, lang)
    environment.filters["plural"] = lambda word, number: word if int(number) == 1 else f"{word}s"
    compiled = {}
    for key, text in _flat(spec.read_yaml(path), ""):
        try:
            compiled[key] = environment.from_string(text)
        except jinja2.TemplateSyntaxError as error:
            raise SpecError(f"{paths.relative(path)}: `{key}` is not a valid template ({error}). Correct it.") from None
    return compiled


def _flat(content: Any, prefix: str) -> Iterable[tuple[str, str]]:
    """Nested mappings as dotted keys."""
    for key, value in content.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", str(value)


class _Marked(str):
    """A printed figure with its reference around it; `.value` is the number, for conditions and plurals."""

    value: Any

    def __int__(self) -> int:
        return int(self.value)


def _mark(finding: Finding, name: str, lang: str) -> _Marked:
    figure = finding.figures[name]
    shown = numbers.show(figure.value, figure.unit, lang)
    marked = _Marked(f"{_START}{finding.id}{_MIDDLE}{name}{_MIDDLE}{shown}{_END}")
    marked.value = figure.value
    return marked


def _clean(words: dict[str, Any]) -> dict[str, Any]:
    """Words without the marks that figures are wrapped in (a name could not forge a figure)."""
    return {key: value.translate(_CONTROL) if type(value) is str else value for key, value in words.items()}


def _runs(filled: str) -> blocks.Text:
    runs: blocks.Text = []
    for piece in filled.split(_START):
        head, end, rest = piece.partition(_END)
        if end:
            finding, name, shown = head.split(_MIDDLE)
            runs.append(blocks.figure_run(shown, finding, name))
        plain = rest if end else head
        if plain:
            runs.append(plain)
    return runs
