"""Connections that are kept: one that the server left is replaced, and none remembers whom it worked for."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import pytest
from sqlalchemy import Engine, text

from litink.db import tenant
from litink.db.engine import pooled, tenants_url
from litink.settings import Settings

PID = text("SELECT pg_backend_pid()")
WHO = text("SELECT coalesce(current_setting('app.user_id', true), '')")


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
