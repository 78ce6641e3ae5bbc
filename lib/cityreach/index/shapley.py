"""A change shared out among players who stand in nested groups: Shapley's value, brothers against brothers.

A state says which players have moved; `worth` gives the worth of many states at once. A player's share is what its move
adds, averaged over all orders in which the players can move one after the other and every group moves without a break
(Owen 1977; Winter 1989 for groups in groups). Shares add up to the whole change, brothers that are alike get the same,
who changes nothing gets nothing, and a group gets what it would get as one player among its brothers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from math import comb
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]
Worth = Callable[[Mask], Array]  # states x players -> states
BROTHERS = 12  # more players in one group are not counted through, but sampled
STATES = 1 << 18  # and so are groups in groups that have more states than these


@dataclass(frozen=True)
class Groups:
    """Who stands in which group: the children of every group; whoever has none is a player."""

    top: str
    children: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def players(self, name: str | None = None) -> list[str]:
        """The players of a group, or of all, in the tree's order; a player is alone in its own."""
        name = self.top if name is None else name
        if name not in self.children:
            return [name]
        return [player for child in self.children[name] for player in self.players(child)]

    def ways(self) -> Iterator[tuple[str, list[list[str]]]]:
        """Every group with the brothers that stand beside the way down to it, level by level."""
        pending: list[tuple[str, list[list[str]]]] = [(self.top, [])] if self.top in self.children else []
        while pending:
            group, beside = pending.pop()
            yield group, beside
            below = self.children[group]
            for child in below:
                if child in self.children:
                    pending.append((child, [*beside, [brother for brother in below if brother != child]]))

    def order(self, draw: np.random.Generator) -> list[str]:
        """All players in an order by chance, in which every group stands together."""
        return self._order(self.top, draw)

    def _order(self, name: str, draw: np.random.Generator) -> list[str]:
        if name not in self.children:
            return [name]
        below = self.children[name]
        return [player for at in draw.permutation(len(below)) for player in self._order(below[at], draw)]


class Shares(NamedTuple):
    """The share of every player and group, its standard error (0 where exact), and whether all orders were counted."""

    part: dict[str, float]
    error: dict[str, float]
    exact: bool


def share_out(groups: Groups, worth: Worth, *, draws: int = 200, seed: int = 0) -> Shares:
    """What each player and group has in worth(all moved) - worth(none moved).

    Exact where no group has more than BROTHERS and all states are no more than STATES; otherwise over `draws` orders by
    chance and their reverses, which add up exactly, too. Same seed, same answer.
    """
    if groups.top not in groups.children:
        ends = worth(np.array([[False], [True]]))
        return Shares({groups.top: float(ends[1] - ends[0])}, {groups.top: 0.0}, True)
    return _counted(groups, worth) if is_countable(groups) else _sampled(groups, worth, draws, seed)


def is_countable(groups: Groups) -> bool:
    """Whether all orders can be counted through."""
    sizes = [len(below) for below in groups.children.values()]
    states = sum(
        1 << sum(map(len, beside)) + len(groups.children[group])
        for group, beside in groups.ways()
        if _has_players(groups, group)
    )
    return max(sizes) <= BROTHERS and states <= STATES


def shapley(worth: Array) -> Array:
    """The shares of n players from the worth of their 2 ** n coalitions; player i is in those with bit i."""
    count = len(worth).bit_length() - 1
    codes, chance, shares = np.arange(len(worth)), chances(count - 1), np.empty(count)
    for player in range(count):
        without = codes[(codes >> player) & 1 == 0]
        shares[player] = (worth[without | (1 << player)] - worth[without]) @ chance[np.bitwise_count(without)]
    return shares


def chances(others: int) -> Array:
    """How likely it is that of so many others just these have moved before a player, by their number."""
    return np.array([1.0 / ((others + 1) * comb(others, size)) for size in range(others + 1)])


def _has_players(groups: Groups, group: str) -> bool:
    return any(child not in groups.children for child in groups.children[group])


def _counted(groups: Groups, worth: Worth) -> Shares:
    column = {player: at for at, player in enumerate(groups.players())}
    part: dict[str, float] = {}
    for group, beside in groups.ways():
        if _has_players(groups, group):
            shares = shapley(_reduced(groups, group, beside, column, worth))
            named = zip(groups.children[group], shares, strict=True)
            part.update({child: float(share) for child, share in named if child in column})
    return Shares(_summed(groups, part), dict.fromkeys([*groups.children, *column], 0.0), True)


def _reduced(groups: Groups, group: str, beside: list[list[str]], column: Mapping[str, int], worth: Worth) -> Array:
    """The worth of every coalition of a group's children, averaged over what stands beside the way down to it."""
    blocks = [*groups.children[group], *(brother for level in beside for brother in level)]
    codes = np.arange(1 << len(blocks))
    moved = np.zeros((len(codes), len(column)), dtype=bool)
    for bit, block in enumerate(blocks):
        moved[:, [column[player] for player in groups.players(block)]] = ((codes >> bit) & 1 == 1)[:, None]
    return _chance_beside(beside) @ worth(moved).reshape(-1, 1 << len(groups.children[group]))


def _chance_beside(beside: list[list[str]]) -> Array:
    """How likely each state of those beside the way is: level by level, as if the way itself were one player."""
    chance = np.ones(1)
    for level in beside:  # a later level has the higher bits
        own = chances(len(level))[np.bitwise_count(np.arange(1 << len(level)))]
        chance = np.multiply.outer(own, chance).ravel()
    return chance


def _sampled(groups: Groups, worth: Worth, draws: int, seed: int) -> Shares:
    draw, players = np.random.default_rng(seed), groups.players()
    number = {player: at for at, player in enumerate(players)}
    forward = np.array([[number[player] for player in groups.order(draw)] for _ in range(draws)])
    orders = np.stack([forward, forward[:, ::-1]], axis=1).reshape(-1, len(players))
    place = orders.argsort(axis=1)
    moved = place[:, None, :] < np.arange(len(players) + 1)[:, None]
    worths = worth(moved.reshape(-1, len(players))).reshape(len(orders), -1)
    added = np.take_along_axis(np.diff(worths, axis=1), place, axis=1).reshape(draws, 2, -1).mean(axis=1)
    part, error = {}, {}
    for name in [*groups.children, *players]:
        own = added[:, [number[player] for player in groups.players(name)]].sum(axis=1)
        part[name], error[name] = float(own.mean()), float(own.std(ddof=1) / np.sqrt(draws))
    return Shares(_summed(groups, {player: part[player] for player in players}), error, False)


def _summed(groups: Groups, part: dict[str, float]) -> dict[str, float]:
    """With the share of every group, which is that of its players."""
    return {**{group: sum(part[each] for each in groups.players(group)) for group in groups.children}, **part}
