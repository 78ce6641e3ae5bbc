"""Whole indices of the usual kinds through the engine's door, worked by hand, and every bad input in one line."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml

from cityreach.cli import main
from cityreach.errors import CityreachError, DataError, SpecError
from cityreach.index import Method, compute, read_method, writing
from cityreach.index.jsonschema import schema_text

ROOT = Path(__file__).resolve().parents[2]
EQUAL = {"status": "equal", "citation": "as published"}
OWN = {"status": "published", "citation": "as published"}
BY = {"status": "published", "citation": "as published"}


def method(levels: list[dict[str, Any]], indicators: dict[str, Any], nodes: list[dict[str, Any]], **other: Any) -> Any:
    """The content of a method's file with everything that these tests do not vary."""
    content = {"id": "case", "version": "1", "title": "Case", "description": "Worked by hand", "normalisation": BY}
    numbered = [{"code": f"level{n}", "label": f"Level {n}", **level} for n, level in enumerate(levels)]
    named = {code: {"label": code, **spec} for code, spec in indicators.items()}
    labelled = [node if node["code"] in indicators else {"label": node["code"], **node} for node in nodes]
    return content | {"levels": numbered, "indicators": named, "nodes": labelled} | other


def scores_of(content: Any, data: pd.DataFrame, node: str) -> list[float]:
    table = compute(Method.model_validate(content), data).table
    return table.loc[table["node"] == node, "score"].tolist()


# Goalposts, log income, arithmetic inside, geometric between: as the human development index.
HDI = method(
    [{"weights": EQUAL, "aggregate": "geometric", "missing": "withhold"}, {"weights": EQUAL, "missing": "withhold"}],
    {
        "life": {"normalise": {"by": "goalposts", "low": 20, "high": 85, "range": [0, 1]}},
        "expected": {"normalise": {"by": "goalposts", "low": 0, "high": 18, "range": [0, 1]}},
        "mean": {"normalise": {"by": "goalposts", "low": 0, "high": 15, "range": [0, 1]}},
        "income": {"transform": "log", "normalise": {"by": "goalposts", "low": 100, "high": 10000, "range": [0, 1]}},
    },
    [
        {"code": "index"}, {"code": "life", "parent": "index"}, {"code": "schooling", "parent": "index"},
        {"code": "expected", "parent": "schooling"}, {"code": "mean", "parent": "schooling"},
        {"code": "income", "parent": "index"},
    ],
    ranks={"decimals": 3},
)  # fmt: skip


def test_a_human_development_like_index() -> None:
    data = pd.DataFrame({"country": ["A", "B", "C"], "life": [52.5, 85, 60], "expected": [9, 20, np.nan],
                         "mean": [7.5, 12, 3], "income": [1000, 20000, 500]})  # fmt: skip
    # A: 32.5/65 = 0.5; (0.5 + 0.5)/2; (ln 1000 - ln 100)/(ln 10000 - ln 100) = 0.5 → 0.5.
    # B: 1; (1 (capped) + 0.8)/2 = 0.9; 1 (capped) → cube root of 0.9. C: one figure is missing, nothing is said.
    found = scores_of(HDI, data, "index")
    np.testing.assert_allclose(found, [0.5, 0.9 ** (1 / 3), np.nan], rtol=1e-12)


# Percentile ranks, summed, and percentile ranks of the sums: as a social vulnerability index.
PERCENTILE = {"by": "percentile", "range": [0, 1], "decimals": 4}
SVI = method(
    [{"weights": EQUAL, "aggregate": "sum"}] * 2,
    {code: {"normalise": PERCENTILE} for code in ("poor", "jobless", "old", "alone")},
    [
        {"code": "all", "normalise": PERCENTILE},
        {"code": "means", "parent": "all", "normalise": PERCENTILE, "hands_up": "unscaled"},
        {"code": "home", "parent": "all", "normalise": PERCENTILE, "hands_up": "unscaled"},
        {"code": "poor", "parent": "means"}, {"code": "jobless", "parent": "means"},
        {"code": "old", "parent": "home"}, {"code": "alone", "parent": "home"},
    ],
)  # fmt: skip


