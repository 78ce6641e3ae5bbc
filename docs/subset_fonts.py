"""Cut Noto Sans SC down to what the report can need: GB 2312, signs, Latin letters, and every character in `data/`.

Run: ``python docs/subset_fonts.py FOLDER`` where FOLDER is the unpacked npm package
``@expo-google-fonts/noto-sans-sc`` (static TTF files, SIL Open Font License). See docs/fonts.md.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

ROOT = Path(__file__).resolve().parents[1]
TARGET = ROOT / "lib" / "cityreach" / "fonts"
WEIGHTS = {
    "NotoSansSC-Regular.ttf": "400Regular/NotoSansSC_400Regular.ttf",
    "NotoSansSC-Bold.ttf": "700Bold/NotoSansSC_700Bold.ttf",
}
TEXT_FILES = ("data/registry/*", "data/published/*", "data/themes/*", "data/editions/*", "lib/cityreach/**/*")
TEXT_SUFFIXES = {".csv", ".yml", ".py", ".j2", ".typ", ".md"}
BLOCKS = (
    (0x0020, 0x007E),  # ASCII
    (0x00A0, 0x024F),  # Latin-1, Latin Extended-A and -B
    (0x0300, 0x036F),  # combining accents
    (0x0370, 0x03FF),  # Greek
    (0x0400, 0x045F),  # Cyrillic
    (0x1E00, 0x1EFF),  # Vietnamese
    (0x2000, 0x206F),  # dashes, quotation marks, ellipsis
    (0x2070, 0x209F),  # superscripts and subscripts
    (0x20A0, 0x20BF),  # currencies
    (0x2100, 0x218F),  # letter-like signs, Roman numerals
    (0x2190, 0x2199),  # arrows
    (0x2200, 0x22FF),  # mathematical signs
    (0x2460, 0x2473),  # circled numbers
    (0x25A0, 0x25FF),  # geometric shapes
    (0x2605, 0x2606),  # stars
    (0x3000, 0x30FF),  # Chinese punctuation, kana
    (0xFF01, 0xFFEE),  # full-width forms
)


def wanted() -> set[int]:
    """The code points to keep, whether or not the typeface holds them."""
    points = {point for first, last in BLOCKS for point in range(first, last + 1)}
    rows = (bytes([high, low]) for high in range(0xA1, 0xF8) for low in range(0xA1, 0xFF))
    points |= {ord(text) for row in rows if (text := row.decode("gb2312", errors="ignore"))}
    for pattern in TEXT_FILES:
        for path in sorted(ROOT.glob(pattern)):
            if path.suffix in TEXT_SUFFIXES:
                points |= set(map(ord, path.read_text(encoding="utf-8")))
    return points


def cut(source: Path, target: Path, points: set[int]) -> None:
    """One weight, without hinting and vertical setting; the date inside stays that of the original."""
    options = subset.Options(
        hinting=False,
        layout_features=["ccmp", "kern", "liga", "locl", "mark", "mkmk"],
        name_IDs=["*"],
        notdef_outline=True,
        recalc_timestamp=False,
        drop_tables=["STAT", "BASE", "vhea", "vmtx", "gasp", "prep"],
    )
    font = TTFont(source, recalcTimestamp=False)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=points)
    subsetter.subset(font)
    font.save(target)


def main(folder: Path) -> None:
    points = wanted()
    for name, source in WEIGHTS.items():
        cut(folder / source, TARGET / name, points)
        sys.stdout.write(f"{name}: {(TARGET / name).stat().st_size / 1e6:.2f} MB\n")
    shutil.copyfile(folder / "LICENSE_FONT", TARGET / "OFL.txt")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
