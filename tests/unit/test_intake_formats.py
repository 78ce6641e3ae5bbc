"""Format files: the language is checked, recognition goes by content, a new format needs no code."""

from __future__ import annotations

import copy
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from intake_cases import ROOT, counts, known_formats, post, read_text

from cityreach import intake, spec
from cityreach.errors import InboxError, SpecError
from cityreach.intake import formats
from cityreach.intake.formats import Format

GUIDE = (ROOT / "docs" / "adding-a-format.md").read_text(encoding="utf-8")
MINIMAL: dict[str, Any] = {
    "id": "mini",
    "label": {"zh": "小", "en": "mini"},
    "evidence": "documents",
    "kinds": ["table"],
    "platform": "x",
    "tables": [
        {
            "table": "posts",
            "require": ["pid", "who", "when", "zzz"],
            "fields": {"post_id": "pid", "handle": "who", "published_at": "when", "likes": "n"},
        }
    ],
}


def mini(**fields: Any) -> Format:
    """The small format with changes to its fields."""
    content = copy.deepcopy(MINIMAL)
    content["tables"][0]["fields"] |= fields
    return Format.model_validate(content)


def example(kind: str) -> str:
    found = re.search(rf"```{kind}\n(.*?)```", GUIDE, re.DOTALL)
    assert found is not None
    return found[1]


def test_every_format_file_is_valid() -> None:
    known = intake.load_formats()
    assert [one.id for one in known] == sorted(path.stem for path in (ROOT / "data" / "formats").glob("*.yml"))
    assert {"facebook-graph", "instagram-apify", "x-api", "youtube-data-api", "tiktok-apify", "plain-posts"} <= {
        one.id for one in known
    }


def test_the_worked_example_of_the_guide_works(tmp_path: Path) -> None:
    vendor = Format.model_validate(yaml.safe_load(example("yaml")))
    result = read_text(tmp_path, example("csv"), [*known_formats(), vendor])
    assert result.log.format == "vendor-table"
    assert counts(result) == {"rows": 3, "kept": 2, "duplicates": 0, "outside": 0, "filtered": 1, "quarantined": 0}
    assert result.log.filtered_reasons == {"repost of another account's post": 1}
    video, picture = post(result, "5551"), post(result, "1897000000000000777")
    assert (video["likes"], str(video["published_at"])) == (19000, "2025-03-24 11:05:00+00:00")
    assert picture["likes"] == 1204
    assert picture[["shares", "views"]].isna().all()


def test_the_guide_names_every_key_of_a_value() -> None:
    keys = set(formats.Source.model_fields) - {"paths", "patterns", "zone"}
    assert [key for key in sorted(keys) if f"`{key}" not in GUIDE] == []


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"likes": {"from": "n", "colour": "red"}}, "colour`: .*Allowed keys: from, value, sum"),
        ({"charm": "n"}, "`charm` is no column of posts"),
        ({"likes": {"when": []}}, "exactly one of from, value, sum"),
        ({"likes": {"from": "n", "value": "0"}}, "exactly one of from, value, sum"),
        ({"url": {"from": "u", "extract": "no group"}}, "exactly one group"),
        ({"url": {"from": "u", "extract": "("}}, "not a regular expression"),
        ({"published_at": {"from": "t", "zone": "Beijing"}}, "not the name of a time zone"),
        ({"published_at": {"from": "t", "time": "patterns"}}, "belong together"),
        ({"published_at": {"from": "t", "time": "patterns", "patterns": ["%d.%m.%Y", "%m/%d"]}}, "mix day before"),
        ({"format": "type"}, "every source needs `values`"),
        ({"format": {"from": "type", "values": {"a": "postcard"}}}, "`postcard` is none of photo"),
        ({"likes": {"from": "n", "when": [{"path": "a"}]}}, "exactly one of present, equals, differs"),
    ],
)  # fmt: skip
def test_a_wrong_format_file_is_one_clear_line(change: dict[str, Any], message: str) -> None:
    content = copy.deepcopy(MINIMAL)
    content["tables"][0]["fields"] |= change
    with pytest.raises(SpecError, match=message) as caught:
        spec.check_model(content, Format, ROOT / "data" / "formats" / "mini.yml")
    assert str(caught.value).startswith("data/formats/mini.yml: `tables")
    assert "\n" not in str(caught.value)


def test_a_format_without_id_column_or_records_is_refused() -> None:
    content = copy.deepcopy(MINIMAL)
    del content["tables"][0]["fields"]["post_id"]
    with pytest.raises(ValueError, match="post_id must be mapped for posts"):
        Format.model_validate(content)
    with pytest.raises(ValueError, match="a JSON format needs `records`"):
        Format.model_validate(MINIMAL | {"kinds": ["json"]})
    with pytest.raises(ValueError, match="either `platform` for the whole format or a field"):
        Format.model_validate(MINIMAL | {"platform": None})
    with pytest.raises(ValueError, match="two different signs"):
        Format.model_validate(MINIMAL | {"numbers": {"decimal": ",", "group": ","}})


def test_a_file_whose_id_is_not_its_name_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CITYREACH_HOME", str(tmp_path))
    (tmp_path / "data" / "formats").mkdir(parents=True)
    (tmp_path / "data" / "formats" / "other.yml").write_text(yaml.safe_dump(MINIMAL), encoding="utf-8")
    with pytest.raises(SpecError, match=r"data/formats/other.yml: `id` must equal the file's name, found 'mini'"):
        intake.load_formats()


