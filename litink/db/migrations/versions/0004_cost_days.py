"""Daily cost reports."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "cost_days",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("blob_sha", sa.String(length=64), nullable=False),
        sa.Column("figures", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("alerts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["blob_sha"], ["blobs.sha"], name=op.f("fk_cost_days_blob_sha_blobs")),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_cost_days")),
    )


def downgrade() -> None:
    op.drop_table("cost_days")
