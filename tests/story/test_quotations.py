"""Speech is found whatever marks a book uses, and only speech."""

from __future__ import annotations

import pytest

from litink.story.quotations import find_quotes

from .conftest import chapter, play


def quoted(text: str) -> list[str]:
    return [text[q.start : q.end] for q in find_quotes(chapter(text))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("“Yes,” said Tom, “I will.”", ["“Yes,”", "“I will.”"]),
        ('"Yes," said Tom, "I will."', ['"Yes,"', '"I will."']),
        ("‘Don’t go,’ said Tom. ‘It’s late.’", ["‘Don’t go,’", "‘It’s late.’"]),
        ("'Don't go,' said Tom. 'It's late.'", ["'Don't go,'", "'It's late.'"]),
        ("«Oui,» dit Jean, «je viens.»", ["«Oui,»", "«je viens.»"]),
        ("„Ja,“ sagte Hans. „Komm!“", ["„Ja,“", "„Komm!“"]),
        ("“He said ‘no’ to me,” said Tom.", ["“He said ‘no’ to me,”"]),
        ("‘He said “no” to me,’ said Tom.", ["‘He said “no” to me,’"]),
    ],
)
def test_every_kind_of_mark(text: str, expected: list[str]) -> None:
    assert quoted(text) == expected


def test_a_dash_opens_speech_and_its_tag_is_narration() -> None:
    text = "—Come up, Kinch! he called. Come up!\n\n—I am coming.\n\nHe went up."
    assert quoted(text) == ["—Come up, Kinch!", "Come up!", "—I am coming."]


def test_a_quotation_over_several_paragraphs_goes_on() -> None:
    text = "“It began long ago.\n\n“It ended today,” said Tom.\n\n“I see.”"
    assert [q.continues for q in find_quotes(chapter(text))] == [False, True, False]


def test_words_set_in_marks_are_not_speech() -> None:
    assert quoted("It was known as a “Penang lawyer” in the trade. He read “The Times” daily.") == []


def test_a_forgotten_closing_mark_spoils_only_its_paragraph() -> None:
    text = "“Yes, said Tom.\n\nHe went out.\n\n“No,” said Ann."
    assert quoted(text)[-1] == "“No,”"
    assert "He went out." not in " ".join(quoted(text))


def test_a_speech_of_a_play_is_cut_at_its_stage_directions() -> None:
    section = play(("Jack", "I am ready. [Sits down.] Begin."), ("Algernon", "Very well."))
    found = find_quotes(section)
    assert [section.text[q.start : q.end] for q in found] == ["I am ready.", "Begin.", "Very well."]
    assert [q.heading for q in found] == ["Jack", "Jack", "Algernon"]
