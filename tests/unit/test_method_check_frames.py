"""Tests of the method check's frames: shares of the tree, shapes and bounds, first places, verdicts, names."""

from __future__ import annotations

import textwrap
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cityreach import charts
from cityreach.charts.frames import ChartError
from cityreach.index import Scores, compute, read_method
from cityreach.methodcheck import analysis, boards
from cityreach.methodcheck.speech import Speech, slug

METHOD = """
    id: reach
    version: "1"
    title: {zh: 传播, en: Reach}
    description: {zh: 测试, en: A test}
    levels:
      - code: platform
        label: {zh: 平台, en: Platform}
        weights: {status: own, citation: {zh: 自定, en: Own}}
        aggregate: arithmetic
        missing: reweight
      - code: item
        label: {zh: 指标, en: Item}
        weights: {status: own, citation: {zh: 自定, en: Own}}
        aggregate: arithmetic
        missing: reweight
    normalisation: {status: own, citation: {zh: 自定, en: Own}}
    indicators:
      a: {label: {zh: 甲, en: A}, unit: {zh: 次, en: times}, column: a, transform: log1p}
      b: {label: {zh: 乙, en: B}, unit: {zh: 次, en: times}, column: b}
    tree:
      code: whole
      label: {zh: 综合, en: Whole}
      children:
        - code: one
          label: {zh: 其一, en: One}
          weight: 0.6
          children:
            - {code: a, weight: 0.75, normalise: {by: goalposts, low: 9, high: 99}}
            - {code: b, weight: 0.25, normalise: {by: goalposts, low: 0, high: 10}}
        - code: two
          label: {zh: 其二, en: Two}
          weight: 0.4
          children:
            - {code: b, weight: 1, normalise: {by: goalposts, low: 0, high: 5}}
        - code: own
          label: {zh: 单列, en: Own}
          outside: true
          children:
            - {code: a, weight: 1, normalise: {by: goalposts, low: 9, high: 99}}
"""
FIGURES = pd.DataFrame({"unit": list("pqrst"), "a": [0, 9, 31, 99, 5000], "b": [0, 2.5, 5, 10, np.nan]})


@pytest.fixture
def scores(tmp_path: Path) -> Scores:
    (tmp_path / "reach@1.yml").write_text(textwrap.dedent(METHOD), encoding="utf-8")
    return compute(read_method(tmp_path / "reach@1.yml"), FIGURES)


def test_shares_of_the_tree_are_products_and_what_is_ranked_alone_is_left_out(scores):
    table = analysis.framework(scores.method.nodes).set_index("path")
    assert list(table.index) == ["one", "one.a", "one.b", "two", "two.b"]
    assert table["share"].round(12).tolist() == [0.6, 0.45, 0.15, 0.4, 0.4]
    assert table.groupby("depth")["share"].sum().round(12).tolist() == [1.0, 1.0]
    assert table["leaf"].tolist() == [False, True, True, False, True]
    assert analysis.ancestors(scores.method.nodes, "one.a") == ["one"]


def test_leaves_tell_how_many_stand_at_the_bounds_and_how_skewed_they_are(scores):
    (period,) = scores.leaves.rows.periods
    table = analysis.leaves(scores, scores.method.nodes, period).set_index("path")
    assert list(table.index) == ["one.a", "one.b", "two.b", "own.a"]
    assert table.loc["one.a", ["cities", "at_low", "at_high"]].tolist() == [5, 0.4, 0.4]  # 0, 9 | 99, 5000
    assert table.loc["one.b", ["cities", "at_low", "at_high"]].tolist() == [4, 0.25, 0.25]  # the gap counts nowhere
    assert table.loc["two.b", ["at_low", "at_high"]].tolist() == [0.25, 0.5]
    figures, logs = (pd.Series(each) for each in (FIGURES["a"].astype(float), np.log1p(FIGURES["a"])))
    assert table.at["one.a", "skew_before"] == pytest.approx(figures.skew(), abs=1e-9)
    assert table.at["one.a", "skew_after"] == pytest.approx(logs.skew(), abs=1e-9)
    assert table.at["one.a", "skewed_before"] and not table.at["one.a", "skewed_after"]


