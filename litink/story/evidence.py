"""What the text near a turn says of each person who may speak it: the features of the speaker model.

Certain tags are recognised here; how features weigh, and which sequence of speakers is best, is in speakers.py.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from litink.story.focus import Focus, Told
from litink.story.lexicon import KIN, SexLetter
from litink.story.model import SpeakerMethod
from litink.story.references import Ref, is_generic
from litink.story.roster import Roster
from litink.story.turns import Talk, Turn

ContextKind = Literal["pronoun", "noun", "beat", "bare"]
Row = dict[str, float]  # feature -> value; what is absent is 0

_REACH = 14  # paragraphs within which a person is still on the reader's mind
_TURNS = 8  # turns on either side whose certain speakers make the company
_TAG_REACH = 40  # code points after a tag's subject in which it names its object
_BESIDE = 3  # paragraphs within which turns answer each other
_NOWHERE = -1


class Choice(NamedTuple):
    """A turn to be decided: candidates (roster indices) with their features. ``certain`` leaves a single one."""

    kind: ContextKind
    rows: dict[int, Row]
    certain: SpeakerMethod | None


@dataclass
class _Setting:
    """What is known around one turn before its candidates are compared."""

    kind: ContextKind
    sex: SexLetter  # of the pronoun or noun that tags the turn
    tag: Ref | None
    hidden: int  # offset of a tag's name that is to be overlooked
    own: int | None = None  # the person whom the tag's noun means by itself
    beats: list[tuple[str, int | None, SexLetter]] = field(default_factory=list)
    distances: dict[int, int] = field(default_factory=dict)
    spoke: Counter[int] = field(default_factory=Counter)
    speaks: Counter[int] = field(default_factory=Counter)
    previous: Turn | None = None
    following: Turn | None = None
    ranks: list[int] = field(default_factory=list)
    subjects: list[int] = field(default_factory=list)
    after: Collection[int] = ()
    ahead: Collection[int] = ()
    addressed: Collection[int] = ()
    objects: Collection[int] = ()
    narrator_near: bool = False


class Evidence:
    """The evidence of one section. ``narrator`` is the roster index of an "I" who tells it, None without one."""

    def __init__(self, talk: Talk, roster: Roster, narrator: int | None) -> None:
        self.talk = talk
        self.roster = roster
        self.narrator = narrator
        self.focus = Focus(talk.refs, talk.paragraphs, [(q.start, q.end) for q in talk.quotes], roster, narrator)
        self.fixed = [self._certain(turn) for turn in talk.turns]

    def _certain(self, turn: Turn) -> tuple[int, SpeakerMethod] | None:
        """The speaker whom a heading or a tag of speech names beyond doubt."""
        if turn.heading is not None:
            return self.roster.headed(turn.heading), "heading"
        if turn.tag is None or not turn.tag.certain:
            return None
        ref = turn.tag.ref
        if ref.kind == "name" and ref.person is not None:
            return ref.person, "tag"
        if ref.kind == "narrator" and self.narrator is not None:
            return self.narrator, "tag"
        if ref.kind == "noun":
            person, sure = self._resolved(ref)
            return (person, "tag") if sure else None
        return None

    def _resolved(self, ref: Ref) -> tuple[int, bool]:
        return self.roster.resolve_noun(ref, self.focus.recent(ref.start), self.talk.refs.named)

    def gap(self, earlier: Turn, later: Turn) -> int:
        """Paragraphs from one turn to another; 0 within one paragraph."""
        return self.talk.clock[later.paragraph] - self.talk.clock[earlier.last_paragraph]

    def choice(self, t: int, mask: ContextKind | None = None) -> Choice:
        """The candidates of turn ``t``. ``mask`` hides a naming tag and shows a pronoun or nothing in its place:
        the weights were fitted on such turns, whose speaker is certain."""
        fixed = self.fixed[t]
        if fixed and mask is None:
            return Choice("bare", {fixed[0]: {}}, fixed[1])
        turn = self.talk.turns[t]
        setting = self._setting(t, turn, mask, fixed[0] if fixed else None)
        rows = {
            person: self._row(person, turn, setting)
            for person in self._pool(setting)
            if self._fits(person, setting.sex) and not (person == self.narrator and setting.kind in ("pronoun", "noun"))
        }
        return Choice(setting.kind, rows, None)

    def _fits(self, person: int, sex: SexLetter) -> bool:
        return sex == "?" or self.roster.sex[person] in (sex, "?")

    # -- around a turn --------------------------------------------------------------------------------------------

    def _setting(self, t: int, turn: Turn, mask: ContextKind | None, fixed: int | None) -> _Setting:
        tag = turn.tag if mask is None else None
        hidden = turn.tag.ref.start if mask and turn.tag else _NOWHERE
        kind: ContextKind = "bare"
        sex: SexLetter = "?"
        if mask == "pronoun" and fixed is not None:
            kind, sex = "pronoun", self.roster.sex[fixed]
        elif tag and tag.certain and tag.ref.kind == "pronoun":
            kind, sex = "pronoun", tag.ref.sex
        elif tag and tag.certain and tag.ref.kind == "noun":
            kind, sex = "noun", tag.ref.sex
        elif mask is None and (turn.beat_before or turn.beat_after or tag):
            kind = "beat"
        setting = _Setting(kind, sex, tag.ref if tag else None, hidden)
        self._company(t, turn, setting)
        self._told(turn, setting)
        beats = (turn.beat_before, turn.beat_after) if mask is None else (None, None)
        for name, ref in (("beat_before", beats[0]), ("beat_after", beats[1]), ("leading", turn.leading)):
            if ref is not None and ref.start != hidden:
                setting.beats.append((name, *self._beat(ref)))
        setting.narrator_near = any(
            ref is not None and ref.kind == "narrator" for ref in (turn.beat_before, turn.beat_after, turn.leading)
        )
        if setting.tag is not None and setting.tag.kind == "noun":
            setting.own = self._resolved(setting.tag)[0]
        return setting

    def _company(self, t: int, turn: Turn, setting: _Setting) -> None:
        turns = self.talk.turns
        for k in range(max(0, t - _TURNS), min(len(turns), t + _TURNS + 1)):
            fixed = self.fixed[k]
            if k != t and fixed and abs(self.gap(turns[k], turn)) <= 2 * _REACH:
                (setting.spoke if k < t else setting.speaks)[fixed[0]] += 1
        if t and self.gap(turns[t - 1], turn) <= _BESIDE:
            setting.previous = turns[t - 1]
        if t + 1 < len(turns) and self.gap(turn, turns[t + 1]) <= _BESIDE:
            setting.following = turns[t + 1]

    def _told(self, turn: Turn, setting: _Setting) -> None:
        """Whom the narration names before, beside and after the turn."""
        told, clock, hidden = self.focus.told, self.talk.clock, setting.hidden
        now = clock[turn.paragraph]
        at = self.focus.before(self.talk.quotes[turn.quotes[0]].start)
        for k in range(at - 1, -1, -1):
            gap = now - clock[told[k].paragraph]
            if gap > _REACH:
                break
            if told[k].start != hidden:
                setting.distances.setdefault(told[k].person, gap)
        setting.ranks = [p for p in setting.distances if self._antecedent(p, setting.sex)]
        setting.subjects = _distinct(
            m.person
            for m in reversed(told[max(0, at - 16) : at])
            if m.subject and m.start != hidden and self._antecedent(m.person, setting.sex)
        )
        begin = self.focus.before(self.talk.paragraphs[turn.paragraph].start)
        end = self.focus.before(self.talk.paragraphs[turn.last_paragraph].end)
        here = [m for m in told[begin:end] if m.start != hidden]
        setting.after = _distinct(m.person for m in told[at:end] if m.start != hidden)
        setting.objects = {m.person for m in here if not m.subject}
        setting.addressed = {m.person for m in here if not m.subject and _in_tag(m, setting.tag)}
        if len(setting.distances) < 3:  # a scene that begins with talk names its people later
            soon = (m for m in told[end : end + 12] if clock[m.paragraph] - now <= _REACH and m.start != hidden)
            setting.ahead = _distinct(m.person for m in soon)

    def _antecedent(self, person: int, sex: SexLetter) -> bool:
        return self._fits(person, sex) and (sex == "?" or person != self.narrator)

    def _beat(self, ref: Ref) -> tuple[int | None, SexLetter]:
        """Whom the subject of a beat means, or the sex of its pronoun."""
        if ref.kind == "name":
            return ref.person, "?"
        if ref.kind == "narrator":
            return self.narrator, "?"
        if ref.kind == "noun":
            found = self.roster.find(ref.key)
            if found is None and self.roster.holders(ref.noun):
                found = self._resolved(ref)[0]
            return found, ref.sex if found is None else "?"
        return None, ref.sex

    # -- candidates -----------------------------------------------------------------------------------------------

    def _pool(self, setting: _Setting) -> list[int]:
        tagged = setting.tag.person if setting.tag and setting.tag.kind == "name" else None
        single = [setting.own, tagged, *(person for _, person, _ in setting.beats)]
        return _distinct(
            [
                *setting.distances,
                *setting.spoke,
                *setting.speaks,
                *(setting.previous.vocatives if setting.previous else ()),
                *(setting.following.vocatives if setting.following else ()),
                *(person for person in single if person is not None),
                *setting.after,
                *setting.ahead,
            ]
        )

    def _row(self, person: int, turn: Turn, setting: _Setting) -> Row:
        mine = self.roster.sex[person]
        tells = person == self.narrator
        gap = setting.distances.get(person, 99)
        held: dict[str, bool] = {
            "noun_only": bool(self.roster.keys[person]) and not tells,
            "sex_match": setting.sex != "?" and mine == setting.sex,
            "sex_unknown": setting.sex != "?" and mine == "?",
            "soft_tag": setting.tag is not None and setting.tag.kind == "name" and person == setting.tag.person,
            "ahead": person in setting.ahead,
            "tag_object": person in setting.addressed,
            "object_here": person in setting.objects,
            "same_paragraph": gap == 0,
            "previous_paragraph": gap == 1,
            "near": 2 <= gap <= 5,
            "far": 5 < gap <= _REACH,
            "after_quote": person in setting.after,
            "vocative_here": person in turn.vocatives,
            "named_here": person in turn.mentioned,
            "narrator": tells,
            "narrator_near": tells and setting.narrator_near,
        }
        for rank, other in enumerate(setting.ranks[:3]):
            held[f"rank_{rank}"] = person == other
        for rank, other in enumerate(setting.subjects[:2]):
            held[f"subject_{rank}"] = person == other
        for name, who, sex in setting.beats:
            held[name] = person == who
            held[f"{name}_sex"] = sex != "?" and mine == sex
            held[f"{name}_other_sex"] = sex != "?" and (mine not in (sex, "?") or tells)
        if setting.tag is not None and person == setting.own:
            held["own_noun"] = True
            held["own_generic"] = is_generic(setting.tag.noun)
            held["own_kin"] = setting.tag.noun in KIN
            held["own_introduced"] = person in self.roster.introduced
        if setting.previous:
            sex = setting.previous.addressed_sex
            held["vocative_before"] = person in setting.previous.vocatives
            held["named_before"] = person in setting.previous.mentioned
            held["addressed_sex"] = sex != "?" and mine == sex
            held["addressed_other_sex"] = sex != "?" and mine not in (sex, "?")
        if setting.following:
            held["vocative_next"] = person in setting.following.vocatives
        row = {name: 1.0 for name, holds in held.items() if holds}
        row["frequency"] = math.log1p(self.roster.count[person]) / 4
        if setting.spoke[person]:
            row["spoke_before"] = math.log1p(setting.spoke[person])
        if setting.speaks[person]:
            row["speaks_after"] = math.log1p(setting.speaks[person])
        return row

    # -- between turns --------------------------------------------------------------------------------------------

    def step(self, t: int, person: int, before: int | None, before_that: int | None) -> str | None:
        """The feature that tells how the speaker of turn ``t`` follows on the speakers of the two turns before it."""
        turns = self.talk.turns
        if t == 0 or before is None:
            return None
        gap = self.gap(turns[t - 1], turns[t])
        if person == before:
            return {0: "again_same_paragraph", 1: "again_adjacent", 2: "again_near"}.get(gap, "again_far")
        if person == before_that and t >= 2 and gap <= 6:
            earlier = self.gap(turns[t - 2], turns[t - 1])
            if earlier <= 6:
                return "alternates" if gap <= 1 and earlier <= 1 else "alternates_loosely"
        return None


def _distinct(persons: Iterable[int]) -> list[int]:
    return list(dict.fromkeys(persons))


def _in_tag(mention: Told, tag: Ref | None) -> bool:
    return tag is not None and tag.end <= mention.start <= tag.end + _TAG_REACH
