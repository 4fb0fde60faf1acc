"""The emulated providers as a real process on a free port, and a handle on it. The fixture is ``emulator``."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest

CHECKOUT = Path(__file__).parents[1]


@dataclass(frozen=True)
class Urls:
    """Base URLs as the SDKs and settings take them."""

    server: str

    @property
    def openrouter(self) -> str:
        return f"{self.server}/openrouter/api/v1"

    @property
    def modelslab(self) -> str:
        return f"{self.server}/modelslab/api/v7"

    @property
    def elevenlabs(self) -> str:
        return f"{self.server}/elevenlabs"

    @property
    def stripe(self) -> str:
        return f"{self.server}/stripe"

    @property
    def control(self) -> str:
        return f"{self.server}/_emulator"


@dataclass(frozen=True)
class Bill:
    """What the providers say that they took. ``rows`` in order; refusals are rows with amount 0."""

    whole: Mapping[str, Any]

    @property
    def rows(self) -> list[dict[str, Any]]:
        return list(self.whole["rows"])

    @property
    def charges(self) -> list[dict[str, Any]]:
        """The rows that cost something."""
        return [row for row in self.rows if Decimal(row["amount_usd"]) > 0]

    @property
    def total(self) -> Decimal:
        return Decimal(self.whole["total_usd"])

    @property
    def twice(self) -> dict[str, list[int]]:
        """Fingerprints that were billed more than once, with their rows."""
        return dict(self.whole["billed_more_than_once"])

    def by_operation(self) -> dict[str, Decimal]:
        return {name: Decimal(one["usd"]) for name, one in self.whole["by_operation"].items()}


class Emulator:
    """A running emulator. ``kill`` and ``start`` take it down as SIGKILL does and bring it back with its state."""

    def __init__(self, directory: Path, *arguments: str) -> None:
        self._directory, self._arguments = directory, arguments
        self._process: subprocess.Popen[str] | None = None
        self._port = 0
        self._client = httpx.Client(timeout=30)
        self.start()

    @property
    def urls(self) -> Urls:
        return Urls(f"http://127.0.0.1:{self._port}")

    def start(self) -> None:
        self._process = subprocess.Popen(
            [
                *(sys.executable, "-m", "emulator"),
                *("--port", str(self._port), "--state", str(self._directory)),
                *self._arguments,
            ],
            cwd=CHECKOUT,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        said = self._process.stdout.readline()  # once it listens; connections wait until it serves
        assert said, "the emulator did not start"
        self._port = int(said.split("http://127.0.0.1:")[1].split(",")[0])

    def kill(self) -> None:
        """SIGKILL: nothing is tidied up."""
        assert self._process is not None
        self._process.kill()
        self._gone()

    def revive(self) -> None:
        """Start it unless it runs: a test that failed may have left it killed."""
        if self._process is None or self._process.poll() is not None:
            self.start()

    def close(self) -> None:
        assert self._process is not None
        self._process.terminate()
        self._gone()
        self._client.close()

    def _gone(self) -> None:
        assert self._process is not None
        assert self._process.stdout is not None
        self._process.wait(30)
        self._process.stdout.close()

    # --- what a test says and asks ---

    def fault(self, kind: str, *, match: Mapping[str, Any] | None = None, **rule: Any) -> int:
        """Add a rule, such as ``fault("cut", match={"operation": "chat"}, times=1)``; gives its number."""
        answer = self._asked("POST", "/faults", {"kind": kind, "match": dict(match or {}), **rule})
        return int(answer["ids"][0])

    def faults(self) -> list[dict[str, Any]]:
        return list(self._asked("GET", "/faults"))

    def clear_faults(self) -> None:
        self._asked("DELETE", "/faults")

    def bill(self) -> Bill:
        return Bill(self._asked("GET", "/bill"))

    def requests(self, limit: int = 1_000) -> list[dict[str, Any]]:
        """The latest requests, the newest first, with those that cost nothing."""
        return list(self._asked("GET", f"/requests?limit={limit}"))

    def state(self) -> dict[str, Any]:
        return dict(self._asked("GET", "/state"))

    def settings(self, **changes: Any) -> dict[str, Any]:
        """Change what is given (latency, limits, keys, patience, link_seconds, plan, …); gives all of them."""
        return dict(self._asked("POST", "/settings", changes))

    def advance(self, seconds: float) -> None:
        """Put the emulator's clock forward: jobs finish, links and caches expire."""
        self._asked("POST", "/clock", {"seconds": seconds})

    def deliver(self, order: str = "as_made", seed: int = 0) -> list[dict[str, Any]]:
        """Post every event of Stripe's that waits, now and in this order; gives the attempts."""
        return list(self._asked("POST", "/stripe/deliver", {"order": order, "seed": seed})["attempts"])

    def redeliver(
        self, events: Sequence[str] | None = None, order: str = "as_made", seed: int = 0
    ) -> list[dict[str, Any]]:
        """Post these events of Stripe's again, or all; gives the attempts."""
        body = {"order": order, "seed": seed, **({} if events is None else {"events": list(events)})}
        return list(self._asked("POST", "/stripe/redeliver", body)["attempts"])

    def dispute(self, charge: str, **more: Any) -> dict[str, Any]:
        """A bank takes a charge of Stripe's back."""
        return dict(self._asked("POST", "/stripe/disputes", {"charge": charge, **more}))

    def decide(self, dispute: str, outcome: str) -> dict[str, Any]:
        """The bank's word on a dispute: ``won`` or ``lost``."""
        return dict(self._asked("POST", f"/stripe/disputes/{dispute}/decide", {"outcome": outcome}))

    def reset(self) -> None:
        """Forget everything; settings and clock as at a first start."""
        self._asked("POST", "/reset")

    def _asked(self, method: str, path: str, body: Any = None) -> Any:
        answer = self._client.request(method, f"{self.urls.control}{path}", json=body)
        assert answer.is_success, answer.text
        return answer.json()


@pytest.fixture(scope="session")
def emulator_process() -> Iterator[Emulator]:
    """One process a test worker."""
    with tempfile.TemporaryDirectory(prefix="litink-emulator-") as name:
        emulator = Emulator(Path(name))
        yield emulator
        emulator.close()


@pytest.fixture
def emulator(emulator_process: Emulator) -> Emulator:
    """The emulated providers, with an empty bill, no faults and no latency."""
    emulator_process.revive()
    emulator_process.reset()
    return emulator_process
