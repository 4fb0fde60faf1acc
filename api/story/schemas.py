"""How chapters, cast and scripts look from outside where that differs from litink's own values."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from api.books.schemas import ChapterSummary
from litink.books.model import Block, Note
from litink.story.model import Age, Character, EntityKind, Gender, Importance, ScriptStyle, Statement


class ChapterText(ChapterSummary):
    """Offsets in ``blocks`` and ``notes`` count Unicode code points of ``text``."""

    heading: str = Field(description="as printed")
    text: str
    blocks: list[Block]
    notes: list[Note]


class Stretch(BaseModel):
    chapter: str = Field(description="the chapter's key")
    number: int | None
    title: str
    start: int = Field(description="code points in the chapter's text")
    end: int
    text: str


class CrossReferenceView(BaseModel):
    passage: Stretch
    earlier: Stretch = Field(description="in a chapter before")
    score: float = Field(description="likeness of meaning, and a tenth for each word that both alone have")
    shared: list[str] = Field(description="rare words of both, the rarest first")


class VoiceView(BaseModel):
    id: str
    name: str
    gender: Gender
    age: Age
    accent: str
    manner: str


class CharacterView(Character):
    voice_used: VoiceView | None = Field(description="null for those who never speak")
    portrait: str | None = Field(description="address of the picture, once it has been made")


class EntityView(BaseModel):
    """A place or a thing."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    name: str
    kind: EntityKind
    aliases: list[str]
    role: str
    importance: Importance
    description: list[Statement] = Field(description="sentences of the text that tell of it, with their spans")
    mention_count: int


class CastView(BaseModel):
    narrator: VoiceView | None
    characters: list[CharacterView]
    locations: list[EntityView] = Field(description="places that the book comes back to, the most spoken of first")
    objects: list[EntityView] = Field(description="things that matter in it, the most spoken of first")


class ScriptSummary(BaseModel):
    chapter: str
    title: str
    style: ScriptStyle
    scenes: int
    lines: int
    link: str
