"""The published record: exact movements, no place that nobody published, hand-checked agreement, a thin notebook."""

from __future__ import annotations

import ast
import csv
import dataclasses
import itertools
import json
import statistics
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from cityreach import blocks, paths, registry, spec
from cityreach.errors import DataError, SpecError, UnknownNameError
from cityreach.published import analysis, boards, facts, findings, take_away, words
from cityreach.published.record import SECTIONS, Record

MAIN = "social-reach"
TABLES = ("indices", "issues", "movements", "platforms", "cases", "agreement", "sources")


@pytest.fixture(scope="module")
def known() -> facts.Facts:
    return facts.load()


@pytest.fixture(scope="module", params=["zh", "en"])
def record(request: pytest.FixtureRequest, known: facts.Facts) -> Record:
    return Record(known, request.param)


def _raw() -> list[dict[str, str]]:
    with paths.data("published", "rankings.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _strings(value: object) -> list[str]:
    if isinstance(value, dict):
        return [text for item in value.values() for text in _strings(item)]
    if isinstance(value, list):
        return [text for item in value for text in _strings(item)]
    return [str(value)]


# the facts


def test_every_row_of_the_file_is_kept(known: facts.Facts) -> None:
    kept = known.rankings.groupby(["edition", "scope", "city", "source_title"]).size()
    raw = pd.DataFrame(_raw()).groupby(["edition", "scope", "city", "source_title"]).size()
    assert kept.equals(raw)
    assert len(known.rankings) == 476
    assert len(known.posts) == 29


def test_only_ordered_lists_hold_places(known: facts.Facts) -> None:
    ordered = known.rankings["ordered"] == "yes"
    assert known.rankings.loc[ordered, "place"].notna().all()
    assert known.rankings.loc[~ordered, "place"].isna().all()
    assert (~ordered).sum() == 117


def test_sets_stand_in_alphabetical_order_whatever_the_file_says(known: facts.Facts) -> None:
    sets = known.rankings[known.rankings["ordered"] != "yes"]
    for _, group in sets.groupby(["index_id", "edition", "scope"], sort=False):
        names = [known.names[city] for city in group["city"]]
        assert names == sorted(names)


def test_ordered_lists_run_from_one_without_gap_or_double(known: facts.Facts) -> None:
    ordered = known.rankings.dropna(subset=["place"])
    for key, group in ordered.groupby(["index_id", "edition", "scope"]):
        places = list(group["place"])
        assert len(set(places)) == len(places), key
        if len(places) >= 10:
            assert places[:10] == list(range(1, 11)), key


def test_cities_of_city_indices_are_in_the_registry_or_named(known: facts.Facts) -> None:
    objects = {index.id: index.object for index in known.known.indices}
    cities = known.rankings.loc[known.rankings["index_id"].map(objects) == "cities", "city"]
    outside = set(cities) - set(registry.load().cities["name_zh"])
    assert outside <= {"Fuzhou(福州或抚州)", "阿里地区", "黔东南"}
    assert set(known.main["city"]) <= set(registry.load().cities["name_zh"])


def test_platforms_are_called_as_in_the_registry(known: facts.Facts) -> None:
    platforms, scopes = registry.load().platforms, known.known.scopes
    assert set(platforms) - set(scopes) == {"twitch"}  # no published index has it
    for platform_id in set(platforms) & set(scopes):
        assert scopes[platform_id] == platforms[platform_id].name


def test_issues_of_the_main_index_match_its_lists(known: facts.Facts) -> None:
    listed = set(known.main["edition"])
    issues = [issue.id for issue in known.known.editions]
    assert listed <= set(issues)
    assert issues == sorted(issues)
    assert set(issues) - listed == {"2024-10"}


def test_derived_places_agree_with_the_lists(known: facts.Facts) -> None:
    for one in known.known.derived:
        top = analysis.top(known.rankings, MAIN, one.seen_in)
        assert top[one.seen_rank] == one.city
        assert one.edition not in set(known.main["edition"])


def test_english_cases_keep_figures_and_places_of_the_file(known: facts.Facts) -> None:
    same = ["edition", "city", "platform"]
    assert known.posts_en[same].equals(known.posts[same])
    assert ((known.posts["value"] == "") == (known.posts_en["value"] == "")).all()
    plain = known.posts["value"].str.fullmatch(r">?[\d.]+")
    assert known.posts_en.loc[plain, "value"].equals(known.posts.loc[plain, "value"])


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("rank", "", r"rankings\.csv, line 3: `rank` must be a place such as 1, found ''"),
        ("ordered", "maybe", r"line 3: `ordered` must be one of yes, no, unclear, found 'maybe'"),
        ("city", "常洲", r"line 3: `city` must be a city of the registry .*, found '常洲'"),
        ("scope", "weibo", r"line 3: `scope` must be a scope .*, found 'weibo'"),
        ("index", "热搜榜", r"line 3: `index` must be an index of indices.yml, found '热搜榜'"),
    ],
)
def test_a_broken_row_is_named(known: facts.Facts, column: str, value: str, message: str) -> None:
    rows = pd.DataFrame(_raw()).head(4)
    rows.loc[1, column] = value
    path = paths.data("published", "rankings.csv")
    with pytest.raises(SpecError, match=message):
        facts._check_rankings(rows, known.known, known.names, path)


