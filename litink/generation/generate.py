"""The generator: makes the items of one asset side by side, each once, and survives being killed at any point.

For every item: equal cache key and stored bytes -> kept; known artefact -> taken from the cache; else made,
checked, stored (bytes first, row after) and entered in the ledger. What people edited goes on top of that (no call):
with other edits than before the content generated last is patched anew. Items of one cache key are made once and share
the result. A failed item never stops the others; where all its makers failed its stand-in makes it, if it has one.
What things cost is read from the ledger, where who spends enters it.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar
from uuid import uuid4

from sqlalchemy import Connection, Engine
from tenacity import Retrying, retry_if_exception_type, stop_after_attempt, wait_exponential_jitter

from litink.db.engine import plain_conninfo
from litink.db.transactions import steadfast
from litink.errors import Exhausted, LitinkError, PermanentFailure, TransientFailure
from litink.generation import ledger, records, results
from litink.generation.keys import data_version
from litink.generation.model import Failure, Made, Outcome, Owned, Purpose, Task
from litink.generation.progress import Progress
from litink.generation.turn import Turn
from litink.objects import Objects

ATTEMPTS = 3  # then the item fails
DATABASE_SECONDS = 60.0  # the database may be away for this long while items are made
KEEP_SECONDS = 5.0  # between looks at whether the lock still holds

T = TypeVar("T")

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Job:
    """One asset of one book being made. ``run_id`` is what the ledger knows this run by."""

    owned: Owned
    asset: str
    revision: int
    run_id: str
    workers: int
    outcome: Outcome
    stop: threading.Event


@dataclass(frozen=True)
class _Content:
    """What is in force of an item, stored: what was generated (``generated``), with the task's edits on top."""

    generated: str
    meta: Mapping[str, Any]
    patched: str | None = None  # None: nothing was edited
    size: int = 0
    media_type: str = ""


@dataclass
class _Result:
    """What was generated for a group of tasks is stored; what remains is to write the rows. ``task`` is the first of
    them, or what stood in for it; ``contents``: what is in force of each of them."""

    task: Task
    sha: str
    size: int
    made: Made
    contents: Sequence[_Content]
    started: float
    ended: float
    stood_in: bool = False


