"""Edits as values: what is to change, named by identity and never by position.

An edit of a text carries how it read (``was``), so that it is found again when its item is made anew, and never lands
on another. Fields that are left out of ``set`` stay as they are generated. What is filled in by :mod:`.patch` when an
edit is made is marked so. All of this comes from outside: lengths are bounded, ids are only ever compared.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import Field, TypeAdapter, model_validator

from litink.books.model import Frozen
from litink.story.edits.words import Id, Ipa, Name, Phrase, Respelling, Sentence, Spoken, Was, Word
from litink.story.model import (
    Age,
    Archetype,
    BeardStyle,
    Delivery,
    Emotion,
    EntityKind,
    Gender,
    Importance,
    Mood,
    ShotSize,
    TimeOfDay,
    Weather,
)
from litink.story.settings import SETTINGS

EDITS_VERSION = 2  # raised when the same edits come to something else
MOST_QUOTATIONS = 20_000

Intensity = Annotated[int, Field(ge=1, le=10)]
Setting = Annotated[str, Field(json_schema_extra={"enum": list(SETTINGS)})]


class Fields(Frozen):
    """Fields to be set; those left out stay as they are. At least one is given."""

    @model_validator(mode="after")
    def _something(self) -> Self:
        if not self.model_fields_set:
            raise ValueError("name at least one field to set")
        if missing := [n for n in self.model_fields_set if getattr(self, n) is None and n not in self._nullable()]:
            raise ValueError(f"{missing[0]} cannot be null; leave it out to keep it")
        return self

    @classmethod
    def _nullable(cls) -> frozenset[str]:
        return frozenset()

    def given(self) -> dict[str, Any]:
        """The fields to be set, with their values."""
        return {name: getattr(self, name) for name in self.model_fields_set}


# -- cast --------------------------------------------------------------------------------------------------------------


class LookFields(Fields):
    hair: Word | None = None
    hair_style: Word | None = None
    skin: Word | None = None
    beard: bool | None = None
    beard_style: BeardStyle | None = None
    glasses: bool | None = None
    hat: Word | None = None
    clothes: Phrase | None = None
    build: Word | None = None


class CharacterFields(Fields):
    name: Name | None = None
    kind: EntityKind | None = None
    aliases: Annotated[tuple[Name, ...], Field(max_length=30)] | None = None
    role: Phrase | None = None
    importance: Importance | None = None
    archetypes: Annotated[tuple[Archetype, ...], Field(max_length=11)] | None = None
    gender: Gender | None = None
    age: Age | None = None
    look: LookFields | None = None
    description: Annotated[tuple[Sentence, ...], Field(max_length=30)] | None = None
    personality: Annotated[tuple[Sentence, ...], Field(max_length=30)] | None = None
    arc: Sentence | None = Field(default=None, description='this and the next four: "" takes it away')
    want: Sentence | None = None
    need: Sentence | None = None
    lie: Sentence | None = None
    ghost: Sentence | None = None


class EditCharacter(Frozen):
    """Set fields of a person, place or thing. Whoever gets another name keeps the old one as an alias: the text has it.
    With another ``kind`` it moves from the characters to the places and things, or back."""

    edit: Literal["character"] = "character"
    character: Id
    set: CharacterFields


class MergeCharacters(Frozen):
    """Two entries that are one person, place or thing: all that ``character`` says and is called goes to ``into``."""

    edit: Literal["merge_characters"] = "merge_characters"
    character: Id
    into: Id


class QuotationRef(Frozen):
    """A quotation of the cast, by its span in the chapter's text and how it reads."""

    chapter: Id
    start: int = Field(ge=0)
    end: int = Field(ge=0)
    text: Was = ""


