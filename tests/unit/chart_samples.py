"""Every chart function with realistic Chinese labels, for the tests of cityreach.charts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd

from cityreach import charts

CITIES = ["南京", "北京", "成都", "重庆", "宁波", "苏州", "杭州", "佛山", "厦门", "扬州"]
EDITIONS = ["24.10", "24.11", "24.12", "25.1", "25.2", "25.3"]


def ranking() -> pd.DataFrame:
    scores = [86.4, 84.9, 78.2, 71.6, 69.8, 67.1, 66.4, 63.9, 62.7, 61.5]
    return pd.DataFrame(
        {
            "label": CITIES,
            "rank": range(1, 11),
            "value": scores,
            "value_text": [f"{score:.1f}" for score in scores],
            "change_text": ["▲1", "▼1", "—", "▲2", "新进", "▲1", "▼3", "新进", "▼1", "新进"],
            "tone": ["up", "down", "muted", "up", "new", "up", "down", "new", "down", "new"],
            "focus": [city == "南京" for city in CITIES],
            "low": [score - 2 for score in scores],
            "high": [score + 1.5 for score in scores],
        }
    )


def bridge() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "label": ["2月得分", "脸书 互动", "X平台 发布", "优兔 观看", "3月得分"],
            "value": [80.6, 5.0, 1.4, -0.6, 86.4],
            "text": ["80.6", "+5.0", "+1.4", "−0.6", "86.4"],
            "kind": ["total", "up", "up", "down", "total"],
        }
    )


def places() -> pd.DataFrame:
    """Six editions of twelve cities; 青岛 and 西安 are beyond the tenth place."""
    rows = []
    for order, edition in enumerate(EDITIONS):
        shifted = [*CITIES[order % 3 :], *CITIES[: order % 3], "青岛", "西安"]
        rows += [(edition, order, city, rank) for rank, city in enumerate(shifted, start=1)]
    frame = pd.DataFrame(rows, columns=["edition", "order", "city", "rank"])
    return frame.assign(role=frame["city"].map({"南京": "focus", "宁波": "second"}).fillna("context"))


def record() -> pd.DataFrame:
    frame = places()
    known = (frame["rank"] <= 10) & (frame["edition"] != "24.12")
    return frame[frame["city"].isin(["南京", "宁波", "扬州", "青岛"])].assign(known=known)


def cells() -> pd.DataFrame:
    rows = [
        (city, number, platform, other, None if (city, platform) == ("佛山", "优兔") else 40.0 + 5 * number + other)
        for number, city in enumerate(CITIES)
        for other, platform in enumerate(["脸书", "X平台", "照片墙", "优兔"])
    ]
    frame = pd.DataFrame(rows, columns=["row", "row_order", "column", "column_order", "value"])
    return frame.assign(text=["未开设" if pd.isna(value) else f"{value:.0f}" for value in frame["value"]])


def shares() -> pd.DataFrame:
    frame = pd.DataFrame(
        {"label": ["赛事兴城", "经贸交流", "文旅推广"], "a": [0.22, 0.15, 0.31], "b": [0.57, 0.06, 0.3]}
    )
    texts = {f"{side}_text": [f"{share:.0%}" for share in frame[side]] for side in ("a", "b")}
    return frame.assign(**texts, focus=[True, False, False])


def lifts() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "label": ["短视频", "图集", "纯文字"],
            "value": [2.3, 1.1, 0.4],
            "low": [1.9, 0.9, 0.3],
            "high": [2.9, 1.4, 0.6],
            "text": ["2.30 倍", "1.10 倍", "0.40 倍"],
            "focus": [True, False, False],
        }
    )


def fields() -> pd.DataFrame:
    xs, ys = [1, 2, 11, 12, 10, 3, 9, 8, 2, 5], [80, 75, 20, 22, 70, 15, 12, 66, 71, 30]
    groups = [
        "网红" if x < 6 and y > 50 else "长红" if x >= 6 and y <= 50 else "其他" for x, y in zip(xs, ys, strict=True)
    ]
    return pd.DataFrame({"label": CITIES, "x": xs, "y": ys, "group": groups, "named": True, "focus": False})


def coverage() -> pd.DataFrame:
    rows = [
        (platform, state, count)
        for platform, counts in {"脸书": (118, 12, 3), "TikTok": (40, 12, 81)}.items()
        for state, count in zip(["有更新", "本期未更新", "未开设"], counts, strict=True)
    ]
    frame = pd.DataFrame(rows, columns=["platform", "state", "count"])
    return frame.assign(text=frame["count"].astype(str))


def regions() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "label": ["华东", "华南", "西南"],
            "value": [61.2, 55.0, 48.7],
            "text": ["61.2", "55.0", "48.7"],
            "note": ["52 城，前三十名 14 城", "18 城", ""],
            "focus": [True, False, False],
        }
    )


def where() -> pd.DataFrame:
    lon, lat = [118.8, 116.4, 104.1, 87.6], [32.1, 39.9, 30.7, 43.8]
    names = ["南京", "北京", "成都", "乌鲁木齐"]
    return pd.DataFrame({"label": names, "lon": lon, "lat": lat, "value": [9, 8, 7, 0], "named": True, "focus": False})


# name → (the chart unfinished, words that its picture must hold)
STATES = ["有帖文", "本期未更新", "未开设", "数据缺失"]


def states() -> pd.DataFrame:
    """Twelve cities in two groups on three platforms, in every state."""
    rows = [
        ("华东" if place < 8 else "西南", city, platform, STATES[(place + slot) % 4])
        for place, city in enumerate([*CITIES, "昆明", "西双版纳"])
        for slot, platform in enumerate(["脸书", "X平台", "TikTok"])
    ]
    return pd.DataFrame(rows, columns=["group", "label", "platform", "state"])


def days() -> pd.DataFrame:
    """A month on two platforms, one of them without a post."""
    rows = [
        {
            "platform": platform, "note": note, "tone": tone, "slot": day, "value": value * (day % 7),
            "day": f"3月{day + 1}日" if day % 10 == 0 else "", "tip": f"3月{day + 1}日",
        }
        for platform, note, tone, value in (("脸书", "共 93 条", "facebook", 1), ("TikTok", "没有帖文", "tiktok", 0))
        for day in range(31)
    ]  # fmt: skip
    return pd.DataFrame(rows)


def bins() -> pd.DataFrame:
    counts = [2, 17, 163, 219, 90]
    labels = ["跌5以上", "−1~0", "0~1", "1~2", "2~3"]
    texts = [str(count) for count in counts]
    return pd.DataFrame({"label": labels, "value": counts, "text": texts, "focus": [True, *[False] * 4]})


CHARTS: dict[str, tuple[Callable[[], Any], list[str]]] = {
    "ranking": (lambda: charts.ranking_bars(ranking()), [*CITIES, "86.4", "▲1", "新进", "10"]),
    "waterfall": (lambda: charts.waterfall(bridge()), ["2月得分", "脸书 互动", "−0.6", "86.4"]),
    "bump": (lambda: charts.bump(places(), breaks=[("25.3", "138 城")]), ["南京", "宁波", "24.10", "25.3", "138 城"]),
    "steps": (lambda: charts.steps(record(), band="十名以外或未公布"), ["南京", "十名以外或未公布", "25.3"]),
    "heatmap": (lambda: charts.heatmap(cells()), ["佛山", "X平台", "未开设", "85"]),
    "board": (lambda: charts.set_board(record()), ["青岛", "24.10", "1"]),
    "dumbbell": (
        lambda: charts.dumbbell(shares(), a_title="发帖", b_title="互动"),
        ["赛事兴城", "57%", "发帖", "互动"],
    ),
    "lift": (
        lambda: charts.lift_dots(lifts(), unit="倍", axis_title="对数刻度"),
        ["短视频", "2.30 倍", "0.5倍", "对数刻度"],
    ),
    "quadrant": (
        lambda: charts.quadrant(fields(), x_title="月数", y_title="占比", mids=(6, 50), units=("", "%")),
        ["南京", "网红", "长红", "月数", "占比", "40%"],
    ),
    "groups": (lambda: charts.group_bars(regions()), ["华东", "61.2", "52 城，前三十名 14 城"]),
    "coverage": (lambda: charts.coverage_bars(coverage()), ["脸书", "118", "有更新", "本期未更新 12　未开设 3"]),
    "tiles": (
        lambda: charts.status_tiles(states(), states=STATES),
        ["华东", "南京", "西双版纳", "有帖文", "数据缺失"],
    ),
    "days": (lambda: charts.daily_panels(days()), ["脸书", "共 93 条", "TikTok", "没有帖文", "3月1日"]),
    "histogram": (lambda: charts.histogram(bins(), axis_title="变化，%"), ["−1~0", "163", "变化，%"]),
    "positions": (lambda: charts.positions(where()), ["南京", "乌鲁木齐"]),
}


def finished(name: str, chart: Any = None) -> Any:
    """A sample chart with its words."""
    drawn = CHARTS[name][0]() if chart is None else chart
    words = {"headline": "南京居首", "subtitle": "综合得分", "source": "公开数据", "alt": "南京 86.4 分，居首 & 领先"}
    return charts.finish(drawn, **words, key=name)
