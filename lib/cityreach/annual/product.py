"""An annual report as a job: its notebook, its title, and the files that it is made from."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from cityreach import paths
from cityreach.annual import edition as editions
from cityreach.annual.book import COMMON
from cityreach.annual.edition import AnnualEdition
from cityreach.prose import Writer

if TYPE_CHECKING:
    from cityreach.publish.job import Job


def job(edition_id: str, lang: str) -> Job:
    """The report of an annual edition in a language."""
    from cityreach.publish.job import Job

    edition = editions.load(edition_id)
    return Job(
        name=edition_id,
        notebook=editions.load_index(edition.index).notebook,
        parameters={"edition": edition_id, "lang": lang},
        lang=lang,
        title=f"{edition.title[lang]} {edition.label[lang]}",
        day=edition.counting_date,
        band=Writer(lang, COMMON).label("cover.band") if edition.simulated else None,
        mode=edition.mode,
        traced=True,
        provenance={
            "edition": edition.model_dump(mode="json", exclude={"publisher", "remarks"}),
            "inputs": inputs(edition),
            "method": edition.method,
        },
    )


def inputs(edition: AnnualEdition) -> dict[str, str]:
    """SHA-256 of every file of the edition and those before it, of the index and of the published record."""
    chain = editions.chain(edition)
    files = [editions.folder(each.id) / name for each in chain for name in (editions.FILE, each.sheet)]
    files += [paths.data("annual", f"{edition.index}.yml"), paths.data("published", "rankings.csv")]
    return {paths.relative(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
