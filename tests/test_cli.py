"""The command line: what staff type wrong is answered in one line, and no earlier report suffers."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import filelock
import pytest

from tests import exports, reading
from tests.conftest import COMMAND, ROOT, cityreach, make_home

OLD = "an earlier report"
TINY = "x-tiny"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home with one tiny edition of real exports, its inbox empty, and an earlier report of it."""
    made = make_home(tmp_path / "project")
    exports.write_edition(made, TINY)
    (made / "data" / "inbox" / TINY).mkdir()
    earlier = made / "reports" / TINY
    earlier.mkdir()
    (earlier / "report.html").write_text(OLD, encoding="utf-8")
    return made


@pytest.fixture
def run(home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Any]:
    """Type a command: (exit code, what it said, what it complained of)."""
    from cityreach import cli, edition, registry

    monkeypatch.setenv("CITYREACH_HOME", str(home))
    monkeypatch.chdir(home.parent)

    def typed(*arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as stopped:
            cli.main(list(arguments))
        said = capsys.readouterr()
        return int(stopped.value.code or 0), said.out, said.err

    yield typed
    for module in (edition, registry):
        for each in vars(module).values():
            if hasattr(each, "cache_clear"):
                each.cache_clear()


def refused(answer: tuple[int, str, str], *words: str) -> str:
    """The one line that a command was refused with; it holds the words."""
    code, _, complaint = answer
    assert code != 0
    assert complaint.startswith("Error") and complaint.count("\n") == 1, complaint
    assert "Traceback" not in complaint
    for word in words:
        assert word in complaint, (word, complaint)
    return complaint


@pytest.fixture(autouse=True)
def earlier_report_is_untouched(home: Path) -> Iterator[None]:
    yield
    assert (home / "reports" / TINY / "report.html").read_text(encoding="utf-8") == OLD
    assert sorted(path.name for path in (home / "reports" / TINY).iterdir()) == ["report.html"]
    assert not [path.name for path in (home / "reports").iterdir() if path.name.startswith(".")]


# names that do not exist


@pytest.mark.parametrize("command", ["report", "intake", "simulate"])
def test_unknown_edition(run, command):
    refused(run(command, "2031-07"), "2031-07", "data/editions/", "2025-03")


@pytest.mark.parametrize("name", ["../secret", "2025-03/../2025-03", "/etc/passwd", ""])
def test_an_edition_is_never_a_path(run, name):
    refused(run("report", name))


@pytest.mark.parametrize("command", [["report", TINY], ["published"]])
def test_unknown_language(run, command):
    refused(run(*command, "--lang", "fr"), "fr", "zh", "en")


@pytest.mark.parametrize(
    "arguments", [["report", TINY, "--langauge", "en"], ["reprot", TINY], ["report"], ["report", TINY, "more"]]
)
def test_unknown_option_command_or_argument(run, arguments):
    refused(run(*arguments), "--help")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"platforms": "x, twitter"}, ["platforms", "twitter", "facebook"]),
        ({"panel": "cities-134"}, ["panel", "cities-134", "cities-133"]),
        ({"last": "2025-04-30"}, ["window", "2025-04-30"]),
        ({"counted": "soon"}, ["counting_date", "soon"]),
    ],
)
@pytest.mark.parametrize("filled", [False, True], ids=["empty inbox", "filled inbox"])
def test_edition_file_with_a_wrong_value(run, home, changes, words, filled):
    """Whether exports are there or not: a wrong name is told before anybody goes looking for exports of it."""
    exports.write_edition(home, TINY, **changes)
    if filled:
        exports.write_inbox(home, TINY, "posts.csv", exports.posts_csv())
    refused(run("report", TINY), f"data/editions/{TINY}.yml", *words)


def test_edition_file_with_an_unknown_key(run, home):
    path = home / "data" / "editions" / f"{TINY}.yml"
    path.write_text(path.read_text(encoding="utf-8") + "paltform: x\n", encoding="utf-8")
    refused(run("report", TINY), f"data/editions/{TINY}.yml", "paltform")


def test_edition_file_that_is_not_yaml(run, home):
    (home / "data" / "editions" / f"{TINY}.yml").write_text("id: [", encoding="utf-8")
    refused(run("report", TINY), f"data/editions/{TINY}.yml")


def test_unknown_city_in_a_panel(run, home):
    path = home / "data" / "registry" / "panels.yml"
    text = path.read_text(encoding="utf-8")
    head, found, tail = text.partition("\n  four-cities:")
    assert found
    path.write_text(head + found + tail.replace('"110000"', '"119999"', 1), encoding="utf-8")
    exports.write_inbox(home, TINY, "posts.csv", exports.posts_csv())
    refused(run("report", TINY), "data/registry/panels.yml", "119999")