class EditSpeaker(Frozen):
    """Say who speaks quotations; null: the narrator reads them.

    Either ``quotations`` are listed, or all that ``of`` says in a chapter, or in one of its script's scenes, are meant:
    then the list is filled in from what stands there now.
    """

    edit: Literal["speaker"] = "speaker"
    speaker: Id | None
    quotations: tuple[QuotationRef, ...] = Field(default=(), max_length=MOST_QUOTATIONS)
    of: Id | None = None
    chapter: Id | None = None
    scene: Id | None = None

    @model_validator(mode="after")
    def _meant(self) -> Self:
        if not self.quotations and (self.of is None or self.chapter is None):
            raise ValueError("list quotations, or name a speaker (of) and a chapter")
        return self


# -- plot --------------------------------------------------------------------------------------------------------------


class PlotFields(Fields):
    logline: Spoken | None = None
    themes: Annotated[tuple[Sentence, ...], Field(max_length=30)] | None = None
    genre: Phrase | None = None
    tone: Phrase | None = None
    audience: Phrase | None = None
    setting: Sentence | None = Field(default=None, description='"" takes it away')
    story_type: Phrase | None = None
    acts: Annotated[tuple[Sentence, ...], Field(max_length=12)] | None = None
    thesis: Sentence | None = Field(default=None, description='"" takes it away')


class EditPlot(Frozen):
    edit: Literal["plot"] = "plot"
    set: PlotFields


# -- scripts -----------------------------------------------------------------------------------------------------------


class LineFields(Fields):
    """``speaker`` null is the narrator."""

    text: Spoken | None = None
    speaker: Id | None = None
    emotion: Emotion | None = None
    intensity: Intensity | None = None
    delivery: Delivery | None = None

    @classmethod
    def _nullable(cls) -> frozenset[str]:
        return frozenset({"speaker"})


class EditLine(Frozen):
    edit: Literal["line"] = "line"
    chapter: Id
    line: Id
    was: Was = Field(default="", description="how the line reads; filled in when left out")
    set: LineFields


class RemoveLine(Frozen):
    """The line is not said; what it says of the book is listed among the script's cuts."""

    edit: Literal["line_removed"] = "line_removed"
    chapter: Id
    line: Id
    was: Was = Field(default="", description="how the line reads; filled in when left out")


class AddLine(Frozen):
    """A line of a person's own, said after another one."""

    edit: Literal["line_added"] = "line_added"
    chapter: Id
    after: Id
    was: Was = Field(default="", description="how the line before it reads; filled in when left out")
    text: Spoken
    speaker: Id | None = None
    emotion: Emotion = "neutral"
    intensity: Intensity = 3
    delivery: Delivery = "spoken"
    line: str = Field(default="", max_length=20, pattern=r"^(p[0-9a-f]{10})?$", description="its id; filled in")


class ScriptSceneFields(Fields):
    title: Name | None = None
    place: Phrase | None = None
    time_of_day: TimeOfDay | None = None
    weather: Weather | None = None
    mood: Mood | None = None
    action: Spoken | None = None
    present: Annotated[tuple[Id, ...], Field(max_length=12)] | None = None
    camera: ShotSize | None = None
    sound_effects: Annotated[tuple[Word, ...], Field(max_length=8)] | None = None
    music: Phrase | None = None


class EditScriptScene(Frozen):
    edit: Literal["script_scene"] = "script_scene"
    chapter: Id
    scene: Id
    was: Was = Field(default="", description="how its first line reads; filled in when left out")
    set: ScriptSceneFields


# -- scenes ------------------------------------------------------------------------------------------------------------


class SceneFields(Fields):
    title: Name | None = None
    setting: Setting | None = None
    place: Phrase | None = None
    time_of_day: TimeOfDay | None = None
    weather: Weather | None = None
    mood: Mood | None = None
    present: Annotated[tuple[Id, ...], Field(max_length=12)] | None = None
    props: Annotated[tuple[Word, ...], Field(max_length=8)] | None = None

    @model_validator(mode="after")
    def _known(self) -> Self:
        if self.setting is not None and self.setting not in SETTINGS:
            raise ValueError("there is no such kind of setting")
        return self


class EditScene(Frozen):
    """Set fields of a scene as it is drawn."""

    edit: Literal["scene"] = "scene"
    chapter: Id
    scene: Id
    set: SceneFields


