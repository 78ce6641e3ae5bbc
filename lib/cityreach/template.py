"""The template: an Excel workbook for figures that staff type or paste, which intake reads back as it is.

Headers are the first spellings of the plain formats in `data/formats/`, menus come from the registry, all other words
from `templates/template.yml`. Examples stand on the help sheet alone, so that nothing invented gets among the figures.
"""

from __future__ import annotations

import io
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from pydantic import Field

from cityreach import paths, spec
from cityreach.edition import Edition
from cityreach.errors import SpecError, UnknownNameError
from cityreach.intake import Format, load_formats
from cityreach.publish.workbook import BRAND, FONT, INK, INK_2, RULE
from cityreach.registry import Registry
from cityreach.store import write_bytes

MADE = datetime(2000, 1, 1)  # written into the workbook's properties: the same content gives the same bytes
ROWS = 20_000  # rows that have menus
HELP = "plain-help"  # the format that knows the sheets without figures
ACCOUNTS = "plain-accounts"  # the one whose rows an edition fills in beforehand
TEXT = 49  # Excel's own number for its text format
NUMBERS = {"text": TEXT, "word": TEXT, "count": "#,##0", "day": "yyyy-mm-dd", "time": "yyyy-mm-dd hh:mm"}
WIDTHS = {"text": 26, "word": 12, "count": 12, "day": 13, "time": 20}
HELP_WIDTHS = (24, 62, 62, 34)
Choices = Literal["platforms", "cities", "formats"]
Menus = dict[Choices, list[str]]


class Column(spec.Model):
    """One column of a sheet: our name for it, what may stand there, and its words on the help sheet."""

    field: str = Field(description="one of our columns that the format file maps")
    kind: Literal["text", "word", "count", "day", "time"] = Field(description="text, word, count, day or time")
    needed: bool = Field(False, description="true where a row without it is of no use")
    choices: Choices | None = Field(None, description="platforms, cities or formats")
    zh: str
    en: str
    example: str = Field("", description="an example in quotes, shown on the help sheet only")


class Sheet(spec.Model):
    """One sheet, which feeds the table of one format file."""

    format: str = Field(description="the id of a format file, for example plain-posts")
    name: str = Field(max_length=31, description="the sheet's name, at most 31 characters")
    about: spec.Words
    columns: tuple[Column, ...] = Field(min_length=1, description="a list of columns")


class Rule(spec.Model):
    """One row of advice on the help sheet."""

    topic: str
    zh: str
    en: str
    example: str = ""


class Template(spec.Model):
    """Every word of the template."""

    file: str = Field(pattern=r"^[\w.-]+\.xlsx$", description="the file's name, ending in .xlsx")
    help: str = Field(max_length=31, description="the help sheet's name")
    lists: str = Field(max_length=31, description="the name of the hidden sheet behind the menus")
    example: str = Field(description="header of the examples")
    needed: spec.Words = Field(description="what the help sheet says of a column that is needed")
    menu: spec.Words = Field(description="what is shown beside a cell with a menu")
    rules: tuple[Rule, ...] = Field(description="a list of {topic: ..., zh: ..., en: ..., example: ...}")
    sheets: tuple[Sheet, ...] = Field(min_length=1, description="a list of sheets")


@dataclass(frozen=True)
class Content:
    """The template ready to be written: words, the headers of each sheet, menus, and rows filled in beforehand."""

    words: Template
    headers: dict[str, list[str]]  # by format id; of the help format: headers of the help sheet, then of the lists
    menus: Menus
    rows: dict[str, list[dict[str, str]]]  # by format id, by our column


def load() -> Template:
    """The template's words; SpecError names file, key and remedy."""
    return spec.read_model(_source(), Template)


def write(folder: Path, registry: Registry, *, edition: Edition | None = None, force: bool = False) -> Path:
    """Writes the template into a folder and returns its path; the same project gives the same bytes.

    edition: its panel's accounts stand in the sheet of accounts, without figures. UnknownNameError where the folder
    does not exist; SpecError where the file does (unless `force`) or where words and formats do not fit together.
    """
    content = make(registry, edition)
    target = folder / content.words.file
    if not folder.is_dir():
        raise UnknownNameError(f"The folder `{folder.name}` does not exist. Make it first, or name another one.")
    if target.exists() and not force:
        raise SpecError(f"{paths.relative(target)}: the file exists already. Move it, or add --force to overwrite it.")
    _write(target, content)
    return target


