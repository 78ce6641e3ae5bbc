"""Where figures stand: every figure of every finding is in the published data, and `cityreach check` sees to it."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests import conftest, reading

pytestmark = pytest.mark.slow
EDITIONS = ["march", "february", "october", "four_cities"]


@pytest.fixture
def copy(march: Path, tmp_path: Path) -> Path:
    """The report of March, to be spoilt."""
    return Path(shutil.copytree(march, tmp_path / "elsewhere" / "copied"))


def faults(folder: Path) -> list[Any]:
    from cityreach.tracing import check

    return check.check(folder)


def untrue(book: Any, folder: Path) -> list[str]:
    """The figures of all findings whose cell is not in the data files, or holds another value."""
    from cityreach.prose import numbers
    from cityreach.tracing import cells

    data, wrong, seen = cells.Data(folder), [], 0
    for finding in book.findings:
        for name, figure in finding.figures.items():
            at, seen = book.references(figure), seen + 1
            try:
                cell = data.cell(figure.table, at["keys"], figure.row, figure.column)
                same = cells.printed(cell, figure.unit, figure.derived, book.lang) == numbers.show(
                    figure.value, figure.unit, book.lang
                )
            except (cells.NoCell, ValueError) as error:
                same = False
                wrong.append(str(error))
            if not same:
                wrong.append(f"{finding.id}.{name}")
    assert seen > 100
    return wrong


@pytest.mark.parametrize("fixture", EDITIONS)
def test_every_figure_of_every_finding_stands_in_the_cell_it_names(fixture, request, at_home):
    from cityreach import monthly

    folder = request.getfixturevalue(fixture)
    book = monthly.open_book(folder.name, reading.blocks(folder, "cover")[0]["lang"])
    assert untrue(book, folder / "data") == []


def test_the_english_report_of_march_names_the_same_cells(march, at_home, tmp_path):
    from cityreach import monthly
    from cityreach.monthly.takeaway import takeaway
    from cityreach.publish import datafiles, tables

    book = monthly.open_book("2025-03", "en")
    datafiles.write_all(tmp_path, tables.from_block(takeaway(book).content), simulated=True)
    assert untrue(book, tmp_path) == []


def test_readers_are_told_names_not_codes(march, at_home):
    """Every table, row and column of a figure has a name in both languages."""
    from cityreach import monthly

    for lang in ("zh", "en"):
        book = monthly.open_book("2025-03", lang)
        for finding in book.findings:
            for figure in finding.figures.values():
                table, row, column = book.references(figure)["where"]
                told = f"{table} {row} {column}"
                assert table and row and column and not re.search(r"_|\d{6}|\|", told), (lang, figure, told)
                assert lang == "en" or not re.search(r"[a-z]{3}", re.sub(r"TikTok|#\w+", "", told)), told


@pytest.mark.parametrize("fixture", [*EDITIONS, "may", "hostile"])
def test_published_reports_pass(fixture, request):
    assert [fault.line for fault in faults(request.getfixturevalue(fixture))] == []


@pytest.mark.parametrize("fixture", EDITIONS)
def test_every_figure_of_the_page_leads_to_its_cell(fixture, request):
    """A figure goes to the cell of a page table that shows it, where there is one, and else to its row in the list."""
    page = reading.page(request.getfixturevalue(fixture))
    figures = [each for each in page.of_class("fig") if each.tag == "a"]
    listed = {each.attributes["id"]: each for each in page.walk() if each.attributes.get("id", "").startswith("no-")}
    assert len(figures) > 40
    for each in figures:
        number, place = each.attributes["data-no"], each.attributes["href"][1:]
        assert each.attributes["aria-describedby"] == f"no-{number}" in listed
        row = listed[f"no-{number}"]
        assert row.parts[0].text.strip() == each.text
        if place != f"no-{number}":
            shown, printed = _number(page.by_id(place).text), _number(each.text)
            coarser = max(shown[1], printed[1])
            assert abs(shown[0] - printed[0]) <= coarser * 0.5000001, (each.text, page.by_id(place).text)


def _number(text: str) -> tuple[float, float]:
    """The number in a text, and the last place that it is printed to."""
    found = re.search(r"([\d,]+)(?:\.(\d+))?\s*(万|亿|million|billion)?", text)
    assert found, text
    unit = {"万": 1e4, "亿": 1e8, "million": 1e6, "billion": 1e9}.get(found[3] or "", 1.0)
    whole = float(f"{found[1].replace(',', '')}.{found[2] or '0'}")
    return whole * unit, unit * 10.0 ** -len(found[2] or "")


def test_figures_of_places_and_scores_lead_into_the_ranking(march):
    page = reading.page(march)
    (table,) = [each for each in page.all("table") if each.attributes.get("data-table") == "ranking"]
    cells = {each.attributes["id"] for each in table.walk() if each.attributes.get("id", "").startswith("cell-")}
    led = {each.attributes["href"][1:] for each in page.of_class("fig") if each.tag == "a"}
    assert len(cells & led) > 10


def test_a_number_typed_into_the_page_is_found_in_a_copied_folder(copy):
    path = copy / "report.html"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("各平台监测城市数", "12个平台监测城市数", 1), encoding="utf-8")
    assert [(fault.section, fault.numeral) for fault in faults(copy)][:1] == [("附录", "12")]
    done = conftest.cityreach(copy.parent, "check", str(copy))
    assert done.returncode == 4 and "附录 | “12个平台监测城市数" in done.stdout


def test_a_changed_data_file_is_found(copy):
    path = copy / "data" / "ranking.csv"
    rows = path.read_text(encoding="utf-8-sig").splitlines()
    score = rows[1].split(",")[2]
    path.write_text("\n".join(rows).replace(score, "99.9"), encoding="utf-8")
    found = faults(copy)
    assert any(fault.why == "its cell says 99.9" for fault in found)
    assert any(fault.why == "data/ranking.csv says 99.9" for fault in found)


def test_a_number_typed_into_a_template_fails_the_build_and_keeps_the_last_report(
    march, session_home, tmp_path, monkeypatch
):
    """The library is copied, so that its templates can be edited as staff would."""
    library = shutil.copytree(conftest.ROOT / "lib", tmp_path / "lib", ignore=shutil.ignore_patterns("__pycache__"))
    template = library / "cityreach" / "templates" / "prose" / "zh" / "monthly.yml"
    text = template.read_text(encoding="utf-8")
    template.write_text(text.replace("互动量居前的十座城市合计", "互动量居前的20座城市合计"), encoding="utf-8")
    before = reading.hashes(march)
    done = conftest.cityreach(session_home, "report", "2025-03", PYTHONPATH=str(library))
    assert done.returncode == 4
    assert "20 | no finding holds it" in done.stderr and "09 区域分布" in done.stderr
    assert reading.hashes(march) == before


def test_the_print_says_what_the_page_says(march):
    """The list of sources is the page's alone; figures are printed as plain text."""
    printed = "".join(reading.pdf_pages(march))
    assert "数字溯源表" not in printed
    for each in reading.page(march).by_id("overview").of_class("fig"):
        assert re.sub(r"\s+", "", each.text) in printed


