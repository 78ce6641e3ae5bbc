"""What is made beside the kernel while it runs the notebook: drawings of charts, data files, imports of exporters."""

from __future__ import annotations

import sys
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Any

from cityreach.blocks import MIME, SPEC_MIME, SVG_MIME

SWITCH = 0.0005  # seconds: the thread that talks to the kernel must not wait long for one that draws


class Beside:
    """One thread that works through what finished cells show; `finish` waits for it and raises what it raised."""

    def __init__(self, on_data: Callable[[Any], None]) -> None:
        """`on_data` is called, once, with the block of kind `data` that a cell shows."""
        self._on_data = on_data
        self._pool = ThreadPoolExecutor(max_workers=1)
        self._work: list[Future[None]] = []

    def __enter__(self) -> Beside:
        self._interval = sys.getswitchinterval()
        sys.setswitchinterval(SWITCH)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pool.shutdown(wait=True, cancel_futures=True)
        sys.setswitchinterval(self._interval)

    def do(self, work: Callable[[], None]) -> None:
        """Put any work into the queue."""
        self._work.append(self._pool.submit(work))

    def take(self, cell: Any) -> None:
        """Work through the outputs of a cell that has run."""
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            if SPEC_MIME in data and SVG_MIME not in data:
                self._work.append(self._pool.submit(_draw, data))
            elif data.get(MIME, {}).get("kind") == "data":
                self._work.append(self._pool.submit(self._on_data, data[MIME]))

    def finish(self) -> None:
        """Wait for all of it."""
        for work in self._work:
            work.result()


def _draw(data: Any) -> None:
    """Put the drawing of a figure into its output, as the renderer does where nobody draws beside it."""
    from cityreach.charts import renderer, use

    use()
    data[SVG_MIME] = renderer.draw(data[SPEC_MIME])
