"""Editors' texts: the grammar of placeholders, Markdown, what figures resolve to, typed figures, drafts, files."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cityreach import blocks, paths
from cityreach.blocks import Block
from cityreach.editorial import choice, drafts, faults, files, grammar, markdown, typed
from cityreach.editorial.faults import Fault
from cityreach.editorial.grammar import Placeholder
from cityreach.editorial.known import Known, Unresolved
from cityreach.editorial.markdown import Page
from cityreach.editorial.texts import Setter
from cityreach.editorial.typed import Judge
from cityreach.errors import EditorialError, SpecError
from cityreach.findings import Figure, Finding
from cityreach.insight import rules as insight_rules
from cityreach.prose import numbers

ROOT = paths.PACKAGE.parents[1]

CITIES = {"南京": "320100", "Nanjing": "320100", "320100": "320100", "北京": "110000", "Fuzhou (Jiangxi)": "361000"}
NODES = {each: each for each in ("composite", "facebook", "facebook.engagement")} | {"脸书": "facebook"}


def figures_of(city: str, node: str, ordered: bool = True) -> Finding:
    """Nanjing stands first (86.2) in the composite after a rise of 1, second on Facebook; Beijing fell by 1."""
    rank = {("320100", "composite"): 1, ("320100", "facebook"): 2, ("110000", "composite"): 2}.get((city, node), 9)
    score = 86.2 if rank == 1 else 91.8 - rank
    figures = {"rank": Figure(rank, "rank"), "score": Figure(score, "score"), "change": Figure(1, "places")}
    figures |= {"rise": Figure(1, "places")} if city == "320100" else {"fall": Figure(1, "places")}
    measures = {"followers": Figure(4_380_000, "count")} if node == "facebook" else {}
    return Finding(f"city.{node}.{city}", "city", city, (figures if ordered else {}) | measures, {"node": node})


FINDINGS = [
    Finding("edition", "edition", "2025-03", {"cities": Figure(133, "whole")}),
    Finding("total.posts", "total", "posts", {"value": Figure(21_234, "count"), "previous": Figure(20_000, "count")}),
    Finding("theme.share.food", "theme.share", "food", {"posts_share": Figure(0.123, "share")}),
    Finding("lead.composite.320100", "lead", "320100", {"gap": Figure(1.6, "score")}, {"other": "110000"}),
    Finding("place.composite.320100", "place", "320100", {"score": Figure(86.2, "score")}, {"node": "composite"}),
]


def known(lang: str = "zh", *, ordered: bool = True) -> Known:
    def of_city(city: str, node: str) -> Finding:
        return figures_of(city, node, ordered)

    return Known(lang, ordered, CITIES, NODES, {each.id: each for each in FINDINGS}, of_city)


def run(finding: Finding, key: str) -> Any:
    figure = finding.figures[key]
    return blocks.figure_run(numbers.show(figure.value, figure.unit, "zh"), finding.id, key)


def read(text: str, lang: str = "zh", *, first_line: int = 1) -> Page:
    return markdown.read(text, file="overview.md", lang=lang, first_line=first_line)


def told(text: str, *, lang: str = "zh", ordered: bool = True, generated: list[blocks.Text] | None = None) -> Setter:
    """The setter after it has set the text; `said` of it are its words."""
    page = read(text, lang)
    basis = known(lang, ordered=ordered)
    judge = Judge(basis, node="composite", names={"320100": "南京"}, generated=generated or [])
    setter = Setter(page, basis, judge, "overview", run)
    setter.lines = [  # type: ignore[attr-defined]
        line for part in page.parts for group in setter.groups(part.elements) for line in group.lines
    ]
    setter.faults += page.faults
    return setter


def said(setter: Setter) -> list[str]:
    return [blocks.plain(line.text) for line in setter.lines]  # type: ignore[attr-defined]


def kinds(setter: Setter) -> list[tuple[int, str, str]]:
    return [(each.line, each.kind, each.level) for each in sorted(setter.faults)]


# grammar


@pytest.mark.parametrize(
    ("text", "path", "expected"),
    [
        ("{{ 南京.facebook.rank }}", ("南京", "facebook", "rank"), ""),
        ("{{南京 . facebook . rank}}", ("南京", "facebook", "rank"), ""),
        ("{{ Fuzhou (Jiangxi).x.score }}", ("Fuzhou (Jiangxi)", "x", "score"), ""),
        ("{{ Xi'an.x.score }}", ("Xi'an", "x", "score"), ""),
        ("{{ total.posts }}", ("total", "posts"), ""),
        ("{{ case.facebook|123_456.likes }}", ("case", "facebook|123_456", "likes"), ""),
        ("{{ 南京.composite.rank = 1 }}", ("南京", "composite", "rank"), "1"),
        ("{{ edition.period=3月 }}", ("edition", "period"), "3月"),
    ],
)
def test_placeholders_are_read(text, path, expected):
    assert grammar.parse(text) == Placeholder(text, path, expected)


@pytest.mark.parametrize(
    "text",
    ["{{}}", "{{ }}", "{{ . }}", "{{ 南京..rank }}", "{{ 南京.rank = }}", "{{ ''.__class__ }}", '{{ f("x") }}',
     "{{ a.b\n.c }}", "{{ {a} }}", "{ 南京.rank }", "{{ a = b = c }}"],
)  # fmt: skip
def test_what_is_no_placeholder_is_refused(text):
    assert grammar.parse(text) is None


# Markdown


def test_a_page_is_read_into_parts_with_lines_and_notes():
    page = read(
        "above\n\n<!-- part: text -->\n\nfirst **bold {{ total.posts }}** *soft*\nsecond line <!-- note: ask Li -->\n\n"
        "1. one\n2. two\n   - below\n\n<!-- part: firmness -->\n\nlast\n<!-- 注：核对 -->\n",
        "en",
        first_line=10,
    )
    assert not page.faults
    assert [(part.name, part.line) for part in page.parts] == [("", 10), ("text", 12), ("firmness", 21)]
    paragraph, numbered = page.parts[1].elements
    assert (paragraph.kind, numbered.kind) == ("paragraph", "numbers")
    assert [(piece.text, piece.mark) for piece in paragraph.items[0].pieces] == [
        ("first ", ""), ("bold ", "strong"), ("{{ total.posts }}", "strong"), (" ", ""), ("soft", "em"), (" ", ""),
        ("second line", ""),
    ]  # fmt: skip
    assert [piece.line for piece in paragraph.items[0].pieces] == [14, 14, 14, 14, 14, 15, 15]
    assert [item.line for item in numbered.items] == [17, 18] and numbered.items[1].below[0].pieces[0].text == "below"
    assert page.notes == [(15, "ask Li"), (24, "核对")]
    assert page.parts[2].elements[0].items[0].line == 23


def test_chinese_lines_join_without_a_space_and_indents_go():
    assert said(told("　　第一行，\n第二行。\n")) == ["第一行，第二行。"]


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("# 标题", "heading"), ("标题\n====", "heading"), ("```\nx\n```", "code"), ("    x", "code"),
        ("a `x` b", "code"),
        ("> 引", "quotation"), ("---", "rule"), ("<b>x</b>", "html"), ("<div>\nx\n</div>", "html"),
        ("[a](http://b)", "link"), ("![a](b.png)", "image"), ("**“甲”**乙", "star"),
        ("{% if x %}y{% endif %}", "brace"),
        ("{# x #}", "brace"), ("{{ 南京", "brace"), ("}} x", "brace"), ("a <!-- note", "comment"),
        ("{{ f('x') }}", "placeholder"), ("- > x", "quotation"), ("1. a\n\n   b", "other"),
    ],
)  # fmt: skip
def test_anything_else_is_refused_with_its_line(line, kind):
    page = read(f"fine\n\n{line}\n")
    assert page.faults and {(each.kind, each.line in (3, 5)) for each in page.faults} == {(kind, True)}
    assert str(page.faults[0]).startswith(f"overview.md:{page.faults[0].line}: error: “")
    assert "\n" not in str(page.faults[0])


def test_an_escaped_star_is_a_star():
    assert said(told("5\\*5 \\[x\\]\n")) == ["5*5 [x]"]


# what placeholders resolve to


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("{{ 南京.composite.score }}", "86.2"),
        ("{{ Nanjing.facebook.rank }}", "2"), ("{{ 320100.脸书.followers }}", "438万"),
        ("{{ 南京.facebook.engagement.rank }}", "9"), ("{{ 南京.composite.rise }}", "1"),
        ("{{ total.posts }}", "2.12万"), ("{{ total.posts.previous }}", "2万"),
        ("{{ theme.share.food.posts_share }}", "12%"),
        ("{{ lead.composite.320100.gap }}", "1.6"),
        ("{{ 南京.composite.rank = 1 }}", "1"), ("{{ edition.cities }}", "133"),
    ],
)  # fmt: skip
def test_placeholders_become_figures_with_their_finding(text, shown):
    setter = told(f"值为{text}。\n")
    (line,) = setter.lines
    assert not setter.faults and blocks.plain(line.text) == f"值为{shown}。"
    figure = line.text[1]
    assert isinstance(figure, dict) and figure["finding"] in setter.found and figure["key"]


@pytest.mark.parametrize(
    ("text", "kind", "remedy"),
    [
        ("{{ 南金.composite.rank }}", "close", "Did you mean 南京?"),
        ("{{ 南京.rank }}", "no_node", "composite, facebook"),
        ("{{ 南京.fb.rank }}", "node", "composite, facebook"),
        ("{{ 南京.facebook.likes }}", "no_figure", "followers"),
        ("{{ 南京.composite.fall }}", "turned", "There was a rise"),
        ("{{ theme.share.food.shares }}", "no_key", "posts_share"),
        ("{{ theme.share.foot.posts_share }}", "close", "Did you mean theme.share.food?"),
        ("{{ zzz.qqq }}", "unknown", "A draft lists the ids"),
        ("{{ 南京.composite.rank = 2 }}", "expected", "It is 1 now"),
    ],
)
def test_what_does_not_resolve_is_told_with_line_and_remedy(text, kind, remedy):
    setter = told(f"好。\n\n值为{text}。\n")
    assert kinds(setter) == [(3, kind, "error")]
    assert remedy in str(setter.faults[0]) and text in str(setter.faults[0])
    assert setter.faults[0].told("zh") != setter.faults[0].told("en")


def test_a_city_that_stayed_neither_rose_nor_fell():
    still = Finding("city", "city", "320100", {"change": Figure(0, "places")})
    with pytest.raises(Unresolved) as raised:
        Known("zh", True, CITIES, NODES, {}, lambda city, node: still).resolve(
            Placeholder("", ("南京", "composite", "rise"))
        )
    assert raised.value.kind == "stayed"


def test_an_edition_without_order_refuses_places_and_words_of_order():
    setter = told(
        "南京粉丝{{ 南京.facebook.followers }}。\n\n第{{ 南京.facebook.rank }}\n\n领跑\n\n第3位\n", ordered=False
    )
    assert kinds(setter)[:2] == [(3, "no_order", "error"), (5, "order_word", "error")]
    assert (7, "order_word", "error") in kinds(setter)
    assert told("{{ place.composite.1.score }}", ordered=False).faults[0].kind == "no_order"
    assert not told("南京粉丝{{ 南京.facebook.followers }}。\n", ordered=False).faults


# typed figures


@pytest.mark.parametrize(
    ("words", "verdict"),
    [
        ("南京以86.2分居首。", []),
        ("南京以99.9分居首。", ["against"]),
        ("南京列第1位。", []),
        ("南京列第3位。", ["against"]),
        ("脸书上，南京列第2位。", []),
        ("脸书上，南京列第1位。", ["against"]),
        ("南京上升1位。", []),
        ("南京上升4位。", ["against"]),
        ("南京得1.6分的优势。", []),  # the lead, which a finding about Nanjing holds
        ("全部133座城市。", []),
        ("共发帖2.12万条。", []),
        ("游客77.7万人次。", ["unheld"]),
        ("城市间相差1.6分。", ["unheld"]),  # a figure of Nanjing's, where nobody speaks of Nanjing
        ("南京举办G20会议。", []),
        ("南京好。北京以86.2分居首。", ["against"]),
    ],
)
def test_typed_figures_are_judged(words, verdict):
    setter = told(f"{words}\n")
    assert [kind for _, kind, _ in kinds(setter)] == verdict
    assert [level for _, _, level in kinds(setter)] == ["warning" if kind == "unheld" else "error" for kind in verdict]
    assert said(setter) == [words]
    runs = [run for run in setter.lines[0].text if isinstance(run, dict)]
    assert all(run["finding"] in setter.found for run in runs)
    assert len(runs) == 1  # every typed figure is traced to something


def test_english_typed_figures():
    assert not told("Nanjing scored 86.2.\n", lang="en").faults
    setter = told("Nanjing scored 99.9, with 7.7 million visitors.\n", lang="en")
    assert [kind for _, kind, _ in kinds(setter)] == ["against", "unheld"]


def test_a_figure_between_the_generated_words_must_be_the_generated_one():
    generated = [["北京紧随其后，相差", blocks.figure_run("1.6", "lead.composite.320100", "gap"), "分。"]]
    wrong = told("北京紧随其后，相差2.6分。\n", generated=generated)
    assert kinds(wrong) == [(1, "against", "error")]
    assert "{{ lead.composite.320100.gap }}" in str(wrong.faults[0]) and "1.6" in str(wrong.faults[0])
    right = told("北京紧随其后，相差1.6分。\n", generated=generated)
    assert not right.faults and right.lines[0].text[1]["finding"] == "lead.composite.320100"


@pytest.mark.parametrize(
    ("text", "lang", "found"),
    [
        ("2025年3月24日发布3条", "zh", ["2025年3月24日", "3"]),
        ("占22.3%，共1.9万次", "zh", ["22.3%", "1.9万"]),
        ("24 March 2025, 1.2 million", "en", ["24 March 2025", "1.2 million"]),
        ("in 2025, 1,234 posts", "en", ["2025", "1,234"]),
        ("G20 and X2", "en", ["20", "2"]),
        ("三座城市前十，五家渠", "zh", ["三座"]),
    ],
)
def test_numbers_are_found_whole(text, lang, found):
    assert [number.text for number in typed.numbers_in(text, lang, ["五家渠"])] == found


def test_every_fault_has_its_words_in_both_languages():
    names = "example known nodes node measures city name other finding close now typed placeholder"
    filled = dict.fromkeys(names.split(), "x")
    for kind in faults.words().faults:
        fault = Fault("f", 1, "here", kind, tuple(filled.items()))
        assert "{" not in fault.told("zh") + fault.told("en") and "。" in fault.told("zh")


# drafts and files

WORDS = st.text(st.characters(exclude_categories=("C", "Z"), exclude_characters="{}"), min_size=1, max_size=12)


@given(st.lists(st.lists(WORDS, min_size=1, max_size=4).map(" ".join), min_size=1, max_size=3))
def test_drafted_words_come_back_as_they_were(paragraphs):
    block = Block("prose", {"paragraphs": [[words] for words in paragraphs]})
    page = read(drafts.body([("text", block)], lambda finding, key: ""), "en")
    assert not page.faults
    pieces = [item.pieces for part in page.parts for element in part.elements for item in element.items]
    assert ["".join(piece.text for piece in each) for each in pieces] == paragraphs


def test_a_draft_is_untouched_until_somebody_changes_it(tmp_path):
    path = tmp_path / "overview.zh.md"
    text = drafts.file_text("overview", "<!-- part: text -->\n\n南京。\n", findings=["edition"], how="改。")
    assert drafts.write(path, text)
    assert files.read_source(path).untouched
    path.write_bytes(text.replace("\n", "\r\n").encode() + b"\r\n")  # as some editors save it
    assert files.read_source(path).untouched
    path.write_text(text.replace("南京", "北京"), encoding="utf-8")
    source = files.read_source(path)
    assert not source.untouched and source.text.startswith("<!-- part: text -->")
    assert path.read_text(encoding="utf-8").splitlines()[source.first_line - 1] == "<!-- part: text -->"
    path.write_text("南京。\n", encoding="utf-8")
    assert not files.read_source(path).untouched


def test_a_file_that_is_there_is_never_written(tmp_path):
    path = tmp_path / "sections" / "overview.zh.md"
    assert drafts.write(path, "first\n")
    before = path.read_bytes(), path.stat().st_mtime_ns
    assert not drafts.write(path, "second\n")
    assert (path.read_bytes(), path.stat().st_mtime_ns) == before


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv(paths.HOME_VARIABLE, str(tmp_path))
    home = tmp_path / "data" / "editions" / "2025-03"
    home.mkdir(parents=True)
    return home


def test_a_file_of_an_unknown_name_is_refused(folder):
    (folder / "foreword.zh.md").write_text("x", encoding="utf-8")
    assert [path.name for path in files.listed("2025-03")] == ["foreword.zh.md"]
    (folder / "vorwort.md").write_text("x", encoding="utf-8")
    with pytest.raises(EditorialError, match=r"data/editions/2025-03/vorwort\.md: nothing reads"):
        files.listed("2025-03")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("pinned:\n  - platform: x\n", "`pinned.0`.*named by `platform` and `post`, or by `url`"),
        ("pinned:\n  - {url: a, platform: x, post: b}\n", "named by"),
        ("excluded:\n  - url: a\n", "`excluded.0.reason`: the key is missing"),
        ("pinned:\n  - url: a\nexcluded:\n  - {url: b, reason: {zh: x, en: x}}\n"
         "  - {url: a, reason: {zh: x, en: x}}\n",
         "cases.yml:5: `excluded.1` names a, which `pinned.0` names, too"),
        ("pins: []\n", "`pins`: this key is not known.*Did you mean"),
    ],
)  # fmt: skip
def test_a_broken_list_of_cases_is_told_with_its_key(folder, text, message):
    (folder / "cases.yml").write_text(text, encoding="utf-8")
    with pytest.raises(SpecError, match=message):
        files.read_cases("2025-03")


def test_a_text_that_is_not_utf8_is_told(folder):
    path = folder / "foreword.zh.md"
    path.write_bytes("前言".encode("gb18030"))
    with pytest.raises(EditorialError, match="not UTF-8 at byte 2"):
        files.read_source(path)


# case posts


@pytest.fixture
def posts() -> pd.DataFrame:
    """Thirty posts of three cities on X; the larger the number, the more interactions."""
    count = 30
    columns = {
        "platform": ["x"] * count, "post_id": [f"p{n}" for n in range(count)],
        "url": [None, *[f"u{n}" for n in range(1, count)]],
        "city_id": [("a", "b", "c")[n % 3] for n in range(count)], "account_id": ["x:a"] * count, "text": ["t"] * count,
        "day": pd.Timestamp("2025-03-01"), "format": ["photo"] * count, "lang": ["en"] * count,
        "counted_at": pd.Timestamp("2025-04-07"), "basis": [30] * count, "usual": [50.0] * count,
    }  # fmt: skip
    frame = pd.DataFrame(columns).assign(interactions=[100.0 + n for n in range(count)])
    figures = frame.assign(**dict.fromkeys(("likes", "comments", "shares", "views"), frame["interactions"]))
    return figures.assign(lift=figures["interactions"] / 50)


def chosen_posts(posts: pd.DataFrame, **options: Any) -> list[tuple[str, str]]:
    rules = insight_rules.load().cases.model_copy(update={"least": {}, "least_elsewhere": 1, "large_share": 0.9})
    themes = pd.DataFrame({"platform": ["x"], "post_id": ["p1"], "place": [1], "theme": ["food"]})
    accounts = pd.DataFrame({"handle": ["A"]}, index=pd.Index(["x:a"], name="account_id"))
    found = choice.case_posts(posts, themes, accounts, rules=rules, edition_id="2025-03", **options)
    assert found["place"].tolist() == list(range(1, len(found) + 1))
    return list(zip(found["post_id"], found["reason"], strict=True))


def test_without_wishes_the_largest_post_of_each_city_is_a_case(posts, home_of_rules):
    assert chosen_posts(posts) == [("p29", "lift"), ("p28", "lift"), ("p27", "lift")]
    assert chosen_posts(posts, among=posts.iloc[:29].reset_index(drop=True))[0] == ("p28", "lift")


def test_pinned_posts_come_first_and_excluded_ones_never(posts, home_of_rules):
    (home_of_rules / "cases.yml").write_text(
        "pinned:\n  - {platform: x, post: p1}\n  - url: u2\n"
        "excluded:\n  - {platform: x, post: p27, reason: {zh: x, en: x}}\n",
        encoding="utf-8",
    )
    expected = [("p1", "pinned"), ("p2", "pinned"), ("p24", "lift")]  # cities b and c have their case
    assert chosen_posts(posts) == expected
    assert chosen_posts(posts, among=posts.iloc[3:].reset_index(drop=True)) == expected  # a pin is chosen from all


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("pinned:\n  - {platform: x, post: p99}\n", r"cases.yml:2: `pinned.0` names x p99, which meets no post"),
        (
            "excluded:\n  - {url: u99, reason: {zh: x, en: x}}\n",
            r"cases.yml:2: `excluded.0` names u99, which meets no post",
        ),
        ("pinned:\n" + "".join(f"  - url: u{n}\n" for n in range(1, 5)), "`pinned` names 4 posts on x, where 3"),
    ],
)
def test_wishes_that_cannot_be_met_stop_everything(posts, home_of_rules, text, message):
    (home_of_rules / "cases.yml").write_text(text, encoding="utf-8")
    with pytest.raises(EditorialError, match=message):
        chosen_posts(posts)


@pytest.fixture
def home_of_rules(folder) -> Any:
    """The editors' folder of a home that has the analysis's rules."""
    rules = folder.parents[1] / "insight"
    rules.mkdir()
    (rules / "rules.yml").write_bytes((ROOT / "data" / "insight" / "rules.yml").read_bytes())
    return folder
