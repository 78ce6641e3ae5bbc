"""The manifest: what went in, what made it, what came out; no clock, no host, no path."""

from __future__ import annotations

import hashlib
import json
import platform
from importlib import metadata
from pathlib import Path
from typing import Any

from cityreach.publish.job import Job
from cityreach.publish.staging import MANIFEST

LIBRARIES = (
    "altair", "cityreach", "duckdb", "ibis-framework", "jinja2", "nbclient", "nbconvert", "numpy", "pandas",
    "papermill", "pyarrow", "typst", "vl-convert-python", "xlsxwriter",
)  # fmt: skip


def write(folder: Path, job: Job, *, remarks: list[str]) -> Path:
    """Write manifest.json over everything that the folder holds; remarks: what the build did that is worth knowing."""
    path = folder / MANIFEST
    path.write_text(json.dumps(content(folder, job, remarks=remarks), ensure_ascii=False, indent=2) + "\n", "utf-8")
    return path


def content(folder: Path, job: Job, *, remarks: list[str]) -> dict[str, Any]:
    return {
        "name": job.name,
        "title": job.title,
        "lang": job.lang,
        "mode": job.mode,
        "day": job.day.isoformat(),
        "simulated": job.band is not None,
        "notebook": job.notebook,
        "parameters": job.parameters,
        "provenance": job.provenance,
        "remarks": remarks,
        "libraries": {"python": platform.python_version(), **{name: _version(name) for name in LIBRARIES}},
        "outputs": {
            file.relative_to(folder).as_posix(): hashlib.sha256(file.read_bytes()).hexdigest()
            for file in sorted(folder.rglob("*"))
            if file.is_file() and file.name != MANIFEST
        },
    }


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "absent"
