"""What becomes of an edit that somebody wants: weighed against the book as it stands, completed, put into words. And
why one that was made has no effect any more. Reads only."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from pydantic import TypeAdapter
from sqlalchemy import Connection

from litink.errors import Refused, TransientFailure
from litink.generation import contents, records
from litink.generation.records import ItemRecord
from litink.library import edits
from litink.library.edits import EditRecord
from litink.library.repository import BookRecord
from litink.objects import Objects
from litink.story.edits.cast import character_of
from litink.story.edits.kinds import (
    ChooseVoice,
    Edit,
    EditSpeaker,
    Patch,
    Pronounce,
    Told,
    UseVersion,
    WishPicture,
    stored,
    target,
)
from litink.story.edits.patch import people, prepared
from litink.story.model import Cast, SceneDescription, Script

Voices = Callable[[BookRecord], Mapping[str, str]]  # a book to those it may be spoken with: id to name
_SCENES = TypeAdapter(tuple[SceneDescription, ...])


class Items:
    """The book's items as an act sees them, read once."""

    def __init__(self, connection: Connection, record: BookRecord, objects: Objects) -> None:
        self._connection, self._record, self._objects = connection, record, objects
        self._found: dict[tuple[str, str], ItemRecord | None] = {}

    def item(self, asset: str, key: str) -> ItemRecord | None:
        if (asset, key) not in self._found:
            self._found[asset, key] = records.item_of(self._connection, self._record.id, asset, key)
        return self._found[asset, key]

    def content(self, asset: str, key: str) -> bytes | None:
        """None for an item that is not finished."""
        item = self.item(asset, key)
        return self._objects.get(item.blob_sha) if item and item.state == "done" and item.blob_sha else None

    def shots(self) -> set[str]:
        made = records.items_of(self._connection, self._record.id, "scenes")
        found = [_SCENES.validate_json(self._objects.get(i.blob_sha)) for i in made if i.state == "done" and i.blob_sha]
        return {shot.id for scenes in found for scene in scenes for shot in scene.shots}


class Conflicts:
    """Why edits in force have no effect on the book as it stands."""

    def __init__(self, connection: Connection, record: BookRecord, objects: Objects, voices: Voices) -> None:
        self._items, self._record, self._voices = Items(connection, record, objects), record, voices

    def of(self, made: Sequence[EditRecord]) -> dict[int, str]:
        reasons = {m.number: self._reason(m) for m in made if m.state == "in_force"}
        return {number: reason for number, reason in reasons.items() if reason}

    def _reason(self, made: EditRecord) -> str:
        if isinstance(made.edit, ChooseVoice):
            return self._of_voice(made.edit)
        if isinstance(made.edit, Pronounce):
            return ""
        if isinstance(made.edit, WishPicture):
            gone = self._items.item(made.edit.asset, made.edit.key) is None
            return "The picture that it is about is not in the book as it stands now." if gone else ""
        item = self._items.item(made.asset, made.key)
        if item is None:
            return "What it is about is not in the book as it stands now."
        told = {conflict["edit"]: conflict["reason"] for conflict in item.meta.get("conflicts", ())}
        return str(told.get(made.number, ""))

    def _of_voice(self, edit: ChooseVoice) -> str:
        if edit.voice is not None and edit.voice not in self._voices(self._record):
            return "The voice that it names is not offered now."
        cast = self._items.content("characters", "cast")
        if edit.character is None or cast is None:
            return ""
        known = {character.id for character in Cast.model_validate_json(cast).characters}
        return "" if edit.character in known else "The character that it names is not in the cast as it stands now."


