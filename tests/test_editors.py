"""An edition with an editor's files, from draft to final copy: what is shown, refused, and never touched."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cityreach import blocks
from tests import exports, reading
from tests.conftest import ROOT, build, cityreach, make_home

pytestmark = pytest.mark.slow
EDITION = "x-edited"
SHUFFLED = "x-shuffled"
NOTE = "请王编辑再核对一遍"
PLACES = ("overview.zh.md", "sections/", "foreword.zh", "cases.yml", f"editions/{EDITION}/")
OVERVIEW = """<!-- part: text -->

<!-- note: {note} -->
深圳以{{{{ 深圳.x.score }}}}分居首，发帖{{{{ 深圳.x.posts }}}}条，**互动{{{{ 深圳.x.interactions }}}}次**。

1. 北京列第{{{{ Beijing.x.rank }}}}位；
2. 全部城市发帖{{{{ total.posts }}}}条；
3. 同期博览会接待77.7万名观众。
"""
FOREWORD = "　　本期为卷首语的*试验*。{{ edition.cities }}座城市的账号都在这里。\n"
PLAIN, BEST = (f"19{place}{0:013}{number:02}" for place, number in ((0, 3), (3, 0)))  # posts of Beijing and of Shenzhen
CASES = """pinned:
  - platform: x
    post: "{PLAIN}"
    comment: {zh: "湖边漫步帖互动平平，却代表了北京的日常。北京列第{{ 北京.x.rank }}位。", en: "Everyday Beijing."}
excluded:
  - platform: x
    post: "{BEST}"
    reason: {zh: 疑为付费推广, en: Looks like paid promotion}
""".replace("{PLAIN}", PLAIN).replace("{BEST}", BEST)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with two small editions of exports; the second publishes no order."""
    made = make_home(tmp_path_factory.mktemp("editors") / "project")
    for name in (EDITION, SHUFFLED):
        exports.write_edition(made, name)
        exports.write_inbox(made, name, "posts.csv", exports.posts_csv(best=exports.ATTACKS))
    file = made / "data" / "editions" / f"{SHUFFLED}.yml"
    file.write_text(file.read_text(encoding="utf-8").replace("mode: ordered", "mode: unordered"), encoding="utf-8")
    return made


def files_of(home: Path, edition: str = EDITION) -> Path:
    return home / "data" / "editions" / edition


def outputs(folder: Path) -> dict[str, str]:
    """Hashes of all that readers get; the manifest names the editors' files."""
    return {name: value for name, value in reading.hashes(folder).items() if name != "manifest.json"}


@pytest.fixture(scope="module")
def drafted(home: Path) -> Iterator[dict[str, Any]]:
    """The report without drafts, the drafts, and the report with drafts that nobody has changed."""
    before = outputs(build(home, EDITION))
    first = cityreach(home, "draft", EDITION)
    assert first.returncode == 0, first.stderr
    written = {path.name: path.read_bytes() for path in sorted((files_of(home) / "sections").iterdir())}
    again = cityreach(home, "draft", EDITION)
    yield {"before": before, "said": again.stdout, "written": written, "after": outputs(build(home, EDITION))}


@pytest.fixture(scope="module")
def edited(home: Path, drafted: dict[str, Any]) -> Path:
    """The report after editors have written a section, a foreword, a pin and an exclusion."""
    home_of = files_of(home)
    (home_of / "sections" / "overview.zh.md").write_text(OVERVIEW.format(note=NOTE), encoding="utf-8")
    (home_of / "foreword.zh.md").write_text(f"<!-- {NOTE} -->\n{FOREWORD}", encoding="utf-8")
    (home_of / "cases.yml").write_text(CASES, encoding="utf-8")
    return build(home, EDITION)


