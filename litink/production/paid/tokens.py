"""How many tokens a text may be: more than any of the models counts, whichever vocabulary it has. Nothing is asked.

Every model cuts text in its own way, and few say how. So pieces are counted at what the least apt vocabulary makes of
them. Held against those of GPT-4, GPT-4o, Llama 3 and Claude 2 (in stretches of 700 characters of five whole books, and
on samples of thirty languages, scripts and kinds of noise) it never counted less, and books at 1.5 to 2 times as much.
"""

from __future__ import annotations

import re

# Words; capitals (cut finer than small letters); letters that spell no word (a token each, at worst); anything else.
_PIECE = re.compile(
    r"(?P<harsh>(?i:[b-df-hj-np-tv-xz]{4,}|([a-z])\2{2,}))|(?P<capitals>[A-Z]{2,})|(?P<word>[A-Z]?[a-z]+|[A-Z])"
    r"|(?P<mark>[!-@\[-`{-~‘-‟–—…«»])|(?P<blank>\s+)|(?P<other>[^\x00-\x7f]|[\x00-\x1f\x7f])"
)
_LETTERS_A_TOKEN = {"word": 3, "capitals": 2, "harsh": 1}
_LONG = 7  # so many letters on, a word is often one that a vocabulary lacks


def count_tokens(text: str) -> int:
    """At least as many tokens as any of the models counts, the blanks between words included."""
    total = 0
    for match in _PIECE.finditer(text):
        kind, length = match.lastgroup, match.end() - match.start()
        if kind in _LETTERS_A_TOKEN:
            total += -(-length // _LETTERS_A_TOKEN[kind]) + length // _LONG
        elif kind == "mark":
            total += 1
        elif kind == "blank":  # a single blank belongs to the word after it
            total += length - (match.group()[-1] == " ")
        else:
            total += len(match.group().encode("utf-8", "surrogatepass"))
    return total


def head(text: str, tokens: int) -> str:
    """The beginning of a text that is at most so many tokens, ending with a word."""
    while (count := count_tokens(text)) > tokens:
        text = text[: max(0, len(text) * tokens // count - 1)].rsplit(" ", 1)[0]
    return text
