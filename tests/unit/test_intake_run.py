"""An edition's inbox taken in: stored tables, the log, what counts as unchanged, and errors that stop it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml
from intake_cases import CASES, ROOT, edition, registry

from cityreach import intake, store, tables
from cityreach.errors import InboxError
from cityreach.intake import FileLog, IntakeLog, accounts, quarantine, reading, running, times, values
from cityreach.intake.log import totals


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CITYREACH_HOME", str(tmp_path))
    shutil.copytree(ROOT / "data" / "formats", tmp_path / "data" / "formats")
    (tmp_path / "data" / "registry").mkdir(parents=True)
    (tmp_path / "data" / "registry" / "accounts.csv").write_text("account_id\n", encoding="utf-8")
    return tmp_path


def put(home: Path, *names: str, edition_id: str = "2025-03") -> Path:
    inbox = home / "data" / "inbox" / edition_id
    inbox.mkdir(parents=True, exist_ok=True)
    for name in names:
        shutil.copy(CASES / name, inbox / name)
    return inbox


EVERYTHING = [path.name for path in CASES.iterdir() if path.suffix != ".md"]


def test_a_whole_inbox(home: Path) -> None:
    put(home, *EVERYTHING)
    seen: list[FileLog] = []
    log = intake.run(edition(), registry(), on_file=seen.append)
    assert [one.file for one in log.files] == sorted(EVERYTHING) == [one.file for one in seen]
    total = log.totals
    parts = ("kept", "duplicates", "outside", "filtered", "quarantined")
    assert total["rows"] == sum(total[part] for part in parts) == sum(one.rows for one in log.files)
    posts, snapshots = store.read("posts", "2025-03"), store.read("snapshots", "2025-03")
    assert len(posts) == total["posts"] > 20
    assert len(snapshots) == total["snapshots"]
    assert len(store.read("quarantine", "2025-03")) == log.quarantined
    assert log.missing_accounts == ("tiktok:yuntai",)
    assert log.expected == len(intake.expected_accounts(edition(), registry())) > 3
    later = {"linkedin:riverport", "twitch:riverport_city"}  # platforms that this edition does not have
    assert set(log.seen_accounts) == set(registry().accounts.index) - later - {"tiktok:yuntai"}
    assert {"platform": "facebook", "name": "somebody", "records": 2, "suggestion": ""} in log.unknown_accounts


def test_the_log_is_stored_and_read_back(home: Path) -> None:
    put(home, "x_responses.jsonl", "facebook_pages.json")
    log = intake.run(edition(), registry())
    assert intake.load_log("2025-03") == log
    content = (home / "data/store/2025-03/intake.json").read_text(encoding="utf-8")
    assert set(json.loads(content)["inputs"]) == {"x_responses.jsonl", "facebook_pages.json"}
    assert str(home) not in content


def test_same_inbox_same_bytes(home: Path) -> None:
    put(home, *EVERYTHING)
    folder = home / "data" / "store" / "2025-03"
    intake.run(edition(), registry())
    first = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    shutil.rmtree(folder / "files")
    intake.run(edition(), registry())
    assert {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()} == first
    assert set(first) == {
        "posts.parquet", "snapshots.parquet", "totals.parquet", "quarantine.parquet", "quarantine.csv", "intake.json",
    }  # fmt: skip


def test_only_changed_files_are_read_again(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    inbox = put(home, *EVERYTHING)
    first = intake.run(edition(), registry())
    opened: list[str] = []
    read = running.spool_file

    def watched(path: Path, *rest: Any, **more: Any) -> Any:
        opened.append(path.name)
        return read(path, *rest, **more)

    monkeypatch.setattr(running, "spool_file", watched)
    assert intake.run(edition(), registry()) == first
    assert opened == []
    content = (inbox / "tiktok_posts.csv").read_bytes()
    (inbox / "tiktok_posts.csv").write_bytes(content + b"\n")
    intake.run(edition(), registry())
    assert opened == ["tiktok_posts.csv"]
    assert len(list((home / "data/store/2025-03/files").iterdir())) == len(EVERYTHING)


def test_a_check_writes_nothing(home: Path) -> None:
    put(home, *EVERYTHING)
    log = intake.check(edition(), registry())
    assert not (home / "data" / "store").exists()
    assert log == intake.run(edition(), registry())


def test_the_same_post_in_two_files_is_kept_once(home: Path) -> None:
    inbox = put(home, "facebook_pages.json")
    shutil.copy(inbox / "facebook_pages.json", inbox / "later.json")
    log = intake.run(edition(), registry())
    first, second = log.files
    assert (first.kept, first.duplicates, first.differing) == (0, 9, 1)
    assert (second.kept, second.duplicates) == (8, 1)
    assert set(store.read("posts", "2025-03")["source_file"]) == {"later.json"}
    assert len(store.read("snapshots", "2025-03")) == 3


def test_a_lone_file_is_stored_as_it_is_beside_others(home: Path) -> None:
    put(home, "x_responses.jsonl", "facebook_pages.json", edition_id="several")
    put(home, "x_responses.jsonl", edition_id="lone")
    several = intake.run(edition(id="several"), registry()).files[1]
    lone = intake.run(edition(id="lone"), registry()).files[0]
    assert lone == several and lone.sums and lone.time_sources
    posts = store.read("posts", "several")
    beside = posts[posts["source_file"] == "x_responses.jsonl"].reset_index(drop=True)
    assert len(beside) == lone.posts > 0
    pd.testing.assert_frame_equal(store.read("posts", "lone"), beside)
    pd.testing.assert_frame_equal(tables.check(beside, "posts"), beside)


def test_a_lone_file_is_corrected(home: Path) -> None:
    put(home, "x_responses.jsonl")
    intake.run(edition(), registry())
    first = store.read("posts", "2025-03")[["post_id", "likes"]].iloc[0]
    (home / "data" / "editions").mkdir()
    (home / "data" / "editions" / "2025-03.yml").touch()
    (home / "data" / "corrections").mkdir()
    entry = {"table": "posts", "where": {"platform": "x", "post_id": first["post_id"]}, "action": "set"}
    entry |= {"column": "likes", "expect": int(first["likes"]), "value": 77, "reason": "Mistyped.", "evidence": "seen"}
    content = yaml.safe_dump({"corrections": [entry]})
    (home / "data" / "corrections" / "2025-03.yml").write_text(content, encoding="utf-8")
    log = intake.run(edition(), registry())
    posts = store.read("posts", "2025-03")
    assert posts.set_index("post_id")["likes"][first["post_id"]] == 77
    assert log.files[0].sums["likes"] == posts["likes"].sum()


def test_posts_that_stand_twice_in_a_lone_file_are_stored_once(home: Path) -> None:
    inbox = put(home, "x_responses.jsonl")
    lines = (inbox / "x_responses.jsonl").read_text(encoding="utf-8")
    (inbox / "x_responses.jsonl").write_text(lines.rstrip("\n") + "\n" + lines, encoding="utf-8")
    log = intake.run(edition(), registry()).files[0]
    posts = store.read("posts", "2025-03")
    assert log.duplicates >= log.posts == len(posts) > 0 and posts["post_id"].is_unique
    assert log.sums["likes"] == posts["likes"].sum()


def test_profiles_lend_their_ids_to_posts_whatever_the_order_of_files(home: Path) -> None:
    """The register knows this channel by its handle; only the channels file ties the handle to the id in the videos."""
    inbox = put(home, "youtube_channels.json")
    (inbox / "youtube_channels.json").rename(inbox / "zz.json")
    video = json.loads((CASES / "youtube_videos.json").read_text(encoding="utf-8"))[0]
    video["items"][0]["snippet"]["channelId"] = "UCyuntai0000000000000000"
    (inbox / "aa.json").write_text(json.dumps(video), encoding="utf-8")
    log = intake.run(edition(), registry())
    assert not log.unknown_accounts
    assert set(store.read("posts", "2025-03")["account_id"]) == {"youtube:yuntai", "youtube:riverportcity"}


def test_subfolders_are_read_and_notes_are_not(home: Path) -> None:
    inbox = put(home)
    (inbox / "north").mkdir()
    shutil.copy(CASES / "tiktok_posts.csv", inbox / "north" / "tiktok_posts.csv")
    for name in ("SIMULATED.txt", "README", "README.txt", "notes.md", ".DS_Store", ".hidden/file.json"):
        (inbox / name).parent.mkdir(exist_ok=True)
        (inbox / name).write_text("not an export", encoding="utf-8")
    assert [one.file for one in intake.run(edition(), registry()).files] == ["north/tiktok_posts.csv"]
    assert len(intake.inbox_files(inbox)) == 1
    assert intake.inbox_files(home / "nowhere") == []


def test_what_counts_as_unchanged(home: Path) -> None:
    inbox = put(home, "tiktok_posts.csv")
    assert not intake.is_current(edition())
    intake.run(edition(), registry())
    assert intake.is_current(edition())
    assert not intake.is_current(edition(counting_date="2025-04-06"))
    assert not intake.is_current(edition(platforms=("tiktok",)))
    assert intake.is_current(edition(mode="unordered"))
    changes = {
        inbox / "tiktok_posts.csv": "more",
        home / "data/formats/tiktok-apify.yml": "# a remark\n",
        home / "data/registry/accounts.csv": "more",
    }
    for path, text in changes.items():
        before = path.read_text(encoding="utf-8")
        path.write_text(before + text, encoding="utf-8")
        assert not intake.is_current(edition()), path.name
        path.write_text(before, encoding="utf-8", newline="" if path.suffix != ".csv" else None)
        if path.parent == inbox:
            shutil.copy(CASES / path.name, path)
        assert intake.is_current(edition()), path.name
    put(home, "x_users.json")
    assert not intake.is_current(edition())
    (inbox / "x_users.json").unlink()
    store.path("posts", "2025-03").unlink()
    assert not intake.is_current(edition())


def test_an_interrupted_intake_does_not_count(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(home, "tiktok_posts.csv")
    intake.run(edition(), registry())

    def broken(*_: object) -> None:
        raise OSError("disk full")

    with monkeypatch.context() as patch, pytest.raises(OSError, match="disk full"):
        patch.setattr(store, "write", broken)
        intake.run(edition(), registry())
    assert not intake.is_current(edition())
    with pytest.raises(InboxError, match=r"intake.json is absent or unreadable. Run `cityreach intake 2025-03` first"):
        intake.load_log("2025-03")


def test_a_log_that_does_not_say_how_many_accounts_are_expected_does_not_count(home: Path) -> None:
    put(home, "tiktok_posts.csv")
    intake.run(edition(), registry())
    file = home / "data/store/2025-03/intake.json"
    content = json.loads(file.read_text(encoding="utf-8"))
    del content["log"]["expected"]
    file.write_text(json.dumps(content | {"rules": content["rules"] - 1}), encoding="utf-8")
    assert not intake.is_current(edition())
    with pytest.raises(InboxError, match="is absent or unreadable"):
        intake.load_log("2025-03")


def test_an_empty_or_absent_inbox(home: Path) -> None:
    with pytest.raises(
        InboxError, match=r"data/inbox/2025-03/ does not exist: put the platform exports of 2025-03 there"
    ):
        intake.run(edition(), registry())
    put(home)
    with pytest.raises(
        InboxError, match=r"data/inbox/2025-03/ is empty: .*formats known: crowdtangle-api, crowdtangle-facebook"
    ):
        intake.run(edition(), registry())
    assert not (home / "data" / "store").exists()


def test_exports_of_another_month(home: Path) -> None:
    put(home, "facebook_pages.json")
    april = edition(id="2025-06", window={"first": "2025-06-01", "last": "2025-06-30"}, counting_date="2025-07-05")
    put(home, "facebook_feed.json", "facebook_pages.json", edition_id="2025-06")
    with pytest.raises(InboxError) as caught:
        intake.run(april, registry())
    assert str(caught.value).startswith(
        "data/inbox/2025-06/: all 10 posts lie outside 2025-06-01..2025-06-30; the exports are of another period "
        "(first 2025-02-28, last 2025-04-01)."
    )
    assert not (home / "data" / "store" / "2025-06" / "posts.parquet").exists()


def test_an_unknown_file_stops_the_intake_and_leaves_the_store(home: Path) -> None:
    inbox = put(home, "tiktok_posts.csv")
    intake.run(edition(), registry())
    before = (home / "data/store/2025-03/intake.json").read_bytes()
    (inbox / "strange.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(InboxError, match=r"data/inbox/2025-03/strange.csv: no known format fits"):
        intake.run(edition(), registry())
    assert (home / "data/store/2025-03/intake.json").read_bytes() == before


def test_quarantine_opens_in_excel_and_runs_nothing(home: Path) -> None:
    put(home, *EVERYTHING)
    intake.run(edition(), registry())
    raw = (home / "data/store/2025-03/quarantine.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbffile,sheet,row,column,value,reason,repair\r\n")
    table = pd.read_csv(home / "data/store/2025-03/quarantine.csv", dtype=str, keep_default_na=False)
    assert len(table) == len(store.read("quarantine", "2025-03"))
    assert "'-5" in set(table["value"])
    bad = ["=1+1", "+1", "-1", "@a", "\tx", "＝1", "fine", "a=b"]
    frame = pd.DataFrame({"file": "f", "row": 1, "column": "c", "value": bad, "reason": "r"})
    quarantine.write(home / "q.csv", [frame])
    lines = (home / "q.csv").read_text(encoding="utf-8-sig").splitlines()[1:]
    assert [line.split(",")[3][:1] for line in lines] == ["'"] * 6 + ["f", "a"]


def test_notes_for_staff(home: Path) -> None:
    put(home, *EVERYTHING)
    notes = intake.run(edition(), registry()).notes(registry())
    text = "\n".join(notes)
    assert (
        "facebook_pages.json: in quarantine: 1 negative count, 2 unknown account, 1 unusable id, 1 unusable time."
        in text
    )
    assert "x_responses.jsonl: left out: 1 repost of another account's post." in text
    assert "facebook_pages.json: 1 of the repeated posts have other figures than the one kept." in text
    assert "plain_accounts.csv: format plain-accounts is documented, untested: never tried on a real file." in text
    assert "1 account(s) of the panel are in no export: tiktok:yuntai (云台)." in text
    assert all("\n" not in note for note in notes)


def test_a_lost_row_is_an_error() -> None:
    from cityreach.errors import DataError

    with pytest.raises(DataError, match="f: 3 rows read, 2 accounted for"):
        FileLog("f", "x-api", rows=3, kept=2).balanced()
    logs = [FileLog("f", "x-api", rows=3, kept=3, posts=2), FileLog("g", "x-api", rows=1, quarantined=1)]
    assert totals(logs)["rows"] == 4
    assert IntakeLog.from_dict(IntakeLog("e", tuple(logs)).to_dict()) == IntakeLog("e", tuple(logs))


def test_every_reason_for_quarantine_says_how_to_repair() -> None:
    words = quarantine.repairs()
    named = {value for module in (accounts, reading, times, values) for name, value in vars(module).items()
             if name.isupper() and isinstance(value, str) and " " in value and "\\" not in value}  # fmt: skip
    assert named - set(words) == set()
    assert all("。" in text or "；" in text for text in words.values())
