"""What a person corrected of a book's division into chapters."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "corrections",
        sa.Column("owner_id", sa.UUID(), nullable=False),
        sa.Column("book_id", sa.UUID(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("correction", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("state in ('in_force','undone','dropped')", name=op.f("ck_corrections_state")),
        sa.ForeignKeyConstraint(
            ["book_id"], ["books.id"], name=op.f("fk_corrections_book_id_books"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"], name=op.f("fk_corrections_owner_id_users")),
        sa.PrimaryKeyConstraint("book_id", "number", name=op.f("pk_corrections")),
    )
    # Every book so far stands as it was read: its one item is the reading, too.
    op.execute(
        """
        INSERT INTO items (owner_id, book_id, asset, key, position, label, cache_key, inputs, recipe, state, blob_sha,
                           meta, cost_usd, attempts, error, version, updated_at)
        SELECT owner_id, book_id, asset, 'reading', -1, 'the book as read', cache_key, inputs, recipe, state, blob_sha,
               meta, cost_usd, attempts, error, version, updated_at
        FROM items WHERE asset = 'chapters' AND key = 'book'
        """
    )
    op.execute(
        """
        INSERT INTO versions (owner_id, book_id, asset, key, number, blob_sha, cache_key, author, created_at)
        SELECT owner_id, book_id, asset, 'reading', number, blob_sha, cache_key, author, created_at
        FROM versions WHERE asset = 'chapters' AND key = 'book'
        """
    )
    op.execute("UPDATE items SET position = position + 1 WHERE asset = 'chapters'")


def downgrade() -> None:
    op.execute("DELETE FROM items WHERE asset = 'chapters' AND key = 'reading'")
    op.execute("DELETE FROM versions WHERE asset = 'chapters' AND key = 'reading'")
    op.drop_table("corrections")
