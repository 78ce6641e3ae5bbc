"""`make bench`: seconds a dossier takes, by itself and in a batch of twelve cities."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.conftest import make_home

EDITION = "2025-03"
CITIES = (
    "北京", "南京", "成都", "深圳", "佛山", "沈阳", "烟台", "绍兴", "中山", "桂林", "敦煌", "武夷山",
)  # fmt: skip
PANEL = 133


def seconds(home: Path, *arguments: str) -> float:
    """One command in that home, as a user would start it."""
    command = [str(Path(sys.executable).parent / "cityreach"), *arguments]
    start = time.perf_counter()
    subprocess.run(command, env=os.environ | {"CITYREACH_HOME": str(home)}, check=True, capture_output=True)
    return time.perf_counter() - start


def main() -> None:
    only = [word for city in CITIES for word in ("--only", city)]
    with tempfile.TemporaryDirectory() as folder:
        home = make_home(Path(folder) / "project")
        seconds(home, "dossier", "深圳", EDITION)  # takes the exports in; not counted
        single = seconds(home, "dossier", "深圳", EDITION)
        shutil.rmtree(home / "reports" / EDITION)
        first = seconds(home, "dossiers", EDITION, "--only", CITIES[0])
        shutil.rmtree(home / "reports" / EDITION)
        all_of_them = seconds(home, "dossiers", EDITION, *only)
        again = seconds(home, "dossiers", EDITION, *only)
    each = (all_of_them - first) / (len(CITIES) - 1)
    print(f"{EDITION}, one dossier by itself: {single:.1f} s")
    print(f"{EDITION}, {len(CITIES)} dossiers in a batch: {all_of_them:.1f} s; {each:.2f} s for each beyond the first")
    print(f"{PANEL} dossiers at that rate: {first + each * (PANEL - 1):.0f} s (bar 120 s)")
    print(f"{EDITION}, the batch again, nothing changed: {again:.1f} s")


if __name__ == "__main__":
    main()
