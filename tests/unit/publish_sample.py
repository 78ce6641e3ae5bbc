"""A small report for the tests of cityreach.publish: every kind of block, realistic text, hostile posts."""

from __future__ import annotations

import ast
import json
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
from cityreach import blocks
from cityreach.publish.job import DataTable, Job

BAND = "模拟数据 · 不作为发布依据"
HOSTILE = '<script>alert("x")</script> ]]> "引号" \'单引号\' </style> \u202eabc\u202c #show: 南京 $x$ @a <b>粗</b> =1+1 🏃‍♀️😀'
CITIES = (
    "南京 北京 成都 重庆 宁波 苏州 杭州 佛山 厦门 扬州 上海 广州 深圳 天津 武汉 西安 青岛 长沙 郑州 无锡 合肥 昆明 沈阳 大连 济南 "
    "福州 哈尔滨 长春 石家庄 太原 南宁 贵阳 海口 三亚 桂林 丽江 大理 拉萨 兰州 西宁 银川 乌鲁木齐 呼和浩特 南昌 温州 绍兴"
).split()


def cover(lang: str = "zh") -> dict[str, Any]:
    return {
        "lang": lang,
        "title": "中国城市海外社交媒体传播力指数",
        "label": "2025年3月号",
        "kicker": "月度指数报告",
        "band": BAND,
        "facts": [
            ["监测周期", "2025年3月1日至31日"], ["监测对象", "133座城市的官方账号"],
            ["平台", "脸书、X平台、照片墙、优兔、TikTok（单独排序）"], ["统计日", "2025年4月7日"],
            ["方法", "social-reach@1，权重为先例默认值"],
        ],
        "tiles": tile_items(),
        "publisher": ["参考消息报社", "新华社新闻信息中心"],
        "description": "2025年3月中国133座城市在海外社交媒体上的传播力排序、案例与趋势。",
    }  # fmt: skip


def tile_items() -> list[dict[str, Any]]:
    return [
        {"value": "133", "unit": "", "label": "监测城市", "change": None},
        {"value": "587", "unit": "", "label": "活跃账号", "change": {"text": "▲12", "tone": "up"}},
        {"value": "1.94", "unit": "万", "label": "发帖", "change": {"text": "3.1%", "tone": "up"}},
        {"value": "1,286", "unit": "万", "label": "互动量", "change": {"text": "▲8.4%", "tone": "up"}},
        {"value": "2.31", "unit": "亿", "label": "观看量", "change": {"text": "▼2.0%", "tone": "down"}},
    ]


def section(anchor: str, number: str, kicker: str, title: str, level: int = 1) -> dict[str, Any]:
    return {"anchor": anchor, "number": number, "kicker": kicker, "title": [title], "level": level}


def run(text: str, key: str = "score") -> blocks.Run:
    return blocks.figure_run(text, "leader.320100", key)


def long_table() -> dict[str, Any]:
    names = [CITIES[i % len(CITIES)] + ("" if i < len(CITIES) else "新区" if i < 2 * len(CITIES) else "港") for i in range(138)]
    rows = []
    for place, name in enumerate(names, start=1):
        move = [{"text": "▲1", "tone": "up"}, {"text": "3", "tone": "down"}, {"text": "—", "tone": "muted"}][place % 3]
        score = 87.4 - place * 0.41
        rows.append([str(place), name, "江苏", f"{score:.1f}", move, *(f"{max(score + d, 0):.1f}" for d in (2, -3, 5, -8))])
    columns = [
        {"label": "位次", "align": "right"}, {"label": "城市", "align": "left"}, {"label": "省份", "align": "left"},
        {"label": "得分", "align": "right"}, {"label": "变化", "align": "right"}, {"label": "脸书", "align": "right"},
        {"label": "X平台", "align": "right"}, {"label": "照片墙", "align": "right"}, {"label": "优兔", "align": "right"},
    ]  # fmt: skip
    return {
        "anchor": "panel", "caption": "138座城市的综合得分与分平台得分", "subtitle": "0—100分，2025年3月", "columns": columns,
        "rows": rows, "note": "并列城市取较好位次。", "source": "各平台公开账号数据（模拟），统计日2025年4月7日",
        "searchable": True, "long": True, "key": "scores",
    }  # fmt: skip


