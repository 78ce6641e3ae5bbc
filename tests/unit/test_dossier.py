"""What a dossier is made of: peers, gaps, accounts, periods, places of other indices, and the files of staff."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cityreach import registry
from cityreach.dossier import accounts, development, files, indices, peers, period, posts, told
from cityreach.edition import Edition, Window
from cityreach.errors import SpecError, UnknownNameError
from cityreach.insight import rules
from cityreach.published import facts as record

ROOT = Path(__file__).resolve().parents[2]
SHENZHEN = "440300"


def scores(city_id: str, own: dict[str, tuple[float | None, float | None, float | None]]) -> pd.DataFrame:
    """SCORES of a city: node → score, weight, contribution."""
    rows = [
        {"edition": "e", "city_id": city_id, "node": node, "value": None, "score": score, "weight": weight,
         "contribution": points, "rank": 1, "tied": False}
        for node, (score, weight, points) in own.items()
    ]  # fmt: skip
    return pd.DataFrame(rows)


# A: 0.6 × 50 + 0.4 × 20 = 38; B: 0.6 × 80 + 0.4 × 0 = 48. B is ahead by 10 = 18 on x − 8 on y.
A = {"composite": (38.0, 1.0, 38.0), "x": (50.0, 0.6, 30.0), "x.reach": (50.0, 1.0, 50.0),
     "y": (20.0, 0.4, 8.0), "y.reach": (20.0, 1.0, 20.0)}  # fmt: skip
B = {"composite": (48.0, 1.0, 48.0), "x": (80.0, 0.6, 48.0), "x.reach": (80.0, 1.0, 80.0),
     "y": (0.0, 0.4, 0.0), "y.reach": (0.0, 1.0, 0.0)}  # fmt: skip


def test_a_gap_is_taken_apart_exactly():
    parts = peers.gap_parts(scores("a", A), scores("b", B)).set_index("node")
    assert parts.at["composite", "points"] == pytest.approx(10.0)
    assert parts.at["x", "points"] == pytest.approx(18.0) and parts.at["y", "points"] == pytest.approx(-8.0)
    assert parts.at["x.reach", "points"] == pytest.approx(18.0)
    assert parts.groupby("level")["points"].sum().tolist() == pytest.approx([10.0] * 3)
    assert (parts.at["x", "own"], parts.at["x", "other"]) == (50.0, 80.0)


def test_profiles_count_no_account_as_zero_and_leave_missing_exports_out():
    silent = A | {"y": (None, 0.4, 0.0), "y.reach": (None, 1.0, 0.0)}
    missing = A | {"y": (None, 0.0, 0.0), "y.reach": (None, 1.0, 0.0)}
    now = pd.concat([scores("a", A), scores("s", silent), scores("m", missing)], ignore_index=True)
    table = peers.profiles(now)
    assert table.at["a", "y.reach"] == 20.0 and table.at["s", "y.reach"] == 0.0 and np.isnan(table.at["m", "y.reach"])


def test_nearest_neighbours_are_told_by_hand():
    table = pd.DataFrame(
        {"x.a": [50.0, 53.0, 50.0, 90.0], "x.b": [20.0, 24.0, np.nan, 20.0]},
        index=pd.Index(list("acdb"), name="city_id"),
    )
    found = peers.nearest(table, "a", count=2)
    # c: sqrt((3² + 4²) / 2); d: only x.a is known, and equal.
    assert found["city_id"].tolist() == ["d", "c"]
    assert found["distance"].tolist() == pytest.approx([0.0, np.sqrt(12.5)])
    assert peers.nearest(table, "z").empty


def test_peers_are_of_the_same_size_or_else_of_the_same_rank():
    ids = [f"{number:06d}" for number in range(8)]
    cities = pd.DataFrame(
        {"size_group": ["super"] + ["large2"] * 6 + ["super"], "tier": ["prefecture"] * 7 + ["county"]}, index=ids
    )
    assert peers.group(cities, ids[1], ids) == ("size_group", [ids[2], ids[3], ids[4], ids[5], ids[6]])
    assert peers.group(cities, ids[0], ids) == ("tier", ids[1:7])
    assert peers.group(cities, ids[7], ids) == ("panel", ids[:7])


def test_the_cities_ahead_and_behind():
    heads = pd.DataFrame(
        {"city_id": list("abcd"), "node": "composite", "rank": [3, 1, 2, 4], "score": [70.0, 90.0, 80.0, 60.0]}
    )
    ahead = peers.ahead(heads, "a")
    assert ahead["city_id"].tolist() == ["c", "b"] and ahead["gap"].tolist() == [10.0, 20.0]
    assert peers.behind(heads, "a")["city_id"].tolist() == ["d"] and peers.behind(heads, "a")["gap"].tolist() == [10.0]
    assert peers.ahead(heads, "b").empty and peers.behind(heads, "d").empty


def test_accounts_tell_silent_from_missing():
    known = pd.DataFrame(
        {"city_id": "c", "platform": "x", "handle": ["one", "two", "three"], "display_name": ["Same", "Same", "Other"],
         "language": "en", "operator": "bureau", "district": "", "origin": "real"},
        index=pd.Index(["x:one", "x:two", "x:three"], name="account_id"),
    )  # fmt: skip
    written = pd.DataFrame(
        {"account_id": ["x:one"] * 2, "post_id": ["1", "2"], "interactions": [30.0, 10.0], "views": [np.nan, np.nan]}
    )
    counted = pd.DataFrame({"account_id": ["x:one", "x:two", "x:two"], "day": [1, 1, 2], "followers": [5, 8, 9]})
    found = accounts.matrix(accounts.table(known, written, counted), "c", 50.0).set_index("account_id")
    assert found["status"].to_dict() == {"x:one": "measured", "x:two": "silent", "x:three": "missing"}
    assert found.at["x:one", "share"] == pytest.approx(0.8) and found.at["x:two", "followers"] == 9
    assert (
        found.at["x:two", "posts"] == 0
        and pd.isna(found.at["x:three", "posts"])
        and pd.isna(found.at["x:one", "views"])
    )
    assert found.at["x:one", "name"] == "@one" and found.at["x:three", "name"] == "Other"


def test_best_posts_need_not_be_large_but_never_below_the_usual_level():
    table = pd.DataFrame(
        {"city_id": "c", "platform": ["x", "x", "x", "x", "youtube"], "post_id": list("abcde"), "account_id": "x:one",
         "interactions": [40.0, 30.0, 20.0, 100.0, 5.0], "lift": [4.0, 3.0, 2.0, 0.5, np.nan]}
    )  # fmt: skip
    table = table.assign(**dict.fromkeys(set(posts.COLUMNS) - set(table) - {"score", "theme"}, None))
    themes = pd.DataFrame({"platform": ["x"], "post_id": ["a"], "theme": ["food"], "place": [1]})
    ranked = posts.ranked(table, themes, rules=rules.load().cases)
    best = posts.best(ranked, "c")
    assert best["post_id"].tolist() == ["a", "b", "e"]  # d is below the usual level, c the third of its platform
    assert best["theme"].tolist() == ["food", "other", "other"] and best["number"].tolist() == [1, 2, 3]


def edition(name: str, *platforms: str, mode: str = "ordered") -> Edition:
    words = {"zh": name, "en": name}
    return Edition.model_validate(
        {"id": name, "title": words, "label": words, "window": {"first": f"{name}-01", "last": f"{name}-28"},
         "counting_date": f"{name}-28", "panel": "p", "platforms": list(platforms), "method": "m@1", "mode": mode,
         "source": "simulated"}
    )  # fmt: skip


def test_development_adds_up_only_platforms_that_all_editions_measure():
    editions = [edition("2025-01", "x"), edition("2025-02", "tiktok", "x", mode="unordered")]
    metrics = pd.DataFrame(
        {"edition": ["2025-01", "2025-02", "2025-02"], "city_id": "c", "platform": ["x", "x", "tiktok"],
         "posts": [5, 6, 90], "interactions": [50, 60, 900], "views": [pd.NA] * 3, "followers": [7, 8, 80],
         "status": "measured"}
    ).astype(dict.fromkeys(development.FLOWS, "Int64"))  # fmt: skip
    heads = pd.DataFrame(
        {"edition": ["2025-01", "2025-02"], "city_id": "c", "node": "composite", "rank": [3, 2], "score": [60.0, 61.0]}
    )
    found = development.series(metrics, heads, editions, "c")
    assert found["posts"].tolist() == [5, 6] and found["views"].isna().all()
    assert found["rank"].tolist()[0] == 3 and pd.isna(found["rank"].iloc[1])  # an unordered edition tells none
    lacking = metrics.assign(status=["missing", "measured", "missing"])  # TikTok is not among those added up
    assert development.series(lacking, heads, editions, "c")["posts"].isna().tolist() == [True, False]


def test_a_year_is_its_series_and_stands_on_the_last_edition_in_order():
    found = period.find("2025")
    assert [each.id for each in found.editions] == ["2025-01", "2025-02", "2025-03", "2025-04", "2025-05", "2025-10"]
    assert found.standing.id == "2025-05" and found.ordered and found.is_year
    assert found.window == Window(first=date(2025, 1, 1), last=date(2025, 12, 31))
    month = period.find("2025-10")
    assert not month.ordered and not month.is_year and month.window.first == date(2025, 10, 1)
    with pytest.raises(UnknownNameError, match="1999"):
        period.find("1999")


# files of staff


def shenzhen() -> files.Records:
    return files.read(SHENZHEN, list(registry.load().accounts.index))


def test_the_year_2025_of_shenzhen_says_what_the_article_says():
    records = shenzhen().within(Window(first=date(2025, 1, 1), last=date(2025, 12, 31)))
    found = {lang: told.of(records, lang) for lang in ("zh", "en")}
    real = [each for each in found["zh"] if each.words["origin"] == "real"]
    assert {each.words["source"] for each in real} == {"直新闻（网易号）"}
    assert {each.figures["source_day"].value for each in real} == {date(2025, 12, 28)}

    def figures(kind: str) -> list[dict[str, object]]:
        return [{name: f.value for name, f in each.figures.items()} for each in real if each.kind == kind]

    by_key = {
        each.words["key"]: (each.figures["value"].value, each.words["bound"]) for each in real if each.kind == "fact"
    }
    assert by_key == {"posts": (13_800, "over"), "views": (146_000_000, "over")}
    known = registry.load().accounts["display_name"]
    named = next(each.words["accounts"] for each in real if each.kind == "fact")
    assert [known[account] for account in named] == ["Shenzhen Channel", "Shenzhen Story", "直新闻"]
    (contact,) = figures("contact")
    assert (contact["people"], contact["count"]) == (200, 2000)
    (event,) = figures("event")
    assert (event["times"], event["people"], event["since"]) == (25, 2500, "2024")
    words = [each.words for each in real if each.kind in ("contact", "event")]
    assert [each.get("people_bound") for each in words] == ["over", "near"]
    awards = {(each.figures["work"].value, each.figures["award"].value[:5]) for each in real if each.kind == "award"}
    assert (
        ("《万里同风 潮涌深圳》", "优秀作品奖") in awards
        and ("《埋头苦干》", "最佳作品奖") in awards
        and len(awards) == 3
    )
    assert {each.words["who"] for each in real if each.kind == "endorsement"} == {"毛宁", "谢锋", "《联合早报》"}
    assert any(each.words["origin"] == "simulated" for each in found["zh"])


def test_shenzhen_in_other_indices_from_16_to_4_on_one_base():
    table = indices.published(record.load(), "深圳", shenzhen().indices, until=date(2025, 12, 31))
    at = table.set_index(["index_id", "edition", "scope"])
    assert at.loc[("web-image", "2025", "composite"), "place"] == 3
    assert tuple(at.loc[("cici", "2025", "composite"), ["place", "before"]]) == (4, 16)
    assert at.loc[("cici", "2025", "x"), "place"] == 1 and pd.isna(at.loc[("cici", "2025", "x"), "before"])
    assert at.loc[("cici", "2025", "composite"), "base_zh"] == at.loc[("cici", "2024", "composite"), "base_zh"]
    assert at.index.is_unique
    earlier = indices.published(record.load(), "深圳", shenzhen().indices, until=date(2025, 3, 31))
    assert set(earlier["edition"].str[:4]) == {"2018", "2019", "2020", "2021", "2022", "2023", "2024"}
    assert not ((earlier["index_id"] == "cici") & (earlier["edition"] == "2024")).any()  # told only in December 2025
    assert indices.published(record.load(), "中山", (), until=date(2025, 12, 31)).empty


def test_the_annual_indices_stand_beside_with_their_bases():
    table = indices.built(date(2025, 12, 31))
    mine = table[table["city_id"] == SHENZHEN].set_index(["edition", "list"])[["rank", "cities"]]
    assert tuple(mine.loc[("image-2025", "all")]) == (3, 106) and tuple(mine.loc[("influence-2025", "all")]) == (4, 39)
    assert set(mine.index.get_level_values("edition")) == {"image-2025", "influence-2025"}  # the last of each index
    assert indices.built(date(2020, 1, 1)).empty


def test_a_change_between_two_bases_is_none():
    def place(edition: str, rank: int, base: str) -> files.Place:
        return files.Place.model_validate(
            {"index": "cici", "edition": edition, "scope": "composite", "place": rank, "base_zh": base, "base_en": base,
             "origin": "real", "source_zh": "s", "source_en": "s", "source_date": "2025-12-01"}
        )  # fmt: skip

    until = date(2025, 12, 31)
    for base, before in (("全国", 16), ("内地", None)):
        rows = [place("2024", 16, base), place("2025", 4, "全国")]
        found = indices.published(record.load(), "无此城", rows, until=until).set_index("edition")["before"]["2025"]
        assert (None if pd.isna(found) else found) == before


HEADER = (
    "who_zh,who_en,people,people_bound,followers,kind,count,count_bound,"
    "first,last,origin,source_zh,source_en,source_date"
)
ROW = "甲,A,1,exact,,visit,2,exact,2025-03-01,2025-03-02,real,报,Paper,2025-03-05"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            f"{HEADER}\n{ROW.replace('visit', 'visits')}\n",
            "contacts.csv, line 2: `kind`.*found 'visits'.*one of interaction",
        ),
        (f"{HEADER}\n{ROW}\n{ROW.replace(',2,', ',-2,')}\n", "contacts.csv, line 3: `count`.*'-2'"),
        (f"{HEADER}\n{ROW.replace('real', 'maybe')}\n", "line 2: `origin`.*real or simulated"),
        (f"{HEADER}\n{ROW.replace('2025-03-02', '2025-02-01')}\n", "line 2.*lies before"),
        (f"{HEADER}\n{ROW.replace('报', '')}\n", "line 2: `source_zh`"),
        (f"{HEADER}\n{ROW},more\n", "line 2: not as many cells"),
        (f"{HEADER.replace('kind', 'sort')}\n{ROW}\n", "line 1: the header lacks kind"),
    ],
)
def test_a_broken_row_is_one_line_that_names_file_line_and_column(tmp_path, monkeypatch, content, message):
    monkeypatch.setenv("CITYREACH_HOME", str(tmp_path))
    folder = tmp_path / "data" / "dossiers" / "110000"
    folder.mkdir(parents=True)
    (folder / "contacts.csv").write_text(content, encoding="utf-8")
    with pytest.raises(SpecError, match=message) as caught:
        files.read("110000", [])
    assert "\n" not in str(caught.value)


def test_absent_files_are_empty_and_strange_ones_are_named(tmp_path, monkeypatch):
    monkeypatch.setenv("CITYREACH_HOME", str(tmp_path))
    assert files.read("110000", []) == files.Records([], [], [], [], [], [])
    folder = tmp_path / "data" / "dossiers" / "110000"
    folder.mkdir(parents=True)
    (folder / "prizes.csv").write_text("a\n", encoding="utf-8")
    with pytest.raises(SpecError, match=r"prizes\.csv: the file is not known.*awards\.csv"):
        files.read("110000", [])


def test_every_dossier_file_of_the_repository_is_valid():
    known = list(registry.load().accounts.index)
    folders = sorted(path.name for path in (ROOT / "data" / "dossiers").iterdir())
    assert SHENZHEN in folders
    for name in folders:
        assert any(getattr(files.read(name, known), each) for each in files.FILES)
