"""The weight explorer: its block, its place in page and print, and its script on a small made-up ranking."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import publish_sample as sample
import pytest
from tests import browsing, exploring, reweighed

from cityreach import edition as editions
from cityreach.findings import Finding, fact
from cityreach.index.rank import round_significant
from cityreach.insight.weighing import Weighing, weighed
from cityreach.monthly import explorer
from cityreach.monthly.analysis import Analysis
from cityreach.monthly.book import Book
from cityreach.prose import numbers
from cityreach.publish import html, live, pdf

NODES = ("facebook", "x", "instagram", "youtube", "tiktok")
WEIGHTS = (35.0, 30.0, 15.0, 20.0, 0.0)
NOISY = ((71.1, 12.7, 33.3, 25.3, 54.9), (71.1, 25.3, 54.9, 12.7, 33.3))
SETS = [
    (0, 0, 0, 0, 100),
    (1, 0, 0, 0, 0),
    (20, 20, 20, 20, 20),
    (100, 100, 1, 0, 0),
    (0, 50, 0, 50, 0),
    (3, 7, 11, 13, 17),
]


def parts(place: int) -> tuple[float | str, ...]:
    """What a city has: most have scores that fall with its number, some have no account, no data, or tie."""
    scores: list[float | str] = [90 - 3.37 * place, 88 - 2.9 * (place % 7), 1.005 * place, 40 + place / 3, 60 - place]
    odd: dict[int, dict[int, float | str]] = {
        3: {4: "zero"}, 5: {1: "reweight"}, 8: {0: "zero", 4: "reweight"}, 9: {3: "withhold"}, 11: {4: "withhold"},
    }  # fmt: skip
    for at, part in odd.get(place, {}).items():
        scores[at] = part
    return tuple(scores)


def composites(rows: list[tuple[float | str, ...]], weights: tuple[float, ...]) -> pd.DataFrame:
    """score and rank of each city under these weights."""
    scores = pd.Series([weighed(row, weights) for row in rows], dtype=float)
    return pd.DataFrame(
        {"score": scores, "rank": pd.Series(round_significant(scores.to_numpy())).rank(method="min", ascending=False)}
    )


def made(count: int = 26) -> Weighing:
    """Cities of the registry with made-up parts: two pairs that tie, one that withholds, one with nothing at all.

    Two more, the noisy ones, tie under equal weights but for the last bits of their sums.
    """
    rows = [parts(place) for place in range(count - 5)]
    rows += [rows[0], rows[count // 2 - 2], ("reweight",) * len(NODES), *NOISY]
    ids = sorted(editions_book("zh").analysis.registry.cities.index[:count])
    frame = (
        composites(rows, WEIGHTS).assign(city_id=ids, parts=rows).sort_values(["rank", "city_id"], na_position="last")
    )
    scores, places = ([None if pd.isna(each) else each for each in frame[name]] for name in ("score", "rank"))
    return Weighing(
        NODES, WEIGHTS, tuple(frame["city_id"]), tuple(frame["parts"]), tuple(scores),
        tuple(None if place is None else int(place) for place in places), 12,
    )  # fmt: skip


def editions_book(lang: str) -> Book:
    """The edition's book; its findings are the day that the source line tells: nothing is in the store."""
    edition = editions.load("2025-03")
    book = Book(Analysis(edition, (edition,)), lang)
    figures = {"counted": fact("counted", edition.counting_date, "full_date")}
    vars(book)["findings"] = [Finding("edition", "edition", edition.id, figures)]
    return book


def block(lang: str = "zh", found: Weighing | None = None) -> dict[str, Any]:
    return explorer.content(editions_book(lang), found or made())


# the block


def test_rows_at_the_start_are_the_first_of_the_published_ranking() -> None:
    content, found = block(), made()
    assert len(content["rows"]) == content["data"]["top"] == 20
    city, score = editions_book("zh").city(found.city_ids[0]), numbers.fixed(found.scores[0] or 0)
    assert content["rows"][0] == ["1=", city, score, "1=", {"text": "—", "tone": "muted"}]
    assert {row[4]["text"] for row in content["rows"]} == {"—"}


def test_a_city_without_a_place_stands_last_and_says_so() -> None:
    content = block(found=made(8))
    assert content["data"]["top"] == 8 and content["data"]["places"][-1] is None
    last = content["rows"][-1]
    assert (last[0], last[2]["text"], last[3], last[4]) == ("–", "—", "–", "")


def test_data_hold_every_city_with_its_parts_and_place() -> None:
    data, found = block()["data"], made()
    assert [each["code"] for each in data["platforms"]] == list(NODES)
    assert [each["weight"] for each in data["platforms"]] == list(WEIGHTS)
    assert len(data["cities"]) == len(data["parts"]) == len(data["places"]) == 26
    assert data["parts"] == [list(row) for row in found.parts]
    assert json.loads(json.dumps(data, allow_nan=False)) == data


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_words_hold_what_the_script_fills_in_and_nothing_else(lang: str) -> None:
    words = block(lang)["words"]
    asked = {key: set(re.findall(r"\{(\w*)\}", text)) for key, text in words.items()}
    assert {key: names for key, names in asked.items() if names} == {
        "value": {"weight", "share"},
        "is_own": {"first", "moved"},
    }
    assert all(words.values())


