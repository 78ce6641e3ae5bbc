"""The data quality page of a whole edition: what it shows, what it never loads, and how it stands beside the report."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

from tests import browsing, exports, reading
from tests.conftest import cityreach, make_home
from tests.test_browser import CHARTS, LIVE, PICTURES, WIDE

pytestmark = pytest.mark.slow
NAME = "data_quality.html"
SECTIONS = ["summary", "files", "coverage", "days", "followers", "odd", "quarantine"]
TABLES = {
    "table-files", "table-rows", "table-reasons", "table-coverage", "table-lacking", "table-absent", "table-strangers",
    "table-days", "table-spans", "table-moves", "table-tests", "table-repairs", "table-quarantine",
}  # fmt: skip


def quality(home: Path, edition: str, *arguments: str, **variables: str) -> Path:
    """The folder in which the page stands, made as staff make it."""
    done = cityreach(home, "quality", edition, *arguments, **variables)
    assert done.returncode == 0, done.stderr
    assert f"reports/{edition}/{NAME}" in done.stdout
    return home / "reports" / edition


@pytest.fixture(scope="module")
def home(march: Path, session_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the session's exports and store, and reports of its own."""
    made = make_home(tmp_path_factory.mktemp("quality") / "project")
    for name in ("inbox", "store"):
        (made / "data" / name).rmdir()
        (made / "data" / name).symlink_to(session_home / "data" / name)
    return made


@pytest.fixture(scope="module")
def folder(home: Path) -> Path:
    return quality(home, "2025-03")


@pytest.fixture(scope="module")
def page(folder: Path) -> reading.Element:
    return reading.page(folder, NAME)


def test_the_page_stands_alone_in_the_folder_of_a_report_to_come(folder):
    assert [path.name for path in folder.iterdir()] == [NAME]


def test_every_section_and_table_is_there(page):
    assert [each.attributes["id"] for each in page.of_class("chapter") if "id" in each.attributes] == SECTIONS
    ids = {each.attributes["id"] for each in page.of_class("table")}
    assert ids >= TABLES
    for chapter in page.of_class("chapter"):
        assert len(chapter.all("h2")) == 1 and len(chapter.all("h2")[0].text) <= 40


def test_charts_are_pictures_that_read_aloud_and_fit(page):
    figures = page.of_class("chart")
    specifications = json.loads(page.by_id("charts").parts[0])
    assert len(figures) == len(specifications) == 3
    for figure in figures:
        (picture,) = [svg for svg in figure.all("svg") if svg.attributes.get("role") == "img"]
        assert picture.attributes["aria-label"].strip() and picture.text.strip()


def test_every_city_of_the_panel_is_in_the_chart_of_tiles(page, home, monkeypatch):
    from cityreach import registry

    monkeypatch.setenv("CITYREACH_HOME", str(home))
    known = registry.load()
    shown = page.of_class("chart")[0].text
    names = [known.city_name(city, "zh") for city in known.panel("cities-133")]
    assert [name for name in names if name not in shown] == []


def test_every_number_of_the_prose_is_a_figure_of_a_finding(page, home, monkeypatch):
    from cityreach import quality as quality_
    from cityreach.prose import numbers

    monkeypatch.setenv("CITYREACH_HOME", str(home))
    findings = quality_.open_page("2025-03", "zh").findings
    figures = page.of_class("fig")
    for each in figures:
        figure = findings[each.attributes["data-finding"]].figures[each.attributes["data-key"]]
        assert each.text == numbers.show(figure.value, figure.unit, "zh")
    assert len(figures) > 40
    prose = [each for each in page.by_id("report").walk() if each.tag in ("p", "li", "h2")]
    kept = [each for each in prose if not {"headline", "subtitle", "search", "kicker", "change"} & _classes(each)]
    for each in kept:
        loose = "".join(part for part in each.parts if isinstance(part, str))
        assert not re.search(r"[0-9]", loose), loose


def _classes(element: reading.Element) -> set[str]:
    return set(element.attributes.get("class", "").split())


def test_rows_add_up_file_by_file(page):
    (table,) = [each for each in page.of_class("table") if each.attributes["id"] == "table-rows"]
    for row in table.all("tbody")[0].all("tr"):
        read, kept, repeated, _, outside, left_out, refused = (
            int(cell.text.replace(",", "")) for cell in row.all("td")
        )
        assert read == kept + repeated + outside + left_out + refused


