"""The registry as it is kept in data/registry/, and what a broken one is answered with."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from cityreach import paths, registry, spec, tables
from cityreach.edition import Edition
from cityreach.errors import SpecError, UnknownNameError

FILES = ("cities.csv", "accounts.csv", "panels.yml", "platforms.yml", "terms.yml")
INDEX = "中国城市海外社交媒体传播力指数"
NOT_OF_CITIES = ("企业", "百企", "省级", "楼兰", "Brand Finance")
REAL = paths.root() / "data"


@pytest.fixture(scope="module")
def known() -> registry.Registry:
    return registry.load()


@pytest.fixture
def rewrite(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str, str], None]:
    """A copy of the registry under another root, in which one text of a file is replaced."""
    shutil.copytree(REAL / "registry", tmp_path / "data" / "registry")
    monkeypatch.setenv(paths.HOME_VARIABLE, str(tmp_path))

    def replace(name: str, old: str, new: str) -> None:
        path = tmp_path / "data" / "registry" / name
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    return replace


def message() -> str:
    """The one line that loading the current registry is answered with."""
    with pytest.raises(SpecError) as caught:
        registry.load()
    text = str(caught.value)
    assert "\n" not in text
    assert text.startswith("data/registry/")
    return text


# What is in the files


def test_there_are_enough_cities_and_every_column_is_filled(known: registry.Registry) -> None:
    assert len(known.cities) >= 160
    assert (known.cities.astype(str) != "").all(axis=None)


def test_names_are_unique_in_both_languages_and_without_the_word_for_city(known: registry.Registry) -> None:
    assert known.cities["name_zh"].is_unique
    assert known.cities["name_en"].is_unique
    assert not known.cities["name_zh"].str.endswith("市").any()
    assert known.cities["name_en"].str.fullmatch(r"[A-Z][A-Za-z' ()]+").all()


def test_codes_are_six_digits_and_their_first_two_mean_one_province(known: registry.Registry) -> None:
    codes = known.cities.index.to_series()
    assert codes.str.fullmatch(r"\d{6}").all()
    province = known.cities.groupby(codes.str[:2])
    assert (province[["province_zh", "province_en", "region"]].nunique() == 1).all(axis=None)
    assert known.cities.groupby("province_zh")["province_en"].nunique().eq(1).all()
    assert codes.str[:2].nunique() == known.cities["province_zh"].nunique() == 34


def test_coordinates_lie_in_china_and_near_their_province(known: registry.Registry) -> None:
    cities = known.cities
    assert cities["lat"].between(18, 54).all()
    assert cities["lon"].between(73.5, 135.1).all()
    assert cities[["lat", "lon"]].duplicated().sum() <= 2  # a prefecture shares its seat with the county-level city
    size = {"新疆": 14.0, "内蒙古": 14.0, "西藏": 10.0, "青海": 8.0, "甘肃": 10.0}
    for (province,), group in cities.groupby(["province_zh"]):
        reach = (group[["lat", "lon"]] - group[["lat", "lon"]].median()).abs().to_numpy().max()
        assert reach <= size.get(str(province), 6.0), province


@pytest.mark.parametrize(
    ("name", "english", "code", "lat", "lon"),
    [
        ("沧州", "Cangzhou", "130900", 38.3, 116.8),
        ("常州", "Changzhou", "320400", 31.8, 120.0),
        ("福州", "Fuzhou", "350100", 26.1, 119.3),
        ("抚州", "Fuzhou (Jiangxi)", "361000", 28.0, 116.4),
        ("苏州", "Suzhou", "320500", 31.3, 120.6),
        ("宿州", "Suzhou (Anhui)", "341300", 33.6, 117.0),
        ("台州", "Taizhou (Zhejiang)", "331000", 28.7, 121.4),
        ("泰州", "Taizhou (Jiangsu)", "321200", 32.5, 119.9),
        ("宜春", "Yichun (Jiangxi)", "360900", 27.8, 114.4),
        ("伊春", "Yichun (Heilongjiang)", "230700", 47.7, 128.9),
        ("西安", "Xi'an", "610100", 34.3, 108.9),
        ("敦煌", "Dunhuang", "620982", 40.1, 94.7),
    ],
)
def test_cities_that_have_been_confused_in_print_are_told_apart(
    known: registry.Registry, name: str, english: str, code: str, lat: float, lon: float
) -> None:
    [city] = known.city_ids([name])
    row = known.cities.loc[city]
    assert (city, known.city_name(city, "en")) == (code, english)
    assert abs(row["lat"] - lat) < 0.3
    assert abs(row["lon"] - lon) < 0.3


def test_capitals_municipalities_and_sub_provincial_cities_are_complete(known: registry.Registry) -> None:
    tiers = known.cities["tier"].value_counts()
    assert tiers[["municipality", "sub_provincial", "provincial_capital"]].tolist() == [4, 15, 17]
    sizes = known.cities[known.cities["region"] != "hmt"]["size_group"].value_counts()
    assert sizes[["super", "mega", "large1"]].tolist() == [7, 14, 14]


def test_every_city_that_the_published_lists_name_is_there(known: registry.Registry) -> None:
    published = pd.read_csv(REAL / "published" / "rankings.csv", dtype=str, keep_default_na=False)
    of_cities = ~published["index"].str.contains("|".join(NOT_OF_CITIES))
    plain = ~published["city"].str.contains("(", regex=False)
    names = sorted(published.loc[of_cities & plain, "city"].unique())
    assert len(names) > 50
    assert len(known.city_ids(names)) == len(names)


def test_panels_have_their_size_are_nested_and_stay_on_the_mainland(known: registry.Registry) -> None:
    small, middle, large = (set(known.panel(f"cities-{size}")) for size in (120, 133, 138))
    assert (len(small), len(middle), len(large)) == (120, 133, 138)
    assert small < middle < large
    assert "hmt" not in set(known.cities.loc[sorted(large), "region"])
    assert [known.city_name(city, "zh") for city in known.panel("four-cities")] == ["北京", "上海", "杭州", "深圳"]


def test_every_panel_holds_the_cities_of_the_published_index(known: registry.Registry) -> None:
    published = pd.read_csv(REAL / "published" / "rankings.csv", dtype=str, keep_default_na=False)
    names = sorted(published.loc[published["index"] == INDEX, "city"].unique())
    named = set(known.city_ids(names)) | set(known.city_ids(["敦煌", "沈阳"]))
    assert len(named) > 20
    assert named <= set(known.panel("cities-120"))


def test_the_readers_note_beside_each_code_in_the_panels_names_that_city(known: registry.Registry) -> None:
    text = (REAL / "registry" / "panels.yml").read_text(encoding="utf-8")
    noted = re.findall(r'- "(\d{6})"  # (\S+) (.+)', text)
    assert len(noted) == 120 + 133 + 138 + 4 + 106 + 39
    for code, chinese, english in noted:
        assert (known.city_name(code, "zh"), known.city_name(code, "en")) == (chinese, english)


def test_platforms_count_and_publish_what_can_be_seen_from_outside(known: registry.Registry) -> None:
    assert list(known.platforms) == ["facebook", "x", "instagram", "youtube", "tiktok", "linkedin", "twitch"]
    assert {name: entry.interactions for name, entry in known.platforms.items()} == {
        "facebook": ("likes", "comments", "shares"),
        "x": ("likes", "comments", "shares"),
        "instagram": ("likes", "comments"),
        "youtube": ("likes", "comments"),
        "tiktok": ("likes", "comments", "shares"),
        "linkedin": ("likes", "comments", "shares"),
        "twitch": (),
    }
    seen = {
        metric: [name for name, entry in known.platforms.items() if metric in entry.publishes]
        for metric in registry.METRICS
    }
    assert seen["shares"] == ["facebook", "x", "tiktok", "linkedin"]
    assert seen["views"] == ["x", "instagram", "youtube", "tiktok", "twitch"]
    assert seen["saves"] == ["x", "tiktok"]


def test_terms_hold_sixteen_themes_and_no_word_twice(known: registry.Registry) -> None:
    themes = known.terms.themes
    assert (len(themes), list(themes)[-1]) == (16, "other")
    assert themes["sports_events"].name.zh == "赛事兴城"
    for words in (known.terms.region, known.terms.tier, known.terms.size_group):
        for lang in ("zh", "en"):
            assert len({word[lang] for word in words.values()}) == len(words)


def test_accounts_refer_to_cities_and_platforms_and_say_where_they_come_from(known: registry.Registry) -> None:
    assert set(known.accounts["city_id"]) <= set(known.cities.index)
    assert set(known.accounts["platform"]) == set(known.platforms) - {"linkedin", "twitch"}
    assert (known.accounts["origin"] != "").all()


# The codebook


def section(title: str) -> str:
    """The codebook's text under one heading."""
    parts = (REAL / "README.md").read_text(encoding="utf-8").split("\n#")
    return next(part for part in parts if part.lstrip("# ").startswith(title))


