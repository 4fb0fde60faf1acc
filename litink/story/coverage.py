"""Whether a script holds a chapter's text exactly once: counted by sentences and by characters. It repairs nothing."""

from __future__ import annotations

from litink.books.model import Frozen, Section
from litink.story.model import Script
from litink.story.paragraphs import is_ornament, paragraphs
from litink.story.sentences import sentences


class CoverageReport(Frozen):
    """Counts of non-blank characters, and the sentences that are not held exactly once.

    ``ok`` is true when every non-blank character of the chapter stands in exactly one line or stated cut and every
    line says exactly the text of its span, or what a person made of it. Printed dividers ("* * *") are no text: they
    may be left out.
    """

    ok: bool
    characters: int
    missing_characters: int
    doubled_characters: int
    altered_lines: tuple[str, ...]  # ids of lines whose text is not their span's, without those worded by a person
    sentences: int
    missing: tuple[tuple[int, int], ...]  # spans of sentences of which a character is in no line and no cut
    doubled: tuple[tuple[int, int], ...]


def check_coverage(section: Section, script: Script) -> CoverageReport:
    """Compares every line and cut of ``script`` with the text of ``section``. Linear in the chapter's length."""
    text = section.text
    held = bytearray(len(text))
    altered: list[str] = []
    spans = [(line.start, line.end) for scene in script.scenes for line in scene.lines]
    spans += [(cut.start, cut.end) for cut in script.cuts]
    for start, end in spans:
        for at in range(start, min(end, len(text))):
            held[at] = min(held[at] + 1, 2)
    for scene in script.scenes:
        altered += [line.id for line in scene.lines if line.text != text[line.start : line.end] and not line.by_person]
    for paragraph in paragraphs(section):
        if is_ornament(text[paragraph.start : paragraph.end]):
            for at in range(paragraph.start, paragraph.end):
                held[at] = max(held[at], 1)
    found = sentences(text)
    missing = tuple(s for s in found if any(not held[at] and not text[at].isspace() for at in range(*s)))
    doubled = tuple(s for s in found if any(held[at] > 1 and not text[at].isspace() for at in range(*s)))
    solid = [at for at, char in enumerate(text) if not char.isspace()]
    lost, twice = sum(1 for at in solid if not held[at]), sum(1 for at in solid if held[at] > 1)
    return CoverageReport(
        ok=not lost and not twice and not altered,
        characters=len(solid),
        missing_characters=lost,
        doubled_characters=twice,
        altered_lines=tuple(altered),
        sentences=len(found),
        missing=missing,
        doubled=doubled,
    )
