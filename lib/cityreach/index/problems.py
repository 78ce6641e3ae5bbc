"""What can be wrong with a method beyond the form of its keys: sums of weights, codes, leaves, depths."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cityreach.index.schema import Branch, Level, NormaliseRule

if TYPE_CHECKING:
    from cityreach.index.method import Method


def problems(method: Method) -> Iterator[str]:
    """One sentence for each thing that is wrong, with its node and its remedy."""
    yield from _branch_problems(method, method.tree, ())
    yield from _set_problems(method)


def _branch_problems(method: Method, branch: Branch, above: tuple[str, ...]) -> Iterator[str]:
    where = f"node `{'.'.join([*above[1:], branch.code])}`"
    if len(above) > len(method.levels):
        yield f"{where}: lies deeper than `levels` goes ({len(method.levels)} below the root). Add a level there."
    elif branch.children:
        yield from _inner_problems(method, branch, where, len(above))
    else:
        yield from _leaf_problems(method, branch, where)
    for child in branch.children:
        yield from _branch_problems(method, child, (*above, branch.code))


def _inner_problems(method: Method, branch: Branch, where: str, depth: int) -> Iterator[str]:
    codes = [child.code for child in branch.children]
    doubled = [code for code in codes if codes.count(code) > 1]
    if doubled:
        yield f"{where}: two children have the code `{doubled[0]}`. Rename or remove one."
    if depth == 0 and branch.code in codes:
        yield f"{where}: a child has the root's own code `{branch.code}`. Rename one of the two."
    if branch.label is None:
        yield f"{where}: `label` is absent. Write label: {{zh: ..., en: ...}}."
    if branch.indicator:
        yield f"{where}: has children, so `indicator` does not belong here. Move it to a leaf."
    if branch.direction < 0 and branch.normalise is None:
        yield f"{where}: direction -1 needs a scale. Write `normalise` as well, or turn the directions of its leaves."
    if depth < len(method.levels):
        yield from _weight_problems(branch, where, method.levels[depth])


def _weight_problems(branch: Branch, where: str, level: Level) -> Iterator[str]:
    inside = [child for child in branch.children if not child.outside]
    status, fixed = level.weights.status, level.weights.derive is None and level.weights.status != "equal"
    for child in branch.children:
        if child.outside and child.weight is not None:
            yield f"{where}: child `{child.code}` is outside and has a weight. Remove `weight` or `outside`."
    given = [child for child in inside if child.weight is not None]
    lacking = [child.code for child in inside if child.weight is None]
    total = sum(child.share for child in inside)
    if not inside:
        yield f"{where}: every child is outside, so it has no score. Leave at least one inside."
    elif not fixed and given:
        said = f"{status} weights" if status == "equal" else f"that weights are derived ({level.weights.derive})"
        yield f"{where}: its level says {said}, found a weight on `{given[0].code}`. Remove it."
    elif fixed and lacking:
        yield f"{where}: child `{lacking[0]}` has no `weight`. Write one, or set the level's status to equal."
    elif fixed and not level.weights.relative and not _adds_up(total):
        listed = ", ".join(f"{child.code} {child.weight:g}" for child in inside)
        yield (
            f"{where}: `weight` of its children adds up to {total:.10g} ({listed}), not to 1 or 100. Correct them, or "
            f"write `relative: true` in the weights of level `{level.code}`."
        )


def _adds_up(total: float) -> bool:
    return abs(total - 1) < 1e-9 or abs(total - 100) < 1e-7


def _leaf_problems(method: Method, branch: Branch, where: str) -> Iterator[str]:
    code = branch.indicator or branch.code
    if code not in method.indicators:
        yield f"{where}: `{code}` is not among `indicators` ({', '.join(method.indicators)}). Correct it or add it."
        return
    indicator = method.indicators[code]
    rule = branch.normalise or indicator.normalise or method.normalisation.default
    if rule is None:
        yield (
            f"{where}: `normalise` is absent. Write {{by: goalposts, low: ..., high: ...}}, or a `default` for all "
            "leaves under `normalisation`."
        )
    elif rule.by == "none" and indicator.direction * branch.direction < 0:
        yield f"{where}: direction -1 needs a scale, found normalise {{by: none}}. Write goalposts or minmax."
    else:
        yield from _goalpost_problems(rule, indicator.transform.by, where)


def _goalpost_problems(rule: NormaliseRule, transform: str, where: str) -> Iterator[str]:
    bounds = [rule.parameters.get(name) for name in ("low", "high")] if rule.by == "goalposts" else []
    numbers = [bound for bound in bounds if isinstance(bound, int | float)]
    if len(numbers) == 2 and not numbers[0] < numbers[1]:
        yield f"{where}: `normalise.low` {numbers[0]:g} must lie below `normalise.high` {numbers[1]:g}. Correct one."
    if numbers and transform == "log1p" and numbers[0] < 0:
        yield f"{where}: `normalise.low` is {numbers[0]:g}, but log1p takes no value below 0. Write 0 or more."
    if numbers and transform in ("log", "log10") and numbers[0] <= 0:
        yield f"{where}: `normalise.low` is {numbers[0]:g}, but {transform} takes only values above 0. Write one."


def _set_problems(method: Method) -> Iterator[str]:
    for name, chosen in method.weight_sets.items():
        strange = [path for path in chosen.weights if path not in method.nodes]
        if strange:
            yield (
                f"`weight_sets.{name}.weights` names the node `{strange[0]}`, which the tree does not have. "
                f"Its nodes begin with: {', '.join(list(method.nodes)[:8])}."
            )
        wrong = [path for path, weight in chosen.weights.items() if not weight >= 0]
        if wrong:
            yield f"`weight_sets.{name}.weights.{wrong[0]}` is below 0. Write 0 or more."
