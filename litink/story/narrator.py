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
