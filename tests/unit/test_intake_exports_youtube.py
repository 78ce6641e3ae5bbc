"""The many shapes of what YouTube gives out: Studio in other languages, answers of the API, files of yt-dlp."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from intake_cases import context, counts, figures, known_formats, read_text, reasons
from workbooks import KINDS, write

from cityreach import intake
from cityreach.errors import InboxError

CHANNEL = "UCriverport00000000000AB"
VIDEO = "rvP0000_a1A"
NOON = "2025-03-06 20:00:00"  # of the Pacific day


def studio(tmp_path: Path, *lines: str) -> intake.FileResult:
    """A table of Studio in the folder of its channel."""
    file = tmp_path / "youtube@riverportcity" / "Table data.csv"
    file.parent.mkdir(exist_ok=True)
    file.write_text("\n".join(lines), encoding="utf-8")
    return intake.read_file(file, known_formats(), context())


HEADERS = {
    "en": ("Content,Video title,Video publish time,Views,Likes,Comments added,Shares,Thumbnail impressions", "Total"),
    "old": ("Video,Video title,Video publish time,Views,Likes,Comments added,Shares,Impressions", "Total"),
    "es": (
        "Contenido,Título del vídeo,Hora de publicación del vídeo,Visualizaciones,Me gusta,-,-,Impresiones", "Total",
    ),
    "es-419": ("Contenido,Título del video,Hora de publicación del video,Vistas,Me gusta,-,-,Impresiones", "Total"),
    "pt": (
        'Conteúdo,Título do vídeo,Horário de publicação do vídeo,Visualizações,"Marcações ""Gostei""",'
        "Comentários adicionados,Compartilhamentos,Impressões de miniaturas",
        "Total",
    ),
    "fr": (
        "Contenu,Titre de la vidéo,Heure de publication de la vidéo,Vues,J'aime,-,Partages,Impressions", "Total",
    ),
    "de": ("Videos,Videotitel,Veröffentlichungszeitpunkt des Videos,Aufrufe,-,-,-,Impressionen", "Gesamt"),
    "ja": (
        "コンテンツ,動画のタイトル,動画公開時刻,視聴回数,高評価数,コメントの追加回数,共有数,サムネイルのインプレッション数",
        "合計",
    ),
    "ko": ("콘텐츠,동영상 제목,동영상 게시 시간,조회수,좋아요,추가된 댓글 수,공유,노출수", "합계"),
    "zh-TW": ("內容,影片標題,影片發布時間,觀看次數,喜歡次數,已新增留言,分享次數,曝光次數", "總計"),
    "sv": ("Innehåll,Videotitel,Publiceringstid för video,Visningar,-,-,-,Exponeringar", "Totalt"),
    "id": ("Konten,Judul video,Waktu publikasi video,Penayangan,-,-,-,Tayangan", "Total"),
    "vi": (
        "Nội dung,Tiêu đề video,Thời gian xuất bản video,Số lượt xem,-,-,-,Số lượt hiển thị hình thu nhỏ", "Tổng",
    ),
    "ru": ("Контент,Название видео,Время публикации видео,Просмотры,-,-,-,Показы", "Итого"),
    "tr": ("İçerik,Video başlığı,Videonun yayınlanma tarihi,Görüntüleme,-,-,-,Gösterimler", "Toplam"),
}  # fmt: skip


@pytest.mark.parametrize("language", HEADERS)
def test_studio_has_headers_in_the_language_of_whoever_exports(tmp_path: Path, language: str) -> None:
    header, total = HEADERS[language]
    result = studio(tmp_path, header, f"{total},,,900,90,9,8,2000", f'{VIDEO},Locks,"Mar 6, 2025",700,70,7,6,1500')
    assert (result.log.format, result.log.filtered_reasons) == ("youtube-studio", {"row of totals": 1})
    known = [None if name == "-" else figure for name, figure in zip(header.split(",")[4:7], (70, 7, 6), strict=True)]
    assert figures(result, "views", "likes", "comments", "shares", "impressions") == [(VIDEO, NOON, 700, *known, 1500)]


@pytest.mark.parametrize(
    "written",
    ["Mar 6, 2025", "2025-03-06", "6 Mar 2025", "6 mars 2025", "6 mar 2025", "6 de mar. de 2025", "06.03.2025",
     "6. März 2025", "6 мар. 2025 г.", "2025/03/06", "2025. 3. 6.", "2025年3月6日", "6 thg 3, 2025", "6 Mar 2025"],
)  # fmt: skip
def test_days_of_studio(tmp_path: Path, written: str) -> None:
    result = studio(tmp_path, HEADERS["en"][0], f'{VIDEO},Locks,"{written}",700,70,7,6,1500')
    assert figures(result) == [(VIDEO, NOON)]
    assert set(result.posts["time_precision"]) == {"day"}


