"""Sentences from findings: traced figures, words that cannot forge one, and every template of both languages."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from typing import Any

import jinja2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cityreach import blocks, edition, paths, spec
from cityreach.errors import SpecError
from cityreach.findings import Figure, Finding
from cityreach.prose import Writer

HAN = re.compile(r"[\u4e00-\u9fff]")
LANGUAGES = ("zh", "en")
SENTENCES = ("headline.", "overview.", "summary.", "platforms.", "themes.", "cities.", "regions.", "quality.", "basis.")
BRANDS = {"status.none", "charts.formats.unit"}
NAMESAKES = {"traps.fuzhou"}  # says which Chinese names read alike in English
NAMED = ("platform", "theme", "format", "province", "region", "node", "tier", "part", "zone", "language", "reason")
CITIES = {"a": ("南京", "Nanjing"), "b": ("北京", "Beijing"), "c": ("呼和浩特", "Hohhot")}
ORDER_WORDS = re.compile(
    r"领跑|榜首|首位|居首|第一|名次|位次|得分|前十|排名|上升|下降|\b(?:ranks?|places?|scores?|leads?|leader|top|first|best)\b"
)


def make(kind: str, subject: str = "a", *, words: dict[str, Any] | None = None, **figures: tuple[Any, str]) -> Finding:
    found = {name: Figure(value, unit) for name, (value, unit) in figures.items()}
    return Finding(f"{kind}.{subject}", kind, subject, found, words or {})


def names(lang: str) -> dict[str, Callable[..., str]]:
    """Filters as the report brings them, for ids of the hand-made findings."""

    def city(key: str) -> str:
        return CITIES.get(key, CITIES["a"])[lang == "en"]

    def one(_: str) -> str:
        return "某名" if lang == "zh" else "Somename"

    every = dict.fromkeys(NAMED, one)
    glue = "、" if lang == "zh" else " and "
    lists = {
        "cities": lambda ids: glue.join(city(key) for key in ids),
        "platforms": lambda ids: glue.join(map(one, ids)),
    }
    return {**every, **lists, "city": city}


def writer(lang: str) -> Writer:
    return Writer(lang, "monthly", names=names(lang))


def file_of(path: Path, text: str, monkeypatch: pytest.MonkeyPatch) -> Writer:
    path.write_text(text, encoding="utf-8")
    monkeypatch.setattr(paths, "template", lambda *parts: path)
    return Writer("en", "own", names=names("en"))


# runs


def test_a_figure_keeps_its_finding_and_key() -> None:
    place = make("place", score=(86.2, "score"))
    text = writer("zh").tell("platforms.leader", place=place, lead=None)
    assert text == ["南京以", {"text": "86.2", "finding": "place.a", "key": "score"}, "分居首。"]


def test_words_and_names_cannot_forge_a_figure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = file_of(tmp_path / "own.yml", 'say: "{{ s }} {{ w.name }} {{ w.list[0] }} {{ x }} {{ f.n }}"', monkeypatch)
    forged = "\x02other\x1fn\x1f999\x03"
    finding = make("say", forged, words={"name": forged, "list": [forged]}, n=(5, "count"))
    figures = [run for run in own.text(finding, x=forged) if isinstance(run, dict)]
    assert [run["text"] for run in figures] == ["5"]
    assert "\x02" not in blocks.plain(own.text(finding, x=forged))


def test_label_strips_the_marks_of_figures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = file_of(tmp_path / "own.yml", 'name: "<{{ x }}>"', monkeypatch)
    assert own.label("name", x="a\x02b\x1fc\x03d") == "<abcd>"


def test_unknown_name_names_file_and_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = file_of(tmp_path / "own.yml", 'lead: "{{ f.gap }}"', monkeypatch)
    with pytest.raises(SpecError, match=r"own\.yml.*`lead`.*gap"):
        own.text(make("lead"))


def test_broken_template_and_absent_key_name_file_and_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = file_of(tmp_path / "own.yml", 'lead: "{% if %}"', monkeypatch)
    with pytest.raises(SpecError, match=r"own\.yml: `lead` is not a valid template"):
        own.text(make("lead"))
    with pytest.raises(SpecError, match=r"own\.yml: `other` is absent"):
        own.label("other")


def test_paragraphs_are_spaced_in_english_only() -> None:
    assert blocks.plain(writer("en").paragraph(["One."], [], ["Two."])) == "One. Two."
    assert blocks.plain(writer("zh").paragraph(["一。"], [], ["二。"])) == "一。二。"


@pytest.mark.parametrize(("number", "word"), [(1, "1 city"), (2, "2 cities"), (0, "0 cities")])
def test_english_plurals(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, word: str) -> None:
    own = file_of(tmp_path / "own.yml", "n: \"{{ f.n }} {{ 'city'|plural(f.n) }}\"", monkeypatch)
    assert blocks.plain(own.text(make("n", n=(number, "whole")))) == word


@given(st.integers(0, 10**9), st.floats(0, 100, allow_nan=False))
def test_no_digit_of_a_finding_is_ever_plain(number: int, score: float) -> None:
    total = {key: make("total", key, value=(number, "count")) for key in ("accounts", "posts", "interactions")}
    for lang, writer_ in WRITERS.items():
        text = writer_.tell("summary.total", edition=EDITION, **total)
        text += writer_.tell("platforms.leader", turn=1, place=make("place", score=(score, "score")), lead=None)
        assert not re.search(r"\d", "".join(run for run in text if isinstance(run, str))), lang


# templates


def flat(lang: str, name: str) -> dict[str, str]:
    return dict(_flat(spec.read_yaml(paths.template("prose", lang, f"{name}.yml"))))


def _flat(content: dict[str, Any], prefix: str = "") -> Iterable[tuple[str, str]]:
    """Every text by its dotted key; the wordings of one sentence by key#0, key#1 ..."""
    for key, value in content.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{key}.")
        elif isinstance(value, list):
            yield from ((f"{prefix}{key}#{turn}", str(each)) for turn, each in enumerate(value))
        else:
            yield f"{prefix}{key}", str(value)


