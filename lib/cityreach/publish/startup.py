"""What must happen before the notebook libraries are imported."""

from __future__ import annotations

import os
import sys
from typing import Any

# The kernel runs this line before it imports anything of its own; see `skip_iri_grammar`.
KERNEL_LINE = "import sys; sys.modules.setdefault('rfc3987_syntax', None)"


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
