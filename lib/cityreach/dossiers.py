"""The dossiers of a period: made ready, one city built by itself, or all of a panel in workers that stay warm."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib import metadata
from pathlib import Path
from typing import Any

from cityreach import gates, paths, pipeline, products
from cityreach.dossier import period as periods
from cityreach.dossier.period import Period
from cityreach.edition import Edition
from cityreach.errors import CityreachError
from cityreach.insight import keeping
from cityreach.publish.job import Job
from cityreach.publish.staging import MANIFEST

ENDED = "a building process ended by itself. Run the command again: what is built stays."
LIBRARIES = ("altair", "brotli", "jinja2", "typst", "vl-convert-python", "xlsxwriter")  # beside those of `keeping`


@dataclass(frozen=True)
class Batch:
    """The dossiers of a period in a language; `ready` are all editions that they are made of."""

    period: Period
    lang: str
    ready: tuple[Edition, ...]
    cities: tuple[str, ...]

    @property
    def folder(self) -> Path:
        return paths.reports(products.dossiers_name(self.period.id, self.lang))

    def name(self, city_id: str) -> str:
        """The city's name in both languages, as staff read it."""
        from cityreach import registry

        known = registry.load()
        return f"{known.city_name(city_id, 'zh')} {known.city_name(city_id, 'en')}"

    def folder_name(self, city_id: str) -> str:
        """The dossier's folder under reports/."""
        from cityreach import registry

        return products.dossier_name(self.period.id, self.lang, registry.load().cities.loc[city_id])

    def job(self, city_id: str) -> Job:
        """What to build for a city."""
        made = products.city_dossier(city_id, self.period, self.lang, provenance=self.provenance)
        mark = hashlib.sha256(json.dumps([self.fingerprint, made.provenance["city"]]).encode()).hexdigest()
        return products.marked(made, mark)

    @cached_property
    def provenance(self) -> dict[str, Any]:
        """What all its dossiers are made from."""
        return products.provenance_of(self.period, list(self.ready))

    @cached_property
    def fingerprint(self) -> str:
        """A hash of all that these dossiers are made of, but the files of a single city."""
        digest = hashlib.sha256(" ".join(metadata.version(name) for name in LIBRARIES).encode())
        for each in dict.fromkeys((self.period.standing, self.period.last)):
            digest.update(keeping.fingerprint(each).encode())
        looks = [*sorted(paths.template().rglob("*.*")), paths.notebook("city_dossier")]
        for path in (path for path in looks if path.is_file()):
            digest.update(path.name.encode() + path.read_bytes())
        return digest.hexdigest()

    def is_built(self, job: Job) -> bool:
        """Whether the dossier stands there complete, made of the same things."""
        folder = paths.reports(*job.name.split("/"))
        try:
            found = json.loads((folder / MANIFEST).read_bytes())
        except (OSError, ValueError):
            return False
        same = found.get("provenance", {}).get("made_from") == job.provenance["made_from"]
        return same and all((folder / name).is_file() for name in found.get("outputs", {}))


def prepare(name: str, lang: str, *, cities: Sequence[str] = (), on_step: pipeline.Progress | None = None) -> Batch:
    """The batch of a period (an edition's id, or a year) with all its exports taken in; `cities`: all where empty.

    UnknownNameError for a period, language or city that is not there, GateError where exports fall short of a gate.
    """
    from cityreach import registry
    from cityreach.dossier import city

    products.check_language(lang)
    period = periods.find(name)
    known = registry.load()
    panel = known.panel(period.standing.panel)
    chosen = [city.in_panel(known, each, period.standing) for each in cities] or panel
    ready = pipeline.prepare_period(period, on_step=on_step)
    for each in period.editions:
        gates.require(each, reason="")
    return Batch(period, lang, tuple(ready), tuple(chosen))


@dataclass(frozen=True)
class Made:
    """What became of one city: its folder under reports/, whether it was there already, or why it failed."""

    city_id: str
    folder: str
    skipped: bool = False
    error: str = ""


_ready: set[tuple[str, str]] = set()  # what this process is warm for: root and period


def make(batch: Batch, city_id: str) -> Made:
    """Build one dossier in this process, which stays warm; whatever goes wrong is told, not raised."""
    from cityreach.publish import warm

    name = batch.folder_name(city_id)
    try:
        _warm_up(batch)
        warm.build(batch.job(city_id))
        return Made(city_id, name)
    except CityreachError as error:
        return Made(city_id, name, error=str(error))
    except Exception as error:  # noqa: BLE001 - one city's mishap is told in its line and does not stop the rest
        return Made(city_id, name, error=" ".join(f"{type(error).__name__}: {error}".split())[:300])


def _warm_up(batch: Batch) -> None:
    """Load, once in a process, the libraries and what all dossiers of the period share."""
    from cityreach.dossier import shared
    from cityreach.publish import warm

    key = str(paths.root()), batch.period.id
    if key not in _ready:
        warm.make_ready()
        shared.hold(batch.period.id)
        _ready.add(key)


def build(batch: Batch, *, jobs: int = 0) -> Iterator[Made]:
    """Build every dossier of the batch on `jobs` processes (0: as many as there are cores); each as it is done.

    Those that stand there already, made of the same things, are left as they are and come first.
    """
    done = [city for city in batch.cities if batch.is_built(batch.job(city))]
    yield from (Made(city, batch.folder_name(city), skipped=True) for city in done)
    yield from _spread(batch, [city for city in batch.cities if city not in done], jobs)


def _spread(batch: Batch, cities: list[str], jobs: int) -> Iterator[Made]:
    """The one place that knows how work is spread over processes; one that ends by itself fails the cities left.

    A cluster is named around it: `with joblib.parallel_config(backend=...)`.
    """
    from joblib import Parallel, delayed
    from joblib.externals.loky.process_executor import TerminatedWorkerError

    left = dict.fromkeys(cities)
    pool = Parallel(n_jobs=jobs or -1, return_as="generator_unordered", batch_size=1, pre_dispatch="all")
    try:
        for made in pool(delayed(make)(batch, city) for city in cities):
            left.pop(made.city_id)
            yield made
    except TerminatedWorkerError:
        yield from (Made(city, batch.folder_name(city), error=ENDED) for city in left)
