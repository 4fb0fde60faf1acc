"""Chapters that are one long speech, quoted from first word to last: who tells them is told in the chapter before."""

from __future__ import annotations

from collections.abc import Sequence

from litink.story.focus import Focus
from litink.story.roster import Roster
from litink.story.speakers import Attribution
from litink.story.turns import Talk

_WHOLE = 0.9  # of a chapter's text that such a speech holds at least
_CONFIDENCE = 0.7
_LOOK_BACK = 2  # paragraphs at the end of a chapter in which the teller of the next comes in


def with_tellers(
    roster: Roster,
    talks: Sequence[Talk],
    narrators: Sequence[int | None],
    attributed: Sequence[list[Attribution]],
) -> list[list[Attribution]]:
    """The attributions with a speaker for such chapters: who speaks last in the chapter before, if it ends in speech,
    else whom its last words are about («he thus began his tale»); the same through chapters that go on."""
    out: list[list[Attribution]] = []
    for n, (talk, decided) in enumerate(zip(talks, attributed, strict=True)):
        if n and _is_speech(talk) and decided[0].speaker is None:
            teller = _last_word(talks[n - 1], out[n - 1])
            if teller is None:
                teller = _last_told(talks[n - 1], roster, narrators[n - 1])
            if teller is not None:
                decided = [Attribution(teller, "continuation", _CONFIDENCE)]
        out.append(decided)
    return out


def _is_speech(talk: Talk) -> bool:
    """Whether one untagged turn is all of a chapter."""
    if len(talk.turns) != 1 or talk.turns[0].tag is not None:
        return False
    return sum(quote.end - quote.start for quote in talk.quotes) >= _WHOLE * len(talk.text)


def _last_word(talk: Talk, decided: Sequence[Attribution]) -> int | None:
    """Who speaks the last words of a chapter."""
    if not talk.quotes or talk.text[talk.quotes[-1].end :].strip():
        return None
    return decided[-1].speaker


def _last_told(talk: Talk, roster: Roster, narrator: int | None) -> int | None:
    """Whom the last paragraphs of a chapter are about, the one who tells it apart."""
    focus = Focus(talk.refs, talk.paragraphs, [(q.start, q.end) for q in talk.quotes], roster, narrator)
    last = len(talk.paragraphs) - 1
    near = [told for told in focus.told if told.person != narrator and told.paragraph > last - _LOOK_BACK]
    return near[-1].person if near else None
