"""Who is acting: told once where a request, or a command, comes in; read where what was done is written down."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import Literal
from uuid import UUID

# anybody: a request of somebody who is not signed in; mail: whoever followed a mailed link
Via = Literal["local", "session", "token", "issuer", "mail", "anybody", "cli", "system"]


@dataclass(frozen=True)
class Actor:
    """``id`` None: nobody in particular. ``network``: as litink.accounts.lockout.network_of tells it."""

    id: UUID | None
    via: Via
    request_id: str | None = None
    network: str | None = None


# Without a word from anybody it is the installation itself, as in Dagster's processes.
_INSTALLATION = Actor(None, "system")
acting: ContextVar[Actor] = ContextVar("litink_acting", default=_INSTALLATION)


def as_person(person: UUID | None, via: Via) -> Actor:
    """The one who is acting now, found out to be this person."""
    return replace(acting.get(), id=person, via=via)
