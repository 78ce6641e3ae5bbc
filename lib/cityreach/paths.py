"""The one place that knows folders; every path starts at the project's root, never at the working directory."""

from __future__ import annotations

import os
from pathlib import Path

HOME_VARIABLE = "CITYREACH_HOME"
PACKAGE = Path(__file__).resolve().parent


def root() -> Path:
    """The project's root: ``CITYREACH_HOME`` where set, else the checkout that this package lies in."""
    given = os.environ.get(HOME_VARIABLE)
    return Path(given).resolve() if given else PACKAGE.parents[1]


def data(*parts: str) -> Path:
    return root().joinpath("data", *parts)


def inbox(edition: str) -> Path:
    return data("inbox", edition)


def store(edition: str) -> Path:
    return data("store", edition)


def reports(*parts: str) -> Path:
    return root().joinpath("reports", *parts)


def notebook(name: str) -> Path:
    return root() / "notebooks" / f"{name}.ipynb"


def template(*parts: str) -> Path:
    return PACKAGE.joinpath("templates", *parts)


def fonts() -> Path:
    return PACKAGE / "fonts"


def relative(path: Path) -> str:
    """The path as it may be printed: from the project's root with forward slashes, or the bare name outside it."""
    try:
        return path.resolve().relative_to(root()).as_posix()
    except ValueError:
        return path.name