def test_a_wrong_header_is_named(tmp_path: Path) -> None:
    path = tmp_path / "rankings.csv"
    path.write_text("edition,city\n2025-03,南京\n", encoding="utf-8")
    with pytest.raises(SpecError, match="line 1: the header must be edition,index,scope"):
        facts._read(path, facts.RANKING_COLUMNS)


def test_an_unknown_index_lists_the_others(known: facts.Facts) -> None:
    with pytest.raises(
        UnknownNameError, match=r"`weibo` is not in data/published/indices.yml. There are: social-reach"
    ):
        known.known.index("weibo")


def test_a_derived_place_must_add_up() -> None:
    with pytest.raises(ValueError, match="place 4 after a gain of 5 does not come from 8"):
        facts.Derived(edition="2025-01", city="杭州", rank=8, seen_in="2025-02", seen_rank=4, change=5)


# movements and history


def test_the_movement_table_is_exactly_the_published_one(known: facts.Facts) -> None:
    table = findings.moved(known)
    stayed = table[table["kind"].isin(["up", "down", "level"])]
    assert {row.city: (row.before, row.after) for row in stayed.itertuples()} == {
        "南京": (2, 1), "北京": (1, 2), "成都": (3, 3), "重庆": (6, 4), "苏州": (7, 6), "杭州": (4, 7), "厦门": (8, 9),
    }  # fmt: skip
    came, left = table[table["kind"] == "new"], table[table["kind"] == "out"]
    assert dict(zip(came["city"], came["after"], strict=True)) == {"宁波": 5, "佛山": 8, "扬州": 10}
    assert list(left["city"]) == ["青岛", "沧州", "西安"]
    assert left["after"].isna().all()
    assert left["change"].isna().all()
    assert list(table["after"].dropna()) == list(range(1, 11))


def test_movements_tell_rises_from_falls() -> None:
    before, after = pd.Series({1: "甲", 2: "乙", 3: "丙"}), pd.Series({1: "乙", 2: "甲", 3: "丁"})
    table = analysis.movements(before, after).set_index("city")
    assert list(table["kind"]) == ["up", "down", "new", "out"]
    assert table.loc["乙", "change"] == 1
    assert table.loc["甲", "change"] == -1


def test_movements_refuse_a_list_without_order(known: facts.Facts) -> None:
    random = analysis.top(known.rankings, MAIN, "2025-10")
    assert random.empty
    with pytest.raises(DataError, match="found 10 and 0 places"):
        analysis.movements(analysis.top(known.rankings, MAIN, "2025-05"), random)