def make(registry: Registry, edition: Edition | None = None) -> Content:
    """What the template holds, from its words, the formats and the registry."""
    words = load()
    formats = {one.id: one for one in load_formats()}
    headers = {sheet.format: _headers(sheet, _known(sheet.format, formats)) for sheet in words.sheets}
    headers[HELP] = [options[0].path for table in _known(HELP, formats).tables for options in table.require]
    for sheet in words.sheets:
        _check_platforms(registry, formats[sheet.format])
    menus: Menus = {
        "platforms": [platform.name.zh for platform in registry.platforms.values()],
        "cities": [registry.city_name(city, "zh") for city in _cities(registry, edition)],
        "formats": _post_formats(formats[words.sheets[0].format]),
    }
    return Content(words, headers, menus, {ACCOUNTS: _accounts(registry, edition)} if edition else {})


def _source() -> Path:
    return paths.template("template.yml")


def _known(name: str, formats: dict[str, Format]) -> Format:
    if name not in formats:
        raise SpecError(f"{paths.relative(_source())}: there is no data/formats/{name}.yml. Restore it.")
    return formats[name]


def _headers(sheet: Sheet, one: Format) -> list[str]:
    """The first spelling of every column in the format file."""
    fields = one.tables[0].fields
    for column in sheet.columns:
        if column.field not in fields:
            raise SpecError(
                f"{paths.relative(_source())}: `{column.field}` of sheet {sheet.name} is no field of "
                f"data/formats/{one.id}.yml. Write one of: {', '.join(fields)}."
            )
    return [fields[column.field][0].paths[0] for column in sheet.columns]


def _check_platforms(registry: Registry, one: Format) -> None:
    """SpecError where a format does not know the name under which the menu offers a platform."""
    values = {_plain(theirs): ours for theirs, ours in (one.tables[0].fields["platform"][0].values or {}).items()}
    for name, platform in registry.platforms.items():
        if values.get(_plain(platform.name.zh)) != name:
            raise SpecError(
                f"data/formats/{one.id}.yml: fields.platform.values lacks {name}, which platforms.yml has. "
                f"Add `{platform.name.zh}: {name}` there."
            )


def _plain(word: str) -> str:
    return unicodedata.normalize("NFKC", word).strip().casefold()


def _post_formats(one: Format) -> list[str]:
    """One word for each kind of post: the first that the format file has."""
    words: dict[str, str] = {}
    for theirs, ours in (one.tables[0].fields["format"][0].values or {}).items():
        words.setdefault(ours, theirs)
    return list(words.values())


def _cities(registry: Registry, edition: Edition | None) -> list[str]:
    return registry.panel(edition.panel) if edition else list(registry.cities.index)


def _accounts(registry: Registry, edition: Edition) -> list[dict[str, str]]:
    """The edition's accounts, by city in the panel's order, then by platform and name; no figures."""
    frame = registry.active_accounts(simulated=edition.simulated)
    cities, platforms = registry.panel(edition.panel), list(edition.platforms)
    mine = frame[frame["city_id"].isin(cities) & frame["platform"].isin(platforms)]
    found = sorted(
        zip(mine["city_id"], mine["platform"], mine["handle"], strict=True),
        key=lambda each: (cities.index(each[0]), platforms.index(each[1]), each[2]),
    )
    return [
        {"platform": registry.platform(platform).name.zh, "city": registry.city_name(city, "zh"), "handle": handle}
        for city, platform, handle in found
    ]


def _write(target: Path, content: Content) -> None:
    """The workbook in one move; texts are written as texts: no formula, no link, no number made of an id."""
    import xlsxwriter

    draft = io.BytesIO()
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
    with xlsxwriter.Workbook(draft, options) as book:
        book.set_properties({"title": "cityreach", "created": MADE})
        formats = _styles(book)
        _help(book.add_worksheet(content.words.help), formats, content)
        for sheet in content.words.sheets:
            _sheet(book.add_worksheet(sheet.name), formats, sheet, content)
        _lists(book.add_worksheet(content.words.lists), formats, content)
    write_bytes(target, draft.getbuffer())


