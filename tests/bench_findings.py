"""`make bench`: how long the findings and the prose of a report take, from the tables of the store and nothing kept."""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from pathlib import Path
from types import SimpleNamespace

from cityreach import edition as editions
from cityreach import pipeline, store
from cityreach.monthly import Report
from cityreach.monthly.analysis import Analysis, analyse
from cityreach.monthly.book import Book
from tests.conftest import make_home
from tests.spoken import said

EDITION = "2025-05"  # 138 cities, a year and the month a year before
RUNS = 5
BAR = 3.0


def fresh(edition: str) -> Analysis:
    """The analysis as if the store kept none of it."""
    analysis = analyse(edition)
    analysis.__dict__["frames"] = SimpleNamespace(read=lambda name: None, read_findings=lambda: None)
    return analysis


def seconds(edition: str) -> tuple[float, float, float, int]:
    """Findings, prose of one language, processor time of both, and how many findings."""
    start, busy = time.perf_counter(), time.process_time()
    book = Book(fresh(edition), "zh")
    count = len(book.findings)
    found = time.perf_counter()
    blocks = list(said(Report(book)))
    assert blocks
    return found - start, time.perf_counter() - found, time.process_time() - busy, count


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        os.environ["CITYREACH_HOME"] = str(make_home(Path(folder) / "project"))
        ready = pipeline.prepare(editions.load(EDITION))
        posts = sum(len(store.read("posts", each.id, columns=["post_id"])) for each in ready)
        cities = len(set(store.read("metrics", EDITION)["city_id"]))
        seconds(EDITION)  # imports
        runs = [seconds(EDITION) for _ in range(RUNS)]
    found, prose, busy = (statistics.median(run[part] for run in runs) for part in (0, 1, 2))
    print(f"{EDITION}: {cities} cities, {len(ready)} editions, {posts:,} posts, {runs[0][3]} findings")
    print(f"Findings {found:.1f} s and prose {prose:.1f} s: {found + prose:.1f} s, median of {RUNS} (bar {BAR:.0f} s)")
    print(f"Of that the processor was busy for {busy:.1f} s")


if __name__ == "__main__":
    main()
