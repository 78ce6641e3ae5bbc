"""Numerals that no figure holds, apart from the fixed expressions of templates/numerals.yml."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from pydantic import Field, field_validator

from cityreach import paths, spec

_DIGITS = r"[\d①-⑳⓪Ⅰ-ⅿ½¼¾⅓⅔%％‰]+(?:[.,:/–—-]\d+)*[%％‰万亿]*"
# Han numerals count where something is counted or placed by them: 十座, 第二, 百分之五, not 一般, 统一, 万象.
_HAN = "〇零一二两三四五六七八九十百千万亿"
_MEASURES = "座个条次位期倍分成名城家省月年日天点组行种人篇张部届级步席强轮环季周项类层维岁"
_CHINESE = rf"百分之[{_HAN}]+|[第前后逾近约][{_HAN}]+|[{_HAN}]+[{_MEASURES}]"
# English words likewise; `one` is often a pronoun, so it counts only before what is counted, and after `number`.
_NOUNS = "cit|place|post|platform|edition|point|account|percent|time|month|day|year|week|province|region|theme|file|row"
_ENGLISH = (
    rf"\b(?:one(?= (?:{_NOUNS}))|(?<=number )one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty"
    r"|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|thousand|million|billion|dozen|half|twice|second|third|fourth"
    r"|fifth|sixth|seventh|eighth|ninth|tenth|quarter)\b"
)
NUMERALS = {
    "zh": re.compile(f"{_DIGITS}|{_CHINESE}"),
    "en": re.compile(f"{_DIGITS}|{_ENGLISH}", re.IGNORECASE),
}


class _File(spec.Model):
    """Patterns (regular expressions) with the reason for which each may stand."""

    zh: dict[str, str] = Field(description="a regular expression in quotes, a colon, and why it is no figure")
    en: dict[str, str] = Field(description="a regular expression in quotes, a colon, and why it is no figure")

    @field_validator("zh", "en")
    @classmethod
    def _compile(cls, patterns: dict[str, str]) -> dict[str, str]:
        for pattern, why in patterns.items():
            try:
                re.compile(pattern)
            except re.error as error:
                raise ValueError(f"{pattern} is no regular expression ({error})") from None
            if not why.strip():
                raise ValueError(f"{pattern} has no reason")
        return patterns


def loose(text: str, lang: str, names: Iterable[str] = ()) -> list[str]:
    """The numerals in a text, without fixed expressions and without those that are part of a name (五家渠)."""
    found = list(NUMERALS[lang].finditer(text))
    if not found:
        return []
    covered = [match.span() for match in fixed(lang).finditer(text)]
    covered += [match.span() for name in names for match in re.finditer(re.escape(name), text)]
    return [
        match[0] for match in found if not any(start <= match.start() and match.end() <= end for start, end in covered)
    ]


@cache
def fixed(lang: str) -> re.Pattern[str]:
    """All fixed expressions of a language as one pattern; SpecError where the file breaks its rules."""
    file = spec.read_model(paths.template("numerals.yml"), _File)
    return re.compile("|".join(f"(?:{each})" for each in (file.zh if lang == "zh" else file.en)), re.IGNORECASE)
