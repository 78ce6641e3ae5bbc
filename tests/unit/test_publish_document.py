"""Blocks become a numbered document; a broken block is named by cell and key."""

from __future__ import annotations

import publish_sample as sample
import pytest

from cityreach.errors import ReportError
from cityreach.publish import document


def read(*codes: str) -> document.Document:
    return document.read(sample.executed(sample.short(*codes)), name="notebooks/sample.ipynb")


@pytest.fixture(scope="module")
def whole() -> document.Document:
    return document.read(sample.executed(sample.notebook()), name="notebooks/sample.ipynb")


def test_figures_and_tables_are_counted_through_the_document(whole):
    assert [(p.number, p.anchor) for p in whole.of_kind("figure")] == [
        (1, "figure-1"),
        (2, "figure-2"),
        (3, "figure-3"),
    ]
    assert [(p.number, p.anchor) for p in whole.of_kind("table")] == [(1, "moves"), (2, "panel")]


def test_chapters_hold_everything_under_their_first_level_section(whole):
    names = [chapter.heading["kicker"] for chapter in whole.chapters]
    assert names == ["摘要", "总体情况", "脸书", "X平台", "照片墙", "优兔", "趋势与建议", "完整榜单"]
    assert sum(len(chapter.parts) + 1 for chapter in whole.chapters) == len(whole.parts)
    assert [part.kind for part in whole.chapters[1].parts].count("section") == 1


def test_depth_is_the_level_of_the_section_above(whole):
    depths = {part.kind: part.depth for part in whole.chapters[1].parts}
    assert depths["note"] == 2 and depths["figure"] == 1


def test_control_characters_and_direction_overrides_are_taken_out(whole):
    text = whole.of_kind("case")[0]["text"]
    assert "\u202e" in sample.HOSTILE and "\u202e" not in text
    assert "<script>" in text


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("Block('picture', {})", r"cell 5: block kind 'picture' is unknown\. Use one of: cover, section"),
        ("Block('prose', {'text': []})", r"cell 5: the prose block lacks paragraphs"),
        ("Block('cover', json.loads('{}'))", r"the cover block lacks title, label"),
        ("Block('figure', {'headline': '甲', 'source': 's', 'alt': 'a'})", r"figure “甲” has no SVG"),
        (sample.code(sample.blocks()[1]), r"anchor 'summary' is used twice"),
        (sample.code(sample.blocks()[0]), r"2 cover blocks are shown"),
        (sample.code(sample.blocks()[1]).replace("summary", "a b"), r"anchor 'a b' is not usable"),
    ],
)
def test_broken_blocks_are_named(code, message):
    with pytest.raises(ReportError, match=message) as error:
        read(code)
    assert "\n" not in str(error.value)


def test_a_figure_key_used_twice_is_an_error():
    chart = sample.code(next(block for block in sample.blocks() if block["kind"] == "chart"))
    with pytest.raises(ReportError, match="figure key 'top10' is used twice"):
        read(chart, chart)


def test_values_that_are_no_blocks_are_not_published():
    assert [part.kind for part in read("1 + 1", "'text'").parts] == ["section"]


@pytest.mark.parametrize(
    ("cell", "shown", "tone"),
    [
        ("南京", "南京", ""),
        (None, "", ""),
        ({"text": "3", "tone": "up"}, "▲3", "up"),
        ({"text": "▼3", "tone": "down"}, "▼3", "down"),
        ({"text": "", "tone": "down"}, "", "down"),
        ({"text": "新", "tone": "loud"}, "新", ""),
    ],
)
def test_a_rise_or_fall_always_carries_its_arrow(cell, shown, tone):
    assert (document.text_of(cell), document.tone_of(cell)) == (shown, tone)


def test_excerpts_are_cut_at_120_characters_once():
    assert document.excerpt("字" * 300) == "字" * 120 + "…"
    assert document.excerpt("字" * 120 + "…") == "字" * 120 + "…"
    assert document.excerpt(" a\n b\t c ") == "a b c"