@pytest.mark.parametrize("name", list(tables.CONTRACTS))
def test_the_codebook_explains_every_column_of_a_table(name: str) -> None:
    explained = {
        word
        for row in re.findall(r"^\| ([^|]+) \|", section(f"`{name}`"), re.M)
        for word in re.findall(r"`(\w+)`", row)
    }
    assert explained == set(tables.CONTRACTS[name])


def test_the_codebook_explains_every_column_of_the_registry_and_key_of_an_edition() -> None:
    for title, columns in (
        ("`cities.csv`", registry.CITY_COLUMNS),
        ("`accounts.csv`", registry.ACCOUNT_COLUMNS),
        ("Editions", list(Edition.model_fields)),
    ):
        assert [column for column in columns if f"`{column}`" not in section(title)] == []


def test_the_codebook_counts_the_cities(known: registry.Registry) -> None:
    assert f"\n{len(known.cities)} cities: " in section("`cities.csv`")


# Looking things up


def test_city_names_are_found_with_and_without_the_word_for_city(known: registry.Registry) -> None:
    assert known.city_ids(["北京", "北京市", "吉林市"]) == ["110000", "110000", "220200"]


@pytest.mark.parametrize(
    ("ask", "expected"),
    [
        (lambda known: known.city_ids(["北京", "亚特兰蒂斯"]), "City `亚特兰蒂斯` is not in data/registry/cities.csv"),
        (lambda known: known.panel("cities-99"), "data/registry/panels.yml has: cities-120, cities-133, cities-138"),
        (lambda known: known.platform("weibo"), "data/registry/platforms.yml has: facebook, x, instagram"),
    ],
)
def test_an_unknown_name_is_answered_with_the_known_ones(
    known: registry.Registry, ask: Callable[[registry.Registry], object], expected: str
) -> None:
    with pytest.raises(UnknownNameError, match=re.escape(expected)):
        ask(known)


