"""Stripe on its wire, through its own SDK: one exchange a call, with a deadline, never tried again by itself.

What makes something takes an idempotency key of the caller's: the same key and wish again make nothing new, so a
caller whose answer was lost asks again. Looking things up may be repeated as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

import stripe
from pydantic import SecretStr

from litink.errors import LitinkError, PermanentFailure, Refused, TransientFailure
from litink.providers.exchange import CONNECT_SECONDS, House
from litink.providers.stripe import records

READ_SECONDS = 30.0  # between two pieces of an answer
_PAGE = 100
_T = TypeVar("_T")


class Stripe:
    """Pages to pay on, and what Stripe knows. Raises PermanentFailure, TransientFailure and Refused, never the SDK's
    own errors; no message holds anything of the key."""

    name = "stripe"

    def __init__(self, key: SecretStr, url: str = "https://api.stripe.com") -> None:
        self._house = House("Stripe", "LITINK_STRIPE", key, "request-id")
        self._sdk = stripe.StripeClient(
            key.get_secret_value(),
            base_addresses={"api": url},
            http_client=stripe.RequestsClient(timeout=(CONNECT_SECONDS, READ_SECONDS)),
            max_network_retries=0,
        )

    # --- pages ---

    def open_checkout(
        self,
        user: str,
        price: str,
        *,
        success_url: str,
        cancel_url: str,
        idempotency_key: str,
        customer: str | None = None,
        email: str | None = None,
    ) -> records.Checkout:
        """A page where ``user`` subscribes to ``price``; it is theirs for a day.

        ``{CHECKOUT_SESSION_ID}`` in ``success_url`` becomes its id. ``customer``: who they are at Stripe already; else
        ``email`` is filled in. That they came back from it proves nothing: the event and the subscription do.
        """
        asked: Any = {
            "mode": "subscription",
            "line_items": [{"price": price, "quantity": 1}],
            "success_url": success_url,
            "cancel_url": cancel_url,
            "client_reference_id": user,
            "metadata": {"user": user},
            "subscription_data": {"metadata": {"user": user}},
            **({"customer": customer} if customer else {"customer_email": email} if email else {}),
        }
        keyed: Any = {"idempotency_key": idempotency_key}
        return self._asked(lambda sdk: records.checkout(sdk.v1.checkout.sessions.create(asked, keyed).to_dict()))

    def open_portal(self, customer: str, *, return_url: str, idempotency_key: str) -> str:
        """The address of a page where ``customer`` changes, ends or resumes what they pay; it is theirs for minutes."""
        asked: Any = {"customer": customer, "return_url": return_url}
        keyed: Any = {"idempotency_key": idempotency_key}
        return self._asked(lambda sdk: str(sdk.v1.billing_portal.sessions.create(asked, keyed).url))

    # --- what is sold, and changes of it ---

    def sell(self, key: str, name: str, cents: int) -> str:
        """The id of a new monthly price in USD of this key, in the place of the one that had it."""
        asked: Any = {
            "product_data": {"name": name},
            "unit_amount": cents,
            "currency": "usd",
            "recurring": {"interval": "month"},
            "lookup_key": key,
            "transfer_lookup_key": True,
            "metadata": {"tier": key},
        }
        return self._asked(lambda sdk: str(sdk.v1.prices.create(asked).id))

    def switch(self, subscription: records.Subscription, price: str, *, idempotency_key: str) -> None:
        """To a dearer price, now; the difference for the rest of the period is paid at once, or nothing changes.

        Raises Refused("payments-declined")."""
        asked: Any = {
            "items": [{"id": subscription.item, "price": price}],
            "proration_behavior": "always_invoice",
            "payment_behavior": "error_if_incomplete",
        }
        keyed: Any = {"idempotency_key": idempotency_key}
        self._asked(lambda sdk: sdk.v1.subscriptions.update(subscription.id, asked, keyed))

    def switch_later(self, subscription: records.Subscription, price: str, *, idempotency_key: str) -> None:
        """To another price when the period ends; a former wish of this kind is forgotten."""
        self.stay(subscription, idempotency_key=f"{idempotency_key}-stay")
        begun: Any = {"from_subscription": subscription.id}
        keyed: Any = {"idempotency_key": f"{idempotency_key}-begin"}
        schedule = self._asked(lambda sdk: sdk.v1.subscription_schedules.create(begun, keyed).id)
        start, end = subscription.period_start, subscription.period_end
        now = {"items": [{"price": subscription.price}], "start_date": start, "end_date": end}
        asked: Any = {
            "end_behavior": "release",
            "phases": [now, {"items": [{"price": price}], "duration": {"interval": "month", "interval_count": 1}}],
        }
        again: Any = {"idempotency_key": idempotency_key}
        self._asked(lambda sdk: sdk.v1.subscription_schedules.update(schedule, asked, again))

    def stay(self, subscription: records.Subscription, *, idempotency_key: str) -> None:
        """Forget what was to happen when the period ends: a change or the end."""
        schedule = subscription.schedule
        if schedule is not None:
            keyed: Any = {"idempotency_key": f"{idempotency_key}-release"}
            self._asked(lambda sdk: sdk.v1.subscription_schedules.release(schedule, None, keyed))
        if subscription.cancel_at is not None:
            self._end_with_period(subscription.id, False, idempotency_key)

    def leave(self, subscription: records.Subscription, *, idempotency_key: str) -> None:
        """End it with the period."""
        self.stay(subscription, idempotency_key=f"{idempotency_key}-stay")
        self._end_with_period(subscription.id, True, idempotency_key)

    def _end_with_period(self, name: str, ends: bool, idempotency_key: str) -> None:
        asked: Any = {"cancel_at_period_end": ends}
        keyed: Any = {"idempotency_key": idempotency_key}
        self._asked(lambda sdk: sdk.v1.subscriptions.update(name, asked, keyed))

    def forget(self, customer: str) -> None:
        """Delete a customer: what they subscribe to ends at once. One who is deleted already is fine."""
        self._found(lambda sdk: sdk.v1.customers.delete(customer))

    # --- looking things up ---

    def check(self) -> str:
        """The cheapest call: the account's id."""
        return self._asked(lambda sdk: str(sdk.v1.accounts.retrieve_current().id))

    def prices(self, keys: Sequence[str]) -> dict[str, records.Price]:
        """What is for sale, by lookup key; a key without a price is left out."""
        asked: Any = {"lookup_keys": list(keys), "active": True, "limit": _PAGE}
        found = self._asked(lambda sdk: sdk.v1.prices.list(asked).data)
        return {one.lookup_key: records.price(one.to_dict()) for one in found if one.lookup_key}

    def price(self, name: str) -> records.Price | None:
        return self._found(lambda sdk: records.price(sdk.v1.prices.retrieve(name).to_dict()))

    def checkout(self, name: str) -> records.Checkout | None:
        return self._found(lambda sdk: records.checkout(sdk.v1.checkout.sessions.retrieve(name).to_dict()))

    def subscription(self, name: str) -> records.Subscription | None:
        return self._found(lambda sdk: records.subscription(sdk.v1.subscriptions.retrieve(name).to_dict()))

    def subscriptions(self, customer: str | None = None) -> Iterator[records.Subscription]:
        """All of them, also those that ended, the newest first; ``customer``'s only, if given."""
        asked: Any = {"status": "all", **({"customer": customer} if customer else {})}
        yield from self._every(lambda sdk, page: sdk.v1.subscriptions.list(asked | page), records.subscription)

    def price_after(self, schedule: str, moment: int) -> str | None:
        """The id of the price that a schedule turns to at this moment or later; None where it turns to none."""
        phases = self._asked(lambda sdk: sdk.v1.subscription_schedules.retrieve(schedule).to_dict()["phases"])
        return next((one["items"][0]["price"] for one in phases if one["start_date"] >= moment), None)

    def invoice(self, name: str) -> records.Invoice | None:
        return self._found(lambda sdk: records.invoice(sdk.v1.invoices.retrieve(name).to_dict()))

    def invoices(self, customer: str) -> Iterator[records.Invoice]:
        """A customer's that are paid, the newest first."""
        asked: Any = {"customer": customer, "status": "paid", "expand": ["data.payments"]}
        yield from self._every(lambda sdk, page: sdk.v1.invoices.list(asked | page), records.invoice)

    def invoice_of_payment(self, payment_intent: str) -> records.Invoice | None:
        """The invoice that a payment, and so a charge, a refund or a dispute, was for."""
        payment: Any = {"type": "payment_intent", "payment_intent": payment_intent}
        asked: Any = {"payment": payment, "limit": 1}
        found = self._asked(lambda sdk: sdk.v1.invoice_payments.list(asked).data)
        return self.invoice(str(found[0].invoice)) if found else None

    def charges(self, customer: str) -> Iterator[records.Charge]:
        """What was taken from a customer, the newest first."""
        asked: Any = {"customer": customer}
        yield from self._every(lambda sdk, page: sdk.v1.charges.list(asked | page), records.charge)

    def disputed_cents(self, charge: str) -> int:
        """What a bank took back of a charge, or may: disputes that were not won. An inquiry takes nothing yet."""
        asked: Any = {"charge": charge, "limit": _PAGE}
        found = self._asked(lambda sdk: sdk.v1.disputes.list(asked).data)
        return sum(one.amount for one in found if one.status != "won" and not one.status.startswith("warning"))

    def customer_of_dispute(self, name: str) -> str | None:
        """Whose charge it is about."""
        asked: Any = {"expand": ["charge"]}
        found = self._found(lambda sdk: sdk.v1.disputes.retrieve(name, asked).to_dict()["charge"]["customer"])
        return str(found) if found else None

    def events(self, types: Sequence[str], *, since: int) -> Iterator[records.Event]:
        """What happened since then, the newest first; Stripe keeps it for 30 days. ``types``: 20 at most."""
        asked: Any = {"types": list(types), "created": {"gte": since}}
        yield from self._every(lambda sdk, page: sdk.v1.events.list(asked | page), records.event)

    # --- the exchange ---

    def _every(self, ask: Callable[[stripe.StripeClient, Any], Any], read: Callable[[Any], _T]) -> Iterator[_T]:
        def page(sdk: stripe.StripeClient, wish: dict[str, Any]) -> tuple[list[_T], str | None]:
            answer = ask(sdk, wish)
            return [read(one.to_dict()) for one in answer.data], answer.data[-1].id if answer.has_more else None

        last: str | None = None
        while True:
            wish = {"limit": _PAGE, **({"starting_after": last} if last else {})}
            found, last = self._asked(lambda sdk, wish=wish: page(sdk, wish))  # type: ignore[misc]
            yield from found
            if last is None:
                return

    def _found(self, ask: Callable[[stripe.StripeClient], _T]) -> _T | None:
        try:
            return self._asked(ask)
        except PermanentFailure as failure:
            if failure.code == "payments-not-found":
                return None
            raise

    def _asked(self, ask: Callable[[stripe.StripeClient], _T]) -> _T:
        try:
            return ask(self._sdk)
        except stripe.StripeError as error:
            raise self._meant(error) from None
        except (AttributeError, IndexError, KeyError, TypeError):  # valid JSON of another shape
            message = "Stripe answered with something that was not asked for. Try again."
            raise TransientFailure("payments-wrong-answer", message) from None

    def _meant(self, error: stripe.StripeError) -> LitinkError:
        """The SDK's error as one of ours."""
        said = self._house.clean(error.user_message)
        match error:
            case stripe.AuthenticationError() | stripe.PermissionError():
                message = "Stripe does not take the key. Check that it is a secret key of the account, and not revoked."
                return PermanentFailure("payments-key", message)
            case stripe.RateLimitError():
                return TransientFailure("payments-busy", "Stripe is asked too much at once. Try again in a moment.")
            case stripe.CardError():
                return Refused("payments-declined", said or "The card was declined. Use another one.")
            case stripe.IdempotencyError():
                return PermanentFailure("payments-key-reused", f"An idempotency key was used twice: {said}")
            case stripe.InvalidRequestError() if error.code == "resource_missing":
                return PermanentFailure("payments-not-found", f"Stripe has no such object: {said}")
            case stripe.InvalidRequestError():
                return PermanentFailure("payments-refused", f"Stripe refused the request: {said}")
            case _:  # no connection, no answer, an error of theirs: what was asked for may have been done
                message = "Stripe could not be reached or did not answer as it should. Try again with the same key."
                return TransientFailure("payments-unreachable", message)
