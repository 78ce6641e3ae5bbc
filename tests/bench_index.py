"""Part of `make bench`: the index engine on made-up tables, beside what is aimed at (one process)."""

from __future__ import annotations

import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from cityreach import spec
from cityreach.index import Method, Scores, compute
from cityreach.index.plan import Plan
from cityreach.index.sensitivity import sobol
from cityreach.index.study import check
from cityreach.index.uncertainty import draw, intervals

RUNS = 5
WORDS = {"zh": "字", "en": "word"}
BASIS = {"status": "own", "citation": WORDS}
PLAN = {
    "normalisation": [{"by": "zscore", "mean": 50, "sd": 15}, "percentile"],
    "weights": 0.25,
    "aggregation": [{"by": "geometric", "shift": 1}],
}


@dataclass(frozen=True)
class Index:
    method: Method
    data: pd.DataFrame
    scores: Scores


def make_index(units: int, indicators: int, pillars: int) -> Index:
    """An index of three levels below the root, from figures drawn with a fixed seed: some skewed, a few missing."""
    method, data = make_method(indicators, pillars, 2), make_data(units, indicators)
    return Index(method, data, compute(method, data))


def make_method(indicators: int, pillars: int, wings: int) -> Method:
    leaves = [[f"i{n}" for n in range(indicators) if n % pillars == pillar] for pillar in range(pillars)]
    branches = [_branch(f"p{n}", [{"code": code, "weight": 1} for code in codes]) for n, codes in enumerate(leaves)]
    halves = [_branch(f"w{n}", branches[n::wings]) for n in range(wings)]
    weights = BASIS | {"relative": True}
    content = {
        "id": "bench", "version": "1", "title": WORDS, "description": WORDS,
        "levels": [{"code": code, "label": WORDS, "weights": weights} for code in ("wing", "pillar", "indicator")],
        "imputation": "median", "treatment": "two_stage",
        "normalisation": BASIS | {"default": {"by": "minmax", "range": [1, 100]}},
        "indicators": {f"i{n}": {"label": WORDS, "direction": -1 if n % 7 == 6 else 1} for n in range(indicators)},
        "tree": {"code": "index", "label": WORDS, "children": halves},
    }  # fmt: skip
    return spec.check_model(content, Method, Path("bench@1.yml"))


def _branch(code: str, children: list[Any]) -> dict[str, Any]:
    return {"code": code, "label": WORDS, "weight": 1, "children": children}


def make_data(units: int, indicators: int) -> pd.DataFrame:
    rng = np.random.default_rng(4)
    common = rng.normal(size=(units, 1))
    figures = 50 + 10 * (common + rng.normal(size=(units, indicators)))
    skewed = np.arange(indicators) % 5 == 4
    figures[:, skewed] = np.exp(figures[:, skewed] / 8)
    figures[rng.random(figures.shape) < 0.02] = np.nan
    frame = pd.DataFrame(figures, columns=[f"i{n}" for n in range(indicators)])
    frame.insert(0, "unit", [f"u{n:03d}" for n in range(units)])
    return frame


def make_plan(draws: int) -> Plan:
    return spec.check_model({"id": "bench", "title": WORDS, "draws": draws, **PLAN}, Plan, Path("bench.yml"))


def build(index: Index) -> object:
    return compute(index.method, index.data)


def draws(index: Index) -> object:
    return intervals(draw(check(make_plan(1000), index.scores)))


def many_draws(index: Index) -> object:
    return intervals(draw(check(make_plan(10_000), index.scores)))


def indices(index: Index) -> object:
    return sobol(check(make_plan(1000), index.scores), "")


ASEM, CITIES = (51, 49, 8), (138, 30, 6)  # units, indicators, pillars; always two wings and the whole above them
JOBS: dict[str, tuple[Callable[[Index], object], tuple[int, int, int], str, str]] = {
    "build": (build, ASEM, "51 units x 49 indicators x 4 levels, one build", "0.03 s"),
    "draws": (draws, ASEM, "the same, 1,000 replications over scales, weights and means", "0.8 s"),
    "sobol": (indices, ASEM, "the same, Sobol indices from 5,120 runs with their bootstrap", "4 s"),
    "many": (many_draws, CITIES, "138 units x 30 indicators, 10,000 replications", "10 s, 1,024 MiB"),
}


def measure(name: str) -> None:
    """One job, after a run that is not counted."""
    job, (units, indicators, pillars), words, bar = JOBS[name]
    index = make_index(units, indicators, pillars)
    job(index)
    found = [_seconds(lambda: job(index)) for _ in range(RUNS)]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    spread = f"median {statistics.median(found):.3f} s of {RUNS} ({min(found):.3f} to {max(found):.3f})"
    print(f"{words}: {spread}, {peak:.0f} MiB (bar {bar})", flush=True)


def _seconds(job: Callable[[], object]) -> float:
    start = time.perf_counter()
    job()
    return time.perf_counter() - start


def main() -> None:
    """Every job in a process of its own, so that its peak of memory is its own."""
    for name in JOBS:
        subprocess.run([sys.executable, "-m", "tests.bench_index", name], check=True)


if __name__ == "__main__":
    measure(sys.argv[1]) if sys.argv[1:] else main()
