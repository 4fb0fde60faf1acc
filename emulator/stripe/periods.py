"""The arithmetic of billing periods: from an anchor by calendar months, and shares of a period by the second."""

from __future__ import annotations

import calendar
from datetime import UTC, datetime, timedelta


def after(anchor: int, interval: str, count: int) -> int:
    """``anchor`` plus ``count`` intervals, in seconds since 1970.

    A month and a year keep the anchor's day and time (UTC), or the month's last day where it has no such day. Counted
    from the anchor, not from the period before, so that the 31st comes back after February.
    """
    start = datetime.fromtimestamp(anchor, UTC)
    if interval in {"day", "week"}:
        return int((start + timedelta(days=count * (7 if interval == "week" else 1))).timestamp())
    months = start.year * 12 + start.month - 1 + count * (12 if interval == "year" else 1)
    year, month = divmod(months, 12)
    day = min(start.day, calendar.monthrange(year, month + 1)[1])
    return int(start.replace(year=year, month=month + 1, day=day).timestamp())


def period_at(anchor: int, interval: str, count: int, moment: int) -> tuple[int, int]:
    """The period [start, end) that ``moment`` (not before ``anchor``) lies in, of those that begin at ``anchor``."""
    number = 0
    end = after(anchor, interval, count)
    while end <= moment:
        number += 1
        end = after(anchor, interval, count * (number + 1))
    return after(anchor, interval, count * number), end


def share(amount: int, start: int, end: int, moment: int) -> int:
    """What of ``amount`` cents falls on the rest of [start, end) from ``moment``, to the second, halves rounded up."""
    left, whole = min(max(end - moment, 0), end - start), end - start
    return (2 * amount * left + whole) // (2 * whole)
