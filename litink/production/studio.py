"""The studio: everything production needs, wired once a process; materialises one asset of one book."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Engine

from litink.db.engine import application_url, engine_for, plain_conninfo
from litink.errors import LitinkError, PermanentFailure
from litink.generation import records
from litink.generation.generate import Generator, changed_meanwhile
from litink.generation.model import Outcome
from litink.generation.presence import Presence
from litink.generation.progress import progress_data
from litink.library import repository
from litink.objects import Objects
from litink.production import stages
from litink.production.context import Production
from litink.production.engines import Engines, cashier_of
from litink.production.graph import Family, family_of
from litink.production.plan.permission import permission
from litink.production.plan.planner import Planner
from litink.production.plan.present import Present
from litink.production.plan.staleness import survey
from litink.settings import Settings

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Studio:
    engine: Engine
    objects: Objects
    engines: Engines
    generator: Generator
    presence: Presence

    @classmethod
    @contextmanager
    def opened(cls, settings: Settings) -> Iterator[Studio]:
        engine = engine_for(application_url(settings))
        objects = Objects.from_settings(settings)
        with (
            Presence(plain_conninfo(application_url(settings))) as presence,
            Engines.opened(settings, lambda: cashier_of(settings, engine, objects)) as engines,
        ):
            yield cls(engine, objects, engines, Generator(engine, objects, settings.workers), presence)

    def production(self, book_id: UUID) -> Production:
        return Production(self.engine, self.objects, self.engines, book_id)

    @property
    def planner(self) -> Planner:
        return Planner(self.engine, self.objects, self.engines)

    def materialise(
        self, book_id: UUID, asset: str, run_id: str | None = None, *, revision: int | None = None
    ) -> tuple[Production, Outcome]:
        """Make what the asset of this book lacks; the production returned sees the result. What is paid for is only
        made where it is permitted (:mod:`litink.production.plan.permission`).

        Items may fail singly: the outcome lists them and the rest stands. Raises when nothing at all could be
        made, after the asset, its stage and the book have been marked with a reason that a person can read.
        ``revision`` is the one that the run was launched for: when the book has a newer one by now, or gets one
        meanwhile, the run ends with PermanentFailure("book-changed") and nothing but its own stage is closed.
        """
        family = _family(asset)
        self.presence.at(book_id)
        production = self.production(book_id)
        owned = production.owned
        if revision is not None and revision != production.record.revision:
            with self.engine.begin() as connection:
                stages.fail_stage(connection, owned, family.stage, revision, _reason(changed_meanwhile()))
            raise changed_meanwhile()
        revision = production.record.revision
        if run_id:
            with self.engine.begin() as connection:
                stages.attach_run(connection, book_id, family.stage, revision, run_id)
        try:
            tasks = family.tasks(production)
            width = production.engines.width(owned.tier, *family.done_by)
            outcome = self.generator.run(
                owned,
                asset,
                tasks,
                revision=revision,
                run_id=run_id,
                workers=width,
                permitted=permission(production, asset),
            )
            production.forget(asset)
            if outcome.failures and not (outcome.items_done or outcome.items_waiting or family.dispensable):
                first = outcome.failures[0]
                raise PermanentFailure(first.code, f"Nothing of “{asset}” could be made. {first.message}")
            if family.publish:
                family.publish(production)
            with self.engine.begin() as connection:
                production.hold(connection)
                records.record_asset(connection, owned, outcome, state="done", revision=revision, run_id=run_id)
                records.record_event(connection, owned, "asset", progress_data(outcome, "done"))
        except Exception as error:
            self.fail(production, asset, error, run_id)
            raise
        return production, outcome

    def out_of_date(self, production: Production, asset: str) -> dict[str, list[str]]:
        """Why items of the asset are not as they would be made now: the items' labels by reason."""
        present = Present(self.engine, self.objects, self.engines, production.record.id)
        found: dict[str, list[str]] = {}
        for one in survey(present).findings:
            if one.asset == asset and one.task is not None:
                found.setdefault("; ".join(reason.text for reason in one.why), []).append(one.label)
        return found

    def settle(self, production: Production, asset: str) -> None:
        """The asset stands, its checks passed: let what waits for it go on."""
        with self.engine.begin() as connection:
            stages.settle_asset(connection, production.owned, _family(asset).stage, production.record.revision)

    def fail(self, production: Production, asset: str, error: Exception, run_id: str | None) -> None:
        """Mark asset, stage and book with the reason; of a book that has a newer revision by now, only the stage."""
        stage, revision = _family(asset).stage, production.record.revision
        outcome = Outcome(asset=asset)
        with self.engine.begin() as connection:
            book = repository.lock_book(connection, production.record.id)
            if book is None:
                return
            if book.revision != revision:
                stages.fail_stage(connection, production.owned, stage, revision, _reason(changed_meanwhile()))
                return
            if not isinstance(error, LitinkError):
                log.error("asset failed: %s of %s", asset, production.record.id, exc_info=error)
            reason = _reason(error, asset)
            known = records.items_of(connection, production.record.id, asset)
            outcome.items_total = len(known)
            outcome.items_done = sum(item.state == "done" for item in known)
            records.record_asset(
                connection, production.owned, outcome, state="failed", revision=revision, run_id=run_id, error=reason
            )
            data = progress_data(outcome, "failed") | {"error": reason}
            records.record_event(connection, production.owned, "asset", data)
            stages.fail_stage(connection, production.owned, stage, revision, reason)


def _family(asset: str) -> Family:
    family = family_of(asset)
    assert family is not None, asset  # the callers are the assets
    return family


def _reason(error: Exception, asset: str = "") -> dict[str, str]:
    """What a person is told."""
    if isinstance(error, LitinkError):
        return {"code": error.code, "message": error.message}
    return {"code": "internal", "message": f"An unexpected {type(error).__name__} in “{asset}”."}
