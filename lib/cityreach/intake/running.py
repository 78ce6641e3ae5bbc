"""An edition's inbox taken in: every file read, duplicates across files settled, the tables and the log stored.

What a file came to is kept in `data/store/<edition>/files/` under a hash of its content and of all that its reading
depends on, so that a file that has not changed is not read again.
"""

from __future__ import annotations

import collections
import gc
import hashlib
import json
import re
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cityreach import paths, store
from cityreach.edition import Edition
from cityreach.errors import InboxError
from cityreach.intake import cached, corrections, quarantine, values
from cityreach.intake import formats as formats_
from cityreach.intake.columns import ahead
from cityreach.intake.formats import Format
from cityreach.intake.joining import Joined
from cityreach.intake.log import FileLog, IntakeLog, totals
from cityreach.intake.reading import Context
from cityreach.intake.result import Spooled, spool_file
from cityreach.registry import Registry

if TYPE_CHECKING:
    import pandas as pd

RULES = 2  # raised whenever the code of intake comes to read the same export differently
IGNORED = ("SIMULATED.txt", "README*", "*.md")
READ_BY = ("rules", "edition", "formats", "registry")  # parts of the fingerprint that decide how a file is read
WRITTEN = ("posts", "snapshots", "totals", "quarantine")


def run(edition: Edition, registry: Registry, *, on_file: Callable[[FileLog], None] | None = None) -> IntakeLog:
    """Reads every export of an edition and stores posts, snapshots, totals, quarantine and the log.

    InboxError, before any table is written, where the folder is missing or empty, a file cannot be read or is of no
    known format, or every post lies outside the edition's window.
    """
    folder, basis = paths.store(edition.id) / "files", fingerprint(edition)
    joined = _joined(edition, registry, folder, basis, on_file)
    log_file = _log_path(edition.id)
    log_file.unlink(missing_ok=True)  # without a log nothing counts as taken in
    log = _write(edition, registry, joined)
    store.write_bytes(log_file, _dump(basis | {"log": log.to_dict()}))
    cached.sweep(folder, {one.folder for one in joined.files})
    return log


def check(edition: Edition, registry: Registry, *, on_file: Callable[[FileLog], None] | None = None) -> IntakeLog:
    """What `run` would say, without writing anything."""
    with tempfile.TemporaryDirectory() as folder:
        joined = _joined(edition, registry, Path(folder), fingerprint(edition), on_file)
        collections.deque(joined.posts(), maxlen=0)
        return _log(edition, registry, joined)


def _joined(
    edition: Edition,
    registry: Registry,
    folder: Path,
    basis: Mapping[str, Any],
    on_file: Callable[[FileLog], None] | None,
) -> Joined:
    """The files of the inbox read into a folder; `basis` is the edition's fingerprint, which holds their hashes."""
    with _no_collection():
        files = _read_all(edition, Context.of(edition, registry), folder, basis, on_file)
    joined = Joined(files, corrections.load(edition.id))
    _refuse_other_period(edition, joined.files)
    _refuse_other_platforms(edition, joined.files)
    return joined