def short_table() -> dict[str, Any]:
    return {
        "anchor": "moves", "caption": "前十城市的变化", "subtitle": "与2025年2月号同一面板比较",
        "columns": [{"label": "城市", "align": "left"}, {"label": "本期", "align": "right"}, {"label": "上期", "align": "right"},
                    {"label": "变化", "align": "right"}, {"label": "主要原因", "align": "left"}],
        "rows": [["南京", "1", "2", {"text": "1", "tone": "up"}, "世界室内田径锦标赛期间的互动"],
                 ["北京", "2", "1", {"text": "1", "tone": "down"}, "发帖减少"],
                 ["宁波", "5", "14", {"text": "首次进入", "tone": "new"}, "港口主题短视频"],
                 [{"text": "杭州", "tone": "focus"}, "7", "4", {"text": "3", "tone": "down"}, {"text": "照片墙数据缺失", "tone": "muted"}]],
        "note": "", "source": "各平台公开账号数据（模拟），统计日2025年4月7日", "searchable": False, "long": False, "key": "moves",
    }  # fmt: skip


def case(text: str, lang: str = "en") -> dict[str, Any]:
    return {
        "kicker": ["南京", "脸书", "3月24日", "赛事兴城"],
        "title": ["以“多多奔跑”为主题发布城市跑步热点地图，借世界室内田径锦标赛把赛事热度引向城市生活"],
        "figures": [{"value": "1.9万", "label": "点赞"}, {"value": "412", "label": "评论"}, {"value": "638", "label": "转发"},
                    {"value": "4.2倍", "label": "高于该账号通常水平"}],
        "text": text, "lang": lang, "note": "数字截至统计日2025年4月7日。", "url": "https://example.org/post/1",
    }  # fmt: skip


CHART_SETUP = """
import altair as alt
import pandas as pd
from cityreach import charts
from cityreach.blocks import Block
charts.use()
"""
CHARTS = {
    "bars": """
frame = pd.DataFrame({"city": %r, "score": [86.4, 84.9, 78.2, 71.6, 69.8, 67.1, 66.4, 63.9, 62.7, 61.5]})
base = alt.Chart(frame).encode(y=alt.Y("city:N", sort=None, axis=alt.Axis(title=None, labelFontSize=14, labelColor="#1A1F2B")))
bars = base.mark_bar(size=16).encode(x=alt.X("score:Q", axis=None, scale=alt.Scale(domain=[0, 100])), tooltip=["city", "score"],
    color=alt.condition("datum.city == '南京'", alt.value("#C8372D"), alt.value("#C9D0D9")))
text = base.mark_text(align="left", dx=6, fontWeight=700).encode(x="score:Q", text=alt.Text("score:Q", format=".1f"))
charts.finish((bars + text).properties(width=680, height=300, autosize=alt.AutoSizeParams(type="fit-x", contains="padding")),
    headline="南京、北京拉开与后八城的距离", subtitle="综合传播力指数前十，0—100分，2025年3月",
    source="各平台公开账号数据（模拟），统计日2025年4月7日", alt="横条图：南京86.4分居首，北京84.9分。", key="top10")
"""
    % (CITIES[:10],),
    "line": """
frame = pd.DataFrame({"month": [m for m in range(1, 13)] * 2, "rank": [2,3,1,2,3,1,2,2,1,1,1,1,9,9,8,10,10,8,9,8,10,5,6,5], "city": ["南京"]*12 + ["宁波"]*12})
charts.finish(alt.Chart(frame).mark_line(point=True).encode(x=alt.X("month:O", axis=alt.Axis(title=None, labelAngle=0)),
    y=alt.Y("rank:Q", scale=alt.Scale(reverse=True, domain=[1, 10]), axis=alt.Axis(title=None)),
    color=alt.Color("city:N", legend=None, scale=alt.Scale(range=["#C8372D", "#12406B"])), tooltip=["city", "month", "rank"]).properties(
    width=680, height=260, autosize=alt.AutoSizeParams(type="fit-x", contains="padding")),
    headline="宁波五个月上升七位，南京守住前二", subtitle="综合传播力位次，2024年4月至2025年3月",
    source="各平台公开账号数据（模拟），统计日2025年4月7日", alt="折线图：南京十二个月都在前三。", key="history")
""",
    "heat": """
frame = pd.DataFrame({"city": [c for c in %r for _ in range(5)], "platform": ["脸书","X平台","照片墙","优兔","TikTok"] * 6, "score": [(i * 37) %% 60 + 40 for i in range(30)]})
base = alt.Chart(frame).encode(x=alt.X("platform:N", sort=None, axis=alt.Axis(title=None, orient="top", labelAngle=0)), y=alt.Y("city:N", sort=None, axis=alt.Axis(title=None)))
cells = base.mark_rect().encode(color=alt.Color("score:Q", legend=None, scale=alt.Scale(type="threshold", domain=[52, 64, 76, 88], range=["#E7ECF0","#B2C1CF","#7D96AE","#476B8C","#12406B"])))
text = base.mark_text().encode(text="score:Q", color=alt.condition("datum.score >= 76", alt.value("#FFFFFF"), alt.value("#1A1F2B")))
charts.finish((cells + text).properties(width=680, height=220, autosize=alt.AutoSizeParams(type="fit-x", contains="padding")),
    headline="没有一座城市在五个平台都强", subtitle="前六城市分平台得分，0—100分", source="各平台公开账号数据（模拟），统计日2025年4月7日",
    alt="热力图：六座城市在五个平台上的得分。", key="heat")
"""
    % (CITIES[:6],),
}  # fmt: skip

