"""Accounts that appear, fall silent or come back, and cities that join or leave the panel."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

KINDS = ("opened", "resumed", "silent", "newcomer", "gone")
COLUMNS = ["kind", "platform", "city_id", "editions"]
HAS_ACCOUNT = ("measured", "silent")
PANEL = "panel"  # stands for the platform of a city that joins or leaves the panel


def presence(metrics: pd.DataFrame, editions: Sequence[str]) -> pd.DataFrame:
    """What changed in who is there, in the last of `editions` (ids, oldest first), by kind, platform and city.

    Columns: kind, platform (`panel` for a city that joined or left), city_id, editions.
    kind: opened (an account where no edition before had one, though the platform was measured there), resumed (posts
    again after silence), silent (an account without a post), newcomer and gone (cities of one of the last two panels).
    editions: how long a silent account has been silent, this edition included, or how long a resumed one was; else 1.
    Missing data are neither silence nor absence.
    """
    mine = metrics.loc[metrics["edition"].isin(list(editions))]
    wide = mine.pivot(index=["platform", "city_id"], columns="edition", values="status").reindex(columns=list(editions))
    found = [*_accounts(wide), *_panel(metrics, editions)]
    frame = pd.DataFrame(found, columns=COLUMNS).astype({"editions": "Int64", **dict.fromkeys(COLUMNS[:3], "str")})
    order = frame["kind"].map({kind: number for number, kind in enumerate(KINDS)})
    return frame.assign(order=order).sort_values(["order", "platform", "city_id"], ignore_index=True)[COLUMNS]


def _accounts(wide: pd.DataFrame) -> list[tuple[str, str, str, int]]:
    found = []
    for (platform, city), row in zip(wide.index, wide.to_numpy(dtype=object), strict=True):
        states = [state for state in row if isinstance(state, str) and state != "missing"]
        if not states or not isinstance(row[-1], str) or row[-1] != states[-1]:
            continue
        kind, length = _what(states)
        if kind:
            found.append((kind, str(platform), str(city), length))
    return found


def _what(states: Sequence[str]) -> tuple[str, int]:
    """Kind and length of the last of an account's states; an empty kind where nothing is to be told."""
    last, earlier = states[-1], states[:-1]
    if last in HAS_ACCOUNT and earlier and not any(state in HAS_ACCOUNT for state in earlier):
        return "opened", 1
    silent = _run(states if last == "silent" else earlier, "silent")
    if last == "silent":
        return "silent", silent
    return ("resumed", silent) if last == "measured" and silent else ("", 0)


def _run(states: Sequence[str], state: str) -> int:
    """How often the state stands at the end without a break."""
    count = 0
    while count < len(states) and states[-1 - count] == state:
        count += 1
    return count


def _panel(metrics: pd.DataFrame, editions: Sequence[str]) -> list[tuple[str, str, str, int]]:
    if len(editions) < 2:
        return []
    before, now = (set(metrics.loc[metrics["edition"] == each, "city_id"]) for each in editions[-2:])
    if not before or not now:
        return []
    joined = [("newcomer", PANEL, str(city), 1) for city in sorted(now - before)]
    return joined + [("gone", PANEL, str(city), 1) for city in sorted(before - now)]