def test_a_percentile_rank_index_sums_ranks_and_ranks_the_sums() -> None:
    data = pd.DataFrame({"county": list("ABCDE"), "poor": [10, 20, 20, 30, 40], "jobless": [5, 4, 3, 2, 1],
                         "old": [1, 2, 3, 4, 5], "alone": [2, 1, 4, 3, 5]})  # fmt: skip
    # means: 0+1, .25+.75, .25+.5, .75+.25, 1+0 → C is lowest, the four others tie. home: .25, .25, 1.25, 1.25, 2.
    # all takes the sums, not their ranks: 1.25, 1.25, 2, 2.25, 3.
    assert scores_of(SVI, data, "means") == [0.25, 0.25, 0, 0.25, 0.25]
    assert scores_of(SVI, data, "home") == [0, 0, 0.5, 0.5, 1]
    assert scores_of(SVI, data, "all") == [0, 0, 0.5, 0.75, 1]


# Distance to targets, less is better, a log, three weights, a gap that is re-weighted: as an environmental index.
EPI = method(
    [{"weights": OWN}, {"weights": OWN}],
    {
        "so2": {"direction": -1, "normalise": {"by": "goalposts", "low": 0, "high": 10}},
        "dust": {"direction": -1, "transform": "log", "normalise": {"by": "goalposts", "low": 1, "high": 100}},
        "access": {"normalise": {"by": "target", "target": 100, "worst": 0, "clip": True}},
    },
    [
        {"code": "index"}, {"code": "air", "parent": "index", "weight": 60},
        {"code": "water", "parent": "index", "weight": 40}, {"code": "so2", "parent": "air", "weight": 0.4},
        {"code": "dust", "parent": "air", "weight": 0.6}, {"code": "access", "parent": "water", "weight": 1},
    ],
)  # fmt: skip


def test_a_distance_to_target_index() -> None:
    data = pd.DataFrame({"country": list("ABC"), "so2": [0, 5, 20], "dust": [10, 100, 1], "access": ["90", "50", ".."]})
    # air: .4*100+.6*50, .4*50+.6*0, .4*0 (clipped)+.6*100; water 90, 50, none; whole: .6*70+.4*90, .6*20+.4*50, air.
    np.testing.assert_allclose(scores_of(EPI, data, "air"), [70, 20, 60], rtol=1e-12)
    np.testing.assert_allclose(scores_of(EPI, data, "index"), [78, 32, 60], rtol=1e-12)


# Winsorised, min-max from 1 to 100, relative weights: as indices made in the usual spreadsheet tool.
COIN = method(
    [{"weights": OWN | {"relative": True}}],
    {"x": {"treat": {"by": "forced", "high": 1}}, "y": {"direction": -1}},
    [{"code": "index"}, {"code": "x", "parent": "index", "weight": 2}, {"code": "y", "parent": "index", "weight": 1}],
    normalisation=BY | {"default": {"by": "minmax", "range": [1, 100]}},
)
FIVE = pd.DataFrame({"unit": list("ABCDE"), "x": [1, 2, 3, 4, 100], "y": [10, 20, 30, 40, 50]})


def test_a_spreadsheet_tool_like_index() -> None:
    # x: 100 becomes 4; 1, 34, 67, 100, 100. y: 100, 75.25, 50.5, 25.75, 1. (2x + y) / 3.
    np.testing.assert_allclose(scores_of(COIN, FIVE, "index"), [34, 47.75, 61.5, 75.25, 67], rtol=1e-12)
    table = compute(Method.model_validate(COIN), FIVE).table
    assert table.loc[table["node"] == "index", "rank"].tolist() == [5, 4, 3, 1, 2]


def test_a_tidy_table_comes_to_the_same_as_a_wide_one() -> None:
    tidy = FIVE.melt("unit", var_name="what", value_name="figure").sample(frac=1, random_state=1)
    content = COIN | {"table": {"indicator": "what", "value": "figure"}}
    assert scores_of(content, tidy, "index") == scores_of(COIN, FIVE, "index")


def test_a_panel_is_scaled_over_all_periods_over_each_or_over_a_base_window() -> None:
    data = pd.DataFrame({"unit": list("ABAB"), "year": ["2023", "2023", "2024", "2024"], "x": [0, 10, 10, 20]})
    found = {}
    for name, over in {"all": "all", "each": "period", "base": {"first": "2023", "last": "2023"}}.items():
        content = method(
            [{"weights": EQUAL}], {"x": {"normalise": {"by": "minmax", "over": over}}},
            [{"code": "index"}, {"code": "x", "parent": "index"}], table={"period": "year"},
        )  # fmt: skip
        found[name] = scores_of(content, data, "index")
    assert found == {"all": [0, 50, 50, 100], "each": [0, 100, 0, 100], "base": [0, 100, 100, 200]}