def test_history_holds_the_published_places_and_no_other(known: facts.Facts) -> None:
    history = analysis.rank_history(known)
    shown = history.dropna(subset=["place"])
    told = {(r["edition"], r["city"], int(r["rank"])) for r in _raw() if r["index"] == "中国城市海外社交媒体传播力指数"
            and r["scope"] == "composite" and r["ordered"] == "yes"}  # fmt: skip
    assert {(row.edition, row.city, row.place) for row in shown.itertuples()} == told
    assert (history["place"].isna() == (history["state"] != "known")).all()


def test_history_tells_beyond_the_tenth_from_not_seen(known: facts.Facts) -> None:
    state = analysis.rank_history(known).set_index(["edition", "city"])["state"]
    assert state["2025-03", "青岛"] == "outside"
    assert state["2025-07", "北京"] == "unknown"
    assert state["2025-10", "桂林"] == "listed"
    assert state["2025-10", "苏州"] == "outside"


def test_known_to_counts_only_without_gap() -> None:
    assert analysis.known_to([3, 1, 2, 7]) == 3
    assert analysis.known_to([2, 3]) == 0
    assert analysis.known_to(pd.Series([pd.NA, 1], dtype="Int64")) == 1


def test_issues_say_how_much_of_their_order_is_known(known: facts.Facts) -> None:
    order = analysis.editions_table(known).set_index("edition")["order"]
    assert order.to_dict() == {
        "2023-06": "partly", "2024-06": "yes", "2024-09": "yes", "2024-10": "none", "2025-02": "yes", "2025-03": "yes",
        "2025-05": "yes", "2025-07": "partly", "2025-10": "no",
    }  # fmt: skip


def test_breaks_stand_between_panels_only(known: facts.Facts) -> None:
    assert analysis.break_between(known.known, "2025-03", "2025-05")
    assert analysis.break_between(known.known, "2023-06", "2025-02")
    assert not analysis.break_between(known.known, findings.EARLIER, findings.LATER)


def test_no_movement_is_shown_across_a_break(known: facts.Facts) -> None:
    broken = [one.model_copy(update={"composite": True}) for one in known.known.breaks]
    changed = dataclasses.replace(known, known=known.known.model_copy(update={"breaks": tuple(broken)}))
    with pytest.raises(DataError, match="a break of the composite between 2025-02 and 2025-03"):
        findings.moved(changed)


# agreement


def test_tau_by_hand() -> None:
    assert analysis.kendall_tau([0, 1, 2]) == 1
    assert analysis.kendall_tau([2, 1, 0]) == -1
    assert analysis.kendall_tau([0, 2, 1]) == pytest.approx(1 / 3)


def test_one_pair_by_hand(known: facts.Facts) -> None:
    """Main 2024-06 against tourism cities 2022-04: eight common cities, 22 of 28 pairs in the same order."""
    left = list(analysis.top(known.rankings, MAIN, "2024-06"))
    right = list(analysis.top(known.rankings, "tourism-cities", "2022-04"))
    common = ["北京", "南京", "重庆", "成都", "上海", "苏州", "厦门", "杭州"]
    theirs = [1, 4, 3, 5, 2, 9, 10, 8]
    assert [right.index(city) + 1 for city in common] == theirs
    same = sum(a < b for a, b in itertools.combinations(theirs, 2))
    assert same == 22
    assert analysis.compare(left, right) == {"size": 10, "shared": 8, "common": 8, "tau": pytest.approx((22 - 6) / 28)}


def test_few_common_cities_give_no_tau() -> None:
    assert analysis.compare(list("甲乙丙丁戊"), list("甲乙丙丁己"))["tau"] is None
    assert analysis.compare(list("甲乙丙丁戊"), list("甲乙丙丁戊"))["tau"] == 1


