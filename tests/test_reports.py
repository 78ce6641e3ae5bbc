"""Whole editions, from exports to the report folder: figures, page, print, data and what they must never hold."""

from __future__ import annotations

import csv
import hashlib
import json
import os
import re
import shutil
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from cityreach import edition as editions
from cityreach import pipeline
from tests import exports, reading
from tests.conftest import ROOT, build, cityreach, make_home

pytestmark = pytest.mark.slow
BAND = "模拟数据"
DIGIT = re.compile(r"[0-9０-９]")
NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
REAL = {  # city: posts, interactions, interactions per post, peak
    "北京": (191, 48_581, 254.4, 2_747),
    "上海": (62, 1_000, 16.1, 300),
    "杭州": (196, 29_285, 149.4, 12_951),
    "深圳": (77, 753, 9.8, 402),
}


@pytest.fixture(params=["march", "february", "october", "four_cities", "hostile", "record"])
def report(request: pytest.FixtureRequest) -> Path:
    """Each of the reports in turn."""
    return request.getfixturevalue(request.param)


def published(edition: str, scope: str) -> dict[str, int]:
    """city → place of the index itself, as published in order."""
    with (ROOT / "data" / "published" / "rankings.csv").open(encoding="utf-8-sig") as file:
        found = [
            row
            for row in csv.DictReader(file)
            if (row["edition"], row["index"], row["scope"], row["ordered"])
            == (edition, "中国城市海外社交媒体传播力指数", scope, "yes")
        ]
    return {row["city"]: int(row["rank"]) for row in found}


def city_names() -> dict[str, str]:
    """English → Chinese name of every city."""
    with (ROOT / "data" / "registry" / "cities.csv").open(encoding="utf-8-sig") as file:
        return {row["name_en"]: row["name_zh"] for row in csv.DictReader(file)}


def places(folder: Path, node: str) -> dict[str, int]:
    """Chinese city name → place, as the report's data state it."""
    to_chinese = city_names()
    ranking = [row for row in reading.rows(folder, "ranking") if row[f"{node}_rank"]]
    return {to_chinese.get(row["city"], row["city"]): int(row[f"{node}_rank"]) for row in ranking}


# files and rankings


def test_report_folder_is_complete(report):
    assert {path.name for path in report.iterdir()} == {*reading.FILES, "data"}
    assert len(list((report / "data").glob("*.csv"))) >= 5
    assert all(path.stat().st_size > 0 for path in report.rglob("*") if path.is_file())


@pytest.mark.parametrize(("edition", "fixture"), [("2025-02", "february"), ("2025-03", "march")])
def test_composite_is_as_published(edition, fixture, request):
    expected = published(edition, "composite")
    assert sorted(expected.values()) == list(range(1, 11))
    found = places(request.getfixturevalue(fixture), "composite")
    assert {city: place for city, place in found.items() if place <= 10} == expected


def test_single_places_of_march_are_as_published(march):
    assert places(march, "instagram")["成都"] == 1
    assert places(march, "youtube")["成都"] == 2


def test_single_places_of_may_are_as_published(may):
    nodes = ("facebook", "x", "instagram", "youtube", "composite")
    assert {node: places(may, node)["成都"] for node in nodes} == {
        "facebook": 4, "x": 8, "instagram": 1, "youtube": 9, "composite": 3
    }  # fmt: skip


def test_every_published_single_place_is_met(february, march, may):
    for edition, folder in {"2025-02": february, "2025-03": march, "2025-05": may}.items():
        for scope in ("composite", "facebook", "x", "instagram", "youtube", "tiktok"):
            for city, place in published(edition, scope).items():
                assert places(folder, scope)[city] == place, (edition, scope, city)


