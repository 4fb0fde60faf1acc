"""Reading rules for words: titles, abbreviations, Roman numerals, capitals, addresses of the web. Not for figures."""

from __future__ import annotations

import re

from litink.media.spoken.number_words import cardinal, ordinal, roman
from litink.media.spoken.rule import Match, any_of, ends_sentence, rule, table, words

# Before a name; written with or without the full stop, in small letters or capitals.
_TITLES = {
    "Mr": "Mister", "Mrs": "Missus", "Ms": "Miz", "Messrs": "Messers", "Mme": "Madame", "Mlle": "Mademoiselle",
    "Dr": "Doctor", "Prof": "Professor", "St": "Saint", "Ste": "Saint", "Rev": "Reverend", "Hon": "Honourable",
    "Capt": "Captain", "Col": "Colonel", "Gen": "General", "Lt": "Lieutenant", "Lieut": "Lieutenant",
    "Sgt": "Sergeant", "Maj": "Major", "Cpl": "Corporal", "Adm": "Admiral", "Gov": "Governor", "Sen": "Senator",
    "Rep": "Representative", "Pres": "President", "Supt": "Superintendent", "Fr": "Father", "Mt": "Mount",
    "Ft": "Fort", "Bp": "Bishop",
}  # fmt: skip
_DOTLESS_TITLES = ("Mr", "Mrs", "Ms", "Messrs", "Mme", "Mlle", "Dr", "Prof", "St")
# With their full stop, which never closes a sentence.
_INNER = {
    "e.g.": "for example", "E.g.": "For example", "i.e.": "that is", "I.e.": "That is", "viz.": "namely",
    "cf.": "compare", "Cf.": "Compare", "vs.": "versus", "approx.": "approximately",
    "Messrs.": "Messers", "Mr.": "Mister", "Mrs.": "Missus", "Dr.": "Doctor", "ca.": "circa",
}  # fmt: skip
# With their full stop, which may close a sentence too.
_CLOSING = {
    "etc.": "et cetera", "&c.": "et cetera", "ibid.": "ibidem", "Ibid.": "Ibidem", "et al.": "and others",
    "Esq.": "Esquire", "Jr.": "Junior", "Sr.": "Senior", "Jun.": "Junior", "Sen.": "Senior", "Co.": "Company",
    "Ltd.": "Limited", "Inc.": "Incorporated", "Bros.": "Brothers", "Corp.": "Corporation", "St.": "Street",
    "Ave.": "Avenue", "Rd.": "Road", "Blvd.": "Boulevard", "Sq.": "Square", "dept.": "department",
    "Dept.": "Department", "Ph.D.": "P.H.D",
}  # fmt: skip
_BEFORE_NUMBERS = {
    "no": "number", "nos": "numbers", "vol": "volume", "vols": "volumes", "ch": "chapter", "chap": "chapter",
    "p": "page", "pp": "pages", "fig": "figure", "figs": "figures", "sec": "section", "bk": "book", "pt": "part",
    "art": "article", "c": "circa", "l": "line", "ll": "lines",
}  # fmt: skip

_DIVISIONS = words(
    "chapter book part act scene volume canto section letter stave number lecture page pages figure table "
    "article appendix sonnet psalm stanza verse phase type class rank world war vatican apollo level lesson"
)
_RULERS = words(
    "Albert Alexander Charles Christian Edward Elizabeth Ferdinand Francis Frederick George Gustav Henry James John "
    "Joseph Leo Leopold Louis Mary Napoleon Nicholas Otto Paul Peter Philip Pius Richard Robert William Victoria"
)
_LONGEST_ADDRESS = 40
_FUNCTION_WORDS = words(
    "A AM AN AND ARE AS AT BE BEEN BUT BY CAN COULD DID DO FOR FROM HAD HAS HAVE HE HER HERE HIM HIS HOW IF IN IS IT "
    "ITS MAY ME MUST MY NO NOR NOT OF ON OR OUR OUT SHALL SHE SHOULD SO THAT THE THEIR THEM THEN THERE THESE THEY "
    "THIS THOSE TO UP WAS WE WERE WHAT WHEN WHERE WHICH WHO WHOM WHY WILL WITH WOULD YES YET YOU YOUR"
)
_ACRONYMS = words("USA UK EU UN UNO USSR CIA FBI BBC AI TV IQ ID UFO AIDS NASA NATO CEO IBM URL API")


def _stands_alone(match: Match) -> bool:
    """A lone "I" or "V" is a numeral only where the sentence does not go on with it: "the book I read"."""
    rest = match.string[match.end() :]
    return re.match(r"[.,;:!?)\]—]|['’]s|\s*$|\s+(?:of|and|was|is|had|in|to|by)\b|\s*\n", rest) is not None


def _closing(match: Match) -> str:
    return _CLOSING[match["x"]] + ("." if ends_sentence(match) else "")


def _before_number(match: Match) -> str:
    word = _BEFORE_NUMBERS[match["x"].rstrip(".").lower()]
    return word.capitalize() if match["x"][0].isupper() else word


