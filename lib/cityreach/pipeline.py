"""From exports to tables that a report can be made of: each edition's simulate → intake → metrics, once.

Work that is still valid is not done again: intake compares content hashes, metrics a fingerprint of all they
were made from. Editions are independent of each other until metrics, so they run on all cores.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path

from cityreach import edition as editions
from cityreach import intake, metrics, paths, registry, simulate, store
from cityreach.edition import Edition
from cityreach.errors import InboxError

HISTORY = 11  # editions before the one reported: with it, a year
Progress = Callable[[str, float], None]


def prepare(edition: Edition, *, on_step: Progress | None = None) -> list[Edition]:
    """Make the edition and those before it ready for the report; returns the ready ones, oldest first.

    Simulated editions are simulated where their inbox is empty. An earlier edition of real exports whose inbox
    is empty is left out (its movements are not shown); for the edition itself that is an InboxError.
    """
    chain = [*editions.history(edition, count=HISTORY + 1), edition]
    ready = [each for each in chain if each.id == edition.id or _available(each)]
    waiting = [each.id for each in ready if not is_taken_in(each)]
    for done, name in enumerate(_take_in_all(waiting), start=1):
        if on_step:
            on_step(name, done / len(waiting))
    _measure_all(ready)
    return ready


def is_taken_in(edition: Edition) -> bool:
    """True where the store holds this very inbox, read by these very formats."""
    return store.exists("posts", edition.id) and intake.is_current(edition)


def take_in(edition_id: str) -> str:
    """Simulate where that is due, then read the inbox into the store; returns the id."""
    edition = editions.load(edition_id)
    known = registry.load()
    editions.check_names(edition, known)
    if edition.simulated and is_empty(paths.inbox(edition.id)):
        simulate.run(edition, known)
    intake.run(edition, known)
    return edition_id


def is_empty(folder: Path) -> bool:
    """True where an inbox holds nothing that could be an export."""
    return not any(intake.inbox_files(folder))


def _available(edition: Edition) -> bool:
    return edition.simulated or not is_empty(paths.inbox(edition.id))


def _take_in_all(names: list[str]) -> Iterable[str]:
    """Take editions in, on all cores where there are several; the first error stops the rest."""
    if len(names) < 2:
        yield from map(take_in, names)
        return
    with ProcessPoolExecutor(max_workers=min(len(names), os.cpu_count() or 1)) as pool:
        tasks = [pool.submit(take_in, name) for name in names]
        for task in as_completed(tasks):
            yield task.result()


def _measure_all(ready: list[Edition]) -> None:
    known = registry.load()
    names = {edition.id for edition in ready}
    for edition in ready:
        before = editions.load(edition.previous) if edition.previous in names else None
        fingerprint = _fingerprint(edition, before)
        if _measured(edition) != fingerprint:
            metrics.write(edition, known, previous=before)
            _fingerprint_file(edition).write_text(json.dumps({"made_from": fingerprint}) + "\n", encoding="utf-8")


def _measured(edition: Edition) -> str:
    file = _fingerprint_file(edition)
    if not (file.exists() and store.exists("metrics", edition.id)):
        return ""
    return str(json.loads(file.read_text(encoding="utf-8"))["made_from"])


def _fingerprint_file(edition: Edition) -> Path:
    return paths.store(edition.id) / "metrics.json"


def _fingerprint(edition: Edition, before: Edition | None) -> str:
    """A hash over everything that metrics are made from."""
    files = [paths.store(edition.id) / "intake.json", editions.path_of(edition.id)]
    files += [paths.store(before.id) / "intake.json"] if before else []
    files += [paths.data("registry", name) for name in ("platforms.yml", "panels.yml", "accounts.csv")]
    return hashlib.sha256(b"\0".join(file.read_bytes() for file in files)).hexdigest()


def require_inbox(edition: Edition) -> None:
    """InboxError where an edition of real exports has no file in its inbox."""
    folder = paths.inbox(edition.id)
    if not edition.simulated and is_empty(folder):
        raise InboxError(
            f"{paths.relative(folder)}/ is empty: put the platform exports of {edition.window.first} to "
            f"{edition.window.last} there ({', '.join(edition.platforms)}), then run the command again."
        )
