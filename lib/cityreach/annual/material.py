"""Everything that an annual report is made from, read from its files; nothing is worked out."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from cityreach import index as engine
from cityreach import registry, sentiment, sheets
from cityreach.annual import edition as editions
from cityreach.annual import record
from cityreach.annual.edition import AnnualEdition, Index
from cityreach.errors import SpecError
from cityreach.registry import Registry
from cityreach.sheets import Sheet


@dataclass(frozen=True)
class Material:
    """An edition with those before it on the same panel and method, their sheets by id, and the published places.

    comments: what comments say of each city (`sentiment.by_city`) and `used` (indicators filled from it); may be empty.
    """

    edition: AnnualEdition
    chain: tuple[AnnualEdition, ...]
    index: Index
    registry: Registry
    method: engine.Method
    sheets: dict[str, Sheet]
    record: pd.DataFrame
    comments: pd.DataFrame

    @property
    def sheet(self) -> Sheet:
        return self.sheets[self.edition.id]


def load(edition_id: str) -> Material:
    """The edition of that id with all that belongs to it; the errors of its files say which and where.

    Editions before it with another panel or method are left out: no place is compared across such a break.
    """
    edition = editions.load(edition_id)
    index, known = editions.load_index(edition.index), registry.load()
    method = engine.load_method(edition.method)
    like = [each for each in editions.chain(edition) if (each.panel, each.method) == (edition.panel, edition.method)]
    _check(index, method, edition)
    panel = known.panel(edition.panel)
    read = {each.id: sheets.read(each.sheet_path, codes=list(method.indicators), cities=panel) for each in like}
    read[edition.id], comments = _filled(edition, index, read[edition.id], known)
    return Material(edition, tuple(like), index, known, method, read, record.load(index, known), comments)


def _filled(edition: AnnualEdition, index: Index, sheet: Sheet, known: Registry) -> tuple[Sheet, pd.DataFrame]:
    """The sheet with what comments give where it is empty, and the comments by city."""
    rule = index.comments
    if edition.comments is None or rule is None:
        return sheet, pd.DataFrame()
    told = sentiment.by_city(sentiment.read(editions.folder(edition.id) / edition.comments, known))
    told = told[told["city_id"].isin(sheet.figures.index)].reset_index(drop=True)
    enough = told[told["comments"] - told["other"] >= rule.least].set_index("city_id")
    given = pd.DataFrame({rule.net: enough["net"], rule.share: enough["share"]})
    gaps = sheet.figures.loc[given.index, list(given)].isna()
    figures = sheet.figures.combine_first(given)[list(sheet.figures)]
    used = told["city_id"].map(gaps.sum(axis=1)).fillna(0).astype(int)
    return Sheet(sheet.columns, figures), told.assign(used=used)


def _check(index: Index, method: engine.Method, edition: AnnualEdition) -> None:
    """SpecError where the index names a node, a list or an indicator that is not there."""
    nodes = [place.node for place in index.record.scopes.values()]
    nodes += [index.contrast.size, index.contrast.mouth] if index.contrast else []
    strange = [index.comments.net, index.comments.share] if index.comments else []
    strange = [code for code in strange if code not in method.indicators]
    nodes += [each for each in (index.platforms_under, index.languages_under) if each]
    strange += [node for node in nodes if node not in method.nodes]
    strange += [code for code in index.public_indicators if code not in method.indicators]
    if strange:
        raise SpecError(
            f"data/annual/{index.id}.yml: {edition.method} has no {strange[0]!r}. Write a node or indicator of it: "
            f"{', '.join(method.nodes)}."
        )
