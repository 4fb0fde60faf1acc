"""A book's dictionary of pronunciations, as people look at it: how words are read, and where they stand. Reads only."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from sqlalchemy import Connection

from litink.generation import records
from litink.library import edits
from litink.library.repository import BookRecord
from litink.media.spoken.respelling import occurrences
from litink.objects import Objects
from litink.story.model import Script


@dataclass(frozen=True)
class Entry:
    word: str
    say: str
    ipa: str | None
    lines: int  # of the scripts as they stand that have the word


def dictionary(connection: Connection, book: BookRecord, objects: Objects) -> list[Entry]:
    """By word."""
    entries = edits.pronunciations(edits.all_of(connection, book.id))
    found: Counter[str] = Counter()
    for item in records.items_of(connection, book.id, "scripts") if entries else ():
        if item.state == "done" and item.blob_sha:
            script = Script.model_validate_json(objects.get(item.blob_sha))
            for line in (line for scene in script.scenes for line in scene.lines):
                found.update({occurrence.word for occurrence in occurrences(line.text, entries)})
    return [
        Entry(word, entry.say or "", entry.ipa, found[word])
        for word, entry in sorted(entries.items(), key=lambda pair: pair[0].casefold())
    ]
