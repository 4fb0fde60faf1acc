"""The operator of the fault campaign: decides held payments by what the provider's own account shows of them."""

from __future__ import annotations

import json
import threading
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import Engine, select
from sqlalchemy.exc import OperationalError

from emulator.core.fingerprint import without_key
from litink.db.schema import payments
from litink.errors import LitinkError
from litink.generation.paid.cashier import Cashier, Policy
from litink.generation.paid.payments import Payment
from litink.objects import Objects
from tests.emulated import Emulator

RECENT_REQUESTS = 2_000  # enough to hold those of the runs under way
SETTLED_SECONDS = 10.0  # what a provider has not on record so long after the sending never came to it
_WORDS = ("messages", "input", "text", "seed", "previous_text", "next_text", "max_tokens")


class Operator:
    """May be asked to decide from several threads; decides for one at a time."""

    def __init__(self, engine: Engine, objects: Objects, emulator: Emulator) -> None:
        self._engine, self._objects, self._emulator = engine, objects, emulator
        self._deciding = threading.Lock()
        self.decided = 0

    def decide(self) -> set[UUID]:
        """Say of every held call what its account shows. One that may still be under way waits for the next time: the
        books of those."""
        waiting = set[UUID]()
        with self._deciding:
            try:
                with Cashier(self._engine, self._objects, {}, Policy(journal=Path("/nowhere"))) as cashier:
                    held = cashier.held(limit=1000)
                    account = self._emulator.bill().rows if held else []
                    for payment in held:
                        if not self._decide(cashier, payment, account):
                            waiting.add(payment.book_id)
            except (LitinkError, OperationalError):
                pass  # the database is away, or the call was found meanwhile: the next time
        return waiting

    def _decide(self, cashier: Cashier, payment: Payment, account: list[dict[str, Any]]) -> bool:
        mine = self._line(payment, [row for row in account if row["provider"] == payment.provider])
        cost = Decimal(mine["amount_usd"]) if mine else Decimal(0)
        if cost > 0 and mine:
            cashier.resolve(payment.id, billed=True, cost_usd=cost, reference=mine["reference"], by="campaign")
        elif mine or (datetime.now(UTC) - payment.created_at).total_seconds() > SETTLED_SECONDS:
            cashier.resolve(payment.id, billed=False, by="campaign")
        else:
            return False
        self.decided += 1
        return True

    def _line(self, payment: Payment, account: list[dict[str, Any]]) -> dict[str, Any] | None:
        """The line of the account that is about this call: by its id, by our own number, else by what was asked and
        when. No charge that is on the books already."""
        if payment.reference:
            found = [row for row in account if row["reference"] == payment.reference]
        elif payment.provider == "modelslab":
            found = [row for row in account if row["track"] == payment.token]
        else:
            found = self._about(payment, account)
        return max(found, key=lambda row: Decimal(row["amount_usd"]), default=None)

    def _about(self, payment: Payment, account: list[dict[str, Any]]) -> list[dict[str, Any]]:
        kept = payment.request or {}
        words, voice = words_of(kept.get("body", {})), kept.get("address", {}).get("voice_id", "")
        lines = {
            request["bill_id"]
            for request in self._emulator.requests(RECENT_REQUESTS)
            if (request["provider"], request["model"]) == (payment.provider, kept.get("model"))
            and request["at"] >= payment.created_at.timestamp()
            and voice in request["path"]
            and words_of(json.loads(request["body"])) == words
        }
        booked = self._booked(payment.provider)
        free = [row for row in account if Decimal(row["amount_usd"]) == 0 or row["reference"] not in booked]
        return [row for row in free if row["id"] in lines]

    def _booked(self, provider: str) -> set[str]:
        with self._engine.connect() as connection:
            return set(
                connection.execute(select(payments.c.reference).where(payments.c.provider == provider)).scalars()
            )


def words_of(body: Any) -> str:
    """What a request asks, whatever else stands in it, as the emulator's log shows it."""
    return json.dumps(without_key([body.get(name) for name in _WORDS]), sort_keys=True)
