"""Voices of people's own, made by a provider after recordings."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB, UUID

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "voice_clones",
        sa.Column("id", UUID(as_uuid=True), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("owner_id", UUID(as_uuid=True), nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("gender", sa.String(10), nullable=False),
        sa.Column("age", sa.String(10), nullable=False),
        sa.Column("accent", sa.String(2), nullable=False),
        sa.Column("manner", sa.Text, nullable=False),
        sa.Column("samples", JSONB, nullable=False),
        sa.Column("consent", sa.Text, nullable=False),
        sa.Column("mark", sa.String(32), nullable=False),
        sa.Column("voice", sa.Text),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"], name="fk_voice_clones_owner_id_users"),
        sa.PrimaryKeyConstraint("id", name="pk_voice_clones"),
        sa.UniqueConstraint("mark", name="uq_voice_clones_mark"),
        sa.UniqueConstraint("voice", name="uq_voice_clones_voice"),
        sa.UniqueConstraint("owner_id", "name", name="uq_voice_clones_owner_id_name"),
        sa.CheckConstraint("state in ('making','ready','removing')", name="state"),
        sa.CheckConstraint("voice is not null or state <> 'ready'", name="voice"),
    )


def downgrade() -> None:
    op.drop_table("voice_clones")
