"""Files read once: what a file came to is kept under a hash of its content and of all that its reading depends on."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from cityreach.intake.log import file_log
from cityreach.intake.result import Spooled

DONE = "done.json"


def key(*parts: str) -> str:
    """A short hash of everything that a file's reading depends on."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:24]


def spooled(folder: Path, read: Callable[[Path], Spooled]) -> Spooled:
    """What the folder holds, or, where it holds nothing whole, what `read` puts into it."""
    found = _load(folder)
    if found is not None:
        return found
    shutil.rmtree(folder, ignore_errors=True)
    made = read(folder)
    strangers = [[*name, count] for name, count in sorted(made.strangers.items())]
    learned = [[*name, account] for name, account in made.learned.items()]
    content = {
        "logs": [asdict(log) for log in made.logs],
        "seen": sorted(made.seen),
        "platforms": sorted(made.platforms),
        "strangers": strangers,
        "learned": learned,
    }
    (folder / DONE).write_text(json.dumps(content), encoding="utf-8")
    return made


def _load(folder: Path) -> Spooled | None:
    try:
        content = json.loads((folder / DONE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return Spooled(
        folder,
        tuple(file_log(log) for log in content["logs"]),
        frozenset(content["seen"]),
        frozenset(content["platforms"]),
        Counter({(platform, name): count for platform, name, count in content["strangers"]}),
        {(platform, name): account for platform, name, account in content["learned"]},
    )


def sweep(folder: Path, used: set[Path]) -> None:
    """Removes what no file of the inbox comes to any more."""
    for one in folder.iterdir() if folder.is_dir() else ():
        if one not in used:
            shutil.rmtree(one, ignore_errors=True)
