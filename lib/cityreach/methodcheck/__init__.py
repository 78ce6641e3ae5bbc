"""The editors' page on the method of an edition: its tree, its scales, and how firm the places are that come out of it.

`material` reads, `analysis` is pure functions, `checked` holds what was worked out, `facts` makes findings of it, and
`page` shows them with the words of `templates/prose/<lang>/methodcheck.yml`.
"""

from cityreach.methodcheck.page import Page, open_page

__all__ = ["Page", "open_page"]
