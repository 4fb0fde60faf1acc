"""What a stretch of text says about place, time of day, weather and mood, by counting words. It knows no scenes."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple, TypeVar

from litink.story.lexicon import words
from litink.story.model import Mood, TimeOfDay, Weather
from litink.story.settings import PROPS, SETTINGS

Kind = TypeVar("Kind", TimeOfDay, Weather)

_WORD = re.compile(r"[a-z]+(?:[-’'][a-z]+)*")
# "in the dark old kitchen": a place that is entered or stood in weighs more than one that is mentioned.
_ENTERED = re.compile(
    r"\b(?:in|into|inside|at|on|upon|aboard|through|across|along|entered|entering|reached|left|crossed|down|up|within)\s+"
    r"(?:(?:the|a|an|his|her|my|their|our|this|that|its)\s+)?((?:[a-z’'-]+\s+){0,2}?[a-z’'-]+)\b"
)
_NAMED_PLACE = re.compile(
    r"\b(?:in|into|at|to|from|near|reached|left|entered)\s+((?:[A-Z][\w’'.-]+\s+){0,3}[A-Z][\w’'-]+)"
)
# Words with a commoner meaning: they tell a place only where somebody is in it.
_AMBIGUOUS = words(
    """field fields plain common court stage square trial theatre audience ground passage track pass port port bench
    bank lecture case desk green drive engine camp battle point country school college keep hold bar court street
    ball dinner breakfast supper sun moon stars sky coast bay sand park plain ice retort mine shaft deck pass
    bed drawing market station train platform counter yard lodge fort trail study tower window table chair floor"""
)
_CLEAR = 1.2  # weight below which a place is only a word: one chance mention has 0.6, being in it 2
_GENERAL = ("room", "landscape", "house_front")  # they lose to any kind that says more

_TIMES: dict[TimeOfDay, frozenset[str]] = {
    "dawn": words("dawn daybreak sunrise cock-crow daylight-breaking"),
    "morning": words("morning breakfast forenoon o'clock-morning"),
    "day": words("noon midday noonday daylight sunshine sunlight sunny"),
    "afternoon": words("afternoon luncheon tea-time"),
    "dusk": words("dusk twilight sunset sundown gloaming nightfall"),
    "evening": words("evening dinner-time supper candle-light lamplight lamp-light"),
    "night": words("night midnight moonlight moon stars starlight darkness bedtime moonlit"),
}
_WEATHERS: dict[Weather, frozenset[str]] = {
    "rain": words("rain raining rainy shower drizzle downpour drizzling rained raindrops"),
    "storm": words("storm thunder lightning tempest hurricane gale squall thunderstorm stormy"),
    "snow": words("snow snowing snowy snowflakes snowstorm frost frosty blizzard sleet"),
    "fog": words("fog foggy mist misty haze hazy"),
    "wind": words("wind windy breeze gust gusts blustering"),
    "clear": words("sunshine sunny sunlight cloudless bright-sky sunlit moonlight starlight"),
    "cloudy": words("cloudy clouds overcast clouded leaden"),
}
_MOODS: dict[Mood, frozenset[str]] = {
    "joyful": words(
        """laughed laughing laughter merry gay gaily happy happiness joy delight delighted smile smiled cheerful glad
        dance danced singing feast jolly fun amused"""
    ),
    "tense": words(
        """suddenly danger hurry hurried quick quickly waited watching silence listen listening struggle rushed sprang
        seized pistol revolver knife escape escaped pursuit alarm excitement excited breathless fight shouted"""
    ),
    "sad": words(
        """wept weeping tears tear sorrow sad sadly grief mourning death died dead sigh sighed misery miserable lonely
        sobbed sobbing despair funeral lost melancholy unhappy wretched"""
    ),
    "mysterious": words(
        """strange mystery mysterious secret singular curious shadow shadows whisper whispered hidden unknown puzzle
        peculiar inexplicable clue disappeared vanished ghost"""
    ),
    "fearful": words(
        """fear terror horror dread afraid frightened horrible terrible shuddered trembling trembled scream screamed
        pale ghastly dreadful monster frightful appalling"""
    ),
    "angry": words(
        """anger angry angrily rage fury furious wrath fierce fiercely insult quarrel hate hatred indignant indignation
        scoundrel villain rascal struck violent violently"""
    ),
    "romantic": words(
        """love loved lover kiss kissed embrace embraced darling dearest beloved passion tender tenderly sweetheart
        marry marriage heart bride charming beauty"""
    ),
    "hopeful": words("hope hoped hopeful promise new bright brighter relief relieved saved faith courage trust future"),
    "solemn": words(
        """god prayer prayed church solemn grave gravely holy judge law court duty honour truth soul priest sacred
        reverence philosophy principle reason nature"""
    ),
    "calm": words("quiet quietly peaceful calm calmly gentle gently rest sat book tea evening soft still pleasant"),
}
# How often a word of the mood must stand in a thousand words of an ordinary book before it means anything.
_MOOD_SHARE: dict[Mood, float] = {
    "joyful": 2.2, "tense": 2.6, "sad": 1.8, "mysterious": 1.7, "fearful": 1.3, "angry": 1.2, "romantic": 2.4,
    "hopeful": 1.6, "solemn": 2.6, "calm": 2.8,
}  # fmt: skip


class Circumstances(NamedTuple):
    """What was found; "unknown", "calm" and empty where nothing was."""

    setting: str  # a kind of settings.SETTINGS, or ""
    place: str  # as the text calls it: "Baker Street", "the kitchen"
    time_of_day: TimeOfDay
    weather: Weather
    mood: Mood
    props: tuple[str, ...]


@lru_cache(maxsize=1)
def _kinds_by_word() -> dict[str, tuple[str, ...]]:
    kinds: dict[str, list[str]] = {}
    for kind, setting in SETTINGS.items():
        for word in setting.words:
            kinds.setdefault(word, []).append(kind)
    return {word: tuple(found) for word, found in kinds.items()}


@lru_cache(maxsize=1)
def _props_by_word() -> dict[str, str]:
    found: dict[str, str] = {}
    for prop, names in PROPS.items():
        for name in names:
            found.setdefault(name, prop)
    return found


def circumstances(narration: str, speech: str = "") -> Circumstances:
    """Reads a scene. ``speech`` (what is said in it) counts for the mood alone: people talk of other places."""
    lower = narration.lower()
    tokens = _WORD.findall(lower)
    counts = Counter(tokens)
    spoken = Counter(_WORD.findall(speech.lower()))
    setting, place = _setting(narration, lower, tokens, counts)
    return Circumstances(
        setting=setting,
        place=place,
        time_of_day=_most(_TIMES, counts, "unknown"),
        weather=_most(_WEATHERS, counts, "unknown"),
        mood=_mood(counts, spoken),
        props=_props(tokens),
    )


def _setting(narration: str, lower: str, tokens: list[str], counts: Counter[str]) -> tuple[str, str]:
    kinds = _kinds_by_word()
    weights: defaultdict[str, float] = defaultdict(float)
    called: dict[str, str] = {}
    pairs = Counter(f"{a} {b}" for a, b in pairwise(tokens))
    for word, found in kinds.items():
        times = pairs[word] if " " in word else counts[word] or counts[f"{word}s"]
        for kind in found:
            if times and word not in _AMBIGUOUS:
                weights[kind] += min(times, 3) * (0.25 if kind in _GENERAL else 0.6) / len(found)
    for match in _ENTERED.finditer(lower):
        phrase = match.group(1).split()
        if lower.startswith(" of ", match.end()) and phrase[-1] in _AMBIGUOUS:
            continue  # the field of mathematics
        for word in (" ".join(phrase[-2:]), phrase[-1]):
            for kind in kinds.get(word, ()):
                weights[kind] += (0.6 if kind in _GENERAL else 2.0) / len(kinds[word])
                called.setdefault(kind, word)
    if max(weights.values(), default=0.0) < _CLEAR:
        named = _NAMED_PLACE.search(narration)
        return "", named.group(1) if named else ""
    best = max(weights, key=lambda kind: (weights[kind], -list(SETTINGS).index(kind)))
    word = called.get(best) or next((w for w in SETTINGS[best].words if counts[w]), SETTINGS[best].words[0])
    return best, f"the {word}"


def _most(table: dict[Kind, frozenset[str]], counts: Counter[str], default: Kind) -> Kind:
    scores = {kind: sum(counts[w] for w in signs) for kind, signs in table.items()}
    best = max(scores, key=lambda kind: scores[kind])
    return best if scores[best] else default


def _mood(narrated: Counter[str], spoken: Counter[str]) -> Mood:
    total = sum(narrated.values()) + sum(spoken.values())
    if not total:
        return "calm"
    scores: dict[Mood, float] = {}
    for mood, signs in _MOODS.items():
        hits = sum(narrated[w] for w in signs) + 0.6 * sum(spoken[w] for w in signs)
        # A word that may have come by chance is no mood: a thousand words of a common kind are added to the text.
        scores[mood] = hits / (total + 300) * 1000 / _MOOD_SHARE[mood]
    best = max(scores, key=lambda mood: scores[mood])
    return best if scores[best] >= 0.8 else "calm"


def _props(tokens: list[str]) -> tuple[str, ...]:
    names = _props_by_word()
    found: Counter[str] = Counter()
    for token in tokens:
        prop = names.get(token) or (names.get(token[:-1]) if token.endswith("s") else None)
        if prop:
            found[prop] += 1
    return tuple(prop for prop, _ in found.most_common(5))