def test_screening_leaves_out_who_has_too_little_and_says_so() -> None:
    data = FIVE.assign(x=[1, 2, 3, 4, np.nan], y=[10, 20, 30, 40, np.nan])
    scores = compute(Method.model_validate(COIN | {"screening": {"available": 0.5}}), data)
    assert scores.dropped == {"E": "few_data"}
    assert set(scores.table["unit"]) == set("ABCD")


def test_groups_have_places_means_and_medians(tmp_path: Path) -> None:
    content = COIN | {"table": {"groups": ["region"], "weights": "people"}}
    scores = compute(Method.model_validate(content), FIVE.assign(region=list("NNSSS"), people=[1, 3, 1, 1, 2]))
    writing.write(scores, tmp_path, lang="en")
    groups = pd.read_csv(tmp_path / "groups.csv", encoding="utf-8-sig").set_index(["group", "node"])
    assert groups.loc[("N", "index"), "mean"] == pytest.approx((34 + 3 * 47.75) / 4)
    assert groups.loc[("S", "index"), "median"] == pytest.approx(67)  # 61.5, 67 (twice), 75.25
    ranks = pd.read_csv(tmp_path / "ranks.csv", encoding="utf-8-sig").set_index("unit")
    assert ranks["rank_in_region"].to_dict() == {"D": 1, "E": 2, "C": 3, "B": 1, "A": 2}


def test_leaves_add_up_to_the_whole_score_in_the_written_contributions(tmp_path: Path) -> None:
    data = pd.DataFrame({"country": list("ABC"), "so2": [0, 5, 20], "dust": [10, 100, 1], "access": [90, 50, 20]})
    writing.write(compute(Method.model_validate(EPI), data), tmp_path, lang="zh")
    parts = pd.read_csv(tmp_path / "contributions.csv", encoding="utf-8-sig")
    leaves = parts[parts["node"].isin(["air.so2", "air.dust", "water.access"])].groupby("unit")["in_whole"].sum()
    np.testing.assert_allclose(leaves.to_numpy(), [78, 32, 44], rtol=1e-9)


def test_every_treated_cell_is_in_the_log(tmp_path: Path) -> None:
    content = COIN | {"imputation": {"by": "median"}}
    writing.write(compute(Method.model_validate(content), FIVE.assign(y=[10, 20, 30, 40, np.nan])), tmp_path, lang="en")
    log = pd.read_csv(tmp_path / "treatment.csv", encoding="utf-8-sig")
    found = log[["unit", "node", "step", "after"]].to_numpy().tolist()
    assert found == [["E", "y", "impute", 25], ["E", "x", "winsorised_high", 4]]


def changed(content: Any, change: Any) -> Any:
    content = copy.deepcopy(content)
    change(content)
    return content


