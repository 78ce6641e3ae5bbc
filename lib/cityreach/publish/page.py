"""A page that stands beside a report, made from a notebook of its own: one HTML file, put in place in one move."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from typing import Any

from cityreach import paths
from cityreach.errors import ReportError
from cityreach.publish.job import Job, Progress, silent

RUN_SHARE = 0.9  # the part of a build that the notebook takes


def build_page(job: Job, target: Path, *, progress: Progress | None = None, kernel: Any = None) -> Path:
    """Run the notebook and write its page to `target`, in whose folder nothing else is touched; returns `target`.

    Job as for a report; its tables, mode and provenance play no part. An earlier page stays until the new one is whole;
    ReportError names notebook, cell and cause. `kernel` and `progress` as in `job.build`.
    """
    from cityreach.publish import startup

    startup.skip_formats()
    startup.quiet_kernels()
    startup.load_papermill()
    startup.load_nbconvert()
    from cityreach import store
    from cityreach.publish import html, scrub
    from cityreach.publish.kernel import warm_kernel

    say = progress or silent
    ready = nullcontext(kernel) if kernel is not None else warm_kernel("cityreach")
    with ready as running:
        notebook = scrub.scrub(_run(job, say, running))
    say("setting the page", RUN_SHARE)
    store.write_bytes(target, html.export(notebook, job).encode("utf-8"))
    say("done", 1.0)
    return target


def _run(job: Job, say: Progress, kernel: Any) -> Any:
    """The executed notebook with its charts drawn; a failed one is kept under reports/failed/, as the error says."""
    from cityreach.publish import run, scrub
    from cityreach.publish.beside import Beside
    from cityreach.publish.staging import Staging

    with Beside(lambda block: None) as beside:
        on_cell = beside.follow(say, RUN_SHARE)
        try:
            raw = run.execute(paths.notebook(job.notebook), job.parameters, on_cell=on_cell, kernel=kernel)
        except run.FailedRun as error:
            kept = paths.relative(Staging(job.name, job.lang).keep_failed(scrub.dumps(error.notebook)))
            raise ReportError(f"{error} (kept as {kept}; an earlier page stays as it was)") from None
        beside.take(raw.cells[-1])
        beside.finish()
        return raw
