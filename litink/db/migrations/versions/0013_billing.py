"""What people pay and may use: credits, subscriptions, Stripe's events, promo codes, hourly counts."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "credit_grants",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("owner_id", sa.UUID(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=20, scale=8), nullable=False),
        sa.Column("unused", sa.Numeric(precision=20, scale=8), nullable=False),
        sa.Column("held", sa.Numeric(precision=20, scale=8), server_default="0", nullable=False),
        sa.Column("spent", sa.Numeric(precision=20, scale=8), server_default="0", nullable=False),
        sa.Column("revoked", sa.Numeric(precision=20, scale=8), server_default="0", nullable=False),
        sa.Column("to_revoke", sa.Numeric(precision=20, scale=8), server_default="0", nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "kind in ('month','subscription','promo','purchase','admin')", name=op.f("ck_credit_grants_kind")
        ),
        sa.CheckConstraint("amount = unused + held + spent + revoked", name=op.f("ck_credit_grants_balance")),
        sa.CheckConstraint(
            "unused >= 0 and held >= 0 and spent >= 0 and revoked >= 0 and to_revoke >= 0",
            name=op.f("ck_credit_grants_signs"),
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"], name=op.f("fk_credit_grants_owner_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credit_grants")),
        sa.UniqueConstraint("owner_id", "reference", name=op.f("uq_credit_grants_owner_id_reference")),
    )
    op.create_table(
        "credit_charges",
        sa.Column("payment_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("owner_id", sa.UUID(), nullable=False),
        sa.Column("factor", sa.Numeric(precision=10, scale=4), nullable=False),
        sa.Column("reserved", sa.Numeric(precision=20, scale=8), nullable=False),
        sa.Column("charged", sa.Numeric(precision=20, scale=8), nullable=True),
        sa.Column("uncovered", sa.Numeric(precision=20, scale=8), server_default="0", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"], name=op.f("fk_credit_charges_owner_id_users")),
        sa.ForeignKeyConstraint(["payment_id"], ["payments.id"], name=op.f("fk_credit_charges_payment_id_payments")),
        sa.PrimaryKeyConstraint("payment_id", name=op.f("pk_credit_charges")),
    )
    op.create_index("ix_credit_charges_owner_id_created_at", "credit_charges", ["owner_id", "created_at"], unique=False)
    op.create_table(
        "credit_parts",
        sa.Column("payment_id", sa.BigInteger(), nullable=False),
        sa.Column("grant_id", sa.BigInteger(), nullable=False),
        sa.Column("owner_id", sa.UUID(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=20, scale=8), nullable=False),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_credit_parts_amount")),
        sa.ForeignKeyConstraint(
            ["grant_id"], ["credit_grants.id"], name=op.f("fk_credit_parts_grant_id_credit_grants")
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"], name=op.f("fk_credit_parts_owner_id_users")),
        sa.ForeignKeyConstraint(
            ["payment_id"], ["credit_charges.payment_id"], name=op.f("fk_credit_parts_payment_id_credit_charges")
        ),
        sa.PrimaryKeyConstraint("payment_id", "grant_id", name=op.f("pk_credit_parts")),
    )
    op.create_index("ix_credit_parts_grant_id", "credit_parts", ["grant_id"], unique=False)
    op.create_table(
        "promo_codes",
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("credits", sa.Integer(), nullable=False),
        sa.Column("credit_days", sa.Integer(), nullable=True),
        sa.Column("most", sa.Integer(), nullable=True),
        sa.Column("redeemed", sa.Integer(), server_default="0", nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "credits > 0 and redeemed >= 0 and (most is null or redeemed <= most)", name=op.f("ck_promo_codes_numbers")
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_promo_codes")),
    )
    op.create_table(
        "stripe_customers",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("owner_id", sa.UUID(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("synced_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"], name=op.f("fk_stripe_customers_owner_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stripe_customers")),
    )
    op.create_index("ix_stripe_customers_owner_id", "stripe_customers", ["owner_id"], unique=False)
    op.create_table(
        "subscriptions",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("owner_id", sa.UUID(), nullable=False),
        sa.Column("customer", sa.Text(), nullable=False),
        sa.Column("tier", sa.String(length=20), nullable=True),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("period_start", sa.DateTime(timezone=True), nullable=False),
        sa.Column("period_end", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cancel_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("next_tier", sa.String(length=20), nullable=True),
        sa.Column("reversed", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer"], ["stripe_customers.id"], name=op.f("fk_subscriptions_customer_stripe_customers")
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"], name=op.f("fk_subscriptions_owner_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscriptions")),
    )
    op.create_index("ix_subscriptions_owner_id", "subscriptions", ["owner_id"], unique=False)
    op.create_table(
        "stripe_events",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("customer", sa.Text(), nullable=True),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("state", sa.String(length=8), server_default="waiting", nullable=False),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("next_try_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.CheckConstraint("state in ('waiting','done','failed')", name=op.f("ck_stripe_events_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stripe_events")),
    )
    op.create_index(
        "ix_stripe_events_waiting",
        "stripe_events",
        ["next_try_at"],
        unique=False,
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_table(
        "generation_starts",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("owner_id", sa.UUID(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"], name=op.f("fk_generation_starts_owner_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_generation_starts")),
    )
    op.create_index(
        "ix_generation_starts_owner_id_started_at", "generation_starts", ["owner_id", "started_at"], unique=False
    )


def downgrade() -> None:
    op.drop_table("generation_starts")
    op.drop_table("stripe_events")
    op.drop_table("subscriptions")
    op.drop_table("stripe_customers")
    op.drop_table("promo_codes")
    op.drop_table("credit_parts")
    op.drop_table("credit_charges")
    op.drop_table("credit_grants")
