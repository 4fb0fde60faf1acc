"""The values of the catalogue: models with their prices and limits, tiers with their ladders. Nothing is read here."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_UP, Decimal
from typing import Literal, Self, get_args

from pydantic import Field, PositiveInt, model_validator

from litink.books.model import Frozen
from litink.providers.wire import Operation

Provider = Literal["openrouter", "modelslab", "elevenlabs"]
Task = Literal[
    "cast",
    "plot",
    "script",
    "scenes",
    "question",
    "embedding",
    "portrait",
    "scene_image",
    "cover",
    "motion",
    "lipsync",
    "speech",
    "music",
]
TASKS: tuple[Task, ...] = get_args(Task)
Usd = Decimal
_CENTS = Decimal("0.00000001")  # the ledger keeps eight places

# What a task may be done by. A scene's picture comes from its cast's portraits where there are any, else from words.
OPERATIONS: Mapping[Task, frozenset[Operation]] = {
    "cast": frozenset({"chat"}),
    "plot": frozenset({"chat"}),
    "script": frozenset({"chat"}),
    "scenes": frozenset({"chat"}),
    "question": frozenset({"chat"}),
    "embedding": frozenset({"embedding"}),
    "portrait": frozenset({"text-to-image"}),
    "scene_image": frozenset({"text-to-image", "image-to-image"}),
    "cover": frozenset({"text-to-image"}),
    "motion": frozenset({"image-to-video"}),
    "lipsync": frozenset({"lip-sync"}),
    "speech": frozenset({"speech"}),
    "music": frozenset({"music"}),
}

PROVIDER_OPERATIONS: Mapping[Provider, frozenset[Operation]] = {
    "openrouter": frozenset({"chat", "embedding"}),
    "modelslab": frozenset(
        {"text-to-image", "image-to-image", "text-to-video", "image-to-video", "lip-sync", "music", "sound-effect"}
    ),
    "elevenlabs": frozenset({"speech"}),
}


class Price(Frozen):
    """USD, each by the unit that vendors publish it in. ``estimate``: the vendor publishes none, this is a guess."""

    million_tokens_in: Usd | None = Field(default=None, ge=0)
    million_tokens_out: Usd | None = Field(default=None, ge=0)
    thousand_characters: Usd | None = Field(default=None, ge=0)
    picture: Usd | None = Field(default=None, ge=0)
    second: Usd | None = Field(default=None, ge=0)
    estimate: bool = False

    def of(self, units: Mapping[str, float]) -> Decimal:
        """USD for ``units`` (tokens_in, tokens_out, characters, pictures, seconds), rounded up to eight places.

        Units that the price does not name cost nothing.
        """
        each = (
            ("tokens_in", self.million_tokens_in, 1_000_000),
            ("tokens_out", self.million_tokens_out, 1_000_000),
            ("characters", self.thousand_characters, 1_000),
            ("pictures", self.picture, 1),
            ("seconds", self.second, 1),
        )
        cost = sum(
            (price * Decimal(str(units.get(unit, 0))) / scale for unit, price, scale in each if price is not None),
            Decimal(0),
        )
        return cost.quantize(_CENTS, ROUND_UP)


# The unit that a call must be billed by, or it would pass for free.
_BILLED_BY: Mapping[Operation, tuple[str, ...]] = {
    "chat": ("million_tokens_in", "million_tokens_out"),
    "embedding": ("million_tokens_in",),
    "text-to-image": ("picture",),
    "image-to-image": ("picture",),
    "text-to-video": ("second",),
    "image-to-video": ("second",),
    "lip-sync": ("second",),
    "speech": ("thousand_characters",),
    "music": ("second",),
    "sound-effect": ("second",),
}


class Model(Frozen):
    """A model for one operation. Limits are the vendor's; None where there is none, or none that matters."""

    id: str  # ours, unique in the catalogue
    provider: Provider
    operation: Operation
    name: str  # on the wire
    price: Price
    ceiling: Decimal = Field(default=Decimal(1), ge=1)  # it never costs more than this times its price
    parameters: frozenset[str] = frozenset()  # fields of the request's body that it takes; "x[]": x is a list
    context_tokens: PositiveInt | None = None  # question and answer together
    answer_tokens: PositiveInt | None = None  # at most, in one answer
    dimensions: PositiveInt | None = None  # of an embedding
    characters: PositiveInt | None = None  # of text or prompt in one request
    credits_per_character: Decimal = Field(default=Decimal(1), gt=0)  # as ElevenLabs counts its own credits
    references: int = Field(default=0, ge=0)  # pictures that it can be given to follow
    sizes: dict[str, tuple[PositiveInt, PositiveInt]] = Field(default_factory=dict)  # ratio -> width, height in pixels
    durations: tuple[PositiveInt, ...] = ()  # seconds that a clip may last, ascending

    def at_most(self, units: Mapping[str, float]) -> Decimal:
        """USD to set aside for a call of at most ``units``."""
        return (self.price.of(units) * self.ceiling).quantize(_CENTS, ROUND_UP)

    def takes(self, parameter: str) -> bool:
        return parameter in self.parameters or f"{parameter}[]" in self.parameters

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        if self.operation not in PROVIDER_OPERATIONS[self.provider]:
            raise ValueError(f"{self.provider} does not do {self.operation}")
        missing = [name for name in _BILLED_BY[self.operation] if getattr(self.price, name) is None]
        if missing:
            raise ValueError(f"{self.operation} is billed by {' and '.join(missing)}: give price.{missing[0]}")
        if self.operation == "chat" and (self.context_tokens is None or self.answer_tokens is None):
            raise ValueError("a chat model needs context_tokens and answer_tokens")
        if self.operation == "embedding" and (self.dimensions is None or self.context_tokens is None):
            raise ValueError("an embedding model needs dimensions and context_tokens")
        if self.operation == "image-to-image" and not self.references:
            raise ValueError("an image-to-image model needs references, the number of pictures that it takes")
        if self.operation in {"text-to-image", "image-to-image"} and not self.sizes:
            raise ValueError('a picture model needs sizes, such as { "16:9" = [1344, 768] }')
        if self.operation in {"text-to-video", "image-to-video"} and not self.durations:
            raise ValueError("a video model needs durations, the seconds that a clip may last")
        if list(self.durations) != sorted(set(self.durations)):
            raise ValueError("durations must ascend")
        return self


