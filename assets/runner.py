"""Makes one book without servers: the same jobs on the same instance, stage after stage, in this process; where several
stages are due, the others in processes beside it.

Run as ``python -m assets.runner BOOK_ID [STAGE …]`` (all stages by default); exit code 0 when they are done, 1 when
one failed.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Collection
from uuid import UUID

import dagster as dg
from sqlalchemy import Engine

from assets.materialise import REVISION_TAG
from litink.db.engine import application_url, engine_for
from litink.library import repository
from litink.platform.processes import die_with_parent
from litink.production import stages
from litink.production.graph import EXPORTS, STAGES
from litink.production.stages import Due
from litink.settings import get_settings

_ALL = (*STAGES, EXPORTS)


def run_book(book_id: UUID, defs: dg.Definitions, instance: dg.DagsterInstance, wanted: Collection[str] = _ALL) -> bool:
    """Run every wanted stage that is due until none is left; True when none failed."""
    engine = engine_for(application_url(get_settings()))
    instance.add_dynamic_partitions("books", [str(book_id)])
    while mine := _due(engine, book_id, wanted):
        beside = [_started(book_id, item.stage) for item in mine[1:]]
        _run(engine, mine[0], defs, instance)
        for process in beside:
            process.wait()
    with engine.begin() as connection:
        book = repository.get_book(connection, book_id)
    return book is not None and book.state != "failed"


def _due(engine: Engine, book_id: UUID, wanted: Collection[str]) -> list[Due]:
    with engine.begin() as connection:
        found = stages.due(connection)
    return [item for item in found if item.book_id == book_id and item.stage in wanted]


def _started(book_id: UUID, stage: str) -> subprocess.Popen[bytes]:
    """The same for one stage, in a process that ends with this one."""
    command = [sys.executable, "-m", "assets.runner", str(book_id), stage]
    return subprocess.Popen(command, stdin=subprocess.DEVNULL, preexec_fn=die_with_parent)


def _run(engine: Engine, item: Due, defs: dg.Definitions, instance: dg.DagsterInstance) -> None:
    with engine.begin() as connection:
        if not stages.launched(connection, item):
            return  # somebody else was quicker
    defs.resolve_job_def(f"make_{item.stage}").execute_in_process(
        instance=instance,
        partition_key=str(item.book_id),
        raise_on_error=False,
        tags={"litink/stage": item.stage, REVISION_TAG: str(item.revision)},
    )


def main() -> int:
    from definitions import defs

    with dg.DagsterInstance.get() as instance:
        return 0 if run_book(UUID(sys.argv[1]), defs, instance, sys.argv[2:] or _ALL) else 1


if __name__ == "__main__":
    sys.exit(main())
