"""Edition files as they are kept in data/editions/, and what a broken one is answered with."""

from __future__ import annotations

import calendar
import re
import shutil
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from cityreach import edition, paths, registry
from cityreach.errors import CityreachError, SpecError, UnknownNameError

REAL = paths.root() / "data"
MONTHS = [f"2024-{month:02d}" for month in range(4, 13)] + [f"2025-{month:02d}" for month in range(1, 6)]
GOOD = """\
id: "2025-03"
title: {zh: 指数, en: Index}
label: {zh: 2025年3月号, en: March 2025}
window: {first: 2025-03-01, last: 2025-03-31}
counting_date: 2025-04-07
panel: cities-133
platforms: [facebook, x]
method: social-reach@1
mode: ordered
source: simulated
"""
Write = Callable[..., None]


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    """Another root; the function writes an edition file there, made from a good one by replacing one text."""
    folder = tmp_path / "data" / "editions"
    folder.mkdir(parents=True)
    for name in ("registry", "methods"):
        shutil.copytree(REAL / name, tmp_path / "data" / name)
    monkeypatch.setenv(paths.HOME_VARIABLE, str(tmp_path))

    def put(old: str = "", new: str = "", *, name: str = "2025-03", more: str = "") -> None:
        assert old in GOOD
        text = GOOD.replace('"2025-03"', f'"{name}"', 1) if name != "2025-03" else GOOD
        (folder / f"{name}.yml").write_text(text.replace(old, new, 1) + more, encoding="utf-8")

    return put


def line_of(error: type[CityreachError], act: Callable[[], object]) -> str:
    with pytest.raises(error) as caught:
        act()
    text = str(caught.value)
    assert "\n" not in text
    return text


# The editions in the repository


def test_the_editions_asked_for_are_there() -> None:
    assert set(edition.ids()) >= {*MONTHS, "2025-10", "x-four-cities"}


@pytest.mark.parametrize("name", edition.ids())
def test_an_edition_loads_and_everything_it_names_exists(name: str) -> None:
    known = registry.load()
    loaded = edition.check_names(edition.load(name), known)
    assert loaded.id == name
    assert len(known.panel(loaded.panel)) >= 4
    assert all(line.zh and line.en for line in loaded.publisher)


@pytest.mark.parametrize("name", [*MONTHS, "2025-10"])
def test_a_monthly_edition_measures_its_month_as_the_published_one_did(name: str) -> None:
    loaded = edition.load(name)
    year, month = (int(part) for part in name.split("-"))
    following = date(year, month, 28) + timedelta(days=7)
    assert loaded.window.first == date(year, month, 1)
    assert loaded.window.days == calendar.monthrange(year, month)[1]
    assert loaded.counting_date == following.replace(day=7)
    assert loaded.panel == ("cities-138" if name >= "2025-05" else "cities-133")
    tiktok = ("tiktok",) if name >= "2025-03" else ()
    assert loaded.platforms == ("facebook", "x", "instagram", "youtube", *tiktok)
    assert (loaded.mode, loaded.source) == ("unordered" if name == "2025-10" else "ordered", "simulated")
    assert loaded.label.zh == f"{year}年{month}月号"
    assert loaded.label.en == f"{calendar.month_name[month]} {year}"


def test_the_months_follow_each_other() -> None:
    chain = edition.history(edition.load("2025-10"), count=99)
    assert [each.id for each in chain] == MONTHS
    assert edition.load("2024-04").previous is None
    assert edition.history(edition.load("2024-04"), count=12) == []


def test_history_is_cut_at_its_count_with_the_latest_kept() -> None:
    assert [each.id for each in edition.history(edition.load("2025-03"), count=2)] == ["2025-01", "2025-02"]
    assert edition.history(edition.load("2025-03"), count=0) == []


def test_the_sample_of_real_data_is_never_simulated_and_stands_alone() -> None:
    real = edition.load("x-four-cities")
    assert (real.source, real.simulated, real.previous) == ("exports", False, None)
    assert (real.panel, real.platforms, real.mode) == ("four-cities", ("x",), "ordered")
    assert (real.window.first, real.window.last) == (date(2023, 1, 1), date(2025, 6, 1))
    assert real.counting_date == date(2025, 6, 15)


def test_context_figures_of_march_name_their_sources() -> None:
    figures = edition.load("2025-03").context
    assert [re.findall(r"\d+%|\d+亿", figure.text.zh) for figure in figures] == [["173%"], ["270%"], ["7亿"]]
    assert all(figure.source.zh and figure.source.en for figure in figures)


def test_window_begins_and_ends_at_midnight_in_beijing(write: Write) -> None:
    write()
    window = edition.load("2025-03").window
    assert window.days == 31
    assert window.start.astimezone(UTC) == datetime(2025, 2, 28, 16, tzinfo=UTC)
    assert window.end.astimezone(UTC) == datetime(2025, 3, 31, 16, tzinfo=UTC)


# Broken files

