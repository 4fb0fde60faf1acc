"""One payment in our hands, from the moment its request goes out (or is taken over) until it is known how it ended.

Whatever is heard goes into the journal first, then the answer's bytes into the object store, then the row: a kill
between any two leaves enough to go on from. Nothing here ever sends a request twice.
"""

from __future__ import annotations

import logging
import threading
import time
import traceback
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Generic, TypeVar

from obstore.exceptions import BaseError as StoreError
from sqlalchemy import Connection

from litink.errors import LitinkError, TransientFailure
from litink.generation.paid import breakers, claims, payments, settlement
from litink.generation.paid.breakers import Health
from litink.generation.paid.desk import Desk
from litink.generation.paid.journal import Entry, Heard
from litink.generation.paid.payments import Payment
from litink.generation.paid.settlement import Kept, Verdict
from litink.generation.paid.slots import stopped
from litink.generation.results import blob_of
from litink.providers.wire import (
    Adapter,
    Answer,
    AnswerLost,
    Hear,
    NotBilled,
    NotTaken,
    Pending,
    Request,
    Sending,
    StreamingAdapter,
    Traces,
    WrongAnswer,
)

T = TypeVar("T")
_Told = TypeVar("_Told")
_MOST_USD = Decimal(100_000)  # a cost above this is no cost but nonsense

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Ended(Generic[T]):
    """How a payment ended, as its row says; with the answer, and what ``check`` made of it, when we have it."""

    payment: Payment
    answer: Answer | None = None
    value: T | None = None
    refusal: NotTaken | None = None


