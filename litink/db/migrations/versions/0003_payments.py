"""Paid calls: payments, budgets, breakers, webhooks; the ledger knows more of each call."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

OPEN = "state in ('sent','accepted','unknown')"


def upgrade() -> None:
    op.create_table(
        "payments",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("owner_id", sa.UUID(), nullable=False),
        sa.Column("book_id", sa.UUID(), nullable=False),
        sa.Column("tier", sa.String(length=20), nullable=False),
        sa.Column("asset", sa.String(length=40), nullable=False),
        sa.Column("item_key", sa.String(length=120), nullable=False),
        sa.Column("cache_key", sa.String(length=64), nullable=False),
        sa.Column("run_id", sa.String(length=40), nullable=True),
        sa.Column("provider", sa.String(length=40), nullable=False),
        sa.Column("operation", sa.String(length=20), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("rung", sa.Integer(), server_default="0", nullable=False),
        sa.Column("request", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("token", sa.String(length=43), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("deadline_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reference", sa.Text(), server_default="", nullable=False),
        sa.Column("estimated_usd", sa.Numeric(precision=14, scale=8), nullable=False),
        sa.Column("cost_usd", sa.Numeric(precision=14, scale=8), nullable=True),
        sa.Column("units", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column("answer_sha", sa.String(length=64), nullable=True),
        sa.Column("media_type", sa.Text(), nullable=True),
        sa.Column("meta", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column("error", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("resolved_by", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state in ('sent','accepted','done','wrong','refused','unknown','lapsed')", name=op.f("ck_payments_state")
        ),
        sa.ForeignKeyConstraint(["answer_sha"], ["blobs.sha"], name=op.f("fk_payments_answer_sha_blobs")),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"], name=op.f("fk_payments_owner_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payments")),
        sa.UniqueConstraint("token", name=op.f("uq_payments_token")),
    )
    op.create_index("ix_payments_book_id", "payments", ["book_id"])
    op.create_index("ix_payments_owner_id", "payments", ["owner_id"])
    op.create_index("ix_payments_answer_sha", "payments", ["answer_sha"])
    op.create_index("ix_payments_open", "payments", ["created_at"], postgresql_where=sa.text(OPEN))
    op.create_index(
        "ix_payments_at_most_once",
        "payments",
        ["fingerprint"],
        unique=True,
        postgresql_where=sa.text("state <> 'refused'"),
    )
    op.create_table(
        "budgets",
        sa.Column("scope", sa.String(length=4), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("period", sa.String(length=7), nullable=False),
        sa.Column("cap_usd", sa.Numeric(precision=14, scale=8), nullable=True),
        sa.Column("reserved_usd", sa.Numeric(precision=16, scale=8), server_default="0", nullable=False),
        sa.Column("spent_usd", sa.Numeric(precision=16, scale=8), server_default="0", nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("scope in ('book','user')", name=op.f("ck_budgets_scope")),
        sa.CheckConstraint("reserved_usd >= 0 and spent_usd >= 0", name=op.f("ck_budgets_sums")),
        sa.PrimaryKeyConstraint("scope", "id", "period", name=op.f("pk_budgets")),
    )
    op.create_table(
        "breakers",
        sa.Column("provider", sa.String(length=40), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("retry_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("trial", sa.String(length=43), nullable=True),
        sa.Column("trial_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("provider", "model", name=op.f("pk_breakers")),
    )
    op.create_table(
        "webhooks",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("provider", sa.String(length=40), nullable=False),
        sa.Column("token", sa.String(length=43), nullable=False),
        sa.Column("body", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhooks")),
    )
    op.create_index("ix_webhooks_token", "webhooks", ["token"])
    op.add_column("ledger", sa.Column("operation", sa.String(length=20), server_default="", nullable=False))
    op.add_column(
        "ledger", sa.Column("estimated_usd", sa.Numeric(precision=14, scale=8), server_default="0", nullable=False)
    )
    op.add_column("ledger", sa.Column("run_id", sa.String(length=40), nullable=True))
    op.add_column("ledger", sa.Column("payment_id", sa.BigInteger(), nullable=True))
    op.add_column("ledger", sa.Column("rung", sa.Integer(), server_default="0", nullable=False))
    op.create_foreign_key(op.f("fk_ledger_payment_id_payments"), "ledger", "payments", ["payment_id"], ["id"])
    op.create_unique_constraint(op.f("uq_ledger_payment_id"), "ledger", ["payment_id"])
    op.create_index("ix_ledger_run_id", "ledger", ["run_id"])
    op.create_index("ix_ledger_created_at", "ledger", ["created_at"])
    op.drop_constraint(op.f("ck_ledger_outcome"), "ledger", type_="check")
    op.create_check_constraint(
        op.f("ck_ledger_outcome"), "ledger", "outcome in ('done','failed','wrong','refused','unknown')"
    )


def downgrade() -> None:
    op.drop_constraint(op.f("ck_ledger_outcome"), "ledger", type_="check")
    op.create_check_constraint(op.f("ck_ledger_outcome"), "ledger", "outcome in ('done','failed','unknown')")
    op.drop_index("ix_ledger_created_at", "ledger")
    op.drop_index("ix_ledger_run_id", "ledger")
    op.drop_constraint(op.f("uq_ledger_payment_id"), "ledger", type_="unique")
    op.drop_constraint("fk_ledger_payment_id_payments", "ledger", type_="foreignkey")
    for column in ("rung", "payment_id", "run_id", "estimated_usd", "operation"):
        op.drop_column("ledger", column)
    for table in ("webhooks", "breakers", "budgets", "payments"):
        op.drop_table(table)
