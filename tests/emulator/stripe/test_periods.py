"""The arithmetic of periods: month ends, leap years, shares of a period."""

from __future__ import annotations

import calendar
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.stripe.periods import after, period_at, share

moments = st.integers(946_684_800, 4_102_444_800)  # the 21st century
intervals = st.sampled_from([("day", 1), ("week", 2), ("month", 1), ("month", 3), ("year", 1)])


def at(*parts: int) -> int:
    return int(datetime(*parts, tzinfo=UTC).timestamp())  # type: ignore[misc, arg-type]


@pytest.mark.parametrize(
    ("anchor", "interval", "count", "expected"),
    [
        (at(2026, 1, 31, 12), "month", 1, at(2026, 2, 28, 12)),
        (at(2026, 1, 31, 12), "month", 2, at(2026, 3, 31, 12)),
        (at(2027, 12, 31), "month", 2, at(2028, 2, 29)),
        (at(2024, 2, 29), "year", 1, at(2025, 2, 28)),
        (at(2024, 2, 29), "year", 4, at(2028, 2, 29)),
        (at(2026, 12, 15), "month", 1, at(2027, 1, 15)),
        (at(2026, 1, 1), "week", 2, at(2026, 1, 15)),
    ],
)
def test_known_dates(anchor: int, interval: str, count: int, expected: int) -> None:
    assert after(anchor, interval, count) == expected


@given(anchor=moments, months=st.integers(0, 400))
def test_a_month_keeps_its_day_or_ends_with_its_last(anchor: int, months: int) -> None:
    start, end = (datetime.fromtimestamp(one, UTC) for one in (anchor, after(anchor, "month", months)))

    assert (end.year * 12 + end.month) - (start.year * 12 + start.month) == months
    assert end.day == min(start.day, calendar.monthrange(end.year, end.month)[1])
    assert end.time() == start.time()


@given(anchor=moments, rhythm=intervals, later=st.integers(0, 5 * 366 * 86_400))
def test_every_moment_lies_in_one_period_and_periods_touch(anchor: int, rhythm: tuple[str, int], later: int) -> None:
    interval, count = rhythm
    start, end = period_at(anchor, interval, count, anchor + later)

    assert start <= anchor + later < end
    assert period_at(anchor, interval, count, end)[0] == end
    assert start == anchor or period_at(anchor, interval, count, start - 1)[1] == start


@given(amount=st.integers(0, 99_999_999), start=moments, length=st.integers(1, 10**8), part=st.floats(0, 1))
def test_shares_add_up(amount: int, start: int, length: int, part: float) -> None:
    end, moment = start + length, start + int(length * part)
    rest = share(amount, start, end, moment)

    assert 0 <= rest <= amount
    assert share(amount, start, end, start) == amount
    assert share(amount, start, end, end) == 0
    assert abs(rest - amount * (end - moment) / length) <= 0.5 + 1e-6 * amount
