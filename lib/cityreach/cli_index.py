"""What the command line does with any composite index: compute one, and compare two methods."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from cityreach import terminal
from cityreach.errors import DataError

LanguageOption = Annotated[str, typer.Option("--lang", help="Language of the texts: zh or en.")]


def index(
    method: Annotated[str, typer.Argument(metavar="METHOD", help="A method's YAML file, or a name in data/methods/.")],
    data: Annotated[Path, typer.Argument(metavar="DATA", help="A table, one row a unit: CSV, XLSX, XLS or ODS.")],
    out: Annotated[Path, typer.Option("--out", metavar="FOLDER", help="Where to write the results.")],
    lang: LanguageOption = "zh",
    weights: Annotated[str, typer.Option("--weights", help="A weight set that the method names.")] = "",
) -> None:
    """Compute any composite index from its method and a table: scores, ranks, contributions. 计算任意综合指数。"""
    from cityreach import products
    from cityreach.index import compute, writing

    products.check_language(lang)
    chosen, table = _method(method), writing.read_table(data)
    with _named(data):
        scores = compute(chosen, table, weights=weights or None)
    files = writing.write(scores, out, lang=lang)
    terminal.done(f"{len(scores.leaves.rows)} rows scored; {', '.join(file.name for file in files)}")
    if scores.dropped:
        terminal.say(f"{len(scores.dropped)} row(s) left out by `screening`; see screened.csv.")


def compare(
    method_a: Annotated[str, typer.Argument(metavar="METHOD_A", help="The old method: its file, or its name.")],
    method_b: Annotated[str, typer.Argument(metavar="METHOD_B", help="The new method, or the same one again.")],
    data: Annotated[Path, typer.Argument(metavar="DATA", help="A table, one row a unit: CSV, XLSX, XLS or ODS.")],
    out: Annotated[Path, typer.Option("--out", metavar="FOLDER", help="Where to write the comparison.")],
    lang: LanguageOption = "zh",
    weights_a: Annotated[str, typer.Option("--weights-a", help="A weight set that METHOD_A names.")] = "",
    weights_b: Annotated[str, typer.Option("--weights-b", help="A weight set that METHOD_B names.")] = "",
    top: Annotated[int, typer.Option("--top", min=1, help="How many first places to watch.")] = 10,
) -> None:
    """Compare two methods, or two weight sets, on the same table: who would stand where. 比较两种方法。"""
    from cityreach import products
    from cityreach.index import compute, whatif, writing

    products.check_language(lang)
    table = writing.read_table(data)
    chosen = [(_method(name), weights) for name, weights in ((method_a, weights_a), (method_b, weights_b))]
    with _named(data):
        scores = [compute(method, table, weights=weights or None) for method, weights in chosen]
    names = [f"{method.name} ({weights})" if weights else method.name for method, weights in chosen]
    found = whatif.compare(scores[0], scores[1], top=top, names=(names[0], names[1]))
    files = whatif.write(found, out, lang=lang)
    for line in whatif.lines(found, lang):
        terminal.say(line)
    terminal.done(", ".join(file.name for file in files))


def _method(name: str) -> Any:
    from cityreach.index import load_method, read_method

    return read_method(Path(name)) if name.endswith((".yml", ".yaml")) else load_method(name)


@contextmanager
def _named(data: Path) -> Iterator[None]:
    """Errors of a table with its file before them."""
    try:
        yield
    except DataError as error:
        raise DataError(f"{data.name}: {error}") from None
