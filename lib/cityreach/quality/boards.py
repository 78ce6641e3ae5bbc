"""Frames that the charts of the data quality page show, with their words."""

from __future__ import annotations

from typing import Any

import pandas as pd

from cityreach.prose import numbers
from cityreach.quality import analysis
from cityreach.quality.analysis import each
from cityreach.quality.facts import Checked
from cityreach.quality.speech import Speech
from cityreach.tables import STATUSES

TICKS = 5  # days that the axis of a chart names, about


def tiles(checked: Checked, speech: Speech) -> pd.DataFrame:
    """City × platform for `charts.status_tiles`: group (region), label, platform, state; by region, then as listed."""
    cities, terms = checked.received.registry.cities, checked.received.registry.terms
    metrics = checked.received.metrics
    region = metrics["city_id"].map(cities["region"])
    frame = pd.DataFrame(
        {
            "group": [terms.region[each][speech.lang] for each in region],
            "label": metrics["city_id"].map(speech.city),
            "platform": metrics["platform"].map(speech.platform),
            "state": metrics["status"].map({state: speech.label(f"status.{state}") for state in STATUSES}),
            "order": region.map({name: number for number, name in enumerate(terms.region)}),
        }
    )
    return frame.sort_values("order", kind="stable").drop(columns="order").reset_index(drop=True)


def days(checked: Checked, speech: Speech) -> pd.DataFrame:
    """Posts a day (a month, where the window is long) for `charts.daily_panels`."""
    by_month = is_long(checked)
    table = analysis.by_month(checked.daily) if by_month else checked.daily
    line = list(dict.fromkeys(table["day"]))
    place = {day: number for number, day in enumerate(line)}
    names = {day: _month(day) if by_month else speech.day(day) for day in line}
    shown = _ticks(len(line))
    notes = {platform: _note(checked, speech, str(platform)) for platform in set(table["platform"])}
    rows = [
        {
            "platform": speech.platform(row.platform), "note": notes[row.platform], "tone": _tone(row.platform),
            "slot": place[row.day], "value": row.posts, "day": names[row.day] if place[row.day] in shown else "",
            "tip": speech.label("chart.days.tip", day=names[row.day], posts=numbers.fixed(row.posts, 0)),
        }
        for row in each(table)
    ]  # fmt: skip
    return pd.DataFrame(rows)


def is_long(checked: Checked) -> bool:
    """Whether the window is too long for a bar a day."""
    return checked.received.edition.window.days > analysis.DAILY_AT_MOST


def _month(day: Any) -> str:
    return f"{day:%Y}.{day.month}"


def _ticks(count: int) -> set[int]:
    """The positions that the axis names: about TICKS at even distance, the first and the last among them."""
    steps = min(TICKS, count) - 1
    return {round(step * (count - 1) / steps) for step in range(steps + 1)} if steps > 0 else {0}


def _note(checked: Checked, speech: Speech, platform: str) -> str:
    """The words beside a platform's name: how many posts, and the busiest day."""
    found: Any = checked.rhythm.set_index("platform").loc[platform]
    if not found["posts"]:
        return speech.label("chart.days.none")
    posts, most = (numbers.fixed(found[name], 0) for name in ("posts", "most"))
    return speech.label("chart.days.note", posts=posts, most=most, day=speech.day(found["busiest"]))


def _tone(platform: Any) -> str:
    """The platform's colour; a platform without one of its own takes the brand's."""
    from cityreach.charts import tokens

    return str(platform) if platform in tokens.LIGHT else "brand"


def followers(checked: Checked, speech: Speech) -> pd.DataFrame:
    """Accounts by their change of followers for `charts.histogram`; falls beyond the band in focus."""
    rule = checked.received.rules.followers
    moves = checked.moves if checked.moves is not None else pd.DataFrame({"share": []})
    table = analysis.distribution(moves, step=rule.step, band=checked.received.edition.gates.follower_drop)
    rows = [
        {
            "label": _bin(row.low, row.high, speech),
            "value": row.accounts,
            "text": numbers.fixed(row.accounts, 0) if row.accounts else "",
            "focus": pd.isna(row.low),
        }
        for row in each(table)
    ]
    return pd.DataFrame(rows)


def _bin(low: Any, high: Any, speech: Speech) -> str:
    """A bin's name in percent: −1~0, and at the open ends 跌5以上, 升5以上."""
    if pd.isna(low):
        return speech.label("word.below", limit=_percent(abs(high)))
    if pd.isna(high):
        return speech.label("word.above", limit=_percent(low))
    return f"{_percent(low)}~{_percent(high)}"


def _percent(share: float) -> str:
    value = numbers.fixed(share * 100, 1)
    return value.removesuffix(".0")
