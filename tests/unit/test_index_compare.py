"""Movements, entries and when two editions may be compared."""

from __future__ import annotations

import pandas as pd
import pytest
from index_cases import figures, make_edition, mini, mini_content

from cityreach import comparing
from cityreach.edition import Edition
from cityreach.errors import UnknownNameError
from cityreach.index.method import Method
from cityreach.scoring import compute


def ranked(edition: str, **ranks: int | None) -> pd.DataFrame:
    """Scores of the composite with the places given; the score falls with the place."""
    frame = pd.DataFrame({"city_id": list(ranks), "rank": pd.array(list(ranks.values()), dtype="Int64")})
    return frame.assign(edition=edition, node="composite", score=100.0 - frame["rank"].astype("Float64"))


FEBRUARY = {"platforms": "facebook x", "panel": "cities-133"}
MARCH = {"platforms": "facebook x tiktok", "panel": "cities-133"}
MAY = {"platforms": "facebook x tiktok", "panel": "cities-138"}


def reasons(now: Edition, before: Edition, node: str = "composite") -> tuple[str, ...]:
    found = comparing.comparable(now, before, node, mini())
    assert found.ok == (not found.reasons)
    return found.reasons


def test_a_platform_that_joins_outside_does_not_break_the_composite() -> None:
    now, before = make_edition("2025-03", **MARCH), make_edition("2025-02", **FEBRUARY)
    assert reasons(now, before) == ()
    assert reasons(now, before, "facebook.peak") == ()
    assert reasons(now, before, "tiktok") == ("platforms",)
    assert reasons(before, now, "tiktok") == ("platforms",)


def test_a_platform_that_neither_edition_has_cannot_be_compared() -> None:
    now, before = make_edition("b"), make_edition("a")
    assert reasons(now, before, "tiktok") == ("platforms",)


def test_the_real_method_and_editions_agree() -> None:
    platforms = "facebook x instagram youtube"
    now = make_edition("2025-03", platforms=f"{platforms} tiktok", method="social-reach@1")
    before = make_edition("2025-02", platforms=platforms, method="social-reach@1")
    assert comparing.comparable(now, before).ok
    assert comparing.comparable(now, before, "tiktok").reasons == ("platforms",)


def test_another_panel_breaks_every_node() -> None:
    now, before = make_edition("2025-05", **MAY), make_edition("2025-03", **MARCH)
    assert [reasons(now, before, node) for node in ("composite", "facebook", "tiktok")] == [("panel",)] * 3


def test_a_platform_inside_breaks_the_composite_but_not_the_others() -> None:
    now, before = make_edition("b", platforms="x"), make_edition("a", platforms="facebook x")
    assert reasons(now, before) == ("platforms",)
    assert reasons(now, before, "x") == ()


def test_another_method_version_and_a_moving_scale_are_reasons() -> None:
    now, before = make_edition("b", method="mini@2"), make_edition("a")
    assert reasons(now, before) == ("method",)
    content = mini_content()
    content["tree"]["children"][0]["children"][0]["normalise"] = {"by": "minmax", "over": "period"}
    moving = Method.model_validate(content)
    assert comparing.comparable(before, before, "composite", moving).reasons == ("scale",)


def test_an_unknown_node_is_named() -> None:
    with pytest.raises(UnknownNameError, match="Node `weibo` is not in mini@1"):
        comparing.comparable(make_edition(), make_edition(), "weibo", mini())


def test_movements_of_the_published_pair() -> None:
    """2025-02 to 2025-03 as published: 南京 2→1, 北京 1→2, 成都 3→3, 杭州 4→7; 宁波 not in the first ten before."""
    before = ranked("2025-02", nanjing=2, beijing=1, chengdu=3, hangzhou=4, ningbo=30)
    now = ranked("2025-03", nanjing=1, beijing=2, chengdu=3, hangzhou=7, ningbo=5, luoyang=6)
    moves = comparing.movements(pd.concat([before, now]), "2025-03", "2025-02")
    assert moves["city_id"].tolist() == ["nanjing", "beijing", "chengdu", "ningbo", "luoyang", "hangzhou"]
    assert moves.set_index("city_id")["change"].dropna().to_dict() == {
        "nanjing": 1, "beijing": -1, "chengdu": 0, "ningbo": 25, "hangzhou": -3,
    }  # fmt: skip
    assert moves["change"].isna().sum() == 1
    assert str(moves["change"].dtype) == "Int64"


