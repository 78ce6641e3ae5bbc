"""Reports made one after the other in a process that stays warm: the same files that `job.build` makes."""

from __future__ import annotations

import os
from pathlib import Path

from cityreach import blocks, paths
from cityreach.blocks import DRAW_LATER
from cityreach.errors import ReportError
from cityreach.publish import assemble, inside, manifest, run, scrub, startup
from cityreach.publish.job import Job
from cityreach.publish.staging import Staging
from cityreach.publish.tables import from_block


def make_ready() -> None:
    """Import and read what every report of this process needs."""
    startup.skip_formats()
    startup.quiet_kernels()
    startup.load_papermill()
    assemble.make_ready()
    os.environ[DRAW_LATER] = "1"  # as for a kernel whose charts are drawn beside it: here `inside` draws them


def build(job: Job) -> Path:
    """Run the notebook here, write every form of the report, put it in place; returns the report's folder.

    An earlier report stays untouched until all is written; ReportError names notebook, cell and cause.
    """
    with Staging(job.name, job.lang) as staging:
        try:
            raw = inside.execute(paths.notebook(job.notebook), job.parameters)
        except run.FailedRun as error:
            kept = paths.relative(staging.keep_failed(scrub.dumps(scrub.scrub(error.notebook))))
            raise ReportError(f"{error} (kept as {kept}; an earlier report stays as it was)") from None
        for output in (output for cell in raw.cells for output in cell.get("outputs", [])):
            block = output.get("data", {}).get(blocks.MIME, {})
            if block.get("kind") == "data":
                assemble.write_data(staging.folder, from_block(block), job)
        notebook = scrub.scrub(raw)
        remarks = [*assemble.warnings(raw), *assemble.print_report(staging.folder, notebook, job)]
        assemble.write_page(staging.folder, notebook, job)
        assemble.check_page(staging, notebook, job)
        manifest.write(staging.folder, job, remarks=remarks)
        assemble.check_files(staging, notebook, job)
        return staging.publish()
