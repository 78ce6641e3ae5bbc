"""Mutated exports in large numbers: `python -m tests.fuzz --family csv --count 100000 --seed 1`.

Every file must either be refused in one line that names it, or be read with every row accounted for. A file is made
from the seed and its number alone, so that any single one can be made again.
"""
