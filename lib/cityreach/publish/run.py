"""Execute a notebook with strict parameters; a failing cell becomes one line that names it."""

from __future__ import annotations

import ast
import logging
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cityreach import blocks, paths
from cityreach.errors import ReportError, UnknownNameError
from cityreach.publish.kernel import START_TIMEOUT

OnCell = Callable[[int, int, Any], None]


class FailedRun(ReportError):
    """A cell raised or the kernel died; `notebook` is the notebook as far as it ran."""

    def __init__(self, message: str, notebook: Any) -> None:
        super().__init__(message)
        self.notebook = notebook


@dataclass
class _Watch:
    """What is known about a run while it goes on."""

    notebook: Any
    on_cell: OnCell
    index: int = 0

    def start(self, *, cell: Any, cell_index: int) -> None:
        """Called before each cell: the cell before it has all its outputs."""
        self.index = cell_index
        done = self.notebook.cells[cell_index - 1] if cell_index else None
        self.on_cell(cell_index, len(self.notebook.cells), done)


def read(path: Path) -> Any:
    """The notebook at that path; ReportError where it is missing or not a notebook."""
    import nbformat

    try:
        return nbformat.read(path, as_version=4)
    except FileNotFoundError:
        raise ReportError(
            f"{paths.relative(path)}: the notebook does not exist. Restore it or correct its name."
        ) from None
    except (nbformat.reader.NotJSONError, nbformat.ValidationError) as error:
        reason = " ".join(str(error).split())[:120]
        raise ReportError(
            f"{paths.relative(path)}: not a notebook ({reason}). Restore it from the repository."
        ) from None


def declared_parameters(notebook: Any, name: str) -> list[str]:
    """The names that the cell tagged `parameters` assigns, in order; ReportError where there is no such cell."""
    tagged = [cell for cell in notebook.cells if "parameters" in cell.metadata.get("tags", [])]
    if len(tagged) != 1:
        raise ReportError(
            f"{name}: {len(tagged)} cells are tagged `parameters`, there must be one. Tag the first code cell."
        )
    try:
        statements = ast.parse(tagged[0].source).body
    except SyntaxError as error:
        raise ReportError(f"{name}: the parameters cell is not Python (line {error.lineno}). Correct it.") from None
    targets = [target for statement in statements for target in _targets(statement)]
    return [target.id for target in targets if isinstance(target, ast.Name)]


def _targets(statement: ast.stmt) -> list[ast.expr]:
    if isinstance(statement, ast.Assign):
        return statement.targets
    return [statement.target] if isinstance(statement, ast.AnnAssign) else []


def check_parameters(notebook: Any, parameters: dict[str, Any], *, name: str) -> None:
    """Refuse a parameter that the notebook does not declare (papermill itself only warns)."""
    declared = declared_parameters(notebook, name)
    unknown = sorted(set(parameters) - set(declared))
    if unknown:
        raise UnknownNameError(
            f"{name}: unknown parameter(s) {', '.join(unknown)}. Its parameters cell declares: {', '.join(declared)}."
        )


def execute(path: Path, parameters: dict[str, Any], *, on_cell: OnCell, kernel: Any) -> Any:
    """The notebook executed in a running kernel; `on_cell` gets the cells done, all cells, the last one done.

    Raises UnknownNameError for a parameter that is not declared, FailedRun where a cell raises or the kernel dies.
    """
    notebook = read(path)
    name = paths.relative(path)
    check_parameters(notebook, parameters, name=name)
    executed = _run(_Watch(notebook, on_cell), parameters, name=name, kernel=kernel)
    refuse_silent_errors(executed, name)
    return executed


def refuse_silent_errors(notebook: Any, name: str) -> None:
    """FailedRun where showing a result raised: IPython prints such errors to the error stream and goes on."""
    for number, cell in enumerate((cell for cell in notebook.cells if not _added(cell)), start=1):
        said = "".join(output.text for output in cell.get("outputs", []) if output.get("name") == "stderr")
        if "Traceback (most recent call last)" in said:
            raise FailedRun(f"{name}, cell {number}: {said.strip().splitlines()[-1][:300]}", notebook)


