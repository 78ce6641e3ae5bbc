"""Tests of the data quality page: what is counted, what is said, and that every number in it can be traced."""

from __future__ import annotations

import ast
import dataclasses
import json
import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import pandas as pd
import pytest
from quality_frames import BEIJING, SHANGHAI, log, metrics, posts, quarantine, received, snapshots

from cityreach import blocks, paths, spec, tables
from cityreach import edition as editions
from cityreach.edition import Window
from cityreach.errors import UnknownNameError
from cityreach.gates import Share
from cityreach.intake import FileLog, drops, load_formats
from cityreach.prose import numbers
from cityreach.quality import analysis, anomalies, facts, open_page
from cityreach.quality.page import Page
from cityreach.quality.received import Received
from cityreach.quality.speech import slug

WINDOW = Window(first=date(2025, 3, 1), last=date(2025, 3, 5))
NUMBER = re.compile(r"[0-9０-９]")
LONG = Window(first=date(2025, 3, 1), last=date(2025, 4, 30))
FULL = FileLog(
    "a.json", "x-api", form="json", encoding="utf-8", keys=("id", "text"), rows=20, kept=10, duplicates=4, outside=3,
    filtered=2, quarantined=1, differing=1, posts=10, filtered_reasons={"repost of another account's post": 2},
    quarantine_reasons={"unusable time": 1}, first="2025-03-02", last="2025-04-01",
)  # fmt: skip


# the files


def test_files_and_reasons_are_those_of_the_log():
    other = FileLog("b.csv", "plain-posts", evidence="documents", rows=1, quarantined=1, quarantine_reasons={"odd": 1})
    table = analysis.files(log(FULL, other))
    assert table[["rows", "kept", "repeated", "differing", "outside", "left_out", "quarantined"]].values.tolist() == [
        [20, 10, 4, 1, 3, 2, 1], [1, 0, 0, 0, 0, 0, 1],
    ]  # fmt: skip
    assert list(table["untested"]) == [False, True] and list(table["repaired"]) == [0, 0]
    found = analysis.reasons(log(FULL, other))
    assert found[["file", "fate", "reason", "rows"]].values.tolist() == [
        ["a.json", "left_out", "repost of another account's post", 2],
        ["a.json", "quarantined", "unusable time", 1],
        ["b.csv", "quarantined", "odd", 1],
    ]


def test_reasons_add_up_over_files():
    one = FileLog("a", "x-api", rows=3, quarantined=3, quarantine_reasons={"unusable time": 1, "unknown account": 2})
    two = FileLog("b", "x-api", rows=4, quarantined=4, quarantine_reasons={"unusable time": 4})
    table = analysis.by_reason(analysis.reasons(log(one, two)))
    assert table.values.tolist() == [["unusable time", 5, ["a", "b"]], ["unknown account", 2, ["a"]]]


# coverage


def test_the_four_states_are_counted_apart():
    states = {("1", "x"): "measured", ("2", "x"): "silent", ("3", "x"): "missing", ("4", "x"): "no_account"}
    table = analysis.coverage(metrics(states | {("1", "facebook"): "missing"}), ["facebook", "x", "tiktok"])
    assert list(table.index) == ["facebook", "x", "tiktok"]
    assert table.loc["x"].tolist() == [1, 1, 1, 1] and table.loc["tiktok"].tolist() == [0, 0, 0, 0]


def test_a_dark_city_has_neither_post_nor_silent_account_anywhere():
    states = {
        ("1", "x"): "missing", ("1", "facebook"): "no_account", ("2", "x"): "missing", ("2", "facebook"): "silent",
        ("3", "x"): "no_account", ("3", "facebook"): "no_account",
    }  # fmt: skip
    assert analysis.dark_cities(metrics(states)) == ["1", "3"]


def test_accounts_are_counted_by_platform():
    expected = pd.DataFrame({"platform": ["x", "x", "facebook"]}, index=["a", "b", "c"])
    table = analysis.accounts(expected, ["a", "stranger"], ["facebook", "x", "tiktok"])
    assert table.values.tolist() == [[1, 0], [2, 1], [0, 0]]


# days


