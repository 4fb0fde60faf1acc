"""What a stretch of text says about time of day, weather, mood and props, by weighing words; the place comes from
places.py. It knows no scenes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple, TypeVar

from litink.story.lexicon import words
from litink.story.model import Mood, Quotation, TimeOfDay, Weather
from litink.story.places import find_place
from litink.story.settings import PROPS

Kind = TypeVar("Kind", TimeOfDay, Weather)

_WORD = re.compile(r"[a-z]+(?:[-’'][a-z]+)*")
_OPENING = 50  # words within which a scene says when it is
_OPENING_WORTH = 2.5
_HABITUAL = words("every each last yesterday tomorrow many most")  # «every evening» is no evening
_THE = words("the a an cold strong high fresh wild bitter icy rising")
_CLEAR_SKY = re.compile(r"\b(?:clear|cloudless|bright|blue)\s+(?:\w+\s+)?(?:sky|skies|day|morning|weather)\b")
_SUN = re.compile(r"\bsun\s+(?:shone|lay|was|stood|rose|came|poured|beat|blazed|fell|streamed)\b")
_CLOCK = re.compile(r"\b(?P<hour>five|six|seven|eight|nine|ten|eleven)\s+o[’']clock\b")

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
    "cloudy": words("cloudy cloud clouds overcast clouded leaden"),
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
def _props_by_word() -> dict[str, str]:
    found: dict[str, str] = {}
    for prop, names in PROPS.items():
        for name in names:
            found.setdefault(name, prop)
    return found


def circumstances(narration: str, speech: str = "", before: Circumstances | None = None) -> Circumstances:
    """Reads a scene. ``speech`` (what is said in it) counts for the mood alone: people talk of other places.

    Place and hour of the scene ``before`` go on until the text names others.
    """
    lower = narration.lower()
    tokens = _WORD.findall(lower)
    counts = Counter(tokens)
    spoken = Counter(_WORD.findall(speech.lower()))
    place = find_place(narration, before.setting if before else "")
    time = _time(lower, tokens)
    weather = _weather(lower, tokens)
    if before:
        if not place.kind or (place.stays and before.place):
            place = place._replace(kind=before.setting, name=before.place or place.name)
        if weather == "unknown" and (time in ("unknown", before.time_of_day) or place.kind == before.setting):
            weather = before.weather
        time = before.time_of_day if time == "unknown" else time
    return Circumstances(
        setting=place.kind,
        place=place.name,
        time_of_day=time,
        weather=weather,
        mood=_mood(counts, spoken),
        props=_props(tokens),
    )


def narration_of(text: str, start: int, end: int, quotations: Sequence[Quotation]) -> str:
    """``text[start:end]`` without what is said in it. ``quotations`` are the chapter's, in order."""
    parts: list[str] = []
    at = start
    for quotation in quotations:
        if quotation.end > start and quotation.start < end:
            parts.append(text[at : max(at, quotation.start)])
            at = max(at, quotation.end)
    parts.append(text[at:end])
    return " ".join(parts)


def _time(lower: str, tokens: Sequence[str]) -> TimeOfDay:
    scores = _scores(_TIMES, tokens, lambda n: not n or tokens[n - 1] not in _HABITUAL)
    if _SUN.search(lower) and _CLOCK.search(lower):
        scores["morning"] += 1.0
    return _most(scores, "unknown")


def _weather(lower: str, tokens: Sequence[str]) -> Weather:
    # «wind south-west» is a note in a log, «the wind» blows.
    scores = _scores(_WEATHERS, tokens, lambda n: tokens[n] != "wind" or (n > 0 and tokens[n - 1] in _THE))
    for pattern in (_CLEAR_SKY, _SUN):
        found = pattern.search(lower)
        if found:
            scores["clear"] += _OPENING_WORTH if lower.count(" ", 0, found.start()) < _OPENING else 1.0
    if scores["storm"]:
        scores["storm"] += scores["rain"] + scores["wind"]  # a storm has both
    return _most(scores, "unknown")


def _scores(
    table: Mapping[Kind, frozenset[str]], tokens: Sequence[str], counts: Callable[[int], bool]
) -> dict[Kind, float]:
    scores: dict[Kind, float] = dict.fromkeys(table, 0.0)
    signs = {word: kind for kind, found in table.items() for word in sorted(found)}
    for n, token in enumerate(tokens):
        if token in signs and counts(n):
            scores[signs[token]] += _OPENING_WORTH if n < _OPENING else 1.0
    return scores


def _most(scores: Mapping[Kind, float], default: Kind) -> Kind:
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
