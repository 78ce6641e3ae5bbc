"""The print: an nbconvert exporter that sets the executed notebook with Typst, tagged as PDF/UA-1."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from cityreach import blocks, paths
from cityreach.charts import fonts
from cityreach.errors import ReportError
from cityreach.publish import document, pages, svg, words
from cityreach.publish.document import Document, Part
from cityreach.publish.job import Job

COVER_LINES = 10  # lines of findings that the cover has room for
LINE_EMS = 44.0  # how much of a finding one of these lines holds
NAMED = 5  # characters that a remark names
READABLE = 0.6  # the share of a post's letters that must be there for its excerpt to be printed
ROWS_KEPT_TOGETHER = 16
ROW_PADDING = (1.3, 1.2, 1.1)  # mm above and below a row of a long table, widest first
LINE_OF_TABLE = 56.0  # ems of table type that a line holds
NARROW, BROAD = 8.0, 26.0  # ems: a column up to the first is never squeezed, one beyond the second asks for no more
SLIM_EMS = 30.0  # a table of less text than this does not fill the width
ROW_HEIGHT = 5.6  # mm of such a row, roughly
SHORT_END = 70.0  # mm from the top of a page: a long table that ends above this leaves the page nearly empty


@dataclass
class Print:
    """A printed report: its bytes, and what was left out of post excerpts because the typeface lacks it."""

    content: bytes
    remarks: list[str] = field(default_factory=list)


def export(notebook: Any, job: Job) -> Print:
    """The print of an executed notebook; ReportError names a missing glyph, a missing font or Typst's complaint."""
    content, resources = _exporter()().from_notebook_node(notebook, {"job": job})
    return Print(content, resources["remarks"])


def _exporter() -> Any:
    """The exporter class; made here because nbconvert is slow to import."""
    from nbconvert.exporters.base import Exporter

    class TypstExporter(Exporter):
        """A notebook's blocks as one JSON value for templates/typst/report.typ; no text ever becomes Typst source."""

        output_mimetype = "application/pdf"
        export_from_notebook = "Cityreach print"

        def _file_extension_default(self) -> str:
            return ".pdf"

        def from_notebook_node(self, nb: Any, resources: Any = None, **options: Any) -> tuple[Any, dict[str, Any]]:
            # Nothing here changes the notebook, so it is not copied as nbconvert would, twice.
            resources = self._init_resources(resources)
            job: Job = resources["job"]
            name = paths.relative(paths.notebook(job.notebook))
            data, remarks = content(document.read(nb, name=name), job)
            check_glyphs(data, name=name)
            return typeset(data), {**resources, "remarks": remarks}

    return TypstExporter


def content(report: Document, job: Job) -> tuple[dict[str, Any], list[str]]:
    """The value that the Typst template reads, and remarks on what was left out of it."""
    names = words.load(report.lang)
    left_out: set[str] = set()
    parts = [_printed(part, names, left_out) for part in report.parts]
    findings = [blocks.plain(item) for part in report.of_kind("findings") for item in part["items"]]
    notice = blocks.plain(report.cover.get("notice") or "")
    cover = {
        **report.cover,
        "notice": notice,
        "title": blocks.plain(report.cover["title"]),
        "label": blocks.plain(report.cover["label"]),
        "description": blocks.plain(report.cover["description"]),
        "publisher": [blocks.plain(line) for line in report.cover["publisher"]],
        "facts": [[name, blocks.plain(value)] for name, value in report.cover["facts"]],
        "tiles": [_tile(tile) for tile in report.cover["tiles"]],
    }
    data = {
        "lang": report.lang,
        "day": [job.day.year, job.day.month, job.day.day],
        "band": job.band or "",
        "words": names.model_dump(),
        "cover": cover,
        "highlights": highlights(findings, taken=_lines(notice)),
        "parts": parts,
    }
    return data, [_left_out(sorted(left_out))] if left_out else []


def _left_out(lacking: list[str]) -> str:
    """A remark on characters of post excerpts that the typeface does not hold: some by name, the rest by number."""
    more = f" and {len(lacking) - NAMED} more" if len(lacking) > NAMED else ""
    return (
        f"report.pdf: post excerpts are set without {fonts.name_glyphs(lacking[:NAMED])}{more}: the typeface lacks them"
    )


def highlights(findings: list[str], *, taken: int = 0) -> list[str]:
    """The first findings, as many as the cover has room for, at most three; `taken`: lines that are used already."""
    chosen: list[str] = []
    lines = taken
    for finding in findings[:3]:
        lines += _lines(finding)
        if lines > COVER_LINES:
            break
        chosen.append(finding)
    return chosen