FILE = "data/editions/2025-03.yml: "


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("panel:", "panell:", "`panell`: this key is not known, found 'cities-133'. Did you mean `panel`? Allowed"),
        ("mode: ordered\n", "", "`mode`: the key is missing. Write one of ordered, unordered, tiers."),
        ("mode: ordered", "mode: random", "`mode`: must be 'ordered', 'unordered' or 'tiers', found 'random'. Write"),
        ("source: simulated", "source: real", "`source`: must be 'simulated' or 'exports', found 'real'. Write"),
        ("platforms: [facebook, x]", "platforms: x", "`platforms`: must be a list, found 'x'. Write a list of"),
        ("platforms: [facebook, x]", "platforms: []", "`platforms`: must not be empty, found []. Write a list of"),
        ("[facebook, x]", "[x, x]", "platforms names a platform twice"),
        (
            "title: {zh: 指数, en: Index}",
            "title: 指数",
            "`title`: must be keys with values, found '指数'. Write the rep",
        ),
        (
            "title: {zh: 指数, en: Index}",
            "title: {zh: 指数}",
            "`title.en`: the key is missing. Write the report's title",
        ),
        ("en: March 2025", "en: 2025", "`label.en`: must be text, found 2025. Write the issue's name, for example"),
        ("{first:", "{frist:", "`window.frist`: this key is not known"),
        ("{first:", "{frist:", "Did you mean `first`? Allowed keys: first, last. (1 more problem(s) follow)"),
        ("first: 2025-03-01", "first: March", "`window.first`: must be a day, found 'March'. Write a day such as 2025"),
        (
            "first: 2025-03-01",
            "first: 20250301",
            "`window.first`: a day is written with hyphens, found 20250301. Write",
        ),
        ("last: 2025-03-31", "last: 2025-03-32", "not valid YAML (line 4: 2025-03-32 is no day"),
        (
            "last: 2025-03-31",
            "last: 2025-02-28",
            "`window`: the last day 2025-02-28 lies before the first day 2025-03-01",
        ),
        ("2025-04-07", "2025-03-30", "counting_date 2025-03-30 lies before the window's last day 2025-03-31"),
        (
            "counting_date: 2025-04-07",
            "counting_date: soon",
            "`counting_date`: must be a day, found 'soon'. Write the day on",
        ),
        (
            'id: "2025-03"',
            "id: March 2025",
            "`id`: an edition's id holds only lower-case letters, digits and hyphens, found",
        ),
        ('id: "2025-03"', 'id: "2025-04"', "`id` must equal the file's name, found '2025-04'. Write '2025-03'."),
        ("source: simulated", 'source: simulated\nprevious: "2025-03"', "previous names the edition itself"),
        (
            "source: simulated",
            "source: simulated\nsource: exports",
            "not valid YAML (line 11: key `source` is given twice)",
        ),
        ("title: {zh: 指数", "title: {{zh: 指数", "not valid YAML"),
        (
            "source: simulated",
            "source: simulated\ncontext: [{text: {zh: 甲, en: A}}]",
            "`context.0.source`: the key is missing. Write who",
        ),
    ],
)
def test_a_broken_edition_is_answered_with_file_key_rule_and_remedy(
    write: Write, old: str, new: str, expected: str
) -> None:
    write(old, new)
    text = line_of(SpecError, lambda: edition.load("2025-03"))
    assert text.startswith(FILE)
    assert expected in text


@pytest.mark.parametrize("name", ["2031-01", "../registry/terms", "2025-03.yml", ""])
def test_an_unknown_edition_is_answered_with_those_that_exist(write: Write, name: str) -> None:
    write()
    text = line_of(UnknownNameError, lambda: edition.load(name))
    assert text.startswith(f"Edition `{name}` does not exist in data/editions/. There are: 2025-03.")


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (
            "cities-133",
            "cities-134",
            "`panel` names 'cities-134', which data/registry/panels.yml does not have. Write one of: "
            "cities-120, cities-133, cities-138, four-cities, image-106, influence-39.",
        ),
        (
            "[facebook, x]",
            "[facebook, weibo]",
            "`platforms` names 'weibo', which data/registry/platforms.yml does not have. "
            "Write one of: facebook, x, instagram, youtube, tiktok, linkedin, twitch.",
        ),
        (
            "social-reach@1",
            "social-reach@9",
            "`method` names 'social-reach@9', which data/methods/ does not have. Write one of",
        ),
        (
            "mode: ordered",
            'mode: ordered\nprevious: "2025-02"',
            "`previous` names '2025-02', which data/editions/ does not have. Write one of: 2025-03.",
        ),
    ],
)
def test_names_that_an_edition_uses_must_exist(write: Write, old: str, new: str, expected: str) -> None:
    write(old, new)
    known = registry.load()
    text = line_of(SpecError, lambda: edition.check_names(edition.load("2025-03"), known))
    assert text.startswith(FILE + expected)


def test_good_names_give_the_edition_back(write: Write) -> None:
    write()
    loaded = edition.load("2025-03")
    assert edition.check_names(loaded, registry.load()) is loaded


def test_a_previous_edition_that_is_not_there_is_told_with_the_file_that_names_it(write: Write) -> None:
    write(more='previous: "2025-02"\n')
    write(name="2025-02", more='previous: "2025-01"\n')
    text = line_of(SpecError, lambda: edition.history(edition.load("2025-03"), count=12))
    assert text.startswith("data/editions/2025-02.yml: `previous` names '2025-01', which data/editions/ does not have.")
    assert [each.id for each in edition.history(edition.load("2025-03"), count=1)] == ["2025-02"]


@pytest.mark.parametrize("target", ["2025-03", "2025-02"])
def test_a_ring_of_previous_editions_is_an_error_and_no_endless_loop(write: Write, target: str) -> None:
    write(more='previous: "2025-02"\n')
    write(name="2025-02", more='previous: "2025-01"\n')
    write(name="2025-01", more=f'previous: "{target}"\n')
    text = line_of(SpecError, lambda: edition.history(edition.load("2025-03"), count=99))
    assert text.startswith(f"data/editions/2025-01.yml: `previous` leads back to '{target}', a ring.")


def test_a_folder_without_editions_says_so(write: Write) -> None:
    assert edition.ids() == []
    assert "There are: none yet." in line_of(UnknownNameError, lambda: edition.load("2025-03"))
