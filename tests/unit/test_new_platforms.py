"""LinkedIn and Twitch in an edition by YAML and tables alone: register, panel, method, edition, exports, scores."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import yaml
from intake_cases import EXPORTS, ROOT

from cityreach import edition as editions
from cityreach import index, intake, metrics, registry, scoring

ACCOUNTS = """linkedin:riverport,linkedin,riverport,,Riverport,110000,,office,en,active,real,a test
twitch:riverport_city,twitch,riverport_city,4401,Riverport,310000,,office,en,active,real,a test
x:riverport_city,x,Riverport_City,7001,Riverport,110000,,office,en,active,real,a test
"""
EDITION = {
    "id": "three",
    "title": {"zh": "题", "en": "Title"},
    "label": {"zh": "期", "en": "Label"},
    "window": {"first": "2025-03-01", "last": "2025-03-31"},
    "counting_date": "2025-04-05",
    "panel": "two",
    "platforms": ["x", "linkedin", "twitch"],
    "method": "three@1",
    "mode": "ordered",
    "source": "exports",
    "publisher": [{"zh": "者", "en": "Publisher"}],
}
LEAVES = {  # what each platform is judged by: Twitch shows no interactions
    "x": ("posts", "interactions"),
    "linkedin": ("posts", "interactions", "followers"),
    "twitch": ("posts", "views", "followers"),
}


@pytest.fixture()
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project of its own with the formats and platforms of this one."""
    data = tmp_path / "data"
    shutil.copytree(ROOT / "data" / "registry", data / "registry")
    (data / "formats").symlink_to(ROOT / "data" / "formats")
    for folder in ("editions", "methods", "inbox/three/twitch@riverport_city"):
        (data / folder).mkdir(parents=True)
    with (data / "registry" / "accounts.csv").open("a", encoding="utf-8") as file:
        file.write(ACCOUNTS)
    panels = yaml.safe_load((data / "registry" / "panels.yml").read_text(encoding="utf-8"))
    panels["panels"]["two"] = {"note": {"zh": "两城", "en": "Two"}, "cities": ["110000", "310000"]}
    _dump(data / "registry" / "panels.yml", panels)
    _dump(data / "editions" / "three.yml", EDITION)
    _dump(data / "methods" / "three@1.yml", _method())
    inbox = data / "inbox" / "three"
    for name in ("linkedin_posts.json", "twitch_videos.json", "x_twarc.csv", "twitch@riverport_city/followers.json"):
        shutil.copy(EXPORTS / name, inbox / name)
    monkeypatch.setenv("CITYREACH_HOME", str(tmp_path))
    return tmp_path


def _dump(path: Path, content: object) -> None:
    path.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), encoding="utf-8")


def _method() -> dict[str, object]:
    """The project's method with one branch per platform of the edition."""
    method: dict[str, object] = yaml.safe_load(
        (ROOT / "data" / "methods" / "social-reach@1.yml").read_text(encoding="utf-8")
    )
    del method["weight_sets"]  # they name the branches of the project's method
    return method | {"id": "three", "version": "1", "tree": method["tree"] | {"children": [*map(_branch, LEAVES)]}}  # type: ignore[operator]


def _branch(platform: str) -> dict[str, object]:
    goalposts = {"by": "goalposts", "low": 1, "high": 1_000_000}
    leaves = [{"code": leaf, "weight": 1, "normalise": goalposts} for leaf in LEAVES[platform]]
    leaves = [leaf | {"weight": 1 / len(leaves)} for leaf in leaves]
    words = {"zh": platform, "en": platform}
    dimension = {"code": "reach", "label": words, "weight": 1, "children": leaves}
    weight = {"x": 40, "linkedin": 30, "twitch": 30}[platform]
    return {
        "code": platform, "label": words, "weight": weight, "source": {"platform": platform}, "children": [dimension],
    }  # fmt: skip


@pytest.mark.usefixtures("home")
def test_an_edition_with_linkedin_and_twitch() -> None:
    chosen, known = editions.load("three"), registry.load()
    log = intake.run(chosen, known)
    assert {one.format for one in log.files} == {"linkedin-apify", "twitch-helix", "x-twarc-csv"}
    assert (log.quarantined, log.totals["posts"]) == (0, 5)
    table = metrics.build(chosen, known, None).set_index(["city_id", "platform"])
    assert table.loc[("110000", "linkedin"), ["posts", "interactions", "followers"]].tolist() == [2, 35, 1040]
    twitch = table.loc[("310000", "twitch")]
    assert twitch[["posts", "views", "followers"]].tolist() == [1, 4924, 8150]
    assert twitch[["interactions", "interactions_per_post", "peak"]].isna().all()
    scores = scoring.compute(index.load_method("three@1"), table.reset_index(), editions=[chosen]).set_index(
        ["city_id", "node"]
    )["score"]
    assert scores[("110000", "linkedin")] > 0
    assert scores[("310000", "twitch")] > 0
