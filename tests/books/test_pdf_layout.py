"""How PDF pages are laid out: what tools of this kind get wrong, each trap by name, on pages without any marks."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from litink.books.model import BlockKind, Section
from litink.books.pdf_glyphs import Glyph, logical_text
from litink.books.reading import read
from tests.books.drawn import HEBREW, JAPANESE, LATIN, WIDTH, drawn, from_left, from_right, from_top
from tests.books.makers import Placed, literal, page_of, pdf

LINES = [
    "the lamp at the point had burned every night for ninety years without a rest and",
    "nobody in the whole of the town could now remember who had been the first to light",
    "it, or why the stair that led up to it had two hundred and eleven steps and not one",
]
NARROW = ["the lamp at the", "point had burned", "every night for", "ninety years and", "nobody could now"]


def only(path: Path) -> Section:
    """The one chapter of a file."""
    (chapter,) = read(path).book.chapters
    return chapter


def tables(chapter: Section) -> list[str]:
    return [chapter.block_text(block) for block in chapter.blocks if block.kind is BlockKind.TABLE]


def words_of(path: Path) -> str:
    return " ".join(only(path).text.split())


def column(x: float, words: list[str], first: str) -> list[Placed]:
    return [(x, 700 - 14.0 * i, 12.0, f"{first}{i} {line}") for i, line in enumerate(words)]


# -- order -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("by_rows", [False, True])
@pytest.mark.parametrize("count", [2, 3])
def test_columns_are_read_from_the_first_to_the_last(tmp_path: Path, count: int, by_rows: bool) -> None:
    columns = [column(60 + n * 170, NARROW * 3, "abc"[n]) for n in range(count)]
    by_column = [line for one in columns for line in one]
    placed = [line for row in zip(*columns, strict=True) for line in row] if by_rows else by_column
    assert words_of(pdf(tmp_path / "b.pdf", [placed])) == " ".join(line[3] for line in by_column)


def test_a_heading_over_both_columns_stands_before_them(tmp_path: Path) -> None:
    heading: list[Placed] = [(200.0, 740.0, 16.0, "A heading over both of the two columns of it")]
    columns = column(60, NARROW * 2, "a") + column(320, NARROW * 2, "b")
    assert words_of(pdf(tmp_path / "b.pdf", [heading + columns])).startswith(
        "A heading over both of the two columns of it a0"
    )


def test_a_table_is_read_row_by_row(tmp_path: Path) -> None:
    rows = [
        ("Year", "Keeper of the lamp", "Nights"),
        *((str(1800 + n), f"Keeper number {n}", str(7 * n)) for n in range(6)),
    ]
    cells: list[Placed] = [
        (x, 600 - 18.0 * i, 12.0, cell)
        for i, row in enumerate(rows)
        for x, cell in zip((80.0, 200.0, 420.0), row, strict=True)
    ]
    chapter = only(pdf(tmp_path / "b.pdf", [page_of(LINES) + cells + page_of(LINES, top=440)]))
    assert tables(chapter) == ["\n".join(" | ".join(row) for row in rows)]


def test_a_cell_of_two_lines_stays_one_cell(tmp_path: Path) -> None:
    cells: list[Placed] = []
    for n in range(4):
        top = 600 - 40.0 * n
        cells += [(80.0, top, 12.0, f"18{n:02}"), (200.0, top, 12.0, "a keeper whose"), (420.0, top, 12.0, "nights")]
        cells.append((200.0, top - 14, 12.0, f"name was {n}"))
    (table,) = tables(only(pdf(tmp_path / "b.pdf", [page_of(LINES) + cells])))
    assert table.split("\n")[2] == "1802 | a keeper whose name was 2 | nights"


def test_a_drop_capital_belongs_to_its_word_wherever_the_file_puts_it(tmp_path: Path) -> None:
    capital: Placed = (72.0, 672.0, 44.0, "T")
    beside: list[Placed] = [
        (102.0, 700 - 14.0 * i, 12.0, line) for i, line in enumerate(["he lamp at the point had burned", *LINES[1:]])
    ]
    below = page_of(LINES, top=658)
    for order in ([capital, *beside, *below], [*beside, *below, capital]):
        chapter = only(pdf(tmp_path / "b.pdf", [order]))
        assert chapter.text.startswith("The lamp at the point had burned nobody in the whole")
        assert len(chapter.blocks) == 1


def test_a_drop_capital_that_is_a_word_stays_one(tmp_path: Path) -> None:
    capital: Placed = (72.0, 672.0, 44.0, "A")
    beside: list[Placed] = [
        (110.0, 700 - 14.0 * i, 12.0, line) for i, line in enumerate(["lamp had burned at the point", *LINES[1:]])
    ]
    assert only(pdf(tmp_path / "b.pdf", [[capital, *beside]])).text.startswith("A lamp had burned")


@pytest.mark.parametrize(
    ("matrix", "box"),
    [
        ("0 1 -1 0 {y} {x}", "/MediaBox[0 0 792 612]/Rotate 90"),
        ("0 1 -1 0 {y} {x}", "/MediaBox[0 0 792 612]"),
        ("0 -1 1 0 {up} {down}", "/MediaBox[0 0 792 612]/Rotate 270"),
        ("-1 0 0 -1 {left} {y}", "/MediaBox[0 0 612 792]/Rotate 180"),
    ],
)
def test_rotated_pages_read_like_upright_ones(tmp_path: Path, matrix: str, box: str) -> None:
    lines = ["Chapter One", *LINES, *LINES, "Chapter Two", *LINES, *LINES]
    content = b""
    for i, line in enumerate(lines):
        # where the line would stand on the upright page: x from the left, y from the top
        x, y = 72.0, 72 + 14.0 * i + (40 if i > 6 else 0) + (20 if i > 7 else 0)
        place = matrix.format(x=x, y=y, up=792 - y, down=612 - x, left=612 - x)
        content += f"BT /F 12 Tf {place} Tm ".encode() + literal(line) + b" Tj ET\n"
    chapters = read(pdf(tmp_path / "b.pdf", [content], page=box)).book.chapters
    assert [chapter.title for chapter in chapters] == ["Chapter One", "Chapter Two"]
    assert " ".join(chapters[0].text.split()) == " ".join(LINES * 2)


def test_words_along_the_margin_are_not_read_into_the_text(tmp_path: Path) -> None:
    stamp = b"BT /F 14 Tf 0 1 -1 0 30 300 Tm (preprint of last year, do not cite) Tj ET\n"
    body = b"".join(
        f"BT /F 12 Tf 72 {700 - 14 * i} Td ".encode() + literal(line) + b" Tj ET\n" for i, line in enumerate(LINES * 4)
    )
    assert words_of(pdf(tmp_path / "b.pdf", [stamp + body])) == " ".join(LINES * 4)


def test_text_drawn_letter_by_letter_has_its_words(tmp_path: Path) -> None:
    letters = [letter for i, line in enumerate(LINES * 3) for letter in from_left(LATIN, line, 72, 700 - 16 * i)]
    assert words_of(drawn(tmp_path / "b.pdf", LATIN, [letters])) == " ".join(LINES * 3)


def test_letters_set_apart_are_words_again(tmp_path: Path) -> None:
    spaced = b"BT /F 16 Tf 5 Tc 72 740 Td (THE LAMP AT THE POINT) Tj 0 Tc ET\n"
    body = b"".join(
        f"BT /F 12 Tf 72 {700 - 14 * i} Td ".encode() + literal(line) + b" Tj ET\n" for i, line in enumerate(LINES * 4)
    )
    assert only(pdf(tmp_path / "b.pdf", [spaced + body])).text.startswith("THE LAMP AT THE POINT\n\nthe lamp")


def test_ligatures_are_letters(tmp_path: Path) -> None:
    lines = ["the ofﬁcial’s ﬂame was aﬄuent", "and efﬁcient in the ﬁrst ofﬁce"]
    letters = [letter for i, line in enumerate(lines * 3) for letter in from_left(LATIN, line, 72, 700 - 16 * i)]
    text = words_of(drawn(tmp_path / "b.pdf", LATIN, [letters]))
    assert text.startswith("the official’s flame was affluent and efficient in the first office")


# -- other directions --------------------------------------------------------------------------------------------------


def hebrew(path: Path, lines: list[str]) -> Path:
    """``lines`` as they look from left to right."""
    placed = [letter for i, line in enumerate(lines) for letter in from_right(HEBREW, line, WIDTH - 72, 700 - 18 * i)]
    return drawn(path, HEBREW, [placed])


def test_hebrew_is_in_logical_order_with_its_numbers_and_foreign_words(tmp_path: Path) -> None:
    line = "המנורה דלקה 211 לילות (או 12, 13) בידי Mary Lamb עד היום."
    looks = ".םויה דע Mary Lamb ידיב )13 ,12 וא( תוליל 211 הקלד הרונמה"
    assert words_of(hebrew(tmp_path / "b.pdf", [looks] * 3)) == " ".join([line] * 3)


def test_hebrew_paragraphs_are_told_by_their_indentation(tmp_path: Path) -> None:
    looks = "המנורה בנקודה דלקה כל לילה במשך תשעים שנה בלי מנוחה"[::-1]
    placed = []
    for i in range(8):
        indent = 20 if i in (0, 4) else 0
        placed += from_right(HEBREW, looks, WIDTH - 72 - indent, 700 - 18 * i)
    assert len(only(drawn(tmp_path / "b.pdf", HEBREW, [placed])).blocks) == 2


HEBREW_WORDS = st.text("אבגדהוזחט", min_size=1, max_size=6)
NUMBERS = st.text("0123456789", min_size=1, max_size=4)


@given(st.lists(st.one_of(HEBREW_WORDS, NUMBERS), min_size=1, max_size=7))
def test_any_line_of_hebrew_words_and_numbers_comes_back_from_its_places_alone(words: list[str]) -> None:
    looks = " ".join(word if word.isdigit() else word[::-1] for word in reversed(words))
    row = [Glyph(c, 6.0 * n, 6.0 * n + 6, 0.0, 12.0, n) for n, c in enumerate(looks) if c != " "]
    assert logical_text(row) == " ".join(words)


def test_vertical_japanese_is_read_from_the_right_column_to_the_left(tmp_path: Path) -> None:
    lines = [
        "岬の灯台は九十年のあいだ毎晩休むこと",
        "なく灯りつづけ町の誰ひとりとして最初に",
        "火をともした者を覚えていなかった。",
    ]
    placed = [letter for i, line in enumerate(lines) for letter in from_top(line, 500 - 20 * i, 700)]
    assert only(drawn(tmp_path / "b.pdf", JAPANESE, [placed])).text == "".join(lines)


def test_lines_of_chinese_and_japanese_are_joined_without_blanks(tmp_path: Path) -> None:
    lines = [
        "岬の灯台は九十年のあいだ毎晩休むこと",
        "なく灯りつづけ町の誰ひとりとして最初に",
        "火をともした者を覚えていなかった。",
    ]
    placed = [letter for i, line in enumerate(lines) for letter in from_left(JAPANESE, line, 72, 700 - 20 * i)]
    assert only(drawn(tmp_path / "b.pdf", JAPANESE, [placed])).text == "".join(lines)


# -- furniture, notes, hyphens -----------------------------------------------------------------------------------------


def book_of(pages: int, decorate: object, *, per_page: int = 20) -> list[list[Placed]]:
    """Pages of running text, every line different; ``decorate(n)`` gives what stands on page n besides."""
    made = []
    for n in range(pages):
        lines = [f"p{n}l{i} {LINES[(n + i) % 3]}" for i in range(per_page)]
        made.append([*decorate(n), *page_of(lines, top=690)])  # type: ignore[operator]
    return made


def test_running_heads_that_alternate_are_gone_and_so_are_roman_and_arabic_numbers(tmp_path: Path) -> None:
    def decorate(n: int) -> list[Placed]:
        number = ["i", "ii", "iii", "iv"][n] if n < 4 else str(n - 3)
        head = "THE KEEPER OF THE POINT" if n % 2 else "A. NOBODY"
        return [(72.0 if n % 2 else 400.0, 760.0, 10.0, head), (300.0, 40.0, 10.0, number)]

    text = only(pdf(tmp_path / "b.pdf", book_of(14, decorate))).text
    assert "KEEPER" not in text
    assert "NOBODY" not in text
    assert [word for word in text.split() if word.isdigit() or word in ("i", "ii", "iii", "iv")] == []


def test_chapter_numbers_at_the_top_of_their_pages_are_no_page_numbers(tmp_path: Path) -> None:
    numerals = ["I", "II", "III", "IV"]

    def decorate(n: int) -> list[Placed]:
        page: list[Placed] = [(300.0, 40.0, 10.0, str(n + 1))]
        return [*page, (300.0, 740.0, 12.0, numerals[n // 3])] if n % 3 == 0 else page

    assert [c.title for c in read(pdf(tmp_path / "b.pdf", book_of(12, decorate))).book.chapters] == numerals


def test_a_word_divided_at_the_end_of_a_page_is_whole(tmp_path: Path) -> None:
    pages = [
        page_of([*LINES * 5, "and they had never thought of the light-"]),
        page_of(["house as a place to live in.", *LINES]),
    ]
    pages[0].append((300.0, 40.0, 9.0, "1"))
    pages[1].append((300.0, 40.0, 9.0, "2"))
    assert "of the lighthouse as a place" in words_of(pdf(tmp_path / "b.pdf", pages))


def test_a_footnote_stands_where_its_number_was_and_the_number_is_gone(tmp_path: Path) -> None:
    lines = [
        LINES[0],
        "nobody in the whole of the town1 could now remember who had been the first to light",
        *LINES * 4,
    ]
    page = [*page_of(lines), (72.0, 90.0, 8.0, "1 A town of the coast, as the old accounts say.")]
    chapter = only(pdf(tmp_path / "b.pdf", [page]))
    (note,) = chapter.notes
    assert (note.label, note.text) == ("1", "A town of the coast, as the old accounts say.")
    assert chapter.text[: note.anchor].endswith("whole of the town")
    assert "town1" not in chapter.text


def test_a_caption_is_a_paragraph_of_its_own(tmp_path: Path) -> None:
    page = [*page_of(LINES * 2), (230.0, 480.0, 9.0, "Figure 3. The lamp at the point."), *page_of(LINES * 2, top=440)]
    chapter = only(pdf(tmp_path / "b.pdf", [page]))
    assert "Figure 3. The lamp at the point." in [chapter.block_text(block) for block in chapter.blocks]


# -- chapters by typography alone --------------------------------------------------------------------------------------


def novel(heading: object, *, chapters: int = 4, pages: int = 3, inside: object = None) -> list[list[Placed]]:
    """A book whose chapters begin on new pages. ``heading(n)`` are the lines above the text."""
    made: list[list[Placed]] = [[(200.0, 500.0, 24.0, "The Keeper of the Point"), (260.0, 400.0, 12.0, "A. Nobody")]]
    for chapter in range(chapters):
        for page in range(pages):
            number = len(made) + 1
            top = 560.0 if page == 0 else 700.0
            lines = [f"c{chapter}p{page}l{i} {LINES[(number + i) % 3]}" for i in range(24 if page == 0 else 34)]
            placed = list(page_of(lines, top=top))
            placed[::6] = [(x + 18, *rest) for x, *rest in placed[::6]]  # paragraphs
            if inside and page == 1:
                placed = [*page_of(lines[:10], top=700), *inside(chapter), *page_of(lines[10:], top=500)]  # type: ignore[operator]
            head = heading(chapter) if page == 0 else []  # type: ignore[operator]
            made.append([*head, *placed, (300.0, 40.0, 10.0, str(number))])
    return made


NAMES = ["The Lamp", "The Stair", "A Keeper Comes Home", "What the Sea Gave"]


def titles(path: Path) -> list[str]:
    return [chapter.title for chapter in read(path).book.chapters]


def test_numbered_subsections_are_no_chapters(tmp_path: Path) -> None:
    pages = novel(
        lambda n: [(72.0, 700.0, 20.0, f"{n + 1} {NAMES[n]}")],
        inside=lambda n: [(72.0, 540.0, 14.0, f"{n + 1}.{1} Of oil and brass", "b")],
    )
    assert titles(pdf(tmp_path / "b.pdf", pages)) == [f"{n + 1} {name}" for n, name in enumerate(NAMES)]


def test_a_page_is_no_chapter_even_where_every_page_begins_alike(tmp_path: Path) -> None:
    """A running head in bold and large, and text that begins anew on every page."""
    pages = novel(lambda n: [(220.0, 640.0, 16.0, NAMES[n])])
    headed = [[(200.0, 760.0, 14.0, "The Keeper of the Point", "b"), *page] for page in pages]
    assert titles(pdf(tmp_path / "b.pdf", headed)) == NAMES


@pytest.mark.parametrize(
    "look",
    [
        lambda name: (72.0, 640.0, 18.0, name),
        lambda name: (72.0, 640.0, 12.0, name, "b"),
        lambda name: (306.0 - 3.4 * len(name), 640.0, 12.0, name.upper()),
        lambda name: (306.0 - 2.7 * len(name), 640.0, 12.0, name),
    ],
    ids=["large", "bold", "centred capitals", "centred"],
)
def test_chapters_are_found_by_how_their_headings_look(tmp_path: Path, look: object) -> None:
    found = titles(pdf(tmp_path / "b.pdf", novel(lambda n: [look(NAMES[n])])))  # type: ignore[operator]
    assert [title.lower() for title in found] == [name.lower() for name in NAMES]


def test_a_regular_font_that_claims_to_be_heavy_is_not_bold(tmp_path: Path) -> None:
    """A stem width that PDFium makes a bold weight of: EB Garamond is such a font."""
    letters = [letter for i, line in enumerate(LINES * 8) for letter in from_left(LATIN, line, 72, 700 - 16 * i)]
    assert len(only(drawn(tmp_path / "b.pdf", LATIN, [letters])).blocks) == 1
