"""Stripe: pages where people pay and manage what they pay, what Stripe knows of it, and its signed events."""

from litink.providers.stripe.adapter import Stripe
from litink.providers.stripe.events import verified
from litink.providers.stripe.records import Charge, Checkout, Event, Invoice, Line, Price, Subscription

__all__ = ["Charge", "Checkout", "Event", "Invoice", "Line", "Price", "Stripe", "Subscription", "verified"]
