"""What a dossier states, as findings by id; every figure names the cell of the dossier's data files that holds it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from cityreach.dossier import development
from cityreach.dossier.city import City
from cityreach.findings import Figure, Finding
from cityreach.monthly.analysis import ROOT

FACTS = "city"  # the table of facts that no other table holds: key, value
CARD = ("likes", "comments", "shares", "views")  # figures of a post's card
SIDES = 3  # strengths and weaknesses that are named
PARTS = 2  # parts of a gap that are named
MARGIN = 1.0  # points below which a difference from the peers is not named
EVEN = 0.05  # a figure so close to the mean of those before is on a level with it
STEADY = 0.02  # a change of followers below this is none


def of(city: City, lang: str) -> dict[str, Finding]:
    """All findings of the dossier by id; those that imply an order only where places may be shown."""
    found = [
        *_edition(city, lang), *_totals(city), *_matrix(city), *_series(city), *_themes(city), *_posts(city),
    ]  # fmt: skip
    if city.placed:
        found += [*_place(city, lang), *_course(city), *_peers(city), *_gap(city)]
    found += _indices(city)
    return {each.id: each for each in found}


def fact(key: str, value: Any, unit: str) -> Figure:
    """A figure that stands in the table of facts."""
    return Figure(value, unit, FACTS, key, "value")


def _edition(city: City, lang: str) -> Iterable[Finding]:
    """What the dossier covers: the period, the panel, the counting date, the edition whose places are shown."""
    shared, standing = city.shared, city.shared.period.standing
    figures = {
        "label": fact("label", label_of(city, lang), "text"),
        "period": fact("period", shared.period.window, "period"),
        "window": fact("period", shared.period.window, "span"),
        "window_end": fact("window_end", shared.period.window.last, "full_date"),
        "year": fact("year", str(shared.period.window.last.year), "text"),
        "counted": fact("counted", shared.period.last.counting_date, "full_date"),
        "cities": fact("panel", len(shared.panel), "whole"),
        "editions": fact("editions", len(shared.period.editions), "whole"),
        "standing": fact("standing_edition", standing.label[lang], "text"),
    }
    words = {"year": shared.period.is_year, "standing": standing.id}
    yield Finding("edition", "edition", city.city_id, figures, words)


def label_of(city: City, lang: str) -> str:
    """What the period is called: the edition's name, or the year."""
    period = city.shared.period
    return period.id if period.is_year else period.standing.label[lang]


def _totals(city: City) -> Iterable[Finding]:
    """Accounts, platforms, posts, interactions, views, followers of the period; what is not known is left out."""
    values = {
        "accounts": len(city.accounts),
        "silent": int((city.accounts["status"] == "silent").sum()),
        "missing": int((city.accounts["status"] == "missing").sum()),
        "platforms": int(city.accounts["platform"].nunique()),
        "languages": int(city.accounts["language"].nunique()),
        "real": int((city.accounts["origin"] == "real").sum()),
    }
    sums = {name: city.total(name) for name in ("posts", "interactions", "views")} | {"followers": city.followers}
    figures = {name: fact(name, value, "whole") for name, value in values.items()}
    figures |= {name: fact(name, int(value), "count") for name, value in sums.items() if value is not None}
    words = {"absent": city.states.get("no_account", []), "lacking": city.states.get("missing", [])}
    yield Finding("totals", "totals", city.city_id, figures, words)


def _matrix(city: City) -> Iterable[Finding]:
    """`account.<n>`: the accounts with the largest shares; `group.<language|task>.<value>`: how many there are."""
    table = city.accounts
    for by in ("language", "task"):
        counts = table[by].value_counts().sort_index().sort_values(ascending=False, kind="stable")
        for value, count in counts.items():
            figures = {"n": fact(f"{by}.{value}", int(count), "whole")}
            yield Finding(f"group.{by}.{value}", f"group.{by}", str(value), figures)
    known = table[table["share"].notna()]
    for number, row in enumerate(known.to_dict("records"), start=1):
        at = ("accounts", row["account_id"])
        figures = {
            "name": Figure(row["name"], "text", *at, "name"),
            "share": Figure(float(row["share"]), "fine_share", *at, "share"),
        }
        words = {"platform": row["platform"], "district": row["district"]}
        yield Finding(f"account.{number}", "account", row["account_id"], figures, words)