def test_the_page_loads_nothing_and_links_only_to_the_web(page):
    for element in page.walk():
        for name, value in element.attributes.items():
            assert not name.startswith("on")
            if (element.tag, name) == ("a", "href"):
                assert re.match(r"#|https://", value), value
            else:
                assert not re.match(r"\s*(https?:)?//", value) or name.startswith("xmlns"), (element.tag, name, value)
    assert not page.all("link", "iframe", "object", "embed", "base", "img", "form", "audio", "video")
    styles = "".join(part for style in page.all("style") for part in style.parts)
    assert all(re.match(r"""["']?(data:|#)""", address) for address in re.findall(r"url\(([^)]*)", styles))


def test_a_simulated_edition_says_so(page):
    assert page.of_class("band")[0].text.strip() == "模拟数据 · 不作为发布依据"
    assert "模拟数据" in page.all("footer")[0].text


def test_two_builds_give_the_same_bytes(folder, home):
    before = (folder / NAME).read_bytes()
    (folder / NAME).unlink()
    variables = {"PYTHONHASHSEED": "7", "TZ": "America/New_York", "LC_ALL": "C", "COLUMNS": "40"}
    quality(home, "2025-03", **variables)
    assert (folder / NAME).read_bytes() == before
    assert str(home).encode() not in before


def test_the_english_page_says_the_same(folder, home, page):
    kept = (folder / NAME).read_bytes()
    quality(home, "2025-03", "--lang", "en")
    english = reading.page(folder, NAME)
    (folder / NAME).write_bytes(kept)
    assert english.all("html")[0].attributes["lang"] == "en"
    assert not re.search(r"[\u4e00-\u9fff]", english.by_id("report").text)
    named = [
        [(each.attributes["data-finding"], each.attributes["data-key"]) for each in one.of_class("fig")]
        for one in (page, english)
    ]
    assert set(named[0]) == set(named[1])


# in a browser


@pytest.mark.browser
@pytest.mark.parametrize("width", [360, 1280])
def test_charts_come_alive_and_nothing_scrolls_sideways(browser: browsing.Browser, folder: Path, width: int):
    browser.open(folder / NAME, width, 40_000)
    assert browser.until(f"{CHARTS} == 3 && {LIVE} == 3")
    assert browser.said == [] and all(each.startswith("data:") for each in browser.asked[1:])
    assert browser.value(WIDE) == [] and browser.value("document.documentElement.scrollWidth") <= width


@pytest.mark.browser
def test_the_page_is_complete_without_scripts(browser: browsing.Browser, folder: Path, page: reading.Element):
    browser.open(folder / NAME, 1280, scripts=False)
    browser.ask("Emulation.setScriptExecutionDisabled", value=False)  # for the questions only
    assert browser.value(LIVE) == 0 and browser.value(PICTURES) == 3
    words = browser.value("document.getElementById('report').textContent")
    assert "".join(words.split()) == "".join(page.by_id("report").text.split())


# beside the report


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A home with one small edition of real exports."""
    home = make_home(tmp_path / "project")
    exports.write_hostile_edition(home)
    return home


def test_page_and_report_leave_each_other_alone(small):
    folder = quality(small, exports.HOSTILE)
    page = (folder / NAME).read_bytes()
    done = cityreach(small, "report", exports.HOSTILE)
    assert done.returncode == 0, done.stderr
    assert (folder / NAME).read_bytes() == page
    assert {path.name for path in folder.iterdir()} == {*reading.FILES, "data", NAME}
    before = reading.hashes(folder)
    assert NAME not in json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["outputs"]
    quality(small, exports.HOSTILE)
    assert reading.hashes(folder) == before
    assert "模拟" not in re.sub(r"<style>.*?</style>", "", page.decode(), flags=re.DOTALL)


def test_a_failed_page_leaves_the_last_one_and_names_the_cell(small):
    folder = quality(small, exports.HOSTILE)
    before = (folder / NAME).read_bytes()
    notebook = small / "notebooks" / "data_quality.ipynb"
    notebook.write_text(notebook.read_text(encoding="utf-8").replace("page.summary()", "page.sumary()"), "utf-8")
    done = cityreach(small, "quality", exports.HOSTILE)
    assert done.returncode != 0 and "cell 5" in done.stderr and "sumary" in done.stderr
    assert (folder / NAME).read_bytes() == before
    assert [path.name for path in (small / "reports" / "failed").iterdir()] == [f"{exports.HOSTILE}-quality.ipynb"]
    shutil.rmtree(small / "reports" / "failed")


def test_an_unknown_edition_or_language_is_one_line(small):
    for arguments in (["quality", "2031-01"], ["quality", exports.HOSTILE, "--lang", "fr"]):
        done = cityreach(small, *arguments)
        assert done.returncode != 0 and "does not exist" in done.stderr and len(done.stderr.strip().splitlines()) == 1
