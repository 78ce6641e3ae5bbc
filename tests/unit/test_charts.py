"""Theme, finish, renderer and every chart: switched on by hand, complete, safe in a page, the same every time."""

from __future__ import annotations

import copy
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree

import altair as alt
import chart_samples
import numpy as np
import pandas as pd
import pytest
from chart_samples import CHARTS, finished

from cityreach import blocks, charts, paths
from cityreach.charts import drawing, place, renderer, rows, svg, theme, tokens
from cityreach.charts.frames import clean, text_width
from cityreach.errors import ReportError

WIDTHS = (tokens.WIDTH, tokens.NARROW)


@pytest.fixture(scope="module", autouse=True)
def _switched_on():
    before = alt.theme.active, alt.renderers.active, alt.data_transformers.active
    charts.use()
    yield
    alt.theme.enable(before[0])
    alt.renderers.enable(before[1])
    alt.data_transformers.enable(before[2])


@pytest.fixture(scope="module")
def drawn() -> dict[tuple[str, int], str]:
    """Every sample at both widths."""
    specs = {name: finished(name).to_dict() for name in CHARTS}
    return {(name, width): renderer.draw({**spec, "width": width}) for name, spec in specs.items() for width in WIDTHS}


def texts(picture: str) -> list[str]:
    return [element.text or "" for element in ElementTree.fromstring(picture).iter() if element.tag.endswith("text")]


# Rows ----------------------------------------------------------------------------------------------------------------


def test_rows_are_what_altair_makes_of_a_frame() -> None:
    days = pd.to_datetime(["2025-03-01", None, "2025-03-02"])
    columns = {
        "text": pd.Series(["南京", None, "c"], dtype="str"),
        "old text": pd.array(["a", None, "c"], dtype="string"),
        "number": [1.5, float("nan"), float("inf")],
        "single": np.array([1, 2.1, 3], dtype="float32"),
        "whole": [1, 2, 3],
        "small": np.array([1, 2, 3], dtype="int8"),
        "known": [True, False, True],
        "places": pd.array([1, None, 3], dtype="Int64"),
        "share": pd.array([1.5, None, 3], dtype="Float64"),
        "sure": pd.array([True, None, False], dtype="boolean"),
        "day": days,
        "moment": days.tz_localize("UTC"),
        "kind": pd.Categorical(["a", None, "a"]),
    }
    mixed = {"mixed": pd.Series([np.int64(3), None, [1]], dtype=object), "part": pd.Series(["x", 3.5, pd.NA])}
    for frame in (pd.DataFrame(columns), pd.DataFrame(columns | mixed), pd.DataFrame(columns).iloc[:0]):
        made, known = rows.plain(frame), alt.default_data_transformer(frame)
        assert repr(made) == repr(known)  # unlike ==, it tells 1 from True and nan from nothing


# Tokens ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", [tokens.LIGHT, tokens.DARK], ids=["light", "dark"])
def test_tokens_can_be_read(mode) -> None:
    assert all(tokens.contrast(mode[token], mode["paper"]) >= 4.5 for token in tokens.TEXT_TOKENS)
    assert all(tokens.contrast(mode[token], mode["paper"]) >= 3 for token in tokens.MARK_TOKENS)
    assert all(tokens.contrast(mode[step], mode[text]) >= 4.5 for step, text in tokens.STEP_TEXT.items())
    assert all(tokens.contrast(mode[state], mode["ink"]) >= 4.5 for state in tokens.STATES[1:])


def test_contrast_is_that_of_the_standard() -> None:
    black, white, grey = (f"#{digits}" for digits in ("000000", "FFFFFF", "767676"))
    assert tokens.contrast(black, white) == pytest.approx(21)
    assert tokens.contrast(white, grey) == pytest.approx(4.54, abs=0.01)


def test_hex_values_stand_in_one_module_only() -> None:
    others = [path for path in (paths.PACKAGE / "charts").glob("*.py") if path.name != "tokens.py"]
    assert [path.name for path in others if re.search(r"#[0-9A-Fa-f]{6}", path.read_text(encoding="utf-8"))] == []


def test_tokens_with_one_light_hex_have_one_dark_hex() -> None:
    pairs = {(tokens.LIGHT[token], tokens.DARK[token]) for token in tokens.LIGHT}
    assert len(pairs) == len(set(tokens.LIGHT.values())) == len(tokens.dark_colours())


