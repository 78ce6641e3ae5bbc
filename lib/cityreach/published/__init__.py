"""The published record: what has really been published of the index and its sisters, as a report of its own."""

from cityreach.published.record import Record, open_record
from cityreach.published.take_away import job

__all__ = ["Record", "job", "open_record"]
