"""The page in a browser: live charts, narrow windows, the search box, and the page without its scripts."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests import reading

pytestmark = [pytest.mark.browser, pytest.mark.slow]
BROWSER = next((path for path in map(shutil.which, ("chromium", "chromium-browser", "google-chrome")) if path), None)
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-extensions", "--hide-scrollbars",
    "--host-resolver-rules=MAP * ~NOTFOUND", "--enable-logging=stderr", "--v=0",
)  # fmt: skip
REPORT = 'window.addEventListener("load", function () { setTimeout(function () { %s }, 2500); });'


@pytest.fixture(scope="module", autouse=True)
def browser() -> str:
    if BROWSER is None:
        pytest.skip("no chromium on this machine: the page is not opened (apt-get install chromium)")
    return BROWSER


def opened(page: Path, profile: Path, width: int, *, height: int = 1200) -> tuple[reading.Element, str]:
    """The page's tree after its scripts ran, and what the console said."""
    command = [str(BROWSER), *FLAGS, f"--user-data-dir={profile}", f"--window-size={width},{height}"]
    command += ["--virtual-time-budget=8000", "--dump-dom", page.as_uri()]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=120, check=True)
    console = "\n".join(line for line in done.stderr.splitlines() if "CONSOLE" in line)
    dumped = page.with_suffix(".dumped")
    dumped.mkdir(exist_ok=True)
    (dumped / "report.html").write_text(done.stdout, encoding="utf-8")
    return reading.page(dumped), console


def with_script(report: Path, folder: Path, script: str) -> Path:
    """A copy of the page with a script of the test's own at its end; its security policy is taken out for that."""
    text = (report / "report.html").read_text(encoding="utf-8")
    text, found = re.subn(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", text)
    assert found == 1 and text.count("</body>") >= 1
    head, _, tail = text.rpartition("</body>")
    path = folder / "page.html"
    path.write_text(f"{head}<script>{REPORT % script}</script></body>{tail}", encoding="utf-8")
    return path


def title(page: reading.Element) -> str:
    return page.all("title")[0].text


def copied(report: Path, folder: Path) -> Path:
    path = folder / "report.html"
    path.write_bytes((report / "report.html").read_bytes())
    return path


@pytest.mark.parametrize("fixture", ["march", "record", "four_cities", "hostile"])
@pytest.mark.parametrize("width", [1280, 500])
def test_console_is_silent_and_charts_come_alive(fixture, width, request, tmp_path):
    """With a window as high as the page every chart is in view; the policy of the page is in force."""
    report = request.getfixturevalue(fixture)
    page, console = opened(copied(report, tmp_path), tmp_path / "profile", width, height=40_000)
    assert console == ""
    charts = page.of_class("chart")
    live = [chart for chart in charts if any("on" in each.attributes.get("class", "").split() for each in chart.of_class("plot"))]
    assert len(charts) == len(live) > 0
    for chart in live:
        (drawing,) = [svg for svg in chart.of_class("live")[0].all("svg") if svg.attributes.get("role") == "img"]
        assert drawing.attributes["aria-label"] == chart.of_class("still")[0].all("svg")[0].attributes["aria-label"]
        assert drawing.text.strip()


def test_charts_out_of_view_wait(march, tmp_path):
    page, _ = opened(copied(march, tmp_path), tmp_path / "profile", 1280, height=800)
    assert len(page.of_class("live")) < len(page.of_class("chart"))


@pytest.mark.parametrize("fixture", ["march", "february", "october", "record", "four_cities", "hostile"])
def test_a_telephone_never_scrolls_sideways(fixture, request, tmp_path):
    """The page in a frame of 360 px (a headless window is never that narrow)."""
    report = request.getfixturevalue(fixture)
    inner = "parent.document.title = 'width ' + document.documentElement.scrollWidth + ' of ' + window.innerWidth;"
    inner += "parent.document.title += ' wide: ' + Array.from(document.querySelectorAll('main *')).filter(function (e) {"
    inner += " return e.getBoundingClientRect().right > 361 && !e.closest('.scroll, .plot'); }).slice(0, 3).map("
    inner += "function (e) { return e.tagName + '.' + e.className; }).join(' ')"
    page = with_script(report, tmp_path, inner)
    outer = tmp_path / "outer.html"
    frame = f'<iframe src="{page.name}" width="360" height="30000" style="border:0"></iframe>'
    outer.write_text(f"<!DOCTYPE html><html><head><title>not told</title></head><body>{frame}</body></html>", encoding="utf-8")
    shown = _title_of(outer, tmp_path / "profile")
    assert shown == "width 360 of 360 wide: ", shown


def _title_of(page: Path, profile: Path) -> str:
    """The title that scripts gave the page; local files may speak to each other for that."""
    command = [str(BROWSER), *FLAGS, f"--user-data-dir={profile}", "--window-size=900,1200", "--allow-file-access-from-files"]
    command += ["--disable-web-security", "--virtual-time-budget=8000", "--dump-dom", page.as_uri()]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=120, check=True)
    found = re.search(r"<title>(.*?)</title>", done.stdout)
    assert found
    return found.group(1)


def test_search_box_filters_rows(march, tmp_path):
    script = """
      var box = document.querySelector('.search input'), table = box.closest('figure'), told = [];
      ['成都', 'zzz', '', '州'].forEach(function (word) {
        box.value = word; box.dispatchEvent(new Event('input', {bubbles: true}));
        var rows = Array.from(table.querySelectorAll('tbody tr')).filter(function (row) { return row.offsetParent !== null; });
        told.push(word + ':' + rows.length + ':' + rows.every(function (row) { return row.textContent.indexOf(word) >= 0; }));
      });
      document.title = told.join(' ');
    """
    page, _ = opened(with_script(march, tmp_path, script), tmp_path / "profile", 1280)
    told = [each.split(":") for each in title(page).split(" ")]
    assert [word for word, _, _ in told] == ["成都", "zzz", "", "州"]
    counts = [int(count) for _, count, _ in told]
    assert counts[0] == 1 and counts[1] == 0 and counts[2] == 133 and 5 < counts[3] < 60
    assert all(fits == "true" for _, _, fits in told)


def test_page_is_complete_without_scripts(march, tmp_path):
    """Every chart stands there as a picture and is seen."""
    text = (march / "report.html").read_text(encoding="utf-8")
    bare = tmp_path / "bare.html"
    bare.write_text(re.sub(r"<script\b.*?</script>", "", text, flags=re.DOTALL), encoding="utf-8")
    page, console = opened(bare, tmp_path / "profile", 1280, height=20_000)
    assert console == "" and not page.all("script") and not page.of_class("live")
    pictures = [svg for svg in page.all("svg") if svg.attributes.get("role") == "img"]
    assert len(pictures) == len(page.of_class("chart")) == len(reading.blocks(march, "figure"))
    assert page.by_id("report").text == reading.page(march).by_id("report").text


def test_still_pictures_are_seen_without_scripts(march, tmp_path):
    text = (march / "report.html").read_text(encoding="utf-8")
    path = tmp_path / "march"
    path.mkdir()
    (path / "report.html").write_text(re.sub(r"<script\b.*?</script>", "", text, flags=re.DOTALL), encoding="utf-8")
    script = "document.title = Array.from(document.querySelectorAll('.still svg')).filter(function (picture) {"
    script += " var box = picture.getBoundingClientRect(); return box.width > 200 && box.height > 60; }).length;"
    page, _ = opened(with_script(path, tmp_path, script), tmp_path / "profile", 1280)
    assert int(title(page)) == len(reading.blocks(march, "figure"))
