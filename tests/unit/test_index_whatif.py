"""Two methods on the same data: hand-worked cases, what must hold, the command, and what it writes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from index_cases import CASES, figures, make_edition, mini, mini_content
from index_trees import Case, read_case, small_method

from cityreach import scoring
from cityreach.cli import main
from cityreach.errors import UnknownNameError
from cityreach.index import Scores, compute, whatif
from cityreach.index.method import Method
from cityreach.index.whatif import Comparison

FILES = sorted((CASES / "whatif").glob("*_input.csv"))
TREE = {"a": 2, "b": 1, "c": 1}


def answer(case: Case) -> Comparison:
    given = dict(case.ask()[1])
    top = given.pop("top", 10)
    spec = {key: value for key, value in case.spec.items() if key != "ask"} | {"periods": "period" in case.data}
    name = "other" if "weight_sets" in spec else None
    old = compute(small_method(**spec), case.data)
    return whatif.compare(old, compute(small_method(**{**spec, **given}), case.data, weights=name), top=top)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem.removesuffix("_input"))
def test_by_hand(path: Any) -> None:
    case = read_case(path)
    found = answer(case)
    table = found.table[list(case.expected)].astype(dict.fromkeys(whatif.PLACES, float))
    pd.testing.assert_frame_equal(table, case.expected, check_dtype=False, rtol=0, atol=1e-12)
    for column, values in case.notes.items():
        if isinstance(values[0], str):
            assert found.summary[column].tolist() == values
        else:
            assert found.summary[column].tolist() == pytest.approx(values, abs=1e-12)


def test_who_comes_and_goes_and_who_moves_farthest() -> None:
    found = answer(read_case(FILES[0]))
    assert found.entries.to_numpy().tolist() == [["1", "A", "in", 3, 1], ["1", "B", "out", 1, 4]]
    assert found.movers(1).to_numpy().tolist() == [["1", "A", "gain", 2, 3, 1], ["1", "B", "loss", -3, 1, 4]]
    assert found.movers()["unit"].tolist() == ["A", "D", "B", "C"]


def test_the_sentence_of_a_note_in_both_languages() -> None:
    found = answer(read_case(FILES[0]))
    assert whatif.lines(found, "en") == [
        "1: of 4 units with a place under both, 4 would stand elsewhere, by 1.8 places on average and 3 at most "
        "(Spearman −0.211). A would come into the first 2, B would go out. Farthest up: A (+2). Farthest down: B (−3).",
        "2: of 3 units with a place under both, 0 would stand elsewhere, by 0.0 places on average and 0 at most "
        "(Spearman 1.000). The first 2 would be the same.",
    ]
    assert whatif.lines(found, "zh", name=lambda unit: f"{unit}市")[0] == (
        "1：两种方法下均有名次的4个对象中，4个名次不同，平均相差1.8位，最多3位（Spearman相关系数−0.211）。"
        "A市进入前2名，B市退出。上升最多的是A市（+2）。下降最多的是B市（−3）。"
    )


def panel(seed: int, units: int = 12) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    values = np.where(rng.random((2 * units, 3)) < 0.2, np.nan, rng.integers(1, 9, (2 * units, 3)).astype(float))
    values[np.isnan(values).all(axis=1), 0] = 5.0
    keys = {"unit": [f"u{number:02}" for number in range(units)] * 2, "period": ["1"] * units + ["2"] * units}
    return pd.DataFrame({**keys, **dict(zip("abc", values.T, strict=True))})


def scored(seed: int, aggregate: str = "arithmetic") -> Scores:
    return compute(small_method(TREE, aggregate=aggregate), panel(seed))


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000))
def test_a_method_beside_itself_moves_nobody(seed: int) -> None:
    found = whatif.compare(scored(seed), scored(seed))
    assert (found.table["shift"] == 0).all()
    assert (found.summary[["moved", "entered", "mean_shift", "max_shift"]] == 0).all(axis=None)
    np.testing.assert_allclose(found.summary[["spearman", "kendall"]], 1)
    assert found.movers().empty
    assert found.entries.empty


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000))
def test_the_other_way_round_everything_is_turned(seed: int) -> None:
    old, new = scored(seed), scored(seed, "geometric")
    there, back = whatif.compare(old, new), whatif.compare(new, old)
    both = there.table.merge(back.table, on=["period", "unit"], suffixes=("", "_back"))
    assert (both["shift"] == -both["shift_back"]).all()
    for column in ("units", "moved", "mean_shift", "max_shift", "spearman", "kendall"):
        np.testing.assert_allclose(there.summary[column], back.summary[column])
    assert set(there.entries["unit"]) == set(back.entries["unit"])


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000))
def test_the_order_of_units_changes_nothing(seed: int) -> None:
    data = panel(seed)
    methods = small_method(TREE), small_method(TREE, aggregate="geometric")
    one, two = (
        whatif.compare(*(compute(method, frame) for method in methods))
        for frame in (data, data.sample(frac=1, random_state=seed))
    )
    pd.testing.assert_frame_equal(one.table, two.table)
    pd.testing.assert_frame_equal(one.summary, two.summary)


def test_the_places_are_those_of_the_scores() -> None:
    old, new = scored(3), scored(3, "geometric")
    found = whatif.compare(old, new, node="b").table.set_index(["period", "unit"])
    assert found["rank_old"].equals(found["rank_new"])
    whole = whatif.compare(old, new).table.set_index(["period", "unit"])["rank_new"]
    table = new.table[new.table["node"] == "root"].set_index(["period", "unit"])["rank"]
    assert whole.sort_index().tolist() == table.sort_index().tolist()


def test_past_editions_under_a_new_method() -> None:
    metrics = pd.concat([
        figures("2025-03", A_facebook=(40, 200), A_x=(0, 0), B_facebook=(20, 100), B_x=(40, 200)),
        figures("2025-04", A_facebook=(40, 200), A_x=(40, 200), B_facebook=(20, 100), B_x=(20, 100)),
    ])  # fmt: skip
    content = mini_content()
    content["version"], content["tree"]["children"][0]["weight"], content["tree"]["children"][1]["weight"] = "2", 80, 20
    editions = [make_edition("2025-03"), make_edition("2025-04")]
    old, new = (scoring.score(each, metrics, editions=editions) for each in (mini(), Method.model_validate(content)))
    found = whatif.compare(old, new)
    assert found.names == ("mini@1", "mini@2")
    # A 60 and B 70 become 80 and 60; in the second edition A is ahead under both.
    assert found.table[["period", "unit", "rank_old", "rank_new"]].to_numpy().tolist() == [
        ["2025-03", "A", 2, 1], ["2025-03", "B", 1, 2], ["2025-04", "A", 1, 1], ["2025-04", "B", 2, 2],
    ]  # fmt: skip
    assert found.summary["moved"].tolist() == [2, 0]


def test_a_node_that_one_of_them_does_not_have_is_named() -> None:
    with pytest.raises(UnknownNameError, match=r"small@1 has no node `zz`\. Its nodes begin with: root, a, b, c"):
        whatif.compare(scored(1), scored(1), node="zz")


def method_file(folder: Path, **changes: Any) -> Path:
    content = {
        "id": "small", "version": "1", "title": {"zh": "字", "en": "word"}, "description": {"zh": "字", "en": "word"},
        "normalisation": {"status": "own", "citation": "x", "default": "none"},
        "levels": [{"code": "one", "label": "one", "weights": {"status": "own", "citation": "x"}, **changes}],
        "indicators": {"a": {"label": "a"}, "b": {"label": "b"}},
        "tree": {"code": "root", "label": "root",
                 "children": [{"code": "a", "weight": 0.5}, {"code": "b", "weight": 0.5}]},
        "weight_sets": {"tilted": {"status": "own", "citation": "x", "weights": {"a": 0.8, "b": 0.2}}},
    }  # fmt: skip
    path = folder / f"{changes.get('aggregate', 'arithmetic')}.yml"
    path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    return path


def run(*arguments: Any) -> int:
    with pytest.raises(SystemExit) as ended:
        main([str(argument) for argument in arguments])
    return int(ended.value.code or 0)


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "data.csv"
    path.write_text("country,a,b\nA,10,1\nB,5,7\nC,5,5\n", encoding="utf-8")
    return path


def test_the_command_compares_two_methods(tmp_path: Path, table: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Means: B 6, A 5.5, C 5. Geometric: B sqrt(35), C 5, A sqrt(10)."""
    arithmetic, geometric = method_file(tmp_path), method_file(tmp_path, aggregate="geometric")
    assert run("compare", arithmetic, geometric, table, "--out", tmp_path / "out", "--lang", "en", "--top", 2) == 0
    said = capsys.readouterr().out
    assert "C would come into the first 2, A would go out" in " ".join(said.split())
    written = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert written == ["comparison.csv", "comparison.md", "entries.csv", "movers.csv", "summary.csv"]
    found = pd.read_csv(tmp_path / "out" / "comparison.csv")
    assert found["unit"].tolist() == ["B", "C", "A"]
    assert list(found) == [column for column in whatif.COLUMNS if column != "period"]
    assert found["shift"].tolist() == [0, 1, -1]
    assert (tmp_path / "out" / "comparison.md").read_text(encoding="utf-8").startswith("# small@1 and small@1 on the")


def test_the_command_compares_two_weight_sets(tmp_path: Path, table: Path, capsys: pytest.CaptureFixture[str]) -> None:
    method = method_file(tmp_path)
    assert run("compare", method, method, table, "--out", tmp_path / "out", "--weights-b", "tilted") == 0
    text = (tmp_path / "out" / "comparison.md").read_text(encoding="utf-8")
    assert text.startswith("# 同一数据下的small@1与small@1 (tilted)\n")
    assert "上升最多的是A（+1）" in text
    assert run("compare", method, method, table, "--out", tmp_path / "out", "--weights-b", "none") == 2
    assert "has no weight set `none`; it has: tilted" in capsys.readouterr().err
