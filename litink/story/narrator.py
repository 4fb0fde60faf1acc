"""Whether somebody of the story tells it, and who that is."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from litink.books.model import Section
from litink.story.quotations import Quote
from litink.story.roster import Roster
from litink.story.turns import Talk

_FIRST_PERSON = re.compile(r"\bI\b")
_LEAST_SHARE = 0.006  # of the words of a chapter's narration: below it an "I" is a stray
_PLAIN_SHARE = 0.02  # above it nobody else can tell the chapter, even where no tag says "I said"
_SAID_I = re.compile(
    r"\b(?:said|answered|cried|asked|replied|returned) I\b|\bI (?:said|answered|cried|asked|replied|returned)\b"
)
_INTRODUCTION = re.compile(r"\b(?:[Mm]y name is|[Mm]y name was|[Cc]all me|I, )\s*$")
NARRATOR = "narrator"  # the key of one who tells the story without a name
_REACH = 2  # paragraphs between an answer and what it answers
_ACCOUNT = (
    r"(?:narrative|statement|journal|diary|account|letters?|confessions?|testimony|deposition|memoirs?|story|tale)"
)
_TOLD_BY = (
    re.compile(rf"^(?P<name>.{{2,50}}?)[’']s?\s+(?:\S+\s+){{0,3}}{_ACCOUNT}\b", re.IGNORECASE),
    re.compile(rf"\b{_ACCOUNT}\s+(?:\S+\s+){{0,2}}?(?:of|by|from)\s+(?P<name>[^,;:(]+)", re.IGNORECASE),
    re.compile(r"\b(?:told|related|written|kept|continued|begun) by\s+(?P<name>[^,;:(]+)", re.IGNORECASE),
)
_CLOSING = re.compile(
    r"\b(?:yours|sincerely|faithfully|truly|[Yy]our (?:\w+,? ){0,3}(?:brother|sister|friend|son|daughter|wife|husband|"
    r"father|mother|cousin|nephew|niece|uncle|aunt|servant))\b[^.!?]{0,20}$"
)
_SIGNED_WORDS = 5  # of a signature with its titles, at most
_NUMERAL = re.compile(r"\b(?:[ivxlc]+|\d+|the|first|second|third|last|one|two|three)\b|[^\w\s]", re.IGNORECASE)
_PLAIN_KINDS = frozenset({"", "chapter", "part", "book", "section", "stave"})


def tells_in_first_person(section: Section, quotes: Sequence[Quote]) -> bool:
    """Whether the narration of a chapter, quotations apart, says "I" as a narrator would."""
    words = times = at = 0
    speaks = False
    for start, end in [*((q.start, q.end) for q in quotes), (len(section.text), len(section.text))]:
        part = section.text[at : max(at, start)]
        words += part.count(" ") + 1
        speaks = speaks or _SAID_I.search(part) is not None
        times += len(_FIRST_PERSON.findall(part))
        at = max(at, end)
    share = times / words
    return times >= 3 and (share >= _PLAIN_SHARE or (share >= _LEAST_SHARE and speaks))


def find_narrators(roster: Roster, talks: Sequence[Talk], told: Sequence[bool]) -> list[int | None]:
    """Who says "I" in the narration of each chapter, as a person of the roster; None where nobody does.

    A heading that says whose account it is («Mr. Hall’s Narrative») and a letter's signature name the teller of their
    chapter; so does a signed letter that of the letters after it. The other chapters have one teller together.
    """
    own = [_headed(talk.section, roster) for talk in talks]
    own = [_signed(talk) if teller is None else teller for talk, teller in zip(talks, own, strict=True)]
    kinds = [_kind(talk.section) for talk in talks]
    for n in range(1, len(talks)):
        if own[n] is None and kinds[n] not in _PLAIN_KINDS and kinds[n] == kinds[n - 1]:
            own[n] = own[n - 1]
    rest = find_narrator(roster, talks, [tells and teller is None for tells, teller in zip(told, own, strict=True)])
    return [(rest if teller is None else teller) if tells else None for tells, teller in zip(told, own, strict=True)]


def _headed(section: Section, roster: Roster) -> int | None:
    for text in dict.fromkeys((section.title, section.heading)):
        for pattern in _TOLD_BY:
            if (match := pattern.search(text)) and (who := _person(match["name"], roster)) is not None:
                return who
    return None


def _person(name: str, roster: Roster) -> int | None:
    """Whom a heading names, past what stands before the name («Chapter I. Jonathan Harker»)."""
    words = name.split()
    return next((who for n in range(len(words)) if (who := roster.known_by(" ".join(words[n:]))) is not None), None)


def _signed(talk: Talk) -> int | None:
    """Whose name stands alone below the closing words of a letter that ends the chapter."""
    if len(talk.paragraphs) < 2 or not talk.refs.mentions:
        return None
    last, before = talk.paragraphs[-1], talk.paragraphs[-2]
    mention = talk.refs.mentions[-1]
    signature = talk.text[last.start : last.end]
    closing = talk.text[before.start : before.end].rstrip(" ,.")
    alone = mention.start >= last.start and len(signature.split()) <= _SIGNED_WORDS
    return mention.person if alone and _CLOSING.search(closing) else None


def _kind(section: Section) -> str:
    """What a chapter is called without its number: "letter"."""
    return " ".join(_NUMERAL.sub(" ", section.title).casefold().split())


def find_narrator(roster: Roster, talks: Sequence[Talk], told: Sequence[bool]) -> int | None:
    """The "I" of the book as a person of the roster: whom others address just before or after "I said", or who gives
    a name; "narrator" where the text names nobody; None where nobody says "I"."""
    if not any(told):
        return None
    votes: Counter[int] = Counter()
    against: Counter[int] = Counter()
    for talk, tells in zip(talks, told, strict=True):
        if tells:
            _vote(talk, votes, against)
    likely = [p for p, count in votes.items() if count > 2 * against[p] and (count > 1 or roster.count[p] <= 3)]
    if likely:
        return max(likely, key=lambda p: (votes[p] - against[p], -p))
    return roster.add(NARRATOR, "?")


def _vote(talk: Talk, votes: Counter[int], against: Counter[int]) -> None:
    turns = talk.turns
    for n, turn in enumerate(turns):
        if turn.tag is None or not turn.tag.certain:
            continue
        ref = turn.tag.ref
        if ref.kind == "name" and ref.person is not None:
            against[ref.person] += 2  # "said Tom": Tom is not who tells
        if ref.kind != "narrator":
            continue
        for k in (n - 1, n + 1):
            if 0 <= k < len(turns) and abs(turns[k].paragraph - turn.paragraph) <= _REACH:
                near = turns[k].tag
                if near is None or near.ref.kind != "narrator":
                    votes.update(dict.fromkeys(turns[k].vocatives, 1))
        against.update(dict.fromkeys(turn.vocatives, 2))  # whom the narrator addresses is somebody else
    for mention in talk.refs.mentions:
        if not mention.spoken and _INTRODUCTION.search(talk.text, max(0, mention.start - 14), mention.start):
            votes[mention.person] += 3
