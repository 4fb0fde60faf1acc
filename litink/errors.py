"""The errors a person may meet. Each has a stable code, a sentence, and what to do; nothing else belongs here."""

from __future__ import annotations


class LitinkError(Exception):
    """An error with a stable ``code`` and a sentence for a person.

    ``code`` is kebab-case and never changes once released: it is the tail of the problem document's
    ``type`` in the API and appears in ``--json`` output.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message

    def __reduce__(self) -> tuple[type[LitinkError], tuple[str, str]]:
        return (type(self), (self.code, self.message))


class Refused(LitinkError):
    """Input that cannot be accepted: the message says why and what the person can do about it."""


class PermanentFailure(LitinkError):
    """Work that would fail again in the same way: never retried."""


class Exhausted(PermanentFailure):
    """Everybody who was to do it was asked, and nobody could: another way of doing it may."""


class TransientFailure(LitinkError):
    """Work that may succeed when tried again: a busy server, a lost connection."""