class ShotFields(Fields):
    prompt: Spoken | None = Field(default=None, description="what is to be seen, for the painter of this one picture")
    size: ShotSize | None = None


class EditShot(Frozen):
    edit: Literal["shot"] = "shot"
    chapter: Id
    shot: Id
    set: ShotFields


# -- versions ----------------------------------------------------------------------------------------------------------

Patchable = Literal["characters", "plot_overview", "scripts", "scenes"]


class UseVersion(Frozen):
    """Put the whole content of a version in the place of what is generated; later edits go on top of it."""

    edit: Literal["version"] = "version"
    asset: Patchable
    key: Id
    version: int = Field(ge=1)
    sha: str = Field(default="", pattern=r"^([0-9a-f]{64})?$", description="of its content; filled in")


# -- what tasks are told -----------------------------------------------------------------------------------------------


class ChooseVoice(Frozen):
    """Who speaks for a character (null: the narrator); null takes the choice back."""

    edit: Literal["voice"] = "voice"
    character: Id | None
    voice: Id | None


class WishPicture(Frozen):
    """Words that are added to what a picture is asked for by, and which take of it is wanted, the first being 0."""

    edit: Literal["picture"] = "picture"
    asset: Literal["character_images", "scene_images"]
    key: Id
    words: Phrase = ""
    take: int = Field(default=0, ge=0, le=999)


class Pronounce(Frozen):
    """How a word or phrase is read wherever a voice comes upon it; ``say`` null takes that back.

    A word with a capital is meant as it is written, and in capitals throughout; one without however it is written. What
    is shown stays as it is. ``say`` may be any other words ("H.M.S.": "His Majesty's Ship").
    """

    edit: Literal["pronunciation"] = "pronunciation"
    word: Name
    say: Respelling | None = Field(description="what is read in its place")
    ipa: Ipa | None = Field(
        default=None, description="how it sounds, for voices that can be told so; the others read `say`"
    )


CastEdit = EditCharacter | MergeCharacters | EditSpeaker
ScriptEdit = EditLine | RemoveLine | AddLine | EditScriptScene
SceneEdit = EditScene | EditShot
Patch = CastEdit | EditPlot | ScriptEdit | SceneEdit | UseVersion
Told = ChooseVoice | WishPicture | Pronounce
Edit = Annotated[
    EditCharacter
    | MergeCharacters
    | EditSpeaker
    | EditPlot
    | EditLine
    | RemoveLine
    | AddLine
    | EditScriptScene
    | EditScene
    | EditShot
    | UseVersion
    | ChooseVoice
    | WishPicture
    | Pronounce,
    Field(discriminator="edit"),
]
EDIT: TypeAdapter[Edit] = TypeAdapter(Edit)

# The assets of edits that patch no item.
VOICES, PICTURES, PRONUNCIATIONS = "voices", "pictures", "pronunciations"
NARRATOR_KEY = ""  # of the narrator among the voices


def target(edit: Edit) -> tuple[str, str]:
    """Asset and key of the item that an edit patches, or what it tells tasks about."""
    if isinstance(edit, CastEdit):
        return "characters", "cast"
    if isinstance(edit, EditPlot):
        return "plot_overview", "plot"
    if isinstance(edit, ScriptEdit):
        return "scripts", edit.chapter
    if isinstance(edit, SceneEdit):
        return "scenes", edit.chapter
    if isinstance(edit, UseVersion):
        return edit.asset, edit.key
    if isinstance(edit, ChooseVoice):
        return VOICES, edit.character or NARRATOR_KEY
    if isinstance(edit, WishPicture):
        return PICTURES, f"{edit.asset}/{edit.key}"
    return PRONUNCIATIONS, edit.word


def stored(edit: Edit) -> dict[str, Any]:
    """An edit as it is kept: without the fields that are not given."""
    return {"edit": edit.edit, **edit.model_dump(mode="json", exclude_unset=True)}
