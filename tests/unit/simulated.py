"""A project root of a test's own: the real registry, editions and settings, but an empty inbox and store."""

from __future__ import annotations

from pathlib import Path

from cityreach import paths

SHARED = ("registry", "editions", "methods", "formats", "simulation", "published", "themes")


def make_home(folder: Path) -> Path:
    """Lay out a root in `folder` whose data folders, inbox and store aside, are the checkout's own."""
    (folder / "data" / "inbox").mkdir(parents=True)
    for name in SHARED:
        (folder / "data" / name).symlink_to(paths.PACKAGE.parents[1] / "data" / name)
    return folder
