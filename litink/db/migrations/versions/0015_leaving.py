"""People who leave."""

from alembic import op

revision = "0015"
down_revision = "0013"
branch_labels = None
depends_on = None

_THERE = "state in ('active','suspended')"


def upgrade() -> None:
    op.drop_constraint("state", "users", type_="check")
    op.create_check_constraint("state", "users", "state in ('active','suspended','leaving','deleted')")


def downgrade() -> None:
    op.execute("UPDATE users SET state = 'suspended' WHERE state NOT IN ('active','suspended')")
    op.drop_constraint("state", "users", type_="check")
    op.create_check_constraint("state", "users", _THERE)
