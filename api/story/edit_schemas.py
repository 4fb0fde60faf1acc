"""How edits and versions look from outside."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from litink.generation.contents import Version
from litink.library.changes import State, to_redo, to_undo
from litink.library.editing import Edited
from litink.library.edits import EditRecord
from litink.story.edits.compare import Difference
from litink.story.edits.kinds import Edit, stored
from litink.story.edits.words import Name


class EditView(BaseModel):
    number: int
    asset: str = Field(
        description="with `key`: the item that it changes; `voices`, `pictures`, `pronunciations`: what tasks are told"
    )
    key: str
    edit: dict[str, Any] = Field(description="as it was made, with what was filled in")
    summary: str = Field(description="what it did, in words")
    state: State = Field(
        description="`undone` may be redone; `dropped` was undone before something else was edited, and stays so"
    )
    conflict: str | None = Field(
        description="why it, or a part of it, has no effect on the book as it stands; it is kept"
    )
    author: str
    created_at: datetime

    @classmethod
    def of(cls, made: EditRecord, conflict: str | None) -> EditView:
        return cls.model_validate({**vars(made), "edit": stored(made.edit), "conflict": conflict})


class EditsView(BaseModel):
    version: str = Field(description="what `If-Match` names, in quotation marks; every edit gives another one")
    edits: list[EditView] = Field(description="all that were ever made, in order")
    undo: int | None = Field(description="the edit that undo would take back")
    redo: int | None = Field(description="the edit that redo would make again")

    @classmethod
    def of(cls, edited: Edited) -> EditsView:
        return cls(
            version=edited.version,
            edits=[EditView.of(made, edited.conflicts.get(made.number)) for made in edited.edits],
            undo=to_undo(edited.edits),
            redo=to_redo(edited.edits),
        )


class NewEdits(BaseModel):
    """Made one after another, all or none; each sees what those before it did."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "edits": [
                        {"edit": "character", "character": "mara-quill", "set": {"name": "Mara Quinn"}},
                        {
                            "edit": "line",
                            "chapter": "c1f0b9a2d37",
                            "line": "l0004",
                            "set": {"text": "Who goes there?", "emotion": "fear"},
                        },
                        {"edit": "voice", "character": None, "voice": "kokoro:bm_george"},
                        {"edit": "pronunciation", "word": "Quill", "say": "Kwill"},
                    ]
                }
            ]
        },
    )

    edits: list[Edit] = Field(min_length=1, max_length=200)


class PronunciationView(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    word: str = Field(description="as it is written; with a capital it is meant so, or in capitals throughout")
    say: str = Field(description="what is read in its place")
    ipa: str | None = Field(description="how it sounds, for voices that can be told so")
    lines: int = Field(description="how many lines of the scripts have it")


class VersionView(BaseModel):
    number: int
    author: str = Field(description='"generated", or who edited')
    name: str | None = Field(description="of the branch that it belongs to")
    edit: int | None = Field(description="the edit that made it")
    created_at: datetime
    in_force: bool


class VersionsView(BaseModel):
    """The newest first; that one is in force."""

    versions: list[VersionView]

    @classmethod
    def of(cls, found: list[Version]) -> VersionsView:
        return cls(
            versions=[
                VersionView.model_validate({**vars(version), "in_force": version is found[0]}) for version in found
            ]
        )


class NewBranch(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: Name


class Comparison(BaseModel):
    """``truncated``: there are more differences than are told."""

    before: int
    after: int
    differences: list[Difference]
    truncated: bool
