"""The command: `python -m tests.fuzz --family csv --count 100000 --seed 1 --jobs 2`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from tests.fuzz import families, running


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--family", default="all", choices=["all", *families.FAMILIES])
    parser.add_argument("--count", type=int, default=2000, help="files of each family")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=1, help="processes")
    parser.add_argument("--only", type=int, help="the one file of this number, whose fault is shown in full")
    given = parser.parse_args()
    names = list(families.FAMILIES) if given.family == "all" else [given.family]
    if given.only is not None:
        return _single(names[0], given.seed, given.only)
    found = []
    for name in names:
        found.append(running.together(name, given.count, given.seed, given.jobs))
        print(found[-1].line(), flush=True)
    _tell([failure for one in found for failure in one.failures])
    if any(one.failures for one in found):
        print(f"The files are in {running.failures()}.")
    return 1 if any(one.failures for one in found) else 0


def _tell(failures: list[str]) -> None:
    """The faults, those of one kind together: how many, and the first."""
    kinds: dict[str, list[str]] = {}
    for failure in failures:
        name, _, told = failure.partition(": ")
        kinds.setdefault(f"{name.partition('-')[0]}: {told[:60]}", []).append(failure)
    for same in sorted(kinds.values(), key=len, reverse=True):
        print(f"{len(same)} times {same[0]}")


def _single(family: str, seed: int, number: int) -> int:
    summary = running.run(family, [number], seed)
    print(summary.line())
    for failure in summary.failures:
        name = failure.partition(":")[0]
        print(Path(running.failures() / f"{name}.txt").read_text(encoding="utf-8"))
    return 1 if summary.failures else 0


if __name__ == "__main__":
    sys.exit(main())
