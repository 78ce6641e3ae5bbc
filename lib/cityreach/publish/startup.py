"""What must happen before the notebook libraries are imported."""

from __future__ import annotations

import os
import sys
from typing import Any

COLLECT_EVERY = 200_000  # objects: imports make as many that live to the end, and looking through them is idle
# What jsonschema loads for format checks that nothing here uses: the IRI grammar alone takes a second a process.
FORMATS = ("rfc3987_syntax", "rfc3986_validator", "isoduration", "uri_template", "webcolors", "fqdn")
# The kernel runs this line before any cell; see `skip_formats` and `relax_collector`.
KERNEL_LINE = f"import gc, sys; gc.set_threshold({COLLECT_EVERY}); sys.modules.update(dict.fromkeys({FORMATS}))"


def skip_formats() -> None:
    """Keep jsonschema from loading FORMATS: it does so only where they are there, and an entry of None says no."""
    modules: Any = sys.modules
    for name in FORMATS:
        modules.setdefault(name, None)


def relax_collector() -> None:
    """Let the garbage collector of this short-lived process look less often; a tenth of a build's time otherwise."""
    import gc

    gc.set_threshold(COLLECT_EVERY)


def quiet_kernels() -> None:
    """Keep remarks of kernels about debuggers and transports off the terminal."""
    os.environ.setdefault("PYDEVD_DISABLE_FILE_VALIDATION", "1")
    os.environ.setdefault("JUPYTER_PLATFORM_DIRS", "1")
