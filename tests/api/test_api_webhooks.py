"""What a provider says of its own accord, from its wire to the books: doubled, late, forged or missing, it changes
nothing but time."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import Engine, func, select

from litink.db.schema import payments, webhooks
from litink.generation.model import Owned, Purpose
from litink.generation.paid.cashier import Cashier, Offer, Policy
from litink.objects import Objects
from litink.providers.catalogue import load
from litink.providers.modelslab import ModelsLab
from litink.providers.wire import Answer, Request
from tests.emulated import Emulator

CATALOGUE = load()
FLUX = CATALOGUE.models["flux"]
UNITS = {"pictures": 1.0}


@pytest.mark.parametrize(
    ("kind", "seconds", "hints"),
    [("none", None, 1), ("drop", None, 0), ("double", None, 2), ("delay", 3.0, 1), ("forge", None, 2)],
)
def test_whatever_becomes_of_a_webhook_the_job_is_paid_once_and_its_picture_kept(
    address: str,
    emulator: Emulator,
    engine: Engine,
    objects: Objects,
    owned: Owned,
    tmp_path: Path,
    kind: str,
    seconds: float | None,
    hints: int,
) -> None:
    emulator.settings(latency={"picture": 0.5})
    emulator.fault("processing", match={"provider": "modelslab"})  # a job, not an answer at once
    if kind != "none":
        emulator.fault(f"webhook_{kind}", **({} if seconds is None else {"seconds": seconds}))
    adapter = ModelsLab(SecretStr("ml-key"), emulator.urls.modelslab, CATALOGUE)
    policy = Policy(tmp_path / "journal", poll_at_least=0.3, webhooks=f"{address}/api/v1/webhooks")
    body = {"prompt": f"A lamp, {owned.book_id}", "width": 512, "height": 512}
    ladder = [Offer(FLUX, lambda seed: Request("modelslab", "text-to-image", FLUX.name, {**body, "seed": seed}), UNITS)]
    with Cashier(engine, objects, {"modelslab": adapter}, policy) as cashier:
        picture = cashier.buy(_purpose(owned), ladder, _data).value
        _until(lambda: _hints(engine, owned) == hints)
        assert cashier.buy(_purpose(owned), ladder, _data).value == picture

    assert picture.startswith((b"\x89PNG", b"\xff\xd8"))
    (charge,) = emulator.bill().charges
    with engine.connect() as connection:
        query = select(payments.c.state, payments.c.cost_usd, payments.c.reference)
        (paid,) = connection.execute(query.where(payments.c.book_id == owned.book_id)).all()
    assert tuple(paid) == ("done", Decimal(charge["amount_usd"]), charge["reference"])


def _purpose(owned: Owned) -> Purpose:
    return Purpose(owned, "scene_images", "shot-1", "c" * 64, None, "shot-1", threading.Event())


def _data(answer: Answer) -> bytes:
    return answer.data


def _hints(engine: Engine, owned: Owned) -> int:
    """What the provider said of the book's payments, true or not."""
    tokens = select(payments.c.token).where(payments.c.book_id == owned.book_id)
    with engine.connect() as connection:
        query = select(func.count()).select_from(webhooks).where(webhooks.c.token.in_(tokens))
        return int(connection.execute(query).scalar_one())


def _until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < end
        threading.Event().wait(0.05)
