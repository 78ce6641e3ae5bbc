"""Many files, one after the other, in processes of their own: a reader that brings its process down is found as well."""

from __future__ import annotations

import faulthandler
import gc
import json
import multiprocessing
import resource
import sys
import tempfile
import time
import traceback
import warnings
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from tests.fuzz import checking, families

MEMORY = 8 << 30  # bytes of address space that a process may take
GROWTH = 512  # MiB that one file may add to the process
KEPT_FAILURES = 20
EVERY = 5_000  # files after which a process says how far it is


@dataclass
class Summary:
    """What came of the files of one family."""

    family: str
    files: int = 0
    refused: int = 0
    read: int = 0
    rows: int = 0
    seconds: float = 0.0
    slowest: float = 0.0
    slowest_file: int = -1
    peak: int = 0  # MiB of the largest process
    failures: list[str] = field(default_factory=list)

    def add(self, other: Summary) -> None:
        if other.slowest > self.slowest:
            self.slowest, self.slowest_file = other.slowest, other.slowest_file
        self.peak = max(self.peak, other.peak)
        self.failures += other.failures
        for name in ("files", "refused", "read", "rows", "seconds"):
            setattr(self, name, getattr(self, name) + getattr(other, name))

    def line(self) -> str:
        each = 1000 * self.seconds / max(1, self.files)
        return (
            f"{self.family}: {self.files:,} files, {self.refused:,} refused, {self.read:,} read with {self.rows:,} rows; "
            f"{each:.1f} ms each, slowest {self.slowest:.2f} s (file {self.slowest_file}), largest process {self.peak} MiB, "
            f"{len(self.failures)} failures"
        )


def peak(whose: int = resource.RUSAGE_SELF) -> int:
    return resource.getrusage(whose).ru_maxrss // 1024


def one(family: str, seed: int, number: int, folder: Path, summary: Summary) -> None:
    """Makes a file, reads it and adds what came of it."""
    content = families.make(family, seed, number)
    before = peak()
    try:
        outcome = _checked(content, number, folder)
        if peak() - before > GROWTH:
            raise checking.Broken(f"the process grew from {before} to {peak()} MiB")
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # noqa: BLE001 - whatever it is, it is what is looked for
        _keep(summary, f"{family}-{seed}-{number}", content, traceback.format_exc(), repr(error)[:300])
        summary.files += 1
        return
    summary.files += 1
    summary.refused += outcome.refused
    summary.read += not outcome.refused
    summary.rows += outcome.rows
    summary.seconds += outcome.seconds
    if outcome.seconds > summary.slowest:
        summary.slowest, summary.slowest_file = outcome.seconds, number


def _checked(content: bytes, number: int, folder: Path) -> checking.Outcome:
    """What came of a file; one that took too long is read again, as the machine may have stood still meanwhile."""
    try:
        return checking.check(content, number, folder)
    except checking.Hang:
        return checking.check(content, number, folder)


def failures() -> Path:
    return Path(tempfile.gettempdir()) / "cityreach-fuzz"


def _keep(summary: Summary, name: str, content: bytes, trace: str, told: str) -> None:
    """Saves a file that broke a rule, with how it did."""
    place = failures()
    place.mkdir(parents=True, exist_ok=True)
    if len(summary.failures) < KEPT_FAILURES:
        (place / f"{name}.bin").write_bytes(content)
        (place / f"{name}.txt").write_text(trace, encoding="utf-8")
    summary.failures.append(f"{name}: {told}")


def run(
    family: str, numbers: Sequence[int], seed: int, *, watch: Callable[[int, Summary], None] | None = None
) -> Summary:
    """The files of these numbers in this process; `watch` is told of each before it is read."""
    summary = Summary(family)
    with tempfile.TemporaryDirectory(dir=_quick()) as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # of parts of a zip that have one name
        for number in numbers:
            if watch is not None:
                watch(number, summary)
            one(family, seed, number, Path(folder), summary)
    summary.peak = max(peak(), peak(resource.RUSAGE_CHILDREN))
    return summary


def _quick() -> str | None:
    """A folder in memory where there is one."""
    return "/dev/shm" if Path("/dev/shm").is_dir() else None


def work(family: str, numbers: Sequence[int], seed: int, target: Path) -> None:
    """What a process of its own does: runs the files and writes down, file by file, what came of them."""
    import pyarrow as pa

    pa.set_cpu_count(1)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    gc.freeze()
    start = time.perf_counter()

    def watch(number: int, summary: Summary) -> None:
        _write(target, {"now": number, "summary": asdict(summary)})
        if summary.files and summary.files % EVERY == 0:
            print(f"  {time.perf_counter() - start:.0f} s: {summary.line()}", file=sys.stderr, flush=True)

    with target.with_suffix(".crash").open("w") as sink:
        faulthandler.enable(sink)
        found = run(family, numbers, seed, watch=watch)
    _write(target, {"now": None, "summary": asdict(found)})


def _write(target: Path, content: dict[str, Any]) -> None:
    target.write_text(json.dumps(content), encoding="utf-8")


def together(family: str, count: int, seed: int, jobs: int) -> Summary:
    """The first `count` files of a family, shared out among processes."""
    summary = Summary(family)
    with tempfile.TemporaryDirectory(dir=_quick()) as folder, ThreadPoolExecutor(jobs) as pool:
        shares = [range(job, count, jobs) for job in range(jobs)]
        targets = [Path(folder) / f"{job}.json" for job in range(jobs)]
        for found in pool.map(lambda share, target: _share(family, share, seed, target), shares, targets):
            summary.add(found)
    return summary


def _share(family: str, numbers: range, seed: int, target: Path) -> Summary:
    """The files of one share, in a new process after each that one did not survive."""
    summary = Summary(family)
    left: range | None = numbers
    while left:
        process = multiprocessing.get_context("spawn").Process(target=work, args=(family, left, seed, target))
        process.start()
        process.join()
        told = json.loads(target.read_text(encoding="utf-8"))
        summary.add(Summary(**told["summary"]))
        left = None
        if told["now"] is not None:
            _crashed(summary, told["now"], seed, process.exitcode, target)
            left = numbers[numbers.index(told["now"]) + 1 :]
    return summary


def _crashed(summary: Summary, number: int, seed: int, code: int | None, target: Path) -> None:
    trace = target.with_suffix(".crash").read_text(encoding="utf-8", errors="replace")
    content = families.make(summary.family, seed, number)
    _keep(summary, f"{summary.family}-{seed}-{number}", content, trace, f"the process ended with code {code}")
    summary.files += 1