class Exchange(Generic[T]):
    """``entry`` is the payment's journal file, locked by us; ``check`` is the caller's, see ``Cashier.buy``.

    One that is not ``patient`` looks once and leaves ("stopped") what is still under way. ``listen`` gives, once a
    sending, the ear that hears the answer while it is made, where the provider can do that.
    """

    def __init__(
        self,
        desk: Desk,
        payment: Payment,
        request: Request,
        entry: Entry,
        check: Callable[[Answer], T],
        stop: threading.Event,
        run_id: str | None,
        *,
        patient: bool = True,
        listen: Callable[[], Hear] | None = None,
    ) -> None:
        self._desk = desk
        self._payment = payment
        self._request = request
        self._entry = entry
        self._check = check
        self._stop = stop
        self._run_id = run_id
        self._patient = patient
        self._listen = listen

    @property
    def _adapter(self) -> Adapter:
        return self._desk.adapters[self._payment.provider]

    def send(self, over: Callable[[], object]) -> Ended[T]:
        """Send the request. Once for each payment, by whoever wrote it down.

        ``over`` is called as soon as the provider works on it no longer, before its answer is checked and kept.
        """
        policy, payment = self._desk.policy, self._payment
        webhook = f"{policy.webhooks}/{payment.provider}/{payment.token}" if policy.webhooks else None
        sending = Sending(policy.timeout_of(payment.operation), webhook, payment.token)
        heard: Heard
        try:
            self._entry.about_to_send()
        except OSError as error:
            return self.drop(NotTaken("journal-away", f"The journal cannot be written: {error}.", retryable=True))
        try:
            heard = self._sent(sending)
        except (NotTaken, WrongAnswer, AnswerLost) as error:
            heard = error
        except Exception as error:
            _log_mistake(payment.provider, error)
            heard = AnswerLost("adapter-failed", f"An unexpected {type(error).__name__} while sending.")
        self._entry.write(heard)
        return self._follow(heard, over)

    def _sent(self, sending: Sending) -> Answer | Pending:
        adapter = self._adapter
        if self._listen is not None and isinstance(adapter, StreamingAdapter):
            return adapter.stream(self._request, sending, self._listen())
        return adapter.send(self._request, sending)

    def drop(self, refusal: NotTaken) -> Ended[T]:
        """It was not sent after all, which says nothing about the model."""
        return self._close(Verdict("refused", error=_told(refusal)), refusal=refusal)

    def take_over(self) -> Ended[T]:
        """Go on with a payment whose sender died: with what he heard, with his job, or by asking what became of it."""
        payment = self._payment
        heard = self._entry.read()
        if self._entry.unsent:
            return self.drop(NotTaken("not-sent", "The process died before it sent the request.", retryable=True))
        if isinstance(heard, Pending) or (heard is None and payment.state == "accepted"):
            heard = Pending(heard.reference if heard else payment.reference, wait_seconds=0.0)
        if heard is None:
            heard = AnswerLost("answer-lost", "The process that sent the request died before its answer came.")
        return self._follow(heard)

    # -- what was heard ------------------------------------------------------------------------------------------

    def _follow(self, heard: Heard, over: Callable[[], object] = lambda: None) -> Ended[T]:
        """From what was heard to the end: a lost answer is looked up, a job waited for."""
        if isinstance(heard, AnswerLost):
            over()  # as far as anybody can tell; others need not wait until it is found
            heard = self._look_up(heard)
            self._entry.write(heard)
        if isinstance(heard, Pending):
            self._accept(heard)
            told = self._poll(heard)
            if told is None:  # somebody else entered how it ended
                return Ended(self._desk.transact(lambda c: payments.get(c, self._payment.id)))
            self._entry.write(told)
            heard = told
        over()
        match heard:
            case Answer():
                return self._weigh(heard)
            case WrongAnswer():
                return self._close(self._wrong(heard, heard.units, heard.cost_usd, heard.reference))
            case NotTaken():
                health: Health = "unclear" if heard.throttled or not heard.retryable else "ill"
                return self._close(Verdict("refused", error=_told(heard), health=health), refusal=heard)
            case NotBilled():
                lost = NotTaken("not-billed", "The request was lost, and the provider billed nothing.", retryable=True)
                return self._close(Verdict("refused", error=_told(lost), health="ill"), refusal=lost)
        # Nobody can tell: held for a person, with its reservation.
        assert isinstance(heard, AnswerLost)
        return self._close(Verdict("unknown", reference=heard.reference, error=_told(heard), health="ill"))

    def _look_up(self, lost: AnswerLost) -> Heard:
        """What the provider says became of the request; ``lost`` if it cannot tell.

        It may be late to know, so it is asked again, and believed that nothing was billed when it says so twice.
        """
        late = self._payment.state == "unknown" or not self._patient  # time has passed: once is enough
        waits = (0.0,) if late else self._desk.policy.look_ups
        reference = lost.reference or self._payment.reference
        denied = False
        for number, wait in enumerate(waits, 1):
            self._pause(wait)
            told, reference = self._found(reference)
            if isinstance(told, Answer | Pending | WrongAnswer):
                return told
            if isinstance(told, NotBilled) and (denied or number == len(waits)):
                return told
            if told is None:
                return lost
            denied = isinstance(told, NotBilled)
        if not self._patient and not self._payment.overdue:
            raise stopped()  # it could not be asked, or does not know yet: the next time
        return lost

    def _found(self, reference: str) -> tuple[Heard | None, str]:
        """What the provider says at this moment, and the id of the call, if it is known by now."""
        adapter, sent_at = self._adapter, self._payment.created_at
        told = self._asked(lambda: adapter.look_up(self._request, reference, sent_at))
        if not isinstance(told, Traces):
            return told, reference
        traces = told
        claimed = self._desk.transact(lambda c: claims.claim(c, self._payment, traces, self._desk.objects))
        if not isinstance(claimed, str):
            return claimed, reference
        told = self._asked(lambda: adapter.look_up(self._request, claimed, sent_at))
        return (None if isinstance(told, Traces) else told), claimed

    def _asked(self, question: Callable[[], _Told]) -> _Told | NotTaken | WrongAnswer | AnswerLost:
        """What a free question brought; AnswerLost and NotTaken mean that it may be asked again."""
        try:
            return question()
        except (NotTaken, WrongAnswer, AnswerLost) as error:
            return error
        except Exception as error:
            _log_mistake(self._payment.provider, error)
            return AnswerLost("adapter-failed", f"An unexpected {type(error).__name__} while asking.")

    def _accept(self, job: Pending) -> None:
        payment, seconds = self._payment, self._desk.policy.job

        def accept(connection: Connection) -> None:
            payments.accept(connection, payment.id, job.reference, seconds)
            breakers.extend(connection, payment.provider, payment.model, payment.token, seconds)

        self._desk.transact(accept)

    def _poll(self, job: Pending) -> Answer | WrongAnswer | AnswerLost | None:
        """Ask for a job until it ends; None when its payment has been settled by somebody else meanwhile."""
        policy, desk = self._desk.policy, self._desk
        began = time.monotonic()
        wait = policy.pause_before_look(job.wait_seconds) if job.wait_seconds else 0.0
        with desk.bell.ear(payments.JOBS_CHANNEL, str(self._payment.id)) as ear:
            while True:
                ear.wait(wait, self._stop)
                if self._stop.is_set():
                    raise stopped()
                row = desk.transact(lambda c: payments.get(c, self._payment.id), self._stop)
                if not row.open:
                    return None
                told = self._asked(lambda: self._adapter.fetch(self._request, job.reference))
                if isinstance(told, Answer | WrongAnswer):
                    return told
                if isinstance(told, NotTaken) and told.code == "job-unknown":
                    problem = "The provider took the job, and says now that it knows of none."
                    return AnswerLost("job-unknown", problem, job.reference)
                if row.overdue:
                    problem = f"The job did not end within {policy.job:.0f} seconds."
                    return AnswerLost("job-endless", problem, job.reference)
                if not self._patient:
                    raise stopped()
                waited = time.monotonic() - began
                left = told.wait_seconds if isinstance(told, Pending) else 0.2 * waited  # if it could not be asked
                wait = policy.pause_before_look(left, waited)

    def _weigh(self, answer: Answer) -> Ended[T]:
        """Whether the answer is what was asked; only then does it count."""
        broken: Exception | None = None
        value: T | None = None
        try:
            value = self._check(answer)
        except WrongAnswer as error:
            cost = answer.cost_usd if error.cost_usd is None else error.cost_usd
            return self._close(self._wrong(error, error.units or answer.units, cost, answer.reference))
        except Exception as error:
            broken = error  # a mistake of ours: the answer is kept all the same, it was paid for
        kept = Kept(self._put(answer.data), len(answer.data), answer.media_type, answer.meta)
        cost = self._cost(answer.units, answer.cost_usd)
        ended = self._close(Verdict("done", cost, answer.units, answer.reference, kept, health="well"))
        if broken is not None:
            raise broken
        return Ended(ended.payment, answer, value)

    # -- on the books ----------------------------------------------------------------------------------------------

    def _wrong(self, error: WrongAnswer, units: Mapping[str, float], cost: Decimal | None, reference: str) -> Verdict:
        return Verdict("wrong", self._cost(units, cost), units, reference, error=_told(error), health="ill")

    def _cost(self, units: Mapping[str, float], stated: Decimal | None) -> Decimal:
        """What the provider says, else the price list; where neither tells, what was set aside."""
        price, real = self._payment.price, stated
        if real is None and price and units:
            with suppress(ArithmeticError, ValueError, TypeError):  # whatever the provider calls a number
                real = price.of(units)
        if real is None or not real.is_finite() or not 0 <= real < _MOST_USD:
            log.error("payment %s: no usable cost, counted as its estimate", self._payment.id)
            return self._payment.estimated_usd
        return real

    def _close(self, verdict: Verdict, refusal: NotTaken | None = None) -> Ended[T]:
        policy, payment = self._desk.policy, self._payment
        verdict = replace(verdict, run_id=self._run_id)
        settled = self._desk.transact(lambda c: settlement.settle(c, payment, verdict, policy))
        if settled.state == "refused" and verdict.outcome in ("done", "wrong"):
            log.error("payment %s was billed after it was said not to be", payment.id)
        if settled.state == "lapsed" and verdict.kept is not None:
            self._forget(verdict.kept.sha)
        self._entry.remove()
        return Ended(settled, refusal=refusal)

    def _put(self, data: bytes) -> str:
        """Into the object store, which may be away for a while too."""
        until = time.monotonic() + self._desk.policy.database
        while True:
            try:
                return self._desk.objects.put(data)
            except (StoreError, OSError):
                if time.monotonic() > until:
                    raise TransientFailure("store-away", "The object store cannot be reached.") from None
                time.sleep(1.0)

    def _forget(self, sha: str) -> None:
        """The book is gone: nobody will ask for this answer, unless others have the same bytes."""
        if self._desk.transact(lambda c: blob_of(c, sha)) is None:
            self._desk.objects.delete(sha)

    def _pause(self, seconds: float) -> None:
        if self._stop.wait(seconds):
            raise stopped()


def _log_mistake(provider: str, error: Exception) -> None:
    """An adapter may only raise what its interface says. The error's text may hold anything, a key too: not logged."""
    place = traceback.extract_tb(error.__traceback__)[-1]
    log.error("%s: an unexpected %s at %s:%s", provider, type(error).__name__, place.filename, place.lineno)


def _told(error: LitinkError) -> dict[str, str]:
    return {"code": error.code, "message": error.message[:300]}
