"""Platforms that the project did not start with, and cities of totals alone: whole editions made of YAML and tables."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml

from tests import exports, reading
from tests.conftest import ROOT, build, cityreach, make_home

NEW = {
    "linkedin": {
        "name": {"zh": "领英", "en": "LinkedIn"},
        "interactions": ["likes", "comments", "shares"],
        "publishes": ["likes", "comments", "shares", "followers"],
        "primer": {"zh": "领英面向职业人群。", "en": "LinkedIn addresses people at work."},
    },
    "twitch": {
        "name": {"zh": "Twitch", "en": "Twitch"},
        "interactions": [],
        "publishes": ["views", "followers"],
        "primer": {"zh": "Twitch 以直播为主。", "en": "Twitch lives by the broadcast."},
    },
}
WORDS = {"x": "X", "linkedin": "领英", "twitch": "Twitch"}
CITIES = {"110000": "北京", "310000": "上海", "330100": "杭州", "440300": "深圳"}
UNSCORED, SCORED, SUMS = "new-unscored", "new-scored", "sums"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home whose registry knows LinkedIn and Twitch, with accounts there, and a second version of the method."""
    made = make_home(tmp_path_factory.mktemp("platforms") / "project")
    register(made)
    write_method(made)
    write_editions(made)
    return made


def register(home: Path) -> None:
    path = home / "data" / "registry" / "platforms.yml"
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    content["platforms"] = {**NEW, **content["platforms"]}
    path.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), encoding="utf-8")
    with (home / "data" / "registry" / "accounts.csv").open("a", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        for platform in NEW:
            for city in CITIES:
                name = f"visit{city}"
                row = [
                    f"{platform}:{name}",
                    platform,
                    name,
                    "",
                    name,
                    city,
                    "",
                    "city",
                    "en",
                    "active",
                    "real",
                    "made up",
                ]
                table.writerow(row)


def write_method(home: Path) -> None:
    """social-reach@2: X's branch for LinkedIn, YouTube's for Twitch, other weights."""
    content = yaml.safe_load((ROOT / "data" / "methods" / "social-reach@1.yml").read_text(encoding="utf-8"))
    branches = {branch["code"]: branch for branch in content["tree"]["children"]}
    for code, like in (("linkedin", "x"), ("twitch", "youtube")):
        added = {**branches[like], "code": code, "label": NEW[code]["name"], "source": {"platform": code}}
        content["tree"]["children"].append(added)
    weights = {"facebook": 30, "x": 25, "instagram": 15, "youtube": 15, "linkedin": 10, "twitch": 5}
    for branch in content["tree"]["children"]:
        if branch["code"] in weights:
            branch["weight"] = weights[branch["code"]]
    content["version"] = "2"
    path = home / "data" / "methods" / "social-reach@2.yml"
    path.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), encoding="utf-8")


def write_editions(home: Path) -> None:
    for name, method in ((UNSCORED, "social-reach@1"), (SCORED, "social-reach@2")):
        exports.write_edition(home, name, platforms=", ".join(WORDS))
        path = home / "data" / "editions" / f"{name}.yml"
        path.write_text(path.read_text(encoding="utf-8").replace("social-reach@1", method), encoding="utf-8")
        exports.write_inbox(home, name, "posts.csv", posts())


def posts() -> str:
    """Posts of four cities on X, LinkedIn and Twitch as the plain table; Twitch shows views alone."""
    buffer = io.StringIO(newline="")
    table = csv.writer(buffer)
    table.writerow(
        ["平台", "城市", "账号", "帖文ID", "发布时间", "类型", "正文", "点赞数", "评论数", "转发数", "观看量"]
    )
    for platform, word in WORDS.items():
        for place, (city, name) in enumerate(CITIES.items()):
            handle = exports.ACCOUNTS[name] if platform == "x" else f"visit{city}"
            for number in range(12):
                day, kind = f"2025/5/{1 + number * 2} 8:05", ("图片", "视频")[number % 2]
                counts = ["", "", "", 900 + place] if platform == "twitch" else [60 + 9 * place + number, 2, 1, ""]
                text = ("Dragon boat festival by the lake", "A walk in the museum")[number % 2]
                table.writerow([word, name, handle, f"{platform}{place}{number:02d}", day, kind, text, *counts])
    return buffer.getvalue()


