"""Comments sorted into positive, negative and neutral ones by lists of words, offline and the same every time.

One file of `data/sentiment/` for each language. A comment has as many points as it has words of praise, less those of
blame; a negation near a word turns its point. This sees no irony and no context: it is meant for shares over many
comments of a city, never for a single one (METHODOLOGY.md has the measured accuracy).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import Field

from cityreach import paths, spec
from cityreach.errors import InboxError
from cityreach.index import writing
from cityreach.registry import Registry

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ("post_id", "city", "text", "lang")
LABELS = ("positive", "negative", "neutral")
SIGNS = {"positive": 1, "negative": -1}


class WordList(spec.Model):
    """A file of `data/sentiment/`."""

    lang: str = Field(description="the language's code, as the file's name")
    words: bool = Field(description="true for a language that parts its words by spaces")
    reach: int = Field(ge=0, description="words (or signs, without spaces) that a negation reaches")
    after: bool = Field(False, description="true where a negation stands after the word")
    negations: tuple[str, ...] = Field(description="a list of negations")
    neutral: tuple[str, ...] = Field((), description="a list of phrases that are passed over")
    positive: tuple[str, ...] = Field(min_length=1, description="a list of words; * at the end: all that begin so")
    negative: tuple[str, ...] = Field(min_length=1, description="a list of words; * at the end: all that begin so")


@dataclass(frozen=True)
class Lexicon:
    """A word list ready to be looked for."""

    source: WordList

    @cached_property
    def _sides(self) -> dict[str, str]:
        """Each word, without its star, with the list that it stands in; the first of these lists holds."""
        lists = ("neutral", "negations", "positive", "negative")
        return {self._bare(word): side for side in reversed(lists) for word in getattr(self.source, side)}

    @cached_property
    def _known(self) -> re.Pattern[str]:
        """Any word of the lists, the longest first, as a group of its own."""
        words = {*self.source.neutral, *self.source.negations, *self.source.positive, *self.source.negative}
        ordered = sorted(words, key=lambda word: (-len(word), word))
        return re.compile("|".join(map(self._pattern, ordered)))

    def _pattern(self, word: str) -> str:
        plain = re.escape(self._bare(word))
        if not self.source.words:
            return f"({plain})"
        end = r"\w*" if word.endswith("*") else r"\b" if word[-1].isalnum() else ""
        start = r"\b" if word[0].isalnum() else ""
        return f"{start}({plain}){end}"

    def _bare(self, word: str) -> str:
        return self._plain(word).removesuffix("*")

    @staticmethod
    def _plain(text: str) -> str:
        return unicodedata.normalize("NFKC", text).casefold().replace("’", "'")

    def points(self, text: str) -> int:
        """Words of praise less words of blame, each turned by a negation that reaches it."""
        plain = self._plain(text)
        found = [(self._side(match), match.start(), match.end()) for match in self._known.finditer(plain)]
        turned = [(start, end) for side, start, end in found if side == "negations"]
        points = 0
        for side, start, end in found:
            if side not in SIGNS:
                continue
            sign = SIGNS[side]
            points += -sign if any(self._reaches(plain, one, (start, end)) for one in turned) else sign
        return points

    def _side(self, match: re.Match[str]) -> str:
        word = next(group for group in match.groups() if group is not None)
        return self._sides[word]

    def _reaches(self, text: str, negation: tuple[int, int], word: tuple[int, int]) -> bool:
        first, second = (word, negation) if self.source.after else (negation, word)
        between = text[first[1] : second[0]]
        if second[0] < first[1] or re.search(r"[.!?。！？,，;；、]", between):
            return False
        return len(between.split() if self.source.words else between) <= self.source.reach


@cache
def _load(folder: Path) -> dict[str, Lexicon]:
    lists = [spec.read_model(path, WordList) for path in sorted(folder.glob("*.yml"))]
    return {each.lang: Lexicon(each) for each in lists}


def load() -> Mapping[str, Lexicon]:
    """The lexicons by language; SpecError names file and key."""
    return _load(paths.data("sentiment"))


def classify(text: str, lang: str) -> str | None:
    """`positive`, `negative` or `neutral`; None for a language without a word list."""
    lexicon = load().get(lang.partition("-")[0].lower())
    if lexicon is None:
        return None
    points = lexicon.points(text)
    return "positive" if points > 0 else "negative" if points < 0 else "neutral"


def read(path: Path, registry: Registry) -> pd.DataFrame:
    """The comments of a file, one row a comment: post_id, city_id, text, lang; InboxError names row and column.

    The column `city` holds a code or a Chinese name; a file has these four columns, in any order, and may have others.
    """
    table = writing.read_table(path)
    name = paths.relative(path)
    lacking = [column for column in COLUMNS if column not in table]
    if lacking:
        raise InboxError(f"{name}: no column `{lacking[0]}`. Give the columns {', '.join(COLUMNS)}.")
    by_name = dict(zip(registry.cities["name_zh"], registry.cities.index, strict=True))
    codes = {str(city): str(city) for city in registry.cities.index} | by_name
    cities = table["city"].str.strip()
    for row, city in enumerate(cities, start=2):
        if city not in codes:
            raise InboxError(
                f"{name}, row {row}, `city`: {city!r} is no city of cities.csv. Write its code or its name."
            )
    return table[["post_id", "text", "lang"]].assign(city_id=cities.map(codes))


def by_city(comments: pd.DataFrame) -> pd.DataFrame:
    """Counts a city: city_id, comments, positive, negative, neutral, other (no word list), net and share.

    net: 50 where praise and blame are level, 100 all positive, 0 all negative. share: positive ones in percent of the
    comments with a word list; both null without any.
    """
    import pandas as pd

    labels = [classify(text, lang) or "other" for text, lang in zip(comments["text"], comments["lang"], strict=True)]
    counted = pd.crosstab(comments["city_id"], pd.Series(labels, index=comments.index))
    counted = counted.reindex(columns=[*LABELS, "other"], fill_value=0)
    sorted_ones = counted[list(LABELS)].sum(axis=1)
    known = sorted_ones.where(sorted_ones > 0).astype(float)
    found = counted.assign(comments=counted.sum(axis=1))
    found["net"] = 50 + 50 * (counted["positive"] - counted["negative"]) / known
    found["share"] = 100 * counted["positive"] / known
    columns = ["comments", *LABELS, "other", "net", "share"]
    return found[columns].rename_axis("city_id").rename_axis(None, axis="columns").reset_index()
