"""The page in a browser: live charts, a telephone's width, the search box, and the page without its scripts."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import browsing, reading

pytestmark = [pytest.mark.browser, pytest.mark.slow]
LIVE = "document.querySelectorAll('figure.chart .plot.on').length"
CHARTS = "document.querySelectorAll('figure.chart').length"
WIDE = """
Array.from(document.querySelectorAll('body *')).filter(function (each) {
  var right = each.getBoundingClientRect().right;
  return right > document.documentElement.clientWidth + 1 && !each.closest('.scroll, .plot, .skip');
}).slice(0, 5).map(function (each) { return each.tagName + '.' + each.className; })
"""
PICTURES = """
Array.from(document.querySelectorAll('figure.chart svg[role=img]')).filter(function (each) {
  var box = each.getBoundingClientRect(); return box.width > 200 && box.height > 50;
}).length
"""
SEARCH = """
(function (word) {
  var box = document.querySelector('.search input'), table = box.closest('figure');
  box.value = word;
  box.dispatchEvent(new Event('input', {bubbles: true}));
  var rows = Array.from(table.querySelectorAll('tbody tr')).filter(function (row) { return row.offsetParent; });
  var fits = rows.every(function (row) { return row.textContent.indexOf(word) >= 0; });
  return [rows.length, fits, table.querySelector('output').textContent];
})(%r)
"""


LABELLED = """
Array.from(document.querySelectorAll('.plot.on .live svg')).every(function (each) {
  return each.getAttribute('role') == 'img' && each.getAttribute('aria-label') && each.textContent.trim();
})
"""
LINES = """
Array.from(document.querySelectorAll('h1 .word'), function (each) {
  return [each.textContent, each.getClientRects().length];
})
"""
GAPS = """
Array.from(document.querySelectorAll('main .tiles dd'), function (each) {
  var range = document.createRange(); range.selectNodeContents(each); return range.getBoundingClientRect();
}).map(function (box, index, boxes) {
  var next = boxes[index + 1]; return next && next.left > box.left ? next.left - box.right : 99;
})
"""
POSTS = "Array.from(document.querySelectorAll('blockquote'), function (each) { return each.textContent; })"


@pytest.fixture(params=["march", "february", "october", "four_cities", "hostile", "record"])
def report(request: pytest.FixtureRequest, browser: browsing.Browser) -> Path:
    """Each of the reports in turn."""
    return request.getfixturevalue(request.param)


@pytest.mark.parametrize("width", [360, 1280])
def test_every_chart_comes_alive_and_nothing_complains(browser, report, width):
    """A window as high as the page: every chart is in view. The page's security policy is in force."""
    browser.open(report / "report.html", width, 60_000)
    assert browser.until(f"{CHARTS} > 0 && {LIVE} == {CHARTS}"), browser.value(f"[{LIVE}, {CHARTS}]")
    assert browser.value(CHARTS) == len(reading.blocks(report, "figure"))
    assert browser.value(LABELLED)
    assert browser.said == []
    assert browser.asked[0].startswith("file://") and all(each.startswith("data:") for each in browser.asked[1:])
    assert browser.value("!!document.querySelector('.vega-embed')")


def test_a_telephone_never_scrolls_sideways(browser, report):
    browser.open(report / "report.html", 360, 60_000)
    assert browser.until(f"{LIVE} == {CHARTS}")
    assert browser.value("window.innerWidth") == 360
    assert browser.value(WIDE) == []
    assert browser.value("document.documentElement.scrollWidth") <= 360


@pytest.mark.parametrize("width", [320, 390, 560, 1280])
@pytest.mark.parametrize("fixture", ["march", "record"])
def test_a_title_breaks_between_words(browser, request, fixture, width):
    folder = request.getfixturevalue(fixture)
    browser.open(folder / "report.html", width)
    found = browser.value(LINES)
    assert "".join(word for word, _ in found) == reading.page(folder).all("h1")[0].text
    assert {lines for _, lines in found} == {1}


@pytest.mark.parametrize("width", [320, 390, 560, 740, 1280])
def test_key_figures_stand_apart(browser, march, width):
    browser.open(march / "report.html", width)
    gaps = browser.value(GAPS)
    assert len(gaps) == 6 and min(gaps) >= 16


def test_charts_out_of_view_wait(browser, march):
    browser.open(march / "report.html", 1280, 800)
    browser.value("new Promise(function (done) { setTimeout(done, 1500); })")
    assert browser.value(LIVE) < browser.value(CHARTS)
    browser.value("document.querySelector('figure.chart:last-of-type').scrollIntoView()")
    assert browser.until("!!document.querySelector('figure.chart:last-of-type .plot.on')")


