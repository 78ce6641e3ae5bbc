"""What is wrong with an editor's file: where, what stands there, why it cannot be used, and what to do.

The words are those of `templates/editorial.yml`, in both languages: the command line says them in English, the proof
copy in its own language.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Literal

from pydantic import Field

from cityreach import paths, spec
from cityreach.errors import EditorialError

Level = Literal["error", "warning"]
SHOWN = 60  # characters of what was found


class Said(spec.Model):
    """What is wrong and what to do, in both languages."""

    zh: tuple[str, str]
    en: tuple[str, str]


class Kinds(spec.Model):
    """What figures are called in one language (`typed`)."""

    figures: dict[str, tuple[tuple[str, str], ...]] = Field(description="pairs of words before and after, by figure")
    besides: tuple[str, ...] = Field(description="words before a figure that is not this period's")


class File(spec.Model):
    """`templates/editorial.yml`."""

    zh: Kinds
    en: Kinds
    faults: dict[str, Said]


@cache
def words() -> File:
    """The words of every check; SpecError names a key that is absent."""
    return spec.read_model(paths.template("editorial.yml"), File)


@dataclass(frozen=True, order=True)
class Fault:
    """One line for staff. file: from the project's root. line: from 1. found: as it stands there. kind: a key of
    `faults` in the words. given: names and values that those fill in.
    """

    file: str
    line: int
    found: str
    kind: str
    given: tuple[tuple[str, str], ...] = ()
    level: Level = "error"

    def told(self, lang: str) -> str:
        """What stands there, what is wrong with it, and what to do."""
        said = words().faults[self.kind]
        what, remedy = (text.format(**dict(self.given)) for text in (said.zh if lang == "zh" else said.en))
        found = self.found if len(self.found) <= SHOWN else f"{self.found[: SHOWN - 1]}…"
        end = "" if remedy.endswith(("?", "？")) else "。" if lang == "zh" else "."
        return f"“{found}”{what}。{remedy}{end}" if lang == "zh" else f"“{found}” {what}. {remedy}{end}"

    @property
    def where(self) -> str:
        return f"{self.file}:{self.line}"

    def shown(self, lang: str) -> dict[str, str]:
        """The fault as the proof copy shows it."""
        return {"level": self.level, "text": self.told(lang)}

    def __str__(self) -> str:
        return f"{self.where}: {self.level}: {self.told('en')}"


def errors(faults: Iterable[Fault]) -> list[Fault]:
    return [each for each in faults if each.level == "error"]


def refuse(faults: Iterable[Fault]) -> None:
    """EditorialError, one line a fault, where any of them is an error."""
    found = sorted(set(errors(faults)))
    if found:
        raise EditorialError("\n".join(map(str, found)))
