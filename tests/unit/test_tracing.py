"""`cityreach check` on a small report: what it lets stand, and every fault that it must find."""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cityreach import cli
from cityreach.edition import Window
from cityreach.errors import SpecError, UnknownNameError
from cityreach.prose import numbers
from cityreach.publish import datafiles
from cityreach.tracing import cells, check, numerals, page, silence

PAGE = """<!DOCTYPE html>
<html lang="{lang}"><head><meta name="description" content="{label}：说明"><title>指数 · {label}</title></head><body>
<header class="cover"><h1>指数</h1><p class="label"><span id="use-1" data-no="1">{label}</span></p></header>
<nav class="rail"><ol><li><a href="#one"><span class="no">01</span> 总体</a></li></ol></nav>
<main>
<section class="chapter" id="one"><p class="kicker">01 总体</p><h2>{title}</h2>
<p>{said}</p>
<p>南京得<a class="fig" href="#cell-1" id="use-2" data-no="2" aria-describedby="no-2">86.2</a>分。</p>
<figure class="table" id="table-ranking"><div class="head"><p class="headline">全部城市</p></div>
<div class="scroll" aria-label="表 1{colon}全部城市"><table data-table="ranking" data-keys="city_id">
<caption>表 1{colon}全部城市</caption>
<thead><tr><th data-column="composite_rank">位次</th><th>城市</th>
<th data-column="composite_score">得分</th></tr></thead>
<tbody><tr data-row="a"><td>1=</td><th scope="row">南京</th><td id="cell-1">{cell}</td></tr>
<tr data-row="b"><td>–</td><th scope="row">五家渠</th><td>—</td></tr></tbody></table></div>
<figcaption class="source"><span>来源</span><span class="number">表 1</span></figcaption></figure>
<figure class="chart"><div class="head"><p class="headline">{headline}</p></div>
<div class="plot"><svg role="img" aria-label="{alt}"><text>12345</text></svg></div></figure>
<blockquote>第1名，99分</blockquote>
<figure class="table ledger"><table><thead><tr><th>文中数字</th></tr></thead><tbody>
<tr id="no-1" data-table="edition" data-row="label" data-column="value" data-keys="key" data-unit="text">
<th><a href="#use-1">{label}</a></th></tr>
<tr id="no-2" data-table="ranking" data-row="a" data-column="composite_score" data-keys="city_id" data-unit="score">
<th><a href="#use-2">86.2</a></th></tr>
<tr id="no-3" data-table="moves" data-row="x|a" data-column="change" data-keys="node city_id" data-unit="places"
data-derived="abs"><th>3</th></tr>
</tbody></table></figure></section></main></body></html>"""
WORDS = {
    "lang": "zh-CN", "label": "2025年3月号", "title": "南京居首", "said": "数据见下。", "cell": "86.2",
    "headline": "走势", "alt": "走势 单位：分", "colon": "：",
}  # fmt: skip
RANKING = "city,city_id,composite_score,composite_rank\n南京,a,86.2432,1\n五家渠,b,,\n"
Make = Callable[..., Path]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """Writes a report's folder; what is given replaces words of the page."""

    def write(*, ranking: str = RANKING, mode: str = "ordered", **words: str) -> Path:
        data = tmp_path / "data"
        data.mkdir(exist_ok=True)
        files = {
            "ranking": ranking,
            "metrics": "city,city_id\n南京,a\n五家渠,b\n",
            "edition": "key,item,value\nlabel,名称,2025年3月号\n",
            "moves": "node,city_id,change\nx,a,-3\n",
        }
        for name, text in files.items():
            (data / f"{name}.csv").write_text(text, encoding="utf-8-sig")
        (tmp_path / "report.html").write_text(PAGE.format(**{**WORDS, **words}), encoding="utf-8")
        content = {"mode": mode, "lang": "en" if words.get("lang") == "en" else "zh"}
        (tmp_path / "manifest.json").write_text(json.dumps(content), encoding="utf-8")
        return tmp_path

    return write


