"""An edition that publishes no order: no file of its report tells a place, a score or a movement of a city."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests import reading

pytestmark = pytest.mark.slow

# Words that place cities, or that speak of their places or of how these moved. 前十 alone is allowed: the ten are
# published as a set. So is 得分 in the description of the method and of TikTok's part in it, but never with a figure.
WORDS = re.compile(
    r"位次|名次|排名|榜首|领跑|领先|居首(?!位的主题)|首位|末位|夺冠|冠军|亚军|第[一二三四五六七八九十]+[位名]?(?!方阵|步|季度|次)"
    r"|第\s?\d+\s?[位名]|位列|名列|列第|前十名|升幅最大|降幅最大|[升降]\s?\d+\s?位|上升\s?\d*\s?位|下降\s?\d*\s?位|升至第"
    r"|新进|新上榜|重返|跌出|进入前十|首次进入|较上期|▲|▼|长红|方阵|[\d.]+\s?分(?![之钟布别])"
)
FIXED = re.compile(r"0\s?[—–-]\s?100\s?分|得\s?0\s?分与\s?100\s?分")  # the scale of the method, not a city's score
NAMES = re.compile(
    r"(^|[._\s])(rank|score|place|movement|move|change|rank_before|contribution|position|entry|tied)s?($|[._\s])"
)
FINDINGS = re.compile(r"^(place|move|moved|lead|leaders|entry|why|firm|close|squad|staying|profile|driver|region)\b")
TABLES = {
    "ranking",
    "scores",
    "movements",
    "history",
    "contributions",
    "intervals",
    "drivers",
    "staying",
    "profiles",
    "regions",
}
TOTALS = ("totals", "change")  # of the whole panel, not of a city


@pytest.fixture(scope="module")
def book(october: Path, session_home: Path) -> Iterator[Any]:
    from cityreach import monthly

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CITYREACH_HOME", str(session_home))
        made = monthly.open_book("2025-10", "zh")
        assert len(made.analysis.now)
        yield made


def assert_silent(text: str, where: str) -> None:
    found = WORDS.search(FIXED.sub("", text))
    assert not found, f"{where}: …{FIXED.sub('', text)[max(0, found.start() - 40) : found.end() + 40]}…"


def strings(value: Any) -> Iterator[str]:
    """All texts within plain JSON, keys left out."""
    if isinstance(value, str):
        yield value
    for part in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from strings(part)


def fields(value: Any) -> Iterator[str]:
    """All keys within plain JSON that hold something, and what encodings name as their field."""
    if isinstance(value, dict):
        yield from (key for key, part in value.items() if part not in (None, "", [], {}))
        yield from (value[key] for key in ("field", "groupby") if isinstance(value.get(key), str))
    for part in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from fields(part)


def charts(folder: Path) -> dict[str, Any]:
    """The specifications that the page holds."""
    return json.loads(reading.page(folder).by_id("charts").parts[0])


def test_words_find_what_an_ordered_edition_says(march):
    """The list of words is worth something: it finds them all over an edition in order."""
    assert len(WORDS.findall(reading.page(march).text)) > 100
    assert len(WORDS.findall("".join(reading.pdf_pages(march)))) > 100
    assert {name for spec in [charts(march)] for name in fields(spec) if NAMES.search(name)}
    assert WORDS.search("成都列第3位") and WORDS.search("南京得86.2分") and not WORDS.search("分享、第一季度、部分")


def test_page_is_silent(october):
    page = reading.page(october)
    for element in page.walk():
        for part in element.parts:
            if isinstance(part, str) and element.tag not in ("script", "style"):
                assert_silent(part, f"<{element.tag}>")
        for name, value in element.attributes.items():
            assert_silent(value, f"<{element.tag} {name}>")
    assert_silent(re.sub(r"\s+", "", page.text), "text of the page")


def test_chart_data_are_silent(october):
    specifications = charts(october)
    assert specifications
    for key, spec in specifications.items():
        assert not re.search(r"rank|score|move|bridge|staying|top-|history", key), key
        assert not [name for name in fields(spec) if NAMES.search(name)], key
        for text in strings(spec):
            assert_silent(text, key)


def test_print_is_silent(october):
    for number, text in enumerate(reading.pdf_pages(october), start=1):
        assert_silent(text, f"page {number}")
    metadata, outline = reading.pdf_facts(october)
    for text in [*metadata.values(), *outline]:
        assert_silent(text, "metadata and outline")


def test_notebook_is_silent(october):
    for cell in reading.notebook(october)["cells"]:
        for output in cell.get("outputs", []):
            for text in strings(output):
                assert_silent(text, f"cell {cell['id']}")
            assert not [name for name in fields(output) if NAMES.search(name)], cell["id"]
    told = {run["finding"] for block in reading.blocks(october) for run in _runs(block)}
    assert told and not [finding for finding in told if FINDINGS.search(finding)]


def _runs(block: dict[str, Any]) -> Iterator[dict[str, str]]:
    for text in reading.texts(block):
        yield from (run for run in text if isinstance(run, dict))


def test_data_files_and_workbook_are_silent(october):
    names = {path.stem for path in (october / "data").glob("*.csv")}
    assert "metrics" in names and not names & TABLES
    for name in names:
        rows = reading.rows(october, name)
        bad = [column for column in rows[0] if NAMES.search(column) and (name, column) != TOTALS]
        assert not bad, (name, bad)
        for row in rows:
            for column, cell in row.items():
                if column != "text":
                    assert_silent(cell, name)
    for sheet, rows in reading.workbook(october).items():
        assert_silent(sheet, "sheet")
        for row in rows:
            for cell in row:
                if isinstance(cell, str) and not re.search(r"[A-Za-z]{3}\W+[A-Za-z]{2}", cell):
                    assert_silent(cell, sheet)
    assert_silent(re.sub(r"<[^>]+>", " ", reading.workbook_parts(october)), "workbook")


def test_manifest_and_file_names_are_silent(october):
    assert_silent((october / "manifest.json").read_text(encoding="utf-8"), "manifest")
    content = json.loads((october / "manifest.json").read_text(encoding="utf-8"))
    assert content["mode"] == "unordered" and not [key for key in fields(content) if NAMES.search(key)]
    assert not [path.name for path in october.rglob("*") if re.search(r"rank(?!ings\.xlsx)|score|move", path.name)]


def test_no_score_stands_anywhere_as_a_number(october, book):
    """Not even in passing: the first nine digits of no city's score, nor of a part of it, occur in any file."""
    scores = book.analysis.scores["score"].dropna()
    heads = {f"{score:.9f}"[:10] for score in scores if score not in (0.0, 100.0)}
    assert len(heads) > 10_000
    texts = [(october / name).read_text(encoding="utf-8") for name in ("report.html", "report.ipynb", "manifest.json")]
    texts += [path.read_text(encoding="utf-8") for path in (october / "data").glob("*.csv")]
    texts += [reading.workbook_parts(october), *reading.pdf_pages(october)]
    numbers = {number[:10] for text in texts for number in re.findall(r"(?<![\d.])\d{1,2}\.\d{8,}", text)}
    assert numbers and not numbers & heads, sorted(numbers & heads)[:5]


