"""What must happen before the notebook libraries are imported."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from types import ModuleType
from typing import Any

COLLECT_EVERY = 200_000  # objects: imports make as many that live to the end, and looking through them is idle
# What jsonschema loads for format checks that nothing here uses: the IRI grammar alone takes a second a process.
FORMATS = ("rfc3987_syntax", "rfc3986_validator", "isoduration", "uri_template", "webcolors", "fqdn")


def skip_formats() -> None:
    """Keep jsonschema from loading FORMATS."""
    skip(*FORMATS)


def skip(*names: str) -> list[str]:
    """Keep libraries from loading modules that they can do without: an entry of None says that there is none.

    Returns those of them that were not loaded before.
    """
    modules: Any = sys.modules
    fresh = [name for name in names if name not in modules]
    modules.update(dict.fromkeys(fresh))
    return fresh


@contextmanager
def without(*names: str) -> Iterator[None]:
    """`skip` for what is imported inside; later imports find these modules again."""
    fresh = skip(*names)
    try:
        yield
    finally:
        for name in fresh:
            del sys.modules[name]


class _Later(ModuleType):
    """Stands in for a module: whatever is called of it loads the module and is called there."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):  # whoever looks through all modules does not mean this one
            raise AttributeError(name)
        return lambda *given, **named: getattr(import_module(self.__name__), name)(*given, **named)


@contextmanager
def later(name: str) -> Iterator[None]:
    """What is imported inside gets a module of which it only calls something, and this later, once it does so."""
    if name in sys.modules:
        yield
        return
    sys.modules[name] = _Later(name)
    try:
        yield
    finally:
        del sys.modules[name]


def load_papermill() -> None:
    """Import papermill without its ways to storage in clouds: notebooks and results are local files."""
    with later("requests"), without("pyarrow"):
        import_module("papermill.execute")


def load_nbconvert() -> None:
    """Import nbconvert without what it looks through pages with that it made from Markdown: nothing here is."""
    with later("bs4"):
        import_module("nbconvert.exporters.templateexporter")


def relax_collector() -> None:
    """Let the garbage collector of this short-lived process look less often; a tenth of a build's time otherwise."""
    import gc

    gc.set_threshold(COLLECT_EVERY)


def quiet_kernels() -> None:
    """Keep remarks of kernels about debuggers and transports off the terminal."""
    os.environ.setdefault("PYDEVD_DISABLE_FILE_VALIDATION", "1")
    os.environ.setdefault("JUPYTER_PLATFORM_DIRS", "1")
