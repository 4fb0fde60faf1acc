"""What a person may ask for when handing in a book; all of it has a default."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Literal, Self

from pydantic import Field, field_validator, model_validator

from litink.books.model import Book, Frozen, Section
from litink.errors import Refused
from litink.providers.base import Ratio
from litink.providers.catalogue import Task
from litink.story.model import ScriptStyle
from litink.story.styles import WHOLE

Motion = Literal["stills", "clips"]
Music = Literal["none", "ambience", "composed"]
Start = Literal["auto", "at_once", "when_told"]

_RANGE = re.compile(r"^(\d+)(?:-(\d+))?$")


class MakeOptions(Frozen):
    """``chapters`` is "all" or numbers and ranges: "1", "1-3", "2,5-7"."""

    chapters: str = "all"
    ratio: Ratio = "16:9"
    style: ScriptStyle = "dialogue"
    directive: str = Field(default="", max_length=2000)
    minutes: int | None = Field(
        default=None,
        ge=1,
        le=6000,
        description="about how long the film is to be, in a style that may leave something out; null: as it comes",
    )
    motion: Motion = Field(
        default="stills",
        description="stills: the camera moves over the pictures; clips: where a provider can, it sets one picture a "
        "scene in motion, at a price",
    )
    lipsync: bool = Field(
        default=False,
        description="where a provider can, it moves the lips of who speaks in one near picture a scene, at a price; in "
        "pictures that were drawn on this machine mouths always move",
    )
    music: Music = Field(
        default="none",
        description="what lies under the voices of the film. ambience: the sound of the place, the weather and the "
        "mood, made here; composed: where a provider can, music for the mood, at a price, else ambience",
    )
    local_fallback: bool = Field(
        default=False,
        description="where no provider's model can be had for a text (cast, plot, scripts, scenes), the writer of "
        "this machine makes it, and it says so; false: it fails",
    )
    models: Mapping[Task, str] = Field(
        default_factory=dict,
        description="the catalogue's model that is asked first, by what it does; the tier's own where none is named",
    )

    @field_validator("chapters")
    @classmethod
    def _well_formed(cls, value: str) -> str:
        value = value.strip().lower() or "all"
        if value != "all":
            for part in value.split(","):
                found = _RANGE.match(part.strip())
                if not found or int(found[1]) < 1 or (found[2] and int(found[2]) < int(found[1])):
                    raise ValueError(f"“{value}” names no chapters; write 3, 1-3 or 2,5-7")
        return value

    @field_validator("minutes", mode="before")
    @classmethod
    def _or_none(cls, value: object) -> object:
        return None if value == "" else value  # a form's empty field

    @model_validator(mode="after")
    def _may_be_shortened(self) -> Self:
        if self.minutes is not None and self.style in WHOLE:
            raise ValueError(
                f"the style {self.style} keeps every word; choose another one for a film of a given length"
            )
        return self

    def wants(self, number: int | None) -> bool:
        """Whether the chapter of this number is asked for."""
        if self.chapters == "all":
            return True
        parts = [_RANGE.match(part.strip()) for part in self.chapters.split(",")]
        return number is not None and any(p and int(p[1]) <= number <= int(p[2] or p[1]) for p in parts)

    def select(self, book: Book) -> tuple[Section, ...]:
        """The chapters asked for, in order. Raises Refused when the book has none of them."""
        if self.chapters == "all":
            return book.chapters
        chosen = tuple(chapter for chapter in book.chapters if self.wants(chapter.number))
        if not chosen:
            raise Refused(
                "no-such-chapter", f"The book has {len(book.chapters)} chapters; {self.chapters} is none of them."
            )
        return chosen


class Terms(Frozen):
    """On what terms a book is handed in: the most that it may cost, and whether its making waits for a person's word.

    ``auto``: at once where nothing is paid for or a cap was given, else not before somebody has seen the price.
    """

    cap_usd: Decimal | None = Field(
        default=None, ge=0, le=100_000, description="the most that the book may ever cost, in USD"
    )
    start: Start = "auto"

    def waits(self, *, paid: bool) -> bool:
        """``paid``: whether making the book buys anything."""
        return self.start == "when_told" or (self.start == "auto" and paid and self.cap_usd is None)