def numerals_of(folder: Path) -> list[str]:
    return [fault.numeral for fault in check.check(folder)]


def test_a_true_page_passes(make: Make) -> None:
    assert check.check(make()) == []
    assert check.check(make(lang="en", said="The table follows.", colon=": ")) == []


@pytest.mark.parametrize(
    ("said", "lang", "found"),
    [
        ("南京得87.5分。", "zh", ["87.5"]),
        ("上升三位，占百分之四十。", "zh", ["三位", "百分之四十"]),
        ("增长12%，达1.9万次。", "zh", ["12%", "1.9万"]),
        ("共有１２３座城市。", "zh", ["１２３"]),
        ("其中②为主，约½。", "zh", ["②", "½"]),
        ("前十城市中，统一安排，一般如此，万象更新。", "zh", []),
        ("横线为95%区间，得分为0—100分。", "zh", []),
        ("五家渠一般。", "zh", []),
        ("五家渠有五家。", "zh", ["五家"]),
        ("Nanjing gains seven places.", "en", ["seven"]),
        ("Nanjing has 87.5 points.", "en", ["87.5"]),
        ("One of them, the top ten, at a 95% interval.", "en", []),
        ("Two cities, one city.", "en", ["Two", "one"]),
    ],
)
def test_numerals_that_nothing_holds_are_found(make: Make, said: str, lang: str, found: list[str]) -> None:
    given = {"lang": "en", "colon": ": "} if lang == "en" else {}
    assert numerals_of(make(said=said, **given)) == found


@pytest.mark.parametrize("place", ["title", "headline"])
def test_they_are_found_in_headings_and_headlines_of_charts(make: Make, place: str) -> None:
    faults = check.check(make(**{place: "升5位"}, alt="升5位 单位" if place == "headline" else WORDS["alt"]))
    assert [(fault.section, fault.numeral, fault.sentence) for fault in faults] == [("01 总体", "5", "升5位")]


def test_a_text_that_is_only_heard_says_what_is_seen(make: Make) -> None:
    assert numerals_of(make(alt="走势 升5位")) == ["5"]


def test_quoted_posts_and_drawings_are_no_prose(make: Make) -> None:
    text = (make() / "report.html").read_text(encoding="utf-8")
    assert "第1名，99分" in text and "12345" in text
    assert check.check(make()) == []


def test_a_figure_edited_by_hand_is_found(make: Make) -> None:
    folder = make()
    path = folder / "report.html"
    path.write_text(path.read_text(encoding="utf-8").replace('"no-2">86.2</a>分', '"no-2">86.4</a>分'), "utf-8")
    (fault,) = check.check(folder)
    assert fault.numeral == "86.4" and fault.why == "its cell says 86.2" and fault.sentence == "南京得86.4分。"


def test_a_changed_cell_of_the_data_is_found_in_text_and_table(make: Make) -> None:
    faults = check.check(make(ranking=RANKING.replace("86.2432", "86.3001")))
    assert [(fault.numeral, fault.why) for fault in faults] == [
        ("86.2", "its cell says 86.3"),
        ("86.2", "its cell says 86.3"),
        ("86.2", "data/ranking.csv says 86.3001"),
    ]


def test_a_table_that_differs_from_the_data_is_found(make: Make) -> None:
    assert [fault.why for fault in check.check(make(cell="86.3"))] == ["data/ranking.csv says 86.2432"]


@pytest.mark.parametrize(
    ("ranking", "why"),
    [
        (RANKING.replace("南京,a", "南京,c"), "data/ranking.csv has no row a"),
        (RANKING.replace("composite_score", "score"), "data/ranking.csv has no column composite_score"),
        (RANKING.replace("86.2432", "high"), "data/ranking.csv holds no score at a, composite_score"),
    ],
)
def test_a_cell_that_is_not_there_is_found(make: Make, ranking: str, why: str) -> None:
    assert why in {fault.why for fault in check.check(make(ranking=ranking))}


