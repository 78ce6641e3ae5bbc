"""Building as a whole: strict parameters, all or nothing, the same bytes twice."""

from __future__ import annotations

import hashlib
import json
import re

import publish_sample as sample
import pytest

from cityreach import paths
from cityreach.errors import ReportError, UnknownNameError
from cityreach.publish import live, run, scrub, startup
from cityreach.publish.job import build
from cityreach.publish.staging import Staging

FILES = [
    "data/moves.csv",
    "data/scores.csv",
    "manifest.json",
    "rankings.xlsx",
    "report.html",
    "report.ipynb",
    "report.pdf",
]


@pytest.fixture
def project(monkeypatch, tmp_path):
    """A project of its own with a short sample notebook; the Vega bundle is a stand-in."""
    monkeypatch.setenv(paths.HOME_VARIABLE, str(tmp_path))
    monkeypatch.setattr(live, "_made", lambda: "window.vegaEmbed = null;")
    chart = next(block for block in sample.blocks() if block["kind"] == "chart")["code"]
    warning = "import warnings\nwarnings.warn('see ' + __import__('os').getcwd())"
    sample.write(tmp_path, sample.short(warning, chart, "Block('prose', {'paragraphs': [[edition, lang]]})"))
    return tmp_path


def hashes(folder) -> dict[str, str]:
    found = {p.relative_to(folder).as_posix(): p for p in sorted(folder.rglob("*")) if p.is_file()}
    return {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in found.items()}


def test_two_builds_give_the_same_bytes(project, capfd):
    seen = []
    folder = build(sample.job(), progress=lambda label, share: seen.append((label, share)))
    first = hashes(folder)
    assert folder == project / "reports" / "2025-03" and list(first) == FILES
    assert hashes(build(sample.job())) == first
    assert [path.name for path in (project / "reports").iterdir()] == ["2025-03"]
    shares = [share for _, share in seen]
    assert shares == sorted(shares) and shares[0] == 0.0 and shares[-1] == 1.0
    assert any(re.fullmatch(r"running the notebook, cell \d+ of 8", label) for label, _ in seen)
    notebook = (folder / "report.ipynb").read_text(encoding="utf-8")
    assert str(project) not in notebook and "papermill" not in json.loads(notebook)["metadata"]
    assert "see " not in re.sub("warn\\(.*", "", notebook)
    assert json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["remarks"] == [
        "report.ipynb: warnings of cell(s) 6 are left out; run the notebook to see them"
    ]
    assert "".join(capfd.readouterr()) == ""


def test_a_failing_cell_is_named_and_the_old_report_stays(project):
    old = project / "reports" / "2025-03"
    old.mkdir(parents=True)
    (old / "report.html").write_text("old", encoding="utf-8")
    sample.write(project, sample.short("x = 1", "raise KeyError('南京\\n市')", "y = 2"))
    with pytest.raises(ReportError) as error:
        build(sample.job())
    assert str(error.value) == (
        "notebooks/sample.ipynb, cell 6 under “摘要”: KeyError: '南京\\n市' "
        "(kept as reports/failed/2025-03.ipynb; an earlier report stays as it was)"
    )
    assert hashes(old) == {"report.html": hashlib.sha256(b"old").hexdigest()}
    kept = json.loads((project / "reports" / "failed" / "2025-03.ipynb").read_text(encoding="utf-8"))
    assert any("KeyError" in str(cell.get("outputs")) for cell in kept["cells"])
    assert sorted(path.name for path in (project / "reports").iterdir()) == ["2025-03", "failed"]


def test_a_dying_kernel_is_named(project):
    sample.write(project, sample.short("import os; os._exit(3)"))
    with pytest.raises(ReportError, match=r"sample\.ipynb, cell 5 under “摘要”: Kernel died"):
        build(sample.job())


def test_an_unknown_parameter_is_refused_with_what_is_declared(project):
    with pytest.raises(UnknownNameError, match=r"unknown parameter\(s\) editon\. .* declares: edition, lang\."):
        build(sample.job(parameters={"editon": "2025-03"}))
    assert not (project / "reports" / "2025-03").exists()


def test_a_missing_notebook_is_named(project):
    with pytest.raises(ReportError, match=r"notebooks/monthly\.ipynb: the notebook does not exist"):
        build(sample.job(notebook="monthly"))


def test_a_broken_notebook_is_named(project):
    (project / "notebooks" / "sample.ipynb").write_text("{}", encoding="utf-8")
    with pytest.raises(ReportError, match=r"sample\.ipynb: not a notebook"):
        build(sample.job())


