"""What people pay and may use: credits, subscriptions as Stripe has them, its events, promo codes, hourly counts."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    Numeric,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from litink.db.schema.columns import created, metadata, owner, updated

_CREDITS = Numeric(20, 8)

credit_grants = Table(
    "credit_grants",
    metadata,
    # Credits that somebody was given, and where they are now. Never deleted.
    Column("id", BigInteger, Identity(), primary_key=True),
    owner(),
    Column("kind", String(12), nullable=False),
    Column("reference", Text, nullable=False),  # what they were given for; given once for it
    Column("amount", _CREDITS, nullable=False),
    Column("unused", _CREDITS, nullable=False),  # lapsed once ``expires_at`` is over
    Column("held", _CREDITS, nullable=False, server_default="0"),  # for calls under way
    Column("spent", _CREDITS, nullable=False, server_default="0"),
    Column("revoked", _CREDITS, nullable=False, server_default="0"),
    Column("to_revoke", _CREDITS, nullable=False, server_default="0"),  # as far as they were not spent
    Column("expires_at", DateTime(timezone=True)),  # null: never
    Column("note", Text, nullable=False, server_default=""),
    created(),
    UniqueConstraint("owner_id", "reference"),
    CheckConstraint("kind in ('month','subscription','promo','purchase','admin')", name="kind"),
    CheckConstraint("unused >= 0 and held >= 0 and spent >= 0 and revoked >= 0 and to_revoke >= 0", name="signs"),
    CheckConstraint("amount = unused + held + spent + revoked", name="balance"),
)

credit_charges = Table(
    "credit_charges",
    metadata,
    # What a payment to a provider costs its user: reserved with it, settled with it.
    Column("payment_id", BigInteger, ForeignKey("payments.id"), primary_key=True, autoincrement=False),
    owner(),
    Column("factor", Numeric(10, 4), nullable=False),  # price / provider's cost
    Column("reserved", _CREDITS, nullable=False),
    Column("charged", _CREDITS),  # null while it is open
    Column("uncovered", _CREDITS, nullable=False, server_default="0"),  # it cost more than there was: the house's loss
    created(),
    Column("settled_at", DateTime(timezone=True)),
    Index("ix_credit_charges_owner_id_created_at", "owner_id", "created_at"),
)

credit_parts = Table(
    "credit_parts",
    metadata,
    # Which grants a charge is held on, and once it is settled, was taken from.
    Column("payment_id", BigInteger, ForeignKey("credit_charges.payment_id"), nullable=False),
    Column("grant_id", BigInteger, ForeignKey("credit_grants.id"), nullable=False),
    owner(),
    Column("amount", _CREDITS, nullable=False),
    PrimaryKeyConstraint("payment_id", "grant_id"),
    Index("ix_credit_parts_grant_id", "grant_id"),
    CheckConstraint("amount >= 0", name="amount"),
)

promo_codes = Table(
    "promo_codes",
    metadata,
    Column("code", String(40), primary_key=True),  # upper case
    Column("credits", Integer, nullable=False),
    Column("credit_days", Integer),  # the credits lapse so long after they were redeemed; null: never
    Column("most", Integer),  # people who may redeem it; null: any number
    Column("redeemed", Integer, nullable=False, server_default="0"),
    Column("expires_at", DateTime(timezone=True)),  # it can be redeemed until then
    Column("ended_at", DateTime(timezone=True)),  # by a person
    Column("made_by", Text, nullable=False),
    created(),
    CheckConstraint("credits > 0 and redeemed >= 0 and (most is null or redeemed <= most)", name="numbers"),
)

stripe_customers = Table(
    "stripe_customers",
    metadata,
    Column("id", Text, primary_key=True),  # Stripe's
    owner(),
    created(),
    Column("synced_at", DateTime(timezone=True)),
    Index("ix_stripe_customers_owner_id", "owner_id"),
)

subscriptions = Table(
    "subscriptions",
    metadata,
    # Subscriptions as Stripe had them when it was last asked.
    Column("id", Text, primary_key=True),  # Stripe's
    owner(),
    Column("customer", Text, ForeignKey("stripe_customers.id"), nullable=False),
    Column("tier", String(20)),  # null: its price is of no tier that the catalogue knows
    Column("status", String(20), nullable=False),
    Column("period_start", DateTime(timezone=True), nullable=False),
    Column("period_end", DateTime(timezone=True), nullable=False),
    Column("cancel_at", DateTime(timezone=True)),
    Column("next_tier", String(20)),  # from the period's end on
    Column("reversed", Boolean, nullable=False, server_default="false"),  # its latest period's money went back
    updated(),
    Index("ix_subscriptions_owner_id", "owner_id"),
)

stripe_events = Table(
    "stripe_events",
    metadata,
    # The inbox: each event once, however often it comes.
    Column("id", Text, primary_key=True),  # Stripe's
    Column("type", Text, nullable=False),
    Column("kind", Text, nullable=False),  # of the object that it is about
    Column("about", Text, nullable=False),
    Column("customer", Text),
    Column("happened_at", DateTime(timezone=True), nullable=False),
    created(),
    Column("state", String(8), nullable=False, server_default="waiting"),
    Column("tries", Integer, nullable=False, server_default="0"),
    Column("next_try_at", DateTime(timezone=True), nullable=False, server_default=text("now()")),
    Column("problem", Text),
    Index("ix_stripe_events_waiting", "next_try_at", postgresql_where=text("state = 'waiting'")),
    CheckConstraint("state in ('waiting','done','failed')", name="state"),
)

generation_starts = Table(
    "generation_starts",
    metadata,
    # Requests that started generation, for the hourly limit; those of former hours are swept.
    Column("id", BigInteger, Identity(), primary_key=True),
    owner(),
    Column("started_at", DateTime(timezone=True), nullable=False),
    Index("ix_generation_starts_owner_id_started_at", "owner_id", "started_at"),
)