BROKEN: dict[str, tuple[Any, pd.DataFrame, str]] = {
    "unknown parent": (
        changed(HDI, lambda c: c["nodes"][3].update(parent="school")), FIVE,
        r"node `expected` has the parent `school`, which is not in `nodes`; name one of index, life, schooling",
    ),
    "cycle": (
        changed(HDI, lambda c: c["nodes"][2].update(parent="expected")), FIVE, "the parents of .* form a ring",
    ),
    "two roots": (changed(HDI, lambda c: c["nodes"][2].pop("parent")), FIVE, "2 nodes without a parent"),
    "weights that do not add up": (
        changed(EPI, lambda c: c["nodes"][1].update(weight=50)), FIVE,
        r"`weight` of its children adds up to 90 \(air 50, water 40\).*relative: true",
    ),
    "missing column": (COIN, FIVE.drop(columns="y"), "no column `y`, which `y` reads.*There are: unit, x"),
    "text in a number column": (COIN, FIVE.assign(y=["1", "2", "many", "4", "5"]), "Row 4 .*C.*`y` holds 'many'"),
    "all-missing unit": (COIN, FIVE.assign(x=[np.nan, 2, 3, 4, 5], y=[np.nan, 2, 3, 4, 5]), "A has no figure.*screen"),
    "duplicate unit": (COIN, FIVE.assign(unit=list("ABCDA")), "A has two rows"),
    "unit without a name": (COIN, FIVE.assign(unit=["A", "", "C", "D", "E"]), "Row 3 of the data names no unit"),
    "zero under a geometric mean": (
        COIN | {"levels": [COIN["levels"][0] | {"aggregate": "geometric"}],
                "normalisation": BY | {"default": "minmax"}}, FIVE,
        r"A: `x` scores 0, of which `index` takes a geometric mean.*shift: 1",
    ),
    "infinite figure": (COIN, FIVE.assign(y=[1, 2, 3, 4, np.inf]), "Row 6 .*holds inf, not a number"),
    "log of nothing": (
        changed(EPI, lambda c: None), pd.DataFrame({"c": ["A"], "so2": [1], "dust": [0], "access": [1]}),
        r"A: `air\.dust` \(transform log\) has no score for 0",
    ),
    "unknown rule": (
        COIN | {"normalisation": BY | {"default": {"by": "maxmin"}}}, FIVE, "normalisation.default.*maxmin.*'minmax'",
    ),
    "unknown parameter": (
        COIN | {"normalisation": BY | {"default": {"by": "minmax", "rnge": [0, 1]}}}, FIVE,
        "rnge`: this key is not known.*Did you mean `range`",
    ),
    "period that the data lack": (
        COIN | {"table": {"period": "year"}}, FIVE, "no column `year`, which names the period",
    ),
    "empty base window": (
        COIN | {"table": {"period": "year"}, "normalisation": BY | {"default": {
            "by": "minmax", "over": {"first": "2001", "last": "2002"}}}},
        FIVE.assign(year=2020), "base window 2001 to 2002 holds no row of the data",
    ),
    "group that is not read": (
        COIN | {"normalisation": BY | {"default": {"by": "minmax", "within": "region"}}}, FIVE,
        r"`within` names 'region', which is not among the `table\.groups`",
    ),
    "unknown unit to keep": (COIN | {"screening": {"keep": ["Z"]}}, FIVE, "names the unit 'Z'"),
    "nothing left": (COIN | {"screening": {"drop": list("ABCDE")}}, FIVE, "leaves no unit over"),
    "denominator of zero": (
        changed(COIN, lambda c: c["indicators"]["x"].update(denominator="people")), FIVE.assign(people=[1, 0, 1, 1, 1]),
        "B: `x` is divided by `people`, which is 0 there",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_bad_input_is_one_line_with_file_key_or_cell_and_remedy(name: str, tmp_path: Path) -> None:
    content, data, message = BROKEN[name]
    file = tmp_path / "case.yml"
    file.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), encoding="utf-8")
    with pytest.raises((SpecError, DataError), match=message) as caught:
        compute(read_method(file), data)
    assert "\n" not in str(caught.value)
    assert isinstance(caught.value, CityreachError)


def test_the_command_writes_every_table_and_says_what_it_wrote(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, data = tmp_path / "case.yml", tmp_path / "data.csv"
    file.write_text(yaml.safe_dump(COIN, allow_unicode=True, sort_keys=False), encoding="utf-8")
    FIVE.to_csv(data, index=False, encoding="gb18030")
    with pytest.raises(SystemExit) as ended:
        main(["index", str(file), str(data), "--out", str(tmp_path / "out"), "--lang", "en"])
    assert ended.value.code == 0
    assert "5 rows scored" in capsys.readouterr().out
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert names == {"scores.csv", "ranks.csv", "contributions.csv", "treatment.csv", "methods.md"}
    text = (tmp_path / "out" / "methods.md").read_text(encoding="utf-8")
    assert "min–max (range 1–100)" in text and "published (as published)" in text


def test_the_command_fails_in_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["index", "wci@2.0", str(tmp_path / "absent.csv"), "--out", str(tmp_path)])
    assert ended.value.code == 3
    assert capsys.readouterr().err == "Error 错误: absent.csv: the file does not exist. Correct its name.\n"


def test_two_weight_sets_of_one_method() -> None:
    content = COIN | {"weight_sets": {"even": OWN | {"weights": {"x": 1, "y": 1}}}}
    scores = compute(Method.model_validate(content), FIVE, weights="even")
    assert scores.wide()["index"].tolist() == pytest.approx([50.5, 54.625, 58.75, 62.875, 50.5])


def test_the_published_schema_is_that_of_the_code_and_fits_every_shipped_method() -> None:
    import jsonschema

    published = (ROOT / "docs" / "method.schema.json").read_text(encoding="utf-8")
    assert published == schema_text(), "run: python -m cityreach.index.jsonschema > docs/method.schema.json"
    validator = jsonschema.Draft202012Validator(json.loads(published))
    for path in sorted((ROOT / "data" / "methods").glob("*.yml")):
        assert not list(validator.iter_errors(yaml.safe_load(path.read_text(encoding="utf-8")))), path.name
    for content in (HDI, SVI, EPI, COIN):
        assert not list(validator.iter_errors(json.loads(json.dumps(content))))
    assert list(validator.iter_errors(json.loads(json.dumps(COIN)) | {"normalisation": {"default": "maxmin"}}))