LEAD = [
    "3月，综合传播力排序前十的城市依次是南京、北京、成都、重庆、宁波、苏州、杭州、佛山、厦门、扬州。南京以", run("86.4", "score"),
    "分居首，较上期上升", run("1", "change"), "位；北京列第二，与南京相差", run("1.5", "gap"),
    "分。考虑指标与权重的不确定性，南京领先北京的可能性为78%，两城仍处于同一梯队。杭州由第4位降至第7位，主要因为照片墙互动量较上期减少31%。",
]  # fmt: skip
DRIVER = [
    "南京得分上升", run("5.8"), "分，其中脸书贡献5.0分，几乎全部来自世界室内田径锦标赛期间的互动与峰值帖文。“赛事兴城”类帖文占南京当月发帖的22%，"
    "贡献互动量的57%。",
]  # fmt: skip
PLATFORMS = ["脸书", "X平台", "照片墙", "优兔", "TikTok"]


def cells(*, lang: str = "zh", post: str = HOSTILE) -> list[tuple[str, Any]]:
    """(kind, content) of every block; `chart` cells hold source."""
    found: list[tuple[str, Any]] = [
        ("cover", cover(lang)),
        ("section", section("summary", "", "摘要", "南京重返首位，三座城市新进前十")),
        ("findings", {"items": [LEAD[:5], ["宁波、佛山、扬州新进前十，青岛、沧州、西安退出。"], ["赛事主题的互动占全部互动的18.2%，为各主题之首。"],
                                ["优兔观看量较上期减少2.0%，是唯一下降的总量指标。"], ["133座城市中有121座在三个以上平台开设官方账号。"]]}),
        ("section", section("overall", "01", "总体情况", "南京重返首位，宁波、佛山、扬州新进前十")),
        ("prose", {"paragraphs": [LEAD]}),
        ("chart", CHARTS["bars"]),
        ("prose", {"paragraphs": [DRIVER, DRIVER]}),
        ("table", short_table()),
        ("chart", CHARTS["line"]),
        ("section", section("firm", "", "", "位次有多稳固", 2)),
        ("prose", {"paragraphs": [DRIVER]}),
        ("note", {"text": ["数据缺失：照片墙导出中缺少3座城市，其余指标按比例补足。"], "tone": "plain"}),
        ("note", {"text": ["面板由133座城市扩至138座，与上期不可直接比较。"], "tone": "warning"}),
    ]  # fmt: skip
    for number, platform in enumerate(PLATFORMS, start=2):
        found.append(("section", section(f"platform-{number}", f"{number:02d}", platform, f"成都在{platform}上保持领先，南京追近")))
        found.append(("prose", {"paragraphs": [LEAD, DRIVER]}))
        if number == 2:
            found.append(("chart", CHARTS["heat"]))
        found.append(("case", case(post if number == 2 else "Nanjing runs! 18,000 runners joined us along the Qinhuai River tonight.")))
    found += [
        ("section", section("advice", "07", "趋势与建议", "把赛事热度留在城市叙事里")),
        ("tiles", {"items": tile_items()}),
        ("advice", {"items": [{"text": ["把赛事直播与城市生活内容成对发布，在赛后两周内持续更新。"], "basis": ["赛事主题互动占比18.2%", "赛后两周互动回落64%"]},
                              {"text": ["优先补足优兔短视频。"], "basis": []}]}),
        ("section", section("appendix", "附录", "完整榜单", "全部138座城市的得分")),
        ("table", long_table()),
    ]  # fmt: skip
    return found


