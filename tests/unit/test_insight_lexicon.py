"""Themes of posts: cutting texts into words, finding entries, choosing themes, and the measure on real posts."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from insight_frames import posts

from cityreach import edition, paths, pipeline, registry, spec
from cityreach.errors import SpecError
from cityreach.insight import finds, lexicon, words
from cityreach.insight.lexicon import Lexicon, Names, Variants

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


def test_hints_add_up_and_repeating_one_adds_nothing() -> None:
    ready = compiled(
        Lexicon(id="a", sure={"en": ("zzz",)}, hint={"en": ("race", "team")}, faint={"en": ("crowd", "run")}),
        Lexicon(id="b", sure={"en": ("yyy",)}, hint={"en": ("song",)}),
    )
    assert strength("a race, a race", ready) == {"a": 0.5}
    assert strength("the team in the race", ready) == {"a": 1.0}
    assert strength("the crowd will run, a song", ready) == {"a": 0.5, "b": 0.5}


def strength(text: str, ready: lexicon.Words) -> dict[str, float]:
    found = finds.strengths([text], ready)
    return {ready.themes[theme]: value for theme, value in zip(found["theme"], found["strength"], strict=True)}


def test_a_single_hint_gives_a_theme_only_where_no_other_theme_has_as_much() -> None:
    ready = compiled(
        Lexicon(id="a", sure={"en": ("zzz",)}, hint={"en": ("race",)}, faint={"en": ("crowd",)}),
        Lexicon(id="b", sure={"en": ("yyy",)}, hint={"en": ("song",)}, faint={"en": ("stage",)}),
    )
    texts = ["a race", "a race on stage", "a race with a song", "the crowd", ""]
    assert lexicon.label_texts(texts, ready) == [["a"], ["a"], [], [], []]


def test_a_veto_hides_the_words_inside_it_and_nothing_else() -> None:
    ready = one(sure={"en": ("olympic",)}, hint={"en": ("park", "race")}, veto={"en": ("olympic park",)})
    assert strength("the Olympic Park", ready) == {}
    assert strength("an Olympic race in the Olympic Park", ready) == {"t": 1.5}


def test_of_finds_inside_one_another_only_the_longest_counts() -> None:
    ready = one(sure={"en": ("lantern festival",)}, hint={"en": ("lantern", "festival fair")})
    assert strength("the Lantern Festival", ready) == {"t": 1.0}
    assert strength("a lantern at the Lantern Festival", ready) == {"t": 1.5}
    assert strength("lantern festival fair", ready) == {"t": 1.5}


def test_a_phrase_of_one_theme_hides_nothing_of_another() -> None:
    ready = compiled(Lexicon(id="a", sure={"en": ("spring festival",)}), Lexicon(id="b", sure={"en": ("spring",)}))
    assert strength("Spring Festival", ready) == {"a": 1.0, "b": 1.0}


def test_a_name_hides_the_words_of_every_theme() -> None:
    lists = (Lexicon(id="a", sure={"en": ("daily", "opera")}), Lexicon(id="b", sure={"zh": ("科技",)}))
    ready = lexicon.compile_words(lists, names=Names(words={"en": ("China Daily",), "zh": ("科技大学",)}))
    assert lexicon.label_texts(["China Daily", "科技大学", "daily opera 科技"], ready) == [[], [], ["a"]]


def test_a_further_theme_needs_what_its_list_says() -> None:
    ready = compiled(
        Lexicon(id="a", sure={"en": ("panda", "cub")}),
        Lexicon(id="b", sure={"en": ("viral",)}, beside=1),
        Lexicon(id="c", sure={"en": ("noodle", "soup")}, beside=2),
    )
    assert lexicon.label_texts(["panda cub viral noodle", "panda cub noodle soup"], ready) == [["a", "b"], ["a", "c"]]


def test_a_further_theme_needs_a_share_of_the_main_one() -> None:
    many = ("panda", "cub", "zoo", "tiger")
    ready = compiled(Lexicon(id="a", sure={"en": many}), Lexicon(id="b", sure={"en": ("viral",)}, beside=1))
    assert lexicon.label_texts(["panda cub zoo viral", "panda cub zoo tiger viral"], ready) == [["a", "b"], ["a"]]


def test_other_stands_alone_where_it_is_as_strong_as_any_theme() -> None:
    ready = compiled(
        Lexicon(id="a", sure={"en": ("temple", "opera")}, beside=1),
        Lexicon(id=lexicon.OTHER, sure={"en": ("thanks",)}),
    )
    texts = ["thanks", "thanks, a fine temple", "thanks, a temple with an opera"]
    assert lexicon.label_texts(texts, ready) == [[], [], ["a"]]


def test_chinese_and_english_say_what_a_word_weighs_that_stands_in_several_languages() -> None:
    ready = one(sure={"fr": ("nature", "forêt")}, hint={"en": ("nature",)})
    assert strength("nature", ready) == {"t": 0.5}
    assert strength("la foret", ready) == {"t": 1.0}


def test_short_phrases_are_not_read_as_one_word() -> None:
    ready = one(sure={"en": ("Chang'e", "night market")})
    assert lexicon.label_texts(["climate change", "Chang'e", "#nightmarket"], ready) == [[], ["t"], ["t"]]


def test_plural_and_joined_spellings_count_as_one_word() -> None:
    ready = one(hint={"en": ("night market",)}, sure={"en": ("zzz",)})
    assert strength("night market, night markets, #nightmarket", ready) == {"t": 0.5}


def test_main_theme_is_the_strongest_then_the_first_named() -> None:
    ready = compiled(
        Lexicon(id="a", sure={"en": ("panda",)}, beside=1),
        Lexicon(id="b", sure={"en": ("noodle", "soup")}, beside=1),
        Lexicon(id="c", sure={"en": ("metro",)}, beside=1),
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
    path.write_text("id: food\nsure: {en: [tea]}\nhint: {en: [cup, tea]}\n", encoding="utf-8")
    with pytest.raises(SpecError, match=r"food.yml: .*en holds 'tea' under `sure` and under `hint`"):
        lexicon.load(tmp_path)
    path.write_text("id: food\nsure: {en: [tea]}\nbeside: 0.5\n", encoding="utf-8")
    with pytest.raises(SpecError, match=r"food.yml: `beside`: .*greater than or equal to 1, found 0.5"):
        lexicon.load(tmp_path)
    path.write_text("id: drink\nsure: {en: [tea]}\n", encoding="utf-8")
    with pytest.raises(SpecError, match="`id` must equal the file's name, found 'drink'"):
        lexicon.load(tmp_path)
    with pytest.raises(SpecError, match="there is no lexicon"):
        lexicon.load(tmp_path / "none")


def test_themes_are_made_again_when_any_file_of_words_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    chosen, real = edition.load("2025-03"), spec.read_model
    read: set[Path] = set()
    made_from: dict[str, list[Path]] = {}
    monkeypatch.setattr(spec, "read_model", lambda path, model: read.add(path) or real(path, model))
    lexicon._load.cache_clear()
    lexicon.load()
    words = set(read)
    monkeypatch.setattr(pipeline, "_once", lambda table, _edition, files, _make: made_from.setdefault(table, files))
    monkeypatch.setattr(pipeline, "_analyse", lambda _edition: None)
    pipeline._work_out_all([chosen])
    assert paths.data("insight", "names.yml") in words
    assert words <= set(made_from["themes"])


def test_real_posts_reach_the_floor() -> None:
    """Micro-averaged over the labelled development posts, which stand beside the project where they are present."""
    if not SAMPLES.exists():
        pytest.skip("no labelled posts in ../shared/samples/posts: the theme lists were not measured")
    truth = {key: set(row["themes"].split("|")) for key, row in sample("labels").items()}
    posts_ = sample("texts")
    found = lexicon.label_texts((row["text"] for row in posts_.values()), lexicon.load())
    given = {key: set(themes) or {lexicon.OTHER} for key, themes in zip(posts_, found, strict=True)}
    for kind in ("", *sorted({row["kind"] for row in posts_.values()})):
        keys = [key for key, row in posts_.items() if kind in ("", row["kind"])]
        precision, recall = measured(truth, given, keys)
        print(f"themes on {len(keys)} posts ({kind or 'all'}): precision {precision:.3f}, recall {recall:.3f}")
    precision, recall = measured(truth, given, list(posts_))
    assert precision >= 0.85
    assert recall >= 0.75


def sample(name: str) -> dict[str, dict[str, str]]:
    with (SAMPLES / f"{name}.csv").open(encoding="utf-8-sig") as file:
        return {row["id"]: row for row in csv.DictReader(file)}


def measured(truth: dict[str, set[str]], given: dict[str, set[str]], keys: list[str]) -> tuple[float, float]:
    """Precision and recall, micro-averaged."""
    right = sum(len(truth[key] & given[key]) for key in keys)
    return right / sum(len(given[key]) for key in keys), right / sum(len(truth[key]) for key in keys)