@pytest.mark.parametrize("written", ["5 Sept 2024", "28 sept. 2024", "Sept 5, 2024"])
def test_days_with_september_in_four_letters_are_read(tmp_path: Path, written: str) -> None:
    result = studio(tmp_path, HEADERS["en"][0], f'{VIDEO},Locks,"{written}",700,70,7,6,1500')
    assert (result.log.outside, result.log.quarantined) == (1, 0)


def test_days_that_excel_has_rewritten_are_read_where_the_file_proves_their_order(tmp_path: Path) -> None:
    one, other = f"{VIDEO},Locks,3/5/2025,1,1,1,1,1", "rvP0000_b2B,Locks,3/16/2025,2,2,2,2,2"
    proved = studio(tmp_path, HEADERS["en"][0], one, other)
    assert [row[1][:10] for row in figures(proved)] == ["2025-03-05", "2025-03-16"]
    alone = studio(tmp_path, HEADERS["en"][0], one)
    assert reasons(alone) == [(2, "3/5/2025", "day and month may stand in either order")]


def test_engaged_views_are_no_views(tmp_path: Path) -> None:
    row = f'{VIDEO},Locks,"Mar 6, 2025",24,100,180'
    both = studio(tmp_path, "Content,Video title,Video publish time,Duration,Engaged views,Views", row)
    assert figures(both, "views") == [(VIDEO, NOON, 180)]
    alone = studio(tmp_path, "Content,Video title,Video publish time,Duration,Engaged views", row.removesuffix(",180"))
    assert figures(alone, "views", "likes") == [(VIDEO, NOON, None, None)]


def test_a_number_that_may_mean_two_things_is_refused(tmp_path: Path) -> None:
    result = studio(tmp_path, HEADERS["es"][0], f'{VIDEO},Locks,"Mar 6, 2025",1.234,70,,,"1,500"')
    assert reasons(result) == [(2, "1.234", "unusable number")]


@pytest.mark.parametrize(
    ("header", "row", "reason"),
    [
        ("Data,Visualizações", "2025-03-06,9", "daily totals of an account, no posts"),
        ("日付,視聴回数", "2025-03-06,9", "daily totals of an account, no posts"),
        ("Date,Engaged views,Likes", "2025-03-06,9,1", "daily totals of an account, no posts"),
        ("Fecha,Contenido,Título del vídeo,Hora de publicación del vídeo,Visualizaciones",
         f'2025-03-06,{VIDEO},Locks,"Mar 6, 2025",9', "figures per video and day"),
        ("Device type,Views,Watch time (hours)", "Mobile phone,9,1", "viewers by source, age or gender"),
        ("New and returning viewers,Views,Watch time (hours)", "New viewers,9,1", "viewers by source, age or gender"),
    ],
)  # fmt: skip
def test_by_products_of_studio_are_left_out(tmp_path: Path, header: str, row: str, reason: str) -> None:
    log = studio(tmp_path, header, row).log
    assert (log.format, log.filtered_reasons) == ("youtube-studio", {reason: 1})


@pytest.mark.parametrize("header", ["Fecha,Título,Visualizaciones", "Data,Permalink,Visualizações", "Datum,Views,Link"])
def test_words_as_common_as_date_and_views_do_not_make_a_file_studios(tmp_path: Path, header: str) -> None:
    with pytest.raises(InboxError, match="no known format fits"):
        studio(tmp_path, header, "2025-03-06,9,9")


def test_the_zip_of_studio_in_another_language(tmp_path: Path) -> None:
    file = tmp_path / "youtube@riverportcity" / "Conteúdo 2025-03-01_2025-03-31.zip"
    file.parent.mkdir()
    chart = "Data,Conteúdo,Título do vídeo,Horário de publicação do vídeo,Visualizações"
    with zipfile.ZipFile(file, "w") as pack:
        pack.writestr("Dados da tabela.csv", f'{HEADERS["pt"][0]}\n{VIDEO},Locks,"Mar 6, 2025",700,70,7,6,1500\n')
        pack.writestr("Totais.csv", "Data,Visualizações\n2025-03-06,9\n")
        pack.writestr("Dados do gráfico.csv", f'{chart}\n2025-03-06,{VIDEO},Locks,"Mar 6, 2025",9\n')
    result = intake.read_file(file, known_formats(), context())
    assert figures(result, "views") == [(VIDEO, NOON, 700)]
    assert [(log.rows, log.kept) for log in result.logs] == [(1, 1), (1, 0), (1, 0)]


