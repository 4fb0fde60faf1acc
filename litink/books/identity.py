"""Which section of a book read again is which section of the book read before: keys carried over, nothing else.

What was made for a chapter hangs on ``Section.key``. A key follows the text, so an untouched chapter keeps its key by
itself; a chapter with a corrected sentence would lose it. Here it gets the old key back.
"""

from __future__ import annotations

from collections import Counter
from difflib import SequenceMatcher

from litink.books.model import Book, Section
from litink.books.numbering import normal

ALIKE = 0.5  # share of words in common from which two texts may be versions of one chapter


def carry_keys(new: Book, old: Book) -> Book:
    """``new`` with the keys of ``old`` where a section is the same one or a changed version of it.

    Same key: the same text. Otherwise a section gets the key of the old section that stands alone with it between
    the same unchanged neighbours, or that has its title and kind; in both cases the texts must be alike. No key is
    given twice, and none of an unchanged section is taken away.
    """
    carried: dict[int, str] = {}
    old_keys = {section.key for section in old.sections}
    kept = {section.key for section in new.sections} & old_keys
    matcher = SequenceMatcher(None, [s.key for s in old.sections], [s.key for s in new.sections], autojunk=False)
    gone: dict[int, Section] = {i: s for i, s in enumerate(old.sections) if s.key not in kept}
    for tag, a0, a1, b0, b1 in matcher.get_opcodes():
        if tag != "replace":
            continue
        before = [i for i in range(a0, a1) if i in gone]
        after = [i for i in range(b0, b1) if new.sections[i].key not in kept]
        if len(before) == len(after):
            for old_index, new_index in zip(before, after, strict=True):
                if _alike(gone[old_index], new.sections[new_index]):
                    carried[new_index] = gone.pop(old_index).key
    for index, section in enumerate(new.sections):
        if index in carried or section.key in kept:
            continue
        namesakes = [i for i, s in gone.items() if _same_name(s, section)]
        if len(namesakes) == 1 and _alike(gone[namesakes[0]], section):
            carried[index] = gone.pop(namesakes[0]).key
    if not carried:
        return new
    sections = tuple(
        section.model_copy(update={"key": carried[index]}) if index in carried else section
        for index, section in enumerate(new.sections)
    )
    return new.model_copy(update={"sections": sections})


def _same_name(a: Section, b: Section) -> bool:
    return a.kind == b.kind and normal(a.title) == normal(b.title) and a.path == b.path


def _alike(a: Section, b: Section) -> bool:
    """Whether two texts share half of their words (Dice's coefficient of the word counts), and are of one kind."""
    if a.kind != b.kind:
        return False
    words_a, words_b = Counter(a.text.split()), Counter(b.text.split())
    total = words_a.total() + words_b.total()
    return total == 0 or 2 * (words_a & words_b).total() >= ALIKE * total
