"""The texts that an edit may carry: of one line, bounded, without signs that a database or a page chokes on."""

from __future__ import annotations

import unicodedata
from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints

_REORDERING = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"  # make a text look like another one

_IPA_VOWELS = frozenset("aæɑɐɒeɛəɚɜɝiɪɨoɔøœuʊʌʉyʏ")
# Consonants, length, stress, syllables, ties, syllabic and nasal signs, the g of the keyboard.
_IPA = _IPA_VOWELS | frozenset("bβcçdðfɡghɣɦjklɫʎmnŋɲprɹɾʁsʃtθvwʍxzʒʔχʧʤːˑˈˌ'.- \u035c\u0361\u0303\u0329")


def _printable(value: str) -> str:
    for sign in value:
        if unicodedata.category(sign) in ("Cc", "Cs", "Co", "Cn") and sign not in "\n\t":
            raise ValueError("control characters are not allowed")
        if sign in _REORDERING:
            raise ValueError("characters that change the direction of writing are not allowed")
    return " ".join(value.split())


def _said(value: str) -> str:
    if not any(sign.isalnum() for sign in value):
        raise ValueError("it needs a letter or a digit")
    return value


def _no_slashes(value: str) -> str:
    if value.startswith("/") and value.endswith("/"):
        raise ValueError("sounds between slashes belong into ipa; give a respelling here")
    return value


def _phonetic(value: str) -> str:
    bare = value.strip("/[] ")
    if strange := sorted(set(bare) - _IPA):
        raise ValueError(f"{strange[0]} is no sign of the phonetic alphabet for English")
    if not set(bare) & _IPA_VOWELS:
        raise ValueError("it needs a vowel")
    return bare


_OneLine = AfterValidator(_printable)
_Said = AfterValidator(_said)

Id = Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=r"^[^\x00-\x20\x7f]+$")]
Word = Annotated[str, Field(max_length=80), _OneLine]
Name = Annotated[str, Field(max_length=120), _OneLine, _Said]
Phrase = Annotated[str, Field(max_length=300), _OneLine]
Sentence = Annotated[str, Field(max_length=1000), _OneLine]
Spoken = Annotated[str, Field(max_length=1000), _OneLine, _Said]  # what a voice is to say in one breath
Respelling = Annotated[str, Field(max_length=200), _OneLine, _Said, AfterValidator(_no_slashes)]
Ipa = Annotated[str, Field(max_length=100), _OneLine, AfterValidator(_phonetic)]
Was = Annotated[str, Field(max_length=4000)]  # how a text read that an edit is about: compared, never shown to a model


def short(text: str) -> str:
    """The beginning of a text, in one line, as summaries show it."""
    flat = " ".join(text.split())
    return flat if len(flat) <= 60 else flat[:57] + "…"
