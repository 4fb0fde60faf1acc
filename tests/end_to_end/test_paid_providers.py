"""The whole product with the emulated providers: a book through the platform, and keys that are seen nowhere."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, text

from litink.db.engine import APPLICATION_DATABASE, DAGSTER_DATABASE, embedded_url
from litink.platform.postgres import EmbeddedPostgres
from litink.platform.supervisor import database
from litink.settings import Settings
from tests.emulated import Emulator
from tests.end_to_end.conftest import STORY, Home

pytestmark = [pytest.mark.engines, pytest.mark.timeout(900)]

KEYS = {
    "openrouter": "sk-or-v1-q7Zp4mXw9LtRb2VnKd",
    "modelslab": "mLab8Hj3TfYs6GcUxEoNw1Qa",
    "elevenlabs": "xi-Pd5KrVb0ZmWy7CtJhLq2Sg",
}
PATIENCE = 400.0  # seconds; a busy machine with two cores


@pytest.fixture
def fresh_home() -> Iterator[Home]:
    with tempfile.TemporaryDirectory(prefix="litink-home-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw") or 0)
        port = 24_400 + 50 * worker
        environment = {**os.environ, "LITINK_HOME": name, "LITINK_POSTGRES_PORT": str(port)}
        settings = Settings(
            home=folder,
            postgres_port=port,
            api_port=25_000 + 50 * worker,
            dagster_port=25_600 + 50 * worker,
            code_server_port=26_200 + 50 * worker,
        )
        yield Home(folder, settings, environment)
        EmbeddedPostgres(settings.postgres_dir, settings.postgres_port).stop()


def rows_of(engine: Engine) -> Iterator[tuple[str, str]]:
    """Every row of every table of a database, as text."""
    with engine.connect() as connection:
        tables = connection.execute(
            text("SELECT quote_ident(schemaname) || '.' || quote_ident(tablename) FROM pg_tables "
                 "WHERE schemaname NOT IN ('pg_catalog', 'information_schema')")
        ).scalars().all()  # fmt: skip
        for table in tables:
            for row in connection.execute(text(f"SELECT t::text FROM {table} t")).scalars():
                yield table, row
    engine.dispose()


def test_a_key_is_seen_nowhere(fresh_home: Home, emulator: Emulator) -> None:
    """Not in either database, not in a log, an object or a message, even when a provider says it back and everything
    is logged that can be."""
    emulator.settings(keys=KEYS)
    for provider, operation, status in (
        ("openrouter", "chat", 400),
        ("modelslab", "image-to-image", 422),
        ("elevenlabs", "speech", 403),
    ):
        said = f"The key {KEYS[provider]} may not do this."
        emulator.fault(
            "status", match={"provider": provider, "operation": operation}, status=status, message=said, times=3
        )
    story = fresh_home.folder / "the-lamp.txt"
    story.write_text(STORY, encoding="utf-8")
    for provider, key in KEYS.items():
        fresh_home.environment[f"LITINK_{provider.upper()}_API_KEY"] = key
        fresh_home.environment[f"LITINK_{provider.upper()}_URL"] = getattr(emulator.urls, provider)
    fresh_home.environment.update({"LITINK_LOG_LEVEL": "DEBUG", "OPENAI_LOG": "debug"})

    asked = ("make", str(story), "--chapters", "1", "--ratio", "1:1", "--json")
    unaccepted = fresh_home.run(*asked, timeout=600)
    assert unaccepted.returncode == 2
    assert "will cost $" in unaccepted.stderr
    assert emulator.bill().rows == []  # nobody has seen the price yet

    done = fresh_home.run(*asked, "--cap", "20", timeout=600)

    assert done.returncode == 0, done.stderr
    assert emulator.bill().total > 0
    secrets = [piece for key in KEYS.values() for piece in (key, key[-12:])]
    with database(fresh_home.settings):
        urls = [
            embedded_url(fresh_home.settings, name, "postgresql+psycopg")
            for name in (APPLICATION_DATABASE, DAGSTER_DATABASE)
        ]
        ours, dagsters = (list(rows_of(create_engine(url))) for url in urls)
    assert len(ours) > 50
    assert len(dagsters) > 50
    assert any("may not do this" in row for _, row in ours)  # what the providers said is there, without the keys
    assert {table for table, row in [*ours, *dagsters] if any(secret in row for secret in secrets)} == set()
    files = [path for path in fresh_home.folder.rglob("*") if path.is_file() and path != story]
    assert any(path.parent.name == "logs" for path in files)
    found = {path for path in files for secret in secrets if secret.encode() in path.read_bytes()}
    assert found == set()
    assert not any(secret in done.stdout + done.stderr for secret in secrets)
