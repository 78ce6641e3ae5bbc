"""Drafts: the generated words of a section as Markdown, with placeholders where figures stand."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from cityreach import paths
from cityreach.blocks import Block, Run, Text
from cityreach.editorial.files import body_hash

_SPECIAL = re.compile(r"([\\`*_\[\]<>&])")
_START = re.compile(r"^(\d*)([#+\-=~]|(?<=\d)[.)])")  # what would begin a heading, a list or a rule
_BRACES = re.compile(r"\{(?=[{%#])|(?<=[}%#])\}")
Address = Callable[[str, str], str]  # a finding's id and a figure's name → the placeholder


def body(places: Iterable[tuple[str, Block]], address: Address) -> str:
    """The Markdown of a section's generated blocks, each under the mark of its place."""
    return "\n\n".join(f"<!-- part: {name} -->\n\n{_block(block, address)}" for name, block in places) + "\n"


def file_text(section: str, body: str, *, findings: Sequence[str], how: str) -> str:
    """A draft with its head: what it is, the hash of what stands below, how to edit it, the ids of its findings."""
    ids = "\n".join(f"  {name}" for name in findings)
    return f"<!-- draft: {section} sha256:{body_hash(body)}\n{how}\n{ids}\n-->\n{body}"


def write(path: Path, text: str) -> bool:
    """Write a draft where no file stands; False where one does, which stays as it is."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except FileExistsError:
        return False
    return True


def shown(path: Path) -> str:
    return paths.relative(path)


def texts_of(block: Block) -> list[Text]:
    """All texts of a block of words: paragraphs, items without what stands below them, or a note."""
    content = block.content
    found = content.get("paragraphs") or content.get("items") or [content.get("text", [])]
    return [item["text"] if isinstance(item, dict) else item for item in found]


def _block(block: Block, address: Address) -> str:
    content = block.content
    if "items" not in content:
        return "\n\n".join(_text(text, address) for text in texts_of(block))
    items = [item if isinstance(item, list) else item["text"] for item in content["items"]]
    below = [[] if isinstance(item, list) else item.get("basis", []) for item in content["items"]]
    return "\n".join(
        f"{number}. {_text(text, address)}"
        + "".join(f"\n{' ' * len(f'{number}. ')}- {_text(line, address)}" for line in lines)
        for number, (text, lines) in enumerate(zip(items, below, strict=True), start=1)
    )


def _text(text: Text, address: Address) -> str:
    written = "".join(_run(run, address) for run in text).strip()
    return _START.sub(r"\1\\\2", written)


def _run(run: Run, address: Address) -> str:
    if isinstance(run, str):
        return _escaped(run)
    return address(run["finding"], run["key"]) if run.get("finding") else _escaped(run["text"])


def _escaped(words: str) -> str:
    return _BRACES.sub(lambda match: f"{match[0]} ", _SPECIAL.sub(r"\\\1", words))
