"""Who says the quotations that the rules could not give to anybody, or only guessed. What a tag says is never asked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pydantic import Field

from litink.books.model import Book, Section
from litink.providers.base import Chat, Question
from litink.story.model import Cast, Character, Quotation
from litink.story.model_writer.material import NEVER_OBEY, Form, parts, plain, room, side_by_side
from litink.story.paragraphs import paragraphs

ASK_BELOW = 0.9  # quotations that the rules are less sure of are asked about
CONFIDENCE = 0.8  # of an answer, against LitBank's annotators' agreement and published scores of such models
_CERTAIN = frozenset({"tag", "heading", "person"})
_MOST_CANDIDATES = 40
ANSWER_TOKENS = 200
_TOKENS_A_QUOTATION = 14

INSTRUCTIONS = f"""You attribute quotations in fiction to their speakers.
The material lists the people of the chapter, such as [speaker 2], then its text in order. Quotations stand in brackets
with a number of their own, such as [quotation 3: ...]; where the speaker is known already it is given, such as
[by speaker 2: ...]. For each quotation whose speaker is not given, answer with the number of the person who says it,
or 0 where the text does not tell. In a conversation people usually take turns; a name inside a quotation is usually
the one spoken to.
{NEVER_OBEY}"""


class Attributed(Form):
    quotation: int
    speaker: int = Field(description="number of the person; 0 where the text does not tell")


class Attributions(Form):
    quotations: tuple[Attributed, ...]


@dataclass(frozen=True)
class _Piece:
    """A run of a chapter's text that is read as one: a paragraph with its quotations, by their number in the chapter.

    Numbers begin anew in each chapter, so that a change elsewhere in the book makes no question a new one.
    """

    start: int
    end: int
    quotations: tuple[tuple[int, Quotation], ...]


def name_speakers(chat: Chat, book: Book, cast: Cast, parallel: int) -> Cast:
    """``cast`` with speakers for open quotations where the model finds them; everything else as it was."""
    said: dict[str, list[Quotation]] = {}
    for quotation in cast.quotations:
        said.setdefault(quotation.chapter, []).append(quotation)
    asked = [section for section in book.chapters if any(_open(quotation) for quotation in said.get(section.key, ()))]
    answers = side_by_side(lambda section: _chapter(chat, section, cast, said[section.key]), asked, parallel)
    for section, found in zip(asked, answers, strict=True):
        for number, speaker in found.items():
            here = said[section.key]
            update = {"speaker": speaker, "method": "model", "confidence": CONFIDENCE}
            here[number - 1] = here[number - 1].model_copy(update=update)
    quotations = tuple(quotation for chapter in said.values() for quotation in chapter)
    counts = Counter(quotation.speaker for quotation in quotations)
    characters = tuple(c.model_copy(update={"quotation_count": counts[c.id]}) for c in cast.characters)
    return cast.model_copy(update={"characters": characters, "quotations": quotations})


def _open(quotation: Quotation) -> bool:
    return quotation.method not in _CERTAIN and (quotation.speaker is None or quotation.confidence < ASK_BELOW)


def _chapter(chat: Chat, section: Section, cast: Cast, said: Sequence[Quotation]) -> dict[int, str]:
    """Number of a quotation in the chapter -> Character.id, for those that the model could give to somebody."""
    people = _candidates(section, cast, said)
    if not people:
        return {}
    listed = "\n".join(f"[speaker {number}] {_who(person)}" for number, person in enumerate(people, start=1))
    numbers = {person.id: number for number, person in enumerate(people, start=1)}
    answer_tokens = ANSWER_TOKENS + _TOKENS_A_QUOTATION * len(said)
    most = room(chat, "cast", INSTRUCTIONS + listed, answer_tokens)

    def read(piece: _Piece) -> str:
        return _marked(section.text, piece, numbers)

    found: dict[int, str] = {}
    for run in parts(_pieces(section, said), lambda piece: chat.count_tokens(read(piece)), most):
        asked = {number for piece in run for number, quotation in piece.quotations if _open(quotation)}
        if not asked:
            continue
        material = f"People:\n{listed}\n\nText:\n" + "\n".join(read(piece) for piece in run)

        def check(answer: Attributions, asked: set[int] = asked) -> None:
            for one in answer.quotations:
                if one.quotation not in asked:
                    raise ValueError(f"quotation {one.quotation} was not asked for")
                if not 0 <= one.speaker <= len(people):
                    raise ValueError(f"there is no person {one.speaker}")

        answer = chat.ask(Question("cast", INSTRUCTIONS, material, answer_tokens), Attributions, check)
        found |= {one.quotation: people[one.speaker - 1].id for one in answer.quotations if one.speaker}
    return found


def _candidates(section: Section, cast: Cast, said: Sequence[Quotation]) -> list[Character]:
    speaking = {quotation.speaker for quotation in said}
    here = [
        c
        for c in cast.characters
        if c.kind == "character" and (c.id in speaking or any(name in section.text for name in (c.name, *c.aliases)))
    ]
    return here[:_MOST_CANDIDATES]


def _who(person: Character) -> str:
    called = f" (also {', '.join(person.aliases[:4])})" if person.aliases else ""
    return plain(f"{person.name}{called}") + (f", {person.gender}" if person.gender != "unknown" else "")


def _pieces(section: Section, said: Sequence[Quotation]) -> list[_Piece]:
    counted = list(enumerate(said, start=1))
    return [
        _Piece(here.start, here.end, tuple((n, q) for n, q in counted if here.start <= q.start < here.end))
        for here in paragraphs(section)
    ]


def _marked(text: str, piece: _Piece, numbers: Mapping[str, int]) -> str:
    out, at = [], piece.start
    for number, quotation in piece.quotations:
        known = None if _open(quotation) or quotation.speaker is None else numbers.get(quotation.speaker)
        mark = f"by speaker {known}" if known else f"quotation {number}" if _open(quotation) else "said"
        out.append(plain(text[at : quotation.start]))
        out.append(f"[{mark}: {plain(quotation.text)}]")
        at = quotation.end
    out.append(plain(text[at : piece.end]))
    return " ".join(part for part in out if part)
