"""A notebook run inside this process, for many reports made one after the other: no kernel to start for each.

What a run shares with the next one is imported modules and what these hold by themselves; its names are its own and are
dropped with it. The notebook that comes out is the one that a kernel gives, output for output.
"""

from __future__ import annotations

import ast
import contextlib
import io
import json
import sys
import traceback
from functools import cache
from pathlib import Path
from typing import Any

from cityreach import paths
from cityreach.blocks import SPEC_MIME, SVG_MIME
from cityreach.publish import run

NAMES = {"__name__": "__main__", "__builtins__": __builtins__}


def execute(path: Path, parameters: dict[str, Any]) -> Any:
    """The notebook executed; charts that nobody has drawn are drawn here.

    Errors as of `run.execute`: UnknownNameError for a parameter that is not declared, FailedRun where a cell raises.
    """
    name = paths.relative(path)
    source = run.read(path)
    run.check_parameters(source, parameters, name=name)
    notebook = run.prepared(source, parameters)
    names = dict(NAMES)
    count = 0
    for index, cell in enumerate(notebook.cells):
        if cell.cell_type == "code":
            count += 1
            _run_cell(cell, count, names)
            if any(output.output_type == "error" for output in cell.outputs):
                failed = cell.outputs[-1]
                raise run.FailedRun(run.failure(name, notebook, index, f"{failed.ename}: {failed.evalue}"), notebook)
    run.refuse_silent_errors(notebook, name)
    notebook.metadata["language_info"] = _language()
    return notebook


def _run_cell(cell: Any, count: int, names: dict[str, Any]) -> None:
    """Run a cell and keep what it shows, as a kernel would: streams, its last value, or its error."""
    from nbformat.v4 import new_output

    cell.execution_count, cell.outputs = count, []
    streams = {"stdout": io.StringIO(), "stderr": io.StringIO()}
    shown: Any = None
    try:
        with contextlib.redirect_stdout(streams["stdout"]), contextlib.redirect_stderr(streams["stderr"]):
            value = _value(cell.source, names)
            shown = _bundle(value) if value is not None else None
    except Exception as error:  # noqa: BLE001 - whatever a cell raises is the cell's
        lines = traceback.format_exception(error)
        cell.outputs.append(
            new_output(
                "error", ename=type(error).__name__, evalue=str(error), traceback=[line.rstrip() for line in lines]
            )
        )
        return
    for name, stream in streams.items():
        if stream.getvalue():
            cell.outputs.append(new_output("stream", name=name, text=stream.getvalue()))
    if shown:
        cell.outputs.append(new_output("execute_result", data=shown, metadata={}, execution_count=count))


def _value(source: str, names: dict[str, Any]) -> Any:
    """Run a cell's statements; the value of the last one where it is an expression that no semicolon ends."""
    tree = ast.parse(source)
    last = tree.body[-1] if tree.body else None
    if not isinstance(last, ast.Expr) or source.rstrip().endswith(";"):
        exec(compile(tree, "<cell>", "exec"), names)
        return None
    exec(compile(ast.Module(tree.body[:-1], []), "<cell>", "exec"), names)
    return eval(compile(ast.Expression(last.value), "<cell>", "eval"), names)


def _bundle(value: Any) -> dict[str, Any]:
    """What a kernel sends of a value, as plain JSON, with the drawing of a chart."""
    data, _ = _formatter().format(value)
    plain: dict[str, Any] = json.loads(json.dumps(data))
    if SPEC_MIME in plain and SVG_MIME not in plain:
        from cityreach.charts import drawing

        plain[SVG_MIME] = drawing.draw(plain[SPEC_MIME])
    return plain


@cache
def _formatter() -> Any:
    from IPython.core.formatters import DisplayFormatter

    return DisplayFormatter()


def _language() -> dict[str, Any]:
    """What a kernel says of its language."""
    return {
        "codemirror_mode": {"name": "ipython", "version": sys.version_info[0]}, "file_extension": ".py",
        "mimetype": "text/x-python", "name": "python", "nbconvert_exporter": "python",
        "pygments_lexer": f"ipython{sys.version_info[0]}", "version": sys.version.split()[0],
    }  # fmt: skip
