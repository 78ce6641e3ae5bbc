"""Workbook, data files and manifest: neutral to spreadsheet programs, the same bytes twice."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import zipfile

import pandas as pd
import publish_sample as sample
import pytest
import python_calamine

from cityreach.publish import datafiles, manifest, tables, workbook
from cityreach.publish.tables import DataTable


def rows(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


def test_csv_has_bom_and_lf_and_round_trips_floats():
    content = datafiles.to_csv(sample.tables()["scores"].columns)
    assert content.startswith(b"\xef\xbb\xbf") and b"\r" not in content
    assert rows(content) == [
        ["city_id", "name", "score", "rank", "day"],
        ["320100", "南京", "86.4", "1", "2025-03-24"],
        ["110000", "'=cmd|' /C calc'!A0", "0.30000000000000004", "2", ""],
        ["510100", "'@成都", "", "", "2025-03-31"],
    ]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\tx", "\rx"])
def test_dangerous_starts_are_neutralised(text):
    assert datafiles.neutral(text) == "'" + text
    assert rows(datafiles.to_csv({"a": [text]}))[1] == ["'" + text.replace("\r", "\n")]


def test_negative_numbers_stay_numbers():
    assert rows(datafiles.to_csv({"a": [-1.5, 2.0], "b": [-3, 4]}))[1:] == [["-1.5", "-3"], ["2.0", "4"]]


def test_times_carry_their_zone_and_booleans_are_lower_case():
    frame = pd.DataFrame({"at": pd.to_datetime(["2025-03-24T11:02:13Z"]), "tied": pd.array([True], dtype="boolean")})
    assert rows(datafiles.to_csv(DataTable(frame, "").columns))[1] == ["2025-03-24T11:02:13+00:00", "true"]


def test_tables_come_through_a_block_as_plain_values():
    made = tables.from_block(json.loads(json.dumps(tables.to_block(sample.tables()).content)))
    assert list(made) == ["scores", "moves"] and made["scores"].labels == {"name": "城市", "score": "得分"}
    assert made["scores"].columns == {
        "city_id": ["320100", "110000", "510100"],
        "name": ["南京", "=cmd|' /C calc'!A0", "@成都"],
        "score": [86.4, 0.1 + 0.2, None],
        "rank": [1, 2, None],
        "day": ["2025-03-24", None, "2025-03-31"],
    }
    assert made["scores"].rows == 3 and made["moves"].rows == 1


def test_columns_of_every_kind_become_plain_values():
    frame = pd.DataFrame(
        {
            "text": pd.Series(["南京", None], dtype="str"),
            "score": [0.5, float("nan")],
            "share": pd.array([1.5, None], dtype="Float64"),
            "rank": pd.array([1, None], dtype="Int64"),
            "posts": [3, 4],
            "tied": pd.array([True, None], dtype="boolean"),
            "sure": [True, False],
            "kind": pd.Categorical(["a", None]),
            "mixed": pd.Series([pd.NA, pd.Timestamp("2025-03-01").date()], dtype=object),
        }
    )
    day = pd.Timestamp("2025-03-01").date()
    expected = [
        ["南京", None], [0.5, None], [1.5, None], [1, None], [3, 4], [True, None], [True, False], ["a", None],
        [None, day],
    ]  # fmt: skip
    assert repr(list(DataTable(frame, "").columns.values())) == repr(expected)
    made = tables.from_block(tables.to_block({"t": DataTable(frame, "T")}).content)["t"]
    assert repr(list(made.columns.values())) == repr([*expected[:-1], [None, "2025-03-01"]])


def test_simulated_data_say_so_in_every_row(tmp_path):
    datafiles.write_all(tmp_path, sample.tables(), simulated=True)
    found = rows((tmp_path / "scores.csv").read_bytes())
    assert [row[-1] for row in found] == ["data_status", "simulated", "simulated", "simulated"]
    datafiles.write_all(tmp_path, sample.tables(), simulated=False)
    assert rows((tmp_path / "scores.csv").read_bytes())[0][-1] == "day"


def write(path, **changes):
    workbook.write(path, sample.job(**changes), sample.tables())
    return path


def test_workbook_has_a_cover_and_a_sheet_per_table(tmp_path):
    book = python_calamine.CalamineWorkbook.from_path(write(tmp_path / "a.xlsx"))
    assert book.sheet_names == ["说明", "综合得分", "变化"]
    cover = book.get_sheet_by_name("说明").to_python()
    assert [sample.BAND] in [row[:1] for row in cover] and ["综合得分", 3.0, "0—100分"] in cover
    assert any("social-reach@1" in str(row[0]) for row in cover)
    sheet = book.get_sheet_by_name("综合得分").to_python(skip_empty_area=False)
    assert sheet[2][0] == sample.BAND
    assert sheet[3][:3] == ["city_id", "城市", "得分"]
    assert sheet[5][1] == "=cmd|' /C calc'!A0"
    assert sheet[6][2] == ""


def test_workbook_holds_no_formula_and_no_link(tmp_path):
    with zipfile.ZipFile(write(tmp_path / "a.xlsx")) as archive:
        sheets = "".join(archive.read(name).decode() for name in archive.namelist() if "worksheets/" in name)
    assert "<f>" not in sheets and "hyperlink" not in sheets
    assert sheets.count("<oddFooter>&amp;L模拟数据") == 3


def test_workbook_twice_the_same_bytes(tmp_path):
    assert write(tmp_path / "a.xlsx").read_bytes() == write(tmp_path / "b.xlsx").read_bytes()


def test_no_band_in_the_workbook_of_real_data(tmp_path):
    book = python_calamine.CalamineWorkbook.from_path(write(tmp_path / "a.xlsx", band=None))
    assert sample.BAND not in str([book.get_sheet_by_name(name).to_python() for name in book.sheet_names])


def test_sheet_names_are_legal_and_different():
    frame = pd.DataFrame({"a": [1]})
    titles = ["得分/平台", "得分:平台", "x" * 40, "X" * 40, "", "History", "说明"]
    names = workbook.sheet_names({f"t{n}": DataTable(frame, title) for n, title in enumerate(titles)})
    assert len({name.casefold() for name in names}) == len(titles)
    assert all(0 < len(name) <= 31 and not set(name) & set("[]:*?/\\") for name in names)
    assert names[:2] == ["得分 平台", "得分 平台 2"] and names[4] == "t4"
    assert not {"history", "说明"} & {name.casefold() for name in names}


def test_an_empty_table_is_a_sheet_with_its_header(tmp_path):
    table = DataTable(sample.tables()["scores"].frame.head(0), "空表")
    workbook.write(tmp_path / "a.xlsx", sample.job(), {"none": table})
    book = python_calamine.CalamineWorkbook.from_path(tmp_path / "a.xlsx")
    assert book.get_sheet_by_name("空表").to_python()[-1][0] == "city_id"


def test_manifest_hashes_every_output_but_itself(tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "scores.csv").write_bytes(b"a")
    (tmp_path / "report.pdf").write_bytes(b"b")
    path = manifest.write(tmp_path, sample.job(), remarks=["x"])
    again = manifest.write(tmp_path, sample.job(), remarks=["x"])
    found = json.loads(again.read_text(encoding="utf-8"))
    assert path == again
    assert found["outputs"] == {
        "data/scores.csv": hashlib.sha256(b"a").hexdigest(),
        "report.pdf": hashlib.sha256(b"b").hexdigest(),
    }
    assert found["simulated"] is True and found["lang"] == "zh" and found["day"] == "2025-04-07"
    assert found["provenance"]["method"] == "social-reach@1" and found["remarks"] == ["x"]
    assert all(version != "absent" for version in found["libraries"].values())
