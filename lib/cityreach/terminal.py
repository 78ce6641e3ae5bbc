"""What a command says while it works and when it is done: the console, the progress bar, the last line."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

from cityreach import paths

Step = Callable[[str, float], None]
# Names of files and accounts are shown as they are: [red] or :x: in them means nothing.
console = Console(highlight=False, markup=False, emoji=False, width=None if sys.stdout.isatty() else 120)


@contextmanager
def progress(title: str) -> Iterator[Step]:
    """A bar with what is being done; nothing is left of it when the step took no time at all."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(bar_width=32),
        TaskProgressColumn(),
        TextColumn("{task.fields[doing]}"),
    )
    with Progress(*columns, console=console, refresh_per_second=4) as bars:
        task = bars.add_task(title, total=1.0, doing="")

        def step(doing: str, share: float) -> None:
            bars.update(task, completed=share, doing=doing)

        yield step
        bars.update(task, completed=1.0, doing="")


def say(line: str) -> None:
    """A line, of any length: where it is broken is left to the terminal."""
    console.print(line, soft_wrap=True)


def done(what: str) -> None:
    """The line with which a command that made something ends."""
    say(f"Done 完成: {what}")


def built(folder: Path, workbook: str = "rankings.xlsx") -> None:
    """The last line of a report."""
    done(f"{paths.relative(folder)}/report.html, report.pdf, {workbook}")