@pytest.fixture(scope="module")
def proof(home: Path, edited: Path) -> tuple[str, dict[str, str], dict[str, str]]:
    """The proof copy's page; the final copy's hashes before and after."""
    before = reading.hashes(edited)
    done = cityreach(home, "report", EDITION, "--proof")
    assert done.returncode == 0, done.stderr
    page = (home / "reports" / f"{EDITION}-proof" / "proof.zh.html").read_text(encoding="utf-8")
    return page, before, reading.hashes(edited)


def test_drafts_nobody_changed_change_nothing(drafted):
    assert "overview.zh.md" in drafted["written"] and len(drafted["written"]) >= 5
    assert drafted["after"] == drafted["before"]


def test_a_second_draft_touches_no_file(home, drafted):
    assert f"0 draft(s) written; {len(drafted['written'])} file(s) were there" in drafted["said"]
    now = {path.name: path.read_bytes() for path in (files_of(home) / "sections").iterdir()}
    assert now.keys() == drafted["written"].keys()
    same = [name for name in now if now[name] == drafted["written"][name]]
    assert set(now) - set(same) <= {"overview.zh.md"}  # which another fixture may have edited


def prose(folder: Path, cell: str) -> list[str]:
    return [
        reading.plain(text)
        for block in reading.blocks(folder)
        if block["cell"] == cell
        for text in block.get("paragraphs") or block.get("items") or []
    ]


def test_edited_words_stand_in_place_of_the_generated_ones(edited):
    paragraph, *items = prose(edited, "overview-text")
    assert re.fullmatch(r"深圳以[\d.]+分居首，发帖12条，互动[\d,]+次。", paragraph)
    assert items == ["北京列第4位；", "全部城市发帖48条；", "同期博览会接待77.7万名观众。"]
    assert prose(edited, "overview-firmness") == []  # a place that the file leaves out stays empty
    assert prose(edited, "foreword") == ["本期为卷首语的试验。4座城市的账号都在这里。"]
    cells = [block["cell"] for block in reading.blocks(edited)]
    assert cells.index("cover") < cells.index("foreword") < cells.index("summary")


def test_edited_figures_are_traced_like_generated_ones(edited):
    page = reading.page(edited)
    chapter = page.by_id("overview")
    shown = [
        text for block in reading.blocks(edited) if block["cell"] == "overview-text" for text in reading.texts(block)
    ]
    traced = {(run["finding"], run["key"]): run["at"] for text in shown for run in text if _figure(run)}
    assert traced["city.x.440300", "score"]["table"] == "ranking"
    assert len(chapter.of_class("fig")) >= len(traced) and all(traced.values())
    assert {("city.x.440300", "score"), ("city.x.440300", "posts"), ("total.posts", "value")} <= set(traced)
    score = next(row for row in reading.rows(edited, "ranking") if row["city"] == "深圳")["x_score"]
    assert f"{float(score):.1f}" in chapter.text
    ids = {each.attributes["id"] for each in page.walk() if "id" in each.attributes}
    assert {each.attributes["href"][1:] for each in page.all("a") if each.attributes["href"].startswith("#")} <= ids
    assert [e.text for e in chapter.all("strong")] and [e.text for e in page.by_id("foreword").all("em")] == ["试验"]


def test_a_figure_on_the_editors_word_is_printed_as_a_fact_of_the_edition(edited):
    (row,) = [row for row in reading.rows(edited, "edition") if row["key"].startswith("typed.")]
    assert (row["value"], row["item"]) == ("77.7万", "编者文中的数字")
    done = cityreach(edited.parents[1], "check", str(edited))
    assert done.returncode == 0, done.stdout + done.stderr


def _figure(run: Any) -> bool:
    return isinstance(run, dict) and bool(run["finding"])


def test_a_pinned_post_comes_first_with_its_date_and_its_comment(edited):
    cases = [block for block in reading.blocks(edited, "case") if block["cell"].startswith("x-case")]
    first = cases[0]
    assert first["kicker"][0] == ["北京"] and "2025年6月7日" in reading.plain(first["note"])
    assert reading.plain(first["comment"]) == "编者按：湖边漫步帖互动平平，却代表了北京的日常。北京列第4位。"
    row = next(row for row in reading.rows(edited, "case_posts") if row["post_id"] == PLAIN)
    assert row["place"] == "1" and row["city"] == "北京"
    assert any("编者按：湖边漫步帖" in text for text in reading.pdf_pages(edited))


