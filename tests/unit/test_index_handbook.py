"""What others have published, from their figures: the Technology Achievement Index of the OECD/JRC Handbook."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from index_cases import CASES

from cityreach.index.aggregate import aggregate_arithmetic, aggregate_copeland, aggregate_geometric
from cityreach.index.normalise import normalise, normalise_goalposts
from cityreach.index.rank import rank_competition
from cityreach.index.weight import varimax, weight_loadings, weight_pca

TAI = pd.read_csv(CASES / "published" / "tai_handbook.csv", comment="#", index_col="country")
FIGURES = TAI.loc[:, "patents":"university"].to_numpy(dtype=float)
EQUAL = np.full((1, FIGURES.shape[1]), 1 / FIGURES.shape[1])
# Goalposts of the Human Development Report 2001, technical note 2; telephones and electricity up to the OECD mean.
LOW = [0, 0, 0, 0, 0, np.log10(22), 0.8, 0.1]
HIGH = [994, 272.6, 232.4, 80.8, np.log10(901), np.log10(6969), 12, 27.4]
# Table 17: loadings of the eight indicators on four components after varimax.
LOADINGS = np.array([
    [0.07, 0.97, 0.06, 0.06], [0.13, 0.07, -0.07, 0.93], [0.79, -0.21, 0.21, 0.42], [-0.64, 0.56, -0.04, 0.36],
    [0.37, 0.17, 0.38, 0.68], [0.82, -0.04, 0.25, 0.35], [0.88, 0.23, -0.09, 0.09], [0.08, 0.04, 0.96, 0.04],
])  # fmt: skip
WEIGHTS = [0.17, 0.15, 0.11, 0.07, 0.08, 0.12, 0.14, 0.16]  # Table 18, principal components


@pytest.mark.parametrize(
    ("column", "name", "parameters", "tolerance"),
    [
        ("rank", "rank", {}, 0),
        ("zscore", "zscore", {}, 0.005),
        ("minmax", "minmax", {"range": (0, 1)}, 0.005),
        ("of_mean", "index", {"level": 1}, 0.005),
        ("of_best", "share", {"range": (0, 1)}, 0.005),
        ("of_worst", "index", {"base": "min", "level": 1}, 0.005),
        ("above_mean", "above_mean", {"margin": 0.2}, 0),
        ("percentile", "percentile", {"kind": "plain"}, 0.05),
    ],
)
def test_normalisations_of_schooling(column: str, name: str, parameters: dict[str, Any], tolerance: float) -> None:
    values = TAI["schooling"].to_numpy(dtype=float)
    np.testing.assert_allclose(
        normalise(name, values, values, **parameters), TAI[column], rtol=0, atol=tolerance + 1e-9
    )


def test_places_by_the_linear_index() -> None:
    scores = [normalise_goalposts(FIGURES[:, at], low=low, high=HIGH[at]) for at, low in enumerate(LOW)]
    found = rank_competition(aggregate_arithmetic(np.column_stack(scores), EQUAL))
    np.testing.assert_array_equal(found, TAI["linear"])


def test_places_by_the_geometric_index() -> None:
    found = rank_competition(aggregate_geometric(FIGURES, EQUAL))  # which no unit of measurement can change
    np.testing.assert_array_equal(found, TAI["geometric"])


def test_wins_less_losses_of_the_outranking_matrix_of_five_countries() -> None:
    # Table 36: Finland 0.5, 0.375, 0.75, 0.625 against the others, and so on.
    np.testing.assert_array_equal(aggregate_copeland(FIGURES[:5], EQUAL), [1, 2, 3, -2, -4])


def test_weights_from_the_published_loadings() -> None:
    np.testing.assert_allclose(weight_loadings(LOADINGS), WEIGHTS, atol=0.005)


def test_components_turn_and_weigh_as_published() -> None:
    values, vectors = np.linalg.eigh(np.corrcoef(FIGURES, rowvar=False))
    np.testing.assert_allclose(values[::-1] / 8, [0.419, 0.218, 0.123, 0.111, 0.060, 0.037, 0.022, 0.009], atol=0.0012)
    turned = np.abs(varimax(vectors[:, :-5:-1] * np.sqrt(values[:-5:-1])))
    order = turned[[6, 0, 7, 1]].argmax(axis=1)  # schooling, patents, university, royalties
    np.testing.assert_allclose(turned[:, order], np.abs(LOADINGS), atol=0.016)
    np.testing.assert_allclose(weight_pca(FIGURES, components=4), WEIGHTS, atol=0.006)
    two = weight_pca(FIGURES, components=2)  # the rule itself: 3.3 and 1.7 are above 1 and have 63.7 %
    np.testing.assert_array_equal(weight_pca(FIGURES), two)
