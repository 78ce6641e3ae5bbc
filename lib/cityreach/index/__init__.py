"""The index engine: a method (YAML) and a table of figures become scores, ranks, movements and their reasons.

`method` reads and checks the YAML; `source` turns tidy rows into one column a leaf; `normalise`, `aggregate` and
`rank` are small families of pure functions; `engine` runs them over a tree; `compute` puts it all together.
`compare`, `decompose` and `uncertainty` read the scores table. Nothing in here names a platform or an indicator.
"""

from cityreach.index.compute import check_scored, compute, compute_table
from cityreach.index.method import Method, load_method, read_method

__all__ = ["Method", "check_scored", "compute", "compute_table", "load_method", "read_method"]
