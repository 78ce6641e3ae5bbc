"""Rules of the whole repository: pins, layers, notebooks' shape, what must never be committed."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
TAGS = {"parameters", "setup", "narrative", "chart", "table", "check"}
# Each module may import those named before it, never those after it.
LAYERS = [
    {"errors"},
    {"paths"},
    {"spec", "findings", "blocks"},
    {"references"},
    {"prose"},
    {"index"},  # knows no edition, platform or city
    {"registry", "edition", "tables", "sheets"},
    {"sentiment"},
    {"covers"},
    {"store"},
    {"totals"},
    {"intake"},
    {"metrics", "gates"},
    {"scoring"},  # where editions and platforms meet the index
    {"comparing"},
    {"simulate"},  # writes what intake reads; calibrated to the index, so it stands above it
    {"insight", "charts"},
    {"tracing"},
    {"editorial"},
    {"publish"},
    {"monthly", "published", "quality", "methodcheck"},
    {"annual"},  # sets its places beside the published ones
    {"dossier"},  # and a dossier both of them
    {"products", "drafting"},
    {"pipeline", "new", "template", "shown", "dossiers", "dossiers_index"},
    {"standing"},
    {"terminal"},
    {"alone"},
    {"cli_editors", "cli_index", "cli_dossier", "cli_annual"},
    {"cli", "start"},
]


def pins() -> dict[str, str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    groups = [project["dependencies"], *project["optional-dependencies"].values()]
    return dict(entry.split("==") for group in groups for entry in group)


def test_environment_file_holds_the_same_pins_as_the_project():
    listed: dict[str, str] = {}
    for entry in yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))["dependencies"]:
        if isinstance(entry, dict):
            listed |= dict(each.split("==") for each in entry["pip"])
        elif "=" in entry and not entry.startswith("python="):
            listed |= dict([entry.split("=")])
    assert listed == pins()


def test_environment_names_the_tools_of_the_workbook():
    text = (ROOT / "environment.yml").read_text(encoding="utf-8")
    for name in ("jupyterlab", "papermill", "pandas", "altair", "nbconvert", "pytest", "nbval"):
        assert re.search(rf"- {name}=", text), name


def test_lock_file_is_hashed_and_holds_every_pin():
    lock = (ROOT / "requirements.txt").read_text(encoding="utf-8").lower()
    for name, version in pins().items():
        bare = re.sub(r"\[.*\]", "", name)
        assert re.search(rf"^{re.escape(bare)}==({re.escape(version)}) \\", lock, re.M), name
    assert lock.count("--hash=sha256:") > len(pins())
    assert "://" not in lock


def test_library_folder_is_not_ignored():
    answer = subprocess.run(["git", "check-ignore", "lib/cityreach"], cwd=ROOT, capture_output=True, check=False)
    if answer.returncode == 128:
        pytest.skip("not a git checkout: nothing to ask about ignored files")
    assert answer.returncode == 1


def test_received_and_built_files_are_ignored():
    ignored = (ROOT / ".gitignore").read_text(encoding="utf-8").split()
    assert {"/reports/*", "/data/inbox/*", "/data/store/"} <= set(ignored)


def _imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "cityreach":
            parts = node.module.split(".")
            found |= {parts[1]} if len(parts) > 1 else {alias.name for alias in node.names}
        elif isinstance(node, ast.Import):
            found |= {alias.name.split(".")[1] for alias in node.names if alias.name.startswith("cityreach.")}
    return found


def _layer_of(part: str) -> int:
    return next(number for number, layer in enumerate(LAYERS) if part in layer)


def test_imports_go_one_way():
    package = ROOT / "lib" / "cityreach"
    for path in sorted(package.rglob("*.py")):
        part = path.relative_to(package).parts[0].removesuffix(".py")
        if part == "__init__":
            continue
        for other in _imports(path) - {part, "__version__"}:
            assert _layer_of(other) <= _layer_of(part), f"{path.relative_to(ROOT)} imports {other}, which is above it"


def test_modules_stay_short():
    for path in sorted((ROOT / "lib").rglob("*.py")):
        lines = len(path.read_text(encoding="utf-8").splitlines())
        assert lines <= 420, f"{path.relative_to(ROOT)} has {lines} lines"


def _cells(path: Path) -> list[dict]:
    return json.loads(path.read_text(encoding="utf-8"))["cells"]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebook_is_stripped_and_portable(path):
    content = json.loads(path.read_text(encoding="utf-8"))
    assert content["metadata"]["kernelspec"]["name"] == "python3"
    assert "papermill" not in content["metadata"]
    for cell in content["cells"]:
        assert re.fullmatch(r"[a-z0-9-]{2,64}", cell["id"]), cell["id"]
        assert not cell.get("outputs") and cell.get("execution_count") is None


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebook_cells_are_thin_and_tagged(path):
    code = [cell for cell in _cells(path) if cell["cell_type"] == "code"]
    lengths = sorted(len("".join(cell["source"]).strip().splitlines()) for cell in code)
    assert lengths[len(lengths) // 2] <= 3 and lengths[-1] <= 12
    for cell in code:
        source = "".join(cell["source"])
        assert len(cell["metadata"].get("tags", [])) == 1 and set(cell["metadata"]["tags"]) <= TAGS, cell["id"]
        tree = ast.parse(source)
        kinds = (ast.FunctionDef, ast.For, ast.While, ast.Try, ast.ClassDef)
        assert not any(isinstance(node, kinds) for node in ast.walk(tree)), cell["id"]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebook_starts_with_complete_parameters(path):
    first = next(cell for cell in _cells(path) if cell["cell_type"] == "code")
    assert first["metadata"]["tags"] == ["parameters"]
    for statement in ast.parse("".join(first["source"])).body:
        assert isinstance(statement, ast.AnnAssign) and isinstance(statement.value, ast.Constant)
