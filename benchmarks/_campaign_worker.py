"""One run of the fault campaign: makes assets of a book as a run does, with short waits, in a process of its own."""

from __future__ import annotations

import os
import sys
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from litink.db.engine import application_url, engine_for, plain_conninfo
from litink.errors import LitinkError
from litink.generation.generate import Generator
from litink.generation.paid.cashier import Cashier, Policy
from litink.generation.presence import Presence
from litink.objects import Objects
from litink.production.engines import Engines
from litink.production.studio import Studio
from litink.providers.adapters import adapters
from litink.providers.catalogue import load
from litink.settings import get_settings


def work(book_id: uuid.UUID, assets: Sequence[str], environment: Mapping[str, str], log: Path) -> None:
    """Exit code 0 when every asset came out, 1 when one failed (its rows say why), else it died."""
    os.environ.update(environment)
    with log.open("ab") as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    settings = get_settings()
    engine = engine_for(application_url(settings))
    objects = Objects.from_settings(settings)
    # The rules are the product's own; only waits are shortened, so that hundreds of runs end within an hour.
    policy = replace(
        Policy.from_settings(settings),
        retry_base=0.05,
        look_ups=(0.1, 0.3),
        poll_at_least=0.1,
        poll_at_most=0.5,
        job=4.0,
        database=30.0,
        breaker_pause=0.5,
        breaker_pause_at_most=2.0,
    )

    def cashier() -> Cashier:
        return Cashier(engine, objects, adapters(settings, load(settings.catalogue)), policy)

    failed = False
    with Presence(plain_conninfo(application_url(settings))) as presence, Engines.opened(settings, cashier) as engines:
        studio = Studio(engine, objects, engines, Generator(engine, objects, settings.workers), presence)
        for asset in assets:
            try:
                production, _ = studio.materialise(book_id, asset, uuid.uuid4().hex)
                studio.settle(production, asset)
            except LitinkError as error:
                print(f"{asset}: {error.code}: {error.message}", file=sys.stderr)
                failed = True
                if asset in ("characters", "plot_overview", "scripts", "scenes"):
                    break
    sys.exit(int(failed))