def _styles(book: Any) -> dict[str, Any]:
    base = {"font_name": FONT, "font_size": 10, "font_color": INK, "valign": "vcenter"}
    top = {**base, "text_wrap": True, "valign": "top"}
    head = {**base, "bold": True, "bottom": 1, "bottom_color": INK}
    styles = {kind: {**base, "num_format": number} for kind, number in NUMBERS.items()}
    styles |= {"head": head, "needed": {**head, "font_color": BRAND}, "about": top}
    styles |= {"topic": {**top, "bold": True}, "example": {**top, "font_color": INK_2, "num_format": TEXT}}
    styles["part"] = {**base, "bold": True, "font_size": 13, "font_color": BRAND, "top": 1, "top_color": RULE}
    return {name: book.add_format(style) for name, style in styles.items()}


def _sheet(sheet: Any, styles: dict[str, Any], words: Sheet, content: Content) -> None:
    """One sheet to fill in: the header in view, a kind for each column, menus, and the rows given beforehand."""
    for place, (header, column) in enumerate(zip(content.headers[words.format], words.columns, strict=True)):
        sheet.set_column(place, place, max(WIDTHS[column.kind], 2 * len(header) + 2), styles[column.kind])
        sheet.write_string(0, place, header, styles["needed" if column.needed else "head"])
        if column.choices:
            sheet.data_validation(1, place, ROWS, place, _menu(column.choices, content))
        for row, given in enumerate(content.rows.get(words.format, []), start=1):
            if column.field in given:
                sheet.write_string(row, place, given[column.field], styles[column.kind])
    sheet.set_row(0, 22)
    sheet.freeze_panes(1, 0)


def _menu(choices: Choices, content: Content) -> dict[str, Any]:
    """A menu that proposes and does not forbid: pasted spellings are understood as well."""
    column = "ABC"[list(content.menus).index(choices)]
    note = f"{content.words.menu.zh}\n{content.words.menu.en}"
    return {
        "validate": "list",
        "source": f"='{content.words.lists}'!${column}$2:${column}${len(content.menus[choices]) + 1}",
        "error_type": "information",
        "error_message": note,
    }


def _lists(sheet: Any, styles: dict[str, Any], content: Content) -> None:
    """The lists behind the menus, out of sight."""
    headers = content.headers[HELP][-len(content.menus) :]
    for place, (header, choices) in enumerate(zip(headers, content.menus.values(), strict=True)):
        sheet.write_string(0, place, header, styles["head"])
        for row, choice in enumerate(choices, start=1):
            sheet.write_string(row, place, choice, styles["word"])
    sheet.hide()


def _help(sheet: Any, styles: dict[str, Any], content: Content) -> None:
    """Advice, then every column of every sheet, in both languages with an example."""
    words = content.words
    for place, header in enumerate([*content.headers[HELP][: -len(content.menus)], words.example]):
        sheet.write_string(0, place, header, styles["head"])
        sheet.set_column(place, place, HELP_WIDTHS[place])
    rows: list[tuple[str, list[str]]] = [("", [rule.topic, rule.zh, rule.en, rule.example]) for rule in words.rules]
    for each in words.sheets:
        rows.append(("part", [each.name, each.about.zh, each.about.en, ""]))
        for header, column in zip(content.headers[each.format], each.columns, strict=True):
            zh, en = (words.needed.zh, f" {words.needed.en}") if column.needed else ("", "")
            rows.append(("", [header, column.zh + zh, column.en + en, column.example]))
    for row, (style, cells) in enumerate(rows, start=1):
        for place, cell in enumerate(cells):
            sheet.write_string(row, place, cell, styles[style or ("topic", "about", "about", "example")[place]])
    sheet.freeze_panes(1, 1)
    sheet.hide_gridlines(2)
    sheet.activate()