# an edition by YAML alone


def test_the_notebook_has_cells_for_the_platforms_that_it_names() -> None:
    from cityreach.monthly.book import OWN_CELLS

    content = json.loads((ROOT / "notebooks" / "monthly_report.ipynb").read_text(encoding="utf-8"))
    source = "\n".join("".join(cell["source"]) for cell in content["cells"])
    assert tuple(re.findall(r'report\.platform\("(\w+)"\)', source)) == OWN_CELLS
    assert source.count("report.further_platforms()") == 1


@pytest.fixture(scope="module")
def scored(home: Path) -> Path:
    return build(home, SCORED)


@pytest.fixture(scope="module")
def unscored(home: Path) -> Path:
    return build(home, UNSCORED, "--lang", "en")


def chapter(folder: Path, anchor: str) -> list[dict[str, Any]]:
    """The blocks between a platform's heading and the next one of its level."""
    blocks = reading.blocks(folder)
    start = next(n for n, block in enumerate(blocks) if block["kind"] == "section" and block["anchor"] == anchor)
    rest = [n for n, block in enumerate(blocks) if n > start and block["kind"] == "section" and block["level"] == 1]
    return blocks[start : rest[0]]


def said(blocks: list[dict[str, Any]]) -> str:
    return "\n".join(reading.plain(text) for block in blocks for text in reading.texts(block))


@pytest.mark.slow
@pytest.mark.parametrize(("platform", "name", "number"), [("linkedin", "领英", "03"), ("twitch", "Twitch", "04")])
def test_a_platform_with_a_branch_has_a_chapter_like_any_other(
    scored: Path, platform: str, name: str, number: str
) -> None:
    blocks = chapter(scored, platform)
    assert (blocks[0]["kicker"], blocks[0]["number"]) == (name, number)
    assert f"top-{platform}" in [block["key"] for block in blocks if block["kind"] == "figure"]
    (table,) = [block for block in blocks if block["kind"] == "table"]
    assert len(table["rows"]) == 4
    ranking = reading.rows(scored, "ranking")
    assert sorted(row[f"{platform}_rank"] for row in ranking) == ["1", "2", "3", "4"]
    page = reading.page(scored)
    assert name in page.by_id(platform).text
    assert any(name in text for text in reading.pdf_pages(scored))


@pytest.mark.slow
def test_what_a_platform_does_not_publish_stays_unknown(scored: Path) -> None:
    rows = [row for row in reading.rows(scored, "metrics") if row["platform"] == "twitch"]
    assert len(rows) == 4
    assert {(row["posts"], row["interactions"], row["peak"], row["status"]) for row in rows} == {
        ("12", "", "", "measured")
    }
    assert all(int(row["views"]) > 10_000 for row in rows)


@pytest.mark.slow
def test_a_platform_without_a_branch_is_shown_and_not_scored(unscored: Path) -> None:
    for platform, name in (("linkedin", "LinkedIn"), ("twitch", "Twitch")):
        blocks = chapter(unscored, platform)
        assert f"The method does not cover {name}" in said(blocks)
        assert not [block for block in blocks if block["kind"] == "figure" and block["key"].startswith("top-")]
        (table,) = [block for block in blocks if block["kind"] == "table"]
        assert len(table["rows"]) == 4
    (row, *_) = reading.rows(unscored, "ranking")
    assert not [column for column in row if column.startswith(("linkedin", "twitch"))]
    assert {row["platform"] for row in reading.rows(unscored, "metrics")} == set(WORDS)


@pytest.mark.slow
def test_scores_are_those_of_the_platforms_that_the_method_has(unscored: Path) -> None:
    for row in reading.rows(unscored, "ranking"):
        assert row["composite_score"] == row["x_score"]