def _series(city: City) -> Iterable[Finding]:
    """`series`: the first and last figures of the year; none with fewer than two editions.

    An edition with missing data has no figures; where it is the last, nothing is compared.
    """
    table = city.series
    if len(table) < 2:
        return
    steady = development.steady(city.editions)
    figures = {"platforms": fact("steady_platforms", len(steady), "whole")}
    words: dict[str, Any] = {"steady": steady, "way": "", "lacking": bool(pd.isna(table["posts"].iloc[-1]))}
    if not words["lacking"]:
        for name in ("posts", "interactions"):
            found, even = _against_mean(table, name)
            figures |= found
            words[f"{name}_even"] = even
        found, words["way"] = _growth(table)
        figures |= found
    yield Finding("series", "series", city.city_id, figures, words)


def _cell(table: pd.DataFrame, place: int, name: str) -> Figure:
    """A figure of the development, by its edition."""
    row = table.iloc[place]
    return Figure(int(row[name]), "count", "development", str(row["edition"]), name)


def _against_mean(table: pd.DataFrame, name: str) -> tuple[dict[str, Figure], bool]:
    """The last edition's figure, its ratio to the mean of those before, and whether the two are on a level."""
    last, others = table[name].iloc[-1], table[name].iloc[:-1].dropna()
    if pd.isna(last):
        return {}, False
    figures = {f"{name}_last": _cell(table, -1, name)}
    if others.empty or others.mean() <= 0:
        return figures, False
    times = float(last / others.mean())
    return figures | {f"{name}_times": fact(f"{name}_times", times, "ratio")}, abs(times - 1) < EVEN


def _growth(table: pd.DataFrame) -> tuple[dict[str, Figure], str]:
    """The first and last followers and the way between them: up, down or same; nothing where the last are not known."""
    known = table[table["followers"].notna()]
    if len(known) < 2 or pd.isna(table["followers"].iloc[-1]) or known["followers"].iloc[0] <= 0:
        return {}, ""
    first, last = _cell(known, 0, "followers"), _cell(known, -1, "followers")
    growth = last.value / first.value - 1
    way = "same" if abs(growth) < STEADY else "up" if growth > 0 else "down"
    ends = {"followers_first": first, "followers_last": last}
    return ends | {"growth": fact("followers_growth", abs(growth), "fine_share")}, way


def _place(city: City, lang: str) -> Iterable[Finding]:
    """`place`: the composite now; `platform.<name>`: each platform's place; `change` where the city moved."""
    edition, label = city.shared.period.standing.id, city.shared.period.standing.label[lang]
    for row in city.standing.to_dict("records"):
        at = ("places", f"{edition}|{row['node']}")
        figures = {
            "rank": Figure(int(row["rank"]), "rank", *at, "rank"),
            "rank_th": Figure(int(row["rank"]), "ordinal", *at, "rank"),
            "score": Figure(float(row["score"]), "score", *at, "score"),
            "cities": Figure(int(row["cities"]), "whole", *at, "cities"),
        }
        if row["node"] != ROOT:
            yield Finding(f"platform.{row['node']}", "platform", row["node"], figures)
            continue
        words = {"way": ""}
        if city.change is not None:
            figures["change"] = fact("change", abs(city.change), "places")
            words["way"] = "up" if city.change > 0 else "down" if city.change < 0 else "same"
        figures["label"] = fact("standing_edition", label, "text")
        yield Finding("place", "place", city.city_id, figures, words)


def _course(city: City) -> Iterable[Finding]:
    """`course`: how the composite place went over the year; none with fewer than two places."""
    table = city.places[city.places["node"] == ROOT]
    if len(table) < 2:
        return
    best, worst = int(table["rank"].astype(int).argmin()), int(table["rank"].astype(int).argmax())
    figures = {"n": fact("places_n", len(table), "whole")}
    for name, place in (("first", 0), ("last", -1), ("best", best), ("worst", worst)):
        row = table.iloc[place]
        figures[name] = Figure(int(row["rank"]), "rank", "places", f"{row['edition']}|{ROOT}", "rank")
    gained = figures["first"].value - figures["last"].value
    words = {"way": "up" if gained > 0 else "down" if gained < 0 else "same"}
    words["still"] = figures["best"].value == figures["worst"].value
    yield Finding("course", "course", city.city_id, figures, words)


