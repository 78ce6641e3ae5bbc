"""Part of `make bench`: CSVs of over 1 GB taken in, beside DuckDB alone reading each and writing it as Parquet."""

from __future__ import annotations

import os
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv

from tests.conftest import make_home
from tests.exports import write_edition

Shape: TypeAlias = Callable[[np.ndarray, pd.DataFrame], dict[str, Any]]

EDITION = "bench"
ROWS, PIECE = 5_000_000, 250_000
RUNS = 3
DUCKDB = "import duckdb; duckdb.sql(\"copy (from read_csv('{0}')) to '{0}.parquet' (format parquet)\")"
TEXTS = (
    "河港的春天 🌸 Spring on the river, plum blossoms along the lake {}",
    'Night market, "Old Wharf" area 老码头夜市 {}',
    "A new direct flight, a new route 国际航线开通了 {}",
)


def write_export(file: Path, posts: Shape, accounts: pd.DataFrame) -> None:
    """Posts of May 2025 in the shape of an export, invented from their number alone."""
    with file.open("wb") as sink:
        for first in range(0, ROWS, PIECE):
            options = pyarrow.csv.WriteOptions(include_header=first == 0)
            number = np.arange(first, first + PIECE)
            pyarrow.csv.write_csv(pa.table(posts(number, accounts.iloc[number % len(accounts)])), sink, options)


def _likes(number: np.ndarray) -> np.ndarray:
    return (number * 2_654_435_761 % 9_973) ** 2 // 4_000


def _plain_table(number: np.ndarray, accounts: pd.DataFrame) -> dict[str, Any]:
    """The project's own table of posts with Chinese headers."""
    likes, who = _likes(number), accounts["handle"]
    ids = 1_917_000_000_000_000_000 + number * 7
    days, hours, minutes, seconds = number % 31 + 1, number % 24, number % 60, number % 59
    clock = zip(days, hours, minutes, seconds, strict=True)
    return {
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


def _meta_posts(number: np.ndarray, accounts: pd.DataFrame) -> dict[str, Any]:
    """What Meta Business Suite exports of Facebook pages."""
    likes, none = _likes(number), [""] * len(number)
    ids = 917_000_000_000_000 + number * 7
    clock = zip(number % 30 + 1, number % 24, number % 60, strict=True)
    return {
        "Post ID": ids,
        "Page ID": accounts["platform_uid"],
        "Page name": accounts["display_name"],
        "Title": [TEXTS[one % 3].format(one) for one in number],
        "Description": none,
        "Duration (sec)": ["0"] * len(number),
        "Publish time": [f"05/{d:02d}/2025 {h:02d}:{m:02d}" for d, h, m in clock],
        "Caption type": none,
        "Permalink": [
            f"https://www.facebook.com/{name}/posts/{one}" for name, one in zip(accounts["handle"], ids, strict=True)
        ],
        "Post type": ["Photos"] * len(number),
        "Languages": none,
        "Reactions": likes,
        "Comments": likes // 20,
        "Shares": likes // 9,
        "Views": likes * 30,
        "Reach": likes * 12,
    }


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
    for posts, platform in SHAPES.items():
        with tempfile.TemporaryDirectory() as folder:
            home = make_home(Path(folder) / "project")
            write_edition(home, EDITION, platforms=platform)
            inbox = home / "data" / "inbox" / EDITION
            inbox.mkdir()
            accounts = pd.read_csv(home / "data" / "registry" / "accounts.csv", dtype=str, keep_default_na=False)
            write_export(inbox / "posts.csv", posts, accounts[accounts["platform"] == platform])
            print(_compared(posts, home, inbox / "posts.csv"))


def _compared(posts: Shape, home: Path, file: Path) -> str:
    """The median of intake and of DuckDB, taken in turn."""
    intake, duckdb = [], []
    for _ in range(RUNS):
        duckdb.append(measured([sys.executable, "-c", DUCKDB.format(file)]))
        file.with_name("posts.csv.parquet").unlink()
        shutil.rmtree(home / "data" / "store" / EDITION, ignore_errors=True)
        command = [str(Path(sys.executable).parent / "cityreach"), "intake", EDITION]
        intake.append(measured(command, CITYREACH_HOME=str(home)))
    ours, theirs = (statistics.median(seconds for seconds, _ in runs) for runs in (intake, duckdb))
    peak = max(memory for _, memory in intake)
    return (
        f"{posts.__name__.strip('_')}, {file.stat().st_size / 1e9:.2f} GB, {ROWS:,} posts, taken in: "
        f"median {ours:.1f} s of {RUNS}, peak {peak:.0f} MiB (bar 1 GB)\n"
        f"DuckDB alone, the same file to Parquet: median {theirs:.1f} s; ratio {ours / theirs:.1f} (bar 4)"
    )


SHAPES: dict[Shape, str] = {_plain_table: "x", _meta_posts: "facebook"}

if __name__ == "__main__":
    main()
