"""Edits of the cast: persons, places and things changed and merged, quotations given to other speakers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from litink.errors import Refused
from litink.story.edits.kinds import (
    CastEdit,
    CharacterFields,
    EditCharacter,
    EditSpeaker,
    MergeCharacters,
    QuotationRef,
)
from litink.story.edits.statements import stated, stated_all
from litink.story.edits.words import short
from litink.story.model import Cast, Character, Quotation, Relationship

_STATEMENTS = ("arc", "want", "need", "lie", "ghost")
_LISTS = ("description", "personality")


@dataclass(frozen=True)
class Applied:
    """A value with an edit on top; ``told`` says what of the edit found no place, "" when all did."""

    value: Any
    told: str = ""


def apply(cast: Cast, edit: CastEdit) -> Applied:
    """Raises Refused("edit-no-target") when nothing of the edit has a place in this cast."""
    if isinstance(edit, EditCharacter):
        return Applied(_sorted(_replaced(cast, _changed(entry_of(cast, edit.character), edit.set))))
    if isinstance(edit, MergeCharacters):
        return Applied(_merged(cast, edit))
    return _said_by(cast, edit)


def anchored(cast: Cast, edit: CastEdit, scenes: Mapping[str, tuple[int, int]]) -> CastEdit:
    """The edit with its quotations listed. ``scenes``: the spans of the scenes of the script of the edit's chapter."""
    if not isinstance(edit, EditSpeaker):
        return edit
    if edit.quotations:
        found, gone = _find(cast, edit.quotations)
        if gone:
            raise Refused("edit-no-target", "A quotation that it names is not in the book as it stands now.")
        return EditSpeaker(speaker=edit.speaker, quotations=tuple(_ref(cast.quotations[at]) for at in found))
    character_of(cast, edit.of or "")
    if edit.scene is not None and edit.scene not in scenes:
        raise Refused("edit-no-target", "The scene that it names is not in the chapter's script as it stands now.")
    start, end = scenes[edit.scene] if edit.scene is not None else (0, None)
    meant = [
        _ref(quotation)
        for quotation in cast.quotations
        if (quotation.speaker, quotation.chapter) == (edit.of, edit.chapter)
        and quotation.start >= start
        and (end is None or quotation.start < end)
    ]
    if not meant:
        raise Refused("edit-no-target", "Nobody says anything there that could be given to somebody else.")
    return EditSpeaker(speaker=edit.speaker, quotations=tuple(meant))


def described(cast: Cast, edit: CastEdit) -> str:
    """What the edit does, for a person."""
    if isinstance(edit, EditCharacter):
        return f"“{entry_of(cast, edit.character).name}”: {', '.join(_words(edit.set))}"
    if isinstance(edit, MergeCharacters):
        one, other = entry_of(cast, edit.character), entry_of(cast, edit.into)
        return f"“{one.name}” merged into “{other.name}”"
    who = f"“{character_of(cast, edit.speaker).name}”" if edit.speaker is not None else "the narrator"
    if len(edit.quotations) == 1:
        return f"{short(edit.quotations[0].text)} given to {who}"
    return f"{len(edit.quotations)} quotations given to {who}"


def character_of(cast: Cast, id_: str) -> Character:
    """Who can speak. Raises Refused("edit-no-target")."""
    return _named(cast.characters, id_)


def entry_of(cast: Cast, id_: str) -> Character:
    """A person, place or thing. Raises Refused("edit-no-target")."""
    return _named((*cast.characters, *cast.entities), id_)


def _named(entries: Iterable[Character], id_: str) -> Character:
    for entry in entries:
        if entry.id == id_:
            return entry
    raise Refused("edit-no-target", "The character that it names is not in the cast as it stands now.")


def _words(fields: CharacterFields) -> Iterable[str]:
    for name, value in fields.given().items():
        if name == "look":
            yield from (f"look, {part.replace('_', ' ')}: {given or 'none'}" for part, given in value.given().items())
        elif isinstance(value, tuple):
            yield f"{name}: {'; '.join(value)[:200] or 'none'}"
        else:
            yield f"{name}: {value or 'none'}"


def _replaced(cast: Cast, changed: Character) -> Cast:
    def entries(before: Sequence[Character]) -> tuple[Character, ...]:
        return tuple(changed if entry.id == changed.id else entry for entry in before)

    return cast.model_copy(update={"characters": entries(cast.characters), "entities": entries(cast.entities)})


def _sorted(cast: Cast) -> Cast:
    """Persons among the characters, others among the entities: what is found to be a place says nothing, the narrator
    reads it."""
    strange = [c for c in cast.characters if c.kind != "character"]
    people = [e for e in cast.entities if e.kind == "character"]
    if not strange and not people:
        return cast
    silent = {c.id for c in strange}
    entities = [e for e in cast.entities if e.kind != "character"]
    entities += (c.model_copy(update={"quotation_count": 0, "relationships": ()}) for c in strange)
    characters = [*(c for c in cast.characters if c.kind == "character"), *people]
    return Cast(
        characters=tuple(
            c.model_copy(update={"relationships": tuple(r for r in c.relationships if r.other not in silent)})
            for c in characters
        ),
        quotations=tuple(
            q.model_copy(update={"speaker": None, "method": "unknown", "confidence": 0.0}) if q.speaker in silent else q
            for q in cast.quotations
        ),
        entities=tuple(sorted(entities, key=lambda e: e.kind != "location")),
    )


