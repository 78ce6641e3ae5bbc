"""The commands on dossiers: one city, or every city of a panel."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from cityreach import terminal
from cityreach.alone import alone

City = Annotated[str, typer.Argument(metavar="CITY", help="A city: 深圳, Shenzhen or 440300.")]
Period = Annotated[str, typer.Argument(metavar="EDITION", help="An edition such as 2025-03, or a year such as 2025.")]
Only = Annotated[list[str] | None, typer.Option("--only", metavar="CITY", help="Of the panel, only this city; again.")]
Jobs = Annotated[int, typer.Option("--jobs", min=0, help="How many processes; 0: one for each core.")]
Language = Annotated[str, typer.Option("--lang", help="Language of the dossier: zh or en.")]


@alone()
def dossier(city: City, edition: Period, lang: Language = "zh") -> None:
    """Build a city's dossier (HTML, PDF, workbook, data) into reports/EDITION/dossiers. 城市档案。"""
    from cityreach.publish import waiting
    from cityreach.publish.kernel import warm_kernel

    with warm_kernel(waiting.PACKAGES["dossier"]) as kernel:
        from cityreach import dossiers
        from cityreach.publish.job import build

        with terminal.progress("Reading the exports 读取数据") as step:
            batch = dossiers.prepare(edition, lang, cities=[city], on_step=step)
        with terminal.progress("Building the dossier 生成档案") as step:
            folder = build(batch.job(batch.cities[0]), progress=step, kernel=kernel)
    terminal.built(folder, "dossier.xlsx")


@alone()
def dossiers(edition: Period, lang: Language = "zh", only: Only = None, jobs: Jobs = 0) -> None:
    """Build every city's dossier, an index page and a ZIP for each province. 全部城市档案。"""
    from cityreach import dossiers, dossiers_index, paths

    with terminal.progress("Reading the exports 读取数据") as step:
        batch = dossiers.prepare(edition, lang, cities=only or (), on_step=step)
    made: list[dossiers.Made] = []
    with terminal.progress("Building the dossiers 生成档案") as step:
        for each in dossiers.build(batch, jobs=jobs):
            made.append(each)
            step(f"{len(made)} of {len(batch.cities)}", len(made) / len(batch.cities))
    failed = [each for each in made if each.error]
    for each in sorted(failed, key=lambda one: one.city_id):
        sys.stderr.write(f"Error 错误: {batch.name(each.city_id)}: {each.error}\n")
    page = dossiers_index.write(batch)
    same = sum(each.skipped for each in made)
    terminal.done(
        f"{paths.relative(page)}; {len(made) - len(failed) - same} built, {same} as they were, {len(failed)} failed"
    )
    if failed:
        raise typer.Exit(4)
