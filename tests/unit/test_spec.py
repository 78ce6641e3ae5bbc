"""Files that staff edit: what is refused on reading, and with which words."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pydantic import Field, ValidationError

from cityreach import spec
from cityreach.errors import SpecError


class Leaf(spec.Model):
    weight: float = Field(description="a number such as 0.5")
    note: str | None = Field(None, description="a remark, or leave the key out")


class Tree(spec.Model):
    name: spec.Words = Field(description="{zh: ..., en: ...}")
    leaves: dict[str, Leaf] = Field({}, description="leaf ids with their entries")
    order: tuple[Leaf, ...] = Field((), description="a list of leaves")
    spare: Leaf | None = Field(None, description="one leaf or nothing")
    plain: int = 0


GOOD: dict[str, Any] = {"name": {"zh": "树", "en": "Tree"}}


def problem(content: Any) -> str:
    with pytest.raises(SpecError) as caught:
        spec.check_model(content, Tree, Path("tree.yml"))
    text = str(caught.value)
    assert "\n" not in text
    assert text.startswith("tree.yml: ")
    return text.removeprefix("tree.yml: ")


def yaml_problem(path: Path, text: str | bytes) -> str:
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(SpecError) as caught:
        spec.read_yaml(path)
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize(
    ("extra", "expected"),
    [
        (
            {"leaves": {"a": {"weight": "heavy"}}},
            "`leaves.a.weight`: must be a valid number, unable to parse string as a "
            "number, found 'heavy'. Write a number such as 0.5.",
        ),
        ({"leaves": {"a": {}}}, "`leaves.a.weight`: the key is missing. Write a number such as 0.5."),
        (
            {"leaves": {"a": {"weight": 1, "wieght": 1}}},
            "`leaves.a.wieght`: this key is not known, found 1. Did you mean `weight`? Allowed keys: weight, note.",
        ),
        ({"leaves": ["a"]}, "`leaves`: must be keys with values, found ['a']. Write leaf ids with their entries."),
        (
            {"leaves": {"a": None}},
            "`leaves.a`: must be keys with values, found None. Write leaf ids with their entries.",
        ),
        (
            {"order": [{"weight": 1}, {"weight": None}]},
            "`order.1.weight`: must be a valid number, found None. Write a number such as 0.5.",
        ),
        ({"order": "a"}, "`order`: must be a list, found 'a'. Write a list of leaves."),
        ({"spare": {"weight": []}}, "`spare.weight`: must be a valid number, found []. Write a number such as 0.5."),
        (
            {"spare": {"weight": 1, "note": 5}},
            "`spare.note`: must be text, found 5. Write a remark, or leave the key out.",
        ),
        ({"name": {"zh": "树", "en": 5}}, "`name.en`: must be text, found 5. Write {zh: ..., en: ...}."),
        (
            {"name": {"zh": "树", "en": "Tree", "fr": "Arbre"}},
            "`name.fr`: this key is not known, found 'Arbre'. Allowed keys: zh, en.",
        ),
        (
            {"plain": "x"},
            "`plain`: must be a valid integer, unable to parse string as an integer, found 'x'. Correct this key.",
        ),
    ],
)
def test_the_message_names_the_innermost_key_and_what_belongs_there(extra: dict[str, Any], expected: str) -> None:
    assert problem(GOOD | extra) == expected


@pytest.mark.parametrize("content", [None, [], "text", 5])
def test_a_file_that_holds_no_keys_is_told_which_to_write(content: Any) -> None:
    expected = (
        f"`(whole file)`: must be keys with values, found {content!r}. Write these keys: name, leaves, order, spare"
    )
    assert problem(content).startswith(expected)


def test_a_misspelt_key_goes_before_the_key_that_is_missing_for_it() -> None:
    text = problem({"nmae": {"zh": "树", "en": "Tree"}, "plain": 1})
    assert text.startswith("`nmae`: this key is not known, found {'zh': '树', 'en': 'Tree'}. Did you mean `name`?")
    assert text.endswith("(1 more problem(s) follow)")


def test_a_long_value_is_cut() -> None:
    text = problem(GOOD | {"plain": "x" * 500})
    assert "x" * 76 + "..., " not in text
    assert len(text) < 220


def test_a_good_file_becomes_a_model_that_cannot_be_changed(tmp_path: Path) -> None:
    path = tmp_path / "tree.yml"
    path.write_text("name: {zh: 树, en: Tree}\norder:\n  - {weight: 0.5}\n", encoding="utf-8")
    tree = spec.read_model(path, Tree)
    assert (tree.name["zh"], tree.name["en"], tree.order[0].weight) == ("树", "Tree", 0.5)
    with pytest.raises(ValidationError, match="frozen"):
        tree.plain = 1  # type: ignore[misc]


def test_days_and_quoted_codes_keep_their_kind(tmp_path: Path) -> None:
    path = tmp_path / "a.yml"
    path.write_text('day: 2025-03-01\ncode: "110000"\nbare: 110000\nmonth: 2025-03\n', encoding="utf-8")
    assert spec.read_yaml(path) == {"day": date(2025, 3, 1), "code": "110000", "bare": 110000, "month": "2025-03"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: 1\na: 2\n", "a.yml: not valid YAML (line 2: key `a` is given twice). Correct that line."),
        ("a:\n  b: 1\n  b: 2\n", "line 3: key `b` is given twice"),
        ("a: [1, 2\n", "a.yml: not valid YAML ("),
        ("a: 2025-13-01\n", "line 1: 2025-13-01 is no day, month must be in 1..12"),
        ("a: {{x}}\n", "line 1: a key is not text; put quotes round a text that begins with { or ["),
        ("\ta: 1\n", "not valid YAML"),
        ("a: !!python/object/apply:os.getcwd []\n", "not valid YAML"),
        ("标题: 指数".encode("gb18030"), "a.yml: not UTF-8 at byte 0. Save the file as UTF-8."),
    ],
)
def test_text_that_is_not_plain_yaml_is_refused_with_its_line(tmp_path: Path, text: str | bytes, expected: str) -> None:
    assert expected in yaml_problem(tmp_path / "a.yml", text)


def test_a_missing_file_is_named_without_its_folder(tmp_path: Path) -> None:
    with pytest.raises(SpecError) as caught:
        spec.read_yaml(tmp_path / "none.yml")
    assert str(caught.value) == "none.yml: the file does not exist. Create it or correct its name."
