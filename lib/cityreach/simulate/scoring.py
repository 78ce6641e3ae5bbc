"""From a score to the figures that earn it: the method's goalposts, turned round.

The index itself is computed in `cityreach.index`; here its goalposts are read so that a simulated month comes out
at the scores intended. Figures are matrices, one row per cell (city x platform), one column per INDICATORS.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from cityreach.errors import SpecError
from cityreach.index.method import Method, Node

INDICATORS = (
    "posts", "active_days", "interactions", "interactions_per_post", "peak", "followers", "new_followers", "views",
    "views_per_post",
)  # fmt: skip
AT = {name: column for column, name in enumerate(INDICATORS)}
STEPS = 60  # halvings of the search for the interactions that a score asks for


@dataclass(frozen=True)
class Goals:
    """Goalposts and weights, one row per cell. weight: a leaf's share of the platform; dimension: its group."""

    low: np.ndarray
    high: np.ndarray
    weight: np.ndarray
    flow: np.ndarray
    dimension: np.ndarray

    def take(self, rows: np.ndarray) -> Goals:
        return Goals(self.low[rows], self.high[rows], self.weight[rows], self.flow[rows], self.dimension)


def goals(method: Method, platforms: Sequence[str], *, days: int) -> Goals:
    """The goals of cells on the given platforms for a window of so many days; SpecError for another kind of method."""
    known = {name: _platform_rows(method, name, days) for name in dict.fromkeys(platforms)}
    stacked = np.stack([known[name][0] for name in platforms]) if platforms else np.zeros((0, 4, len(INDICATORS)))
    dimension = next((rows[1] for rows in known.values()), np.zeros(len(INDICATORS), dtype=int))
    return Goals(stacked[:, 0], stacked[:, 1], stacked[:, 2], stacked[:, 3], dimension)


def composite_weights(method: Method, platforms: Sequence[str]) -> np.ndarray:
    """The platforms' shares in the composite, 0 for one outside it; they add up to 1."""
    shares = np.array([method.nodes[name].weight or 0.0 for name in platforms])
    return shares / shares.sum() if shares.sum() else shares


def _platform_rows(method: Method, platform: str, days: int) -> tuple[np.ndarray, np.ndarray]:
    rows = np.zeros((4, len(INDICATORS)))
    rows[0], rows[1], rows[3] = 0.0, 1.0, 1.0
    groups: dict[str, int] = {}
    dimension = np.zeros(len(INDICATORS), dtype=int)
    for node in _leaves(method, platform):
        column, rule = AT[node.path.rsplit(".", 1)[1]], node.normalise
        if rule is None or rule.by != "goalposts" or node.indicator is None or node.indicator.transform.by != "log1p":
            raise SpecError(
                f"data/simulation/levels.yml: `method` {method.name} has a leaf `{node.path}` without goalposts on "
                "log1p. Name a method that the simulation can be calibrated with, such as social-reach@1."
            )
        share = (method.nodes[str(node.parent)].weight or 0) * (node.weight or 0)
        flow = node.indicator.per_days / days if node.indicator.per_days else 1.0
        rows[:, column] = rule.parameters["low"], rule.parameters["high"], share, flow
        dimension[column] = groups.setdefault(str(node.parent), len(groups))
    return rows, dimension


def _leaves(method: Method, platform: str) -> list[Node]:
    found = [node for path, node in method.nodes.items() if path.startswith(f"{platform}.") and not node.children]
    strange = [node.path for node in found if node.path.rsplit(".", 1)[1] not in AT]
    if strange or not found:
        raise SpecError(
            f"data/simulation/levels.yml: `method` {method.name} has no usable leaves for {platform} "
            f"(found {', '.join(strange) or 'none'}). Name a method such as social-reach@1."
        )
    return found


def indicator_scores(figures: np.ndarray, aims: Goals) -> np.ndarray:
    """Scores 0 to 100 of figures; NaN stays NaN."""
    low, high = np.log1p(aims.low), np.log1p(aims.high)
    value = np.log1p(np.maximum(figures * aims.flow, 0))
    return np.clip((value - low) / (high - low), 0, 1) * 100


def scores(figures: np.ndarray, aims: Goals) -> np.ndarray:
    """Platform scores 0 to 100; a NaN figure hands its weight to the others of its dimension."""
    single = indicator_scores(figures, aims)
    known = ~np.isnan(single)
    total = np.zeros(len(figures))
    for group in range(aims.dimension.max() + 1):
        within = aims.dimension == group
        weight = aims.weight[:, within]
        valid = weight * known[:, within]
        mean = (np.nan_to_num(single[:, within]) * valid).sum(1) / np.maximum(valid.sum(1), 1e-12)
        total += mean * weight.sum(1)
    return total


def figure_at(score: np.ndarray, aims: Goals, indicator: str) -> np.ndarray:
    """The figure of the window that earns a score on one indicator."""
    column = AT[indicator]
    low, high = np.log1p(aims.low[:, column]), np.log1p(aims.high[:, column])
    return np.expm1(low + np.clip(score, 0, 100) / 100 * (high - low)) / aims.flow[:, column]


@dataclass(frozen=True)
class Shape:
    """What is settled before the interactions: figures per cell, aligned to the goals."""

    posts: np.ndarray
    active_days: np.ndarray
    followers: np.ndarray
    new_followers: np.ndarray
    top: np.ndarray  # the best free post's share of the free interactions
    fixed: np.ndarray  # interactions of the posts whose figures are fixed
    fixed_top: np.ndarray
    views: np.ndarray  # views per interaction, 0 where the platform has none

    def take(self, rows: np.ndarray) -> Shape:
        return Shape(**{name: values[rows] for name, values in vars(self).items()})


def figures(shape: Shape, free: np.ndarray) -> np.ndarray:
    """The matrix of figures for so many free interactions per cell."""
    total = shape.fixed + free
    peak = np.maximum(shape.fixed_top, free * shape.top)
    posts = np.maximum(shape.posts, 1)
    views = np.where(shape.views > 0, total * shape.views, np.nan)
    columns = [
        shape.posts, shape.active_days, total, total / posts, peak, shape.followers, shape.new_followers, views,
        views / posts,
    ]  # fmt: skip
    return np.stack(columns, axis=1)


def free_interactions(aim: np.ndarray, shape: Shape, aims: Goals) -> np.ndarray:
    """The interactions (besides the fixed posts') that bring each cell to the score aimed at, as whole numbers."""
    low = np.zeros(len(aim))
    high = np.log1p(aims.high[:, AT["interactions"]] / aims.flow[:, AT["interactions"]] * 3)
    for _ in range(STEPS):
        middle = (low + high) / 2
        short = scores(figures(shape, np.expm1(middle)), aims) < aim
        low, high = np.where(short, middle, low), np.where(short, high, middle)
    return np.rint(np.expm1((low + high) / 2)).astype(np.int64)
