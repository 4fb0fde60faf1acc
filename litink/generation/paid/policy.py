"""How paid calls are made: caps, limits, waits. The numbers in one place; what they mean is in the files that use them.

The defaults are for real providers. Tests and campaigns shrink the waits, never the rules.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from litink.billing.tariff import Tariff
from litink.settings import PROVIDER_LIMITS, Settings


@dataclass(frozen=True)
class Policy:
    """All durations in seconds. ``journal`` is a folder that outlives restarts, see :mod:`.journal`."""

    journal: Path
    book_cap_usd: Decimal | None = None  # where a book or user has no cap of its own; None: no cap
    user_cap_usd: Decimal | None = None  # a calendar month in UTC
    tariff: Tariff | None = None  # what users pay in credits; None: nothing, they only have caps
    limits: Mapping[str, int] = field(default_factory=dict)  # calls at once, by "provider/operation" or "provider"
    timeouts: Mapping[str, float] = field(default_factory=dict)  # of one exchange, by operation
    timeout: float = 120.0  # for operations that ``timeouts`` does not name
    webhooks: str | None = None  # address below which providers may tell that a job is done: …/{provider}/{token}

    tries: int = 3  # sendings a rung that were not billed
    retry_base: float = 1.0  # the n-th wait is base · 2^n, and up to a base more
    retry_after_at_most: float = 60.0  # a provider that asks for more is left for the next rung
    look_ups: tuple[float, ...] = (1.0, 4.0, 15.0, 30.0, 60.0)  # waits before each look for a lost answer
    poll_at_least: float = 0.5  # between looks at a job
    poll_at_most: float = 10.0
    job: float = 1800.0  # a job that takes longer is held for a person
    database: float = 60.0  # the database may be away for this long before a call is given up

    breaker_failures: int = 5  # in a row, then the breaker opens
    breaker_pause: float = 30.0  # until a trial; doubled with each failure after that
    breaker_pause_at_most: float = 600.0

    @classmethod
    def from_settings(cls, settings: Settings) -> Policy:
        """What an installation is set to."""
        chat, picture = settings.chat_timeout_seconds, settings.picture_timeout_seconds
        voice, video = settings.voice_timeout_seconds, settings.video_timeout_seconds
        return cls(
            journal=settings.journal_dir,
            book_cap_usd=settings.book_cap_usd,
            user_cap_usd=settings.user_cap_usd,
            tariff=Tariff.from_settings(settings) if settings.bills else None,
            limits=PROVIDER_LIMITS | settings.provider_limits,
            timeouts={
                **dict.fromkeys(("chat", "embedding"), chat),
                **dict.fromkeys(("text-to-image", "image-to-image"), picture),
                **dict.fromkeys(("speech", "music", "sound-effect"), voice),
                **dict.fromkeys(("text-to-video", "image-to-video", "lip-sync"), video),
            },
            webhooks=f"{settings.public_url}/api/v1/webhooks" if settings.public_url else None,
        )

    def pause_before_look(self, told: float, waited: float = 0.0) -> float:
        """Seconds until a job is looked at (again), that was ``waited`` for so long.

        Half of what the provider says that is left (``told``): it comes near the end quickly and does not miss it by
        much. A provider whose word is worth nothing is asked less and less often: looking late loses a fiftieth.
        """
        return min(max(told / 2, 0.02 * waited, self.poll_at_least), self.poll_at_most)

    def timeout_of(self, operation: str) -> float:
        return self.timeouts.get(operation, self.timeout)

    def limit_of(self, provider: str, operation: str) -> tuple[str, int] | None:
        """The pool that a call belongs to, and how many of the pool may run at once; None: as many as like."""
        for pool in (f"{provider}/{operation}", provider):
            if pool in self.limits:
                return pool, self.limits[pool]
        return None