# Broken files


@pytest.mark.parametrize(
    ("name", "old", "new", "expected"),
    [
        ("cities.csv", "name_en,", "english,", "column(s) name_en are absent. Add them to the header."),
        ("cities.csv", "\n120000,", "\n,", "cities.csv, line 3: `city_id` is empty. Write the id."),
        ("cities.csv", "\n120000,", "\n110000,", "cities.csv, line 3: `city_id` '110000' stands twice. Remove one."),
        ("cities.csv", "120000,", "12000,", "cities.csv, line 3: `city_id` '12000' is not six digits."),
        ("cities.csv", "120000,天津,", "120000,北京,", "line 3: `name_zh` '北京' stands twice. Add the province"),
        ("cities.csv", ",Tianjin,天津", ",,天津", "line 3: `name_en` is empty. Write the city's name."),
        (
            "cities.csv",
            "120000,天津,Tianjin,天津,Tianjin,east",
            "120000,天津,Tianjin,天津,Tianjin,orient",
            "line 3: `region` 'orient' has no words in terms.yml. Write one of: east, central, west, northeast, hmt.",
        ),
        (
            "cities.csv",
            ",39.9075,",
            ",39.9075°,",
            "line 2: `lat` must be degrees between -90 and 90, found '39.9075°'.",
        ),
        (
            "cities.csv",
            ",39.9075,",
            ",139.9075,",
            "line 2: `lat` must be degrees between -90 and 90, found '139.9075'.",
        ),
        ("cities.csv", "\n120000,天津,", "\n120000,天津,,", "cities.csv: not a table"),
        (
            "accounts.csv",
            ",facebook,",
            ",facebok,",
            "`platform` 'facebok' is not in platforms.yml. Write one of: facebook,",
        ),
        (
            "panels.yml",
            '- "110000"',
            '- "110001"',
            "panels.yml: `panels.cities-120.cities` names '110001', which cities.csv",
        ),
        ("panels.yml", '- "120000"', '- "110000"', "panels.yml: `panels.cities-120.cities` names '110000' twice."),
        (
            "panels.yml",
            '- "110000"',
            "- 110000",
            "`panels.cities-120.cities.0`: must be text, found 110000. Write a list of city_id values in quotes.",
        ),
        (
            "platforms.yml",
            "en: Facebook}",
            "fr: Facebook}",
            "`platforms.facebook.name.fr`: this key is not known, found 'Facebook'. Allowed keys: zh, en.",
        ),
        (
            "platforms.yml",
            "interactions: [likes, comments, shares] # likes",
            "interactions: [likes, hearts] # likes",
            "`platforms.facebook.interactions.1`: must be 'likes', 'comments', 'shares' or 'saves', found 'hearts'.",
        ),
        (
            "platforms.yml",
            "interactions: [likes, comments] # shares",
            "interactions: [likes, comments, shares] # shares",
            "`platforms.instagram`: interactions counts shares, which publishes does not list",
        ),
        ("platforms.yml", "    primer:", "    prime:", "`platforms.facebook.prime`: this key is not known"),
        (
            "terms.yml",
            "central: {zh: 中部, en: Central}",
            "central: 中部",
            "`region.central`: must be keys with values, found '中部'. Write region codes with their words.",
        ),
        ("terms.yml", "themes:", "topics:", "`topics`: this key is not known"),
    ],
)
def test_a_broken_file_is_named_with_place_and_remedy(
    rewrite: Callable[[str, str, str], None], name: str, old: str, new: str, expected: str
) -> None:
    rewrite(name, old, new)
    assert expected in message()