@pytest.mark.parametrize("kind", KINDS)
def test_studio_as_a_workbook(tmp_path: Path, kind: str) -> None:
    header = ["Content", "Video title", "Video publish time", "Views", "Likes"]
    table = [header, ["Total", "", "", 900, 90], [VIDEO, "Locks", {"date": "2025-03-06"}, 700, 70]]
    sheets = {"Table data": table, "Totals": [["Date", "Views"], [{"date": "2025-03-06"}, 9]]}
    file = write(tmp_path / "youtube@riverportcity" / f"Content.{kind}", sheets)
    result = intake.read_file(file, known_formats(), context())
    assert figures(result, "views", "likes") == [(VIDEO, NOON, 700, 70)]
    assert [(log.rows, log.kept) for log in result.logs] == [(2, 1), (1, 0)]


def video(post_id: str = VIDEO, **changes: Any) -> dict[str, Any]:
    snippet = {"publishedAt": "2025-03-04T03:00:00Z", "channelId": CHANNEL, "title": "Locks"}
    figures_ = {"viewCount": "900", "likeCount": "30", "commentCount": "4"}
    return {"kind": "youtube#video", "id": post_id, "snippet": snippet, "statistics": figures_} | changes


def page(*items: Any) -> dict[str, Any]:
    return {"kind": "youtube#videoListResponse", "items": list(items), "pageInfo": {"totalResults": len(items)}}


def bare(item: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in item.items() if key != "kind"}


SHAPES = {
    "page": page(video()),
    "pages": [page(video()), page()],
    "wrapped": {"data": page(video())},
    "by id": {VIDEO: video()},
    "asked for without kind": {"items": [bare(video())]},
    "items without kind": [bare(video())],
}


@pytest.mark.parametrize("shape", SHAPES)
def test_answers_of_the_api(tmp_path: Path, shape: str) -> None:
    result = read_text(tmp_path, json.dumps(SHAPES[shape]))
    assert result.log.format == "youtube-data-api"
    assert figures(result, "views", "likes", "comments") == [(VIDEO, "2025-03-04 03:00:00", 900, 30, 4)]
    assert counts(result)["rows"] == 1


@pytest.mark.parametrize("kind", ["kind,", ""])
def test_answers_of_the_api_as_a_table(tmp_path: Path, kind: str) -> None:
    header = f"{kind}id,snippet.publishedAt,snippet.channelId,snippet.title,statistics.viewCount,statistics.likeCount"
    row = f"{'youtube#video,' if kind else ''}{VIDEO},2025-03-04T03:00:00Z,{CHANNEL},Locks,900.0,"
    result = read_text(tmp_path, f"{header}\n{row}")
    assert figures(result, "views", "likes") == [(VIDEO, "2025-03-04 03:00:00", 900, None)]


def test_what_is_not_public_yet_is_left_out(tmp_path: Path) -> None:
    coming = video("rvP0000_b2B")
    coming["snippet"] |= {"liveBroadcastContent": "upcoming"}
    hidden, live = video("rvP0000_c3C", status={"privacyStatus": "private"}), video("rvP0000_d4D")
    live["snippet"] |= {"liveBroadcastContent": "live"}
    result = read_text(tmp_path, json.dumps(page(video(statistics={}), coming, hidden, live)))
    assert result.log.filtered_reasons == {"announced, not yet broadcast": 1, "not public": 1}
    assert figures(result, "format", "views") == [
        (VIDEO, "2025-03-04 03:00:00", "video", None),  # hidden figures are unknown, not 0
        ("rvP0000_d4D", "2025-03-04 03:00:00", "live", 900),
    ]


def test_lists_without_figures_do_not_take_the_place_of_figures(tmp_path: Path) -> None:
    snippet = video()["snippet"]
    search = {"kind": "youtube#searchResult", "id": {"kind": "youtube#video", "videoId": VIDEO}, "snippet": snippet}
    entry = {"kind": "youtube#playlistItem", "id": "UExx", "snippet": snippet | {"resourceId": {"videoId": VIDEO}}}
    activity = {"kind": "youtube#activity", "id": "MTUx", "snippet": snippet, "contentDetails": {"upload": {}}}
    comment = {"kind": "youtube#commentThread", "id": "Ugx", "snippet": {"videoId": VIDEO}}
    result = read_text(tmp_path, json.dumps([page(video()), page(search, entry), page(activity, comment)]))
    assert result.log.filtered_reasons == {
        "lists of videos without their figures": 3,
        "comments, captions and lists of videos, no posts": 1,
    }
    assert figures(result, "views") == [(VIDEO, "2025-03-04 03:00:00", 900)]
    assert read_text(tmp_path, json.dumps(page(search))).log.filtered == 1


