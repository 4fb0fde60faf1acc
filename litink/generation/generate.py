"""The generator: makes the items of one asset side by side, each once, and survives being killed at any point.

For every item: equal cache key and stored bytes -> kept; known artefact -> taken from the cache; else made,
checked, stored (bytes first, row after) and entered in the ledger. Items of one cache key are made once and share
the result. A failed item never stops the others.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice
from pathlib import Path

import psycopg
from sqlalchemy import Engine
from tenacity import Retrying, retry_if_exception_type, stop_after_attempt, wait_exponential_jitter

from litink.db.engine import plain_conninfo
from litink.errors import LitinkError, PermanentFailure, TransientFailure
from litink.generation import records
from litink.generation.keys import data_version
from litink.generation.model import Failure, Made, Outcome, Task
from litink.generation.records import Owned
from litink.objects import Objects

ATTEMPTS = 3  # then the item fails
PROGRESS_SECONDS = 0.25  # at most this often is progress told

log = logging.getLogger(__name__)


@dataclass
class _Result:
    """An item's bytes are stored; what remains is to write the rows."""

    task: Task
    sha: str
    size: int
    made: Made
    started: float
    ended: float


class Generator:
    """Runs tasks with a bounded pool of worker threads."""

    def __init__(self, engine: Engine, objects: Objects, workers: int) -> None:
        self._engine = engine
        self._objects = objects
        self._workers = workers

    def run(
        self, owned: Owned, asset: str, tasks: Sequence[Task], *, revision: int, run_id: str | None = None
    ) -> Outcome:
        """Make what is not there yet; returns when every task is done or has failed.

        Raises PermanentFailure("book-deleted") when the book vanishes meanwhile, ValueError for doubled keys.
        """
        keys = [task.key for task in tasks]
        if len(set(keys)) != len(keys):
            raise ValueError(f"{asset}: two tasks with one key")
        started = time.monotonic()
        outcome = Outcome(asset=asset, items_total=len(tasks))
        progress = _Progress(self._engine, owned, outcome, revision, run_id, started)
        with self.lock(owned, asset):
            todo = self._settle_known(owned, asset, tasks, outcome)
            progress.tell(force=True)
            groups: dict[str, list[Task]] = defaultdict(list)
            for task in todo:
                groups[task.cache_key].append(task)
            self._make_all(owned, asset, list(groups.values()), outcome, progress)
            with self._engine.begin() as connection:
                done = records.items_of(connection, owned.book_id, asset)
                outcome.data_version = data_version(
                    (i.key, i.blob_sha) for i in done if i.blob_sha and i.state == "done"
                )
                outcome.seconds = time.monotonic() - started
        return outcome

    @contextmanager
    def lock(self, owned: Owned, asset: str) -> Iterator[None]:
        """One generator at a time for an asset of a book; the lock falls with its process, so it also shows life."""
        with psycopg.connect(
            plain_conninfo(self._engine.url.render_as_string(hide_password=False)), autocommit=True
        ) as connection:
            connection.execute("SELECT pg_advisory_lock_shared(hashtextextended(%s, 1))", (str(owned.book_id),))
            connection.execute("SELECT pg_advisory_lock(hashtextextended(%s, 2))", (f"{owned.book_id}/{asset}",))
            yield

    def _settle_known(self, owned: Owned, asset: str, tasks: Sequence[Task], outcome: Outcome) -> list[Task]:
        """Keep what is done, take what the cache has; returns what must be made."""
        with self._engine.begin() as connection:
            if not records.book_exists(connection, owned.book_id):
                raise _deleted()
            before = {item.key: item for item in records.items_of(connection, owned.book_id, asset)}
            known = records.artefacts_for(connection, [task.cache_key for task in tasks])
        kept, hits, todo = set[str](), list[Task](), list[Task]()
        for task in tasks:
            item, artefact = before.get(task.key), known.get(task.cache_key)
            if item and item.state == "done" and item.cache_key == task.cache_key and self._stored(item.blob_sha):
                kept.add(task.key)
            elif artefact and self._stored(artefact.blob_sha):
                hits.append(task)
            else:
                todo.append(task)
        with self._engine.begin() as connection:
            records.declare(connection, owned, asset, tasks, kept)
            for task in hits:
                artefact = known[task.cache_key]
                records.record_done(connection, owned, task, artefact.blob_sha, artefact.meta, Decimal(0))
        outcome.items_done = outcome.cache_hits = len(kept) + len(hits)
        return todo

    def _stored(self, sha: str | None) -> bool:
        return sha is not None and self._objects.has(sha)

    def _make_all(
        self, owned: Owned, asset: str, groups: Sequence[list[Task]], outcome: Outcome, progress: _Progress
    ) -> None:
        """Make the first task of each group; the others of the group take its result."""
        stop = threading.Event()
        waiting: dict[Future[_Result], list[Task]] = {}
        pool = ThreadPoolExecutor(self._workers, thread_name_prefix=asset)
        try:
            queue = iter(groups)
            while True:
                fresh = list(islice(queue, 2 * self._workers - len(waiting)))
                if fresh:
                    with self._engine.begin() as connection:
                        records.mark_running(connection, owned, asset, [task.key for group in fresh for task in group])
                    waiting |= {pool.submit(self._make, group[0], stop): group for group in fresh}
                if not waiting:
                    return
                finished, _ = wait(waiting, return_when=FIRST_COMPLETED)
                settled = [(waiting.pop(future), future) for future in finished]
                try:
                    self._settle(owned, settled, outcome)
                except BaseException:
                    waiting |= {future: group for group, future in settled}
                    raise
                progress.item = settled[-1][0][-1].label
                progress.tell()
        finally:
            stop.set()
            pool.shutdown(wait=True, cancel_futures=True)
            self._discard(waiting)

    def _discard(self, unsettled: Iterable[Future[_Result]]) -> None:
        """Remove bytes whose rows will not be written (book deleted, run stopped), unless others use them."""
        made = [future.result() for future in unsettled if not future.cancelled() and future.exception() is None]
        for result in made:
            with self._engine.connect() as connection:
                known = records.blob_of(connection, result.sha)
            if known is None:
                self._objects.delete(result.sha)

    def _make(self, task: Task, stop: threading.Event) -> _Result:
        retrying = Retrying(
            stop=stop_after_attempt(ATTEMPTS),
            wait=wait_exponential_jitter(initial=1, max=8, jitter=0.5),
            retry=retry_if_exception_type(TransientFailure),
            sleep=lambda seconds: _pause(stop, seconds),
            reraise=True,
        )
        started = time.monotonic()
        made = retrying(task.make)
        ended = time.monotonic()
        if isinstance(made.data, Path):
            size, sha = made.data.stat().st_size, self._objects.put_file(made.data)
            made.data.unlink()
        else:
            size, sha = len(made.data), self._objects.put(made.data)
        if size == 0:
            raise PermanentFailure("empty-result", f"“{task.label}” came out empty.")
        return _Result(task, sha, size, made, started, ended)

    def _settle(self, owned: Owned, finished: Sequence[tuple[list[Task], Future[_Result]]], outcome: Outcome) -> None:
        """Write the rows of finished items in one transaction."""
        with self._engine.begin() as connection:
            if not records.book_exists(connection, owned.book_id):
                raise _deleted()
            for group, future in finished:
                error = future.exception()
                if error is not None:
                    for task in group:
                        failure = _failure(task, error)
                        outcome.failures.append(failure)
                        records.record_failed(connection, owned, task.asset, failure)
                    continue
                result, task = future.result(), group[0]
                cost = sum((call.cost_usd for call in result.made.calls), Decimal(0))
                records.record_blob(connection, result.sha, result.size, result.made.media_type)
                records.record_artefact(connection, task, result.sha, result.made.meta, cost)
                records.record_done(connection, owned, task, result.sha, result.made.meta, cost)
                seconds = (result.ended - result.started) / max(1, len(result.made.calls))
                for call in result.made.calls:
                    records.record_call(connection, owned, task, call, seconds)
                for other in group[1:]:
                    records.record_done(connection, owned, other, result.sha, result.made.meta, Decimal(0))
                outcome.items_done += len(group)
                outcome.cache_hits += len(group) - 1
                outcome.calls += len(result.made.calls)
                outcome.cost_usd += cost
                outcome.busy.append((result.started, result.ended))


