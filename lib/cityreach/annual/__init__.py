"""Annual indices of cities: one sheet a year, a method, an edition and a prose file make a report."""

from cityreach.annual.report import Report, open_report

__all__ = ["Report", "open_report"]