def test_movements_of_march_are_as_published(march):
    moves = {row["city"]: row for row in reading.rows(march, "movements") if row["node"] == "composite"}
    expected = {
        "南京": (2, 1),
        "北京": (1, 2),
        "成都": (3, 3),
        "重庆": (6, 4),
        "苏州": (7, 6),
        "杭州": (4, 7),
        "厦门": (8, 9),
    }
    assert {city: (int(moves[city]["rank_before"]), int(moves[city]["rank"])) for city in expected} == expected
    assert all(int(moves[city]["change"]) == before - now for city, (before, now) in expected.items())
    came = {city for city, row in moves.items() if int(row["rank"]) <= 10 < int(row["rank_before"])}
    left = {city for city, row in moves.items() if int(row["rank_before"]) <= 10 < int(row["rank"])}
    assert (came, left) == ({"宁波", "佛山", "扬州"}, {"青岛", "沧州", "西安"})


def told(folder: Path) -> str:
    """The paragraphs of a report."""
    return "\n".join(reading.plain(text) for block in reading.blocks(folder, "prose") for text in block["paragraphs"])


def test_text_of_march_states_the_published_movements(march):
    """As the published reports have them; a move within the uncertainty is stated, and not called a rise or fall."""
    text = told(march).split("脸书用户规模大")[0]
    moved = {"南京": (2, 1), "北京": (1, 2), "重庆": (6, 4), "苏州": (7, 6), "杭州": (4, 7), "厦门": (8, 9)}
    moved |= {"宁波": (11, 5), "佛山": (14, 8), "扬州": (12, 10)}
    left = {"西安": (10, 11), "青岛": (5, 12), "沧州": (9, 14)}
    for city, (before, now) in {**moved, **left}.items():
        if city != "南京":
            assert re.search(rf"{city}[^；。、]*?由第{before}位[升降]?[至到]第{now}位", text), city
    assert re.search(r"南京以[\d.]+分居首（上期列第2位", text) and "成都保持第3位" in text
    assert re.search(r"宁波（[^）]*）、佛山（[^）]*）近一年首次进入前十。", text)
    assert re.search(r"扬州（[^）]*）重返前十。", text)
    assert re.search(r"西安（[^）]*）、青岛（[^）]*）、沧州（[^）]*）退出前十。", text)


def test_text_of_may_states_the_places_of_chengdu(may):
    places_ = "脸书第4位、X平台第8位、照片墙第1位、优兔第9位"
    assert f"综合第3位的成都，各平台位次为{places_}" in told(may)


def test_page_and_print_of_march_state_the_first_ten(march):
    names = "、".join(sorted(published("2025-03", "composite"), key=published("2025-03", "composite").get))
    assert names in reading.page(march).text
    assert any(names in text for text in reading.pdf_pages(march))
    sheets = reading.workbook(march)
    assert any([row[0] for row in rows[4:14]] == names.split("、") for rows in sheets.values())


def test_published_case_post_is_among_the_posts(march, session_home):
    import pandas as pd

    posts = pd.read_parquet(session_home / "data" / "store" / "2025-03" / "posts.parquet")
    mine = posts[(posts["city_id"] == "320100") & (posts["platform"] == "facebook") & (posts["likes"] == 19_000)]
    assert [f"{at:%Y-%m-%d}" for at in mine["published_at"].dt.tz_convert("Asia/Shanghai")] == ["2025-03-24"]


# the same bytes


NOTES_MODULES = """
import atexit, os, pathlib, sys
def note():
    if pathlib.Path(sys.argv[0]).name == "cityreach":
        pathlib.Path(os.environ["NOTE"]).write_text("\\n".join(sys.modules))
atexit.register(note)
"""


