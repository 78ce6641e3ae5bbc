"""An edition's inbox and what the store holds of it, looked at without reading an export.

Every command asks this first, so nothing here is slow to import: no table is opened, no format is parsed.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from cityreach import paths, store
from cityreach.edition import Edition
from cityreach.errors import InboxError
from cityreach.intake.log import IntakeLog

RULES = 4  # raised whenever the code of intake comes to read the same export differently, or to keep it otherwise
IGNORED = ("SIMULATED.txt", "README*", "*.md")
WRITTEN = ("posts", "snapshots", "totals", "quarantine")
REGISTER = ("accounts.csv", "cities.csv", "panels.yml", "platforms.yml")


def inbox_files(folder: Path) -> list[Path]:
    """Every file of an inbox that could be an export, sorted by name; empty where the folder does not exist."""
    found = [path for path in folder.rglob("*") if path.is_file() and not _ignored(path.relative_to(folder))]
    return sorted(found, key=lambda path: path.relative_to(folder).as_posix())


def _ignored(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts) or any(path.match(pattern) for pattern in IGNORED)


def name(edition_id: str, path: Path) -> str:
    """How a file of the inbox is called in tables and logs: its path in the inbox."""
    return path.relative_to(paths.inbox(edition_id)).as_posix()


def fingerprint(edition: Edition) -> dict[str, Any]:
    """Everything that the stored tables depend on: exports, formats, registry, the edition's own terms."""
    return {
        "rules": RULES,
        "edition": _terms(edition),
        "inputs": {name(edition.id, path): _sha256(path) for path in inbox_files(paths.inbox(edition.id))},
        "formats": {path.name: _sha256(path) for path in sorted(paths.data("formats").glob("*.yml"))},
        "registry": {part: _sha256(paths.data("registry", part)) for part in REGISTER},
        "corrections": _sha256(paths.data("corrections", f"{edition.id}.yml")),
    }


def _terms(edition: Edition) -> dict[str, Any]:
    """What of an edition's file decides how its exports are read."""
    return edition.model_dump(mode="json", include={"id", "window", "counting_date", "panel", "platforms", "source"})


def _sha256(path: Path) -> str:
    """The hash of a file; "" where there is none."""
    if not path.is_file():
        return ""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def is_current(edition: Edition) -> bool:
    """Whether the store holds what the inbox, the formats and the registry come to as they are now."""
    if not all(store.exists(table, edition.id) for table in WRITTEN):
        return False
    stored = _stored(edition.id)
    return {key: value for key, value in stored.items() if key != "log"} == fingerprint(edition)


def log_path(edition_id: str) -> Path:
    return paths.store(edition_id) / "intake.json"


def write_log(edition_id: str, basis: dict[str, Any], log: IntakeLog) -> None:
    """Stores a log with the fingerprint of what was taken in: from now on the edition counts as taken in."""
    import orjson

    option = orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE
    store.write_bytes(log_path(edition_id), orjson.dumps(basis | {"log": log.to_dict()}, option=option))


def load_log(edition_id: str) -> IntakeLog:
    """The log of the last intake; InboxError where the edition has not been taken in."""
    stored = _stored(edition_id)
    if "expected" not in stored.get("log", ()):
        where = paths.relative(log_path(edition_id))
        raise InboxError(f"{where} is absent or unreadable. Run `cityreach intake {edition_id}` first.")
    return IntakeLog.from_dict(stored["log"])


def _stored(edition_id: str) -> dict[str, Any]:
    """The content of intake.json, empty where there is none or it is not ours."""
    import orjson

    try:
        content = orjson.loads(log_path(edition_id).read_bytes())
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}
