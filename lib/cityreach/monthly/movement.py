"""What is said about change: breaks, the moves of the first ten one by one, runs, the year before, unusual changes."""

from __future__ import annotations

from typing import Any

from cityreach.blocks import Text
from cityreach.monthly.book import Book

ROOT = "composite"
NAMED = 3  # cities that a sentence about the year before or about unusual changes names each way
YEARLY = 2  # places from which on a change against the year before is told
RUNS = 4  # runs that are named each way


def broken(book: Book) -> Text:
    """Why places are not compared with the edition before, or on which panel they are."""
    found = book.find("break", ROOT)
    if found is None:
        return []
    reasons = found.words["reasons"]
    return book.tell(f"overview.broken.{next(each for each in ORDER if each in reasons)}", found=found)


def missing(book: Book) -> Text:
    """Platforms of the composite of which no city's data arrived."""
    states = [(each, {name: each.figures[name].value for name in STATES}) for each in book.all("coverage.platform")]
    gone = [
        each.subject
        for each, count in states
        if count["missing"] and not count["measured"] + count["silent"] and book.analysis.method.counts(each.subject)
    ]
    return book.tell("overview.missing", platforms=gone)


STATES = ("measured", "silent", "missing")
ORDER = ("first", "method", "scale", "platforms", "panel")  # of several reasons, the one that is told


def told_moves(book: Book, node: str) -> set[str]:
    """The cities of which the sentence about the largest moves tells from where and to where."""
    sides = [book.all(f"move.top_{way}", node=node) for way in ("up", "down")]
    return {side[0].subject for side in sides if len(side) == 1}


def rest(book: Book) -> Text:
    """The moves of those of the first ten of whom no other sentence tells."""
    leader = book.leader()
    entered = {each.subject for kind in ("entry.new", "entry.return") for each in book.all(kind, node=ROOT)}
    said = entered | told_moves(book, ROOT) | ({leader.subject} if leader else set())
    left = [each for each in book.all("moved", node=ROOT) if each.subject not in said]
    groups: dict[str, Any] = {
        "ups": [each for each in left if each.words["way"] == "up" and each.words["carried"]],
        "downs": [each for each in left if each.words["way"] == "down" and each.words["carried"]],
        "same": [each for each in left if each.words["way"] == "same"],
        "unsure": [each for each in left if each.words["way"] != "same" and not each.words["carried"]],
    }
    return book.writer.tell("overview.rest", **groups) if left else []


def long_run(book: Book) -> list[Text]:
    """Who has been in front all year, who keeps climbing or falling, and where the first ten were a year before."""
    return [_regulars(book), _runs(book), _yoy(book)]


def growth(book: Book) -> list[Text]:
    """Posts and interactions against the edition before and against the year before, over what both measured."""
    return [_growth(book, against) for against in AGAINST]


AGAINST = ("previous_edition", "year_ago")


def _regulars(book: Book) -> Text:
    found = book.find("regulars")
    cities = [city for city in book.leaders() if found and city in found.words["cities"]]
    entered = {each.subject for kind in ("entry.new", "entry.return") for each in book.all(kind, node=ROOT)}
    runs = [each for each in book.all("run.top") if each.subject in book.leaders() and each.subject not in entered]
    return book.writer.tell("overview.regulars", regulars=found, cities=cities, runs=runs) if cities else []


def _runs(book: Book) -> Text:
    """Runs whose last move other weights carry."""
    rises, falls = (
        [each for each in book.all(f"run.{kind}") if each.words.get("carried")][:RUNS] for kind in ("rise", "fall")
    )
    return book.writer.tell("overview.runs", rises=rises, falls=falls) if rises or falls else []


def _yoy(book: Book) -> Text:
    """The largest moves against the year before that other weights carry."""
    sure = [each for each in book.all("yoy") if each.words["carried"] and each.figures["size"].value >= YEARLY]
    ordered = sorted(sure, key=lambda each: (-each.figures["size"].value, each.figures["rank"].value))
    ups, downs = ([each for each in ordered if each.words["way"] == way][:NAMED] for way in ("up", "down"))
    return book.writer.tell("overview.yoy", ups=ups, downs=downs) if ups or downs else []


def _growth(book: Book, against: str) -> Text:
    found: dict[str, Any] = {key: book.find("growth", key, against=against) for key in ("posts", "interactions")}
    return book.tell(f"overview.growth.{against}", **found)


def unusual(book: Book) -> Text:
    """Changes of score far beyond what their cities are used to, without the biggest mover."""
    mover = book.find("mover")
    found = [each for each in book.all("unusual") if mover is None or each.subject != mover.subject]
    rises, falls = ([each for each in found if each.words["way"] == way][:NAMED] for way in ("up", "down"))
    named = [*rises, *falls]
    return book.tell("overview.unusual", found=named, maybe={"mover": mover}) if named else []


def entered(book: Book, platform: str, turn: int) -> Text:
    """Who came into a platform's first ten, but for those whose move is told anyway."""
    said = told_moves(book, platform)
    found = [each for kind in ("entry.new", "entry.return") for each in book.all(kind, node=platform)]
    new = sorted((each for each in found if each.subject not in said), key=lambda each: each.figures["rank"].value)
    return book.tell("platforms.entries", turn=turn, new=new)
