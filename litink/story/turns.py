"""The turns of a chapter's talk: quotations of one speaker and what stands around them. Nobody is chosen here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from litink.books.model import Section
from litink.story.lexicon import SexLetter, words
from litink.story.paragraphs import Paragraph, paragraphs
from litink.story.quotations import Quote
from litink.story.references import Mention, Ref, SectionReferences
from litink.story.tags import Tag, beat, tag_after, tag_before

_VOCATIVE_LEAD = words(
    """my dear dearest old poor o oh ah well yes no but why and now come good miss mr mrs dr young little sir"""
)
_ADDRESS_SEX: dict[str, SexLetter] = {
    "sir": "m", "madam": "f", "ma’am": "f", "ma'am": "f", "mum": "f", "mamma": "f", "mama": "f", "papa": "m",
    "monsieur": "m", "madame": "f", "mademoiselle": "f", "miss": "f", "mother": "f", "father": "m", "gentlemen": "m",
    "mister": "m", "lad": "m", "girl": "f", "boy": "m", "auntie": "f", "daddy": "m", "missus": "f",
}  # fmt: skip


@dataclass
class Turn:
    """Quotations (indices into the section's quotes) that one person says without another's turn between."""

    quotes: list[int]
    paragraph: int
    last_paragraph: int
    tag: Tag | None = None
    beat_before: Ref | None = None
    beat_after: Ref | None = None
    leading: Ref | None = None  # the subject of the narration just before, in a paragraph of its own
    heading: str | None = None
    vocatives: list[int] = field(default_factory=list)  # persons addressed by name
    mentioned: list[int] = field(default_factory=list)  # persons named otherwise
    addressed_sex: SexLetter = "?"
    first_person: int = 0  # how often the speaker says "I"


class Talk:
    """A section's paragraphs, references and turns."""

    def __init__(self, section: Section, quotes: Sequence[Quote], refs: SectionReferences) -> None:
        self.section = section
        self.text = section.text
        self.quotes = quotes
        self.refs = refs
        self.paragraphs = paragraphs(section)
        self.by_paragraph: dict[int, list[int]] = {}
        for n, quote in enumerate(quotes):
            self.by_paragraph.setdefault(quote.paragraph, []).append(n)
        self.clock = self._clock()
        self.turns: list[Turn] = []
        for p in sorted(self.by_paragraph):
            self._paragraph(p, self.by_paragraph[p])
        self._named_inside()

    def _clock(self) -> list[int]:
        """The paragraphs' numbers without those that only go on with a quotation: a tale told in one speech takes
        no time from the talk around it."""
        clock: list[int] = []
        for p in range(len(self.paragraphs)):
            goes_on = p in self.by_paragraph and self.quotes[self.by_paragraph[p][0]].continues
            clock.append((clock[-1] if clock else 0) + (0 if goes_on and clock else 1))
        return clock

    def _paragraph(self, p: int, numbers: list[int]) -> None:
        paragraph = self.paragraphs[p]
        first = self.quotes[numbers[0]]
        if first.heading:
            self.turns.append(Turn(numbers, p, p, heading=first.heading))
            return
        tags = self._tags(paragraph, numbers)
        groups = _split(numbers, tags)
        start = len(self.turns)
        for group, tag in groups:
            self.turns.append(Turn(group, p, p, tag=tag))
        if first.continues and start:
            carried, previous = self.turns[start], self.turns[start - 1]
            if carried.tag is None or not carried.tag.certain or previous.tag is None:
                self.turns.pop(start)
                previous.quotes += carried.quotes
                previous.last_paragraph = p
                previous.tag = previous.tag or carried.tag
        if start >= len(self.turns):
            return
        here = self.turns[start]
        here.beat_before = beat(self.refs, paragraph.start, first.start, last=True)
        last = self.quotes[numbers[-1]]
        if self.turns[-1].tag is None:
            self.turns[-1].beat_after = beat(self.refs, last.end, paragraph.end, last=False)
        if p and (p - 1) not in self.by_paragraph:
            before = self.paragraphs[p - 1]
            here.leading = beat(self.refs, before.start, before.end, last=True)
            if here.tag is None and first.start == paragraph.start and self.text[before.end - 1] in ":,—":
                here.tag = tag_before(self.refs, self.text, before.start, before.end)

    def _tags(self, paragraph: Paragraph, numbers: list[int]) -> list[Tag | None]:
        tags: list[Tag | None] = []
        for n, number in enumerate(numbers):
            quote = self.quotes[number]
            limit = self.quotes[numbers[n + 1]].start if n + 1 < len(numbers) else paragraph.end
            floor = self.quotes[numbers[n - 1]].end if n else paragraph.start
            after = tag_after(self.refs, self.text, quote.end, limit)
            before = tag_before(self.refs, self.text, floor, quote.start) if floor < quote.start else None
            if after and before and n and tags[-1] and _same(before, tags[-1]):
                before = None  # the narration between was the tag of the quotation before it
            tags.append(after if after and (after.certain or not before) else before)
        return tags

    def _named_inside(self) -> None:
        mentions = [m for m in self.refs.mentions if m.spoken]
        at = 0
        for turn in self.turns:
            for number in turn.quotes:
                quote = self.quotes[number]
                while at < len(mentions) and mentions[at].start < quote.start:
                    at += 1
                while at < len(mentions) and mentions[at].start < quote.end:
                    kind = turn.vocatives if self._is_vocative(mentions[at], quote) else turn.mentioned
                    kind.append(mentions[at].person)
                    at += 1
                self._words_inside(turn, quote)

    def _words_inside(self, turn: Turn, quote: Quote) -> None:
        n, stop = self.refs.index(quote.start), self.refs.index(quote.end)
        tokens = self.refs.words
        for k in range(n, stop):
            word = tokens[k]
            if word == "I":
                turn.first_person += 1
            elif word.lower() in _ADDRESS_SEX and turn.addressed_sex == "?":
                before = tokens[k - 1] if k > n else "“"
                after = tokens[k + 1] if k + 1 < len(tokens) else "."
                if (before in ',“"‘—' or before.lower() in ("dear", "my", "yes", "no")) and after in ',.!?;:—”"’':
                    turn.addressed_sex = _ADDRESS_SEX[word.lower()]

    def _is_vocative(self, mention: Mention, quote: Quote) -> bool:
        n = self.refs.index(mention.start)
        after = self.refs.index(mention.end)
        if after < len(self.refs.words) and self.refs.words[after] not in ",.!?;:—–-…”\"’'»":
            return False
        k = n - 1
        while k >= 0 and self.refs.words[k].lower() in _VOCATIVE_LEAD and self.refs.starts[k] > quote.start:
            k -= 1
        if self.refs.starts[k] <= quote.start:
            # “Tom.” alone may answer "who?": it counts as an address only with more behind it, or an exclamation.
            return True
        return self.refs.words[k] in ",;—!?.…-"


def _same(a: Tag, b: Tag | None) -> bool:
    return b is not None and a.ref.start == b.ref.start


def _signature(tag: Tag) -> tuple[str, object]:
    ref = tag.ref
    if ref.kind == "name":
        return "name", ref.person
    return (ref.kind, ref.sex) if ref.kind == "pronoun" else (ref.kind, ref.key)


def _split(numbers: list[int], tags: list[Tag | None]) -> list[tuple[list[int], Tag | None]]:
    """One group, unless certain tags of one paragraph name different speakers."""
    certain = [t for t in tags if t and t.certain and t.ref.kind != "plural"]
    signatures = {_signature(t) for t in certain}
    named = {s for s in signatures if s[0] != "pronoun"}
    clash = len(named) > 1 or len(signatures - named) > 1
    if not clash:
        best = next((t for t in certain if t.ref.kind == "name"), certain[0] if certain else None)
        return [(numbers, best or next((t for t in tags if t), None))]
    groups: list[tuple[list[int], Tag | None]] = []
    for number, tag in zip(numbers, tags, strict=True):
        use = tag if tag and tag.certain else None
        if groups and (use is None or (groups[-1][1] and _signature(use) == _signature(groups[-1][1]))):
            groups[-1][0].append(number)
        elif groups and groups[-1][1] is None:
            groups[-1] = ([*groups[-1][0], number], use)
        else:
            groups.append(([number], use))
    return groups
