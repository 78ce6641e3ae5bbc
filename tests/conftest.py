"""Shared fixtures: a project home of its own, so that no test ever touches the reader's inbox, store or reports."""

from __future__ import annotations

import fcntl
import gc
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests import browsing, exports

ROOT = Path(__file__).resolve().parents[1]
SAMPLES = ROOT.parent / "shared" / "samples"
COMMAND = Path(sys.executable).parent / "cityreach"
OWN = ("data/inbox", "data/store", "reports")


def make_home(folder: Path) -> Path:
    """A home with copies of the project's data files and notebooks, whose inbox, store and reports are empty."""
    shutil.copytree(ROOT / "data", folder / "data", ignore=_received)
    shutil.copytree(ROOT / "notebooks", folder / "notebooks", ignore=shutil.ignore_patterns(".*"))
    for name in OWN:
        (folder / name).mkdir(parents=True)
    return folder


def _received(folder: str, names: list[str]) -> set[str]:
    """What `make_home` leaves out of data/."""
    return {"inbox", "store"} & set(names) if Path(folder) == ROOT / "data" else set()


def cityreach(home: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """The installed command, run in that home."""
    environment = os.environ | {"CITYREACH_HOME": str(home)} | variables
    return subprocess.run(
        [str(COMMAND), *arguments], env=environment, capture_output=True, encoding="utf-8", check=False
    )


def build(home: Path, edition: str, *arguments: str) -> Path:
    """The report folder of an edition, made as staff make it."""
    done = cityreach(home, "report", edition, *arguments)
    assert done.returncode == 0, done.stderr
    return home / "reports" / edition


Make = Callable[[str, Callable[[], Path]], Path]


@pytest.fixture(scope="module", autouse=True)
def collected() -> Iterator[None]:
    """Sockets that a kernel leaves to the garbage go with its module, not in one that takes warnings for errors."""
    yield
    if "zmq" in sys.modules:
        gc.collect()


@pytest.fixture(scope="session")
def once(session_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Make:
    """Lets one of the processes that run the tests build what is slow; the others copy it into their home."""
    shared = tmp_path_factory.getbasetemp().parent / "shared"

    def made(name: str, make: Callable[[], Path]) -> Path:
        if "PYTEST_XDIST_WORKER" not in os.environ:
            return make()
        shared.mkdir(exist_ok=True)
        with (shared / f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            return _taken(shared / name, session_home) or _given(make(), shared / name, session_home)

    return made


def _given(report: Path, kept: Path, home: Path) -> Path:
    """Keeps a report with the inboxes and stores that it was made from; returns the report."""
    for part in ("data/inbox", "data/store", f"reports/{report.name}"):
        shutil.copytree(home / part, kept / part)
    return report


def _taken(kept: Path, home: Path) -> Path | None:
    """The report that another process has made, now in this home; None where none has."""
    if not kept.is_dir():
        return None
    shutil.copytree(kept, home, dirs_exist_ok=True)
    return home / "reports" / next((kept / "reports").iterdir()).name


@pytest.fixture(scope="session")
def session_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One home for all tests that build whole editions."""
    home = make_home(tmp_path_factory.mktemp("home") / "project")
    exports.write_hostile_edition(home)
    return home


@pytest.fixture
def at_home(session_home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The session's home, in force for one test."""
    monkeypatch.setenv("CITYREACH_HOME", str(session_home))
    return session_home


@pytest.fixture(scope="session")
def march(session_home: Path, once: Make) -> Path:
    """The report folder of 2025-03 in Chinese."""
    return once("march", lambda: build(session_home, "2025-03"))


@pytest.fixture(scope="session")
def february(session_home: Path, march: Path, once: Make) -> Path:
    """The report folder of 2025-02 in English."""
    return once("february", lambda: build(session_home, "2025-02", "--lang", "en"))


@pytest.fixture(scope="session")
def may(session_home: Path, march: Path, once: Make) -> Path:
    """The report folder of 2025-05, whose panel differs from that of the edition before."""
    return once("may", lambda: build(session_home, "2025-05"))


@pytest.fixture(scope="session")
def october(session_home: Path, may: Path, once: Make) -> Path:
    """The report folder of 2025-10, which publishes no order."""
    return once("october", lambda: build(session_home, "2025-10"))


@pytest.fixture(scope="session")
def four_cities(session_home: Path, once: Make) -> Path:
    """The report folder of the real edition in small; skips where the sample is not at hand."""
    source = SAMPLES / "real_edition" / "x_posts.csv"
    if not source.exists():
        pytest.skip("the real sample ../shared/samples/real_edition/x_posts.csv is not here")
    inbox = session_home / "data" / "inbox" / "x-four-cities"
    inbox.mkdir(exist_ok=True)
    (inbox / "x_posts.csv").write_bytes(source.read_bytes())
    return once("four_cities", lambda: build(session_home, "x-four-cities"))


@pytest.fixture(scope="session")
def hostile(session_home: Path, once: Make) -> Path:
    """The report folder of a made-up edition of exports whose most successful posts try to break out of the page."""
    return once("hostile", lambda: build(session_home, exports.HOSTILE))


@pytest.fixture(scope="session")
def record(session_home: Path, once: Make) -> Path:
    """The report folder on what has been published, in Chinese."""
    return once("record", lambda: _record(session_home))


def _record(home: Path) -> Path:
    done = cityreach(home, "published")
    assert done.returncode == 0, done.stderr
    return home / "reports" / "published"


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[browsing.Browser]:
    if browsing.program() is None:
        pytest.skip("no Chromium on this machine: the pages are not opened (Debian: apt-get install chromium)")
    made = browsing.Browser(tmp_path_factory.mktemp("browser") / "profile")
    yield made
    made.close()
