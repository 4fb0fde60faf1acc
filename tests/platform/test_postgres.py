"""The embedded database survives what happens to a machine."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from litink.platform.postgres import EmbeddedPostgres

PORT = 25_433


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="litink-postgres-") as name:
        Path(name).chmod(0o755)  # the server's own account must reach its data
        yield Path(name) / "postgres"


@pytest.fixture
def postgres(folder: Path) -> Iterator[EmbeddedPostgres]:
    postgres = EmbeddedPostgres(folder, PORT)
    yield postgres
    postgres.stop()


def one(conninfo: str, query: str) -> object:
    with psycopg.connect(conninfo) as connection:
        row = connection.execute(query).fetchone()
    return row[0] if row else None


def test_it_starts_with_vectors_and_stops_with_its_last_user(postgres: EmbeddedPostgres) -> None:
    with postgres.shared() as server, postgres.shared() as same:
        assert same.pid == server.pid
        with psycopg.connect(server.conninfo(), autocommit=True) as connection:
            connection.execute("CREATE EXTENSION IF NOT EXISTS vector")
        assert one(server.conninfo(), "SELECT '[1,0]'::vector <=> '[1,0]'::vector") == 0
    assert postgres.running() is None


def test_another_user_of_the_database_keeps_it_running(postgres: EmbeddedPostgres, folder: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from litink.platform.postgres import EmbeddedPostgres\n"
        f"with EmbeddedPostgres(Path(sys.argv[1]), {PORT}).shared() as s: print(s.pid, flush=True); input()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        pid = int(other.stdout.readline())
        with postgres.shared() as server:
            assert server.pid == pid
        assert postgres.running() is not None
        other.kill()
        other.wait()
    with postgres.shared() as server:  # the killed user no longer counts
        assert server.pid == pid
    assert postgres.running() is None


def test_committed_rows_outlive_a_killed_server(postgres: EmbeddedPostgres) -> None:
    with postgres.shared() as server:
        with psycopg.connect(server.conninfo()) as connection:
            connection.execute("CREATE TABLE IF NOT EXISTS kept (n int)")
            connection.execute("INSERT INTO kept VALUES (41), (42)")
        os.kill(server.pid, signal.SIGKILL)
        with_again = postgres.start()
        assert with_again.pid != server.pid
        assert one(with_again.conninfo(), "SELECT max(n) FROM kept") == 42


def test_a_stale_pid_file_that_names_a_stranger_is_not_believed(postgres: EmbeddedPostgres) -> None:
    with postgres.shared() as server:
        data = Path(str(one(server.conninfo(), "SHOW data_directory")))
    (data / "postmaster.pid").write_text(f"{os.getpid()}\n{data}\n0\n{server.port}\n{data}\n127.0.0.1\n")
    assert postgres.running() is None
    with postgres.shared() as server:
        assert server.pid != os.getpid()
        assert one(server.conninfo(), "SELECT 1") == 1


def test_nobody_gets_in_without_the_password(postgres: EmbeddedPostgres, folder: Path) -> None:
    with postgres.shared() as server, pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(f"host=127.0.0.1 port={server.port} dbname=postgres user=postgres password=wrong")
    assert (folder / "password").stat().st_mode & 0o077 == 0


def test_a_taken_port_is_passed_over(tmp_path_factory: pytest.TempPathFactory, postgres: EmbeddedPostgres) -> None:
    with postgres.shared() as first, tempfile.TemporaryDirectory(prefix="litink-postgres-") as name:
        Path(name).chmod(0o755)
        with EmbeddedPostgres(Path(name) / "postgres", first.port).shared() as second:
            assert second.port > first.port
            assert psutil.Process(second.pid).username() != "root"