def test_search_box_filters_rows(browser, march):
    browser.open(march / "report.html", 1280)
    found = {word: browser.value(SEARCH % word) for word in ("成都", "zzz", "", "州")}
    assert found["成都"][0] == 1 and found["zzz"][0] == 0 and found[""][0] == 133 and 5 < found["州"][0] < 60
    assert all(fits for _, fits, _ in found.values())
    assert "133" in found[""][2] and "0" not in found["zzz"][2]


def test_page_is_complete_without_scripts(browser, report):
    """Every chart stands there as a picture that can be seen, and no word is missing."""
    browser.open(report / "report.html", 1280, scripts=False)
    browser.ask(
        "Emulation.setScriptExecutionDisabled", value=False
    )  # for the questions only; the page's own did not run
    assert not browser.value("document.documentElement.classList.contains('js')") and browser.value(LIVE) == 0
    assert browser.value(PICTURES) == browser.value(CHARTS) == len(reading.blocks(report, "figure"))
    words = browser.value("document.getElementById('report').textContent")
    assert "".join(words.split()) == "".join(reading.page(report).by_id("report").text.split())


CARD = "(function (card) { return card && !card.hidden ? card.innerText : ''; })(document.querySelector('.whence'))"
FIGURE = """document.querySelector('#overview a.fig[href^="#%s-"]')"""
SEEN = """(function () {
  var target = document.querySelector(':target'), box = target.getBoundingClientRect();
  var over = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
  return [target.id, target.textContent, target.contains(over) && box.width > 10];
})()"""


def press(browser: browsing.Browser, name: str, code: int, text: str = "") -> None:
    for kind in ("keyDown", "keyUp"):
        browser.ask("Input.dispatchKeyEvent", type=kind, key=name, code=name, windowsVirtualKeyCode=code, text=text)


@pytest.mark.parametrize(("width", "fixture"), [(1280, "march"), (390, "march"), (1280, "february")])
def test_a_figure_says_where_it_stands_and_leads_there(browser, request, width, fixture):
    """Keyboard focus opens a card with table, row and column; Enter goes to a cell that is seen and says the same."""
    folder = request.getfixturevalue(fixture)
    for place in ("cell", "no"):
        browser.open(folder / "report.html", width)
        figure = FIGURE % place
        assert browser.value(CARD) == ""
        browser.value(f"{figure}.focus({{focusVisible: true}})")
        assert browser.until(f"!!{CARD}")
        text, number = browser.value(f"[{figure}.textContent, {figure}.dataset.no]")
        row = reading.page(folder).by_id(f"no-{number}")
        listed = [part.text for part in row.parts]
        lines = browser.value(CARD).splitlines()
        assert lines[:2] == [listed[1], f"{listed[2]} · {listed[3]}"]
        assert browser.value(f"document.getElementById({figure}.getAttribute('aria-describedby')).id") == f"no-{number}"
        press(browser, "Escape", 27)
        assert browser.value(CARD) == ""
        press(browser, "Enter", 13, "\r")
        assert browser.until(f"!!document.querySelector(':target') && ({SEEN})[2]")
        target, shown, _ = browser.value(SEEN)
        assert target.startswith(f"{place}-") and (shown.startswith(text) or shown.strip("=") == text)
    assert browser.said == []


def test_pointing_at_a_figure_opens_its_card_and_leaving_closes_it(browser, march):
    browser.open(march / "report.html", 1280)
    browser.value("document.querySelector('#overview').scrollIntoView({behavior: 'instant'})")
    box = f"(function (b) {{ return [b.left + 4, b.top + 8]; }})({FIGURE % 'cell'}.getClientRects()[0])"
    assert browser.until(f"{box}[1] > 0 && {box}[1] < 800")
    x, y = browser.value(box)
    browser.ask("Input.dispatchMouseEvent", type="mouseMoved", x=x, y=y)
    assert browser.until(f"!!{CARD}")
    browser.ask("Input.dispatchMouseEvent", type="mouseMoved", x=20, y=700)
    assert browser.until(f"!{CARD}")


def test_a_row_left_out_by_a_search_comes_back_when_a_figure_leads_to_it(browser, march):
    browser.open(march / "report.html", 1280)
    browser.value(SEARCH % "zzz")
    browser.value(f"{FIGURE % 'cell'}.click()")
    assert browser.until(f"!!document.querySelector(':target') && ({SEEN})[2]")


def test_posts_never_run(browser, hostile):
    """Markup in posts neither becomes an element nor runs."""
    browser.open(hostile / "report.html", 1280)
    assert browser.value("document.querySelectorAll('blockquote *').length") == 0
    assert browser.value("document.querySelectorAll('img, iframe, object, embed').length") == 0
    assert any("<script>" in each for each in browser.value(POSTS))
    assert browser.said == []
