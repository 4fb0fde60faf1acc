"""Reading rules for single characters: spaces, apostrophes, note marks, accents, other scripts. Not for words."""

from __future__ import annotations

import re
import unicodedata

from litink.media.spoken.rule import Match, any_of, rule, words

_GREEK_LETTER = re.compile(r"GREEK (?:SMALL|CAPITAL) LETTER ([A-Z]+)(?: WITH .*)?")
_PARTS = {"½": "a half", "¼": "a quarter", "¾": "three quarters", "⅓": "a third", "⅔": "two thirds", "⅛": "an eighth"}
# Clipped words whose apostrophe a reader would take for a quotation mark, respelled where that misleads.
_CLIPPED = {"tis": "tiz", "twould": "twood"} | {
    word: word for word in words("twas twere twill em til till cause bout round neath gainst midst mongst")
}
_MARKS = {"Pd", "Pi", "Pf", "Po", "Sm", "Sc"}  # Unicode categories that later rules read or drop


def _beyond_ascii(match: Match) -> str | None:
    """Latin letters and punctuation stay; compatibility forms become plain; other scripts and emoji are not said."""
    char = match.group()
    plain = unicodedata.normalize("NFKC", char)
    if plain != char and (plain.isascii() or (plain.isalnum() and unicodedata.name(plain[0], "").startswith("LATIN"))):
        return plain
    if char.isdecimal():
        return str(unicodedata.decimal(char))
    if unicodedata.name(char, "").startswith("LATIN"):
        return (
            unicodedata.normalize("NFD", char)[0] if char > "ſ" else None
        )  # Latin Extended-A is as far as voices know
    if unicodedata.category(char) in _MARKS or char == "°":
        return None
    return " " if char.isspace() else ""


def _greek(match: Match) -> str:
    name = _GREEK_LETTER.fullmatch(unicodedata.name(match.group(), ""))
    return f" {name[1].lower()} " if name else ""


def _clipped(match: Match) -> str:
    spoken = _CLIPPED[match["word"].lower()]
    return spoken.capitalize() if match["word"][0].isupper() else spoken


CHARACTERS = (
    # soft hyphens, zero-width characters, direction marks, variation selectors
    rule("[\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe00-\ufe0f\ufeff]", ""),
    rule("\r\n?|[\u2028\u2029\v\f]", "\n"),
    rule(r"[^\S\n]{2,}", " "),
    rule(r"\n(?:[^\S\n]?\n)+", "\n\n"),
    rule("[A-Za-z][\u0300-\u036f]+", lambda match: unicodedata.normalize("NFC", match.group())),
    # "x²" and "km²" are mathematics; on another word or after punctuation the mark points at a note
    rule(
        r"(?<![A-Za-z])(?:[A-Za-z]|[kcm]m|ft|mi)(?P<x>[²³])(?!\w)", lambda m: " squared" if m["x"] == "²" else " cubed"
    ),
    rule("(?<=[A-Za-z.,;:!?”’\"')\\]])[¹²³⁰⁴-⁹]+", ""),
    rule(r"(?<=[a-z]{2}[.,;:!?])[”’\"']?(?P<x>\d{1,3})(?=\s|$)", ""),
    rule(r"(?<=[\w.,;:!?”’\"')])(?:[†‡]+|\*{1,3}(?!\w)|\[(?:\d{1,3}|[a-z*†‡])\])", ""),
    rule("(?<![\u0370-\u03ff\u1f00-\u1fff])[\u0370-\u03ff](?![\u0370-\u03ff\u1f00-\u1fff])", _greek),
    rule(r"½(?= an? )", "half"),
    rule(rf"(?<=\d)\s?(?P<x>[{''.join(_PARTS)}])", lambda m: f" and {_PARTS[m['x']]}"),
    rule(rf"[{''.join(_PARTS)}]", lambda m: f" {_PARTS[m.group()]} "),
    rule(r"(?<=\w)[’ʼ‘](?=\w)", "'"),
    rule(rf"(?<!\w)['’‘](?P<word>(?i:{any_of(_CLIPPED)}))\b", _clipped),
    rule(r"(?<!\w)['’‘]n['’](?!\w)", "and"),
    rule(r"(?<!\w)[tT]h['’](?=\s)", "the"),
    rule(r"(?<=\w[a-z]in)[’'](?!\w)", ""),  # goin', nothin'
    rule("[^\x00-\x7f]", _beyond_ascii),
)
