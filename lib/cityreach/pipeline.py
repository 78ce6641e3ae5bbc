"""From exports to tables that a report can be made of: each edition's simulate → intake → metrics and themes, once.

Work that is still valid is not done again: intake compares content hashes, the tables made after it a fingerprint of
all they were made from. Editions are independent of each other until metrics, so they run on all cores. What is needed
only where there is work to do is imported there, so that a report of ready editions starts at once.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from cityreach import edition as editions
from cityreach import paths
from cityreach.edition import Edition
from cityreach.errors import InboxError

if TYPE_CHECKING:
    from cityreach.dossier.period import Period
    from cityreach.intake import IntakeLog

MADE_FROM = ("platforms.yml", "panels.yml", "accounts.csv")  # the registry's part in metrics
WORDS = ("names.yml", "variants.yml")  # of data/insight, beside the theme lists
AHEAD = 200_000  # rows up to which intake works out at once what the report will read
Progress = Callable[[str, float], None]


def prepare(edition: Edition, *, on_step: Progress | None = None) -> list[Edition]:
    """Make the edition and those before it ready for the report; returns the ready ones, oldest first.

    Simulated editions are simulated where their inbox is empty. An earlier edition of real exports whose inbox
    is empty is left out (its movements are not shown); for the edition itself that is an InboxError.
    """
    from cityreach import registry

    editions.check_names(edition, registry.load_catalogue())
    require_inbox(edition)
    ready = _chain(edition)
    waiting = [each.id for each in ready if not is_taken_in(each)]
    if waiting:
        _check_method(edition)
    for done, name in enumerate(_take_in_all(waiting), start=1):
        if on_step:
            on_step(name, done / len(waiting))
    _work_out_all(ready)
    return ready[-editions.YEAR_AGO - 1 :]


def prepare_period(period: Period, *, on_step: Progress | None = None) -> list[Edition]:
    """Make all editions of a dossier's period ready; returns all that are ready, oldest first."""
    ready = prepare(period.last, on_step=on_step)
    _label_all(period.editions)
    if period.standing != period.last:
        ready = [*prepare(period.standing), *ready]
    return sorted(dict.fromkeys(ready), key=lambda each: each.window.last)


def _check_method(edition: Edition) -> None:
    """UnknownNameError, before any work is done, where the edition's method scores none of its platforms."""
    from cityreach import index, scoring

    scoring.check_scored(index.load_method(edition.method), edition)


def work_out(edition: Edition, *, most: int = AHEAD) -> None:
    """What a report of the edition reads beside its exports, if all that it is made of is taken in; else nothing.

    An edition of more than `most` rows waits for its report: this would take far longer than intake, and more memory.
    """
    from cityreach import intake

    if intake.load_log(edition.id).totals.get("kept", 0) > most:
        return
    ready = _chain(edition)
    if all(is_taken_in(each) for each in ready):
        _work_out_all(ready)


def _chain(edition: Edition) -> list[Edition]:
    """The edition and those before it, without editions of real exports whose inbox is empty; oldest first."""
    chain = [*editions.history(edition, count=editions.YEAR_AGO + 1), edition]
    return [each for each in chain if each.simulated or not is_empty(each)]


def require_inbox(edition: Edition) -> None:
    """InboxError where an edition of real exports has no file in its inbox."""
    if edition.simulated or not is_empty(edition):
        return
    raise InboxError(
        f"{paths.relative(paths.inbox(edition.id))}/ is empty: put the platform exports of {edition.window.first} to "
        f"{edition.window.last} there ({', '.join(edition.platforms)}), then run the command again."
    )


def is_empty(edition: Edition) -> bool:
    """True where the edition's inbox holds nothing that could be an export."""
    from cityreach import intake

    return not intake.inbox_files(paths.inbox(edition.id))


def is_taken_in(edition: Edition) -> bool:
    """True where the store holds this very inbox, read by these very formats."""
    from cityreach import intake

    return intake.is_current(edition)


