"""Scripts that leave something out on purpose: which lines each style keeps, and why the others are cut.

Kept lines stay exact spans with the ids they have in the full script; every cut states its reason.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Sequence

from litink.books.model import Section
from litink.story.lexicon import SPEECH_VERBS
from litink.story.model import Cut, Line, Plot, Script, ScriptScene, ScriptStyle

WORDS_A_MINUTE = 150  # of a narrator who takes the time

_WORD = re.compile(r"[^\W\d_]+")
_TAG_WORDS = 9  # a narration line of no more words that holds a verb of speech is a tag
_EDUCATIONAL_SHARE = 0.4  # of the chapter's words
_MARKETING_WORDS = 150  # about a minute
_MARKETING_PART = 0.6  # of the chapter: what comes later is not given away

STEERED: frozenset[ScriptStyle] = frozenset({"educational", "marketing"})  # by the plot

_REASONS: dict[ScriptStyle, str] = {
    "cinematic": "The voice is heard, so who speaks is not read out.",
    "voice_over": "Spoken words are left to the pictures.",
    "educational": "Not needed for the main points.",
    "marketing": "Kept for the reader of the book.",
}
_TOO_LONG = "Left out for the length that was asked for."
WHOLE: frozenset[ScriptStyle] = frozenset({"dialogue", "narration"})  # leave nothing out, whatever the length


def shorten(section: Section, script: Script, plot: Plot | None, words: int | None = None) -> Script:
    """``script`` as its style wants it. Lines and cuts together hold the chapter's text once.

    The plot steers the choice: lines that its statements rest on, and lines that share a word with the user's
    directive, are kept before others. ``words``: how many the kept lines may have together, where that is wished.
    """
    keep = _KEEPERS.get(script.style)
    if keep is None:
        return script
    lines = [line for scene in script.scenes for line in scene.lines]
    fitting = keep(section, lines, plot, words)
    kept = fitting
    if words is not None:
        kept = _best(section, [line for line in lines if line.id in fitting], plot, budget=words)
    if not kept and lines:
        kept = {lines[0].id}
    scenes: list[ScriptScene] = []
    for scene in script.scenes:
        left = tuple(line for line in scene.lines if line.id in kept)
        if left:
            scenes.append(scene.model_copy(update={"lines": left}))
    cuts = tuple(
        Cut(start=line.start, end=line.end, reason=_TOO_LONG if line.id in fitting else _REASONS[script.style])
        for line in lines
        if line.id not in kept
    )
    return script.model_copy(update={"scenes": tuple(scenes), "cuts": cuts})


def _cinematic(section: Section, lines: Sequence[Line], plot: Plot | None, words: int | None) -> set[str]:
    speaks = {line.start for line in lines if line.speaker}
    ends = {line.end for line in lines if line.speaker}
    kept: set[str] = set()
    for n, line in enumerate(lines):
        found = _WORD.findall(line.text.lower())
        beside = (n and lines[n - 1].end in ends) or (n + 1 < len(lines) and lines[n + 1].start in speaks)
        tag = line.speaker is None and beside and len(found) <= _TAG_WORDS and SPEECH_VERBS.intersection(found)
        if not tag:
            kept.add(line.id)
    return kept


def _voice_over(section: Section, lines: Sequence[Line], plot: Plot | None, words: int | None) -> set[str]:
    return {line.id for line in lines if line.speaker is None}


def _educational(section: Section, lines: Sequence[Line], plot: Plot | None, words: int | None) -> set[str]:
    total = sum(len(line.text.split()) for line in lines)
    return _best(section, lines, plot, budget=words or max(60, round(total * _EDUCATIONAL_SHARE)))


def _marketing(section: Section, lines: Sequence[Line], plot: Plot | None, words: int | None) -> set[str]:
    early = [line for line in lines if line.start <= len(section.text) * _MARKETING_PART]
    return _best(section, early, plot, budget=words or _MARKETING_WORDS, lively=True)


def _best(section: Section, lines: Sequence[Line], plot: Plot | None, *, budget: int, lively: bool = False) -> set[str]:
    """The best lines within a budget of words."""
    weight = Counter(w for line in lines for w in _WORD.findall(line.text.lower()) if len(w) > 4)
    most = max(weight.values(), default=1)
    spans = cited(section, plot)
    wanted = {w for w in _WORD.findall(plot.directive.lower()) if len(w) > 3} if plot else set()

    def score(line: Line) -> float:
        found = dict.fromkeys(_WORD.findall(line.text.lower()))
        value: float = sum(weight[w] / most for w in found) / math.sqrt(len(found) + 4)
        value += 2.0 * any(start < line.end and line.start < end for start, end in spans)
        value += 1.5 * len(wanted.intersection(found))
        return value + (0.3 * line.intensity if lively else 0.0)

    kept: set[str] = set()
    held = 0
    for line in sorted(lines, key=lambda one: (-score(one), one.start)):
        count = len(line.text.split())
        if held + count <= budget:
            kept.add(line.id)
            held += count
    return kept


def cited(section: Section, plot: Plot | None) -> list[tuple[int, int]]:
    """Spans of a chapter that the plot's statements rest on."""
    if plot is None:
        return []
    statements = [plot.logline, plot.thesis, plot.setting, *plot.acts, *plot.argument, *plot.key_terms, *plot.themes]
    statements += [point.statement for point in plot.turning_points]
    return [
        (span.start, span.end)
        for statement in statements
        if statement
        for span in statement.evidence
        if span.chapter == section.key
    ]


_KEEPERS: dict[ScriptStyle, Callable[[Section, Sequence[Line], Plot | None, int | None], set[str]]] = {
    "cinematic": _cinematic,
    "voice_over": _voice_over,
    "educational": _educational,
    "marketing": _marketing,
}
