"""Words put together from the lines of a PDF: hyphens at line ends undone, no blanks between lines of Japanese."""

from __future__ import annotations

import re
from collections import Counter

from litink.books.pdf_model import Line, Page

_LAST_WORD = re.compile(r"[\w’']*$")
_WHOLE_WORD = re.compile(r"[\w’'-]+")
_FIRST_WORD = re.compile(r"[\w’']*")
_UNSPACED = re.compile("[\u2e80-\u30ff\u3400-\u9fff\uf900-\ufaff\uff01-\uff60]")  # Han, kana, their punctuation


def vocabulary(pages: list[Page]) -> Counter[str]:
    """Words as printed within lines: they decide whether a word divided at a line's end has a hyphen of its own."""
    printed = Counter(" ".join(line.text for page in pages for line in page.lines).lower().split())
    words: Counter[str] = Counter()
    for token, count in printed.items():
        if token.isalpha():
            words[token] += count
        else:
            for word in _WHOLE_WORD.findall(token):
                words[word] += count
    return words


def join(lines: list[Line], words: Counter[str]) -> str:
    """The text of a paragraph's lines."""
    parts: list[str] = []  # joined by blanks in the end: a paragraph that grows is copied with every line
    divided = False
    for line in lines:
        printed = " ".join(line.text.split())
        before = parts[-1] if parts else ""
        hyphen = divided or (len(before) > 1 and before[-1] in "-‐" and before[-2].isalpha())
        if not before:
            parts[-1:] = [printed]
        elif hyphen:
            parts[-1] = _put_together(before, printed, words, divided=divided)
        elif unspaced(before, printed):
            parts[-1] = before + printed
        else:
            parts.append(printed)
        divided = line.divided
    text = " ".join(parts)
    return text + "-" if divided else text


def unspaced(before: str, following: str) -> bool:
    """Whether no blank belongs between two texts: Chinese and Japanese have none."""
    return before[-1:] > "\u2e7f" and bool(_UNSPACED.match(before[-1]) and _UNSPACED.match(following))


def _put_together(text: str, following: str, words: Counter[str], *, divided: bool) -> str:
    """The word divided between ``text`` and ``following`` as one; a compound keeps its hyphen.

    ``divided`` says that PDFium took away a hyphen at the end of ``text``.
    """
    stem = text if divided else text[:-1]
    head, tail = _LAST_WORD.search(stem), _FIRST_WORD.match(following)
    a, b = (head.group(0) if head else "").lower(), (tail.group(0) if tail else "").lower()
    compound, whole = words[f"{a}-{b}"], words[a + b]
    keep = (
        compound > whole or not following[:1].islower() or (not whole and words[a] > 2 and words[b] > 2 and len(a) > 3)
    )
    return f"{stem}-{following}" if keep else stem + following
