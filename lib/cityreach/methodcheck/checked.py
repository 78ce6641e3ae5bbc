"""What was worked out about an edition's method, each frame when it is first asked for."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import pandas as pd

from cityreach import scoring
from cityreach.errors import DataError
from cityreach.index import Scores
from cityreach.index.method import Node
from cityreach.methodcheck import analysis
from cityreach.methodcheck.material import Material

if TYPE_CHECKING:
    from cityreach.index.alternatives import Alternatives
    from cityreach.index.plan import Plan
    from cityreach.index.sensitivity import Sensitivity
    from cityreach.index.study import Study
    from cityreach.index.uncertainty import Draws

TOP = 20


@dataclass(frozen=True)
class Checked:
    """An edition's scores with what they hang on; what needs the plan is absent where `refused` says why."""

    material: Material

    @property
    def period(self) -> str:
        return self.material.edition.id

    @cached_property
    def nodes(self) -> dict[str, Node]:
        """The method's tree as it is in the edition."""
        return scoring.nodes(self.material.method, self.material.edition)

    @cached_property
    def scores(self) -> Scores:
        return scoring.score(self.material.method, self.material.metrics, editions=self.material.chain)

    @cached_property
    def heads(self) -> pd.DataFrame:
        """The composite of the edition by city: score, rank; cities with a place only."""
        table, root = self.scores.table, self.material.method.root
        here = table[(table["period"] == self.period) & (table["node"] == root) & table["rank"].notna()]
        return here.set_index("unit")[["score", "rank"]]

    @cached_property
    def framework(self) -> pd.DataFrame:
        return analysis.framework(self.nodes)

    @cached_property
    def leaves(self) -> pd.DataFrame:
        return analysis.leaves(self.scores, self.nodes, self.period)

    @cached_property
    def distributions(self) -> pd.DataFrame:
        return analysis.distributions(self.scores, self.nodes, self.period)

    # how the parts belong together

    @cached_property
    def upward(self) -> pd.DataFrame:
        """Correlations of every node of the edition with those above it, with flags."""
        from cityreach.index import multivariate

        return multivariate.correlations(self.scores, period=self.period, relations=("parent", "ancestor"))

    @cached_property
    def relations(self) -> pd.DataFrame:
        """The branches of the first level that are part of the composite: with it, and with each other."""
        from cityreach.index import multivariate

        matrix = multivariate.correlation_matrix(self.scores, 1, period=self.period)
        inside = [path for path in matrix.index if self.nodes[path].inside]
        return analysis.relations(self.upward, matrix.loc[inside, inside], self.material.method.root)

    @cached_property
    def parts(self) -> pd.DataFrame:
        """The nodes of the second level with the composite: path, branch, code, r, flag."""
        root = self.material.method.root
        found = self.upward[(self.upward["level"] == 2) & (self.upward["other"] == root)]
        split = found["node"].str.partition(".")
        return pd.DataFrame({"path": found["node"], "branch": split[0], "code": split[2], "r": found["r"]})

    @cached_property
    def without(self) -> pd.DataFrame:
        """Each node of the first two levels left out: level, and what `leave_one_out` says of it."""
        from cityreach.index.leaveout import leave_one_out

        depths = [depth for depth in (1, 2) if self._brothers(depth)]
        found = [leave_one_out(self.scores, depth, period=self.period).nodes.assign(level=depth) for depth in depths]
        return pd.concat(found, ignore_index=True) if found else pd.DataFrame({"node": [], "mean_shift": []})

    def _brothers(self, depth: int) -> bool:
        """Whether something is left of the composite when a node of that depth is left out."""
        table = self.framework
        return bool((table["depth"] == depth).sum() > 1)

    # other methods

    @cached_property
    def methods(self) -> Alternatives | None:
        """The ranking under each other method; None where they cannot be run on these data, or are none."""
        from cityreach.index import alternatives

        held = self._held(self.material.alternatives)
        found = None if isinstance(held, str) else alternatives.each_alone(held, self.period)
        return found if found and found.options["mean_shift"].notna().any() else None

    # what the plan varies

    @cached_property
    def _checked_plan(self) -> Study | str:
        return self._held(self.material.plan)

    def _held(self, plan: Plan) -> Study | str:
        """A plan held against the scores, or why it cannot be run on them."""
        from cityreach.index import study

        try:
            return study.check(plan, self.scores)
        except DataError as error:
            return str(error)

    @property
    def refused(self) -> str:
        """Why the plan cannot be run on these data; "" where it can."""
        return self._checked_plan if isinstance(self._checked_plan, str) else ""

    @property
    def study(self) -> Study:
        if isinstance(self._checked_plan, str):
            raise DataError(self._checked_plan)
        return self._checked_plan

    @cached_property
    def draws(self) -> Draws:
        from cityreach.index import uncertainty

        return uncertainty.draw(self.study, [self.period])

    @cached_property
    def firm(self) -> pd.DataFrame:
        """The TOP with their intervals."""
        from cityreach.index import uncertainty

        return analysis.first_places(uncertainty.intervals(self.draws), TOP)

    @cached_property
    def pairs(self) -> pd.DataFrame:
        """Neighbours among the TOP with the share of replications in which the first is ahead; those that are known."""
        from cityreach.index import uncertainty

        found = uncertainty.neighbours(self.draws, self.period, first=len(self.firm) - 1)
        return analysis.judged(found[found["p_ahead"].notna()].reset_index(drop=True))

    @cached_property
    def sensitivity(self) -> Sensitivity:
        from cityreach.index import sensitivity

        return sensitivity.sobol(self.study, self.period)

    @cached_property
    def inputs(self) -> pd.DataFrame:
        """The inputs with their Sobol indices, the largest total order first; empty where no place ever moves."""
        table = self.sensitivity.shift.dropna(subset=["first", "total"])
        return table.sort_values("total", ascending=False, kind="stable").reset_index(drop=True)