def at(*moments: str, platform: str = "x", file: str = "a.json") -> pd.DataFrame:
    return posts([{"platform": platform, "published_at": moment, "source_file": file} for moment in moments])


def test_days_end_at_midnight_in_beijing():
    frame = at("2025-03-01T15:59:00Z", "2025-03-01T16:00:00Z", "2025-02-28T16:00:00Z", "2025-02-28T15:59:00Z")
    days = analysis.daily(frame, WINDOW, ["x"])
    assert days["posts"].tolist() == [2, 1, 0, 0, 0] and days["day"].iloc[1] == pd.Timestamp("2025-03-02")


def test_gaps_and_the_busiest_day_are_told():
    frame = at("2025-03-01T04:00:00Z", "2025-03-05T04:00:00Z", "2025-03-05T05:00:00Z")
    row = analysis.rhythm(analysis.daily(frame, WINDOW, ["x", "tiktok"])).set_index("platform")
    assert row.loc["x", ["posts", "days", "gap", "most"]].tolist() == [3, 2, 3, 2]
    assert row.at["x", "empty"] == [date(2025, 3, day) for day in (2, 3, 4)]
    assert row.at["x", "busiest"] == pd.Timestamp("2025-03-05") and row.at["tiktok", "gap"] == 5


def test_months_add_up_to_the_days():
    days = analysis.daily(at("2025-03-01T04:00:00Z", "2025-04-02T04:00:00Z"), LONG, ["x"])
    months = analysis.by_month(days)
    assert months["posts"].tolist() == [1, 1] and list(months["day"].dt.month) == [3, 4]


def test_a_file_is_late_or_ends_early():
    both = [FULL, FileLog("s.json", "x-api"), FileLog("late.json", "x-api", first="2025-03-04", last="2025-03-04")]
    frame = pd.concat(
        [at("2025-03-02T04:00:00Z", "2025-03-02T05:00:00Z"), at("2025-03-04T04:00:00Z", file="late.json")]
    )
    table = analysis.spans(log(*both), frame, WINDOW)
    assert table[["file", "days", "late", "early"]].values.tolist() == [["a.json", 1, 1, 0], ["late.json", 1, 3, 1]]


# followers


def test_followers_are_compared_by_their_last_known_count():
    before = pd.concat([snapshots({"a": 90, "z": 0}, day="2025-03-01"), snapshots({"a": 100, "b": 50, "n": None})])
    table = analysis.follower_moves(snapshots({"a": 80, "b": 55, "c": 9, "z": 5, "n": 4}), before)
    assert table[["account_id", "before", "now", "change"]].values.tolist() == [["a", 100, 80, -20], ["b", 50, 55, 5]]
    assert table["share"].tolist() == [-0.2, 0.1]


def test_a_drop_must_exceed_the_band():
    before = snapshots({"a": 100, "b": 100, "c": 100, "d": 100})
    found = drops.follower_drops(snapshots({"a": 95, "b": 94, "c": 20, "d": None}), before, band=0.05)
    assert found[["account_id", "before", "now"]].values.tolist() == [["c", 100, 20], ["b", 100, 94]]
    assert found["share"].tolist() == pytest.approx([0.8, 0.06])


def test_bins_hold_every_account_once_and_their_lower_edge():
    now = {"a": 94, "b": 95, "c": 99, "d": 100, "e": 101, "f": 105, "g": 300}
    moves = analysis.follower_moves(snapshots(now), snapshots(dict.fromkeys(now, 100)))
    table = analysis.distribution(moves, step=0.01, band=0.05)
    held = {row.low: row.accounts for row in table.itertuples() if row.accounts and not pd.isna(row.low)}
    assert held == {-0.05: 1, -0.01: 1, 0.0: 1, 0.01: 1, 0.05: 2}
    assert table["accounts"].iloc[0] == 1 and pd.isna(table["low"].iloc[0])
    assert table["accounts"].sum() == 7
    assert analysis.distribution(moves.iloc[:0], step=0.01, band=0.05).empty


# the page

KEYS = ("files", "rows", "reasons", "coverage", "lacking", "absent", "strangers", "days", "spans", "drops", "moves",
        "tests", "repairs", "quarantine")  # fmt: skip
