"""City profiles: the themes in which a city stands out, and burst against staying power."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from cityreach import charts
from cityreach.blocks import Block, Cell, Text
from cityreach.findings import Finding
from cityreach.monthly.book import Book
from cityreach.monthly.places import editable
from cityreach.prose import numbers

LABELLED = 15
TOLD = 7  # labels that the text names
NAMED = 8  # cities that the text names in a group


def labels_in_order(book: Book) -> list[Finding]:
    """The clearest labels, the clearest first; shuffled in an edition without order."""
    found = {each.subject: each for each in book.all("label.city")[:TOLD]}
    return [found[city] for city in book.listing(found, salt="labels")]


def _spread(uneven: Finding) -> float:
    return float(uneven.figures["spread"].value)


@dataclass(frozen=True)
class Cities:
    book: Book

    def heading(self) -> Block:
        book, label = self.book, self.book.find("label.city")
        ordered = book.tell("headline.cities", label=label)
        unordered = book.label("headline.cities_unordered") if label else ""
        return book.section("cities", ordered if book.ordered else unordered)

    @editable("cities")
    def text(self) -> Block | None:
        """The clearest labels (or why there are none), and how even the leading cities are across platforms."""
        book, labels = self.book, labels_in_order(self.book)
        none: Text = [book.label("cities.none")] if book.analysis.posted.empty else []
        if not book.ordered:
            return book.prose([none or book.tell("cities.listed", labels=labels)], self._presence())
        first = book.tell("cities.first", label=labels[0] if labels else None)
        places = [book.tell("cities.places", turn=turn, places=each) for turn, each in enumerate(book.all("places"))]
        labelled = [none or first, book.tell("cities.others", labels=labels[1:])]
        return book.prose(labelled, [*places, self._shape()], self._presence())

    def _presence(self) -> list[Text]:
        """Cities that joined or left the panel, accounts that appeared, came back or fell silent."""
        book = self.book
        panel = [
            book.tell("cities.newcomers", found=self._shuffled("newcomer", "panel")),
            book.tell("cities.gone", found=self._shuffled("gone", "panel")),
        ]
        kinds = ("opened", "resumed", "silent")
        found = {kind: [self._shuffled(kind, each) for each in book.analysis.edition.platforms] for kind in kinds}
        return [*panel, *(book.tell(f"cities.{kind}", found=[each for each in found[kind] if each]) for kind in kinds)]

    def _shuffled(self, kind: str, platform: str) -> Finding | None:
        """The finding with its cities in the order that the edition may show."""
        found = self.book.find(f"presence.{kind}", platform)
        if found is None:
            return None
        cities = self.book.listing(found.words["cities"], salt=f"{kind}-{platform}")
        return replace(found, words=found.words | {"cities": cities})

    def _shape(self) -> Text:
        """Which of the leading cities stand evenly across platforms, and which the least."""
        even = self.book.all("profile.balanced")
        uneven = max(self.book.all("profile.lopsided"), key=_spread, default=None)
        return self.book.writer.tell("cities.shape", cities=even, uneven=uneven) if even or uneven else []

    def labels_table(self) -> Block | None:
        """Cities with a label: their theme, its share against the panel's."""
        labels = self.book.analysis.labels
        mine = labels[labels["label"]].sort_values(["z", "city_id"], ascending=[False, True]).head(LABELLED)
        cities = self.book.listing(mine["city_id"], salt="labels")
        rows = [self._label_row(mine.set_index("city_id"), city) for city in cities]
        columns = [("city", "left"), ("label", "left"), ("theme_posts", "right"), ("city_share", "right")]
        themes = dict(zip(mine["city_id"], mine["theme"], strict=True))
        keys = [f"{city}|{themes[city]}" for city in cities]
        holds = self.book.holds("labels", keys, ["", "", "posts", "share", "panel_share"])
        return self.book.table("labels", [*columns, ("panel_share", "right")], rows, holds=holds)

    def _label_row(self, labels: pd.DataFrame, city_id: str) -> list[Cell]:
        row: dict[str, Any] = {name: labels.at[city_id, name] for name in ("theme", "posts", "share", "panel_share")}
        shares = [numbers.percent(row["share"], 1), numbers.percent(row["panel_share"], 1)]
        return [self.book.city(city_id), self.book.theme(row["theme"]), numbers.fixed(row["posts"], 0), *shares]

    @editable("cities")
    def staying_text(self) -> Block | None:
        """Who stays, who lives on few hits, who is coming."""
        return self.book.prose([self._group(group) for group in ("long_red", "burst", "rising")])

    def _group(self, group: str) -> Text:
        found = self.book.all(f"staying.{group}")
        return self.book.tell(f"cities.{group}", found=found[:NAMED], more=len(found) > NAMED)

    def staying_chart(self) -> Any:
        """Burst against staying power; none without a history or in an unordered edition."""
        staying = self.book.analysis.staying
        mine = staying[staying["top_share"].notna()] if len(staying) else staying
        if not self.book.ordered or mine.empty:
            return None
        named = self._named(mine)
        frame = pd.DataFrame(
            {
                "label": [self.book.city(city) for city in mine["city_id"]],
                "x": mine["months_in_top"].astype(float).to_numpy(),
                "y": mine["top_share"].astype(float).to_numpy() * 100,
                "group": [self.book.label(f"groups.{group}") for group in mine["group"]],
                "named": [city in named for city in mine["city_id"]],
                "focus": [group == "burst" for group in mine["group"]],
            }
        )
        label = self.book.label
        x, y = label("charts.staying.x"), label("charts.staying.y")
        chart = charts.quadrant(frame, x_title=x, y_title=y, mids=self._mids(frame))
        headline = self.book.tell("charts.staying.headline", found=self.book.all("staying.long_red"))
        return self.book.figure(chart, "staying", headline=headline)

    def _mids(self, frame: pd.DataFrame) -> tuple[float, float]:
        rules = self.book.analysis.rules.staying
        months = len(self.book.analysis.year)
        return months * rules.staying_share, float(frame["y"].quantile(rules.burst_quantile))

    def _named(self, mine: pd.DataFrame) -> set[str]:
        """The cities written out: those in the first ten now, and the strongest bursts."""
        leaders = set(self.book.leaders())
        burst = mine[mine["group"] == "burst"].nlargest(3, "top_share")["city_id"]
        return leaders | set(burst)
