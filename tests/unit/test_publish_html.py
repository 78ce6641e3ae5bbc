"""The page: complete, safe with hostile text, nothing from the network."""

from __future__ import annotations

import itertools
import json
import re
from html.parser import HTMLParser

import publish_sample as sample
import pytest

from cityreach import paths
from cityreach.charts import tokens
from cityreach.publish import html, live


@pytest.fixture(scope="module")
def page(tmp_path_factory) -> str:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(paths.HOME_VARIABLE, str(tmp_path_factory.mktemp("project")))
        patch.setattr(live, "_made", lambda: "window.vegaEmbed = null; // </script>")
        return html.export(sample.executed(sample.notebook()), sample.job())


class Reader(HTMLParser):
    """Collects tags with their attributes, and the text of each tag's inside."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: list[str] = []
        self.stack: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in ("meta", "input", "br", "path", "line", "rect"):
            self.stack.append(tag)
        if tag == "script":
            self.scripts.append("")

    def handle_endtag(self, tag):
        if tag in self.stack:
            while self.stack.pop() != tag:
                pass

    def handle_data(self, data):
        if self.stack and self.stack[-1] == "script":
            self.scripts[-1] += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


@pytest.fixture(scope="module")
def read(page) -> Reader:
    return Reader(page)


def test_head_says_language_title_and_description(page, read):
    assert page.startswith("<!DOCTYPE html>")
    assert read.all("html")[0]["lang"] == "zh-CN"
    assert "<title>中国城市海外社交媒体传播力指数 · 2025年3月号</title>" in page
    metas = {meta.get("name"): meta.get("content") for meta in read.all("meta")}
    assert metas["description"].startswith("2025年3月中国133座城市")
    assert "width=device-width" in metas["viewport"]


def test_headings_form_one_tree(page, read):
    levels = [int(name[1]) for name, _ in read.tags if re.fullmatch("h[1-6]", name)]
    assert levels.count(1) == 1 and levels[0] == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))


def test_every_contents_link_has_its_target(read):
    ids = [attributes["id"] for _, attributes in read.tags if attributes.get("id")]
    assert len(ids) == len(set(ids))
    links = [a["href"][1:] for a in read.all("a") if a["href"].startswith("#")]
    assert len(links) > 16 and set(links) <= set(ids)


def test_nothing_comes_from_the_network(page, read):
    for name, attributes in read.tags:
        for key in ("src", "srcset", "data", "action", "poster", "href", "xlink:href"):
            value = attributes.get(key) or ""
            assert not re.match(r"(https?:)?//", value) or (name == "a" and key == "href"), (name, key, value)
    style = re.search(r"<style>(.*?)</style>", page, re.S).group(1)
    assert "@import" not in style
    assert set(re.findall(r"url\((\w+:)", style)) == {"data:"}
    assert all(a["rel"] == "noopener nofollow" for a in read.all("a") if a["href"].startswith("http"))


def test_policy_names_exactly_the_scripts_of_the_page(page, read):
    found = next(m["content"] for m in read.all("meta") if m.get("http-equiv") == "Content-Security-Policy")
    running = [s for s, a in zip(read.scripts, read.all("script"), strict=True) if "type" not in a]
    assert found == html.policy(running)
    assert "default-src 'none'" in found and "unsafe-eval" not in found


def test_hostile_text_is_shown_and_never_becomes_markup(page, read):
    quote = re.search(r"<blockquote[^>]*>(.*?)</blockquote>", page, re.S).group(1)
    assert "&lt;script&gt;alert(" in quote and "<" not in quote
    assert "\u202e" not in page
    assert len(read.all("script")) == 4
    assert next(a for a in read.all("blockquote"))["dir"] == "auto"


def test_links_only_to_web_addresses_and_places_in_the_page():
    assert html.link("https://example.org/a?b=1") == "https://example.org/a?b=1"
    assert html.link("#moves") == "#moves"
    for bad in ("javascript:alert(1)", "data:text/html,x", "//example.org", "https://a b", None, 3, "#"):
        assert html.link(bad) == ""


def test_specifications_cannot_leave_their_script_element(read):
    text = live.json_for_script({"a": "</script><!-- \u2028 & >"})
    assert not set("<>&\u2028") & set(text)
    assert json.loads(text) == {"a": "</script><!-- \u2028 & >"}
    specs = json.loads(read.scripts[[a.get("id") for a in read.all("script")].index("charts")])
    assert sorted(specs) == ["figure-1", "figure-2", "figure-3"]
    assert not {"title", "usermeta", "$schema"} & set(specs["figure-1"])


def test_charts_are_complete_without_scripts(page, read):
    drawings = [a for a in read.all("svg") if a.get("role") == "img"]
    assert drawings[0]["aria-label"] == "横条图：甲城86.4分居首。"
    assert len(drawings) == 3
    assert re.findall(r"图 \d", page)[:3] == ["图 1", "图 2", "图 3"]
    assert "No description has been provided" not in page


def test_tables_have_captions_scopes_and_a_scroller(page, read):
    assert page.count("<caption>") == 2 and "<caption>表 1：前十城市的变化</caption>" in page
    assert {a.get("scope") for a in read.all("th")} == {"col", "row"}
    scrollers = [a for a in read.all("div") if a.get("class") == "scroll"]
    assert all(a["tabindex"] == "0" and a["aria-label"] for a in scrollers) and len(scrollers) == 2
    assert len(read.all("input")) == 1
    assert page.count("<tr>") == 2 + 4 + 138


def test_every_figure_in_the_prose_names_its_finding(page, read):
    runs = [a for a in read.all("span") if a.get("class") == "fig"]
    assert {a["data-finding"] for a in runs} == {"leader.320100", "driver.320100"}
    assert all(a["data-key"] and "数字来自" in a["title"] for a in runs)


def test_band_stands_at_head_and_foot_only_where_data_are_simulated(page, monkeypatch, tmp_path):
    monkeypatch.setenv(paths.HOME_VARIABLE, str(tmp_path))
    assert page.count(sample.BAND) == 2
    real = html.export(sample.executed(sample.short()), sample.job(band=None))
    assert sample.BAND not in re.sub(r"<style>.*?</style>", "", real, flags=re.S)


def test_colours_come_from_the_tokens(page):
    assert tokens.css_properties("dark") in page and tokens.css_properties("light") in page
    for name in ("page.css", "page.js", "index.html.j2", "blocks.html.j2"):
        text = paths.template("html", name).read_text(encoding="utf-8")
        assert set(re.findall(r"#[0-9a-fA-F]{6}\b", text)) == set(), name


def test_same_notebook_same_page(page, monkeypatch, tmp_path):
    monkeypatch.setenv(paths.HOME_VARIABLE, str(tmp_path))
    monkeypatch.setattr(live, "_made", lambda: "window.vegaEmbed = null; // </script>")
    assert html.export(sample.executed(sample.notebook()), sample.job()) == page


def test_english_page(monkeypatch, tmp_path):
    monkeypatch.setenv(paths.HOME_VARIABLE, str(tmp_path))
    cover = {**sample.blocks()[0], "lang": "en"}
    table = next(block for block in sample.blocks() if block["kind"] == "table")
    made = html.export(
        sample.executed(sample.notebook([sample.code(cover), sample.code(table)])), sample.job(lang="en")
    )
    assert '<html lang="en">' in made and "<caption>Table 1: " in made and "表" not in re.sub("前十.*", "", made)[:200]


def test_wide_tables_scroll_and_narrow_ones_stick_to_the_window(page):
    classes = re.findall(r'<figure class="(table[^"]*)"', page)
    assert classes == ["table fits", "table fits long"]
    slim = {
        "columns": [{"label": "城市", "align": "left"}, {"label": "位次", "align": "right"}],
        "rows": [["南京", "1"]],
    }
    assert html.shape(html.Part("table", slim)) == "slim fits"
    wide = {"columns": [{"label": "很长的列名" * 3, "align": "left"}] * 8, "rows": []}
    assert html.shape(html.Part("table", wide)) == "wide"


def test_the_bundle_is_made_once_and_cannot_end_its_script(monkeypatch, tmp_path):
    monkeypatch.setenv(paths.HOME_VARIABLE, str(tmp_path))
    calls = []
    monkeypatch.setattr(live, "_made", lambda: calls.append(1) or "a</script>b")
    assert live.bundle() == live.bundle() == "a<\\/script>b"
    assert calls == [1]
