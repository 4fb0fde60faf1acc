"""Makes one book in this process, without servers: the same jobs on the same instance, stage after stage.

Run as ``python -m assets.runner BOOK_ID [STAGE …]`` (all stages by default); exit code 0 when they are done, 1 when
one failed.
"""

from __future__ import annotations

import sys
from collections.abc import Collection
from uuid import UUID

import dagster as dg

from assets.materialise import REVISION_TAG
from litink.db.engine import application_url, engine_for
from litink.library import repository
from litink.production import stages
from litink.production.graph import STAGES
from litink.settings import get_settings


def run_book(
    book_id: UUID, defs: dg.Definitions, instance: dg.DagsterInstance, wanted: Collection[str] = tuple(STAGES)
) -> bool:
    """Run every wanted stage that is due until none is left; True when none failed."""
    engine = engine_for(application_url(get_settings()))
    instance.add_dynamic_partitions("books", [str(book_id)])
    while True:
        with engine.begin() as connection:
            mine = [
                item
                for item in stages.due(connection, limit=sys.maxsize)
                if item.book_id == book_id and item.stage in wanted
            ]
            item = next((item for item in mine if stages.launched(connection, item)), None)
        if item is None:
            break
        job = defs.resolve_job_def(f"make_{item.stage}")
        job.execute_in_process(
            instance=instance,
            partition_key=str(book_id),
            raise_on_error=False,
            tags={"litink/stage": item.stage, REVISION_TAG: str(item.revision)},
        )
    with engine.connect() as connection:
        book = repository.get_book(connection, book_id)
    return book is not None and book.state != "failed"


def main() -> int:
    from definitions import defs

    with dg.DagsterInstance.get() as instance:
        return 0 if run_book(UUID(sys.argv[1]), defs, instance, sys.argv[2:] or tuple(STAGES)) else 1


if __name__ == "__main__":
    sys.exit(main())
