"""The page that leads to all dossiers of a period, and a ZIP of each province's."""

from __future__ import annotations

import os
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from cityreach import paths, products, registry, store
from cityreach.charts import tokens
from cityreach.dossiers import Batch
from cityreach.prose import Writer

TAKEN = ("report.html", "report.pdf", "dossier.xlsx")  # of each dossier, in a province's ZIP
EPOCH = (1980, 1, 1, 0, 0, 0)  # the day that every file of a ZIP bears: no clock gets into it
ZIPS = "zip"


def write(batch: Batch) -> Path:
    """Write index.html and the ZIPs into the batch's folder from the dossiers that stand there; returns the page."""
    known = registry.load()
    provinces = _provinces(batch, known)
    with ThreadPoolExecutor(os.cpu_count()) as pool:  # compression leaves the other threads their time
        list(pool.map(lambda each: _pack(batch.folder, each), provinces))
    page = batch.folder / "index.html"
    store.write_bytes(page, _page(batch, provinces).encode("utf-8"))
    return page


def _provinces(batch: Batch, known: registry.Registry) -> list[dict[str, Any]]:
    """The panel's cities by province, both in the order of their codes; a city without a dossier has no folder."""
    panel = sorted(known.panel(batch.period.standing.panel))
    rows = known.cities.loc[panel]
    found: list[dict[str, Any]] = []
    for name, cities in rows.groupby("province_zh", sort=False):
        entries = [_city(batch, row) for _, row in cities.iterrows()]
        slug = products.slug(cities["province_en"].iloc[0])
        built = any(entry["folder"] for entry in entries)
        shown = str(name) if batch.lang == "zh" else str(cities["province_en"].iloc[0])
        found.append({"name": shown, "cities": entries, "zip": f"{ZIPS}/{slug}.zip" if built else ""})
    return found


def _city(batch: Batch, row: Any) -> dict[str, str]:
    folder = products.dossier_name(batch.period.id, batch.lang, row).rpartition("/")[2]
    there = (batch.folder / folder / TAKEN[0]).is_file()
    names = f"{row['name_zh']} {row['name_en']} {row.name}"
    return {"name": str(row[f"name_{batch.lang}"]), "names": names, "folder": folder if there else ""}


def _pack(root: Path, province: dict[str, Any]) -> None:
    """A ZIP of a province's dossiers, where it has any; the same files give the same bytes."""
    if not province["zip"]:
        return
    target, folders = root / province["zip"], [city["folder"] for city in province["cities"]]
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = target.with_suffix(".new")
    with zipfile.ZipFile(fresh, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for folder in sorted(filter(None, folders)):
            for path in (root / folder / name for name in TAKEN):
                entry = zipfile.ZipInfo(f"{folder}/{path.name}", EPOCH)
                entry.compress_type, entry.external_attr, entry.create_system = zipfile.ZIP_DEFLATED, 0o644 << 16, 3
                archive.writestr(entry, path.read_bytes())
    fresh.replace(target)


def _page(batch: Batch, provinces: list[dict[str, Any]]) -> str:
    from jinja2 import Environment, StrictUndefined
    from markupsafe import Markup

    from cityreach.publish import html

    writer, standing = Writer(batch.lang, "dossier"), batch.period.standing
    label = (
        writer.label("cover.label_year", year=batch.period.id) if batch.period.is_year else standing.label[batch.lang]
    )
    script = _asset("dossiers.js")
    words = [writer.label(f"batch.{key}") for key in ("title", "search", "none", "print", "zip", "failed")]
    words += [label, standing.title[batch.lang], *(city["name"] for each in provinces for city in each["cities"])]
    words += [each["name"] for each in provinces] + [writer.label("batch.lead", cities=0), "0123456789"]
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    template = environment.from_string(_asset("dossiers.html.j2"))
    return template.render(
        language="zh-CN" if batch.lang == "zh" else "en", policy=html.policy([script]), script=Markup(script),
        style=Markup(_style([*words, writer.label("cover.band")])), label=writer.label, edition=label,
        title=standing.title[batch.lang], band=writer.label("cover.band") if batch.period.simulated else "",
        cities=sum(bool(city["folder"]) for each in provinces for city in each["cities"]), provinces=provinces,
    )  # fmt: skip


def _style(texts: list[str]) -> str:
    from cityreach.publish import html

    colours = (
        f":root{{--cr-cover:{tokens.LIGHT['brand']};{tokens.css_properties('light')}}}\n"
        f"@media (prefers-color-scheme:dark){{:root{{{tokens.css_properties('dark')}}}}}\n"
    )
    return "\n".join([html.faces(texts), colours, _asset("page.css"), _asset("dossiers.css")])


def _asset(name: str) -> str:
    return paths.template("html", name).read_text(encoding="utf-8")
