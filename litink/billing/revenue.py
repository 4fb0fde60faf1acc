"""What calls brought in, beside what providers took for them, by day (UTC) and tier. Read only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import Connection, text

from litink.billing.tariff import CREDITS_PER_USD

# The ledger's row of a call is written in the transaction that charges it: cost and charge are of the same day.
_FLOWS = text("""
    SELECT (l.created_at AT TIME ZONE 'UTC')::date AS day,
           l.tier,
           count(c.payment_id) AS calls,
           sum(l.cost_usd) AS cost_usd,
           coalesce(sum(c.charged), 0) / :per_usd AS charged_usd,
           coalesce(sum(p.credits), 0) / :per_usd AS paid_usd
    FROM ledger l
    LEFT JOIN credit_charges c ON c.payment_id = l.payment_id AND c.charged IS NOT NULL
    LEFT JOIN LATERAL (
        SELECT sum(part.amount) AS credits
        FROM credit_parts part
        JOIN credit_grants g ON g.id = part.grant_id AND g.kind IN ('subscription', 'purchase')
        WHERE part.payment_id = c.payment_id
    ) p ON true
    WHERE l.paid AND l.created_at >= :start AND l.created_at < :end
    GROUP BY 1, 2
    ORDER BY 1, 2
""")


@dataclass(frozen=True)
class Flow:
    """A day's calls of a tier. ``calls``: those that were charged for; ``cost_usd``: of all, also of those that were
    not. ``charged_usd``: all credits charged; ``paid_usd``: those of them that somebody had paid
    for, by a subscription or by hand, and not been given."""

    day: date
    tier: str
    calls: int
    cost_usd: Decimal
    charged_usd: Decimal
    paid_usd: Decimal


def flows(connection: Connection, start: datetime, end: datetime) -> list[Flow]:
    """From ``start`` up to, not including, ``end``; the first day first."""
    rows = connection.execute(_FLOWS, {"start": start, "end": end, "per_usd": CREDITS_PER_USD}).mappings()
    return [Flow(**row) for row in rows]