class Generator:
    """Runs tasks with a bounded pool of worker threads; ``workers`` of them unless a run wants it otherwise."""

    def __init__(self, engine: Engine, objects: Objects, workers: int) -> None:
        self._engine = engine
        self._objects = objects
        self._workers = workers

    def run(
        self,
        owned: Owned,
        asset: str,
        tasks: Sequence[Task],
        *,
        revision: int,
        run_id: str | None = None,
        workers: int | None = None,
        permitted: Callable[[Task], bool] | None = None,
    ) -> Outcome:
        """Make what is not there yet; returns when every task is done or has failed.

        ``workers``: tasks made side by side. Those that wait for a provider want as many as it takes at once, those
        that compute as many as there are cores.
        ``permitted`` is asked, in the order of the tasks, about those that would have to be made anew; what it denies
        stays as it is, with its old content if it has one. What was begun before may be finished unasked.

        Raises PermanentFailure("book-deleted") when the book vanishes meanwhile, ("book-changed") when it gets a newer
        revision, which another run works on; ValueError for doubled keys.
        """
        keys = [task.key for task in tasks]
        if len(set(keys)) != len(keys):
            raise ValueError(f"{asset}: two tasks with one key")
        started = time.monotonic()
        outcome = Outcome(asset=asset, items_total=len(tasks))
        progress = Progress(self._engine, owned, outcome, revision, run_id, started)
        job = _Job(owned, asset, revision, run_id or uuid4().hex, workers or self._workers, outcome, threading.Event())
        with self.lock(owned, asset) as turn:
            todo = self._settle_known(job, tasks, permitted or (lambda _: True))
            progress.tell(force=True)
            groups: dict[str, list[Task]] = defaultdict(list)
            for task in todo:
                groups[task.cache_key].append(task)
            self._make_all(job, list(groups.values()), progress, turn)
            made = self._transact(job, lambda c: records.items_of(c, owned.book_id, asset))
            outcome.data_version = data_version((i.key, i.blob_sha) for i in made if i.blob_sha and i.state == "done")
            outcome.seconds = time.monotonic() - started
        return outcome

    def lock(self, owned: Owned, asset: str) -> Turn:
        """One generator at a time for an asset of a book; to be entered."""
        return Turn(plain_conninfo(self._engine.url.render_as_string(hide_password=False)), owned, asset)

    def _transact(self, job: _Job, work: Callable[[Connection], T]) -> T:
        """A transaction that outlasts a restart of the database; ``work`` may be done twice."""
        return steadfast(self._engine, work, DATABASE_SECONDS, job.stop)

    def _settle_known(self, job: _Job, tasks: Sequence[Task], permitted: Callable[[Task], bool]) -> list[Task]:
        """Keep what is done, take what the cache has, leave what may not be made; returns what must be made."""
        owned, asset = job.owned, job.asset
        with self._engine.begin() as connection:
            before = {item.key: item for item in records.items_of(connection, owned.book_id, asset)}
            known = results.artefacts_for(connection, [task.cache_key for task in tasks])
        kept, hits, todo = set[str](), list[tuple[Task, _Content, Decimal]](), list[Task]()
        waiting, cached = set[str](), set[str]()
        for task in tasks:
            item, artefact = before.get(task.key), known.get(task.cache_key)
            standing = item if item and item.state == "done" and item.cache_key == task.cache_key else None
            if standing and standing.edits == task.edits_hash and self._stored(standing.blob_sha):
                kept.add(task.key)
            elif standing and task.edits and self._stored(standing.generated):
                content = self._content(task, standing.generated or "", standing.meta)
                hits.append((task, content, standing.cost_usd))
            elif artefact and self._stored(artefact.blob_sha):
                hits.append((task, self._content(task, artefact.blob_sha, artefact.meta), Decimal(0)))
                cached.add(task.cache_key)
            elif (item and item.cache_key == task.cache_key) or permitted(task):
                todo.append(task)
            else:
                waiting.add(task.key)
        with self._engine.begin() as connection:
            # The tasks may have been drawn up long ago, while somebody else had the lock.
            current = records.revision_of(connection, owned.book_id, hold=True)
            if current is None:
                raise _deleted()
            if current > job.revision:
                raise changed_meanwhile()
            swept = results.hold_artefacts(connection, cached) < len(cached)
            if not swept:
                records.declare(connection, owned, asset, tasks, kept | waiting)
                records.stand_back(connection, owned, asset, waiting)
                for task, content, cost in hits:
                    _put(connection, owned, task, content, cost)
        if swept:  # a known result was forgotten just now
            return self._settle_known(job, tasks, permitted)
        job.outcome.items_done = job.outcome.cache_hits = len(kept) + len(hits)
        job.outcome.items_waiting = len(waiting)
        return todo

    def _content(self, task: Task, generated: str, meta: Mapping[str, Any]) -> _Content:
        """What was generated with the task's edits on top, stored."""
        if task.edits is None:
            return _Content(generated, meta)
        patched = task.edits.apply(self._objects.get(generated))
        sha, told = self._objects.put(patched.data), {**meta, **patched.meta}
        return _Content(generated, told, sha, len(patched.data), patched.media_type)

    def _stored(self, sha: str | None) -> bool:
        return sha is not None and self._objects.has(sha)

    def _make_all(self, job: _Job, groups: Sequence[list[Task]], progress: Progress, turn: Turn) -> None:
        """Make the first task of each group; the others of the group take its result.

        When the book changes meanwhile nothing more is begun; what is under way is finished and kept.
        """
        waiting: dict[Future[_Result], list[Task]] = {}
        pool = ThreadPoolExecutor(job.workers, thread_name_prefix=job.asset)
        try:
            queue, changed = iter(groups), False
            while True:
                fresh = list(islice(queue, 2 * job.workers - len(waiting)))
                if fresh and self._begin(job, fresh):
                    waiting |= {pool.submit(self._make, job, group): group for group in fresh}
                elif fresh:
                    changed, queue = True, iter(())
                if not waiting:
                    if changed:
                        raise changed_meanwhile()
                    return
                finished, _ = wait(waiting, timeout=KEEP_SECONDS, return_when=FIRST_COMPLETED)
                turn.keep()
                if not finished:
                    continue
                settled = [(waiting.pop(future), future) for future in finished]
                try:
                    self._settle(job, settled)
                except BaseException:
                    waiting |= {future: group for group, future in settled}
                    raise
                progress.item = settled[-1][0][-1].label
                progress.tell()
        finally:
            job.stop.set()
            pool.shutdown(wait=True, cancel_futures=True)
            self._discard(waiting)

    def _begin(self, job: _Job, groups: Sequence[list[Task]]) -> bool:
        """Mark items as being made; False when the book has a newer revision by now."""
        keys = [task.key for group in groups for task in group]

        def begin(connection: Connection) -> bool:
            if (records.revision_of(connection, job.owned.book_id) or job.revision) > job.revision:
                return False
            records.mark_running(connection, job.owned, job.asset, keys)
            return True

        return self._transact(job, begin)

    def _discard(self, unsettled: Iterable[Future[_Result]]) -> None:
        """Remove bytes whose rows will not be written (book deleted, run stopped), unless others use them."""
        made = [future.result() for future in unsettled if not future.cancelled() and future.exception() is None]
        for sha in {sha for result in made for sha in (result.sha, *(content.patched for content in result.contents))}:
            with self._engine.begin() as connection:
                known = sha is None or results.blob_of(connection, sha) is not None
            if not known:
                self._objects.delete(sha or "")

    def _make(self, job: _Job, group: Sequence[Task]) -> _Result:
        """Make the first task of a group; what others of the group have edited goes on top of the same result."""
        task = group[0]
        retrying = Retrying(
            stop=stop_after_attempt(ATTEMPTS),
            wait=wait_exponential_jitter(initial=1, max=8, jitter=0.5),
            retry=retry_if_exception_type(TransientFailure),
            sleep=lambda seconds: _pause(job.stop, seconds),
            reraise=True,
        )
        started = time.monotonic()
        told: Mapping[str, Any] | None = None  # by a stand-in
        try:
            made = retrying(task.make, _purpose(job, task))
        except Exhausted as error:
            if task.stand_in is None:
                raise
            log.warning("a stand-in makes %s %s: %s", task.asset, task.key, error.message)
            told, task = task.stand_in.told(error), task.stand_in.draw()
            made = retrying(task.make, _purpose(job, task))
        ended = time.monotonic()
        if isinstance(made.data, Path):
            size, sha = made.data.stat().st_size, self._objects.put_file(made.data)
            made.data.unlink()
        else:
            size, sha = len(made.data), self._objects.put(made.data)
        if size == 0:
            raise PermanentFailure("empty-result", f"“{task.label}” came out empty.")
        contents = [self._content(one, sha, {**made.meta, **(told or {})}) for one in group]
        return _Result(task, sha, size, made, contents, started, ended, stood_in=told is not None)

    def _settle(self, job: _Job, finished: Sequence[tuple[list[Task], Future[_Result]]]) -> None:
        """Write the rows of finished items in one transaction."""
        owned, outcome = job.owned, job.outcome
        made = [(group, future.result()) for group, future in finished if future.exception() is None]
        failures = [
            (task, _failure(task, error))
            for group, future in finished
            if (error := future.exception())
            for task in group
        ]

        def record(connection: Connection) -> tuple[int, Decimal]:
            if records.revision_of(connection, owned.book_id) is None:
                raise _deleted()
            for group, result in made:
                self._record(connection, job, group, result)
            for task, failure in failures:
                cost = ledger.cost_of_item(connection, owned, task)
                records.record_failed(connection, owned, task.asset, failure, cost)
            return ledger.spent_by_run(connection, job.run_id, owned.book_id, job.asset)

        outcome.calls, outcome.cost_usd = self._transact(job, record)
        outcome.failures += [failure for _, failure in failures]
        for group, result in made:
            outcome.items_done += len(group)
            outcome.cache_hits += len(group) - 1
            outcome.items_stood_in += len(group) * result.stood_in
            outcome.busy.append((result.started, result.ended))

    @staticmethod
    def _record(connection: Connection, job: _Job, group: Sequence[Task], result: _Result) -> None:
        owned, task, made = job.owned, result.task, result.made
        if records.is_done(connection, owned, task, result.contents[0].patched or result.sha):
            return  # by an earlier try of this transaction, which went through after all
        seconds = (result.ended - result.started) / max(1, len(made.calls))
        for call in made.calls:
            ledger.record_call(connection, owned, task, call, seconds, job.run_id)
        cost = ledger.cost_of_item(connection, owned, task)
        results.record_blob(connection, result.sha, result.size, made.media_type)
        # What was spent before a stand-in came was spent on the item, not on what is known now: that came for nothing.
        results.record_artefact(connection, task, result.sha, made.meta, Decimal(0) if result.stood_in else cost)
        for number, (one, content) in enumerate(zip(group, result.contents, strict=True)):
            if result.stood_in:
                one = replace(task, key=one.key, label=one.label, edits=one.edits)
                records.redeclare(connection, owned, one)
            _put(connection, owned, one, content, Decimal(0) if number else cost)


def _put(connection: Connection, owned: Owned, task: Task, content: _Content, cost_usd: Decimal) -> None:
    if content.patched:
        results.record_blob(connection, content.patched, content.size, content.media_type)
    sha = content.patched or content.generated
    records.record_done(connection, owned, task, sha, content.meta, cost_usd, generated_sha=content.generated)


def _purpose(job: _Job, task: Task) -> Purpose:
    return Purpose(job.owned, task.asset, task.key, task.cache_key, job.run_id, task.label, job.stop)


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


def changed_meanwhile() -> PermanentFailure:
    """The book has a newer revision, which another run works on."""
    return PermanentFailure("book-changed", "The book was changed while it was being worked on; a newer run goes on.")
