"""Stripe: pages where people pay and manage what they pay, what Stripe knows of it, and its signed events."""

from litink.providers.stripe.adapter import Stripe
from litink.providers.stripe.events import verified
from litink.providers.stripe.records import Checkout, Event, Invoice, Subscription

__all__ = ["Checkout", "Event", "Invoice", "Stripe", "Subscription", "verified"]
