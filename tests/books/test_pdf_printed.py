"""PDFs as a browser prints them, which is how many are made: Chromium's letters, fonts, tags and columns."""

from __future__ import annotations

from collections.abc import Callable
from importlib.resources import files
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from litink.books.model import BlockKind, Book
from litink.books.reading import read

pytestmark = pytest.mark.browser
FONTS = {
    "Garamond": files("rendercv_fonts") / "EB Garamond/EBGaramond-Regular.ttf",
    "Arabic": files("manimgx_fonts") / "NotoSansArabic[wght].ttf",
    "Japanese": files("rendercv_fonts") / "Noto Sans/NotoSansJP-Regular.ttf",
}
HEADS = """@page{@bottom-center{content:counter(page);font-size:9pt}} @page:left{@top-left{content:'A. Nobody'}}
@page:right{@top-right{content:'The Keeper'}}"""
PAGE = """@page{size:5.5in 8.5in;margin:.9in .8in} body{font:12pt Garamond;margin:0;text-align:justify}
p{margin:0;text-indent:1.2em;hyphens:auto}"""
SENTENCE = (
    "The lamp at the {0} had burned every night for ninety years without a rest, and nobody in the whole of the {0} "
    "could now remember who had been the first to light it, or why the stair that led up to it had two hundred steps."
)
PLACES = ["point", "harbour", "island", "village", "mountain", "river", "bridge", "market"]
ARABIC = (
    "كان المصباح عند الرأس يضيء كل ليلة منذ تسعين عاما دون راحة، ولم يعد أحد في البلدة كلها يتذكر من كان أول من أشعله."
)
JAPANESE = (
    "岬の灯台は九十年のあいだ毎晩休むことなく灯りつづけ、町の誰ひとりとして最初に火をともした者を覚えていなかった。"
)

Printer = Callable[..., Book]


@pytest.fixture
def printed(browser: Browser, tmp_path: Path) -> Printer:
    """Prints a page's body and reads the PDF, in the named language."""
    faces = "".join(f"@font-face{{font-family:{name};src:url('file://{path}')}}" for name, path in FONTS.items())

    def make(body: str, style: str = "", *, language: str = "en", tagged: bool = False) -> Book:
        source = tmp_path / "b.html"
        head = f"<html lang={language}><meta charset=utf-8><title>The Keeper</title>"
        source.write_text(f"{head}<style>{faces}{PAGE}{style}</style>{body}")
        page = browser.new_page()
        page.goto(source.as_uri())
        target = tmp_path / "b.pdf"
        page.pdf(path=target, prefer_css_page_size=True, tagged=tagged)
        page.close()
        return read(target).book

    return make


def prose(seed: int, paragraphs: int = 12) -> str:
    return "".join(
        f"<p>{SENTENCE.format(PLACES[(seed + n) % 8])} {SENTENCE.format(PLACES[(seed * 3 + n) % 8])}</p>"
        for n in range(paragraphs)
    )


def words_of(html: str) -> str:
    return " ".join(html.replace("<p>", " ").replace("</p>", " ").split())


@pytest.mark.parametrize(
    ("style", "heading"),
    [
        ("h1{font-size:20pt;margin:1in 0 .5in;text-align:center}", "{name}"),
        ("h1{font-size:12pt;font-weight:normal;margin:1in 0 .4in;text-align:center}", "{roman}"),
        (
            "h1{font-size:12pt;text-align:center;font-weight:normal;text-transform:uppercase;letter-spacing:.2em}",
            "{name}",
        ),
        (
            "h1{font-size:12pt;text-align:center;font-weight:normal;font-variant:small-caps;margin:2em;break-before:auto}",
            "{name}",
        ),
    ],
    ids=["large", "roman numerals", "spaced capitals", "small capitals in the flow"],
)
def test_a_novel_without_bookmarks_has_its_chapters(printed: Printer, style: str, heading: str) -> None:
    names = ["The Stair", "Oil and Brass", "A Long Night", "Two Letters"]
    body = "<div class=title>The Keeper</div><div class=author>A. Nobody</div>"
    shown = [
        heading.format(name=name, roman=roman) for name, roman in zip(names, ("I", "II", "III", "IV"), strict=True)
    ]
    for number, head in enumerate(shown):
        body += f"<h1>{head}</h1>{prose(number)}"
    title = ".title,.author{text-align:center} .title{margin-top:2in;font-size:24pt} h1{break-before:page}"
    book = printed(body, HEADS + title + style)
    assert [chapter.title.lower() for chapter in book.chapters] == [head.lower() for head in shown]
    for number, chapter in enumerate(book.chapters):
        assert " ".join(chapter.text.split()) == words_of(prose(number))


def test_columns_of_divided_words_are_read_one_after_the_other(printed: Printer) -> None:
    body = f"<div style='columns:3;column-gap:18pt;font-size:8pt'>{prose(1, 14)}</div>"
    assert " ".join(printed(body).chapters[0].text.split()) == words_of(prose(1, 14))


def test_a_drop_capital_that_the_browser_floats(printed: Printer) -> None:
    style = "p:first-of-type{text-indent:0} p:first-of-type::first-letter{float:left;font-size:3.2em;line-height:.8}"
    (chapter,) = printed(prose(2), style).chapters
    assert " ".join(chapter.text.split()) == words_of(prose(2))
    assert sum(block.kind is BlockKind.PARAGRAPH for block in chapter.blocks) == 12


def test_a_table_without_lines(printed: Printer) -> None:
    rows = [("Year", "Keeper", "Nights"), *((str(1800 + n), f"Keeper number {n}", str(n * 7)) for n in range(8))]
    cells = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    (chapter,) = printed(f"{prose(1, 2)}<table style='width:100%'>{cells}</table>{prose(2, 1)}").chapters
    tables = [chapter.block_text(block) for block in chapter.blocks if block.kind is BlockKind.TABLE]
    assert tables == ["\n".join(" | ".join(row) for row in rows)]


def test_shaped_arabic_is_in_logical_order(printed: Printer) -> None:
    (chapter,) = printed(
        f"<div dir=rtl style='font-family:Arabic'><p>{ARABIC * 2}</p><p>{ARABIC * 3}</p></div>", language="ar"
    ).chapters
    assert " ".join(chapter.text.split()) == " ".join(f"{ARABIC * 2} {ARABIC * 3}".split())


def test_vertical_japanese_is_in_order(printed: Printer) -> None:
    style = "div{font-family:Japanese;writing-mode:vertical-rl;height:6in} p{text-indent:0}"
    (chapter,) = printed(f"<div><p>{JAPANESE * 6}</p><p>{JAPANESE * 4}</p></div>", style, language="ja").chapters
    assert "".join(chapter.text.split()) == JAPANESE * 10


def test_headings_that_only_their_tags_tell(printed: Printer) -> None:
    body = "".join(f"<h1>about the {PLACES[n]} and its lamp</h1>{prose(n)}" for n in range(3))
    style = "h1{font:inherit;margin:0;text-indent:1.2em}"
    assert len(printed(body, style).chapters) == 1
    titles = [chapter.title for chapter in printed(body, style, tagged=True).chapters]
    assert titles == [f"about the {PLACES[n]} and its lamp" for n in range(3)]
