"""The report on the published record as a job: its notebook, its data tables and where they come from."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pandas as pd

from cityreach import paths
from cityreach.prose import Writer
from cityreach.published import analysis, facts, findings
from cityreach.published.facts import Facts

if TYPE_CHECKING:
    from cityreach.publish.job import Job
    from cityreach.publish.tables import DataTable

NAME = "published"
FILES = ("rankings.csv", "case_posts.csv", "case_posts_en.csv", "indices.yml")


def job(lang: str) -> Job:
    """The report on the published record in a language, dated by its newest source."""
    from cityreach.publish.job import Job

    known = facts.load()
    return Job(
        name=NAME,
        notebook="published_record",
        parameters={"lang": lang},
        lang=lang,
        title=Writer(lang, NAME).label("cover.title"),
        day=analysis.newest_source(known),
        tables=lambda: tables(known, lang),
        provenance={"inputs": inputs(), "data": "published"},
    )


def inputs() -> dict[str, str]:
    """SHA-256 of every file that the record is made from."""
    files = [paths.data("published", name) for name in FILES]
    return {paths.relative(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def tables(known: Facts, lang: str) -> dict[str, DataTable]:
    """The data tables by the key of their file."""
    from cityreach.publish.tables import DataTable

    label = Writer(lang, NAME).label
    frames = {
        "indices": indices(known, lang), "issues": analysis.editions_table(known),
        "history": analysis.rank_history(known), "movements": findings.moved(known), "rankings": rankings(known),
        "cases": cases(known, lang), "agreement": analysis.agreement(known),
    }  # fmt: skip
    return {
        key: DataTable(frame, label(f"data.{key}.title"), label(f"data.{key}.note")) for key, frame in frames.items()
    }


def indices(known: Facts, lang: str) -> pd.DataFrame:
    """What is public about each index, one row each."""
    return pd.DataFrame(
        {
            "index_id": index.id, "name": index.name, "short": index.short[lang], "publisher": index.publisher[lang],
            "object": index.object, "measures": index.measures, "period": index.period[lang],
            "base": index.base[lang], "note": index.note[lang], "weights_published": index.weights,
            "evidence": index.evidence,
        }
        for index in known.known.indices
    )  # fmt: skip


def rankings(known: Facts) -> pd.DataFrame:
    """Every row of every list with English name and source; `place` is null in a list without stated order."""
    frame = known.rankings.copy()
    frame.insert(4, "name_en", frame["city"].map(known.names))
    return frame


def cases(known: Facts, lang: str) -> pd.DataFrame:
    """Every case record in the report's language, with its source."""
    told = known.posts if lang == "zh" else known.posts_en
    return told[facts.POST_COLUMNS[:-1]].assign(counted_at="", source_title=known.posts["source_title"])
