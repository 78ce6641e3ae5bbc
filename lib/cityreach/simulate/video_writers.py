"""The exports of YouTube and TikTok, in the shapes in which somebody who does not own the accounts gets them.

Each writer turns a `shapes.Month` into file name -> bytes.
"""

from __future__ import annotations

import csv
import io
from typing import Any

import orjson
import pandas as pd

from cityreach.simulate import chance, shapes
from cityreach.simulate.posts import whole_text
from cityreach.simulate.shapes import Month
from cityreach.simulate.texts import plain
from cityreach.simulate.writers import HASHTAG, Files, Record

BATCH = 50  # ids that one call of videos.list or channels.list takes
TITLE = 100  # signs that a YouTube title may have
CATEGORY = "19"  # travel and events
TIKTOK_HEADER = [
    "authorMeta.name", "authorMeta.fans", "text", "diggCount", "shareCount", "playCount", "commentCount",
    "collectCount", "videoMeta.duration", "createTimeISO", "webVideoUrl", "textLanguage",
]  # fmt: skip
BAD_NUMBERS = ("#VALUE!", "12.5.7", "1O24")


def youtube(month: Month) -> Files:
    """Data API v3: answers of videos.list and of channels.list."""
    posts, accounts = month.of("youtube")
    videos = _youtube_videos(posts, shapes.owners(posts, accounts, "youtube"))
    totals = month.posts_total(accounts).tolist()
    channels = [_youtube_channel(*pair) for pair in zip(shapes.records(accounts), totals, strict=True)]
    return {
        "youtube_videos.json": orjson.dumps(_answers(videos, "youtube#videoListResponse")),
        "youtube_channels.json": orjson.dumps(_answers(channels, "youtube#channelListResponse")),
    }


def _answers(items: list[Record], kind: str) -> list[Record]:
    parts = [items[start : start + BATCH] for start in range(0, len(items), BATCH)]
    return [
        {"kind": kind, "pageInfo": {"totalResults": len(part), "resultsPerPage": len(part)}, "items": part}
        for part in parts
    ]


def _youtube_channel(account: Record, videos: int) -> Record:
    return {
        "kind": "youtube#channel",
        "id": account["uid"],
        "snippet": {"title": account["display_name"], "customUrl": f"@{account['handle']}", "country": "CN"},
        "statistics": {
            "viewCount": str(videos * 2100),
            "subscriberCount": str(int(account["followers"])),
            "hiddenSubscriberCount": False,
            "videoCount": str(videos),
        },
    }


def _youtube_videos(posts: pd.DataFrame, owners: list[Record]) -> list[Record]:
    names = ("text", "rest", "lang", "likes", "comments", "views", "duration", "trap")
    ids = shapes.base64(chance.mixed(posts["key"].to_numpy(), 5), 11)
    times = shapes.times(posts["at"], "Z")
    rows = zip(owners, ids, times, *(plain(posts[name]) for name in names), strict=True)
    return [_youtube_video(*row) for row in rows]


def _youtube_video(owner: Record, number: str, time: str, title: str, rest: str, *counts: Any) -> Record:
    lang, likes, comments, views, duration, trap = counts
    statistics = {"viewCount": str(views), "likeCount": str(likes), "commentCount": str(comments), "favoriteCount": "0"}
    for name, key in (("absent_likes", "likeCount"), ("absent_comments", "commentCount")):
        if trap == name:
            del statistics[key]
    return {
        "kind": "youtube#video",
        "id": "" if trap == "empty_ids" else number,
        "snippet": {
            "publishedAt": time,
            "channelId": owner["uid"],
            "title": title if len(title) <= TITLE else title[: TITLE - 1] + "…",
            "description": f"{title}\n\n{rest}"[:5000],
            "channelTitle": owner["display_name"],
            "tags": HASHTAG.findall(rest),
            "categoryId": CATEGORY,
            "liveBroadcastContent": "none",
            "defaultAudioLanguage": lang,
        },
        "contentDetails": {"duration": f"PT{duration // 60}M{duration % 60}S" if duration >= 60 else f"PT{duration}S"},
        "statistics": statistics,
    }


def tiktok(month: Month) -> Files:
    """Apify's scraper: one CSV with a byte order mark, a row per post."""
    posts, accounts = month.of("tiktok")
    target = io.StringIO(newline="")
    table = csv.writer(target, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    table.writerow(TIKTOK_HEADER)
    table.writerows(_tiktok_rows(posts, shapes.owners(posts, accounts, "tiktok")))
    return {"tiktok_posts.csv": ("\ufeff" + target.getvalue()).encode("utf-8")}


def _tiktok_rows(posts: pd.DataFrame, owners: list[Record]) -> list[list[Any]]:
    names = ("likes", "shares", "views", "comments", "saves", "duration", "lang", "trap")
    numbers = shapes.seconds_first(posts["at"], posts["key"]).tolist()
    columns = [plain(posts[name]) for name in names]
    rows = zip(owners, numbers, shapes.times(posts["at"], ".000Z"), whole_text(posts), *columns, strict=True)
    found = []
    for place, (owner, number, time, text, *rest) in enumerate(rows):
        likes, shares, views, comments, saves, duration, lang, trap = rest
        digg = BAD_NUMBERS[place % len(BAD_NUMBERS)] if trap == "bad_numbers" else likes
        when = shapes.BAD_TIME if trap == "bad_times" else time
        link = f"https://www.tiktok.com/@{owner['handle']}/video/{number}"
        counts = [digg, shares, views, comments, "undefined" if trap == "bad_numbers" else saves]
        found.append([owner["handle"], int(owner["followers"]), text, *counts, duration, when, link, lang])
    return found