def words_of(template: str) -> str:
    """A template without its placeholders and conditions."""
    return re.sub(r"{{.*?}}|{%.*?%}", "", template, flags=re.S)


@pytest.mark.parametrize("name", ["monthly", "published"])
def test_both_languages_hold_the_same_keys(name: str) -> None:
    assert flat("zh", name).keys() == flat("en", name).keys()


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", ["monthly", "published"])
def test_every_template_compiles(lang: str, name: str) -> None:
    for key in flat(lang, name):
        try:
            name_, _, turn = key.partition("#")
            Writer(lang, name, names=names(lang))._template(name_, int(turn or 0))
        except (SpecError, jinja2.TemplateError) as error:
            pytest.fail(f"{lang}/{name} {key}: {error}")


@pytest.mark.parametrize("name", ["monthly", "published"])
def test_english_holds_no_chinese_and_no_curly_quotes(name: str) -> None:
    wrong = [key for key, text in flat("en", name).items() if HAN.search(text) or re.search(r"[“”‘’，。、；：]", text)]
    assert set(wrong) <= NAMESAKES


def test_every_chinese_label_is_chinese() -> None:
    assert {key for key, text in flat("zh", "monthly").items() if words_of(text).strip() and not HAN.search(text)} <= (
        BRANDS
    )


@pytest.mark.parametrize("lang", LANGUAGES)
def test_sentences_type_no_digits(lang: str) -> None:
    typed = {
        key: words_of(text)
        for key, text in flat(lang, "monthly").items()
        if (key.startswith((*SENTENCES, "cases.title")) or key.endswith(".headline"))
        and re.search(r"\d", words_of(text))
    }
    assert not typed


@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_an_unordered_edition_says_implies_no_order(lang: str) -> None:
    kept = [key for key in flat(lang, "monthly") if "unordered" in key or key.endswith((".listed", ".labels"))]
    kept += ["overview.random", "headline.platform.format", "headline.platform.theme", "headline.platform.plain"]
    kept += ["summary.total", "summary.share", "summary.pull", "themes.share", "themes.pull", "themes.platforms"]
    kept += ["cases.title", "method.what", "method.scale", "method.weights", "method.missing", "cover.description"]
    kept += ["platforms.outside", "cover.outside", "tables.weights_note", "quality.intake", "quality.seen"]
    kept += ["platforms.unscored", "platforms.summed", "platforms.none", "cover.unscored", "quality.summed"]
    kept += ["themes.none", "cities.none"]
    kept += [f"platforms.{part}" for part in ("format", "theme", "tag", "time", "language")]
    kept += ["themes.ugc", "themes.even.time", "themes.even.tag", "themes.even.language", "quality.doubt"]
    kept += ["cities.newcomers", "cities.gone", "cities.opened", "cities.resumed", "cities.silent"]
    every = flat(lang, "monthly").items()
    said = {key: words_of(text) for key, text in every if key.partition("#")[0] in kept}
    assert {key.partition("#")[0] for key in said} == set(kept)
    assert not {key: text for key, text in said.items() if ORDER_WORDS.search(text)}


