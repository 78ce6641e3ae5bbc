"""Themes of posts: cutting texts into words, finding entries, choosing themes, and the measure on real posts."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from insight_frames import posts

from cityreach import paths, registry
from cityreach.errors import SpecError
from cityreach.insight import lexicon, words
from cityreach.insight.lexicon import Lexicon, Variants

SAMPLES = paths.root().parent / "shared" / "samples" / "posts"


def compiled(*lexicons: Lexicon, pairs: str = "") -> lexicon.Words:
    return lexicon.compile_words(lexicons, Variants(pairs=pairs))


def one(**groups: dict[str, tuple[str, ...]]) -> lexicon.Words:
    return compiled(Lexicon(id="t", **groups))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("#AsianGames2025 in Hangzhou's HQ", ["asian", "games", "2025", "in", "hangzhou", "s", "hq"]),
        ("Café ŞANLI", ["cafe", "sanli"]),
        ("成都🐼panda", ["成", "都", "🐼", "panda"]),
        ("5G和ＡＩ", ["5g", "和", "ai"]),
        ("метро", ["метро"]),
        ("", []),
    ],
)
def test_a_text_is_cut_into_words(text: str, expected: list[str]) -> None:
    assert words.tokens(text, {}) == expected


def test_all_texts_at_once_are_cut_as_one_by_one() -> None:
    texts = [f"Word{number} 春节 #OneTwo🐼 " * (number % 3) for number in range(2500)]
    codes, vocabulary = words.encode(texts, {})
    pieces = np.split(codes, np.flatnonzero(codes == 0))
    found = [[vocabulary[code] for code in piece.tolist() if code] for piece in pieces]
    assert found == [words.tokens(text, {}) for text in texts]


def test_addresses_and_mentions_betray_nothing() -> None:
    ready = one(sure={"en": ("sport",)})
    assert lexicon.label_texts(["https://a.cn/sport体 @sport", "sport@home"], ready) == [[], ["t"]]


@pytest.mark.parametrize(
    ("entry", "text", "fits"),
    [
        ("train", "a train to Suzhou", True),
        ("train", "training camp", False),
        ("robot*", "Robotics fair", True),
        ("city", "two cities", True),
        ("spring festival", "Spring Festival fair", True),
        ("spring festival", "#springfestival", True),
        ("spring festival", "#SpringFestival2025", True),
        ("spring festival", "festival in spring", False),
        ("café", "CAFE", True),
    ],
)
def test_latin_entries_match_whole_words(entry: str, text: str, fits: bool) -> None:
    assert bool(lexicon.label_texts([text], one(sure={"en": (entry,)}))[0]) is fits


def test_han_kana_and_hangul_match_inside_a_run() -> None:
    ready = one(sure={"zh": ("春节",), "ja": ("パンダ",), "ko": ("축제",)})
    assert lexicon.label_texts(["欢度春节联欢", "赤ちゃんパンダが", "봄축제에서", "春天节日"], ready) == [
        ["t"],
        ["t"],
        ["t"],
        [],
    ]


def test_traditional_characters_are_read_as_simplified() -> None:
    ready = compiled(Lexicon(id="t", sure={"zh": ("经贸",)}), pairs="經经 貿贸")
    assert lexicon.label_texts(["經貿合作"], ready) == [["t"]]


def test_one_hint_is_not_enough_and_repeating_it_adds_nothing() -> None:
    ready = one(sure={"en": ("marathon",)}, hint={"en": ("race", "team")})
    assert lexicon.label_texts(["a race, a race", "the team in the race", ""], ready) == [[], ["t"], []]


def test_a_veto_takes_a_hint_back() -> None:
    ready = one(sure={"en": ("x1y",)}, hint={"en": ("spring", "festival")}, veto={"en": ("spring festival",)})
    assert lexicon.label_texts(["spring festival", "a festival in spring"], ready) == [[], ["t"]]


def test_plural_and_joined_spellings_count_as_one_word() -> None:
    ready = one(hint={"en": ("night market",)}, sure={"en": ("zzz",)})
    assert lexicon.label_texts(["night market, night markets, #nightmarket"], ready) == [[]]


def test_main_theme_is_the_strongest_then_the_first_named() -> None:
    ready = compiled(
        Lexicon(id="a", sure={"en": ("panda",)}),
        Lexicon(id="b", sure={"en": ("noodle", "soup")}),
        Lexicon(id="c", sure={"en": ("metro",)}),
    )
    assert lexicon.label_texts(["panda noodle soup metro", "metro panda"], ready) == [["b", "a", "c"], ["c", "a"]]


def test_every_post_has_a_row_and_other_where_nothing_fits() -> None:
    frame = posts([{"text": "panda"}, {"text": "…"}])
    found = lexicon.classify(frame, one(sure={"en": ("panda",)}))
    assert found[["post_id", "theme", "place"]].values.tolist() == [["p00000", "t", 1], ["p00001", "other", 1]]


def test_no_posts_give_an_empty_table() -> None:
    assert lexicon.classify(posts([{}]).iloc[:0], one(sure={"en": ("panda",)})).empty


def test_shipped_lexicons_are_the_themes_of_the_registry() -> None:
    ready = lexicon.load()
    assert {*ready.themes, lexicon.OTHER} == set(registry.load().terms.themes)


def test_errors_name_file_and_key(tmp_path: Path) -> None:
    path = tmp_path / "food.yml"
    path.write_text("id: food\nsure: {en: ['--']}\n", encoding="utf-8")
    with pytest.raises(SpecError, match=r"food.yml: `sure`: en holds '--', in which there is no letter"):
        lexicon.load(tmp_path)
    path.write_text("id: drink\nsure: {en: [tea]}\n", encoding="utf-8")
    with pytest.raises(SpecError, match="`id` must equal the file's name, found 'drink'"):
        lexicon.load(tmp_path)
    with pytest.raises(SpecError, match="there is no lexicon"):
        lexicon.load(tmp_path / "none")


def test_real_posts_reach_the_floor() -> None:
    """Micro-averaged over the labelled development posts, which stand beside the project where they are present."""
    if not SAMPLES.exists():
        pytest.skip("no labelled posts in ../shared/samples/posts: the theme lists were not measured")
    with (SAMPLES / "texts.csv").open(encoding="utf-8-sig") as file:
        texts = {row["id"]: row["text"] for row in csv.DictReader(file)}
    with (SAMPLES / "labels.csv").open(encoding="utf-8-sig") as file:
        truth = {row["id"]: set(row["themes"].split("|")) for row in csv.DictReader(file)}
    found = lexicon.label_texts(texts.values(), lexicon.load())
    given = {key: set(themes) or {lexicon.OTHER} for key, themes in zip(texts, found, strict=True)}
    right = sum(len(truth[key] & given[key]) for key in texts)
    precision = right / sum(map(len, given.values()))
    recall = right / sum(map(len, truth.values()))
    print(f"themes on {len(texts)} posts: precision {precision:.3f}, recall {recall:.3f}")
    assert precision >= 0.75
    assert recall >= 0.75
