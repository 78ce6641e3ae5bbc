"""The command on annual indices."""

from __future__ import annotations

from typing import Annotated

import typer

from cityreach import terminal
from cityreach.alone import alone

EditionArgument = Annotated[
    str, typer.Argument(metavar="EDITION", help="An annual edition's id, for example image-2025.")
]
Language = Annotated[str, typer.Option("--lang", help="Language of the report: zh or en.")]


@alone()
def annual(edition: EditionArgument, lang: Language = "zh") -> None:
    """Build the report of an annual index from its sheet (image-2025, influence-2025 ...). 生成年度指数报告。"""
    from cityreach.publish import waiting
    from cityreach.publish.kernel import warm_kernel

    with warm_kernel(waiting.PACKAGES["annual"]) as kernel:  # before all else: it needs longest to be ready
        from cityreach import products
        from cityreach.annual import product
        from cityreach.publish.job import build

        products.check_language(lang)
        job = product.job(edition, lang)
        with terminal.progress("Building the report 生成报告") as step:
            folder = build(job, progress=step, kernel=kernel)
    terminal.built(folder)


def simulate_sheet(edition: str) -> bool:
    """Write the sheet of an annual edition that is simulated; False where the id is none of an annual edition."""
    from cityreach import paths
    from cityreach.annual import edition as editions

    if edition not in editions.ids():
        return False
    from cityreach.annual import simulating

    terminal.say(f"The simulated sheet is {paths.relative(simulating.run(edition))}.")
    return True