def _division(match: Match) -> str | None:
    value = roman(match["x"])
    letter = match["x"] if len(match["x"]) == 1 else ""
    if not value or letter in tuple("CDLMcdlmx") or (letter == "I" and not _stands_alone(match)):
        return None
    return cardinal(value)


def _ruler(match: Match) -> str | None:
    value = roman(match["x"])
    if not value or value > 40 or match["name"].upper() in _FUNCTION_WORDS:  # "The IV"
        return None
    if len(match["x"]) == 1 and not (match["name"] in _RULERS and _stands_alone(match)):
        return None
    return f"the {ordinal(value)}"


def _lone_numeral(match: Match) -> str | None:
    value = roman(match["x"])
    return cardinal(value).capitalize() if value else None


def _shout(match: Match) -> str | None:
    """A run of capitals with two real words is shouted or set in small capitals: said as words, abbreviations apart."""
    real = [word for word in re.findall(r"[^\W\d_]{2,}", match.group()) if word not in _ACRONYMS]
    if len(real) < 2:
        return None  # initials, "I", an abbreviation

    def word(found: re.Match[str]) -> str:
        text = found.group()
        if text == "I" or text in _ACRONYMS or (len(text) > 1 and not re.search("[AEIOUYÀ-Þ]", text)):
            return text
        return text.lower()

    return re.sub(r"[^\W\d_]+(?:['’][^\W\d_]+)*", word, match.group())


def _capital_word(match: Match) -> str | None:
    text = match.group()
    if text in _ACRONYMS or (len(text) < 6 and text not in _FUNCTION_WORDS) or not re.search("[AEIOUY]", text):
        return None  # the phonemizer knows which of the short ones are words
    return text.lower()


def _address(match: Match) -> str:
    signs = {".": " dot ", "/": " slash ", "@": " at ", "-": " dash ", "_": " underscore ", ":": " colon "}
    address = re.sub(r"^\w+://(?:www\.)?|/$", "", match.group())
    if len(address) > _LONGEST_ADDRESS:  # nobody wants to hear all of it
        address = address.partition("/")[0]
    return "".join(char if char.isalnum() else signs.get(char, " ") for char in address)


_CAPITAL = r"[A-ZÀ-ÖØ-Þ]"
_ROMAN = r"[IVXLCDM]+"
ADDRESSES = (rule(r"(?:https?://|www\.)[\w./:@%?=&#~+-]*[\w/]|[\w.+-]+@[\w-]+(?:\.[\w-]+)+", _address),)
ABBREVIATIONS = (
    table({f"{t}.": s for t, s in _TITLES.items()}, after=rf"(?=\s+[\"“‘(]?{_CAPITAL})"),
    table({f"{t.upper()}.": s for t, s in _TITLES.items()}, after=rf"(?=\s+{_CAPITAL})"),
    table({t: _TITLES[t] for t in _DOTLESS_TITLES}, after=rf"(?=\s+{_CAPITAL})"),
    table({"O.K.": "okay", "OK": "okay", "P.S.": "P.S", "N.B.": "N.B", "R.I.P.": "R.I.P"}),
    rule(
        rf"(?<![\w.])(?P<x>(?i:{any_of(_BEFORE_NUMBERS)})\.)(?=\s?(?:\d|[IVXLC]{{2,}}\b|[VX]\b|[ivxlc]{{2,}}\b|[iv]\b))",
        _before_number,
    ),
    table(_INNER, before=r"(?<![\w.])", after=r"(?=[\s,;:)—]|$)"),
    rule(rf"(?<![\w.])(?P<x>{any_of(_CLOSING)})(?!\w)", _closing),
    rule(r"(?<=[a-z] )v\.(?= [A-Z])", "versus"),
    # after this rule a full stop behind spelled letters always ends a sentence
    rule(r"(?<![\w.])(?![AP]\.M\.)(?:[A-Z]\.){2,}(?=\s*\S)", lambda m: m.group()[:-1]),
)
ROMAN_NUMERALS = (
    rule(rf"\b(?:{any_of(_DIVISIONS)}|{any_of(d.title() for d in _DIVISIONS)}|{any_of(d.upper() for d in _DIVISIONS)})"
         rf"\s+(?P<x>{_ROMAN}|[ivxlc]+)\b(?!['’])", _division),
    rule(rf"\b(?P<name>[A-Z][a-z]+) (?P<x>{_ROMAN})\b", _ruler),
    rule(r"^\s*(?P<x>[IVXLC]+(?=\.(?:\s|$))|[IVXLC]{2,}(?=\s*$))", _lone_numeral),
)  # fmt: skip
CAPITALS = (
    rule(rf"(?<!\w){_CAPITAL}[A-ZÀ-Þ'’-]*(?:[\s,;:—-]+{_CAPITAL}[A-ZÀ-Þ'’-]*)+(?!\w)", _shout),
    rule(r"(?<![\w.&])[A-Z][A-Z'’]+(?![\w&]|\.\w)", _capital_word),
)