def test_an_edition_without_order_tells_none_in_any_file(october, march, at_home):
    from cityreach.tracing import check, silence

    digits = silence.score_digits(october)
    assert len(digits) > 5_000
    assert [fault.line for fault in check.leaks(october, digits=digits)] == []
    found = {fault.section for fault in check.leaks(march, mode="unordered")}
    assert {"report.html", "report.ipynb", "report.pdf", "rankings.xlsx", "data/ranking.csv"} <= found


def test_a_leak_is_found_in_whatever_file_it_stands(october, tmp_path, at_home):
    from cityreach.tracing import check, silence

    folder = Path(shutil.copytree(october, tmp_path / "copied"))
    score = sorted(silence.score_digits(october))[100]
    for name, old, new in (
        ("report.html", "</main>", '<p aria-label="榜首">.</p></main>'),
        ("report.ipynb", '"outputs": []', '"outputs": [{"data": "位列"}]'),
        ("data/metrics.csv", "city_id", "rank"),
        ("data/coverage.csv", "facebook", f"{score}123"),
        ("manifest.json", '"title": "', '"title": "排名'),
    ):
        path = folder / name
        text = path.read_text(encoding="utf-8")
        assert old in text, name
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
        assert {fault.section for fault in check.leaks(folder, digits=frozenset([score]))} == {name}
        path.write_text(text, encoding="utf-8")