def test_the_format_with_most_required_keys_wins(tmp_path: Path) -> None:
    """A table that has all columns of the plain table and more is read by the more demanding format."""
    content = copy.deepcopy(MINIMAL)
    content["tables"][0]["require"] = ["平台", "账号", "帖文ID", "发布时间(UTC)", "extra"]
    text = (
        "平台,账号,帖文ID,发布时间（ＵＴＣ）,extra,pid,who,when\n"
        "X,@Riverport_City,1,2025-03-02 01:00,q,1,Riverport_City,2025-03-02"
    )
    assert read_text(tmp_path, text).log.format == "plain-posts"
    assert read_text(tmp_path, text, [*known_formats(), Format.model_validate(content)]).log.format == "mini"


def test_a_tie_is_not_decided(tmp_path: Path) -> None:
    both = [mini(), Format.model_validate(copy.deepcopy(MINIMAL) | {"id": "twin"})]
    with pytest.raises(
        InboxError, match=r"export.bin: it fits mini and twin equally. It is csv with the keys pid, who"
    ):
        read_text(tmp_path, "pid,who,when,zzz\n1,a,b,c", both)


def test_an_unknown_file_names_its_keys_and_the_formats(tmp_path: Path) -> None:
    with pytest.raises(InboxError) as caught:
        read_text(tmp_path, '{"rows": [1], "kind": "other"}')
    message = str(caught.value)
    assert "export.bin: no known format fits. It is json with the keys rows, kind." in message
    assert "Nearest is" not in message
    assert "docs/adding-a-format.md" in message
    with pytest.raises(InboxError, match="Nearest is plain-posts, which also needs"):
        read_text(tmp_path, "平台,账号,发布时间(UTC),正文\nX,a,2025-03-02,b")


def test_the_files_own_name_never_counts(tmp_path: Path) -> None:
    file = tmp_path / "facebook_graph.json"
    file.write_text("名字,阅读\na,1\n", encoding="utf-8")
    with pytest.raises(InboxError, match="no known format fits"):
        intake.read_file(file, known_formats(), intake.Context())


def row(tmp_path: Path, header: str, cells: str, **fields: Any) -> intake.FileResult:
    text = f"pid,who,when,zzz,{header}\n1,Riverport_City,2025-03-02T01:00:00Z,,{cells}\n"
    return read_text(tmp_path, text, [mini(**fields)])


def test_spellings_are_chosen_per_file_and_fallbacks_per_record(tmp_path: Path) -> None:
    text = "pid,who,when,zzz,a,b\n1,Riverport_City,2025-03-02,,,5\n2,Riverport_City,2025-03-02,,7,8\n"
    spellings = read_text(tmp_path, text, [mini(likes={"from": ["missing", "a", "b"]})]).posts["likes"]
    assert spellings.isna().tolist() == [True, False]
    assert read_text(tmp_path, text, [mini(likes=["a", "b"])]).posts["likes"].tolist() == [5, 7]


def test_changes_of_a_value(tmp_path: Path) -> None:
    result = row(
        tmp_path, "u,t,n2", "see https://e.org/p/77 now,Bild,3",
        post_id={"from": "u", "extract": r"/p/(\d+)"},
        url={"from": "pid", "prefix": "https://e.org/p/"},
        format={"from": "t", "values": {"BILD": "photo"}},
        likes={"sum": ["n2", "pid", "absent"]},
        shares={"value": "0", "when": [{"path": "t", "equals": ["bild"]}]},
        saves={"value": "0", "when": [{"path": "t", "differs": ["bild"]}]},
        views={"value": "1", "if_seen": "nowhere"},
    )  # fmt: skip
    found = post(result, "77")
    assert found["url"] == "https://e.org/p/1"
    assert (found["format"], found["likes"], found["shares"]) == ("photo", 4, 0)
    assert found[["saves", "views"]].isna().all()


def test_a_part_of_a_sum_that_is_no_number_is_shown(tmp_path: Path) -> None:
    result = row(tmp_path, "a,b", "5,many", likes={"sum": ["a", "b"]})
    assert result.quarantine[["column", "value", "reason"]].to_numpy().tolist() == [
        ["a | b", "5 | many", "unusable number"]
    ]


def test_a_header_without_rows_is_an_export_without_posts(tmp_path: Path) -> None:
    result = read_text(tmp_path, "pid,who,when,zzz\n", [mini()])
    assert counts(result)["rows"] == len(result.posts) == 0


def test_a_filter_may_name_the_spellings_of_its_key(tmp_path: Path) -> None:
    content = copy.deepcopy(MINIMAL)
    condition = {"path": ["kind", "art"], "equals": ["ad"]}
    content["tables"][0]["filters"] = [{"reason": "advertisement", "when": [condition]}]
    spelled = Format.model_validate(content)
    text = "pid,who,when,zzz,n,art\n1,Riverport_City,2025-03-02,,5,ad\n2,Riverport_City,2025-03-02,,7,x\n"
    log = read_text(tmp_path, text, [spelled]).log
    assert (log.kept, log.filtered_reasons) == (1, {"advertisement": 1})
