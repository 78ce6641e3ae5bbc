"""A small report for the tests of cityreach.publish: every kind of block, realistic text, hostile posts."""

from __future__ import annotations

import ast
import copy
import json
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from cityreach.publish.job import Job
from cityreach.publish.tables import DataTable

SAMPLE = yaml.safe_load((Path(__file__).parents[1] / "notebooks" / "sample.yml").read_text(encoding="utf-8"))
BAND: str = SAMPLE["band"]
HOSTILE: str = SAMPLE["hostile"]
TITLE = "中国城市海外社交媒体传播力指数"
PARAMETERS = 'edition: str = "2025-03"  # the issue\nlang: str = "zh"'
SETUP = f"""
import json
import altair as alt
import pandas as pd
from cityreach import charts
from cityreach.blocks import Block
charts.use()
fit = alt.AutoSizeParams(type="fit-x", contains="padding")
source = {SAMPLE["source"]!r}
"""


def rows(count: int = 138) -> list[list[Any]]:
    """A full panel's rows, with a rise, a fall and no change in turn."""
    cities = SAMPLE["cities"].split()
    names = [cities[n % len(cities)] + ("", "新区", "港")[n // len(cities)] for n in range(count)]
    moves = [{"text": "▲1", "tone": "up"}, {"text": "3", "tone": "down"}, {"text": "—", "tone": "muted"}]
    scores = [87.4 - 0.41 * n for n in range(count)]
    return [
        [str(n + 1), name, "江苏", f"{score:.1f}", moves[n % 3], *(f"{score + d:.1f}" for d in (2, -3, 5, -8))]
        for n, (name, score) in enumerate(zip(names, scores, strict=True))
    ]


def blocks() -> list[dict[str, Any]]:
    """The sample's blocks, fresh to be changed."""
    found = copy.deepcopy(SAMPLE["blocks"])
    for block in found:
        if block.get("key") == "scores":
            block["rows"] = rows()
        if block.pop("hostile", False):
            block["text"] = HOSTILE
    return list(found)


def code(block: dict[str, Any]) -> str:
    """The source of the cell that shows a block."""
    if block["kind"] == "chart":
        return str(block["code"])
    content = json.dumps({key: value for key, value in block.items() if key != "kind"}, ensure_ascii=False)
    return f"Block({block['kind']!r}, json.loads({content!r}))"


def notebook(codes: list[str] | None = None) -> Any:
    """A notebook with a parameters cell, the setup and these cells; without cells given, the whole sample."""
    import nbformat

    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    made = nbformat.v4.new_notebook(metadata={"kernelspec": kernel})
    tagged = {"tags": ["parameters"]}
    made.cells.append(nbformat.v4.new_code_cell(PARAMETERS, id="parameters", metadata=tagged))
    for number, source in enumerate([SETUP, *([code(block) for block in blocks()] if codes is None else codes)]):
        made.cells.append(nbformat.v4.new_code_cell(source.strip(), id=f"cell-{number}"))
    return made


def short(*codes: str) -> Any:
    """A notebook with a cover, one section and these cells."""
    cover, section = blocks()[0], blocks()[1]
    return notebook([code(cover), code(section), *codes])


def executed(made: Any) -> Any:
    """The notebook with the outputs that its cells show, run in this process: no kernel, no second to wait."""
    import nbformat

    space: dict[str, Any] = {}
    for count, cell in enumerate(made.cells, start=1):
        tree = ast.parse(cell.source)
        last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
        exec(compile(tree, cell.id, "exec"), space)
        cell.execution_count = count
        value = (
            eval(compile(ast.Expression(last.value), cell.id, "eval"), space) if isinstance(last, ast.Expr) else None
        )
        if hasattr(value, "_repr_mimebundle_"):
            bundle = value._repr_mimebundle_()
            data = bundle[0] if isinstance(bundle, tuple) else bundle
            cell.outputs.append(nbformat.v4.new_output("execute_result", data=data, execution_count=count))
    return made


def tables() -> dict[str, DataTable]:
    """Two data tables with a formula, nulls, days and a float that does not print short."""
    frame = pd.DataFrame(
        {
            "city_id": ["320100", "110000", "510100"],
            "name": ["南京", "=cmd|' /C calc'!A0", "@成都"],
            "score": [86.4, 0.1 + 0.2, None],
            "rank": pd.array([1, 2, None], dtype="Int64"),
            "day": pd.to_datetime(["2025-03-24", None, "2025-03-31"]),
        }
    )
    labels = {"name": "城市", "score": "得分"}
    return {"scores": DataTable(frame, "综合得分", "0—100分", labels), "moves": DataTable(frame.head(1), "变化")}


def job(**changes: Any) -> Job:
    """The job that builds the sample."""
    given: dict[str, Any] = {
        "name": "2025-03",
        "notebook": "sample",
        "parameters": {"edition": "2025-03"},
        "lang": "zh",
        "title": f"{TITLE} 2025年3月号",
        "day": date(2025, 4, 7),
        "band": BAND,
        "tables": tables,
        "provenance": {"edition": "2025-03", "method": "social-reach@1"},
    }
    return Job(**{**given, **changes})


def write(root: Path, made: Any) -> None:
    """Put a notebook where a project under `root` keeps it."""
    import nbformat

    (root / "notebooks").mkdir(parents=True, exist_ok=True)
    nbformat.write(made, root / "notebooks" / "sample.ipynb")
