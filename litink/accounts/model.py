"""A person as a request comes from one: who, what they are, how they came in, what that way allows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args
from uuid import UUID

Role = Literal["user", "creator", "author", "superadmin"]
Scope = Literal["read", "write", "spend"]
Via = Literal["local", "session", "token", "issuer"]

SCOPES: frozenset[Scope] = frozenset(get_args(Scope))


@dataclass(frozen=True)
class Identity:
    """Who makes a request."""

    id: UUID
    role: Role
    tier: str
    via: Via
    verified: bool  # their mail was seen to arrive; without it nothing is written
    scopes: frozenset[Scope] = SCOPES
    session_id: UUID | None = None

    @property
    def operates(self) -> bool:
        """May see and do what concerns everybody. A token never may: one that leaks must not open the house."""
        return self.role == "superadmin" and self.via != "token" and self.verified


@dataclass(frozen=True)
class Account:
    """A person as they and operators see them."""

    id: UUID
    email: str | None
    role: Role
    tier: str
    state: Literal["active", "suspended"]
    verified_at: datetime | None
    has_password: bool
    created_at: datetime


@dataclass(frozen=True)
class Client:
    """Where a log-in comes from, as far as that can be told."""

    network: str
    agent: str = ""
