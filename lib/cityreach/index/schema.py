"""The parts of a method's file, as staff write them: levels, indicators, the tree and the ways to scale a leaf."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from cityreach import spec

Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
Rule = Literal["zero", "reweight", "withhold"]
Status = Literal["published", "precedent", "own", "equal"]


class Basis(spec.Model):
    """Where a set of numbers comes from."""

    status: Status = Field(description="one of published, precedent, own, equal")
    citation: spec.Words = Field(description="the source in both languages")


class Level(spec.Model):
    """What holds for all nodes of one depth below the root."""

    code: Code
    label: spec.Words
    weights: Basis
    aggregate: Literal["arithmetic"] = "arithmetic"
    missing: Rule | dict[str, Rule] = "reweight"


class Goalposts(spec.Model):
    """`low` becomes 0 and `high` 100, linear after the transformation; clipped to 0..100 unless `clip: false`."""

    by: Literal["goalposts"]
    low: float
    high: float
    clip: bool = True

    @model_validator(mode="after")
    def _ordered(self) -> Goalposts:
        if not self.low < self.high:
            raise ValueError(f"low {self.low:g} must lie below high {self.high:g}")
        return self


class Minmax(spec.Model):
    """The lowest value seen becomes 0 and the highest 100, over one edition or over all editions given."""

    by: Literal["minmax"]
    over: Literal["edition", "all"]


class Unscaled(spec.Model):
    """The transformed value is the score."""

    by: Literal["none"]


Normalise = Annotated[Goalposts | Minmax | Unscaled, Field(discriminator="by")]


class Indicator(spec.Model):
    """One figure: the column it is read from, its unit and direction, and how it is prepared."""

    label: spec.Words
    unit: spec.Words
    column: str
    direction: Literal[1, -1] = 1
    transform: Literal["log1p", "none"] = "none"
    per_days: int | None = Field(None, gt=0)


class Scale(spec.Model):
    """A last step on a node's score: score ** power * times."""

    power: float = Field(1.0, gt=0)
    times: float = Field(1.0, gt=0)


class Branch(spec.Model):
    """A node as the file writes it; without children it is a leaf and reads the indicator of its own code."""

    code: Code
    label: spec.Words | None = None
    weight: float | None = Field(None, gt=0)
    outside: bool = False
    source: dict[str, str] = Field(default_factory=dict)
    scale: Scale | None = None
    children: tuple[Branch, ...] = ()
    indicator: Code | None = None
    normalise: Normalise | None = None

    @property
    def share(self) -> float:
        """The weight among brothers; without one (equal weights) every brother has 1."""
        return 1.0 if self.weight is None else self.weight


class Ranks(spec.Model):
    """Scores are rounded to this many significant digits before they are ranked."""

    significant: int = Field(default=12, ge=1, le=15)
