"""What tests of paid providers share: a server that answers as it is told, keys that must show up nowhere."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Iterator

import pytest
from pydantic import SecretStr

from tests.providers.odd_server import OddServer, serving

KEY = "sk-planted-4f1d9b8a7c6e5d3210-zzQ"


@pytest.fixture
def server() -> Iterator[OddServer]:
    with serving() as odd:
        yield odd


@pytest.fixture
def key() -> SecretStr:
    return SecretStr(KEY)


@pytest.fixture
def no_key_is_logged(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Whatever these tests do, and however much is logged, the key is in no line of it."""
    caplog.set_level(logging.DEBUG)
    yield
    for phase in ("setup", "call", "teardown"):
        for record in caplog.get_records(phase):
            assert KEY not in record.getMessage()
            assert KEY[:16] not in str(record.exc_text)


def assert_silent(error: BaseException) -> None:
    """Nothing that is shown of an error tells the key."""
    shown = "".join([repr(error), str(error), repr(vars(error)), *traceback.format_exception(error)])
    assert KEY[:8] not in shown
    assert KEY[-8:] not in shown