def test_an_excluded_post_is_listed_with_its_reason_and_counted_all_the_same(edited, drafted):
    assert BEST not in {row["post_id"] for row in reading.rows(edited, "case_posts")}
    (table,) = [block for block in reading.blocks(edited, "table") if block["key"] == "excluded"]
    assert ["X平台", "深圳", "2025-05-01", BEST, "疑为付费推广"] in [
        [reading.cell_text(cell) for cell in row] for row in table["rows"]
    ]
    assert outputs(edited)["data/metrics.csv"] == drafted["before"]["data/metrics.csv"]


def test_the_final_copy_shows_no_trace_of_editing(edited):
    texts = {name: (edited / name).read_text(encoding="utf-8") for name in ("report.html", "report.ipynb")}
    texts["report.pdf"] = "".join(reading.pdf_pages(edited)) + str(reading.pdf_facts(edited))
    texts["rankings.xlsx"] = reading.workbook_parts(edited)
    for name, text in texts.items():
        for trace in (NOTE, "校样", *PLACES):
            assert trace not in text, (name, trace)
        assert not re.search(r"\bproofs?\b", text, re.IGNORECASE), name


def test_the_manifest_knows_the_editors_files(edited):
    found = json.loads((edited / "manifest.json").read_text(encoding="utf-8"))["provenance"]["editors"]
    assert {"cases.yml", "foreword.zh.md", "sections/overview.zh.md"} <= set(found)
    assert all(re.fullmatch(r"[0-9a-f]{64}", value) for value in found.values())


def test_the_proof_marks_what_was_edited_and_leaves_the_final_copy_alone(proof):
    page, before, after = proof
    assert after == before
    assert page.count(NOTE) == 2 and "校样" in page
    assert "sections/overview.zh.md:4" in page and "city.x.440300" in page
    assert page.count('class="fault warning"') == 2 and 'class="fault error"' not in page  # at its head, in the margin
    assert re.search("<mark><(?:a|span)[^>]*>77.7万</(?:a|span)></mark>", page)
    numbers = [int(number) for number in re.findall(r'<aside class="margin[^>]*>\s*<p><b>(\d+)</b>', page)]
    assert numbers == list(range(1, len(numbers) + 1)) and len(numbers) > 10


def test_faults_stop_the_report_one_line_each_and_stand_in_the_proof(home, edited, proof):
    file = files_of(home) / "sections" / "x.zh.md"
    kept = file.read_bytes()
    before = reading.hashes(edited)
    try:
        file.write_text("深圳以12.3分居首。\n\n{{ 深圳.x.rnk }}\n\n来了88.8万名游客。\n", encoding="utf-8")
        done = cityreach(home, "report", EDITION)
        lines = done.stderr.strip().splitlines()
        where = f"data/editions/{EDITION}/sections/x.zh.md"
        assert done.returncode == 2 and len(lines) == 4
        assert "overview.zh.md:8: warning: " in lines[0]
        assert f"{where}:5: warning: “来了88.8万名游客。” says 88.8万" in lines[1]
        assert f"{where}:1: error:" in lines[2] and "12.3" in lines[2] and "{{ 深圳.x.score }}" in lines[2]
        assert f"{where}:3: error: “{{{{ 深圳.x.rnk }}}}” does not resolve" in lines[3]
        assert reading.hashes(edited) == before
        assert cityreach(home, "draft", EDITION, "--check").returncode == 2
        assert cityreach(home, "report", EDITION, "--proof").returncode == 0
        page = (home / "reports" / f"{EDITION}-proof" / "proof.zh.html").read_text(encoding="utf-8")
        assert page.count('class="fault error"') == 4 and page.count('class="fault warning"') == 4
        assert "<mark>{{ 深圳.x.rnk }}</mark>" in page
    finally:
        file.write_bytes(kept)


