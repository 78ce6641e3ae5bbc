"""Placeholders in an editor's text: `{{ 南京.facebook.rank }}`, and nothing else between double braces.

    placeholder = "{{" path [ "=" expected ] "}}"
    path        = name "." name { "." name }

A name is any text without dots, braces, quotes and equal signs; spaces around it do not count. `expected` is the figure
as the editor saw it printed: the placeholder then holds only as long as the figure still is that one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

PLACEHOLDER = re.compile(r"\{\{([^{}\n]*)\}\}")
FOREIGN = re.compile(r"\{\{|\}\}|\{%|%\}|\{#|#\}")
_NAME = r'[^.{}="\'“”\s](?:[^.{}="“”]*[^.{}="“”\s])?'
_BODY = re.compile(rf"\s*({_NAME}(?:\s*\.\s*{_NAME})+)\s*(?:=\s*([^={{}}]*?))?\s*")
EXAMPLE = "{{ 南京.facebook.rank }}"


@dataclass(frozen=True)
class Placeholder:
    """text: as it stands in the file. path: its names. expected: the figure that must stand there, "" for any."""

    text: str
    path: tuple[str, ...]
    expected: str = ""

    @property
    def address(self) -> str:
        return ".".join(self.path)


def parse(text: str) -> Placeholder | None:
    """The placeholder that a text with its braces is; None where it breaks the grammar."""
    braces = PLACEHOLDER.fullmatch(text)
    body = _BODY.fullmatch(braces.group(1)) if braces else None
    if body is None or (body.group(2) is not None and not body.group(2)):
        return None
    return Placeholder(text, tuple(name.strip() for name in body.group(1).split(".")), body.group(2) or "")


def written(*path: str) -> str:
    """A placeholder as it is written in a file."""
    return f"{{{{ {'.'.join(path)} }}}}"
