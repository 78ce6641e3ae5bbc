"""What simulated posts say: a lead of the theme, often a closing line, emoji and hashtags, now and then an oddity."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from cityreach.simulate.settings import Posting, Texts

LONG = 60  # how often a very long caption repeats itself
X_LIMIT = 280


@dataclass
class Writer:
    """Writes posts of one month; keeps what it has filled in for a city, so that 20,000 posts stay quick."""

    texts: Texts
    posting: Posting
    month: int
    _season: dict[tuple[str, str], Sequence[str]] = field(default_factory=dict)
    _leads: dict[tuple[str, str, str], list[str]] = field(default_factory=dict)
    _tags: dict[tuple[str, str], tuple[list[str], list[str]]] = field(default_factory=dict)

    def lead(self, city: str, theme: str, lang: str, number: int) -> str:
        """One of the theme's sentences about the city."""
        known = self._leads.get((city, theme, lang))
        if known is None:
            known = self._leads[city, theme, lang] = self._sentences(city, theme, lang)
        text = known[number % len(known)]
        if "{" in text:
            text = text.replace("{place}", _one(self.texts.places, number >> 5))
            text = text.replace("{time}", _one(self.texts.times, number >> 10))
        return text

    def _sentences(self, city: str, theme: str, lang: str) -> list[str]:
        if (theme, lang) not in self._season:
            self._season[theme, lang] = self.texts.themes[theme].leads(lang, self.month)
        return [each.replace("{city}", city) for each in self._season[theme, lang]]

    def tags(self, tag: str, theme: str, number: int) -> str:
        """One to three hashtags: the theme's, a common one, another one of the theme's."""
        known = self._tags.get((tag, theme))
        if known is None:
            both = (self.texts.themes[theme].tags, self.texts.common_tags)
            own, common = ([f"#{each.replace('{tag}', tag)}" for each in part] for part in both)
            known = self._tags[tag, theme] = (own, common)
        own, common = known
        first, length = (number >> 15) % len(own), (number >> 24) % 3
        if length == 0:
            return own[first]
        if length == 1:
            return f"{own[first]} {_one(common, number >> 18)}"
        return f"{own[first]} {_one(common, number >> 18)} {own[first - 1]}"

    def wrap(self, text: str, city: str, number: int) -> str:
        """The text inside one of the oddities."""
        return _one(self.texts.oddities, number >> 27).replace("{text}", text).replace("{city}", city)


def _one(options: Sequence[str], number: int) -> str:
    return options[number % len(options)]


def plain(column: pd.Series) -> list[Any]:
    """A column as a list of Python values (by way of NumPy, which is quicker than pandas' own way)."""
    return list(column.to_numpy(dtype=object))


def write(posts: pd.DataFrame, *, writer: Writer, u: dict[str, np.ndarray]) -> tuple[list[str], list[str]]:
    """The lead and the rest of every post.

    posts: platform, city, city_en, theme, lang (one row per post). u: streams `text` and `flags`.
    """
    shares, leads, rests = writer.posting.texts, [], []
    numbers = (u["text"] * 2**40).astype(np.int64).tolist()
    columns = [plain(posts[name]) for name in ("platform", "city", "city_en", "theme", "lang")]
    closing = (u["flags"] < shares.closing).tolist()
    emoji = ((u["flags"] * 7) % 1 < shares.emoji).tolist()
    odd = ((u["flags"] * 131) % 1 < shares.oddity).tolist()
    long = ((u["flags"] * 1009) % 1 < shares.long).tolist()
    tag_of = {
        name: "".join(letter for letter in name if letter.isascii() and letter.isalpha()) for name in set(columns[2])
    }
    rows = zip(numbers, *columns, closing, emoji, odd, long, strict=True)
    for number, platform, city_zh, city_en, theme, lang, has_closing, has_emoji, is_odd, is_long in rows:
        city = city_zh if lang in ("zh", "ja") else city_en
        lead = writer.lead(city, theme, lang, number)
        rest = _one(writer.texts.closings[lang], number >> 30).replace("{city}", city) if has_closing else ""
        if has_emoji:
            lead += " " + _one(writer.texts.themes[theme].emoji or writer.texts.emoji, number >> 12)
        if is_odd:
            lead = writer.wrap(lead, city, number)
        tags = writer.tags(tag_of[city_en], theme, number)
        rest = f"{rest}\n\n{tags}" if rest else tags
        if is_long and platform != "x":
            rest = " ".join([rest, *[lead] * LONG])
        leads.append(lead)
        rests.append(rest if platform != "x" else rest[: X_LIMIT - len(lead) - 1])
    return leads, rests
