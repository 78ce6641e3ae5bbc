"""Whether an edition that publishes no order keeps silent about places, scores and movements, in every file.

Words and names of columns are those of templates/order.yml. Where the scores themselves are at hand (the store holds
the edition's analysis), they are looked for, too: their digits anywhere, and as places or printed scores in the cells
of a city that show no published column. What strangers wrote in their posts is not the report's word.
"""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from pydantic import Field

from cityreach import paths, spec

OWN = "text"  # the column of data files that holds posts
_SCRIPT = re.compile(r"<script(?![^>]*application/json)[^>]*>.*?</script>|<style>.*?</style>", re.DOTALL)
_JSON = re.compile(r"<script[^>]*application/json[^>]*>(.*?)</script>", re.DOTALL)
_QUOTE = re.compile(r"<blockquote\b.*?</blockquote>", re.DOTALL)
_TAG = re.compile(r"<[^>]*>")
_SAID = re.compile(r"""\b(?:alt|title|content|aria-label|placeholder)="([^"]*)\"""")
_CELLS = re.compile(r'\bdata-(?:table|column|across)="([^"]*)"')
_NAMED = re.compile(r'<sheet [^>]*?\bname="([^"]*)"')
_LONG = re.compile(r"(?<![\d.])\d{1,3}\.\d{6,}")
WORKBOOK = "rankings.xlsx"  # called so in every edition
APART = "\n\n"  # between texts that have nothing to do with each other
DIGITS = 10  # leading characters by which a score is known again


class _Words(spec.Model):
    zh: tuple[str, ...] = Field(description="a list of regular expressions")
    en: tuple[str, ...] = Field(description="a list of regular expressions")


class _File(spec.Model):
    words: _Words
    allowed: _Words
    tiers: _Words
    names: str = Field(description="a regular expression")
    whole: tuple[str, ...] = Field(description="names of data tables")


def words_of_order(text: str, lang: str, *, tiers: bool = False) -> list[str]:
    """The words in a text that tell of places, movements or scores."""
    words, allowed = _patterns(lang, tiers)
    return [found[0] for found in words.finditer(allowed.sub(" ", text))]


@dataclass(frozen=True)
class Leak:
    """A word, name or number that tells of an order: the file, the text around it, what it is."""

    file: str
    around: str
    what: str


