"""Themes of posts by word lists: `data/themes/<id>.yml` holds the words that betray what a post is about.

All texts are cut into words at once (words like AsianGames at capitals, accents off, lower case, traditional characters
read as simplified ones), every different word is treated once, and one walk through a tree of all entries finds
them, so the cost hardly grows with the length of the lists. Han, Kana and Hangul entries match inside a run of
characters, all others only as whole words or phrases; `*` at the end of an entry stands for any ending; Latin
plurals are found anyway.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
from pydantic import Field, field_validator, model_validator

from cityreach import paths, spec
from cityreach.errors import SpecError
from cityreach.insight.finds import EVERY, Entry, Words, strengths
from cityreach.insight.words import Tokens, spellings, tokens

OTHER = "other"
MOST_THEMES = 3
CERTAIN = 1.0  # the main theme has one sure word or two hints; a further one needs what its lexicon says (`beside`)
HINT = 0.5  # enough for the main theme where no other theme has as much
SHARE_OF_BEST = 0.3  # and so much of the strength of the post's main theme
DECIDING = ("zh", "en")  # where a word stands in several languages, these say what it weighs
WEIGHTS = {"sure": 1.0, "hint": 0.5, "faint": 0.25, "veto": 0.0}


Lists = dict[str, tuple[str, ...]]  # words by language


def _readable(lists: Lists) -> Lists:
    for lang, words in lists.items():
        for word in words:
            if not tokens(word.removesuffix("*"), {}):
                raise ValueError(f"{lang} holds {word!r}, in which there is no letter")
    return lists


class Lexicon(spec.Model):
    """The words of one theme, by language; a `sure` word decides alone, `hint` words only two together."""

    id: str = Field(description="the file's own name without .yml")
    beside: float = Field(default=2.5, ge=1, description="the strength this theme needs beside a stronger one")
    sure: Lists = Field(description="lists of words by language, for example {en: [marathon]}")
    hint: Lists = Field(default_factory=dict, description="words that count half, by language")
    faint: Lists = Field(default_factory=dict, description="words that count a quarter, by language")
    veto: Lists = Field(default_factory=dict, description="phrases inside which nothing counts, by language")

    _readable = field_validator("sure", "hint", "faint", "veto")(_readable)

    @model_validator(mode="after")
    def _once(self) -> Lexicon:
        seen: dict[tuple[str, str], str] = {}
        for group in WEIGHTS:
            for lang, words in getattr(self, group).items():
                for word in words:
                    if (first := seen.setdefault((lang, word), group)) != group:
                        raise ValueError(f"{lang} holds {word!r} under `{first}` and under `{group}`")
        return self


class Variants(spec.Model):
    """Characters that are read as others (traditional as simplified ones)."""

    pairs: str = Field(description="pairs of characters parted by blanks, each read first as second, such as 經经")

    @field_validator("pairs")
    @classmethod
    def _two(cls, value: str) -> str:
        for pair in value.split():
            if len(pair) != 2:
                raise ValueError(f"{pair!r} is not a pair of two characters")
        return value


class Names(spec.Model):
    """Names of places and bodies, by language, whose words betray nothing."""

    words: Lists = Field(description="lists of names by language, for example {en: [Olympic Sports Center]}")

    _readable = field_validator("words")(_readable)


def load(folder: Path | None = None) -> Words:
    """The lexicons of the current project; SpecError names file, key and remedy."""
    beside = (paths.data("insight", f"{name}.yml") for name in ("variants", "names"))
    return _load(folder or paths.data("themes"), *beside)


@cache
def _load(folder: Path, variants: Path, names: Path) -> Words:
    lexicons = [_read(path) for path in sorted(folder.glob("*.yml"))]
    if not lexicons:
        raise SpecError(f"{paths.relative(folder)}: there is no lexicon. Restore the .yml files from the repository.")
    return compile_words(lexicons, spec.read_model(variants, Variants), spec.read_model(names, Names))


def _read(path: Path) -> Lexicon:
    lexicon = spec.read_model(path, Lexicon)
    if lexicon.id != path.stem:
        found = f"`id` must equal the file's name, found {lexicon.id!r}"
        raise SpecError(f"{paths.relative(path)}: {found}. Write {path.stem!r}.")
    return lexicon


def compile_words(lexicons: Sequence[Lexicon], variants: Variants | None = None, names: Names | None = None) -> Words:
    """Lexicons as one table of entries; a word that stands twice in a theme counts once, with its first weight."""
    folding = {ord(pair[0]): pair[1] for pair in variants.pairs.split()} if variants else {}
    listed = [(number, *entry) for number, lexicon in enumerate(lexicons) for entry in _listed(lexicon)]
    listed += [(EVERY, lang, name, 0.0) for lang, found in (names.words if names else {}).items() for name in found]
    seen: dict[tuple[Tokens, int], Entry] = {}
    for word, (number, lang, text, _) in enumerate(listed):
        for form in spellings(text.removesuffix("*"), lang, folding):
            seen.setdefault((form, number), Entry(form, text.endswith("*"), word))
    theme, weight = np.array([entry[0] for entry in listed]), np.array([entry[3] for entry in listed])
    beside = np.array([lexicon.beside for lexicon in lexicons])
    return Words(tuple(lexicon.id for lexicon in lexicons), tuple(seen.values()), theme, weight, beside, folding)


def _listed(lexicon: Lexicon) -> list[tuple[str, str, float]]:
    """Language, word and weight of everything that a lexicon lists."""
    listed = [
        (lang, word, weight)
        for group, weight in WEIGHTS.items()
        for lang, words in getattr(lexicon, group).items()
        for word in words
    ]
    return sorted(listed, key=lambda entry: entry[0] not in DECIDING)


def classify(posts: pd.DataFrame, words: Words) -> pd.DataFrame:
    """Themes of posts: platform, post_id, theme, place (1 = main theme), strength; `other` where none fits."""
    found = _themes(posts["text"].tolist(), words)
    keys = posts[["platform", "post_id"]].iloc[found["text"]].reset_index(drop=True)
    return keys.join(found[["theme", "place", "strength"]])


def label_texts(texts: Iterable[str], words: Words) -> list[list[str]]:
    """The themes of each text, main theme first; an empty list where none fits."""
    texts = list(texts)
    labels: list[list[str]] = [[] for _ in texts]
    for text, theme in _themes(texts, words)[["text", "theme"]].itertuples(index=False):
        if theme != OTHER:
            labels[text].append(theme)
    return labels


def _themes(texts: list[str], words: Words) -> pd.DataFrame:
    """text (its position), theme, place, strength; sorted by text and place."""
    kept = _ranked(strengths(texts, words), words)
    rest = np.setdiff1d(np.arange(len(texts)), kept["text"].to_numpy())
    other = pd.DataFrame({"text": rest, "theme": len(words.themes), "place": 1, "strength": 0.0})
    both = pd.concat([kept, other]).sort_values(["text", "place"], kind="stable").reset_index(drop=True)
    names = np.array([*words.themes, OTHER], dtype=object)
    return both.assign(theme=pd.Series(names[both["theme"].to_numpy(dtype=np.int64)], dtype="str"))


def _ranked(found: pd.DataFrame, words: Words) -> pd.DataFrame:
    """The themes of each text, strongest first (then the one named first); none where `other` is the strongest.

    Columns text, theme (number), place (1 = main theme), strength.
    """
    found = found.loc[found["strength"] >= HINT]
    no_other = found["theme"].to_numpy() != words.number(OTHER)
    keys = (found["theme"], found["at"], no_other, -found["strength"], found["text"])
    rows, no_other = found.iloc[order := np.lexsort(keys)], no_other[order]
    first = ~rows["text"].duplicated()
    best = rows.groupby("text")["strength"].transform("max")
    contested = rows["strength"].shift(-1).where(~first.shift(-1, fill_value=True), 0.0) == rows["strength"]
    main = first & ((rows["strength"] >= CERTAIN) | ~contested)
    further = ~first & (rows["strength"] >= np.maximum(words.beside[rows["theme"]], best * SHARE_OF_BEST))
    lost = rows["text"].isin(rows.loc[first & ~no_other, "text"])
    kept = rows.loc[(main | further) & no_other & ~lost]
    kept = kept.assign(place=kept.groupby("text").cumcount() + 1)
    return kept.loc[kept["place"] <= MOST_THEMES, ["text", "theme", "place", "strength"]]
