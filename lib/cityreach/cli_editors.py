"""What the command line does for editors: drafts of an edition's texts, their check, the proof copy."""

from __future__ import annotations

import sys
from typing import Annotated, Any

import typer

from cityreach import terminal
from cityreach.alone import alone


@alone()
def draft(
    edition: Annotated[str, typer.Argument(metavar="EDITION", help="An edition's id, for example 2025-03.")],
    lang: Annotated[str, typer.Option("--lang", help="zh or en; --check looks at both where it is left out.")] = "",
    check: Annotated[
        bool, typer.Option("--check", help="Only say what is wrong with the editors' texts. 只检查编辑稿。")
    ] = False,
) -> None:
    """Write each section's generated words as Markdown for editing; no file that is there is touched. 生成编辑稿。"""
    from cityreach import edition as editions
    from cityreach import pipeline, products

    products.check_language(lang or "zh")
    chosen = editions.load(edition)
    pipeline.prepare(chosen)
    if check:
        check_texts(chosen.id, lang)
        terminal.say("Checked 检查完毕: the editors' texts hold no error.")
        return
    from cityreach.drafting import write_drafts

    made, there = write_drafts(chosen.id, lang or "zh")
    for name in made:
        terminal.say(f"Wrote {name}")
    terminal.done(f"{len(made)} draft(s) written; {len(there)} file(s) were there and stay as they are.")


def check_texts(edition_id: str, lang: str, *, refuse: bool = True) -> None:
    """Say what is wrong with the editors' texts; EditorialError, a line each, where errors are to be refused."""
    from cityreach.editorial import faults, files

    if not files.listed(edition_id):
        return
    from cityreach import drafting

    found = drafting.check(edition_id, [lang] if lang else files.LANGUAGES)
    for each in found:
        if each.level == "warning" or not refuse:
            sys.stderr.write(f"{each}\n")
    if refuse:
        faults.refuse(found)


def build_proof(report: Any, kernel: Any, step: Any) -> str:
    """Build the proof copy of a report's job; returns its name."""
    from cityreach import paths, products
    from cityreach.publish.page import build_page

    job = products.proof(report)
    return paths.relative(build_page(job, products.proof_file(job), progress=step, kernel=kernel))