@contextmanager
def _no_collection() -> Iterator[None]:
    """Reading makes millions of objects and no cycles: the search for cycles, a quarter of the time, is put off."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def _read_all(
    edition: Edition,
    context: Context,
    folder: Path,
    basis: Mapping[str, Any],
    on_file: Callable[[FileLog], None] | None,
) -> list[Spooled]:
    """Every file read; one that names accounts which only a later file explains is read again."""
    known = formats_.load()
    rules = json.dumps({name: basis[name] for name in READ_BY}, sort_keys=True)
    files = _required_files(edition, basis["inputs"], known)

    def read(path: Path, context: Context) -> Spooled:
        name = _name(edition.id, path)
        now = replace(context, owner=owner(path.relative_to(paths.inbox(edition.id))))
        names = json.dumps(sorted(context.register.learned.items()) if context.register else [])
        place = folder / cached.key(rules, name, basis["inputs"][name], names)
        return cached.spooled(place, lambda where: spool_file(path, known, now, folder=where, name=name))

    results = []
    for path in files:
        results.append(read(path, context))
        context = context.learn(results[-1].learned)
        if on_file:
            for log in results[-1].logs:
                on_file(log)
    learned = {name for one in results for name in one.learned}
    return [
        read(path, context) if learned & set(one.strangers) else one for path, one in zip(files, results, strict=True)
    ]


def owner(path: Path) -> tuple[str, str] | None:
    """Platform and handle of the account after which a folder on the way to the file is named (platform@handle)."""
    named = [part.partition("@") for part in path.parts[:-1] if re.fullmatch(r"[a-z][a-z0-9_-]*@.+", part)]
    return (named[-1][0], named[-1][2]) if named else None


def inbox_files(folder: Path) -> list[Path]:
    """Every file of an inbox that could be an export, sorted by name; empty where the folder does not exist."""
    found = [path for path in folder.rglob("*") if path.is_file() and not _ignored(path.relative_to(folder))]
    return sorted(found, key=lambda path: path.relative_to(folder).as_posix())


def _required_files(edition: Edition, names: Iterable[str], known: Sequence[Format]) -> list[Path]:
    """The files of the inbox by their names; InboxError where there is none."""
    folder = paths.inbox(edition.id)
    if found := [folder / name for name in names]:
        return found
    state = "is empty" if folder.is_dir() else "does not exist"
    raise InboxError(
        f"{paths.relative(folder)}/ {state}: put the platform exports of {edition.id} there "
        f"(formats known: {', '.join(one.id for one in known)})."
    )


def _ignored(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts) or any(path.match(pattern) for pattern in IGNORED)


def _name(edition_id: str, path: Path) -> str:
    return path.relative_to(paths.inbox(edition_id)).as_posix()


def _refuse_other_period(edition: Edition, files: Sequence[Spooled]) -> None:
    """InboxError where no export holds a post of the edition's window, or totals."""
    logs = [log for one in files for log in one.logs]
    outside = sum(one.outside for one in logs)
    if any(one.posts or one.totals for one in logs):
        return
    where, window = f"{paths.relative(paths.inbox(edition.id))}/", f"{edition.window.first}..{edition.window.last}"
    if not outside:
        raise InboxError(f"{where}: no export holds a post of {window}. Put in the exports of {edition.id} with posts.")
    first, last = min(one.first for one in logs if one.first), max(one.last for one in logs if one.last)
    raise InboxError(
        f"{where}: all {outside} posts lie outside {window}; the exports are of another period (first {first}, last "
        f"{last}). Put in the exports of this edition, or correct the window in its file."
    )


def _refuse_other_platforms(edition: Edition, files: Sequence[Spooled]) -> None:
    """InboxError where no post is on a platform that the edition measures."""
    found = frozenset[str]().union(*(one.platforms for one in files))
    if found & set(edition.platforms):
        return
    posts = sum(log.posts + log.totals for one in files for log in one.logs)
    raise InboxError(
        f"{paths.relative(paths.inbox(edition.id))}/: all {posts} posts are on "
        f"{', '.join(sorted(found))}, edition {edition.id} measures {', '.join(edition.platforms)}. "
        "Put in the exports of these platforms, or correct `platforms` in its file."
    )


def _write(edition: Edition, registry: Registry, joined: Joined) -> IntakeLog:
    """Writes the tables, and returns the log."""
    with store.writer("posts", edition.id) as take:
        collections.deque(ahead(take, joined.posts(), workers=1), maxlen=0)
    store.write(joined.snapshots, "snapshots", edition.id)
    store.write(joined.totals, "totals", edition.id)
    with store.writer("quarantine", edition.id) as take:
        for piece in joined.quarantine():
            take(piece)
    sheet = paths.store(edition.id) / "quarantine.csv"
    quarantine.write(sheet, (piece.to_pandas() for piece in joined.quarantine()))
    return _log(edition, registry, joined)


