"""From a plan to posts: totals split so that they add up exactly, ids that hold their time, texts."""

from __future__ import annotations

import numpy as np
import pandas as pd

from cityreach.simulate import chance, texts
from cityreach.simulate.draws import Draws
from cityreach.simulate.plan import Plan
from cityreach.simulate.settings import Settings


def make(plan: Plan, settings: Settings) -> pd.DataFrame:
    """All posts of the month, one row each.

    Columns: account (row of the plan's accounts), platform, city_id, cell, case, theme, format, lang, text (lead) and
    rest (closing line and hashtags), at (UTC, seconds since 1970), key (uint64, for ids), likes, comments, shares,
    views, saves, duration (seconds, 0 for a still), trap ("" here; `traps` fills it).
    """
    drawn = plan.draws.posts
    cell = drawn["cell"].to_numpy()
    known = plan.accounts.loc[drawn["account"], ["platform", "city_id", "city", "city_en"]].reset_index(drop=True)
    frame = pd.concat([drawn[["account", "cell", "case", "theme", "format", "lang"]], known], axis=1)
    start = int(plan.edition.window.start.timestamp())
    frame["at"] = start + drawn["day"].to_numpy() * 86400 + drawn["second"].to_numpy()
    seeds = chance.seeds("ids", plan.edition.id, each=plan.cells["city_id"] + " " + plan.cells["platform"])
    frame["key"] = chance.mixed(seeds[cell], 1) ^ chance.mixed(drawn["number"].to_numpy(), 2)
    frame = _with_counts(frame, plan, settings)
    return _with_texts(frame, plan, settings).assign(trap="")


def apportion(total: np.ndarray, weight: np.ndarray, cell: np.ndarray) -> np.ndarray:
    """Whole numbers in proportion to `weight` that add up to each cell's total (largest remainders, ties by order)."""
    full = np.bincount(cell, weights=weight, minlength=len(total))
    exact = total[cell] * weight / np.maximum(full, 1e-300)[cell]
    part = np.floor(exact).astype(np.int64)
    left = total - np.bincount(cell, weights=part, minlength=len(total)).astype(np.int64)
    left = np.where(full > 0, left, 0)
    order = np.lexsort((part - exact, cell))
    first = np.searchsorted(cell[order], np.arange(len(total)))
    rank = np.arange(len(cell)) - first[cell[order]]
    part[order] += rank < left[cell[order]]
    return part


def _with_counts(frame: pd.DataFrame, plan: Plan, settings: Settings) -> pd.DataFrame:
    drawn, u, cell = plan.draws.posts, plan.draws.u, frame["cell"].to_numpy()
    free = apportion(plan.cells["free"].to_numpy(), drawn["weight"].to_numpy(), cell)
    total = free + drawn["fixed"].to_numpy(dtype=np.int64)
    split = {name: _of_platform(frame, settings, name) for name in ("comments", "shares", "views", "saves")}
    comments = np.floor(total * split["comments"] * (0.4 + 1.2 * u["comments"])).astype(np.int64)
    shares = np.floor(total * split["shares"] * (0.4 + 1.2 * u["shares"])).astype(np.int64)
    counts = frame.assign(likes=total - comments - shares, comments=comments, shares=shares)
    counts = _fix_cases(counts, plan.draws)
    extra = np.maximum(plan.cells["views"].to_numpy() - plan.cells["interactions"].to_numpy(), 0)
    watched = np.maximum(total, 0.3) ** 0.8 * np.exp(1.4 * (u["views"] - 0.5))
    counts["views"] = np.where(split["views"] > 0, total + apportion(extra, watched, cell), 0)
    counts["saves"] = np.floor(counts["likes"] * split["saves"] * (0.5 + u["shares"])).astype(np.int64)
    clip = np.where(counts["format"] == "video", 40 + np.floor(u["second"] * 500), 8 + np.floor(u["second"] * 50))
    counts["duration"] = np.where(counts["format"].isin(["video", "reel", "short"]), clip, 0).astype(np.int64)
    short = counts["platform"] == "tiktok"
    counts.loc[short, "duration"] = 7 + (u["second"][short] * 80).astype(np.int64)
    return counts


def _of_platform(frame: pd.DataFrame, settings: Settings, name: str) -> np.ndarray:
    table = {platform: getattr(split, name) for platform, split in settings.posting.splits.items()}
    return frame["platform"].map(table).to_numpy(dtype=float)


def _fix_cases(counts: pd.DataFrame, draws: Draws) -> pd.DataFrame:
    """Give published posts with fixed figures these figures."""
    for row in np.flatnonzero(counts["case"] >= 0):
        case = draws.cases[int(counts["case"].iloc[row])]
        if case.fixed:
            counts.loc[row, ["likes", "comments", "shares"]] = case.likes, case.comments, case.shares
    return counts


def _with_texts(frame: pd.DataFrame, plan: Plan, settings: Settings) -> pd.DataFrame:
    month = plan.edition.window.first.month
    writer = texts.Writer(settings.texts, settings.posting, month)
    leads, rests = texts.write(frame, writer=writer, u=plan.draws.u)
    for row in np.flatnonzero(frame["case"] >= 0):
        leads[row], rests[row] = plan.draws.cases[int(frame["case"].iloc[row])].text, ""
    return frame.assign(text=leads, rest=rests)


def whole_text(frame: pd.DataFrame) -> list[str]:
    """Lead and rest of each post as one caption."""
    pairs = zip(texts.plain(frame["text"]), texts.plain(frame["rest"]), strict=True)
    return [f"{lead} {rest}" if rest else lead for lead, rest in pairs]
