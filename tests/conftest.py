"""Shared fixtures: a project home of its own, so that no test ever touches the reader's inbox, store or reports."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SAMPLES = ROOT.parent / "shared" / "samples"
OWN = {"inbox", "store"}


def make_home(folder: Path) -> Path:
    """A home whose data files and notebooks are the project's (linked), whose inbox, store and reports are its own."""
    (folder / "data").mkdir(parents=True)
    (folder / "reports").mkdir()
    (folder / "notebooks").symlink_to(ROOT / "notebooks")
    for part in sorted((ROOT / "data").iterdir()):
        if part.name not in OWN:
            (folder / "data" / part.name).symlink_to(part)
    for name in OWN:
        (folder / "data" / name).mkdir()
    return folder


@pytest.fixture(scope="session")
def session_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One home for all tests that build whole editions."""
    return make_home(tmp_path_factory.mktemp("home") / "project")


@pytest.fixture
def at_home(session_home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The session's home, in force for one test."""
    monkeypatch.setenv("CITYREACH_HOME", str(session_home))
    return session_home


def build(home: Path, edition: str, lang: str = "zh") -> Path:
    """An edition's report in that home, made as the command line makes it."""
    from cityreach import edition as editions
    from cityreach import monthly, pipeline, publish

    before = os.environ.get("CITYREACH_HOME")
    os.environ["CITYREACH_HOME"] = str(home)
    try:
        chosen = editions.load(edition)
        pipeline.require_inbox(chosen)
        pipeline.prepare(chosen)
        return publish.build(monthly.job(edition, lang))
    finally:
        if before is None:
            del os.environ["CITYREACH_HOME"]
        else:
            os.environ["CITYREACH_HOME"] = before


@pytest.fixture(scope="session")
def march(session_home: Path) -> Path:
    """The report folder of 2025-03 in Chinese."""
    return build(session_home, "2025-03")


@pytest.fixture(scope="session")
def february(session_home: Path, march: Path) -> Path:
    """The report folder of 2025-02 in English."""
    return build(session_home, "2025-02", "en")


@pytest.fixture(scope="session")
def october(session_home: Path, march: Path) -> Path:
    """The report folder of 2025-10, which publishes no order."""
    return build(session_home, "2025-10")


@pytest.fixture(scope="session")
def four_cities(session_home: Path) -> Path:
    """The report folder of the real edition in small; skips where the sample is not at hand."""
    source = SAMPLES / "real_edition" / "x_posts.csv"
    if not source.exists():
        pytest.skip("the real sample ../shared/samples/real_edition/x_posts.csv is not here")
    inbox = session_home / "data" / "inbox" / "x-four-cities"
    inbox.mkdir(exist_ok=True)
    (inbox / "x_posts.csv").write_bytes(source.read_bytes())
    return build(session_home, "x-four-cities")
