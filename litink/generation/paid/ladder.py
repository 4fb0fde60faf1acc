"""The ladder: models for one purpose, the first choice first, and the rules of trying again and going down a rung."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from litink.errors import Exhausted, LitinkError, PermanentFailure
from litink.generation.paid.payments import Payment, fingerprint
from litink.generation.paid.policy import Policy
from litink.providers.catalogue import Model
from litink.providers.wire import NotTaken, Request

_MOST_VARIATIONS = 100


@dataclass(frozen=True)
class Offer:
    """One rung: a model, and how to ask it.

    ``build`` makes the request of a variation: 0 first, n after n answers of this model that were billed and cannot be
    used, so that no two billed requests are alike (it goes into the seed). The same variation must always give the
    same request. ``units_at_most`` is what is set aside for the call, at the model's prices.
    """

    model: Model
    build: Callable[[int], Request]
    units_at_most: Mapping[str, float]


@dataclass(frozen=True)
class Trouble:
    """Why a rung gave nothing."""

    model: str
    error: LitinkError


def first_unused(offer: Offer, standing: Callable[[str], Payment | None]) -> tuple[Request, Payment | None] | None:
    """The first variation that is not used up, and its payment if there is one; None when the model has no more.

    ``standing`` finds the payment of a fingerprint that was, or may have been, billed.
    """
    tried = set[str]()
    for variation in range(_MOST_VARIATIONS):
        request = offer.build(variation)
        mark = fingerprint(request)
        if mark in tried:
            return None  # this model takes nothing that could make a difference
        tried.add(mark)
        payment = standing(mark)
        if payment is None or payment.state not in ("wrong", "lapsed"):
            return request, payment
    return None


def pause_before_retry(sent: int, refusal: NotTaken, policy: Policy) -> float | None:
    """Seconds to wait after the ``sent``-th sending of a rung was refused; None: no further one, go down."""
    if not refusal.retryable or sent >= policy.tries:
        return None
    if refusal.retry_after is not None:
        return refusal.retry_after if refusal.retry_after <= policy.retry_after_at_most else None
    return policy.retry_base * (2.0**sent + random.random())  # noqa: S311  # spreads those who wait


def failure(troubles: Sequence[Trouble]) -> Exhausted:
    """What to tell when no rung gave anything."""
    if not troubles:
        return Exhausted("providers-failed", "No provider is configured for this; set the key of one and start again.")
    told = "; ".join(f"{trouble.model}: {trouble.error.message.rstrip('.')}" for trouble in troubles)
    if all(isinstance(trouble.error, NotTaken) and not trouble.error.retryable for trouble in troubles):
        return Exhausted("provider-refused", f"Every provider refused this ({told}).")
    return Exhausted("providers-failed", f"No provider gave a usable answer ({told}). Try again later.")


def is_held(payment: Payment) -> PermanentFailure:
    """What to tell of a payment that nobody knows the fate of."""
    return PermanentFailure(
        "payment-held",
        f"It is not known whether payment {payment.id} ({payment.provider}, {payment.model}) was billed, and its "
        "answer is lost. It is held until somebody decides; nothing is sent again before that.",
    )
