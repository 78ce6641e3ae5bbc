"""Every error that cityreach raises on purpose: one line that says what, where, what was found, what to do."""

from __future__ import annotations


class CityreachError(Exception):
    """The common parent; the command line prints its text as one line and exits with ``exit_code``."""

    exit_code = 1


class SpecError(CityreachError):
    """A file that staff edit (edition, method, format, registry, words) breaks a rule of its own."""

    exit_code = 2


class UnknownNameError(CityreachError):
    """A name asked for (edition, city, platform, panel, method, parameter) does not exist."""

    exit_code = 2


class InboxError(CityreachError):
    """The exports of an edition are missing, empty, unreadable or of another period."""

    exit_code = 3


class CorrectionError(CityreachError):
    """A correction in `data/corrections/` no longer meets the row or the value that it was written for."""

    exit_code = 2


class GateError(CityreachError):
    """The exports of an edition fall short of its gates, and no reason was given to build it all the same."""

    exit_code = 3


class DataError(CityreachError):
    """A table breaks its contract: a column, a key or a value that must not occur."""

    exit_code = 3


class ReportError(CityreachError):
    """A report could not be built; the earlier one is left as it was."""

    exit_code = 4


class EditorialError(CityreachError):
    """An editor's text names a figure that is not there, contradicts one, or holds what is not set."""

    exit_code = 2
