"""`make bench`: wall time and memory of the builds that the README states, as whole commands."""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.conftest import make_home

EDITION = "2025-03"
RUNS = 5


def seconds(home: Path) -> float:
    """One `cityreach report` in that home, as a user would start it."""
    command = [str(Path(sys.executable).parent / "cityreach"), "report", EDITION]
    start = time.perf_counter()
    subprocess.run(command, env=os.environ | {"CITYREACH_HOME": str(home)}, check=True, capture_output=True)
    return time.perf_counter() - start


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        home = make_home(Path(folder) / "project")
        first = seconds(home)
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        again = [seconds(home) for _ in range(RUNS)]
    print(f"{EDITION}, simulate + intake + report from nothing (a year of editions): {first:.1f} s (bar 30 s)")
    middle = statistics.median(again)
    spread = f"{min(again):.1f} to {max(again):.1f}"
    print(f"{EDITION}, exports taken in, execute + HTML + PDF: median {middle:.1f} s of {RUNS} ({spread}; bar 6 s)")
    print(f"Largest process: {peak:.0f} MiB")


if __name__ == "__main__":
    main()