def test_every_city_with_a_figure_is_in_one_bin_and_bounds_have_bins_of_their_own(scores):
    (period,) = scores.leaves.rows.periods
    table = analysis.distributions(scores, scores.method.nodes, period)
    assert (table.groupby(["path", "side"]).size() == analysis.BINS).all()
    counted = table.groupby(["path", "side"])["cities"].sum()
    assert counted["one.a", "before"] == counted["one.a", "after"] == 5 and counted["one.b", "after"] == 4
    after = table[(table["path"] == "one.a") & (table["side"] == "after")]
    assert after["cities"].tolist() == [2, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 2]  # ln 32 lies half-way from ln 10 to ln 100
    assert after.loc[after["bound"], "bin"].tolist() == [0, analysis.BINS - 1]


def test_a_constant_and_an_empty_column_have_bins_too():
    assert analysis._binned(np.array([3.0, 3.0, np.nan])) == [2, *[0] * (analysis.BINS - 1)]
    assert analysis._binned(np.array([np.nan])) == [0] * analysis.BINS
    assert sum(analysis._scored(np.array([np.nan]), (0.0, 100.0))) == 0


def test_first_places_are_in_order_and_tell_how_wide_their_intervals_are():
    intervals = pd.DataFrame(
        {"unit": list("cabd"), "rank": [3, 1, 1, None], "low": [2, 1, 1, None], "high": [6, 1, 3, None]}
    )
    found = analysis.first_places(intervals.astype(dict.fromkeys(("rank", "low", "high"), "Int64")), 3)
    assert found["unit"].tolist() == ["a", "b", "c"] and found["width"].tolist() == [0, 2, 4]


def test_verdicts_turn_at_their_thresholds():
    pairs = pd.DataFrame({"p_ahead": [0.95, 0.9499, 0.75, 0.7499, 0.5, 0.4999]})
    verdicts = ["firm", "likely", "likely", "open", "open", "turned"]
    assert analysis.judged(pairs)["verdict"].tolist() == verdicts


@pytest.mark.parametrize(
    ("value", "text"), [(0, "0%"), (0.004, "<1%"), (0.01, "1%"), (0.5, "50%"), (0.995, ">99%"), (1, "100%")]
)
def test_what_is_not_quite_certain_never_reads_as_certain(value, text):
    assert Speech.certainty(None, value) == text  # type: ignore[arg-type]


def test_places_and_options_as_they_are_written():
    assert boards.span(9, 14) == "9–14" and boards.span(3, 3) == "3"
    assert slug("geometric (shift 1)") == "geometric_shift_1"


def test_charts_take_one_row_and_refuse_an_uneven_tree():
    charts.use()
    row = {"label": ["南京"], "text": ["1"], "focus": [True]}
    assert charts.rank_ranges(pd.DataFrame(row | {"rank": [1], "low": [1], "high": [1]})).to_dict(validate=False)
    assert charts.share_dots(pd.DataFrame(row | {"value": [0.5]})).to_dict(validate=False)
    bars = pd.DataFrame(row | {"inner": [0.0], "outer": [0.0], "low": [0.0], "high": [0.0]})
    assert charts.nested_bars(bars).to_dict(validate=False)
    leaf = {"branches": [["a"]], "branch_texts": [["1"]], "value": [1.0]}
    assert charts.weight_tree(pd.DataFrame(row | leaf)).to_dict(validate=False)
    uneven = pd.DataFrame({"branches": [["a"], []], "branch_texts": [["1"], []], "label": ["x", "y"]})
    with pytest.raises(ChartError, match="different depths"):
        charts.weight_tree(uneven.assign(value=1.0, text=""))