def test_an_absent_file_and_an_absent_source_are_found(make: Make) -> None:
    folder = make(said='计<a class="fig" href="#no-9" data-no="9">7</a>座')
    assert [fault.why for fault in check.check(folder)] == ["it names no cell of the data"]
    assert [fault.numeral for fault in check.check(folder)] == ["7"]
    (folder / "data" / "edition.csv").unlink()
    assert "data/edition.csv is absent" in {fault.why for fault in check.check(folder)}


def test_a_figure_that_leads_elsewhere_is_found(make: Make) -> None:
    said = '南京<a class="fig" href="#no-1" data-no="2">86.2</a>分'
    assert [fault.why for fault in check.check(make(said=said))] == ["it leads to #no-1, which is not its cell"]


def test_numbers_of_sections_and_tables_must_run(make: Make) -> None:
    folder = make()
    path = folder / "report.html"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("01 总体", "02 总体").replace(">01<", ">02<"), "utf-8")
    assert set(numerals_of(folder)) == {"02"}
    path.write_text(text.replace("表 1", "表 2"), "utf-8")
    assert numerals_of(folder) == ["2", "2", "2"]


def test_a_derived_figure_follows_from_its_cell(make: Make) -> None:
    assert check.check(make(said='降<a class="fig" href="#no-3" data-no="3">3</a>位')) == []
    assert cells.printed("-3", "places", "abs", "zh") == "3"
    assert cells.printed("73.2", "ratio", "cap 50", "zh") == "50"
    with pytest.raises(ValueError, match="not above 50"):
        cells.printed("42.0", "ratio", "cap 50", "zh")
    with pytest.raises(ValueError, match="unknown"):
        cells.printed("42.0", "ratio", "double", "zh")


@pytest.mark.parametrize("lang", ["zh", "en"])
@given(
    value=st.floats(min_value=-1e9, max_value=1e9, allow_nan=False),
    unit=st.sampled_from(["count", "exact", "score", "decimal", "signed", "share", "fine_share", "change", "ratio"]),
)
def test_a_number_survives_its_data_file(lang: str, value: float, unit: str) -> None:
    cell = datafiles.to_csv({"x": [value]}).decode("utf-8-sig").splitlines()[1]
    assert cells.printed(cell, unit, "", lang) == numbers.show(value, unit, lang)


