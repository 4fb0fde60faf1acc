"""The cashier: buys an answer at most once. Everybody who calls a paid provider goes through here."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from types import TracebackType
from typing import Self, TypeVar

from sqlalchemy import Engine

from litink.errors import Refused
from litink.generation.model import Purpose
from litink.generation.paid import ladder as rules
from litink.generation.paid import payments, settlement
from litink.generation.paid.breakers import BreakerOpen
from litink.generation.paid.desk import Desk
from litink.generation.paid.ladder import Offer, Trouble
from litink.generation.paid.payments import Payment
from litink.generation.paid.policy import Policy
from litink.generation.paid.recovery import Recovered, recover_stale
from litink.generation.paid.rung import Bought, Rung
from litink.generation.paid.settlement import Verdict
from litink.generation.paid.streaming import Delta, Listen, Streams
from litink.objects import Objects
from litink.providers.wire import Adapter, Answer, NotTaken, WrongAnswer

__all__ = ["Bought", "Cashier", "Delta", "Offer", "Policy", "Recovered"]

T = TypeVar("T")


class Cashier:
    """One a process; may be used from many threads at once. Close it at the end, or use it as a context manager."""

    def __init__(self, engine: Engine, objects: Objects, adapters: Mapping[str, Adapter], policy: Policy) -> None:
        """``adapters`` by the name of their provider; rungs of other providers are passed over."""
        self._desk = Desk(engine, objects, adapters, policy)
        self._streams = Streams()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._streams.close()
        self._desk.close()

    def buy(self, purpose: Purpose, ladder: Sequence[Offer], check: Callable[[Answer], T]) -> Bought[T]:
        """The answer of the first rung that gives one which passes ``check``.

        ``check`` returns what the caller wants of an answer and raises WrongAnswer for one that is not what was asked.
        An answer that was paid for before is taken instead of a new one, whoever paid; what was under way when a
        process died is gone on with, before anything new is sent.

        Raises:
            PermanentFailure: "cap-reached", "credits-short", "payment-held", "providers-failed", "provider-refused", or
                "stopped" when ``purpose.stop`` is set.
            TransientFailure: "database-away", "store-away". What was bought meanwhile is not lost.
        """
        return self._buy(purpose, ladder, check, None)

    def stream(
        self, purpose: Purpose, ladder: Sequence[Offer], check: Callable[[Answer], T]
    ) -> Iterator[Delta | Bought[T]]:
        """As ``buy``, and the answer's pieces are heard while it is made, where its provider can do that; at the end
        comes what was bought. An answer that was paid for before comes as the end alone.

        The buying begins at once and goes on to its end, whether somebody goes on listening or not.
        """
        return self._streams.listened(lambda listen: self._buy(purpose, ladder, check, listen), purpose.stop)

    def _buy(
        self, purpose: Purpose, ladder: Sequence[Offer], check: Callable[[Answer], T], listen: Listen | None
    ) -> Bought[T]:
        rungs = [
            Rung(self._desk, purpose, number, offer, check, listen)
            for number, offer in enumerate(ladder)
            if offer.model.provider in self._desk.adapters
        ]
        for rung in rungs:
            bought = rung.collect()
            if bought:
                return bought
        troubles: list[Trouble] = []
        for rung in rungs:
            try:
                return rung.buy()
            except (NotTaken, WrongAnswer, BreakerOpen) as error:
                troubles.append(Trouble(rung.offer.model.id, error))
        raise rules.failure(troubles)

    def held(self, *, after: int = 0, limit: int = 100) -> list[Payment]:
        """Payments that a person must decide about, in order of their ids; ``after`` is the last id seen."""
        return self._desk.transact(lambda connection: payments.held(connection, after=after, limit=limit))

    def resolve(
        self, payment_id: int, *, billed: bool, cost_usd: Decimal = Decimal(0), reference: str = "", by: str
    ) -> Payment:
        """Decide about a held payment; who and when stays on record.

        Billed: its cost counts, and the next request for the same thing is another one. ``reference``: the provider's
        id of the call, so that no other lost request is taken for it. Not billed: its reservation is released, and
        the same request may be sent again.

        Raises Refused("not-held") when it is not, or no longer, held, Refused("cost-invalid"),
        Refused("reference-invalid"), Refused("call-taken") when the call of that reference is another payment's.
        """
        if not cost_usd.is_finite() or cost_usd < 0 or (cost_usd and not billed):
            raise Refused("cost-invalid", "Give what was billed, in USD; nothing when it was not billed.")
        if reference and not billed:
            raise Refused("reference-invalid", "Give the id of a call only when it was billed.")
        verdict = Verdict("wrong" if billed else "refused", cost_usd, reference=reference, resolved_by=by)
        return self._desk.transact(lambda c: settlement.resolve(c, payment_id, verdict, self._desk.policy))

    def recover_stale(self, older_than: float = 300.0) -> Recovered:
        """Go on with what was abandoned this many seconds ago or longer, see :mod:`.recovery`. Never sends anything."""
        return recover_stale(self._desk, older_than)
