"""What the text says of a character's looks, age and nature, with the sentences that say it. Nothing is made up."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from litink.books.model import Section
from litink.story.lexicon import ordered
from litink.story.mentions import NameIndex, NameMention
from litink.story.model import Age, Cast, Character, Look, Span, Statement, VoiceHint
from litink.story.paragraphs import paragraphs
from litink.story.sentences import paragraph_sentences

_COLOUR = (
    r"(?:black|brown|fair|golden|red|grey|gray|white|dark|auburn|yellow|blonde?|chestnut|flaxen|silver|raven|sandy|"
    r"ginger|light|snow-white|iron-grey|jet-black)"
)
_DRESS_COLOUR = r"(?:black|white|blue|red|green|brown|grey|gray|yellow|purple|scarlet|crimson|pink|violet|dark|pale)"
_GARMENT = (
    r"(?:coat|dress|gown|frock|suit|cloak|shawl|uniform|robe|robes|jacket|cassock|frock-coat|overcoat|apron|tunic)"
)
_LOOK = re.compile(
    rf"\b(?:(?P<hair>{_COLOUR})(?:,? (?:curly|wavy|long|short|straight|thick|silky|curling|smooth|and \w+))? "
    r"(?:hair|locks|curls)"
    rf"|(?P<hair2>hair (?:was|were|had gone|had turned|is) (?:\w+ )?{_COLOUR})"
    r"|(?P<bald>bald(?:-headed| head)?)"
    r"|(?P<beard>beard(?:ed)?|moustaches?|mustache|whiskers)"
    r"|(?P<glasses>spectacles|eye-?glasses|pince-nez|monocle)"
    rf"|(?P<clothes>(?:in|wore|wearing) (?:a|an|his|her) (?:\w+ )?(?:{_DRESS_COLOUR} (?:\w+ )?)?{_GARMENT}(?! pocket))"
    r"|(?P<hat>(?:wore|wearing|in) (?:a|an|his|her) (?:[\w-]+ ){0,3}(?:hat|bonnet|cap|top-hat|turban))"
    r"|(?<!ed )(?<!cut )(?<!him )(?<!fell )(?P<build>tall|short|thin|stout|fat|slender|plump|"
    r"lean|burly|broad-shouldered|sturdy|gaunt|portly|slim|thickset)"
    r"(?=,| and| (?:\w+ )?(?:man|woman|boy|girl|gentleman|lady|figure|fellow))"
    r"|(?P<age>(?:old|elderly|aged|young|middle-aged) (?:man|woman|lady|gentleman|fellow)"
    r"|(?:little|small) (?:boy|girl|child)"
    r"|(?:\w+(?:-\w+)?) years (?:old|of age)|(?:boy|girl|child) of (?:\w+))"
    r"|(?P<nature>(?:was|is|being) (?:an? |so |very |always |too |rather )?(?:(?:kind|good|proud|clever|gentle|brave|"
    r"honest|wicked|shy|cruel|generous|selfish|vain|modest|sensible|foolish|cheerful|passionate|stern|cold|warm-hearted|"
    r"ambitious|noble|amiable|timid|simple|quiet|jealous|handsome|beautiful|pretty|plain|ugly|lovely|"
    r"charming)(?:,? |\b)))"
    r")",
    re.IGNORECASE,
)
_PRONOUN_START = re.compile(r"^[\W_]*(?P<word>He|She|His|Her)\b")
_NUMBERS = {
    word: number
    for number, word in enumerate(
        ordered(
            """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
            seventeen eighteen nineteen twenty"""
        )
    )
} | {"thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90}
_MOST_STATEMENTS = 5
_HEAD = 24  # code points before a sentence's subject
_REACH = 130  # code points between the sentence's beginning and the trait
# Another person comes in before the trait: «Tom met an old woman in a red cloak».
_SOMEBODY_ELSE = re.compile(
    r"\b(?:with|to|at|by|from|upon|met|saw|like|than|for|of|found|left|married|beside|behind|his|her|their)\s+"
    r"(?:an?|the|his|her|that|this|another|some)\s+(?:[\w-]+\s+){0,3}?"
    r"(?:man|woman|boy|girl|gentleman|lady|child|fellow|person|friend|wife|husband|daughter|son|sister|brother|servant)\b"
    r"|\b(?:his|her)\s+(?:\w+\s+)?(?:wife|husband|daughter|son|sister|brother|mother|father|servant|friend)\b"
    r"|\b(?:although|not|no means|never|if)\b"
)


@dataclass
class _Sketch:
    seen: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    description: list[Statement] = field(default_factory=list)
    personality: list[Statement] = field(default_factory=list)


def sketch_characters(chapters: Sequence[Section], cast: Cast) -> Cast:
    """The cast with looks, ages and descriptions read from the narration of ``chapters``.

    A trait belongs to the last character named before it in its sentence, or, where the sentence begins with a
    pronoun, to the last one of that gender named in the paragraph or the one before.
    """
    names = NameIndex(cast)
    genders = {c.id: c.gender for c in cast.characters}
    sketches: defaultdict[str, _Sketch] = defaultdict(_Sketch)
    quotations: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
    for q in cast.quotations:
        quotations[q.chapter].append((q.start, q.end))
    for section in chapters:
        _read(section, quotations[section.key], names, genders, sketches)
    characters = tuple(_apply(c, sketches[c.id]) if c.id in sketches else c for c in cast.characters)
    return Cast(characters=characters, quotations=cast.quotations)


def _read(
    section: Section,
    quotations: Sequence[tuple[int, int]],
    names: NameIndex,
    genders: Mapping[str, str],
    sketches: defaultdict[str, _Sketch],
) -> None:
    text = section.text
    starts = [start for start, _ in quotations]
    previous: list[NameMention] = []
    for paragraph in paragraphs(section):
        if not _LOOK.search(text, paragraph.start, paragraph.end):
            previous = []
            continue
        found = list(names.find(text, paragraph.start, paragraph.end))
        for start, end in paragraph_sentences(text, paragraph.start, paragraph.end):
            for trait in _LOOK.finditer(text, start, end):
                q = bisect_right(starts, trait.start()) - 1
                if q >= 0 and quotations[q][1] > trait.start():
                    continue  # what people say of each other is not what the book says
                owner = _owner(text, start, trait.start(), found, previous, genders)
                if owner:
                    _note(sketches[owner], section, trait, start, end)
        previous = found


def _owner(
    text: str,
    start: int,
    at: int,
    found: Sequence[NameMention],
    previous: Sequence[NameMention],
    genders: Mapping[str, str],
) -> str | None:
    if at - start > _REACH or _SOMEBODY_ELSE.search(text, start, at):
        return None
    here = [m for m in found if start <= m.start < at]
    if here:
        heads = len(here) == 1 and here[0].start - start <= _HEAD
        return here[0].character if heads else None
    pronoun = _PRONOUN_START.match(text[start : start + 12])
    if not pronoun:
        return None
    gender = "male" if pronoun["word"] in ("He", "His") else "female"
    earlier = [m for m in (*previous[-4:], *found) if m.start < start and genders[m.character] == gender]
    return earlier[-1].character if earlier else None


def _note(sketch: _Sketch, section: Section, trait: re.Match[str], start: int, end: int) -> None:
    kind = str(trait.lastgroup)
    sketch.seen["hair" if kind == "hair2" else kind][trait.group(kind).lower()] += 1
    where = sketch.personality if kind == "nature" else sketch.description
    statement = Statement(
        text=" ".join(section.text[start:end].split()),
        evidence=(Span(chapter=section.key, start=start, end=end),),
    )
    if len(where) < _MOST_STATEMENTS and statement not in where and len(statement.text) <= 400:
        where.append(statement)


def _apply(character: Character, sketch: _Sketch) -> Character:
    seen = {kind: counts.most_common(1)[0][0] for kind, counts in sketch.seen.items() if counts}
    hair = _last_colour(seen.get("hair", "")) or ("bald" if "bald" in seen else "")
    age = _age(sketch.seen["age"]) if sketch.seen["age"] else character.age
    age = age if age != "unknown" else character.age
    look = Look(
        hair=hair,
        beard="beard" in seen and character.gender != "female",
        glasses="glasses" in seen,
        hat=re.sub(r"^(?:wore|wearing|in) (?:an?|his|her) ", "", seen.get("hat", "")),
        clothes=re.sub(r"^(?:wore|wearing|in) (?:an?|his|her) ", "", seen.get("clothes", "")),
        build=seen.get("build", ""),
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


def _last_colour(phrase: str) -> str:
    colours = re.findall(rf"\b{_COLOUR}\b", phrase)
    return colours[-1] if colours else ""


def _age(phrases: Counter[str]) -> Age:
    votes: Counter[Age] = Counter()
    for phrase, count in phrases.items():
        first = phrase.split()[0].split("-")[0]
        years = _NUMBERS.get(first) or _NUMBERS.get(phrase.split()[-1]) or (int(first) if first.isdigit() else 0)
        if years:
            votes["child" if years < 13 else "young" if years < 28 else "adult" if years < 58 else "old"] += count
        elif first in ("old", "elderly", "aged"):
            votes["old"] += count
        elif first == "young":
            votes["young"] += count
        elif first == "middle":
            votes["adult"] += count
        elif first in ("little", "small"):
            votes["child"] += count
    # Books tell of childhoods: a grown age, once told, wins.
    return max(votes, key=lambda age: (votes[age] - (age == "child"), age != "child")) if votes else "unknown"