TEXTS = (
    "files.text",
    "files.rows",
    "coverage.text",
    "coverage.missing",
    "coverage.strangers",
    "days.spans",
    "odd.text",
)


def busy() -> Received:
    """One file, an empty day, followers that fell, every kind of anomaly's table, and a quarantine."""
    account = received().expected.index[0]
    mine = {"platform": "x", "account_id": account, "city_id": BEIJING, "source_file": "a.json"}
    days = [f"2025-03-{day:02d}T02:00:00Z" for day in range(2, 32)]
    frame = posts([
        *(mine | {"published_at": day, "likes": 200 + n, "comments": 10, "shares": 3} for n, day in enumerate(days)),
        mine | {"likes": 500, "comments": 0, "url": "https://x.example/1"},
        mine | {"likes": 9000, "views": 8000, "url": "javascript:alert(1)"},
    ])  # fmt: skip
    fallen = FileLog("b.csv", "plain-posts", evidence="documents", rows=1, quarantined=1, quarantine_reasons={"new": 1})
    stranger = {"platform": "x", "name": "visit_bejing", "records": 7, "suggestion": "visit_beijing"}
    return received(
        posts=frame,
        log=log(FULL, fallen, unknown_accounts=(stranger,), seen_accounts=(account,)),
        snapshots=snapshots({account: 80}),
        before=editions.load("2025-02"),
        followers_before=snapshots({account: 100}),
        metrics=metrics({(BEIJING, "x"): "measured", (SHANGHAI, "x"): "missing"}),
        quarantine=quarantine(
            [("a.json", 3, "created_at", "<b>=1+1</b>", "unusable time"), ("b.csv", 1, "x", "", "new")]
        ),
        gates=(Share("coverage", 4, 10, 0.4, 0.9, passed=False),),
    )