def take_in(edition_id: str) -> str:
    """Simulate where that is due, then read the inbox into the store; returns the id."""
    from cityreach import intake, registry, simulate

    edition = editions.load(edition_id)
    known = registry.load()
    editions.check_names(edition, known)
    require_inbox(edition)
    if is_empty(edition):
        simulate.run(edition, known)
    intake.run(edition, known)
    return edition_id


def check_inbox(edition: Edition) -> IntakeLog:
    """What taking the edition in would come to, without writing; InboxError where its inbox is empty."""
    from cityreach import intake, registry

    known = registry.load()
    editions.check_names(edition, known)
    return intake.check(edition, known)


def _take_in_all(names: list[str]) -> Iterable[str]:
    """Take editions in, on all cores where there are several; the first error stops the rest."""
    if len(names) < 2:
        yield from map(take_in, names)
        return
    with ProcessPoolExecutor(max_workers=min(len(names), os.cpu_count() or 1)) as pool:
        for task in as_completed([pool.submit(take_in, name) for name in names]):
            yield task.result()


def _work_out_all(ready: list[Edition]) -> None:
    """Metrics of every edition, themes of the last ones, where something that they are made from has changed."""
    by_id = {edition.id: edition for edition in ready}
    known = [paths.data("registry", name) for name in MADE_FROM]
    for edition in ready:
        before = by_id.get(edition.previous or "") or _taken_in_before(edition)
        logs = [paths.store(each.id) / "intake.json" for each in (edition, before) if each]
        _once("metrics", edition, [*logs, editions.path_of(edition.id), *known], partial(_measure, edition, before))
    _label_all(ready[-_labelled() :])
    _analyse(ready[-1])


def _taken_in_before(edition: Edition) -> Edition | None:
    """The edition before the oldest of a chain, if the store has it: the figures of an edition hang on no report."""
    if edition.previous is None or edition.previous not in editions.ids():
        return None
    before = editions.load(edition.previous)
    return before if is_taken_in(before) else None


def _labelled() -> int:
    """How many editions need themes: the drivers two, the labels as many as their rule says."""
    from cityreach.insight import rules

    return max(2, rules.load().labels.months)


def _label_all(chosen: Sequence[Edition]) -> None:
    """Themes of these editions, where something that they are made from has changed."""
    words = [*sorted(paths.data("themes").glob("*.yml")), *(paths.data("insight", name) for name in WORDS)]
    for edition in chosen:
        _once("themes", edition, [paths.store(edition.id) / "intake.json", *words], partial(_label, edition))


def _once(table: str, edition: Edition, made_from: list[Path], make: Callable[[], None]) -> None:
    """Make a table of the store, unless it was made from these very files before."""
    fingerprint = hashlib.sha256(b"\0".join(file.read_bytes() for file in made_from)).hexdigest()
    mark = paths.store(edition.id) / f"{table}.json"
    if mark.with_suffix(".parquet").exists() and _made_from(mark) == fingerprint:
        return
    make()
    mark.write_text(json.dumps({"made_from": fingerprint}) + "\n", encoding="utf-8")


def _made_from(mark: Path) -> str:
    return str(json.loads(mark.read_text(encoding="utf-8"))["made_from"]) if mark.exists() else ""


def _measure(edition: Edition, before: Edition | None) -> None:
    from cityreach import metrics, registry

    metrics.write(edition, registry.load(), previous=before)


def _analyse(edition: Edition) -> None:
    """The analysis of the edition, where something that it is made from has changed."""
    from cityreach.insight import keeping

    if not keeping.Frames(edition).current:
        from cityreach import registry
        from cityreach.monthly.keep import keep

        registry.load()  # what is wrong in it is told here, not by a cell that fails

        keep(edition.id)


def _label(edition: Edition) -> None:
    """The themes of the edition's posts."""
    from cityreach import store
    from cityreach.insight import lexicon

    posts = store.read("posts", edition.id, columns=["platform", "post_id", "text"])
    store.write(lexicon.classify(posts, lexicon.load()), "themes", edition.id)
