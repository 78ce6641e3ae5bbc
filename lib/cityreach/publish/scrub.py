"""Take out of an executed notebook what differs from run to run, so that two runs give the same bytes."""

from __future__ import annotations

import copy
from typing import Any

from cityreach import blocks

INJECTED_ID = "injected-parameters"


def scrub(notebook: Any) -> Any:
    """A copy without run times, paths, warnings, data tables and random ids; the results stay."""
    clean = copy.deepcopy(notebook)
    clean.metadata.pop("papermill", None)
    clean.metadata.pop("widgets", None)
    for cell in clean.cells:
        for key in ("papermill", "execution"):
            cell.metadata.pop(key, None)
        if cell.cell_type == "code":
            cell.outputs = [output for output in cell.outputs if not (_warning(output) or _data(output))]
        if INJECTED_ID in cell.metadata.get("tags", []):
            cell["id"] = INJECTED_ID
    return clean


def warned(notebook: Any) -> list[int]:
    """The cells, counted from 1, that wrote to the error stream: what they wrote is not published."""
    return [
        number
        for number, cell in enumerate(notebook.cells, start=1)
        if any(_warning(output) for output in cell.get("outputs", []))
    ]


def _data(output: Any) -> bool:
    """Whether an output carries the data tables, which are published as files of their own."""
    return bool(output.get("data", {}).get(blocks.MIME, {}).get("kind") == "data")


def _warning(output: Any) -> bool:
    return bool(output.output_type == "stream" and output.name == "stderr")


def dumps(notebook: Any) -> str:
    """A scrubbed notebook as text, ready to be written."""
    import nbformat

    return nbformat.writes(notebook, version=nbformat.NO_CONVERT) + "\n"
