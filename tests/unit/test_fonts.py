"""The typeface holds what the report prints, names what it lacks, and is cut for pages the same way every time."""

from __future__ import annotations

import io
import struct

import pytest
from fontTools.ttLib import TTFont

from cityreach import paths, registry
from cityreach.charts import fonts, sfnt
from cityreach.errors import ReportError

WEIGHTS = ("regular", "bold")
SIGNS = "▲▼●—–·…“”‘’（）％，。；：？！、《》「」〓×−±≥≤→←↑↓°é ü ñ ø ệ €£¥№"


@pytest.mark.parametrize("weight", WEIGHTS)
def test_every_text_of_the_registry_can_be_drawn(weight: str) -> None:
    names = registry.load()
    columns = [column for column in names.cities if column.endswith(("_zh", "_en"))]
    texts = "".join(names.cities[columns].to_numpy().ravel()) + "".join(names.accounts["operator"])
    platforms = "".join(platform.name.zh + platform.name.en for platform in names.platforms.values())
    assert fonts.missing_glyphs(texts + platforms + SIGNS, weight) == []


@pytest.mark.parametrize("weight", WEIGHTS)
def test_all_of_gb_2312_can_be_drawn(weight: str) -> None:
    rows = [bytes([high, low]) for high in range(0xB0, 0xF8) for low in range(0xA1, 0xFF)]
    han = "".join(row.decode("gb2312", errors="ignore") for row in rows)
    assert len(han) == 6763
    assert fonts.missing_glyphs(han, weight) == []


def test_missing_characters_are_named_once_and_in_order() -> None:
    lacking = fonts.missing_glyphs("南京🏃重庆ก🏃")
    assert lacking == ["ก", "🏃"]
    assert fonts.name_glyphs(lacking) == "U+0E01 THAI CHARACTER KO KAI, U+1F3C3 RUNNER"


def test_characters_without_a_picture_are_not_missing() -> None:
    assert fonts.missing_glyphs("城市\n\t\u200d\ufe0f\u200b") == []


def test_files_are_regular_before_bold_and_carry_their_licence() -> None:
    assert [path.name for path in fonts.font_files()] == ["NotoSansSC-Regular.ttf", "NotoSansSC-Bold.ttf"]
    assert "SIL Open Font License" in (paths.fonts() / "OFL.txt").read_text(encoding="utf-8")
    weights = [TTFont(path, lazy=True)["OS/2"].usWeightClass for path in fonts.font_files()]
    assert weights == [400, 700]


def test_unknown_weight_lists_the_weights() -> None:
    with pytest.raises(ReportError, match=r"'thin'.*regular, bold"):
        fonts.missing_glyphs("城", "thin")


def test_absent_file_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    monkeypatch.setattr(paths, "fonts", lambda: tmp_path)
    with pytest.raises(ReportError, match=r"NotoSansSC-Regular\.ttf: the file is absent.*docs/fonts\.md"):
        fonts.font_files()


@pytest.mark.parametrize("weight", WEIGHTS)
def test_web_subset_is_a_font_with_just_these_characters(weight: str) -> None:
    data = fonts.web_subset(["南京", "🏃"], weight)
    font = TTFont(io.BytesIO(data))
    assert data[:4] == b"wOF2"
    assert len(data) % 4 == 0
    assert set(font.getBestCmap()) == set(map(ord, "南京" + fonts.ALWAYS))
    original = TTFont(paths.fonts() / fonts.FILES[weight], lazy=True)
    glyph = font["glyf"][font.getBestCmap()[ord("京")]]
    before = original["glyf"][original.getBestCmap()[ord("京")]]
    assert glyph.getCoordinates(font["glyf"])[0] == before.getCoordinates(original["glyf"])[0]


@pytest.mark.parametrize("weight", WEIGHTS)
def test_the_typeface_is_read_as_fonttools_reads_it(weight: str) -> None:
    content = (paths.fonts() / fonts.FILES[weight]).read_bytes()
    font = TTFont(io.BytesIO(content), lazy=True)
    assert sfnt.tables(content) == {tag: font.reader[tag] for tag in font.reader.keys()}  # noqa: SIM118
    known = {point: font.getGlyphID(name) for point, name in font.getBestCmap().items()}
    assert sfnt.glyphs(content) == known and len(known) > 8000
    assert sfnt._glyphs_of_other_maps(content) == known


def test_a_character_map_may_list_glyphs_one_by_one() -> None:
    """Two runs: 0x41-0x43 by a list in which the second has no glyph, 0x61 by a shift; and the end of the map."""
    ends, starts = [0x43, 0x61, 0xFFFF], [0x41, 0x61, 0xFFFF]
    shifts, offsets, listed = [0, 0x10000 - 0x60, 1], [6, 0, 0], [7, 0, 9]
    numbers = [*ends, 0, *starts, *shifts, *offsets, *listed]
    head = struct.pack(">7H", 4, 14 + 2 * len(numbers), 0, 6, 0, 0, 0)
    assert sfnt._segments(head + struct.pack(f">{len(numbers)}H", *numbers)) == {0x41: 7, 0x43: 9, 0x61: 1}


def test_web_subset_does_not_depend_on_the_order_or_the_clock() -> None:
    assert fonts.web_subset("京南京") == fonts.web_subset(["南", "京"])


def test_a_strangers_text_is_made_drawable_without_losing_its_words() -> None:
    assert fonts.drawable("跑起来🏃\u200d♂️ Nanjing\u2009❤️ ก!\n“好”") == "跑起来 Nanjing 〓! “好”"
    assert fonts.drawable("e\u0301") == "é"
    assert fonts.missing_glyphs(fonts.drawable("مرحبا 🏃 한국")) == []
