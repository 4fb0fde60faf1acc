"""Works on a book until it is killed: the sensors and their runs, in a process of their own. For tests."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from litink.production.backfill.driver import Driver
from litink.production.studio import Studio
from litink.settings import Settings
from tests.production.plan.conftest import rest, work


def carry_out(wired: Mapping[str, Any], book_id: UUID, plan_id: UUID | None) -> None:
    """Apply the plan and work it off; without one, what a backfill wants of the book."""
    with Studio.opened(Settings(_env_file=None, **wired)) as studio:
        record = studio.production(book_id).record
        if plan_id is not None:
            studio.planner.apply(record, plan_id, record.owner_id)
            work(studio, book_id, film=False)
            return
        driver = Driver(studio.engine, studio.planner)
        while True:
            moved, worked = driver.step(), work(studio, book_id, film=False)
            if worked:
                rest(studio, book_id)
            if not moved and not worked:
                return


if __name__ == "__main__":
    with Studio.opened(Settings(_env_file=None, **json.loads(sys.argv[1]))) as studio:
        work(studio, UUID(sys.argv[2]), film=False)