# the order of cities


def concordance(listed: Sequence[str], true: dict[str, float]) -> float:
    """Kendall's tau between the order listed and the true one: 1 the same, −1 the reverse."""
    values = [true[city] for city in listed if city in true]
    pairs = [(a, b) for number, a in enumerate(values) for b in values[number + 1 :]]
    return sum((b > a) - (b < a) for a, b in pairs) / len(pairs)


def true_places(book: Any, node: str) -> dict[str, float]:
    now = book.analysis.now
    mine = now[(now["node"] == node) & now["rank"].notna()]
    return {book.city(city): float(place) for city, place in zip(mine["city_id"], mine["rank"], strict=True)}


def columns_of_cities(october: Path, book: Any) -> dict[tuple[str, str], list[str]]:
    """(what, node) → cities in the order in which a table lists them."""
    nodes = ["composite", *book.analysis.edition.platforms]
    names = set(true_places(book, "composite"))
    found = {}
    for block in reading.blocks(october, "table"):
        for number in range(len(block["columns"])):
            cities = [reading.cell_text(row[number]) for row in block["rows"]]
            if len(cities) >= 8 and set(cities) <= names:
                shown = [node for node in nodes if block["key"].endswith(node)] or [
                    nodes[number - 1] if block["key"] == "board" else "composite"
                ]
                found[f"{block['key']}/{number}", shown[0]] = cities
    for name in ("metrics", "labels"):
        found[name, "composite"] = list(dict.fromkeys(row["city"] for row in reading.rows(october, name)))
    return found


def test_no_list_of_cities_follows_the_scores(october, book):
    lists = columns_of_cities(october, book)
    assert len(lists) >= 10
    for (what, node), cities in lists.items():
        true = true_places(book, node)
        limit = 0.25 if len(cities) > 60 else 0.75
        assert cities != sorted(cities, key=lambda city: (true.get(city, 999.0), city)), what
        assert abs(concordance(cities, true)) < limit, (what, concordance(cities, true))


def test_sets_of_ten_are_the_true_ones_in_random_but_stable_order(october, book, session_home, monkeypatch):
    from cityreach import monthly

    monkeypatch.setenv("CITYREACH_HOME", str(session_home))
    again = monthly.open_book("2025-10", "en")
    sentences = [reading.plain(text) for block in reading.blocks(october) for text in reading.texts(block)]
    for node in ("composite", *book.analysis.edition.platforms):
        leaders = book.leaders(node)
        assert leaders == again.leaders(node)
        places = true_places(book, node)
        names = [book.city(city) for city in leaders]
        assert {city for city, place in places.items() if place <= 10} == set(names)
        assert names != sorted(names, key=places.get)
        assert any("、".join(names) in sentence for sentence in sentences), node
    assert book.leaders("composite") != book.leaders("x")
