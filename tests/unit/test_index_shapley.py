"""A change shared out among players in nested groups, against formulas of another form."""

from __future__ import annotations

from itertools import chain, combinations, permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cityreach.index import shapley
from cityreach.index.shapley import Groups, share_out

FLAT = Groups("top", {"top": ("a", "b", "c", "d")})
NESTED = Groups("top", {"top": ("p", "q", "r"), "p": ("a", "b", "s"), "s": ("c", "d"), "q": ("e", "f")})


class Game:
    """A worth for every coalition, by chance or as given."""

    def __init__(self, groups: Groups, worths: np.ndarray) -> None:
        self.players, self.worths, self.asked = groups.players(), worths, 0

    def __call__(self, moved: np.ndarray) -> np.ndarray:
        self.asked += len(moved)
        return self.worths[moved @ (1 << np.arange(len(self.players)))]


def random_game(groups: Groups, seed: int) -> Game:
    return Game(groups, np.random.default_rng(seed).normal(size=1 << len(groups.players())))


def by_dividends(groups: Groups, game: Game) -> dict[str, float]:
    """Every coalition's own surplus, split evenly among its groups, then inside each (Harsanyi; Winter 1989)."""
    count = len(game.players)
    surplus = game.worths.copy()
    for bit in range(count):
        with_bit = np.flatnonzero((np.arange(1 << count) >> bit) & 1)
        surplus[with_bit] -= surplus[with_bit ^ (1 << bit)]
    shares = dict.fromkeys(game.players, 0.0)
    for code in range(1, 1 << count):
        members = {player for bit, player in enumerate(game.players) if code >> bit & 1}
        _split(groups, groups.top, members, surplus[code], shares)
    return shares


def _split(groups: Groups, name: str, members: set[str], amount: float, shares: dict[str, float]) -> None:
    if name not in groups.children:
        shares[name] += amount
        return
    present = [child for child in groups.children[name] if members & set(groups.players(child))]
    for child in present:
        _split(groups, child, members, amount / len(present), shares)


@pytest.mark.parametrize("groups", [FLAT, NESTED], ids=["flat", "nested"])
@pytest.mark.parametrize("seed", range(3))
def test_shares_are_those_of_the_dividends(groups: Groups, seed: int) -> None:
    game = random_game(groups, seed)
    found = share_out(groups, game)
    assert found.exact
    assert {player: found.part[player] for player in game.players} == pytest.approx(by_dividends(groups, game))


@pytest.mark.parametrize("seed", range(3))
def test_a_group_gets_what_it_would_get_as_one_player(seed: int) -> None:
    game = random_game(NESTED, seed)
    found = share_out(NESTED, game)
    outer = Groups("top", {"top": ("p", "q", "r")})

    def as_one(moved: np.ndarray) -> np.ndarray:
        return game(np.repeat(moved, [4, 2, 1], axis=1))

    alone = share_out(outer, as_one).part
    assert {name: found.part[name] for name in "pqr"} == pytest.approx({name: alone[name] for name in "pqr"})
    assert found.part["s"] == pytest.approx(found.part["c"] + found.part["d"])


def test_the_value_of_a_flat_game_is_the_mean_over_all_orders() -> None:
    game = random_game(FLAT, 7)
    added = np.zeros(4)
    for order in permutations(range(4)):
        code = 0
        for player in order:
            added[player] += game.worths[code | 1 << player] - game.worths[code]
            code |= 1 << player
    np.testing.assert_allclose(shapley.shapley(game.worths), added / 24)


def test_two_of_three_are_the_majority() -> None:
    """By themselves each has 1/3; where a and b act together they are the majority, 1/2 each, and c has nothing."""
    majority = np.array([code.bit_count() >= 2 for code in range(8)], dtype=float)
    alone = Groups("top", {"top": ("a", "b", "c")})
    assert share_out(alone, Game(alone, majority)).part == pytest.approx({"top": 1, "a": 1 / 3, "b": 1 / 3, "c": 1 / 3})
    together = Groups("top", {"top": ("u", "c"), "u": ("a", "b")})
    found = share_out(together, Game(together, majority)).part
    assert found == pytest.approx({"top": 1, "u": 1, "a": 0.5, "b": 0.5, "c": 0})


