"""How the emulator behaves: latencies, limits, keys, plans. Kept in its state, changed while it runs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    NonNegativeFloat,
    NonNegativeInt,
    PositiveFloat,
    PositiveInt,
)

Provider = Literal["openrouter", "modelslab", "elevenlabs", "stripe"]

# Operations that cost money and time, by the group that a latency or a limit may name instead.
GROUPS: Mapping[str, tuple[str, ...]] = {
    "chat": ("chat",),
    "embedding": ("embedding",),
    "picture": ("text-to-image", "image-to-image", "inpaint"),
    "video": ("text-to-video", "image-to-video", "lip-sync"),
    "voice": ("speech",),
    "sound": ("music", "sound-effect"),
}
GROUP_OF: Mapping[str, str] = {operation: group for group, members in GROUPS.items() for operation in members}

# Parallel requests by plan: for eleven_multilingual_v2, and for the flash models (providers.md).
PLANS: Mapping[str, tuple[int, int]] = {
    "free": (2, 4),
    "starter": (3, 6),
    "creator": (5, 10),
    "pro": (10, 20),
    "scale": (15, 30),
}


def named(name: str) -> str:
    """``name`` when it is a group or an operation; ValueError otherwise."""
    if name not in GROUPS and name not in GROUP_OF:
        raise ValueError(f"{name!r} is neither a group ({', '.join(GROUPS)}) nor an operation ({', '.join(GROUP_OF)})")
    return name


Named = Annotated[str, AfterValidator(named)]


class Settings(BaseModel):
    """All of it may be changed by `POST /_emulator/settings`; seconds are seconds of the emulator's own clock."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    latency: dict[Named, NonNegativeFloat] = Field(default_factory=dict, description="seconds by group or operation")
    limits: dict[Named, PositiveInt] = Field(default_factory=dict, description="calls at once by group or operation")
    keys: dict[Provider, str] = Field(default_factory=dict, description="the one key accepted; without it any is")
    patience: NonNegativeFloat = Field(
        default=10.0, description="ModelsLab answers pictures and sound at once when they take no longer than this"
    )
    link_seconds: PositiveFloat = Field(default=86_400.0, description="how long ModelsLab's links live")
    plan: Annotated[str, Field(pattern="|".join(PLANS))] = Field(default="scale", description="ElevenLabs' plan")
    character_limit: NonNegativeInt = Field(default=10_000_000, description="ElevenLabs' characters a month")
    credit_limit_usd: NonNegativeFloat = Field(default=10_000.0, description="what OpenRouter's key may spend")
    keep_content: bool = Field(default=False, description="OpenRouter keeps inputs and outputs to be looked up")
    cache_waits: bool = Field(
        default=True, description="a cached repeat waits for the first when that is under way, else it is billed too"
    )
    retry_days: list[PositiveInt] = Field(
        default_factory=lambda: [3, 5, 7],
        description="days from each failed payment of an invoice at Stripe to the next",
    )
    after_retries: Literal["cancel", "unpaid", "past_due"] = Field(
        default="cancel", description="what Stripe makes of a subscription when the last of them failed"
    )
    hold_events: bool = Field(default=False, description="Stripe's events wait for POST /_emulator/stripe/deliver")

    def accepts(self, provider: Provider, key: str) -> bool:
        return bool(key.strip()) and self.keys.get(provider, key) == key

    def seconds(self, operation: str) -> float:
        """What a call of ``operation`` takes."""
        return self.latency.get(operation, self.latency.get(GROUP_OF.get(operation, ""), 0.0))

    def limit(self, operation: str) -> int | None:
        """How many calls of its group (or of itself, where it is named) may be under way at once."""
        return self.limits.get(operation, self.limits.get(GROUP_OF.get(operation, "")))

    def counted_with(self, operation: str) -> tuple[str, ...]:
        """The operations that share ``operation``'s limit."""
        return (operation,) if operation in self.limits else GROUPS.get(GROUP_OF.get(operation, ""), (operation,))


def pairs(text: str) -> dict[str, float]:
    """``chat=2,picture=6`` as a mapping; ValueError with the reason when it is not of that form."""
    found: dict[str, float] = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        name, _, number = part.partition("=")
        try:
            found[name.strip()] = float(number)
        except ValueError:
            raise ValueError(f"{part!r} is not name=number") from None
    return found
