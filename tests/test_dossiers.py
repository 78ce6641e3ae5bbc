"""Dossiers of a small edition: alone and in a batch, what their figures stand on, what becomes of a failing city."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import zipfile
from pathlib import Path
from typing import Any

import pytest

from tests import browsing, exports, reading
from tests.conftest import cityreach, make_home
from tests.test_browser import CHARTS, LIVE, WIDE
from tests.test_method_check import posts
from tests.test_unordered import FIXED, NAMES, WORDS

pytestmark = pytest.mark.slow
EDITION, RANDOM = "x-small", "x-random"
CITIES = {"110000": "beijing", "310000": "shanghai", "330100": "hangzhou", "440300": "shenzhen"}
PROSE = ("p", "li", "h2")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = make_home(tmp_path_factory.mktemp("dossiers") / "project")
    for name, mode in ((EDITION, "ordered"), (RANDOM, "unordered")):
        exports.write_edition(made, name)
        path = made / "data" / "editions" / f"{name}.yml"
        path.write_text(path.read_text(encoding="utf-8").replace("mode: ordered", f"mode: {mode}"), encoding="utf-8")
        exports.write_inbox(made, name, "posts.csv", posts())
    path = made / "data" / "dossiers" / "440300" / "events.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("2025-03-15", "2025-05-15"), encoding="utf-8")
    return made


def build(home: Path, *arguments: str, code: int = 0, **variables: str) -> str:
    done = cityreach(home, *arguments, **variables)
    assert done.returncode == code, done.stderr
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def batch(home: Path) -> Path:
    """All four dossiers of the edition, made in one warm process."""
    said = build(home, "dossiers", EDITION, "--jobs", "1")
    assert "4 built, 0 as they were, 0 failed" in said
    return home / "reports" / EDITION / "dossiers"


def place(folder: Path, city_id: str) -> Path:
    return folder / f"{city_id}-{CITIES[city_id]}"


def table(folder: Path, name: str) -> list[dict[str, str]]:
    text = (folder / "data" / f"{name}.csv").read_text(encoding="utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_a_dossier_made_after_others_is_the_one_made_alone(home, batch):
    """Byte for byte, every file: the last of the batch, in a kernel of its own, in other surroundings."""
    last = list(CITIES)[-1]
    before = reading.hashes(place(batch, last))
    assert {"report.html", "report.pdf", "report.ipynb", "dossier.xlsx", "manifest.json"} <= before.keys()
    build(home, "dossier", "深圳", EDITION, PYTHONHASHSEED="7", TZ="America/New_York", LC_ALL="C", COLUMNS="40")
    assert reading.hashes(place(batch, last)) == before


@pytest.mark.stress
def test_fifty_runs_in_one_process_leave_nothing_behind(home, batch, monkeypatch):
    from cityreach import paths
    from cityreach.blocks import DRAW_LATER
    from cityreach.dossier import shared
    from cityreach.publish import inside, scrub

    monkeypatch.setenv("CITYREACH_HOME", str(home))
    monkeypatch.setenv(DRAW_LATER, "1")
    shared.hold(EDITION)
    order = [(city, lang) for _ in range(6) for city in CITIES for lang in ("en", "zh")]
    assert len(order) == 48
    for city, lang in [*order, ("440300", "en"), ("110000", "zh"), ("440300", "zh")]:
        run = inside.execute(paths.notebook("city_dossier"), {"city": city, "edition": EDITION, "lang": lang})
    alone = (place(batch, "440300") / "report.ipynb").read_text(encoding="utf-8")
    assert scrub.dumps(scrub.scrub(run)) == alone


def test_every_figure_of_every_finding_stands_in_the_cell_it_names(home, batch, monkeypatch):
    from cityreach.dossier import open_page
    from cityreach.dossier.references import KEYS

    monkeypatch.setenv("CITYREACH_HOME", str(home))
    for city_id in CITIES:
        folder = place(batch, city_id)
        found = open_page(city_id, EDITION, "zh").book.findings.values()
        figures = [figure for each in found for figure in each.figures.values()]
        assert len(figures) > 50 and all(figure.table for figure in figures)
        for figure in figures:
            rows = {"|".join(row[key] for key in KEYS[figure.table]): row for row in table(folder, figure.table)}
            assert same(rows[figure.row][figure.column], figure.value), (figure, rows[figure.row])


def test_every_numeral_of_the_page_is_held_by_its_data(batch, tmp_path):
    from cityreach.tracing import check

    for city_id in CITIES:
        folder = place(batch, city_id)
        assert check.check(folder) == [] and len(reading.page(folder).of_class("fig")) > 30
    changed = shutil.copytree(place(batch, "440300"), tmp_path / "changed")
    facts = changed / "data" / "city.csv"
    facts.write_text(re.sub(r"(?m)^posts,\d+", "posts,7", facts.read_text(encoding="utf-8")), encoding="utf-8")
    assert check.check(changed)


def same(cell: str, value: Any) -> bool:
    """Whether a cell of a CSV file holds a figure's value."""
    if isinstance(value, int | float):
        return float(cell) == pytest.approx(float(value), rel=1e-12)
    if hasattr(value, "first"):
        return cell == f"{value.first.isoformat()}/{value.last.isoformat()}"
    cell = cell[1:] if cell.startswith("'@") else cell  # as spreadsheet programs take it for a text
    return cell == (value.isoformat() if hasattr(value, "isoformat") else str(value))


