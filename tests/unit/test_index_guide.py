"""The guide to method files says what is so: its example comes out as stated, and it names every rule there is."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pandas as pd
import yaml

from cityreach.index import Method, compute
from cityreach.index.aggregate import AGGREGATES
from cityreach.index.impute import IMPUTERS
from cityreach.index.normalise import NORMALISERS
from cityreach.index.transform import TRANSFORMS
from cityreach.index.treat import TREATMENTS

GUIDE = (Path(__file__).resolve().parents[2] / "docs" / "index-methods.md").read_text(encoding="utf-8")


def test_the_example_of_the_guide_gives_what_the_guide_says() -> None:
    method = Method.model_validate(yaml.safe_load(re.search(r"```yaml\n(.*?)```", GUIDE, re.S)[1]))  # type: ignore[index]
    data = pd.read_csv(io.StringIO(re.search(r"```csv\n(.*?)```", GUIDE, re.S)[1]))  # type: ignore[index]
    assert compute(method, data).wide()["liveable"].tolist() == [25, 50, 75]
    assert "gives A 25 (parks 0, noise 50), B 50, C 75" in GUIDE


def test_the_guide_names_every_rule() -> None:
    named = set(re.findall(r"`(?:\{by: )?(\w+)", GUIDE))
    for family in (NORMALISERS, TRANSFORMS, IMPUTERS, TREATMENTS, AGGREGATES):
        assert set(family) <= named
