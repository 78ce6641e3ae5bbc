"""What is made beside the kernel while it runs the notebook: drawings of charts, data files, imports of exporters."""

from __future__ import annotations

import multiprocessing
import sys
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from types import TracebackType
from typing import Any

from cityreach.blocks import MIME, SPEC_MIME, SVG_MIME

SWITCH = 0.0005  # seconds: the thread that talks to the kernel must not wait long for the one that writes files


class Beside:
    """A thread for data files and a process for drawings, fed with what finished cells show.

    The drawing engine does not let other threads run, so in this process it would hold up the talk with the kernel.
    """

    def __init__(self, on_data: Callable[[Any], None]) -> None:
        """`on_data` is called, once, with the block of kind `data` that a cell shows."""
        self._on_data = on_data
        self._thread = ThreadPoolExecutor(max_workers=1)
        self._process = ProcessPoolExecutor(max_workers=1, mp_context=multiprocessing.get_context("spawn"))
        self._work: list[Future[None]] = []
        self._drawings: list[tuple[Any, Future[str]]] = []

    def __enter__(self) -> Beside:
        self._interval = sys.getswitchinterval()
        sys.setswitchinterval(SWITCH)
        self._process.submit(get_ready)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._thread.shutdown(wait=True, cancel_futures=True)
        self._process.shutdown(wait=False, cancel_futures=True)
        sys.setswitchinterval(self._interval)

    def do(self, work: Callable[[], None]) -> None:
        """Put any work into the thread's queue."""
        self._work.append(self._thread.submit(work))

    def take(self, cell: Any) -> None:
        """Work through the outputs of a cell that has run."""
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            if SPEC_MIME in data and SVG_MIME not in data:
                self._drawings.append((data, self._process.submit(draw, data[SPEC_MIME])))
            elif data.get(MIME, {}).get("kind") == "data":
                self._work.append(self._thread.submit(self._on_data, data[MIME]))

    def finish(self) -> None:
        """Wait for all of it, and put each drawing into its output, as the renderer does where nobody draws beside."""
        for data, drawing in self._drawings:
            data[SVG_MIME] = drawing.result()
        self._process.shutdown(wait=False)
        for work in self._work:
            work.result()


def get_ready() -> None:
    """Start the drawing engine, which takes half a second the first time; runs in the second process."""
    from cityreach.charts import drawing

    words = {"key": "ready", "alt": "ready"}
    drawing.draw({"data": {"values": [{"x": 1}]}, "mark": "bar", "usermeta": {drawing.META: words}})


def draw(spec: dict[str, Any]) -> str:
    """The SVG of a finished specification; runs in the second process."""
    from cityreach.charts import drawing

    return drawing.draw(spec)
