"""Notebooks run again and compared: golden figures of one edition, and a report's own executed notebook.

After a wanted change of the simulation or the method, and a look at every difference: `python -m tests.test_golden`
stores the golden figures anew.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests import reading
from tests.conftest import ROOT, build, make_home

pytestmark = pytest.mark.slow
GOLDEN = ROOT / "tests" / "golden" / "monthly_checks.ipynb"
ANNUAL = GOLDEN.with_name("annual_checks.ipynb")  # from files of the repository alone
DOSSIER = GOLDEN.with_name("dossier_checks.ipynb")


def compare(path: Path, home: Path) -> subprocess.CompletedProcess[str]:
    """Run a notebook's cells again in that home; cells tagged nbval-check-output must show what is stored."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    command += ["--nbval-lax", "--nbval-current-env", "--rootdir", str(path.parent), "-o", "addopts=", str(path)]
    environment = os.environ | {"CITYREACH_HOME": str(home)}
    return subprocess.run(command, env=environment, cwd=path.parent, capture_output=True, encoding="utf-8", check=False)


def cells(path: Path, tag: str) -> list[dict]:
    content = json.loads(path.read_text(encoding="utf-8"))
    return [cell for cell in content["cells"] if tag in cell["metadata"].get("tags", [])]


@pytest.mark.parametrize("golden", [GOLDEN, ANNUAL, DOSSIER], ids=lambda path: path.stem)
def test_golden_notebook_holds_what_it_checks(golden):
    checks = cells(golden, "nbval-check-output")
    assert 6 <= len(checks) <= 10
    for cell in checks:
        assert "check" in cell["metadata"]["tags"]
        (output,) = cell["outputs"]
        assert 0 < len("".join(output["data"]["text/plain"])) < 1_200, cell["id"]
    assert len(cells(golden, "parameters")) == 1


def test_annual_golden_figures_come_out_again(session_home):
    done = compare(ANNUAL, session_home)
    assert done.returncode == 0, done.stdout[-3000:]
    assert f"{len(cells(ANNUAL, 'nbval-check-output')) + 2} passed" in done.stdout


@pytest.mark.parametrize("golden", [GOLDEN, DOSSIER], ids=lambda path: path.stem)
def test_golden_figures_come_out_again(golden, march, session_home):
    done = compare(golden, session_home)
    assert done.returncode == 0, done.stdout[-3000:]
    assert f"{len(cells(golden, 'nbval-check-output')) + 2} passed" in done.stdout


def test_a_changed_figure_is_noticed(march, session_home, tmp_path):
    """The comparison is worth something: with one place changed in the stored output it fails."""
    content = json.loads(GOLDEN.read_text(encoding="utf-8"))
    keep = ("parameters", "setup", "leaders")
    content["cells"] = [cell for cell in content["cells"] if cell["id"] in keep]
    shown = content["cells"][-1]["outputs"][0]["data"]
    shown["text/plain"] = "".join(shown["text/plain"]).replace("南京", "北京", 1)
    changed = tmp_path / "changed.ipynb"
    changed.write_text(json.dumps(content), encoding="utf-8")
    done = compare(changed, session_home)
    assert done.returncode == 1 and "1 failed, 2 passed" in done.stdout, done.stdout[-2000:]


def test_the_report_as_published_runs_again(march, session_home, tmp_path):
    """report.ipynb is complete: whoever takes it from the folder can run it from top to bottom."""
    copy = tmp_path / "report.ipynb"
    copy.write_bytes((march / "report.ipynb").read_bytes())
    done = compare(copy, session_home)
    assert done.returncode == 0, done.stdout[-3000:]
    assert reading.notebook(march)["cells"][-1]["outputs"] is not None


def test_plain_pytest_leaves_notebooks_alone():
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider", str(GOLDEN.parent)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", check=False)
    assert "monthly_checks" not in done.stdout and done.returncode == 5


def store() -> None:
    """Run the golden notebooks in a home of their own and store what their cells show."""
    import tempfile

    import nbformat
    from nbclient import NotebookClient

    with tempfile.TemporaryDirectory() as folder:
        home = make_home(Path(folder) / "project")
        build(home, "2025-03")
        os.environ["CITYREACH_HOME"] = str(home)
        for golden in (GOLDEN, ANNUAL, DOSSIER):
            book = nbformat.read(golden, as_version=4)
            NotebookClient(book, kernel_name="python3", resources={"metadata": {"path": folder}}).execute()
            for cell in book.cells:
                cell.metadata.pop("execution", None)
            book.metadata["language_info"] = {"name": "python"}
            nbformat.write(book, golden)


if __name__ == "__main__":
    store()
