"""Every table of ours. Dagster's tables live in a database of their own.

Each row that belongs to a person carries ``owner_id``. Bytes live in the object store under their SHA-256; a
column named ``…_sha`` points there.
"""

from litink.db.schema.access import api_tokens, login_failures, proofs, refresh_tokens, sessions
from litink.db.schema.accounts import idempotency, users
from litink.db.schema.audit import audit
from litink.db.schema.billing import (
    credit_charges,
    credit_grants,
    credit_parts,
    generation_starts,
    promo_codes,
    stripe_customers,
    stripe_events,
    subscriptions,
)
from litink.db.schema.books import EMBEDDING_DIMENSIONS, books, corrections, edits, events, passages, sections
from litink.db.schema.columns import metadata
from litink.db.schema.mail import mails
from litink.db.schema.making import artefacts, assets, blobs, exports, items, stage_runs, versions
from litink.db.schema.money import breakers, budgets, cost_days, ledger, payments, webhooks
from litink.db.schema.plans import backfill_books, backfills, plans
from litink.db.schema.voices import voice_clones

__all__ = [
    "EMBEDDING_DIMENSIONS",
    "api_tokens",
    "artefacts",
    "assets",
    "audit",
    "backfill_books",
    "backfills",
    "blobs",
    "books",
    "breakers",
    "budgets",
    "corrections",
    "cost_days",
    "credit_charges",
    "credit_grants",
    "credit_parts",
    "edits",
    "events",
    "exports",
    "generation_starts",
    "idempotency",
    "items",
    "ledger",
    "login_failures",
    "mails",
    "metadata",
    "passages",
    "payments",
    "plans",
    "promo_codes",
    "proofs",
    "refresh_tokens",
    "sections",
    "sessions",
    "stage_runs",
    "stripe_customers",
    "stripe_events",
    "subscriptions",
    "users",
    "versions",
    "voice_clones",
    "webhooks",
]
