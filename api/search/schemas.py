"""How passages found, questions and answers look from outside."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field

from litink.library.search import Hit


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


class Question(BaseModel):
    question: str = Field(min_length=1, max_length=500, pattern=r"\S", examples=["Who lit the lamp?"])
    until_chapter: int | None = Field(
        default=None, ge=1, le=100_000, description="number of the last chapter that may be given away"
    )


class NumberedPassage(PassageFound):
    cited_as: int = Field(description="the number by which the answer cites it")


class PassagesEvent(BaseModel):
    passages: list[NumberedPassage]

    @classmethod
    def of(cls, hits: tuple[Hit, ...]) -> PassagesEvent:
        return cls(
            passages=[
                NumberedPassage(**PassageFound.model_validate(hit, from_attributes=True).model_dump(), cited_as=number)
                for number, hit in enumerate(hits, 1)
            ]
        )


class DeltaEvent(BaseModel):
    text: str
    anew: bool = Field(description="what came before is void: another model is asked")


class Citation(BaseModel):
    number: int = Field(description="as it stands in the text, in square brackets")
    chapter: str
    start: int = Field(description="code points in the chapter's text")
    end: int


class AnswerEvent(BaseModel):
    text: str
    citations: list[Citation]
    source: Literal["model", "passages"] = Field(description="passages: the book's own words, no model's")
    made_by: str
    note: str = Field(description="why no model answered")
