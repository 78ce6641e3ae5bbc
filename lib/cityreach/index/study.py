"""A plan held against an index before it runs: what it varies, what it skips, and whether every combination exists."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import product
from math import prod

import numpy as np
import pandas as pd

from cityreach.errors import DataError
from cityreach.index.aggregate import CHOOSY
from cityreach.index.compute import Scores
from cityreach.index.plan import NONE, OWN, REASONS, Input, Option, Plan, inputs_of, load_plan
from cityreach.index.replicate import TOGETHER, Case, Columns, Design, columns_of, root_scores
from cityreach.index.schema import Absent

MANY = 2000  # combinations of scales, treatments and means that a plan may have at most


@dataclass(frozen=True)
class Study:
    """A plan that has been checked against an index and its data. skipped: input -> why (`plan.REASONS`)."""

    plan: Plan
    case: Case
    skipped: Mapping[str, str]

    @property
    def scores(self) -> Scores:
        return self.case.scores

    @property
    def inputs(self) -> tuple[Input, ...]:
        return self.case.inputs

    def table(self) -> pd.DataFrame:
        """What is varied and what is not: input, options (their number), choices (in words), skipped (null or why)."""
        varied = [(entry.name, entry.size(self.plan.draws), _choices(entry), None) for entry in self.inputs]
        others = [(name, 1, "", REASONS[why]) for name, why in self.skipped.items()]
        return pd.DataFrame([*varied, *others], columns=["input", "options", "choices", "skipped"])


def check(plan: Plan | str, scores: Scores) -> Study:
    """A plan (or the name of one) held against an index: what it varies, with all the leaves' scores that it needs.

    SpecError names the plan's key and what the method has; DataError unit, indicator and remedy where a scale or a mean
    that the plan asks for does not exist.
    """
    plan = load_plan(plan) if isinstance(plan, str) else plan
    found = inputs_of(plan, scores.method)
    _refuse_many(plan, found.varied)
    case = Case(scores, found.varied, _all_columns(plan, scores, found.varied))
    _refuse_forbidden(plan, case)
    return Study(plan, case, found.skipped)


def _choices(entry: Input) -> str:
    """The options of an input in words."""
    if entry.options:
        return "; ".join(option.name for option in entry.options)
    shares = sorted(set(entry.spread.values()))
    return f"{len(entry.spread)} weights, each +- {' or '.join(f'{share * 100:g}' for share in shares)} %"


def _all_columns(plan: Plan, scores: Scores, inputs: Sequence[Input]) -> dict[tuple[int, int], Columns]:
    """The leaves' scores for every treatment with every scale; DataError where one does not exist."""
    options = {entry.kind: entry.options for entry in inputs}
    own = (Option(OWN),)
    found = {}
    for one, treatment in enumerate(options.get("treatment", own)):
        for two, normalisation in enumerate(options.get("normalisation", own)):
            with _named_in(plan, treatment.name, normalisation.name):
                found[one, two] = columns_of(scores, treatment.rule, normalisation.rule)
            _refuse_below_zero(plan, scores, normalisation, found[one, two])
    return found


@contextmanager
def _named_in(plan: Plan, *names: str) -> Iterator[None]:
    """Errors of the data with the plan and its options before them."""
    try:
        yield
    except DataError as error:
        chosen = ", ".join(name for name in names if name not in (OWN, NONE))
        raise DataError(f"{plan.where}{f' ({chosen})' if chosen else ''}: {error}") from None


def _refuse_below_zero(plan: Plan, scores: Scores, option: Option, columns: Columns) -> None:
    """SpecError where a scale goes below 0 while the method counts what is missing as 0, which must be the worst."""
    level = next((each for each in scores.method.levels if _counts_zero(each.missing)), None)
    if option.rule is None or level is None:
        return
    for path, column in columns.items():
        if np.nanmin(column, initial=0.0) < 0:
            found = f"{option.name} takes `{path}` below 0, but what is missing counts as 0 (level `{level.code}`)"
            remedy = "Give it a mean, sd or range that keeps scores above 0, or leave it out."
            raise plan.problem("normalisation", found, remedy)


def _counts_zero(missing: Absent | Mapping[str, Absent]) -> bool:
    return "zero" in ([missing] if isinstance(missing, str) else missing.values())


def _refuse_many(plan: Plan, inputs: Sequence[Input]) -> None:
    together = [entry for entry in inputs if entry.kind in TOGETHER]
    if prod(len(entry.options) for entry in together) > MANY:
        listed = ", ".join(f"{entry.name} {len(entry.options)}" for entry in together)
        raise plan.problem("(whole file)", f"more than {MANY:,} combinations ({listed})", "Vary less at a time.")


def _refuse_forbidden(plan: Plan, case: Case) -> None:
    """DataError where a combination asks for a mean that does not exist, with the weights as published."""
    together = [entry for entry in case.inputs if entry.kind in TOGETHER]
    if not _has_choosy(case):
        return
    for key in product(*(range(len(entry.options)) for entry in together)):
        names = [entry.options[number].name for entry, number in zip(together, key, strict=True)]
        chosen = dict(zip((entry.name for entry in together), key, strict=True))
        try:
            _walk_all(case, _with_each_gone(case, chosen))
        except DataError:
            _name_forbidden(plan, case, names, chosen)


def _name_forbidden(plan: Plan, case: Case, names: Sequence[str], chosen: Mapping[str, int]) -> None:
    """The same one by one, so that what is left out is named as well."""
    every = _with_each_gone(case, chosen)
    gone = next((entry.options for entry in case.inputs if entry.kind == "leave_out"), (Option(NONE),))
    for number, option in enumerate(gone):
        with _named_in(plan, *names, *([f"without {option.name}"] if number else [])):
            _walk_all(case, Design(every.choices[number : number + 1]))


def _has_choosy(case: Case) -> bool:
    own = [node.aggregate for node in case.scores.method.nodes.values() if node.aggregate is not None]
    others = [option.rule for entry in case.inputs if entry.kind == "aggregation" for option in entry.options[1:]]
    return any(rule.by in CHOOSY for rule in (*own, *others))


def _with_each_gone(case: Case, key: Mapping[str, int]) -> Design:
    """One replication for each thing that is left out, the other inputs as in the key."""
    gone = max((len(entry.options) for entry in case.inputs if entry.kind == "leave_out"), default=1)
    columns = [
        np.arange(gone) if entry.kind == "leave_out" else np.full(gone, key.get(entry.name, 0)) for entry in case.inputs
    ]
    return Design(np.column_stack(columns) if columns else np.zeros((gone, 0), dtype=np.intp))


def _walk_all(case: Case, design: Design) -> None:
    for part in case.scores.parts:
        for _ in root_scores(case, design, part, np.arange(len(part.at))):
            pass
