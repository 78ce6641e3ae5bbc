"""A method in words: what a reader must know to judge an index, as Markdown in one language."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cityreach.index.compute import Scores
from cityreach.index.family import Rule
from cityreach.index.method import Method, Node
from cityreach.index.schema import Window
from cityreach.prose import Writer


def methods_text(scores: Scores, lang: str) -> str:
    """Data, steps, weights with their sources, and a table of the indicators; figures come from what was computed."""
    writer = Writer(lang, "index")
    method = scores.method
    lines = [f"# {method.title[lang]} ({method.name})", "", method.description[lang], ""]
    lines += [f"- {line}" for line in _steps(writer, scores)]
    lines += ["", f"## {writer.label('weights')}", "", *_levels(writer, method)]
    lines += ["", f"## {writer.label('indicators')}", "", *_table(writer, method)]
    return "\n".join(lines) + "\n"


def _steps(writer: Writer, scores: Scores) -> Iterator[str]:
    method, rows = scores.method, scores.leaves.rows
    units, periods = len(set(rows.unit)), len(rows.periods)
    leaves = sum(1 for node in method.nodes.values() if node.indicator)
    yield writer.label("data", units=units, periods=periods, leaves=leaves)
    if method.screening:
        share = method.screening
        yield writer.label("screening", available=share.available, nonzero=share.nonzero, dropped=len(scores.dropped))
    if method.imputation:
        yield writer.label("imputation", by=_named(writer, "impute", method.imputation))
    if method.treatment:
        rule = _named(writer, "treatments", method.treatment)
        yield writer.label("treatment", by=rule, treated=_treated(scores), over=_over(writer, method.treatment.over))
    yield writer.label("normalisation", status=_status(writer, method.normalisation.status),
                       citation=method.normalisation.citation[writer.lang])  # fmt: skip
    ranks = method.ranks
    yield writer.label("ranks", decimals=-1 if ranks.decimals is None else ranks.decimals, digits=ranks.significant)


def _treated(scores: Scores) -> int:
    return sum(1 for each in scores.leaves.treatment.values() if each.steps)


def _levels(writer: Writer, method: Method) -> Iterator[str]:
    for level in method.levels:
        missing = level.missing
        rules = {"": missing} if isinstance(missing, str) else missing
        absent = writer.join(
            (f"{status}: " if status else "") + writer.label(f"missing.{rule}") for status, rule in rules.items()
        )
        yield "- " + writer.label(
            "level",
            label=level.label[writer.lang],
            status=_status(writer, level.weights.status),
            citation=level.weights.citation[writer.lang],
            aggregate=_named(writer, "aggregate", level.aggregate),
            missing=absent,
            available=level.available,
        )


def _table(writer: Writer, method: Method) -> Iterator[str]:
    names = ("indicator", "path", "unit", "direction", "transform", "scale", "weight_inside", "weight_whole")
    heads = [writer.label(f"column.{name}") for name in names]
    yield f"| {' | '.join(heads)} |"
    yield "|" + " --- |" * len(heads)
    for row in method.weight_table():
        node = method.nodes[row.path]
        if node.indicator:
            yield f"| {' | '.join(_cells(writer, node, row.share, row.whole))} |"


def _cells(writer: Writer, node: Node, share: float, whole: float) -> list[str]:
    assert node.indicator is not None
    direction = "+" if node.direction > 0 else "−"
    transform = "" if node.indicator.transform.by == "none" else _named(writer, "transform", node.indicator.transform)
    scale = _named(writer, "normalise", node.normalise) if node.normalise else ""
    return [
        node.label[writer.lang], f"`{node.path}`", node.indicator.unit[writer.lang], direction, transform, scale,
        f"{share:.4g}", f"{whole:.4g}",
    ]  # fmt: skip


def _named(writer: Writer, family: str, rule: Rule) -> str:
    """A member of a family in words, with the parameters that the file gives."""
    key = f"{family}.{rule.by}"
    name = writer.label(key) if writer.has(key) else rule.by
    written = {name: value for name, value in rule.parameters.items() if name in rule.model_fields_set}
    given = ", ".join(f"{name} {_shown(value)}" for name, value in written.items() if value is not None)
    return f"{name} ({given})" if given else name


def _shown(value: Any) -> str:
    if isinstance(value, list | tuple):
        return "–".join(map(_shown, value))
    return f"{value:g}" if isinstance(value, float) else str(value)


def _over(writer: Writer, over: str | Window) -> str:
    if isinstance(over, Window):
        return writer.label("over.window", first=over.first, last=over.last)
    return writer.label(f"over.{over}")


def _status(writer: Writer, status: str) -> str:
    return writer.label(f"status.{status}")