def test_platforms_outside_the_composite_are_named() -> None:
    assert "TikTok公布时单独统计" in block()["note"] and "TikTok is counted by itself" in block("en")["note"]


# page and print


@pytest.fixture(scope="module")
def notebook() -> Any:
    return sample.executed(sample.short(sample.code({"kind": "explorer", **block()})))


@pytest.fixture(scope="module")
def page(notebook: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(live, "_made", lambda: "")
        path = tmp_path_factory.mktemp("explorer") / "report.html"
        path.write_text(html.export(notebook, sample.job()), encoding="utf-8")
        return path


def test_page_holds_the_data_and_the_script_once(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    held = re.search(r'<script type="application/json" id="explorers">(.*?)</script>', text, re.S)
    assert held and json.loads(held.group(1)) == {"weight-explorer": {**block()["data"], "words": block()["words"]}}
    assert text.count("The weight explorer: the reader sets") == 1


def test_page_without_an_explorer_holds_neither(tmp_path: Path) -> None:
    text = html.export(sample.executed(sample.short()), sample.job())
    assert "explorers" not in text and "weight explorer: the reader" not in text


def test_print_says_where_the_explorer_is_and_holds_none_of_it(notebook: Any) -> None:
    from cityreach.publish import document

    data, _ = pdf.content(document.read(notebook, name="n"), sample.job())
    (printed,) = [part for part in data["parts"] if part["anchor"] == "weight-explorer"]
    assert printed["kind"] == "note" and printed["text"].startswith("网页版报告在此处附有权重试算")
    assert not {"data", "rows", "words"} & set(printed)


# the script


@pytest.fixture
def shown(page: Path, browser: browsing.Browser) -> Iterator[browsing.Browser]:
    browser.open(page, 1280)
    exploring.click(browser, "button.all")
    yield browser
    assert browser.said == []


def expected(weights: tuple[float, ...]) -> list[list[str]]:
    found, book = made(), editions_book("zh")

    def printed(frame: pd.DataFrame) -> dict[str, reweighed.Printed]:
        ties = frame["rank"].duplicated(keep=False)
        rows = zip(found.city_ids, frame["score"], frame["rank"], ties, strict=True)
        return {
            book.city(city): ("—", "–")
            if pd.isna(score)
            else (numbers.fixed(score), f"{place:.0f}{'=' if tie else ''}")
            for city, score, place, tie in rows
        }

    rows = list(found.parts)
    return reweighed.table(
        printed(composites(rows, weights)), printed(composites(rows, WEIGHTS)), [*map(book.city, found.city_ids)]
    )


@pytest.mark.browser
def test_start_is_the_published_ranking(shown: browsing.Browser) -> None:
    rows = exploring.rows(shown)
    assert rows == expected(WEIGHTS) and len(rows) == 26
    assert rows[:20] == [[cell["text"] if isinstance(cell, dict) else cell for cell in row] for row in block()["rows"]]


@pytest.mark.browser
@pytest.mark.parametrize("weights", SETS, ids=str)
def test_absent_parts_count_as_the_method_says(shown: browsing.Browser, weights: tuple[float, ...]) -> None:
    exploring.set_weights(shown, weights)
    assert exploring.rows(shown) == expected(weights)


@pytest.mark.browser
def test_the_last_bits_of_a_sum_decide_no_place(shown: browsing.Browser) -> None:
    weights, found = (20, 20, 20, 20, 20), made()
    assert weighed(NOISY[0], weights) != weighed(NOISY[1], weights)
    exploring.set_weights(shown, weights)
    names = {editions_book("zh").city(found.city_ids[found.parts.index(noisy)]) for noisy in NOISY}
    assert {row[0][-1] for row in exploring.rows(shown) if row[1] in names} == {"="}


@pytest.mark.browser
def test_numbers_are_printed_as_in_the_report(shown: browsing.Browser) -> None:
    """One decimal, half away from zero on the decimal digits: of 1.005 times a place alone, under Instagram alone."""
    exploring.set_weights(shown, (0, 0, 1, 0, 0))
    printed = {row[1]: row[2] for row in exploring.rows(shown)}
    for city, row in zip(made().city_ids, made().parts, strict=True):
        if isinstance(row[2], float):
            assert printed[editions_book("zh").city(city)] == numbers.fixed(row[2]), row[2]


@pytest.mark.browser
def test_cities_that_tie_for_the_first_place_are_both_named(shown: browsing.Browser) -> None:
    exploring.set_weights(shown, (40, 30, 15, 20, 0))
    first = [row[1] for row in exploring.rows(shown) if row[0] == "1="]
    assert len(first) == 2 and f"{'、'.join(first)}居首" in exploring.state(shown)


@pytest.mark.browser
def test_without_scripts_the_published_ranking_stands_with_a_word(page: Path, browser: browsing.Browser) -> None:
    browser.open(page, 1280, scripts=False)
    browser.ask("Emulation.setScriptExecutionDisabled", value=False)  # for the questions only
    seen = (
        "Array.from(document.querySelectorAll('.explorer %s')).filter(function (e) { return e.offsetParent; }).length"
    )
    assert (
        browser.value(seen % ".still") == 1 and browser.value(seen % ".panel, .explorer button, .explorer .state") == 0
    )
    assert [row[:3] for row in exploring.rows(browser)] == [row[:3] for row in expected(WEIGHTS)[:20]]