def test_a_pin_that_meets_no_post_stops_the_report(home, edited):
    file = files_of(home) / "cases.yml"
    try:
        file.write_text(CASES.replace(PLAIN, "42"), encoding="utf-8")
        done = cityreach(home, "report", EDITION)
        assert done.returncode == 2
        assert f"data/editions/{EDITION}/cases.yml:2: `pinned.0` names x 42, which meets no post" in done.stderr
    finally:
        file.write_text(CASES, encoding="utf-8")


def test_edited_figures_follow_the_data(home, edited):
    old = prose(edited, "overview-text")
    exports.write_inbox(home, EDITION, "posts.csv", exports.posts_csv(best=exports.ATTACKS, count=13))
    now = prose(build(home, EDITION), "overview-text")
    assert "发帖13条" in now[0] and now[2] == "全部城市发帖52条；" and now[0] != old[0]


def test_an_edition_without_order_refuses_places(home):
    folder = files_of(home, SHUFFLED) / "sections"
    folder.mkdir(parents=True)
    file = folder / "overview.zh.md"
    file.write_text("深圳发帖{{ 深圳.x.posts }}条。\n\n深圳得{{ 深圳.x.score }}分。\n\n深圳领跑。\n", encoding="utf-8")
    done = cityreach(home, "report", SHUFFLED)
    assert done.returncode == 2 and len(done.stderr.strip().splitlines()) == 2
    assert "overview.zh.md:3: error: “{{ 深圳.x.score }}” speaks of places" in done.stderr
    assert "overview.zh.md:5: error: “领跑” places cities" in done.stderr
    file.write_text("深圳发帖{{ 深圳.x.posts }}条。\n", encoding="utf-8")
    done = cityreach(home, "report", SHUFFLED)
    assert done.returncode == 0, done.stderr
    assert prose(home / "reports" / SHUFFLED, "overview-text") == ["深圳发帖12条。"]


def test_pinned_posts_come_first_where_the_others_are_shuffled(home):
    file = files_of(home, SHUFFLED) / "cases.yml"
    file.parent.mkdir(exist_ok=True)
    quiet = CASES.replace("北京列第{{ 北京.x.rank }}位。", "")
    firsts = []
    for city in range(3):  # by chance, one of them would come first
        file.write_text(quiet.replace(PLAIN, PLAIN.replace("190", f"19{city}")), encoding="utf-8")
        folder = build(home, SHUFFLED)
        firsts.append(next(b for b in reading.blocks(folder, "case") if b["cell"].startswith("x-case"))["kicker"][0])
    assert firsts == [["北京"], ["上海"], ["杭州"]]
    assert [block["key"] for block in reading.blocks(folder, "table") if block["key"] == "excluded"] == ["excluded"]


def test_context_figures_may_stand_in_a_file_of_their_own(home, monkeypatch):
    from cityreach import edition as editions
    from cityreach.errors import SpecError

    monkeypatch.setenv("CITYREACH_HOME", str(home))
    entry = "context:\n  - text: {zh: 订单增长, en: Orders grew}\n    source: {zh: 携程, en: Ctrip}\n"
    file = files_of(home, SHUFFLED) / "context.yml"
    file.parent.mkdir(exist_ok=True)
    try:
        file.write_text(entry, encoding="utf-8")
        assert [each.source.en for each in editions.load(SHUFFLED).context] == ["Ctrip"]
        file.write_text(entry + entry.removeprefix("context:\n"), encoding="utf-8")
        with pytest.raises(SpecError, match=r"context\.yml: `context\.1\.text` stands twice, found '订单增长'"):
            editions.load(SHUFFLED)
    finally:
        file.unlink()


# the guide, and every text of a whole edition


