"""Edits on top of what is generated; versions know their author's edit and their branch."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "edits",
        sa.Column("owner_id", sa.UUID(), nullable=False),
        sa.Column("book_id", sa.UUID(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("asset", sa.String(length=40), nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("edit", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("state in ('in_force','undone','dropped')", name=op.f("ck_edits_state")),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"], name=op.f("fk_edits_owner_id_users")),
        sa.ForeignKeyConstraint(["book_id"], ["books.id"], name=op.f("fk_edits_book_id_books"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("book_id", "number", name=op.f("pk_edits")),
    )
    op.add_column("items", sa.Column("generated_sha", sa.String(length=64)))
    op.add_column("items", sa.Column("edits", sa.String(length=64), server_default="", nullable=False))
    op.create_foreign_key(op.f("fk_items_generated_sha_blobs"), "items", "blobs", ["generated_sha"], ["sha"])
    op.add_column("versions", sa.Column("name", sa.Text()))
    op.add_column("versions", sa.Column("edit", sa.Integer()))


def downgrade() -> None:
    # What was generated takes the place of what was edited.
    op.execute("UPDATE items SET blob_sha = generated_sha WHERE generated_sha IS NOT NULL")
    op.drop_column("versions", "edit")
    op.drop_column("versions", "name")
    op.drop_constraint(op.f("fk_items_generated_sha_blobs"), "items", type_="foreignkey")
    op.drop_column("items", "edits")
    op.drop_column("items", "generated_sha")
    op.drop_table("edits")