def test_unknown_method(run, home):
    path = home / "data" / "editions" / f"{TINY}.yml"
    path.write_text(path.read_text(encoding="utf-8").replace("social-reach@1", "social-reach@9"), encoding="utf-8")
    exports.write_inbox(home, TINY, "posts.csv", exports.posts_csv())
    refused(run("report", TINY), "social-reach@9")


# exports that are missing or wrong


@pytest.mark.parametrize("command", ["report", "intake"])
def test_empty_inbox_names_the_folder_and_what_belongs_there(run, command):
    refused(run(command, TINY), f"data/inbox/{TINY}/", "2025-05-01", "2025-05-31", "x")


def test_an_edition_of_real_exports_is_never_simulated(run, home):
    refused(run("simulate", TINY), TINY, "exports")
    assert not list((home / "data" / "inbox" / TINY).iterdir())


def test_a_missing_inbox_is_like_an_empty_one(run, home):
    (home / "data" / "inbox" / TINY).rmdir()
    refused(run("report", TINY), f"data/inbox/{TINY}/", "2025-05-01")


def test_a_note_alone_is_no_export(run, home):
    exports.write_inbox(home, TINY, "README.txt", "Put the exports here.")
    refused(run("report", TINY), f"data/inbox/{TINY}/")


@pytest.mark.parametrize("command", ["report", "intake"])
def test_exports_of_another_month(run, home, command):
    exports.write_inbox(home, TINY, "posts.csv", exports.posts_csv("2025-03"))
    refused(run(command, TINY), f"data/inbox/{TINY}/", "2025-05-01", "2025-05-31", "2025-03")


@pytest.mark.parametrize("command", ["report", "intake"])
def test_a_file_of_unknown_format(run, home, command):
    exports.write_inbox(home, TINY, "posts.csv", exports.posts_csv())
    exports.write_inbox(home, TINY, "weather.csv", "day,degrees\n2025-05-01,21\n")
    refused(run(command, TINY), "weather.csv", "degrees", "docs/formats.md", "docs/adding-a-format.md")


@pytest.mark.parametrize("name", ["posts.csv", "posts.json", "posts.jsonl"])
def test_an_empty_file(run, home, name):
    exports.write_inbox(home, TINY, name, "")
    refused(run("report", TINY), f"data/inbox/{TINY}/{name}", "empty")


def test_exports_without_a_single_post(run, home):
    """The header alone: an export that went wrong, never a month of silence."""
    exports.write_inbox(home, TINY, "posts.csv", ",".join(exports.HEADERS) + "\n")
    assert "notebook" not in refused(run("report", TINY), f"data/inbox/{TINY}/", "2025-05-01")


def test_exports_of_none_of_the_platforms(run, home):
    exports.write_edition(home, TINY, platforms="facebook")
    exports.write_inbox(home, TINY, "posts.csv", exports.posts_csv())
    refused(run("report", TINY), f"data/inbox/{TINY}/", "facebook")


def test_a_broken_file(run, home):
    exports.write_inbox(home, TINY, "posts.json", '[{"id": 1,')
    refused(run("report", TINY), "posts.json")


def test_a_file_of_bytes(run, home):
    (home / "data" / "inbox" / TINY / "posts.xlsx").write_bytes(bytes(range(256)) * 4)
    refused(run("report", TINY), "posts.xlsx")


# what goes well


def test_intake_says_what_was_kept_and_what_not(run, home):
    text = exports.posts_csv() + "X,北京,@VisitBeijingcn,1899,2025-04-30 15:59:59,en,photo,before,,1,1,1,1,\n"
    text += "X,北京,@VisitBeijingcn,1898,2025-04-30 16:00:00,en,photo,first second in Beijing,,1,1,1,1,\n"
    text += "X,北京,@VisitBeijingcn,1897,yesterday,en,photo,when?,,1,1,1,1,\n"
    exports.write_inbox(home, TINY, "posts.csv", text)
    code, said, complaint = run("intake", TINY)
    assert (code, complaint) == (0, "")
    row = next(line for line in said.splitlines() if line.startswith("posts.csv"))
    assert re.findall(r"\d+", row.replace("plain-posts", "")) == ["51", "49", "0", "0", "1", "0", "1"]
    assert "posts.csv: plain-posts by 平台" in said
    assert f"data/store/{TINY}/quarantine.csv" in said
    quarantine = (home / "data" / "store" / TINY / "quarantine.csv").read_text(encoding="utf-8-sig")
    assert "posts.csv" in quarantine and "yesterday" in quarantine