class _Progress:
    """Tells the book's watchers how far an asset is, not more often than they can read."""

    def __init__(
        self, engine: Engine, owned: Owned, outcome: Outcome, revision: int, run_id: str | None, started: float
    ) -> None:
        self._engine, self._owned, self._outcome = engine, owned, outcome
        self._revision, self._run_id, self._started = revision, run_id, started
        self._told = 0.0
        self.item = ""  # the label of what was finished last

    def tell(self, *, force: bool = False) -> None:
        now = time.monotonic()
        if not force and now - self._told < PROGRESS_SECONDS:
            return
        self._told = now
        self._outcome.seconds = now - self._started
        with self._engine.begin() as connection:
            records.record_asset(
                connection, self._owned, self._outcome, state="running", revision=self._revision, run_id=self._run_id
            )
            records.record_event(
                connection, self._owned, "asset", progress_data(self._outcome, "running") | {"item": self.item}
            )


def progress_data(outcome: Outcome, state: str) -> dict[str, object]:
    """What an event stream says about an asset."""
    return {
        "asset": outcome.asset,
        "state": state,
        "done": outcome.items_done,
        "failed": outcome.items_failed,
        "total": outcome.items_total,
        "cost_usd": float(outcome.cost_usd),
        "seconds": round(outcome.seconds, 2),
    }


def _pause(stop: threading.Event, seconds: float) -> None:
    stop.wait(seconds)


def _failure(task: Task, error: BaseException) -> Failure:
    if isinstance(error, LitinkError):
        return Failure(task.key, task.label, error.code, error.message)
    log.error("item failed: %s %s", task.asset, task.key, exc_info=error)
    return Failure(
        task.key, task.label, "internal", f"An unexpected {type(error).__name__} while making “{task.label}”."
    )


def _deleted() -> PermanentFailure:
    return PermanentFailure("book-deleted", "The book was deleted while it was being worked on.")