def test_agreement_compares_ordered_national_lists_of_cities_only(known: facts.Facts) -> None:
    pairs = analysis.agreement(known)
    objects = {index.id: index.object for index in known.known.indices}
    assert {objects[index_id] for index_id in [*pairs["index_a"], *pairs["index_b"]]} == {"cities"}
    assert set(pairs.loc[pairs["index_a"] == "cici", "scope_a"]) == {"composite(内地)"}
    assert (pairs["gap"] <= analysis.WIDEST_GAP).all()
    assert (pairs["tau"].isna() == (pairs["common"] < analysis.LEAST_COMMON)).all()
    assert not pairs.duplicated(["index_a", "index_b"]).any()


# what is shown


def test_headings_are_findings_of_at_most_24_characters(known: facts.Facts) -> None:
    record = Record(known, "zh")
    for name in ("summary", *SECTIONS):
        title = blocks.plain(record.section(name).content["title"])
        assert 4 <= len(title) <= 24, title


def test_every_section_is_written_in_both_languages(record: Record) -> None:
    for name in SECTIONS[:-1]:
        for paragraph in record.text(name).content["paragraphs"]:
            text = blocks.plain(paragraph)
            assert text
            assert "[" not in text
            assert not any(mark in text for mark in ("{{", "None", "nan", "<NA>"))


def test_both_languages_have_the_same_keys() -> None:
    texts = {lang: spec.read_yaml(paths.template("prose", lang, "published.yml")) for lang in ("zh", "en")}
    flat = {lang: pd.json_normalize(content).iloc[0] for lang, content in texts.items()}
    assert sorted(flat["zh"].index) == sorted(flat["en"].index)


def test_figures_in_prose_come_from_findings(record: Record) -> None:
    shown = [record.text(name).content["paragraphs"] for name in SECTIONS[:-1]] + [record.summary().content["items"]]
    runs = [run for texts in shown for text in texts for run in text if isinstance(run, dict)]
    assert len(runs) > 40
    for run in runs:
        assert run["key"] in record.findings[run["finding"]].figures


def test_sets_are_shown_without_places(known: facts.Facts) -> None:
    record = Record(known, "zh")
    rows = record.table("sources").content["rows"]
    sets = [row for row in rows if str(row[3]).startswith("不分先后：")]
    unstated = known.rankings[known.rankings["ordered"] != "yes"]
    groups = unstated.groupby(["index_id", "edition", "scope", "ordered", "source_title"])
    assert len(sets) == groups.ngroups
    assert not any(character.isdigit() for row in sets for character in str(row[3]))


def test_the_unordered_issue_has_no_place_in_chart_or_export(known: facts.Facts) -> None:
    board = boards.history(known, "zh")
    last = board[board["column"] == "25.10"]
    assert last["value"].isna().all()
    assert set(last["text"]) == {"●", ""}
    exported = take_away.tables(known, "zh")
    for key in ("rankings", "history"):
        frame = exported[key].frame
        assert frame.loc[frame["edition"] == "2025-10", "place"].isna().all()


def test_the_board_shows_a_break_where_panels_change(known: facts.Facts) -> None:
    board = boards.history(known, "zh")
    heads = list(board.drop_duplicates("column_order").sort_values("column_order")["column"])
    assert heads == ["23.6", "→133城", "24.6", "24.9", "25.2", "25.3", "→138城", "25.5", "25.7", "25.10"]
    assert not board["text"].isin(["11", "12"]).any()


def test_every_row_has_its_source_in_the_appendix(record: Record, known: facts.Facts) -> None:
    rows = record.table("sources").content["rows"]
    key = ["index_id", "edition", "scope", "ordered", "source_title"]
    assert len(rows) == known.rankings.groupby(key).ngroups
    assert all(str(row[4]) for row in rows)
    assert take_away.tables(known, record.lang)["rankings"].frame["source_title"].ne("").all()


def test_tables_are_rectangular_and_plain_json(record: Record) -> None:
    for name in TABLES:
        content = record.table(name).content
        assert {len(row) for row in content["rows"]} == {len(content["columns"])}, name
        assert json.loads(json.dumps(content)) == content
        assert not any(text in ("nan", "<NA>", "None") for text in _strings(content["rows"]))


