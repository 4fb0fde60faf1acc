"""Plans: what is to be redone at what price; assets tell what waits for one; books may prefer models."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "plans",
        sa.Column("id", sa.UUID(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("owner_id", sa.UUID(), nullable=False),
        sa.Column("book_id", sa.UUID(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("options", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("draft", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("usd_least", sa.Numeric(14, 8), nullable=False),
        sa.Column("usd_most", sa.Numeric(14, 8), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("why", sa.Text()),
        sa.Column("applied_revision", sa.Integer()),
        sa.Column("applied_by", sa.Text()),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("applied_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint("state in ('open','applied','done','refused','expired')", name=op.f("ck_plans_state")),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"], name=op.f("fk_plans_owner_id_users")),
        sa.ForeignKeyConstraint(["book_id"], ["books.id"], name=op.f("fk_plans_book_id_books"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plans")),
    )
    op.create_index("ix_plans_book_id_id", "plans", ["book_id", "id"])
    op.add_column("assets", sa.Column("items_waiting", sa.Integer(), server_default="0", nullable=False))
    op.execute("UPDATE books SET options = options || '{\"models\": {}}' WHERE NOT options ? 'models'")


def downgrade() -> None:
    op.execute("UPDATE books SET options = options - 'models'")
    op.drop_column("assets", "items_waiting")
    op.drop_table("plans")