def test_a_city_without_a_place_comes_last_without_a_change() -> None:
    scores = pd.concat([ranked("a", A=1, B=2), ranked("b", A=None, B=1)])
    moves = comparing.movements(scores, "b", "a")
    assert moves["city_id"].tolist() == ["B", "A"]
    assert moves["change"].tolist()[0] == 1
    assert pd.isna(moves["change"].tolist()[1])


def test_new_returning_and_leaving_cities() -> None:
    scores = pd.concat(
        [ranked("a", A=1, B=2, C=3, D=4), ranked("b", A=1, C=2, D=3, B=4), ranked("c", B=1, D=2, A=3, C=4)]
    )
    found = comparing.entries(scores, ["a", "b", "c"], top=2)
    assert found[["city_id", "kind"]].to_numpy().tolist() == [["B", "return"], ["D", "new"], ["A", "out"], ["C", "out"]]
    assert found["rank_before"].tolist() == [4, 3, 1, 2]
    assert comparing.entries(scores, ["b", "c"], top=2)["kind"].tolist() == ["new", "new", "out", "out"]


def test_one_edition_alone_has_no_entries() -> None:
    found = comparing.entries(ranked("a", A=1, B=2), ["a"], top=2)
    assert found.empty
    assert found.columns.tolist() == ["city_id", "kind", "rank", "rank_before"]


def test_ranking_the_whole_panel_anew_changes_nothing() -> None:
    metrics = figures(A_x=(20, 100), B_x=(20, 100), C_x=(None, None), D_x=(40, 100))
    scores = compute(mini(), metrics, editions=[make_edition()])
    pd.testing.assert_frame_equal(comparing.on_panel(scores, ["A", "B", "C", "D"]), scores)


def test_rank_history_is_city_by_edition() -> None:
    history = comparing.rank_history(pd.concat([ranked("b", A=1, B=2), ranked("a", A=2, B=1, C=3)]))
    assert history.columns.tolist() == ["b", "a"]
    assert history.loc["A"].tolist() == [1, 2]
    assert pd.isna(history.at["C", "b"])


def test_the_common_panel_is_ranked_anew() -> None:
    old = figures("old", A_x=(40, 200), B_x=(20, 100), C_x=(10, 50))
    new = figures("new", A_x=(20, 100), B_x=(30, 150), C_x=(30, 150), Z_x=(40, 200))
    editions = [make_edition("old", platforms="x"), make_edition("new", platforms="x", panel="three")]
    scores = compute(mini(), pd.concat([old, new]), editions=editions)
    common = comparing.common_panel(scores, ["old", "new"])
    assert common == ["A", "B", "C"]
    again = comparing.on_panel(scores, common)
    moves = comparing.movements(again, "new", "old").set_index("city_id")
    assert moves["rank"].to_dict() == {"B": 1, "C": 1, "A": 3}
    assert moves["change"].to_dict() == {"A": -2, "B": 1, "C": 2}
    assert again[again["edition"] == "new"].set_index(["city_id", "node"]).loc[("B", "composite"), "tied"]
    same = again.merge(scores, on=["edition", "city_id", "node"], suffixes=("", "_was"))
    assert same["score"].equals(same["score_was"])


def test_a_missing_export_is_named_as_left_out() -> None:
    metrics = figures(A_facebook=(20, 100), A_x=(20, 100), B_facebook=(20, 100), B_x=(None, None))
    metrics.loc[metrics.index[-1], "status"] = "missing"
    scores = compute(mini(), metrics, editions=[make_edition()])
    assert comparing.left_out(scores)[["city_id", "node"]].to_numpy().tolist() == [["B", "x"]]
