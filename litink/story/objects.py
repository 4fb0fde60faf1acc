"""The things of a book that recur and matter: "the letter", "the blue carbuncle". What only stands about in a scene is
circumstances.py's."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from litink.books.model import Section
from litink.story.lexicon import FUNCTION_WORDS, words
from litink.story.names import tokenise
from litink.story.sightings import Candidate, Sighting

# Things that stories turn upon.
_TELLING = words(
    """letter letters testament deed contract certificate note telegram manuscript diary journal document
    documents papers envelope parcel packet package key keys knife dagger sword sabre rapier pistol revolver
    rifle gun musket axe hatchet razor pestle noose rope ring necklace bracelet brooch locket jewel jewels
    diamond diamonds pearl pearls ruby emerald sapphire carbuncle beryl beryls coronet crown sceptre gem gems
    stone treasure gold coin coins medal talisman amulet charm potion drug powder poison phial vial elixir
    antidote draught photograph photographs portrait picture painting miniature statue statuette bust mask map
    chart compass telescope casket coffer chest trunk box safe purse pocket-book pocketbook wallet notebook
    note-book handbag hand-bag bag portmanteau satchel bundle parchment scroll wand lamp lantern mirror
    looking-glass violin fiddle flute harp bell clock watch machine engine apparatus instrument telegraph clue
    chain cross crucifix icon cup goblet chalice grail spear bow arrow arrows shield helmet armour banner flag
    skull skeleton coffin cradle doll toy kite balloon boat canoe raft sledge sleigh carriage carpet cloak shawl
    handkerchief glove gloves slipper slippers veil scarf signet seal cheque check banknote bank-note banknotes
    ticket tickets passport pipe stick cane umbrella parasol basket cigarette-case snuffbox snuff-box barrel
    piano candlestick candlesticks bonnet hat ledger logbook log-book throne cauldron spell oar anchor lens
    microscope camera phone telephone computer laptop bomb grenade device suitcase backpack rucksack tape disk"""
)
# Things that people have about them or that furnish any room: they matter where a chapter keeps coming back to one.
_EVERYDAY = words(
    """lamp lantern mirror looking-glass bell clock watch chain cross cup boat canoe carriage carpet cloak shawl
    handkerchief glove gloves slipper slippers veil scarf pipe stick cane umbrella parasol basket piano hat
    bonnet bag trunk box chest note papers picture gun rifle stone gold charm check paper book phone telephone
    computer laptop camera suitcase backpack tape oar telescope"""
)
_FIGURATIVE = words(
    """key keys stone cross will chain picture engine machine instrument compass crown check seal clue charm"""
)
_MATERIALS = words("stone gold paper lamp piano watch book gun boat pearl diamond ruby carriage bell clock")
_DETERMINERS = words("the this that his her my your their our these those")
_HANDLING = words(
    """take took taken taking takes give gave given giving hold held holding read reading open opened opening
    lay laid put putting hid hide hidden hiding found find finding lost lose steal stole stolen show showed
    shown showing keep kept keeping seize seized snatch snatched drew draw drawn drawing pull pulled pulling
    pick picked picking drop dropped dropping throw threw thrown throwing carry carried carrying bring brought
    bringing send sent sending write wrote written writing receive received receiving break broke broken
    breaking burn burnt burned burning tear tore torn wear wore worn wearing drink drank drunk drinking
    swallowed use used using clutched grasped handed handing hand raised lifted lift examined examine examining
    touched touch buy bought sold sell left leave leaving deliver delivered seal sealed sign signed destroy
    destroyed with struck fired fire loaded wrapped unwrapped unfolded folded locked unlocked turned placed
    pocketed concealed produced returned return got get has had have see saw seen"""
)
# They tell how a thing is to somebody now, not which one it is.
_PASSING = words(
    """same other whole very first second third last next little old great new poor own big small large long
    short dear wretched precious good bad dreadful terrible fatal unlucky heavy beautiful fine strange said two
    three few following morning evening daily"""
)
_BEING = words(
    """was were is are had has lay stood hung went came made fell began would could should must will may might
    who"""
)
_MODIFIER_SHARE = 0.5  # of a thing's mentions that one word before it must have to belong to its name
_CALLED = 3  # times with one word before it by which it is called so
_LEAST_TELLING, _LEAST_EVERYDAY = 4, 10  # definite mentions in one chapter
_SCARCE = 60_000  # words of a book for each of which a thing needs a mention more


@dataclass
class _Evidence:
    candidate: Candidate = field(default_factory=Candidate)
    modifiers: Counter[str] = field(default_factory=Counter)
    handled: int = 0


def find_objects(chapters: Sequence[Section]) -> list[Candidate]:
    """The things that recur, most spoken of first."""
    found: defaultdict[str, _Evidence] = defaultdict(_Evidence)
    total = 0
    for n, section in enumerate(chapters):
        total += section.word_count
        _read(n, section.text, found)
    out: list[Candidate] = []
    for noun, evidence in found.items():
        candidate = evidence.candidate
        count = len(candidate.sightings)
        most = max(candidate.by_section().values())
        least = _LEAST_EVERYDAY if noun in _EVERYDAY else _LEAST_TELLING
        if most < least or count < least + total // _SCARCE or evidence.handled < max(2, 0.2 * count):
            continue
        modifier, times = evidence.modifiers.most_common(1)[0] if evidence.modifiers else ("", 0)
        own = f"the {modifier} {noun}" if times >= max(3, _MODIFIER_SHARE * count) else f"the {noun}"
        candidate.names = Counter({own: count, f"the {noun}": count - times})
        candidate.names += Counter({f"the {word} {noun}": k for word, k in evidence.modifiers.items() if k >= _CALLED})
        out.append(candidate)
    return sorted(out, key=lambda one: (-len(one.sightings), one.sightings[0]))


def _read(n: int, text: str, found: defaultdict[str, _Evidence]) -> None:
    words, starts = tokenise(text)
    for at, word in enumerate(words):
        if at < 2 or word not in _TELLING:
            continue
        first = at
        while first > 1 and at - first < 2 and words[first - 1].islower() and words[first - 1] not in FUNCTION_WORDS:
            first -= 1
        head = words[first - 1]
        if head.lower() not in _DETERMINERS and not head.endswith(("’s", "'s")):
            continue
        following = words[at + 1] if at + 1 < len(words) else "."
        if (word in _FIGURATIVE and following in ("of", "to")) or (word in _MATERIALS and _is_noun(following)):
            continue  # «the stone pavement»
        evidence = found[word]
        evidence.candidate.sightings.append(Sighting(n, starts[first - 1], starts[at] + len(word)))
        if first < at and words[at - 1] not in _PASSING:
            evidence.modifiers[words[at - 1]] += 1
        before = {w.lower() for w in words[max(0, first - 4) : first - 1]}
        evidence.handled += bool(before & _HANDLING) or following in _HANDLING


def _is_noun(word: str) -> bool:
    return (
        word[0].islower() and word not in FUNCTION_WORDS | _HANDLING | _BEING and not word.endswith(("ed", "ing", "ly"))
    )
