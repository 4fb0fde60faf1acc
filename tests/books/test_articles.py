"""Web pages: the article is read, the rest is not; and an HTML file that is a book stays whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from litink.books.model import Book, Origin
from litink.books.reading import read
from litink.books.sandbox import read_book
from tests.books.makers import prose
from tests.books.webpages import PAGES, load, source_words, words_of

KINDS = {path.stem: path for path in PAGES}
# A subtitle in a page without any meaningful mark cannot be told from its surroundings.
LEAST_KEPT = {"app": 0.9}


def from_page(tmp_path: Path, page: str, name: str = "page.html") -> Book:
    path = tmp_path / name
    path.write_text(page)
    return read(path).book


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_the_article_is_kept_and_what_is_around_it_left_out(path: Path, tmp_path: Path) -> None:
    page = load(path)
    book = from_page(tmp_path, page.html)
    assert page.kept(book) >= LEAST_KEPT.get(path.stem, 0.98)
    assert page.left_out(book) >= 0.95
    [chapter] = book.sections
    assert chapter.kind == "chapter"
    assert chapter.number == 1
    assert any(warning.code == "page-parts-left-out" for warning in book.warnings)


@pytest.mark.parametrize(
    ("name", "title", "author", "language", "site", "published"),
    [
        (
            "news", "Harbour lamp relit after a decade of darkness", "Ida Marsh", "en-GB", "The Point Courier",
            "2024-03-14",
        ),
        ("blog", "Why I stopped sharpening my chisels", "Perry Oakes", "en", "Bench and Shavings", "2023-10-02"),
        ("magazine", "Die letzte Wärterin", "", "de", "", "2021-11-05"),
        ("app", "Le phare que personne n’attendait", "Claire Moal", "fr", "La Rade", "2022-06-21"),
        ("wiki", "Harrow Point Lighthouse", "", "en", "en.openpedia.example", "2024-04-02"),
        ("docs", "Configuring retries", "", "en", "Ferrywire 3.2 documentation", ""),
        ("recipe", "Keeper’s Brown Bread (No Knead!)", "", "en-US", "The Salt Larder", "2022-09-18"),
    ],
)  # fmt: skip
def test_what_a_page_says_of_itself_is_told(
    name: str, title: str, author: str, language: str, site: str, published: str, tmp_path: Path
) -> None:
    book = from_page(tmp_path, load(KINDS[name]).html)
    assert (book.title, book.author, book.language) == (title, author, language)
    assert book.origin is not None
    assert (book.origin.site, book.origin.published) == (site, published)


def test_the_address_where_a_page_was_found_is_its_origin_and_names_the_site(tmp_path: Path) -> None:
    path = tmp_path / "upload-1"
    path.write_text(load(KINDS["magazine"]).html)
    found = read(path, filename="https://kuestenzeit.example/letzte-waerterin").book
    assert found.origin == Origin(
        address="https://kuestenzeit.example/letzte-waerterin", site="kuestenzeit.example", published="2021-11-05"
    )


def blocks(book: Book) -> list[tuple[str, str]]:
    return [(b.kind.value, s.block_text(b)) for s in book.sections for b in s.blocks]


def test_headings_lists_quotations_code_tables_verse_and_pictures_keep_their_meaning(tmp_path: Path) -> None:
    news, docs, wiki, essay, app = (
        blocks(from_page(tmp_path, load(KINDS[name]).html)) for name in ("news", "docs", "wiki", "essay", "app")
    )
    assert ("picture", "The lantern room at dusk, lit from inside. The lantern room on Thursday evening.") in news
    assert ("heading", "“It was never only a lamp”") in news
    assert ("quotation", "A beacon tells you where the rocks are. A lamp tells you that somebody is awake.") in news
    assert [text for kind, text in news if kind == "list"][1] == "the stair needs a second handrail;"
    [code] = [text for kind, text in docs if kind == "code"]
    assert code.splitlines()[0] == "from ferrywire import Backoff, Quay"
    assert any(kind == "paragraph" and "attempts in max_attempts the message" in text for kind, text in docs)
    [table] = [text for kind, text in wiki if kind == "table"]
    assert "Years | Light | Range" in table.splitlines()
    [verse] = [text for kind, text in essay if kind == "verse"]
    assert verse.splitlines()[1] == "the moth goes round the light;"
    # A page of nothing but nameless containers: what stands between its paragraphs.
    kinds = [kind for kind, _ in app]
    assert kinds == [*["paragraph"] * 3, "heading", "paragraph", "picture", "quotation", "paragraph"]


def test_notes_leave_the_text_and_are_kept_where_they_belong(tmp_path: Path) -> None:
    [essay] = from_page(tmp_path, load(KINDS["essay"]).html).sections
    assert [(note.label, note.text[:20]) for note in essay.notes] == [
        ("1", "This is also, I am t"),
        ("2", "The library's copy o"),
    ]
    assert essay.text[: essay.notes[0].anchor].endswith("then you have done it perfectly.")
    [wiki] = from_page(tmp_path, load(KINDS["wiki"]).html).sections
    assert [note.text for note in wiki.notes] == [
        "Bell, M. (1998). Lights of the Western Shore. Tarn Press, p. 44.",
        "Tarn, J. (1828). An Account of the Works at Harrow Point.",
    ]
    assert "[1]" not in wiki.text


def test_what_is_no_note_stays_where_it_is(tmp_path: Path) -> None:
    page = load(KINDS["essay"]).html
    page = page.replace("It is in none of", "By (<a href='#eq3'>(3)</a>) it is in none of")
    page = page.replace(
        "<hr>\n<p>What", "<p id=eq3>Three lamps are one lamp seen through three panes of old glass.</p><p>What"
    )
    [essay] = from_page(tmp_path, page).sections
    assert "Three lamps are one lamp" in essay.text
    assert len(essay.notes) == 2


def test_a_long_article_is_divided_at_its_headings(tmp_path: Path) -> None:
    menu = "<nav><ul>" + "".join(f"<li><a href='/{n}'>Place {n}</a></li>" for n in range(20)) + "</ul></nav>"
    parts = "".join(f"<h2>Part {n}</h2><p>{prose(900, f'p{n}')}</p><p>{prose(900, f'q{n}')}</p>" for n in range(5))
    body = f"<article><h1>The Long Watch</h1><p>{prose(200, 'lead')}</p>{parts}</article>"
    book = from_page(tmp_path, f"<!doctype html><html><title>The Long Watch</title><body>{menu}{body}</body></html>")
    assert [c.title for c in book.chapters] == ["The Long Watch", *(f"Part {n}" for n in range(5))]


def test_the_child_process_reads_pages_too(tmp_path: Path) -> None:
    path = tmp_path / "news.html"
    path.write_text(load(KINDS["news"]).html)
    assert read_book(path) == read(path)


# -- books in HTML -----------------------------------------------------------------------------------------------------

LICENCE = "".join(
    f"<p>Section {n}. Information about the Foundation at <a href='https://www.gutenberg.org/{n}'>www.gutenberg.org</a>"
    f" and its volunteers.</p>"
    for n in range(1, 8)
)


def gutenberg(chapters: int, words: int) -> str:
    contents = "".join(f"<li><a href='#c{n}'>Chapter {n}. The Stair {n}</a></li>" for n in range(chapters))
    others = "".join(f"<li><a href='https://www.gutenberg.org/ebooks/{n}'>Another tale {n}</a></li>" for n in range(9))
    text = "".join(
        f"<h2 id='c{n}'>Chapter {n}. The Stair {n}</h2><p>{prose(words, f'c{n}')}</p>"
        f"<p class='poem'>Line {n}<br>Rhyme</p>"
        for n in range(chapters)
    )
    return (
        "<!DOCTYPE html><html lang='en'><head><meta charset='utf-8'><title>The Stair | Project Gutenberg</title>"
        "<meta name='generator' content='Ebookmaker 0.12'><meta property='og:type' content='Book'></head><body>"
        "<section class='pg-boilerplate pgheader' id='pg-header'><h2>The Project Gutenberg eBook of The Stair</h2>"
        "<p>This ebook is for the use of anyone anywhere.</p>"
        "<div>*** START OF THE PROJECT GUTENBERG EBOOK THE STAIR ***</div></section>"
        f"<h1>The Stair</h1><p>by A. Nobody</p><h2>Contents</h2><ul>{contents}</ul>{text}"
        f"<h2>By the same author</h2><ul>{others}</ul>"
        "<section class='pg-boilerplate' id='pg-footer'><div>*** END OF THE PROJECT GUTENBERG EBOOK THE STAIR ***</div>"
        f"{LICENCE}</section></body></html>"
    )


def chapter_file(links: int) -> str:
    """One chapter of a book that is many files, with links to its neighbours."""
    neighbours = "".join(f"<a href='ch{n}.html'>Chapter {n}</a> " for n in range(links))
    return f"<html><body><p>{neighbours}</p><h1>Chapter 3</h1><p>{prose(3000)}</p><p>{neighbours}</p></body></html>"


def framed_book() -> str:
    """A whole book on one page of a site with a menu."""
    menu = "<nav>" + "".join(f"<a href='/{n}'>Shelf {n}</a> " for n in range(8)) + "</nav>"
    text = "".join(f"<h2>Chapter {n}</h2><p>{prose(5000, f'c{n}')}</p>" for n in range(10))
    return f"<!doctype html><html><title>Long</title><body>{menu}{text}</body></html>"


def marked_book() -> str:
    """A book with an editor's marks, and many links to its publisher's other pages."""
    links = "".join(f"<li><a href='https://press.example/{n}'>A novel {n}</a></li>" for n in range(30))
    text = f"<section epub:type='chapter'><h2>Chapter 1</h2><p>{prose(400)}</p></section>"
    return f"<html><body>{text}<section epub:type='colophon'><ul>{links}</ul></section></body></html>"


@pytest.mark.parametrize(
    "page",
    [gutenberg(12, 800), gutenberg(1, 60), chapter_file(2), framed_book(), marked_book()],
    ids=["gutenberg", "gutenberg-story", "chapter-file", "framed-book", "marked-book"],
)
def test_no_word_of_a_book_in_html_is_lost(page: str, tmp_path: Path) -> None:
    book = from_page(tmp_path, page)
    assert book.origin is None
    assert not source_words(page) - words_of(book)


def test_a_page_without_an_article_is_read_whole(tmp_path: Path) -> None:
    links = "".join(f"<li><a href='/{n}'>Place {n}</a></li>" for n in range(12))
    book = from_page(tmp_path, f"<html><body><ul>{links}</ul></body></html>")
    assert "Place 11" in " ".join(section.text for section in book.sections)