@pytest.mark.parametrize("with_kind", [True, False])
@pytest.mark.parametrize("hidden", [True, False])
def test_channels_of_the_api(tmp_path: Path, with_kind: bool, hidden: bool) -> None:
    said = {"subscriberCount": "123000", "hiddenSubscriberCount": hidden, "videoCount": "210", "viewCount": "1"}
    channel = {"kind": "youtube#channel", "id": CHANNEL, "statistics": said}
    result = read_text(tmp_path, json.dumps(page(channel if with_kind else bare(channel))))
    followers = result.snapshots["followers"].astype(object).where(result.snapshots["followers"].notna(), None)
    assert followers.tolist() == [None if hidden else 123000]
    assert result.snapshots[["posts_total", "precision"]].to_numpy().tolist() == [[210, "rounded"]]


@pytest.mark.parametrize("sign", [",", "\t"])
def test_videos_by_youtube_data_tools(tmp_path: Path, sign: str) -> None:
    header = "channelId,videoId,publishedAt,videoTitle,isShort,defaultAudioLanguage,viewCount,likeCount,commentCount"
    rows = (f"{CHANNEL},{VIDEO},2025-03-04T03:00:00Z,Locks,yes,en,900,30,", ",rvP0000_b2B,,[not found: x],,,,,")
    result = read_text(tmp_path, "\n".join([header, *rows]).replace(",", sign))
    assert result.log.filtered_reasons == {"a video that is there no more": 1}
    assert figures(result, "format", "lang", "views", "likes", "comments") == [
        (VIDEO, "2025-03-04 03:00:00", "short", "en", 900, 30, None)
    ]


def test_channels_by_youtube_data_tools(tmp_path: Path) -> None:
    header = "id,title,customUrl,channelUrl,publishedAt,viewCount,subscriberCount,videoCount"
    rows = (f"{CHANNEL},R,@riverportcity,x,2015-01-01T00:00:00Z,9,123000,210", ",[not found: @x],,,,,,")
    result = read_text(tmp_path, "\n".join([header, *rows]))
    assert result.snapshots[["followers", "posts_total", "precision"]].to_numpy().tolist() == [[123000, 210, "rounded"]]
    assert result.log.filtered_reasons == {"a channel that is there no more": 1}


def info(post_id: str = VIDEO, **changes: Any) -> dict[str, Any]:
    plain = {"id": post_id, "title": "Locks", "channel_id": CHANNEL, "uploader": "Riverport", "timestamp": 1741057200}
    plain |= {"upload_date": "20250304", "view_count": 900, "like_count": 30, "comment_count": None}
    return plain | {"extractor_key": "Youtube", "channel_follower_count": 123000} | changes


def channel_of(*entries: Any) -> dict[str, Any]:
    return {"_type": "playlist", "id": CHANNEL, "channel_id": CHANNEL, "channel_follower_count": 123000,
            "extractor_key": "YoutubeTab", "entries": list(entries)}  # fmt: skip


@pytest.mark.parametrize("shape", [info(), [info()], channel_of(info()), channel_of(channel_of(info()))])
def test_info_files_of_videos_and_channels(tmp_path: Path, shape: Any) -> None:
    result = read_text(tmp_path, json.dumps(shape))
    assert figures(result, "views", "likes", "comments") == [(VIDEO, "2025-03-04 03:00:00", 900, 30, None)]
    assert result.snapshots["followers"].tolist() == [123000]
    assert result.log.rows == 1


def test_every_entry_of_a_channel_is_accounted_for(tmp_path: Path) -> None:
    coming = info("rvP0000_c3C", live_status="is_upcoming", view_count=None)
    other = info("7478268670632787973", extractor_key="TikTok", channel_follower_count=None)
    entries = (info(media_type="short"), info("rvP0000_b2B", live_status="was_live"), coming, None, other)
    result = read_text(tmp_path, json.dumps(channel_of(*entries)))
    assert counts(result) == {"rows": 5, "kept": 2, "duplicates": 0, "outside": 0, "filtered": 1, "quarantined": 2}
    assert [row[2] for row in figures(result, "format")] == ["short", "live"]
    assert [reason for *_, reason in reasons(result)] == ["not an object", "fits no table of its format"]


def test_a_list_without_days_is_refused(tmp_path: Path) -> None:
    flat = {key: value for key, value in info().items() if key not in ("upload_date", "timestamp")}
    with pytest.raises(InboxError, match="Nearest is youtube-yt-dlp, which also needs upload_date"):
        read_text(tmp_path, json.dumps(channel_of(flat)))