def _log(edition: Edition, registry: Registry, joined: Joined) -> IntakeLog:
    seen = frozenset[str]().union(*(one.seen for one in joined.files))
    strangers = sum((one.strangers for one in joined.files), Counter())
    unknown = [
        {"platform": platform, "name": name, "records": n, "suggestion": _alike(platform, name, registry)}
        for (platform, name), n in sorted(strangers.items())
    ]
    logs = joined.logs()
    summed = set(zip(joined.totals["city_id"], joined.totals["platform"], strict=True))
    covered = seen | {account for account, *where in _whereabouts(registry) if tuple(where) in summed}
    return IntakeLog(
        edition=edition.id,
        files=tuple(logs),
        unknown_accounts=tuple(unknown),
        missing_accounts=tuple(account for account in expected(edition, registry) if account not in covered),
        seen_accounts=tuple(sorted(seen)),
        corrections=tuple(made.to_dict() for made in joined.corrected()),
        totals=totals(logs),
    )


def _whereabouts(registry: Registry) -> Iterator[tuple[str, str, str]]:
    """Every account with its city and platform."""
    frame = registry.accounts
    return zip(frame.index, frame["city_id"], frame["platform"], strict=True)


def _alike(platform: str, name: str, registry: Registry) -> str:
    """The registered account whose handle looks most like a stranger's, to be thought about; "" where none does."""
    mine = registry.accounts[registry.accounts["platform"] == platform]
    handles = {values.handle(handle): account for account, handle in mine["handle"].items() if handle}
    close = get_close_matches(name, list(handles), n=1, cutoff=0.8)
    return str(handles[close[0]]) if close else ""


def expected_accounts(edition: Edition, registry: Registry) -> pd.DataFrame:
    """The active accounts of the edition's panel and platforms, as the register has them."""
    frame = registry.active_accounts(simulated=edition.simulated)
    return frame[frame["city_id"].isin(registry.panel(edition.panel)) & frame["platform"].isin(edition.platforms)]


def expected(edition: Edition, registry: Registry) -> list[str]:
    """The ids of these accounts, sorted."""
    return sorted(expected_accounts(edition, registry).index)


def _log_path(edition_id: str) -> Path:
    return paths.store(edition_id) / "intake.json"


def _dump(content: dict[str, Any]) -> bytes:
    import orjson

    return orjson.dumps(content, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE)


def fingerprint(edition: Edition) -> dict[str, Any]:
    """Everything that the stored tables depend on: exports, formats, registry, the edition's own terms."""
    return {
        "rules": RULES,
        "edition": _terms(edition),
        "inputs": {_name(edition.id, path): _sha256(path) for path in inbox_files(paths.inbox(edition.id))},
        "formats": formats_.hashes(),
        "registry": _register_hashes(),
        "corrections": corrections.fingerprint(edition.id),
    }


def _terms(edition: Edition) -> dict[str, Any]:
    """What of an edition's file decides how its exports are read."""
    return edition.model_dump(mode="json", include={"id", "window", "counting_date", "panel", "platforms", "source"})


def _register_hashes() -> dict[str, str]:
    register = [paths.data("registry", name) for name in ("accounts.csv", "cities.csv", "panels.yml", "platforms.yml")]
    return {path.name: _sha256(path) for path in register if path.is_file()}


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def is_current(edition: Edition) -> bool:
    """Whether the store holds what the inbox, the formats and the registry come to as they are now."""
    if not all(store.exists(name, edition.id) for name in WRITTEN):
        return False
    stored = _stored(edition.id)
    return {key: value for key, value in stored.items() if key != "log"} == fingerprint(edition)


def _stored(edition_id: str) -> dict[str, Any]:
    """The content of intake.json, empty where there is none or it is not ours."""
    import orjson

    try:
        content = orjson.loads(_log_path(edition_id).read_bytes())
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


def load_log(edition_id: str) -> IntakeLog:
    """The log of the last intake; InboxError where the edition has not been taken in."""
    stored = _stored(edition_id)
    if "log" not in stored:
        where = paths.relative(_log_path(edition_id))
        raise InboxError(f"{where} is absent or unreadable. Run `cityreach intake {edition_id}` first.")
    return IntakeLog.from_dict(stored["log"])
