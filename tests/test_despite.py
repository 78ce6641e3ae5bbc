"""A gate stops a report and leaves the earlier one; a reason builds it and is printed wherever readers look."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest

from tests import exports, reading
from tests.conftest import ROOT, build, cityreach, make_home

pytestmark = pytest.mark.slow
GAP = "x-gap"
REASON = '两家账号的导出文件10月3日前不能取得；"<b>& =1+1'
OLD = "an earlier report"


def write_gap(home: Path, name: str) -> None:
    """An edition whose exports name two of its six accounts."""
    exports.write_edition(home, name)
    head, *lines = exports.posts_csv().splitlines()
    kept = [line for line in lines if "北京" in line or "杭州" in line]
    exports.write_inbox(home, name, "posts.csv", "\n".join([head, *kept]) + "\n")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = make_home(tmp_path_factory.mktemp("gates") / "project")
    for name in (GAP, "x-stopped"):
        write_gap(made, name)
    return made


@pytest.fixture(scope="module")
def gap(home: Path) -> Path:
    """The report of an edition that falls short of its gates, built with a reason."""
    return build(home, GAP, "--despite", REASON)


def complaint(done: subprocess.CompletedProcess[str]) -> str:
    assert done.returncode == 3, (done.stdout, done.stderr)
    assert done.stderr.startswith("Error") and done.stderr.count("\n") == 1
    return done.stderr


def test_a_gate_stops_a_report_and_leaves_the_earlier_one(home):
    earlier = home / "reports" / "x-stopped"
    earlier.mkdir()
    (earlier / "report.html").write_text(OLD, encoding="utf-8")
    text = complaint(cityreach(home, "report", "x-stopped"))
    for words in ("x-stopped", "2 of 6", "33.3%", "50.0%", "gates.coverage", "on x (4)", "data/inbox/x-stopped/"):
        assert words in text, (words, text)
    assert '--despite "REASON"' in text
    for empty in ("", "  "):
        assert "--despite needs a reason" in complaint(cityreach(home, "report", "x-stopped", "--despite", empty))
    assert [path.name for path in earlier.iterdir()] == ["report.html"]
    assert (earlier / "report.html").read_text(encoding="utf-8") == OLD
    assert not list((home / "reports").glob(".*"))


def test_rows_in_quarantine_stop_a_report(home):
    exports.write_edition(home, "x-rubbish")
    rubbish = "X,北京,@VisitBeijingcn,18{},yesterday,en,photo,when?,,1,1,1,1,\n"
    text = exports.posts_csv() + "".join(rubbish.format(number) for number in range(10, 14))
    exports.write_inbox(home, "x-rubbish", "posts.csv", text)
    told = complaint(cityreach(home, "report", "x-rubbish"))
    for words in ("4 of 52 rows", "7.7%", "5.0%", "unusable time", "data/store/x-rubbish/quarantine.csv"):
        assert words in told, (words, told)


def test_intake_says_that_a_report_would_be_refused(home):
    done = cityreach(home, "intake", "x-stopped")
    assert done.returncode == 0
    assert "A report would be refused: the exports name 2 of 6 accounts (33.3%)" in done.stdout.replace("\n", " ")


def test_a_gate_never_stops_the_page_that_tells_of_it(home):
    """Editors need the data quality page most where the data are too poor for a report."""
    done = cityreach(home, "quality", "x-stopped")
    assert done.returncode == 0, done.stderr
    page = (home / "reports" / "x-stopped" / "data_quality.html").read_text(encoding="utf-8")
    assert "未通过" in page and "33.3%" in page


def test_the_reason_is_printed_on_the_page(gap):
    page = reading.page(gap)
    (notice,) = page.of_class("notice")
    assert REASON in notice.text and not notice.all("b")
    (block,) = [each for each in reading.blocks(gap) if each["cell"] == "quality-text"]
    quality = reading.plain(block["paragraphs"][-1])
    assert quality == (
        "数据文件涉及的账号为2个，占在册6个的33.3%，低于本期门槛50.0%，其中X平台缺4个。"
        f"本期仍予编制，理由为“{REASON}”。"
    )
    assert quality in page.text


def test_the_reason_is_printed_in_print_workbook_and_manifest(gap):
    pages, squeezed = reading.pdf_pages(gap), re.sub(r"\s+", "", REASON)
    assert squeezed in pages[0] and squeezed in "".join(pages[1:])
    cells = [str(cell) for row in reading.workbook(gap)["说明"] for cell in row]
    assert any(REASON in cell for cell in cells)
    provenance = json.loads((gap / "manifest.json").read_text(encoding="utf-8"))["provenance"]
    assert provenance["despite"] == REASON
    assert provenance["gates_not_passed"] == [{"gate": "coverage", "asked": 0.5, "part": 2, "whole": 6}]
    assert provenance["edition"]["gates"] == {"coverage": 0.5, "quarantine": 0.05, "follower_drop": 0.1}


def test_every_number_of_the_notice_and_of_the_quality_text_is_a_figure_of_a_finding(gap, home, monkeypatch):
    from cityreach import monthly

    monkeypatch.setenv("CITYREACH_HOME", str(home))
    found = {each.id: each for each in monthly.open_book(GAP, "zh", REASON).findings}
    texts = [reading.blocks(gap, "cover")[0]["notice"]]
    texts += [text for block in reading.blocks(gap) if block["cell"] == "quality-text" for text in reading.texts(block)]
    runs = [run for text in texts for run in text]
    assert not [run for run in runs if isinstance(run, str) and re.search(r"\d", run)]
    traced = [(run["finding"], run["key"]) for run in runs if isinstance(run, dict)]
    assert ("despite", "reason") in traced and ("gate.coverage", "found") in traced
    assert all(key in found[finding].figures for finding, key in traced)


def test_a_second_build_with_the_same_reason_gives_the_same_bytes(gap, home):
    before = reading.hashes(gap)
    assert reading.hashes(build(home, GAP, "--despite", REASON)) == before


def test_a_reason_that_is_not_needed_is_not_printed(home):
    exports.write_edition(home, "x-whole")
    exports.write_inbox(home, "x-whole", "posts.csv", exports.posts_csv())
    plain = reading.hashes(build(home, "x-whole"))
    done = cityreach(home, "report", "x-whole", "--despite", "nothing is wrong")
    assert done.returncode == 0 and "the reason is not printed" in done.stdout
    assert reading.hashes(home / "reports" / "x-whole") == plain
    assert not reading.page(home / "reports" / "x-whole").of_class("notice")


def test_an_edition_before_is_not_judged(home, monkeypatch):
    """Only what is reported must pass: the month before may be incomplete."""
    from cityreach import edition, pipeline

    exports.write_edition(home, "x-after", first="2025-06-01", last="2025-06-30", counted="2025-07-07")
    path = home / "data" / "editions" / "x-after.yml"
    path.write_text(path.read_text(encoding="utf-8") + f"previous: {GAP}\n", encoding="utf-8")
    exports.write_inbox(home, "x-after", "posts.csv", exports.posts_csv("2025-06"))
    monkeypatch.setenv("CITYREACH_HOME", str(home))
    ready = pipeline.prepare(edition.load("x-after"))
    assert [each.id for each in ready] == [GAP, "x-after"]


def test_the_english_report_says_the_same(home):
    write_gap(home, "x-english")
    folder = build(home, "x-english", "--lang", "en", "--despite", "The vendor is 9 days late.")
    notice = reading.page(folder).of_class("notice")[0].text
    assert notice == (
        "The data of this edition fall short of its quality gates; it was made all the same. "
        'Reason given: "The vendor is 9 days late".'
    )
    assert "below this edition's gate of 50.0%; X lacks most, 4." in reading.page(folder).text


def test_an_edition_may_lower_its_gate(home):
    write_gap(home, "x-low")
    path = home / "data" / "editions" / "x-low.yml"
    path.write_text(path.read_text(encoding="utf-8") + "gates: {coverage: 0.3}\n", encoding="utf-8")
    build(home, "x-low")


def test_the_next_edition_has_the_gates_of_the_last(home):
    path = home / "data" / "editions" / "2025-10.yml"
    path.write_text(path.read_text(encoding="utf-8") + "gates: {coverage: 0.9}\n", encoding="utf-8")
    assert cityreach(home, "new", "2025-11").returncode == 0
    made = (home / "data" / "editions" / "2025-11.yml").read_text(encoding="utf-8")
    assert "coverage: 0.9" in made and "quarantine" not in made


def test_make_hands_the_reason_on():
    """Whatever signs it holds: it travels in the environment, never as a part of the command."""
    words = ["make", "--no-print-directory", "-n", "report", "EDITION=2025-02", 'DESPITE=it\'s "late"; exit']
    done = subprocess.run(words, cwd=ROOT, capture_output=True, encoding="utf-8", check=True)
    assert done.stdout.strip().endswith('cityreach report 2025-02 --lang zh --despite "$DESPITE"')
