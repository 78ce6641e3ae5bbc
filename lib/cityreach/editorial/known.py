"""What a placeholder can name, and what it finds: a city's figure, or any figure of a finding.

南京.facebook.rank            city (Chinese or English name, or id), part of the index, figure
南京.facebook.engagement.score  a deeper part, by its path in the method
total.posts                   a finding's id: its figure `value`
theme.share.food.posts_share  a finding's id and a figure of it
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from cityreach.editorial.grammar import Placeholder, written
from cityreach.findings import Finding
from cityreach.insight.make import ORDER_KINDS

PLACES = ("rank", "score", "before", "change", "rise", "fall")  # what an edition without order does not show
MEASURES = (
    "posts", "active_days", "interactions", "interactions_per_post", "peak", "views", "views_per_post", "followers",
    "new_followers", "accounts",
)  # fmt: skip
ANY = "value"  # the figure of a finding that is named alone
OTHER_WAY = {"rise": "fall", "fall": "rise"}


class Unresolved(Exception):
    """A placeholder finds nothing; kind and given as in `Fault`."""

    def __init__(self, kind: str, **given: str) -> None:
        super().__init__(kind)
        self.kind, self.given = kind, given


@dataclass(frozen=True)
class Known:
    """The figures of an edition in one language.

    cities, nodes: id by every accepted spelling. findings: by id. of_city: the figures of a city in a part of the
    index as a finding, those alone that the edition publishes. tiers: whether tiers may be named, where places may not.
    """

    lang: str
    ordered: bool
    cities: Mapping[str, str]
    nodes: Mapping[str, str]
    findings: Mapping[str, Finding]
    of_city: Callable[[str, str], Finding]
    tiers: bool = False

    def resolve(self, placeholder: Placeholder) -> tuple[Finding, str]:
        """The finding that holds the figure, and the figure's name in it; Unresolved says why there is none."""
        path = placeholder.path
        if path and path[0] in self.cities:
            return self._city(path)
        return self._finding(path)

    def _city(self, path: tuple[str, ...]) -> tuple[Finding, str]:
        city, node, name = path[0], ".".join(path[1:-1]), path[-1]
        nodes = ", ".join(dict.fromkeys(each for each in self.nodes.values() if "." not in each))
        if len(path) < 3:
            raise Unresolved("no_node", nodes=nodes)
        if node not in self.nodes:
            raise Unresolved("node", node=node, nodes=nodes)
        if name in PLACES and not self.ordered:
            raise Unresolved("no_order", measures=", ".join(MEASURES))
        found = self.of_city(self.cities[city], self.nodes[node])
        if name not in found.figures:
            raise self._absent(found, city=city, node=node, name=name)
        return found, name

    def _absent(self, found: Finding, **given: str) -> Unresolved:
        """Why a city has no such figure: it moved the other way, or not at all, or there is none."""
        other = OTHER_WAY.get(given["name"], "")
        if other in found.figures:
            return Unresolved("turned", other=other, **given)
        if other and "change" in found.figures:
            return Unresolved("stayed", **given)
        return Unresolved("no_figure", known=", ".join(found.figures) or "–", **given)

    def _finding(self, path: tuple[str, ...]) -> tuple[Finding, str]:
        address, head = ".".join(path), ".".join(path[:-1])
        if address in self.findings and ANY in self.findings[address].figures:
            return self.findings[address], ANY
        if head in self.findings and path[-1] in self.findings[head].figures:
            return self.findings[head], path[-1]
        for name in (address, head):
            if name in self.findings:
                raise Unresolved("no_key", finding=name, known=", ".join(self.findings[name].figures) or "–")
        if not self.ordered and any(address.startswith(f"{kind}.") for kind in (*ORDER_KINDS, "moved", "squad")):
            raise Unresolved("no_order", measures=", ".join(MEASURES))
        close = get_close_matches(head, list(self.findings), n=1, cutoff=0.8)
        close = close or get_close_matches(path[0], list(self.cities), n=1, cutoff=0.5)
        close = close or get_close_matches(address, list(self.findings), n=1, cutoff=0.5)
        raise Unresolved("close", close=close[0]) if close else Unresolved("unknown")

    def address(self, finding: Finding, key: str, name: Callable[[str], str]) -> str:
        """The placeholder for a figure of a finding, a city's name in front where that reads better."""
        node, city = str(finding.words.get("node", "")), finding.subject
        figure = CITY_FIGURES.get((finding.kind, key), "")
        if figure == "change":
            figure = {"up": "rise", "down": "fall"}.get(str(finding.words.get("way")), "change")
        if figure and node in self.nodes and name(city) in self.cities:
            own = self.of_city(city, node).figures.get(figure)
            if own and own.value == finding.figures[key].value:  # places among other cities are another figure
                return written(name(city), node, figure)
        return written(finding.id, *([] if key == ANY else [key]))


CITY_FIGURES = {
    ("place", "rank"): "rank", ("place", "score"): "score",
    ("moved", "before"): "before", ("moved", "rank"): "rank", ("moved", "change"): "change",
    ("move.top_up", "size"): "rise", ("move.top_up", "rank"): "rank",
    ("move.top_down", "size"): "fall", ("move.top_down", "rank"): "rank",
    **{(f"entry.{way}", key): figure for way in ("new", "return", "out") for key, figure in
       (("rank", "rank"), ("rank_before", "before"))},
}  # fmt: skip
