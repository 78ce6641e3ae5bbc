"""Comments by word lists: how words, negations and phrases count, how often the lists are right, what fills a sheet."""

from __future__ import annotations

import csv
from pathlib import Path

import pandas as pd
import pytest
from tests.unit import annual_cases as cases

from cityreach import paths, registry, sentiment
from cityreach.annual import material
from cityreach.errors import InboxError, SpecError

ROOT = Path(__file__).resolve().parents[2]
SETS = ROOT / "tests" / "cases" / "annual"


def labelled(name: str) -> pd.DataFrame:
    with (SETS / name).open(encoding="utf-8") as file:
        frame = pd.DataFrame(list(csv.DictReader(file)))
    found = [sentiment.classify(text, lang) for text, lang in zip(frame["text"], frame["lang"], strict=True)]
    return frame.assign(found=found)


# how words count


@pytest.mark.parametrize(
    ("lang", "text", "points"),
    [
        ("en", "Clean and safe", 2),
        ("en", "Not clean", -1),
        ("en", "I would not say that it is clean", 1),  # beyond the reach of the negation
        ("en", "No. Clean and safe", 2),  # a sentence ends between them
        ("en", "cleaning", 1),  # clean* stands for all that begin so
        ("en", "goodness", 0),  # good does not
        ("en", "Good morning from the good side", 1),  # a phrase is passed over
        ("zh", "不美", -1),
        ("zh", "美", 1),
        ("zh", "一点都不脏", 1),
        ("zh", "美国", 0),
        ("ja", "楽しくなかった", -1),
        ("fr", "Je ne recommande pas", -1),
        ("ru", "не красиво", -1),
    ],
)
def test_praise_less_blame_with_negations_turned(lang, text, points):
    assert sentiment.load()[lang].points(text) == points


def test_labels_and_languages():
    assert sentiment.classify("Wonderful!", "en-GB") == "positive"
    assert sentiment.classify("Is it open?", "en") == "neutral"
    assert sentiment.classify("Ĉu bela?", "eo") is None
    assert set(sentiment.load()) == {"zh", "en", "es", "fr", "ru", "ja"}


def test_a_broken_word_list_is_named(tmp_path, monkeypatch):
    folder = tmp_path / "data" / "sentiment"
    folder.mkdir(parents=True)
    (folder / "en.yml").write_text(
        "lang: en\nwords: true\nreach: 3\nnegations: [no]\npositive: [good]\nnegative: [bad]"
    )
    monkeypatch.setenv(paths.HOME_VARIABLE, str(tmp_path))
    with pytest.raises(SpecError, match=r"data/sentiment/en\.yml: `negations.0`: must be text, found False"):
        sentiment.classify("good", "en")


# how often they are right


def test_the_share_that_is_right_is_what_the_method_says():
    text = (ROOT / "METHODOLOGY.md").read_text(encoding="utf-8")
    for name, wanted in (("comments.csv", 96), ("comments_held_out.csv", 72)):
        frame = labelled(name)
        right = int((frame["found"] == frame["label"]).sum())
        assert len(frame) == wanted and f"{right} of {wanted}" in text, (name, right)


def test_no_list_of_a_language_is_far_behind():
    frame = labelled("comments.csv")
    right = (frame["found"] == frame["label"]).groupby(frame["lang"]).mean()
    assert set(right.index) == set(sentiment.load()) and right.min() >= 0.9


# files of comments


def write(folder: Path, lines: list[str]) -> Path:
    path = folder / "comments.csv"
    path.write_text("\n".join(["lang,post_id,city,text", *lines]) + "\n", encoding="utf-8")
    return path


def test_comments_are_counted_by_city(tmp_path):
    path = write(
        tmp_path, ["en,1,110000,great", "zh,1,北京,脏", "en,2,北京,great fun", "en,3,上海,?", "eo,4,上海,bela"]
    )
    table = sentiment.by_city(sentiment.read(path, registry.load())).set_index("city_id")
    beijing = table.loc["110000", ["comments", "positive", "negative", "neutral", "other"]]
    assert beijing.tolist() == [3, 2, 1, 0, 0]
    assert table.at["110000", "net"] == pytest.approx(50 + 50 / 3) and table.at["110000", "share"] == pytest.approx(
        200 / 3
    )
    assert table.loc["310000", ["neutral", "other", "net", "share"]].tolist() == [1, 1, 50, 0]


def test_a_city_without_a_known_language_has_no_figures(tmp_path):
    table = sentiment.by_city(sentiment.read(write(tmp_path, ["eo,1,北京,bela"]), registry.load()))
    assert table[["net", "share"]].isna().all(axis=None)


def test_a_strange_city_or_column_is_named(tmp_path):
    with pytest.raises(InboxError, match=r"comments\.csv, row 3, `city`: 'Beijing' is no city"):
        sentiment.read(write(tmp_path, ["en,1,北京,ok", "en,2,Beijing,ok"]), registry.load())
    (tmp_path / "comments.csv").write_text("post_id,city,text\n1,北京,ok\n", encoding="utf-8")
    with pytest.raises(InboxError, match="no column `lang`"):
        sentiment.read(tmp_path / "comments.csv", registry.load())


def test_comments_fill_only_what_the_sheet_leaves_empty(tmp_path, monkeypatch):
    home = cases.home(tmp_path)
    monkeypatch.setenv(paths.HOME_VARIABLE, str(home))
    cases.write(home, cases.rows(J9="", J10="", J11="", K9="77"))  # J: sentiment, K: positive comments
    lines = [f"en,{number},北京,{text}" for number, text in enumerate(["great"] * 24 + ["dirty"] * 6)]
    lines += [f"en,{number},上海,great" for number in range(29)]  # one too few
    write(home / "data" / "annual" / cases.NAME, lines)
    path = home / "data" / "annual" / cases.NAME / "edition.yml"
    path.write_text(path.read_text(encoding="utf-8") + "comments: comments.csv\n", encoding="utf-8")
    known = material.load(cases.NAME)
    figures = known.sheet.figures
    assert figures.at["110000", "sentiment"] == pytest.approx(50 + 50 * 18 / 30)
    assert figures.at["110000", "positive_comments"] == 77  # what the sheet has is used
    assert figures.loc[["310000", "330100"], "sentiment"].isna().all()
    assert known.comments.set_index("city_id")["used"].to_dict() == {"110000": 1, "310000": 0}
