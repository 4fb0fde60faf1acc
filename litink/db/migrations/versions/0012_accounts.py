"""People with addresses, passwords, sessions and tokens; mail to them; books that everybody may read."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, UUID

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

ROLES = "role in ('user','creator','author','superadmin')"

# The policies and rights that litink.db.tenancy lays over the tables name columns of these.
UNPROTECT = """
DO $$
DECLARE found record;
BEGIN
    FOR found IN SELECT policyname, tablename FROM pg_policies WHERE schemaname = 'public' LOOP
        EXECUTE format('DROP POLICY %I ON %I', found.policyname, found.tablename);
    END LOOP;
    FOR found IN SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relrowsecurity LOOP
        EXECUTE format('ALTER TABLE %I NO FORCE ROW LEVEL SECURITY', found.relname);
        EXECUTE format('ALTER TABLE %I DISABLE ROW LEVEL SECURITY', found.relname);
    END LOOP;
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'litink_app') THEN
        REVOKE ALL ON ALL TABLES IN SCHEMA public FROM litink_app;
        REVOKE ALL ON SCHEMA public FROM litink_app;
    END IF;
END $$
"""


def _time(name: str, *, nullable: bool = True, now: bool = False) -> sa.Column[object]:
    return sa.Column(
        name,
        sa.DateTime(timezone=True),
        nullable=nullable and not now,
        server_default=sa.func.now() if now else None,
    )


def _owner() -> sa.Column[object]:
    return sa.Column("owner_id", UUID(as_uuid=True), nullable=False)


def _owners(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["owner_id"], ["users.id"], name=f"fk_{table}_owner_id_users")


def upgrade() -> None:
    op.add_column("users", sa.Column("email", sa.Text))
    op.add_column("users", _time("verified_at"))
    op.add_column("users", sa.Column("password_hash", sa.Text))
    op.add_column("users", sa.Column("role", sa.String(10), nullable=False, server_default="user"))
    op.add_column("users", sa.Column("state", sa.String(9), nullable=False, server_default="active"))
    op.create_unique_constraint("uq_users_email", "users", ["email"])
    op.create_check_constraint("role", "users", ROLES)
    op.create_check_constraint("state", "users", "state in ('active','suspended')")
    op.add_column("books", _time("published_at"))
    op.create_index("ix_books_published", "books", ["id"], postgresql_where=sa.text("published_at is not null"))
    op.create_table(
        "sessions",
        sa.Column("id", UUID(as_uuid=True), nullable=False, server_default=sa.text("uuidv7()")),
        _owner(),
        sa.Column("agent", sa.Text, nullable=False),
        sa.Column("network", sa.Text, nullable=False),
        _time("created_at", now=True),
        _time("used_at", now=True),
        _time("expires_at", nullable=False),
        _time("ended_at"),
        sa.Column("why", sa.String(10)),
        _owners("sessions"),
        sa.PrimaryKeyConstraint("id", name="pk_sessions"),
        sa.CheckConstraint("why in ('logout','revoked','reused','password','suspended')", name="why"),
    )
    op.create_index("ix_sessions_owner_id_id", "sessions", ["owner_id", "id"])
    op.create_table(
        "refresh_tokens",
        sa.Column("hash", sa.String(64), nullable=False),
        _owner(),
        sa.Column("session_id", UUID(as_uuid=True), nullable=False),
        _time("created_at", now=True),
        _time("used_at"),
        _owners("refresh_tokens"),
        sa.ForeignKeyConstraint(
            ["session_id"], ["sessions.id"], name="fk_refresh_tokens_session_id_sessions", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("hash", name="pk_refresh_tokens"),
    )
    op.create_index("ix_refresh_tokens_session_id", "refresh_tokens", ["session_id"])
    op.create_table(
        "proofs",
        sa.Column("hash", sa.String(64), nullable=False),
        _owner(),
        sa.Column("purpose", sa.String(8), nullable=False),
        sa.Column("email", sa.Text, nullable=False),
        _time("created_at", now=True),
        _time("expires_at", nullable=False),
        _owners("proofs"),
        sa.PrimaryKeyConstraint("hash", name="pk_proofs"),
        sa.CheckConstraint("purpose in ('verify','reset','change')", name="purpose"),
    )
    op.create_index("ix_proofs_owner_id", "proofs", ["owner_id"])
    op.create_table(
        "api_tokens",
        sa.Column("id", UUID(as_uuid=True), nullable=False, server_default=sa.text("uuidv7()")),
        _owner(),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("scopes", ARRAY(sa.String(8)), nullable=False),
        _time("created_at", now=True),
        _time("used_at"),
        _time("expires_at"),
        _owners("api_tokens"),
        sa.PrimaryKeyConstraint("id", name="pk_api_tokens"),
        sa.UniqueConstraint("hash", name="uq_api_tokens_hash"),
        sa.CheckConstraint("scopes <@ array['read','write','spend']::varchar[]", name="scopes"),
    )
    op.create_index("ix_api_tokens_owner_id_id", "api_tokens", ["owner_id", "id"])
    op.create_table(
        "login_failures",
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("failures", sa.Integer, nullable=False),
        _time("until", nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_login_failures"),
    )
    op.create_index("ix_login_failures_until", "login_failures", ["until"])
    op.create_table(
        "mails",
        sa.Column("id", sa.BigInteger, sa.Identity(), nullable=False),
        _owner(),
        sa.Column("recipient", sa.Text, nullable=False),
        sa.Column("template", sa.String(20), nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("text", sa.Text),
        sa.Column("html", sa.Text),
        sa.Column("state", sa.String(8), nullable=False, server_default="waiting"),
        sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
        _time("due_at", now=True),
        sa.Column("error", JSONB),
        _time("created_at", now=True),
        _time("ended_at"),
        _owners("mails"),
        sa.PrimaryKeyConstraint("id", name="pk_mails"),
        sa.CheckConstraint("state in ('waiting','sending','sent','failed','unknown')", name="state"),
    )
    op.create_index("ix_mails_due_at", "mails", ["due_at"], postgresql_where=sa.text("state in ('waiting','sending')"))
    op.create_index("ix_mails_owner_id", "mails", ["owner_id"])


def downgrade() -> None:
    op.execute(UNPROTECT)
    for table in ("mails", "login_failures", "api_tokens", "proofs", "refresh_tokens", "sessions"):
        op.drop_table(table)
    op.drop_index("ix_books_published", "books")
    op.drop_column("books", "published_at")
    for column in ("state", "role", "password_hash", "verified_at", "email"):
        op.drop_column("users", column)
