"""One rung of one purchase: what was paid for before is collected, what is under way waited for, the rest is sent."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Generic, TypeVar

from litink.errors import PermanentFailure
from litink.generation.model import Purpose
from litink.generation.paid import ladder, payments, settlement
from litink.generation.paid.breakers import BreakerOpen
from litink.generation.paid.desk import Desk
from litink.generation.paid.exchange import Ended, Exchange
from litink.generation.paid.journal import Entry
from litink.generation.paid.ladder import Offer
from litink.generation.paid.payments import Draft, Payment
from litink.generation.paid.slots import stopped
from litink.providers.catalogue import Model
from litink.providers.wire import Answer, Hear, NotTaken, Request, WrongAnswer

T = TypeVar("T")
_CLOCK = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)  # goes on while the machine sleeps
_LOOK_AGAIN = 1.0  # seconds between looks at a payment that somebody else has in his hands


@dataclass(frozen=True)
class Bought(Generic[T]):
    """``value`` is what ``check`` returned; ``rung`` 0 is the first choice."""

    value: T
    answer: Answer
    model: Model
    rung: int


class Rung(Generic[T]):
    """``listen``: see :class:`.exchange.Exchange`."""

    def __init__(
        self,
        desk: Desk,
        purpose: Purpose,
        number: int,
        offer: Offer,
        check: Callable[[Answer], T],
        listen: Callable[[], Hear] | None = None,
    ) -> None:
        self._desk = desk
        self._purpose = purpose
        self._number = number
        self._check = check
        self._listen = listen
        self.offer = offer

    def collect(self) -> Bought[T] | None:
        """What was paid for before, or is under way and ends well; None when there is nothing of this rung.

        An answer of a model that was a better choice when it was asked than it is now is left: who puts another model
        before it wants that one's. It is there for whoever comes down to this rung.
        """
        while True:
            request, payment = self._first_unused() or (None, None)
            if request is None or payment is None or payment.rung < self._number:
                return None
            bought = self._collect(request, payment)
            if bought:
                return bought

    def buy(self) -> Bought[T]:
        """Send, and send again what was not billed. Raises NotTaken, WrongAnswer or BreakerOpen: go down a rung."""
        sent = 0
        while True:
            found = self._first_unused()
            if found is None:
                raise WrongAnswer("used-up", "it gave only answers that cannot be used, and takes no other seed")
            request, payment = found
            if payment is not None:  # somebody else was quicker
                bought = self._collect(request, payment)
                if bought:
                    return bought
                continue
            ended = self._send(request)
            if ended is None:
                continue
            if ended.answer is not None:
                return self._bought(ended)
            sent += 1
            match ended.payment.state:
                case "unknown":
                    raise ladder.is_held(ended.payment)
                case "wrong":
                    raise WrongAnswer(*_reason(ended.payment))
                case "refused":
                    refusal = ended.refusal or NotTaken(*_reason(ended.payment), retryable=True)
                    pause = ladder.pause_before_retry(sent, refusal, self._desk.policy)
                    if pause is None:
                        raise refusal
                    if self._purpose.stop.wait(pause):
                        raise stopped()

    def _first_unused(self) -> tuple[Request, Payment | None] | None:
        desk, stop = self._desk, self._purpose.stop
        return ladder.first_unused(self.offer, lambda mark: desk.transact(lambda c: payments.standing(c, mark), stop))

    # -- sending ---------------------------------------------------------------------------------------------------

    def _send(self, request: Request) -> Ended[T] | None:
        """One payment from its row to its end; None when somebody else wrote, or took, the same request before."""
        desk, policy, purpose = self._desk, self._desk.policy, self._purpose
        model, units = self.offer.model, self.offer.units_at_most
        _ = desk.adapters[request.provider]  # made now, if it is asked for the first time: not while a payment is open
        with ExitStack() as slot:
            slot.enter_context(desk.slots.hold(request.provider, request.operation, purpose.stop))
            # From the row to the sending, and from the answer to the books, the database may be away for a while.
            seconds = policy.timeout_of(request.operation) + 2 * policy.database
            draft = Draft.of(purpose, self._number, model, request, model.at_most(units), seconds)
            with desk.journal.begin(draft.token) as entry:
                began = time.clock_gettime(_CLOCK)
                payment = self._open(draft, entry)
                if payment is None or payment.state != "sent":
                    return None
                exchange = self._exchange(payment, request, entry)
                if purpose.stop.is_set():
                    exchange.drop(NotTaken("stopped", "It was stopped before it was sent.", retryable=True))
                    raise stopped()
                if time.clock_gettime(_CLOCK) - began > policy.database:
                    return exchange.drop(NotTaken("too-late", "It could not be sent in time.", retryable=True))
                return exchange.send(over=slot.close)  # the next call need not wait until this one is on the books

    def _open(self, draft: Draft, entry: Entry) -> Payment | None:
        """The payment's row. The journal's file stays only where there is, or may be, a row."""
        desk = self._desk
        try:
            payment = desk.transact(lambda c: settlement.open_payment(c, draft, desk.policy), self._purpose.stop)
        except (PermanentFailure, BreakerOpen):
            entry.remove()
            raise
        except BaseException:
            entry.write(NotTaken("not-sent", "It was not sent: the database was away.", retryable=True))
            raise
        if payment is None:
            entry.remove()
        return payment

    def _exchange(self, payment: Payment, request: Request, entry: Entry) -> Exchange[T]:
        purpose = self._purpose
        same = (payment.book_id, payment.asset) == (purpose.owned.book_id, purpose.asset)
        run_id = purpose.run_id if same else None
        return Exchange(self._desk, payment, request, entry, self._check, purpose.stop, run_id, listen=self._listen)

    # -- collecting ------------------------------------------------------------------------------------------------

    def _collect(self, request: Request, payment: Payment) -> Bought[T] | None:
        """What a payment that stands already comes to; None when it cannot be used, and another may be made.

        Raises PermanentFailure("payment-held").
        """
        ended = self._wait_for(request, payment)
        if ended.payment.state == "unknown":
            raise ladder.is_held(ended.payment)
        if ended.answer is not None:
            return self._bought(ended)
        return self._kept(ended.payment) if ended.payment.state == "done" else None

    def _wait_for(self, request: Request, payment: Payment) -> Ended[T]:
        """Until the payment has ended. Takes it over when whoever had it in his hands is dead."""
        desk, stop = self._desk, self._purpose.stop
        with desk.bell.ear(payments.JOBS_CHANNEL, str(payment.id)) as ear:
            while True:
                now = self._now(payment)
                if not now.open:
                    return Ended(now)
                ended = self._take_over(request, now)
                if ended:
                    return ended
                ear.wait(_LOOK_AGAIN, stop)
                if stop.is_set():
                    raise stopped()

    def _take_over(self, request: Request, payment: Payment) -> Ended[T] | None:
        """None while somebody has it in his hands, here or (nobody can tell before it is overdue) elsewhere."""
        desk = self._desk
        try:
            entry = desk.journal.claim(payment.token, create=payment.overdue or payment.state != "sent")
        except (BlockingIOError, FileNotFoundError):
            return None
        with entry:
            now = self._now(payment)
            if now.open:
                return self._exchange(now, request, entry).take_over()
            entry.remove()
            return Ended(now)

    def _now(self, payment: Payment) -> Payment:
        return self._desk.transact(lambda c: payments.get(c, payment.id), self._purpose.stop)

    def _kept(self, payment: Payment) -> Bought[T] | None:
        """A kept answer, checked as if it had just come; None when it is gone or is not what is asked now."""
        desk = self._desk
        assert payment.answer_sha is not None
        try:
            data = desk.objects.get(payment.answer_sha)
        except PermanentFailure:
            desk.transact(lambda c: payments.lapse(c, payment.id))
            return None
        answer = Answer(
            data, payment.media_type or "", payment.units, payment.cost_usd, payment.reference, payment.meta
        )
        try:
            value = self._check(answer)
        except WrongAnswer as error:
            reason = {"code": error.code, "message": error.message[:300]}
            desk.transact(lambda c: settlement.discredit(c, payment, reason))
            return None
        return Bought(value, answer, self.offer.model, self._number)

    def _bought(self, ended: Ended[T]) -> Bought[T]:
        assert ended.answer is not None
        return Bought(ended.value, ended.answer, self.offer.model, self._number)  # type: ignore[arg-type]


def _reason(payment: Payment) -> tuple[str, str]:
    error = payment.error or {}
    return error.get("code", "unknown"), error.get("message", "No reason is known.")