def test_one_player_has_the_whole_change() -> None:
    assert share_out(Groups("a"), lambda moved: moved[:, 0] * 3.0).part == {"a": 3.0}


@settings(max_examples=30, deadline=None)
@given(st.lists(st.floats(-50, 50), min_size=4, max_size=4), st.integers(0, 3))
def test_whoever_adds_nothing_gets_nothing_and_a_sum_gives_each_its_own(steps: list[float], null: int) -> None:
    steps[null] = 0.0
    found = share_out(FLAT, lambda moved: 5 + moved @ np.array(steps))
    assert found.part["abcd"[null]] == 0
    assert [found.part[name] for name in "abcd"] == pytest.approx(steps, abs=1e-12)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000))
def test_players_who_are_alike_get_the_same(seed: int) -> None:
    by_number = np.random.default_rng(seed).normal(size=5)
    found = share_out(FLAT, lambda moved: by_number[moved.sum(axis=1)])
    assert np.ptp([found.part[name] for name in "abcd"]) < 1e-12


def test_many_brothers_are_sampled_and_add_up_all_the_same() -> None:
    names = tuple(f"n{number}" for number in range(shapley.BROTHERS + 1))
    groups = Groups("top", {"top": ("p", "z"), "p": names})
    weights = np.random.default_rng(1).uniform(0.5, 2, len(names) + 1)

    def worth(moved: np.ndarray) -> np.ndarray:
        return np.sqrt(1 + moved[:, :-1] @ weights[:-1]) * (1 + moved[:, -1] * weights[-1])

    found = share_out(groups, worth, draws=150, seed=3)
    assert not found.exact
    ends = worth(np.array([[False] * 14, [True] * 14]))
    assert sum(found.part[name] for name in (*names, "z")) == pytest.approx(ends[1] - ends[0], abs=1e-12)
    assert found.part["p"] == pytest.approx(sum(found.part[name] for name in names), abs=1e-12)
    assert share_out(groups, worth, draws=150, seed=3) == found
    # The group as one player is a game of two, worked out in full.
    root = np.sqrt(1 + weights[:-1].sum())
    whole = ((root - 1) + (root - 1) * (1 + weights[-1])) / 2
    assert abs(found.part["p"] - whole) <= 4 * found.error["p"] + 1e-9
    assert 0 < found.error["n0"] < 0.1 * abs(found.part["n0"])


def test_a_sample_comes_near_what_counting_gives(monkeypatch: pytest.MonkeyPatch) -> None:
    game = random_game(NESTED, 5)
    exact = share_out(NESTED, game)
    monkeypatch.setattr(shapley, "BROTHERS", 1)
    sampled = share_out(NESTED, game, draws=2000, seed=1)
    assert not sampled.exact
    for name in exact.part:
        assert abs(sampled.part[name] - exact.part[name]) <= 5 * sampled.error[name] + 1e-9, name


def test_twelve_brothers_are_counted_through() -> None:
    groups = Groups("top", {"top": tuple(f"n{number}" for number in range(12))})
    assert shapley.is_countable(groups)
    deep = Groups("top", {"top": tuple(f"p{each}" for each in range(12)), **{
        f"p{each}": tuple(f"p{each}.{number}" for number in range(12)) for each in range(12)
    }})  # fmt: skip
    assert not shapley.is_countable(deep)


def test_chances_of_who_moved_before_are_a_distribution() -> None:
    for others in range(8):
        subsets = chain.from_iterable(combinations(range(others), size) for size in range(others + 1))
        assert sum(shapley.chances(others)[len(subset)] for subset in subsets) == pytest.approx(1)
