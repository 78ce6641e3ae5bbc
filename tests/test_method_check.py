"""The method check of a small edition: what it shows, where its figures are from, how it stands beside the report."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests import browsing, exports, reading
from tests.conftest import cityreach, make_home
from tests.test_browser import CHARTS, LIVE, PICTURES, WIDE

pytestmark = pytest.mark.slow
NAME = "method_check.html"
EDITION = "x-small"
LIKES = (1800, 640, 150, 60)  # of each city's posts, so that the order of the cities is known


def posts() -> str:
    """Posts of four cities on X that differ in number, days and likes."""
    lines = exports.posts_csv(count=12).splitlines()
    shaped = [lines[0]]
    for place, likes in enumerate(LIKES):
        for number, line in enumerate(lines[1 + 12 * place : 13 + 12 * place - 2 * place]):
            cells = line.split(",")
            cells[9:14] = [str(likes * 40), str(likes + 7 * number), str(likes // 20), str(likes // 9), ""]
            shaped.append(",".join(cells))
    return "\n".join(shaped) + "\n"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = make_home(tmp_path_factory.mktemp("method") / "project")
    exports.write_edition(made, EDITION)
    exports.write_inbox(made, EDITION, "posts.csv", posts())
    return made


def build(home: Path, *arguments: str, **variables: str) -> Path:
    """The folder in which the page stands, made as staff make it."""
    done = cityreach(home, "check-method", EDITION, *arguments, **variables)
    assert done.returncode == 0, done.stderr
    assert f"reports/{EDITION}/{NAME}" in done.stdout
    return home / "reports" / EDITION


@pytest.fixture(scope="module")
def folder(home: Path) -> Path:
    return build(home)


@pytest.fixture(scope="module")
def page(folder: Path) -> reading.Element:
    return reading.page(folder, NAME)


def sections(page: reading.Element) -> list[str]:
    return [each.attributes["id"] for each in page.of_class("chapter") if "id" in each.attributes]


def test_the_page_stands_alone_with_the_sections_that_the_data_allow(folder, page):
    assert [path.name for path in folder.iterdir()] == [NAME]
    found = sections(page)
    assert found[:3] == ["summary", "framework", "scales"] and len(found) == len(set(found))
    for chapter in page.of_class("chapter"):
        assert len(chapter.all("h2")) == 1 and chapter.all("h2")[0].text.strip()


def test_every_number_of_the_prose_is_a_figure_of_a_finding(page, home, monkeypatch):
    from cityreach import methodcheck
    from cityreach.prose import numbers

    monkeypatch.setenv("CITYREACH_HOME", str(home))
    findings = methodcheck.open_page(EDITION, "zh").findings
    figures = page.of_class("fig")
    for each in figures:
        figure = findings[each.attributes["data-finding"]].figures[each.attributes["data-key"]]
        assert each.text == numbers.show(figure.value, figure.unit, "zh")
    assert len(figures) > 15
    prose = [each for each in page.by_id("report").walk() if each.tag in ("p", "li", "h2")]
    shown = {"headline", "subtitle", "search", "kicker", "change"}
    for each in prose:
        if not shown & set(each.attributes.get("class", "").split()):
            loose = "".join(part for part in each.parts if isinstance(part, str))
            assert not re.search(r"[0-9]", loose), loose


def test_the_page_loads_nothing_and_names_no_place_of_this_machine(page, folder, home):
    for element in page.walk():
        for name, value in element.attributes.items():
            assert not name.startswith("on")
            if (element.tag, name) != ("a", "href"):
                assert not re.match(r"\s*(https?:)?//", value) or name.startswith("xmlns"), (element.tag, name, value)
    assert str(home).encode() not in (folder / NAME).read_bytes()


def test_two_builds_give_the_same_bytes(folder, home):
    before = (folder / NAME).read_bytes()
    build(home, PYTHONHASHSEED="7", TZ="America/New_York", LC_ALL="C", COLUMNS="40")
    assert (folder / NAME).read_bytes() == before


def test_the_english_page_says_the_same(folder, home, page):
    kept = (folder / NAME).read_bytes()
    build(home, "--lang", "en")
    english = reading.page(folder, NAME)
    (folder / NAME).write_bytes(kept)
    assert english.all("html")[0].attributes["lang"] == "en"
    assert not re.search(r"[\u4e00-\u9fff]", english.by_id("report").text)
    assert sections(english) == sections(page)
    named = [
        {(each.attributes["data-finding"], each.attributes["data-key"]) for each in one.of_class("fig")}
        for one in (page, english)
    ]
    assert named[0] == named[1]


def test_a_new_report_keeps_the_page(folder, home):
    before = (folder / NAME).read_bytes()
    done = cityreach(home, "report", EDITION)
    assert done.returncode == 0, done.stderr
    assert (folder / NAME).read_bytes() == before and (folder / "report.html").is_file()


def test_an_unknown_edition_or_language_is_one_line(home):
    for arguments in (["check-method", "2031-01"], ["check-method", EDITION, "--lang", "fr"]):
        done = cityreach(home, *arguments)
        assert done.returncode != 0 and "does not exist" in done.stderr and len(done.stderr.strip().splitlines()) == 1


# in a browser


@pytest.mark.browser
@pytest.mark.parametrize("width", [360, 1280])
def test_every_chart_comes_alive_and_nothing_scrolls_sideways(browser: browsing.Browser, folder, page, width: int):
    figures = len([each for each in page.of_class("chart") if each.tag == "figure"])
    browser.open(folder / NAME, width, 40_000)
    assert browser.until(f"{CHARTS} == {figures} && {LIVE} == {figures}") and figures >= 4
    assert browser.said == [] and all(each.startswith("data:") for each in browser.asked[1:])
    assert browser.value(WIDE) == [] and browser.value("document.documentElement.scrollWidth") <= width


@pytest.mark.browser
def test_the_page_is_complete_without_scripts(browser: browsing.Browser, folder, page):
    browser.open(folder / NAME, 1280, scripts=False)
    browser.ask("Emulation.setScriptExecutionDisabled", value=False)  # for the questions only
    assert browser.value(LIVE) == 0 and browser.value(PICTURES) == browser.value(CHARTS)
    words = browser.value("document.getElementById('report').textContent")
    assert "".join(words.split()) == "".join(page.by_id("report").text.split())
