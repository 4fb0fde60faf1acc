"""The table of voices that were cloned: all SQL about them, and nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import Connection, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from litink.db.schema import voice_clones
from litink.providers.base import Voice
from litink.story.model import Age, Gender

State = Literal["making", "ready", "removing"]


@dataclass(frozen=True)
class Clone:
    """A voice of a person's own."""

    id: UUID
    name: str
    gender: Gender
    age: Age
    accent: Literal["us", "gb"]
    manner: str
    samples: Sequence[str]
    consent: str
    mark: str
    voice: str | None  # Voice.id, once it is made
    state: State
    created_at: datetime


_COLUMNS = [voice_clones.c[name] for name in Clone.__dataclass_fields__]


def of_owner(connection: Connection, owner_id: UUID) -> list[Clone]:
    """The newest first."""
    query = select(*_COLUMNS).where(voice_clones.c.owner_id == owner_id).order_by(voice_clones.c.id.desc())
    return [Clone(**row) for row in connection.execute(query).mappings()]


def get(connection: Connection, owner_id: UUID, clone_id: UUID) -> Clone | None:
    query = select(*_COLUMNS).where(voice_clones.c.owner_id == owner_id, voice_clones.c.id == clone_id)
    row = connection.execute(query).mappings().first()
    return Clone(**row) if row else None


def voices(connection: Connection, owner_id: UUID) -> tuple[Voice, ...]:
    """Those that can speak, as books choose them, by name."""
    ready = [one for one in of_owner(connection, owner_id) if one.state == "ready"]
    return tuple(
        Voice(one.voice or "", one.name, one.gender, one.age, one.accent, one.manner)
        for one in sorted(ready, key=lambda one: one.name.casefold())
    )


def add(connection: Connection, owner_id: UUID, **values: object) -> Clone | None:
    """A voice to be made; None when the owner has one of this name."""
    statement = insert(voice_clones).values(owner_id=owner_id, state="making", **values)
    statement = statement.on_conflict_do_nothing(index_elements=["owner_id", "name"])
    row = connection.execute(statement.returning(*_COLUMNS)).mappings().first()
    return Clone(**row) if row else None


def made(connection: Connection, clone_id: UUID, voice: str) -> None:
    _set(connection, clone_id, state="ready", voice=voice)


def removing(connection: Connection, clone_id: UUID) -> None:
    """From now on nobody is spoken by it."""
    _set(connection, clone_id, state="removing")


def drop(connection: Connection, clone_id: UUID) -> None:
    connection.execute(delete(voice_clones).where(voice_clones.c.id == clone_id))


def _set(connection: Connection, clone_id: UUID, **values: object) -> None:
    statement = update(voice_clones).where(voice_clones.c.id == clone_id)
    connection.execute(statement.values(updated_at=func.now(), **values))
