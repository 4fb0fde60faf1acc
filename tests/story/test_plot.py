"""The plot overview is made of the book's own sentences."""

from __future__ import annotations

from litink.books.model import Book
from litink.story.model import Plot, Statement
from litink.story.writer import LocalWriter

from .conftest import book, chapter, of

WRITER = LocalWriter()
NOVEL = book(
    *(
        chapter(
            f"Tom Brown walked to the village in the morning and met Mary by the bridge {n}. She was happy."
            "\n\n“Shall we go?” asked Tom.\n\n“Yes,” said Mary.\n\nThen Tom suddenly discovered the letter about the "
            f"murder that Mary had hidden in the house {n}. He was angry, and she wept for long in the dark room.",
            key=f"c{n}",
            number=n,
        )
        for n in range(1, 11)
    )
)
ESSAY = of(
    "The object of this essay is to explain the measure of angles in geometry. An angle is defined as the opening "
    "between two lines that meet in a point. For example, the angles of a square are four right angles, and any "
    "figure may be divided into triangles. The sum of the angles of a triangle is equal to two right angles."
)


def statements(plot: Plot) -> list[Statement]:
    found = [plot.logline, plot.setting, plot.thesis, *plot.acts, *plot.argument, *plot.key_terms, *plot.examples]
    return [s for s in [*found, *(point.statement for point in plot.turning_points)] if s]


def plot_of(read: Book) -> Plot:
    return WRITER.plot(read, WRITER.cast(read))


def test_every_statement_is_a_sentence_of_the_book_at_its_span() -> None:
    for read in (NOVEL, ESSAY):
        text = {s.key: s.text for s in read.chapters}
        plot = plot_of(read)
        assert plot.source == "excerpt"
        for statement in statements(plot):
            if statement is not plot.setting:
                span = statement.evidence[0]
                assert " ".join(text[span.chapter][span.start : span.end].split()) == statement.text


def test_fiction_has_acts_and_turning_points_in_order() -> None:
    plot = plot_of(NOVEL)
    assert plot.fiction
    assert len(plot.acts) == 3
    order = [int(point.chapter[1:]) for point in plot.turning_points]
    assert order == sorted(order)
    assert len(order) >= 5


def test_non_fiction_has_a_thesis_terms_and_examples() -> None:
    plot = plot_of(ESSAY)
    assert not plot.fiction
    assert plot.thesis is not None
    assert plot.thesis.text.startswith("The object of this essay")
    assert any("defined as" in term.text for term in plot.key_terms)
    assert any("For example" in example.text for example in plot.examples)


def test_a_book_without_a_sentence_has_its_title() -> None:
    assert plot_of(of("")).logline.text == "A Book"