@pytest.mark.slow
def test_an_edition_of_which_nothing_is_scored_is_refused_before_it_is_read(home: Path) -> None:
    exports.write_edition(home, "new-none", platforms="linkedin, twitch")
    exports.write_inbox(home, "new-none", "posts.csv", posts())
    done = cityreach(home, "report", "new-none")
    assert done.returncode == 2 and done.stderr.count("\n") == 1
    for word in ("new-none", "social-reach@1", "linkedin, twitch", "Copy data/methods/social-reach@1.yml"):
        assert word in done.stderr
    assert not (home / "data" / "store" / "new-none").exists()


# an edition of totals alone


def totals() -> pd.DataFrame:
    """Two cities measured on both platforms, one silent on Facebook, one without anything there."""
    rows = []
    for place, city in enumerate(CITIES):
        for platform in ("x", "facebook"):
            if (city, platform) == ("440300", "facebook"):
                continue
            posted = 0 if (city, platform) == ("330100", "facebook") else 10 + place
            likes = 100 * place + 7 if posted else None
            rows.append(
                {"city_id": city, "platform": platform, "posts": posted, "likes": likes, "comments": 5, "shares": 3,
                 "peak": 60 if posted else None, "accounts": 2, "followers": 10_000 * (place + 1)}
            )  # fmt: skip
    frame = pd.DataFrame(rows).assign(day=pd.Timestamp("2025-06-07"), source_file="totals.csv")
    return frame.assign(source_row=range(2, len(rows) + 2))


@pytest.fixture(scope="module")
def sums(home: Path) -> Path:
    """The report of an edition whose store holds totals and no post."""
    from cityreach import edition, intake, store, tables
    from cityreach.intake import inbox, log

    exports.write_edition(home, SUMS, platforms="x, facebook")
    exports.write_inbox(home, SUMS, "totals.csv", "城市,平台,发帖数\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CITYREACH_HOME", str(home))
        for name in ("posts", "snapshots", "quarantine"):
            store.write(tables.empty(name), name, SUMS)
        store.write(totals(), "totals", SUMS)
        file = log.FileLog("totals.csv", "plain-totals", rows=7, kept=7)
        said = log.IntakeLog(SUMS, (file,), totals={"rows": 7, "kept": 7}).to_dict()
        content = inbox.fingerprint(edition.load(SUMS)) | {"log": said}
        (home / "data" / "store" / SUMS / "intake.json").write_text(json.dumps(content), encoding="utf-8")
        assert intake.is_current(edition.load(SUMS))
    return build(home, SUMS)


@pytest.mark.slow
def test_an_edition_of_totals_has_its_figures_and_places(sums: Path) -> None:
    rows = {(row["city"], row["platform"]): row for row in reading.rows(sums, "metrics")}
    assert (rows["上海", "x"]["posts"], rows["上海", "x"]["interactions"]) == ("11", "115")
    assert (rows["上海", "x"]["followers"], rows["上海", "x"]["views"]) == ("20000", "")
    assert {city: rows[city, "facebook"]["status"] for city in CITIES.values()} == {
        "北京": "measured", "上海": "measured", "杭州": "silent", "深圳": "no_account"
    }  # fmt: skip
    assert sorted(row["composite_rank"] for row in reading.rows(sums, "ranking")) == ["1", "2", "3", "4"]
    assert not {"case_posts", "themes", "labels"} & {path.stem for path in (sums / "data").glob("*.csv")}


@pytest.mark.slow
def test_sections_without_posts_say_so_in_one_line(sums: Path) -> None:
    for anchor, name in (("x", "X平台"), ("facebook", "脸书")):
        assert f"本期{name}只有汇总数据" in said(chapter(sums, anchor))
    assert said(chapter(sums, "themes")).splitlines()[1:] == ["本期没有逐条帖文数据，不作主题分析。"]
    assert "不归纳城市标签" in said(chapter(sums, "cities"))
    quality = said(reading.blocks(sums, "prose"))
    assert "6组城市与平台的数据取自汇总表" in quality
    assert "有帖文的账号：X平台6个（在册6个）。" in quality  # no account on Facebook is registered
