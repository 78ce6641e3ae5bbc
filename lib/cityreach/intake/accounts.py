"""Whose record it is: handles and platform ids of an export against the register of accounts; never guessed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from cityreach.intake import columns, values
from cityreach.intake.columns import Column
from cityreach.intake.records import empty, word
from cityreach.registry import Registry

UNKNOWN = "unknown account"
NAMELESS = "names no account"
CONFLICT = "handle and id belong to two accounts"
CITY_DIFFERS = "city differs from the register"
UNKNOWN_PLATFORM = "unknown platform"
Name = tuple[str, str, str]  # platform, handle, id


@dataclass(frozen=True)
class Accounts:
    """The register in the form in which it is asked."""

    by_handle: dict[tuple[str, str], str]
    by_uid: dict[tuple[str, str], str]
    city: dict[str, str]
    city_names: dict[str, set[str]] = field(default_factory=dict)
    platforms: frozenset[str] = frozenset()
    learned: dict[tuple[str, str], str] = field(default_factory=dict)  # names that exports have added

    @classmethod
    def of(cls, registry: Registry) -> Accounts:
        frame = registry.accounts
        rows = list(zip(frame.index, frame["platform"], frame["handle"], frame["platform_uid"], strict=True))
        return cls(
            by_handle={(platform, values.handle(name)): account for account, platform, name, _ in rows if name},
            by_uid={(platform, values.account_id(uid)): account for account, platform, _, uid in rows if uid},
            city=dict(zip(frame.index, frame["city_id"], strict=True)),
            city_names=_city_names(registry.cities),
            platforms=frozenset(registry.platforms),
        )

    def find(self, platform: str, handle: str, uid: str) -> tuple[str | None, str]:
        """The account of a handle or id and "", or None and the reason."""
        by_uid, by_handle = self.by_uid.get((platform, uid)), self.by_handle.get((platform, handle))
        if by_uid and by_handle and by_uid != by_handle:
            return None, CONFLICT
        account = by_uid or by_handle
        return account, "" if account else UNKNOWN if handle or uid else NAMELESS

    def lacking(self, platform: str, handle: str, uid: str) -> list[tuple[str, str]]:
        """Which of an account's two names the register does not have."""
        found = [(platform, uid)] if uid and (platform, uid) not in self.by_uid else []
        return [*found, (platform, handle)] if handle and (platform, handle) not in self.by_handle else found

    def learn(self, known: Mapping[tuple[str, str], str]) -> Accounts:
        """The register with ids and handles that an export has shown to belong to registered accounts."""
        if not known:
            return self
        learned = {**known, **self.learned}
        return replace(self, by_uid={**known, **self.by_uid}, by_handle={**known, **self.by_handle}, learned=learned)

    def city_of(self, name: str) -> str | None:
        """The city of a name in either language, or of a code; None where there is none or several have it."""
        found = [city for city, names in self.city_names.items() if word(name) in names]
        return found[0] if len(found) == 1 else None

    def city_agrees(self, account: str | None, given: Any) -> bool:
        return account is None or empty(given) or word(given) in self.city_names.get(self.city[account], set())


def _city_names(cities: pd.DataFrame) -> dict[str, set[str]]:
    rows = zip(cities.index, cities["name_zh"], cities["name_en"], strict=True)
    return {
        city: {word(city), word(zh), word(zh.removesuffix("市")), word(f"{zh}市"), word(en)} for city, zh, en in rows
    }


@dataclass
class Owners:
    """The accounts of a batch: the different names in it, the account and city of each, and each record's name.

    problems: place, platform, target, value, reason of records without an account.
    """

    codes: np.ndarray
    found: list[tuple[str | None, str]]  # account (None where there is none) and city
    problems: list[tuple[int, str, str, str, str]]
    learned: dict[tuple[str, str], str]  # (platform, id or handle) that the register lacks -> account

    def column(self, which: str) -> pa.Array:
        """The `ids` or `cities` of the records, "" where there is none."""
        place = ("ids", "cities").index(which)
        return pa.array([one[place] or "" for one in self.found], pa.string()).take(pa.array(self.codes))

    def among(self, which: np.ndarray) -> set[str]:
        """The accounts named by the records under a mask."""
        return {account for code in np.unique(self.codes[which]) if (account := self.found[code][0])}


def owners(platforms: Column, handles: Column, uids: Column, register: Accounts | None) -> Owners:
    """The account of every record; without a register every handle counts as an account of its own."""
    names, codes = _names(platforms, handles, uids)
    accounts = [
        register.find(*name) if register else (f"{name[0]}:{name[1] or name[2] or 'unknown'}", "") for name in names
    ]
    found: list[tuple[str | None, str]] = []
    learned: dict[tuple[str, str], str] = {}
    for name, (account, _) in zip(names, accounts, strict=True):
        found.append((account, register.city[account] if register and account else ""))
        if register and account:
            learned |= dict.fromkeys(register.lacking(*name), account)
    return Owners(codes, found, _problems(names, codes, [reason for _, reason in accounts]), learned)


def _problems(names: list[Name], codes: np.ndarray, reasons: list[str]) -> list[tuple[int, str, str, str, str]]:
    lost = np.isin(codes, [code for code, reason in enumerate(reasons) if reason])
    problems = []
    for place in np.flatnonzero(lost):
        platform, handle, uid = names[codes[place]]
        problems.append((int(place), platform, "handle" if handle else "uid", handle or uid, reasons[codes[place]]))
    return problems


def _names(platforms: Column, handles: Column, uids: Column) -> tuple[list[Name], np.ndarray]:
    """The different (platform, handle, id) of a batch, and the place of each record's among them."""
    parts = [
        _plain(platforms, lambda value: value or ""),
        _plain(handles, values.handle),
        _plain(uids, values.account_id),
    ]
    known = [columns.distinct(one) for one in parts]
    code = np.zeros(len(parts[0]), dtype=np.int64)
    for words, codes in known:
        code = code * (len(words) + 1) + codes
    _, first, codes = np.unique(code, return_index=True, return_inverse=True)
    order = np.argsort(np.argsort(first))  # by first appearance
    names = [tuple(words[where[place]] or "" for words, where in known) for place in np.sort(first)]
    return names, order[codes]  # type: ignore[return-value]


def _plain(column: Column, change: Callable[[Any], str]) -> pa.Array:
    read = columns.changed(column, change)
    return read if isinstance(read, pa.Array) else columns.texts(read)
