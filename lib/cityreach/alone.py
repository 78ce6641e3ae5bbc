"""One command at a time: what takes exports in or builds a report waits until another command of the project has ended.

The system lets go of the lock when a command ends, however it ends, so that nobody has ever to clear it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from cityreach import paths, terminal

WAITING = "Another command is at work in this project; this one goes on when it has ended. 另一条命令正在运行，请稍候。"


@contextmanager
def alone() -> Iterator[None]:
    """Waits, and says so, while another command is inside; also a decorator of commands."""
    from filelock import FileLock, Timeout

    file = paths.data("store", ".lock")
    file.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(file)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        terminal.say(WAITING)
        lock.acquire()
    try:
        yield
    finally:
        lock.release()
