"""The template: headers of the plain formats, menus of the registry, nothing invented, the same bytes each time."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook
from tests.conftest import ROOT, make_home

from cityreach import edition as editions
from cityreach import intake, registry, spec, template
from cityreach.errors import SpecError, UnknownNameError
from cityreach.intake.formats import Format

FIGURES = {"plain-posts": "帖文 posts", "plain-accounts": "账号 accounts", "plain-totals": "汇总 totals"}


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the project whose files a test may change."""
    made = make_home(tmp_path / "project")
    monkeypatch.setenv("CITYREACH_HOME", str(made))
    return made


def read(path: Path) -> dict[str, list[list[Any]]]:
    """Sheet name → rows."""
    book = CalamineWorkbook.from_path(str(path))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def parts(path: Path) -> dict[str, str]:
    """Sheet name → its XML."""
    with zipfile.ZipFile(path) as file:
        names = re.findall(r'<sheet name="([^"]+)"', file.read("xl/workbook.xml").decode())
        return {name: file.read(f"xl/worksheets/sheet{n}.xml").decode() for n, name in enumerate(names, start=1)}


def formats() -> dict[str, Format]:
    return {one.id: one for one in intake.load_formats()}


def written(folder: Path, **options: Any) -> Path:
    return template.write(folder, registry.load(), **options)


def test_every_sheet_is_known_by_its_header_and_holds_nothing(tmp_path: Path) -> None:
    sheets = read(written(tmp_path))
    assert list(sheets)[1:4] == list(FIGURES.values())
    for name, sheet in FIGURES.items():
        (header,) = sheets[sheet]
        table = formats()[name].tables[0]
        for options in table.require:
            assert header.count(next(each.path for each in options if each.path in header)) == 1
        fields = [next(f for f, sources in table.fields.items() if sources[0].paths[0] == each) for each in header]
        assert len(set(fields)) == len(header)


def test_no_sheet_is_taken_for_another(tmp_path: Path) -> None:
    """Each sheet saved as CSV is recognised by intake, the help and the lists as sheets without figures."""
    wanted = dict.fromkeys(FIGURES) | {template.HELP: None}
    for sheet, rows in read(written(tmp_path)).items():
        text = "\n".join(",".join(f'"{cell}"' for cell in row) for row in rows)
        (tmp_path / "sheet.csv").write_text(text, encoding="utf-8")
        found = [one for one in formats().values() if fits(one, rows[0])]
        assert len(found) == 1, sheet
        wanted[found[0].id] = sheet
    assert all(wanted.values())


def fits(one: Format, header: list[Any]) -> bool:
    """Whether a header has what some table of the format asks for."""
    return any(
        all(any(each.path in header for each in options) for options in table.require)
        and not any(each.path in header for each in table.match)
        for table in one.tables
    )


def test_posts_typed_into_the_template_are_read_back(tmp_path: Path) -> None:
    """The example row of the help sheet, put under the headers, comes out as one post, in Beijing's time."""
    words = {column.field: column.example for column in template.load().sheets[0].columns}
    header = read(written(tmp_path))["帖文 posts"][0]
    table = formats()["plain-posts"].tables[0]
    row = [words[next(f for f, sources in table.fields.items() if sources[0].paths[0] == each)] for each in header]
    lines = [",".join(f'"{cell}"' for cell in cells) for cells in (header, row)]
    (tmp_path / "back.csv").write_text("\n".join(lines), encoding="utf-8")
    result = intake.read_file(tmp_path / "back.csv", intake.load_formats(), intake.Context())
    assert (result.log.format, result.log.rows, result.log.kept, result.log.quarantined) == ("plain-posts", 1, 1, 0)
    (post,) = result.posts.to_dict("records")
    assert (post["platform"], post["format"], post["likes"], post["views"]) == ("x", "video", 19_000, 452_000)
    assert (post["post_id"], str(post["published_at"])) == ("1903761540261761024", "2025-03-24 00:05:00+00:00")
    assert f"{post['counted_at']:%Y-%m-%d}" == "2025-04-07"


