"""Reproducible chance: every number comes from a generator whose seed is a stable hash of names, never of an order."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

import numpy as np


def seed(*names: object) -> int:
    """A 64-bit seed from names such as an edition's id, a city and a platform; the same on every machine."""
    text = "\x1f".join(map(str, names))
    return int.from_bytes(hashlib.blake2b(text.encode("utf-8"), digest_size=8).digest(), "big")


def generator(*names: object) -> np.random.Generator:
    return np.random.Generator(np.random.PCG64(seed(*names)))


def seeds(*names: object, each: Iterable[object]) -> np.ndarray:
    """One seed per item of `each`, as uint64."""
    return np.array([seed(*names, item) for item in each], dtype=np.uint64)


def uniforms(*names: object, each: Iterable[object]) -> np.ndarray:
    """One number in [0, 1) per item of `each`."""
    return _to_unit(seeds(*names, each=each))


def normals(*names: object, each: Iterable[object]) -> np.ndarray:
    """One standard normal number per item of `each` (Box and Muller)."""
    items = list(each)
    first, second = uniforms(*names, 1, each=items), uniforms(*names, 2, each=items)
    return np.sqrt(-2 * np.log1p(-first)) * np.cos(2 * np.pi * second)


def mixed(numbers: np.ndarray, salt: int) -> np.ndarray:
    """Well-mixed uint64 values of uint64 numbers (the finaliser of splitmix64), for ids."""
    with np.errstate(over="ignore"):
        mix = numbers.astype(np.uint64) + np.uint64((salt * 0x9E3779B97F4A7C15) % 2**64)
        mix = (mix ^ (mix >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        mix = (mix ^ (mix >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return mix ^ (mix >> np.uint64(31))


def _to_unit(values: np.ndarray) -> np.ndarray:
    return (values >> np.uint64(11)).astype(np.float64) / 2**53