class Desk:
    """Where edits that are wanted become rows: each is looked at on top of those before it."""

    def __init__(
        self,
        connection: Connection,
        record: BookRecord,
        objects: Objects,
        made: Sequence[EditRecord],
        voices: Voices,
    ) -> None:
        self._connection, self._record, self._objects = connection, record, objects
        self._items = Items(connection, record, objects)
        self._now: dict[tuple[str, str], bytes] = {}  # contents with the edits wanted so far
        self._chosen = edits.chosen_voices(made)
        self._wished = {m.key: m.edit for m in made if m.state == "in_force" and isinstance(m.edit, WishPicture)}
        self._dictionary = edits.pronunciations(made)
        self._voices = voices

    def entry(self, edit: Edit) -> dict[str, object] | None:
        """The row of an edit; None when it changes nothing."""
        asset, key = target(edit)
        if isinstance(edit, Told):
            whole: Edit = edit
            summary = self._told(edit, key)
        else:
            whole, summary = self._patch(edit, asset, key)
        if not summary:
            return None
        return {"asset": asset, "key": key, "edit": stored(whole), "summary": summary}

    def _told(self, edit: Told, key: str) -> str:
        if isinstance(edit, ChooseVoice):
            return self._voice(edit)
        return self._picture(edit, key) if isinstance(edit, WishPicture) else self._pronunciation(edit)

    def _content(self, asset: str, key: str) -> bytes:
        """An item as it stands with the edits wanted so far. Raises Refused("edit-no-target") when there is none, and
        TransientFailure("asset-in-work") when it is being made."""
        if (asset, key) not in self._now:
            data = self._items.content(asset, key)
            if data is None and self._items.item(asset, key) is not None:
                raise TransientFailure("asset-in-work", "What you want to change is being made; try again in a moment.")
            if data is None:
                raise Refused("edit-no-target", "What you want to change has not been made, or is not in the book.")
            self._now[asset, key] = data
        return self._now[asset, key]

    def _cast(self) -> Cast:
        return Cast.model_validate_json(self._content("characters", "cast"))

    def _patch(self, edit: Patch, asset: str, key: str) -> tuple[Patch, str]:
        """The edit as it is kept and what it does in words, "" for nothing."""
        if isinstance(edit, UseVersion):
            return self._version(edit)
        if strange := people(edit) - {character.id for character in self._cast().characters} if people(edit) else ():
            raise Refused("edit-no-target", f"There is no character “{min(strange)}” in the cast as it stands now.")
        ready = prepared(asset, self._content(asset, key), edit, self._spans(edit))
        self._now[asset, key] = ready.data
        return ready.edit, ready.summary if ready.changes else ""

    def _spans(self, edit: Patch) -> dict[str, tuple[int, int]]:
        if not isinstance(edit, EditSpeaker) or edit.scene is None or edit.chapter is None:
            return {}
        script = Script.model_validate_json(self._content("scripts", edit.chapter))
        return {scene.id: (scene.start, scene.end) for scene in script.scenes}

    def _version(self, edit: UseVersion) -> tuple[UseVersion, str]:
        had = contents.versions_of(self._connection, self._record.id, edit.asset, edit.key)
        wanted = next((version for version in had if version.number == edit.version), None)
        if wanted is None:
            raise Refused("edit-no-target", "There is no version of this number.")
        before, item = self._content(edit.asset, edit.key), self._items.item(edit.asset, edit.key)
        data = self._objects.get(wanted.blob_sha)
        self._now[edit.asset, edit.key] = data
        whole = edit.model_copy(update={"sha": wanted.blob_sha})
        if data == before and (wanted.name or "") == (had[0].name or ""):
            return whole, ""
        named = f", “{wanted.name}”" if wanted.name else ""
        return whole, f"“{item.label if item else edit.key}” put back to version {edit.version}{named}"

    def _voice(self, edit: ChooseVoice) -> str:
        offered = self._voices(self._record)
        who = "the narrator" if edit.character is None else f"“{character_of(self._cast(), edit.character).name}”"
        if edit.voice is not None and edit.voice not in offered:
            raise Refused("edit-no-voice", "There is no such voice; take one of those that are offered.")
        if self._chosen.get(edit.character) == edit.voice:
            return ""
        if edit.voice is None:
            del self._chosen[edit.character]
            return f"{who} speaks with the voice that is chosen for the part"
        self._chosen[edit.character] = edit.voice
        return f"{who} speaks with the voice “{offered[edit.voice]}”"

    def _picture(self, edit: WishPicture, key: str) -> str:
        item = self._items.item(edit.asset, edit.key)
        if item is None or (edit.asset == "scene_images" and edit.key not in self._items.shots()):
            raise Refused("edit-no-target", "There is no such picture of a scene or a character.")
        before = self._wished.get(key)
        if (edit.words, edit.take) == ((before.words, before.take) if before else ("", 0)):
            return ""
        self._wished[key] = edit
        asked = [f"with “{edit.words}”"] if edit.words else []
        asked += [f"take {edit.take + 1}"] if edit.take else []
        return f"the picture “{item.label}”, {' and '.join(asked) or 'as it first came'}"

    def _pronunciation(self, edit: Pronounce) -> str:
        before = self._dictionary.pop(edit.word, None)
        if edit.say is None:
            return f"“{edit.word}” is read as it is written" if before else ""
        self._dictionary[edit.word] = edit
        if before and (before.say, before.ipa) == (edit.say, edit.ipa):
            return ""
        return f"“{edit.word}” is read “{edit.say}”" + (f", /{edit.ipa}/" if edit.ipa else "")
