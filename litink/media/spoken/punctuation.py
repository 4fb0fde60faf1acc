"""Reading rules for marks and symbols: dashes, ellipses, brackets, quotation marks, signs; and the final cleaning."""

from __future__ import annotations

import re

from litink.media.spoken.rule import rule, table

SYMBOLS = (
    rule(r"\s*&\s*", " and "),
    rule(r"(?<=\w)@(?=\w)|(?<=\s)@(?=\s)", " at "),
    table({"=": " equals ", "×": " times ", "÷": " divided by ", "±": " plus or minus ", "≤": " is at most "}, "", ""),
    table({"≥": " is at least ", "≈": " is about ", "≠": " is not ", "∞": " infinity ", "√": " root "}, "", ""),
    table({"+": " plus ", "<": " is less than ", ">": " is more than ", "−": " minus "}, r"(?<=\s)", r"(?=\s)"),
    rule(r"§§?\s?", "section "),
    rule(r"\band/or\b", "and or"),
    rule(r"\bs/he\b", "she or he"),
    rule(r"(?<=[A-Za-z])/(?=[A-Za-z])", " or "),
    rule(r"°", " degrees "),
    rule(r"%", " percent "),
)
MARKS = (
    rule(r"(?:\.\s?){3,}|…[.…\s]*(?=\s|$|\w|[\"”’'])", "… "),
    rule(r"(?<=\s)[-–](?=\s)|\s*(?:[—―–⸺⸻]+|-{2,})\s*", " — "),
    rule(r"\s*[(\[{]\s*", ", "),
    rule(r"\s*[)\]}]+(?=\s*$)", ""),
    rule(r"\s*[)\]}]", ","),
    rule(r"\s*\|\s*", ", "),
    rule('["“”„‟«»‹›‘‚‛`´″′]', ""),
    rule(r"(?<!\w)['’]|['’](?!\w)", ""),
    rule(r"[*_~^\\<>#=+@/$£€¥¢¡¿•·¶©®™|{}\[\]°%&]", " "),
)
CLEANING = (
    rule(r"[^\w\s,;:.!?…—'-]", ""),
    # a line's end is a breath, unless the sentence runs on; a blank line ends a paragraph
    rule(r"(?<=\w)[^\S\n]*\n[^\S\n]*(?=[A-Z0-9])", ", "),
    rule(r"(?<!\n)[^\S\n]*\n[^\S\n]*(?!\s*\n)(?=\S)", " "),
    rule(r"\s*\n\s*", "\n"),
    # what has no blanks at all is not one word; a phonemizer takes cubic time over its humps and hyphens
    rule(r"\S{60,}", lambda match: re.sub(r"[^\w]", " ", match.group()).lower()),
    rule(r"[^\S\n]+", " "),
    rule(r" +(?=[,;:.!?…\n])|(?<=\n) +", ""),
    rule(r"(?:[,;:] ?)+(?=[,;:.!?…])", ""),
    rule(r"(?<=[.!?…])(?: ?[,;:.])+", ""),
    rule(r"(?<=[!?])[!?]+", ""),
    rule(r"(?<=[,;:.!?]) — (?=[,;:.!?]|$)|(?<=—) ?(?:— ?)+|(?<=— )[,;:]+ ?", " "),
    rule(r"[,;:] ?(?=—)", " "),
    rule(r"\s—(?=[.!?,;:])", ""),
    rule(r"  +", " "),
)