def test_english_tables_hold_no_chinese_but_in_sources(known: facts.Facts) -> None:
    record = Record(known, "en")
    for name in TABLES:
        content = record.table(name).content
        last = len(content["columns"]) - (1 if content["columns"][-1]["label"] == "Source" else 0)
        texts = _strings([row[:last] for row in content["rows"]])
        chinese = [text for text in texts if any("\u4e00" <= character <= "\u9fff" for character in text)]
        assert all("福州 or 抚州" in text for text in chinese), (name, chinese)


def test_cases_carry_the_published_figure(known: facts.Facts) -> None:
    card = Record(known, "zh").case(0).content
    assert card["kicker"][:3] == ["南京", "脸书", "2025年3月24日"]
    assert card["figures"] == [{"value": "1.9万", "label": "点赞"}]
    assert "统计日" in card["note"]


def test_the_rate_is_interactions_per_post(record: Record) -> None:
    figures = record.findings["trap.rate"].figures
    assert figures["posts"].value == 128
    assert pytest.approx(3225.84, abs=0.005) == 412907 / 128
    text = blocks.plain(record.text("traps").content["paragraphs"][3])
    assert "%" not in text


def test_the_record_is_dated_by_its_newest_source(known: facts.Facts) -> None:
    assert analysis.newest_source(known) == date(2025, 12, 30)
    assert take_away.job("zh").day == date(2025, 12, 30)
    assert take_away.job("zh").band is None


@pytest.mark.parametrize(
    ("edition", "zh", "en"),
    [
        ("2025-03", "2025年3月号", "March 2025"),
        ("2024-01~02", "2024年1—2月号", "January–February 2024"),
        ("2020-Q1", "2020年第1季度", "Q1 2020"),
        ("2023", "2023年版", "2023"),
    ],
)
def test_edition_names(edition: str, zh: str, en: str) -> None:
    assert words.edition(edition, "zh") == zh
    assert words.edition(edition, "en") == en


def test_source_titles_get_full_width_marks_but_keep_latin_ones() -> None:
    assert words.wide("厦门双语公众号:厦门又上榜了(2024年9月号);MENAFN 2024-10-25") == (
        "厦门双语公众号：厦门又上榜了（2024年9月号）；MENAFN 2024-10-25"
    )
    assert words.wide("100/96.2 (a, b)") == "100 / 96.2 (a, b)"


# the notebook


def test_the_notebook_is_thin() -> None:
    notebook = json.loads(paths.notebook("published_record").read_text(encoding="utf-8"))
    assert (notebook["nbformat"], notebook["nbformat_minor"]) == (4, 5)
    assert notebook["metadata"]["kernelspec"]["name"] == "python3"
    cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    assert cells[0]["metadata"]["tags"] == ["parameters"]
    tags = {tag for cell in cells for tag in cell["metadata"]["tags"]}
    assert tags <= {"parameters", "setup", "narrative", "chart", "table", "check"}
    assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in cells)
    assert len({cell["id"] for cell in notebook["cells"]}) == len(notebook["cells"])
    lines = ["".join(cell["source"]).count("\n") + 1 for cell in cells]
    assert max(lines) <= 12
    assert statistics.median(lines) <= 3
    for cell in cells:
        tree = ast.parse("".join(cell["source"]))
        assert not any(isinstance(node, ast.FunctionDef | ast.For | ast.While) for node in ast.walk(tree))


def test_the_notebook_shows_every_section_and_table() -> None:
    notebook = json.loads(paths.notebook("published_record").read_text(encoding="utf-8"))
    source = "\n".join("".join(cell["source"]) for cell in notebook["cells"])
    for name in SECTIONS:
        assert f'record.section("{name}")' in source
    for name in TABLES:
        assert f'record.table("{name}")' in source
