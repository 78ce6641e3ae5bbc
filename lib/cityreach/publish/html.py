"""The web page: an nbconvert exporter with the project's own template; one file, nothing from the network."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import unicodedata
from collections.abc import Iterable
from functools import cache
from typing import Any

from cityreach import blocks, paths
from cityreach.charts import fonts, tokens
from cityreach.publish import document, ledger, live, svg, words
from cityreach.publish.document import Document, Part
from cityreach.publish.job import Job

FALLBACK_FONT = "Cityreach Sans"
CHART_FONTS = tokens.FONT_STACK.removesuffix("sans-serif") + f'"{FALLBACK_FONT}", sans-serif'
NOT_DRAWN = ("$schema", "title", "description", "usermeta")
COLUMN = 680  # px, the width of the text column
SLIM = 400  # px, below this a table that fills the column would tear its rows apart
_CELL_PADDING = 20
_LETTER = 15  # px, the letter size of tables
_TAG = re.compile(r"<[^>]+>")


def export(notebook: Any, job: Job) -> str:
    """The page of an executed notebook as text."""
    page, _ = _exporter().from_notebook_node(notebook, {"report": resources(notebook, job)})
    return str(page)


def resources(notebook: Any, job: Job) -> dict[str, Any]:
    """Everything that the template prints, ready made."""
    from markupsafe import Markup

    report = document.read(notebook, name=paths.relative(paths.notebook(job.notebook)))
    names = words.load(report.lang)
    specs = _specifications(report)
    scripts = {
        "head": _asset("head.js"),
        "vega": live.bundle() if report.of_kind("figure") else "",
        "page": _asset("page.js"),
        "explorer": _asset("explorer.js") if report.of_kind("explorer") else "",
    }
    return {
        "job": job,
        "document": report,
        "ledger": ledger.make(report),
        "tables": len(report.of_kind("table")),
        "words": names,
        "language": "zh-CN" if report.lang == "zh" else "en",
        "style": Markup(_style(report, names, specs)),
        "scripts": {name: Markup(script) for name, script in scripts.items()},
        "specs": Markup(specs),
        "explorers": Markup(live.json_for_script(explorers(report))),
        "policy": policy(scripts.values()),
        "proof": report.cover.get("sheet"),
    }


@cache
def _exporter() -> Any:
    """The exporter, with its templates compiled once; made here because nbconvert is slow to import."""
    from jinja2 import StrictUndefined
    from nbconvert.exporters.templateexporter import TemplateExporter

    class PageExporter(TemplateExporter):
        """Sets a notebook's blocks with templates/html; every text is escaped unless it is marked as markup."""

        output_mimetype = "text/html"
        export_from_notebook = "Cityreach report"

        def _file_extension_default(self) -> str:
            return ".html"

        def from_notebook_node(self, nb: Any, resources: Any = None, **options: Any) -> tuple[Any, dict[str, Any]]:
            # Nothing here changes the notebook, so it is not copied as nbconvert would, twice.
            resources = self._init_resources(resources)
            return str(self.template.render(nb=nb, resources=resources)), resources

        def _create_environment(self) -> Any:
            environment = super()._create_environment()
            environment.autoescape = True
            environment.undefined = StrictUndefined
            environment.trim_blocks = environment.lstrip_blocks = True
            environment.filters.update(FILTERS)
            return environment

    return PageExporter(template_name="html", extra_template_basedirs=[str(paths.template())])


def _specifications(report: Document) -> str:
    """The figures' specifications as JSON; they measure text in the same typefaces that the page draws it in."""
    given, wanted = (json.dumps(stack)[1:-1] for stack in (tokens.FONT_STACK, CHART_FONTS))
    figures = {part.anchor: specification(part) for part in report.of_kind("figure") if part.spec}
    return live.json_for_script(figures).replace(given, wanted)


def _style(report: Document, names: words.Words, specs: str) -> str:
    """The page's style sheet with both sets of colours and the fallback typeface cut to the page's characters."""
    texts = [*document.strings(report.cover), *document.strings(names.model_dump()), specs]
    for part in report.parts:
        texts += [*document.strings(part.content), svg.texts(part.svg)]
    colours = (
        f":root{{--chart-sans:{CHART_FONTS};--cr-cover:{tokens.LIGHT['brand']};{tokens.css_properties('light')}}}\n"
        f"@media (prefers-color-scheme:dark){{:root{{{tokens.css_properties('dark')}}}}}\n"
        f"@media print{{:root{{{tokens.css_properties('light')}}}}}\n"
    )
    sheets = ["page.css", *(["proof.css"] if report.cover.get("sheet") else [])]
    return "\n".join([faces(texts), colours, *map(_asset, sheets), tokens.svg_css(".plot")])


