"""The index engine: a method (YAML) and a table of figures become scores, ranks, their reasons and their firmness.

`method` reads and checks the YAML (`schema`, `family`, `flat`, `problems`); `source` reads a table; `prepare` takes the
steps of a leaf in the order of the Handbook (`screen`, `denominate`, `impute`, `treat`, `normalise`); `engine` walks up
the tree (`weight`, `aggregate`); `compute` puts it together and ranks (`rank`). `decompose` (`shapley`, `mixed`) says
why a score moved, `multivariate` and `leaveout` whether the parts belong together, `uncertainty` (`plan`, `study`,
`replicate`, `sensitivity`) how firm places are, `whatif` what another method would give; `writing` puts it on disk.

Each step is a family of pure functions: a new one is a function and a line in the family's list. Nothing in here names
a platform, a city or an indicator.
"""

from cityreach.index.compute import Scores, compute
from cityreach.index.method import Method, load_method, read_method

__all__ = ["Method", "Scores", "compute", "load_method", "read_method"]
