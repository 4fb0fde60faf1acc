"""From the International Phonetic Alphabet, as dictionaries print English, to the phonemes of the speech networks.

The networks' letters are misaki's (hexgrad, EN_PHONES.md): a capital for each diphthong, one letter for each affricate,
and the stress right before its vowel.
"""

from __future__ import annotations

import re
from typing import Final

from litink.providers.local.voices.vocabulary import known

_EVEN: Final = str.maketrans({"͡": "", "͜": "", ".": "", "-": "", "'": "ˈ", "ˑ": "ː", "g": "ɡ", "r": "ɹ", "ɫ": "l"})
# In this order: what is longer first.
_BOTH: Final = (
    ("tʃ", "ʧ"), ("dʒ", "ʤ"), ("aɪ", "I"), ("eɪ", "A"), ("ɔɪ", "Y"), ("aʊ", "W"), ("ɝ", "ɜɹ"), ("ɚ", "əɹ"), ("e", "ɛ"),
    ("l̩", "ᵊl"), ("n̩", "ᵊn"), ("m̩", "ᵊm"),
)  # fmt: skip
_US: Final = (("oʊ", "O"), ("əʊ", "O"), ("ɒ", "ɑ"), ("ɐ", "ʌ"), ("ɾ", "T"), ("ː", ""))
_GB: Final = (("əʊ", "Q"), ("oʊ", "Q"))
_VOWELS: Final = "AIOQWYaiuæɑɒɔəɛɜɪʊʌᵊᵻøœɨɐɯ"
_STRESS: Final = re.compile(rf"([ˈˌ])([^{_VOWELS}ˈˌ ]*)(?=[{_VOWELS}])")


def phonemes_of(ipa: str, *, british: bool) -> str:
    """``ipa`` without its slashes; signs that English has no use for are left out, possibly all of them."""
    text = ipa.translate(_EVEN)
    for written, sound in (*(_GB if british else _US), *_BOTH):
        text = text.replace(written, sound)
    text = _STRESS.sub(r"\2\1", known(text))
    if "ˈ" not in text:
        text = re.sub(rf"(?=[{_VOWELS}])", "ˈ", text, count=1)
    return text