class Tier(Frozen):
    """What a subscription allows. None: no limit."""

    name: str
    monthly_usd: Decimal = Field(ge=0)
    credits: int = Field(ge=0)  # granted a month; a credit is $0.01
    price_factor: Decimal = Field(default=Decimal(2), ge=1)  # what users pay / what the provider is paid
    generations_per_hour: PositiveInt | None = None
    priority: int = Field(ge=0)  # higher goes first
    queue: Literal["low", "normal", "high"]
    upload_mib: PositiveInt | None = None  # of one book
    books: PositiveInt | None = None
    films: PositiveInt | None = None
    film_minutes: PositiveInt
    resolution: Literal[720, 1080, 2160]  # pixels of the film's shorter side
    watermark: Literal["always", "removable", "never"]
    choice_of_models: bool = False
    api_tokens: bool = False
    voice_cloning: bool = False
    ladders: dict[Task, tuple[str, ...]]  # ids of models, the first choice first; empty: the tier does not get it

    @model_validator(mode="after")
    def _every_task_has_a_ladder(self) -> Self:
        missing = [task for task in TASKS if task not in self.ladders]
        if missing:
            raise ValueError(f"ladders lacks {', '.join(missing)} (an empty list where the tier does not get it)")
        return self


class Catalogue(Frozen):
    """All models and tiers; every ladder names models that exist and can do the task."""

    models: dict[str, Model]
    tiers: dict[str, Tier]

    def ladder(self, tier: str, task: Task) -> tuple[Model, ...]:
        """The models of a tier for a task, the first choice first. KeyError for a tier that there is not."""
        return tuple(self.models[model] for model in self.tiers[tier].ladders[task])

    def named(self, provider: str, operation: str, name: str) -> Model | None:
        """The model that goes by ``name`` on the wire."""
        wanted = (provider, operation, name)
        return next((m for m in self.models.values() if (m.provider, m.operation, m.name) == wanted), None)
