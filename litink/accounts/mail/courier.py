"""Carries the outbox out: one mail at a time, each at most once as far as the wire can tell, with growing waits."""

from __future__ import annotations

import logging

from sqlalchemy import Engine

from litink.accounts.emails import masked
from litink.accounts.mail import outbox
from litink.accounts.mail.senders import Sender, Unknown
from litink.errors import TransientFailure

TRIES = 8
_FIRST_WAIT, _LONGEST_WAIT = 5.0, 3600.0  # seconds

log = logging.getLogger(__name__)


class Courier:
    """Several may work on one outbox, in one process or many."""

    def __init__(self, engine: Engine, sender: Sender) -> None:
        self._engine = engine
        self._sender = sender

    def round(self) -> float | None:
        """Send everything that is due; seconds until something will be, None when nothing waits."""
        with self._engine.begin() as connection:
            outbox.give_up_abandoned(connection)
        while self._one():
            pass
        with self._engine.begin() as connection:
            return outbox.seconds_to_next(connection)

    def _one(self) -> bool:
        with self._engine.begin() as connection:
            mail = outbox.claim(connection)
        if mail is None:
            return False
        outcome, error, wait = self._sent(mail)
        log.info("mail %d to %s: %s", mail.id, masked(mail.recipient), outcome)
        with self._engine.begin() as connection:
            outbox.settle(connection, mail.id, outcome, error, wait)
        return True

    def _sent(self, mail: outbox.Mail) -> tuple[outbox.Outcome, dict[str, str] | None, float]:
        try:
            self._sender.send(mail)
        except TransientFailure as error:
            told = {"code": error.code, "message": error.message}
            if mail.attempts >= TRIES:
                return "failed", told, 0
            return "waiting", told, min(_LONGEST_WAIT, _FIRST_WAIT * 4.0 ** (mail.attempts - 1))
        except Unknown as error:
            return "unknown", {"code": error.code, "message": error.message}, 0
        except Exception as error:
            log.exception("mail %d to %s cannot be sent", mail.id, masked(mail.recipient))
            return "failed", {"code": getattr(error, "code", "internal"), "message": type(error).__name__}, 0
        return "sent", None, 0
