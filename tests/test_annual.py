"""Reports of the annual indices, built as staff build them: what they hold, where their figures are from."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

from tests import browsing, reading
from tests.conftest import cityreach, make_home
from tests.test_browser import CHARTS, LIVE, WIDE
from tests.test_unordered import WORDS, assert_silent
from tests.unit import annual_cases as cases

pytestmark = pytest.mark.slow
IMAGE, INFLUENCE = "image-2025", "influence-2025"
MADE = {"report.html", "report.pdf", "report.ipynb", "rankings.xlsx", "manifest.json", "data"}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = make_home(tmp_path_factory.mktemp("annual") / "project")
    cases.write(made, cases.rows(), mode="unordered", workbook=True)
    return made


def build(home: Path, *arguments: str, **variables: str) -> Path:
    done = cityreach(home, "annual", *arguments, **variables)
    assert done.returncode == 0, done.stderr
    return home / "reports" / arguments[0]


@pytest.fixture(scope="module")
def image(home: Path) -> Path:
    return build(home, IMAGE)


@pytest.fixture(scope="module")
def influence(home: Path) -> Path:
    return build(home, INFLUENCE, "--lang", "en")


@pytest.fixture(scope="module")
def unordered(home: Path) -> Path:
    """A small edition of collected figures from an Excel sheet that publishes no order."""
    return build(home, cases.NAME)


@pytest.fixture(params=["image", "influence"])
def folder(request: pytest.FixtureRequest) -> Path:
    return request.getfixturevalue(request.param)


def test_every_form_is_made_and_says_that_it_is_simulated(folder):
    assert {path.name for path in folder.iterdir()} == MADE
    band = next(block["band"] for block in reading.blocks(folder, "cover"))
    assert reading.page(folder).of_class("band")[0].text.strip() == band
    assert all(band.replace(" ", "") in text for text in reading.pdf_pages(folder))
    assert all(any(band in str(cell) for row in rows for cell in row) for rows in reading.workbook(folder).values())
    assert json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["simulated"] is True
    for path in (folder / "data").glob("*.csv"):
        assert {row["data_status"] for row in reading.rows(folder, path.stem)} == {"simulated"}, path.name


def test_every_numeral_is_held_by_its_data(folder, tmp_path):
    from cityreach.tracing import check

    assert len(reading.page(folder).of_class("fig")) > 60 and check.check(folder) == []
    copy = tmp_path / folder.name
    shutil.copytree(folder, copy)
    path = copy / "data" / "edition.csv"
    changed = re.sub(r"(?m)^(cities,[^,]+),\d+", r"\1,7", path.read_text(encoding="utf-8-sig"))
    path.write_text(changed, encoding="utf-8-sig")
    assert check.check(copy)  # and a fact that is changed in the data is noticed


def test_every_place_leads_to_the_figures_behind_it(folder):
    page = reading.page(folder)
    assert page.by_id("table-values").tag == "figure"
    ranking = page.by_id("table-ranking")
    rows = [row for row in ranking.all("tr") if row.all("td")]
    links = [cell.attributes["href"] for cell in ranking.all("a")]
    assert len(rows) in (106, 39) and links.count("#table-values") == len(rows)


def test_published_places_stand_in_the_report_with_their_sources(image):
    rows = next(block["rows"] for block in reading.blocks(image, "table") if block["key"] == "published")
    assert len(rows) == 17
    for row in rows:
        assert reading.cell_text(row[4]) == reading.cell_text(row[5]) and "报" in reading.cell_text(row[6])


def test_two_builds_give_the_same_bytes(influence, home):
    before = reading.hashes(influence)
    build(home, INFLUENCE, "--lang", "en", PYTHONHASHSEED="7", TZ="America/New_York", LC_ALL="C", COLUMNS="40")
    assert reading.hashes(influence) == before


def test_the_english_report_speaks_english(influence):
    page = reading.page(influence)
    said = page.by_id("report").text.replace(page.by_id("table-published").text, "")
    assert page.all("html")[0].attributes["lang"] == "en" and re.findall(r"[\u4e00-\u9fff]+", said) == []


# an edition without order


def test_the_words_find_what_an_ordered_report_says(image):
    assert len(WORDS.findall(reading.page(image).text)) > 100


def test_an_edition_without_order_is_silent(unordered):
    page = reading.page(unordered)
    for element in page.walk():
        for part in element.parts:
            if isinstance(part, str) and element.tag not in ("script", "style"):
                assert_silent(part, f"<{element.tag}>")
    assert_silent(re.sub(r"\s+", "", page.text), "page")
    for number, text in enumerate(reading.pdf_pages(unordered), start=1):
        assert_silent(text, f"page {number}")
    assert {path.stem for path in (unordered / "data").glob("*.csv")} == {"cities", "columns", "edition", "weights"}
    assert_silent((unordered / "manifest.json").read_text(encoding="utf-8"), "manifest")
    assert_silent(re.sub(r"<[^>]+>", " ", reading.workbook_parts(unordered)), "workbook")
    for cell in reading.notebook(unordered)["cells"]:
        assert_silent(json.dumps(cell.get("outputs", []), ensure_ascii=False), cell["id"])
    assert not reading.blocks(unordered, "figure") and "模拟" not in page.text
    listed = [row["city"] for row in reading.rows(unordered, "cities")]
    assert sorted(listed) == sorted(cases.PANEL.values()) and listed != ["北京", "上海", "深圳", "杭州"]


def test_no_figure_of_a_city_is_in_an_edition_without_order(unordered):
    texts = [
        (unordered / name).read_text(encoding="utf-8") for name in ("report.html", "report.ipynb", "manifest.json")
    ]
    texts += [path.read_text(encoding="utf-8") for path in (unordered / "data").glob("*.csv")]
    for row in cases.rows()[len(cases.PANEL) * -1 :]:
        assert not [cell for cell in row[2:] if "." in cell and len(cell) > 4 and any(cell in text for text in texts)]


# errors


def test_what_is_wrong_is_said_in_one_line(home):
    broken = home / "data" / "annual" / "image-broken"
    cases.write(home, cases.rows(E10="n/a"), name=broken.name)
    for arguments, said in (
        (["annual", "image-2031"], "does not exist"),
        (["annual", broken.name], "sheet.csv, cell E10 (reach, 上海): 'n/a' is not a number"),
    ):
        done = cityreach(home, *arguments)
        assert done.returncode != 0 and said in done.stderr and len(done.stderr.strip().splitlines()) == 1, done.stderr


def test_the_simulated_sheet_is_made_by_a_command(home):
    path = home / "data" / "annual" / IMAGE / "sheet.csv"
    before = path.read_bytes()
    path.unlink()
    done = cityreach(home, "simulate", IMAGE)
    assert done.returncode == 0 and "data/annual/image-2025/sheet.csv" in done.stdout and path.read_bytes() == before


# in a browser


@pytest.mark.browser
@pytest.mark.parametrize("width", [360, 1280])
def test_every_chart_comes_alive_and_nothing_scrolls_sideways(browser: browsing.Browser, folder: Path, width: int):
    figures = len([each for each in reading.page(folder).of_class("chart") if each.tag == "figure"])
    browser.open(folder / "report.html", width, 60_000)
    assert browser.until(f"{CHARTS} == {figures} && {LIVE} == {figures}") and figures >= 6
    assert browser.said == [] and all(each.startswith("data:") for each in browser.asked[1:])
    assert browser.value(WIDE) == [] and browser.value("document.documentElement.scrollWidth") <= width