def test_unknown_token_lists_the_tokens() -> None:
    with pytest.raises(ReportError, match=r"'pink' does not exist.*brand"):
        tokens.colour("pink")


# Theme -------------------------------------------------------------------------------------------------------------


def test_importing_switches_nothing_on() -> None:
    code = (
        "import altair as alt, cityreach.charts.theme; "
        "print(alt.theme.active, alt.renderers.active, 'cityreach' in alt.theme.names())"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert shown == ["default", "default", "True"]


def test_use_switches_theme_and_renderer_on() -> None:
    assert (alt.theme.active, alt.renderers.active) == ("cityreach", "cityreach")


def test_dark_configuration_has_no_light_text() -> None:
    light_only = {tokens.LIGHT[token] for token in ("ink", "ink-2", "rule")}
    assert not light_only & set(re.findall(r"#[0-9A-F]{6}", str(theme.dark_config())))


def test_a_typeface_that_draws_nothing_is_an_error_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    drawing.register_typeface.cache_clear()
    monkeypatch.setattr(drawing.vl_convert, "svg_to_png", lambda _: b"the same box")
    with pytest.raises(ReportError, match=r"Noto Sans SC.*NotoSansSC-Regular\.ttf"):
        charts.use()
    monkeypatch.undo()
    charts.use()


def test_colours_fonts_and_drawings_come_without_altair() -> None:
    code = "import sys, cityreach.charts.drawing, cityreach.charts.tokens; print('altair' in sys.modules)"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()
    assert shown == "False"


def test_a_runner_that_draws_beside_gets_the_specification_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CITYREACH_DRAW_LATER", "1")
    bundle, _ = finished("ranking")._repr_mimebundle_()
    assert "image/svg+xml" not in bundle
    monkeypatch.delenv("CITYREACH_DRAW_LATER")
    full, _ = finished("ranking")._repr_mimebundle_()
    assert drawing.draw(bundle["application/vnd.vegalite.v6+json"]) == full["image/svg+xml"]


# Finish and renderer -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["headline", "source", "alt"])
def test_finish_refuses_what_is_empty(name: str) -> None:
    words = {"headline": "a", "subtitle": "", "source": "b", "alt": "c", "key": "k"} | {name: " \n"}
    with pytest.raises(ValueError, match=f"`{name}` of figure 'k' is empty"):
        charts.finish(alt.Chart(), **words)


@pytest.mark.parametrize("key", ["", "Top", "图", "a b", "1st", "../x"])
def test_finish_refuses_unusable_keys(key: str) -> None:
    with pytest.raises(charts.ChartError, match="lower-case letters"):
        charts.finish(alt.Chart(), headline="a", subtitle="", source="b", alt="c", key=key)


def test_bundle_holds_block_specification_picture_and_words() -> None:
    bundle, metadata = finished("ranking")._repr_mimebundle_()
    assert list(bundle) == [blocks.MIME, "application/vnd.vegalite.v6+json", "text/plain", "image/svg+xml"]
    assert bundle[blocks.MIME] == {
        "kind": "figure", "headline": "南京居首", "subtitle": "综合得分", "source": "公开数据",
        "alt": "南京 86.4 分，居首 & 领先", "key": "ranking",
    }  # fmt: skip
    spec = bundle["application/vnd.vegalite.v6+json"]
    assert spec["title"]["text"] == "南京居首"
    assert spec["description"] == bundle["text/plain"] == "南京 86.4 分，居首 & 领先"
    assert "南京居首" not in texts(bundle["image/svg+xml"])
    assert metadata == {}


def test_unfinished_chart_is_refused() -> None:
    with pytest.raises(charts.ChartError, match=r"End the cell with charts\.finish"):
        renderer.render(CHARTS["ranking"][0]().to_dict())


def test_drawing_leaves_the_specification_alone() -> None:
    spec = finished("coverage").to_dict()
    before = copy.deepcopy(spec)
    renderer.draw(spec)
    assert spec == before


# Every chart -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", CHARTS)
def test_chart_holds_its_words_at_both_widths(name: str, drawn) -> None:
    for width in WIDTHS:
        shown = texts(drawn[name, width])
        lost = [word for word in CHARTS[name][1] if word not in shown]
        assert lost == [] or ((name, width) == ("bump", tokens.NARROW) and lost == ["24.10"])


@pytest.mark.parametrize("name", CHARTS)
def test_picture_is_fit_for_a_page(name: str, drawn) -> None:
    picture = drawn[name, tokens.WIDTH]
    root = ElementTree.fromstring(picture)
    assert root.get("role") == "img"
    assert root.get("aria-label") == "南京 86.4 分，居首 & 领先"
    assert (root.get("width"), root.get("viewBox", "").split()[2]) == ("680", "680")
    assert picture.count("role=") == picture.count("aria-") == picture.count("font-family=") == 1
    ids = re.findall(r'\sid="([^"]*)"', picture)
    assert all(each.startswith(f"{name}-") for each in ids)
    assert set(re.findall(r"url\(#([^)]*)\)", picture)) <= set(ids)
    assert "<image" not in picture and "@font-face" not in picture


@pytest.mark.parametrize("name", CHARTS)
def test_every_colour_has_a_variable_and_no_text_is_small(name: str, drawn) -> None:
    for width in WIDTHS:
        picture = drawn[name, width]
        assert set(re.findall(r"#[0-9A-Fa-f]{3,8}\b", picture)) <= set(tokens.css_variables())
        assert min(float(size) for size in re.findall(r'font-size="([\d.]+)px"', picture)) >= 12


@pytest.mark.parametrize("name", ["ranking", "quadrant", "coverage"])
def test_same_chart_same_bytes_whatever_was_drawn_before(name: str, drawn) -> None:
    renderer.draw(finished("heatmap").to_dict())
    assert renderer.draw(finished(name).to_dict()) == drawn[name, tokens.WIDTH]


@pytest.mark.parametrize("name", CHARTS)
def test_nothing_stands_outside_the_picture(name: str, drawn) -> None:
    """Texts with a left edge begin inside; texts that end with their anchor end inside (widths are estimates)."""
    for width in WIDTHS:
        for x, anchor, size, text in anchored(drawn[name, width]):
            wide = 0.9 * text_width(text, size)
            left = x - {"start": 0.0, "middle": 0.5, "end": 1.0}[anchor] * wide
            assert left >= -4 and left + wide <= width + 4, text


def anchored(picture: str) -> list[tuple[float, str, float, str]]:
    """x, anchor, size and words of every visible text, with the shifts of its groups added up."""
    found: list[tuple[float, str, float, str]] = []

    def walk(element: ElementTree.Element, x: float) -> None:
        shift = re.match(r"translate\(([-\d.e]+)", element.get("transform", ""))
        x += float(shift[1]) if shift else 0.0
        if element.tag.endswith("text") and element.text and element.get("opacity") != "0":
            size = float(element.get("font-size", "0").removesuffix("px"))
            found.append((x, element.get("text-anchor", "start"), size, element.text))
        for child in element:
            walk(child, x)

    walk(ElementTree.fromstring(picture), 0.0)
    return found


def test_hostile_labels_stay_words() -> None:
    frame = chart_samples.ranking()
    hostile = ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "a\u202eb\nc\x00d", "很长" * 60]
    frame["label"] = [*hostile, *frame["label"][4:]]
    picture = renderer.draw(finished("ranking", charts.ranking_bars(frame)).to_dict())
    shown = texts(picture)
    assert shown.count("<script>alert(1)</script>") == 1
    assert "ab cd" in shown
    assert "很长" * 19 + "很…" in shown
    assert "<script" not in picture and "<img" not in picture


