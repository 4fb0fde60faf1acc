"""Who is whose kin, where the text says so between two names: «Tom’s sister, Ann», «Ann, the daughter of Tom»."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from litink.books.model import Section
from litink.story.lexicon import KIN, PERSON_NOUNS, SexLetter
from litink.story.mentions import NameIndex, NameMention
from litink.story.model import Cast, Relationship, Span

_NOUN = rf"(?P<kin>(?:{'|'.join(sorted(map(re.escape, KIN), key=len, reverse=True))}))"
_ADJECTIVES = r"(?:(?:own|young|younger|old|elder|eldest|little|only|dear|late|poor|youngest|older)\s+){0,2}"
# What stands between two names, and whether the first of them is the kin (else the second is).
_BETWEEN = (
    (re.compile(rf"[’']s?\s+{_ADJECTIVES}{_NOUN},?\s+"), False),  # Tom’s sister, Ann
    (re.compile(rf",\s+(?:the|an?|only)\s+{_ADJECTIVES}{_NOUN}\s+of\s+"), True),  # Ann, the daughter of Tom
    (re.compile(rf"\s+(?:was|is)\s+(?:the|an?)\s+{_ADJECTIVES}{_NOUN}\s+of\s+"), True),  # Ann was a sister of Tom
)
_KIN_AFTER = re.compile(rf"[’']s?\s+{_ADJECTIVES}{_NOUN}(?=[,.;!?—])")  # Ann, Tom’s sister,
_APART = re.compile(r",\s+|\s+(?:was|is)\s+")
_POSSESSIVE = re.compile(r"[’']s?$")
_OTHER_SEX: dict[SexLetter, str] = {"f": "male", "m": "female"}
_MOST_EVIDENCE = 3
_LONGEST = 60  # code points between two names


def tie_characters(chapters: Sequence[Section], cast: Cast) -> Cast:
    """The cast with ties told in so many words: ``other`` is the person, ``kind`` what that person is to the
    character ("sister"), the evidence runs from name to name. Of two kinds told of the same two the commoner counts."""
    names = NameIndex(cast)
    genders = {c.id: c.gender for c in cast.characters}
    told: dict[tuple[str, str], dict[str, list[Span]]] = {}
    for section in chapters:
        found = list(names.find(section.text))
        for one, two in pairwise(found):
            if one.character == two.character or not 0 < two.start - one.end <= _LONGEST:
                continue
            if tie := _tie(section.text, (_bare_end(section.text, one), two.start), _bare_end(section.text, two)):
                kind, first_is_kin, end = tie
                kin, whose = (one, two) if first_is_kin else (two, one)
                if genders[kin.character] == _OTHER_SEX.get(PERSON_NOUNS.get(kind, "?")):
                    continue  # «Dick’s mother, Mr. Hill said»
                span = Span(chapter=section.key, start=one.start, end=end)
                told.setdefault((whose.character, kin.character), {}).setdefault(kind, []).append(span)
    ties: dict[str, list[Relationship]] = {}
    for (character, other), kinds in told.items():
        kind = max(kinds, key=lambda k: (len(kinds[k]), k))
        evidence = tuple(kinds[kind][:_MOST_EVIDENCE])
        ties.setdefault(character, []).append(Relationship(other=other, kind=kind, evidence=evidence))
    return cast.model_copy(
        update={
            "characters": tuple(
                c.model_copy(update={"relationships": tuple(ties[c.id])}) if c.id in ties else c
                for c in cast.characters
            )
        }
    )


def _bare_end(text: str, mention: NameMention) -> int:
    """The end of a name without «’s»."""
    possessive = _POSSESSIVE.search(text, mention.start, mention.end)
    return possessive.start() if possessive else mention.end


def _tie(text: str, between: tuple[int, int], end: int) -> tuple[str, bool, int] | None:
    """Kind, whether the first name is the kin, and where the evidence ends; None where nothing is told."""
    for pattern, first_is_kin in _BETWEEN:
        if match := pattern.fullmatch(text, *between):
            return match["kin"].lower(), first_is_kin, end
    if _APART.fullmatch(text, *between) and (match := _KIN_AFTER.match(text, end)):
        return match["kin"].lower(), True, match.end()
    return None