def _lines(text: str) -> int:
    """How many lines of the cover a text takes, roughly."""
    return math.ceil(_ems(text) / LINE_EMS)


def _printed(part: Part, names: words.Words, left_out: set[str]) -> dict[str, Any]:
    """One block in the form that the template reads: plain texts, cells with their tones, sizes of charts."""
    printed: dict[str, Any] = {**part.content, "kind": part.kind, "number": part.number, "anchor": part.anchor}
    for key in ("title", "headline", "subtitle", "caption", "text", "note"):
        printed[key] = blocks.plain(part[key])
    printed["source"] = words.sourced(blocks.plain(part["source"]), names)
    printed.update(_SHAPES.get(part.kind, lambda _part: {})(part))
    if part.kind == "explorer":
        return {"kind": "note", "tone": "plain", "text": printed["text"], "anchor": part.anchor}
    if part.kind == "section":
        printed["name"] = f"{part['number']} {part['kicker']}".strip()
    if part.kind == "case":
        printed["comment"] = blocks.plain(part["comment"])
        printed["text"] = _post_text(blocks.plain(part["text"]), names, left_out)
    return printed


def _prose(part: Part) -> dict[str, Any]:
    return {"paragraphs": [rich(text) for text in part["paragraphs"]]}


def _list(part: Part) -> dict[str, Any]:
    return {"items": [rich(text) for text in part["items"]], "numbered": bool(part["numbered"])}


def rich(text: blocks.Text) -> str | list[dict[str, Any]]:
    """A text in words; where some of them are marked, as pieces of which the marked ones are set in bold."""
    marked = [(run, False) if isinstance(run, str) else (run["text"], bool(run.get("mark"))) for run in text]
    if not any(bold for _, bold in marked):
        return blocks.plain(text)
    return [{"text": words, "bold": bold} for words, bold in marked]


def _findings(part: Part) -> dict[str, Any]:
    return {"items": [rich(text) for text in part["items"]]}


def _advice(part: Part) -> dict[str, Any]:
    items = part["items"]
    return {"items": [{"text": rich(i["text"]), "basis": [*map(blocks.plain, i.get("basis", []))]} for i in items]}


def _tiles(part: Part) -> dict[str, Any]:
    return {"items": [_tile(tile) for tile in part["items"]]}


def _tile(tile: dict[str, Any]) -> dict[str, Any]:
    change = tile.get("change")
    return {
        "value": str(tile["value"]),
        "unit": str(tile.get("unit") or ""),
        "label": str(tile["label"]),
        "change": _cell(change) if change else None,
    }


def _case(part: Part) -> dict[str, Any]:
    figures = [{"label": str(each["label"]), "value": blocks.plain(each["value"])} for each in part["figures"]]
    return {"kicker": [blocks.plain(name) for name in part["kicker"]], "figures": figures}


def _figure(part: Part) -> dict[str, Any]:
    width, height = svg.size(part.svg)
    return {"svg": part.svg, "alt": str(part["alt"]), "wide": width, "high": height}


def _table(part: Part) -> dict[str, Any]:
    rows = [[_cell(value) for value in row] for row in part["rows"]]
    natural = [_natural(part, index) for index in range(len(part.columns))]
    slim = sum(natural) < SLIM_EMS
    given = [float(column.get("width") or 0) for column in part.columns]
    widths = given if all(given) and not slim else shared(natural)
    columns = [
        {"label": str(column["label"]), "align": column["align"], "width": width}
        for column, width in zip(part.columns, widths, strict=True)
    ]
    breaks = bool(part["long"]) or len(rows) > ROWS_KEPT_TOGETHER
    return {"columns": columns, "rows": rows, "breaks": breaks, "slim": slim}


def shared(natural: list[float]) -> list[float]:
    """Widths of columns in ems: what each asks for, or narrow ones first and the rest shared."""
    if sum(natural) <= LINE_OF_TABLE:
        return natural
    room = LINE_OF_TABLE - sum(width for width in natural if width <= NARROW)
    asked = sum(min(width, BROAD) for width in natural if width > NARROW)
    return [width if width <= NARROW else round(min(width, BROAD) * room / asked, 3) for width in natural]


def _natural(part: Part, index: int) -> float:
    """The width in ems that a column's longest text takes with the space around it."""
    texts = [str(part.columns[index]["label"]), *(document.text_of(row[index]) for row in part["rows"])]
    return round(max(_ems(text) for text in texts) + 1.3, 3)


def _cell(value: Any) -> dict[str, str]:
    return {"text": document.text_of(value), "tone": document.tone_of(value)}


