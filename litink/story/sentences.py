"""Where sentences end: spans over running text, by rule. Nothing here knows about quotations, speakers or scripts."""

from __future__ import annotations

import re

from litink.story.lexicon import words
from litink.story.paragraphs import text_paragraphs

# A full stop, question or exclamation mark or ellipsis, what closes after it, and the blank before the next sentence.
_STOP = re.compile(r"""(?P<mark>[.!?…]+)(?P<closers>[\"'”’»)\]}*_]*)(?P<blank>\s+)""")
_ABBREVIATIONS = words(
    """mr mrs ms messrs mme mmes mlle mlles m dr st ste rev hon prof capt col gen lt lieut sgt sergt maj gov pres
    sen rep fr bro bros mt ft vol vols no nos pp p ch chap sec fig figs art ed eds viz cf vs v e.g i.e al ibid
    op cit sc seq jan feb mar apr jun jul aug sept sep oct nov dec ave blvd dept univ assn approx inc ltd co
    corp cpl pvt adm comdr cmdr supt atty esq jr sr ser et n.b q.v anon trans illus ca d.d ph.d m.d"""
)
# After these a sentence does end if what follows looks like a start ("etc. The", "5 p.m. He").
_MAYBE_END = words("etc jr sr esq co inc ltd corp a.m p.m no m.d d.d ph.d b.c a.d u.s p.s")
_STARTERS = words(
    """the a an he she it they we i you but and so then there this that these those his her its their my our your
    in on at for if when while as what who why how where not no yes now after before with one some all"""
)
_TAG_VERB = (
    r"(?:said|says|asked|cried|replied|answered|exclaimed|whispered|shouted|called|demanded|murmured|muttered|"
    r"remarked|observed|added|continued|returned|inquired|enquired|repeated|began|went on|thought|screamed|"
    r"sighed|laughed|interrupted|declared|retorted|gasped|growled|roared)\b"
)
_TAG_FOLLOWS = re.compile(rf"(?:[A-Z][\w.’'-]*\s+){{1,3}}(?:\w+ly\s+)?{_TAG_VERB}|I\s+(?:\w+ly\s+)?{_TAG_VERB}")
_WORD_BEFORE = re.compile(r"[^\s\"“‘(\[—–-]*$")
_OPENERS = "\"'“‘«„([*_—–-"
_VERSE_LINE = 62  # code points; prose that was wrapped by hand has longer lines
_LINE_PAUSE = re.compile(r"[.!?…;:,—–-][\"'”’»)\]]*\s*$")


def sentences(text: str) -> list[tuple[int, int]]:
    """Spans of the sentences of ``text``: ordered, disjoint, without blanks at their ends, and together
    holding every non-blank character.

    The end of a paragraph (a blank line) ends a sentence always. Lines of verse end one where they end in a
    punctuation mark.
    """
    return [span for start, end in text_paragraphs(text) for span in paragraph_sentences(text, start, end)]


def paragraph_sentences(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """The sentences of one paragraph, ``text[start:end]``, which holds no blank line."""
    if is_verse(text, start, end):
        return _verse_sentences(text, start, end)
    out: list[tuple[int, int]] = []
    at = start
    for stop in _STOP.finditer(text, start, end):
        if stop.end() < end and _ends(text, stop, at, end):
            out.append((at, stop.end("closers")))
            at = stop.end()
    if at < end:
        out.append((at, end))
    return out


def is_verse(text: str, start: int, end: int) -> bool:
    """Whether a paragraph's lines are lines of verse: at least two, all short, nearly all with a capital first."""
    if text.find("\n", start, end) < 0:
        return False
    lines = [line.strip() for line in text[start:end].split("\n") if line.strip()]
    if len(lines) < 2 or max(map(len, lines)) > _VERSE_LINE:
        return False
    capitals = sum(1 for line in lines if (first := next((c for c in line if c.isalpha()), "")) and not first.islower())
    return capitals >= 0.8 * len(lines)


def _verse_sentences(text: str, start: int, end: int) -> list[tuple[int, int]]:
    out: list[tuple[int, int]] = []
    first: int | None = None
    at = start
    for line in text[start:end].split("\n"):
        stripped = line.strip()
        if stripped:
            begin = at + len(line) - len(line.lstrip())
            stop = begin + len(stripped)
            first = begin if first is None else first
            if _LINE_PAUSE.search(stripped):
                out.append((first, stop))
                first = None
        at += len(line) + 1
    if first is not None:
        out.append((first, start + len(text[start:end].rstrip())))
    return out


def _ends(text: str, stop: re.Match[str], at: int, end: int) -> bool:
    """Whether the sentence that began at ``at`` ends at this mark."""
    following = text[stop.end() : min(end, stop.end() + 60)]
    first = next((c for c in following if c not in _OPENERS), "")
    if not first or first.islower():
        return False
    mark, closers = stop["mark"], stop["closers"]
    if mark[-1] in "!?" or len(mark) > 1 or closers:
        # “What?” Tom said.  The tag belongs to the sentence.
        return not (closers and mark[-1] in "!?" and _TAG_FOLLOWS.match(following))
    found = _WORD_BEFORE.search(text, max(at, stop.start() - 24), stop.start())
    word = found.group() if found else ""
    bare = word.lower().strip("(")
    if len(word) == 1 and word.isalpha() and word.isupper() and word not in "I":
        return False  # an initial
    next_word = re.split(r"[\s,.;:!?’'”\"]", following.lstrip(_OPENERS), maxsplit=1)[0].lower()
    if bare in _MAYBE_END:
        return next_word in _STARTERS and not (bare == "no" and following[:1].isdigit())
    if "." in word and all(len(part) == 1 for part in word.split(".") if part):
        return next_word in _STARTERS  # U.S., a row of initials
    return bare not in _ABBREVIATIONS
