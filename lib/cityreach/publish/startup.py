"""What must happen before the notebook libraries are imported."""

from __future__ import annotations

import os
import sys
from typing import Any

COLLECT_EVERY = 200_000  # objects: imports make as many that live to the end, and looking through them is idle
# The kernel runs this line before any cell; see `skip_iri_grammar` and `relax_collector`.
KERNEL_LINE = f"import gc, sys; gc.set_threshold({COLLECT_EVERY}); sys.modules.setdefault('rfc3987_syntax', None)"


def skip_iri_grammar() -> None:
    """Keep jsonschema from loading its IRI grammar: one second a process, for a format check that nothing here uses.

    jsonschema imports `rfc3987_syntax` only where it is there; an entry of None makes that import fail at once.
    """
    modules: Any = sys.modules
    modules.setdefault("rfc3987_syntax", None)


def relax_collector() -> None:
    """Let the garbage collector of this short-lived process look less often; a tenth of a build's time otherwise."""
    import gc

    gc.set_threshold(COLLECT_EVERY)


def quiet_kernels() -> None:
    """Keep remarks of kernels about debuggers and transports off the terminal."""
    os.environ.setdefault("PYDEVD_DISABLE_FILE_VALIDATION", "1")
    os.environ.setdefault("JUPYTER_PLATFORM_DIRS", "1")
