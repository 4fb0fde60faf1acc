"""What was abandoned: payments whose process died and that nobody asks for again. For a sensor, or the API's start.

Nothing is ever sent here: answers in the journal go on the books, jobs are asked for, lost answers looked up; what no
provider can tell is held for a person.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass

from litink.errors import LitinkError
from litink.generation.paid import payments
from litink.generation.paid.desk import Desk
from litink.generation.paid.exchange import Exchange
from litink.generation.paid.payments import Payment

_AT_ONCE = 200  # payments looked at in one go


@dataclass
class Recovered:
    """How many payments were looked at, by how they stand now. ``waiting``: somebody has it, or its job goes on."""

    done: int = 0
    wrong: int = 0
    refused: int = 0
    unknown: int = 0
    waiting: int = 0


def recover_stale(desk: Desk, older_than: float) -> Recovered:
    """Go on with payments under way that began this many seconds ago or longer and are in nobody's hands."""
    found = Recovered()
    for payment in desk.transact(lambda c: payments.abandoned(c, older_than, _AT_ONCE)):
        state = _recover(desk, payment)
        name = {"done": "done", "lapsed": "done", "wrong": "wrong", "refused": "refused", "unknown": "unknown"}
        counter = name.get(state, "waiting")
        setattr(found, counter, getattr(found, counter) + 1)
    _clear_journal(desk, older_than)
    return found


def _recover(desk: Desk, payment: Payment) -> str:
    """The payment's state after looking at it once."""
    if payment.provider not in desk.adapters:
        return payment.state
    try:
        entry = desk.journal.claim(payment.token, create=payment.overdue or payment.state != "sent")
    except (BlockingIOError, FileNotFoundError):
        return payment.state
    with entry:
        payment = desk.transact(lambda c: payments.get(c, payment.id))
        if not payment.open:
            entry.remove()
            return payment.state
        request = payment.as_request(desk.objects)
        exchange = Exchange(
            desk, payment, request, entry, lambda _: None, threading.Event(), run_id=None, patient=False
        )
        try:
            return exchange.take_over().payment.state
        except LitinkError:
            return payment.state  # still at work, or the database went away: the next time


def _clear_journal(desk: Desk, older_than: float) -> None:
    """Remove files whose payments have ended, or never began: their processes died just before doing it."""
    for token in desk.journal.tokens(older_than):
        try:
            entry = desk.journal.claim(token)
        except (BlockingIOError, FileNotFoundError):
            continue
        with entry:
            payment = desk.transact(lambda c, token=token: payments.by_token(c, token))  # type: ignore[misc]
            if payment is None or not payment.open:
                entry.remove()
