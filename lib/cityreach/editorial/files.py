"""The folder of an edition's editors: which files may stand in it, and what they hold."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from pydantic import Field, model_validator

from cityreach import paths, spec
from cityreach.errors import EditorialError, SpecError

LANGUAGES = ("zh", "en")
FOREWORD = "foreword"
HEAD = re.compile(r"\A\ufeff?<!--\s*draft\b(?P<words>.*?)-->[ \t]*(?:\r?\n)?", re.DOTALL)
HASH = re.compile(r"sha256:([0-9a-f]{64})")
NAMES = re.compile(r"(?:cases|context)\.yml|foreword\.(?:zh|en)\.md|sections/[a-z][a-z0-9_-]*\.(?:zh|en)\.md")


class Said(spec.Model):
    """A text in one language or both."""

    zh: str = ""
    en: str = ""

    def __getitem__(self, lang: str) -> str:
        return self.zh if lang == "zh" else self.en


class Post(spec.Model):
    """One post of the edition, by its platform and id, or by its address."""

    platform: str = Field(default="", description="the platform's id, such as facebook")
    post: str = Field(default="", description='the post\'s id as text in quotes, such as "1234_5678"')
    url: str = Field(default="", description="the post's address, as the exports have it")

    @model_validator(mode="after")
    def _named(self) -> Any:
        if bool(self.url) == bool(self.platform and self.post):
            raise ValueError("a post is named by `platform` and `post`, or by `url` alone")
        return self

    @property
    def name(self) -> str:
        return self.url or f"{self.platform} {self.post}"


class Pin(Post):
    """A post that must stand as a case post."""

    comment: Said = Field(
        default=Said(), description="what the editors say of it, {zh: ..., en: ...}; printed with the case"
    )


class Exclusion(Post):
    """A post that must not stand as a case post; it stays in all figures."""

    reason: spec.Words = Field(description="why, {zh: ..., en: ...}; printed in the appendix")


class Cases(spec.Model):
    """`cases.yml`."""

    pinned: tuple[Pin, ...] = Field(
        default=(), description="a list of posts, each with platform and post, or url, and comment"
    )
    excluded: tuple[Exclusion, ...] = Field(default=(), description="a list of posts, each with its reason")


@dataclass(frozen=True)
class Source:
    """A Markdown file: its text below the head comment of a draft, and the line at which that begins."""

    file: str
    text: str
    first_line: int
    untouched: bool


def folder(edition_id: str) -> Path:
    return paths.data("editions", edition_id)


def section_file(edition_id: str, section: str, lang: str) -> Path:
    return folder(edition_id) / "sections" / f"{section}.{lang}.md"


def foreword_file(edition_id: str, lang: str) -> Path:
    return folder(edition_id) / f"{FOREWORD}.{lang}.md"


def listed(edition_id: str) -> list[Path]:
    """Every file of the folder; EditorialError for one that nothing reads."""
    home = folder(edition_id)
    found = sorted(path for path in home.rglob("*") if path.is_file() and not path.name.startswith((".", "~")))
    for path in found:
        if not NAMES.fullmatch(path.relative_to(home).as_posix()):
            raise EditorialError(
                f"{paths.relative(path)}: nothing reads a file of this name. Call it cases.yml, context.yml, "
                "foreword.zh.md or sections/<section>.zh.md (or .en.md), or move it away."
            )
    return found


def hashes(edition_id: str) -> dict[str, str]:
    """Name within the folder → SHA-256 of every file, for the manifest."""
    home = folder(edition_id)
    return {
        path.relative_to(home).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in listed(edition_id)
    }


def sections(edition_id: str, lang: str) -> list[str]:
    """The sections that have a file in that language."""
    found = (folder(edition_id) / "sections").glob(f"*.{lang}.md")
    return sorted(path.name.removesuffix(f".{lang}.md") for path in found)


def read_source(path: Path) -> Source | None:
    """A Markdown file; None where it is absent or holds nothing; EditorialError where it is not UTF-8."""
    if not path.is_file():
        return None
    try:
        whole = path.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        raise EditorialError(
            f"{paths.relative(path)}: not UTF-8 at byte {error.start}. Save the file as UTF-8."
        ) from None
    head = HEAD.match(whole)
    body = whole[head.end() :] if head else whole
    recorded = HASH.search(head["words"]) if head else None
    first = whole.count("\n", 0, head.end()) + 1 if head else 1
    return Source(paths.relative(path), body, first, recorded is not None and recorded[1] == body_hash(body))


def body_hash(body: str) -> str:
    """The hash by which a draft knows that nobody has changed it; kinds of line ends and a last empty line are one."""
    lines = body.replace("\r\n", "\n").rstrip().split("\n")
    return hashlib.sha256("\n".join(line.rstrip() for line in lines).strip().encode()).hexdigest()


def read_cases(edition_id: str) -> Cases:
    """`cases.yml`; empty where there is none; SpecError names file, key and remedy."""
    path = folder(edition_id) / "cases.yml"
    if not path.is_file():
        return Cases()
    found = spec.check_model(spec.read_yaml(path) or {}, Cases, path)
    seen: dict[str, str] = {}
    for key, posts in (("pinned", found.pinned), ("excluded", found.excluded)):
        for number, post in enumerate(posts):
            where = f"`{key}.{number}`"
            if post.name in seen:
                raise SpecError(
                    f"{paths.relative(path)}:{line_of(path, key, number)}: {where} names {post.name}, which "
                    f"{seen[post.name]} names, too. Keep one of them."
                )
            seen[post.name] = where
    return found


def line_of(path: Path, key: str, number: int) -> int:
    """The line at which an entry of a list begins."""
    node = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    for name, value in node.value if isinstance(node, yaml.MappingNode) else ():
        if name.value == key and isinstance(value, yaml.SequenceNode) and number < len(value.value):
            return int(value.value[number].start_mark.line) + 1
    return 1
