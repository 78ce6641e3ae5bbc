"""What each section says: sentences in their order, from findings and templates."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import groupby

from cityreach.blocks import Text
from cityreach.dossier import told
from cityreach.dossier.book import Book
from cityreach.findings import Finding

SUMMARY = 6
TOLD = 3  # themes, tasks and languages that are named
EXCHANGE = ("contact", "endorsement", "award", "event")
Paragraphs = list[Sequence[Text]]


def summary(book: Book) -> list[Text]:
    """At most SUMMARY sentences: what is real first in a year, the place first in an edition."""
    found = book.findings
    facts = [fact_sentence(book, group) for group in fact_groups(book) if group[0].words["origin"] == "real"]
    newest = book.tell("summary.indices") if book.all("index") else []
    places = [book.tell("summary.place") if "place" in found else []]
    rest = [
        book.tell("summary.totals"),
        book.tell("summary.label") if "theme.1" in found else [],
        book.tell("summary.peers") if "peers" in found else [],
        book.tell("summary.gap") if "gap" in found or "lead" in found else [],
    ]
    first = [*facts, newest, *places] if book.city.shared.period.is_year else [*places, *facts]
    items = [text for text in (*first, *rest) if text]
    return items[:SUMMARY]


def paragraphs(book: Book, section: str) -> Paragraphs:
    """The paragraphs of a section, each a list of sentences; empty sentences are dropped later."""
    return _SECTIONS[section](book)


def fact_groups(book: Book) -> list[list[Finding]]:
    """The figures of others by what they are about and who says so."""
    facts = book.all("fact")
    return [list(group) for _, group in groupby(facts, key=lambda each: (each.words["about"], each.words["source"]))]


def fact_sentence(book: Book, group: list[Finding]) -> Text:
    return book.tell("fact.sentence", facts=group)


def _matrix(book: Book) -> Paragraphs:
    accounts = book.all("account")
    given = {
        "languages": book.all("group.language"),
        "tasks": book.all("group.task"),
        "accounts_platform": _platform(book),
    }
    districts = [each for each in accounts if each.words["district"]][:TOLD]
    shares = book.tell("matrix.share", accounts=accounts[:2], districts=districts) if len(accounts) > 1 else []
    facts = [text for group in fact_groups(book) for text in _fact(book, group)]
    return [[book.tell("matrix.text", **given), shares], facts]


def _fact(book: Book, group: list[Finding]) -> list[Text]:
    """What others say of some accounts, and that it does not belong to the simulated figures of the same accounts."""
    apart = group[0].words["accounts"] and book.city.shared.period.simulated
    return [fact_sentence(book, group), *([book.tell("fact.basis")] if apart else [])]


def _platform(book: Book) -> str:
    """The platform of the first account: named where there is only one."""
    table = book.city.accounts
    return book.names.platform(str(table["platform"].iloc[0])) if len(table) else ""


def _development(book: Book) -> Paragraphs:
    return [[book.tell("development.places")], [book.tell("development.figures")]]


def _indices(book: Book) -> Paragraphs:
    return [[book.tell("indices.text"), book.tell("indices.newest")]]


def _peers(book: Book) -> Paragraphs:
    nearest = book.all("nearest")
    return [[book.tell("peers.text")], [book.tell("peers.nearest", nearest=nearest) if nearest else []]]


def _gap(book: Book) -> Paragraphs:
    return [[book.tell("gap.text")]]


def _themes(book: Book) -> Paragraphs:
    known = [each for each in book.all("theme") if "response" in each.figures]
    top = max(known, key=lambda each: (each.figures["response"].value, each.subject), default=None)
    return [[book.tell("themes.text", top_response=top)]]


def _posts(book: Book) -> Paragraphs:
    return [[book.tell("posts.text")]]


def _exchange(book: Book) -> Paragraphs:
    """One paragraph a table of the files; the simulated contacts are counted, not told."""
    contacts, praise = book.all("contact"), book.all("endorsement")
    groups = {kind: [each for each in praise if each.words["kind"] == kind] for kind in ("official", "media")}
    shown: Paragraphs = []
    if contacts:
        real, simulated = (told.of_origin(contacts, origin) for origin in ("real", "simulated"))
        shown.append([book.tell("exchange.contacts", real=real, simulated=simulated)])
    if praise:
        shown.append([book.tell("exchange.endorsements", officials=groups["official"], media=groups["media"])])
    if book.all("award"):
        shown.append([book.tell("exchange.awards")])
    if book.all("event"):
        shown.append([book.tell("exchange.events", events=book.all("event"))])
    return shown


def _notes(book: Book) -> Paragraphs:
    """Where the figures are from, how peers are chosen, what is real."""
    kind = "word.simulated_exports" if book.city.shared.period.simulated else "word.exports"
    has_told = any(book.all(each) for each in ("fact", "index", *EXCHANGE))
    figures = book.tell("notes.figures", simulated=book.label(kind))
    peers = book.tell("notes.peers") if book.city.placed else []
    closing = book.tell("notes.told", told=has_told)
    return [
        [figures, book.tell("notes.year")],
        [peers if book.city.ordered else book.tell("notes.unordered")],
        [closing],
    ]


_SECTIONS: dict[str, Callable[[Book], Paragraphs]] = {
    "matrix": _matrix, "development": _development, "indices": _indices, "peers": _peers, "gap": _gap,
    "themes": _themes, "posts": _posts, "exchange": _exchange, "notes": _notes,
}  # fmt: skip
