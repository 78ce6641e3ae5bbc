"""The products: which notebook, parameters, title and tables make which report; nothing heavy is imported here."""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cityreach import blocks, gates, paths
from cityreach import edition as editions
from cityreach.edition import Edition
from cityreach.editorial import files
from cityreach.errors import UnknownNameError
from cityreach.prose import Writer
from cityreach.publish.job import Job

if TYPE_CHECKING:
    from cityreach.dossier.period import Period

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


def city_dossier(city_id: str, period: Period, lang: str, *, provenance: dict[str, Any]) -> Job:
    """The dossier of a city of the period's panel; provenance: that of the period (`provenance_of`)."""
    from cityreach import registry

    known, writer = registry.load(), Writer(lang, "dossier")
    label = writer.label("cover.label_year", year=period.id) if period.is_year else period.standing.label[lang]
    return Job(
        name=dossier_name(period.id, lang, known.cities.loc[city_id]),
        notebook="city_dossier",
        parameters={"city": city_id, "edition": period.id, "lang": lang},
        lang=lang,
        title=f"{writer.label('cover.title', city=known.city_name(city_id, lang))} {label}",
        day=period.last.counting_date,
        band=writer.label("cover.band") if period.simulated else None,
        mode=period.standing.mode,
        workbook="dossier.xlsx",
        traced=True,
        provenance=provenance | {"city": _entered(city_id)},
    )


def provenance_of(period: Period, ready: list[Edition]) -> dict[str, Any]:
    """What the dossiers of a period are made from; `ready` are all editions that they are made of."""
    return _provenance(period.standing, ready)


def marked(job: Job, made_from: str) -> Job:
    """The job with the mark of everything that it is made from, which then stands in the manifest."""
    return replace(job, provenance=job.provenance | {"made_from": made_from})


def dossiers_name(period_id: str, lang: str) -> str:
    """The folder under reports/ of all dossiers of a period in a language."""
    return f"{period_id}/dossiers" if lang == "zh" else f"{period_id}/dossiers-{lang}"


def dossier_name(period_id: str, lang: str, city: Any) -> str:
    """The folder under reports/ of one dossier; city: its row in the registry."""
    return f"{dossiers_name(period_id, lang)}/{city.name}-{slug(city['name_en'])}"


def slug(name: str) -> str:
    """A name as part of a file's name: Xi'an → xi-an."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


def _entered(city_id: str) -> dict[str, str]:
    """The files of a city that staff edit, with their hashes."""
    files = sorted(paths.data("dossiers", city_id).glob("*.csv"))
    return {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in files}


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
