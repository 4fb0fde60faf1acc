"""When words are spoken: a provider's times for characters, laid on the text of the book."""

from __future__ import annotations

import string

from hypothesis import given
from hypothesis import strategies as st

from litink.production.paid.alignment import spelled, words_of
from litink.providers.base import Word

TEXTS = st.text(string.ascii_letters + " ,.’-“”—\n7é", min_size=1, max_size=80)


def spoken(text: str, said: str | None = None, pronunciations: dict[str, str] | None = None) -> tuple[Word, ...]:
    """Words of a text of which ``said`` was spoken, a tenth of a second a character."""
    sent = spelled(text, pronunciations or {})
    characters = list(sent.text if said is None else said)
    starts = [n / 10 for n in range(len(characters))]
    return words_of(text, sent, characters, starts, [start + 0.1 for start in starts])


def test_words_get_the_times_of_their_characters() -> None:
    words = spoken("“Good catch,” she said.")
    assert [(w.text, round(w.start, 3), round(w.end, 3)) for w in words] == [
        ("Good", 0.1, 0.5),
        ("catch", 0.6, 1.1),
        ("she", 1.4, 1.7),
        ("said", 1.8, 2.2),
    ]


def test_line_breaks_and_double_blanks_are_not_sent_and_shift_nothing() -> None:
    text = "One\n\ntwo   three"
    assert spelled(text, {}).text == "One two three"
    assert [text[w.char_start : w.char_end] for w in spoken(text)] == ["One", "two", "three"]
    assert spoken(text)[2].start == 0.8


def test_a_respelled_word_is_sent_as_it_is_read_and_timed_as_it_is_written() -> None:
    text, readings = "Ask Siobhan now.", {"siobhan": "Shivawn"}
    assert spelled(text, readings).text == "Ask Shivawn now."
    assert [w.text for w in spoken(text, pronunciations=readings)] == ["Ask", "Siobhan", "now"]
    longer = {"Siobhan": "Shi vaaawn"}
    assert [w.text for w in spoken(text, pronunciations=longer)] == ["Ask", "Siobhan", "now"]


def test_a_word_that_the_provider_left_out_stands_between_its_neighbours() -> None:
    words = spoken("One two three.", "One three.")
    assert [w.text for w in words] == ["One", "two", "three"]
    assert words[0].end <= words[1].start <= words[1].end <= words[2].start


@given(TEXTS, st.data())
def test_whatever_the_provider_says_words_stay_words_and_time_goes_forward(text: str, data: st.DataObject) -> None:
    said = data.draw(st.one_of(st.just(spelled(text, {}).text), TEXTS, st.just("x")))
    words = spoken(text, said)
    assert [w.text for w in words] == [text[w.char_start : w.char_end] for w in words]
    times = [time for word in words for time in (word.start, word.end)]
    assert times == sorted(times)
    assert all(0 <= time <= len(said) / 10 + 0.2 for time in times)


@given(TEXTS)
def test_what_is_said_as_it_was_sent_has_every_words_own_times(text: str) -> None:
    sent = spelled(text, {})
    for word in spoken(text):
        index = sent.source.index(word.char_start)
        assert abs(word.start - index / 10) < 1e-9
