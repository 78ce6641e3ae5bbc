"""Intake: platform exports as received in `data/inbox/<edition>/` become tidy tables in `data/store/<edition>/`.

A format is a YAML file (`formats`). A file is one document or several (`containers`: archives, `workbooks`, `delimited`
text, JSON in `decode`); each is recognised by itself (`recognise`), its records are fetched as columns (`records`,
`columns`, `sources`), made ours batch by batch (`values`, `times`, `accounts`, `reading`) and spooled to disk
(`result`, `spool`). Over all files duplicates are settled (`settle`, `joining`), `corrections` made, and the tables
stored (`running`). Every row ends as kept, duplicate, outside the window, left out with a reason, or in quarantine.
"""

from __future__ import annotations

from cityreach.intake.formats import Format
from cityreach.intake.formats import load as load_formats
from cityreach.intake.log import FileLog, IntakeLog
from cityreach.intake.reading import Context
from cityreach.intake.running import check, expected, expected_accounts, inbox_files, is_current, load_log, run
from cityreach.intake.single import FileResult, read_file

__all__ = [
    "Context",
    "FileLog",
    "FileResult",
    "Format",
    "IntakeLog",
    "check",
    "expected",
    "expected_accounts",
    "inbox_files",
    "is_current",
    "load_formats",
    "load_log",
    "read_file",
    "run",
]