def test_the_english_dossier_says_the_same(home, batch):
    build(home, "dossier", "Shenzhen", EDITION, "--lang", "en")
    english = reading.page(batch.with_name("dossiers-en") / "440300-shenzhen")
    chinese = reading.page(place(batch, "440300"))
    assert english.all("html")[0].attributes["lang"] == "en"
    assert not re.search(r"[\u4e00-\u9fff]", "".join(p.text for p in english.by_id("report").walk() if p.tag in PROSE))
    assert [one.attributes.get("id") for one in english.of_class("chapter")] == [
        one.attributes.get("id") for one in chinese.of_class("chapter")
    ]
    assert (place(batch, "440300") / "manifest.json").is_file()  # the Chinese one stays where it is


def test_the_index_page_leads_to_every_dossier_and_loads_nothing(batch, home):
    page = reading.page(batch, "index.html")
    links = [each.attributes["href"] for each in page.all("a")]
    assert {f"{city}-{name}/report.html" for city, name in CITIES.items()} <= set(links)
    assert all((batch / link).is_file() for link in links)
    text = (batch / "index.html").read_text(encoding="utf-8")
    (policy,) = [each.attributes["content"] for each in page.all("meta") if "http-equiv" in each.attributes]
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    assert not re.search(r"""(src|href)="(https?:)?//""", text) and str(home) not in text
    assert "城市国际传播档案" in page.text and "深圳" in page.text
    with zipfile.ZipFile(batch / "zip" / "guangdong.zip") as archive:
        assert archive.namelist() == [
            f"440300-shenzhen/{name}" for name in ("report.html", "report.pdf", "dossier.xlsx")
        ]


def test_what_is_still_true_is_left_and_one_failing_city_does_not_stop_the_rest(batch, home):
    before = reading.hashes(batch)
    assert "0 built, 4 as they were, 0 failed" in build(home, "dossiers", EDITION)
    assert reading.hashes(batch) == before
    entered = home / "data" / "dossiers" / "110000" / "facts.csv"
    entered.parent.mkdir()
    entered.write_text("key,value\nposts,many\n", encoding="utf-8")
    (place(batch, "330100") / "report.pdf").unlink()
    said = build(home, "dossiers", EDITION, code=4)
    entered.unlink()
    assert "1 built, 2 as they were, 1 failed" in said
    (line,) = [each for each in said.splitlines() if each.startswith("Error")]
    assert "北京 Beijing" in line and "data/dossiers/110000/facts.csv, line 1: the header lacks" in line
    after = reading.hashes(batch)
    assert after == before  # Beijing's earlier dossier stays, Hangzhou's is made again, ZIPs and index are the same


def test_a_new_report_keeps_the_dossiers(batch, home):
    before = reading.hashes(batch)
    build(home, "report", EDITION)
    assert reading.hashes(batch) == before and (batch.parent / "report.html").is_file()


def test_an_edition_in_random_order_has_dossiers_without_places(home):
    build(home, "dossier", "深圳", RANDOM)
    folder = home / "reports" / RANDOM / "dossiers" / "440300-shenzhen"
    page = reading.page(folder)
    texts = [page.text, *reading.pdf_pages(folder), reading.workbook_parts(folder, "dossier.xlsx")]
    for text in texts:
        found = WORDS.search(FIXED.sub("", text))
        assert not found, text[max(0, found.start() - 30) : found.end() + 30]
    columns = {name for file in (folder / "data").glob("*.csv") for name in table(folder, file.stem)[0]}
    assert not {name for name in columns if NAMES.search(name)}, columns
    specs = page.by_id("charts").parts[0]
    assert not WORDS.search(specs) and "rank" not in specs
    names = {path.stem for path in (folder / "data").glob("*.csv")}
    assert names == {"city", "metrics", "accounts", "development", "posts", "contacts", "events"}


def test_cities_and_periods_that_are_not_there_are_one_line(home):
    for arguments, words in (
        (["dossier", "Atlantis", EDITION], "Atlantis"),
        (["dossier", "南京", EDITION], "is not in panel four-cities"),
        (["dossier", "深圳", "1999"], "No edition lies in the year 1999"),
        (["dossiers", EDITION, "--lang", "fr"], "does not exist"),
    ):
        done = cityreach(home, *arguments)
        assert done.returncode == 2 and words in done.stderr and len(done.stderr.strip().splitlines()) == 1


def test_the_manifest_names_the_citys_files(batch):
    manifest = json.loads((place(batch, "440300") / "manifest.json").read_text(encoding="utf-8"))
    assert set(manifest["provenance"]["city"]) == {
        f"{name}.csv" for name in ("facts", "contacts", "endorsements", "awards", "events", "indices")
    }
    assert manifest["notebook"] == "city_dossier" and manifest["parameters"]["city"] == "440300"


@pytest.mark.browser
@pytest.mark.parametrize("width", [360, 1280])
def test_every_chart_comes_alive_and_nothing_scrolls_sideways(browser: browsing.Browser, batch: Path, width: int):
    folder = place(batch, "440300")
    browser.open(folder / "report.html", width, 30_000)
    assert browser.until(f"{CHARTS} > 1 && {LIVE} == {CHARTS}"), browser.value(f"[{LIVE}, {CHARTS}]")
    assert browser.value(CHARTS) == len(reading.blocks(folder, "figure"))
    assert browser.said == [] and all(each.startswith("data:") for each in browser.asked[1:])
    assert browser.value(WIDE) == [] and browser.value("document.documentElement.scrollWidth") <= width
