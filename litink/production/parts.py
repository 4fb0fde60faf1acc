"""Parts of a family's tasks, each with all that it is drawn up from: who looks again draws up only what changed."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass

from litink.generation.model import Task


@dataclass(frozen=True)
class Part:
    """Some tasks of an asset, such as those of a chapter.

    ``rests_on``: by what is equal, equal tasks are drawn up, given the same book's options, its title and author, and
    the same engines; contents by their SHA-256.
    """

    rests_on: tuple[Hashable, ...]
    draw: Callable[[], Sequence[Task]]


def whole(parts: Iterable[Part]) -> list[Task]:
    """All tasks, in order."""
    return [task for part in parts for task in part.draw()]