def test_words_of_an_axis_cannot_leave_their_expression() -> None:
    frame = chart_samples.places()
    frame["edition"] = frame["edition"].replace("25.3", "\"} || datum['x'] || '\\")
    assert "\"} || datum['x'] || '\\" in texts(renderer.draw(finished("bump", charts.bump(frame)).to_dict()))


# One chart at a time -----------------------------------------------------------------------------------------------


def spec_rows(chart) -> pd.DataFrame:
    """The rows of a chart's own frame, as they go into the page."""
    spec = chart.to_dict()
    return pd.DataFrame(spec["datasets"][spec["data"]["name"]])


def test_focus_is_the_only_bar_in_colour() -> None:
    rows = spec_rows(charts.ranking_bars(chart_samples.ranking())).set_index("label")
    assert rows.loc["南京", "colour"] == tokens.colour("focus")
    assert set(rows["colour"].drop("南京")) == {tokens.colour("context-fill")}


def test_ranking_without_places_movements_and_whiskers_shows_none() -> None:
    plain = chart_samples.ranking().drop(columns=["rank", "change_text", "tone", "low", "high", "focus"])
    shown = texts(renderer.draw(finished("ranking", charts.ranking_bars(plain)).to_dict()))
    assert sorted(shown) == sorted([*plain["label"], *plain["value_text"]])


