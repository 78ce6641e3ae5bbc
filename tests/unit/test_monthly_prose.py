"""The monthly report's texts over made-up editions: scenarios, and properties that hold for every random one."""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from made_editions import PLATFORMS, Plan, analysed, book
from tests.spoken import said

from cityreach import blocks
from cityreach.blocks import Text
from cityreach.insight.make import ORDER_KINDS
from cityreach.monthly import Report, facts
from cityreach.monthly.book import Book
from cityreach.prose import Writer
from cityreach.tracing import numerals, silence

LANGUAGES = ("zh", "en")
RAW = re.compile(r"\bnan\b|\bNaN\b|\bNone\b|<NA>|\{\{|\}\}|\{%|\b\d{6}\b|_edition|(?:zh|en)\.yml|\[\]|'s's")
UGLY = re.compile(r"、、|。。|，，|，。|；。|；；|（）|：。|  | ,| \.(?!\d)|\.\.|,,|\(\)|、。|，、")
EACH_MONTH = settings(  # without shrinking: an example takes seconds
    max_examples=12, deadline=None, derandomize=True, database=None, phases=[Phase.generate],
    suppress_health_check=[HealthCheck.too_slow],
)  # fmt: skip


def texts(report: Report) -> list[Text]:
    """The texts of those blocks."""
    found: list[Text] = []
    for block in said(report):
        content = block.content
        items = [item["text"] if isinstance(item, dict) else item for item in content.get("items", [])]
        basis = [line for item in content.get("items", []) if isinstance(item, dict) for line in item["basis"]]
        found += [*content.get("paragraphs", []), *items, *basis]
        found += [content[name] for name in ("title", "note", "text") if isinstance(content.get(name), list)]
    return found


def told(plan: Plan, lang: str = "zh") -> str:
    with book(plan, lang) as made:
        return "\n".join(blocks.plain(text) for text in texts(Report(made)))


# scenarios


def test_a_month_without_data_of_a_platform_says_so_and_ranks_nobody_there() -> None:
    text = told(Plan(seed=3, silent=("x",)))
    assert "本期X平台数据缺失，综合得分由其余平台得出" in text
    assert "X平台传播力" not in text and "从X平台看" not in text
    assert "No data arrived for X;" in told(Plan(seed=3, silent=("x",)), "en")


def test_a_tie_for_first_is_shared_and_has_no_lead() -> None:
    text = told(Plan(seed=3, tie=True))
    assert re.search(r"北京、天津均得[\d.]+分，并列首位。", text)
    assert "天津列第二" not in text and "升至首位（" not in text


def test_a_panel_break_is_told_and_moves_are_counted_among_the_cities_of_both() -> None:
    with book(Plan(seed=3, joined=2), "zh") as made:
        text = "\n".join(blocks.plain(each) for each in texts(Report(made)))
        moves = made.analysis.changes
        joined = set(made.analysis.metrics["city_id"]) - set(moves["city_id"])
    assert "监测城市较上期有调整，以下位次变化按前后共有的14座城市重新排序后计算。" in text
    assert "本期新纳入监测的城市有晋中、运城2座。" in text
    assert len(joined) == 2 and moves["rank"].max() <= 14


def test_a_city_that_vanished_is_named_and_compared_with_nobody() -> None:
    text = told(Plan(seed=3, gone=2))
    assert "北京、天津2座城市本期不再纳入监测" in text
    assert not re.search(r"(?:北京|天津)（由第", text)


def test_a_platform_that_joins_the_composite_breaks_it_and_no_move_is_told() -> None:
    text = told(Plan(seed=3, platforms=PLATFORMS[:3], last_platforms=PLATFORMS[:4]))
    assert "综合指数所含平台与上期不同，不可比，不作位次升降比较。" in text
    assert not re.search(r"[升降]至第|上升最多|重返前十|首次进入", text.split("从X平台看")[0].split("脸书用户")[0])


def test_a_platform_counted_alone_breaks_nothing_but_itself() -> None:
    text = told(Plan(seed=3, platforms=PLATFORMS[:4], last_platforms=PLATFORMS))
    assert "TikTok与上期不可比（上期未监测），不作位次升降比较。" in text
    assert "综合指数所含平台与上期不同" not in text


def test_the_first_edition_ever_compares_nothing() -> None:
    text = told(Plan(seed=3, months=1))
    assert "此前没有可比的往期，不作位次升降比较。" in text
    assert not re.search(r"较上期|上年|[升降]至|连续|重返|首次", text)


def test_an_edition_like_the_one_before_moves_nobody() -> None:
    text = told(Plan(seed=3, still=True))
    assert not re.search(r"[升降]至第|上升最多|下降最多|变动最大", text)
    assert "保持第" in text


def test_the_same_month_of_the_year_before_is_told() -> None:
    text = told(Plan(seed=3, months=13))
    assert re.search(r"与上年同期相比，\S+?由第\d+位[升降]至第\d+位", text)
    assert "与上年同期相比" not in told(Plan(seed=3, months=12))


# certainty


def calls(found: list[Any]) -> set[str]:
    return {each.subject for each in found}


