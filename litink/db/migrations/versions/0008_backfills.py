"""Backfills: books that are redone one after another with another model, within a budget."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "backfills",
        sa.Column("id", sa.UUID(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("user_id", sa.UUID(), nullable=False),
        sa.Column("asset", sa.String(length=40), nullable=False),
        sa.Column("models", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("tier", sa.String(length=20)),
        sa.Column("budget_usd", sa.Numeric(14, 8), nullable=False),
        sa.Column("state", sa.String(length=9), nullable=False),
        sa.Column("why", sa.Text()),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "state in ('active','paused','stopped','done','cancelled')", name=op.f("ck_backfills_state")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_backfills_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_backfills")),
    )
    op.create_table(
        "backfill_books",
        sa.Column("backfill_id", sa.UUID(), nullable=False),
        sa.Column("book_id", sa.UUID(), nullable=False),
        sa.Column("items", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=8), server_default="waiting", nullable=False),
        sa.Column("planned_anew", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("plan_id", sa.UUID()),
        sa.Column("usd_most", sa.Numeric(14, 8), server_default="0", nullable=False),
        sa.Column("cost_usd", sa.Numeric(14, 8), server_default="0", nullable=False),
        sa.Column("why", sa.Text()),
        sa.Column("begun_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint(
            "state in ('waiting','begun','done','failed','skipped')", name=op.f("ck_backfill_books_state")
        ),
        sa.ForeignKeyConstraint(
            ["backfill_id"],
            ["backfills.id"],
            name=op.f("fk_backfill_books_backfill_id_backfills"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("backfill_id", "book_id", name=op.f("pk_backfill_books")),
    )
    op.create_index("ix_backfill_books_plan_id", "backfill_books", ["plan_id"])


def downgrade() -> None:
    op.drop_table("backfill_books")
    op.drop_table("backfills")