def test_input_frames_are_left_alone() -> None:
    frame = chart_samples.ranking()
    before = frame.copy()
    charts.ranking_bars(frame)
    pd.testing.assert_frame_equal(frame, before)


def test_steps_of_a_waterfall_join() -> None:
    rows = spec_rows(charts.waterfall(chart_samples.bridge()))
    assert rows["start"].tolist() == pytest.approx([80.6, 80.6, 85.6, 87.0, 86.4])
    assert rows["stop"].tolist() == pytest.approx([80.6, 85.6, 87.0, 86.4, 86.4])


def test_bump_interrupts_lines_beyond_the_top_and_at_breaks() -> None:
    frame = chart_samples.places()
    frame.loc[(frame["city"] == "宁波") & (frame["edition"] == "24.12"), "rank"] = None
    rows = spec_rows(charts.bump(frame, breaks={"25.3": "138 城"}))
    drawn = rows[rows["rank"].notna()]
    assert drawn["rank"].max() == 10
    assert drawn[drawn["city"] == "宁波"].groupby("line")["edition"].agg(list).tolist() == [
        ["24.10", "24.11"], ["25.1", "25.2"], ["25.3"],
    ]  # fmt: skip
    assert drawn[drawn["city"] == "北京"]["line"].nunique() == 2


def test_cities_that_share_a_place_do_not_share_a_row() -> None:
    frame = chart_samples.places()
    last = frame["edition"] == "25.3"
    frame.loc[last & (frame["rank"] == 3), "rank"] = 2
    picture = renderer.draw(finished("bump", charts.bump(frame)).to_dict())
    names = [
        (x, words) for x, anchor, _, words in anchored(picture) if anchor == "start" and words in chart_samples.CITIES
    ]
    assert len(names) == 10
    heights = re.findall(r'text-anchor="start" transform="translate\([-\d.]+,([-\d.]+)\)"', picture)
    assert len(set(heights)) == len(heights)


def test_break_at_an_unknown_edition_is_an_error() -> None:
    with pytest.raises(charts.ChartError, match=r"break at '19\.1'"):
        charts.bump(chart_samples.places(), breaks={"19.1": "x"})


def test_a_role_in_colour_belongs_to_one_city() -> None:
    frame = chart_samples.places().assign(role="focus")
    with pytest.raises(charts.ChartError, match=r"role 'focus' is given to 12 cities"):
        charts.bump(frame)


def test_record_draws_no_place_that_is_not_published() -> None:
    rows = spec_rows(charts.steps(chart_samples.record()))
    assert rows.loc[rows["edition"] == "24.12", "rank"].isna().all()
    assert rows.loc[rows["city"] == "青岛", "rank"].isna().all()
    board = spec_rows(charts.set_board(chart_samples.record()))
    assert set(board.loc[board["label"] == "青岛", "text"]) == {""}


def test_a_set_without_places_is_marked_not_ranked() -> None:
    frame = chart_samples.record()
    frame.loc[frame["edition"] == "25.3", "rank"] = None
    board = spec_rows(charts.set_board(frame.assign(known=True), inside="●"))
    assert set(board.loc[board["head"] == "25.3", "text"]) == {"●"}


def test_cells_of_a_heatmap_take_five_steps_and_white() -> None:
    rows = spec_rows(charts.heatmap(chart_samples.cells(), domain=(40, 90)))
    assert rows.loc[rows["text"] == "未开设", "fill"].tolist() == [tokens.colour("paper")]
    assert set(rows["step"]) == {"", *tokens.STEP_TEXT}
    assert rows.sort_values("value")["fill"].iloc[0] == tokens.colour("step-1")


def test_a_cell_given_twice_is_an_error() -> None:
    cells = chart_samples.cells()
    with pytest.raises(charts.ChartError, match="南京 × 脸书 stands twice"):
        charts.heatmap(pd.concat([cells, cells.head(1)]))


