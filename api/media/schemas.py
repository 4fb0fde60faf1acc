"""How pictures, lines, film, audiobook and costs look from outside."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field

from litink.providers.base import Ratio
from litink.story.model import ShotSize

ItemState = Literal["pending", "running", "done", "failed"]


class PictureView(BaseModel):
    key: str
    label: str
    state: ItemState
    link: str | None = Field(description="null as long as it has not been made")
    width: int | None
    height: int | None
    caption: str
    made_by: str | None = Field(description='"drawn locally", or by which model of which provider; null until made')


class StoryboardPicture(PictureView):
    chapter: str
    scene: str
    scene_title: str
    size: ShotSize
    figures: list[str] = Field(description="ids of the characters in the picture")
    lines: list[str] = Field(description="ids of the script's lines that it stands for")


class Pictures(BaseModel):
    made_by: str = Field(description='who drew the shots: "drawn locally", or the models and their providers')
    cover: PictureView | None
    cards: list[PictureView] = Field(description="title card and chapter cards")
    portraits: list[PictureView]
    storyboard: list[StoryboardPicture] = Field(description="one a shot, in the order of the film")


class SpokenWord(BaseModel):
    """Seconds from the start of the line; code points of the line's text."""

    text: str
    start: float
    end: float
    char_start: int
    char_end: int


class SpokenLine(BaseModel):
    key: str
    state: ItemState
    chapter: str
    speaker: str | None = Field(description="id of the character; null for the narrator")
    voice: str | None
    text: str
    seconds: float | None
    link: str | None
    made_by: str | None = Field(description='"spoken locally", or by which model of which provider; null until made')
    words: list[SpokenWord]


class FilmChapter(BaseModel):
    title: str
    start: float
    end: float


class Gap(BaseModel):
    """Something the film goes without."""

    kind: Literal["picture", "line", "clip", "motion", "lipsync", "music"]
    scene: str = Field(description="id of the scene")
    item: str = Field(
        description="the line's id, the number of the shot in its scene (from 1), or the title of a clip or video"
    )


class Film(BaseModel):
    link: str
    captions: str | None
    seconds: float
    bytes: int
    ratio: Ratio
    chapters: list[FilmChapter]
    missing: list[Gap]
    made_by: str = Field(description="who wrote, drew and spoke what it is made of, in a sentence")


class Audiobook(BaseModel):
    """Something to hear from beginning to end."""

    link: str
    seconds: float
    bytes: int


class Results(BaseModel):
    """What there is to watch and to hear; null what has not been made yet."""

    film: Film | None
    audiobook: Audiobook | None
    read_along: Audiobook | None = Field(description="an EPUB whose text is highlighted as it is read aloud")
    cover: str | None


class CostRow(BaseModel):
    asset: str
    provider: str
    model: str
    paid: bool
    calls: int
    cost_usd: float
    seconds: float


class Costs(BaseModel):
    cost_usd: float = Field(description="over the book's life")
    paid_calls: int = Field(description="calls to providers that ask for money; the others were made on this machine")
    calls: list[CostRow]
