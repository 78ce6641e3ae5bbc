"""The print: title, sections, page numbers, only our typeface; a missing glyph fails by name."""

from __future__ import annotations

import re

import publish_sample as sample
import pypdfium2
import pypdfium2.raw
import pytest

from cityreach.errors import ReportError
from cityreach.publish import document, pdf


@pytest.fixture(scope="module")
def whole():
    return sample.executed(sample.notebook())


@pytest.fixture(scope="module")
def printed(whole) -> pdf.Print:
    return pdf.export(whole, sample.job())


@pytest.fixture(scope="module")
def pages(printed) -> list[str]:
    file = pypdfium2.PdfDocument(printed.content)
    return [page.get_textpage().get_text_bounded() for page in file]


def squeezed(text: str) -> str:
    return "".join(text.split())


def test_cover_holds_title_facts_highlights_and_band(pages):
    cover = squeezed(pages[0])
    for text in (
        "中国城市海外社交媒体传播力指数",
        "2025年3月号",
        "统计日",
        "本期要点",
        "某信息中心",
        squeezed(sample.BAND),
    ):
        assert text in cover


def test_contents_list_sections_and_figures_with_their_pages(pages):
    contents = squeezed(pages[1])
    assert "目录" in contents and "图表索引" in contents
    start = next(n for n, text in enumerate(pages[2:], start=3) if "全部138座城市的得分" in squeezed(text))
    assert f"附录完整榜单全部138座城市的得分{start}" in contents


def test_every_page_after_the_cover_says_where_it_is(pages):
    assert len(pages) > 8
    for number, text in enumerate(pages[1:], start=2):
        assert f"{number}/{len(pages)}" in squeezed(text)
        assert squeezed(sample.BAND) in squeezed(text)
        assert "中国城市海外社交媒体传播力指数·2025年3月号" in squeezed(text)


def test_running_header_names_the_section_a_page_begins_with(pages):
    assert "摘要" in pages[2][:60]
    assert "完整榜单" in pages[-1][:60]


def test_a_long_table_repeats_its_header(pages):
    tail = [text for text in pages if "照片墙" in text and "绍兴港" in text]
    assert len(tail) == 1 and "位次" in tail[0] and "优兔" in tail[0]


def test_every_block_is_printed(pages):
    text = squeezed("".join(pages))
    for words in (
        "赛后两周互动回落64%",
        "面板由133座城市扩至138座",
        "高于该账号通常水平",
        "首次进入",
        "▲1",
        "▼1",
        "图3",
        "表2",
    ):
        assert words in text
    assert text.count("数据来源：各平台公开账号数据") == 5


def test_fonts_are_embedded_and_ours(printed):
    names = set(re.findall(rb"/BaseFont ?/([^\s/]+)", printed.content))
    assert names and all(b"NotoSansSC" in name for name in names)


def test_document_properties_are_fixed(printed):
    file = pypdfium2.PdfDocument(printed.content)
    found = file.get_metadata_dict()
    assert found["Title"] == "中国城市海外社交媒体传播力指数 · 2025年3月号"
    assert found["Author"] == "某报社, 某信息中心"
    assert found["CreationDate"].startswith("D:20250407")
    assert pypdfium2.raw.FPDFCatalog_IsTagged(file)
    assert [item.get_title() for item in file.get_toc()][:2] == [
        "南京重返首位，三座城市新进前十",
        "南京重返首位，宁波、佛山、扬州新进前十",
    ]


def test_same_notebook_same_bytes(whole, printed):
    assert pdf.export(whole, sample.job()).content == printed.content


def test_hostile_post_text_stays_text_and_lost_signs_are_recorded(printed, pages):
    assert '<script>alert("x")</script> ]]>' in " ".join("".join(pages).split())
    assert printed.remarks == [
        "report.pdf: post excerpts are set without U+1F3C3 RUNNER, U+1F600 GRINNING FACE: the typeface lacks them"
    ]


def test_a_post_in_another_script_is_referred_to_the_page():
    thai = {**next(b for b in sample.blocks() if b["kind"] == "case"), "text": "สวัสดีจากหนานจิง"}
    report = document.read(sample.executed(sample.short(sample.code(thai))), name="n")
    content, remarks = pdf.content(report, sample.job())
    assert content["parts"][-1]["text"] == "（原帖文字为其他文种，见网页版）"
    assert "THAI CHARACTER" in remarks[0]


def test_a_missing_glyph_outside_posts_fails_by_name():
    made = sample.executed(sample.short("Block('prose', {'paragraphs': [['南京\U0001f600领跑']]})"))
    with pytest.raises(ReportError, match=r"lacks U\+1F600 GRINNING FACE in “南京.*领跑”"):
        pdf.export(made, sample.job())


def test_a_missing_glyph_in_a_chart_fails_by_name():
    chart = next(block for block in sample.blocks() if block["kind"] == "chart")["code"]
    made = sample.executed(sample.short(chart.replace("甲乙", "ꙮ乙").replace("'甲'", "'ꙮ'")))
    with pytest.raises(ReportError, match=r"U\+A66E"):
        pdf.export(made, sample.job())


def test_a_missing_font_fails(monkeypatch, tmp_path, whole):
    monkeypatch.setattr(pdf.paths, "fonts", lambda: tmp_path)
    data, _ = pdf.content(document.read(whole, name="n"), sample.job())
    with pytest.raises(ReportError, match="unknown font family: noto sans sc"):
        pdf.typeset(data)


def test_the_cover_takes_as_many_findings_as_it_has_room_for():
    assert pdf.highlights(["短"] * 5) == ["短"] * 3
    assert pdf.highlights(["长" * 300, "长" * 300]) == ["长" * 300]


def test_columns_share_a_line_and_narrow_ones_are_never_squeezed():
    assert pdf.shared([5.0, 10.0]) == [5.0, 10.0]
    widths = pdf.shared([5.0, 40.0, 13.0, 7.5])
    assert widths[0] == 5.0 and widths[3] == 7.5
    assert sum(widths) == pytest.approx(pdf.LINE_OF_TABLE, abs=0.01) and widths[1] == pytest.approx(
        2 * widths[2], abs=0.01
    )


def test_measured_heights_are_those_of_the_print(whole):
    data, _ = pdf.content(document.read(whole, name="n"), sample.job())
    heights = dict(zip([part["anchor"] or part["kind"] for part in data["parts"]], pdf.heights(data), strict=True))
    assert 60 < heights["figure-1"] < 110 and 25 < heights["moves"] < 60
    assert 138 * 5 < heights["panel"] < 138 * 6.5


def test_a_long_table_does_not_end_on_a_nearly_empty_page(pages):
    rows = re.findall(r"新区|港\b|江苏", pages[-1])
    assert len(rows) > 8
