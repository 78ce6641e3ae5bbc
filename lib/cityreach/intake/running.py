"""An edition's inbox taken in: every file read, duplicates across files settled, the tables and the log stored."""

from __future__ import annotations

import gc
import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from cityreach import paths, store, tables
from cityreach.edition import Edition
from cityreach.errors import InboxError
from cityreach.intake import formats as formats_
from cityreach.intake.formats import Format
from cityreach.intake.log import FileLog, IntakeLog, totals
from cityreach.intake.reading import Context
from cityreach.intake.result import FileResult, differing, merged, read_file, superseded
from cityreach.registry import Registry

RULES = 1  # raised whenever the code of intake comes to read the same export differently
IGNORED = ("SIMULATED.txt", "README*", "*.md")
WRITTEN = ("posts", "snapshots", "quarantine")
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def run(edition: Edition, registry: Registry, *, on_file: Callable[[FileLog], None] | None = None) -> IntakeLog:
    """Reads every export of an edition and stores posts, snapshots, quarantine and the log.

    InboxError, before anything is written, where the folder is missing or empty, a file cannot be read or is of no
    known format, or every post lies outside the edition's window.
    """
    known = formats_.load()
    with _no_collection():
        results = _read_all(edition, known, Context.of(edition, registry), on_file)
    _refuse_other_period(edition, results)
    posts, snapshots, logs = _joined(results)
    _refuse_other_platforms(edition, posts)
    log = _log(edition, registry, results, logs)
    _store(edition, log, {"posts": posts, "snapshots": snapshots, "quarantine": _stack(results, "quarantine")})
    return log


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
    edition: Edition, known: Sequence[Format], context: Context, on_file: Callable[[FileLog], None] | None
) -> list[FileResult]:
    """Every file read; one that names accounts which only a later file explains is read again."""
    results = []
    files = _required_files(edition, known)
    for path in files:
        results.append(read_file(path, known, context, name=_name(edition.id, path)))
        context = context.learn(results[-1].learned)
        if on_file:
            on_file(results[-1].log)
    learned = {name for one in results for name in one.learned}
    for place, (path, one) in enumerate(zip(files, results, strict=True)):
        if learned & set(one.strangers):
            results[place] = read_file(path, known, context, name=one.log.file)
    return results


def inbox_files(folder: Path) -> list[Path]:
    """Every file of an inbox that could be an export, sorted by name; empty where the folder does not exist."""
    found = [path for path in folder.rglob("*") if path.is_file() and not _ignored(path.relative_to(folder))]
    return sorted(found, key=lambda path: path.relative_to(folder).as_posix())


def _required_files(edition: Edition, known: Sequence[Format]) -> list[Path]:
    folder = paths.inbox(edition.id)
    found = inbox_files(folder)
    if found:
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


def _refuse_other_period(edition: Edition, results: list[FileResult]) -> None:
    """InboxError where no export holds a post of the edition's window."""
    logs = [one.log for one in results]
    outside = sum(one.outside for one in logs)
    if any(one.posts for one in logs):
        return
    where, window = f"{paths.relative(paths.inbox(edition.id))}/", f"{edition.window.first}..{edition.window.last}"
    if not outside:
        raise InboxError(f"{where}: no export holds a post of {window}. Put in the exports of {edition.id} with posts.")
    first, last = min(one.first for one in logs if one.first), max(one.last for one in logs if one.last)
    raise InboxError(
        f"{where}: all {outside} posts lie outside {window}; the exports are of another period (first {first}, last "
        f"{last}). Put in the exports of this edition, or correct the window in its file."
    )


def _refuse_other_platforms(edition: Edition, posts: pd.DataFrame) -> None:
    """InboxError where no post is on a platform that the edition measures."""
    if posts["platform"].isin(edition.platforms).any():
        return
    raise InboxError(
        f"{paths.relative(paths.inbox(edition.id))}/: all {len(posts)} posts are on "
        f"{', '.join(sorted(set(posts['platform'])))}, edition {edition.id} measures {', '.join(edition.platforms)}. "
        "Put in the exports of these platforms, or correct `platforms` in its file."
    )


def _stack(results: list[FileResult], name: str) -> pd.DataFrame:
    frames = [frame for one in results if len(frame := getattr(one, name))]
    return pd.concat(frames, ignore_index=True) if frames else tables.empty(name)


