"""The editors' page on how good an edition's data are: what came in, what is covered, what is odd, what to repair.

`received` reads, `analysis`, `drops` and `anomalies` are pure functions, `facts` makes findings of them, and `page`
shows them with the words of `templates/prose/<lang>/quality.yml`. Thresholds stand in `data/quality/rules.yml`.
"""

from cityreach.quality.page import Page, open_page

__all__ = ["Page", "open_page"]
