"""Which section of a book read again is which section of the book read before: keys carried over, nothing else.

What was made for a chapter hangs on ``Section.key``. A reader's key follows the text, so an untouched chapter keeps its
key by itself; a chapter with a corrected sentence would lose it. Here it gets the old key back, however often the book
is read again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from difflib import SequenceMatcher

from litink.books.model import Book, Section
from litink.books.numbering import normal

ALIKE = 0.5  # share of words in common from which two texts may be versions of one chapter


def carry_keys(new: Book, old: Book) -> Book:
    """``new`` with the keys of ``old`` where a section is the same one or a changed version of it.

    The same section: the same text. Otherwise a section gets the key of the old section that stands alone with it
    between the same unchanged neighbours, or that has its title and kind; in both cases the texts must be alike. No
    key is given twice.
    """
    before, after = _texts(old.sections), _texts(new.sections)
    same = {text: section.key for text, section in zip(before, old.sections, strict=True)}
    carried = {index: same[text] for index, text in enumerate(after) if text in same}
    known = set(after)
    gone = {index: section for index, section in enumerate(old.sections) if before[index] not in known}
    for tag, a0, a1, b0, b1 in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag != "replace":
            continue
        left = [index for index in range(a0, a1) if index in gone]
        right = [index for index in range(b0, b1) if index not in carried]
        if len(left) == len(right):
            for old_index, new_index in zip(left, right, strict=True):
                if _alike(gone[old_index], new.sections[new_index]):
                    carried[new_index] = gone.pop(old_index).key
    for index, section in enumerate(new.sections):
        if index not in carried:
            namesakes = [i for i, s in gone.items() if _same_name(s, section)]
            if len(namesakes) == 1 and _alike(gone[namesakes[0]], section):
                carried[index] = gone.pop(namesakes[0]).key
    keys = _keys(new.sections, carried)
    if all(section.key == key for section, key in zip(new.sections, keys, strict=True)):
        return new
    sections = (s.model_copy(update={"key": key}) for s, key in zip(new.sections, keys, strict=True))
    return new.model_copy(update={"sections": tuple(sections)})


def _texts(sections: Sequence[Section]) -> list[tuple[str, int]]:
    """What tells sections apart whatever their keys are: the text, and which of those with this text it is."""
    seen: Counter[str] = Counter()
    told = []
    for section in sections:
        seen[section.text] += 1
        told.append((section.text, seen[section.text]))
    return told


def _keys(sections: Sequence[Section], carried: dict[int, str]) -> list[str]:
    """The carried key of each section, else its own; one that an older section has already is numbered."""
    taken = set(carried.values())
    keys = []
    for index, section in enumerate(sections):
        key, number = carried.get(index, section.key), 2
        while index not in carried and key in taken:
            key, number = f"{section.key}-{number}", number + 1
        taken.add(key)
        keys.append(key)
    return keys


def _same_name(a: Section, b: Section) -> bool:
    return a.kind == b.kind and normal(a.title) == normal(b.title) and a.path == b.path


def _alike(a: Section, b: Section) -> bool:
    """Whether two texts share half of their words (Dice's coefficient of the word counts), and are of one kind."""
    if a.kind != b.kind:
        return False
    words_a, words_b = Counter(a.text.split()), Counter(b.text.split())
    total = words_a.total() + words_b.total()
    return total == 0 or 2 * (words_a & words_b).total() >= ALIKE * total
