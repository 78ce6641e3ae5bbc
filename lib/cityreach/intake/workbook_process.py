"""The process that reads workbooks: one for all, started with the first and again after one that it did not survive."""

from __future__ import annotations

import atexit
import pickle
import subprocess
import sys
import threading
from functools import cache
from pathlib import Path

from cityreach.intake.workbook_child import LENGTH, Sheet

PATIENCE, PER_MEGABYTE = 4.0, 10.0  # seconds for any workbook, and for each megabyte of it
DIED = "it brings its reader down"
SLOW = "it takes its reader too long"


class Unreadable(Exception):
    """The reader's reason why it cannot read a workbook."""


class _Reader:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None

    def ask(self, content: bytes) -> list[Sheet]:
        with self._lock:
            process = self._running()
            late = threading.Event()
            timer = threading.Timer(PATIENCE + PER_MEGABYTE * len(content) / 1e6, _kill, (process, late))
            timer.start()
            try:
                reply = _exchanged(process, content)
            except BaseException:
                self.close()  # an answer that is still to come must not be taken for the next one
                raise
            finally:
                timer.cancel()
            if reply is None:
                self.close()
                raise Unreadable(SLOW if late.is_set() else DIED)
        good, found = pickle.loads(reply)
        if not good:
            raise Unreadable(found)
        return found

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            script = str(Path(__file__).with_name("workbook_child.py"))
            self._process = subprocess.Popen(
                [sys.executable, "-I", script],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
        return self._process

    def close(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.communicate()


def _kill(process: subprocess.Popen[bytes], late: threading.Event) -> None:
    late.set()
    process.kill()


def _exchanged(process: subprocess.Popen[bytes], content: bytes) -> bytes | None:
    """The answer of the process, None where it ended without one."""
    assert process.stdin is not None and process.stdout is not None
    try:
        process.stdin.write(len(content).to_bytes(LENGTH))
        process.stdin.write(content)
        process.stdin.flush()
    except OSError:
        return None
    head = process.stdout.read(LENGTH)
    size = int.from_bytes(head)
    reply = process.stdout.read(size) if len(head) == LENGTH else b""
    return reply if len(head) == LENGTH and len(reply) == size else None


@cache
def _reader() -> _Reader:
    reader = _Reader()
    atexit.register(reader.close)
    return reader


def ask(content: bytes) -> list[Sheet]:
    """The sheets of a workbook: title, numbered rows of cells, merged ranges; Unreadable where the reader cannot."""
    return _reader().ask(content)
