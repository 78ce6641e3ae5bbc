"""Small editions of real exports for tests: their file, and posts in the plain table with Chinese headers."""

from __future__ import annotations

import csv
import io
from pathlib import Path

HEADERS = [
    "平台", "城市", "账号", "帖文ID", "发布时间(UTC)", "语言", "类型", "正文",
    "话题", "浏览量", "点赞数", "评论数", "转发数", "收藏数",
]  # fmt: skip
ACCOUNTS = {"北京": "VisitBeijingcn", "上海": "Meetinshanghai", "杭州": "Hangzhoufeel", "深圳": "szdaily1"}
HOSTILE = "x-hostile"
ATTACKS = (
    '<script>alert("museum")</script> temple of heaven',
    "<img src=x onerror=alert(1)> & <b>bold</b> </p></article><svg onload=alert(1)> festival",
    '=HYPERLINK("http://evil.example/","lake")',
    '#import "x.typ" $x^2$ `code` #eval("1") _it_ *b* [food](javascript:alert(1)) \\ @label <label>',
)
EDITION = """id: "{id}"
title: {{zh: 测试期, en: Test edition}}
label: {{zh: 测试号, en: Test issue}}
window: {{first: {first}, last: {last}}}
counting_date: {counted}
panel: {panel}
platforms: [{platforms}]
method: social-reach@1
mode: ordered
source: exports
publisher:
  - {{zh: 测试, en: Test}}
"""


def edition_text(name: str, **changes: str) -> str:
    """An edition file of real exports on X, May 2025, with these keys changed."""
    usual = {"first": "2025-05-01", "last": "2025-05-31", "counted": "2025-06-07", "panel": "four-cities"}
    return EDITION.format(id=name, **(usual | {"platforms": "x"} | changes))


def write_edition(home: Path, name: str, **changes: str) -> None:
    """The edition's file in a home whose data/editions is its own."""
    (home / "data" / "editions" / f"{name}.yml").write_text(edition_text(name, **changes), encoding="utf-8")


def write_inbox(home: Path, name: str, file: str, content: str) -> Path:
    """One file in the edition's inbox."""
    inbox = home / "data" / "inbox" / name
    inbox.mkdir(exist_ok=True)
    (inbox / file).write_text(content, encoding="utf-8")
    return inbox / file


def posts_csv(month: str = "2025-05", *, best: tuple[str, ...] = (), count: int = 12) -> str:
    """Posts of four cities as the plain table; `best` are the texts of each city's most successful post."""
    buffer = io.StringIO(newline="")
    table = csv.writer(buffer)
    table.writerow(HEADERS)
    for place, (city, handle) in enumerate(ACCOUNTS.items()):
        for number in range(count):
            first = best[place] if number == 0 and best else ""
            likes = 400 + 50 * place if first else 20 + number
            post, day = f"19{place}0000000000000{number:02d}", f"{month}-{1 + number * 2:02d} 03:00:00"
            text = first or f"A walk by the lake {number}"
            table.writerow(["X", city, f"@{handle}", post, day, "en", "photo", text, "", 500, likes, 2, 3, ""])
    return buffer.getvalue()


def write_hostile_edition(home: Path) -> None:
    """An edition in which each city's best post holds markup, a formula, and Typst code."""
    write_edition(home, HOSTILE)
    write_inbox(home, HOSTILE, "posts.csv", posts_csv(best=ATTACKS))
