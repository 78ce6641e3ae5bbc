"""The parts of a file put together: duplicates settled, quarantine listed, every row accounted for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from cityreach import paths, tables
from cityreach.errors import InboxError
from cityreach.intake import reading
from cityreach.intake.decode import document
from cityreach.intake.formats import COUNTS, Format
from cityreach.intake.log import FileLog
from cityreach.intake.reading import Context, Part
from cityreach.intake.recognise import Use, recognise
from cityreach.intake.sources import Rules
from cityreach.intake.values import texts

POST_KEY = ["platform", "post_id"]
ACCOUNT_DAY = ["account_id", "day"]


@dataclass(frozen=True)
class FileResult:
    """A file's usable rows (duplicates inside the file settled), its quarantine and its log.

    `main` marks snapshots that are records of their own, not by-products of other records.
    """

    posts: pd.DataFrame
    snapshots: pd.DataFrame
    quarantine: pd.DataFrame
    log: FileLog
    main: np.ndarray
    seen: frozenset[str]
    strangers: Counter[tuple[str, str]]
    learned: dict[tuple[str, str], str]  # (platform, id or handle) of registered accounts, shown by their profiles


def read_file(path: Path, formats: Sequence[Format], context: Context, *, name: str = "") -> FileResult:
    """A file's posts and snapshots under the name given (or its own); InboxError where no format fits."""
    where = paths.relative(path)
    try:
        content = path.read_bytes()
    except OSError as error:
        raise InboxError(f"{where}: cannot be read ({error.strerror}). Check the file and its rights.") from None
    doc = document(content, where)
    match = recognise(doc, formats, where)
    log = FileLog(name or path.name, match.format.id, doc.kind, doc.encoding, match.keys, match.format.evidence)
    rules = Rules(match.format, doc, log.file)
    return _result(log, _parts(match.uses, rules, context), doc.broken)


def _parts(uses: list[Use], rules: Rules, context: Context) -> list[Part]:
    """The parts, profiles first, as they tell which id and which handle belong together."""
    profiles = [use for use in uses if use.table is not None and use.table.table == "snapshots" and not use.table.side]
    parts = [reading.part(use, rules, context) for use in profiles]
    context = context.learn({name: account for one in parts for name, account in one.learned.items()})
    return parts + [reading.part(use, rules, context) for use in uses if not any(use is one for one in profiles)]


def _result(log: FileLog, parts: list[Part], broken: list[tuple[int, str]]) -> FileResult:
    posts = _stacked(parts, "posts")
    again = superseded(posts)
    moved = int(differing(posts, again).sum())
    snapshots, main, repeated = merged(_stacked(parts, "snapshots"), _main(parts))
    posts = posts[~again].reset_index(drop=True) if again.any() else posts
    found = [(line, "(line)", text, "not JSON") for line, text in broken]
    found += [problem for one in parts for problem in one.problems]
    log = replace(_counted(log, parts, broken), duplicates=int(again.sum() + repeated.sum()), differing=moved)
    log = replace(
        log,
        kept=len(posts) + int(main.sum()),
        posts=len(posts),
        snapshots=len(snapshots),
        quarantine_reasons=_sorted(Counter(reason for *_, reason in found)),
    )
    strangers = sum((one.strangers for one in parts), Counter())
    seen = frozenset().union(*(one.seen for one in parts))
    learned = {name: account for one in parts for name, account in one.learned.items()}
    return FileResult(posts, snapshots, _quarantine(log.file, found), log.balanced(), main, seen, strangers, learned)


def _counted(log: FileLog, parts: list[Part], broken: list[tuple[int, str]]) -> FileLog:
    """The log with the counts that are settled record by record; by-products are not rows."""
    main = [one for one in parts if not one.side]
    days = [one.days for one in main if one.days]
    return replace(
        log,
        rows=sum(len(one.codes) for one in main) + len(broken),
        outside=sum(one.count(reading.OUTSIDE) for one in main),
        filtered=sum(one.count(reading.FILTERED) for one in main),
        quarantined=sum(one.count(reading.QUARANTINED) for one in main) + len(broken),
        filtered_reasons=_sorted(sum((one.reasons for one in main), Counter())),
        first=min((first for first, _ in days), default=""),
        last=max((last for _, last in days), default=""),
    )


def _sorted(counter: Counter[str]) -> dict[str, int]:
    return dict(sorted(counter.items()))


def _stacked(parts: list[Part], name: str) -> pd.DataFrame:
    frames = [one.frame for one in _of(parts, name) if one.frame is not None and len(one.frame)]
    return pd.concat(frames, ignore_index=True) if frames else tables.empty(name)


def _of(parts: list[Part], name: str) -> list[Part]:
    return [one for one in parts if one.use.table is not None and one.use.table.table == name]


def _main(parts: list[Part]) -> np.ndarray:
    marks = [np.full(one.count(reading.KEPT), not one.side) for one in _of(parts, "snapshots")]
    return np.concatenate(marks) if marks else np.zeros(0, dtype=bool)


def superseded(posts: pd.DataFrame) -> np.ndarray:
    """A mask of the posts that stand again with a later counting day or, on the same day, further down."""
    order = np.argsort(posts["counted_at"].to_numpy(), kind="stable")
    mask = np.zeros(len(posts), dtype=bool)
    mask[order] = posts.iloc[order].duplicated(POST_KEY, keep="last").to_numpy()
    return mask


def differing(posts: pd.DataFrame, again: np.ndarray) -> np.ndarray:
    """For every superseded post (in order) whether one of its figures differs from the post that is kept."""
    if not again.any():
        return np.zeros(0, dtype=bool)
    figures = list(COUNTS)
    kept = posts[~again].set_index(POST_KEY)[figures]
    dropped = posts[again].set_index(POST_KEY)[figures]
    left, right = dropped.fillna(-1).to_numpy(), kept.reindex(dropped.index).fillna(-1).to_numpy()
    return (left != right).any(axis=1)


def merged(snapshots: pd.DataFrame, main: np.ndarray) -> tuple[pd.DataFrame, np.ndarray, np.ndarray]:
    """One snapshot per account and day, whether it is a main one, and a mask of main rows that stood again.

    Of several rows the last figure that is not null counts, a main row before a by-product.
    """
    if snapshots.empty:
        return snapshots, np.zeros(0, dtype=bool), np.zeros(0, dtype=bool)
    repeated = np.zeros(len(snapshots), dtype=bool)
    repeated[main] = snapshots[main].duplicated(ACCOUNT_DAY, keep="last").to_numpy()
    order = np.argsort(main, kind="stable")
    groups = snapshots.assign(main=main).iloc[order].groupby(ACCOUNT_DAY, sort=True, dropna=False)
    one = groups.last().reset_index()
    marks = groups["main"].max().to_numpy(dtype=bool)
    return tables.conform(one.drop(columns="main"), "snapshots"), marks, repeated


def _quarantine(name: str, problems: list[tuple[int, str, str, str]]) -> pd.DataFrame:
    ordered = sorted(problems)
    columns = {
        "file": [name] * len(ordered),
        "sheet": [""] * len(ordered),
        "row": [row for row, *_ in ordered],
        "column": [column for _, column, *_ in ordered],
        "value": texts([value for _, _, value, _ in ordered]),
        "reason": [reason for *_, reason in ordered],
        "repair": [""] * len(ordered),
    }
    return tables.conform(pd.DataFrame(columns), "quarantine")
