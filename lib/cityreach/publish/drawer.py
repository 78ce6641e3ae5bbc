"""Charts drawn in a process of their own: the drawing engine does not let other threads of its process run.

The process is this module run as a script. It reads specifications from its input and writes drawings to its output,
one for one, until its input ends; the engine starts at once, which takes half a second.
"""

from __future__ import annotations

import json
import os
import pickle
import signal
import subprocess
import sys
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from cityreach.errors import ReportError


class Drawer:
    """Draws finished specifications, one after the other."""

    def __init__(self) -> None:
        command = [sys.executable, "-P", "-m", "cityreach.publish.drawer"]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self._thread = ThreadPoolExecutor(max_workers=1)

    def draw(self, spec: dict[str, Any]) -> Future[str]:
        """The SVG of a specification, once it is there; ReportError where it cannot be drawn."""
        return self._thread.submit(self._ask, spec)

    def stop(self) -> None:
        """End the process, whatever it is doing."""
        self._thread.shutdown(wait=False, cancel_futures=True)
        self._process.kill()
        self._process.communicate()

    def _ask(self, spec: dict[str, Any]) -> str:
        assert self._process.stdin is not None and self._process.stdout is not None
        try:
            # As JSON: a notebook's own kind of dict, pickled, would have the process import the notebook libraries.
            self._process.stdin.write(json.dumps(spec).encode() + b"\n")
            self._process.stdin.flush()
            answer = pickle.load(self._process.stdout)
        except (OSError, EOFError, pickle.UnpicklingError):
            raise ReportError("charts: the drawing engine stopped by itself. Build the report again.") from None
        if isinstance(answer, Exception):
            raise answer
        return str(answer)


def main() -> None:
    """Draw whatever comes in. Nothing else may write to the output, and only the other side stops this one."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    _draw({"data": {"values": [{"x": 1}]}, "mark": "bar", "usermeta": {"cityreach": {"key": "ready", "alt": "ready"}}})
    for line in sys.stdin.buffer:
        pickle.dump(_draw(json.loads(line)), answers)
        answers.flush()


def _draw(spec: dict[str, Any]) -> str | Exception:
    from cityreach.charts import drawing

    try:
        return drawing.draw(spec)
    except Exception as error:  # noqa: BLE001 - it is raised again where the drawing is asked for
        return ReportError(str(error)) if isinstance(error, ReportError) else RuntimeError(str(error))


if __name__ == "__main__":
    main()
