"""Books that wait for a person's word before anything of them is made; whether pictures become clips is an option."""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def _states(*states: str) -> None:
    op.drop_constraint(op.f("ck_books_state"), "books", type_="check")
    named = ",".join(f"'{state}'" for state in states)
    op.create_check_constraint(op.f("ck_books_state"), "books", f"state in ({named})")


def upgrade() -> None:
    _states("unstarted", "queued", "working", "ready", "failed", "deleting")
    # Books that have clips keep them: nobody pays for them again, or loses them.
    op.execute(
        """
        UPDATE books SET options = options || jsonb_build_object('motion', CASE WHEN EXISTS (
            SELECT FROM items WHERE items.book_id = books.id AND items.asset = 'motion'
        ) THEN 'clips' ELSE 'stills' END)
        """
    )


def downgrade() -> None:
    op.execute("UPDATE books SET state = 'queued' WHERE state = 'unstarted'")
    op.execute("UPDATE books SET options = options - 'motion'")
    _states("queued", "working", "ready", "failed", "deleting")
