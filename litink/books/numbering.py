"""What the words of a heading say: "Chapter IV", "Book the Second", "12.", "1.3". No position, no look."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

MAX_BARE = 400  # a larger number alone is a year
LabelKind = Literal["chapter", "part", "bare", "decimal"]

_COUNTED = {  # words that count from one, by language
    "en": """one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
        seventeen eighteen nineteen twenty""",
    "en, ordinal": """first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth
        fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth""",
    "fr": "premier deuxième troisième quatrième cinquième sixième septième huitième neuvième dixième",
    "fr, feminine": "première seconde",
    "de": "erstes zweites drittes viertes fünftes sechstes siebentes achtes neuntes zehntes elftes zwölftes",
    "de, masculine": "erster zweiter dritter vierter fünfter sechster siebenter achter neunter zehnter",
    "es": "primero segundo tercero cuarto quinto sexto séptimo octavo noveno décimo",
    "es, feminine": "primera segunda tercera cuarta quinta sexta séptima octava novena décima",
    "ru": "первая вторая третья четвертая пятая шестая седьмая восьмая девятая десятая",
}
_WORDS = {word: n for words in _COUNTED.values() for n, word in enumerate(words.split(), 1)}
_WORDS |= {
    f"{tens}{joint}{unit}".rstrip("- "): 10 * number + n
    for number, tens in enumerate(("thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"), 3)
    for joint in "- "
    for n, unit in enumerate(("", *_COUNTED["en"].split()[:9]))
}
_WORDS |= {f"twenty{joint}{unit}": 20 + n for joint in "- " for n, unit in enumerate(_COUNTED["en"].split()[:9], 1)}
_WORDS |= {"last": 1000, "final": 1000}

# Abbreviations need their full stop.  Languages: en, fr, de, es, it, pt, nl, sv/da/no, pl, cs, ru, el, tr, fi.
_CHAPTER = "|".join(
    (
        r"chapter|chap\.|ch\.|chapitre|kapitel|kap\.|cap[ií]tulo|capitolo|cap\.|hoofdstuk|kapittel",
        r"rozdział|kapitola|глава|κεφάλαιο|bölüm|luku|letter|stave|canto|act|acte|akt|lecture|lesson|scene",
        r"scène|scena|szene|adventure|fytte|sermon|essay|aufzug",
    )
)
_PART = "|".join(
    (
        r"part|book|volume|vol\.|partie|livre|tome|teil|buch|band|parte|libro|livro|deel|boek|del|bok|część",
        r"księga|část|kniha|часть|книга|том|μέρος|βιβλίο|kısım|osa|section",
    )
)
_ROMAN = r"(?=[ivxlcdm])m{0,3}(?:cm|cd|d?c{0,4})(?:xc|xl|l?x{0,4})(?:ix|iv|v?i{0,4})"
_NUMBER_WORD = "|".join(sorted(map(re.escape, _WORDS), key=len, reverse=True))
_NUMBER = rf"(?:[0-9]{{1,4}}(?![0-9])|{_ROMAN}(?![\w])|(?:the\s+)?(?:{_NUMBER_WORD})(?![\w]))"
_END = r"(?:\s*[.:·—–\-\])]+)*"
_WORDED = re.compile(
    rf"[\[(*_]*(?P<word>{_CHAPTER}|{_PART})\s*(?:n[o°º]\.?\s*)?(?P<number>{_NUMBER}){_END}(?=\s|$)", re.I
)
_REVERSED = re.compile(
    rf"(?:the\s+)?(?P<number>{_NUMBER_WORD}|[0-9]{{1,3}}\.)\s+(?P<word>{_CHAPTER}|{_PART}){_END}(?=\s|$)", re.I
)
_CJK = re.compile(
    r"第\s*(?P<number>[0-9０-９一二三四五六七八九十百千零〇两]+)\s*(?P<word>[章回節节話话幕巻卷部編编篇])"
)
_DECIMAL = re.compile(r"(?:§\s*)?[0-9]{1,3}(?:\.[0-9]{1,3})+\.?(?=\s|$)")
_BARE = re.compile(rf"[\[(*_]*(?P<number>[0-9]{{1,3}}|{_ROMAN})(?P<stop>[\])*_]*(?:\s*[.:·—–\-\])]+)*)(?=\s|$)", re.I)
_BARE_WORD = re.compile(rf"(?:{_NUMBER_WORD}){_END}", re.I)
_NUMBER_STARTS = {word.split()[0] for word in _WORDS} | {"the"}
_ROMAN_VALUES = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100, "d": 500, "m": 1000}
_PART_WORDS = re.compile(_PART, re.I)


@dataclass(frozen=True, slots=True)
class Label:
    """The numbered beginning of a heading: "Chapter IV", and the rest of it."""

    kind: LabelKind
    word: str  # "chapter", "book", … in lower case; empty for a bare number
    number: int | None
    text: str  # the label as printed, without closing punctuation
    rest: str  # what follows it


def roman(text: str) -> int:
    """The value of a Roman numeral, also of the additive kind printers use (XIIII)."""
    total = 0
    values = [_ROMAN_VALUES[c] for c in text.lower()]
    for value, following in zip(values, [*values[1:], 0], strict=True):
        total += -value if value < following else value
    return total


def _value(text: str) -> int | None:
    plain = re.sub(r"^the\s+", "", text.lower().strip())
    if plain.isdigit():
        return int(plain)
    if plain in _WORDS:
        return _WORDS[plain]
    if plain.rstrip(".").isdigit():
        return int(plain.rstrip("."))
    try:
        return roman(plain)
    except KeyError:
        return None


@lru_cache(maxsize=4096)  # one line is asked about from several sides
def label_of(heading: str) -> Label | None:
    """The label a heading begins with, or None. A bare "I" needs a stop or a line end after it."""
    text = " ".join(heading.split())
    first_line = heading.split("\n", 1)[0].strip()
    first_word = text.split(" ", 1)[0].lower().strip("[](){}*_.:·—–-")
    counted = first_word in _NUMBER_STARTS  # asked first: the patterns that begin with a number word are long
    for pattern in (_WORDED, _REVERSED, _CJK) if counted or text[:1].isdigit() else (_WORDED, _CJK):
        if match := pattern.match(text):
            word = match.group("word").lower()
            kind: LabelKind = "part" if _PART_WORDS.fullmatch(word) or word in "部編编巻卷篇" else "chapter"
            return Label(kind, word, _value(match.group("number")), _trim(match.group(0)), text[match.end() :].strip())
    if match := _DECIMAL.match(text):
        return Label("decimal", "", None, _trim(match.group(0)), text[match.end() :].strip())
    if match := _BARE.match(text):
        number, rest = match.group("number"), text[match.end() :].strip()
        whole_line = _BARE.fullmatch(first_line) is not None
        pronoun = number == "I" and not match.group("stop")  # "I Remember"
        small = number.islower() and not number.isdigit() and not whole_line
        long = number.isdigit() and rest and not match.group("stop") and not whole_line and rest[:1].islower()
        if not number.isdigit() and ((roman(number) > MAX_BARE) or not (number.isupper() or number.islower())):
            return None  # "Mix" and "MIX" are words
        if (whole_line or not pronoun) and not small and not long and not (number.isdigit() and int(number) > MAX_BARE):
            return Label("bare", "", _value(number), _trim(match.group(0)), rest)
    if counted and _BARE_WORD.fullmatch(text):
        return Label("bare", "", _value(text.rstrip(" .:-–—")), _trim(text), "")
    return None


def _trim(label: str) -> str:
    return label.strip().strip("[](){}*_").rstrip(" .:·—–-")


def is_label_only(heading: str) -> bool:
    """Whether the heading is a number without a name ("CHAPTER I.")."""
    label = label_of(heading)
    return label is not None and not label.rest


def compose_title(lines: list[str]) -> str:
    """One title of the printed lines: the label and the name joined by a colon, closing full stops dropped."""
    lines = [" ".join(line.split()) for line in lines if line.strip()]
    if not lines:
        return ""
    label = label_of(lines[0])
    if label and not label.rest and len(lines) > 1:
        return f"{label.text}: {_without_stop(' '.join(lines[1:]))}"
    return _without_stop(" ".join(lines))


def _without_stop(title: str) -> str:
    if title.endswith(".") and not title.endswith("..") and not re.search(r"\b(?:\w|[A-Z][a-z]{0,3})\.$", title):
        return title[:-1]
    return title


_WORD = re.compile(r"\w+")


@lru_cache(maxsize=4096)
def normal(text: str) -> str:
    """The words of a title in lower case without punctuation: for comparing titles."""
    return " ".join(_WORD.findall(text.casefold()))
