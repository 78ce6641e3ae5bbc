"""One report to build, and the one function that builds it: complete in its folder, or not at all."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from cityreach.publish.tables import DataTable

Progress = Callable[[str, float], None]


@dataclass(frozen=True)
class Job:
    """Everything that decides a report.

    name: its folder under reports/ (parts of it divided by slashes). notebook: the name that `paths.notebook` takes.
    day: the date that documents carry (the counting date). band: the sentence that marks simulated data, or None.
    notice: why the report stands although its data fall short, or None. workbook: the workbook's file. tables: makes
    the data tables where the notebook does not show them itself (block `data`); a key names its CSV file. traced:
    whether every numeral of its page must be held by its data files (`cityreach check`). provenance: goes to
    manifest.json.
    """

    name: str
    notebook: str
    parameters: dict[str, Any]
    lang: str
    title: str
    day: date
    band: str | None = None
    notice: str | None = None
    mode: str = "ordered"
    workbook: str = "rankings.xlsx"
    tables: Callable[[], dict[str, DataTable]] | None = None
    traced: bool = False
    provenance: dict[str, Any] = field(default_factory=dict)


def build(job: Job, *, progress: Progress | None = None, kernel: Any = None) -> Path:
    """Run the notebook, write every form of the report, put it in place; returns the report's folder.

    `kernel`: a kernel that is running already (`publish.kernel.warm_kernel`); without one, one is started.

    An earlier report stays untouched until all is written; ReportError names notebook, cell and cause.
    `progress` is called with what is being done and the share of the whole that is done, 0 to 1.
    """
    from cityreach.publish import startup

    startup.skip_formats()
    startup.quiet_kernels()
    from cityreach.publish.assemble import assemble
    from cityreach.publish.kernel import warm_kernel
    from cityreach.publish.staging import Staging

    ready = nullcontext(kernel) if kernel is not None else warm_kernel("cityreach")
    with ready as running, Staging(job.name, job.lang) as staging:
        assemble(job, staging, progress=progress or silent, kernel=running)
        return staging.publish()


def silent(_label: str, _share: float) -> None:
    """No progress wanted."""