@pytest.fixture(scope="module")
def beside_march(march: Path, session_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A home that reads the session's store, for texts that need no build."""
    made = make_home(tmp_path_factory.mktemp("guide") / "project")
    for name in ("inbox", "store"):
        (made / "data" / name).rmdir()
        (made / "data" / name).symlink_to(session_home / "data" / name)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CITYREACH_HOME", str(made))
        yield made


def examples() -> dict[str, str]:
    """The worked example of docs/editing.md: its files by name, and what follows under other words."""
    text = (ROOT / "docs" / "editing.md").read_text(encoding="utf-8").split("## A worked example")[1]
    found = re.findall(r"(?:`(data/[^`]+)`|([^\n`]+)):\n\n```\w+\n(.*?)```", text, re.DOTALL)
    return {name or words: content for name, words, content in found}


def test_the_guides_example_says_what_the_guide_says(beside_march):
    from cityreach import drafting, monthly
    from cityreach.editorial import drafts

    told = examples()
    for name, content in told.items():
        if name.startswith("data/"):
            path = beside_march / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content, encoding="utf-8")
    try:
        assert drafting.check("2025-03", ["zh", "en"]) == []
        report = monthly.Report(monthly.open_book("2025-03", "zh"))
        shown = [block for part in (report.overview.text(), report.overview.bridge_text()) for block in _all(part)]
        words = [blocks.plain(text) for block in shown for text in drafts.texts_of(block)]
        assert "\n".join(words) == told["The report prints"].strip()
        overview = beside_march / "data/editions/2025-03/sections/overview.zh.md"
        overview.write_text(
            overview.read_text(encoding="utf-8").replace("{{ 南京.composite.score }}", "99.9"), encoding="utf-8"
        )
        assert [str(each) for each in drafting.check("2025-03", ["zh"])] == [told[", the check would say"].strip()]
    finally:
        shutil.rmtree(beside_march / "data/editions/2025-03")


def _all(shown: Any) -> list[Any]:
    return list(shown) if isinstance(shown, list) else [shown] if shown else []


@pytest.mark.parametrize(("edition", "lang"), [("2025-03", "zh"), ("2025-03", "en")])
def test_an_edited_draft_says_what_was_generated(beside_march, edition, lang):
    """Every generated text survives the way into Markdown and back, figures and all, without a fault."""
    from cityreach import drafting, monthly
    from cityreach.editorial import drafts, files

    editors = monthly.open_book(edition, lang, marked=True).editors
    texts = 0
    for section in editors.sections:
        text = drafting.draft(editors.book, section)
        if not text:
            continue
        head = files.HEAD.match(text)
        again = editors.set(section, files.Source("draft", text[head.end() :], 1, untouched=False))
        assert not again.faults, str(again.faults[0])
        for place, block in editors.generated(section):
            generated = [blocks.plain(each) for each in drafts.texts_of(block)]
            lines = [line for group in again.groups[place] for line in group.lines]
            assert [blocks.plain(line.text) for line in lines] == generated
            texts += len(generated)
    assert texts > 25


def test_every_block_of_words_in_the_chapters_can_be_edited(beside_march):
    """No chapter shows generated words that an edited section would leave standing."""
    from cityreach import monthly
    from cityreach.monthly.places import Place

    report = monthly.Report(monthly.open_book("2025-03", "zh"))
    chapters = [report.front, report.overview, report.platform("x"), report.themes, report.cities, report.regions]
    loose = []
    for chapter in [*chapters, report.outlook]:
        for name, method in vars(type(chapter)).items():
            if name.startswith("_") or not callable(method) or name in ("case", "blocks", "foreword"):
                continue
            block = getattr(chapter, name)()
            kind = getattr(block, "kind", "")
            if kind in ("prose", "findings", "advice") and not isinstance(getattr(method, "place", None), Place):
                loose.append(f"{type(chapter).__name__}.{name}")
    assert loose == []