@dataclass(frozen=True)
class Report:
    """The files of a report's folder as texts and names."""

    folder: Path
    lang: str
    tiers: bool = False

    def leaks(self, digits: frozenset[str] = frozenset()) -> Iterator[Leak]:
        """Every leak; digits: the leading characters of the scores that must not stand anywhere."""
        words, allowed = _patterns(self.lang, self.tiers)
        for file, text in self.texts():
            left = allowed.sub(" ", text)
            for found in words.finditer(left):
                yield Leak(file, left[max(0, found.start() - 30) : found.end() + 30], found[0])
            for number in digits and _LONG.findall(text):
                if number[:DIGITS] in digits:
                    yield Leak(file, text[max(0, text.index(number) - 30) :][:90], number)
        for file, name in self.names():
            if _file().names and re.search(_file().names, name):
                yield Leak(file, name, name)

    def texts(self) -> Iterator[tuple[str, str]]:
        """What the files say: file, text."""
        page = _QUOTE.sub(" ", self._read("report.html"))
        shown = _SCRIPT.sub(" ", page)
        yield "report.html", APART.join([*_SAID.findall(shown), _TAG.sub("", _JSON.sub(" ", shown))])
        for content in _JSON.findall(page):
            yield "report.html", APART.join(_strings(json.loads(content)))
        yield "report.ipynb", self._without_posts(APART.join(_strings(self._outputs)))
        yield "manifest.json", APART.join(_strings(self._manifest))
        for path in sorted((self.folder / "data").glob("*.csv")):
            yield f"data/{path.name}", APART.join(cell for row in self._rows(path)[1:] for cell in row)
        sheets = APART.join(_NAMED.findall(self._workbook))
        yield WORKBOOK, sheets + APART + self._without_posts(_TAG.sub(APART, self._workbook))
        yield "report.pdf", self._without_posts(_print(self.folder / "report.pdf"))

    def names(self) -> Iterator[tuple[str, str]]:
        """What the files call things: columns of data files, keys and fields of charts and blocks."""
        for path in sorted((self.folder / "data").glob("*.csv")):
            if path.stem not in _file().whole:
                yield from ((f"data/{path.name}", name) for name in self._rows(path)[0])
        for content in _JSON.findall(self._read("report.html")):
            yield from (("report.html", name) for name in _fields(json.loads(content)))
        yield from (("report.html", name) for name in _CELLS.findall(self._read("report.html")))
        yield from (("report.ipynb", name) for name in _fields(self._outputs))
        yield from (("manifest.json", name) for name in _fields(self._manifest) if name != WORKBOOK)
        yield from ((file.name, file.stem) for file in sorted(self.folder.rglob("*")) if file.name != WORKBOOK)

    def _read(self, name: str) -> str:
        path = self.folder / name
        return path.read_text(encoding="utf-8") if path.is_file() else ""

    @cached_property
    def _outputs(self) -> list[Any]:
        text = self._read("report.ipynb")
        return [cell.get("outputs", []) for cell in json.loads(text)["cells"]] if text else []

    @cached_property
    def _manifest(self) -> Any:
        return json.loads(self._read("manifest.json") or "{}")

    @cached_property
    def _workbook(self) -> str:
        path = self.folder / WORKBOOK
        if not path.is_file():
            return ""
        with zipfile.ZipFile(path) as file:
            return "\n".join(file.read(name).decode("utf-8") for name in sorted(file.namelist()))

    def _rows(self, path: Path) -> list[list[str]]:
        """Header and rows of a data file, without the column that holds posts."""
        rows = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline="")))
        kept = [at for at, name in enumerate(rows[0]) if name != OWN] if rows else []
        return [[row[at] for at in kept] for row in rows]

    @cached_property
    def _posts(self) -> list[str]:
        """What strangers wrote, as notebook, workbook and print may hold it, longest first."""
        path = self.folder / "data" / "case_posts.csv"
        if not path.is_file():
            return []
        rows = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline="")))
        lines = {line for row in rows for line in (row.get(OWN) or "").splitlines()}
        whole = {" ".join((row.get(OWN) or "").split())[:100] for row in rows}
        return sorted((each for each in lines | whole if len(each) > 1), key=len, reverse=True)

    def _without_posts(self, text: str) -> str:
        for post in self._posts:
            text = text.replace(post, " ")
        return text


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield repr(value)
    else:
        for each in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
            yield from _strings(each)


def _fields(value: Any) -> Iterator[str]:
    """Keys that hold something, and what encodings name as their field."""
    if isinstance(value, dict):
        yield from (key for key, part in value.items() if part not in (None, "", [], {}))
        yield from (value[key] for key in ("field", "groupby") if isinstance(value.get(key), str))
    for each in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _fields(each)


def _print(path: Path) -> str:
    """Words, metadata and outline of the print; empty where no library reads it (`pypdfium2` is one of the tests')."""
    try:
        import pypdfium2  # type: ignore[import-untyped, unused-ignore]
    except ImportError:
        return ""
    if not path.is_file():
        return ""
    document = pypdfium2.PdfDocument(path)
    try:
        pages = [page.get_textpage().get_text_bounded() for page in document]
        outline = [mark.get_title() for mark in document.get_toc()]
        return "\n".join([*pages, *document.get_metadata_dict().values(), *outline])
    finally:
        document.close()


def score_digits(folder: Path) -> frozenset[str]:
    """The leading digits of every score of a report's edition, its parts included, for an edition without order.

    They are those of the edition's last analysis; none where the store keeps none: a copied folder is checked alone.
    """
    import pyarrow.parquet as pq

    from cityreach import edition as editions
    from cityreach.insight.keeping import Frames

    manifest = Report(folder, "")._manifest
    edition = str(manifest.get("parameters", {}).get("edition", ""))
    if manifest.get("mode", "ordered") == "ordered" or edition not in editions.ids():
        return frozenset()
    path = Frames(editions.load(edition)).folder / "now.parquet"
    if not path.is_file():
        return frozenset()
    scores = pq.ParquetFile(path).read(columns=["score"])["score"].to_pylist()
    known = (float(score) for score in scores if score is not None)
    return frozenset(f"{score:.9f}"[:DIGITS] for score in known if score not in (0.0, 100.0))


@cache
def _file() -> _File:
    return spec.read_model(paths.template("order.yml"), _File)


@cache
def _patterns(lang: str, tiers: bool) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Words of an order, and what only looks like them."""
    words, allowed, more = (getattr(each, lang) for each in (_file().words, _file().allowed, _file().tiers))
    return re.compile("|".join(words)), re.compile("|".join([*allowed, *(more if tiers else ())]))
