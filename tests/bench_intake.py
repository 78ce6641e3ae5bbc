"""Part of `make bench`: a CSV of 1 GB taken in, beside DuckDB alone reading the same file and writing it as Parquet."""

from __future__ import annotations

import os
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv

from tests.conftest import make_home
from tests.exports import write_edition

EDITION = "bench"
ROWS, PIECE = 5_000_000, 250_000
RUNS = 3
DUCKDB = "import duckdb; duckdb.sql(\"copy (from read_csv('{0}')) to '{0}.parquet' (format parquet)\")"
TEXTS = (
    "河港的春天 🌸 Spring on the river, plum blossoms along the lake {}",
    'Night market, "Old Wharf" area 老码头夜市 {}',
    "A new direct flight, a new route 国际航线开通了 {}",
)


def write_export(file: Path, handles: list[str]) -> None:
    """Posts of May 2025 as the plain table with Chinese headers, invented from their number alone."""
    with file.open("wb") as sink:
        for first in range(0, ROWS, PIECE):
            options = pyarrow.csv.WriteOptions(include_header=first == 0)
            pyarrow.csv.write_csv(_posts(np.arange(first, first + PIECE), handles), sink, options)


def _posts(number: np.ndarray, handles: list[str]) -> pa.Table:
    likes = (number * 2_654_435_761 % 9_973) ** 2 // 4_000
    ids = 1_917_000_000_000_000_000 + number * 7
    who = [handles[one] for one in number % len(handles)]
    days, hours, minutes, seconds = number % 31 + 1, number % 24, number % 60, number % 59
    clock = zip(days, hours, minutes, seconds, strict=True)
    return pa.table(
        {
            "平台": ["X平台"] * len(number),
            "账号": who,
            "帖文ID": ids,
            "发布时间(北京时间)": [f"2025-05-{d:02d} {h:02d}:{m:02d}:{s:02d}" for d, h, m, s in clock],
            "语言": ["en"] * len(number),
            "类型": ["photo"] * len(number),
            "正文": [TEXTS[one % 3].format(one) for one in number],
            "链接": [f"https://x.com/{name}/status/{one}" for name, one in zip(who, ids, strict=True)],
            "浏览量": likes * 30,
            "点赞数": likes,
            "评论数": likes // 20,
            "转发数": likes // 9,
            "统计日期": ["2025-06-07"] * len(number),
        }
    )


def measured(command: list[str], **variables: str) -> tuple[float, float]:
    """Wall seconds and peak memory in MiB of one process."""
    start = time.perf_counter()
    child = os.posix_spawn(
        command[0],
        command,
        os.environ | variables,
        file_actions=[(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)],
    )
    _, status, usage = os.wait4(child, 0)
    if status:
        raise SystemExit(f"{command[0]} failed with {os.waitstatus_to_exitcode(status)}")
    return time.perf_counter() - start, usage.ru_maxrss / 1024


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        home = make_home(Path(folder) / "project")
        write_edition(home, EDITION)
        inbox = home / "data" / "inbox" / EDITION
        inbox.mkdir()
        accounts = (home / "data" / "registry" / "accounts.csv").read_text(encoding="utf-8").splitlines()
        handles = [line.split(",")[2] for line in accounts if line.startswith("x:")]
        write_export(inbox / "posts.csv", handles)
        size = (inbox / "posts.csv").stat().st_size
        intake, duckdb = [], []
        for _ in range(RUNS):
            duckdb.append(measured([sys.executable, "-c", DUCKDB.format(inbox / "posts.csv")]))
            (inbox / "posts.csv.parquet").unlink()
            shutil.rmtree(home / "data" / "store" / EDITION, ignore_errors=True)
            command = [str(Path(sys.executable).parent / "cityreach"), "intake", EDITION]
            intake.append(measured(command, CITYREACH_HOME=str(home)))
    ours, theirs = (statistics.median(seconds for seconds, _ in runs) for runs in (intake, duckdb))
    peak = max(memory for _, memory in intake)
    print(f"A CSV of {size / 1e9:.2f} GB, {ROWS:,} posts, taken in: median {ours:.1f} s of {RUNS}, peak {peak:.0f} MiB")
    print(f"DuckDB alone, the same file to Parquet: median {theirs:.1f} s; ratio {ours / theirs:.1f} (bar 4, 1 GB)")


if __name__ == "__main__":
    main()
