"""What kind of book it is: fiction or not, genre, tone, audience, themes, by counting words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from litink.books.model import BlockKind, Section
from litink.story.circumstances import circumstances
from litink.story.lexicon import words
from litink.story.model import Cast

_WORD = re.compile(r"[a-z]+")
_SAMPLE = 60_000  # code points a chapter that are read for a judgement of the whole book
_GENRES: dict[str, frozenset[str]] = {
    "detective story": words(
        "detective inspector clue clues murder crime criminal police mystery suspicion evidence robbery thief"
    ),
    "gothic tale": words("ghost horror terror dread corpse grave midnight monster fiend vault spectre demon haunted"),
    "adventure": words("ship captain island treasure sea pirates expedition savage rifle hunters voyage crew sword"),
    "romance": words("love marriage lover marry heart engaged passion kiss bride wedding proposal beloved courtship"),
    "school story": words("school master pupils lesson teacher class schoolmaster desk scholars lessons"),
    "philosophical novel": words("god soul faith monk truth conscience elder sin monastery suffering christ"),
    "utopia": words("commonwealth labour society community future century happiness revolution equality"),
    "family story": words("mother father children brother sister family home aunt uncle baby nursery"),
    "historical novel": words("king queen army soldiers battle castle knight duke regiment war throne sword"),
}
_USUAL = {"family story": 5.0, "romance": 2.5, "philosophical novel": 2.0, "utopia": 2.0}  # any novel has so many
_SUBJECTS: dict[str, frozenset[str]] = {
    "mathematics": words("equation variable numbers geometry axis function algebra theorem integer curve mathematics"),
    "philosophy": words("philosophy philosopher philosophers argument moral reason truth liberty opinion ethics"),
    "history": words("century war king empire treaty army reign nation dynasty"),
    "science": words("experiment energy cell species theory physics chemical light motion force atoms"),
    "politics": words("government state law society liberty citizens power rights authority public"),
}
_THEMES: dict[str, str] = {
    "Love": "love|loved|lover|beloved", "Death": "death|died|dying|grave",
    "Family": "father|mother|brother|sister|family",
    "Marriage": "marriage|married|marry|husband|wife", "Faith": "god|faith|prayer|church|soul",
    "Justice": "justice|judge|guilty|innocent|crime", "Freedom": "freedom|liberty|free|slave|slavery",
    "Money": "money|fortune|debt|rich|wealth|poverty|poor", "Friendship": "friend|friends|friendship|companion",
    "Knowledge": "knowledge|science|learning|truth|discovery", "Nature": "mountain|river|forest|sea|sky|garden",
    "War": "war|battle|army|soldier|soldiers", "Secrets": "secret|mystery|mysterious|hidden|concealed",
    "Youth and age": "young|youth|old age|childhood|boyhood", "Work": "work|labour|labor|trade|workmen",
    "Revenge": "revenge|vengeance|avenge|hatred", "Home": "home|house|fireside|hearth",
    "Power": "power|king|authority|government",
    "Reason": "reason|argument|opinion|thought|mind",
}  # fmt: skip
_STORY_TYPES = {
    "detective story": "mystery", "gothic tale": "overcoming the monster", "adventure": "voyage and return",
    "romance": "courtship", "school story": "coming of age", "philosophical novel": "moral trial",
    "utopia": "voyage and return", "family story": "coming of age", "historical novel": "quest",
}  # fmt: skip


def is_fiction(chapters: Sequence[Section], cast: Cast) -> bool:
    """A play or verse is; so is a book where people talk, or where "he" and "she" act in nearly every sentence."""
    total = sum(s.word_count for s in chapters)
    if not total:
        return False
    kinds = Counter(block.kind for section in chapters for block in section.blocks)
    if kinds[BlockKind.SPEECH] + kinds[BlockKind.VERSE] > sum(kinds.values()) / 3:
        return True
    told = sum(1 for q in cast.quotations if q.method in ("tag", "pronoun", "heading"))
    if told / total >= 0.0012:
        return True
    counts: Counter[str] = Counter()
    for section in chapters:
        counts.update(_WORD.findall(section.text[:_SAMPLE].lower()))
    read = sum(counts.values()) or 1
    third = sum(counts[w] for w in ("he", "she", "his", "her", "him")) / read
    first = sum(counts[w] for w in ("i", "my", "me")) / read
    argued = sum(counts[w] for w in ("is", "are", "which", "may", "any")) / read
    past = sum(counts[w] for w in ("was", "were", "had", "did")) / read
    return past > argued * 0.9 and (third > 0.02 or first > 0.03)


def genre_of(chapters: Sequence[Section], cast: Cast, *, fiction: bool) -> str:
    """A word or two, "" where nothing stands out."""
    kinds = Counter(block.kind for section in chapters for block in section.blocks)
    if fiction and kinds[BlockKind.SPEECH] > kinds[BlockKind.PARAGRAPH]:
        return "play"
    if fiction and kinds[BlockKind.VERSE] > kinds[BlockKind.PARAGRAPH]:
        return "poetry"
    counts = _counts(chapters)
    total = sum(counts.values()) or 1
    table = _GENRES if fiction else _SUBJECTS
    scores = {
        genre: sum(counts[w] for w in signs) / total * 1000 / _USUAL.get(genre, 1.0) for genre, signs in table.items()
    }
    best = max(scores, key=lambda genre: scores[genre])
    return best if scores[best] >= 1.0 else ""


def story_type_of(genre: str) -> str:
    return _STORY_TYPES.get(genre, "")


def themes_of(chapters: Sequence[Section]) -> list[tuple[str, re.Pattern[str]]]:
    """The four commonest themes, with a pattern that finds them in a sentence."""
    counts = _counts(chapters)
    total = sum(counts.values()) or 1
    scores = {theme: sum(counts[w] for w in signs.split("|")) / total for theme, signs in _THEMES.items()}
    best = sorted((t for t in scores if scores[t] >= 0.001), key=lambda t: -scores[t])[:4]
    return [(theme, re.compile(rf"\b(?:{_THEMES[theme]})\b", re.IGNORECASE)) for theme in best]


def tone_of(chapters: Sequence[Section]) -> str:
    """The moods of most chapters, the commonest first: "tense, sad"."""
    moods = Counter(circumstances(section.text[:_SAMPLE]).mood for section in chapters)
    return ", ".join(mood for mood, _ in moods.most_common(2))


def audience_of(chapters: Sequence[Section]) -> str:
    """By the length of words and sentences: the Automated Readability Index (Senter and Smith, 1967)."""
    sample = " ".join(section.text[:8000] for section in chapters[:12])
    found = sample.split()
    ends = len(re.findall(r"[.!?][\"”’]?\s", sample)) or 1
    if not found:
        return ""
    letters = sum(map(len, found))
    index = 4.71 * letters / len(found) + 0.5 * len(found) / ends - 21.43
    return "young readers" if index < 6 else "general readers" if index < 12 else "experienced readers"


def _counts(chapters: Sequence[Section]) -> Counter[str]:
    counts: Counter[str] = Counter()
    for section in chapters:
        counts.update(_WORD.findall(section.text.lower()))
    return counts