def test_ids_are_text_and_headers_stay_in_view(tmp_path: Path) -> None:
    path = written(tmp_path)
    with zipfile.ZipFile(path) as file:
        styles = file.read("xl/styles.xml").decode()
    cells = re.findall(r"<xf [^>]*numFmtId=\"(\d+)\"", styles[styles.index("<cellXfs") :])
    sheet = parts(path)["帖文 posts"]
    column = read(path)["帖文 posts"][0].index("帖文ID") + 1
    styled = re.findall(r'<col min="(\d+)" max="(\d+)" [^>]*style="(\d+)"', sheet)
    (style,) = [int(style) for first, last, style in styled if int(first) <= column <= int(last)]
    assert cells[style] == "49"  # 49 is Excel's own number for text
    for name in FIGURES.values():
        assert '<pane ySplit="1" topLeftCell="A2"' in parts(path)[name]


def test_menus_hold_the_registry_and_forbid_nothing(tmp_path: Path) -> None:
    path = written(tmp_path)
    lists = list(zip(*read(path)["选项 Lists"], strict=True))
    known = registry.load()
    assert [each for each in lists[0][1:] if each] == [platform.name.zh for platform in known.platforms.values()]
    assert set(lists[1][1:]) == set(known.cities["name_zh"])
    values = formats()["plain-posts"].tables[0].fields["format"][0].values or {}
    assert {values[each] for each in lists[2][1:] if each} == set(values.values())
    count = len(known.platforms) + 1
    assert f"<formula1>'选项 Lists'!$A$2:$A${count}</formula1>" in parts(path)["帖文 posts"]
    assert 'errorStyle="information"' in parts(path)["帖文 posts"]
    with zipfile.ZipFile(path) as file:
        assert 'name="选项 Lists" sheetId="5" state="hidden"' in file.read("xl/workbook.xml").decode()


def test_every_platform_of_the_registry_can_be_read_back() -> None:
    """A name that the menu offers is understood by every plain format."""
    for name in FIGURES:
        template._check_platforms(registry.load(), formats()[name])


def test_the_help_says_the_same_in_both_languages(tmp_path: Path) -> None:
    rows = read(written(tmp_path))["说明 Help"]
    assert rows[0] == ["说明 Help", "中文", "English", "示例 Example"]
    columns = sum(len(sheet.columns) for sheet in template.load().sheets)
    assert len(rows) == 1 + len(template.load().rules) + len(FIGURES) + columns
    for topic, chinese, english, _ in rows[1:]:
        assert topic and re.search(r"[一-鿿]", chinese) and english.isprintable() and re.match(r"[A-Z]", english), topic
    said = "".join(str(cell) for row in rows for cell in row)
    for word in ("北京时间", "绝不写 0", "1.9万", "1.23E+17", "Beijing time", "never write 0", "2025年3月24日"):
        assert word in said, word


def test_two_runs_write_the_same_bytes(tmp_path: Path) -> None:
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
    one, two = (written(tmp_path / folder).read_bytes() for folder in ("one", "two"))
    assert one == two
    about = zipfile.ZipFile(io.BytesIO(one)).read("docProps/core.xml").decode()
    assert about.count("2000-01-01T00:00:00Z") == 2  # made and changed: no clock in it


def test_an_edition_brings_its_accounts_without_figures(tmp_path: Path) -> None:
    chosen = editions.load("2025-03")
    known = registry.load()
    sheets = read(written(tmp_path, edition=chosen))
    header, *rows = sheets["账号 accounts"]
    accounts = known.active_accounts(simulated=True)
    mine = accounts[accounts["city_id"].isin(known.panel(chosen.panel)) & accounts["platform"].isin(chosen.platforms)]
    assert len(rows) == len(mine)
    given = {tuple(row[:3]) for row in rows}
    names = zip(mine["platform"], mine["city_id"], mine["handle"], strict=True)
    assert given == {(known.platform(p).name.zh, known.city_name(c, "zh"), handle) for p, c, handle in names}
    assert header[:3] == ["平台", "城市", "账号"] and not any(cell for row in rows for cell in row[3:])
    assert len(sheets["帖文 posts"]) == len(sheets["汇总 totals"]) == 1