def _run(watch: _Watch, parameters: dict[str, Any], *, name: str, kernel: Any) -> Any:
    from nbclient.exceptions import DeadKernelError
    from papermill.engines import papermill_engines
    from papermill.exceptions import PapermillException, PapermillExecutionError
    from papermill.execute import raise_for_execution_errors

    names = {"engine_name": _engine(), "kernel_name": "python3"}
    try:
        executed = papermill_engines.execute_notebook_with_engine(
            nb=prepared(watch.notebook, parameters), progress_bar=False, autosave_cell_every=0,
            start_timeout=START_TIMEOUT, km=kernel, on_cell_start=watch.start, watch=watch, **names,
        )  # fmt: skip
        raise_for_execution_errors(executed, None)
        return executed
    except PapermillExecutionError as error:
        message = f"{error.ename}: {error.evalue}" if error.evalue else error.ename
        raise FailedRun(failure(name, watch.notebook, watch.index, message), watch.notebook) from None
    except (PapermillException, DeadKernelError, RuntimeError) as error:
        message = str(error) or type(error).__name__
        raise FailedRun(failure(name, watch.notebook, watch.index, message), watch.notebook) from None


def prepared(notebook: Any, parameters: dict[str, Any]) -> Any:
    """The notebook with its parameters as papermill puts them in.

    A step of its own: in one with the run, papermill ends by writing the whole notebook as text, which nobody reads.
    """
    from papermill.execute import execute_notebook

    logging.getLogger("papermill").setLevel(logging.CRITICAL)
    names = {"engine_name": _engine(), "kernel_name": "python3"}
    return execute_notebook(notebook, None, parameters, cwd=paths.root(), prepare_only=True, **names)


def _engine() -> str:
    """The name of the papermill engine that hands the notebook to the watch before the kernel starts."""
    from papermill.engines import NBClientEngine, papermill_engines

    class WatchedEngine(NBClientEngine):
        @classmethod
        def execute_managed_notebook(cls, nb_man: Any, kernel_name: str, *, watch: _Watch, **options: Any) -> Any:
            watch.notebook = nb_man.nb
            return super().execute_managed_notebook(nb_man, kernel_name, **options)

    papermill_engines.register("cityreach", WatchedEngine)
    return "cityreach"


def failure(name: str, notebook: Any, index: int, message: str) -> str:
    """One line: notebook, cell as it is counted in the source, the heading above it, the error."""
    failed = next((n for n, cell in enumerate(notebook.cells) if _failed(cell)), index)
    before = [cell for cell in notebook.cells[: failed + 1] if not _added(cell)]
    number = len(before)
    heading = _heading(before)
    place = f"cell {number}" + (f" under “{heading}”" if heading else "")
    return f"{name}, {place}: {' '.join(message.split())[:300]}"


def _added(cell: Any) -> bool:
    """Whether papermill put the cell there."""
    return bool({"injected-parameters", "papermill-error-cell-tag"} & set(cell.metadata.get("tags", [])))


def _failed(cell: Any) -> bool:
    return any(output.output_type == "error" for output in cell.get("outputs", []))


def _heading(cells: list[Any]) -> str:
    """The last heading above a cell: a section shown as a block, or a Markdown heading."""
    for cell in reversed(cells):
        for output in reversed(cell.get("outputs", [])):
            shown = output.get("data", {}).get(blocks.MIME, {})
            if shown.get("kind") == "section":
                return f"{shown.get('number', '')} {shown.get('kicker', '')}".strip()
        found = re.findall(r"^#+\s+(.+)$", cell.source, re.MULTILINE) if cell.cell_type == "markdown" else []
        if found:
            return found[-1].strip()
    return ""
