"""The command line: what staff type. Every command does one thing, says what it does, and fails in one clear line."""

from __future__ import annotations

import atexit
import gc
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer
from typer._click.exceptions import ClickException  # the parser that typer carries

from cityreach import cli_annual, cli_dossier, cli_editors, cli_index, terminal
from cityreach.alone import alone
from cityreach.errors import CityreachError

app = typer.Typer(
    name="cityreach",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Makes the monthly report on how Chinese cities reach the world, from the platforms' exports. "
    "由平台导出数据生成《中国城市海外社交媒体传播力指数》月报。",
    epilog="A month: cityreach new; put the exports into the inbox it names; cityreach intake; cityreach report.",
)
EditionArgument = Annotated[str, typer.Argument(metavar="EDITION", help="An edition's id, for example 2025-03.")]
Language = Annotated[str, typer.Option("--lang", help="Language of the report: zh or en.")]
Despite = Annotated[
    str | None,
    typer.Option(
        "--despite",
        metavar="REASON",
        help="Build although a gate of the edition is not passed; the report prints the reason. 说明理由，仍予生成。",
    ),
]


@app.command()
@alone()
def report(
    edition: EditionArgument,
    lang: Language = "zh",
    despite: Despite = None,
    proof: Annotated[
        bool, typer.Option("--proof", help="Only a copy for editors, into reports/EDITION-proof. 校样。")
    ] = False,
) -> None:
    """Build an edition's report (HTML, PDF, workbook, data) into reports/EDITION. 生成一期报告。"""
    from cityreach.publish import waiting
    from cityreach.publish.kernel import warm_kernel

    with warm_kernel(waiting.PACKAGES["report"]) as kernel:  # before all else: it needs longest to be ready
        from cityreach import gates, pipeline, products
        from cityreach.publish.job import build

        products.check_language(lang)
        reason = gates.reason(despite)
        chosen = _edition(edition)
        with terminal.progress("Reading the exports 读取数据") as step:
            ready = pipeline.prepare(chosen, on_step=step)
        gates.require(chosen, reason=reason)  # of the edition reported alone, and of its report alone
        cli_editors.check_texts(chosen.id, lang, refuse=not proof)
        with terminal.progress("Building the report 生成报告") as step:
            job = products.monthly_report(chosen.id, lang, ready=ready, despite=reason)
            if proof:
                terminal.done(cli_editors.build_proof(job, kernel, step))
                return
            folder = build(job, progress=step, kernel=kernel)
    terminal.built(folder)
    if reason and not job.notice:
        terminal.say("Every gate of the edition is passed, so the reason is not printed.")


@app.command()
@alone()
def quality(edition: EditionArgument, lang: Language = "zh") -> None:
    """Build the editors' page on how good an edition's data are (reports/EDITION/data_quality.html). 数据质量页。"""
    from cityreach import products

    _editors_page("quality", edition, lang, make=products.quality_page, place=products.quality_file)


@app.command("check-method")
@alone()
def check_method(edition: EditionArgument, lang: Language = "zh") -> None:
    """Build the editors' page on an edition's method (reports/EDITION/method_check.html). 方法检验页。"""
    from cityreach import products

    _editors_page("check-method", edition, lang, make=products.method_check, place=products.method_check_file)


@app.command()
@alone()
def published(lang: Language = "zh") -> None:
    """Build the report on what has been published of these indices, from real data alone. 已发布榜单汇编。"""
    from cityreach import products
    from cityreach import published as record
    from cityreach.publish.job import build

    products.check_language(lang)
    with terminal.progress("Building the report 生成报告") as step:
        folder = build(record.job(lang), progress=step)
    terminal.built(folder)


