"""The exports of Facebook, Instagram and X, in the shapes in which somebody who does not own the accounts gets them.

Each writer turns a `shapes.Month` into file name -> bytes.
"""

from __future__ import annotations

import re
from itertools import groupby
from typing import Any

import orjson
import pandas as pd

from cityreach.simulate import shapes
from cityreach.simulate.posts import whole_text
from cityreach.simulate.shapes import INSTAGRAM_EPOCH, X_EPOCH, Month
from cityreach.simulate.texts import plain

Files = dict[str, bytes]
Record = dict[str, Any]
PAGE = 100  # posts in one answer of X's API
STATUS_TYPES = {"photo": "added_photos", "video": "added_video", "reel": "added_video", "link": "shared_story"}
PATHS = {"reel": "reel", "video": "videos"}
INSTAGRAM_TYPES = {"photo": "Image", "carousel": "Sidecar", "reel": "Video", "video": "Video"}
PRODUCT_TYPES = {"photo": "feed", "carousel": "carousel_container", "reel": "clips", "video": "feed"}
X_MEDIA = {"photo": ("3", "photo"), "video": ("7", "video")}
QUOTES = 0.12  # of the shares on X
HASHTAG = re.compile(r"#(\w+)")


def facebook(month: Month) -> Files:
    """Graph API: an array of page objects with their posts."""
    posts, accounts = month.of("facebook")
    owners = shapes.owners(posts, accounts, "facebook")
    by_page: dict[str, list[Record]] = {uid: [] for uid in accounts["uid"]}
    for owner, record in zip(owners, _facebook_posts(posts, owners), strict=True):
        by_page.setdefault(owner["uid"], []).append(record)
    pages = [*shapes.records(accounts), shapes.stranger("facebook")]
    return {"facebook_graph.json": orjson.dumps([_facebook_page(page, by_page.get(page["uid"], [])) for page in pages])}


def _facebook_page(page: Record, posts: list[Record]) -> Record:
    return {
        "id": page["uid"],
        "username": page["handle"],
        "name": page["display_name"],
        "fan_count": int(page["followers"] * 0.96),
        "followers_count": int(page["followers"]),
        "posts": {"data": posts},
    }


def _facebook_posts(posts: pd.DataFrame, owners: list[Record]) -> list[Record]:
    rows = zip(
        owners,
        (posts["at"] * 10**7 + (posts["key"] % 10**7).astype("int64")).tolist(),
        shapes.times(posts["at"], "+0000"),
        whole_text(posts),
        *(plain(posts[name]) for name in ("format", "likes", "comments", "shares", "trap")),
        strict=True,
    )
    records = []
    for owner, number, time, text, form, likes, comments, shares, trap in rows:
        record: Record = {
            "id": "" if trap == "empty_ids" else f"{owner['uid']}_{number}",
            "created_time": shapes.BAD_TIME if trap == "bad_times" else time,
            "message": text,
            "status_type": STATUS_TYPES.get(form, "mobile_status_update"),
            "permalink_url": f"https://www.facebook.com/{owner['handle']}/{PATHS.get(form, 'posts')}/{number}",
            "reactions": {"data": [], "summary": {"total_count": likes}},
            "comments": {"data": [], "summary": {"order": "ranked", "total_count": comments}},
        }
        if shares:
            record["shares"] = {"count": shares}
        records.append(record)
    return records


def instagram(month: Month) -> Files:
    """Apify's scraper: one dataset of posts, one of profiles."""
    posts, accounts = month.of("instagram")
    totals = month.posts_total(accounts).tolist()
    profiles = [
        {
            "inputUrl": f"https://www.instagram.com/{each['handle']}",
            "id": each["uid"],
            "username": each["handle"],
            "url": f"https://www.instagram.com/{each['handle']}",
            "fullName": each["display_name"],
            "followersCount": int(each["followers"]),
            "followsCount": 40 + total % 300,
            "postsCount": total,
            "private": False,
            "verified": total % 2 == 0,
        }
        for each, total in zip(shapes.records(accounts), totals, strict=True)
    ]
    items = _instagram_posts(posts, shapes.owners(posts, accounts, "instagram"))
    return {"instagram_posts.json": orjson.dumps(items), "instagram_profiles.json": orjson.dumps(profiles)}


def _instagram_posts(posts: pd.DataFrame, owners: list[Record]) -> list[Record]:
    numbers = shapes.snowflakes(posts["at"], posts["key"], epoch=INSTAGRAM_EPOCH, shift=23)
    rows = zip(
        owners,
        numbers.tolist(),
        shapes.base64(numbers, 11),
        shapes.times(posts["at"], ".000Z"),
        whole_text(posts),
        *(plain(posts[name]) for name in ("format", "likes", "comments", "views", "duration", "trap")),
        strict=True,
    )
    return [_instagram_item(*row) for row in rows]


