"""What the writers share: ids that hold their time as the platforms' do, times as text, accounts with their ids."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from cityreach.edition import Edition
from cityreach.simulate import chance
from cityreach.simulate.settings import month_index
from cityreach.simulate.traps import STRANGER

ALPHABET = np.array(list("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"))
X_EPOCH, INSTAGRAM_EPOCH = 1288834974657, 1314220021721  # milliseconds since 1970
FIRST_POSTS = 400  # posts that an account had before the series began, at least
BAD_TIME = "N/A"


@dataclass(frozen=True)
class Month:
    """What is to be written: posts (with traps) and the accounts of all platforms."""

    edition: Edition
    posts: pd.DataFrame
    accounts: pd.DataFrame
    origin: str

    def of(self, platform: str) -> tuple[pd.DataFrame, pd.DataFrame]:
        """A platform's posts, newest first within each account, and the accounts its export holds."""
        posts = self.posts[self.posts["platform"] == platform]
        early = (posts["trap"] != "repeated").astype(int)
        posts = posts.assign(early=early).sort_values(
            ["account", "at", "key", "early"], ascending=[True, False, True, True]
        )
        known = self.accounts[(self.accounts["platform"] == platform) & ~self.accounts["missing"]]
        return posts, with_uids(known)

    def posts_total(self, accounts: pd.DataFrame) -> np.ndarray:
        """Posts that each account has ever published, as its profile says."""
        months = month_index(f"{self.edition.window.last:%Y-%m}", self.origin)
        start = FIRST_POSTS + 3000 * chance.uniforms("before", each=accounts["account_id"])
        return (start + 31 * max(months, 0)).astype(np.int64)


def with_uids(accounts: pd.DataFrame) -> pd.DataFrame:
    """The accounts with a platform id each; real accounts, whose ids the registry leaves empty, get invented ones."""
    drawn = chance.seeds("uid", each=accounts["account_id"])
    made = np.where(accounts["platform"] == "youtube", channel_ids(drawn), (drawn // np.uint64(10)).astype(str))
    return accounts.assign(uid=accounts["platform_uid"].where(accounts["platform_uid"] != "", made))


def records(accounts: pd.DataFrame) -> list[dict[str, Any]]:
    """The accounts as records with handle, display_name, uid and followers."""
    columns = ["handle", "display_name", "uid", "followers"]
    rows = zip(*(accounts[name] for name in columns), strict=True)
    return [dict(zip(columns, row, strict=True)) for row in rows]


def stranger(platform: str) -> dict[str, Any]:
    """An account that the registry does not know."""
    uid = "UCsomebody_else_not_known" if platform == "youtube" else "9900000000000001"
    return {"handle": "somebody_else_sim", "display_name": "Somebody else (simulated)", "uid": uid, "followers": 1200}


def owners(posts: pd.DataFrame, accounts: pd.DataFrame, platform: str) -> list[dict[str, Any]]:
    """The account of every post, as a record with handle, display_name, uid and followers."""
    known = dict(zip(accounts.index, records(accounts), strict=True))
    known[STRANGER] = stranger(platform)
    return [known[account] for account in posts["account"]]


def times(at: pd.Series, suffix: str) -> list[str]:
    """UTC times as text with the platform's own ending."""
    return [f"{text}{suffix}" for text in at.to_numpy().astype("datetime64[s]").astype(str)]


def base64(numbers: np.ndarray, length: int) -> np.ndarray:
    """Numbers as `length` digits of the URL-safe alphabet."""
    shifts = np.arange(6 * (length - 1), -1, -6, dtype=np.uint64)
    digits = (numbers.astype(np.uint64)[:, None] >> shifts) & np.uint64(63)
    return np.array(["".join(row) for row in ALPHABET[digits.astype(np.int64)]], dtype=object)


def channel_ids(numbers: np.ndarray) -> np.ndarray:
    """YouTube channel ids: UC and 22 signs."""
    halves = zip(base64(chance.mixed(numbers, 3), 11), base64(chance.mixed(numbers, 4), 11), strict=True)
    return np.array([f"UC{first}{second}" for first, second in halves], dtype=object)


def snowflakes(at: pd.Series, key: pd.Series, *, epoch: int, shift: int) -> np.ndarray:
    """Ids that hold milliseconds since an epoch above `shift` bits of their own."""
    values = key.to_numpy(dtype=np.uint64)
    moment = at.to_numpy(dtype=np.int64) * 1000 + (values % np.uint64(1000)).astype(np.int64) - epoch
    low = (values >> np.uint64(20)) & np.uint64(2**shift - 1)
    return (moment.astype(np.uint64) << np.uint64(shift)) | low


def seconds_first(at: pd.Series, key: pd.Series) -> np.ndarray:
    """TikTok's ids: seconds since 1970 above 32 bits of their own."""
    low = key.to_numpy(dtype=np.uint64) & np.uint64(2**32 - 1)
    return (at.to_numpy(dtype=np.uint64) << np.uint64(32)) | low