@app.command("check")
def check_report(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="A report's folder, for example reports/2025-03.")],
) -> None:
    """Check that every numeral of a report is held by its data, one line a fault. 核对报告中的每个数字。"""
    from cityreach.tracing import check, silence

    faults = [*check.check(folder), *check.leaks(folder, digits=silence.score_digits(folder))]
    for fault in faults:
        sys.stdout.write(f"{fault.line}\n")
    if faults:
        terminal.say(f"{check.summary(faults, 'zh')} {check.summary(faults, 'en')}")
        raise typer.Exit(4)
    terminal.say("Every numeral is held by its data. 报告中的每个数字都有出处，与数据一致。")


app.command()(cli_annual.annual)
app.command()(cli_dossier.dossier)
app.command()(cli_dossier.dossiers)


@app.command()
@alone()
def simulate(edition: EditionArgument) -> None:
    """Write simulated exports, or an annual edition's sheet, where its file says `source: simulated`. 生成模拟数据。"""
    from cityreach import paths, registry
    from cityreach import simulate as simulation

    if cli_annual.simulate_sheet(edition):
        return
    files = simulation.run(_edition(edition), registry.load())
    terminal.say(f"{len(files)} simulated exports are in {paths.relative(paths.inbox(edition))}/.")


@app.command()
def intake(
    edition: EditionArgument,
    check: Annotated[
        bool, typer.Option("--check", help="Only say what would be read; write nothing. 只检查。")
    ] = False,
) -> None:
    """Read an edition's inbox and say what was kept, repeated, outside the window or unusable. 读取收件箱。"""
    from cityreach import gates, paths, pipeline, registry, shown
    from cityreach import intake as reading

    chosen = _edition(edition)
    known = registry.load()
    if check:
        log = pipeline.check_inbox(chosen)
    else:
        with alone():
            log = reading.load_log(pipeline.take_in(chosen.id))
            pipeline.work_out(chosen)
    terminal.console.print(shown.intake_table(log.files))
    for line in [*shown.recognised(log.files), *log.notes(known), *shown.follower_notes(chosen, written=not check)]:
        terminal.say(line)
    for breach in gates.check(chosen, log):
        terminal.say(f"A report would be refused: {breach.what}.")
    if log.quarantined and not check:
        terminal.say(
            f"Rows that could not be used: {paths.relative(paths.store(chosen.id))}/quarantine.csv (opens in Excel)."
        )


@app.command()
def inspect(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Any exports, in an inbox or not.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for machines.")] = False,
    counted: Annotated[
        str, typer.Option("--counted", metavar="DAY", help="The counting date, for dates that name no year.")
    ] = "",
) -> None:
    """Say what files are and what of them could be used, without an edition. 查看任意导出文件。"""
    from cityreach import shown

    looks = shown.inspect(files, shown.counting_day(counted))
    if as_json:
        sys.stdout.write(shown.as_json(looks))
    else:
        logs = [log for look in looks for log in look.logs]
        if logs:
            terminal.console.print(shown.intake_table(logs))
        for line in [line for look in looks for line in look.lines]:
            terminal.say(line)
    if any(look.error for look in looks):
        raise typer.Exit(3)


app.command()(cli_index.index)
app.command()(cli_index.compare)


@app.command()
def status() -> None:
    """Show where each edition stands: inbox, taken in, report built. 各期进度一览。"""
    from cityreach import standing

    terminal.console.print(standing.table())


@app.command()
def new(
    edition: Annotated[
        str, typer.Argument(metavar="[EDITION]", help="The new edition's id; left out: the next month.")
    ] = "",
    like: Annotated[str, typer.Option("--like", help="The edition to take panel, platforms and method from.")] = "",
) -> None:
    """Make the next edition's file and inbox folder from the last one. 新建下一期。"""
    from cityreach import paths
    from cityreach.new import new_edition

    made = new_edition(edition, like=like)
    terminal.say(f"Made data/editions/{made.id}.yml (like {made.previous}); check its dates and panel.")
    terminal.say(
        f"Put the exports of {made.window.first} to {made.window.last} into {paths.relative(paths.inbox(made.id))}/,"
    )
    terminal.say(f"then run: cityreach intake {made.id}, and cityreach report {made.id}.")