def sources(*, lang: str = "zh", post: str = HOSTILE) -> list[str]:
    """The code of every cell after the parameters cell."""
    codes = [CHART_SETUP]
    for kind, content in cells(lang=lang, post=post):
        codes.append(content if kind == "chart" else f"import json\nBlock({kind!r}, json.loads({json.dumps(content, ensure_ascii=False)!r}))")
    return codes


def notebook(codes: list[str] | None = None, parameters: str = 'edition: str = "2025-03"  # the issue\nlang: str = "zh"') -> Any:
    """A notebook with a parameters cell and these cells."""
    import nbformat

    made = nbformat.v4.new_notebook(metadata={"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}})
    made.cells.append(nbformat.v4.new_code_cell(parameters, id="parameters", metadata={"tags": ["parameters"]}))
    for number, code in enumerate(sources() if codes is None else codes):
        made.cells.append(nbformat.v4.new_code_cell(code.strip(), id=f"cell-{number}"))
    return made


def executed(made: Any) -> Any:
    """The notebook with the outputs that its cells show, run in this process: no kernel, no second to wait."""
    import nbformat

    space: dict[str, Any] = {}
    for count, cell in enumerate(made.cells, start=1):
        tree = ast.parse(cell.source)
        last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
        exec(compile(tree, cell.id, "exec"), space)
        cell.execution_count = count
        value = eval(compile(ast.Expression(last.value), cell.id, "eval"), space) if last else None
        if hasattr(value, "_repr_mimebundle_"):
            bundle = value._repr_mimebundle_()
            data = bundle[0] if isinstance(bundle, tuple) else bundle
            cell.outputs.append(nbformat.v4.new_output("execute_result", data=data, execution_count=count))
    return made


def tables() -> dict[str, DataTable]:
    frame = pd.DataFrame(
        {
            "city_id": ["320100", "110000", "510100"],
            "name": ["南京", "=cmd|' /C calc'!A0", "@成都"],
            "score": [86.4, 0.1 + 0.2, None],
            "rank": pd.array([1, 2, None], dtype="Int64"),
            "day": pd.to_datetime(["2025-03-24", None, "2025-03-31"]),
        }
    )
    return {"scores": DataTable(frame, "综合得分", "0—100分", {"name": "城市", "score": "得分"}), "moves": DataTable(frame.head(1), "变化")}


def job(**changes: Any) -> Job:
    given: dict[str, Any] = {
        "name": "2025-03", "notebook": "sample", "parameters": {"edition": "2025-03"}, "lang": "zh",
        "title": "中国城市海外社交媒体传播力指数 2025年3月号", "day": date(2025, 4, 7), "band": BAND, "tables": tables,
        "provenance": {"edition": "2025-03", "method": "social-reach@1"},
    }  # fmt: skip
    return Job(**{**given, **changes})


def write(root: Path, made: Any) -> None:
    """Put a notebook where a project under `root` keeps it."""
    import nbformat

    (root / "notebooks").mkdir(parents=True, exist_ok=True)
    nbformat.write(made, root / "notebooks" / "sample.ipynb")
