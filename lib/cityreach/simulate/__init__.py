"""Simulated exports: what the platforms' own exports would look like, because the real ones are confidential.

Figures come first, posts afterwards: `plan` decides which totals each city reaches on each platform, calibrated to
the published rankings by way of the method's goalposts; `posts` splits the totals into posts; `traps` adds what real
files hold; the writers give them the platforms' shapes. All numbers come from stable hashes of names, so an edition
is the same on every run and does not depend on others.
"""

from __future__ import annotations

from pathlib import Path

from cityreach import paths
from cityreach.edition import Edition
from cityreach.errors import InboxError, SpecError
from cityreach.registry import Registry

MARKER = "SIMULATED.txt"
FILES = (
    "facebook_graph.json", "instagram_posts.json", "instagram_profiles.json", "x_api.jsonl", "x_users.jsonl",
    "youtube_videos.json", "youtube_channels.json", "tiktok_posts.csv",
)  # fmt: skip
NOTE = """模拟数据 simulated data
本文件夹的导出文件由程序生成({edition}),不是任何平台的真实数据。其中的帖文、互动量和粉丝数均为虚构。
The exports in this folder were generated ({edition}); they are not real data of any platform. Posts, interactions and
follower counts are invented. Remove the whole folder's content before you put real exports here.
"""


def run(edition: Edition, registry: Registry) -> list[Path]:
    """Write an edition's simulated exports into its inbox and return their paths.

    SpecError where the edition's source is not `simulated`; InboxError where the inbox holds files of anybody else.
    """
    from cityreach.simulate.exports import contents

    _refuse_real(edition)
    folder = paths.inbox(edition.id)
    _refuse_foreign(folder)
    folder.mkdir(parents=True, exist_ok=True)
    _write(folder / MARKER, NOTE.format(edition=edition.id).encode("utf-8"))
    files = contents(edition, registry)
    for name in FILES:
        if name not in files:
            (folder / name).unlink(missing_ok=True)
    return [_write(folder / name, content) for name, content in files.items()]


def _refuse_real(edition: Edition) -> None:
    if not edition.simulated:
        raise SpecError(
            f"data/editions/{edition.id}.yml: `source` is {edition.source!r}, and only an edition with source "
            f"'simulated' is simulated. Put the real exports into data/inbox/{edition.id}/ instead."
        )


def _refuse_foreign(folder: Path) -> None:
    """InboxError where the inbox holds a file that the simulation did not put there (notes and hidden files aside)."""
    present = sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []
    files = [name for name in present if not name.startswith((".", "README"))]
    marked = MARKER in files
    foreign = [name for name in files if not marked or name not in (*FILES, MARKER)]
    if foreign:
        raise InboxError(
            f"{paths.relative(folder)}/: holds {foreign[0]!r}, which is not a simulated file, so nothing is simulated "
            "there. Set the edition's `source` to exports if these are real, or move the files away."
        )


def _write(path: Path, content: bytes) -> Path:
    """Write a file so that it is there whole or not at all."""
    part = path.with_name(f".{path.name}.part")
    part.write_bytes(content)
    return part.replace(path)