@app.command()
def template(
    folder: Annotated[
        Path, typer.Argument(metavar="[FOLDER]", help="Where to write it; left out: this folder.")
    ] = Path(),
    edition: Annotated[
        str, typer.Option("--edition", help="An edition whose accounts shall stand in it already, for example 2025-03.")
    ] = "",
    force: Annotated[bool, typer.Option("--force", help="Overwrite an existing file.")] = False,
) -> None:
    """Write the Excel template for figures typed by hand (posts, accounts, totals). 生成填报模板。"""
    from cityreach import paths, registry
    from cityreach import template as templates

    known = registry.load()
    chosen = _edition(edition) if edition else None
    if chosen:
        from cityreach.edition import check_names

        check_names(chosen, known)
    target = templates.write(folder, known, edition=chosen, force=force)
    terminal.say(f"Wrote {paths.relative(target)}; its first sheet says how to fill it in. 填写说明见第一张表。")


@app.command()
def themes(
    texts: Annotated[Path, typer.Argument(metavar="TEXTS", help="A table with the columns id and text: CSV or XLSX.")],
    out: Annotated[Path, typer.Option("--out", metavar="LABELS.csv", help="Where to write id and themes.")],
) -> None:
    """Say what texts are about: their themes, parted by |, the main one first. 给任意文本标注主题。"""
    from cityreach import paths
    from cityreach.insight import labelling

    count = labelling.label_file(texts, out)
    terminal.done(f"{paths.relative(out)} (texts 文本数: {count})")


app.command()(cli_editors.draft)


def main(arguments: list[str] | None = None) -> None:
    """Entry point: one line for every expected error, a traceback only with --debug."""
    given = sys.argv[1:] if arguments is None else arguments
    if arguments is None:
        atexit.register(_end_at_once)
    debug = "--debug" in given
    try:
        code = app(args=[each for each in given if each != "--debug"], standalone_mode=False)
        sys.exit(code if isinstance(code, int) else 0)
    except CityreachError as error:
        _fail(error, error.exit_code, debug)
    except ClickException as error:
        _fail(error, 2, debug, f"{error.format_message()} See `cityreach --help`.")
    except Exception as error:  # noqa: BLE001 - the last door: whatever went wrong, staff get one line
        reason = " ".join(f"{type(error).__name__}: {error}".split())[:300]
        _fail(
            error, 70, debug, f"Something went wrong that should not ({reason}). Run it again with --debug for details."
        )
    except (KeyboardInterrupt, typer.Abort) as error:
        _fail(error, 130, debug, "Stopped. Nothing was changed in reports/.")


def _end_at_once() -> None:
    """Spare the interpreter's last look through all objects, half a second; DuckDB, where it is loaded, asks for it."""
    if "duckdb" not in sys.modules:
        gc.freeze()


def _fail(error: BaseException, code: int, debug: bool, text: str = "") -> None:
    if debug:
        raise error
    sys.stderr.write(f"Error 错误: {text or error}\n")
    sys.exit(code)


def _edition(name: str) -> Any:
    from cityreach import edition as editions

    return editions.load(name)


def _editors_page(
    command: str, edition: str, lang: str, *, make: Callable[[str, str], Any], place: Callable[[str], Path]
) -> None:
    """Build a page for editors beside the report of an edition."""
    from cityreach import paths, pipeline, products
    from cityreach.publish import waiting
    from cityreach.publish.kernel import warm_kernel
    from cityreach.publish.page import build_page

    products.check_language(lang)
    chosen = _edition(edition)
    with warm_kernel(waiting.PACKAGES[command]) as kernel:
        with terminal.progress("Reading the exports 读取数据") as step:
            pipeline.prepare(chosen, on_step=step)
        with terminal.progress("Building the page 生成页面") as step:
            build_page(make(chosen.id, lang), place(chosen.id), progress=step, kernel=kernel)
    terminal.done(paths.relative(place(chosen.id)))
