"""What a notebook cell shows: blocks of meaning that the HTML and the PDF set in their own ways.

A block is shown in three forms at once: as JSON under `MIME`, which the exporters read; as plain HTML, which
JupyterLab shows; and as text. Charts are shown by `cityreach.charts.renderer`, whose output carries a block
of kind `figure` beside the Vega-Lite specification and the SVG. Texts are lists of runs (`Run`): a plain
string, or a figure that remembers the finding it came from and the table cell it stands in. A run that an editor
emphasised has `mark` ("strong" or "em").

Kinds and their keys (texts are `Text`, everything else plain JSON):

- cover: lang, title (Text), label (Text), kicker, band (str or None), notice (Text: why the report stands although its
  data fall short, empty or absent in any other), facts [[label, Text]], tiles (as in tiles), publisher [Text],
  description (Text: one sentence for the page's metadata)
- section: anchor, number ("01" or ""), kicker, title (Text), level (1 or 2)
- prose: paragraphs [Text]
- list: items [Text], numbered (bool) (an editor's list)
- findings: items [Text] (the summary: a numbered list of one-sentence findings)
- advice: items [{text: Text, basis: [Text]}]
- tiles: items [{value, unit, label, change (Cell or None), figure (the run that value and unit print, optional)}]
- table: anchor, caption, subtitle, columns [{label, align ("left"|"right"|"center"), width (weight, optional), wrap
  (optional; "never": cells stay on one line, "late": they get room on a phone)}],
  rows [[Cell]], holds (optional: the cells of the data that it shows, see publish.ledger), note (Text), source (Text),
  searchable (bool), long (bool: may break over pages), key (name of its data file)
- case: kicker [Text], title (Text), figures [{value: Text, label}], text (post text, may be ""), lang (of the post),
  note (Text), comment (Text, may be absent: what the editors say of it)
- figure: headline, subtitle, source (Text each), alt, key (made by charts.finish; SVG and specification stand beside
  it)
- explorer: anchor, caption, subtitle, columns and rows (as in table: what stands there before anything is tried), note,
  source, text (a line for the print, which leaves the rest out), words {still, group, platform, weight, share, value,
  reset, all, top, join, is_published, is_own, nothing} (what the page says; {name} is filled in there), data
  {platforms [{code, name, weight 0..100}], cities [str], parts [[score or "zero" | "reweight" | "withhold"]], places
  [int or None], significant, digits, top} (what the page computes from, cities by their published places)
- data: tables (JSON text of the tables that readers take away, made by publish.tables; published as files, taken out of
  the published notebook)
- note: text (Text), tone ("plain"|"warning")

In the proof copy alone the cover has `sheet` (what the editors wrote, and what is wrong with it), and a block of their
words `margin` ({file, lines [{line, notes [str], faults [{level, text}]}]}, a line for each paragraph or item).

A `Cell` is a string or {"text": str, "tone": "up"|"down"|"new"|"muted"|"focus", "href": str, "figure": the run that the
text prints}; text is always plain. A plain string stands for a Text without figures everywhere.
"""

from __future__ import annotations

import html
from dataclasses import dataclass
from typing import Any

MIME = "application/vnd.cityreach.block+json"
SPEC_MIME = "application/vnd.vegalite.v6+json"
SVG_MIME = "image/svg+xml"
DRAW_LATER = "CITYREACH_DRAW_LATER"  # set for a kernel whose charts are drawn beside it (publish.beside)

Run = str | dict[str, Any]
Text = list[Run]
Cell = str | dict[str, Any]


def figure_run(text: str, finding: str, key: str, at: dict[str, Any] | None = None) -> Run:
    """A figure in prose: what is printed, and the finding and figure it came from.

    at: the cell it stands in, where that is known: table, row, column, keys (the columns that make the row's key),
    unit and derived (how the cell is printed, as in `findings.Figure`), where (readable names of table, row, column).
    """
    run = {"text": text, "finding": finding, "key": key}
    return {**run, "at": at} if at else run


def plain(text: Text | str) -> str:
    """The words of a text without its references."""
    if isinstance(text, str):
        return text
    return "".join(run if isinstance(run, str) else run["text"] for run in text)


@dataclass(frozen=True)
class Block:
    """One thing shown by a notebook cell: its kind and its content as plain JSON."""

    kind: str
    content: dict[str, Any]

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        text = "\n".join(self._lines())
        shown = "".join(f"<p>{html.escape(line)}</p>" for line in text.splitlines() if line)
        return {MIME: {"kind": self.kind, **self.content}, "text/html": shown, "text/plain": text}

    def _lines(self) -> list[str]:
        content = self.content
        texts = [content.get(name) for name in ("title", "caption", "text")]
        items = [*content.get("paragraphs", []), *content.get("items", [])]
        return [plain(text) for text in texts if text] + [plain(_text_of(item)) for item in items]


class Blocks(list[Any]):
    """Blocks and charts that one notebook cell shows one after the other."""

    def _ipython_display_(self) -> None:
        from IPython.display import display

        for each in self:
            display(each)


def _text_of(item: Any) -> Text | str:
    if isinstance(item, dict):
        return item.get("text") or f"{item.get('label', '')} {item.get('value', '')}{item.get('unit', '')}"
    return item
