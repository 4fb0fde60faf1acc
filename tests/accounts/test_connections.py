"""Connections that are kept: one that the server left is replaced, and none remembers whom it worked for.

Whether a statement goes through SQLAlchemy or is prepared.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy import Engine, Integer, bindparam, func, literal, select, text
from sqlalchemy.exc import OperationalError

from litink.db import tenant
from litink.db.engine import create_databases, pooled, tenants_url
from litink.db.prepared import Prepared
from litink.settings import Settings

PID = text("SELECT pg_backend_pid()")
WHO = text("SELECT coalesce(current_setting('app.user_id', true), '')")

_MINE = func.coalesce(func.current_setting("app.user_id", True), "")
PREPARED = Prepared(select(func.pg_backend_pid(), _MINE, bindparam("said"), literal("it's 100 % so")))
DIVIDED = Prepared(select(literal(1) / bindparam("by", type_=Integer)))
ENDED = Prepared(select(func.pg_terminate_backend(func.pg_backend_pid(), bindparam("ms", type_=Integer))))


@pytest.fixture(params=["operators", "tenants"])
def kept(request: pytest.FixtureRequest, engine: Engine, settings: Settings) -> Iterator[Engine]:
    if request.param == "tenants":
        yield tenant.tenants_engine(tenants_url(settings))
        return
    own = pooled(engine.url.render_as_string(hide_password=False))
    yield own
    own.dispose()


def test_a_connection_that_the_server_ended_is_replaced_unnoticed(kept: Engine, engine: Engine) -> None:
    with kept.connect() as connection:
        ended = connection.execute(PID).scalar_one()
    with engine.connect() as operator:
        assert operator.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": ended}).scalar_one()
    with kept.connect() as connection:
        assert connection.execute(PID).scalar_one() != ended


def test_a_connection_is_used_again(kept: Engine) -> None:
    with kept.connect() as connection:
        first = connection.execute(PID).scalar_one()
    with kept.connect() as connection:
        assert connection.execute(PID).scalar_one() == first


@pytest.mark.parametrize("fails", [False, True])
def test_a_tenants_connection_forgets_the_person_with_the_transaction(
    multi: Settings, engine: Engine, fails: bool
) -> None:
    tenants, person = tenant.tenants_engine(tenants_url(multi)), uuid4()
    with tenant.bound(tenants, person).connect() as connection:
        first = connection.execute(PID).scalar_one()
        assert connection.execute(WHO).scalar_one() == str(person)
        if fails:
            with pytest.raises(Exception, match="division by zero"):
                connection.execute(text("SELECT 1 / 0"))
            connection.rollback()
        else:
            connection.commit()
        raw = connection.connection.cursor()
        raw.execute("SELECT pg_backend_pid(), coalesce(current_setting('app.user_id', true), '')")
        assert raw.fetchone() == (first, "")
        raw.close()
        assert connection.execute(WHO).scalar_one() == str(person)  # the next transaction is told anew


def test_a_transaction_that_is_not_committed_leaves_nothing(multi: Settings, engine: Engine) -> None:
    """Though the driver begins none by itself on these connections."""
    with tenant.tenants_engine(tenants_url(multi)).connect() as connection:
        connection.execute(text("CREATE TEMPORARY TABLE left_over (a int)"))
    with tenant.tenants_engine(tenants_url(multi)).connect() as connection:
        assert connection.execute(text("SELECT to_regclass('pg_temp.left_over')")).scalar_one() is None


def test_a_prepared_statement_tells_what_sqlalchemy_would(kept: Engine) -> None:
    with kept.begin() as connection:
        pid = connection.execute(PID).scalar_one()
    assert PREPARED.rows(kept, said="ça") == [(pid, "", "ça", "it's 100 % so")]
    with kept.begin() as connection:  # and leaves the connection as it was
        assert connection.execute(PID).scalar_one() == pid


def test_a_prepared_statement_is_asked_as_the_person_who_is_forgotten_with_it(multi: Settings) -> None:
    tenants, person = tenant.tenants_engine(tenants_url(multi)), uuid4()
    ((first, who, _, _),) = PREPARED.rows(tenant.bound(tenants, person), said="")
    ((second, nobody, _, _),) = PREPARED.rows(tenant.bound(tenants, None), said="")
    assert (who, nobody) == (str(person), "")
    assert first == second
    with tenants.begin() as connection:
        assert connection.execute(WHO).scalar_one() == ""


def test_a_prepared_statement_that_fails_spoils_no_connection(kept: Engine) -> None:
    with pytest.raises(psycopg.errors.DivisionByZero):
        DIVIDED.rows(kept, by=0)
    assert DIVIDED.rows(kept, by=1) == [(1,)]


def test_a_server_that_leaves_during_a_prepared_statement_is_a_database_that_is_away(kept: Engine) -> None:
    with pytest.raises(OperationalError):
        ENDED.rows(kept, ms=0)
    assert DIVIDED.rows(kept, by=1) == [(1,)]


def test_a_transaction_that_only_read_leaves_its_plans_for_the_next(kept: Engine) -> None:
    """The driver prepares what it has seen five times, and forgets all of it at a rollback."""
    plans = text("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%seen_again%'")
    for _ in range(7):
        with kept.begin() as connection:
            connection.execute(text("SELECT 1 AS seen_again"))
    with kept.begin() as connection:
        assert connection.execute(plans).scalar_one() >= 1


def test_processes_that_start_at_once_make_the_databases_in_turns(settings: Settings, engine: Engine) -> None:
    with ThreadPoolExecutor(8) as pool:
        for made in [pool.submit(create_databases, settings) for _ in range(24)]:
            made.result()
