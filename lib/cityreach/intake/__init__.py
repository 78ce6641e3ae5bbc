"""Intake: platform exports as received in `data/inbox/<edition>/` become tidy tables in `data/store/<edition>/`.

A format is a YAML file (`formats`). A file is one document or several (`containers`: archives, `workbooks`, `delimited`
text, JSON in `decode`); each is recognised by itself (`recognise`), its records are fetched as columns (`records`,
`columns`, `expressions`, `sources`), made ours batch by batch (`values`, `times`, `accounts`, `reading`) and spooled to
disk (`result`, `spool`). Over all files duplicates are settled (`settle`, `joining`), `corrections` made, the tables
stored (`running`); what has been taken in is known to `inbox`. Every row ends as kept, duplicate, outside the window,
left out with a reason, or in quarantine.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from cityreach.intake.inbox import inbox_files, is_current, load_log
from cityreach.intake.log import FileLog, IntakeLog

if TYPE_CHECKING:
    from cityreach.intake.formats import Format
    from cityreach.intake.formats import load as load_formats
    from cityreach.intake.reading import Context
    from cityreach.intake.running import check, expected_accounts, run
    from cityreach.intake.single import FileResult, look_at, read_file

# Whoever only asks what has been taken in does not wait for the reader: its names are imported when first used.
_READER = {
    "Context": ("reading", "Context"),
    "FileResult": ("single", "FileResult"),
    "Format": ("formats", "Format"),
    "check": ("running", "check"),
    "expected_accounts": ("running", "expected_accounts"),
    "load_formats": ("formats", "load"),
    "look_at": ("single", "look_at"),
    "read_file": ("single", "read_file"),
    "run": ("running", "run"),
}

__all__ = [
    "Context",
    "FileLog",
    "FileResult",
    "Format",
    "IntakeLog",
    "check",
    "expected_accounts",
    "inbox_files",
    "is_current",
    "load_formats",
    "load_log",
    "look_at",
    "read_file",
    "run",
]


def __getattr__(name: str) -> Any:
    if name not in _READER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module, attribute = _READER[name]
    return getattr(importlib.import_module(f"{__name__}.{module}"), attribute)