def test_a_check_says_the_same_and_writes_nothing(run, home):
    exports.write_inbox(home, TINY, "posts.csv", exports.posts_csv())
    code, said, complaint = run("intake", TINY, "--check")
    assert (code, complaint) == (0, "")
    assert not (home / "data" / "store" / TINY).exists()
    assert said.splitlines()[:3] == run("intake", TINY)[1].splitlines()[:3]


def test_any_file_can_be_inspected(run, home, tmp_path):
    good, bad = tmp_path / "posts.csv", tmp_path / "weather.csv"
    good.write_text(
        exports.posts_csv() + "X,北京,@VisitBeijingcn,1897,yesterday,en,photo,when?,,1,1,1,1,\n", encoding="utf-8"
    )
    bad.write_text("day,degrees\n2025-05-01,21\n", encoding="utf-8")
    code, said, _ = run("inspect", str(good), str(bad))
    assert code == 3
    assert (
        "posts.csv row 50: unusable time (发布时间(UTC): yesterday)" in said and "weather.csv: no known format" in said
    )
    code, said, _ = run("inspect", str(good), "--json")
    (look,) = json.loads(said)
    (document,) = look["documents"]
    assert code == 0
    assert (document["format"], document["rows"], document["kept"], document["quarantined"]) == (
        "plain-posts",
        49,
        48,
        1,
    )
    assert document["sums"]["views"] == 48 * 500
    assert look["quarantine"][0]["reason"] == "unusable time"


def test_themes_of_any_table_of_texts(run, home):
    texts, labels = home.parent / "texts.csv", home.parent / "labels.csv"
    texts.write_text("id,text\n7,A marathon\n", encoding="utf-8")
    code, said, _ = run("themes", "texts.csv", "--out", "labels.csv")
    assert code == 0 and "labels.csv (texts 文本数: 1)" in said
    assert labels.read_text(encoding="utf-8") == "id,themes\n7,sports_events\n"
    texts.write_text("id,words\n7,A marathon\n", encoding="utf-8")
    refused(run("themes", "texts.csv", "--out", "labels.csv"), "texts.csv", "`text`", "found id, words")


def test_new_makes_the_next_edition_and_its_inbox_once(run, home):
    code, said, _ = run("new")
    made = home / "data" / "editions" / "2025-11.yml"
    assert code == 0 and "data/inbox/2025-11/" in said and "2025-11-01" in said
    text = made.read_text(encoding="utf-8")
    assert "source: exports" in text and "2025-10" in text
    assert [path.name for path in (home / "data" / "inbox" / "2025-11").iterdir()] == ["README.txt"]
    refused(run("new", "2025-11"), "data/editions/2025-11.yml", "exists")
    assert made.read_text(encoding="utf-8") == text
    refused(run("report", "2025-11"), "data/inbox/2025-11/", "2025-11-01", "2025-11-30")


def test_new_refuses_a_month_that_is_none(run, home):
    before = sorted((home / "data" / "editions").iterdir())
    for name in ("November", "2025-13", "../2025-11", "2025-03"):
        refused(run("new", name), name)
    assert sorted((home / "data" / "editions").iterdir()) == before


def test_status_lists_every_edition(run, home):
    exports.write_inbox(home, TINY, "posts.csv", exports.posts_csv())
    code, said, complaint = run("status")
    assert (code, complaint) == (0, "")
    lines = {line.split()[0]: line for line in said.splitlines() if line.strip()}
    assert {path.stem for path in (home / "data" / "editions").glob("*.yml")} <= set(lines)
    assert {path.parent.name for path in (home / "data" / "annual").glob("*/edition.yml")} <= set(lines)
    assert "sheet" in lines["image-2025"] and "no" in lines["image-2025"]
    assert "1 file" in lines[TINY] and "empty" in lines["2025-03"]
    run("intake", TINY)
    after = next(line for line in run("status")[1].splitlines() if line.startswith(TINY))
    assert after != lines[TINY]


def test_names_are_shown_as_they_are(run, home):
    exports.write_inbox(home, TINY, "a[red]b :x: [bold].csv", exports.posts_csv().replace("@szdaily1", "[/b]"))
    code, said, complaint = run("intake", TINY)
    assert (code, complaint) == (0, "")
    assert "a[red]b :x: [bold].csv: plain-posts" in said and "[/b]" in said


