"""How a book's division into sections looks from outside, and what may be corrected of it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from api.links import book_link
from litink.books.corrections import Correction, opening
from litink.books.model import BlockKind, Section, SectionKind
from litink.library.changes import State, to_redo, to_undo
from litink.library.corrections import CorrectionRecord, Structure

BEGINNING = 160  # characters of a text that are shown as its beginning


class SectionView(BaseModel):
    key: str
    kind: SectionKind
    number: int | None = Field(description="position among the chapters; null for front and back matter")
    title: str
    path: list[str] = Field(description="titles of the parts above it, outermost first")
    word_count: int
    blocks: int = Field(description="paragraphs and the like; it may be split between two of them")
    begins: str = Field(description="its first words")
    chosen: bool = Field(description="whether it is among the chapters that are made into film and audiobook")
    link: str

    @classmethod
    def of(cls, book_id: UUID, section: Section, *, chosen: bool) -> SectionView:
        return cls(
            key=section.key,
            kind=section.kind,
            number=section.number,
            title=section.title,
            path=list(section.path),
            word_count=section.word_count,
            blocks=len(section.blocks),
            begins=beginning(section.text),
            chosen=chosen,
            link=book_link(book_id, "chapters", section.key),
        )


class CorrectionView(BaseModel):
    number: int
    correction: Correction
    summary: str = Field(description="what it did, in words")
    state: State = Field(
        description="`undone` may be redone; `dropped` was undone before something else was corrected, and stays so"
    )
    conflict: str | None = Field(description="why it has no effect on the book as it was read last; it is kept")
    author: str
    created_at: datetime

    @classmethod
    def of(cls, made: CorrectionRecord, conflict: str | None) -> CorrectionView:
        return cls.model_validate({**vars(made), "conflict": conflict})


class StructureView(BaseModel):
    version: str = Field(description="what `If-Match` names, in quotation marks; every correction gives another one")
    sections: list[SectionView] = Field(description="in reading order, front and back matter too")
    corrections: list[CorrectionView] = Field(description="all that were ever made, in order")
    undo: int | None = Field(description="the correction that undo would take back")
    redo: int | None = Field(description="the correction that redo would make again")

    @classmethod
    def of(cls, book_id: UUID, structure: Structure) -> StructureView:
        made = structure.corrections
        return cls(
            version=structure.version,
            sections=[SectionView.of(book_id, s, chosen=s.key in structure.chosen) for s in structure.book.sections],
            corrections=[CorrectionView.of(c, structure.conflicts.get(c.number)) for c in made],
            undo=to_undo(made),
            redo=to_redo(made),
        )


class Corrections(BaseModel):
    """Made one after another, all or none; each sees what those before it did."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "corrections": [
                        {"do": "rename", "section": "c1f0b9a2d37", "title": "The Red Column"},
                        {"do": "set_kind", "section": "c7e2a0cc914", "kind": "back_matter"},
                        {"do": "split", "section": "c03d5e11b6a", "offset": 4178, "title": "South-West"},
                        {"do": "join", "section": "c9a41c8e2f0"},
                        {"do": "move", "section": "c5b7716f3d8", "before": None},
                    ]
                }
            ]
        },
    )

    corrections: list[Correction] = Field(min_length=1, max_length=500)


class BlockView(BaseModel):
    """A paragraph or the like. A section can be split before every one but the first."""

    offset: int = Field(description="where it starts in the section's text, in code points")
    kind: BlockKind
    begins: str
    word_count: int

    @classmethod
    def all_of(cls, section: Section) -> list[BlockView]:
        return [
            cls(
                offset=block.start,
                kind=block.kind,
                begins=beginning(opening(section, block, 2 * BEGINNING)),
                word_count=len(section.block_text(block).split()),
            )
            for block in section.blocks
        ]


def beginning(text: str) -> str:
    """The first words of a text, in one line."""
    words = " ".join(text[: 2 * BEGINNING].split())
    if len(words) <= BEGINNING:
        return words
    return words[:BEGINNING].rsplit(" ", 1)[0] + "…"