# every sentence, from small findings

WRITERS = {lang: writer(lang) for lang in LANGUAGES}
EDITION = make(
    "edition",
    "2025-03",
    cities=(133, "whole"), common=(133, "whole"),
    period=(edition.Window(first=date(2025, 3, 1), last=date(2025, 3, 31)), "period"),
    files=(2, "whole"), rows=(1200, "exact"), kept=(1100, "exact"), quarantined=(3, "exact"), lacking=(1, "whole"),
    summed=(4, "whole"),
)  # fmt: skip
CLEAN = make("edition", files=(1, "whole"), rows=(1, "exact"), kept=(1, "exact"), quarantined=(0, "exact"))


def top(count: int) -> Finding:
    return make("top", "composite", words={"cities": ["a", "b"]}, n=(count, "count"))


def move(kind: str, city: str, size: int) -> Finding:
    places = {"rank": (5, "rank"), "rank_before": (5 + size, "rank")}
    return make(f"move.{kind}", city, size=(size, "places"), change=(size, "places"), **places)


def moved(way: str, *, carried: bool | None = True) -> Finding:
    words = {"way": way, "carried": carried}
    return make("moved", words=words, change=(1, "places"), before=(2, "rank"), rank=(1, "rank"))


def mover(change: int, *, largest: bool) -> Finding:
    places = {"change": (change, "places"), "size": (abs(change), "places"), "rank": (5, "rank")}
    scores = {"score_size": (9.7, "score"), "usual": (0.8, "score")}
    return make("mover", words={"largest": largest}, **places, rank_before=(11, "rank"), **scores)


def unusual(way: str) -> Finding:
    scores = {"score_size": (9.5, "score"), "usual": (1.5, "score")}
    return make("unusual", words={"way": way}, rank=(12, "rank"), rank_before=(5, "rank"), **scores)


def lead(gap: float, before: float | None = None) -> Finding:
    known = {} if before is None else {"gap_before": (before, "score"), "size_before": (abs(before), "score")}
    return make("lead", words={"other": "b"}, gap=(gap, "score"), **known)


def growth(way: str) -> Finding:
    return make("growth", words={"way": way}, change=(0.1, "change"), cities=(133, "whole"), platforms=(1, "whole"))


def present(kind: str, count: int, *, editions: int = 0) -> Finding:
    words: dict[str, Any] = {"cities": ["a", "b", "c"][:count] if count < 9 else ["a"] * count}
    words |= {"longest": "a"} if editions else {}
    figures = {"n": (count, "whole"), **({"editions": (editions, "whole")} if editions else {})}
    return make(f"presence.{kind}", "x", words=words, **figures)


def why(change: float, part: str = "facebook") -> Finding:
    words = {"city": "a", "part": part}
    return make("why", part, words=words, change=(change, "score"), size=(abs(change), "score"))


def case(*, likes: bool = True, lift: bool = True, over: bool = False) -> Finding:
    days = {name: (date(2025, 3, 24), "date") for name in ("day", "counted")}
    figures: dict[str, tuple[Any, str]] = {**days, "interactions": (5000, "count")}
    figures |= {"likes": (4000, "count")} if likes else {}
    figures |= {"lift": (27.0, "ratio")} if lift else {}
    return make("case", words={"city": "a", "platform": "x", "theme": "t", "format": "f", "over": over}, **figures)


def short(**words: str) -> Finding:
    shares = {"found": (0.333, "fine_share"), "asked": (0.5, "fine_share")}
    return make("gate", words=words, part=(2, "exact"), whole=(6, "exact"), most=(4, "exact"), **shares)


