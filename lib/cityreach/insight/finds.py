"""Words of lists found in texts: one walk through a tree of all entries, then how strongly each theme speaks.

Of finds of one theme that lie inside one another only the longest counts ("Spring Festival" is not also "spring"); a
vetoed phrase, or a name that betrays nothing, counts as found and weighs nothing. All is done on arrays at once.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd

from cityreach.insight.words import Tokens, encode, spread

EVERY = -1  # the theme number of a name: it stands for each theme


@dataclass(frozen=True)
class Entry:
    """One way to write a word of a theme; all spellings of a word share `word`."""

    tokens: Tokens
    open_end: bool
    word: int


@dataclass(frozen=True)
class Words:
    """All lexicons ready for use.

    `theme` (its number, ascending; EVERY comes last) and `weight` are indexed by word number, `beside` by theme number.
    """

    themes: tuple[str, ...]
    entries: tuple[Entry, ...]
    theme: np.ndarray
    weight: np.ndarray
    beside: np.ndarray
    folding: dict[int, str]

    def number(self, theme: str) -> int:
        """The number of a theme, -1 where it has no list."""
        return self.themes.index(theme) if theme in self.themes else -1


class Finds(NamedTuple):
    """Where words were found: places of the first and last word of each find, and the number of its entry's word."""

    at: np.ndarray
    last: np.ndarray
    word: np.ndarray


def strengths(texts: list[str], words: Words) -> pd.DataFrame:
    """text (its position), theme (number), strength (sum over the different words found), at (place of the first)."""
    codes, vocabulary = encode(texts, words.folding)
    finds = counted(_walk(codes, _Tree.grow(words, vocabulary)), words)
    text = np.cumsum(codes == 0)[finds.at]
    key = text * len(words.theme) + finds.word
    order = np.argsort(key)
    key, text, word, at = key[order], text[order], finds.word[order], finds.at[order]
    weight = np.where(np.diff(key, prepend=-1) > 0, words.weight[word], 0.0)
    start = np.flatnonzero(np.diff(text * len(words.themes) + words.theme[word], prepend=-1))
    sums = (np.add.reduceat(weight, start), np.minimum.reduceat(at, start)) if len(start) else (weight, at)
    return pd.DataFrame({"text": text[start], "theme": words.theme[word[start]], "strength": sums[0], "at": sums[1]})


def counted(finds: Finds, words: Words) -> Finds:
    """The finds that weigh something and lie in no longer (or vetoed) find of their theme, by theme and place."""
    finds, theme = _for_each_theme(finds, words)
    if not len(theme):
        return finds
    size = int(finds.last.max()) + 1
    weighty = words.weight[finds.word] > 0
    length = finds.last - finds.at
    longest = int(length.max())
    order = np.argsort(((theme * size + finds.at) * (longest + 1) + longest - length) * 2 + weighty)
    reach = (theme * size + finds.last)[order]
    inside = np.zeros(len(reach), bool)
    inside[1:] = reach[1:] <= np.maximum.accumulate(reach)[:-1]
    kept = order[~inside & weighty[order]]
    return Finds(finds.at[kept], finds.last[kept], finds.word[kept])


def _for_each_theme(finds: Finds, words: Words) -> tuple[Finds, np.ndarray]:
    """The finds with the number of their theme; those of names stand once for each theme."""
    theme = words.theme[finds.word]
    named = np.flatnonzero(theme == EVERY)
    count = len(words.themes)
    rows = np.concatenate([np.flatnonzero(theme != EVERY), np.repeat(named, count)])
    themes = np.concatenate([theme[theme != EVERY], np.tile(np.arange(count), len(named))])
    return Finds(finds.at[rows], finds.last[rows], finds.word[rows]), themes


@dataclass(frozen=True)
class _Tree:
    """All entries as a tree over word codes: keys = node * size + code, sorted; `ends` lists the words of a node."""

    size: int
    keys: np.ndarray
    targets: np.ndarray
    ends_start: np.ndarray
    ends: np.ndarray

    @classmethod
    def grow(cls, words: Words, vocabulary: list[str]) -> _Tree:
        code = {word: number for number, word in enumerate(vocabulary)}
        size = len(vocabulary)
        edges: dict[int, int] = {}
        ends: list[list[int]] = [[]]
        for path, word in _paths(words.entries, code):
            node = 0
            for step in path:
                node = edges.setdefault(node * size + step, len(ends))
                if node == len(ends):
                    ends.append([])
            ends[node].append(word)
        keys = np.array(sorted(edges), dtype=np.int64)
        targets = np.array([edges[key] for key in keys.tolist()], dtype=np.int64)
        start = np.concatenate([[0], np.cumsum([len(end) for end in ends])])
        return cls(size, keys, targets, start, np.array([word for end in ends for word in end], dtype=np.int64))

    def follow(self, nodes: np.ndarray, codes: np.ndarray) -> np.ndarray:
        """The nodes reached from `nodes` by `codes`; 0 where there is no way."""
        if not len(self.keys):
            return np.zeros_like(nodes)
        wanted = nodes * self.size + codes
        place = np.minimum(np.searchsorted(self.keys, wanted), len(self.keys) - 1)
        return np.where(self.keys[place] == wanted, self.targets[place], 0)


def _paths(entries: Sequence[Entry], code: dict[str, int]) -> Iterable[tuple[list[int], int]]:
    """Entries as paths of codes, as far as all of their words occur; an open end becomes every word that fits."""
    ordered = sorted(code)
    for entry in entries:
        head = [code.get(token, -1) for token in entry.tokens[:-1]]
        if -1 in head:
            continue
        last = entry.tokens[-1]
        for token in _starting(ordered, last) if entry.open_end else [last]:
            if token in code:
                yield [*head, code[token]], entry.word


def _starting(ordered: list[str], stem: str) -> list[str]:
    return ordered[bisect_left(ordered, stem) : bisect_left(ordered, stem + "\U0010ffff")]


def _walk(codes: np.ndarray, tree: _Tree) -> Finds:
    """Every find of every entry."""
    first = tree.follow(np.zeros(tree.size, np.int64), np.arange(tree.size))
    nodes = first[codes]
    at = np.flatnonzero(nodes)
    nodes, depth = nodes[at], 1
    found = [(np.empty(0, np.int64),) * 3]
    while len(at):
        count = tree.ends_start[nodes + 1] - tree.ends_start[nodes]
        starts = np.repeat(at, count)
        found.append((starts, starts + depth - 1, tree.ends[spread(tree.ends_start[nodes], count)]))
        open_ = at + depth < len(codes)
        at, nodes = at[open_], nodes[open_]
        nodes = tree.follow(nodes, codes[at + depth])
        at, nodes, depth = at[nodes > 0], nodes[nodes > 0], depth + 1
    return Finds(*(np.concatenate(part) for part in zip(*found, strict=True)))
