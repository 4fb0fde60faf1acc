"""Whom a section's narration is about, point by point: named persons and persons known by a noun, and which of these
mentions are subjects. Pronouns are not resolved here."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from typing import NamedTuple

from litink.story.lexicon import PERSON_VERBS, SPEECH_VERBS, words
from litink.story.paragraphs import Paragraph
from litink.story.references import SectionReferences
from litink.story.roster import Roster

_CLAUSE_HEADS = words(
    """and but then when while as that so for if because though although until where before after or nor"""
)
_NOT_BEFORE_SUBJECTS = words(
    """to of with at by upon on from towards toward in into for about against beside near like than"""
)
_NOUN_DETERMINERS = words("the a an his her my our another")
_AUXILIARY = words("was were had is has did could would should might must will can may does having being been")


class Told(NamedTuple):
    """A mention of a person in narration."""

    start: int
    paragraph: int
    person: int
    subject: bool


class Focus:
    """The mentions of a section's narration in order."""

    def __init__(
        self,
        refs: SectionReferences,
        paragraphs: Sequence[Paragraph],
        quotes: Sequence[tuple[int, int]],
        roster: Roster,
        narrator: int | None,
    ) -> None:
        self._bounds = [p.start for p in paragraphs]
        named = [
            Told(m.start, self._paragraph(m.start), m.person, is_subject(refs, m.start, m.end))
            for m in refs.mentions
            if not m.spoken
        ]
        told = [*named, *self._nouns(refs, named, quotes, roster)]
        if narrator is not None:
            told += self._narrator(refs, quotes, narrator)
        self.told = sorted(told)
        self.starts = [m.start for m in self.told]

    def _paragraph(self, offset: int) -> int:
        return max(0, bisect_left(self._bounds, offset + 1) - 1)

    def _narrator(self, refs: SectionReferences, quotes: Sequence[tuple[int, int]], narrator: int) -> list[Told]:
        """Every "I" of the narration: who tells the story comes and goes in it like anybody else."""
        out: list[Told] = []
        quote = 0
        for n, word in enumerate(refs.words):
            if word == "I" or word.startswith(("I’", "I'")):
                start = refs.starts[n]
                while quote < len(quotes) and quotes[quote][1] <= start:
                    quote += 1
                if quote == len(quotes) or quotes[quote][0] > start:
                    out.append(Told(start, self._paragraph(start), narrator, True))
        return out

    def _nouns(
        self, refs: SectionReferences, named: Sequence[Told], quotes: Sequence[tuple[int, int]], roster: Roster
    ) -> list[Told]:
        out: list[Told] = []
        recent: list[int] = []
        at = quote = 0
        taken = -1
        for n, word in enumerate(refs.words):
            if word.lower() not in _NOUN_DETERMINERS or refs.starts[n] < taken:
                continue
            start = refs.starts[n]
            while quote < len(quotes) and quotes[quote][1] <= start:
                quote += 1
            if quote < len(quotes) and quotes[quote][0] <= start:
                continue
            while at < len(named) and named[at].start < start:
                recent = [named[at].person, *(p for p in recent if p != named[at].person)][:12]
                at += 1
            found = refs.at(n, min(len(refs.words), n + 8))
            if not found or found[0].kind != "noun":
                continue
            ref = found[0]
            if ref.key not in roster.speaking and not roster.holders(ref.noun):
                continue  # nobody hears of this one again: a horse, a crowd's old man
            person, _ = roster.resolve_noun(ref, recent, refs.named)
            roster.heard(person, indefinite=ref.owner in ("a", "an", "another"))
            out.append(Told(start, self._paragraph(start), person, is_subject(refs, start, ref.end)))
            taken = ref.end
        return out

    def before(self, offset: int) -> int:
        """How many mentions stand before an offset."""
        return bisect_left(self.starts, offset)

    def recent(self, offset: int) -> list[int]:
        """Persons mentioned before an offset, the last one first."""
        at = self.before(offset)
        return list(dict.fromkeys(m.person for m in reversed(self.told[max(0, at - 24) : at])))


def is_subject(refs: SectionReferences, start: int, end: int) -> bool:
    """Whether what stands at ``start``..``end`` looks like the subject of a clause."""
    n, after = refs.index(start), refs.index(end)
    if after and refs.words[after - 1].endswith(("’s", "'s", "s’")):
        return False
    previous = refs.words[n - 1].lower() if n else "."
    following = refs.words[after].lower() if after < len(refs.words) else "."
    if previous in SPEECH_VERBS:
        return True
    if previous in _NOT_BEFORE_SUBJECTS:
        return False
    verb = following in PERSON_VERBS or following in SPEECH_VERBS or following in _AUXILIARY or following.endswith("ed")
    head = not previous[-1].isalnum() or previous in _CLAUSE_HEADS
    return head and following not in ".;:!?" if not verb else True