def faces(texts: Iterable[str]) -> str:
    """The fallback typeface in both weights, for machines that have no Chinese font of their own."""
    characters = sorted(set().union(*texts))
    faces = []
    for name, weight in (("regular", 400), ("bold", 700)):
        data = base64.b64encode(fonts.web_subset(characters, name)).decode("ascii")
        faces.append(
            f'@font-face{{font-family:"{FALLBACK_FONT}";font-weight:{weight};font-display:block;'
            f'src:url(data:font/woff2;base64,{data}) format("woff2")}}'
        )
    return "\n".join(faces)


def policy(scripts: Iterable[str]) -> str:
    """The content security policy: nothing is loaded, and only these very scripts run."""
    hashes = " ".join(
        f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"
        for script in scripts
        if script
    )
    return (
        f"default-src 'none'; script-src {hashes}; style-src 'unsafe-inline'; font-src data:; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def _asset(name: str) -> str:
    return paths.template("html", name).read_text(encoding="utf-8")


# What the template asks for ------------------------------------------------------------------------------------------


def chart(part: Part) -> Any:
    """The static chart of a figure, as it was drawn."""
    from markupsafe import Markup

    return Markup(part.svg)


def specification(part: Part) -> dict[str, Any]:
    """The specification of a figure without what the page sets itself: headline, source and label."""
    spec = part.spec or {}
    return {name: value for name, value in spec.items() if name not in NOT_DRAWN}


def explorers(report: Document) -> dict[str, Any]:
    """What each explorer computes from and what it says, by its anchor."""
    return {part.anchor: {**part["data"], "words": _plain_words(part["words"])} for part in report.of_kind("explorer")}


def _plain_words(said: dict[str, Any]) -> dict[str, str]:
    return {name: blocks.plain(text) for name, text in said.items()}


def runs(text: Any) -> list[dict[str, Any]]:
    """A text as a list of runs; plain strings become runs without a finding."""
    items = [text] if isinstance(text, str | dict) else text
    return [{"text": item, "finding": "", "key": ""} if isinstance(item, str) else item for item in items]


def beside(part: Part, index: int, text: Any) -> dict[str, Any]:
    """What a proof says beside a text: where an editor wrote it, its findings, the editor's notes, what is wrong."""
    ids = dict.fromkeys(run["finding"] for run in runs(text) if run["finding"])
    given = part["margin"] or {"file": "", "lines": []}
    here = given["lines"][index] if index < len(given["lines"]) else {"line": 0, "notes": [], "faults": []}
    where = f"{given['file']}:{here['line']}" if given["file"] else ""
    return {"where": where, "ids": list(ids), "notes": here["notes"], "faults": here["faults"]}


def unbroken(text: Any, words: list[str]) -> Any:
    """The set text with each of the words kept on one line; Chinese may else break between any two characters."""
    from markupsafe import Markup

    longest = "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
    return Markup(re.sub(longest, r'<span class="word">\g<0></span>', str(text))) if words else text


def link(address: Any) -> str:
    """The address if a page may link to it (http, https, or a place in the page), else an empty text."""
    text = address.strip() if isinstance(address, str) else ""
    return text if re.match(r"https?://[^\s]+$|#[A-Za-z][\w-]*$", text) else ""


def shape(part: Part) -> str:
    """How wide a table is: `slim` takes only what it needs, `fits` is sure to fit the column, `wide` may scroll."""
    width = sum(_column_width(part, index) for index in range(len(part.columns)))
    return "slim fits" if width <= SLIM else "fits" if width <= COLUMN else "wide"


def named(part: Part) -> int:
    """The column that says what a row is about: the first that is set flush left."""
    aligned = [column["align"] for column in part.columns]
    return aligned.index("left") if "left" in aligned else 0


def _column_width(part: Part, index: int) -> float:
    cells = [part.columns[index]["label"], *(document.text_of(row[index]) for row in part["rows"])]
    return max(_text_width(cell) for cell in cells) + _CELL_PADDING


def _text_width(text: str) -> float:
    """Roughly the px that a text takes in a table."""
    return sum(_LETTER if unicodedata.east_asian_width(c) in "WF" else 0.56 * _LETTER for c in text)


FILTERS: dict[str, Any] = {
    "chart": chart,
    "runs": runs,
    "unbroken": unbroken,
    "link": link,
    "shape": shape,
    "named": named,
    "plain": blocks.plain,
    "excerpt": document.excerpt,
    "beside": beside,
    "cell_text": document.text_of,
    "cell_tone": document.tone_of,
    "sourced": words.sourced,
}
