"""All forms of one report, written into a folder: the work is laid out so that little waits for anything else."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from cityreach import paths
from cityreach.errors import ReportError
from cityreach.publish import datafiles, manifest, run, scrub, startup, workbook
from cityreach.publish.beside import Beside
from cityreach.publish.job import Job, Progress
from cityreach.publish.staging import Staging
from cityreach.publish.tables import DataTable, from_block

RUN_SHARE = 0.8  # the part of a build that the notebook takes
FAULTS_NAMED = 3  # faults of a page that an error quotes
# Slow imports that are needed only once the notebook has run; made meanwhile.
LATER = (
    "typst",
    "xlsxwriter",
    "cityreach.publish.html",
    "cityreach.publish.pdf",
    "cityreach.tracing.check",
)


def assemble(job: Job, staging: Staging, *, progress: Progress, kernel: Any) -> None:
    """Fill the staging folder; what can be made ready is made ready while the notebook runs."""
    progress("starting the notebook", 0.0)
    with Beside(lambda block: write_data(staging.folder, from_block(block), job)) as beside:
        startup.load_papermill()
        beside.do(make_ready)
        if (make := job.tables) is not None:
            beside.do(lambda: write_data(staging.folder, make(), job))
        raw = _run(job, staging, on_cell=beside.follow(progress, RUN_SHARE), kernel=kernel)
        beside.take(raw.cells[-1])
        beside.finish()
    notebook = scrub.scrub(raw)
    progress("setting the pages", RUN_SHARE)
    with ThreadPoolExecutor(max_workers=1) as pool:
        printing = pool.submit(print_report, staging.folder, notebook, job)
        write_page(staging.folder, notebook, job)
        check_page(staging, notebook, job)
        manifest.write(staging.folder, job, remarks=[*warnings(raw), *printing.result()])
    check_files(staging, notebook, job)
    progress("done", 1.0)


def _run(job: Job, staging: Staging, *, on_cell: run.OnCell, kernel: Any) -> Any:
    """The executed notebook; a failed one is kept under reports/failed/ and named in the error."""
    try:
        return run.execute(paths.notebook(job.notebook), job.parameters, on_cell=on_cell, kernel=kernel)
    except run.FailedRun as error:
        kept = paths.relative(staging.keep_failed(scrub.dumps(scrub.scrub(error.notebook))))
        raise ReportError(f"{error} (kept as {kept}; an earlier report stays as it was)") from None


def write_page(folder: Path, notebook: Any, job: Job) -> None:
    from cityreach.publish import html

    (folder / "report.html").write_text(html.export(notebook, job), encoding="utf-8")
    (folder / "report.ipynb").write_text(scrub.dumps(notebook), encoding="utf-8")


def check_page(staging: Staging, notebook: Any, job: Job) -> None:
    """ReportError with the first faults where the page prints what its data files do not hold."""
    from cityreach.tracing import check

    if job.traced:
        _refuse(check.check(staging.folder, mode=job.mode), staging, notebook, job)


def check_files(staging: Staging, notebook: Any, job: Job) -> None:
    """ReportError where a report without order tells of one in any of its files."""
    from cityreach.tracing import check

    if job.traced:
        _refuse(check.leaks(staging.folder, mode=job.mode), staging, notebook, job)


def _refuse(faults: list[Any], staging: Staging, notebook: Any, job: Job) -> None:
    if faults:
        from cityreach.tracing import check

        kept = paths.relative(staging.keep_failed(scrub.dumps(notebook)))
        first = "; ".join(each.line for each in faults[:FAULTS_NAMED])
        said = f"{job.notebook}: {check.summary(faults, job.lang)} {first}"
        raise ReportError(f"{said} (kept as {kept}; an earlier report stays as it was)")


def print_report(folder: Path, notebook: Any, job: Job) -> list[str]:
    """Write the PDF; returns what was left out of it."""
    from cityreach.publish import pdf

    printed = pdf.export(notebook, job)
    (folder / "report.pdf").write_bytes(printed.content)
    return printed.remarks


def write_data(folder: Path, tables: Mapping[str, DataTable], job: Job) -> None:
    datafiles.write_all(folder / "data", tables, simulated=job.band is not None)
    sheets = {key: table for key, table in tables.items() if table.sheet}
    workbook.write(folder / job.workbook, job, sheets)


def warnings(notebook: Any) -> list[str]:
    cells = scrub.warned(notebook)
    if not cells:
        return []
    return [
        f"report.ipynb: warnings of cell(s) {', '.join(map(str, cells))} are left out; run the notebook to see them"
    ]


def make_ready() -> None:
    """Import and read what the exporters need, while the kernel works."""
    startup.load_nbconvert()
    for name in LATER:
        importlib.import_module(name)
    from cityreach.charts import fonts
    from cityreach.publish import live, pdf, words

    live.bundle()
    for lang in ("zh", "en"):
        words.load(lang)
    for weight in fonts.FILES:
        fonts.missing_glyphs("国", weight)
    fonts.web_subset("国")
    pdf.warm_up()