def _changed(character: Character, fields: CharacterFields) -> Character:
    update = fields.given()
    for name in update.keys() & set(_STATEMENTS):
        update[name] = stated(getattr(character, name), update[name])
    for name in update.keys() & set(_LISTS):
        update[name] = stated_all(getattr(character, name), update[name])
    if "look" in update:
        update["look"] = character.look.model_copy(update=update["look"].given())
    name = update.get("name", character.name)
    if name != character.name:
        update["aliases"] = _names([character.name, *update.get("aliases", character.aliases)], without=name)
    return character.model_copy(update=update)


def _names(names: Iterable[str], *, without: str) -> tuple[str, ...]:
    return tuple(name for name in dict.fromkeys(names) if name != without)


def _merged(cast: Cast, edit: MergeCharacters) -> Cast:
    """One entry with the names, statements and quotations of both; what is not known of one is taken from the other."""
    if edit.character == edit.into:
        raise Refused("edit-no-target", "A character cannot be merged into itself.")
    gone, kept = entry_of(cast, edit.character), entry_of(cast, edit.into)
    if gone.kind != kept.kind:
        raise Refused("edit-no-target", "A person, a place and a thing are not merged; change the kind of one first.")
    merged = kept.model_copy(
        update={
            "aliases": _names([*kept.aliases, gone.name, *gone.aliases], without=kept.name),
            "gender": gone.gender if kept.gender == "unknown" else kept.gender,
            "age": gone.age if kept.age == "unknown" else kept.age,
            "description": kept.description + gone.description,
            "personality": kept.personality + gone.personality,
            "relationships": kept.relationships + gone.relationships,
            "mention_count": kept.mention_count + gone.mention_count,
            "quotation_count": kept.quotation_count + gone.quotation_count,
        }
    )

    def entries(before: Sequence[Character]) -> list[Character]:
        return [merged if entry.id == kept.id else entry for entry in before if entry.id != gone.id]

    return Cast(
        characters=tuple(
            c.model_copy(update={"relationships": _related(c, gone.id, kept.id)}) if c.relationships else c
            for c in entries(cast.characters)
        ),
        entities=tuple(entries(cast.entities)),
        quotations=tuple(
            q.model_copy(update={"speaker": kept.id}) if q.speaker == gone.id else q for q in cast.quotations
        ),
    )


def _related(character: Character, gone: str, kept: str) -> tuple[Relationship, ...]:
    pointed = (
        relation.model_copy(update={"other": kept}) if relation.other == gone else relation
        for relation in character.relationships
    )
    once = {(relation.other, relation.kind): relation for relation in pointed if relation.other != character.id}
    return tuple(once.values())


# -- quotations --------------------------------------------------------------------------------------------------------


def _said_by(cast: Cast, edit: EditSpeaker) -> Applied:
    if edit.speaker is not None:
        character_of(cast, edit.speaker)
    found, gone = _find(cast, edit.quotations)
    if not found:
        raise Refused("edit-no-target", "None of its quotations is in the book as it stands now.")
    quotations = list(cast.quotations)
    moved: Counter[str | None] = Counter()
    for at in found:
        moved[quotations[at].speaker] -= 1
        moved[edit.speaker] += 1
        quotations[at] = quotations[at].model_copy(
            update={"speaker": edit.speaker, "method": "person", "confidence": 1.0}
        )
    characters = tuple(
        c.model_copy(update={"quotation_count": max(0, c.quotation_count + moved[c.id])}) if moved[c.id] else c
        for c in cast.characters
    )
    told = f"{gone} of its {len(edit.quotations)} quotations are not in the book as it stands now." if gone else ""
    return Applied(cast.model_copy(update={"characters": characters, "quotations": tuple(quotations)}), told)


def _find(cast: Cast, wanted: Sequence[QuotationRef]) -> tuple[list[int], int]:
    """Where the quotations stand in the cast, and how many are gone. One that moved is known by its text: the nearest
    that reads so."""
    exact = {(q.chapter, q.start, q.end): at for at, q in enumerate(cast.quotations)}
    alike: dict[tuple[str, str], list[int]] = {}
    for at, q in enumerate(cast.quotations):
        alike.setdefault((q.chapter, q.text), []).append(at)
    found: dict[int, None] = {}
    gone = 0
    for ref in wanted:
        place: int | None = exact.get((ref.chapter, ref.start, ref.end))
        if place is None or (ref.text and cast.quotations[place].text != ref.text):
            near = alike.get((ref.chapter, ref.text), [])
            place = min(near, key=lambda n: abs(cast.quotations[n].start - ref.start), default=None)
        if place is None:
            gone += 1
        else:
            found[place] = None
    return list(found), gone


def _ref(quotation: Quotation) -> QuotationRef:
    return QuotationRef(chapter=quotation.chapter, start=quotation.start, end=quotation.end, text=quotation.text[:4000])
