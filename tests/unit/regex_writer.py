"""Texts that a regular expression of a format file finds, with a given value in its group."""

from __future__ import annotations

import re
import re._constants as ops  # type: ignore[import-not-found]
import re._parser as parser  # type: ignore[import-not-found]
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import permutations
from random import Random
from typing import Any

ALPHABET = "abz0159/_-.@:?=&ABZ河"
TRIES = 40


@dataclass(frozen=True)
class Piece:
    """A text that an expression finds, and whether it must stand at the beginning or the end."""

    text: str
    first: bool = False
    last: bool = False


class Filler:
    """Writes one expression; where it leaves a choice, `pool` holds the texts that other expressions need."""

    def __init__(self, random: Random, value: str, pool: Sequence[str]) -> None:
        self.random, self.value, self.pool = random, value, list(pool)
        self.first = self.last = False

    def piece(self, expression: str) -> Piece:
        text = self._all(parser.parse(expression))
        return Piece(text, self.first, self.last)

    def _all(self, tokens: Any) -> str:
        return "".join(self._one(op, argument) for op, argument in tokens)

    def _one(self, op: Any, argument: Any) -> str:
        if op is ops.LITERAL:
            return chr(argument)
        if op is ops.SUBPATTERN:
            return self.value if argument[0] == 1 else self._all(argument[3])
        if op is ops.BRANCH:
            return self._all(self.random.choice(argument[1]))
        if op in (ops.MAX_REPEAT, ops.MIN_REPEAT, ops.POSSESSIVE_REPEAT):
            return self._repeated(*argument)
        if op is ops.AT:
            self.first |= argument in (ops.AT_BEGINNING, ops.AT_BEGINNING_STRING)
            self.last |= argument in (ops.AT_END, ops.AT_END_STRING)
            return ""
        if op in (ops.ASSERT, ops.ASSERT_NOT):
            return ""
        return self.random.choice(_signs(op, argument))

    def _repeated(self, least: int, most: int, tokens: Any) -> str:
        if len(tokens) == 1 and tokens[0][0] in (ops.IN, ops.ANY, ops.NOT_LITERAL):
            fitting = [text for text in self.pool if least <= len(text) <= most and _fits(text, *tokens[0])]
            if fitting and self.random.random() < 0.7:
                return self.random.choice(fitting)
            least = max(least, 1) if self.random.random() < 0.5 else least
        times = least if least or most == 0 else self.random.choice((0, 1))
        return "".join(self._all(tokens) for _ in range(times))


def _fits(text: str, op: Any, argument: Any) -> bool:
    return all(_accepts(sign, op, argument) for sign in text)


def _signs(op: Any, argument: Any) -> list[str]:
    ranges = [chr(code) for kind, span in (argument if op is ops.IN else ()) if kind is ops.RANGE for code in span]
    literal = [chr(code) for kind, code in (argument if op is ops.IN else ()) if kind is ops.LITERAL]
    found = [sign for sign in [*ALPHABET, *ranges, *literal] if _accepts(sign, op, argument)]
    return [sign for sign in found if sign.isprintable() and sign != " "] or [" "]


def _accepts(sign: str, op: Any, argument: Any) -> bool:
    if op is ops.ANY:
        return sign != "\n"
    if op is ops.NOT_LITERAL:
        return ord(sign) != argument
    negated = any(kind is ops.NEGATE for kind, _ in argument)
    return negated != any(_in(sign, kind, what) for kind, what in argument)


_CATEGORIES = {
    ops.CATEGORY_DIGIT: r"\d", ops.CATEGORY_NOT_DIGIT: r"\D", ops.CATEGORY_SPACE: r"\s", ops.CATEGORY_NOT_SPACE: r"\S",
    ops.CATEGORY_WORD: r"\w", ops.CATEGORY_NOT_WORD: r"\W",
}  # fmt: skip


def _in(sign: str, kind: Any, what: Any) -> bool:
    if kind is ops.LITERAL:
        return ord(sign) == what
    if kind is ops.RANGE:
        return what[0] <= ord(sign) <= what[1]
    return kind is ops.CATEGORY and re.fullmatch(_CATEGORIES[what], sign, re.ASCII) is not None


def finding(random: Random, expression: str) -> str | None:
    """A text in which an expression without a group is found."""
    for _ in range(TRIES):
        text = Filler(random, "", []).piece(expression).text
        if re.search(expression, text):
            return text
    return None


def joint(random: Random, wanted: Sequence[tuple[str, str]], *, link: bool) -> str | None:
    """A text in which each expression finds its value: as a link if asked for. None where none was found."""
    pool = [value for _, value in wanted]
    for _ in range(TRIES):
        pieces = list({Filler(random, value, pool).piece(expression) for expression, value in wanted})
        for order in permutations(pieces):
            for text in _joined(order, link):
                if _all_found(text, wanted):
                    return text
    return None


def _all_found(text: str, wanted: Sequence[tuple[str, str]]) -> bool:
    found = ((re.search(expression, text), value) for expression, value in wanted)
    return all(match is not None and match[1] == value for match, value in found)


def _joined(pieces: Sequence[Piece], link: bool) -> list[str]:
    text = ""
    for piece in pieces:
        text = (
            piece.text if piece.text.startswith(text) else text if piece.text in text else _overlapped(text, piece.text)
        )
    if not link or text.startswith("http") or any(piece.first for piece in pieces):
        return [text]
    if re.match(r"[\w.-]+\.\w+/", text):
        return [f"https://{text}", f"https://www.{text}"]
    return [f"https://example.org{text}", f"https://example.org/{text}"]


def _overlapped(one: str, two: str) -> str:
    for size in range(min(len(one), len(two)), 0, -1):
        if one.endswith(two[:size]):
            return one + two[size:]
    return one + two
