"""The parts of a method's file, as staff write them: how a table is read, steps, levels, indicators and the tree."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BeforeValidator, Field, StringConstraints, model_validator

from cityreach import spec
from cityreach.index import aggregate, impute, normalise, transform, treat, weight
from cityreach.index.family import Rule, choice

Code = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_]*$")]
Absent = Literal["zero", "reweight", "withhold"]
Status = Literal["published", "precedent", "own", "equal"]


def _both(value: Any) -> Any:
    return {"zh": value, "en": value} if isinstance(value, str) else value


Words = Annotated[spec.Words, BeforeValidator(_both, json_schema_input_type=str | spec.Words)]


class Basis(spec.Model):
    """Where a set of numbers comes from."""

    status: Status = Field(description="one of published, precedent, own, equal")
    citation: Words = Field(description="the source as {zh: ..., en: ...}")


class Window(spec.Model):
    """The periods from `first` to `last`, both included."""

    first: str = Field(description="the first period of the base window in quotes")
    last: str = Field(description="its last period in quotes")


Over = Literal["all", "period"] | Window
OVER = "all (one scale for all periods), period (each by itself), or {first: ..., last: ...} (a base window)"


class NormaliseRule(Rule):
    """A way to put values on a scale, with the rows that its minimum, mean or ranks are taken from."""

    over: Over = Field(default="all", description=OVER)
    within: str | None = Field(
        default=None, description="a column of groups that are scaled by themselves, for example region"
    )
    decimals: int | None = Field(
        default=None, ge=0, le=12, description="a number of decimals to which the scores are rounded"
    )
    rounding: Literal["half_up", "down"] = Field(default="half_up", description="half_up or down")


class TransformRule(Rule):
    """A function of the figures before they are scaled."""


class ImputeRule(Rule):
    """A way to fill missing values."""

    over: Over = Field(default="period", description=OVER)
    within: str | None = Field(default=None, description="a column of groups, for example region")


class TreatRule(Rule):
    """A way to treat outliers, with the rows that the test is made over."""

    over: Over = Field(default="all", description=OVER)


class AggregateRule(Rule):
    """A way to make one score of several."""


class WeightRule(Rule):
    """A way to derive the weights of brothers from their scores."""


if TYPE_CHECKING:
    Normalise = NormaliseRule
    Transform = TransformRule
    Impute = ImputeRule
    Treat = TreatRule
    Aggregate = AggregateRule
    Derive = WeightRule
else:
    Normalise = choice(normalise.NORMALISERS, NormaliseRule)
    Transform = choice(transform.TRANSFORMS, TransformRule)
    Impute = choice(impute.IMPUTERS, ImputeRule)
    Treat = choice(treat.TREATMENTS, TreatRule)
    Aggregate = choice(aggregate.AGGREGATES, AggregateRule)
    Derive = choice(weight.WEIGHTS, WeightRule)


class Weights(Basis):
    """The weights of one level: where they come from, and what their sum must be."""

    relative: bool = Field(
        default=False, description="true where the weights of brothers are only relative to each other"
    )
    derive: Derive | None = Field(default=None, description=f"one of {', '.join(weight.WEIGHTS)}, or leave the key out")


class Level(spec.Model):
    """What holds for all nodes of one depth below the root: how they make their parent."""

    code: Code
    label: Words
    weights: Weights = Field(description="{status: ..., citation: {zh: ..., en: ...}}")
    aggregate: Aggregate = Field(
        default="arithmetic", description=f"one of {', '.join(aggregate.AGGREGATES)}", validate_default=True
    )
    missing: Absent | dict[str, Absent] = Field(default="reweight", description="zero, reweight or withhold")
    available: float = Field(
        default=0.0, ge=0, le=1, description="the least share of the weight that must have a score, 0 to 1"
    )


class Scale(spec.Model):
    """A last step on a node's score: score ** power * times + plus."""

    power: float = Field(default=1.0, gt=0)
    times: float = 1.0
    plus: float = 0.0


