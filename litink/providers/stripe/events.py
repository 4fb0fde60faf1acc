"""Events that Stripe posts: nothing of one is believed before its signature holds."""

from __future__ import annotations

import json

import stripe
from pydantic import SecretStr

from litink.errors import Refused, TransientFailure
from litink.providers.stripe import records

TOLERANCE_SECONDS = 300  # how old a signature may be, as Stripe's own libraries have it
MAX_BYTES = 1024 * 1024


def verified(body: bytes, signature: str, secret: SecretStr) -> records.Event:
    """The event in ``body``, as it was received, with the header ``Stripe-Signature`` and the endpoint's secret.

    Raises Refused where the signature does not hold, is too old, or what it signs is no event.
    """
    try:
        if len(body) > MAX_BYTES:
            raise ValueError("too large")
        text = body.decode("utf-8")
        stripe.WebhookSignature.verify_header(text, signature, secret.get_secret_value(), TOLERANCE_SECONDS)
        raw = json.loads(text)
        if not isinstance(raw, dict):
            raise TypeError("no object")
        return records.event(raw)
    except stripe.SignatureVerificationError:
        message = "The signature of this event does not hold. Check the secret of the webhook endpoint."
        raise Refused("payments-signature", message) from None
    except (ValueError, TypeError, AttributeError, TransientFailure):
        raise Refused("payments-event", "This is no event of Stripe's.") from None
