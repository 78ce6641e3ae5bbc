"""The folder a report is built in, and the swap that puts it in place."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from types import TracebackType

from cityreach import paths

MANIFEST = "manifest.json"
BESIDE = ("data_quality.html", "method_check.html")  # pages with a command of their own: a new report keeps them
FOLDERS = ("dossiers", "dossiers-en")  # and so it keeps these folders


class Staging:
    """A temporary folder beside the report: filled, then swapped in; thrown away where anything fails."""

    def __init__(self, name: str, lang: str) -> None:
        self.name = name
        self.lang = lang
        self.target = paths.reports(*name.split("/"))
        self.folder = self.target.with_name(f".building-{self.target.name}")

    def __enter__(self) -> Staging:
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)

    def publish(self) -> Path:
        """Put the finished folder in the report's place and return that place."""
        target = self.target
        _keep_pages(target, self.folder)
        _keep_other_language(target, self.lang)
        aside = target.with_name(f".replaced-{target.name}")
        shutil.rmtree(aside, ignore_errors=True)
        if target.exists():
            target.rename(aside)
        try:
            self.folder.rename(target)
        except OSError:
            if aside.exists():
                aside.rename(target)
            raise
        _keep_folders(aside, target)
        shutil.rmtree(aside, ignore_errors=True)
        return target

    def keep_failed(self, notebook: str) -> Path:
        """Keep the notebook of a failed run where it can be looked at; returns its place."""
        kept = paths.reports("failed", f"{self.name.replace('/', '-')}.ipynb")
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_text(notebook, encoding="utf-8")
        return kept


def _keep_pages(target: Path, folder: Path) -> None:
    """Copy the pages that stand beside the report that is there into the one that replaces it."""
    for page in (target / name for name in BESIDE):
        if page.is_file():
            shutil.copyfile(page, folder / page.name)


def _keep_folders(aside: Path, target: Path) -> None:
    """Move the folders with commands of their own from the report that was there into the one that replaced it."""
    for folder in (aside / name for name in FOLDERS):
        if folder.is_dir():
            folder.rename(target / folder.name)


def _keep_other_language(target: Path, lang: str) -> None:
    """A report in the other language moves to <name>-<its language> instead of being replaced."""
    there = _language_of(target)
    if there is None or there == lang:
        return
    kept = target.with_name(f"{target.name}-{there}")
    shutil.rmtree(kept, ignore_errors=True)
    target.rename(kept)
    target.mkdir()
    _keep_folders(kept, target)


def _language_of(report: Path) -> str | None:
    """The language that a report's manifest names; None where there is no readable manifest."""
    try:
        lang = json.loads((report / MANIFEST).read_text(encoding="utf-8")).get("lang")
    except (OSError, ValueError, AttributeError):
        return None
    return lang if lang in ("zh", "en") else None
