"""Texts cut into words, all at once: one array of word codes for a whole edition.

A word is a run of letters and digits of scripts that part words by blanks; every Han, Kana and Hangul character and
every emoji is a word of its own. The cutting and the search for equal words work on arrays of characters, and only each
different word is touched by itself: cut at its humps (AsianGames), in lower case, without accents, variants folded.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

import numpy as np
import pandas as pd

BREAK = "\ue000"
PLURALS = ("en", "es", "fr", "pt", "de")
_APART, _LETTER, _SINGLE = 0, 1, 2
_RANGES = {
    _LETTER: "09AZazÀÖØöøɏ\u0300\u036fͰҁҊ֏את\u0620\u06ff\u0900\u0e7fḀỿ０９ＡＺａｚ",
    _SINGLE: "぀ヿ㐀䶿一鿿가힣豈﫿☀➿\U0001f300\U0001faff" + BREAK * 2,
}
_NOISE = (re.compile(r"https?://[!-~]+"), re.compile(r"@[A-Za-z0-9_.]+"))
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|(?<=[A-Za-z])(?=[0-9])|(?<=[0-9])(?=[A-Za-z]{3})")
_PLAIN = re.compile(r"[A-Za-z0-9]+")
_MARKS = re.compile("[\u0300-\u036f]")
_PRIME = 0x9E3779B97F4A7C15
JOINED = 7  # letters from which a phrase is also read as one word: "change" is not "Chang'e"
BATCH = 1000  # texts at a time, so that the arrays stay in the cache

Tokens = tuple[str, ...]


@cache
def _kinds() -> np.ndarray:
    """What each character is: apart, letter or single."""
    table = np.zeros(0x110000, np.uint8)
    for kind, ends in _RANGES.items():
        for first, last in zip(ends[::2], ends[1::2], strict=True):
            table[ord(first) : ord(last) + 1] = kind
    return table


def encode(texts: list[str], folding: dict[int, str]) -> tuple[np.ndarray, list[str]]:
    """All texts as one array of word codes (0 stands between two texts), and the words by code."""
    batches = [_joined(texts[first : first + BATCH]) for first in range(0, len(texts), BATCH)] or [BREAK]
    start, end, keys = _words(batches)
    whole = "".join(batches)
    raw, different = pd.factorize(keys)
    first = np.empty(len(different), np.int64)
    first[raw[::-1]] = np.arange(len(raw))[::-1]
    parts = [fold(whole[start[at] : end[at]], folding) for at in first]
    vocabulary = list(dict.fromkeys(part for group in parts for part in group))
    code = {word: number for number, word in enumerate(vocabulary)}
    lengths = np.array([len(group) for group in parts])
    flat = np.array([code[part] for group in parts for part in group])
    return flat[spread((np.cumsum(lengths) - lengths)[raw], lengths[raw])][1:], vocabulary


def _joined(texts: list[str]) -> str:
    """Texts as one string, each behind a break, without addresses and mentions."""
    whole = "".join(BREAK + text.replace(BREAK, " ") for text in texts)
    for noise in _NOISE:
        whole = noise.sub(" ", whole)
    return whole


def _words(batches: list[str]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Where the words of the joined batches start and end, and a 64-bit key of each (equal words, equal keys).

    The key is the sum of the characters times powers of an odd number, moved back to power 0.
    """
    limit = max(map(len, batches))
    power, back = _powers(_PRIME, limit), _powers(pow(_PRIME, -1, 1 << 64), limit)
    found, offset = [], 0
    for batch in batches:
        start, end, characters = _cut(batch)
        total = np.zeros(len(batch) + 1, np.uint64)
        np.cumsum(characters * power[: len(batch)], out=total[1:])
        found.append((start + offset, end + offset, (total[end] - total[start]) * back[start]))
        offset += len(batch)
    starts, ends, keys = (np.concatenate(each) for each in zip(*found, strict=True))
    return starts, ends, keys


def _cut(whole: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Where the words start and end, and the characters as numbers."""
    characters = np.frombuffer(whole.encode("utf-32-le", "replace"), np.uint32)
    kind = _kinds()[characters]
    letter, single = kind == _LETTER, kind == _SINGLE
    before, after = np.zeros_like(letter), np.zeros_like(letter)
    before[1:], after[:-1] = letter[:-1], letter[1:]
    return np.flatnonzero(single | (letter & ~before)), np.flatnonzero(single | (letter & ~after)) + 1, characters


def _powers(base: int, count: int) -> np.ndarray:
    """1, base, base², ... modulo 2^64."""
    factors = np.full(count, base, np.uint64)
    factors[:1] = 1
    return np.cumprod(factors, dtype=np.uint64)


def spread(starts: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """The positions starts[i], starts[i] + 1, ... (counts[i] of them), one run after the other."""
    inside = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    return np.repeat(starts, counts) + inside


def fold(word: str, folding: dict[int, str]) -> list[str]:
    """A word as written cut at its humps, each part in lower case and without accents."""
    if not word.isascii():
        word = unicodedata.normalize("NFC", _MARKS.sub("", unicodedata.normalize("NFKD", word))).translate(folding)
    if word.islower() and word.isalpha():
        return [word]
    return [part.casefold() for part in _HUMP.split(word)] if word else []


def tokens(text: str, folding: dict[int, str]) -> list[str]:
    """The words of one text."""
    if text.isascii():
        return [part for word in _PLAIN.findall(text) for part in fold(word, folding)]
    start, end, _ = _cut(text)
    return [part for first, last in zip(start, end, strict=True) for part in fold(text[first:last], folding)]


def spellings(text: str, lang: str, folding: dict[int, str]) -> list[Tokens]:
    """An entry's words, its plural in Latin languages, and a phrase as one word (as in a lower-case hashtag)."""
    words = tuple(tokens(text, folding))
    forms = [words]
    if lang in PLURALS and len(words[-1]) > 3 and words[-1].isascii():
        forms.append((*words[:-1], _plural(words[-1])))
    if len(words) > 1 and not any(_kinds()[ord(letter)] == _SINGLE for letter in text):
        forms += [(joined,) for joined in map("".join, forms) if len(joined) >= JOINED]
    return forms


def _plural(word: str) -> str:
    if word.endswith("y"):
        return word[:-1] + "ies"
    return word + "es" if word.endswith(("s", "x", "ch", "sh")) else word + "s"
