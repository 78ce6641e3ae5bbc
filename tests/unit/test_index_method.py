"""Method files: what they hold and the one line that a broken one gives."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from index_cases import CASES, mini, mini_content

from cityreach import spec
from cityreach.errors import SpecError, UnknownNameError
from cityreach.index.method import Method, load_method, nodes_of, read_method


def write(folder: Path, content: Any, name: str = "mini@1") -> Path:
    path = folder / "data" / "methods" / f"{name}.yml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    return path


def test_paths_start_below_the_root_and_parents_come_first() -> None:
    assert list(mini().nodes) == [
        "composite", "facebook", "facebook.posts", "facebook.peak", "x", "x.posts", "x.peak", "tiktok", "tiktok.posts",
        "tiktok.peak",
    ]  # fmt: skip


def test_brothers_share_the_weight_and_an_outsider_has_none() -> None:
    nodes = mini().nodes
    assert [nodes[path].weight for path in ("facebook", "x", "tiktok", "composite")] == [0.6, 0.4, None, None]
    assert nodes["x.peak"].source == {"platform": "x"}
    assert nodes["x.peak"].label.zh == "峰值"


def test_a_cut_platform_leaves_its_weight_to_the_others() -> None:
    nodes = nodes_of(mini(), {"platform": {"x", "tiktok"}})
    assert nodes["composite"].children == ("x", "tiktok")
    assert nodes["x"].weight == 1.0


def test_social_reach_has_the_weights_of_its_precedent() -> None:
    method = load_method("social-reach@1")
    assert {path: node.weight for path, node in method.nodes.items() if node.depth == 1} == {
        "facebook": 0.35, "x": 0.3, "instagram": 0.15, "youtube": 0.2, "tiktok": None,
    }  # fmt: skip
    assert method.levels[0].weights.status == "precedent"
    assert method.fixed_scale
    assert [len(nodes_of(method, {"platform": {name}})) for name in ("x", "youtube")] == [12, 15]


def test_weights_for_the_report_are_shares_of_the_parent_and_of_the_whole() -> None:
    rows = {row.path: row for row in load_method("social-reach@1").weight_table()}
    assert rows["facebook.engagement.peak"].whole == pytest.approx(0.35 * 0.5 * 0.2)
    assert rows["facebook.engagement.peak"].goalposts == (50, 100000)
    assert (rows["tiktok"].share, rows["tiktok"].whole, rows["tiktok.viewing"].whole) == (1.0, 0.0, 0.0)
    assert sum(row.whole for row in rows.values() if row.goalposts) == pytest.approx(1)


def test_what_counts_in_the_composite_and_what_it_is_called() -> None:
    method = mini()
    assert [method.counts(path) for path in ("composite", "x", "x.peak", "tiktok", "tiktok.peak")] == [True] * 3 + [
        False
    ] * 2
    assert method.label("x").zh == "X平台"
    assert method.label().en == "Mini index"


def test_a_changed_copy_has_its_own_tree() -> None:
    method = mini()
    assert "tiktok" in method.nodes
    tree = method.tree.model_copy(update={"children": method.tree.children[:2]})
    assert "tiktok" not in method.model_copy(update={"tree": tree}).nodes
    assert "tiktok" in method.nodes


def test_a_scale_over_one_edition_is_not_fixed() -> None:
    content = mini_content()
    content["tree"]["children"][0]["children"][0]["normalise"] = {"by": "minmax", "over": "period"}
    assert not Method.model_validate(content).fixed_scale


def test_every_shipped_method_can_be_read() -> None:
    names = [path.stem for path in (CASES.parents[2] / "data" / "methods").glob("*.yml")]
    assert "social-reach@1" in names
    assert [load_method(name).name for name in names] == names


def test_an_unknown_method_lists_the_known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CITYREACH_HOME", str(tmp_path))
    write(tmp_path, mini_content())
    with pytest.raises(
        UnknownNameError, match=r"Method `mini@2` does not exist in data/methods/\. There are: mini@1\."
    ):
        load_method("mini@2")


def test_a_files_name_must_be_its_id_and_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CITYREACH_HOME", str(tmp_path))
    write(tmp_path, mini_content(), "mini@2")
    with pytest.raises(
        SpecError, match=r"data/methods/mini@2\.yml: `id` and `version` say 'mini@1', .* Make them equal"
    ):
        load_method("mini@2")


def facebook(content: Any) -> Any:
    return content["tree"]["children"][0]


def leaf(content: Any) -> Any:
    return facebook(content)["children"][0]


BROKEN: dict[str, tuple[Callable[[Any], Any], str]] = {
    "platform weights": (
        lambda c: facebook(c).update(weight=50),
        r"node `composite`: `weight` of its children adds up to 90 \(facebook 50, x 40\), not to 1 or 100",
    ),
    "leaf weights": (
        lambda c: leaf(c).update(weight=0.3),
        r"node `facebook`: `weight` of its children adds up to 1\.05 \(posts 0\.3, peak 0\.75\)",
    ),
    "no weight": (lambda c: leaf(c).pop("weight"), "node `facebook`: child `posts` has no `weight`"),
    "negative weight": (lambda c: leaf(c).update(weight=-1), r"`tree\.children\.0\.children\.0\.weight`.*found -1"),
    "outsider with weight": (
        lambda c: c["tree"]["children"][2].update(weight=5),
        "child `tiktok` is outside and has a weight. Remove",
    ),
    "all outside": (
        lambda c: [child.update(outside=True, weight=None) for child in c["tree"]["children"]],
        "node `composite`: every child is outside",
    ),
    "equal with weight": (
        lambda c: c["levels"][0]["weights"].update(status="equal"),
        "node `composite`: its level says equal weights, found a weight on `facebook`",
    ),
    "unknown indicator": (
        lambda c: leaf(c).update(code="reach"),
        r"node `facebook\.reach`: `reach` is not among `indicators` \((posts, peak|peak, posts)\)",
    ),
    "same code twice": (lambda c: leaf(c).update(code="peak"), "node `facebook`: two children have the code `peak`"),
    "code of the root": (lambda c: facebook(c).update(code="composite"), "has the root's own code `composite`"),
    "too deep": (lambda c: c["levels"].pop(), r"node `facebook\.posts`: lies deeper than `levels` goes \(1 below"),
    "no label": (lambda c: facebook(c).pop("label"), "node `facebook`: `label` is absent"),
    "no scale": (lambda c: leaf(c).pop("normalise"), r"node `facebook\.posts`: `normalise` is absent"),
    "indicator on a branch": (
        lambda c: facebook(c).update(indicator="posts"),
        "node `facebook`: has children, so `indicator`",
    ),
    "posts the wrong way": (
        lambda c: leaf(c)["normalise"].update(low=50),
        r"node `facebook\.posts`: `normalise\.low` 50 must lie below `normalise\.high` 40",
    ),
    "log of less than nothing": (
        lambda c: (c["indicators"]["posts"].update(transform="log1p"), leaf(c)["normalise"].update(low=-1)),
        r"`normalise\.low` is -1, but log1p takes no value below 0",
    ),
    "direction without scale": (
        lambda c: (c["indicators"]["posts"].update(direction=-1), leaf(c).update(normalise={"by": "none"})),
        "direction -1 needs a scale",
    ),
    "unknown scale": (
        lambda c: leaf(c)["normalise"].update(by="ranking"),
        r"children\.0\.normalise`.*ranking.*minmax",
    ),
    "version as a number": (
        lambda c: c.update(version=1.0),
        r"`version`: .*found 1\.0.*quotes",
    ),
    "unknown missing rule": (lambda c: c["levels"][1].update(missing="mean"), r"`levels\.1\.missing.*found 'mean'"),
    "unknown key": (lambda c: c.update(colour="red"), r"`colour`: .*Allowed keys: id, version, title"),
    "code with a space": (lambda c: leaf(c).update(code="two words"), r"`tree\.children\.0\.children\.0\.code`"),
    "levels lack": (lambda c: c.pop("levels"), r"`levels`: .*Write a list of levels"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_gives_one_line_with_file_key_and_remedy(name: str, tmp_path: Path) -> None:
    change, message = BROKEN[name]
    content = mini_content()
    change(content)
    with pytest.raises(SpecError, match=message) as caught:
        read_method(write(tmp_path, content))
    assert str(caught.value).startswith("mini@1.yml: ")
    assert "\n" not in str(caught.value)


def test_equal_weights_need_no_weight(tmp_path: Path) -> None:
    content = mini_content()
    content["levels"][1]["weights"]["status"] = "equal"
    for branch in content["tree"]["children"]:
        for child in branch["children"]:
            del child["weight"]
    assert read_method(write(tmp_path, content)).nodes["x.peak"].weight == 0.5


METHODOLOGY = CASES.parents[2] / "METHODOLOGY.md"


def page_table(heading: str) -> dict[str, list[str]]:
    """The first table under a heading of METHODOLOGY.md: English name of the row -> its cells."""
    section = METHODOLOGY.read_text(encoding="utf-8").split(f"{heading}\n", 1)[1]
    lines = [line for line in section.split("\n\n## ")[0].splitlines() if line.startswith("| ")][1:]
    cells = [[cell.strip(" *") for cell in line.strip("|").split("|")] for line in lines]
    return {row[0].rsplit("·")[-1]: row[1:] for row in cells}


def words(label: spec.Words) -> str:
    return f"{label.zh} {label.en}"


def test_the_page_states_the_weights_of_the_file() -> None:
    method, page = load_method("social-reach@1"), page_table("## Weights")
    rows = {row.path: row for row in method.weight_table()}
    platforms = [path for path in rows if "." not in path]
    for path, row in rows.items():
        platform, *below = path.split(".")
        cells = page["in the composite"] if not below else page[words(row.label)]
        stated = cells[platforms.index(platform)]
        assert stated == (f"{row.share:.0%}" if method.counts(path) or below else "alone"), path


def test_the_page_states_the_goalposts_of_the_file() -> None:
    method, page = load_method("social-reach@1"), page_table("on the platform:")
    platforms = [path for path, node in method.nodes.items() if node.depth == 1]
    for row in method.weight_table():
        if row.goalposts:
            stated = page[words(row.label)][platforms.index(row.path.split(".")[0])]
            assert stated == f"{row.goalposts[0]:,.0f} – {row.goalposts[1]:,.0f}", row.path
