"""Intake: platform exports as received in `data/inbox/<edition>/` become tidy tables in `data/store/<edition>/`.

A format is a YAML file (`formats`); a file is decoded (`decode`), recognised (`recognise`), its records fetched as
columns (`records`, `sources`), made ours (`values`, `accounts`, `reading`), put together (`result`) and stored
(`running`). Every row ends as kept, duplicate, outside the window, filtered with a reason, or in quarantine.
"""

from __future__ import annotations

from cityreach.intake.formats import Format
from cityreach.intake.formats import load as load_formats
from cityreach.intake.log import FileLog, IntakeLog
from cityreach.intake.reading import Context
from cityreach.intake.running import check, inbox_files, is_current, load_log, run
from cityreach.intake.single import FileResult, read_file

__all__ = [
    "Context",
    "FileLog",
    "FileResult",
    "Format",
    "IntakeLog",
    "check",
    "inbox_files",
    "is_current",
    "load_formats",
    "load_log",
    "read_file",
    "run",
]
