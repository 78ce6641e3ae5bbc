"""The simulation: what it writes, that it writes the same again, and that it keeps its hands off real exports."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from tests.conftest import make_home

from cityreach import edition as editions
from cityreach import paths, registry, simulate
from cityreach.edition import Edition
from cityreach.errors import InboxError, SpecError, UnknownNameError
from cityreach.registry import Registry
from cityreach.simulate import accounts, exports, posts, scoring, settings, traps
from cityreach.simulate.exports import Prepared
from cityreach.simulate.settings import Settings

MARCH = "2025-03"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    patch = pytest.MonkeyPatch()
    folder = make_home(tmp_path_factory.mktemp("simulate") / "home")
    patch.setenv(paths.HOME_VARIABLE, str(folder))
    yield folder
    patch.undo()


@pytest.fixture(scope="module")
def known(home: Path) -> Registry:
    return registry.load()


@pytest.fixture(scope="module")
def march(home: Path) -> Edition:
    return editions.load(MARCH)


@pytest.fixture(scope="module")
def prepared(march: Edition, known: Registry) -> Prepared:
    return exports.prepare(march, known)


@pytest.fixture(scope="module")
def files(march: Edition, known: Registry) -> dict[str, bytes]:
    return exports.contents(march, known)


def facebook_posts(files: dict[str, bytes]) -> list[dict[str, Any]]:
    """Posts of the Facebook export as a correct intake keeps them, with `page` and `at` (Beijing time)."""
    kept: dict[str, dict[str, Any]] = {}
    for page in json.loads(files["facebook_graph.json"]):
        for post in page["posts"]["data"]:
            if post["id"] and post["created_time"] != "N/A":
                at = datetime.strptime(post["created_time"], "%Y-%m-%dT%H:%M:%S%z").astimezone(editions.BEIJING)
                kept[post["id"]] = {**post, "page": page["username"], "at": at}
    return list(kept.values())


def facebook_interactions(post: dict[str, Any]) -> int:
    reactions, comments = post["reactions"]["summary"], post["comments"]["summary"]
    return int(reactions["total_count"] + comments["total_count"] + post.get("shares", {}).get("count", 0))


def test_the_same_edition_has_the_same_bytes(files: dict[str, bytes], march: Edition, known: Registry) -> None:
    exports.prepare(editions.load("2025-02"), known)
    assert exports.contents(march, known) == files


def test_volume(prepared: Prepared) -> None:
    people, made = prepared.plan.accounts, traps.kept(prepared.posts)
    assert 17_000 < len(made) < 23_000
    assert 550 < len(people) < 600
    assert people["silent"].sum() == 8
    assert people["missing"].sum() == 2
    assert made["lang"].nunique() == 8
    assert set(made["theme"]) == set(settings.load().texts.themes)
    assert prepared.plan.cells.groupby("platform")["posts"].sum().min() > 1000


def test_weekends_are_quieter_and_success_is_heavy_tailed(prepared: Prepared) -> None:
    made = traps.kept(prepared.posts)
    day = pd.to_datetime(made["at"] + 8 * 3600, unit="s").dt.day_of_week
    per_day = made.groupby(day).size() / pd.Series([5, 4, 4, 4, 4, 5, 5])  # how often March 2025 has each weekday
    assert per_day[[5, 6]].max() < per_day[[0, 1, 2, 3, 4]].min()
    total = (made["likes"] + made["comments"] + made["shares"]).sort_values(ascending=False)
    assert total.head(len(total) // 10).sum() > 0.5 * total.sum()


def test_every_file_has_the_keys_of_its_format(files: dict[str, bytes]) -> None:
    assert set(files) == set(simulate.FILES)
    page = json.loads(files["facebook_graph.json"])[0]
    assert {"id", "username", "name", "fan_count", "followers_count", "posts"} == set(page)
    post = page["posts"]["data"][0]
    assert {"id", "created_time", "message", "status_type", "permalink_url", "reactions", "comments"} <= set(post)
    item = json.loads(files["instagram_posts.json"])[100]
    assert {"id", "type", "shortCode", "caption", "hashtags", "url", "commentsCount", "likesCount"} <= set(item)
    assert {"timestamp", "ownerUsername", "ownerFullName", "ownerId", "productType"} <= set(item)
    profile = json.loads(files["instagram_profiles.json"])[0]
    assert {"username", "fullName", "id", "followersCount", "followsCount", "postsCount"} <= set(profile)
    answers = [json.loads(line) for line in files["x_api.jsonl"].splitlines()]
    assert all({"data", "includes", "meta"} == set(answer) for answer in answers)
    counts = answers[5]["data"][0]["public_metrics"]
    assert {"retweet_count", "reply_count", "like_count", "quote_count", "bookmark_count", "impression_count"} == set(
        counts
    )
    users = [json.loads(line) for line in files["x_users.jsonl"].splitlines()]
    assert len(users[0]["data"]) == 100
    video = json.loads(files["youtube_videos.json"])[1]["items"][0]
    assert {"id", "kind", "snippet", "contentDetails", "statistics"} == set(video)
    assert all(isinstance(count, str) for count in video["statistics"].values())
    channel = json.loads(files["youtube_channels.json"])[0]["items"][0]
    assert channel["id"].startswith("UC") and len(channel["id"]) == 24
    assert channel["snippet"]["customUrl"].startswith("@")
    assert files["tiktok_posts.csv"].startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(files["tiktok_posts.csv"].decode("utf-8-sig"), newline="")))
    assert {"authorMeta.name", "authorMeta.fans", "diggCount", "playCount", "createTimeISO"} <= set(rows[0])


def test_ids_hold_their_time(files: dict[str, bytes]) -> None:
    answer = json.loads(files["x_api.jsonl"].splitlines()[5])
    post = answer["data"][0]
    moment = datetime.fromtimestamp(((int(post["id"]) >> 22) + 1288834974657) // 1000, UTC)
    assert moment.strftime("%Y-%m-%dT%H:%M:%S.000Z") == post["created_at"]
    rows = list(csv.DictReader(io.StringIO(files["tiktok_posts.csv"].decode("utf-8-sig"), newline="")))
    row = next(row for row in rows if row["createTimeISO"] != "N/A")
    seconds = int(row["webVideoUrl"].rsplit("/", 1)[1]) >> 32
    assert datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z") == row["createTimeISO"]


def test_ids_are_unique(prepared: Prepared) -> None:
    made = prepared.posts[prepared.posts["trap"] != "repeated"]
    assert not made.duplicated(["platform", "key"]).any()
    number = made["at"] * 10**7 + (made["key"] % 10**7).astype("int64")
    assert not number[made["platform"] == "facebook"].duplicated().any()


def test_posts_of_a_city_add_up_to_its_totals(
    files: dict[str, bytes], prepared: Prepared, march: Edition, known: Registry
) -> None:
    owner = known.accounts.set_index("handle")["city_id"].to_dict()
    rows = [
        {"city_id": owner[post["page"]], "interactions": facebook_interactions(post), "day": post["at"].date()}
        for post in facebook_posts(files)
        if post["page"] in owner and march.window.start <= post["at"] < march.window.end
    ]
    found = (
        pd.DataFrame(rows)
        .groupby("city_id")
        .agg(posts=("day", "size"), active_days=("day", "nunique"), interactions=("interactions", "sum"))
    )
    cells = prepared.plan.cells
    aimed = cells[(cells["platform"] == "facebook") & (cells["status"] == "measured")].set_index("city_id")
    pd.testing.assert_frame_equal(found, aimed[list(found)].sort_index(), check_dtype=False, check_names=False)


def test_published_totals_are_kept(known: Registry) -> None:
    made = traps.kept(exports.prepare(editions.load("2024-06"), known).posts)
    mine = made[(made["city"] == "成都") & (made["platform"] == "facebook")]
    assert len(mine) == 128
    assert int(mine[["likes", "comments", "shares"]].to_numpy().sum()) == 412_907


def test_published_posts_are_among_the_posts(files: dict[str, bytes], prepared: Prepared) -> None:
    running = [post for post in facebook_posts(files) if "Run more, move more!" in post["message"]]
    assert [post["reactions"]["summary"]["total_count"] for post in running] == [19_000]
    assert (running[0]["page"], running[0]["at"].date().isoformat()) == ("visitnanjing_sim", "2025-03-24")
    made = traps.kept(prepared.posts)
    made = made.assign(total=made["likes"] + made["comments"] + made["shares"])
    usual = made.groupby("account")["total"].transform("median")
    cases = made[made["case"] >= 0].assign(times=made["total"] / usual)
    wanted = [post for post in settings.load().cases.posts if post.edition == MARCH]
    assert sorted(zip(cases["city"], cases["platform"], strict=True)) == sorted((p.city, p.platform) for p in wanted)
    assert cases["times"].min() > 4
    handles = prepared.plan.accounts.loc[cases["account"], "handle"].tolist()
    assert {"FancyFutian", "hello_chengdu_sim", "chengdu_plus_sim"} <= set(handles)


def test_every_trap_is_there_as_often_as_asked(prepared: Prepared) -> None:
    asked = settings.load().posting.traps.model_dump()
    found = prepared.posts["trap"].value_counts().drop("").to_dict()
    assert found == asked


def test_traps_look_like_real_files(files: dict[str, bytes], march: Edition) -> None:
    instagram = json.loads(files["instagram_posts.json"])
    assert sum(item["likesCount"] == -1 for item in instagram) == 14
    videos = [item["statistics"] for answer in json.loads(files["youtube_videos.json"]) for item in answer["items"]]
    assert sum("likeCount" not in video for video in videos) == 10
    tweets = [post for line in files["x_api.jsonl"].splitlines() for post in json.loads(line)["data"]]
    passed_on = [post for post in tweets if "referenced_tweets" in post]
    assert len(passed_on) == 40 and all(post["text"].startswith("RT @") for post in passed_on)
    times = [post["at"] for post in facebook_posts(files)]
    assert min(times) < march.window.start and max(times) >= march.window.end
    in_february_utc = [at for at in times if at >= march.window.start and at.astimezone(UTC).month == 2]
    assert in_february_utc, "no post lies in March in Beijing and in February in UTC"
    pages = {page["username"]: page["posts"]["data"] for page in json.loads(files["facebook_graph.json"])}
    assert pages["somebody_else_sim"]
    assert any("shares" not in post for page in pages.values() for post in page)


def test_a_repeated_post_comes_first_with_the_lower_count(files: dict[str, bytes]) -> None:
    seen: dict[str, list[int]] = {}
    for page in json.loads(files["facebook_graph.json"]):
        for post in page["posts"]["data"]:
            seen.setdefault(post["id"], []).append(facebook_interactions(post))
    twice = [counts for number, counts in seen.items() if len(counts) > 1 and number]
    assert twice and all(first <= second for first, second in twice)


def test_hostile_texts_are_there(prepared: Prepared) -> None:
    texts = pd.Series(posts.whole_text(prepared.posts))
    assert texts.str.contains("<script>", regex=False).any()
    for start in ("=", "+", "@", "-"):
        assert texts.str.startswith(start).any(), start
    assert texts.str.len().max() > 2000
    tweets = texts[(prepared.posts["platform"] == "x").to_numpy()]
    assert tweets.str.len().max() <= 280


@pytest.mark.parametrize("seed", range(5))
def test_apportion_is_exact(seed: int) -> None:
    stream = np.random.default_rng(seed)
    cell = np.sort(stream.integers(0, 6, 60))
    weight = stream.lognormal(0, 1.5, 60)
    total = stream.integers(0, 10_000, 7)
    parts = posts.apportion(total, weight, cell)
    present = np.isin(np.arange(7), cell)
    assert (np.bincount(cell, weights=parts, minlength=7) == np.where(present, total, 0)).all()
    exact = total[cell] * weight / np.bincount(cell, weights=weight, minlength=7)[cell]
    assert np.abs(parts - exact).max() < 1


def test_followers_grow_mostly_and_need_no_inbox(known: Registry, home: Path) -> None:
    chosen: Settings = settings.load()
    first, second = (
        exports.prepare(editions.load(name), known).plan.accounts.set_index("account_id")
        for name in ("2025-04", "2025-05")
    )
    both = first.join(second.add_suffix("_next"), how="inner")
    grown = both["followers_next"] >= both["followers"]
    assert grown.mean() > 0.9 and not grown.all()
    assert (both["before_next"].dropna() == both["followers"][both["before_next"].notna()]).all()
    assert second.loc[first.index.intersection(second.index), "before"].notna().mean() > 0.99
    assert chosen.levels.origin == "2024-04"


def test_three_figures_as_youtube_shows_them() -> None:
    shown = accounts.three_figures(np.array([0.0, 7, 999, 1234, 56789, 1_999_999]))
    assert shown.tolist() == [0, 7, 999, 1230, 56700, 1_990_000]


def test_free_interactions_earn_the_score_aimed_at(prepared: Prepared) -> None:
    cells = prepared.plan.cells
    measured = cells[cells["status"] == "measured"]
    assert (measured["score"] - measured["aim"]).abs().max() < 0.5
    assert (measured["score"] - measured["aim"]).abs()[measured["listed"]].max() < 0.05


def test_scores_hand_the_weight_of_an_unknown_figure_on() -> None:
    goals = scoring.Goals(
        low=np.array([[0.0, 0.0, 0.0]]), high=np.array([[np.e - 1, np.e - 1, np.e - 1]]),
        weight=np.array([[0.4, 0.1, 0.5]]), flow=np.ones((1, 3)), dimension=np.array([0, 0, 1]),
    )  # fmt: skip
    assert scoring.scores(np.array([[np.e - 1, np.nan, 0.0]]), goals) == pytest.approx([50.0])
    assert scoring.scores(np.array([[np.e - 1, 0.0, 0.0]]), goals) == pytest.approx([40.0])


def test_run_writes_marks_and_replaces_its_own_files(known: Registry, home: Path) -> None:
    february = editions.load("2025-02")
    folder = paths.inbox("2025-02")
    folder.mkdir(parents=True)
    (folder / "README.txt").write_text("put exports here", encoding="utf-8")
    written = simulate.run(february, known)
    assert {path.name for path in written} == set(simulate.FILES) - {"tiktok_posts.csv"}
    assert (folder / simulate.MARKER).read_text(encoding="utf-8").startswith("模拟数据 simulated data")
    before = {path.name: path.read_bytes() for path in written}
    (folder / "tiktok_posts.csv").write_bytes(b"left over from another set of platforms")
    assert {path.name: path.read_bytes() for path in simulate.run(february, known)} == before
    assert not (folder / "tiktok_posts.csv").exists()
    (folder / "meta_posts.csv").write_text("real", encoding="utf-8")
    with pytest.raises(InboxError, match=r"data/inbox/2025-02/: holds 'meta_posts.csv', which is not a simulated file"):
        simulate.run(february, known)


def test_run_refuses_an_inbox_without_its_mark(march: Edition, known: Registry) -> None:
    folder = paths.inbox(march.id)
    folder.mkdir(parents=True)
    (folder / "facebook_graph.json").write_text("[]", encoding="utf-8")
    with pytest.raises(InboxError, match=r"holds .facebook_graph\.json., which is not a simulated file"):
        simulate.run(march, known)
    assert [path.name for path in folder.iterdir()] == ["facebook_graph.json"]


def test_run_refuses_an_edition_of_real_exports(march: Edition, known: Registry) -> None:
    real = march.model_copy(update={"source": "exports", "id": "2099-01"})
    with pytest.raises(SpecError, match=r"`source` is 'exports', and only an edition with source 'simulated'"):
        simulate.run(real, known)
    assert not paths.inbox("2099-01").exists()


def test_a_platform_without_an_export_is_refused(march: Edition, known: Registry) -> None:
    strange = march.model_copy(update={"platforms": ("facebook", "linkedin")})
    with pytest.raises(SpecError, match=r"`platforms` has 'linkedin', which cannot be simulated"):
        exports.prepare(strange, known)


def test_settings_name_known_cities_and_themes(known: Registry) -> None:
    chosen = settings.load()
    town = chosen.levels.model_copy(update={"cities": {"亚特兰蒂斯": settings.City(base=50)}})
    with pytest.raises(UnknownNameError, match="亚特兰蒂斯"):
        settings.check(settings.Settings(town, chosen.targets, chosen.posting, chosen.cases, chosen.texts), known)
    post = chosen.cases.posts[0].model_copy(update={"theme": "weather"})
    cases = settings.CasePosts.model_construct(posts=(post,))
    with pytest.raises(SpecError, match=r"case_posts.yml: theme 'weather'"):
        settings.check(settings.Settings(chosen.levels, chosen.targets, chosen.posting, cases, chosen.texts), known)


def test_a_case_post_outside_the_window_is_refused(march: Edition, known: Registry) -> None:
    window = editions.Window(first=march.window.first, last=march.window.last.replace(day=20))
    with pytest.raises(SpecError, match=r"case_posts.yml: `day` 2025-03-2\d of .* lies outside the window"):
        exports.prepare(march.model_copy(update={"window": window}), known)


def test_two_case_posts_of_one_day_are_refused() -> None:
    post = settings.load().cases.posts[0]
    with pytest.raises(ValueError, match="has two posts on facebook on 2024-06-12"):
        settings.CasePosts(posts=(post, post))