def test_real_editions_bring_no_invented_account(tmp_path: Path) -> None:
    rows = read(written(tmp_path, edition=editions.load("x-four-cities")))["账号 accounts"][1:]
    handles = {row[2] for row in rows}
    accounts = registry.load().accounts
    assert rows and set(accounts.loc[accounts["handle"].isin(handles), "origin"]) == {"real"}


def test_an_existing_file_and_a_folder_that_is_not_there_are_refused(tmp_path: Path) -> None:
    path = written(tmp_path)
    path.write_bytes(b"typed by hand")
    with pytest.raises(SpecError, match=r"cityreach-template\.xlsx: the file exists already.*--force"):
        written(tmp_path)
    assert path.read_bytes() == b"typed by hand"
    assert written(tmp_path, force=True).read_bytes() != b"typed by hand"
    with pytest.raises(UnknownNameError, match="folder `nowhere` does not exist"):
        written(tmp_path / "nowhere")


def test_words_that_fit_no_format_are_named(home: Path, tmp_path: Path) -> None:
    sheet = template.load().sheets[0]
    wrong = sheet.model_copy(update={"columns": (sheet.columns[0].model_copy(update={"field": "charm"}),)})
    with pytest.raises(
        SpecError, match=r"template\.yml: `charm` of sheet 帖文 posts is no field of data/formats/plain"
    ):
        template._headers(wrong, formats()["plain-posts"])
    (home / "data" / "formats" / "plain-totals.yml").unlink()
    with pytest.raises(SpecError, match=r"no data/formats/plain-totals\.yml"):
        written(tmp_path)


def test_a_platform_without_a_word_in_a_format_is_named(home: Path, tmp_path: Path) -> None:
    path = home / "data" / "registry" / "platforms.yml"
    words = "{zh: 微博, en: Weibo}"
    entry = f"  weibo: {{name: {words}, interactions: [likes], publishes: [likes], primer: {words}}}\n"
    path.write_text(path.read_text(encoding="utf-8") + entry, encoding="utf-8")
    with pytest.raises(
        SpecError, match=r"plain-posts\.yml: .* lacks weibo, which platforms\.yml has\. Add `微博: weibo`"
    ):
        written(tmp_path)


def test_the_words_are_checked() -> None:
    path = template._source()
    content = spec.read_yaml(path)
    content["sheets"][0]["columns"][0]["kind"] = "colour"
    with pytest.raises(SpecError, match=r"template\.yml: `sheets\.0\.columns\.0\.kind`: must be 'text', 'word'"):
        spec.check_model(content, template.Template, path)


def test_the_command_writes_where_it_is_told(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from cityreach import cli

    with pytest.raises(SystemExit) as stopped:
        cli.main(["template", str(tmp_path), "--edition", "2025-03"])
    assert not stopped.value.code
    assert "Wrote cityreach-template.xlsx" in capsys.readouterr().out
    assert len(read(tmp_path / "cityreach-template.xlsx")["账号 accounts"]) > 100
    with pytest.raises(SystemExit) as stopped:
        cli.main(["template", str(tmp_path), "--edition", "2031-07"])
    assert stopped.value.code == 2 and "2031-07" in capsys.readouterr().err


def test_the_guide_of_staff_names_every_sheet() -> None:
    guide = (ROOT / "data" / "README.md").read_text(encoding="utf-8")
    assert "cityreach template" in guide and all(name in guide for name in FIGURES)
