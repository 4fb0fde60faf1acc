"""What was asked for of a book besides its film and audiobook."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB, UUID

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "exports",
        sa.Column("owner_id", UUID(as_uuid=True), nullable=False),
        sa.Column("book_id", UUID(as_uuid=True), nullable=False),
        sa.Column("key", sa.String(40), nullable=False),
        sa.Column("wanted", JSONB, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"], name="fk_exports_owner_id_users"),
        sa.ForeignKeyConstraint(["book_id"], ["books.id"], name="fk_exports_book_id_books", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("book_id", "key", name="pk_exports"),
    )


def downgrade() -> None:
    op.drop_table("exports")
