"""The audit log, which only grows; margins of days that were reported before are to be reckoned anew."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

# Holds for the tables' owner too. What may happen to an entry: its network is forgotten; it is removed on purpose when
# it is thirty days old or older.
KEPT = """
CREATE FUNCTION audit_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.network IS NULL AND to_jsonb(NEW) - 'network' = to_jsonb(OLD) - 'network' THEN
        RETURN NEW;
    END IF;
    IF TG_OP = 'DELETE' AND current_setting('litink.audit_upkeep', true) = 'on'
            AND OLD.created_at < now() - interval '30 days' THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'entries of the audit log are kept as they are' USING ERRCODE = 'insufficient_privilege';
END $$
"""


def upgrade() -> None:
    op.create_table(
        "audit",
        sa.Column("id", sa.UUID(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("actor_id", sa.UUID(), nullable=True),
        sa.Column("via", sa.String(length=8), nullable=False),
        sa.Column("action", sa.String(length=40), nullable=False),
        sa.Column("target_kind", sa.String(length=12), nullable=False),
        sa.Column("target_id", sa.Text(), nullable=False),
        sa.Column("details", JSONB, server_default="{}", nullable=False),
        sa.Column("request_id", sa.String(length=64), nullable=True),
        sa.Column("network", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
    )
    op.create_index("ix_audit_actor_id_id", "audit", ["actor_id", "id"], unique=False)
    op.create_index("ix_audit_target_id_id", "audit", ["target_id", "id"], unique=False)
    op.create_index("ix_audit_created_at", "audit", ["created_at"], unique=False)
    op.execute(KEPT)
    op.execute("UPDATE cost_days SET figures = jsonb_set(figures, '{margins}', '[]')")
    op.execute(
        "CREATE TRIGGER audit_is_kept BEFORE UPDATE OR DELETE ON audit FOR EACH ROW EXECUTE FUNCTION audit_is_kept()"
    )
    op.execute(
        "CREATE TRIGGER audit_is_kept_whole BEFORE TRUNCATE ON audit FOR EACH STATEMENT EXECUTE FUNCTION audit_is_kept()"
    )


def downgrade() -> None:
    op.execute("UPDATE cost_days SET figures = jsonb_set(figures, '{margins}', '[]')")
    op.drop_table("audit")
    op.execute("DROP FUNCTION audit_is_kept()")
