"""Numbers as they are printed."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cityreach.prose import numbers


@pytest.mark.parametrize(
    ("value", "zh", "en"),
    [
        (0, "0", "0"),
        (8431, "8,431", "8,431"),
        (9999, "9,999", "9,999"),
        (10_000, "1万", "10,000"),
        (19_000, "1.9万", "19,000"),
        (19_400, "1.94万", "19,400"),
        (129_400, "12.9万", "129,400"),
        (12_860_000, "1,286万", "12.9 million"),
        (99_996_000, "1亿", "100 million"),
        (146_000_000, "1.46亿", "146 million"),
        (2_310_000_000, "23.1亿", "2.31 billion"),
    ],
)
def test_counts_in_both_languages(value, zh, en):
    assert numbers.count(value, "zh") == zh
    assert numbers.count(value, "en") == en


@given(st.integers(min_value=0, max_value=10**11))
def test_a_count_is_never_further_off_than_half_a_percent(value):
    text = numbers.count(value, "zh")
    scale = {"万": 1e4, "亿": 1e8}.get(text[-1], 1)
    shown = float(text.rstrip("万亿").replace(",", "")) * scale
    assert abs(shown - value) <= 0.00501 * value


def test_rounding_is_half_away_from_zero_on_decimal_digits():
    assert numbers.fixed(0.25, 1) == "0.3"
    assert numbers.fixed(2.675, 2) == "2.68"
    assert numbers.fixed(-0.25, 1) == "−0.3"


def test_zero_has_no_sign_after_rounding():
    assert numbers.signed(-0.04) == "0.0"
    assert numbers.signed(3.1) == "+3.1"
    assert numbers.signed(-0.4) == "−0.4"


def test_small_shares_do_not_read_zero():
    assert numbers.percent(0.004) == "0.4%"
    assert numbers.percent(0.223) == "22%"
    assert numbers.percent(0) == "0%"


def test_dates_and_spans():
    assert numbers.day(date(2025, 3, 24), "zh") == "3月24日"
    assert numbers.day(date(2025, 3, 24), "en") == "24 March"
    assert numbers.span(date(2025, 3, 1), date(2025, 3, 31), "zh") == "2025年3月1日至31日"
    assert numbers.span(date(2025, 1, 1), date(2025, 2, 28), "zh") == "2025年1月1日至2月28日"
    assert numbers.span(date(2023, 1, 1), date(2025, 6, 1), "zh") == "2023年1月1日至2025年6月1日"


def test_ordinals_and_lists():
    assert [numbers.ordinal(n) for n in (1, 2, 3, 4, 11, 12, 13, 21, 112)] == [
        "1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "112th",
    ]  # fmt: skip
    assert numbers.listed(["南京", "北京", "成都"], "zh") == "南京、北京、成都"
    assert numbers.listed(["Nanjing", "Beijing", "Chengdu"], "en") == "Nanjing, Beijing and Chengdu"
