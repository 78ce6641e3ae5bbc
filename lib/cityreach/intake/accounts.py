"""Whose record it is: handles and platform ids of an export against the register of accounts; never guessed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pandas as pd

from cityreach.intake import values
from cityreach.intake.records import empty, word
from cityreach.registry import Registry

UNKNOWN = "unknown account"
NAMELESS = "names no account"
CONFLICT = "handle and id belong to two accounts"
CITY_DIFFERS = "city differs from the register"
UNKNOWN_PLATFORM = "unknown platform"


@dataclass(frozen=True)
class Accounts:
    """The register in the form in which it is asked."""

    by_handle: dict[tuple[str, str], str]
    by_uid: dict[tuple[str, str], str]
    city: dict[str, str]
    city_names: dict[str, set[str]] = field(default_factory=dict)
    platforms: frozenset[str] = frozenset()

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
        return replace(self, by_uid={**known, **self.by_uid}, by_handle={**known, **self.by_handle}) if known else self

    def city_agrees(self, account: str, given: Any) -> bool:
        return empty(given) or word(given) in self.city_names.get(self.city[account], set())


def _city_names(cities: pd.DataFrame) -> dict[str, set[str]]:
    rows = zip(cities.index, cities["name_zh"], cities["name_en"], strict=True)
    return {
        city: {word(city), word(zh), word(zh.removesuffix("市")), word(f"{zh}市"), word(en)} for city, zh, en in rows
    }


@dataclass
class Owners:
    """The accounts of a batch: `ids` has None where there is none, `problems` says why."""

    ids: list[str | None]
    cities: list[str]
    problems: list[tuple[int, str, str, str]]  # place, target, value, reason
    learned: dict[tuple[str, str], str]  # (platform, id or handle) that the register lacks -> account


def owners(platforms: Sequence[str], handles: Sequence[Any], uids: Sequence[Any], register: Accounts | None) -> Owners:
    """The account of every record; without a register every handle counts as an account of its own."""
    found = Owners([], [], [], {})
    known: dict[tuple[str, str, str], tuple[str | None, str]] = {}
    names = zip(platforms, map(values.handle, handles), map(values.account_id, uids), strict=True)
    for place, name in enumerate(names):
        platform, handle, uid = name
        if name not in known:
            known[name] = register.find(*name) if register else (f"{platform}:{handle or uid or 'unknown'}", "")
            account = known[name][0]
            if register and account:
                found.learned |= dict.fromkeys(register.lacking(*name), account)
        account, reason = known[name]
        found.ids.append(account)
        found.cities.append(register.city[account] if register and account else "")
        if register and account:
            found.learned |= dict.fromkeys(register.lacking(platform, handle, uid), account)
        if reason:
            found.problems.append((place, "handle" if handle else "uid", handle or uid, reason))
    return found