def _joined(results: list[FileResult]) -> tuple[pd.DataFrame, pd.DataFrame, list[FileLog]]:
    """The tables of all files with duplicates between files settled, and the logs that say so."""
    posts, snapshots = _stack(results, "posts"), _stack(results, "snapshots")
    main = np.concatenate([one.main for one in results]) if results else np.zeros(0, dtype=bool)
    again = superseded(posts)
    moved = posts[again].loc[differing(posts, again), "source_file"].value_counts()
    one_a_day, _, repeated = merged(snapshots, main)
    dropped = {
        "posts": posts.loc[again, "source_file"].value_counts(),
        "snapshots": snapshots.loc[repeated, "source_file"].value_counts(),
    }
    logs = [_settled(one.log, dropped, moved) for one in results]
    posts = posts[~again].reset_index(drop=True) if again.any() else posts
    return posts, one_a_day, logs


def _settled(log: FileLog, dropped: dict[str, pd.Series], moved: pd.Series) -> FileLog:
    fewer = {name: int(counts.get(log.file, 0)) for name, counts in dropped.items()}
    gone = sum(fewer.values())
    return replace(
        log,
        kept=log.kept - gone,
        duplicates=log.duplicates + gone,
        differing=log.differing + int(moved.get(log.file, 0)),
        posts=log.posts - fewer["posts"],
        snapshots=log.snapshots - fewer["snapshots"],
    ).balanced()


def _log(edition: Edition, registry: Registry, results: list[FileResult], logs: list[FileLog]) -> IntakeLog:
    seen = set().union(*(one.seen for one in results))
    strangers = sum((one.strangers for one in results), Counter())
    unknown = [{"platform": who[0], "name": who[1], "records": n} for who, n in sorted(strangers.items())]
    return IntakeLog(
        edition=edition.id,
        files=tuple(logs),
        unknown_accounts=tuple(unknown),
        missing_accounts=tuple(account for account in expected(edition, registry) if account not in seen),
        seen_accounts=tuple(sorted(seen)),
        totals=totals(logs),
    )


def expected(edition: Edition, registry: Registry) -> list[str]:
    """The active accounts of the edition's panel and platforms, sorted."""
    frame = registry.active_accounts(simulated=edition.simulated)
    wanted = frame["city_id"].isin(registry.panel(edition.panel)) & frame["platform"].isin(edition.platforms)
    return sorted(frame.index[wanted])


def _store(edition: Edition, log: IntakeLog, written: dict[str, pd.DataFrame]) -> None:
    """Writes the tables and, last, the log; without a log nothing counts as taken in."""
    target = _log_path(edition.id)
    target.unlink(missing_ok=True)
    for name in WRITTEN:
        store.write(written[name], name, edition.id)
    sheet = quarantine_csv(written["quarantine"])
    store.write_bytes(target.with_name("quarantine.csv"), sheet)
    store.write_bytes(target, _dump(fingerprint(edition) | {"log": log.to_dict()}))


def quarantine_csv(frame: pd.DataFrame) -> bytes:
    """The quarantine as Excel opens it: UTF-8 with BOM, no cell that a spreadsheet would run as a formula."""
    safe = {name: frame[name] if name == "row" else [_harmless(cell) for cell in frame[name]] for name in frame.columns}
    return pd.DataFrame(safe).to_csv(index=False, lineterminator="\r\n").encode("utf-8-sig")


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def _log_path(edition_id: str) -> Path:
    return paths.store(edition_id) / "intake.json"


def _dump(content: dict[str, Any]) -> bytes:
    import orjson

    return orjson.dumps(content, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE)


def fingerprint(edition: Edition) -> dict[str, Any]:
    """Everything that the stored tables depend on: exports, formats, registry, the edition's own terms."""
    terms = edition.model_dump(mode="json", include={"id", "window", "counting_date", "panel", "platforms", "source"})
    register = [paths.data("registry", name) for name in ("accounts.csv", "cities.csv", "panels.yml", "platforms.yml")]
    return {
        "rules": RULES,
        "edition": terms,
        "inputs": {_name(edition.id, path): _sha256(path) for path in inbox_files(paths.inbox(edition.id))},
        "formats": formats_.hashes(),
        "registry": {path.name: _sha256(path) for path in register if path.is_file()},
    }


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
