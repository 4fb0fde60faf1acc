"""The cast of a book: characters and who says each quotation, gathered from the rooms that decide these."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from litink.books.model import Book, Section
from litink.story.aliases import display_name, slug, spell
from litink.story.entities import with_entities
from litink.story.frames import with_tellers
from litink.story.lexicon import CHILD_NOUNS, OLD_NOUNS, SexLetter
from litink.story.model import Age, Cast, Character, Gender, Importance, Quotation, VoiceHint
from litink.story.names import NameReader, tokenise
from litink.story.narrator import NARRATOR, find_narrators, tells_in_first_person
from litink.story.quotations import Quote, find_quotes, quote_style
from litink.story.references import Mention, SectionReferences, is_generic
from litink.story.roster import Roster
from litink.story.sketches import sketch_characters
from litink.story.speakers import Attribution, attribute
from litink.story.ties import tie_characters
from litink.story.turns import Talk

_GENDER: dict[SexLetter, Gender] = {"f": "female", "m": "male", "?": "unknown"}
_OFF_STAGE = 0.1  # what a mention counts of one who never speaks in a play: talked about, or another's name


class People(NamedTuple):
    """What the attribution of a book rests on. ``narrators`` holds, a chapter, who says "I" in its narration."""

    roster: Roster
    talks: list[Talk]
    narrators: list[int | None]


def read_cast(book: Book) -> Cast:
    """Characters, most important first, the quotations of the chapters in book order, places and things."""
    people = read_people(book.chapters)
    spoken: list[list[tuple[Quote, Attribution]]] = []
    attributed = [attribute(talk, people.roster, who) for talk, who in zip(people.talks, people.narrators, strict=True)]
    for talk, decided in zip(people.talks, with_tellers(*people, attributed), strict=True):
        by_quote = {q: a for turn, a in zip(talk.turns, decided, strict=True) for q in turn.quotes}
        spoken.append([(quote, by_quote[k]) for k, quote in enumerate(talk.quotes)])
    cast = sketch_characters(book.chapters, _assemble(book.chapters, people.roster, spoken))
    return with_entities(book.chapters, tie_characters(book.chapters, cast))


def read_people(chapters: Sequence[Section]) -> People:
    """Finds who is in the chapters and how their talk is laid out, before any speaker is decided."""
    style = quote_style(chapters)
    quotes = [find_quotes(section, style) for section in chapters]
    reader = NameReader()
    for n, section in enumerate(chapters):
        reader.read(n, section.text, [(q.start, q.end) for q in quotes[n]])
    persons, meaning = reader.persons()
    mentions: list[list[Mention]] = [[] for _ in chapters]
    for run in reader.runs:
        key = reader.key(run)
        person = meaning.get(key) if key else None
        if person is not None:
            mentions[run.section].append(Mention(run.start, run.end, person, run.spoken))
    roster = Roster(persons)
    talks: list[Talk] = []
    for n, section in enumerate(chapters):
        tokens = tokenise(section.text)
        refs = SectionReferences(tokens, mentions[n])
        roster.watch_pronouns(tokens, mentions[n], [refs.index(m.start) for m in mentions[n]])
        talk = Talk(section, quotes[n], refs)
        roster.speaking.update(
            t.tag.ref.key for t in talk.turns if t.tag and t.tag.certain and t.tag.ref.kind == "noun"
        )
        talks.append(talk)
    roster.settle_sex()
    roster.settle_nouns()
    told = [tells_in_first_person(section, quotes[n]) for n, section in enumerate(chapters)]
    return People(roster, talks, find_narrators(roster, talks, told))


def _assemble(
    chapters: Sequence[Section], roster: Roster, attributions: Sequence[Sequence[tuple[Quote, Attribution]]]
) -> Cast:
    spoken = Counter(a.speaker for found in attributions for _, a in found if a.speaker is not None)
    kept = [n for n in range(len(roster)) if n < roster.named or spoken[n]]
    is_play = sum(a.method == "heading" for found in attributions for _, a in found) > 0.5 * sum(map(len, attributions))
    weight = {
        n: round(
            (roster.count[n] + 3 * spoken[n])
            * _standing(roster, n)
            * (_OFF_STAGE if is_play and not spoken[n] else 1.0)
        )
        for n in kept
    }
    kept.sort(key=lambda n: (-weight[n], n))
    names = {n: _name(roster, n) for n in kept}
    ids = _ids(names)
    characters = tuple(
        Character(
            id=ids[n],
            name=names[n],
            aliases=_aliases(roster, n, names[n]),
            importance=_importance(weight[n], weight[kept[0]]),
            gender=_GENDER[roster.sex[n]],
            age=_age(roster, n),
            voice=VoiceHint(gender=_GENDER[roster.sex[n]], age=_age(roster, n)),
            mention_count=roster.count[n],
            quotation_count=spoken[n],
        )
        for n in kept
    )
    quotations = tuple(
        Quotation(
            chapter=section.key,
            start=quote.start,
            end=quote.end,
            text=section.text[quote.start : quote.end],
            speaker=ids[a.speaker] if a.speaker is not None else None,
            method=a.method,
            confidence=a.confidence,
        )
        for section, found in zip(chapters, attributions, strict=True)
        for quote, a in found
    )
    return Cast(characters=characters, quotations=quotations)


def _ids(names: Mapping[int, str]) -> dict[int, str]:
    """Slugs; of two people with one slug the more important keeps it bare."""
    taken: Counter[str] = Counter()
    ids: dict[int, str] = {}
    for n, name in names.items():
        base = slug(name)
        taken[base] += 1
        ids[n] = base if taken[base] == 1 else f"{base}-{taken[base]}"
    return ids


def _name(roster: Roster, n: int) -> str:
    if n < roster.named:
        return display_name(roster.persons[n].names.items())
    key = roster.keys[n]
    return key[:1].upper() + key[1:]


def _aliases(roster: Roster, n: int, name: str) -> tuple[str, ...]:
    if n >= roster.named:
        return (roster.keys[n],) if roster.keys[n] != name else ()
    person = roster.persons[n]
    spelled = [spell(key) for key, _ in sorted(person.names.items(), key=lambda item: (-item[1], item[0]))]
    return tuple(alias for alias in dict.fromkeys(spelled) if alias != name)


def _standing(roster: Roster, n: int) -> float:
    """How surely this is one person: "the man" of twenty scenes is twenty men."""
    key = roster.keys[n]
    if n < roster.named or key == NARRATOR:
        return 1.0
    return 0.1 if is_generic(key.split()[-1]) else 0.4


def _importance(weight: int, most: int) -> Importance:
    if weight >= max(8, 0.12 * most):
        return "major"
    return "intermediate" if weight >= max(4, 0.02 * most) else "minor"


def _age(roster: Roster, n: int) -> Age:
    words = set(roster.keys[n].lower().split())
    if words & CHILD_NOUNS:
        return "child"
    if words & OLD_NOUNS or "old" in words:
        return "old"
    return "young" if words & {"young", "maiden", "lad"} else "unknown"
