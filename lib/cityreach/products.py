"""The products: which notebook, parameters, title and tables make which report; nothing heavy is imported here."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from cityreach import blocks, gates, paths
from cityreach import edition as editions
from cityreach.edition import Edition
from cityreach.editorial import files
from cityreach.errors import UnknownNameError
from cityreach.prose import Writer
from cityreach.publish.job import Job

LANGUAGES = ("zh", "en")


def check_language(lang: str) -> None:
    """UnknownNameError for a language that reports are not written in."""
    if lang not in LANGUAGES:
        raise UnknownNameError(f"Language `{lang}` does not exist. Write {' or '.join(LANGUAGES)}.")


def monthly_report(edition_id: str, lang: str, *, ready: list[Edition], despite: str = "") -> Job:
    """The monthly report of an edition; `ready` are the editions it is made of, oldest first.

    despite: why it is built although its exports fall short of a gate; printed only where they do.
    """
    check_language(lang)
    edition = editions.load(edition_id)
    writer = Writer(lang, "monthly")
    broken = gates.stored(edition) if despite else []
    excuse = {"despite": despite} if broken else {}
    return Job(
        name=edition_id,
        notebook="monthly_report",
        parameters={"edition": edition_id, "lang": lang} | excuse,
        lang=lang,
        title=f"{edition.title[lang]} {edition.label[lang]}",
        day=edition.counting_date,
        band=writer.label("cover.band") if edition.simulated else None,
        notice=_notice(writer, edition, despite) if broken else None,
        mode=edition.mode,
        traced=True,
        provenance=_provenance(edition, ready) | excuse | _shortfalls(broken),
    )


def proof(report: Job) -> Job:
    """The proof copy of a monthly report for its editors: one page, in a folder of its own."""
    return replace(report, name=f"{report.name}-proof", parameters=report.parameters | {"marked": True})


def proof_file(job: Job) -> Path:
    """Where a proof copy stands."""
    return paths.reports(job.name, f"proof.{job.lang}.html")


def quality_page(edition_id: str, lang: str) -> Job:
    """The page on how good an edition's data are; it stands in the edition's report folder as `quality_file`."""
    return _editors_page(edition_id, lang, words="quality", notebook="data_quality", name=f"{edition_id}-quality")


def quality_file(edition_id: str) -> Path:
    """Where the page of an edition stands."""
    return paths.reports(edition_id, "data_quality.html")


def method_check(edition_id: str, lang: str) -> Job:
    """The page on an edition's method; it stands in the edition's report folder as `method_check_file`."""
    return _editors_page(edition_id, lang, words="methodcheck", notebook="method_check", name=f"{edition_id}-method")


def method_check_file(edition_id: str) -> Path:
    """Where the page of an edition stands."""
    return paths.reports(edition_id, "method_check.html")


def _editors_page(edition_id: str, lang: str, *, words: str, notebook: str, name: str) -> Job:
    """A page for editors on one edition; `words` is the prose file that has its title and band."""
    check_language(lang)
    edition = editions.load(edition_id)
    writer = Writer(lang, words)
    return Job(
        name=name,
        notebook=notebook,
        parameters={"edition": edition_id, "lang": lang},
        lang=lang,
        title=f"{writer.label('cover.title')} {edition.label[lang]}",
        day=edition.counting_date,
        band=writer.label("cover.band") if edition.simulated else None,
    )


def _provenance(edition: Edition, ready: list[Edition]) -> dict[str, Any]:
    """What the report is made from: the edition's own facts and the hash of every input file."""
    import json

    logs = {each.id: json.loads((paths.store(each.id) / "intake.json").read_text(encoding="utf-8")) for each in ready}
    return {
        "edition": edition.model_dump(mode="json", exclude={"context", "publisher"}),
        "inputs": {name: log["inputs"] for name, log in logs.items()},
        "method": edition.method,
    } | _editors(edition)


def _editors(edition: Edition) -> dict[str, Any]:
    """The hashes of what the editors wrote for this edition; nothing where they wrote nothing."""
    found = files.hashes(edition.id)
    return {"editors": found} if found else {}


def _notice(writer: Writer, edition: Edition, despite: str) -> str:
    """The notice on the cover in plain words."""
    from cityreach.monthly import shortfalls

    return blocks.plain(writer.tell("cover.notice", found=shortfalls.findings(edition, despite)[-1]))


def _shortfalls(broken: list[gates.Breach]) -> dict[str, Any]:
    """The gates that were not passed, for the manifest; nothing where all were."""
    found = [{"gate": e.gate, "asked": e.threshold, "part": e.part, "whole": e.whole} for e in broken]
    return {"gates_not_passed": found} if found else {}