class Screening(spec.Model):
    """Which units have figures enough to be scored at all."""

    available: float = Field(
        default=0.0, ge=0, le=1, description="the least share of indicators with a figure, for example 0.65"
    )
    nonzero: float = Field(default=0.0, ge=0, le=1, description="the least share of its figures that are not 0")
    keep: tuple[str, ...] = Field(default=(), description="units that stay whatever they have")
    drop: tuple[str, ...] = Field(default=(), description="units that are left out whatever they have")


class Indicator(spec.Model):
    """One figure: the column it is read from, its unit and direction, and how it is prepared."""

    label: Words = Field(description="{zh: ..., en: ...}, or one text for both")
    unit: Words = Field(default=spec.Words(zh="", en=""), description="{zh: 人, en: persons}")
    column: str | None = Field(default=None, description="the column's name, or leave the key out where it is the code")
    direction: Literal[1, -1] = Field(default=1, description="1 (more is better) or -1 (less is better)")
    transform: Transform = Field(
        default="none", description=f"one of {', '.join(transform.TRANSFORMS)}", validate_default=True
    )
    per_days: int | None = Field(default=None, gt=0, description="30 for a flow that is brought to 30 days")
    denominator: str | None = Field(
        default=None, description="the column that the figure is divided by, for example population"
    )
    per: float = Field(default=1.0, gt=0, description="1000 for a figure per 1,000 of the denominator")
    impute: Impute | Literal["none"] | None = Field(default=None, description="as `imputation`, or none")
    treat: Treat | None = Field(default=None, description="as `treatment`, for example {by: forced, high: 2}, or none")
    normalise: Normalise | None = Field(default=None, description="as in the leaves of the tree")


class Normalisation(Basis):
    """How leaves are scaled that do not say so themselves, and where the scale comes from."""

    default: Normalise | None = Field(default=None, description="for example {by: minmax}")


class Ranks(spec.Model):
    """How scores are rounded before they are ranked: to significant digits, or to the decimals that are published."""

    significant: int = Field(default=12, ge=1, le=15, description="a number of digits, 12 unless there is a reason")
    decimals: int | None = Field(
        default=None, ge=0, le=12, description="the number of published decimals, or leave the key out"
    )


class Table(spec.Model):
    """How the columns of a table are read; a table needs none of this where its first column is the unit."""

    unit: str | None = Field(
        default=None, description="the column that names the unit, or leave the key out: the first column"
    )
    period: str | None = Field(
        default=None, description="the column that names the period, or leave the key out: one period"
    )
    indicator: str | None = Field(
        default=None, description="in a tidy table, the column that names the indicator's column"
    )
    value: str | None = Field(default=None, description="in a tidy table, the column of figures")
    groups: tuple[str, ...] = Field(
        default=(), description="columns by which places and means are given as well, such as region"
    )
    weights: str | None = Field(
        default=None, description="the column that weighs units in group means, for example population"
    )
    missing: tuple[str, ...] = Field(default=(), description='spellings of a missing value, for example "-999"')

    @model_validator(mode="after")
    def _tidy(self) -> Table:
        if (self.indicator is None) != (self.value is None):
            raise ValueError("a tidy table needs both `indicator` and `value`")
        return self


class Branch(spec.Model):
    """A node as the file writes it; without children it is a leaf and reads the indicator of its own code."""

    code: Code
    label: Words | None = None
    weight: float | None = Field(default=None, gt=0, description="a number above 0")
    outside: bool = False
    source: dict[str, str] = Field(default_factory=dict)
    aggregate: Aggregate | None = None
    available: float | None = Field(default=None, ge=0, le=1)
    scale: Scale | None = None
    children: tuple[Branch, ...] = ()
    indicator: Code | None = None
    direction: Literal[1, -1] = 1
    normalise: Normalise | None = None
    hands_up: Literal["scaled", "unscaled"] = Field(
        default="scaled", description="scaled, or unscaled: the parent is made of what the branch has before its scale"
    )

    @property
    def share(self) -> float:
        """The weight among brothers; without one (equal weights) every brother has 1."""
        return 1.0 if self.weight is None else self.weight


class FlatNode(Branch):
    """A node of the flat form, which names its parent instead of standing under it; the root has none."""

    parent: Code | None = None
