"""The weight explorer of a built report: what the page shows is what the engine computes, to the printed digit."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests import browsing, exploring, reading, reweighed

pytestmark = pytest.mark.slow
NODES = ("facebook", "x", "instagram", "youtube", "tiktok")
PUBLISHED = (35, 30, 15, 20, 0)
LIMIT = 30_000  # bytes of embedded data
SETS = [
    (20, 20, 20, 20, 20),
    (100, 100, 100, 100, 0),
    (0, 0, 0, 0, 1),
    (0, 100, 0, 0, 0),
    (35, 0, 15, 0, 0),
    (0, 30, 15, 20, 60),
    (100, 1, 1, 1, 1),
    (36, 30, 15, 20, 0),
]


def random_sets(count: int = 12) -> list[tuple[int, ...]]:
    """Weights drawn once and for all, about a third of them 0, never all."""
    chance = random.Random(7)
    drawn = [tuple(chance.choice((0, *range(1, 101, 9), chance.randint(1, 100))) for _ in NODES) for _ in range(count)]
    return [each for each in drawn if any(each)]


@pytest.fixture(scope="module")
def book(march: Path, session_home: Path) -> Iterator[Any]:
    from cityreach import monthly

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CITYREACH_HOME", str(session_home))
        made = monthly.open_book("2025-03", "zh")
        assert len(made.analysis.now) and made.analysis.registry
        yield made


@pytest.fixture
def page(march: Path, browser: browsing.Browser) -> Iterator[browsing.Browser]:
    """The page with all cities shown; whatever a test does there, nothing is asked for and nothing complains."""
    browser.open(march / "report.html", 1280)
    exploring.click(browser, "button.all")
    yield browser
    assert browser.said == []
    assert browser.asked[0].startswith("file://") and all(each.startswith("data:") for each in browser.asked[1:])


def computed(book: Any, weights: tuple[float, ...]) -> dict[str, reweighed.Printed]:
    """City name → score and place as printed, by the engine with a method of these weights."""
    analysis = book.analysis
    method = reweighed.with_weights(analysis.method, dict(zip(NODES, weights, strict=True)))
    found = reweighed.printed(method, analysis.metrics, analysis.edition)
    return {book.city(city): printed for city, printed in found.items()}


def from_data(folder: Path) -> dict[str, reweighed.Printed]:
    """City name → score and place as printed, from the data file that readers may take away."""
    from cityreach.prose import numbers

    rows = reading.rows(folder, "ranking")
    places = [row["composite_rank"] for row in rows]
    return {
        row["city"]: (
            numbers.fixed(float(row["composite_score"])),
            row["composite_rank"] + ("=" if places.count(row["composite_rank"]) > 1 else ""),
        )
        for row in rows
    }


def order(folder: Path) -> list[str]:
    return [row["city"] for row in reading.rows(folder, "ranking")]


@pytest.mark.browser
def test_start_is_what_the_data_file_holds(page, march):
    expected = from_data(march)
    assert len(expected) == 133
    assert exploring.rows(page) == reweighed.table(expected, expected, order(march))
    assert exploring.weights(page) == [str(weight) for weight in PUBLISHED]
    assert exploring.shares(page) == ["35.0%", "30.0%", "15.0%", "20.0%", "0.0%"]
    assert exploring.state(page) == "当前为公布权重，结果与本期榜单一致。"


@pytest.mark.browser
def test_english_page_starts_from_its_data_as_well(browser, february):
    """An edition without TikTok: four sliders."""
    browser.open(february / "report.html", 1280)
    exploring.click(browser, "button.all")
    expected = from_data(february)
    assert exploring.rows(browser) == reweighed.table(expected, expected, order(february))
    assert len(exploring.weights(browser)) == 4 and "published weights" in exploring.state(browser)
    assert not re.search("[一-鿿]", browser.value("document.querySelector('.explorer').textContent"))


@pytest.mark.browser
@pytest.mark.parametrize("weights", [*SETS, *random_sets()], ids=str)
def test_moved_sliders_give_what_the_engine_gives(page, march, book, weights):
    exploring.set_weights(page, weights)
    assert exploring.rows(page) == reweighed.table(computed(book, weights), from_data(march), order(march))
    total = sum(weights)
    assert [float(share.rstrip("%")) for share in exploring.shares(page)] == [
        pytest.approx(100 * weight / total, abs=0.0501) for weight in weights
    ]


@pytest.mark.browser
def test_reset_brings_the_published_ranking_back(page, march):
    before = exploring.rows(page)
    exploring.set_weights(page, (0, 0, 100, 0, 50))
    assert exploring.rows(page) != before and "试算结果，不作发布依据" in exploring.state(page)
    exploring.click(page, "button.reset")
    assert exploring.rows(page) == before and exploring.weights(page) == [str(weight) for weight in PUBLISHED]
    assert exploring.state(page).startswith("当前为公布权重")


@pytest.mark.browser
def test_without_any_weight_there_is_a_line_and_no_ranking(page, march):
    exploring.set_weights(page, (0, 0, 0, 0, 0))
    assert exploring.rows(page) == [] and exploring.shares(page) == ["–"] * 5
    assert exploring.state(page) == "各平台权重均为0，无法排出位次。请至少给一个平台设定权重。"
    exploring.set_weights(page, (0, 1, 0, 0, 0))
    assert len(exploring.rows(page)) == 133


@pytest.mark.browser
def test_keys_alone_are_enough(page, march, book):
    """Arrow, page, home and end keys on a slider; from there by tab to the reset button, which keeps the focus."""
    page.value("document.getElementById('weight-explorer-youtube').focus()")
    for key in ("ArrowRight", "ArrowRight", "ArrowLeft", "PageUp"):
        exploring.press(page, key)
    assert exploring.weights(page) == ["35", "30", "15", "31", "0"]
    assert exploring.rows(page) == reweighed.table(computed(book, (35, 30, 15, 31, 0)), from_data(march), order(march))
    slider = "document.getElementById('weight-explorer-youtube')"
    assert page.value(f"{slider}.getAttribute('aria-valuetext')") == "31，占综合的27.9%"
    exploring.press(page, "Home")
    assert exploring.weights(page)[3] == "0"
    exploring.press(page, "Tab")
    exploring.press(page, "End")
    assert exploring.focused(page) == "weight-explorer-tiktok" and exploring.weights(page)[4] == "100"
    exploring.press(page, "Tab")
    exploring.press(page, "Enter")
    assert exploring.focused(page) == "reset" and exploring.weights(page) == [str(weight) for weight in PUBLISHED]


@pytest.mark.browser
def test_sliders_have_names_and_the_sentence_is_a_status(page, march):
    names = page.value(
        "Array.from(document.querySelectorAll('.explorer input[type=range]'), e => e.labels[0].textContent)"
    )
    assert names == ["脸书", "X平台", "照片墙", "优兔", "TikTok"]
    assert page.value("document.querySelector('.explorer .state').getAttribute('role')") == "status"
    assert page.value("document.querySelector('.explorer [role=group]').getAttribute('aria-label')") == "平台权重"


@pytest.mark.browser
def test_a_fast_hand_is_told_once(page, march):
    """The status changes when the slider rests, not at each step of the way."""
    page.value("""
      window.told = 0;
      new MutationObserver(function () { window.told += 1; }).observe(
        document.querySelector('.explorer .state'), {childList: true, characterData: true, subtree: true});
    """)
    for weight in range(30, 60):
        exploring.set_weights(page, (weight, 30, 15, 20, 0))
    assert "座位次有变" in exploring.state(page) and page.value("window.told") <= 2


@pytest.mark.browser
def test_first_twenty_then_all_then_one_city(page, march):
    exploring.click(page, "button.all")
    assert len(exploring.rows(page)) == 20
    exploring.find(page, "常州")
    assert [row[:2] for row in exploring.rows(page)] == [["18", "常州"]]
    exploring.find(page, "武夷山")
    assert [row[:2] for row in exploring.rows(page)] == [["133", "武夷山"]]
    exploring.find(page, "无此城")
    assert exploring.rows(page) == []
    assert page.value("document.querySelector('.explorer .search output').textContent") == "没有符合的行"
    exploring.find(page, "")
    exploring.click(page, "button.all")
    assert len(exploring.rows(page)) == 133


@pytest.mark.browser
@pytest.mark.parametrize("fixture", ["march", "february"])
def test_on_a_telephone_nothing_scrolls_sideways(browser, fixture, request):
    """Not even the table inside its frame, with every city shown in either language."""
    browser.open(request.getfixturevalue(fixture) / "report.html", 390)
    exploring.click(browser, "button.all")
    assert browser.value("document.documentElement.scrollWidth") <= 390
    frame = browser.value(
        "(function (e) { return [e.scrollWidth, e.clientWidth]; })(document.querySelector('.explorer .scroll'))"
    )
    assert frame[0] <= frame[1]


# what is embedded


def embedded(folder: Path) -> str:
    return str(reading.page(folder).by_id("explorers").parts[0])


@pytest.mark.parametrize("fixture", ["march", "february", "may"])
def test_data_are_compact(fixture, request):
    """Those of 138 cities, too."""
    text = embedded(request.getfixturevalue(fixture))
    assert 5_000 < len(text.encode("utf-8")) <= LIMIT


def test_embedded_scores_are_those_of_the_data_file(march):
    data = json.loads(embedded(march))["weight-explorer"]
    rows = {row["city"]: row for row in reading.rows(march, "ranking")}
    for city, parts in zip(data["cities"], data["parts"], strict=True):
        for node, part in zip(NODES, parts, strict=True):
            held = rows[city][f"{node}_score"]
            assert part in ("zero", "reweight") if not held else part == float(held), (city, node)
    missing = {(row["city"], row["platform"]) for row in reading.rows(march, "metrics") if row["status"] == "missing"}
    left_out = {
        (city, node)
        for city, parts in zip(data["cities"], data["parts"], strict=True)
        for node, part in zip(NODES, parts, strict=True)
        if part == "reweight"
    }
    assert left_out == missing != set()


def test_print_says_where_the_explorer_is(march, february):
    assert any("网页版报告在此处附有权重试算" in page for page in reading.pdf_pages(march))
    assert any("Thewebpageofthisreporthasaweightexplorerhere" in page for page in reading.pdf_pages(february))


@pytest.mark.parametrize("mode", ["unordered", "tiers"])
def test_an_edition_without_order_has_no_explorer(book, mode):
    from cityreach.monthly.explorer import explorer

    assert explorer(book) is not None
    edition = book.analysis.edition.model_copy(update={"mode": mode})
    assert explorer(replace(book, analysis=replace(book.analysis, edition=edition))) is None


def test_pages_without_one_hold_nothing_of_it(october, four_cities, record):
    for folder in (october, four_cities, record):
        assert not reading.blocks(folder, "explorer")
        text = (folder / "report.html").read_text(encoding="utf-8")
        assert "explorers" not in text and 'class="table explorer' not in text