PLACE = make("place", score=(86.2, "score"))
LEAD = make("lead", words={"other": "b"}, gap=(1.6, "score"))
STREAK = make("streak", editions=(3, "count"))
ENTRY = make("entry.new", "c", words={"carried": True}, rank=(5, "rank"), rank_before=(11, "rank"))
BACK = make(
    "entry.return", "c", words={"carried": False}, rank=(5, "rank"), rank_before=(11, "rank"), away=(6, "whole")
)
FRESH = make("entry.new", "c", words={"carried": None}, rank=(5, "rank"))
GONE = make("entry.out", "c", words={"carried": None}, rank_before=(5, "rank"))
YOY = make("yoy", rank=(4, "rank"), rank_before=(17, "rank"))
RUN = make("run.rise", editions=(3, "whole"))
CLOSE, LEVEL = (make("close", words={"other": "b"}, gap=(gap, "score")) for gap in (0.4, 0.01))
HABIT = {name: (value, "decimal") for name, value in (("lift", 1.45), ("low", 1.14), ("high", 1.84))}
TAG = make("tag.works", "t", words={"platform": "x"}, tag=("lake", "text"), **HABIT)
TIME = make("time.works", "p", words={"platform": "x", "zone": "z"}, **HABIT)
LANGUAGE = make("language.works", "l", words={"platform": "x"}, **HABIT)
RISING = make("staying.rising", rank=(5, "rank"), mean_rank=(13.8, "score"))
DOUBT = make("doubt", words={"reasons": ["r", "q"]}, n=(3, "whole"), r=(2, "whole"), q=(1, "whole"))
PLACES = make("places", words={"nodes": ["composite", "x", "y"]}, composite=(3, "rank"), x=(8, "rank"), y=(1, "rank"))
SLOPE = {name: (value, "signed_fine") for name, value in (("slope", 0.016), ("low", -0.011), ("high", 0.043))}
SPREADS = {"first": (16.35, "decimal"), "last": (16.59, "decimal"), "editions": (12, "whole")}
SQUAD = make("squad", "p", words={"cities": ["a", "b"]}, a=(1, "rank"), b=(6, "rank"), n=(2, "whole"))
LABEL = make("label.city", words={"theme": "t"}, share=(0.23, "share"), panel_share=(0.06, "share"))
STEADY = make(
    "label.city",
    words={"theme": "t"},
    share=(0.2, "share"),
    panel_share=(0.1, "share"),
    of=(6, "whole"),
    months=(5, "whole"),
)
SHARE = make("theme.share", "t", posts_share=(0.2, "share"), interactions_share=(0.2, "share"), overall=(0.1, "share"))
FAVOURED = make(
    "theme.platform", "t", words={"platform": "x"}, interactions_share=(0.2, "share"), overall=(0.1, "share")
)
PULL = make("theme.pull", "t", pull=(1.7, "ratio"))
WORKS = make("format.works", "f", words={"platform": "x"}, lift=(1.3, "ratio"), low=(1.2, "ratio"), high=(1.5, "ratio"))
STAYING = make("staying.burst", months=(12, "count"), top_share=(0.41, "share"))
LISTED = make("listed", "composite", words={"cities": ["a", "b"]}, n=(10, "whole"))
UNEVEN = make("profile.lopsided", words={"best": "x", "weakest": "y"}, best_rank=(3, "rank"), weakest_rank=(36, "rank"))
COVERAGE = make(
    "coverage.platform", "x", seen=(143, "count"), expected=(146, "count"), silent=(1, "count"), no_account=(1, "count")
)
DRIVER = make("driver", words={"theme": "t"}, share=(0.31, "share"), share_before=(0.14, "share"))
TOTALS = {key: make("total", key, value=(120, "count")) for key in ("accounts", "posts", "interactions")}
LEADERS = make(
    "leaders", words={"cities": ["a", "b"], "pairs": [["x", "a"]]}, cities=(2, "whole"), platforms=(5, "whole")
)
SOLE = make("leaders", words={"cities": ["a"], "pairs": [["x", "a"]]}, cities=(1, "whole"), platforms=(4, "whole"))
FIRMS = [
    make("firm", low=(1, "rank"), high=(high, "rank"), p_first=(share, "share"))
    for high, share in ((1, 1.0), (1, 0.999), (2, 0.89), (1, 0.98))
]
UPS, DOWNS = [move("top_up", "a", 1)], [move("top_down", "b", 3), move("top_down", "c", 3)]
LED = [
    {"leader": PLACE, "name": "X", "moved": each, "streak": STREAK, "entry": ENTRY, "entry_new": new}
    for each, new in ((None, True), (moved("up"), True), (moved("up", carried=False), True), (moved("same"), False))
]
MOVES = [{"ups": UPS, "downs": DOWNS}, {"ups": [], "downs": UPS}, {"ups": DOWNS, "downs": []}]
TOPS = [{"top": top(10), "name": "X"}, {"top": top(4), "name": "X"}]
GIVEN: dict[str, list[dict[str, Any]]] = {
    "headline.overview.ordered": [*LED, {**LED[0], "streak": None, "entry": None}],
    "headline.overview.unordered": [{"listed": LISTED}],
    "headline.platform.leading": LED,
    "headline.platform.format": [{"works": WORKS, "name": "X"}],
    "headline.platform.theme": [{"theme": FAVOURED, "name": "X"}],
    "headline.platform.plain": [{"name": "X"}],
    "headline.themes": [{"pull": PULL}],
    "headline.cities": [{"label": LABEL}],
    "headline.cities_unordered": [{}],
    "headline.regions": [{"squads": [SQUAD]}, {"squads": [SQUAD, SQUAD]}],
    "headline.regions_unordered": [{}],
    "overview.top": TOPS,
    "overview.listed": [{"listed": LISTED}],
    "overview.random": [{}],
    "overview.leader": [
        {"place": PLACE, "lead": ahead, "moved": way, "streak": STREAK}
        for ahead, way in (
            (LEAD, None),
            (None, moved("up")),
            (lead(1.6, -0.6), moved("up", carried=False)),
            (lead(1.6, 0.7), moved("same")),
            (lead(0.7, 1.6), None),
            (lead(0.01, 0.01), None),
        )
    ],
    "overview.tied": [{"place": PLACE, "cities": ["a", "b"]}],
    "overview.rest": [
        {"ups": [moved("up")], "downs": [moved("down")], "same": [moved("same")], "unsure": [moved("up")]},
        {"ups": [], "downs": [], "same": [moved("same"), moved("same")], "unsure": []},
        {"ups": [], "downs": [], "same": [], "unsure": [moved("down"), moved("up")]},
        {"ups": [moved("up"), moved("up")], "downs": [], "same": [], "unsure": []},
    ],
    "overview.regulars": [
        {"regulars": make("regulars", editions=(12, "whole")), "cities": cities, "runs": runs}
        for cities, runs in ((["a", "b"], []), (["a"], [RUN, RUN]))
    ],
    "overview.runs": [{"rises": [RUN, RUN], "falls": [RUN]}, {"rises": [], "falls": [RUN]}],
    "overview.yoy": [{"ups": [YOY, YOY], "downs": [YOY]}, {"ups": [], "downs": [YOY]}],
    **{
        f"overview.growth.{against}": [
            {"posts": growth(way), "interactions": growth(way)} for way in ("up", "down", "same")
        ]
        for against in ("previous_edition", "year_ago")
    },
    **{f"overview.broken.{reason}": [{}] for reason in ("first", "panel", "platforms", "method", "scale")},
    "overview.missing": [{"platforms": ["x"]}],
    "overview.cut": [{"cut": each} for each in (CLOSE, LEVEL, LEAD)],
    "overview.usual": [{"mover": mover(6, largest=True)}],
    "overview.unusual": [
        {"found": [unusual("up"), unusual("down")], "mover": mover(6, largest=True)},
        {"found": [unusual("down")], "mover": None},
    ],
    "summary.fall": [{"fall": unusual("down")}],
    "overview.entries": [{"new": [ENTRY], "full": True}, {"new": [ENTRY, BACK, FRESH], "full": False}],
    "overview.returns": [{"back": [ENTRY]}, {"back": [ENTRY, BACK, FRESH]}],
    "overview.exits": [{"out": [ENTRY]}, {"out": [BACK, ENTRY, GONE]}],
    "overview.moves": MOVES,
    "overview.firm": [{"firm": firm} for firm in FIRMS],
    "overview.ahead": [
        {
            "firm": make("ahead", words={"other": "b"}, p_ahead=(1.0, "share")),
            "open": make("ahead", words={"other": "b"}, p_ahead=(share, "share")),
        }
        for share in (0.56, 0.998)
    ],
    "overview.close": [
        {"close": make("close", words={"other": "b"}, gap=(gap, "score")), "top": top(count), "name": "X"}
        for gap, count in ((0.4, 10), (1.2, 4), (0.01, 10))
    ],
    "overview.why": [
        {"total": why(9.7), "parts": [why(4.1)], "details": [why(3.6, "facebook.engagement")]},
        {"total": why(-0.2), "parts": [why(-1.1), why(-0.5)], "details": []},
    ],
    "overview.driver": [{"driver": DRIVER}],
    "summary.top": TOPS,
    "summary.listed": [{"listed": LISTED}],
    "summary.share": [{"shares": [SHARE, SHARE]}],
    "summary.pull": [{"pull": PULL}],
    "summary.label": [{"label": LABEL}],
    "summary.labels": [{"labels": [LABEL, LABEL]}],
    "summary.mover": [
        {"mover": mover(6, largest=True), "total": why(9.7), "parts": [why(4.1)]},
        {"mover": mover(1, largest=False), "total": why(-0.2), "parts": [why(-0.4)]},
        {"mover": mover(-3, largest=False), "total": None, "parts": []},
        {
            "mover": mover(-3, largest=True),
            "total": None,
            "parts": [],
        },
    ],
    "summary.leaders": [{"leaders": LEADERS}, {"leaders": SOLE}],
    "summary.squads": [{"squads": [SQUAD, SQUAD]}],
    "summary.total": [TOTALS],
    **{f"platforms.{key}": [{"name": "X"}] for key in ("outside", "unscored", "summed", "none")},
    "platforms.listed": [{"listed": LISTED, "name": "X"}],
    "platforms.top": TOPS,
    "platforms.leader": [{"place": PLACE, "lead": each} for each in (LEAD, None, lead(0.01))],
    "platforms.tied": [{"place": PLACE, "cities": ["a", "b"], "name": "X"}],
    "platforms.moves": MOVES,
    "platforms.entries": [{"new": [ENTRY]}, {"new": [ENTRY, BACK, FRESH]}],
    "platforms.close": [{"close": CLOSE}, {"close": LEVEL}],
    "platforms.broken": [{"name": "X", "reasons": "Y"}],
    "platforms.format": [{"works": WORKS}],
    "platforms.theme": [{"theme": FAVOURED, "name": "X"}],
    "platforms.tag": [{"tag": TAG}],
    "platforms.time": [{"time": TIME}],
    "platforms.language": [{"language": LANGUAGE}],
    "cases.title": [{"case": case()}, {"case": case(likes=False, lift=False)}, {"case": case(over=True)}],
    **{f"themes.even.{kind}": [{}] for kind in ("time", "tag", "language")},
    "themes.ugc": [{}],
    "cities.places": [{"places": PLACES}],
    "cities.newcomers": [{"found": present("newcomer", 1)}, {"found": present("newcomer", 9)}],
    "cities.gone": [{"found": present("gone", 2)}, {"found": present("gone", 9)}],
    "cities.opened": [{"found": [present("opened", 2), present("opened", 9)]}],
    "cities.resumed": [{"found": [present("resumed", 2), present("resumed", 1, editions=2)]}],
    "cities.silent": [{"found": [present("silent", 9, editions=3), present("silent", 1, editions=2)]}],
    "regions.tiers": [{"tiers": [make("region", "t", mean_score=(73.6, "score"))] * 2}],
    "regions.convergence": [
        {"found": make("convergence", words={"way": way}, **SLOPE, **SPREADS)}
        for way in ("converging", "diverging", "unclear")
    ],
    "quality.doubt": [{"found": DOUBT}],
    "themes.none": [{}],
    "cities.none": [{}],
    "themes.share": [{"shares": [SHARE, SHARE]}],
    "themes.pull": [{"pull": PULL}],
    "themes.drivers": [{"drivers": [DRIVER, DRIVER]}],
    "themes.platforms": [{"themes": [FAVOURED, FAVOURED]}],
    "cities.first": [{"label": LABEL}, {"label": STEADY}],
    "cities.others": [{"labels": [LABEL]}, {"labels": [LABEL, LABEL]}],
    "cities.listed": [{"labels": [LABEL, LABEL]}],
    "cities.shape": [{"cities": [PLACE], "uneven": UNEVEN}, {"cities": [], "uneven": UNEVEN}],
    **{
        f"cities.{group}": [{"found": [STAYING], "more": False}, {"found": [STAYING, STAYING], "more": True}]
        for group in ("long_red", "burst", "rising")
    },
    "regions.squad": [{"squad": SQUAD}],
    "regions.means": [{"regions": [make("region", "east", mean_score=(45.5, "score"))]}],
    "regions.concentration": [
        {"found": make("concentration", first_ten=(0.6, "share"), gini=(0.78, "decimal")), "posts": posts}
        for posts in (None, make("concentration", gini=(0.4, "decimal")))
    ],
    "regions.listed": [{"provinces": ["甲"]}],
    "quality.intake": [{"found": EDITION}, {"found": CLEAN}],
    "quality.summed": [{"found": EDITION}],
    "quality.lacking": [{"found": EDITION}],
    "quality.short.coverage": [{"found": short(worst="x")}],
    "quality.short.quarantine": [{"found": short()}],
    "quality.despite": [{"found": make("despite", reason=("late", "text"))}],
    "quality.seen": [{"platforms": [COVERAGE, COVERAGE]}],
}
BASIS = {
    each.kind: each for each in (WORKS, PULL, LABEL, UNEVEN, STAYING, RISING, COVERAGE, TAG, TIME, unusual("down"))
}