def _peers(city: City) -> Iterable[Finding]:
    """`peers`: who is compared; `side.<strong|weak>.<n>`: dimensions above and below the peers; `nearest.<n>`."""
    by, ids = city.peers
    figures = {"n": fact("peers", len(ids), "whole"), "tier": fact("tier_peers", len(city.tier), "whole")}
    yield Finding("peers", "peers", city.city_id, figures, {"by": by})
    table = city.compared.sort_values(["difference", "node"], kind="stable")
    for side, rows in (("strong", table[::-1]), ("weak", table)):
        sign = 1 if side == "strong" else -1
        chosen = rows[rows["difference"] * sign >= MARGIN].head(SIDES)
        for number, row in enumerate(chosen.to_dict("records"), start=1):
            points = Figure(abs(float(row["difference"])), "score", "dimensions", row["node"], "apart")
            yield Finding(f"side.{side}.{number}", f"side.{side}", row["node"], {"points": points})
    for number, row in enumerate(city.nearest.to_dict("records"), start=1):
        at = ("neighbours", row["city_id"])
        figures = {
            "distance": Figure(float(row["distance"]), "score", *at, "distance"),
            "rank": Figure(int(row["rank"]), "rank", *at, "rank"),
        }
        yield Finding(f"nearest.{number}", "nearest", row["city_id"], figures)


def _gap(city: City) -> Iterable[Finding]:
    """`gap`: the city just ahead; `part.<more|less>.<n>`: platforms that make the gap; `indicator`: the leaf that
    makes most of it. For the first city `lead`: the one that follows, and the platforms that make its own lead."""
    kind, table, rivals = ("lead", "behind", city.behind) if city.ahead.empty else ("gap", "ahead", city.ahead)
    if rivals.empty:
        return
    row, other = rivals.iloc[0], str(rivals["city_id"].iloc[0])
    figures = {
        "gap": Figure(float(row["gap"]), "score", table, other, "gap"),
        "rank": Figure(int(row["rank"]), "rank", table, other, "rank"),
    }
    yield Finding(kind, kind, other, figures)
    parts = city.gaps[(city.gaps["other_id"] == other)]
    yield from _parts(parts[parts["level"] == 1], other)
    if kind == "gap":
        yield from _indicator(parts[parts["level"] == 3], other)


def _parts(parts: pd.DataFrame, other: str) -> Iterable[Finding]:
    table = parts.sort_values(["points", "node"], kind="stable")
    for side, rows in (("more", table[::-1]), ("less", table)):
        sign = 1 if side == "more" else -1
        chosen = rows[rows["points"] * sign >= 0.05].head(PARTS)
        for number, row in enumerate(chosen.to_dict("records"), start=1):
            points = Figure(abs(float(row["points"])), "score", "gap", f"{other}|{row['node']}", "size")
            yield Finding(f"part.{side}.{number}", f"part.{side}", row["node"], {"points": points})


def _indicator(leaves: pd.DataFrame, other: str) -> Iterable[Finding]:
    known = leaves.dropna(subset=["own_value", "other_value"])
    known = known[known["points"] > 0]
    if known.empty:
        return
    row = known.iloc[int(known["points"].to_numpy().argmax())]
    at, unit = ("gap", f"{other}|{row['node']}"), value_unit(row["node"])
    figures = {
        "points": Figure(float(row["points"]), "decimal", *at, "size"),
        "own": Figure(float(row["own_value"]), unit, *at, "own_value"),
        "other": Figure(float(row["other_value"]), unit, *at, "other_value"),
    }
    yield Finding("indicator", "indicator", row["node"], figures, {"other": other})


def value_unit(node: str) -> str:
    """How an indicator's figure is printed: means a post with a decimal, counts as counts."""
    return "score" if node.endswith("per_post") else "count"


