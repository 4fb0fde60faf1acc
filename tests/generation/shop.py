"""A provider for tests of the cashier: does what a plan says, and keeps its bill in a folder that processes share.

It is an adapter of our own interface and speaks no wire; the emulator of real wires lives elsewhere.
"""

from __future__ import annotations

import fcntl
import json
import os
import signal
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import uuid4

from litink.generation.model import Owned, Purpose
from litink.generation.paid.cashier import Offer, Policy
from litink.generation.paid.payments import fingerprint
from litink.providers.catalogue import Model, Price
from litink.providers.wire import Answer, AnswerLost, NotBilled, NotTaken, Pending, Request, Sending, WrongAnswer

UNITS = {"tokens_in": 10.0, "tokens_out": 10.0}
COST = Decimal("0.02")  # of UNITS
ESTIMATE = Decimal("0.04")  # of twice as many


class Shop:
    """``plan``: what happens to one sending after the other; all further ones go well.

    ok, 503, 429, 400: as they sound; wrong: billed, and useless; lost, lost-free: no answer, billed or not;
    odd: billed, then a bug; job: billed, then a job that is done after two looks; job-fails, job-vanishes, job-endless;
    die, die-billed: the process is killed before or after it is billed.
    """

    def __init__(
        self,
        folder: Path,
        plan: Sequence[str] = (),
        *,
        name: str = "openrouter",
        tells: bool = True,
        during: Callable[[Request], object] = lambda request: None,
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.name = name
        self._folder = folder
        self._plan = list(plan)
        self._tells = tells  # whether a look-up knows
        self._during = during  # called while a request is out
        self._lock = threading.Lock()
        self.sent: list[Request] = []
        self.webhooks: list[str | None] = []
        self.looked_up: list[str] = []  # the references that were asked for

    # -- the adapter -----------------------------------------------------------------------------------------------

    def send(self, request: Request, sending: Sending) -> Answer | Pending:
        with self._lock:
            what = self._plan.pop(0) if self._plan else "ok"
            self.sent.append(request)
            self.webhooks.append(sending.webhook)
        self._during(request)
        match what:
            case "503":
                raise NotTaken("unavailable", "Out of order.", retryable=True)
            case "429":
                raise NotTaken("throttled", "Slow down.", retryable=True, retry_after=0.01, throttled=True)
            case "400":
                raise NotTaken("refused", "We do not do that.", retryable=False)
            case "die":
                os.kill(os.getpid(), signal.SIGKILL)
            case "lost-free":
                raise AnswerLost("cut", "The line went dead.")
        order = self._bill(request, what)
        match what:
            case "wrong":
                raise WrongAnswer("no-json", "That is no JSON.", units=UNITS, reference=order)
            case "lost":
                raise AnswerLost("cut", "The line went dead.", order)
            case "odd":
                raise KeyError("choices")
            case "die-billed":
                os.kill(os.getpid(), signal.SIGKILL)
            case "job" | "job-fails" | "job-vanishes" | "job-endless":
                return Pending(order, 0.01)
        return self._answer(request, order)

    def fetch(self, request: Request, reference: str) -> Answer | Pending:
        order = next(order for order in self.bill() if order["id"] == reference)
        if order["what"] == "job-vanishes":
            raise NotTaken("job-unknown", "No such job.", retryable=False)
        looks = self._folder / f"{reference}.looks"
        with looks.open("ab") as file:
            file.write(b".")
        if order["what"] == "job-endless" or looks.stat().st_size <= 2:
            return Pending(reference, 0.01)
        if order["what"] == "job-fails":
            raise WrongAnswer("job-failed", "It came to nothing.", cost_usd=Decimal("0.005"), reference=reference)
        return self._answer(request, reference)

    def look_up(self, request: Request, reference: str, sent_at: datetime) -> Answer | Pending | NotBilled | None:
        self.looked_up.append(reference)
        if not self._tells:
            return None
        mine = [order for order in self.bill() if order["fingerprint"] == fingerprint(request)]
        if not mine:
            return NotBilled()
        if mine[-1]["what"].startswith("job"):
            return Pending(mine[-1]["id"], 0.01)
        return self._answer(request, mine[-1]["id"])

    # -- its books -------------------------------------------------------------------------------------------------

    def bill(self) -> list[dict[str, Any]]:
        path = self._folder / "bill"
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []

    def billed_twice(self) -> list[str]:
        counts = Counter(order["fingerprint"] for order in self.bill())
        return [mark for mark, count in counts.items() if count > 1]

    def total(self) -> Decimal:
        return sum((Decimal(order["cost"]) for order in self.bill()), Decimal(0))

    def _bill(self, request: Request, what: str) -> str:
        order = f"{self.name}-{uuid4().hex[:12]}"
        cost = "0.005" if what == "job-fails" else str(COST)
        line = {"id": order, "fingerprint": fingerprint(request), "model": request.model, "cost": cost, "what": what}
        with (self._folder / "bill").open("a") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            file.write(json.dumps(line) + "\n")
            file.flush()
        return order

    def _answer(self, request: Request, order: str) -> Answer:
        data = f"{request.model} says {request.body['prompt']} ({request.body['seed']})".encode()
        return Answer(data, "text/plain", UNITS, None, order, {"finish": "stop", "odd": "a\x00b"})


def model(name: str = "first", provider: str = "openrouter") -> Model:
    price = Price(million_tokens_in=Decimal(1000), million_tokens_out=Decimal(1000))
    return Model(
        id=name,
        provider=provider,  # type: ignore[arg-type]
        operation="chat",
        name=f"test/{name}",
        price=price,
        context_tokens=1000,
        answer_tokens=100,
    )


def offer(prompt: str, name: str = "first", *, varies: bool = True) -> Offer:
    chosen = model(name)

    def build(variation: int) -> Request:
        body = {"prompt": prompt, "seed": variation if varies else 0}
        return Request("openrouter", "chat", chosen.name, body)

    return Offer(chosen, build, {"tokens_in": 20.0, "tokens_out": 20.0})


def ladder(prompt: str, names: Iterable[str] = ("first",)) -> list[Offer]:
    return [offer(prompt, name) for name in names]


def purpose(
    owned: Owned, item: str = "c1", *, run: str | None = "run-1", stop: threading.Event | None = None
) -> Purpose:
    return Purpose(owned, "scripts", item, f"key of {item}", run, item, stop or threading.Event())


def quick(journal: Path, **changes: Any) -> Policy:
    """The rules of the product with waits for tests."""
    waits: dict[str, Any] = {
        "timeout": 5.0,
        "retry_base": 0.01,
        "look_ups": (0.01, 0.02),
        "poll_at_least": 0.01,
        "poll_at_most": 0.05,
        "database": 30.0,
        "breaker_failures": 1000,
    }
    return Policy(journal, **(waits | changes))


def text(answer: Answer) -> str:
    """The check of a caller who wants text."""
    if answer.media_type != "text/plain":
        raise WrongAnswer("no-text", "That is no text.")
    return answer.data.decode()
