"""The payments' rows: written, read, found again. What a change of state means for money is in ``settlement``."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Select, delete, func, select, text, update
from sqlalchemy.dialects.postgresql import insert

from litink.db.schema import payments, webhooks
from litink.generation.keys import content_hash
from litink.generation.model import Purpose
from litink.generation.paid.plain import plain
from litink.objects import Objects
from litink.providers.catalogue import Model, Price
from litink.providers.wire import Request, Upload

JOBS_CHANNEL = "litink_jobs"  # payload: payments.id; says that somebody should look again
_DATES_ARE_WHOLE = timedelta(seconds=2)  # a provider that tells seconds puts what is so near at one time
OPEN = ("sent", "accepted", "unknown")  # what they cost is not known yet: their reservations stand


@dataclass(frozen=True)
class Draft:
    """A payment before its row exists."""

    token: str
    purpose: Purpose
    rung: int
    model: Model
    request: Request
    estimated_usd: Decimal
    seconds: float  # after these the request is surely no longer out

    @classmethod
    def of(
        cls, purpose: Purpose, rung: int, model: Model, request: Request, estimated_usd: Decimal, seconds: float
    ) -> Draft:
        return cls(secrets.token_urlsafe(32), purpose, rung, model, request, estimated_usd, seconds)


@dataclass(frozen=True)
class Payment:
    """A payment as its row was when it was read."""

    id: int
    owner_id: UUID
    book_id: UUID
    tier: str
    asset: str
    item_key: str
    cache_key: str
    run_id: str | None
    provider: str
    operation: str
    model: str
    rung: int
    request: Mapping[str, Any] | None
    fingerprint: str
    token: str
    state: str
    overdue: bool  # sent: nobody can still be sending; accepted: it was waited for long enough
    reference: str
    estimated_usd: Decimal
    cost_usd: Decimal | None
    units: Mapping[str, float]
    answer_sha: str | None
    media_type: str | None
    meta: Mapping[str, Any]
    error: Mapping[str, str] | None
    resolved_by: str | None
    created_at: datetime
    settled_at: datetime | None

    @property
    def open(self) -> bool:
        return self.state in OPEN

    @property
    def period(self) -> str:
        """The month of the user's budget that it was reserved in."""
        return self.created_at.astimezone(UTC).strftime("%Y-%m")

    @property
    def price(self) -> Price | None:
        """The price list as it was when the request went out; None when the request is no longer kept."""
        return Price.model_validate(self.request["price"]) if self.request else None

    def as_request(self, objects: Objects) -> Request:
        """The request again, for asking the provider about it. Only while it is kept."""
        kept = self.request or {}
        uploads = {
            name: tuple(
                Upload(file["sha"], file["media_type"], lambda sha=file["sha"]: objects.get(sha))  # type: ignore[misc]
                for file in files
            )
            for name, files in kept.get("uploads", {}).items()
        }
        return Request(
            provider=self.provider,
            operation=self.operation,  # type: ignore[arg-type]
            model=kept.get("model", ""),
            body=kept.get("body", {}),
            uploads=uploads,
            address=kept.get("address", {}),
        )


def fingerprint(request: Request) -> str:
    """Equal for requests that a provider could not tell apart, apart from when they come."""
    return content_hash(request.identity)


_COLUMNS = [
    payments.c[name] if name != "overdue" else (payments.c.deadline_at < func.clock_timestamp()).label("overdue")
    for name in Payment.__dataclass_fields__
]


def _payments(*where: ColumnElement[bool]) -> Select[Any]:
    return select(*_COLUMNS).where(*where)


def _one(connection: Connection, query: Select[Any]) -> Payment | None:
    row = connection.execute(query).mappings().first()
    return Payment(**row) if row else None


def get(connection: Connection, payment_id: int, *, lock: bool = False) -> Payment:
    """The payment as it is now; with ``lock``, as it stays until the transaction ends."""
    query = _payments(payments.c.id == payment_id)
    return Payment(**connection.execute(query.with_for_update() if lock else query).mappings().one())


def find(connection: Connection, payment_id: int) -> Payment | None:
    return _one(connection, _payments(payments.c.id == payment_id))


def by_token(connection: Connection, token: str) -> Payment | None:
    return _one(connection, _payments(payments.c.token == token))


def standing(connection: Connection, fingerprint: str) -> Payment | None:
    """The one payment of a request that was, or may have been, billed."""
    return _one(connection, _payments(payments.c.fingerprint == fingerprint, payments.c.state != "refused"))


def abandoned(connection: Connection, seconds: float, limit: int) -> list[Payment]:
    """Payments under way that began longer ago than this, the oldest first."""
    since = func.clock_timestamp() - func.make_interval(0, 0, 0, 0, 0, 0, seconds)
    query = _payments(payments.c.state.in_(("sent", "accepted")), payments.c.created_at < since)
    rows = connection.execute(query.order_by(payments.c.created_at).limit(limit)).mappings()
    return [Payment(**row) for row in rows]


def held(connection: Connection, *, after: int = 0, limit: int = 100) -> list[Payment]:
    """Payments of which nobody knows whether they were billed, in order of their ids."""
    query = _payments(payments.c.state == "unknown", payments.c.id > after).order_by(payments.c.id).limit(limit)
    return [Payment(**row) for row in connection.execute(query).mappings()]