def told(lang: str) -> Iterable[tuple[str, blocks.Text]]:
    for key, every in GIVEN.items():
        for each in every:
            given_ = {**each, "provinces": ["Henan"]} if lang == "en" and "provinces" in each else each
            for turn in range(WRITERS[lang].wordings(key)):
                yield key, WRITERS[lang].tell(key, turn=turn, edition=EDITION, **given_)
    yield from ((f"basis.{kind}", WRITERS[lang].text(each, f"basis.{kind}")) for kind, each in BASIS.items())
    yield "basis.coverage.platform.unopened", WRITERS[lang].text(COVERAGE, "basis.coverage.platform.unopened")


def test_every_sentence_of_the_templates_is_tried() -> None:
    every = {key.partition("#")[0] for key in flat("zh", "monthly")}
    sentences = {key for key in every if key.startswith(SENTENCES) or key == "cases.title"}
    assert sentences == {key for key, _ in told("zh")}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_sentences_read_well(lang: str) -> None:
    for key, text in told(lang):
        said = blocks.plain(text)
        assert said and not re.search(r"\bnan\b|None|、、|。。|，，|，。|；。|  | ,| \.|\.\.|,,", said), (key, said)
        assert lang == "zh" or not HAN.search(said), (key, said)
        assert key.startswith(("headline.", "basis.")) or key == "cases.title" or said[-1] in "。.", (key, said)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_sentences_print_digits_from_findings_only(lang: str) -> None:
    for key, text in told(lang):
        assert not re.search(r"\d", "".join(run for run in text if isinstance(run, str))), (key, text)