def test_one_command_waits_for_another(home):
    exports.write_inbox(home, TINY, "posts.csv", exports.posts_csv())
    (home / "data" / "store").mkdir(exist_ok=True)
    other = filelock.FileLock(home / "data" / "store" / ".lock")
    with other:
        command = subprocess.Popen(
            [str(COMMAND), "intake", TINY],
            env=os.environ | {"CITYREACH_HOME": str(home)},
            stdout=subprocess.PIPE,
            encoding="utf-8",
        )
        assert command.stdout is not None
        assert "Another command is at work" in command.stdout.readline()
        assert command.poll() is None and not (home / "data" / "store" / TINY).exists()
    said, _ = command.communicate(timeout=120)
    assert command.returncode == 0 and "posts.csv" in said


def test_status_stands_a_broken_edition_file(run, home):
    (home / "data" / "editions" / "2025-12.yml").write_text("id: 2025-12\n", encoding="utf-8")
    refused(run("status"), "data/editions/2025-12.yml")


def test_help_is_readable(run):
    code, said, _ = run("--help")
    assert code == 0
    for word in ("new", "template", "simulate", "intake", "report", "published", "status", "由平台导出数据生成"):
        assert word in said
    for command in ("new", "template", "simulate", "intake", "report", "published", "status"):
        code, said, _ = run(command, "--help")
        assert code == 0 and re.search(r"[一-鿿]", said), command
    assert "2025-03" in run("report", "--help")[1]


def test_no_command_shows_the_help(run):
    _, said, complaint = run()
    assert "report" in said + complaint and "Traceback" not in complaint


def test_debug_raises(home, monkeypatch):
    from cityreach import cli
    from cityreach.errors import UnknownNameError

    monkeypatch.setenv("CITYREACH_HOME", str(home))
    with pytest.raises(UnknownNameError, match="2031-07"):
        cli.main(["report", "2031-07", "--debug"])


def test_the_installed_command_answers_alike(home):
    done = cityreach(home, "report", TINY)
    refused((done.returncode, done.stdout, done.stderr), f"data/inbox/{TINY}/")
    assert cityreach(home, "report", TINY, "--debug").stderr.count("Traceback") == 1


def test_make_names_the_edition_and_the_language():
    """`make -n report` shows the command that the README promises."""
    done = subprocess.run(
        ["make", "-n", "report", "EDITION=2025-02", "LANGUAGE=en"],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    assert re.search(r"cityreach report \W?2025-02\W? --lang \W?en", done.stdout)


# all or nothing


@pytest.mark.slow
def test_a_failing_cell_leaves_the_old_report_and_is_named(home):
    """A kept frame that lacks a column: the notebook fails in a cell, long after the command began."""
    import pyarrow.parquet as pq

    exports.write_inbox(home, TINY, "posts.csv", exports.posts_csv())
    assert cityreach(home, "intake", TINY).returncode == 0
    path = home / "data" / "store" / TINY / "analysis" / "now.parquet"
    pq.write_table(pq.read_table(path).drop_columns(["score"]), path)
    done = cityreach(home, "report", TINY)
    complaint = refused((done.returncode, done.stdout, done.stderr), "notebooks/monthly_report.ipynb", "score")
    assert re.search(r"cell \d+", complaint) and f"reports/failed/{TINY}.ipynb" in complaint
    kept = json.loads((home / "reports" / "failed" / f"{TINY}.ipynb").read_text(encoding="utf-8"))
    failed = [cell["id"] for cell in kept["cells"] for out in cell.get("outputs", []) if out["output_type"] == "error"]
    assert len(failed) == 1


@pytest.mark.slow
def test_a_failing_chapter_is_named_with_its_heading(home):
    """A notebook whose chapter raises: the message names notebook, cell and heading."""
    import nbformat

    exports.write_inbox(home, TINY, "posts.csv", exports.posts_csv())
    path = home / "notebooks" / "monthly_report.ipynb"
    book = nbformat.read(path, as_version=4)
    place = next(number for number, cell in enumerate(book.cells) if cell.id == "themes-text")
    book.cells[place].source = "report.themes.no_such_thing()"
    nbformat.write(book, path)
    done = cityreach(home, "report", TINY)
    refused(
        (done.returncode, done.stdout, done.stderr),
        "notebooks/monthly_report.ipynb",
        f"cell {place + 1} ",
        "主题",
        "no_such_thing",
    )


@pytest.mark.slow
def test_a_missing_notebook_is_named(home):
    """Whatever fails, nothing but reports/failed/ appears."""
    before = reading.hashes(home / "reports")
    exports.write_inbox(home, TINY, "posts.csv", exports.posts_csv())
    (home / "notebooks" / "monthly_report.ipynb").unlink()
    done = cityreach(home, "report", TINY)
    refused((done.returncode, done.stdout, done.stderr), "notebooks/monthly_report.ipynb")
    assert reading.hashes(home / "reports") == before
