"""The service does what its OpenAPI document says, whatever is sent: no 5xx, no status or form that is not in it."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
)
from sqlalchemy import Engine

from api.app import create_app
from litink.objects import Objects
from litink.settings import Settings
from tests.accounts.visitors import Visitor
from tests.made_books import Maker
from tests.served import serving

DOCUMENT = schemathesis.openapi.from_dict(create_app(Settings(_env_file=None)).openapi())
# Never end, reach for the internet, or end the session that asks.
LEFT_OUT = {"books-events-all", "books-create-url", "auth-logout-everywhere"}
OPERATIONS = {
    found.definition.raw["operationId"]: found
    for found in (result.ok() for result in DOCUMENT.get_all_operations())
    if found.definition.raw["operationId"] not in LEFT_OUT
}
ACCOUNTS = [name for name in OPERATIONS if name.startswith(("auth-", "account-", "admin-")) or "user" in name]
DESTROYS = {"books-delete"}

SHORT, LONG = 4, 55  # cases an operation


class Undocumented(Failure):
    """A status that the operation does not name; its `default` only says what form problems have."""


def status_named(context: schemathesis.CheckContext, response: schemathesis.Response, case: schemathesis.Case) -> None:
    named = case.operation.definition.raw["responses"]
    if str(response.status_code) not in named:
        message = f"{response.status_code} {response.text[:200]}"
        raise Undocumented(operation=case.operation.label, title="Undocumented status", message=message)


CHECKS = [not_a_server_error, status_named]
FORM = [content_type_conformance, response_schema_conformance]  # of what is made of JSON


@dataclass
class Place:
    """A served installation, with somebody who has come in."""

    address: str
    new_book: Callable[[], str]  # the id of one that is there
    who: Visitor | None = None

    def headers(self) -> dict[str, str]:
        """Good for the next quarter of an hour."""
        if self.who is None:
            return {}
        self.who.take(self.who.refresh())
        return {"Authorization": str(self.who.http.headers["Authorization"])}


@dataclass
class Tally:
    """What was sent and answered."""

    statuses: Counter[int] = field(default_factory=Counter)
    failures: dict[str, str] = field(default_factory=dict)  # the first of each kind, by operation and kind

    def __str__(self) -> str:
        answers = ", ".join(f"{status}: {n:,}" for status, n in sorted(self.statuses.items()))
        return f"{self.statuses.total():,} cases of {len(OPERATIONS)} operations; answers {answers}"


@pytest.fixture(scope="module")
def alone(settings: Settings, engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """One local owner; books are finished ones."""
    maker = Maker(engine, Objects.from_settings(settings), tmp_path_factory.mktemp("contract"))
    with serving(create_app(settings)) as address:
        yield Place(address, lambda: str(maker.finished().id))


@pytest.fixture(scope="module")
def many(multi: Settings, engine: Engine) -> Iterator[Place]:
    """An installation with accounts, and an operator of it, who may ask as fast as they can."""
    with serving(create_app(multi.model_copy(update={"burst_limit": 1_000_000}))) as address:
        who = Visitor(address).signed_up().become(engine, role="superadmin", tier="premium")
        yield Place(address, lambda: "01a20376-0d2c-708b-93e2-3b2413f78fd0", who)


def sent(place: Place, name: str, cases: int, tally: Tally) -> None:
    """Send that many cases of an operation, good and bad ones, for a book of its own."""
    operation, headers = OPERATIONS[name], place.headers()
    book = place.new_book() if "{book_id}" in operation.path else ""
    media = "octet-stream" in str(operation.definition.raw) or "event-stream" in str(operation.definition.raw)
    checks = CHECKS if media else CHECKS + FORM
    modes = [schemathesis.GenerationMode.POSITIVE]
    if operation.body or operation.query:
        modes.append(schemathesis.GenerationMode.NEGATIVE)
    strategies = st.one_of([operation.as_strategy(generation_mode=mode) for mode in modes])

    @seed(8)
    @settings_of(cases)
    @given(strategies)
    def run(case: schemathesis.Case) -> None:
        if book and name not in DESTROYS:
            case.path_parameters["book_id"] = book  # else everything is answered by “no such book”
        answer = case.call(base_url=place.address, headers=headers, timeout=60)
        tally.statuses[answer.status_code] += 1
        try:
            case.validate_response(answer, checks=checks)
        except (Failure, FailureGroup) as failure:
            for one in getattr(failure, "exceptions", [failure]):
                tally.failures.setdefault(f"{name}: {one.title} {answer.status_code}", str(one))

    run()


def hold(place: Place, name: str) -> None:
    tally = Tally()
    sent(place, name, SHORT, tally)
    assert not tally.failures


def settings_of(cases: int):  # type: ignore[no-untyped-def]
    return settings(
        max_examples=cases,
        deadline=None,
        database=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )


@pytest.fixture(autouse=True)
def quiet(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.ERROR)


@pytest.mark.parametrize("name", [name for name in OPERATIONS if name not in ACCOUNTS])
def test_every_operation_holds_to_the_document(alone: Place, name: str) -> None:
    hold(alone, name)


@pytest.mark.parametrize("name", ACCOUNTS)
def test_accounts_hold_to_the_document(many: Place, name: str) -> None:
    hold(many, name)


@pytest.mark.campaign
@pytest.mark.timeout(3600)
def test_five_thousand_cases(alone: Place, many: Place, capsys: pytest.CaptureFixture[str]) -> None:
    tally = Tally()
    for name in OPERATIONS:
        sent(many if name in ACCOUNTS else alone, name, LONG, tally)
    with capsys.disabled():
        print(f"\n{tally}")
    assert not tally.failures
    assert tally.statuses.total() >= 5000