def _instagram_item(owner: Record, number: int, code: str, time: str, text: str, form: str, *counts: Any) -> Record:
    likes, comments, views, duration, trap = counts
    known = trap != "empty_ids"
    item: Record = {
        "id": str(number) if known else "",
        "type": INSTAGRAM_TYPES[form],
        "shortCode": code if known else "",
        "caption": text,
        "hashtags": HASHTAG.findall(text),
        "mentions": [],
        "url": f"https://www.instagram.com/p/{code}/" if known else "",
        "commentsCount": comments,
        "likesCount": -1 if trap == "hidden_likes" else likes,
        "timestamp": time,
        "ownerFullName": owner["display_name"],
        "ownerUsername": owner["handle"],
        "ownerId": owner["uid"],
        "productType": PRODUCT_TYPES[form],
        "isSponsored": False,
    }
    if INSTAGRAM_TYPES[form] == "Video":
        item |= {"videoViewCount": views * 3 // 5, "videoPlayCount": views, "videoDuration": float(duration)}
    return item


def x(month: Month) -> Files:
    """API v2 as twarc stores it: posts, one answer a line, an account's newest first; and a lookup of the users."""
    posts, accounts = month.of("x")
    owners = shapes.owners(posts, accounts, "x")
    totals = dict(zip(accounts["uid"], month.posts_total(accounts).tolist(), strict=True))
    answers = []
    for uid, group in groupby(zip(owners, _x_posts(posts, owners), strict=True), key=lambda pair: pair[0]["uid"]):
        mine = list(group)
        user = _x_user(mine[0][0], totals.get(uid, 50))
        answers += [_x_answer([record for _, record in mine[n : n + PAGE]], user) for n in range(0, len(mine), PAGE)]
    users = [_x_user(each, totals[each["uid"]]) for each in shapes.records(accounts)]
    lookups = [{"data": users[n : n + PAGE]} for n in range(0, len(users), PAGE)]
    return {"x_api.jsonl": _lines(answers), "x_users.jsonl": _lines(lookups)}


def _lines(records: list[Record]) -> bytes:
    return b"".join(orjson.dumps(record, option=orjson.OPT_APPEND_NEWLINE) for record in records)


def _x_user(owner: Record, total: int) -> Record:
    counts = {
        "followers_count": int(owner["followers"]),
        "following_count": 200,
        "tweet_count": total,
        "listed_count": 12,
    }
    return {"id": owner["uid"], "username": owner["handle"], "name": owner["display_name"], "public_metrics": counts}


def _x_answer(posts: list[Record], user: Record) -> Record:
    keys = [key for post in posts for key in post.get("attachments", {}).get("media_keys", [])]
    includes: Record = {"users": [user]}
    if keys:
        includes["media"] = [{"media_key": key, "type": "photo" if key.startswith("3") else "video"} for key in keys]
    meta: Record = {"result_count": len(posts)}
    if posts:
        meta |= {"newest_id": posts[0]["id"], "oldest_id": posts[-1]["id"]}
    return {"data": posts, "includes": includes, "meta": meta}


def _x_posts(posts: pd.DataFrame, owners: list[Record]) -> list[Record]:
    names = ("format", "lang", "likes", "comments", "shares", "views", "saves", "trap")
    numbers = shapes.snowflakes(posts["at"], posts["key"], epoch=X_EPOCH, shift=22).tolist()
    rows = zip(
        owners, numbers, shapes.times(posts["at"], ".000Z"), whole_text(posts),
        *(plain(posts[name]) for name in names), strict=True,
    )  # fmt: skip
    return [_x_post(*row) for row in rows]


def _x_post(owner: Record, number: int, time: str, text: str, form: str, *rest: Any) -> Record:
    lang, likes, replies, shares, views, saves, trap = rest
    quotes = int(shares * QUOTES)
    record: Record = {
        "id": "" if trap == "empty_ids" else str(number),
        "text": text,
        "created_at": time,
        "author_id": owner["uid"],
        "lang": lang,
        "conversation_id": str(number),
        "public_metrics": {
            "retweet_count": shares - quotes,
            "reply_count": replies,
            "like_count": likes,
            "quote_count": quotes,
            "bookmark_count": saves,
            "impression_count": views,
        },
    }
    if form in X_MEDIA:
        record["attachments"] = {"media_keys": [f"{X_MEDIA[form][0]}_{number}"]}
    if trap == "retweets":
        record["text"] = f"RT @somebody_else_sim: {text}"[:280]
        record["referenced_tweets"] = [{"type": "retweeted", "id": str(number - (3600000 << 22))}]
        record["public_metrics"] |= {"like_count": 0, "reply_count": 0, "quote_count": 0}
    return record