@pytest.fixture(params=["zh", "en"])
def lang(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture(autouse=True, scope="module")
def _style() -> Iterator[None]:
    import altair as alt

    from cityreach import charts

    before = alt.theme.active, alt.renderers.active
    charts.use()
    yield
    alt.theme.enable(before[0])
    alt.renderers.enable(before[1])


def shown(page: Page) -> list[Any]:
    """Every block of the page, charts left out."""
    parts: list[Any] = [page.cover(), page.summary(), page.note("odd.note"), page.days_text(), page.followers_text()]
    parts += [page.quarantine_text()]
    parts += [page.section(name) for name in ("summary", "files", "coverage", "days", "followers", "odd", "quarantine")]
    parts += [page.text(key) for key in TEXTS] + [page.table(key) for key in KEYS]
    return [part for part in (*parts, *(page.odd(kind) for kind in anomalies.KINDS)) if part]


def runs(part: Any) -> Iterator[Any]:
    content = part.content
    title = content.get("title", []) if part.kind == "section" else []
    note = content.get("text", []) if part.kind == "note" else []
    for text in (*content.get("paragraphs", []), *content.get("items", []), title, note):
        yield from text if isinstance(text, list) else []


@pytest.mark.parametrize("make", [busy, received])
def test_every_number_of_the_prose_is_a_figure_of_a_finding(make, lang):
    page = Page(make(), lang)
    traced = 0
    for part in shown(page):
        for run in runs(part):
            if isinstance(run, str):
                assert not NUMBER.search(run), (part.kind, run)
                continue
            figure = page.findings[run["finding"]].figures[run["key"]]
            assert run["text"] == numbers.show(figure.value, figure.unit, lang)
            traced += 1
    assert traced > 15


@pytest.mark.parametrize("make", [busy, received])
def test_blocks_are_plain_json_and_tables_rectangular(make, lang):
    for part in shown(Page(make(), lang)):
        assert json.loads(json.dumps(part.content)) == part.content
        if part.kind == "table":
            assert {len(row) for row in part.content["rows"]} == {len(part.content["columns"])}
            assert not re.search(r"\b(nan|NaN|None|NA)\b", json.dumps(part.content["rows"]))


def test_the_page_names_what_is_wrong():
    page = Page(busy(), "zh")
    said = {key: blocks.plain(page.speech.tell(f"title.{key}")) for key in ("files", "coverage", "days", "followers")}
    assert said == {
        "files": "2个文件全部识别，1个格式未经实测", "coverage": "1个账号全部见到", "days": "31天里1天没有帖文",
        "followers": "1个账号粉丝跌幅超过10%",
    }  # fmt: skip
    gate = blocks.plain(page.summary().content["items"][-1])
    assert gate == "门槛“账号覆盖”未通过：实际40.0%，要求不低于90%。"


def cells(page: Page, name: str) -> list[list[str]]:
    table = page.table(name)
    assert table is not None
    return [[cell if isinstance(cell, str) else cell["text"] for cell in row] for row in table.content["rows"]]


def test_a_format_that_was_never_tried_is_marked():
    page = Page(busy(), "zh")
    rows = cells(page, "files")
    assert [row[1].endswith("（未经实测）") for row in rows] == [False, True]
    assert rows[0][2:] == ["utf-8", "id, text"]


def test_a_similar_account_is_a_guess_and_says_so():
    table = Page(busy(), "zh").table("strangers")
    assert table is not None and "未经核实" in table.content["note"]
    assert cells(Page(busy(), "zh"), "strangers") == [["visit_bejing", "X平台", "7", "visit_beijing"]]


def test_reasons_have_words_and_remedies_even_where_they_are_new():
    known = busy()
    rows = cells(Page(known, "zh"), "repairs")
    assert rows[0][0] == "new" and rows[0][3].startswith("按所列字段")
    assert rows[1][0] == "时间不能用" and "发布时间" in rows[1][3]
    known.quarantine.loc[1, "repair"] = "Ask the vendor."
    assert cells(Page(known, "zh"), "repairs")[0][3] == "Ask the vendor."


def test_anomalies_name_account_post_figures_and_reason():
    page = Page(busy(), "zh")
    table = page.odd("silent_likes")
    assert table is not None and table.content["caption"] == "1条帖文点赞不少而评论为零"
    (row,) = table.content["rows"]
    assert row[1] == "北京 · X平台" and row[2] == {"text": "3月10日 12:00", "href": "https://x.example/1"}
    assert (
        row[3].startswith("赞\u00a0500、评\u00a00。按该账号平时的评赞比，约应有") and "待核对" in table.content["note"]
    )


def test_a_link_of_a_post_leads_to_the_web_or_nowhere():
    from cityreach.publish import html

    table = Page(busy(), "zh").odd("views_below_likes")
    assert table is not None
    assert html.link(table.content["rows"][0][2]["href"]) == ""


def test_long_lists_are_cut_and_say_so():
    frame = posts([{"platform": "x", "likes": 1000 * n, "comments": 1} for n in range(1, 31)])
    table = Page(received(posts=frame), "zh").odd("round")
    assert table is not None and len(table.content["rows"]) == 10
    assert table.content["subtitle"].startswith("列出最突出的10处，共30处")


def test_an_edition_without_anything_says_so(lang):
    page = Page(received(), lang)
    assert page.table("files") is None and page.table("quarantine") is None and page.followers_chart() is None
    assert all(page.odd(kind) is None for kind in anomalies.KINDS)
    assert page.text("coverage.strangers") is None
    assert page.findings["followers"].words == {"known": False}
    for chart in (page.tiles_chart(), page.days_chart()):
        assert "image/svg+xml" in chart._repr_mimebundle_()[0]


def test_charts_show_what_is_missing(lang):
    page = Page(busy(), lang)
    bundles = [
        chart._repr_mimebundle_()[0] for chart in (page.tiles_chart(), page.days_chart(), page.followers_chart())
    ]
    pictures = [bundle["image/svg+xml"] for bundle in bundles]
    assert page.speech.city(BEIJING) in pictures[0] and page.speech.city(SHANGHAI) in pictures[0]
    assert page.speech.platform("x") in pictures[1]
    assert all(bundle[blocks.MIME]["headline"] and bundle[blocks.MIME]["source"] for bundle in bundles)


def test_an_edition_without_order_names_no_city_as_first_or_last(lang):
    known = busy()
    plain = Page(known, lang)
    edition = known.edition.model_copy(update={"mode": "unordered"})
    page = Page(dataclasses.replace(known, edition=edition), lang)
    assert plain.table("moves") is not None and page.table("moves") is None
    assert cells(plain, "drops")[0][-1] == "20.0%" and cells(page, "drops")[0][-1] == "−20.0%"
    assert len(page.followers_text().content["paragraphs"]) < len(plain.followers_text().content["paragraphs"])  # type: ignore[union-attr]


def test_a_long_window_is_shown_by_month():
    edition = received().edition.model_copy(update={"window": Window(first=date(2024, 1, 1), last=date(2025, 3, 31))})
    page = Page(received(edition=edition, posts=busy().posts), "zh")
    text = blocks.plain(page.days_text().content["paragraphs"][0])  # type: ignore[union-attr]
    assert "按月合计" in text
    spec_of = page.days_chart()._repr_mimebundle_()[0][blocks.SPEC_MIME]
    assert len({row["slot"] for row in spec_of["datasets"][spec_of["data"]["name"]]}) == 15


def test_a_sheet_is_named_beside_its_file():
    sheets = busy().quarantine.assign(sheet="一月")
    assert cells(Page(received(quarantine=sheets, log=busy().log), "zh"), "quarantine")[0][0] == "a.json · 一月"


def test_an_unknown_language_is_refused():
    with pytest.raises(UnknownNameError, match="`fr` does not exist"):
        open_page("2025-03", "fr")


def test_findings_are_named_once_and_point_at_tables_of_the_page():
    found = facts.of(facts.Checked(busy()))
    assert all(name == finding.id for name, finding in found.items())
    tables_named = {figure.table for finding in found.values() for figure in finding.figures.values() if figure.table}
    assert "rows" in tables_named and tables_named <= set(KEYS)


# the words


def test_both_languages_have_the_same_words():
    def keys(content: Any, prefix: str = "") -> set[str]:
        if not isinstance(content, dict):
            return {prefix}
        return {key for name, part in content.items() for key in keys(part, f"{prefix}.{name}")}

    zh, en = (keys(spec.read_yaml(paths.template("prose", each, "quality.yml"))) for each in ("zh", "en"))
    assert zh == en


def test_words_hold_no_number_and_accuse_nobody():
    for each in ("zh", "en"):
        text = paths.template("prose", each, "quality.yml").read_text(encoding="utf-8")
        words = re.sub(r"\{\{.*?\}\}|\{%.*?%\}|#.*", "", text)
        assert not NUMBER.search(words)
        assert not re.search(r"刷量|水军|作弊|买粉|fake|fraud|manipulat|bots?\b", words, re.I)


def test_english_page_holds_no_chinese():
    page = Page(busy(), "en")
    for part in shown(page):
        content = {key: value for key, value in part.content.items() if key != "publisher"}
        assert not re.search(r"[\u4e00-\u9fff]", json.dumps(content, ensure_ascii=False)), content


def test_every_state_has_a_word(lang):
    page = Page(received(), lang)
    assert all(page.speech.label(f"status.{state}") for state in tables.STATUSES)


# the notebook


def test_the_notebook_shows_every_part_and_calls_nothing_else():
    notebook = json.loads(paths.notebook("data_quality").read_text(encoding="utf-8"))
    source = "\n".join("".join(cell["source"]) for cell in notebook["cells"])
    for name in (*KEYS, *TEXTS):
        assert f'("{name}")' in source, name
    assert all(f'page.odd("{kind}")' in source for kind in anomalies.KINDS)
    for cell in notebook["cells"][2:]:
        (statement,) = ast.parse("".join(cell["source"])).body
        assert isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_reason_of_a_format_is_told_in_the_page_s_language(lang: str) -> None:
    tables_of_formats = [table for one in load_formats() for table in one.tables]
    reasons = {table.reason for table in tables_of_formats if table.table == "unused"}
    reasons |= {each.reason for table in tables_of_formats for each in table.filters}
    known = spec.read_yaml(paths.template("prose", lang, "quality.yml"))["reason"]
    assert len(reasons) > 40 and {slug(reason) for reason in reasons} <= set(known)
    assert lang == "en" or all(re.search("[一-鿿]", known[slug(reason)]) for reason in reasons)
