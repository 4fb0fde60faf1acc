"""What people edited of a book: the rows, and what those in force mean for an item, a voice or a picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast
from uuid import UUID

from sqlalchemy import Connection, select

from litink.db.schema import edits
from litink.generation.keys import content_hash
from litink.generation.model import Edits, Patched
from litink.library import reading
from litink.library.changes import State
from litink.objects import Objects
from litink.story.edits.kinds import (
    EDIT,
    EDITS_VERSION,
    PICTURES,
    PRONUNCIATIONS,
    VOICES,
    ChooseVoice,
    Edit,
    Patch,
    Pronounce,
    WishPicture,
    stored,
)
from litink.story.edits.patch import patched


@dataclass(frozen=True)
class EditRecord:
    """An edit that was made; ``asset`` and ``key`` name the item that it patches, or what it tells tasks about."""

    number: int
    asset: str
    key: str
    edit: Edit
    summary: str
    state: State
    author: str
    created_at: datetime


def all_of(connection: Connection, book_id: UUID) -> list[EditRecord]:
    """All edits that were ever made of a book, in order."""
    columns = [edits.c[name] for name in EditRecord.__dataclass_fields__]
    query = select(*columns).where(edits.c.book_id == book_id).order_by(edits.c.number)
    return [
        EditRecord(**{**row, "edit": EDIT.validate_python(row["edit"])}) for row in connection.execute(query).mappings()
    ]


def of_item(made: Sequence[EditRecord], asset: str, key: str, objects: Objects) -> Edits:
    """The edits in force of an item, as its task wants them."""
    mine = [(m.number, cast(Patch, m.edit)) for m in made if m.state == "in_force" and (m.asset, m.key) == (asset, key)]
    named = content_hash([EDITS_VERSION, [[number, stored(edit)] for number, edit in mine]]) if mine else ""

    def apply(data: bytes) -> Patched:
        content = patched(asset, data, mine, objects.get)
        told = [{"edit": conflict.number, "reason": conflict.reason} for conflict in content.conflicts]
        return Patched(content.data, reading.JSON, {**content.figures, "conflicts": told})

    return Edits(named, apply)


def chosen_voices(made: Sequence[EditRecord]) -> dict[str | None, str]:
    """The voices that people chose and that are in force, by Character.id; None is the narrator."""
    chosen: dict[str | None, str] = {}
    for edit in _in_force(made, VOICES):
        assert isinstance(edit, ChooseVoice)
        if edit.voice is None:
            chosen.pop(edit.character, None)
        else:
            chosen[edit.character] = edit.voice
    return chosen


def voices_ever_chosen(made: Sequence[EditRecord]) -> frozenset[tuple[str | None, str]]:
    """Character.id and voice, for every choice that was ever made: what was heard then is no casting of the book's."""
    choices = [m.edit for m in made if isinstance(m.edit, ChooseVoice)]
    return frozenset((choice.character, choice.voice) for choice in choices if choice.voice is not None)


def pronunciations(made: Sequence[EditRecord]) -> dict[str, Pronounce]:
    """The book's dictionary as it is in force, by word as it is written."""
    found: dict[str, Pronounce] = {}
    for edit in _in_force(made, PRONUNCIATIONS):
        assert isinstance(edit, Pronounce)
        found.pop(edit.word, None)
        if edit.say is not None:
            found[edit.word] = edit
    return found


def wished(made: Sequence[EditRecord], asset: str, key: str) -> WishPicture | None:
    """What a person asks of one picture; None where it is drawn as it comes."""
    wishes = [edit for edit in _in_force(made, PICTURES, f"{asset}/{key}") if isinstance(edit, WishPicture)]
    return wishes[-1] if wishes and (wishes[-1].words or wishes[-1].take) else None


def numbers_in_force(made: Sequence[EditRecord], asset: str) -> tuple[int, ...]:
    """Which edits of an asset are in force: equal numbers of a book, equal edits."""
    return tuple(m.number for m in made if m.state == "in_force" and m.asset == asset)


def _in_force(made: Sequence[EditRecord], asset: str, key: str | None = None) -> list[Edit]:
    return [m.edit for m in made if m.state == "in_force" and m.asset == asset and key in (None, m.key)]
