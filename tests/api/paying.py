"""An application that has the keys of emulated providers, and a book that nobody has asked a provider about."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import httpx

from api.app import create_app
from litink.library.repository import BookRecord
from litink.settings import Settings
from tests.emulated import Emulator
from tests.made_books import TEXT, Maker
from tests.served import serving

PROVIDERS = ("openrouter", "modelslab", "elevenlabs")


@contextmanager
def paying(settings: Settings, emulator: Emulator, **changes: Any) -> Iterator[httpx.Client]:
    """Speaks to /api/v1 of an application with all keys; settings by name change that."""
    own: dict[str, Any] = {"home": settings.home, "postgres_port": settings.postgres_port}
    own |= {f"{name}_api_key": f"key-of-{name}" for name in PROVIDERS}
    own |= {f"{name}_url": getattr(emulator.urls, name) for name in PROVIDERS}
    with (
        serving(create_app(Settings(_env_file=None, **(own | changes)))) as address,
        httpx.Client(base_url=f"{address}/api/v1", timeout=60) as client,
    ):
        yield client


def fresh_book(maker: Maker) -> BookRecord:
    """Its first line is like no other book's."""
    return maker.finished(text=TEXT.replace("The lamp on the Point", f"The lamp on {uuid4().hex}"))
