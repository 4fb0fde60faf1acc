"""A person's pronunciations: where they hold, and how the voices come by them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from litink.media.spoken import to_spoken
from litink.media.spoken.respelling import occurrences
from litink.production.paid.alignment import spelled
from litink.providers.base import Utterance
from litink.providers.local.voices import LocalVoices
from litink.providers.local.voices.ipa import phonemes_of
from litink.providers.local.voices.phonemes import Sound, phonemizer

TEXT = "In Reading, READING’S mayor was reading of H.M.S.  Siobhan; siobhan’s  cousin, Mary  Ann O’Brien, wept."


def found(*words: str, text: str = TEXT) -> list[str]:
    return [text[one.start : one.end] for one in occurrences(text, words)]


def test_a_word_with_a_capital_is_meant_as_written_and_one_without_in_any_way() -> None:
    assert found("Reading") == ["Reading", "READING"]
    assert found("reading") == ["Reading", "READING", "reading"]
    assert found("Siobhan") == ["Siobhan"]
    assert [one.word for one in occurrences(TEXT, {"Reading", "reading"})] == ["Reading", "Reading", "reading"]


def test_phrases_abbreviations_and_apostrophes() -> None:
    assert found("H.M.S.", "Mary Ann", "O'Brien") == ["H.M.S.", "Mary  Ann", "O’Brien"]
    assert found("Mary", "Mary Ann O'Brien") == ["Mary  Ann O’Brien"]  # the longest
    assert found("iobha", "ead", "", "  ") == []  # parts of words are none


@given(st.text(), st.lists(st.text(max_size=12), max_size=8))
@settings(deadline=None)
def test_whatever_is_looked_for_lies_in_the_text_and_apart(text: str, words: list[str]) -> None:
    ends = [0]
    for one in occurrences(text, words):
        assert one.word in words
        assert ends[-1] <= one.start < one.end <= len(text)
        ends.append(one.end)


def test_what_is_read_in_its_place_keeps_the_place() -> None:
    said = to_spoken("Aboard H.M.S. Ark, 1851.", {"H.M.S.": "His Majesty's Ship", "Ark": "Arrk"})
    assert said.text == "Aboard His Majesty's Ship Arrk, eighteen fifty-one."
    at = said.text.index("Majesty")
    assert said.source_span(at, at + 7) == (7, 13)
    sent = spelled("Aboard H.M.S.  Ark, 1851.", {"H.M.S.": "His Majesty's Ship"})
    assert sent.text == "Aboard His Majesty's Ship Ark, 1851."
    assert len(sent.source) == len(sent.text)
    assert [sent.source[sent.text.index(word)] for word in ("Aboard", "His", "Ark")] == [0, 7, 15]


@pytest.mark.parametrize(
    ("word", "ipa"),
    [
        ("hello", "həˈloʊ"), ("church", "t͡ʃɝtʃ"), ("judge", "dʒʌdʒ"), ("nation", "ˈneɪ.ʃən"), ("about", "əˈbaʊt"),
        ("boy", "bɔɪ"), ("dress", "dres"), ("fleece", "fliːs"), ("hot", "hɒt"), ("great", "greɪt"), ("my", "maɪ"),
    ],
)  # fmt: skip
def test_ipa_as_dictionaries_print_it_is_what_the_network_hears_for_the_word(word: str, ipa: str) -> None:
    (token,) = phonemizer("us")(to_spoken(word))
    assert phonemes_of(ipa, british=False) == token.phonemes


def test_british_and_american_sounds_differ_where_they_do() -> None:
    assert [phonemes_of("ɡəʊt", british=british) for british in (True, False)] == ["ɡˈQt", "ɡˈOt"]
    assert [phonemes_of("nɜːs", british=british) for british in (True, False)] == ["nˈɜːs", "nˈɜs"]


def test_a_voice_says_the_sounds_and_times_the_word_as_written(voices: LocalVoices) -> None:
    text = "Call Siobhan’s house now."
    plain, sounded = (
        voices.speak(Utterance(text, "hibari:af_heart", pronunciations=p)) for p in ({}, {"Siobhan": "/ʃɪˈvɔːn/"})
    )
    assert [word.text for word in sounded.words] == [word.text for word in plain.words]
    assert not np.array_equal(plain.samples, sounded.samples)


def test_only_the_word_itself_gets_the_sounds() -> None:
    text = "The H.M.S. Siobhan, 12 guns."
    spoken, at = to_spoken(text), text.index("Siobhan")
    plain = phonemizer("us")(spoken)
    told = phonemizer("us")(spoken, [Sound(at, at + 7, "ʃɪvˈɔn")])
    assert [b.phonemes for a, b in zip(plain, told, strict=True) if a != b] == ["ʃɪvˈɔn"]