def test_chinese_headlines_fit() -> None:
    for key, text in told("zh"):
        assert not key.startswith("headline.") or len(blocks.plain(text)) <= 24, (key, blocks.plain(text))


@pytest.mark.parametrize(
    ("key", "given_", "zh", "en"),
    [
        (
            "overview.moves", {"ups": UPS, "downs": DOWNS},
            "前十城市中，南京上升最多，由第6位升至第5位；北京、呼和浩特下降最多，均降3位。",
            "Within the top ten, Nanjing gains most, from number 6 to number 5; "
            "Beijing and Hohhot lose most, 3 places each.",
        ),
        (
            "summary.mover", {"mover": mover(1, largest=True), "total": why(-0.2), "parts": [why(-0.4)]},
            "南京上升1位至第5位，在前十城市中升幅最大。",
            "Nanjing gains 1 place to number 5, the largest rise within the top ten.",
        ),
        (
            "quality.intake", {"found": CLEAN},
            "本期共收到1个数据文件、1行，采用1行，没有因无法使用而隔离的行。",
            "1 data file with 1 row came in; 1 was kept and none had to be put in quarantine.",
        ),
    ],
)  # fmt: skip
def test_sentences_say_what_the_findings_hold(key: str, given_: dict[str, Any], zh: str, en: str) -> None:
    assert blocks.plain(WRITERS["zh"].tell(key, **given_)) == zh
    assert blocks.plain(WRITERS["en"].tell(key, **given_)) == en
