"""What several commands take in the same form: NAME=VALUE, and what is wrong with it in one sentence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from pydantic import ValidationError

from litink.errors import Refused


def changes_of(changes: Sequence[str]) -> Mapping[str, str]:
    """What --with asked for, by name. Raises Refused("bad-option")."""
    pairs = [change.partition("=") for change in changes]
    if wrong := next((name for name, equals, _ in pairs if not equals), None):
        raise Refused("bad-option", f"--with {wrong}: write NAME=VALUE, as in --with image.model=imagen-4.")
    return {name.strip(): value.strip() for name, _, value in pairs}


@contextmanager
def first_problem() -> Iterator[None]:
    """Tells the first thing that a model finds wrong as Refused("bad-option")."""
    try:
        yield
    except ValidationError as error:
        raise Refused("bad-option", str(error.errors()[0]["msg"]).removeprefix("Value error, ")) from None
