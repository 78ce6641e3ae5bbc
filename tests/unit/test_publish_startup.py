"""What a build starts with: kernels that wait, and imports that it can do without."""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
from pathlib import Path

import pytest

from cityreach import paths
from cityreach.publish import startup, waiting

ROOM = 60  # seconds that a process may take to end


@pytest.fixture(autouse=True)
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv(paths.HOME_VARIABLE, str(tmp_path))
    return tmp_path


# kernels that wait


@pytest.mark.parametrize("arguments", [[], ["report"], ["report", "--help"], ["status"], ["intake", "2025-03"]])
def test_a_command_without_a_notebook_starts_no_kernel(arguments: list[str]) -> None:
    waiting.foresee(arguments)
    assert waiting._waiting == {}


def test_a_kernel_that_was_started_early_is_the_one_that_is_taken() -> None:
    waiting.foresee(["report", "2025-03"])
    (early,) = waiting._waiting.values()
    assert waiting.take(waiting.PACKAGES["report"]) is early and waiting._waiting == {}
    other = waiting.take("json")
    assert other is not early
    for process in (early, other):
        process.communicate(timeout=ROOM)  # nothing is said to it: it ends
        assert process.returncode == 0


def test_what_nobody_took_is_ended() -> None:
    waiting.foresee(["quality", "2025-03"])
    (process,) = waiting._waiting.values()
    waiting.stop()
    assert process.poll() is not None and waiting._waiting == {}


def test_a_process_that_has_died_is_left_to_whoever_asks_it_something() -> None:
    process = waiting.take("no_such_package")
    process.wait(timeout=ROOM)
    waiting.tell(process, ["-f", "x" * 100_000])
    assert process.returncode != 0


def test_the_command_leaves_no_kernel_behind(home: Path) -> None:
    """An edition that does not exist is refused while its kernel is still starting."""
    code = "import sys; sys.argv[0] = 'cityreach'; from cityreach import start; start.main()"
    command = [sys.executable, "-c", code, "report", "2031-07"]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False, timeout=ROOM)
    assert done.returncode == 2 and done.stderr.startswith("Error 错误: Edition `2031-07` does not exist")
    assert done.stderr.count("\n") == 1


# imports


def test_a_module_is_not_found_inside_and_again_after() -> None:
    sys.modules.pop("colorsys", None)
    with startup.without("colorsys"), pytest.raises(ImportError):
        importlib.import_module("colorsys")
    assert importlib.import_module("colorsys").rgb_to_hsv(0, 0, 0) == (0, 0, 0)
    with startup.without("colorsys"):
        assert importlib.import_module("colorsys")  # what is loaded already stays


def test_a_module_is_loaded_when_something_of_it_is_called() -> None:
    sys.modules.pop("colorsys", None)
    with startup.later("colorsys"):
        stand_in = importlib.import_module("colorsys")
        convert = stand_in.rgb_to_hsv
        assert not hasattr(stand_in, "__file__")  # as who looks through all modules would ask
    assert "colorsys" not in sys.modules
    assert convert(0, 0, 0) == (0, 0, 0) and "colorsys" in sys.modules
    with startup.later("colorsys"):
        assert hasattr(importlib.import_module("colorsys"), "__file__")


def test_the_notebook_libraries_come_without_what_is_of_no_use_here() -> None:
    code = (
        "import json, sys; from cityreach.publish import startup; startup.load_papermill(); startup.load_nbconvert();"
        "import nbconvert.filters, papermill.iorw;"
        "answer = nbconvert.filters.markdown2html('*a* ![](b.png)');"
        "print(json.dumps([answer, sorted(sys.modules)]))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=True)
    answer, loaded = json.loads(done.stdout)
    assert {"papermill.execute", "nbconvert.exporters.templateexporter"} <= set(loaded)
    assert not {"requests", "pyarrow", "pandas", "numpy"} & set(loaded)
    assert "<em>a</em>" in answer and "b.png" in answer  # what was put off still works