def test_lift_refuses_what_a_logarithm_cannot_show() -> None:
    with pytest.raises(charts.ChartError, match="0 or less"):
        charts.lift_dots(chart_samples.lifts().assign(low=0.0))


def test_four_states_at_most() -> None:
    frame = chart_samples.coverage()
    five = pd.concat([frame, frame.assign(state="甲"), frame.assign(state="乙")])
    with pytest.raises(charts.ChartError, match="5 states, at most 4"):
        charts.coverage_bars(five)
    with pytest.raises(charts.ChartError, match="'未开设' is not known"):
        charts.coverage_bars(frame, states=["有更新", "本期未更新"])


def test_six_groups_at_most() -> None:
    frame = chart_samples.fields()
    with pytest.raises(charts.ChartError, match="10 groups, at most 6"):
        charts.quadrant(frame.assign(group=frame["label"]), x_title="", y_title="", mids=(6, 50))


def test_groups_of_a_quadrant_are_named_where_they_lie() -> None:
    spec = charts.quadrant(chart_samples.fields(), x_title="x", y_title="y", mids=(6, 50)).to_dict()
    values = [row.get("word") for rows in spec["datasets"].values() for row in rows]
    assert [word for word in values if word in ("网红", "长红", "其他")].count("网红") == 1
    picture = renderer.draw(finished("quadrant").to_dict())
    corner = {text: anchor for _, anchor, _, text in anchored(picture) if text in ("网红", "长红")}
    assert corner == {"网红": "start", "长红": "end"}


def test_names_of_points_do_not_lie_on_each_other() -> None:
    points = [(100.0, 100.0), (103.0, 101.0), (106.0, 100.0), (104.0, 104.0), (300.0, 5.0)]
    sizes = [(28.0, 16.0)] * 5
    found = place.sides(points, sizes, place.Canvas(310, 200))
    boxes = [place.box(p, s, place.SIDES[side]) for p, s, side in zip(points, sizes, found, strict=True) if side]
    assert len(boxes) >= 4
    assert not any(place.overlap(one, other) for n, one in enumerate(boxes) for other in boxes[n + 1 :])
    assert all(box[0] >= 0 and box[2] <= 310 and box[1] >= 0 for box in boxes)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda f: f.drop(columns="value"), "column.s. value are absent"),
        (lambda f: f.head(0), "no rows"),
        (lambda f: f.assign(value=[None, *f["value"][1:]]), "column `value`, row 0.*not a finite number"),
        (lambda f: f.assign(value=float("inf")), "row 0: inf is not a finite number"),
        (lambda f: f.assign(value="86,4"), "row 0: '86,4' is not a finite number"),
        (lambda f: f.assign(tone="pink"), "'pink' is not known"),
    ],
)
def test_a_frame_that_cannot_be_shown_is_named(change, message: str) -> None:
    with pytest.raises(charts.ChartError, match=message):
        charts.ranking_bars(change(chart_samples.ranking()))


def test_labels_become_one_clean_line() -> None:
    assert [clean(value) for value in (None, float("nan"), pd.NA, 3, " a\t\n b ", "x\u200e\u0007y")] == [
        "", "", "", "3", "a b", "xy",
    ]  # fmt: skip
    assert clean("一二三四五", limit=3) == "一二…"


def test_long_labels_go_above_their_bars() -> None:
    wide = chart_samples.regions().assign(label=["Yangtze River Delta and neighbours", "South", "Southwest"])
    heights = [charts.group_bars(frame).to_dict()["height"] for frame in (chart_samples.regions(), wide)]
    assert heights[1] > heights[0]
    picture = renderer.draw({**finished("groups", charts.group_bars(wide)).to_dict(), "width": tokens.NARROW})
    assert "Yangtze River Delta and neighbours" in texts(picture)


def test_tidying_touches_tags_only() -> None:
    given = (
        '<svg width="1"><defs><clipPath id="clip7"><rect/></clipPath></defs>'
        '<g clip-path="url(#clip7)" role="presentation"><text> id="clip7" role="x" 0.12345</text></g></svg>'
    )
    tidied = svg.tidy(given, key="fig", alt='a "b" <c>')
    assert '<clipPath id="fig-1">' in tidied and 'clip-path="url(#fig-1)"' in tidied
    assert '<text> id="clip7" role="x" 0.12345</text>' in tidied
    assert ElementTree.fromstring(tidied).get("aria-label") == 'a "b" <c>'
