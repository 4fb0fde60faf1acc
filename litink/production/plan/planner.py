"""Plans as acts: draw one up, look at it, apply it. Rows and content are next door."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import Connection, Engine

from litink.errors import LitinkError, PermanentFailure
from litink.generation.keys import content_hash
from litink.library import repository
from litink.library.allowances import Allowances, words_of
from litink.library.changes import author_of
from litink.library.options import MakeOptions
from litink.library.repository import BookRecord
from litink.objects import Objects
from litink.production.engines import Engines
from litink.production.plan import records
from litink.production.plan.changes import changed
from litink.production.plan.drafting import drawn_up
from litink.production.plan.model import Draft, PlanOptions
from litink.production.plan.news import news_since
from litink.production.plan.present import Present
from litink.production.plan.records import PlanRecord, PlanSummary

DAYS = 7  # so long a price holds


@dataclass(frozen=True)
class Planner:
    """Draws up and applies the plans of one installation's books."""

    engine: Engine
    objects: Objects
    engines: Engines

    @property
    def allowances(self) -> Allowances | None:
        """What owners' subscriptions allow; None: everything."""
        return Allowances.from_settings(self.engines.settings)

    def plan(self, book: BookRecord, options: PlanOptions) -> PlanRecord:
        """What of the book is out of date and what redoing it costs. Changes nothing but the list of plans.

        Raises LitinkError("book-unstarted"), Refused for options that make no sense.
        """
        _must_be_started(book)
        draft = self._draft(book, options)[0]
        with self.engine.begin() as connection:
            return records.put(connection, repository.owned(book), book.revision, options, draft)

    def plans(self, book: BookRecord) -> Sequence[PlanSummary]:
        """All that were made of the book and are kept, the newest first."""
        with self.engine.begin() as connection:
            return records.of_book(connection, book.id)

    def get(self, book: BookRecord, plan_id: UUID) -> PlanRecord:
        """Raises LitinkError("no-such-plan")."""
        with self.engine.begin() as connection:
            return _must_be(records.get(connection, book.id, plan_id))

    def apply(self, book: BookRecord, plan_id: UUID, user_id: UUID) -> PlanRecord:
        """Have the book worked on as the plan says; what it names is bought, at its upper price at most.

        One that was applied before is left as it is. Raises LitinkError "no-such-plan", "plan-expired" (prices hold
        for a week), "plan-outdated" (the message says what changed meanwhile); such a plan can only be made anew.
        """
        with self.engine.begin() as connection:
            record = repository.lock_book(connection, book.id)
            if record is None:
                raise PermanentFailure("no-such-book", "There is no such book.")
            plan = _must_be(records.get(connection, book.id, plan_id, hold=True))
            if plan.state in ("applied", "done"):
                return plan
            _must_be_started(record)
            problem = self._problem(connection, record, plan, author_of(connection, user_id))
            found = _must_be(records.get(connection, book.id, plan_id))
        if problem is not None:  # after the commit: the plan stays refused
            raise problem
        return found

    def _problem(self, connection: Connection, record: BookRecord, plan: PlanRecord, by: str) -> LitinkError | None:
        """Apply the plan, or say why it cannot be."""
        if plan.state == "expired" or datetime.now(UTC) - plan.created_at > timedelta(days=DAYS):
            records.expire(connection, plan.id)
            return LitinkError("plan-expired", f"A plan's prices hold for {DAYS} days; make a new one.")
        if plan.state == "refused":
            return _outdated(plan.why or "")
        draft, options = self._draft(record, plan.options)
        if draft.fingerprint != plan.draft.fingerprint:
            why = news_since(connection, record, plan, draft)
            records.refuse(connection, plan.id, why)
            return _outdated(why)
        wishes = options.model_dump(mode="json")
        if wishes != record.options:
            self._allow(connection, record, options)
            repository.put_options(connection, record.id, wishes)
        again = repository.reopen(connection, record.id)
        assert again is not None
        records.apply(connection, plan.id, again.revision, by)
        return None

    def change(
        self, book: BookRecord, changes: Mapping[str, str], expected: Collection[str] | None = None
    ) -> BookRecord:
        """Keep other options with the book: what is free follows, what is paid for waits for a plan.

        ``expected``: the versions that the person may have been looking at. Raises LitinkError("options-changed") for
        any other, Refused for changes that make no sense.
        """
        with self.engine.begin() as connection:
            record = repository.lock_book(connection, book.id)
            if record is None:
                raise PermanentFailure("no-such-book", "There is no such book.")
            before = MakeOptions.model_validate(record.options)
            if expected is not None and options_version(before) not in expected:
                raise LitinkError("options-changed", "The options were changed meanwhile; look at them again.")
            wishes = changed(before, changes, self.engines, record.tier)
            if wishes == before:
                return record
            wishes.select(Present(self.engine, self.objects, self.engines, record.id).book)
            self._allow(connection, record, wishes)
            repository.put_options(connection, record.id, wishes.model_dump(mode="json"))
            again = repository.reopen(connection, record.id)
            assert again is not None
            return again

    def _allow(self, connection: Connection, book: BookRecord, options: MakeOptions) -> None:
        """Raises LimitReached for a film longer than the owner's subscription allows. Of a book that waits for its
        start it is asked when that comes."""
        allowances = self.allowances
        if allowances is not None and book.state != "unstarted":
            words = words_of(connection, book.id, options)
            allowances.admit_length(connection, book.owner_id, words, options)

    def _draft(self, book: BookRecord, options: PlanOptions) -> tuple[Draft, MakeOptions]:
        wishes = changed(MakeOptions.model_validate(book.options), options.changes, self.engines, book.tier)
        production = Present(self.engine, self.objects, self.engines, book.id, wishes)
        return drawn_up(production, options), wishes


def options_version(options: MakeOptions) -> str:
    """Another one for every other set of options."""
    return content_hash(options)[:20]


def _must_be(plan: PlanRecord | None) -> PlanRecord:
    if plan is None:
        raise LitinkError("no-such-plan", "There is no such plan of this book; it may have made room for newer ones.")
    return plan


def _must_be_started(book: BookRecord) -> None:
    if book.state == "unstarted":
        raise LitinkError("book-unstarted", "The book waits for your word; start it first.")


def _outdated(why: str) -> LitinkError:
    return LitinkError("plan-outdated", f"The book changed since this plan was made: {why} Make a new plan.")
