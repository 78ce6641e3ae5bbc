"""What must happen before the notebook libraries are imported."""

from __future__ import annotations

import os
import sys
from typing import Any

# The kernel runs this line before any cell: it skips the IRI grammar (see below), and a thread begins with the imports
# that every notebook needs while kernel and client still greet each other.
KERNEL_LINE = (
    "import sys, threading; sys.modules.setdefault('rfc3987_syntax', None); "
    "threading.Thread(target=lambda: [__import__(name) for name in ('pandas', 'altair')]).start()"
)


def skip_iri_grammar() -> None:
    """Keep jsonschema from loading its IRI grammar: one second a process, for a format check that nothing here uses.

    jsonschema imports `rfc3987_syntax` only where it is there; an entry of None makes that import fail at once.
    """
    modules: Any = sys.modules
    modules.setdefault("rfc3987_syntax", None)


def quiet_kernels() -> None:
    """Keep remarks of kernels about debuggers and transports off the terminal."""
    os.environ.setdefault("PYDEVD_DISABLE_FILE_VALIDATION", "1")
    os.environ.setdefault("JUPYTER_PLATFORM_DIRS", "1")
