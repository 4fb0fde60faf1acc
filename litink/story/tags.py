"""What the narration around a quotation says of its speaker: tags ("said Tom") and beats ("Tom shrugged.").

A tag names or points at the speaker; whom a pronoun means is decided elsewhere.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from litink.story.lexicon import SPEECH_VERBS
from litink.story.references import Ref, SectionReferences

_ENDS = (".", "!", "?", ";")
_SKIP_TITLES = frozenset(("mr", "mrs", "dr", "st", "ms", "rev", "capt", "m", "prof"))
_AUXILIARIES = frozenset(("had", "has", "then", "would", "could", "did", "only", "also", "now", "at", "last", "once"))
_PREPOSITIONS = ("to", "of", "with", "at", "by", "upon", "on", "from", "towards", "toward")
_SOFT_VERB = re.compile(r"(?:ed|ew|aid|old|ook|oke|ame|ent|ood|ung|ank)$")
_WEAK_SPEECH = frozenset(
    """put cut broke burst smiled smiles grinned grins nodded nods shrugged frowned winked beamed laughed laughs
    sighed sighs read reads struck told tells thought thinks called calls finished ended yawned rattled""".split()  # noqa: SIM905
)


class Tag(NamedTuple):
    """``ref`` does the speaking. ``certain``: a verb of speech joined to the quotation says so."""

    ref: Ref
    certain: bool


class Around(NamedTuple):
    """What stands around the quotations of one turn."""

    tag: Tag | None
    beat_before: Ref | None
    beat_after: Ref | None


def tag_after(refs: SectionReferences, text: str, quote_end: int, limit: int) -> Tag | None:
    """The tag that follows a quotation: «,” said Tom», «!” he cried». ``limit`` is where the paragraph or the next
    quotation begins."""
    n, stop = refs.index(quote_end), _clause_end(refs, refs.index(quote_end), refs.index(limit))
    joined = True
    while n < stop and (refs.words[n] in ",—–-" or refs.words[n].lower() in ("and", "but", "then", "so", "thus", "as")):
        joined = joined and refs.words[n] not in ("and", "but")
        n += 1
    if n >= stop:
        return None
    inner = text[max(0, quote_end - 4) : quote_end].rstrip("\"'”’»")[-1:]
    # verb first: said Tom, cried out the old man, said he
    if refs.words[n].lower() in SPEECH_VERBS:
        for k in range(n + 1, min(n + 4, stop)):
            found = refs.at(k, stop)
            if found:
                return Tag(found[0], joined)
            if refs.words[k].lower() not in (
                "out",
                "up",
                "in",
                "on",
                "again",
                "back",
                "forth",
                "at",
                "last",
                "then",
                "poor",
            ):
                if refs.words[k].endswith("ly"):
                    continue
                break
    # subject first: Tom said, the old man slowly replied, he had asked
    found = refs.at(n, stop)
    if found:
        ref, after = found
        verb = _verb_within(refs, after, stop, reach=4)
        if verb == "speech" and (inner != "." or refs.words[n][0].islower()):
            return Tag(ref, joined)
        lower_start = refs.words[n][0].islower() or ref.kind in ("name", "narrator")
        if verb and ((inner in ",—-–" and lower_start) or (inner in "!?…" and refs.words[n][0].islower())):
            return Tag(ref, joined)
        # a long subject: Tom, who had been listening, said
        if _apposition_then_speech(refs, after, stop):
            return Tag(ref, True)
    return None


def _verb_within(refs: SectionReferences, n: int, stop: int, reach: int) -> str:
    """ "speech", "other" or "" for the verb after a subject, past adverbs."""
    for k in range(n, min(n + reach, stop)):
        lower = refs.words[k].lower()
        if lower in SPEECH_VERBS or (lower in ("went", "goes") and k + 1 < stop and refs.words[k + 1] == "on"):
            return "speech"
        if lower.endswith("ly") or lower in _AUXILIARIES:
            continue
        if _SOFT_VERB.search(lower):
            return "other"
        return ""
    return ""


def _apposition_then_speech(refs: SectionReferences, n: int, stop: int) -> bool:
    if n >= stop or refs.words[n] != ",":
        return False
    for k in range(n + 1, min(n + 22, stop)):
        if refs.words[k] == "," and k + 1 < stop and refs.words[k + 1].lower() in SPEECH_VERBS:
            return True
    return False


def tag_before(refs: SectionReferences, text: str, start: int, quote_start: int) -> Tag | None:
    """The tag that leads to a quotation: «Tom said:», «Then he turned and cried,». ``start`` is where the paragraph
    or the narration after the previous quotation begins."""
    before = text[start:quote_start].rstrip()
    if not before:
        return None
    joined = before[-1] in ",:—–-"
    stop = refs.index(quote_start)
    begin = _sentence_start(refs, refs.index(start), stop)
    verbs = [k for k in range(begin, stop) if refs.words[k].lower() in SPEECH_VERBS]
    strong = [k for k in verbs if refs.words[k].lower() not in _WEAK_SPEECH] or verbs
    # «Tom spoke.» closes a sentence; only a verb of speech right at its end leads to what follows.
    if not joined and (not strong or stop - strong[-1] > 4 or before[-1] != "."):
        return None
    verb = strong[-1] if strong else None
    if verb is not None:
        subject = _subject_before(refs, begin, verb)
        if subject is None:  # Then said Tom:
            found = refs.at(verb + 1, stop)
            subject = found[0] if found and found[0].kind != "plural" else None
        return Tag(subject, joined) if subject else None
    if before[-1] == ":":
        subject = _first_subject(refs, begin, stop)
        return Tag(subject, False) if subject else None
    return None


def _subject_before(refs: SectionReferences, begin: int, verb: int) -> Ref | None:
    """The reference whose verb this is: the nearest at the head of a clause, else the first of the sentence."""
    first: Ref | None = None
    n = begin
    nearest: Ref | None = None
    while n < verb:
        found = refs.at(n, verb)
        if not found:
            n += 1
            continue
        ref, after = found
        previous = refs.words[n - 1].lower() if n > begin else ""
        adjacent = all(
            refs.words[k].lower() in _AUXILIARIES or refs.words[k].endswith("ly") for k in range(after, verb)
        )
        if adjacent and previous not in _PREPOSITIONS:
            return ref
        head = n == begin or previous in (
            ",",
            "and",
            "but",
            "then",
            "when",
            "while",
            "as",
            "that",
            "—",
            ";",
            ":",
            "so",
            "for",
        )
        if head or first is None:
            possessive = refs.words[max(after - 1, 0)].endswith(("’s", "'s"))
            if not possessive and previous not in _PREPOSITIONS:
                first = first or ref
                if head:
                    nearest = ref
        n = max(after, n + 1)
    return nearest or first


def _first_subject(refs: SectionReferences, begin: int, stop: int) -> Ref | None:
    for n in range(begin, min(begin + 12, stop)):
        found = refs.at(n, stop)
        if found:
            ref, after = found
            previous = refs.words[n - 1].lower() if n > begin else ""
            if refs.words[max(after - 1, 0)].endswith(("’s", "'s")):
                continue
            if previous in (*_PREPOSITIONS, "in", "for"):
                continue
            return ref
    return None


def beat(refs: SectionReferences, start: int, stop: int, *, last: bool) -> Ref | None:
    """Who acts in the narration ``start``..``stop``: the subject of its last sentence (or of its first)."""
    begin, end = refs.index(start), refs.index(stop)
    if last:
        first = _sentence_start(refs, begin, end)
        return _first_subject(refs, first, end) or (_first_subject(refs, begin, end) if first > begin else None)
    return _first_subject(refs, begin, _clause_end(refs, begin, end))


def _clause_end(refs: SectionReferences, n: int, stop: int) -> int:
    """The token after the first mark that ends a sentence."""
    for k in range(n, min(stop, n + 60)):
        if refs.words[k] in _ENDS and not (refs.words[k] == "." and k and refs.words[k - 1].lower() in _SKIP_TITLES):
            return k
    return min(stop, n + 60)


def _sentence_start(refs: SectionReferences, begin: int, stop: int) -> int:
    """The first token of the last sentence of ``begin``..``stop``."""
    for k in range(stop - 2, begin - 1, -1):
        ends = refs.words[k] in (".", "!", "?")
        if ends and not (refs.words[k] == "." and k and refs.words[k - 1].lower() in _SKIP_TITLES):
            return k + 1
    return begin
