"""What may be asked for: the orders, their bounds, and how they are called. Nothing is looked up or made here."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, TypeAdapter, model_validator

from litink.books.model import Frozen
from litink.generation.keys import content_hash
from litink.media.profile import Resolution

Container = Literal["mp4", "webm", "mov"]
Captions = Literal["soft", "burned", "none"]

PREVIEW_SECONDS = 30.0
MOST_CUTS = 500

MEDIA_TYPES = {
    "mp4": "video/mp4",
    "webm": "video/webm",
    "mov": "video/quicktime",
    "m4b": "audio/mp4",
    "mp3": "audio/mpeg",
}


class _Asked(Frozen, extra="forbid"):
    pass


class _Film(_Asked):
    """What all films have in common."""

    container: Container = Field(
        default="mp4", description="mp4 and mov are joined without encoding anew; webm is VP9 and Opus"
    )
    resolution: Resolution = Field(default="720p", description="of the shorter side; at most what the subscription has")
    captions: Captions = Field(default="soft", description="soft: a track to be switched on; burned: in the picture")
    watermark: bool | None = Field(default=None, description="null: as the subscription has it")


class FilmOrder(_Film):
    """The film, or one chapter of it, in another form."""

    kind: Literal["film"] = "film"
    chapter: str | None = Field(default=None, max_length=40, description="its key; null: the whole film")


class TrailerOrder(_Film):
    """The film's best moments in their order, without its ending."""

    kind: Literal["trailer"] = "trailer"
    seconds: int = Field(default=60, ge=30, le=300, description="at most so long")


class AudiobookOrder(_Asked):
    """The audiobook, or one chapter of it."""

    kind: Literal["audiobook"] = "audiobook"
    chapter: str | None = Field(default=None, max_length=40, description="its key; null: the whole book")
    container: Literal["m4b", "mp3"] = "m4b"


class Cut(_Asked):
    """A clip, or a stretch of it, in a film of one's own. Seconds; times count from the clip's beginning."""

    clip: str = Field(min_length=1, max_length=120, description="the key of one of the book's clips")
    start: float = Field(default=0.0, ge=0, le=36_000, allow_inf_nan=False)
    end: float | None = Field(default=None, gt=0, le=36_000, allow_inf_nan=False, description="null: the clip's end")
    fade_in: float = Field(default=0.5, ge=0, le=5, allow_inf_nan=False)
    fade_out: float = Field(default=0.5, ge=0, le=5, allow_inf_nan=False)
    volume: float = Field(default=1.0, ge=0, le=2, allow_inf_nan=False, description="1: as it is")

    @model_validator(mode="after")
    def _begins_before_it_ends(self) -> Cut:
        if self.end is not None and self.end <= self.start:
            raise ValueError("a cut ends after it starts")
        return self


class MergeOrder(_Film):
    """A film of the book's own clips in an order of one's own."""

    kind: Literal["merge"] = "merge"
    name: str = Field(min_length=1, max_length=120)
    cuts: tuple[Cut, ...] = Field(min_length=1, max_length=MOST_CUTS)
    preview_from: float | None = Field(
        default=None,
        ge=0,
        le=360_000,
        allow_inf_nan=False,
        description=f"only {PREVIEW_SECONDS:.0f} seconds from here, small and quickly made; null: all of it",
    )


Order = Annotated[FilmOrder | TrailerOrder | AudiobookOrder | MergeOrder, Field(discriminator="kind")]
FilmLike = FilmOrder | TrailerOrder | MergeOrder

ORDER: TypeAdapter[Order] = TypeAdapter(Order)


def key_of(order: Order) -> str:
    """The same order has the same key: asked for twice it is one."""
    return f"{order.kind}-{content_hash(order)[:12]}"


def label_of(order: Order, chapter: str = "") -> str:
    """What it is called. ``chapter``: the title of its chapter."""
    if isinstance(order, AudiobookOrder):
        return f"{chapter or 'audiobook'} · {order.container.upper()}"
    name = {"film": chapter or "film", "trailer": "trailer", "merge": getattr(order, "name", "")}[order.kind]
    length = f" of {order.seconds} s" if isinstance(order, TrailerOrder) else ""
    words = " · captions burned in" if order.captions == "burned" else ""
    return f"{name}{length} · {order.container.upper()} {order.resolution}{words}"
