"""What is made beside the kernel while it runs the notebook: drawings of charts, data files, imports of exporters."""

from __future__ import annotations

import sys
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Any

from cityreach.blocks import MIME, SPEC_MIME, SVG_MIME
from cityreach.publish.drawer import Drawer
from cityreach.publish.job import Progress

SWITCH = 0.0005  # seconds: the thread that talks to the kernel must not wait long for the one that writes files


class Beside:
    """A thread for data files and a process for drawings, fed with what finished cells show."""

    def __init__(self, on_data: Callable[[Any], None]) -> None:
        """`on_data` is called, once, with the block of kind `data` that a cell shows."""
        self._on_data = on_data
        self._drawer: Drawer | None = None
        self._thread = ThreadPoolExecutor(max_workers=1)
        self._work: list[Future[None]] = []
        self._drawings: list[tuple[Any, Future[str]]] = []

    def __enter__(self) -> Beside:
        self._interval = sys.getswitchinterval()
        sys.setswitchinterval(SWITCH)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._thread.shutdown(wait=True, cancel_futures=True)
        if self._drawer is not None:
            self._drawer.stop()
        sys.setswitchinterval(self._interval)

    def start(self) -> None:
        """Start the drawing process: when the kernel is ready, as until then there is no processor for it."""
        self._drawer = Drawer()

    def follow(self, progress: Progress, share: float) -> Callable[[int, int, Any], None]:
        """What a run calls at each cell: says how far it is, draws from the first cell on, works through each cell.

        share: the part of the whole progress that the run is.
        """

        def on_cell(done: int, total: int, cell: Any) -> None:
            progress(f"running the notebook, cell {done + 1} of {total}", share * done / max(total, 1))
            if cell is not None:
                self.take(cell)
            else:
                self.start()

        return on_cell

    def do(self, work: Callable[[], None]) -> None:
        """Put any work into the thread's queue."""
        self._work.append(self._thread.submit(work))

    def take(self, cell: Any) -> None:
        """Work through the outputs of a cell that has run; data tables leave the notebook here."""
        for output in list(cell.get("outputs", [])):
            data = output.get("data", {})
            if self._drawer is not None and SPEC_MIME in data and SVG_MIME not in data:
                self._drawings.append((data, self._drawer.draw(data[SPEC_MIME])))
            elif data.get(MIME, {}).get("kind") == "data":
                self._work.append(self._thread.submit(self._on_data, data[MIME]))
                cell["outputs"].remove(output)

    def finish(self) -> None:
        """Wait for all of it, and put each drawing into its output, as the renderer does where nobody draws beside."""
        for data, drawing in self._drawings:
            data[SVG_MIME] = drawing.result()
        for work in self._work:
            work.result()
