"""An edition's inbox taken in: every file read, duplicates across files settled, the tables and the log stored.

What a file came to is kept in `data/store/<edition>/files/` under a hash of its content and of all that its reading
depends on, so that a file that has not changed is not read again.
"""

from __future__ import annotations

import collections
import gc
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
from cityreach.intake import cached, corrections, inbox, quarantine, values
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

READ_BY = ("rules", "edition", "formats", "registry")  # parts of the fingerprint that decide how a file is read


def run(edition: Edition, registry: Registry, *, on_file: Callable[[FileLog], None] | None = None) -> IntakeLog:
    """Reads every export of an edition and stores posts, snapshots, totals, quarantine and the log.

    InboxError, before any table is written, where the folder is missing or empty, a file cannot be read or is of no
    known format, or every post lies outside the edition's window.
    """
    folder, basis = paths.store(edition.id) / "files", inbox.fingerprint(edition)
    joined = _joined(edition, registry, folder, basis, on_file)
    inbox.log_path(edition.id).unlink(missing_ok=True)  # without a log nothing counts as taken in
    log = _write(edition, registry, joined)
    inbox.write_log(edition.id, basis, log)
    cached.sweep(folder, {one.folder for one in joined.files})
    return log


def check(edition: Edition, registry: Registry, *, on_file: Callable[[FileLog], None] | None = None) -> IntakeLog:
    """What `run` would say, without writing anything."""
    with tempfile.TemporaryDirectory() as folder:
        joined = _joined(edition, registry, Path(folder), inbox.fingerprint(edition), on_file)
        joined.count()
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
        name = inbox.name(edition.id, path)
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
    untouched = joined.untouched()
    if untouched is not None:
        store.adopt(untouched, "posts", edition.id)
    else:
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
    asked = expected(edition, registry)
    covered = seen | {account for account, *where in _whereabouts(registry) if tuple(where) in summed}
    return IntakeLog(
        edition=edition.id,
        files=tuple(logs),
        unknown_accounts=tuple(unknown),
        expected=len(asked),
        missing_accounts=tuple(account for account in asked if account not in covered),
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
