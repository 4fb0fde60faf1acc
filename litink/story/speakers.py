"""Who speaks each turn: certain tags first, then the likeliest sequence of speakers under a log-linear model.

The model adds up the weights (speaker_weights.py) of what is known of a candidate (evidence.py) and of how it follows
on the two speakers before; a beam search finds the best sequence of a chapter.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from litink.story.evidence import Choice, ContextKind, Evidence, Row
from litink.story.model import SpeakerMethod
from litink.story.roster import Roster
from litink.story.speaker_weights import TABLE
from litink.story.turns import Talk

_BEAM = 20
_MOST_CANDIDATES = 8
_LEAST_ALONE = 0.35  # an untagged quotation far from all tagged ones is left to the narrator below this
_KINDS: tuple[ContextKind, ...] = ("pronoun", "noun", "beat", "bare")
WEIGHTS: dict[ContextKind, Mapping[str, float]] = {
    kind: {feature: row[n] for feature, row in TABLE.items()} for n, kind in enumerate(_KINDS)
}


class Attribution(NamedTuple):
    speaker: int | None  # index into the roster; None: not known
    method: SpeakerMethod
    confidence: float


class _Path(NamedTuple):
    """Speakers so far, linked backwards."""

    person: int | None
    before: _Path | None


class _State(NamedTuple):
    score: float
    last: int | None
    last_but_one: int | None
    path: _Path | None


def attribute(talk: Talk, roster: Roster, narrator: int | None) -> list[Attribution]:
    """One attribution a turn of ``talk``. ``narrator`` is the roster index of an "I" who tells the chapter."""
    evidence = Evidence(talk, roster, narrator)
    choices = [_shortlist(evidence.choice(t)) for t in range(len(talk.turns))]
    speakers = _best_sequence(evidence, choices)
    return [_explain(evidence, t, choices[t], speakers) for t in range(len(choices))]


def _shortlist(choice: Choice) -> Choice:
    weights = WEIGHTS[choice.kind]
    best = sorted(choice.rows, key=lambda person: (-_score(weights, choice.rows[person]), person))
    return choice._replace(rows={person: choice.rows[person] for person in best[:_MOST_CANDIDATES]})


def _best_sequence(evidence: Evidence, choices: Sequence[Choice]) -> list[int | None]:
    beam = [_State(0.0, None, None, None)]
    for t, choice in enumerate(choices):
        weights = WEIGHTS[choice.kind]
        scores: dict[int | None, float] = {p: _score(weights, row) for p, row in choice.rows.items()}
        grown: dict[tuple[int | None, int | None], _State] = {}
        for state in beam:
            for person, own in (scores or {None: 0.0}).items():
                total = state.score
                if person is not None and choice.certain is None:
                    step = evidence.step(t, person, state.last, state.last_but_one)
                    total += own + (weights[step] if step else 0.0)
                key = (person, state.last)
                if key not in grown or total > grown[key].score:
                    grown[key] = _State(total, person, state.last, _Path(person, state.path))
        beam = sorted(grown.values(), key=lambda state: -state.score)[:_BEAM]
    speakers: list[int | None] = []
    link = beam[0].path
    while link:
        speakers.append(link.person)
        link = link.before
    return speakers[::-1]


def _explain(evidence: Evidence, t: int, choice: Choice, speakers: Sequence[int | None]) -> Attribution:
    person = speakers[t]
    if choice.certain is not None:
        return Attribution(person, choice.certain, 0.98 if choice.certain == "tag" else 1.0)
    if person is None:
        return Attribution(None, "unknown", 0.0)
    before = speakers[t - 1] if t else None
    before_that = speakers[t - 2] if t > 1 else None
    weights = WEIGHTS[choice.kind]
    scores: dict[int, float] = {}
    for who, row in choice.rows.items():
        step = evidence.step(t, who, before, before_that)
        scores[who] = _score(weights, row) + (weights[step] if step else 0.0)
    top = max(scores.values())
    confidence = math.exp(scores[person] - top) / sum(math.exp(score - top) for score in scores.values())
    alone = not any("spoke_before" in row or "speaks_after" in row for row in choice.rows.values())
    if alone and choice.kind in ("bare", "beat") and confidence < _LEAST_ALONE:
        return Attribution(None, "unknown", 0.0)
    return Attribution(person, _method(choice, person, before_that), round(min(confidence, 0.95), 3))


def _method(choice: Choice, person: int, before_that: int | None) -> SpeakerMethod:
    row = choice.rows[person]
    if choice.kind == "pronoun":
        return "pronoun"
    if "own_noun" in row or "soft_tag" in row:
        return "tag"
    if "vocative_before" in row and person != before_that:
        return "vocative"
    if choice.kind == "bare" or person == before_that:
        return "alternation"
    return "continuation"


def _score(weights: Mapping[str, float], row: Row) -> float:
    return sum(weights[feature] * value for feature, value in row.items())
