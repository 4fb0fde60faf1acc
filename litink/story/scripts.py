"""A chapter as a script: its lines grouped into scenes. Who speaks and what a line is are decided elsewhere."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from litink.books.model import BlockKind, Section
from litink.story.circumstances import Circumstances, circumstances, narration_of
from litink.story.lines import chapter_lines
from litink.story.mentions import NameIndex, takes_part
from litink.story.model import Cast, Line, Plot, Quotation, Script, ScriptScene, ScriptStyle, ShotSize, Span, Statement
from litink.story.paragraphs import is_ornament, paragraphs
from litink.story.sentences import sentences
from litink.story.styles import shorten

LEAST_WORDS = 110  # of a scene that no printed break ends
MOST_WORDS = 420  # about 160 s of speech: what a film of stills can bear of one place
GOOD_WORDS = 260
TINY_WORDS = 40  # a printed break makes no scene of fewer

_TIME_JUMP = re.compile(
    r"(?:(?:The|That|This|Next|One|Early|Late|Towards?|About|At|By|On|In|It was|When it was)\b[^.!?]{0,40}?\b(?:"
    r"morning|evening|night|noon|midnight|afternoon|dawn|daybreak|sunrise|sunset|dusk|day|week|month|year|winter|spring|"
    r"summer|autumn|o[’']clock|Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|"
    r"Sunday)\b"
    r"|(?:(?:An?|Two|Three|Four|Five|Six|Ten|Some|Several|Many|A few|Half an)\s+(?:\w+\s+)?(?:minutes?|hours?|days?|"
    r"weeks?|months?|years?)\s+(?:later|after|passed|had passed|went by))"
    r"|(?:Meanwhile|Meantime|Afterwards?|Presently|Later|Soon after|Long after|Some time)\b"
    r"|(?:After|Before|During)\s+(?:\w+\s+){0,2}(?:breakfast|dinner|supper|tea|luncheon|lunch)\b)"
)
_PLACE_JUMP = re.compile(
    r"^[^.!?]{0,60}\b(?:arrived|reached|entered|returned to|came to|went into|went to|drove to|walked to|crossed|"
    r"set out|set off|left the|found (?:him|her|my|our|them)sel(?:f|ves) (?:in|at|on)|made (?:his|her|my|our|their)"
    r" way)\b"
)


def make_script(
    section: Section, cast: Cast, plot: Plot | None, *, style: ScriptStyle, words: int | None = None
) -> Script:
    """The script of a chapter: "dialogue" has each quotation said by its speaker, "narration" has one voice; both hold
    the chapter's text once. The other styles shorten "dialogue", to about ``words`` where given, and state their cuts.
    No text, no scenes.
    """
    quotations = [q for q in cast.quotations if q.chapter == section.key]
    lines = chapter_lines(section, quotations, voices=style != "narration")
    names = NameIndex(cast)
    scenes: list[ScriptScene] = []
    before: Circumstances | None = None
    for number, run in enumerate(_divide(section, lines, names), start=1):
        start, end = run[0].start, run[-1].end
        speech = " ".join(section.text[q.start : q.end] for q in quotations if start <= q.start < end)
        here = circumstances(narration_of(section.text, start, end, quotations), speech, before)
        again = before is not None and here.place == before.place
        before = here
        present = _present(section.text, run, quotations, names)
        scenes.append(
            ScriptScene(
                id=f"{section.key}-s{number}",
                number=number,
                title=_title(here.place, present, cast, number, again=again),
                start=start,
                end=end,
                place=here.place,
                time_of_day=here.time_of_day,
                weather=here.weather,
                mood=here.mood,
                action=_action(section, start, end),
                present=present,
                camera=_camera(run),
                sound_effects=_sounds(section.text[start:end]),
                music=_MUSIC[here.mood],
                lines=tuple(run),
            )
        )
    script = Script(
        chapter=section.key,
        style=style,
        title=section.title or section.heading or section.key,
        source="restructured",
        scenes=tuple(scenes),
    )
    return shorten(section, script, plot, words)


def _divide(section: Section, lines: Sequence[Line], names: NameIndex) -> list[list[Line]]:
    """Runs of lines: a new scene at every printed break, and in between where place, time or company change most."""
    hard = _hard_starts(section)
    pieces: list[list[Line]] = []
    for line in lines:
        at = bisect_right(hard, line.start)
        if not pieces or at != bisect_right(hard, pieces[-1][-1].start):
            pieces.append([])
        pieces[-1].append(line)
    return [run for piece in _without_tiny(pieces) for run in _divide_run(section.text, piece, names)]


def _without_tiny(pieces: Sequence[list[Line]]) -> list[list[Line]]:
    """A piece too short for a scene goes with the one before it, the first with the one after."""
    out: list[list[Line]] = []
    for piece in pieces:
        if out and (_length(piece) < TINY_WORDS or _length(out[-1]) < TINY_WORDS):
            out[-1] = [*out[-1], *piece]
        else:
            out.append(piece)
    return out


def _length(run: Sequence[Line]) -> int:
    return sum(len(line.text.split()) for line in run)


def _hard_starts(section: Section) -> list[int]:
    """Where a printed divider or a heading inside the chapter stands. Several headings in a row open one scene."""
    starts = [block.start for block in section.blocks if block.kind is BlockKind.BREAK]  # a rule has no text
    previous: BlockKind | None = None
    for paragraph in paragraphs(section):
        ornament = is_ornament(section.text[paragraph.start : paragraph.end])
        if ornament or (paragraph.kind is BlockKind.HEADING and previous is not BlockKind.HEADING):
            starts.append(paragraph.start)
        previous = paragraph.kind
    return sorted(starts)


def _divide_run(text: str, run: list[Line], names: NameIndex) -> list[list[Line]]:
    """Cuts forward, each cut at the best place between ``LEAST_WORDS`` and ``MOST_WORDS``: what stands later in the
    chapter never moves an earlier cut by more than the look-ahead."""
    words = [len(line.text.split()) for line in run]
    company: list[set[str]] = [
        set(names.count(text, [(line.start, line.end)])) | ({line.speaker} if line.speaker else set()) for line in run
    ]
    out: list[list[Line]] = []
    begin = 0
    while sum(words[begin:]) > GOOD_WORDS + LEAST_WORDS:
        held = words[begin]
        best, best_score = None, 0.0
        for at in range(begin + 1, len(run)):
            if held > MOST_WORDS and best is not None:
                break
            if held >= LEAST_WORDS and sum(words[at:]) >= LEAST_WORDS // 2:
                score = _cut_score(run, company, at) - abs(held - GOOD_WORDS) / 150
                if best is None or score > best_score:
                    best, best_score = at, score
            held += words[at]
        if best is None or (held <= MOST_WORDS and best_score < 1.5):
            break
        out.append(run[begin:best])
        begin = best
    return [*out, run[begin:]]


def _cut_score(run: Sequence[Line], company: Sequence[set[str]], at: int) -> float:
    line, previous = run[at], run[at - 1]
    if not previous.paragraph_end:
        return -3.0
    score = 0.0
    if line.speaker is None:
        score += 0.6
        score += 2.5 * bool(_TIME_JUMP.match(line.text))
        score += 1.5 * bool(_PLACE_JUMP.match(line.text))
    else:
        score -= 0.6 * (previous.speaker is not None)
    before = {who for line in company[max(0, at - 8) : at] for who in line}
    after = {who for line in company[at : at + 8] for who in line}
    if before and after:
        score += 1.5 * (1 - len(before & after) / len(before | after))
    return score


def _present(text: str, run: Sequence[Line], quotations: Sequence[Quotation], names: NameIndex) -> tuple[str, ...]:
    """Who speaks, and who acts or is acted upon in the narration, most important first. Who is only talked or thought
    of is not here."""
    start, end = run[0].start, run[-1].end
    weights: Counter[str] = Counter()
    here: set[str] = set()
    spans = [(q.start, q.end) for q in quotations if q.end > start and q.start < end]
    for quotation in quotations:
        if start <= quotation.start < end and quotation.speaker:
            weights[quotation.speaker] += 3
            here.add(quotation.speaker)
    gaps = pairwise([start, *[edge for span in spans for edge in span], end])
    outside = [gap for number, gap in enumerate(gaps) if number % 2 == 0 and gap[0] < gap[1]]
    for gap in outside:
        for mention in names.find(text, *gap):
            weights[mention.character] += 1
            if takes_part(text, mention, gap):
                here.add(mention.character)
    return tuple(who for who, _ in weights.most_common() if who in here)[:8]


def _title(place: str, present: Sequence[str], cast: Cast, number: int, *, again: bool) -> str:
    """The place's name; where it is unknown or the scene before had it too, who is there."""
    names = {c.id: c.name for c in cast.characters}
    who = " and ".join(names[w] for w in present[:2] if w in names) if again or not place else ""
    return ": ".join(part for part in (place[:1].upper() + place[1:], who) if part) or f"Scene {number}"


