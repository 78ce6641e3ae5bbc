"""The dossier as the notebook shows it: every method returns a block, a finished chart, or None."""

from __future__ import annotations

from typing import Any

import pandas as pd

from cityreach.blocks import Block
from cityreach.dossier import boards, shown, telling
from cityreach.dossier.book import Book
from cityreach.monthly.posts import excerpt
from cityreach.prose import numbers

SECTIONS = ("matrix", "development", "indices", "peers", "gap", "themes", "posts", "exchange")
UNNUMBERED = ("summary", "notes")
TILES = ("posts", "interactions", "views", "followers")
FIGURES = ("likes", "comments", "shares", "views")
SHORT_UNITS = {"million": "m", "billion": "bn"}


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
        title = book.label("cover.title", city=book.name)
        label = book.label("cover.label_year", year=period.id) if period.is_year else period.standing.label[book.lang]
        content = {
            "lang": book.lang, "title": title, "label": label, "kicker": book.label("cover.kicker"),
            "band": book.label("cover.band") if period.simulated else None, "facts": self._facts(),
            "tiles": self._tiles(), "publisher": [line[book.lang] for line in period.standing.publisher],
            "description": book.label("cover.description", city=book.name),
        }  # fmt: skip
        return Block("cover", content)

    def _facts(self) -> list[list[str]]:
        book, period = self.book, self.book.city.shared.period
        province = str(book.city.row[f"province_{book.lang}"])
        values = {
            "window": numbers.span(period.window.first, period.window.last, book.lang),
            "place": book.label(
                "cover.place_text", province=province, tier=book.term("tier"), size=book.term("size_group")
            ),
            "panel": book.label("cover.panel_text", cities=len(book.city.shared.panel)),
            **({"standing": period.standing.label[book.lang]} if period.is_year and book.city.ordered else {}),
            "counting": numbers.full_day(period.last.counting_date, book.lang),
        }
        return [[book.label(f"cover.{name}"), value] for name, value in values.items()]

    def _tiles(self) -> list[dict[str, Any]]:
        found = self.book.findings
        tiles = [self._tile("rank", str(found["place"].figures["rank"].value))] if "place" in found else []
        figures = found["totals"].figures
        tiles.append(self._tile("accounts", str(figures["accounts"].value)))
        known = [name for name in TILES if name in figures]
        return [*tiles, *(self._tile(name, self.book.writer.count(figures[name].value)) for name in known)]

    def _tile(self, name: str, text: str) -> dict[str, Any]:
        """A figure with its unit apart: 36.1 and 万."""
        digits = text.rstrip("万亿")
        value, _, unit = text.partition(" ") if self.book.lang == "en" else (digits, "", text[len(digits) :])
        unit, label = SHORT_UNITS.get(unit, unit), self.book.label(f"tiles.{name}")
        return {"value": value, "unit": unit, "label": label, "change": None}

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
        show = numbers.full_day if book.city.shared.period.is_year else numbers.day
        kicker = [book.names.platform(post["platform"]), show(post["day"].date(), book.lang)]
        counted = numbers.full_day(post["counted_at"].date(), book.lang)
        handle = str(book.city.shared.registry.accounts.at[post["account_id"], "handle"])
        content = {
            "kicker": [book.name, *kicker, book.names.theme(post["theme"])],
            "title": book.tell("posts.title", post=finding),
            "figures": self._figures(post),
            "text": excerpt(post["text"]),
            "lang": post["lang"] if isinstance(post["lang"], str) else "",
            "note": book.label("posts.note", handle=handle, day=counted),
        }
        return Block("case", content)

    def _figures(self, post: pd.Series) -> list[dict[str, Any]]:
        book = self.book
        known = [name for name in FIGURES if pd.notna(post[name])][:3]
        figures = [{"value": book.writer.count(post[name]), "label": book.label(f"posts.{name}")} for name in known]
        if pd.notna(post["lift"]):
            most = book.city.shared.last.rules.cases.most_lift
            key = "posts.lift_over" if post["lift"] > most else "posts.lift_value"
            value = book.label(key, times=numbers.times(min(float(post["lift"]), most)))
            figures.append({"value": value, "label": book.label("posts.lift")})
        return figures

    # tables that readers take away

    def tables(self) -> Block:
        from cityreach.dossier.takeaway import takeaway

        return takeaway(self.book)