@pytest.fixture(scope="module")
def elsewhere(march, session_home, tmp_path_factory) -> Path:
    """A second build in another folder, time zone, locale and with another hash seed; exports and store as they are.

    What its main process has imported in the end is in `modules.txt` beside its reports.
    """
    home = make_home(tmp_path_factory.mktemp("elsewhere") / "another place")
    for name in ("inbox", "store"):
        (home / "data" / name).rmdir()
        (home / "data" / name).symlink_to(session_home / "data" / name)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CITYREACH_HOME", str(home))
        pipeline.work_out(editions.load("2025-03"))  # the other home has editions that this one has not
    (home / "sitecustomize.py").write_text(NOTES_MODULES, encoding="utf-8")
    way = os.pathsep.join(filter(None, [str(home), os.environ.get("PYTHONPATH")]))
    done = cityreach(
        home, "report", "2025-03", PYTHONHASHSEED="7", TZ="America/New_York", LC_ALL="C", COLUMNS="40",
        PYTHONPATH=way, NOTE=str(home / "reports" / "modules.txt"),
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return home / "reports"


def test_a_second_build_elsewhere_gives_the_same_bytes(march, elsewhere):
    assert reading.hashes(elsewhere / "2025-03") == reading.hashes(march)


def test_the_process_that_waits_for_the_kernel_does_not_load_what_the_kernel_loads(elsewhere):
    """Each of these takes up to half a second to import, in a process that needs none of them."""
    loaded = set((elsewhere / "modules.txt").read_text(encoding="utf-8").split("\n"))
    assert {"cityreach.pipeline", "papermill.execute", "nbconvert", "typst", "xlsxwriter"} <= loaded
    assert not loaded & {"pandas", "numpy", "pyarrow", "duckdb", "altair", "vl_convert", "IPython", "bs4", "requests"}
    assert not {"cityreach.intake.running", "cityreach.monthly", "fontTools"} & loaded


def test_a_build_over_an_earlier_report_gives_the_same_bytes(hostile, session_home):
    before = reading.hashes(hostile)
    assert reading.hashes(build(session_home, exports.HOSTILE)) == before


# the manifest


def test_manifest_holds_every_file_and_its_hash(report):
    manifest = json.loads((report / "manifest.json").read_text(encoding="utf-8"))
    held = {name: value for name, value in reading.hashes(report).items() if name != "manifest.json"}
    assert manifest["outputs"] == held


def test_manifest_holds_the_hash_of_every_export(report, session_home):
    provenance = json.loads((report / "manifest.json").read_text(encoding="utf-8"))["provenance"]
    if report.name == "published":
        inputs = {session_home / name: value for name, value in provenance["inputs"].items()}
    else:
        inbox = session_home / "data" / "inbox"
        inputs = {
            inbox / edition / name: value
            for edition, held in provenance["inputs"].items()
            for name, value in held.items()
        }
        mine = {
            path.name
            for path in (inbox / report.name.removesuffix("-en")).iterdir()
            if path.suffix not in (".txt", ".md")
        }
        assert mine <= set(provenance["inputs"][report.name])
    assert inputs
    for path, value in inputs.items():
        assert hashlib.sha256(path.read_bytes()).hexdigest() == value, path.name


def test_no_file_holds_a_path_a_user_or_a_clock(report, session_home):
    import getpass
    import socket

    manifest = (report / "manifest.json").read_text(encoding="utf-8")
    assert not re.search(r"\d{2}:\d{2}:\d{2}|/(home|tmp|root|work|usr)/", manifest)
    texts = [manifest, (report / "report.ipynb").read_text(encoding="utf-8"), reading.workbook_parts(report)]
    texts.append((report / "report.html").read_text(encoding="utf-8"))
    for word in (str(session_home), str(ROOT), str(Path.home()), socket.gethostname()):
        assert len(word) < 5 or not any(word in text for text in texts), word
    assert getpass.getuser() not in reading.pdf_facts(report)[0].get("Author", "")


# the page


def test_page_loads_nothing_from_anywhere(report):
    page = reading.page(report)
    for element in page.walk():
        for name, value in element.attributes.items():
            if element.tag == "a" and name == "href":
                continue
            assert not re.match(r"\s*(https?:)?//", value) or name.startswith("xmlns"), (element.tag, name, value)
            assert name not in ("srcset", "background", "formaction", "ping", "manifest"), (element.tag, name)
            assert not name.startswith("on"), (element.tag, name)
    assert not page.all("link", "iframe", "object", "embed", "base", "img", "form", "audio", "video")
    styles = "".join(part for style in page.all("style") for part in style.parts)
    styles += "".join(element.attributes.get("style", "") for element in page.walk())
    assert "@import" not in styles
    assert all(re.match(r"""["']?(data:|#)""", address) for address in re.findall(r"url\(([^)]*)", styles))


def test_page_has_one_title_and_a_language(report):
    page = reading.page(report)
    lang = "en" if report.name == "2025-02" else "zh-CN"
    assert page.all("html")[0].attributes["lang"] == lang
    assert len(page.all("h1")) == 1 and page.all("h1")[0].text.strip()
    assert page.all("title")[0].text.strip().startswith(page.all("h1")[0].text.strip())
    levels = [int(each.tag[1]) for each in page.all("h1", "h2", "h3", "h4", "h5")]
    assert all(later - earlier <= 1 for earlier, later in pairwise(levels)), levels


def test_tables_have_captions_and_scopes(report):
    tables = reading.page(report).all("table")
    assert tables
    for table in tables:
        assert len(table.all("caption")) == 1 and table.all("caption")[0].text.strip()
        assert {head.attributes.get("scope") for head in table.all("th")} == {"col", "row"}
        width = len(table.all("thead")[0].all("th"))
        for row in table.all("tbody")[0].all("tr"):
            assert len(row.all("td", "th")) == width and len(row.all("th")) == 1


def test_charts_have_a_picture_that_reads_aloud(report):
    page = reading.page(report)
    figures = page.of_class("chart")
    assert len(figures) == len(reading.blocks(report, "figure")) > 0
    specifications = json.loads(page.by_id("charts").parts[0])
    for figure in figures:
        (picture,) = [svg for svg in figure.all("svg") if svg.attributes.get("role") == "img"]
        assert picture.attributes["aria-label"].strip()
        assert picture.text.strip() and figure.attributes["id"] in specifications


def test_ids_are_unique_and_links_lead_somewhere(report):
    page = reading.page(report)
    ids = [each.attributes["id"] for each in page.walk() if "id" in each.attributes]
    assert len(ids) == len(set(ids))
    inner = [each.attributes["href"] for each in page.all("a") if each.attributes["href"].startswith("#")]
    assert len(inner) > 10 and {href[1:] for href in inner} <= set(ids)
    uses = [
        value
        for each in page.walk()
        for name, value in each.attributes.items()
        if name.endswith("href") and each.tag != "a"
    ]
    uses += re.findall(r"url\(#([^)]+)\)", " ".join(" ".join(each.attributes.values()) for each in page.walk()))
    assert {use.lstrip("#") for use in uses} <= set(ids)
    outer = [each.attributes["href"] for each in page.all("a") if not re.match(r"#|https?://", each.attributes["href"])]
    assert {path.relative_to(report).as_posix() for path in (report / "data").glob("*.csv")} >= set(outer)


def test_nothing_unfilled_is_printed(report):
    texts = [reading.page(report).text, *reading.pdf_pages(report)]
    texts += [" ".join(each.attributes.values()) for each in reading.page(report).walk() if each.tag != "path"]
    for text in texts:
        found = re.search(r"\bnan\b|\bNaN\b|\bNone\b|\bundefined\b|<NA>|\bInfinity\b|\{\{|\}\}|\{%", text)
        assert not found, text[max(0, found.start() - 60) : found.end() + 60]
    for path in (report / "data").glob("*.csv"):
        cells = {cell for row in reading.rows(report, path.stem) for cell in row.values()}
        assert not cells & {"nan", "NaN", "None", "<NA>", "inf"}, path.name


@pytest.mark.parametrize("fixture", ["march", "february", "october"])
def test_simulated_reports_say_so_everywhere(fixture, request):
    folder = request.getfixturevalue(fixture)
    band = next(block["band"] for block in reading.blocks(folder, "cover"))
    page = reading.page(folder)
    assert page.of_class("band")[0].text.strip() == band
    assert page.all("footer")[0].text.count(band) == 1
    assert all(band.replace(" ", "") in text for text in reading.pdf_pages(folder))
    assert all(any(band in str(cell) for row in rows for cell in row) for rows in reading.workbook(folder).values())
    assert json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["simulated"] is True
    for path in (folder / "data").glob("*.csv"):
        assert {row["data_status"] for row in reading.rows(folder, path.stem)} == {"simulated"}, path.name


@pytest.mark.parametrize("fixture", ["four_cities", "hostile"])
def test_reports_of_real_exports_never_speak_of_simulation(fixture, request):
    folder = request.getfixturevalue(fixture)
    assert not reading.page(folder).of_class("band")
    texts = [(folder / name).read_text(encoding="utf-8") for name in ("report.html", "report.ipynb", "manifest.json")]
    assert json.loads(texts[2])["simulated"] is False
    texts[0] = re.sub(r"<style>.*?</style>", "", texts[0], flags=re.DOTALL)
    texts += [path.read_text(encoding="utf-8") for path in (folder / "data").glob("*.csv")]
    texts += [*reading.pdf_pages(folder), reading.workbook_parts(folder), str(reading.pdf_facts(folder))]
    for text in texts:
        assert "模拟" not in text and not re.search(r"simulated(?!\": false)", text)


def test_published_record_is_not_marked_as_simulated(record):
    assert not reading.page(record).of_class("band")
    assert not any("不作为发布依据" in text for text in reading.pdf_pages(record))
    assert json.loads((record / "manifest.json").read_text(encoding="utf-8"))["simulated"] is False


# posts are hostile


def test_post_text_cannot_leave_its_place_in_the_page(hostile):
    cases = reading.blocks(hostile, "case")
    shown = [block["text"] for block in cases]
    assert len(shown) >= 3 and set(shown) <= set(exports.ATTACKS)
    page = reading.page(hostile)
    assert [each.text for each in page.all("blockquote")] == shown
    assert not [part for each in page.all("blockquote") for part in each.parts if isinstance(part, reading.Element)]
    assert len(page.all("script")) == 4
    assert all(each.text.strip() == "案例" for each in page.all("b")) and not page.all("img")
    assert "<script>alert" not in (hostile / "report.html").read_text(encoding="utf-8")


def test_post_text_is_neither_formula_nor_typst(hostile):
    rows = {row["text"]: row for row in reading.rows(hostile, "case_posts")}
    formula = next(text for text in exports.ATTACKS if text.startswith("="))
    assert f"'{formula}" in rows and formula not in rows
    for path in (hostile / "data").glob("*.csv"):
        for row in reading.rows(hostile, path.stem):
            assert not any(re.match(r"[=+@\t\r]|-(?![\d.])", cell) for cell in row.values()), (path.name, row)
    assert "<f>" not in reading.workbook_parts(hostile)
    printed = "".join(reading.pdf_pages(hostile))
    for block in reading.blocks(hostile, "case"):
        assert re.sub(r"\s+", "", block["text"]).replace("`", "")[:20] in printed.replace("`", ""), block["text"]


# every number can be traced


def book_of(folder: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    from cityreach import monthly

    monkeypatch.setenv("CITYREACH_HOME", str(home))
    cover = reading.blocks(folder, "cover")[0]
    return monthly.open_book(folder.name, cover["lang"])


def constants(book: Any) -> re.Pattern[str]:
    """Digits that are words: names of editions and of the method, and the fixed scales of the method's description."""
    names = [book.analysis.edition.method]
    names += [label for each in map(editions.load, editions.ids()) for label in (each.label.zh, each.label.en)]
    fixed = [
        r"0\s?[—–-]\s?100",
        r"0 to 100",
        r"30\s?(天|days?|日)",
        r"按\s?0",
        r"(as|counts? as) 0",
        r"\b0\b",
        r"\b100\b",
    ]
    return re.compile("|".join([*map(re.escape, sorted(names, key=len, reverse=True)), *fixed]))


def runs(folder: Path) -> Iterator[tuple[str, Any]]:
    for block in reading.blocks(folder):
        for text in reading.texts(block):
            for run in text:
                yield block["cell"], run


@pytest.mark.parametrize("fixture", ["march", "february", "october", "four_cities"])
def test_every_number_of_the_prose_is_a_figure_of_a_finding(fixture, request, session_home, monkeypatch):
    from cityreach.prose import numbers

    folder = request.getfixturevalue(fixture)
    book = book_of(folder, session_home, monkeypatch)
    found = {finding.id: finding for finding in book.findings}
    assert len(found) == len(book.findings)
    fixed, traced = constants(book), 0
    for cell, run in runs(folder):
        if isinstance(run, str):
            left = fixed.sub("", run) if cell in ("method-text", "comparability", "quality-text") else run
            assert not DIGIT.search(left), (cell, run)
        else:
            figure = found[run["finding"]].figures[run["key"]]
            units = (
                {figure.unit, "full_date"} if figure.unit == "date" else {figure.unit}
            )  # with its year where it needs one
            assert run["text"] in {numbers.show(figure.value, unit, book.lang) for unit in units}, (cell, run)
            traced += 1
    assert traced > 15


@pytest.mark.parametrize("fixture", ["march", "february", "october", "four_cities"])
def test_numbers_in_headlines_of_charts_and_in_reasons_are_those_of_findings(
    fixture, request, session_home, monkeypatch
):
    from cityreach.prose import numbers

    folder = request.getfixturevalue(fixture)
    book = book_of(folder, session_home, monkeypatch)
    shown = {
        numbers.show(figure.value, figure.unit, book.lang) for each in book.findings for figure in each.figures.values()
    }
    known = {token for text in shown for token in NUMBER.findall(text)}
    texts = [reading.plain(block["headline"]) for block in reading.blocks(folder, "figure")]
    advice = [item for block in reading.blocks(folder, "advice") for item in block["items"]]
    texts += [reading.plain(reason) for item in advice for reason in item["basis"]]
    assert texts
    for text in texts:
        assert set(NUMBER.findall(text)) <= known, text


def test_page_prints_the_figures_of_the_notebook(march):
    expected = Counter(run["text"] for _, run in runs(march) if not isinstance(run, str))
    found = Counter(each.text for each in reading.page(march).of_class("fig"))
    assert expected <= found


# the print


def test_print_has_title_chapters_and_page_numbers(report):
    pages = reading.pdf_pages(report)
    shown = reading.page(report)
    assert re.sub(r"\s+", "", shown.all("h1")[0].text) in pages[0]
    chapters = [re.sub(r"\s+", "", reading.plain(block["title"])) for block in reading.blocks(report, "section")]
    flat = "".join(pages)
    assert chapters and all(chapter in flat for chapter in chapters)
    assert len(reading.pdf_facts(report)[1]) >= len(chapters)
    for number, text in enumerate(pages[1:], start=2):
        assert re.search(rf"{number}/{len(pages)}", text), number


def test_key_figures_of_the_cover_stand_apart(march):
    gaps = reading.pdf_cover_gaps(march)
    assert len(gaps) == 5 and min(gaps) >= 20


@pytest.mark.parametrize("fixture", ["march", "february", "october"])
def test_print_of_a_month_has_a_sensible_length(fixture, request):
    assert 15 <= len(reading.pdf_pages(request.getfixturevalue(fixture))) <= 45


def test_print_uses_only_the_fonts_of_the_package(report):
    assert reading.pdf_fonts(report) == {"NotoSansSC-Regular", "NotoSansSC-Bold"}


def test_print_has_no_page_nearly_empty(report):
    filled = reading.pdf_filled(report)
    assert all(share > 0.3 for share in filled[:-1]) and filled[-1] > 0.03, [round(share, 2) for share in filled]


# the real edition in small


def test_real_edition_comes_out_exactly_in_the_data(four_cities):
    rows = {row["city"]: row for row in reading.rows(four_cities, "metrics")}
    assert set(rows) == set(REAL)
    for city, (posts, interactions, per_post, peak) in REAL.items():
        row = rows[city]
        assert (int(row["posts"]), int(row["interactions"]), int(row["peak"])) == (posts, interactions, peak)
        assert float(row["interactions_per_post"]) == pytest.approx(interactions / posts, abs=1e-9)
        assert round(float(row["interactions_per_post"]), 1) == per_post
        assert (row["platform"], row["status"], row["followers"]) == ("x", "measured", "")


def test_real_edition_comes_out_exactly_on_the_page_and_in_print(four_cities):
    rows = [[cell.text for cell in row.all("th", "td")] for row in reading.page(four_cities).all("tr")]
    printed = "".join(reading.pdf_pages(four_cities))
    for city, (posts, interactions, per_post, peak) in REAL.items():
        figures = [f"{posts:,}", f"{interactions:,}", f"{per_post:,}", f"{peak:,}"]
        assert any(row[0] == city and row[1:5] == figures for row in rows), city
        assert "".join([city, *figures]) in printed


def test_real_edition_leaves_out_what_it_has_no_data_for(four_cities):
    chapters = [block["anchor"] for block in reading.blocks(four_cities, "section")]
    assert "x" in chapters and not {"facebook", "instagram", "youtube", "tiktok", "regions"} & set(chapters)
    assert not (four_cities / "data" / "movements.csv").exists() or not reading.rows(four_cities, "movements")
    assert "▲" not in reading.page(four_cities).text and "▼" not in reading.page(four_cities).text
    page = reading.page(four_cities)
    for chapter in page.of_class("chapter"):
        assert len(chapter.text.strip()) > 20, chapter.attributes.get("id")


# the published record


def test_published_record_has_exactly_the_published_movements(record):
    expected = {
        "南京": ("2", "1"), "北京": ("1", "2"), "成都": ("3", "3"), "重庆": ("6", "4"), "苏州": ("7", "6"),
        "杭州": ("4", "7"), "厦门": ("8", "9"), "宁波": ("", "5"), "佛山": ("", "8"), "扬州": ("", "10"),
    }  # fmt: skip
    moved = {row["city"]: row for row in reading.rows(record, "movements")}
    assert {city: (row["before"], row["after"]) for city, row in moved.items() if row["after"]} == expected
    assert {city for city, row in moved.items() if not row["after"]} == {"青岛", "沧州", "西安"}
    (table,) = [block for block in reading.blocks(record, "table") if block["key"] == "movements"]
    cells = [[reading.cell_text(cell) for cell in row] for row in table["rows"]]
    for city, (before, after) in expected.items():
        (row,) = [row for row in cells if row[0] == city or city in row[:2]]
        assert after in row and (not before or before in row), row


def test_published_record_gives_every_row_its_source(record):
    with (ROOT / "data" / "published" / "rankings.csv").open(encoding="utf-8-sig") as file:
        source = list(csv.DictReader(file))
    rows = reading.rows(record, "rankings")
    assert len(rows) == len(source) and all(row["source_title"] for row in rows)
    assert all(row["place"] == "" for row in rows if row["ordered"] != "yes")
    assert {row["place"] for row in rows if row["ordered"] == "yes"} > {"1", "10"}


# both languages


def test_a_report_in_the_other_language_keeps_the_first(hostile, session_home):
    before = reading.hashes(hostile)
    copy = session_home / "reports" / "kept"
    shutil.copytree(hostile, copy)
    try:
        made = build(session_home, exports.HOSTILE, "--lang", "en")
        assert reading.page(made).all("html")[0].attributes["lang"] == "en"
        assert reading.hashes(made.with_name(f"{exports.HOSTILE}-zh")) == before
        assert not re.search(r"[一-鿿]", reading.page(made).all("main")[0].text.replace("南京", ""))
    finally:
        shutil.rmtree(hostile, ignore_errors=True)
        copy.rename(hostile)
