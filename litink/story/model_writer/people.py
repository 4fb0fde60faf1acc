"""Who the main people are: role, looks, character, what drives them, how they stand to each other; every sentence of it
resting on the book's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pydantic import Field

from litink.books.model import Book
from litink.providers.base import Chat, Question
from litink.story.mentions import NameIndex
from litink.story.model import Age, Archetype, Cast, Character, Gender, Look, Relationship, Span, VoiceHint
from litink.story.model_writer.material import (
    NEVER_OBEY,
    Cited,
    Form,
    Numbered,
    clipped,
    must_cite,
    plain,
    room,
    side_by_side,
    statement,
)
from litink.story.sentences import sentences

MOST_PEOPLE = 24  # described by the model; the others keep what the rules found
MOST_SENTENCES = 60  # about one person
ANSWER_TOKENS = 1800

INSTRUCTIONS = f"""You describe one person of a book for those who will cast and draw it.
The material lists the other people of the book, such as [person 2], then numbered sentences that speak of the
person asked for.
Say who that person is: the role in the story, archetypes, what the text says of looks and manner, what the person
wants and needs, the false belief and the wound behind it where the text shows them, how the person changes, and how
he or she stands to the others. Leave out what the sentences do not show. Every statement names the sentences it rests
on.
{NEVER_OBEY}"""


class Tie(Form):
    person: int = Field(description="number of the other person")
    kind: str = Field(min_length=1, max_length=60, description="such as: sister, rival, employer")
    rests_on: tuple[int, ...] = Field(min_length=1, max_length=4)


class Appearance(Form):
    hair: str = Field(default="", max_length=30, description='a colour word, or "bald"')
    hair_style: str = Field(default="", max_length=40)
    skin: str = Field(default="", max_length=30)
    beard: bool = False
    glasses: bool = False
    hat: str = Field(default="", max_length=40)
    clothes: str = Field(default="", max_length=80)
    build: str = Field(default="", max_length=40)


class Person(Form):
    role: str = Field(max_length=120)
    archetypes: tuple[Archetype, ...] = Field(default=(), max_length=3)
    gender: Gender
    age: Age
    appearance: Appearance
    accent: str = Field(default="", max_length=40)
    manner: str = Field(default="", max_length=60, description="how the voice sounds, in a few words")
    description: tuple[Cited, ...] = Field(default=(), max_length=5)
    personality: tuple[Cited, ...] = Field(default=(), max_length=5)
    arc: Cited | None = None
    want: Cited | None = None
    need: Cited | None = None
    lie: Cited | None = None
    ghost: Cited | None = None
    relationships: tuple[Tie, ...] = Field(default=(), max_length=8)


def describe_people(chat: Chat, book: Book, cast: Cast, parallel: int) -> Cast:
    """``cast`` with its main people described. What the rules know for sure (a sex told by a title) stays."""
    main = [c for c in cast.characters if c.kind == "character" and c.importance != "minor"][:MOST_PEOPLE]
    about = _sentences_about(book, cast, main)
    described = side_by_side(
        lambda person: _describe(chat, person, main, about[person.id]), [c for c in main if about[c.id]], parallel
    )
    known = {person.id: person for person in described}
    return cast.model_copy(update={"characters": tuple(known.get(c.id, c) for c in cast.characters)})


def _sentences_about(book: Book, cast: Cast, people: Sequence[Character]) -> Mapping[str, list[tuple[Span, str]]]:
    """Sentences that name each person: those that the rules found telling first, then some from all over the book."""
    names, wanted = NameIndex(cast), {person.id for person in people}
    naming: dict[str, list[Span]] = {id_: [] for id_ in wanted}
    texts = {section.key: section.text for section in book.chapters}
    for section in book.chapters:
        for start, end in sentences(section.text):
            for id_ in {m.character for m in names.find(section.text, start, end)} & wanted:
                naming[id_].append(Span(chapter=section.key, start=start, end=end))
    order = {section.key: n for n, section in enumerate(book.chapters)}
    chosen: dict[str, list[tuple[Span, str]]] = {}
    for person in people:
        telling = [span for s in (*person.description, *person.personality) for span in s.evidence]
        rest = naming[person.id]
        step = max(1, len(rest) // MOST_SENTENCES)
        spans = list(dict.fromkeys([*telling, *rest[:10], *rest[::step]]))[:MOST_SENTENCES]
        spans.sort(key=lambda span: (order[span.chapter], span.start))
        chosen[person.id] = [(span, texts[span.chapter][span.start : span.end]) for span in spans]
    return chosen


def _describe(
    chat: Chat, person: Character, people: Sequence[Character], about: Sequence[tuple[Span, str]]
) -> Character:
    others = [other for other in people if other.id != person.id]
    listed = "\n".join(f"[person {number}] {plain(other.name)}" for number, other in enumerate(others, start=1))
    lines = [Numbered(number, text, span) for number, (span, text) in enumerate(about, start=1)]
    head = f"People:\n{listed}\n\nThe person asked for: {plain(person.name)}\n\nSentences:\n"
    most = room(chat, "cast", INSTRUCTIONS + head, ANSWER_TOKENS)
    material = head + clipped(chat, "\n".join(line.line() for line in lines), most)

    def check(answer: Person) -> None:
        known = range(1, len(lines) + 1)
        must_cite(known, *answer.description, *answer.personality)
        must_cite(known, answer.arc, answer.want, answer.need, answer.lie, answer.ghost)
        must_cite(known, *(Cited(text=tie.kind, rests_on=tie.rests_on) for tie in answer.relationships))

    answer = chat.ask(Question("cast", INSTRUCTIONS, material, ANSWER_TOKENS), Person, check)
    return _merged(person, answer, others, {line.number: (line.span,) for line in lines})


def _merged(
    person: Character, answer: Person, others: Sequence[Character], evidence: Mapping[int, tuple[Span, ...]]
) -> Character:
    gender = person.gender if person.gender != "unknown" else answer.gender
    age = person.age if person.age != "unknown" else answer.age
    seen = answer.appearance.model_dump()
    look = Look.model_validate({**person.look.model_dump(), **{name: value for name, value in seen.items() if value}})
    single = {
        name: statement(cited, evidence) if (cited := getattr(answer, name)) else None
        for name in ("arc", "want", "need", "lie", "ghost")
    }
    return person.model_copy(
        update={
            **single,
            "role": answer.role,
            "archetypes": answer.archetypes,
            "gender": gender,
            "age": age,
            "look": look,
            "voice": VoiceHint(gender=gender, age=age, accent=answer.accent, manner=answer.manner),
            "description": tuple(statement(cited, evidence) for cited in answer.description) or person.description,
            "personality": tuple(statement(cited, evidence) for cited in answer.personality) or person.personality,
            "relationships": tuple(
                Relationship(
                    other=others[tie.person - 1].id,
                    kind=tie.kind,
                    evidence=tuple(span for number in tie.rests_on for span in evidence[number]),
                )
                for tie in answer.relationships
                if 1 <= tie.person <= len(others)  # a tie to somebody else is left out, not worth another question
            ),
        }
    )
