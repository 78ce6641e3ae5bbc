"""The next edition from the last one: its file in `data/editions/` and its inbox folder with a note."""

from __future__ import annotations

import calendar
from datetime import date, timedelta

import yaml

from cityreach import edition as editions
from cityreach import paths, spec
from cityreach.edition import Edition, Window
from cityreach.errors import SpecError, UnknownNameError
from cityreach.prose.numbers import MONTHS

NOTE = """把 {first} 至 {last} 的平台导出文件放在这个文件夹，不要改动文件内容。
Put the platforms' exports of {first} to {last} into this folder; leave the files as they are.
平台 platforms: {platforms}
"""


def new_edition(name: str = "", *, like: str = "") -> Edition:
    """Write the edition's file and inbox; SpecError where the file exists, UnknownNameError for a bad month."""
    model = editions.load(like or _newest())
    window = _month(name) if name else _month_after(model.window.last)
    made = _edition(model, window)
    path = editions.path_of(made.id)
    if path.exists():
        raise SpecError(f"{paths.relative(path)}: the file exists already. Edit it, or give another month.")
    path.write_text(_as_yaml(made), encoding="utf-8")
    _make_inbox(made)
    return made


def _newest() -> str:
    """The monthly edition whose window ends last."""
    months = [editions.load(name) for name in editions.ids()]
    return max((each for each in months if each.id == f"{each.window.first:%Y-%m}"), key=lambda each: each.id).id


def _month(name: str) -> Window:
    try:
        first = date.fromisoformat(f"{name}-01")
    except ValueError:
        raise UnknownNameError(f"`{name}` is not a month. Write it as year and month, for example 2025-06.") from None
    return Window(first=first, last=first.replace(day=calendar.monthrange(first.year, first.month)[1]))


def _month_after(last: date) -> Window:
    return _month(f"{last + timedelta(days=1):%Y-%m}")


def _edition(model: Edition, window: Window) -> Edition:
    """Panel, platforms and method of the model; dates of the window; real exports; no context figures."""
    month = window.first
    return model.model_copy(
        update={
            "id": f"{month:%Y-%m}",
            "label": spec.Words(zh=f"{month.year}年{month.month}月号", en=f"{MONTHS[month.month - 1]} {month.year}"),
            "window": window,
            "counting_date": window.last + timedelta(days=7),
            "source": "exports",
            "previous": model.id,
            "context": (),
        }
    )


def _as_yaml(edition: Edition) -> str:
    content = edition.model_dump(mode="json", exclude_defaults=True)
    body = yaml.safe_dump(content, allow_unicode=True, sort_keys=False, default_flow_style=None, width=110)
    return f'# {edition.label.zh}. What each key means: data/README.md, "Editions".\n{body}'


def _make_inbox(edition: Edition) -> None:
    folder = paths.inbox(edition.id)
    folder.mkdir(parents=True, exist_ok=True)
    window = edition.window
    text = NOTE.format(first=window.first, last=window.last, platforms=", ".join(edition.platforms))
    (folder / "README.txt").write_text(text, encoding="utf-8")
