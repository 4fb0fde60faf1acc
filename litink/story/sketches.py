"""Whose the looks, ages and natures told in the text are, with the sentences that say so. Nothing is made up."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from litink.books.model import Section
from litink.story.lexicon import KIN, OLD_NOUNS
from litink.story.mentions import NameIndex, NameMention
from litink.story.model import Age, BeardStyle, Cast, Character, Look, Quotation, Span, Statement, VoiceHint
from litink.story.paragraphs import Paragraph, paragraphs
from litink.story.sentences import paragraph_sentences
from litink.story.traits import Trait, find_traits, may_tell

_PRONOUN_START = re.compile(r"^[\W_]*(?P<word>He|She|His|Her)\b")
_MOST_STATEMENTS = 5
_HEAD = 24  # code points before a sentence's subject
_REACH = 130  # code points between the sentence's beginning and the trait
_PEOPLE = (
    r"(?:man|woman|boy|girl|gentleman|lady|child|fellow|person|friend|wife|husband|daughter|son|sister|brother|mother|"
    r"father|servant|stranger|youth)"
)
# Another person comes in before the trait: «Tom met an old woman in a red cloak».
_SOMEBODY_ELSE = re.compile(
    r"\b(?:with|to|at|by|from|upon|met|saw|like|than|for|of|found|left|married|beside|behind|his|her|their)\s+"
    rf"(?:an?|the|his|her|that|this|another|some)\s+(?:[\w-]+\s+){{0,3}}?{_PEOPLE}\b"
    rf"|\b(?:his|her)\s+(?:\w+\s+)?{_PEOPLE}\b(?![’'])"
    r"|\b(?:although|not|no means|never|if)\b"
)
_NEWCOMER = re.compile(rf"\b(?:an?|another)\s+(?:[\w-]+,?\s+){{0,4}}?{_PEOPLE}\b", re.IGNORECASE)
_IS_SOMEBODY = re.compile(r"\b(?:was|is|like)\s+(?:\w+\s+)?$|,\s+$")
_KIN_OF = re.compile(rf"^[’']s\s+(?:[\w-]+\s+){{0,2}}?(?:{'|'.join(sorted(KIN))})\b")
_APPOSITION = re.compile(r"^,\s+(?:an?\s|the\s|who\b|whose\b|with\s|in\s|wearing\s)?")
_OLD_KIN = re.compile(rf"\b(?:{'|'.join(sorted(OLD_NOUNS))}),?\s+$", re.IGNORECASE)
_EPITHETS: tuple[tuple[re.Pattern[str], Age], ...] = (
    (re.compile(r"\b[Oo]ld\s+(?:[A-Z][a-z]{1,2}\.\s+)?$"), "old"),
    (re.compile(r"\b[Yy]oung\s+(?:[A-Z][a-z]{1,2}\.\s+)?$"), "young"),
    (re.compile(r"\b[Ll]ittle\s+$"), "child"),
)


@dataclass
class _Sketch:
    seen: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    ages: defaultdict[Age, float] = field(default_factory=lambda: defaultdict(float))
    description: list[Statement] = field(default_factory=list)
    personality: list[Statement] = field(default_factory=list)


def sketch_characters(chapters: Sequence[Section], cast: Cast) -> Cast:
    """The cast with looks, ages and descriptions read from the narration of ``chapters``.

    A trait belongs to the person whom its sentence is about: the one named at its head; the one whom it explains in
    apposition; or, where the sentence begins with a pronoun, the speaker whose tag stands just before, else the last
    one of that gender named in the paragraph or the one before.
    """
    names = NameIndex(cast)
    genders = {c.id: c.gender for c in cast.characters}
    sketches: defaultdict[str, _Sketch] = defaultdict(_Sketch)
    quotations: defaultdict[str, list[Quotation]] = defaultdict(list)
    for q in cast.quotations:
        quotations[q.chapter].append(q)
    for section in chapters:
        _Reader(section, quotations[section.key], names, genders).read(sketches)
    characters = tuple(_apply(c, sketches[c.id]) if c.id in sketches else c for c in cast.characters)
    return Cast(characters=characters, quotations=cast.quotations)


class _Reader:
    """Reads one section, paragraph by paragraph."""

    def __init__(
        self, section: Section, quotations: Sequence[Quotation], names: NameIndex, genders: Mapping[str, str]
    ) -> None:
        self.section, self.text = section, section.text
        self.quotations = sorted(quotations, key=lambda q: q.start)
        self.starts = [q.start for q in self.quotations]
        self.names, self.genders = names, genders

    def read(self, sketches: defaultdict[str, _Sketch]) -> None:
        previous: Paragraph | None = None
        for paragraph in paragraphs(self.section):
            if may_tell(self.text, paragraph.start, paragraph.end):
                self._paragraph(paragraph, previous, sketches)
            previous = paragraph

    def _paragraph(self, paragraph: Paragraph, previous: Paragraph | None, sketches: defaultdict[str, _Sketch]) -> None:
        found = self._told(paragraph)
        for mention in found:
            self._epithet(mention, sketches)
        earlier: list[NameMention] | None = None
        before: tuple[int, int] | None = None
        for start, end in paragraph_sentences(self.text, paragraph.start, paragraph.end):
            for trait in find_traits(self.text, start, end):
                if self._quoted(trait.start):
                    continue  # what people say of each other is not what the book says
                if earlier is None:
                    earlier = self._told(previous)[-4:] if previous else []
                owner = self._owner(start, trait, found, earlier, before)
                if owner:
                    _note(sketches[owner], self.section, trait, start, end)
            before = (start, end)

    def _told(self, paragraph: Paragraph) -> list[NameMention]:
        """The persons whom the narration of a paragraph names."""
        return [m for m in self.names.find(self.text, paragraph.start, paragraph.end) if not self._quoted(m.start)]

    def _quoted(self, at: int) -> bool:
        n = bisect_right(self.starts, at) - 1
        return n >= 0 and self.quotations[n].end > at

    def _epithet(self, mention: NameMention, sketches: defaultdict[str, _Sketch]) -> None:
        """«Old Tom», «her grandmother, Ann»: the age that stands before a name."""
        before = self.text[max(0, mention.start - 24) : mention.start]
        if _OLD_KIN.search(before):
            sketches[mention.character].ages["old"] += 1
        for pattern, age in _EPITHETS:
            if pattern.search(before):
                sketches[mention.character].ages[age] += 0.5

    def _owner(
        self,
        start: int,
        trait: Trait,
        found: Sequence[NameMention],
        earlier: Sequence[NameMention],
        before: tuple[int, int] | None,
    ) -> str | None:
        at = trait.start
        here = [m for m in found if start <= m.start < at]
        if here:
            last = here[-1]
            between = self.text[last.end : at]
            if trait.apposed:
                return last.character if between.strip() == "," else None
            heads = len(here) == 1 and last.start - start <= _HEAD
            explains = _APPOSITION.match(between) and at - last.end <= _REACH
            if not (heads or explains) or _KIN_OF.match(between) or _SOMEBODY_ELSE.search(between):
                return None
            return last.character if heads or "." not in between else None
        if trait.apposed or at - start > _REACH or _SOMEBODY_ELSE.search(self.text, start, at):
            return None
        pronoun = _PRONOUN_START.match(self.text[start : start + 12])
        if not pronoun:
            return None
        gender = "male" if pronoun["word"] in ("He", "His") else "female"
        return self._tagged(start, gender, before) or self._antecedent(start, gender, found, earlier)

    def _tagged(self, start: int, gender: str, before: tuple[int, int] | None) -> str | None:
        """The speaker of the quotation that the sentence before ends with or whose tag it is."""
        n = bisect_right(self.starts, start) - 1
        if before is None or n < 0 or not before[0] < self.quotations[n].end <= before[1]:
            return None
        speaker = self.quotations[n].speaker
        if speaker is None or self.genders.get(speaker) not in (gender, "unknown"):
            return None
        return speaker

    def _antecedent(
        self, start: int, gender: str, found: Sequence[NameMention], earlier: Sequence[NameMention]
    ) -> str | None:
        fitting = [m for m in (*earlier, *found) if m.start < start and self.genders[m.character] == gender]
        if not fitting:
            return None
        last = fitting[-1]
        for newcomer in _NEWCOMER.finditer(self.text, last.end, start):
            if not self._quoted(newcomer.start()) and not _IS_SOMEBODY.search(self.text[last.end : newcomer.start()]):
                return None  # somebody without a name came in since
        return last.character


def _note(sketch: _Sketch, section: Section, trait: Trait, start: int, end: int) -> None:
    if trait.kind == "age":
        sketch.ages[trait.value] += trait.weight  # type: ignore[index]
    else:
        sketch.seen[trait.kind][trait.value] += 1
    where = sketch.personality if trait.kind == "nature" else sketch.description
    statement = Statement(
        text=" ".join(section.text[start:end].split()),
        evidence=(Span(chapter=section.key, start=start, end=end),),
    )
    if len(where) < _MOST_STATEMENTS and statement not in where and len(statement.text) <= 400:
        where.append(statement)


_BEARDS: dict[str, BeardStyle] = {"full": "full", "moustache": "moustache", "goatee": "goatee", "whiskers": "whiskers"}


def _apply(character: Character, sketch: _Sketch) -> Character:
    seen = {kind: counts.most_common(1)[0][0] for kind, counts in sketch.seen.items() if counts}
    age = _age(sketch.ages, character)
    bearded = "beard" in seen and character.gender != "female"
    hair = seen.get("hair", "") or ("bald" if "bald" in seen else "")
    look = Look(
        hair=hair or (seen.get("beard_hair", "") if bearded else ""),
        hair_style=seen.get("hair_style", ""),
        skin=_skin(sketch.seen["skin"]),
        beard=bearded,
        beard_style=_BEARDS[seen["beard"]] if bearded else "",
        glasses="glasses" in seen,
        hat=seen.get("hat", ""),
        clothes=seen.get("clothes", ""),
        build=_joined(sketch.seen["build"], 2),
    )
    return character.model_copy(
        update={
            "look": look,
            "age": age,
            "description": tuple(sketch.description),
            "personality": tuple(sketch.personality),
            "voice": VoiceHint(gender=character.gender, age=age, accent="", manner=character.voice.manner),
        }
    )


def _joined(counts: Counter[str], most: int) -> str:
    """The words told most often, the first told first."""
    kept = {word for word, _ in counts.most_common(most)}
    return " ".join(word for word in counts if word in kept)


def _skin(counts: Counter[str]) -> str:
    """The colour told most often; freckles go with any."""
    colour = next((word for word, _ in counts.most_common() if word != "freckled"), "")
    return " ".join(word for word in (colour, "freckled" if "freckled" in counts else "") if word)


def _age(votes: Mapping[Age, float], character: Character) -> Age:
    """The age told most; of a person often named, a single epithet is no age."""
    told = {age: weight for age, weight in votes.items() if weight >= max(0.5, 0.02 * character.mention_count)}
    if not told:
        return character.age
    # Books tell of childhoods: a grown age, once told, wins.
    return max(told, key=lambda age: (told[age] - 0.5 * (age == "child"), age != "child", age))