def test_parameters_are_read_from_the_tagged_cell():
    made = sample.notebook([])
    made.cells[0].source = "edition: str = 'x'\nlang = 'zh'\nimport os\ntop = bottom = 3"
    assert run.declared_parameters(made, "n") == ["edition", "lang", "top", "bottom"]
    made.cells[0].metadata.tags = []
    with pytest.raises(ReportError, match="0 cells are tagged `parameters`"):
        run.declared_parameters(made, "n")
    made.cells[0].metadata.tags = ["parameters"]
    made.cells[0].source = "edition ="
    with pytest.raises(ReportError, match="the parameters cell is not Python"):
        run.declared_parameters(made, "n")


@pytest.fixture
def reports(monkeypatch, tmp_path):
    monkeypatch.setenv(paths.HOME_VARIABLE, str(tmp_path))
    return tmp_path / "reports"


def publish(lang: str, text: str) -> None:
    with Staging("2025-03", lang) as staging:
        (staging.folder / "manifest.json").write_text(json.dumps({"lang": lang, "text": text}), encoding="utf-8")
        staging.publish()


def test_a_report_replaces_the_one_of_its_language_and_keeps_the_other(reports):
    for lang, text in (("zh", "first"), ("zh", "second"), ("en", "third")):
        publish(lang, text)
    found = {p.parent.name: json.loads(p.read_text())["text"] for p in reports.glob("*/manifest.json")}
    assert found == {"2025-03": "third", "2025-03-zh": "second"}


def test_what_fails_while_writing_leaves_no_trace(reports):
    publish("zh", "first")
    with pytest.raises(RuntimeError), Staging("2025-03", "zh") as staging:
        (staging.folder / "manifest.json").write_text("half", encoding="utf-8")
        raise RuntimeError
    assert [path.name for path in reports.iterdir()] == ["2025-03"]
    assert json.loads((reports / "2025-03" / "manifest.json").read_text())["text"] == "first"


def test_left_overs_of_an_interrupted_build_are_cleared(reports):
    (reports / ".building-2025-03").mkdir(parents=True)
    (reports / ".building-2025-03" / "stray").touch()
    publish("zh", "first")
    assert [path.name for path in (reports / "2025-03").iterdir()] == ["manifest.json"]


def test_scrubbing_takes_out_what_differs_between_runs():
    import nbformat

    made = sample.notebook(["1"])
    made.metadata["papermill"] = {"start_time": "now", "output_path": "/root/x"}
    made.cells[-1].metadata["papermill"] = {"duration": 1}
    made.cells[-1].metadata["execution"] = {"iopub.execute_input": "now"}
    made.cells.insert(1, nbformat.v4.new_code_cell("edition = 'x'", metadata={"tags": ["injected-parameters"]}))
    made.cells[-1].outputs = [nbformat.v4.new_output("stream", name="stderr", text="/root/lib.py:1: Warning")]
    clean = scrub.scrub(made)
    assert scrub.warned(made) == [4]
    assert clean.cells[1].id == "injected-parameters" and clean.cells[-1].outputs == []
    assert "now" not in scrub.dumps(clean) and "/root" not in scrub.dumps(clean)
    assert made.metadata["papermill"]["start_time"] == "now"


@pytest.mark.parametrize("name", startup.FORMATS)
def test_format_checks_are_never_loaded(monkeypatch, name):
    import sys

    monkeypatch.delitem(sys.modules, name, raising=False)
    startup.skip_formats()
    with pytest.raises(ImportError):
        __import__(name)


def test_a_drawer_draws_and_says_what_it_cannot_draw():
    from cityreach.publish.drawer import Drawer

    words = {"key": "k", "alt": "两根柱子"}
    spec = {"data": {"values": [{"x": 1}]}, "mark": "bar", "usermeta": {"cityreach": words}}
    drawer = Drawer()
    try:
        good, bad, again = (drawer.draw(each) for each in (spec, {**spec, "mark": "nonsense"}, spec))
        assert 'aria-label="两根柱子"' in good.result() and again.result() == good.result()
        with pytest.raises(RuntimeError, match="conversion failed"):
            bad.result()
    finally:
        drawer.stop()


def test_a_drawer_that_dies_is_one_clear_line():
    from cityreach.publish.drawer import Drawer

    drawer = Drawer()
    drawer._process.kill()
    with pytest.raises(ReportError, match="drawing engine stopped"):
        drawer.draw({}).result()
    drawer.stop()
