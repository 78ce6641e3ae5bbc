"""Take out of an executed notebook what differs from run to run, so that two runs give the same bytes."""

from __future__ import annotations

import copy
from typing import Any

INJECTED_ID = "injected-parameters"


def scrub(notebook: Any) -> Any:
    """A copy without run times, paths and random ids; outputs and execution counts stay."""
    clean = copy.deepcopy(notebook)
    clean.metadata.pop("papermill", None)
    clean.metadata.pop("widgets", None)
    for cell in clean.cells:
        for key in ("papermill", "execution"):
            cell.metadata.pop(key, None)
        if INJECTED_ID in cell.metadata.get("tags", []):
            cell["id"] = INJECTED_ID
    return clean


def dumps(notebook: Any) -> str:
    """The scrubbed notebook as text, ready to be written."""
    import nbformat

    return nbformat.writes(scrub(notebook), version=nbformat.NO_CONVERT) + "\n"
