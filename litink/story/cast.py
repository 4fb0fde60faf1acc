"""The cast of a book: characters and who says each quotation, gathered from the rooms that decide these."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from litink.books.model import Book, Section
from litink.story.lexicon import CHILD_NOUNS, OLD_NOUNS, SexLetter
from litink.story.model import Age, Cast, Character, Gender, Importance, Quotation, VoiceHint
from litink.story.names import NameReader, display_name, spell, tokenise
from litink.story.quotations import Quote, find_quotes, quote_style
from litink.story.references import Mention, SectionReferences
from litink.story.roster import Roster
from litink.story.speakers import Attribution, Attributor
from litink.story.turns import Talk

_GENDER: dict[SexLetter, Gender] = {"f": "female", "m": "male", "?": "unknown"}
_FIRST_PERSON = re.compile(r"\bI\b")
_NARRATOR_SHARE = 0.006  # of the words of a chapter's narration: below it an "I" is a stray


def read_cast(book: Book) -> Cast:
    """Characters, most important first, and the quotations of the chapters in book order."""
    chapters = book.chapters
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
    for n, section in enumerate(chapters):
        tokens = tokenise(section.text)
        refs = SectionReferences(tokens, mentions[n])
        roster.watch_pronouns(tokens, mentions[n], [refs.index(m.start) for m in mentions[n]])
    roster.settle_sex()
    told = [_tells_in_first_person(section, quotes[n]) for n, section in enumerate(chapters)]
    narrator = _narrator(roster, chapters, mentions, told)
    attributions: list[list[tuple[Quote, Attribution]]] = []
    for n, section in enumerate(chapters):
        talk = Talk(section, quotes[n], SectionReferences(tokenise(section.text), mentions[n]))
        decided = Attributor(talk, roster, narrator if told[n] else None).decide()
        by_quote = {q: a for turn, a in zip(talk.turns, decided, strict=True) for q in turn.quotes}
        attributions.append([(quote, by_quote[k]) for k, quote in enumerate(quotes[n])])
    return _assemble(chapters, roster, attributions)


def _tells_in_first_person(section: Section, quotes: Sequence[Quote]) -> bool:
    words = times = 0
    at = 0
    for start, end in [*((q.start, q.end) for q in quotes), (len(section.text), len(section.text))]:
        part = section.text[at:start]
        words += part.count(" ") + 1
        times += len(_FIRST_PERSON.findall(part))
        at = end
    return times >= 3 and times / words >= _NARRATOR_SHARE


def _narrator(
    roster: Roster, chapters: Sequence[Section], mentions: Sequence[Sequence[Mention]], told: Sequence[bool]
) -> int | None:
    """The "I" of the book: somebody whom others name in their talk while the narration never does, else a narrator."""
    if not any(told):
        return None
    spoken: Counter[int] = Counter()
    narrated: Counter[int] = Counter()
    for n, tells in enumerate(told):
        for mention in mentions[n]:
            if tells:
                (spoken if mention.spoken else narrated)[mention.person] += 1
    likely = [p for p, count in spoken.items() if count >= 3 and narrated[p] * 6 <= count]
    if likely:
        return max(likely, key=lambda p: (spoken[p], -p))
    return roster.add("narrator", "?")


def _assemble(
    chapters: Sequence[Section], roster: Roster, attributions: Sequence[Sequence[tuple[Quote, Attribution]]]
) -> Cast:
    spoken = Counter(a.speaker for found in attributions for _, a in found if a.speaker is not None)
    kept = [n for n in range(len(roster)) if n < roster.named or spoken[n]]
    weight = {n: roster.count[n] + 3 * spoken[n] for n in kept}
    kept.sort(key=lambda n: (-weight[n], n))
    ids: dict[int, str] = {}
    taken: Counter[str] = Counter()
    names = {n: _name(roster, n) for n in kept}
    for n in kept:
        base = slug(names[n])
        taken[base] += 1
        ids[n] = base if taken[base] == 1 else f"{base}-{taken[base]}"
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


def slug(name: str) -> str:
    """An id from a name: "Mrs. O'Hara" -> "mrs-o-hara"."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "someone"