def _themes(city: City) -> Iterable[Finding]:
    """`theme.<n>`: what the city posts most; `label`: the theme that stands out."""
    for number, row in enumerate(city.themes.head(SIDES).to_dict("records"), start=1):
        at = ("themes", row["theme"])
        figures = {
            "share": Figure(float(row["share"]), "fine_share", *at, "share"),
            "panel": Figure(float(row["panel_share"]), "fine_share", *at, "panel_share"),
            "posts": Figure(int(row["posts"]), "count", *at, "posts"),
        }
        if pd.notna(row["interactions_share"]):
            figures["response"] = Figure(float(row["interactions_share"]), "fine_share", *at, "interactions_share")
        yield Finding(f"theme.{number}", "theme", row["theme"], figures)
    label = city.label
    if label is not None and label["theme"] in set(city.themes["theme"]):
        at = ("themes", label["theme"])
        row = city.themes.set_index("theme").loc[label["theme"]]
        figures = {
            "share": Figure(float(row["share"]), "fine_share", *at, "share"),
            "panel": Figure(float(row["panel_share"]), "fine_share", *at, "panel_share"),
        }
        yield Finding("label", "label", label["theme"], figures)


def _posts(city: City) -> Iterable[Finding]:
    """`post.<n>`: the posts that are shown; a lift beyond the rules' limit is cut there, and said to be more."""
    most = float(city.shared.last.rules.cases.most_lift)
    for row in city.posts.to_dict("records"):
        at = ("posts", f"{row['platform']}|{row['post_id']}")
        figures = {
            "day": Figure(row["day"].date(), "date", *at, "day"),
            "full_day": Figure(row["day"].date(), "full_date", *at, "day"),
            "counted": Figure(row["counted_at"].date(), "full_date", *at, "counted_at"),
            "handle": Figure(row["handle"], "text", *at, "handle"),
            "interactions": Figure(int(row["interactions"]), "count", *at, "interactions"),
        }
        figures |= {name: Figure(int(row[name]), "count", *at, name) for name in CARD if pd.notna(row[name])}
        words = {"theme": row["theme"], "platform": row["platform"], "over": False}
        if pd.notna(row["lift"]):
            words["over"] = bool(row["lift"] > most)
            lift = most if words["over"] else float(row["lift"])
            figures["lift"] = Figure(lift, "ratio", *at, "lift_shown")
        yield Finding(f"post.{row['number']}", "post", row["post_id"], figures, words)


def _indices(city: City) -> Iterable[Finding]:
    """`indices`: how many published places there are; `index.<n>`: those of each index's last edition in the year."""
    table = city.indices
    placed = table[table["place"].notna()]
    if table.empty and city.annual.empty:
        return
    figures = {
        "lists": fact("lists", len(table), "whole"),
        "places": fact("published_places", len(placed), "whole"),
        "indices": fact("published_indices", int(table["index_id"].nunique()), "whole"),
    }
    yield Finding("indices", "indices", city.city_id, figures)
    year = str(city.shared.period.window.last.year)
    recent = placed[placed["edition"].str.startswith(year)]
    newest = recent[recent["edition"] == recent.groupby("index_id")["edition"].transform("max")]
    for number, row in enumerate(newest.to_dict("records"), start=1):
        at = ("indices", f"{row['index_id']}|{row['edition']}|{row['scope']}")
        figures = {"place": Figure(int(row["place"]), "rank", *at, "place")}
        figures["place_th"] = Figure(int(row["place"]), "ordinal", *at, "place")
        figures["edition"] = Figure(row["edition"], "text", *at, "edition")
        if pd.notna(row["before"]):
            figures["before"] = Figure(int(row["before"]), "rank", *at, "before")
            figures["before_th"] = Figure(int(row["before"]), "ordinal", *at, "before")
        words = {name: row[name] for name in ("index_id", "scope", "base_zh", "base_en", "edition")}
        yield Finding(f"index.{number}", "index", row["index_id"], figures, words)


def kinds(found: Mapping[str, Finding], kind: str) -> list[Finding]:
    """The findings of a kind, in their order."""
    return [each for each in found.values() if each.kind == kind]
