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

    # --- looking things up ---

    def check(self) -> str:
        """The cheapest call: the account's id."""
        return self._asked(lambda sdk: str(sdk.v1.accounts.retrieve_current().id))

    def prices(self, keys: Sequence[str]) -> dict[str, str]:
        """The ids of the prices that are for sale, by lookup key; a key without a price is left out."""
        asked: Any = {"lookup_keys": list(keys), "active": True, "limit": _PAGE}
        found = self._asked(lambda sdk: sdk.v1.prices.list(asked).data)
        return {price.lookup_key: price.id for price in found if price.lookup_key}

    def checkout(self, name: str) -> records.Checkout | None:
        return self._found(lambda sdk: records.checkout(sdk.v1.checkout.sessions.retrieve(name).to_dict()))

    def subscription(self, name: str) -> records.Subscription | None:
        return self._found(lambda sdk: records.subscription(sdk.v1.subscriptions.retrieve(name).to_dict()))

    def subscriptions(self, customer: str | None = None) -> Iterator[records.Subscription]:
        """All of them, also those that ended, the newest first; ``customer``'s only, if given."""
        asked: Any = {"status": "all", **({"customer": customer} if customer else {})}
        yield from self._every(lambda sdk, page: sdk.v1.subscriptions.list(asked | page), records.subscription)

    def invoice(self, name: str) -> records.Invoice | None:
        return self._found(lambda sdk: records.invoice(sdk.v1.invoices.retrieve(name).to_dict()))

    def invoice_of_payment(self, payment_intent: str) -> records.Invoice | None:
        """The invoice that a payment, and so a charge, a refund or a dispute, was for."""
        payment: Any = {"type": "payment_intent", "payment_intent": payment_intent}
        asked: Any = {"payment": payment, "limit": 1}
        found = self._asked(lambda sdk: sdk.v1.invoice_payments.list(asked).data)
        return self.invoice(str(found[0].invoice)) if found else None

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
