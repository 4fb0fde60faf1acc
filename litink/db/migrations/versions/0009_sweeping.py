"""Indexes by which is found who refers to stored bytes and to known results, so that what nobody uses can go."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_PLAIN = [
    ("items", "blob_sha"),
    ("items", "cache_key"),
    ("versions", "blob_sha"),
    ("versions", "cache_key"),
    ("artefacts", "blob_sha"),
    ("books", "source_sha"),
]
_WHERE_GIVEN = [("items", "generated_sha"), ("books", "cover_sha")]


def upgrade() -> None:
    for table, column in _PLAIN:
        op.create_index(f"ix_{table}_{column}", table, [column])
    for table, column in _WHERE_GIVEN:
        op.create_index(f"ix_{table}_{column}", table, [column], postgresql_where=sa.text(f"{column} is not null"))


def downgrade() -> None:
    for table, column in [*_PLAIN, *_WHERE_GIVEN]:
        op.drop_index(f"ix_{table}_{column}", table_name=table)
