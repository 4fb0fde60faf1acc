"""What all paid calls of a process share: database, object store, adapters, policy, journal, bell and slots."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from sqlalchemy import Connection, Engine

from litink.db.engine import plain_conninfo
from litink.db.transactions import steadfast
from litink.generation.paid.bell import Bell
from litink.generation.paid.journal import Journal
from litink.generation.paid.payments import JOBS_CHANNEL
from litink.generation.paid.policy import Policy
from litink.generation.paid.slots import SLOTS_CHANNEL, Slots
from litink.objects import Objects
from litink.providers.wire import Adapter

T = TypeVar("T")


@dataclass(frozen=True)
class Desk:
    engine: Engine
    objects: Objects
    adapters: Mapping[str, Adapter]
    policy: Policy
    journal: Journal = field(init=False)
    bell: Bell = field(init=False)
    slots: Slots = field(init=False)

    def __post_init__(self) -> None:
        conninfo = plain_conninfo(self.engine.url.render_as_string(hide_password=False))
        bell = Bell(conninfo, (JOBS_CHANNEL, SLOTS_CHANNEL))
        object.__setattr__(self, "journal", Journal(self.policy.journal))
        object.__setattr__(self, "bell", bell)
        object.__setattr__(self, "slots", Slots(conninfo, self.policy, bell))

    def transact(self, work: Callable[[Connection], T], stop: threading.Event | None = None) -> T:
        """A transaction that outlasts a restart of the database, see :func:`litink.db.transactions.steadfast`."""
        return steadfast(self.engine, work, self.policy.database, stop)

    def close(self) -> None:
        self.bell.close()
        self.slots.close()
