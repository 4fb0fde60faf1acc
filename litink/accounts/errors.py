"""What people meet at the door. Codes are mapped to statuses by the API."""

from __future__ import annotations

from litink.errors import LitinkError


class Denied(LitinkError):
    """Who asks is not known well enough, or may not: the code says which."""


class TooManyTries(LitinkError):
    """No further try before ``seconds`` have passed."""

    def __init__(self, seconds: int) -> None:
        super().__init__("too-many-tries", f"Too many tries failed; wait {seconds} seconds, or reset the password.")
        self.seconds = seconds

    def __reduce__(self) -> tuple[type[TooManyTries], tuple[int]]:  # type: ignore[override]
        return (type(self), (self.seconds,))


def wrong_login() -> Denied:
    return Denied("wrong-login", "The e-mail address or the password is wrong.")


def not_signed_in() -> Denied:
    return Denied("not-signed-in", "Sign in, or send a token; this one is missing, expired, or was taken back.")
