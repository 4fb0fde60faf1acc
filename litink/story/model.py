"""What is understood about a book: cast, quotations, plot, scripts, scenes. Plain values; nothing here decides.

Every statement points at the text it rests on: a ``Span`` is a chapter's key and code-point offsets into that
chapter's ``Section.text``.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from litink.books.model import Frozen

Gender = Literal["female", "male", "neutral", "unknown"]
Age = Literal["child", "young", "adult", "old", "unknown"]
Importance = Literal["major", "intermediate", "minor"]
EntityKind = Literal["character", "object", "location"]
Archetype = Literal[
    "Hero",
    "Mentor",
    "Shadow",
    "Ally",
    "Threshold Guardian",
    "Shapeshifter",
    "Trickster",
    "Herald",
    "Narrator",
    "Expert",
    "Interviewer",
]
SpeakerMethod = Literal[
    "tag", "pronoun", "alternation", "heading", "vocative", "continuation", "model", "person", "unknown"
]
ScriptStyle = Literal["cinematic", "narration", "dialogue", "voice_over", "educational", "marketing"]
Emotion = Literal["neutral", "joy", "sadness", "anger", "fear", "surprise", "disgust", "tenderness", "excitement"]
Delivery = Literal["spoken", "whispered", "shouted", "read", "thought", "sung"]
TimeOfDay = Literal["dawn", "morning", "day", "afternoon", "dusk", "evening", "night", "unknown"]
Weather = Literal["clear", "cloudy", "rain", "storm", "snow", "fog", "wind", "unknown"]
Mood = Literal["calm", "joyful", "tense", "sad", "mysterious", "fearful", "angry", "romantic", "hopeful", "solemn"]
BeardStyle = Literal["", "full", "moustache", "goatee", "whiskers"]
ShotSize = Literal["wide", "medium", "close_up", "over_the_shoulder", "two_shot", "pov", "tracking"]


class Span(Frozen):
    chapter: str  # Section.key
    start: int
    end: int


class Passage(Frozen):
    """A stretch of a chapter that is about one thing, of some 60 to 180 words: the unit of search."""

    chapter: str  # Section.key
    ordinal: int  # 0-based within the chapter
    start: int
    end: int
    text: str  # exactly the source text of the span


class CrossReference(Frozen):
    """A passage that comes back to something told in an earlier chapter."""

    passage: Span
    earlier: Span
    score: float  # cosine of the embeddings, and a tenth for each shared word that stands nowhere else
    shared: tuple[str, ...]  # rare words of both as the later one has them, the rarest first


class Statement(Frozen):
    """A sentence about the book and the text that supports it."""

    text: str
    evidence: tuple[Span, ...] = ()


class Look(Frozen):
    """What a character looks like, as far as the text says so; empty strings where it does not."""

    hair: str = ""  # a colour word, or "bald"
    hair_style: str = ""
    skin: str = ""
    beard: bool = False
    beard_style: BeardStyle = ""
    glasses: bool = False
    hat: str = ""
    clothes: str = ""  # a colour or garment phrase
    build: str = ""


class VoiceHint(Frozen):
    gender: Gender = "unknown"
    age: Age = "unknown"
    accent: str = ""
    manner: str = ""


class Relationship(Frozen):
    other: str  # Character.id
    kind: str
    evidence: tuple[Span, ...] = ()


class Character(Frozen):
    """A person (or animal, object, location) of the book. ``id`` is a slug, stable while the name is."""

    id: str
    name: str
    kind: EntityKind = "character"
    aliases: tuple[str, ...] = ()
    role: str = ""
    importance: Importance = "minor"
    archetypes: tuple[Archetype, ...] = ()
    gender: Gender = "unknown"
    age: Age = "unknown"
    description: tuple[Statement, ...] = ()
    personality: tuple[Statement, ...] = ()
    look: Look = Look()
    voice: VoiceHint = VoiceHint()
    arc: Statement | None = None
    want: Statement | None = None
    need: Statement | None = None
    lie: Statement | None = None
    ghost: Statement | None = None
    relationships: tuple[Relationship, ...] = ()
    mention_count: int = 0
    quotation_count: int = 0


class Quotation(Frozen):
    """One quoted run, marks included in the span. ``speaker`` None means: not known, the narrator reads it."""

    chapter: str
    start: int
    end: int
    text: str
    speaker: str | None  # Character.id
    method: SpeakerMethod
    confidence: float = Field(ge=0, le=1)


class Cast(Frozen):
    """Persons are ``characters``; ``entities`` are the places, then the things, each kind the most important first."""

    characters: tuple[Character, ...]
    quotations: tuple[Quotation, ...]  # in book order
    # Left out of the JSON where there are none, as in all that is told of a cast to those who need the persons alone.
    entities: tuple[Character, ...] = Field(default=(), exclude_if=lambda entities: not entities)


class TurningPoint(Frozen):
    name: str  # e.g. "inciting incident"
    chapter: str
    statement: Statement


class Plot(Frozen):
    """The plot overview; ``source`` says how it came about ("excerpt" for the local writer, "model" else)."""

    source: Literal["excerpt", "model"]
    fiction: bool
    logline: Statement
    themes: tuple[Statement, ...] = ()
    genre: str = ""
    tone: str = ""
    audience: str = ""
    setting: Statement | None = None
    story_type: str = ""
    acts: tuple[Statement, ...] = ()
    turning_points: tuple[TurningPoint, ...] = ()
    directive: str = ""  # the user's creative directive
    thesis: Statement | None = None  # non-fiction from here on
    argument: tuple[Statement, ...] = ()
    key_terms: tuple[Statement, ...] = ()
    examples: tuple[Statement, ...] = ()


class Line(Frozen):
    """What one voice says in one breath of the script. ``speaker`` None is the narrator."""

    id: str  # unique in its chapter, stable while the text before it is the same
    speaker: str | None  # Character.id
    text: str  # exactly the source text of the span, quotation marks included, unless a person worded it
    start: int
    end: int
    emotion: Emotion = "neutral"
    intensity: int = Field(default=3, ge=1, le=10)
    delivery: Delivery = "spoken"
    paragraph_end: bool = False  # the last line of its paragraph: a longer pause follows
    # Worded or added by a person: it need not say the text of its span. Left out of the JSON of all other lines.
    by_person: bool = Field(default=False, exclude_if=lambda by_person: not by_person)


class ScriptScene(Frozen):
    """A stretch of a chapter with one place, time and company."""

    id: str  # "<chapter key>-s1", unique in the book
    number: int  # 1-based within the chapter
    title: str
    start: int
    end: int
    place: str = ""
    time_of_day: TimeOfDay = "unknown"
    weather: Weather = "unknown"
    mood: Mood = "calm"
    action: Statement
    present: tuple[str, ...] = ()  # Character.ids, most important first
    camera: ShotSize = "wide"
    sound_effects: tuple[str, ...] = ()
    music: str = ""
    lines: tuple[Line, ...]


class Cut(Frozen):
    """Source text that a script leaves out on purpose, and why."""

    start: int
    end: int
    reason: str


class Script(Frozen):
    chapter: str
    style: ScriptStyle
    title: str
    source: Literal["restructured", "model"]
    scenes: tuple[ScriptScene, ...]
    cuts: tuple[Cut, ...] = ()


class Figure(Frozen):
    """A character in a picture."""

    character: str
    expression: Emotion = "neutral"
    speaking: bool = False


class Shot(Frozen):
    """One picture of a scene: what is in it and which lines it stands for (ids of the script's lines, in order)."""

    id: str  # "<scene id>-1"
    size: ShotSize
    figures: tuple[Figure, ...] = ()
    lines: tuple[str, ...]
    prompt: str  # for a painter that reads words


class SceneDescription(Frozen):
    """A scene as a picture-maker needs it: one per script scene, same id."""

    id: str
    chapter: str
    number: int
    title: str
    setting: str  # one of litink.story.settings' kinds: "forest", "harbour", "kitchen", …
    indoors: bool
    place: str
    # Character.id of the place among the cast's entities; left out of the JSON where it is none of them.
    location: str = Field(default="", exclude_if=lambda location: not location)
    time_of_day: TimeOfDay
    weather: Weather
    mood: Mood
    present: tuple[str, ...]
    props: tuple[str, ...] = ()
    shots: tuple[Shot, ...]
    evidence: tuple[Span, ...] = ()
