"""Whose call is it: a provider's record has calls that look like a lost one, and every call is one payment's only."""

from __future__ import annotations

from sqlalchemy import Connection, text

from litink.generation.paid import payments
from litink.generation.paid.payments import Payment
from litink.objects import Objects
from litink.providers.wire import AnswerLost, NotBilled, Traces


def claim(connection: Connection, payment: Payment, traces: Traces, objects: Objects) -> str | NotBilled | AnswerLost:
    """The id of the call that is this payment's, which is on its row from then on; else what is known instead.

    A call that another payment stands for is never taken: it would be counted twice, and the answer be another
    request's. Nor is any while another payment, of which no id is known, may have made it.
    """
    lock(connection, payment.provider)
    now = payments.get(connection, payment.id, lock=True)
    if now.reference:
        return now.reference
    if not now.open:
        return AnswerLost("decided", "It was decided by hand meanwhile.")
    unclear = [ref for ref in (*traces.references, *traces.doubtful) if not _taken(connection, payment, ref)]
    if not unclear:
        return traces.otherwise
    others = payments.unnamed(connection, payment, traces.seconds)
    if any(other.request is None or traces.alike(other.as_request(objects)) for other in others):
        return AnswerLost("not-alone", "The provider has a call like this one; another payment's may look the same.")
    if unclear[0] not in traces.references:
        return AnswerLost("not-certain", "The provider has a call like this one, but of an earlier time.")
    payments.change(connection, payment.id, {"reference": unclear[0]})
    return unclear[0]


def lock(connection: Connection, provider: str) -> None:
    """One at a time says whose a provider's calls are. Taken before any row's lock."""
    connection.execute(
        text("SELECT pg_advisory_xact_lock(hashtextextended(:provider, 3))"), {"provider": f"calls of {provider}"}
    )


def _taken(connection: Connection, payment: Payment, reference: str) -> bool:
    return payments.named(connection, payment.provider, reference, payment.id) is not None
