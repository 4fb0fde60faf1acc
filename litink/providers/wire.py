"""What a paid provider's adapter must offer, and the values that pass between it and those who pay. No money here.

An adapter knows one provider's wire and nothing of databases, budgets or retries: one method call is at most one
request that may be billed. What came of it is a value (:class:`Answer`, :class:`Pending`) or one of the errors below,
which say the one thing that matters for money: was the request surely not billed, surely billed, or is it unknown?
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import Any, Literal, Protocol, runtime_checkable

from litink.errors import LitinkError

Operation = Literal[
    "chat",
    "embedding",
    "text-to-image",
    "image-to-image",
    "text-to-video",
    "image-to-video",
    "lip-sync",
    "speech",
    "music",
    "sound-effect",
]


@dataclass(frozen=True)
class Upload:
    """A file that goes with a request. It counts in the fingerprint by its hash; the bytes are read when sent."""

    sha: str  # SHA-256 of the bytes
    media_type: str
    read: Callable[[], bytes] = field(compare=False, repr=False)


@dataclass(frozen=True)
class Request:
    """One billable request, whole, apart from what differs between two sendings: keys, and where to send a webhook.

    ``body`` is JSON as the provider takes it; ``uploads`` are the fields that hold files. ``address`` are values that
    go into the route and not the body (ElevenLabs' voice).
    """

    provider: str
    operation: Operation
    model: str
    body: Mapping[str, Any]
    uploads: Mapping[str, tuple[Upload, ...]] = field(default_factory=dict)
    address: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def identity(self) -> Mapping[str, Any]:
        """What makes two requests the same request."""
        return {
            "provider": self.provider,
            "operation": self.operation,
            "model": self.model,
            "body": self.body,
            "uploads": {name: [upload.sha for upload in files] for name, files in self.uploads.items()},
            "address": self.address,
        }


@dataclass(frozen=True)
class Answer:
    """What the provider delivered, not yet checked against what was asked.

    ``units`` are what it bills by (tokens_in, tokens_out, pictures, seconds, characters). ``cost_usd`` is what the
    provider says that it took, None where it does not say. ``meta`` holds what else the caller needs (alignment,
    finish reason, the model that really answered).
    """

    data: bytes
    media_type: str
    units: Mapping[str, float]
    cost_usd: Decimal | None
    reference: str  # the provider's id of this call
    meta: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Pending:
    """The provider has taken the job and works on it; ``reference`` is its id there."""

    reference: str
    wait_seconds: float = 2.0  # how long it thinks that it needs


@dataclass(frozen=True)
class NotBilled:
    """Looked up: the provider never took the request, or took nothing for it."""


@dataclass(frozen=True)
class Traces:
    """Looked up: calls on the provider's record that look like the lost one, of which no id is known.

    ``references`` may be it, the likeliest first. ``doubtful`` should not be: they were made before it was sent, as far
    as clocks tell, or have no id (""); but unless it is known whose they are, nothing is sure. ``otherwise`` holds when
    all of them are other payments'. ``alike``: whether another request leaves the same trace, if it was sent at most
    ``seconds`` before or after.
    """

    references: tuple[str, ...]
    doubtful: tuple[str, ...]
    otherwise: NotBilled | AnswerLost
    alike: Callable[[Request], bool]
    seconds: float


class NotTaken(LitinkError):
    """The request was surely not billed: it did not get out, or was turned away before any work.

    ``retryable``: the same request may succeed later. ``retry_after``: seconds, where the provider said. ``throttled``:
    turned away for its rate, which says nothing about the health of the model.
    """

    def __init__(
        self,
        code: str,
        message: str,
        *,
        retryable: bool,
        retry_after: float | None = None,
        throttled: bool = False,
    ) -> None:
        super().__init__(code, message)
        self.retryable = retryable
        self.retry_after = retry_after
        self.throttled = throttled


class AnswerLost(LitinkError):
    """The request went out and no whole answer came back: billed or not, nobody knows yet.

    ``reference`` is the provider's id of the call where it was seen before the answer was lost.
    """

    def __init__(self, code: str, message: str, reference: str = "") -> None:
        super().__init__(code, message)
        self.reference = reference


class WrongAnswer(LitinkError):
    """The provider answered, and will bill, but not with what was asked: an error inside a 200, a picture that is a
    web page, JSON that breaks the schema, an empty output. Counted as cost; never taken for a result.

    ``units`` and ``cost_usd`` as far as the provider told them; neither: only the estimate is known."""

    def __init__(
        self,
        code: str,
        message: str,
        *,
        units: Mapping[str, float] | None = None,
        cost_usd: Decimal | None = None,
        reference: str = "",
    ) -> None:
        super().__init__(code, message)
        self.units = units or {}
        self.cost_usd = cost_usd
        self.reference = reference


@dataclass(frozen=True)
class Sending:
    """What differs between two sendings of one request."""

    deadline_seconds: float  # the whole exchange may take this long
    webhook: str | None = None  # where the provider may say that a job is done: a hint, never a result
    track: str = ""  # our id of the payment, for providers that give it back


class Adapter(Protocol):
    """One provider on its real wire. Methods may be called from many threads at once."""

    name: str

    def send(self, request: Request, sending: Sending) -> Answer | Pending:
        """Send once. Raises NotTaken, AnswerLost or WrongAnswer, never anything else for what a network can do. Must
        not be called in a thread that runs an event loop."""
        ...

    def fetch(self, request: Request, reference: str) -> Answer | Pending:
        """How a job stands; free, may be repeated. Raises NotTaken("job-unknown") when the provider has no such job,
        WrongAnswer when it failed, AnswerLost when the answer did not come (ask again)."""
        ...

    def look_up(
        self, request: Request, reference: str, sent_at: datetime
    ) -> Answer | Pending | NotBilled | Traces | None:
        """What became of a request whose answer was lost; ``reference`` is "" where none was seen. Never billed.

        None: the provider cannot tell. Traces, only without ``reference``: it has calls that may be the one; whoever
        finds out which one it is asks again with its id. Raises WrongAnswer when it was billed and what was made is
        gone or useless, AnswerLost when it could not be asked just now, or it is too early to say: ask again.
        """
        ...


Hear = Callable[[bytes], None]  # takes a piece of an answer; returns at once, never raises


@runtime_checkable
class StreamingAdapter(Adapter, Protocol):
    """An adapter that can hand an answer on while it is made."""

    def stream(self, request: Request, sending: Sending, hear: Hear) -> Answer | Pending:
        """As ``send``, with one request and the same errors; ``hear`` gets the answer's data piece by piece, in order,
        as it comes. An answer that breaks off or turns out wrong was heard in part all the same."""
        ...
