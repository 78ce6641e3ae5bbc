"""Where an editor's words can stand in the report: methods of chapters that are marked `editable`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import wraps
from typing import Any

from cityreach.blocks import Block

Shown = Callable[..., Any]


@dataclass(frozen=True)
class Place:
    """section: its key, "" where the chapter knows it (`section`). kind: of the block shown there."""

    section: str
    name: str
    kind: str


def editable(section: str = "", *, kind: str = "prose") -> Callable[[Callable[[Any], Block | None]], Shown]:
    """Let a chapter's method show the editors' words in place of its block, where they have edited its section."""

    def marked(method: Callable[[Any], Block | None]) -> Shown:
        place = Place(section, method.__name__, kind)

        @wraps(method)
        def shown(chapter: Any) -> Any:
            key = section or chapter.section
            return chapter.book.editors.shown(key, place, lambda: method(chapter))

        shown.__dict__["place"] = place
        shown.__dict__["generated"] = method
        return shown

    return marked


def of_chapter(chapter: Any) -> Iterator[tuple[str, Place, Callable[[], Block | None]]]:
    """Section, place and generated block of everything editable in a chapter, in the order of its methods."""
    for method in vars(type(chapter)).values():
        place = getattr(method, "place", None)
        if isinstance(place, Place):
            yield place.section or chapter.section, place, method.__dict__["generated"].__get__(chapter)