@pytest.mark.parametrize("seed", range(4))
def test_no_move_is_called_a_rise_or_fall_that_other_weights_do_not_carry(seed: int) -> None:
    with analysed(Plan(seed=seed)) as analysis:
        found, changes = facts.made(analysis), analysis.changes
    sure = set(changes.loc[changes["carried"].fillna(False), ["node", "city_id"]].itertuples(index=False, name=None))
    named = [each for each in found if each.kind.startswith("move.") or each.kind == "mover"]
    assert named and all((each.words["node"], each.subject) in sure for each in named)
    inside = changes[changes["low"].notna() & (changes["change"] != 0).fillna(False)]
    held = ((inside["low"] <= 0) & (inside["high"] >= 0)).fillna(False).astype(bool)
    assert held.any() and not inside.loc[held, "carried"].any()
    assert ((inside["low"] <= inside["change"]) & (inside["change"] <= inside["high"])).mean() > 0.8


def test_where_no_move_is_carried_none_is_called_a_rise_or_fall() -> None:
    with analysed(Plan(seed=1)) as analysis:
        analysis.__dict__["changes"] = analysis.changes.assign(carried=analysis.changes["carried"] & False)
        found = facts.made(analysis)
    moved = [each for each in found if each.kind == "moved" and each.words["way"] != "same"]
    assert moved and not any(each.words["carried"] for each in moved)
    assert not [each for each in found if each.kind.startswith("move.") or each.kind == "mover"]


def test_a_move_within_the_interval_is_told_as_that() -> None:
    texts_ = [told(Plan(seed=seed)) for seed in range(4)]
    assert any("变化在误差范围内" in text for text in texts_)


# properties over random editions

PLANS = st.builds(
    Plan,
    seed=st.integers(0, 10_000),
    months=st.sampled_from([1, 2, 4]),
    cities=st.integers(3, 14),
    mode=st.sampled_from(["ordered", "unordered"]),
    platforms=st.sampled_from([PLATFORMS, PLATFORMS[:2], PLATFORMS[1:2]]),
    silent=st.sampled_from([(), ("x",)]),
    tie=st.booleans(),
    gone=st.integers(0, 1),
    joined=st.integers(0, 2),
    posts=st.sampled_from([0, 3, 25]),
)


@given(PLANS)
@settings(EACH_MONTH, max_examples=4)
def test_random_editions_read_well(plan: Plan) -> None:
    check_edition(plan)


@pytest.mark.stress
@given(PLANS)
@settings(EACH_MONTH, max_examples=40)
def test_many_random_editions_read_well(plan: Plan) -> None:
    check_edition(plan)


def check_edition(plan: Plan) -> None:
    for lang in LANGUAGES:
        with book(plan, lang) as made:
            report = Report(made)
            found = texts(report)
            check_words(found, made)
            check_numerals(found, made)
            if plan.mode == "unordered":
                check_silence(found, made)


def check_words(found: list[Text], made: Book) -> None:
    """No raw value, no doubled mark, no empty text, no sentence twice."""
    for text in found:
        shown = blocks.plain(text)
        assert shown.strip()
        assert not RAW.search(shown) and not UGLY.search(shown), shown
    ends = "。" if made.lang == "zh" else ". "
    sentences = Counter(
        sentence.strip() for text in found for sentence in blocks.plain(text).split(ends) if len(sentence.strip()) > 12
    )
    twice = [sentence for sentence, times in sentences.items() if times > 1]
    assert not twice, twice


def check_numerals(found: list[Text], made: Book) -> None:
    """Every numeral is a figure's, or a fixed expression's."""
    names = [made.city(city) for city in made.analysis.registry.cities.index]
    for text in found:
        plain = "".join(run if isinstance(run, str) else "¤" for run in text)
        assert not numerals.loose(plain, made.lang, names), plain


def check_silence(found: list[Text], made: Book) -> None:
    """No finding and no word that implies an order among cities."""
    assert not {each.kind for each in made.findings} & ORDER_KINDS
    for text in found:
        words, allowed = silence._patterns(made.lang, False)
        assert not words.search(allowed.sub("", blocks.plain(text))), blocks.plain(text)


# wordings


@pytest.fixture
def spoken(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int, int]]:
    """Every sentence that is told: key, which wording, of how many."""
    seen: list[tuple[str, int, int]] = []
    tell = Writer.tell

    def noted(self: Writer, key: str, *, turn: int = 0, **given_: Any) -> Text:
        count = self.wordings(key)
        seen.append((key, turn % max(count, 1), count))
        return tell(self, key, turn=turn, **given_)

    monkeypatch.setattr(Writer, "tell", noted)
    return seen


@pytest.mark.parametrize("plan", [Plan(seed=1), Plan(seed=2, mode="unordered"), Plan(seed=5, months=13), Plan(seed=8)])
def test_no_sentence_is_worded_like_the_one_before_of_its_kind(plan: Plan, spoken: list[tuple[str, int, int]]) -> None:
    with book(plan, "zh") as made:
        list(said(Report(made)))
    several = [each for each in spoken if each[2] > 1]
    by_key = {key: [turn for name, turn, _ in several if name == key] for key, _, _ in several}
    assert {"cases.title", "platforms.theme"} & by_key.keys()
    for key, turns in by_key.items():
        assert all(earlier != later for earlier, later in pairwise(turns)), (key, turns)