def _ems(text: str) -> float:
    return sum(1.0 if ord(character) > 0x2E7F else 0.58 for character in text)


_SHAPES: dict[str, Any] = {
    "prose": _prose, "list": _list, "findings": _findings, "advice": _advice, "tiles": _tiles,
    "figure": _figure, "table": _table, "case": _case,
}  # fmt: skip


def _post_text(text: str, names: words.Words, left_out: set[str]) -> str:
    """A post's excerpt as the typeface can set it; where too little would be left, a word on where to read it."""
    cut = document.excerpt(text)
    lacking = fonts.missing_glyphs(cut)
    left_out.update(lacking)
    letters = [character for character in cut if character.isalpha()]
    held = [character for character in letters if character not in lacking]
    if letters and len(held) < READABLE * len(letters):
        return f"（{names.post_left_out}）" if names.colon == "：" else f"({names.post_left_out})"
    return fonts.drawable(cut)


def check_glyphs(data: dict[str, Any], *, name: str) -> None:
    """ReportError where the print holds a character that the typeface lacks: it is named, with the text it is in."""
    for text in _set_texts(data):
        lacking = fonts.missing_glyphs(text)
        if lacking:
            raise ReportError(
                f"{name}: the typeface lacks {fonts.name_glyphs(lacking)} in “{text[:40]}”. "
                "Write it another way, or add the character to the fonts (docs/fonts.md)."
            )


def _set_texts(data: dict[str, Any]) -> Iterator[str]:
    for part in data["parts"]:
        drawn = part.get("svg")
        yield from document.strings({key: value for key, value in part.items() if key != "svg"})
        if drawn:
            yield svg.texts(drawn)
    yield from document.strings({key: value for key, value in data.items() if key != "parts"})


def typeset(data: dict[str, Any]) -> bytes:
    """The PDF of the template over this value; any warning fails it, for it would mean a wrong font or layout.

    Blocks are ordered so that they fill the pages. Where a long table would leave only a few rows on its last page,
    its rows move a little closer, at most twice.
    """
    parts = [data["parts"][index] for index in pages.filled(data["parts"], heights(data))]
    for row in ROW_PADDING:
        compiler = _compiler("report.typ", {**data, "parts": parts, "row": row})
        made = _compiled(compiler)
        if not any(0 < float(end) < SHORT_END for end in json.loads(compiler.query("<table-end>", field="value"))):
            break
    return made


def heights(data: dict[str, Any]) -> list[float]:
    """How high each block is set, in mm; charts are measured empty and long tables by their number of rows."""
    light = [_light(part) for part in data["parts"]]
    compiler = _compiler("heights.typ", {**data, "parts": light, "row": ROW_PADDING[0]})
    found = json.loads(compiler.query("<heights>", field="value", one=True))
    rows = [len(part["rows"]) if part.get("breaks") else 0 for part in data["parts"]]
    return [float(height) + ROW_HEIGHT * count for height, count in zip(found, rows, strict=True)]


def _light(part: dict[str, Any]) -> dict[str, Any]:
    if part["kind"] == "figure":
        size = f'width="{part["wide"]}" height="{part["high"]}"'
        return {**part, "svg": f'<svg xmlns="http://www.w3.org/2000/svg" {size}/>'}
    return {**part, "rows": []} if part.get("breaks") else part


def _compiler(name: str, data: dict[str, Any]) -> Any:
    import typst

    template = paths.template("typst", name)
    return typst.Compiler(
        template, root=template.parent, font_paths=[paths.fonts()], ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
    )  # fmt: skip


def _compiled(compiler: Any) -> bytes:
    import typst

    try:
        made, warnings = compiler.compile_with_warnings(format="pdf", pdf_standards="ua-1")
    except typst.TypstError as error:
        raise ReportError(
            f"report.pdf: Typst stopped: {_reason(error)}. Mend templates/typst or the block it names."
        ) from None
    if warnings:
        raise ReportError(f"report.pdf: Typst warns: {_reason(warnings[0])}. Mend templates/typst or the fonts.")
    return bytes(made)


def warm_up() -> None:
    """Let Typst read the typefaces once, so that the real print does not wait for it."""
    import typst

    source = '#set text(font: "Noto Sans SC")\n国'.encode()
    compiler: Any = typst.Compiler  # its type stub wants one type for the source and the folder of fonts
    compiler(source, font_paths=[paths.fonts()], ignore_system_fonts=True).compile(format="pdf")


def _reason(problem: Any) -> str:
    parts = [problem.message, *problem.hints]
    return " ".join(" ".join(str(part).split()) for part in parts).rstrip(".")
