"""All forms of one report, written into a folder: the work is laid out so that little waits for anything else."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

from cityreach import blocks, paths
from cityreach.errors import ReportError
from cityreach.publish import datafiles, manifest, run, scrub, workbook
from cityreach.publish.job import DataTable, Job, Progress
from cityreach.publish.staging import Staging

RUN_SHARE = 0.8  # the part of a build that the notebook takes
# Slow imports that are needed only once the notebook has run; made meanwhile.
LATER = ("nbconvert.exporters.templateexporter", "typst", "xlsxwriter", "cityreach.publish.html", "cityreach.publish.pdf")


def assemble(job: Job, staging: Staging, *, progress: Progress) -> None:
    """Fill the staging folder; what can be made ready is made ready while the notebook runs."""
    progress("starting the notebook", 0.0)
    importlib.import_module("papermill")
    with ThreadPoolExecutor(max_workers=2) as pool:
        tables = pool.submit(job.tables)
        ready = pool.submit(_make_ready)
        notebook = _run(job, staging, progress)
        ready.result()
        _write(job, staging.folder, notebook, tables=tables, pool=pool, progress=progress)


def _run(job: Job, staging: Staging, progress: Progress) -> Any:
    """The executed, scrubbed notebook; a failed one is kept under reports/failed/ and named in the error."""

    def on_cell(done: int, total: int) -> None:
        progress(f"running the notebook, cell {done + 1} of {total}", RUN_SHARE * done / max(total, 1))

    try:
        return scrub.scrub(run.execute(paths.notebook(job.notebook), job.parameters, on_cell=on_cell))
    except run.FailedRun as error:
        kept = paths.relative(staging.keep_failed(scrub.dumps(error.notebook)))
        raise ReportError(f"{error} (kept as {kept}; an earlier report stays as it was)") from None


def _write(
    job: Job, folder: Path, notebook: Any, *, tables: Future[dict[str, DataTable]], pool: ThreadPoolExecutor, progress: Progress
) -> None:
    from cityreach.publish import html, pdf

    progress("setting the pages", RUN_SHARE)
    printing = pool.submit(pdf.export, notebook, job)
    (folder / "report.html").write_text(html.export(notebook, job), encoding="utf-8")
    (folder / "report.ipynb").write_text(scrub.dumps(notebook), encoding="utf-8")
    progress("writing the data", 0.9)
    frames = tables.result()
    datafiles.write_all(folder / "data", frames, simulated=job.band is not None)
    workbook.write(folder / "rankings.xlsx", job, frames, facts=_facts(notebook))
    printed = printing.result()
    (folder / "report.pdf").write_bytes(printed.content)
    manifest.write(folder, job, remarks=printed.remarks)
    progress("done", 1.0)


def _facts(notebook: Any) -> list[list[str]]:
    """The facts of the cover block, for the workbook's first sheet."""
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            shown = output.get("data", {}).get(blocks.MIME, {})
            if shown.get("kind") == "cover":
                return [[str(name), str(value)] for name, value in shown.get("facts", [])]
    return []


def _make_ready() -> None:
    """Import and read what the exporters need, while the kernel works."""
    for name in LATER:
        importlib.import_module(name)
    from cityreach.charts import fonts
    from cityreach.publish import live, words

    live.bundle()
    words.load("zh")
    warm: list[Callable[[], Any]] = [lambda: fonts.missing_glyphs("国"), lambda: fonts.web_subset("国")]
    for step in warm:
        step()
