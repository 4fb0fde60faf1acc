"""What is known of a place or a thing while a book is read: what it is called, and where it stands in the text."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import NamedTuple


class Sighting(NamedTuple):
    """One mention, by the number of its section and its code points there."""

    section: int
    start: int
    end: int


@dataclass
class Candidate:
    """Something that may be worth a place among the book's entities. ``names`` counts how it is spelled."""

    names: Counter[str] = field(default_factory=Counter)
    sightings: list[Sighting] = field(default_factory=list)

    def by_section(self) -> Counter[int]:
        return Counter(one.section for one in self.sightings)
