"""The annual indices: published places, bases of places, weights, findings and the cells that they name."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from tests.unit import annual_cases as cases

from cityreach import index, paths, registry
from cityreach.annual import edition as editions
from cityreach.annual import facts, lists, material, record, simulating, takeaway
from cityreach.annual.analysis import Analysis
from cityreach.annual.book import Book
from cityreach.annual.references import KEYS
from cityreach.annual.report import Report
from cityreach.blocks import plain
from cityreach.errors import SpecError, UnknownNameError
from cityreach.prose import numbers

IMAGE, INFLUENCE = "image-2025", "influence-2025"
SHIPPED = editions.ids()
NAMES = {"image": "中国城市国际网络形象指数", "influence": "中国城市国际传播影响力指数(CICI)"}


@pytest.fixture(scope="module")
def analyses() -> dict[str, Analysis]:
    return {name: Analysis(material.load(name)) for name in SHIPPED}


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Analysis]]:
    """Makes the analysis of a small edition in a home of its own."""
    home = cases.home(tmp_path)
    monkeypatch.setenv(paths.HOME_VARIABLE, str(home))

    def make(table: cases.Rows | None = None, **options: Any) -> Analysis:
        cases.write(home, table or cases.rows(), **options)
        return Analysis(material.load(cases.NAME))

    yield make


def places(analysis: Analysis, base: str, node: str = "composite") -> dict[str, int]:
    """Chinese names with their places in a list."""
    rows = analysis.placed(base, node)
    names = [analysis.material.registry.city_name(city, "zh") for city in rows["city_id"]]
    return dict(zip(names, rows["rank"].tolist(), strict=True))


# published places


def test_both_indices_are_shipped_over_their_years():
    assert SHIPPED == ["image-2025", "influence-2022", "influence-2023", "influence-2024", "influence-2025"]


def stated(name: str) -> list[dict[str, str]]:
    """Rows of the published record whose order is stated, read without the library."""
    kind, year = name.split("-")
    with (paths.data("published") / "rankings.csv").open(encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    return [row for row in rows if (row["index"], row["edition"], row["ordered"]) == (NAMES[kind], year, "yes")]


SCOPES = {
    "composite": ("all", "composite"), "composite(内地)": ("mainland", "composite"), "x": ("all", "social.x"),
    "composite(超大城市组)": ("size_group:super", "composite"), "国际影响力": ("all", "influence"),
}  # fmt: skip


@pytest.mark.parametrize("name", SHIPPED)
def test_every_published_place_comes_out_as_published(analyses, name):
    rows = stated(name)
    assert len(rows) == {"image-2025": 17, "influence-2024": 9, "influence-2025": 2}.get(name, 20)
    for row in rows:
        assert places(analyses[name], *SCOPES[row["scope"]])[row["city"]] == int(row["rank"]), row


def test_the_report_says_of_every_published_place_whether_it_came_out(analyses):
    table = analyses[INFLUENCE].published
    assert len(table) == sum(len(stated(name)) for name in SHIPPED if name.startswith("influence"))
    assert table["same"].all() and set(table["edition"]) == set(SHIPPED) - {IMAGE}


@pytest.mark.parametrize("name", SHIPPED)
def test_the_shipped_sheet_is_the_one_that_the_simulation_makes(name):
    edition = editions.load(name)
    assert edition.simulated and edition.sheet_path.read_bytes() == simulating.content(edition)


def test_an_unstated_order_is_no_published_place(analyses):
    rows = record.load(editions.load_index("influence"), registry.load())
    relay = rows[(rows["edition"] == "2025") & (rows["list"] == "mainland")]
    assert set(relay["ordered"]) == {"unclear"} and relay["place"].isna().all()
    assert not (analyses[INFLUENCE].published.query("edition == 'influence-2025'")["list"] == "mainland").any()


def test_collected_figures_are_never_simulated(small):
    small()
    with pytest.raises(SpecError, match="`source: simulated`"):
        simulating.run(cases.NAME)


# lists and their places


def test_a_place_keeps_its_base(analyses):
    now, before = analyses[INFLUENCE], analyses["influence-2024"]
    assert (places(before, "all")["深圳"], places(now, "all")["深圳"]) == (16, 4)
    assert (places(before, "mainland")["深圳"], places(now, "mainland")["深圳"]) == (13, 3)
    moved = now.movements.query("node == 'composite' and city_id == '440300'").set_index("list")["change"]
    assert moved.to_dict() == {"all": 12, "mainland": 10}  # and never 16 to 3


def test_a_list_orders_the_same_scores(analyses):
    whole, part = (analyses[INFLUENCE].placed(base).set_index("city_id")["score"] for base in ("all", "mainland"))
    assert len(whole) == 39 and len(part) == 36
    assert (part == whole.loc[part.index]).all() and part.is_monotonic_decreasing


def test_ties_share_the_better_place():
    scores = pd.DataFrame({"edition": "e", "node": "n", "city_id": list("abcd"), "score": [1.0, 3.0, 3.0, np.nan]})
    found = lists.places(scores, {"all": list("abcd"), "part": list("ad")}, significant=12)
    ranks = found.set_index(["list", "city_id"])["rank"]
    assert ranks["all"].tolist() == [3, 1, 1, pd.NA] and ranks["part"].tolist() == [1, pd.NA]
    assert found["tied"].tolist() == [False, True, True, False, False, False]
    assert found["cities"].tolist() == [3, 3, 3, 3, 1, 1]


def test_editions_of_another_panel_or_method_are_not_compared(small):
    analysis = small()
    assert analysis.before is None and analysis.moved("all").empty
    path = paths.data("annual", cases.NAME, "edition.yml")
    path.write_text(path.read_text(encoding="utf-8") + f"previous: {IMAGE}\n", encoding="utf-8")
    assert material.load(cases.NAME).chain == (editions.load(cases.NAME),)


def test_a_series_that_leads_back_or_elsewhere_is_refused(small):
    small()
    path = paths.data("annual", cases.NAME, "edition.yml")
    path.write_text(path.read_text(encoding="utf-8") + f"previous: {INFLUENCE}\n", encoding="utf-8")
    with pytest.raises(SpecError, match=f"`previous` names '{INFLUENCE}'"):
        editions.chain(editions.load(cases.NAME))


def test_the_first_phalanx_has_twenty_cities(analyses):
    counts = analyses[IMAGE].phalanxes["phalanx"].value_counts().sort_index()
    assert counts.to_dict() == {1: 20, 2: 30, 3: 30, 4: 26}
    assert lists.phalanx(pd.Series([1, 20, 21, 106, pd.NA], dtype="Int64"), (20, 50, 80)).tolist() == [
        1,
        1,
        2,
        4,
        pd.NA,
    ]


# methods


@pytest.mark.parametrize("name", ["city-image@1", "city-influence@1"])
def test_weights_are_equal_and_say_so(name):
    method = index.load_method(name)
    assert all(level.weights.status == "equal" and "未公开" in level.weights.citation.zh for level in method.levels)
    for node in method.nodes.values():
        shares = [method.nodes[child].weight for child in node.children]
        assert shares == pytest.approx([1 / len(shares)] * len(shares)) if shares else True


def test_the_best_city_has_one_and_a_missing_account_nothing(analyses):
    scores = analyses[INFLUENCE].scores
    leaves = [path for path, node in analyses[INFLUENCE].material.method.nodes.items() if node.indicator]
    here = scores[scores["node"].isin(leaves)]
    assert (here.groupby(["edition", "node"])["score"].max() == 1).all()
    best = here.groupby(["edition", "node"])["value"].transform("max")
    assert here["score"].to_numpy() == pytest.approx((here["value"] / best).to_numpy())
    nothing = here[here["value"] == 0]
    assert len(nothing) > 100 and (nothing["score"] == 0).all()


def test_an_unknown_figure_is_not_a_zero(small):
    known, gap, zero = (small(cases.rows(**change)) for change in ({}, {"C10": ""}, {"C10": "0"}))
    shanghai = [analysis.heads.at["310000", "reach_power"] for analysis in (known, gap, zero)]
    assert shanghai[1] > shanghai[2] and gap.material.sheet.figures.isna().sum().sum() == 1
    weight = gap.scores.query("city_id == '310000' and node == 'reach_power.reach'")["weight"].item()
    assert weight == pytest.approx(1 / 3)


# cases and contrasts


def test_cases_and_contrasts_follow_the_rules_of_the_index(analyses):
    known = analyses[IMAGE].material
    rule, ranks = editions.CaseRule(top=20, ahead=8, most=99), analyses[IMAGE].ranks
    analysis = Analysis(replace(known, index=known.index.model_copy(update={"cases": rule})))
    for node, found in analysis.cases.groupby("node"):
        ahead = ranks["composite"] - ranks[node]
        assert set(found["city_id"]) == set(ranks.index[(ranks[node] <= 20) & (ahead >= 8)])
        assert (found["ahead"].to_numpy() == ahead.loc[found["city_id"]]).all() and found[
            "ahead"
        ].is_monotonic_decreasing
    most = analyses[IMAGE].cases.groupby("node").size()
    assert most.max() == known.index.cases.most == 3 < analysis.cases.groupby("node").size().max()
    table = analysis.contrasts.set_index("city_id")
    assert (table["gap"] == ranks.loc[table.index, "reach_power"] - ranks.loc[table.index, "influence"]).all()
    assert set(table.loc[table["side"] == "near", "gap"].abs()) <= set(range(analysis.material.index.contrast.least))


# findings


@pytest.mark.parametrize("name", [IMAGE, INFLUENCE])
@pytest.mark.parametrize("mode", ["ordered", "unordered"])
def test_every_figure_stands_in_the_cell_that_it_names(analyses, name, mode):
    known = analyses[name].material
    edition = known.edition.model_copy(update={"mode": mode})
    book = Book(Analysis(replace(known, edition=edition)), "zh")
    frames = takeaway.frames(book)
    figures = [figure for finding in book.findings.values() for figure in finding.figures.values()]
    assert len(figures) > (200 if mode == "ordered" else 9)
    by_key = {
        table: frame.set_index(frame[list(KEYS[table])].astype(str).agg("|".join, axis=1))
        for table, frame in frames.items()
        if len(frame)
    }
    for figure in figures:
        held = by_key[figure.table].at[figure.row, figure.column]
        if figure.unit == "period":
            assert held == f"{figure.value.first}/{figure.value.last}"
        elif isinstance(figure.value, date):
            assert held == figure.value.isoformat()
        else:
            assert numbers.show(held, figure.unit, "en") == numbers.show(figure.value, figure.unit, "en"), figure


def test_findings_without_order_imply_none(analyses):
    known = analyses[IMAGE].material
    for mode, kinds in (("unordered", {"edition"}), ("tiers", {"edition", "phalanx"})):
        edition = known.edition.model_copy(update={"mode": mode})
        found = facts.of(Analysis(replace(known, edition=edition)))
        assert {finding.kind for finding in found.values()} == kinds


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_small_edition_has_all_its_words(small, lang):
    report = Report(Book(small(), lang))
    index_ = report.book.analysis.material.index
    for chapter in (*index_.chapters, *index_.appendix):
        assert report.section(chapter).content["title"]
    items = report.summary().content["items"]
    assert 3 <= len(items) <= 5 and all(items)
    assert report.table("ranking").content["rows"][0][1] == {"zh": "北京", "en": "Beijing"}[lang]


def test_real_columns_are_called_real(small):
    report = Report(Book(small(cases.rows(F7="simulated")), "zh"))
    kinds = [row[-1] for row in report.table("columns").content["rows"]]
    assert kinds.count("真实") == 10 and kinds.count("模拟") == 1
    assert "部分指标为模拟数据" in plain(report.book.source)


# files


def test_unknown_editions_and_nodes_are_named(small):
    small()
    with pytest.raises(UnknownNameError, match="image-x"):
        editions.load("image-2031")
    path = paths.data("annual", "image.yml")
    path.write_text(path.read_text(encoding="utf-8").replace("size: reach_power", "size: reech"), encoding="utf-8")
    with pytest.raises(SpecError, match=r"image\.yml: city-image@1 has no 'reech'"):
        material.load(cases.NAME)
