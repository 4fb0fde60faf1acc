"""The words that tell a person's looks and age, found in a sentence. Whose they are is decided elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

from litink.story.lexicon import ordered, words
from litink.story.model import Age

TraitKind = Literal[
    "hair", "hair_style", "bald", "skin", "beard", "beard_hair", "glasses", "clothes", "hat", "build", "age", "nature"
]


class Trait(NamedTuple):
    """``value`` is a word or phrase a painter can use; of "age" an ``Age``, with its weight. ``start`` is where the
    phrase begins, its article included; ``apposed``: it explains what stands right before it, «Ann, a tall girl»."""

    kind: TraitKind
    value: str
    start: int
    weight: float = 1.0
    apposed: bool = False


_HAIR_COLOURS = words(
    """black brown fair golden gold red grey gray white dark auburn yellow blond blonde chestnut flaxen silver raven
    sandy ginger light copper straw-coloured grizzled hoary snowy"""
)
_SKINS = words(
    """pale pallid white fair rosy ruddy florid freckled sallow tanned sunburnt sunburned weather-beaten bronzed olive
    swarthy brown copper dusky dark black ebony"""
)
# Hair as its style: the words on the left are said of it, the one on the right is what it looks like.
_STYLES = {
    "plait": "plait", "plaits": "plait", "plaited": "plait", "braid": "braid", "braids": "braid", "braided": "braid",
    "pigtail": "pigtails", "pigtails": "pigtails", "ponytail": "long", "bun": "bun", "knot": "bun", "chignon": "bun",
    "topknot": "bun", "pinned": "pinned", "coiled": "bun", "curls": "curls", "curly": "curly", "curling": "curly",
    "ringlets": "ringlets", "frizzy": "curly", "wavy": "wavy", "tresses": "wavy", "cropped": "short",
    "close-cropped": "short", "short-cropped": "short", "shorn": "short", "short": "short", "long": "long",
    "flowing": "long", "loose": "loose", "tousled": "tousled", "unkempt": "unkempt", "wild": "wild",
    "dishevelled": "dishevelled", "tangled": "tangled", "parted": "parted", "thinning": "thin", "thin": "thin",
    "scanty": "thin",
}  # fmt: skip
_HAIR_WORDS = words("thick straight silky smooth soft fine glossy heavy rich very his her their a two of and the")
_GARMENT = (
    r"(?:coat|greatcoat|overcoat|frock-coat|tail-coat|waistcoat|dress|gown|dressing-gown|frock|suit|cloak|cape|mantle|"
    r"ulster|shawl|uniform|robes?|jacket|jerkin|doublet|cassock|toga|apron|pinafore|tunic|smock|riding-habit|shirt|blouse|"
    r"overalls|oilskins?|jersey|sweater|cardigan|skirt|kimono|sari)"
)
_HEADGEAR = (
    r"(?:hat|top-hat|bowler(?:\s+hat)?|bonnet|cap|turban|hood|crown|tiara|kerchief|headscarf|beret|sombrero|helmet)"
)
_PERSON = r"(?:man|woman|boy|girl|gentleman|lady|fellow|lad|lass|child|person|youth|creature|chap|maiden|personage)"
_BUILDS = words(
    """tall short thin stout fat slender plump lean burly broad broad-shouldered sturdy gaunt portly slim thickset
    thick-set slight spare lanky bony frail heavy corpulent massive bulky huge gigantic tiny diminutive squat stocky
    big small well-built"""
)
_AS_NOUN = words("big small heavy broad huge slight light")  # of anything; a person only beside a person's noun

_HAIR = re.compile(
    r"\b(?P<before>(?:[\w-]+(?:,\s*|\s+)){0,4})(?P<noun>hairs?|locks|curls|plaits?|braids?|pigtails?|tresses|ringlets|"
    r"ponytail)\b(?!-)(?P<after>[^.;:!?“”\"]{0,45})"
)
_HAIR_IS = re.compile(
    r"^,?\s+(?:was|were|is|had\s+(?:gone|turned|been)|gone|turned)\s+(?:[\w-]+\s+){0,2}?(?P<word>[\w-]+)\b"
)
_BALD = re.compile(r"\bbald(?:-headed)?\b")
_BEARD = re.compile(
    r"\b(?P<before>(?:[\w-]+(?:,\s*|\s+)){0,3})(?P<noun>beard(?:ed)?|moustaches?|mustaches?|whiskers|goatee)\b(?!-)"
)
_GLASSES = re.compile(
    r"\bspectacles\b|\beye-?glasses\b|\bpince-nez\b|\bmonocle\b"
    r"|\b(?:wore|wearing|with|through|behind|his|her)\s+(?:[\w-]+\s+){0,2}glasses\b"
)
_SKIN = re.compile(
    rf"\b(?P<a>{'|'.join(sorted(_SKINS))})(?:-skinned\b|-complexioned\b|\s+(?:skin|complexion)\b)"
    r"|\b(?P<b>swarthy|sunburn[te]d?|tanned|weather-beaten|freckled|ruddy|bronzed|florid|sallow)"
    r"(?:,?\s+[\w-]+)?\s+(?:face|cheeks|man|woman|boy|girl|fellow)\b"
    r"|\b(?P<c>freckle[sd])\b"
)
_LEAD = r"(?:in|wore|wears|wearing|with|had\s+on|clad\s+in|dressed\s+in|put\s+on)"
_STOP = (
    r"(?:who|which|that|when|where|while|but|as|he|she|it|they|I|was|were|had|said|stood|sat|came|went|on|under|from)"
)
_WORN = re.compile(
    rf"\b(?:an?|his|her|their|the)\s+(?:[\w-]+[’']s\s+)?(?P<said>(?:(?!{_STOP}\b|(?:of|is|in|for|to|at|with|by|his|her|their|the|an?)\b)[\w-]+,?\s+(?:and\s+)?){{0,4}}?)"
    rf"(?:(?P<garment>{_GARMENT})|(?P<hat>{_HEADGEAR}))(?![\w-]|\s+(?:pocket|in\s+(?:his|her|one)\s+hand))"
)
# What may stand before a piece of clothing: "wearing", or "in" and other pieces, "with freckles, a plait, and".
_PIECES = rf"(?:(?!{_STOP}\b)[\w’'-]+[,\s]\s*){{1,14}}"
_WEARING = re.compile(rf"\b{_LEAD}\s+(?:{_PIECES}(?<=,\s)(?:and\s+)?|{_PIECES}and\s+)?$")
_DROPPED_OF_CLOTHES = words("own and very rather same")
_SOMEBODY = re.compile(
    r"(?P<lead>\b(?:was|is|been|being|become|became)(?:\s+(?:still|only|once|yet|such|but|now))?|,)\s+"
    rf"(?P<np>\b(?:an?|the)\s+(?P<said>(?:[\w’'-]+(?:,\s*|\s+)(?:and\s+)?){{0,5}}?)(?P<noun>{_PERSON})\b"
    r"(?:\s+of\s+(?P<years>[\w-]+))?)"
)
_FIGURE = re.compile(
    r"\b(?:his|her)\s+(?P<said>(?:[\w-]+(?:,\s*|\s+)(?:and\s+)?){1,3})(?:figure|frame|form)\b"
    r"|\b(?:his|her)\s+(?:figure|frame|form|person|build)\s+was\s+(?P<after>(?:[\w-]+(?:,\s*|\s+)(?:and\s+)?){0,2}[\w-]+)"
)
_PREDICATE = re.compile(
    r"\b(?:was|is)\s+(?:(?:very|quite|rather|so|extremely|unusually|already|both)\s+)?"
    r"(?P<said>[\w-]+(?:(?:,\s*|\s+and\s+|,\s+and\s+)[\w-]+){0,3})"
)
_YEARS = re.compile(
    r"\b(?P<a>[\w-]+)(?:\s+years\s+(?:old|of\s+age)|[- ]years?-old)\b|\baged\s+(?P<b>[\w-]+)"
    r"|\b(?:was|is)\s+(?:only\s+|just\s+|about\s+|nearly\s+|already\s+)?(?P<c>[\w-]+)(?=,|\.|;|\s+and\b|\s+when\b)"
)
_NATURE = re.compile(
    r"\b(?P<said>(?:was|is|being)\s+(?:an?\s+|so\s+|very\s+|always\s+|too\s+|rather\s+)?(?:kind|good|proud|clever|gentle|"
    r"brave|honest|wicked|shy|cruel|generous|selfish|vain|modest|sensible|foolish|cheerful|passionate|stern|cold|"
    r"warm-hearted|ambitious|noble|amiable|timid|simple|quiet|jealous|handsome|beautiful|pretty|plain|ugly|lovely|"
    r"charming))\b"
)
_QUICK = re.compile(
    rf"hair|locks|curls|plait|braid|pigtail|tresses|ringlets|ponytail|bald|beard|m[ou]+stache|whiskers|goatee|glasses|"
    rf"spectacles|pince-nez|monocle|skin|complexion|freckle|swarthy|sunburn|tanned|beaten|ruddy|bronzed|florid|sallow|"
    rf"\b{_GARMENT}\b|\b{_HEADGEAR}\b|\b{_PERSON}\b|figure|frame|\bform\b|person|build|\bwas\b|\bis\b|years|aged"
)
_NUMBERS = {
    word: number
    for number, word in enumerate(
        ordered(
            """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
            seventeen eighteen nineteen twenty"""
        )
    )
} | {"thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90}


def may_tell(text: str, start: int, end: int) -> bool:
    """Whether ``find_traits`` could find anything: a quick look that spares most paragraphs the slow one."""
    return _QUICK.search(text, start, end) is not None


def find_traits(text: str, start: int, end: int) -> Iterator[Trait]:
    """The traits told in one sentence, ``text[start:end]``; offsets are of ``text``."""
    sentence = text[start:end]
    for trait in (*_hair(sentence), *_face(sentence), *_clothes(sentence), *_body(sentence), *_ages(sentence)):
        yield trait._replace(start=start + trait.start)
    for found in _NATURE.finditer(sentence):
        yield Trait("nature", found["said"].lower(), start + found.start())


def age_of_years(years: int) -> Age:
    return "child" if years < 13 else "young" if years < 28 else "adult" if years < 58 else "old"


def _hair(sentence: str) -> Iterator[Trait]:
    for found in _HAIR.finditer(sentence):
        noun = found["noun"]
        colours, styles, at = _adjectives(found["before"], found.start("before"), found.start("noun"))
        after = re.findall(r"[\w-]+", re.split(r",? (?:and|who|which|that|but|with)\b", found["after"])[0])
        told = _HAIR_IS.match(found["after"])
        if told and (colour := _colour(told["word"].lower(), _HAIR_COLOURS)):
            colours = [colour]
        if noun not in ("hair", "hairs") and not colours and not styles:
            continue  # curls of smoke, a braid of gold
        if noun.startswith("braid") and colours[-1:] in (["gold"], ["golden"]):
            continue
        if colours:
            yield Trait("hair", colours[-1], at)
        worn = [_STYLES[w] for w in (noun, *(w.lower() for w in after)) if w in _STYLES] + styles
        if worn:
            yield Trait("hair_style", worn[0], at)
    for found in _BALD.finditer(sentence):
        yield Trait("bald", "bald", found.start())


def _adjectives(before: str, start: int, at: int) -> tuple[list[str], list[str], int]:
    """Colours and styles right before the noun, and where they begin."""
    colours: list[str] = []
    styles: list[str] = []
    for found in reversed(list(re.finditer(r"[\w-]+", before))):
        word = found.group().lower()
        colour = _colour(word, _HAIR_COLOURS)
        if colour:
            colours.insert(0, colour)
        elif word in _STYLES:
            styles.insert(0, _STYLES[word])
        elif word not in _HAIR_WORDS:
            break
        at = start + found.start()
    return colours, styles, at


def _colour(word: str, known: frozenset[str]) -> str:
    if word in known:
        return word
    parts = [part for part in word.split("-") if part in known]
    return parts[-1] if parts else ""


def _face(sentence: str) -> Iterator[Trait]:
    for found in _BEARD.finditer(sentence):
        before = re.findall(r"[\w-]+", found["before"].lower())
        if {"no", "without", "shaved"}.intersection(before):
            continue
        noun = found["noun"]
        kind = "moustache" if noun.startswith("m") else "full" if noun.startswith("beard") else noun
        yield Trait("beard", kind, found.start("noun"))
        colour = next((c for w in reversed(before) if (c := _colour(w, _HAIR_COLOURS))), "")
        if colour:
            yield Trait("beard_hair", colour, found.start("noun"))
    for found in _GLASSES.finditer(sentence):
        yield Trait("glasses", "glasses", found.start())
    for found in _SKIN.finditer(sentence):
        yield Trait("skin", (found["a"] or found["b"] or "freckled").lower(), found.start())


def _clothes(sentence: str) -> Iterator[Trait]:
    for found in _WORN.finditer(sentence):
        if not _WEARING.search(sentence, max(0, found.start() - 110), found.start()):
            continue
        said = [w for w in re.findall(r"[\w-]+", found["said"]) if w.lower() not in _DROPPED_OF_CLOTHES]
        kind: TraitKind = "clothes" if found["garment"] else "hat"
        yield Trait(kind, " ".join([*said[-2:], found["garment"] or found["hat"]]).lower(), found.start())


def _body(sentence: str) -> Iterator[Trait]:
    for found in _SOMEBODY.finditer(sentence):
        said = re.findall(r"[\w-]+", found["said"].lower())
        apposed = found["lead"] == ","
        yield from (Trait("build", w, found.start("np"), apposed=apposed) for w in said if w in _BUILDS)
    for found in _FIGURE.finditer(sentence):
        said = re.findall(r"[\w-]+", (found["said"] or found["after"]).lower())
        yield from (Trait("build", word, found.start()) for word in said if word in _BUILDS)
    for found in _PREDICATE.finditer(sentence):
        said = re.findall(r"[\w-]+", found["said"].lower())
        yield from (Trait("build", word, found.start()) for word in said if word in _BUILDS - _AS_NOUN)


def _ages(sentence: str) -> Iterator[Trait]:
    for found in _SOMEBODY.finditer(sentence):
        told = _told_age(set(re.findall(r"[\w-]+", found["said"].lower())), found["noun"], number(found["years"] or ""))
        if told:
            yield Trait("age", told[0], found.start("np"), told[1], apposed=found["lead"] == ",")
    for found in _YEARS.finditer(sentence):
        years = number(found["a"] or found["b"] or found["c"] or "")
        if years > 2:
            yield Trait("age", age_of_years(years), found.start(), 2.0)


def _told_age(said: set[str], noun: str, years: int) -> tuple[Age, float] | None:
    """The age in "a frail old man" or "a girl of ten", and its weight."""
    if years:
        return age_of_years(years), 2.0
    if said & {"old", "elderly", "aged"}:
        return "old", 1.0
    if "middle-aged" in said:
        return "adult", 1.0
    if noun in ("boy", "girl", "child", "lad", "lass") and said & {"little", "small"}:
        return "child", 1.0
    if said & {"young", "youthful"} or noun in ("youth", "maiden"):
        return "young", 1.0
    return ("child", 0.6) if noun in ("boy", "child") else None


def number(word: str) -> int:
    """0 for what is no number: "eleven", "forty-two", "63"."""
    first, _, second = word.lower().partition("-")
    if first.isdigit():
        return int(first) if len(first) < 4 else 0
    if first not in _NUMBERS or (second and second not in _NUMBERS):
        return 0
    return _NUMBERS[first] + (_NUMBERS[second] if second else 0)