def test_an_account_of_an_unknown_city_is_refused(
    rewrite: Callable[[str, str, str], None], known: registry.Registry
) -> None:
    first = known.accounts["city_id"].iloc[0]
    rewrite("accounts.csv", f",{first},", ",999999,")
    assert "accounts.csv, line 2: `city_id` '999999' is not in cities.csv. Correct it or add" in message()


@pytest.mark.parametrize("name", FILES)
def test_a_missing_file_is_named(rewrite: Callable[[str, str, str], None], name: str) -> None:
    paths.data("registry", name).unlink()
    assert f"data/registry/{name}: the file does not exist." in message()


def test_a_file_saved_by_a_spreadsheet_in_another_encoding_is_refused(rewrite: Callable[[str, str, str], None]) -> None:
    path = paths.data("registry", "cities.csv")
    path.write_bytes(path.read_text(encoding="utf-8").encode("gb18030"))
    assert "cities.csv: not UTF-8 at byte" in message()


def test_an_empty_file_is_refused(rewrite: Callable[[str, str, str], None]) -> None:
    paths.data("registry", "terms.yml").write_text("", encoding="utf-8")
    assert (
        "terms.yml: `(whole file)`: must be keys with values, found None. Write these keys: region, tier" in message()
    )


def test_a_byte_order_mark_in_a_table_does_no_harm(rewrite: Callable[[str, str, str], None]) -> None:
    path = paths.data("registry", "cities.csv")
    path.write_text("\ufeff" + path.read_text(encoding="utf-8"), encoding="utf-8")
    assert len(registry.load().cities) >= 160


def test_every_root_has_its_own_registry(rewrite: Callable[[str, str, str], None], known: registry.Registry) -> None:
    rewrite("cities.csv", ",Beijing,北京", ",Peking,北京")
    assert registry.load().city_name("110000", "en") == "Peking"
    assert known.city_name("110000", "en") == "Beijing"


def test_words_give_the_text_of_a_language() -> None:
    words = spec.Words(zh="南京", en="Nanjing")
    assert (words["zh"], words["en"]) == ("南京", "Nanjing")


def test_an_edition_of_real_exports_expects_no_invented_account() -> None:
    known = registry.load()
    real, simulated = known.active_accounts(simulated=False), known.active_accounts(simulated=True)
    assert set(real["origin"]) == {"real"} and set(simulated["origin"]) == {"real", "invented"}
    assert set(simulated["status"]) == {"active"}
