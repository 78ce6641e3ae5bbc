"""The dossier as the notebook shows it: every method returns a block, a finished chart, or None."""

from __future__ import annotations

from typing import Any

import pandas as pd

from cityreach.blocks import Block
from cityreach.dossier import boards, shown, telling
from cityreach.dossier.book import Book
from cityreach.dossier.facts import CARD
from cityreach.findings import Finding
from cityreach.monthly.front import UNITS
from cityreach.monthly.posts import excerpt

SECTIONS = ("matrix", "development", "indices", "peers", "gap", "themes", "posts", "exchange")
UNNUMBERED = ("summary", "notes")
TILES = ("posts", "interactions", "views", "followers")


class Page:
    """Everything that the notebook shows of one city in one language; what has nothing to say is None."""

    def __init__(self, book: Book) -> None:
        self.book = book
        self.sections = [name for name in SECTIONS if self._has(name)]

    def _has(self, section: str) -> bool:
        book, found = self.book, self.book.findings
        present = {
            "matrix": bool(len(book.city.accounts)),
            "development": "series" in found or "course" in found,
            "indices": "indices" in found,
            "peers": "peers" in found and len(boards.scored_heads(book)) > 1,
            "gap": "gap" in found or "lead" in found,
            "themes": "theme.1" in found,
            "posts": "post.1" in found,
            "exchange": any(book.all(kind) for kind in telling.EXCHANGE),
        }
        return present[section]

    # cover and headings

    def cover(self) -> Block:
        """City, period, facts and up to six tiles."""
        book, period = self.book, self.book.city.shared.period
        content = {
            "lang": book.lang, "title": [book.label("cover.title", city=book.name)], "label": book.tell("cover.label"),
            "kicker": book.label("cover.kicker"), "band": book.label("cover.band") if period.simulated else None,
            "facts": self._facts(), "tiles": self._tiles(),
            "publisher": [[line[book.lang]] for line in period.standing.publisher],
            "description": [book.label("cover.description", city=book.name)],
        }  # fmt: skip
        return Block("cover", content)

    def _facts(self) -> list[list[Any]]:
        book, period = self.book, self.book.city.shared.period
        province = str(book.city.row[f"province_{book.lang}"])
        place = {"province": province, "tier": book.term("tier"), "size": book.term("size_group")}
        values = {
            "window": book.tell("cover.window_text"),
            "place": [book.label("cover.place_text", **place)],
            "panel": book.tell("cover.panel_text"),
            **({"standing": book.tell("cover.standing_text")} if period.is_year and book.city.ordered else {}),
            "counting": book.tell("cover.counting_text"),
        }
        return [[book.label(f"cover.{name}"), value] for name, value in values.items()]

    def _tiles(self) -> list[dict[str, Any]]:
        found, totals = self.book.findings, self.book.findings["totals"]
        tiles = [self._tile("rank", self.book.writer.figure(found["place"], "rank"))] if "place" in found else []
        tiles.append(self._tile("accounts", self.book.writer.figure(totals, "accounts")))
        known = [name for name in TILES if name in totals.figures]
        return [*tiles, *(self._tile(name, self.book.writer.figure(totals, name, "brief")) for name in known)]

    def _tile(self, name: str, figure: Any) -> dict[str, Any]:
        """A figure with its unit apart: 36.1 and 万."""
        value = figure["text"].rstrip(UNITS)
        return {
            "value": value, "unit": figure["text"].removeprefix(value), "label": self.book.label(f"tiles.{name}"),
            "change": None, "figure": figure,
        }  # fmt: skip

    def section(self, name: str) -> Block | None:
        """The heading of a section: its finding, with the topic above it."""
        if name not in (*self.sections, *UNNUMBERED):
            return None
        number = f"{self.sections.index(name) + 1:02d}" if name in self.sections else ""
        title, kicker = self.book.tell(f"title.{name}"), self.book.label(f"kicker.{name}")
        return Block("section", {"anchor": name, "number": number, "kicker": kicker, "title": title, "level": 1})

    # texts

    def summary(self) -> Block:
        """At most six findings, a sentence each."""
        return Block("findings", {"items": telling.summary(self.book)})

    def text(self, name: str) -> Block | None:
        """The paragraphs of a section."""
        if name not in (*self.sections, *UNNUMBERED):
            return None
        return self.book.prose(*telling.paragraphs(self.book, name))

    # tables

    def table(self, name: str) -> Block | None:
        """A table by its name (`shown.MAKERS`); None without rows, or of places where none may be shown."""
        if name in shown.RANKED and not self.book.city.placed:
            return None
        if name == "indices" and name not in self.sections:  # our own places stand in the table beside the peers
            return None
        return shown.MAKERS[name](self.book)

    # charts

    def series_chart(self) -> Any:
        """Posts, interactions and followers over the year."""
        from cityreach import charts

        frame = boards.series(self.book) if "development" in self.sections else pd.DataFrame()
        return None if frame.empty else self.book.figure(charts.daily_panels(frame), "series")

    def course_chart(self) -> Any:
        """Places over the year; none with fewer than two editions."""
        from cityreach import charts

        if "course" not in self.book.findings:
            return None
        return self.book.figure(charts.heatmap(boards.course(self.book), domain=(0.0, 1.0)), "course")

    def heads_chart(self) -> Any:
        """Scores beside those of the peers."""
        from cityreach import charts

        if "peers" not in self.sections:
            return None
        frame, plain = boards.heads(self.book), self.book.plain
        chart = charts.dumbbell(frame, a_title=plain("chart.heads.a"), b_title=plain("chart.heads.b"))
        widest = boards.widest_head(self.book)
        above = {row["node"] for row in boards.scored_heads(self.book).to_dict("records") if row["own"] > row["peers"]}
        words = {"best": widest if widest in above else "", "worst": "" if widest in above else widest}
        return self.book.figure(chart, "heads", **words)

    def gap_chart(self) -> Any:
        """What the gap to the city ahead is made of; for the first city, its lead."""
        from cityreach import charts

        if "gap" not in self.sections:
            return None
        key = "gap" if "gap" in self.book.findings else "lead"
        return self.book.figure(charts.waterfall(boards.gap(self.book)), key)

    def themes_chart(self) -> Any:
        """Themes beside the panel's; none for a single theme."""
        from cityreach import charts

        frame = boards.themes(self.book) if "themes" in self.sections else pd.DataFrame()
        if len(frame) < 2:
            return None
        plain = self.book.plain
        chart = charts.dumbbell(frame, a_title=plain("chart.themes.a"), b_title=plain("chart.themes.b"))
        return self.book.figure(chart, "themes")

    # posts

    def case(self, place: int) -> Block | None:
        """The city's post number `place` as a card; None where there is none."""
        posts = self.book.city.posts
        return self._card(posts.iloc[place - 1]) if len(posts) >= place else None

    def _card(self, post: pd.Series) -> Block:
        book, finding = self.book, self.book.findings[f"post.{post['number']}"]
        day = book.writer.figure(finding, "full_day" if book.city.shared.period.is_year else "day")
        names = [[book.name], [book.names.platform(post["platform"])], [day], [book.names.theme(post["theme"])]]
        content = {
            "kicker": names,
            "title": book.tell("posts.title", post=finding),
            "figures": self._figures(finding),
            "text": excerpt(post["text"]),
            "lang": post["lang"] if isinstance(post["lang"], str) else "",
            "note": book.tell("posts.note", post=finding),
        }
        return Block("case", content)

    def _figures(self, post: Finding) -> list[dict[str, Any]]:
        book = self.book
        known = [name for name in CARD if name in post.figures][:3]
        figures = [{"value": [book.writer.figure(post, name)], "label": book.label(f"posts.{name}")} for name in known]
        if "lift" in post.figures:
            key = "posts.lift_over" if post.words["over"] else "posts.lift_value"
            figures.append({"value": book.tell(key, post=post), "label": book.label("posts.lift")})
        return figures

    # tables that readers take away

    def tables(self) -> Block:
        from cityreach.dossier.takeaway import takeaway

        return takeaway(self.book)
