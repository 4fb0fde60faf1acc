"""The service does what its OpenAPI document says, whatever is sent: no 5xx, no status or form that is not in it."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from sqlalchemy import Engine

from api.app import create_app
from litink.objects import Objects
from litink.settings import Settings
from tests.accounts.visitors import Visitor
from tests.made_books import Maker
from tests.served import serving

CHECKS = [not_a_server_error, status_code_conformance]
FORM = [content_type_conformance, response_schema_conformance]  # of what is made of JSON

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


@pytest.fixture(scope="module")
def alone(
    settings: Settings, engine: Engine, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, dict[str, str], str]]:
    """One local owner and a finished book: address, headers, the book's id."""
    book = Maker(engine, Objects.from_settings(settings), tmp_path_factory.mktemp("contract")).finished()
    with serving(create_app(settings)) as address:
        yield address, {}, str(book.id)


@pytest.fixture(scope="module")
def many(house: str, engine: Engine) -> tuple[str, dict[str, str], str]:
    """An installation with accounts, and an operator of it."""
    who = Visitor(house).signed_up().become(engine, role="superadmin", tier="premium")
    return house, {"Authorization": str(who.http.headers["Authorization"])}, "01a20376-0d2c-708b-93e2-3b2413f78fd0"


def hold(where: tuple[str, dict[str, str], str], name: str, cases: int) -> int:
    """Send that many cases of an operation, good and bad ones; how many it were."""
    address, headers, book = where
    operation, sent = OPERATIONS[name], 0
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
        nonlocal sent
        if "book_id" in case.path_parameters and name not in DESTROYS:
            case.path_parameters["book_id"] = book  # else everything is answered by “no such book”
        sent += 1
        case.call_and_validate(base_url=address, headers=headers, checks=checks, timeout=60)

    run()
    return sent


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
def test_every_operation_holds_to_the_document(alone: tuple[str, dict[str, str], str], name: str) -> None:
    hold(alone, name, SHORT)


@pytest.mark.parametrize("name", ACCOUNTS)
def test_accounts_hold_to_the_document(many: tuple[str, dict[str, str], str], name: str) -> None:
    hold(many, name, SHORT)


@pytest.mark.campaign
@pytest.mark.timeout(3600)
def test_five_thousand_cases(
    alone: tuple[str, dict[str, str], str], many: tuple[str, dict[str, str], str], tmp_path: Path
) -> None:
    sent = sum(hold(many if name in ACCOUNTS else alone, name, LONG) for name in OPERATIONS)
    assert sent >= 5000
