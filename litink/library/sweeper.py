"""The sweeper: removes stored bytes and known results that nothing refers to any more, long after anybody did.

Whoever stores bytes first stores them and then writes the row that refers to them, so what has no row yet may be
somebody's in a moment. Three things keep it: nothing younger than the grace goes, and storing bytes again makes them
young (:mod:`litink.objects`); rows are locked before it is asked once more whether anybody refers to them, and whoever
refers to them holds that lock until he is done; and bytes go only after their row is gone, if nobody stored them again.

Everything is done in short transactions of at most :data:`BATCH` rows. A sweep that is cut off leaves less to do for
the next, and nothing else; two at once do not get into each other's way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Literal, get_args

from sqlalchemy import ARRAY, Connection, Engine, Text, delete, exists, func, literal, select

from litink.accounts import audit
from litink.db.schema import artefacts, blobs
from litink.generation.paid import budgets
from litink.library.references import idle, unreferenced
from litink.library.shelf import Shelf
from litink.objects import PREFIXES, Objects, Stored
from litink.settings import Settings

BATCH = 500

Kind = Literal["books", "artefacts", "blobs", "unrecorded", "leftovers", "caps", "audit"]

WHAT: dict[Kind, str] = {
    "books": "books whose deletion was cut off",
    "artefacts": "known results that no book uses",
    "blobs": "bytes that nothing refers to",
    "unrecorded": "bytes that were never recorded",
    "leftovers": "files that were left half-written",
    "caps": "caps of deleted books of which nothing was spent",
    "audit": "old entries of the audit log",
}


@dataclass(frozen=True)
class Keeping:
    """From when on things are kept."""

    bytes_since: datetime
    results_since: datetime
    paid_results_since: datetime
    entries_since: datetime

    @classmethod
    def by(cls, settings: Settings, now: datetime) -> Keeping:
        return cls(
            now - timedelta(days=settings.sweep_grace_days),
            now - timedelta(days=settings.cache_days),
            now - timedelta(days=settings.cache_paid_days),
            now - timedelta(days=settings.audit_days),
        )

    @property
    def results(self) -> dict[str, datetime]:
        """As :func:`litink.library.references.idle` wants it."""
        return {"free_before": self.results_since, "paid_before": self.paid_results_since}


@dataclass
class Swept:
    """What went, or would go: how many of each kind, and their bytes."""

    counts: dict[Kind, int] = field(default_factory=lambda: dict.fromkeys(get_args(Kind), 0))
    bytes: dict[Kind, int] = field(default_factory=lambda: dict.fromkeys(get_args(Kind), 0))

    def add(self, kind: Kind, count: int, size: int = 0) -> None:
        self.counts[kind] += count
        self.bytes[kind] += size

    @property
    def total_bytes(self) -> int:
        return sum(self.bytes.values())


class Sweeper:
    """Sweeps one installation's store and tables."""

    def __init__(self, engine: Engine, objects: Objects, keeping: Keeping) -> None:
        self._engine = engine
        self._objects = objects
        self._keeping = keeping

    @classmethod
    def from_settings(cls, engine: Engine, objects: Objects, settings: Settings) -> Sweeper:
        return cls(engine, objects, Keeping.by(settings, datetime.now(UTC)))

    def sweep(self, *, dry_run: bool = False) -> Swept:
        """Remove what may go. With ``dry_run`` nothing is changed: what would go is counted, but for the bytes of
        books whose deletion was cut off."""
        swept = Swept()
        shelf = Shelf(self._engine, self._objects)
        swept.add("books", len(shelf.half_removed()) if dry_run else shelf.finish_removals())
        self._sweep_results(swept, dry_run)
        self._sweep_blobs(swept, dry_run)
        for prefix in PREFIXES:
            self._sweep_unrecorded(prefix, swept, dry_run)
        with self._engine.begin() as connection:
            swept.add("caps", budgets.forget_stray(connection, self._keeping.bytes_since, dry_run=dry_run))
            swept.add("audit", audit.remove_old(connection, self._keeping.entries_since, dry_run=dry_run))
        return swept

    # -- known results -------------------------------------------------------------------------------------------

    def _sweep_results(self, swept: Swept, dry_run: bool) -> None:
        def find(connection: Connection, after: str) -> Sequence[str]:
            query = select(artefacts.c.cache_key).where(artefacts.c.cache_key > after, idle())
            query = query.order_by(artefacts.c.cache_key).limit(BATCH)
            return connection.execute(query, self._keeping.results).scalars().all()

        for keys in self._batches(find):
            swept.add("artefacts", len(keys) if dry_run else self._forget_results(keys))

    def _forget_results(self, keys: Sequence[str]) -> int:
        mine = artefacts.c.cache_key
        with self._engine.begin() as connection:
            lock = select(mine).where(mine.in_(keys)).with_for_update(skip_locked=True)
            held = connection.execute(lock).scalars().all()
            # Asked again by a statement that sees what was committed before the lock was had.
            gone = connection.execute(delete(artefacts).where(mine.in_(held), idle()), self._keeping.results)
        return gone.rowcount

    # -- recorded bytes --------------------------------------------------------------------------------------------

    def _sweep_blobs(self, swept: Swept, dry_run: bool) -> None:
        before = self._keeping.bytes_since
        free = unreferenced(blobs.c.sha, without=idle() if dry_run else None)  # without what would have gone by now
        values = self._keeping.results if dry_run else {}

        def find(connection: Connection, after: str) -> Sequence[str]:
            query = select(blobs.c.sha).where(blobs.c.sha > after, blobs.c.created_at < before, free)
            return connection.execute(query.order_by(blobs.c.sha).limit(BATCH), values).scalars().all()

        for shas in self._batches(find):
            for sha in shas if dry_run else self._forget_blobs(shas):
                size = self._objects.size(sha) if dry_run else self._objects.discard(sha, before)
                swept.add("blobs", 1, size or 0)

    def _forget_blobs(self, shas: Sequence[str]) -> Sequence[str]:
        with self._engine.begin() as connection:
            lock = select(blobs.c.sha).where(blobs.c.sha.in_(shas)).with_for_update(skip_locked=True)
            held = connection.execute(lock).scalars().all()
            gone = delete(blobs).where(blobs.c.sha.in_(held), unreferenced(blobs.c.sha)).returning(blobs.c.sha)
            return connection.execute(gone).scalars().all()

    # -- bytes without a row -----------------------------------------------------------------------------------------

    def _sweep_unrecorded(self, prefix: str, swept: Swept, dry_run: bool) -> None:
        """Bytes whose row was never written, or whose bytes a kill left behind."""
        before = self._keeping.bytes_since
        if not dry_run:
            swept.add("leftovers", *self._objects.clear_leftovers(prefix, before))
        old = (stored for stored in self._objects.stored(prefix) if stored.modified < before)
        while batch := list(islice(old, BATCH)):
            for stored in self._unknown(batch):
                size = stored.bytes if dry_run else self._objects.discard(stored.sha, before)
                if size is not None:
                    swept.add("unrecorded", 1, size)

    def _unknown(self, batch: Sequence[Stored]) -> Iterator[Stored]:
        """Those of which the tables know nothing."""
        shas = [stored.sha for stored in batch]
        asked = select(func.unnest(literal(shas, ARRAY(Text))).label("sha")).subquery()
        recorded = exists(select(blobs.c.sha).where(blobs.c.sha == asked.c.sha))
        query = select(asked.c.sha).where(~recorded, unreferenced(asked.c.sha))
        with self._engine.begin() as connection:
            unknown = set(connection.execute(query).scalars())
        return (stored for stored in batch if stored.sha in unknown)

    def _batches(self, find: Callable[[Connection, str], Sequence[str]]) -> Iterator[Sequence[str]]:
        """What is found after the last name of the batch before, until nothing is left."""
        after = ""
        while True:
            with self._engine.begin() as connection:
                found = find(connection, after)
            if not found:
                return
            yield found
            after = found[-1]
