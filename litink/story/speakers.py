"""Who speaks each turn: certain tags first, then the likeliest sequence of speakers under a log-linear model.

The model scores a candidate by what the text says near the turn (features) and by who spoke the two turns before;
a beam search finds the best sequence of a chapter. Its weights are in speaker_weights.py.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal, NamedTuple

from litink.story.focus import Focus
from litink.story.lexicon import KIN
from litink.story.model import SpeakerMethod
from litink.story.references import Ref, is_generic
from litink.story.roster import Roster
from litink.story.speaker_weights import TABLE
from litink.story.turns import Talk, Turn

ContextKind = Literal["pronoun", "noun", "beat", "bare"]

FEATURES = tuple(TABLE)  # what may be known of a candidate for a turn
_AT = {name: n for n, name in enumerate(FEATURES)}
WEIGHTS: dict[ContextKind, tuple[float, ...]] = {
    "pronoun": tuple(row[0] for row in TABLE.values()),
    "noun": tuple(row[1] for row in TABLE.values()),
    "beat": tuple(row[2] for row in TABLE.values()),
    "bare": tuple(row[3] for row in TABLE.values()),
}
_BEAM = 20
_MOST_CANDIDATES = 8
_REACH = 14  # paragraphs
_TURNS = 8
_LEAST_ALONE = 0.35  # an untagged quotation far from all tagged ones is left to the narrator below this
_TAG_REACH = 40  # code points after a tag's subject

Row = dict[int, float]


class Attribution(NamedTuple):
    speaker: int | None  # index into the roster
    method: SpeakerMethod
    confidence: float


class Choice(NamedTuple):
    """A turn to be decided: candidates and their features. A single candidate is certain."""

    kind: ContextKind
    candidates: list[int]
    rows: list[Row]
    certain: SpeakerMethod | None


class Attributor:
    """Decides the turns of one section. ``narrator`` is the roster index of an "I" who tells the chapter."""

    def __init__(self, talk: Talk, roster: Roster, narrator: int | None) -> None:
        self.talk = talk
        self.roster = roster
        self.narrator = narrator
        self.focus = Focus(talk.refs, talk.paragraphs, [(q.start, q.end) for q in talk.quotes], roster, narrator)
        self.told = self.focus.told
        self.fixed: list[tuple[int, SpeakerMethod] | None] = [self._certain(t) for t in talk.turns]
        self._tag_spans = [self._tag_span(t) for t in talk.turns]

    # -- what is certain ------------------------------------------------------------------------------------------

    def _certain(self, turn: Turn) -> tuple[int, SpeakerMethod] | None:
        if turn.heading is not None:
            return self.roster.headed(turn.heading), "heading"
        tag = turn.tag
        if tag is None or not tag.certain:
            return None
        return self._person_of(tag.ref, turn)

    def _person_of(self, ref: Ref, turn: Turn) -> tuple[int, SpeakerMethod] | None:
        if ref.kind == "name" and ref.person is not None:
            return ref.person, "tag"
        if ref.kind == "narrator" and self.narrator is not None:
            return self.narrator, "tag"
        if ref.kind == "noun":
            person, sure = self.roster.resolve_noun(ref, self.focus.recent(ref.start))
            if person is not None and sure:
                return person, "tag"
        return None

    def _tag_span(self, turn: Turn) -> tuple[int, int]:
        if turn.tag and turn.tag.ref.kind == "name":
            return turn.tag.ref.start, turn.tag.ref.end
        return (-1, -1)

    # -- candidates and features ----------------------------------------------------------------------------------

    def _gap(self, earlier: Turn, later: Turn) -> int:
        """Paragraphs from one turn to another; 0 within one paragraph."""
        return self.talk.clock[later.paragraph] - self.talk.clock[earlier.last_paragraph]

    def choice(self, t: int, mask: ContextKind | None = None) -> Choice:
        """The candidates of turn ``t``. ``mask`` hides a naming tag and shows a pronoun or nothing in its place:
        that is how the weights were fitted on turns whose speaker is certain."""
        turn = self.talk.turns[t]
        fixed = self.fixed[t]
        if fixed and mask is None:
            return Choice("bare", [fixed[0]], [{}], fixed[1])
        tag = None if mask else turn.tag
        hidden = self._tag_spans[t] if mask else (-1, -1)
        kind: ContextKind
        sex = "?"
        if mask == "pronoun" and fixed:
            kind, sex = "pronoun", self.roster.sex[fixed[0]]
        elif tag and tag.certain and tag.ref.kind == "pronoun":
            kind, sex = "pronoun", tag.ref.sex
        elif tag and tag.certain and tag.ref.kind == "noun":
            kind, sex = "noun", tag.ref.sex
        elif mask is None and (turn.beat_before or turn.beat_after or tag):
            kind = "beat"
        else:
            kind = "bare"
        first = self.talk.quotes[turn.quotes[0]].start
        distances = self._distances(turn, first, hidden)
        rows = self._rows(t, turn, kind, sex, tag, distances, hidden, masked=mask is not None)
        ranked = sorted(rows, key=lambda c: (-_score(WEIGHTS[kind], rows[c]), c))[:_MOST_CANDIDATES]
        return Choice(kind, ranked, [rows[c] for c in ranked], None)

    def _distances(self, turn: Turn, first: int, hidden: tuple[int, int]) -> dict[int, int]:
        """Persons named in narration before the turn -> paragraphs since; within reach."""
        clock = self.talk.clock
        found: dict[int, int] = {}
        at = self.focus.before(first)
        for k in range(at - 1, -1, -1):
            gap = clock[turn.paragraph] - clock[self.told[k].paragraph]
            if gap > _REACH:
                break
            if self.told[k].start != hidden[0]:
                found.setdefault(self.told[k].person, gap)
        return found

    def _rows(
        self,
        t: int,
        turn: Turn,
        kind: ContextKind,
        sex: str,
        tag: object,
        distances: dict[int, int],
        hidden: tuple[int, int],
        *,
        masked: bool,
    ) -> dict[int, Row]:
        turns, roster = self.talk.turns, self.roster
        tag_ref: Ref | None = getattr(tag, "ref", None)
        earlier: dict[int, float] = {}
        later: dict[int, float] = {}
        for k in range(max(0, t - _TURNS), min(len(turns), t + _TURNS + 1)):
            fixed = self.fixed[k]
            if k != t and fixed and abs(self._gap(turns[k], turn)) <= 2 * _REACH:
                side = earlier if k < t else later
                side[fixed[0]] = side.get(fixed[0], 0.0) + 1.0
        previous = turns[t - 1] if t and self._gap(turns[t - 1], turn) <= 3 else None
        following = turns[t + 1] if t + 1 < len(turns) and self._gap(turn, turns[t + 1]) <= 3 else None
        pool: dict[int, None] = dict.fromkeys(distances)
        for group in (earlier, later, previous.vocatives if previous else (), following.vocatives if following else ()):
            pool.update(dict.fromkeys(group))
        own = self._own(tag_ref)
        beats = [(name, self._beat(ref, hidden)) for name, ref in (
            ("beat_before", None if masked else turn.beat_before), ("beat_after", None if masked else turn.beat_after),
            ("leading", turn.leading),
        )]  # fmt: skip
        for person in [own, *(b[0] for _, b in beats)]:
            if person is not None:
                pool.setdefault(person)
        soft = tag_ref.person if tag_ref and tag_ref.kind == "name" else None
        if soft is not None:
            pool.setdefault(soft)
        near_i = any(
            ref is not None and ref.kind == "narrator" for ref in (turn.beat_before, turn.beat_after, turn.leading)
        )
        after = self._named_after(turn, hidden)
        pool.update(dict.fromkeys(after))
        subjects = self._subjects(turn, sex, hidden)
        ahead = () if len(pool) > 3 else self._ahead(turn, hidden)
        pool.update(dict.fromkeys(ahead))
        addressed, objects = self._objects(turn, tag_ref, hidden)
        order = [p for p in distances if sex == "?" or (roster.sex[p] in (sex, "?") and p != self.narrator)]
        rows: dict[int, Row] = {}
        for person in pool:
            mine = roster.sex[person]
            if sex != "?" and mine not in (sex, "?"):
                continue
            if person == self.narrator and kind in ("pronoun", "noun"):
                continue
            row: Row = {}
            _put(row, "noun_only", bool(roster.keys[person]) and person != self.narrator)
            if sex != "?":
                _put(row, "sex_match", mine == sex)
                _put(row, "sex_unknown", mine == "?")
            if person == own and tag_ref is not None:
                _put(row, "own_noun", True)
                _put(row, "own_generic", is_generic(tag_ref.noun))
                _put(row, "own_kin", tag_ref.noun in KIN)
                _put(row, "own_introduced", person in roster.introduced)
            _put(row, "soft_tag", person == soft)
            for name, (who, beat_sex) in beats:
                _put(row, name, person == who)
                if beat_sex != "?":
                    _put(row, f"{name}_sex", mine == beat_sex)
                    _put(row, f"{name}_other_sex", mine not in (beat_sex, "?") or person == self.narrator)
            rank = order.index(person) if person in order else 9
            if rank < 3:
                _put(row, f"rank_{rank}", True)
            if person in subjects[:2]:
                _put(row, f"subject_{subjects.index(person)}", True)
            _put(row, "ahead", person in ahead)
            _put(row, "tag_object", person in addressed)
            _put(row, "object_here", person in objects)
            gap = distances.get(person, 99)
            _put(row, "same_paragraph", gap == 0)
            _put(row, "previous_paragraph", gap == 1)
            _put(row, "near", 2 <= gap <= 5)
            _put(row, "far", 5 < gap <= _REACH)
            _put(row, "after_quote", person in after)
            _put(row, "vocative_here", person in turn.vocatives)
            _put(row, "named_here", person in turn.mentioned)
            if previous:
                _put(row, "vocative_before", person in previous.vocatives)
                _put(row, "named_before", person in previous.mentioned)
                if previous.addressed_sex != "?":
                    _put(row, "addressed_sex", mine == previous.addressed_sex)
                    _put(row, "addressed_other_sex", mine not in (previous.addressed_sex, "?"))
            if following:
                _put(row, "vocative_next", person in following.vocatives)
            row[_AT["spoke_before"]] = math.log1p(earlier.get(person, 0.0))
            row[_AT["speaks_after"]] = math.log1p(later.get(person, 0.0))
            row[_AT["frequency"]] = math.log1p(roster.count[person]) / 4
            if person == self.narrator:
                _put(row, "narrator", True)
                _put(row, "narrator_near", near_i)
            rows[person] = row
        return rows

    def _own(self, ref: Ref | None) -> int | None:
        if ref is None or ref.kind != "noun":
            return None
        return self.roster.resolve_noun(ref, self.focus.recent(ref.start))[0]

    def _beat(self, ref: Ref | None, hidden: tuple[int, int]) -> tuple[int | None, str]:
        if ref is None or ref.start == hidden[0]:
            return None, "?"
        if ref.kind == "name":
            return ref.person, "?"
        if ref.kind == "pronoun":
            return None, ref.sex
        if ref.kind == "narrator":
            return self.narrator, "?"
        if ref.kind == "noun":
            found = self.roster.find(ref.key)
            if found is None and self.roster.holders(ref.noun):
                found = self.roster.resolve_noun(ref, self.focus.recent(ref.start))[0]
            return found, ref.sex if found is None else "?"
        return None, "?"

    def _named_after(self, turn: Turn, hidden: tuple[int, int]) -> list[int]:
        """Persons named in the turn's own paragraphs after it began."""
        at = self.focus.before(self.talk.quotes[turn.quotes[0]].start)
        end = self.talk.paragraphs[turn.last_paragraph].end
        out: list[int] = []
        while at < len(self.told) and self.told[at].start < end:
            if self.told[at].start != hidden[0]:
                out.append(self.told[at].person)
            at += 1
        return out

    def _subjects(self, turn: Turn, sex: str, hidden: tuple[int, int]) -> list[int]:
        """The subjects of the narration before the turn, the last one first, of the sex if one is told."""
        at = self.focus.before(self.talk.quotes[turn.quotes[0]].start)
        return list(
            dict.fromkeys(
                m.person
                for m in reversed(self.told[max(0, at - 16) : at])
                if m.subject
                and m.start != hidden[0]
                and (sex == "?" or m.person != self.narrator)
                and (sex == "?" or self.roster.sex[m.person] in (sex, "?"))
            )
        )

    def _objects(self, turn: Turn, ref: Ref | None, hidden: tuple[int, int]) -> tuple[set[int], set[int]]:
        """Persons named as objects: in the tag ("he said to Tom"), and anywhere in the turn's own paragraphs."""
        start, end = self.talk.paragraphs[turn.paragraph].start, self.talk.paragraphs[turn.last_paragraph].end
        at = self.focus.before(start)
        addressed: set[int] = set()
        objects: set[int] = set()
        while at < len(self.told) and self.told[at].start < end:
            mention = self.told[at]
            if not mention.subject and mention.start != hidden[0]:
                objects.add(mention.person)
                if ref is not None and ref.end <= mention.start <= ref.end + _TAG_REACH:
                    addressed.add(mention.person)
            at += 1
        return addressed, objects

    def _ahead(self, turn: Turn, hidden: tuple[int, int]) -> list[int]:
        """Persons named soon after the turn: for a scene that begins with talk."""
        at = self.focus.before(self.talk.paragraphs[turn.last_paragraph].end)
        return list(
            dict.fromkeys(
                m.person
                for m in self.told[at : at + 12]
                if self.talk.clock[m.paragraph] - self.talk.clock[turn.paragraph] <= _REACH and m.start != hidden[0]
            )
        )

    # -- the sequence ---------------------------------------------------------------------------------------------

    def steps(self, t: int, person: int, p1: int | None, p2: int | None) -> Row:
        """Features that depend on who spoke the turn before (``p1``) and the one before that (``p2``)."""
        turns = self.talk.turns
        row: Row = {}
        if t == 0 or p1 is None:
            return row
        gap = self._gap(turns[t - 1], turns[t])
        if person == p1:
            name = {0: "again_same_paragraph", 1: "again_adjacent", 2: "again_near"}.get(gap, "again_far")
            _put(row, name, True)
        elif person == p2 and t >= 2 and gap <= 6:
            before = self._gap(turns[t - 2], turns[t - 1])
            _put(row, "alternates" if gap <= 1 and before <= 1 else "alternates_loosely", before <= 6)
        return row

    def decide(self) -> list[Attribution]:
        """One attribution a turn: the best sequence found by a beam search."""
        choices = [self.choice(t) for t in range(len(self.talk.turns))]
        # A state is (previous speaker, the one before); its path is linked backwards.
        beam: list[tuple[float, int | None, int | None, _Path | None]] = [(0.0, None, None, None)]
        for t, choice in enumerate(choices):
            grown: dict[tuple[int | None, int | None], tuple[float, int | None, int | None, _Path | None]] = {}
            weights = WEIGHTS[choice.kind]
            fixed_scores = [_score(weights, row) for row in choice.rows]
            for score, p1, p2, path in beam:
                options: Sequence[int | None] = choice.candidates or (None,)
                for n, person in enumerate(options):
                    total = score
                    if person is not None and choice.certain is None:
                        total += fixed_scores[n] + _score(weights, self.steps(t, person, p1, p2))
                    state = (person, p1)
                    if state not in grown or total > grown[state][0]:
                        grown[state] = (total, person, p1, _Path(person, path))
            beam = sorted(grown.values(), key=lambda s: -s[0])[:_BEAM]
        speakers: list[int | None] = []
        link = beam[0][3]
        while link:
            speakers.append(link.person)
            link = link.before
        speakers.reverse()
        return [self._explain(t, choices[t], speakers) for t in range(len(choices))]

    def _explain(self, t: int, choice: Choice, speakers: Sequence[int | None]) -> Attribution:
        person = speakers[t]
        if choice.certain is not None:
            return Attribution(person, choice.certain, 0.98 if choice.certain == "tag" else 1.0)
        if person is None:
            return Attribution(None, "unknown", 0.0)
        p1 = speakers[t - 1] if t else None
        p2 = speakers[t - 2] if t > 1 else None
        weights = WEIGHTS[choice.kind]
        scores = [
            _score(weights, row) + _score(weights, self.steps(t, who, p1, p2))
            for who, row in zip(choice.candidates, choice.rows, strict=True)
        ]
        top = max(scores)
        total = sum(math.exp(s - top) for s in scores)
        confidence = math.exp(scores[choice.candidates.index(person)] - top) / total
        row = choice.rows[choice.candidates.index(person)]
        alone = not any(
            _AT[side] in r and r[_AT[side]] for r in choice.rows for side in ("spoke_before", "speaks_after")
        )
        if alone and choice.kind in ("bare", "beat") and confidence < _LEAST_ALONE:
            return Attribution(None, "unknown", 0.0)
        method: SpeakerMethod
        if choice.kind == "pronoun":
            method = "pronoun"
        elif _AT["vocative_before"] in row and person != p2:
            method = "vocative"
        elif choice.kind == "bare" or person == p2:
            method = "alternation"
        else:
            method = "tag" if _AT["soft_tag"] in row else "continuation"
        return Attribution(person, method, round(min(confidence, 0.95), 3))


class _Path(NamedTuple):
    person: int | None
    before: _Path | None


def _put(row: Row, name: str, holds: bool) -> None:
    if holds:
        row[_AT[name]] = 1.0


def _score(weights: Sequence[float], row: Row) -> float:
    return sum(weights[n] * value for n, value in row.items())