def named(connection: Connection, provider: str, reference: str, besides: int) -> Payment | None:
    """Another payment that stands for the provider's call of this id."""
    here = (payments.c.provider == provider, payments.c.reference == reference, payments.c.id != besides)
    return _one(connection, _payments(*here).limit(1)) if reference else None


def unnamed(connection: Connection, payment: Payment, seconds: float) -> list[Payment]:
    """Other payments of the same model and about the same time that were, or may have been, billed for a call whose
    id is not known. Those that had ended before this one was sent are left out: so had their calls."""
    around = timedelta(seconds=seconds)
    still_open = payments.c.settled_at.is_(None)
    query = _payments(
        payments.c.provider == payment.provider,
        payments.c.operation == payment.operation,
        payments.c.model == payment.model,
        payments.c.id != payment.id,
        payments.c.reference == "",
        payments.c.state != "refused",
        payments.c.created_at.between(payment.created_at - around, payment.created_at + around),
        still_open | (payments.c.settled_at > payment.created_at - _DATES_ARE_WHOLE),
    )
    return [Payment(**row) for row in connection.execute(query).mappings()]


def intend(connection: Connection, draft: Draft) -> Payment | None:
    """Write down that the request will be sent; None when it stands already."""
    purpose, request = draft.purpose, draft.request
    statement = (
        insert(payments)
        .values(
            owner_id=purpose.owned.owner_id,
            book_id=purpose.owned.book_id,
            tier=purpose.owned.tier,
            asset=purpose.asset,
            item_key=purpose.item_key,
            cache_key=purpose.cache_key,
            run_id=purpose.run_id,
            provider=request.provider,
            operation=request.operation,
            model=draft.model.id,
            rung=draft.rung,
            request=plain(_kept(request, draft.model.price)),
            fingerprint=fingerprint(request),
            token=draft.token,
            state="sent",
            deadline_at=_in(draft.seconds),
            estimated_usd=draft.estimated_usd,
        )
        .on_conflict_do_nothing(index_elements=["fingerprint"], index_where=text("state <> 'refused'"))
        .returning(*_COLUMNS)
    )
    row = connection.execute(statement).mappings().first()
    return Payment(**row) if row else None


def _kept(request: Request, price: Price) -> dict[str, Any]:
    return {
        "model": request.model,
        "body": request.body,
        "uploads": {
            name: [{"sha": file.sha, "media_type": file.media_type} for file in files]
            for name, files in request.uploads.items()
        },
        "address": request.address,
        "price": price.model_dump(mode="json"),
    }


def _in(seconds: float) -> Any:
    return func.clock_timestamp() + func.make_interval(0, 0, 0, 0, 0, 0, seconds)


def change(connection: Connection, payment_id: int, values: Mapping[str, Any]) -> Payment:
    """Write columns of a payment; what that means for money is the caller's business."""
    statement = update(payments).where(payments.c.id == payment_id).values(values).returning(*_COLUMNS)
    return Payment(**connection.execute(statement).mappings().one())


def accept(connection: Connection, payment_id: int, reference: str, seconds: float) -> None:
    """The provider took the job; it is waited for this long. Also from unknown: a look-up may find it at work."""
    connection.execute(
        update(payments)
        .where(payments.c.id == payment_id, payments.c.state.in_(("sent", "unknown")))
        .values(state="accepted", reference=plain(reference), deadline_at=_in(seconds))
    )


def lapse(connection: Connection, payment_id: int) -> None:
    """A kept answer is gone. It stays paid."""
    connection.execute(
        update(payments)
        .where(payments.c.id == payment_id, payments.c.state == "done")
        .values(state="lapsed", answer_sha=None)
    )


def lapse_book(connection: Connection, book_id: UUID) -> set[str]:
    """Let go of what a deleted book's payments hold of it: answers, held requests, hints. The rows stay.

    Returns the hashes of the answers; whether somebody else needs the bytes is for the caller to find out.
    """
    here = payments.c.book_id == book_id
    shas = set(
        connection.execute(select(payments.c.answer_sha).where(here, payments.c.answer_sha.is_not(None))).scalars()
    )
    connection.execute(update(payments).where(here, payments.c.state == "done").values(state="lapsed"))
    connection.execute(update(payments).where(here).values(answer_sha=None, meta={}))
    connection.execute(update(payments).where(here, payments.c.state == "unknown").values(request=None))
    tokens = select(payments.c.token).where(here)
    connection.execute(delete(webhooks).where(webhooks.c.token.in_(tokens)))
    return shas


def nudge(connection: Connection, payment_id: int) -> None:
    """Wake whoever waits for this payment, in any process, when the transaction commits."""
    connection.execute(
        text("SELECT pg_notify(:channel, :payload)"), {"channel": JOBS_CHANNEL, "payload": str(payment_id)}
    )


def take_hint(connection: Connection, provider: str, token: str, body: Mapping[str, Any]) -> bool:
    """A provider said something of its own accord: keep it, and have whoever waits ask the provider itself.

    False, and nothing is kept, when the token names no payment of this provider.
    """
    known = by_token(connection, token)
    if known is None or known.provider != provider:
        return False
    connection.execute(insert(webhooks).values(provider=provider, token=token, body=plain(body)))
    nudge(connection, known.id)
    return True
