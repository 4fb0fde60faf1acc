"""Running the platform: which processes, in which order, kept alive, stopped cleanly. Nothing about what they do."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import httpx
import psutil
from filelock import FileLock, Timeout

from litink.db.engine import application_url, create_databases, dagster_url, engine_for
from litink.db.migrate import upgrade
from litink.errors import LitinkError
from litink.platform.postgres import EmbeddedPostgres, Server
from litink.platform.processes import die_with_parent, wait_until_gone
from litink.production import stages
from litink.settings import CHECKOUT, Settings

READY_SECONDS = 90.0
EMULATOR_PORT = 8900
STOP_SECONDS = 3.0  # whatever has not ended by then is killed: everything here may be killed at any point
RESTART_PAUSES = (0.5, 2.0, 5.0, 15.0, 30.0)  # seconds before a dead process is started again, by how often it died


@dataclass(frozen=True)
class Addresses:
    """Where a running platform is found."""

    pid: int
    started: float  # the supervisor's creation time: tells it from a later process with the same pid
    api: str
    dagster: str
    emulator: str = ""  # where the emulated providers are, if they stand in for the real ones


@dataclass
class Service:
    """A child process and how to see that it is ready."""

    name: str
    command: list[str]
    environment: Mapping[str, str]
    log: Path
    ready: Callable[[], bool]
    needs_code: bool  # asks the code server for its definitions as soon as it starts
    process: subprocess.Popen[bytes] | None = None
    deaths: int = 0
    restart_at: float = 0.0

    def start(self) -> None:
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env=dict(self.environment),
                cwd=CHECKOUT,
                start_new_session=True,
                preexec_fn=die_with_parent,
            )

    @property
    def running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def begin_stop(self) -> None:
        """Ask the process to end and end at once what it started.

        Runs are made to be killed at any point, and a code server would wait for them until they are done.
        """
        if self.process is None:
            return
        for child in _tree(self.process.pid):
            with contextlib.suppress(psutil.Error):
                child.kill()
        with contextlib.suppress(ProcessLookupError):
            self.process.terminate()

    def finish_stop(self, deadline: float) -> None:
        """Wait for the process until the deadline (monotonic seconds), then kill it."""
        if self.process is None:
            return
        try:
            self.process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process = None


def instance_environment(settings: Settings) -> dict[str, str]:
    """What every process of Dagster needs to find its home, its database and its code."""
    folder = settings.home / "dagster"
    folder.mkdir(parents=True, exist_ok=True)
    return {
        **os.environ,
        "LITINK_HOME": str(settings.home),
        "LITINK_ENGINES_DIR": str(settings.engines_dir),
        "LITINK_DAGSTER_URL": dagster_url(settings),
        "LITINK_DAGSTER_FOLDER": str(folder),
        "DAGSTER_HOME": str(CHECKOUT / "dagster_home"),
        "DAGSTER_EVENT_BATCH_SIZE": "50",
        "PYTHONUNBUFFERED": "1",
    }


def emulated_providers(address: str) -> dict[str, str]:
    """Settings that turn every provider to the emulator. The keys are no secrets: it takes any."""
    paths = {"OPENROUTER": "/openrouter/api/v1", "MODELSLAB": "/modelslab/api/v7", "ELEVENLABS": "/elevenlabs"}
    return {
        name: value
        for provider, path in paths.items()
        for name, value in (
            (f"LITINK_{provider}_URL", address + path),
            (f"LITINK_{provider}_API_KEY", "emulated"),
        )
    }


@contextmanager
def database(settings: Settings) -> Iterator[Server | None]:
    """The embedded database, started if need be, with our tables up to date; nothing for a database of your own."""
    if settings.database_url is not None:
        upgrade(engine_for(application_url(settings)))
        yield None
        return
    with EmbeddedPostgres(settings.postgres_dir, settings.postgres_port).shared() as server:
        create_databases(settings)
        upgrade(engine_for(application_url(settings)))
        yield server


class Supervisor:
    """Keeps the platform's processes alive for as long as it is open.

    ``emulated``: the paid providers' stand-in is started too, and all services are turned to it whatever keys are set.
    """

    def __init__(self, settings: Settings, *, emulated: bool = False) -> None:
        self.settings = settings
        self._emulated = emulated
        self.services: list[Service] = []
        self.addresses: Addresses | None = None
        self._lock = FileLock(settings.home / "platform.lock")

    @contextmanager
    def opened(self, tell: Callable[[str], None]) -> Iterator[Addresses]:
        """Start everything and wait until it answers; stop everything at the end.

        Raises LitinkError("already-running") when a platform with this home is up, "start-failed" with the log's
        tail when a service does not come up.
        """
        self.settings.home.mkdir(parents=True, exist_ok=True)
        try:
            self._lock.acquire(timeout=0)
        except Timeout:
            raise LitinkError("already-running", "The platform is running already; see `litink status`.") from None
        with self._lock, contextlib.ExitStack() as stack:
            tell("database")
            stack.enter_context(database(self.settings))
            with engine_for(application_url(self.settings)).begin() as connection:
                stages.lose_all(connection)
            self.addresses = self._plan()
            stack.callback(self._state_file.unlink, missing_ok=True)
            stack.callback(self._stop)
            self._start(tell)
            self._state_file.write_text(json.dumps(asdict(self.addresses)))
            yield self.addresses

    def keep_alive(self) -> None:
        """Start again what has died; call it about every second."""
        now = time.monotonic()
        if self.settings.database_url is None:
            EmbeddedPostgres(self.settings.postgres_dir, self.settings.postgres_port).start()
        for service in self.services:
            if service.running:
                continue
            if not service.restart_at:
                pause = RESTART_PAUSES[min(service.deaths, len(RESTART_PAUSES) - 1)]
                service.deaths += 1
                service.restart_at = now + pause
            elif now >= service.restart_at:
                service.restart_at = 0.0
                service.start()

    @property
    def _state_file(self) -> Path:
        return self.settings.home / "platform.json"

    def _plan(self) -> Addresses:
        settings = self.settings
        logs = settings.home / "logs"
        logs.mkdir(parents=True, exist_ok=True)
        api, dagster, code = (
            _free_port(settings.host, port)
            for port in (settings.api_port, settings.dagster_port, settings.code_server_port)
        )
        environment = instance_environment(settings) | {
            "LITINK_CODE_SERVER_HOST": "127.0.0.1",
            "LITINK_CODE_SERVER_PORT": str(code),
            "LITINK_DAGSTER_ADDRESS": f"http://127.0.0.1:{dagster}",
            "LITINK_API_ADDRESS": f"http://{settings.host}:{api}",
        }
        emulator = f"http://127.0.0.1:{_free_port('127.0.0.1', EMULATOR_PORT)}" if self._emulated else ""
        environment |= emulated_providers(emulator) if emulator else {}
        python, workspace = sys.executable, str(CHECKOUT / "workspace.yaml")

        def service(name: str, arguments: list[str], ready: Callable[[], bool], *, needs_code: bool = False) -> Service:
            return Service(name, [python, "-m", *arguments], environment, logs / f"{name}.log", ready, needs_code)

        api_url, dagster_url_ = f"http://{settings.host}:{api}", f"http://127.0.0.1:{dagster}"
        self.services = [
            service(
                "code",
                [
                    "dagster",
                    "api",
                    "grpc",
                    "-h",
                    "127.0.0.1",
                    "-p",
                    str(code),
                    "-m",
                    "definitions",
                    "--location-name",
                    "litink",
                ],
                lambda: _listens("127.0.0.1", code),
            ),
            service(
                "daemon",
                ["dagster._daemon", "run", "-w", workspace],
                lambda: True,
                needs_code=True,
            ),
            service(
                "dagster",
                ["dagster_webserver", "-h", "127.0.0.1", "-p", str(dagster), "-w", workspace],
                lambda: _answers(f"{dagster_url_}/server_info"),
            ),
            service(
                "api",
                [
                    "uvicorn",
                    "api.app:create_app",
                    "--factory",
                    "--host",
                    settings.host,
                    "--port",
                    str(api),
                    "--no-access-log",
                    "--timeout-graceful-shutdown",
                    "3",
                ],
                lambda: _answers(f"{api_url}/healthz/live"),
            ),
        ]
        if emulator:
            arguments = ["emulator", "--port", emulator.rpartition(":")[2], "--state", str(settings.home / "emulator")]
            self.services.insert(0, service("emulator", arguments, lambda: _answers(f"{emulator}/_emulator/bill")))
        me = psutil.Process()
        return Addresses(me.pid, me.create_time(), api_url, dagster_url_, emulator)

    def _start(self, tell: Callable[[str], None]) -> None:
        """Start what needs nobody, wait for it, then start what needs the code server."""
        deadline = time.monotonic() + READY_SECONDS
        for group in ([s for s in self.services if not s.needs_code], [s for s in self.services if s.needs_code]):
            for service in group:
                tell(service.name)
                service.start()
            for service in group:
                while not service.ready():
                    if not service.running or time.monotonic() > deadline:
                        tail = service.log.read_text(errors="replace")[-1500:]
                        raise LitinkError(
                            "start-failed", f"“{service.name}” did not start. {service.log} ends:\n{tail}"
                        )
                    time.sleep(0.05)

    def _stop(self) -> None:
        for service in self.services:
            service.begin_stop()
        deadline = time.monotonic() + STOP_SECONDS
        for service in self.services:
            service.finish_stop(deadline)


def find_running(settings: Settings) -> Addresses | None:
    """The platform of this home, if it is up."""
    try:
        addresses = Addresses(**json.loads((settings.home / "platform.json").read_text()))
        process = psutil.Process(addresses.pid)
        return addresses if abs(process.create_time() - addresses.started) < 1 else None
    except (OSError, ValueError, TypeError, psutil.Error):
        return None


def stop_running(settings: Settings) -> bool:
    """Ask a running platform to stop and wait for it; False when none was running."""
    addresses = find_running(settings)
    if addresses is None:
        EmbeddedPostgres(settings.postgres_dir, settings.postgres_port).stop()
        return False
    process = psutil.Process(addresses.pid)
    process.send_signal(signal.SIGTERM)
    if not wait_until_gone(process, STOP_SECONDS * 10):
        raise LitinkError("stop-failed", f"The platform (process {addresses.pid}) does not stop; end it by hand.")
    return True


def _tree(pid: int) -> list[psutil.Process]:
    try:
        return psutil.Process(pid).children(recursive=True)
    except psutil.Error:
        return []


def _free_port(host: str, preferred: int) -> int:
    for port in range(preferred, min(preferred + 200, 32768)):
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError:
                continue
            return port
    raise LitinkError("no-free-port", f"No free port from {preferred} on; set LITINK_API_PORT or LITINK_DAGSTER_PORT.")


def _listens(host: str, port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.settimeout(0.5)
        return probe.connect_ex((host, port)) == 0


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=2).is_success
    except httpx.HTTPError:
        return False
