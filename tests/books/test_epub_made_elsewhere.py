"""EPUBs as programs and publishers make them: nothing is marked, the contents list is of little use."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from litink.books.model import BlockKind, Book
from litink.books.reading import read
from tests.books.makers import epub, prose

NAMES = ("The Lamp", "The Stair", "The Keeper", "The Last Night")


def titles(book: Book) -> list[str]:
    return [chapter.title for chapter in book.chapters]


def starts(book: Book) -> list[str]:
    return [chapter.text.split()[0] for chapter in book.chapters]


def point(src: str, title: str) -> str:
    return f'<navPoint><navLabel><text>{title}</text></navLabel><content src="{src}"/></navPoint>'


def paragraphs(seed: str, style: str, count: int = 6) -> str:
    return "".join(f'<p class="{style}">{prose(50, f"{seed}{n}")}</p>' for n in range(count))


def styled(css: str) -> dict[str, Any]:
    """Arguments of ``epub`` for a style sheet."""
    return {
        "extra": [("OPS/style.css", css)],
        "manifest": '<item id="css" href="style.css" media-type="text/css"/>',
    }


def test_calibre_splits_files_anywhere_and_marks_headings_by_class_alone(tmp_path: Path) -> None:
    """Chapters run over file boundaries; two begin in one file; the NCX names files, not places."""

    def head(number: int) -> str:
        return (
            f'<p class="calibre3" id="calibre_pb_{number}"><span class="bold"><span class="calibre5">Chapter'
            f' {number}</span></span></p><p class="calibre4"><span class="italic">{NAMES[number - 1]}</span></p>'
        )

    files = {
        "index_split_000.html": '<p class="calibre1"><b>THE LAMP</b></p><p class="calibre2">A. Nobody</p>',
        "index_split_001.html": head(1) + paragraphs("one", "calibre6"),
        "index_split_002.html": paragraphs("more", "calibre6") + head(2) + paragraphs("two", "calibre6") + head(3),
        "index_split_003.html": paragraphs("three", "calibre6"),
        "index_split_004.html": head(4) + paragraphs("four", "calibre6"),
    }
    ncx = "".join(point(name, "Start" if n == 0 else f"Part {n}") for n, name in enumerate(files))
    for contents in (ncx, point("index_split_000.html", "Start"), ""):
        book = read(epub(tmp_path / "b.epub", files, ncx=contents)).book
        assert titles(book) == [f"Chapter {n}: {name}" for n, name in enumerate(NAMES, 1)]
        assert starts(book) == ["one0", "two0", "three0", "four0"]
        assert "more5" in book.chapters[0].text


def test_indesign_nests_divs_sets_a_span_a_word_and_anchors_every_page(tmp_path: Path) -> None:
    """A page anchor in the middle of a word, page break marks, drop capitals, headings that are divs with a class."""
    files, page = {}, 0
    for number, name in enumerate(NAMES, 1):
        words = []
        for n, word in enumerate(prose(120, f"w{number}").split()):
            page += n % 40 == 0
            anchor = f'<a id="page_{page}"/><span epub:type="pagebreak" id="pb{page}" title="{page}">{page}</span>'
            words.append(f'<span class="CharOverride-{n % 3}">{word}</span>' + (anchor if n % 40 == 0 else ""))
        files[f"Lamp-{number}.xhtml"] = (
            '<div class="_idGenObjectLayout-1"><div id="_idContainer00" class="Basic-Text-Frame">'
            f'<p class="Chapter-Number ParaOverride-1"><span class="CharOverride-9">{number}</span></p>'
            f'<p class="Chapter-Title"><span>{name.split()[0]}</span> <span>{" ".join(name.split()[1:])}</span></p>'
            f'<div class="Story"><p class="First-Para"><span class="_idGenDropcap-1">Q</span>uiet{number} it <a'
            f' id="page_x{number}"/>was in the to<a id="page_y{number}"/>wer. {" ".join(words)}</p>'
            + paragraphs(f"b{number}", "Body-Text")
            + "</div></div></div>"
        )
    ncx = "".join(point(name, f"{n} {NAMES[n - 1]}") for n, name in enumerate(files, 1))
    style = styled("""p.Chapter-Number, p.Chapter-Title { font-size:1.667em; text-align:center; }
        p.Body-Text { font-size:1em; text-align:justify; } span.CharOverride-9 { font-weight:bold; }""")
    for contents in (ncx, ""):
        book = read(epub(tmp_path / "b.epub", files, ncx=contents, **style)).book
        assert starts(book) == ["Quiet1", "Quiet2", "Quiet3", "Quiet4"]
        assert all(
            chapter.text.startswith(f"Quiet{n} it was in the tower. w{n} ")
            for n, chapter in enumerate(book.chapters, 1)
        )
        assert [name for name, title in zip(NAMES, titles(book), strict=True) if name in title] == list(NAMES)
        assert not any(
            character.isdigit()
            for character in book.chapters[0].text.split("b10")[0].replace("w1", "").replace("Quiet1", "")
        )


def test_word_saved_as_a_web_page_and_zipped(tmp_path: Path) -> None:
    """``mso-`` styles, centred bold paragraphs for headings, empty paragraphs for space, o:p elements everywhere."""

    def paragraph(text: str, look: str = "") -> str:
        return f'<p class="MsoNormal" style="margin-bottom:0;mso-pagination:none;{look}">{text}<o:p></o:p></p>'

    blank = paragraph("&nbsp;")
    body = paragraph("<b>THE LAMP</b>", "text-align:center") + paragraph("by A. Nobody", "text-align:center") + blank
    for number, name in enumerate(NAMES, 1):
        body += (
            '<br clear="all" style="mso-special-character:line-break;page-break-before:always"/>'
            + paragraph(
                f'<b style="mso-bidi-font-weight:normal"><span lang="EN-US">{name}</span></b>', "text-align:center"
            )
            + blank
            + "".join(
                paragraph(f'<span style="mso-spacerun:yes"> </span>{prose(60, f"w{number}-{n}")}') for n in range(5)
            )
        )
    book = read(epub(tmp_path / "b.epub", {"all.htm": f'<div class="WordSection1">{body}</div>'})).book
    assert titles(book) == list(NAMES)
    assert starts(book) == ["w1-0", "w2-0", "w3-0", "w4-0"]
    assert "\xa0" not in "".join(chapter.text for chapter in book.chapters)


def test_kindle_conversions_know_fonts_and_nothing_else(tmp_path: Path) -> None:
    """Open line breaks, one file, ``<font size>`` and ``<center>`` instead of headings, ``mbp:pagebreak``."""
    body = "<center><font size=6><b>The Lamp</b></font></center><br><mbp:pagebreak/>"
    for number, name in enumerate(NAMES, 1):
        body += (
            f'<a name="filepos000{number}"></a><p height="1em" align="center">'
            f'<font size="5"><b>{name.upper()}</b></font></p><br>'
            + "".join(f'<p width="1em">{prose(50, f"k{number}{n}")}<br></p>' for n in range(6))
            + "<mbp:pagebreak/>"
        )
    path = epub(
        tmp_path / "b.epub",
        {"book.html": f'<?xml version="1.0"?><html><body>{body}</body></html>'},
        ncx=point("book.html", "Start"),
    )
    book = read(path).book
    assert titles(book) == [name.upper() for name in NAMES]
    assert starts(book) == ["k10", "k20", "k30", "k40"]


def test_a_contents_list_that_points_at_one_file_without_places_is_matched_with_what_stands_there(
    tmp_path: Path,
) -> None:
    body = "<h1>The Lamp</h1>" + "".join(f"<h3>{name}</h3>{paragraphs(f'n{n}', 'x')}" for n, name in enumerate(NAMES))
    book = read(epub(tmp_path / "b.epub", {"all.xhtml": body}, ncx="".join(point("all.xhtml", n) for n in NAMES))).book
    assert titles(book) == list(NAMES)
    assert starts(book) == ["n00", "n10", "n20", "n30"]


def test_a_contents_list_of_parts_alone_still_gives_the_chapters_in_them(tmp_path: Path) -> None:
    files, nav = {}, ""
    for part in (1, 2):
        files[f"part{part}.xhtml"] = f"<h1>Part {part}</h1>"
        nav += f'<li><a href="part{part}.xhtml">Part {part}</a></li>'
        for n in (1, 2, 3):
            files[f"p{part}c{n}.xhtml"] = f"<h2>{n}</h2>" + paragraphs(f"p{part}c{n}-", "x")
    book = read(epub(tmp_path / "b.epub", files, nav=f"<ol>{nav}</ol>")).book
    assert [(c.path, c.title) for c in book.chapters] == [((f"Part {p}",), str(n)) for p in (1, 2) for n in (1, 2, 3)]
    assert starts(book) == [f"p{p}c{n}-0" for p in (1, 2) for n in (1, 2, 3)]


def test_a_style_of_page_breaks_is_not_taken_for_page_numbers(tmp_path: Path) -> None:
    files = {
        f"c{n}.xhtml": f'<div class="pagebreak"><h2>Chapter {n}</h2>{paragraphs(f"p{n}", "x")}'
        f'<p class="pagenum">{n}4</p></div>'
        for n in (1, 2)
    }
    book = read(epub(tmp_path / "b.epub", files)).book
    assert titles(book) == ["Chapter 1", "Chapter 2"]
    assert "14" not in book.chapters[0].text.split()
    assert all(block.kind is BlockKind.PARAGRAPH for block in book.chapters[0].blocks)