@pytest.mark.parametrize(
    ("value", "cell", "unit"),
    [
        (date(2025, 3, 7), "2025-03-07", "date"),
        (date(2025, 3, 7), "2025-03-07", "full_date"),
        (Window(first=date(2025, 3, 1), last=date(2025, 3, 31)), "2025-03-01/2025-03-31", "period"),
        (Window(first=date(2025, 3, 1), last=date(2025, 3, 31)), "2025-03-01/2025-03-31", "span"),
        (7, "7", "rank"), (7, "7.0", "rank"), (7, "7", "whole"), ("@name", "@name", "text"), (3, "3", "ordinal"),
        (-0.031, "-0.031", "arrow"), (8_138_000, "8138000", "brief"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_days_spans_places_and_texts_survive_too(value: object, cell: str, unit: str, lang: str) -> None:
    assert cells.printed(cell, unit, "", lang) == numbers.show(value, unit, lang)


def test_a_neutralised_cell_is_read_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "posts.csv").write_bytes(datafiles.to_csv({"id": ["a|b"], "handle": ["@nanjing"]}))
    assert "'@nanjing" in (tmp_path / "posts.csv").read_text(encoding="utf-8-sig")
    assert cells.Data(tmp_path).cell("posts", ["id"], "a|b", "handle") == "@nanjing"


@pytest.mark.parametrize(
    ("shown", "cell", "same"),
    [
        ("1,286", "1286", True), ("12.3%", "0.1234", True), ("12.4%", "0.1234", False), ("3=", "3", True),
        ("▼0.4", "-0.4321", True), ("0.4", "-0.4321", False), ("0.0", "-0.0321", True), ("–", "", True),
        ("–", "5", False), ("1.70倍", "1.7", True),
        ("携程", "携程", True), ("携程", "其他", False), ("12", "", False),
    ],
)  # fmt: skip
def test_a_table_agrees_as_far_as_it_prints(shown: str, cell: str, same: bool) -> None:
    assert check.agrees(shown, cell) is same


def test_fixed_expressions_are_checked_when_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = tmp_path / "numerals.yml"
    own.write_text("zh:\n  '前[十': lists\nen: {}\n", encoding="utf-8")
    monkeypatch.setattr("cityreach.paths.template", lambda *_: own)
    numerals.fixed.cache_clear()
    try:
        with pytest.raises(SpecError, match=r"numerals\.yml.*zh.*regular expression"):
            numerals.loose("前十", "zh")
    finally:
        numerals.fixed.cache_clear()


def test_every_fixed_expression_covers_a_numeral() -> None:
    """None stands in the list that the check would not need."""
    file = numerals.spec.read_model(numerals.paths.template("numerals.yml"), numerals._File)
    for lang, patterns in (("zh", file.zh), ("en", file.en)):
        for pattern in patterns:
            shown = re.sub(r"\(\?:([^|)]*)[^)]*\)\??|\$|\[([^\]])[^\]]*\]", lambda m: m[1] or m[2] or "", pattern)
            assert numerals.NUMERALS[lang].search(shown.split("|")[0]), pattern


# an edition without order


def test_an_edition_without_order_is_searched(make: Make) -> None:
    assert check.leaks(make(title="各城市一览"), mode="ordered") == []
    found = {(fault.section, fault.numeral) for fault in check.leaks(make(mode="unordered"))}
    assert ("report.html", "位次") in found and ("data/ranking.csv", "composite_rank") in found
    assert not [fault for fault in check.leaks(make(mode="unordered")) if "第1名" in fault.numeral], "a quoted post"


def test_a_tier_may_be_named_where_tiers_are_published(tmp_path: Path) -> None:
    (tmp_path / "report.html").write_text("<p>第一方阵：南京。</p>", encoding="utf-8")
    assert not list(silence.Report(tmp_path, "zh", tiers=True).leaks())
    assert [leak.what for leak in silence.Report(tmp_path, "zh").leaks()] == ["方阵"]


@pytest.mark.parametrize(("text", "lang"), [("榜首", "zh"), ("上升2位", "zh"), ("ranked", "en"), ("gains 3", "en")])
def test_words_are_found_in_every_kind_of_text(tmp_path: Path, text: str, lang: str) -> None:
    (tmp_path / "data").mkdir()
    forms = {
        "report.html": f'<svg aria-label="{text}"></svg>',
        "report.ipynb": json.dumps({"cells": [{"outputs": [{"data": text}]}]}),
        "manifest.json": json.dumps({"title": text}),
        "data/a.csv": f"city,text\n{text},{text}\n",
    }
    for name, content in forms.items():
        (tmp_path / name).write_text(content, encoding="utf-8")
        assert {leak.file for leak in silence.Report(tmp_path, lang).leaks()} == {name}
        (tmp_path / name).unlink()
    (tmp_path / "data/a.csv").write_text(f"city,text\n南京,{text}\n", encoding="utf-8")
    assert not list(silence.Report(tmp_path, lang).leaks()), "what a stranger posted"


def test_names_of_sheets_and_of_shown_columns_are_found(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "rankings.xlsx", "w") as file:
        file.writestr("xl/workbook.xml", '<workbook><sheets><sheet name="位次变化" sheetId="1"/></sheets></workbook>')
    assert [(leak.file, leak.what) for leak in silence.Report(tmp_path, "zh").leaks()] == [("rankings.xlsx", "位次")]
    (tmp_path / "rankings.xlsx").unlink()
    (tmp_path / "report.html").write_text('<table data-table="ranking"></table>', encoding="utf-8")
    assert [leak.what for leak in silence.Report(tmp_path, "zh").leaks()] == ["ranking"]


def test_digits_of_a_score_are_found_anywhere(tmp_path: Path) -> None:
    (tmp_path / "report.html").write_text('<script type="application/json">{"a": [86.24321987654]}</script>', "utf-8")
    digits = frozenset({f"{86.24321987654:.9f}"[: silence.DIGITS]})
    assert [leak.what for leak in silence.Report(tmp_path, "zh").leaks(digits)] == ["86.24321987654"]
    assert not list(silence.Report(tmp_path, "zh").leaks())


def test_a_number_beside_a_city_is_one_of_the_data(make: Make) -> None:
    folder = make(mode="unordered")
    path = folder / "report.html"
    path.write_text(path.read_text(encoding="utf-8").replace(' data-column="composite_score"', ""), encoding="utf-8")
    assert ("86.2", "it names no cell of the data") in {(each.numeral, each.why) for each in check.check(folder)}


# the command


def test_the_command_prints_a_line_a_fault_and_fails(make: Make, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(["check", str(make(said="南京升5位，占12%。"))])
    said = capsys.readouterr().out
    assert ended.value.code == 4
    assert said.splitlines()[:2] == [
        "01 总体 | “南京升5位，占12%。” | 5 | no finding holds it",
        "01 总体 | “南京升5位，占12%。” | 12% | no finding holds it",
    ]
    assert "报告有2处" in said and "2 place(s)" in said


def test_the_command_passes_a_true_report(make: Make, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(["check", str(make())])
    assert ended.value.code == 0 and "Every numeral is held by its data" in capsys.readouterr().out


def test_a_line_quotes_the_sentence_that_the_numeral_stands_in(make: Make) -> None:
    said = "南京居首。" * 20 + "北京升5位。" + "成都居后。" * 20
    (fault,) = check.check(make(said=said))
    assert fault.line == "01 总体 | “北京升5位。” | 5 | no finding holds it"
    (fault,) = check.check(make(said="城" * 200 + "升5位" + "市" * 200))
    assert fault.line.count("…") == 2 and "升5位" in fault.line and len(fault.line) < 120


def test_a_folder_without_a_report_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnknownNameError, match="no report is there"):
        check.check(tmp_path)


def test_the_page_is_read_with_chapters_and_sources(make: Make) -> None:
    read = page.read((make() / "report.html").read_text(encoding="utf-8"))
    assert {unit.section for unit in read.units if unit.of("headline")} == {"01 总体"}
    assert read.sources["2"].column == "composite_score" and read.sources["2"].text == "86.2"
    assert [(each.row, each.text, each.name) for each in read.shown if each.place] == [("a", "86.2", "南京")]


# the words that reports are made of

IN_SCRIPTS = {"explorer.nothing"}  # said by the page's own script, which counts itself


def shown(template: str) -> str:
    """A template's own words: figures and names held, conditions left out."""
    return re.sub(r"\{%.*?%\}", "", re.sub(r"\{\{.*?\}\}", page.HELD, template, flags=re.DOTALL), flags=re.DOTALL)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_no_sentence_that_may_be_printed_has_a_number_typed_into_it(lang: str) -> None:
    """Neither one that this month needs, nor one that only another month will need."""
    from cityreach import paths, registry, spec
    from cityreach.insight import rules
    from cityreach.prose import _flat

    template = spec.read_yaml(paths.template("prose", lang, "monthly.yml"))
    sources = {key: ways for key, ways in _flat(template, "") if key not in IN_SCRIPTS}
    texts = {f"{key}#{turn}": text for key, ways in sources.items() for turn, text in enumerate(ways)}
    catalogue = registry.load_catalogue()
    texts |= {f"primer.{name}": each.primer[lang] for name, each in catalogue.platforms.items()}
    texts |= {f"theme.{name}": each.name[lang] for name, each in catalogue.terms.themes.items()}
    texts |= {f"advice.{name}": each.text[lang] for name, each in rules.load().advice.items()}
    typed = {key: numerals.loose(shown(text), lang) for key, text in texts.items()}
    assert len(texts) > 400
    assert {key: found for key, found in typed.items() if found} == {}
