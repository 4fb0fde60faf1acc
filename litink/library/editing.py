"""Editing what was understood of a book: adding, undoing, redoing and giving up edits, as one act each.

An edit takes effect at once: the items that it patches have their new content when the act returns. The book is worked
on as a new revision then, so that what follows of it is made.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection, Engine

from litink.db.schema import edits as table
from litink.errors import LitinkError, PermanentFailure, Refused
from litink.generation import contents, records, results
from litink.generation.keys import content_hash
from litink.generation.model import Owned
from litink.library import changes, edits, repository
from litink.library.edit_entry import Conflicts, Desk, Voices
from litink.library.edits import EditRecord
from litink.library.repository import BookRecord
from litink.objects import Objects, sha256_of
from litink.story.edits.kinds import Edit, UseVersion
from litink.story.edits.patch import PATCHABLE

MOST = 5000  # edits in force of a book: those of an item are put on top again whenever it is made


@dataclass(frozen=True)
class Edited:
    """What was edited of a book."""

    edits: tuple[EditRecord, ...]  # all that were ever made, in order
    conflicts: Mapping[int, str]  # numbers of those in force that fit no more, or not wholly, and why
    version: str  # another one for every other list of edits


class StoryEditor:
    """Edits the books of one installation.

    ``expected`` are the versions that the person may have been looking at; None: whichever it is. All acts raise
    LitinkError("edited-meanwhile") when the edits stand otherwise, Refused for what makes no sense, and
    TransientFailure("asset-in-work") while what is to be changed is being made.
    """

    def __init__(self, engine: Engine, objects: Objects, voices: Voices) -> None:
        self._engine = engine
        self._objects = objects
        self._voices = voices

    def edited(self, book: BookRecord) -> Edited:
        with self._engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
            return self._stands(connection, book)

    def add(
        self,
        book: BookRecord,
        wanted: Sequence[Edit],
        author_id: UUID,
        expected: Collection[str] | None,
        *,
        keep: bool = True,
    ) -> Edited:
        """Make edits one after another, all or none. Those that change nothing are not entered. With ``keep`` False it
        only tells what would come of it."""
        with self._engine.connect() as connection:
            record, before = self._begin(connection, book, expected)
            desk = Desk(connection, record, self._objects, before.edits, self._voices)
            rows = [row for edit in wanted if (row := desk.entry(edit))]
            if not rows:
                return before
            if len(rows) + sum(made.state == "in_force" for made in before.edits) > MOST:
                raise Refused("too-many-edits", f"A book takes {MOST} edits; undo some first.")
            author = changes.author_of(connection, author_id)
            numbers = changes.enter(connection, table, record, before.edits, rows, author)
            return self._end(connection, record, numbers, author, keep=keep)

    def undo(self, book: BookRecord, author_id: UUID, expected: Collection[str] | None) -> Edited:
        """Take back the last edit in force. Raises LitinkError("nothing-to-undo")."""
        with self._engine.connect() as connection:
            record, before = self._begin(connection, book, expected)
            last = changes.must_undo(before.edits, "No edit is in force: everything stands as it was generated.")
            changes.set_state(connection, table, record.id, [last], "undone")
            return self._end(connection, record, [last], changes.author_of(connection, author_id))

    def redo(self, book: BookRecord, author_id: UUID, expected: Collection[str] | None) -> Edited:
        """Make the edit again that was undone last. Raises LitinkError("nothing-to-redo")."""
        with self._engine.connect() as connection:
            record, before = self._begin(connection, book, expected)
            first = changes.must_redo(before.edits, "Nothing was undone since the last edit.")
            changes.set_state(connection, table, record.id, [first], "in_force")
            return self._end(connection, record, [first], changes.author_of(connection, author_id))

    def give_up(self, book: BookRecord, number: int, author_id: UUID, expected: Collection[str] | None) -> Edited:
        """Drop an edit that fits no more. Raises LitinkError("edit-in-force") for any other."""
        with self._engine.connect() as connection:
            record, before = self._begin(connection, book, expected)
            if number not in before.conflicts:
                raise LitinkError("edit-in-force", "Only an edit in conflict can be given up; undo others.")
            changes.set_state(connection, table, record.id, [number], "dropped")
            return self._end(connection, record, [number], changes.author_of(connection, author_id))

    def _begin(
        self, connection: Connection, book: BookRecord, expected: Collection[str] | None
    ) -> tuple[BookRecord, Edited]:
        record = repository.lock_book(connection, book.id)
        if record is None:
            raise PermanentFailure("no-such-book", "There is no such book.")
        before = self._stands(connection, record)
        if expected is not None and before.version not in expected:
            news = changes.news(before.edits, expected)
            said = f"Edited meanwhile: {news}" if news else "Something was edited or undone meanwhile"
            raise LitinkError("edited-meanwhile", f"{said}. Look at it again, then repeat your edit.")
        return record, before

    def _end(
        self, connection: Connection, record: BookRecord, numbers: Sequence[int], author: str, *, keep: bool = True
    ) -> Edited:
        """Put the items that these edits are about as they are with the edits now in force."""
        made = edits.all_of(connection, record.id)
        last = {(m.asset, m.key): m for m in made if m.number in numbers}
        changed = [self._patch(connection, record, made, edit, author, keep=keep) for edit in last.values()]
        after = self._stands(connection, record)
        if keep:
            if any(changed):
                repository.reopen(connection, record.id)
            connection.commit()
        return after

    def _patch(
        self,
        connection: Connection,
        record: BookRecord,
        made: Sequence[EditRecord],
        edit: EditRecord,
        author: str,
        *,
        keep: bool,
    ) -> bool:
        """Patch the item of an edit anew; one that is not there is patched when it is made. Whether anything may
        follow from it."""
        item = records.item_of(connection, record.id, edit.asset, edit.key)
        if edit.asset not in PATCHABLE or item is None or item.state != "done" or item.generated is None:
            return True
        patch = edits.of_item(made, edit.asset, edit.key, self._objects)
        patched = patch.apply(self._objects.get(item.generated))
        sha = sha256_of(patched.data)
        if keep:
            self._objects.put(patched.data)
            results.record_blob(connection, sha, len(patched.data), patched.media_type)
            contents.put(
                connection,
                Owned(record.owner_id, record.id, record.tier),
                contents.Item(edit.asset, edit.key, item.cache_key),
                sha,
                generated_sha=item.generated,
                edits_hash=patch.hash,
                author=contents.Author(author, edit.number, _branch(connection, record, edit)),
                meta={**item.meta, **patched.meta},
            )
        return sha != item.blob_sha

    def _stands(self, connection: Connection, record: BookRecord) -> Edited:
        made = edits.all_of(connection, record.id)
        conflicts = Conflicts(connection, record, self._objects, self._voices).of(made)
        tag = content_hash([[(m.number, m.state) for m in made], sorted(conflicts.items())])[:20]
        return Edited(tuple(made), conflicts, f"{len(made)}-{tag}")


def _branch(connection: Connection, record: BookRecord, edit: EditRecord) -> str | None:
    """The branch that an item is on after an edit was made or undone; None: the one that it is on."""
    if not isinstance(edit.edit, UseVersion):
        return None
    had = contents.versions_of(connection, record.id, edit.asset, edit.key)
    if edit.state == "in_force":
        return next((v.name or "" for v in had if v.number == edit.edit.version), None)
    made = min((v.number for v in had if v.edit == edit.number), default=None)
    return next((v.name or "" for v in had if made is not None and v.number == made - 1), None)
