"""How passages found look from outside."""

from __future__ import annotations

from pydantic import BaseModel, Field


class PassageFound(BaseModel):
    chapter: str = Field(description="the chapter's key")
    number: int | None
    title: str
    start: int = Field(description="code points in the chapter's text")
    end: int
    text: str
    score: float = Field(description="reciprocal rank fusion; comparable within one answer only")


class Found(BaseModel):
    query: str
    passages: list[PassageFound] = Field(description="best first")