def _action(section: Section, start: int, end: int) -> Statement:
    """The first sentence of the scene that is narration of some length."""
    found = [(a + start, b + start) for a, b in sentences(section.text[start:end])]
    told = [s for s in found if section.text[s[0]] not in "“\"‘'—«„" and s[1] - s[0] > 40] or found
    first = told[0] if told else (start, end)
    text = " ".join(section.text[slice(*first)].split())
    return Statement(text=text, evidence=(Span(chapter=section.key, start=first[0], end=first[1]),))


def _camera(run: Sequence[Line]) -> ShotSize:
    speakers = Counter(line.speaker for line in run if line.speaker)
    spoken = sum(len(line.text) for line in run if line.speaker)
    share = spoken / max(1, sum(len(line.text) for line in run))
    if share < 0.35 or not speakers:
        return "wide"
    return "close_up" if len(speakers) == 1 else "two_shot" if len(speakers) == 2 else "medium"


_MUSIC = {
    "calm": "soft strings", "joyful": "light woodwinds", "tense": "low pulsing strings", "sad": "slow piano",
    "mysterious": "sparse harp and celesta", "fearful": "dissonant low strings", "angry": "driving percussion",
    "romantic": "warm strings", "hopeful": "rising horns", "solemn": "organ and low choir",
}  # fmt: skip
_SOUNDS: dict[str, re.Pattern[str]] = {
    "door": re.compile(
        r"\b(?:opened|closed|shut|slammed|banged)\s+the\s+door|door\s+(?:opened|closed|slammed|flew)", re.I
    ),
    "knock": re.compile(r"\bknock(?:ed|ing)?\b|\brapped\b|\btap(?:ped|ping)? at\b", re.I),
    "bell": re.compile(r"\bbells?\s+(?:rang|rung|tolled|chimed|ringing)|\brang the bell\b|\btolling\b", re.I),
    "footsteps": re.compile(r"\bfoot-?steps?\b|\bfootfalls?\b", re.I),
    "rain": re.compile(r"\brain(?:ing|ed)?\b|\bdownpour\b", re.I),
    "thunder": re.compile(r"\bthunder\b", re.I),
    "wind": re.compile(r"\b(?:wind|gale|gust)s?\b", re.I),
    "waves": re.compile(r"\b(?:waves|surf|breakers|billows)\b", re.I),
    "horses": re.compile(r"\bhoofs?\b|\bhooves\b|\bgallop(?:ed|ing)?\b|\bcarriage wheels\b", re.I),
    "train": re.compile(r"\b(?:train|locomotive)\b", re.I),
    "gunshot": re.compile(r"\b(?:shot rang|fired|gunshot|pistol[- ]shot)\b", re.I),
    "fire": re.compile(r"\bcrackl(?:ed|ing)\b|\bblazing fire\b", re.I),
    "crowd": re.compile(r"\b(?:crowd|applause|cheering)\b", re.I),
    "laughter": re.compile(r"\b(?:burst (?:out )?(?:into )?laugh\w*|roars? of laughter|laughter)\b", re.I),
    "dog": re.compile(r"\bbark(?:ed|ing)\b|\bhowl(?:ed|ing)\b", re.I),
    "birds": re.compile(r"\bbirds? (?:sang|singing|twitter\w*)\b", re.I),
    "clock": re.compile(r"\bclock (?:struck|ticked|ticking|strikes)\b", re.I),
}


def _sounds(text: str) -> tuple[str, ...]:
    return tuple(name for name, pattern in _SOUNDS.items() if pattern.search(text))[:4]
