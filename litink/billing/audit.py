"""Whether credits balance, with themselves and with what providers were paid. There is never a finding."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Connection, text

# Each finds rows of an owner with what is wrong about them.
_CHECKS = {
    "a grant does not equal its charges": """
        SELECT g.owner_id, g.id FROM credit_grants g
        LEFT JOIN credit_parts p ON p.grant_id = g.id
        LEFT JOIN credit_charges c ON c.payment_id = p.payment_id
        GROUP BY g.id
        HAVING g.held <> coalesce(sum(p.amount) FILTER (WHERE c.charged IS NULL), 0)
            OR g.spent <> coalesce(sum(p.amount) FILTER (WHERE c.charged IS NOT NULL), 0)
    """,
    "a charge does not equal what was taken for it": """
        SELECT c.owner_id, c.payment_id FROM credit_charges c LEFT JOIN credit_parts p USING (payment_id)
        GROUP BY c.payment_id HAVING coalesce(c.charged, c.reserved) <> coalesce(sum(p.amount), 0)
    """,
    "a charge is not the price of its payment": """
        SELECT c.owner_id, c.payment_id FROM credit_charges c JOIN payments p ON p.id = c.payment_id
        WHERE c.owner_id <> p.owner_id
           OR (c.charged IS NULL) <> (p.state IN ('sent', 'accepted', 'unknown'))
           OR c.reserved <> ceil(p.estimated_usd * c.factor * 10000000000) / 100000000
           OR c.charged + c.uncovered <> ceil(p.cost_usd * c.factor * 10000000000) / 100000000
    """,
    "a charge differs from the ledger": """
        SELECT c.owner_id, c.payment_id FROM credit_charges c JOIN ledger l USING (payment_id)
        WHERE c.charged + c.uncovered <> ceil(l.cost_usd * c.factor * 10000000000) / 100000000
    """,
}


def imbalances(connection: Connection) -> list[tuple[str, UUID, int]]:
    """What does not balance, its owner, and the id of the grant or payment."""
    return [(what, row.owner_id, row[1]) for what, query in _CHECKS.items() for row in connection.execute(text(query))]
