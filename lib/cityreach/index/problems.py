"""What can be wrong with a method beyond the form of its keys: sums of weights, codes, leaves, depths."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cityreach.index.schema import Branch, Goalposts, Unscaled

if TYPE_CHECKING:
    from cityreach.index.method import Method


def problems(method: Method) -> Iterator[str]:
    """One sentence for each thing that is wrong, with its node and its remedy."""
    yield from _branch_problems(method, method.tree, ())


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
    if branch.normalise or branch.indicator:
        yield f"{where}: has children, so `normalise` and `indicator` do not belong here. Move them to a leaf."
    if depth < len(method.levels):
        yield from _weight_problems(branch, where, method.levels[depth].weights.status)


def _weight_problems(branch: Branch, where: str, status: str) -> Iterator[str]:
    inside = [child for child in branch.children if not child.outside]
    for child in branch.children:
        if child.outside and child.weight is not None:
            yield f"{where}: child `{child.code}` is outside and has a weight. Remove `weight` or `outside`."
    given = [child for child in inside if child.weight is not None]
    lacking = [child.code for child in inside if child.weight is None]
    total = sum(child.share for child in inside)
    if not inside:
        yield f"{where}: every child is outside, so it has no score. Leave at least one inside."
    elif status == "equal" and given:
        yield f"{where}: its level says equal weights, found a weight on `{given[0].code}`. Remove it."
    elif status != "equal" and lacking:
        yield f"{where}: child `{lacking[0]}` has no `weight`. Write one, or set the level's status to equal."
    elif status != "equal" and not _adds_up(total):
        listed = ", ".join(f"{child.code} {child.weight:g}" for child in inside)
        yield f"{where}: `weight` of its children adds up to {total:.10g} ({listed}), not to 1 or 100. Correct them."


def _adds_up(total: float) -> bool:
    return abs(total - 1) < 1e-9 or abs(total - 100) < 1e-7


def _leaf_problems(method: Method, branch: Branch, where: str) -> Iterator[str]:
    code = branch.indicator or branch.code
    if code not in method.indicators:
        yield f"{where}: `{code}` is not among `indicators` ({', '.join(method.indicators)}). Correct it or add it."
        return
    indicator, normalise = method.indicators[code], branch.normalise
    if normalise is None:
        yield f"{where}: `normalise` is absent. Write {{by: goalposts, low: ..., high: ...}} or {{by: none}}."
    elif isinstance(normalise, Goalposts) and indicator.transform == "log1p" and normalise.low < 0:
        yield f"{where}: `normalise.low` is {normalise.low:g}, but log1p takes no value below 0. Write 0 or more."
    elif isinstance(normalise, Unscaled) and indicator.direction < 0:
        yield f"{where}: direction -1 needs a scale, found normalise {{by: none}}. Write goalposts or minmax."
