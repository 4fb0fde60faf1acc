"""EPUB: the traps that tools of this kind fall into, each by name."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from litink.books.model import BlockKind, Book, SectionKind
from litink.books.reading import read
from litink.errors import Refused
from tests.books.makers import epub, prose, xhtml


def titles(book: Book) -> list[str]:
    return [chapter.title for chapter in book.chapters]


def li(href: str, title: str, inside: str = "") -> str:
    return f'<li><a href="{href}">{title}</a>{f"<ol>{inside}</ol>" if inside else ""}</li>'


def point(src: str, title: str) -> str:
    return f'<navPoint><navLabel><text>{title}</text></navLabel><content src="{src}"/></navPoint>'


def test_one_file_holds_many_chapters(tmp_path: Path) -> None:
    body = "".join(f'<h2 id="c{n}">Chapter {n}</h2><p>{prose(80, f"n{n}")}</p>' for n in (1, 2, 3))
    ncx = "".join(point(f"all.xhtml#c{n}", f"Chapter {n}: Name {n}") for n in (1, 2, 3))
    book = read(epub(tmp_path / "b.epub", {"all.xhtml": body}, ncx=ncx)).book
    assert titles(book) == ["Chapter 1: Name 1", "Chapter 2: Name 2", "Chapter 3: Name 3"]
    assert [c.text.split()[0] for c in book.chapters] == ["n1", "n2", "n3"]


def test_one_chapter_lies_in_many_files(tmp_path: Path) -> None:
    files = {
        "a.xhtml": f"<h1>Chapter One</h1><p>{prose(60, 'first')}</p>",
        "a2.xhtml": f"<p>{prose(60, 'continued')}</p>",
        "b.xhtml": f"<h1>Chapter Two</h1><p>{prose(60, 'second')}</p>",
    }
    nav = f"<ol>{li('a.xhtml', 'Chapter One')}{li('b.xhtml', 'Chapter Two')}</ol>"
    book = read(epub(tmp_path / "b.epub", files, nav=nav)).book
    assert titles(book) == ["Chapter One", "Chapter Two"]
    assert "continued" in book.chapters[0].text


def test_the_spine_decides_the_order_not_the_manifest(tmp_path: Path) -> None:
    files = {
        n: f"<h1>Chapter {t}</h1><p>{prose(50, t)}</p>"
        for n, t in (("z.xhtml", "Three"), ("a.xhtml", "One"), ("m.xhtml", "Two"))
    }
    book = read(epub(tmp_path / "b.epub", files, spine=["a.xhtml", "m.xhtml", "z.xhtml"])).book
    assert titles(book) == ["Chapter One", "Chapter Two", "Chapter Three"]


def test_names_of_files_say_nothing(tmp_path: Path) -> None:
    """Chapters in files named like matter, matter in files named like chapters."""
    files = {
        "chapter_1.xhtml": "<h1>Contents</h1><p>The Lamp, the Stair</p>",
        "cover.xhtml": f"<h1>Chapter One</h1><p>{prose(200, 'first')}</p>",
        "index.xhtml": f"<h1>Chapter Two</h1><p>{prose(200, 'second')}</p>",
        "copyright.xhtml": f"<h1>Chapter Three</h1><p>{prose(200, 'third')}</p>",
        "chapter_2.xhtml": "<h1>Bibliography</h1><p>Lamps and their Uses, 1899.</p>",
    }
    book = read(epub(tmp_path / "b.epub", files)).book
    assert [c.text.split()[0] for c in book.chapters] == ["first", "second", "third"]


def test_numbered_subsections_are_not_chapters(tmp_path: Path) -> None:
    files = {
        "c1.xhtml": f"<h1>What Is Light?</h1><p>{prose(40)}</p>",
        "s1.xhtml": f"<h1>1.1 Waves</h1><p>{prose(90)}</p>",
        "s2.xhtml": f"<h1>1.2 Rays</h1><p>{prose(90)}</p>",
        "c2.xhtml": f"<h1>What Is Heat?</h1><p>{prose(90)}</p>",
    }
    inner = li("s1.xhtml", "1.1 Waves") + li("s2.xhtml", "1.2 Rays")
    nav = f"<ol>{li('c1.xhtml', 'Chapter 1 What Is Light?', inner)}{li('c2.xhtml', 'Chapter 2 What Is Heat?')}</ol>"
    book = read(epub(tmp_path / "b.epub", files, nav=nav)).book
    assert titles(book) == ["Chapter 1 What Is Light?", "Chapter 2 What Is Heat?"]
    inside = [book.chapters[0].block_text(b) for b in book.chapters[0].blocks if b.kind is BlockKind.HEADING]
    assert inside == ["1.1 Waves", "1.2 Rays"]


def test_parts_are_the_path_and_numbers_may_start_again(tmp_path: Path) -> None:
    files, nav = {}, ""
    for part in ("I", "II"):
        files[f"p{part}.xhtml"] = f"<h1>Part {part}</h1>"
        inner = ""
        for n in ("I", "II"):
            files[f"c{part}-{n}.xhtml"] = f"<h2>Chapter {n}</h2><p>{prose(60, part + n)}</p>"
            inner += li(f"c{part}-{n}.xhtml", f"Chapter {n}")
        nav += li(f"p{part}.xhtml", f"Part {part}", inner)
    book = read(epub(tmp_path / "b.epub", files, nav=f"<ol>{nav}</ol>")).book
    assert [(c.path, c.title, c.number) for c in book.chapters] == [
        (("Part I",), "Chapter I", 1), (("Part I",), "Chapter II", 2),
        (("Part II",), "Chapter I", 3), (("Part II",), "Chapter II", 4),
    ]  # fmt: skip


def test_chapters_in_books_in_parts_know_both(tmp_path: Path) -> None:
    files, nav = {}, ""
    for part in ("One", "Two"):
        books = ""
        files[f"p{part}.xhtml"] = f"<h1>Part {part}</h1>"
        for book in ("I", "II"):
            inner = ""
            files[f"{part}{book}.xhtml"] = f"<h2>Book {book}</h2>"
            for n in (1, 2):
                files[f"{part}{book}{n}.xhtml"] = f"<h3>{n}. The Lamp</h3><p>{prose(60, f'{part}{book}{n}')}</p>"
                inner += li(f"{part}{book}{n}.xhtml", f"{n}. The Lamp")
            books += li(f"{part}{book}.xhtml", f"Book {book}", inner)
        nav += li(f"p{part}.xhtml", f"Part {part}", books)
    chapters = read(epub(tmp_path / "b.epub", files, nav=f"<ol>{nav}</ol>")).book.chapters
    assert [c.path for c in chapters[1::2]] == [(f"Part {p}", f"Book {b}") for p in ("One", "Two") for b in ("I", "II")]
    assert [c.number for c in chapters] == list(range(1, 9))


def test_footnotes_leave_the_running_text_and_stay_with_their_place(tmp_path: Path) -> None:
    body = (
        '<h1>Chapter One</h1><p>The lamp<a epub:type="noteref" href="#n1">1</a> went out at midnight, they say.</p>'
        f'<p>{prose(40)}</p><aside epub:type="footnote" id="n1"><p>An oil lamp.</p></aside>'
    )
    chapter = read(epub(tmp_path / "b.epub", {"a.xhtml": body})).book.chapters[0]
    assert chapter.text.startswith("The lamp went out")
    assert "oil" not in chapter.text
    [note] = chapter.notes
    assert (note.label, note.text, chapter.text[: note.anchor]) == ("1", "An oil lamp.", "The lamp")


def test_endnotes_stay_in_the_back_matter_and_are_known_to_their_chapter(tmp_path: Path) -> None:
    files = {
        "a.xhtml": f'<h1>Chapter One</h1><p>The lamp<a href="n.xhtml#x"><sup>1</sup></a> burned.</p><p>{prose(60)}</p>',
        "n.xhtml": '<h1>Notes</h1><p id="x"><a href="a.xhtml">1</a>. An oil lamp.</p>',
    }
    book = read(epub(tmp_path / "b.epub", files)).book
    assert [s.title for s in book.back_matter] == ["Notes"]
    assert "oil lamp" in book.back_matter[0].text
    assert "oil lamp" in book.chapters[0].notes[0].text


def test_ruby_is_not_read_twice(tmp_path: Path) -> None:
    body = "<h1>第一章</h1><p><ruby>漢<rt>かん</rt>字<rp>(</rp><rt>じ</rt><rp>)</rp></ruby>を読む。</p>"
    assert read(epub(tmp_path / "b.epub", {"a.xhtml": body})).book.chapters[0].text == "漢字を読む。"


def test_a_play_in_a_table_keeps_every_speech_and_its_speaker(tmp_path: Path) -> None:
    turns = [
        ("Anna", "Who is there?"),
        ("Ben", "It is I. <i>He bows low.</i>"),
        ("", "<i>Thunder.</i>"),
        ("Anna", "Come in."),
        ("Ben", "Thank you."),
    ]
    rows = "".join(f"<tr><td>{speaker}</td><td>{said}</td></tr>" for speaker, said in turns)
    chapter = read(epub(tmp_path / "b.epub", {"a.xhtml": f"<h1>Act I</h1><table>{rows}</table>"})).book.chapters[0]
    spoken = [(b.kind, b.speaker, chapter.block_text(b)) for b in chapter.blocks]
    assert spoken == [
        (BlockKind.SPEECH, "Anna", "Who is there?"), (BlockKind.SPEECH, "Ben", "It is I."),
        (BlockKind.STAGE, None, "He bows low."),
        (BlockKind.STAGE, None, "Thunder."), (BlockKind.SPEECH, "Anna", "Come in."),
        (BlockKind.SPEECH, "Ben", "Thank you."),
    ]  # fmt: skip


def test_a_table_of_figures_stays_a_table(tmp_path: Path) -> None:
    table = "<table><tr><th>Year</th><th>Lamps</th></tr><tr><td>1900</td><td>12</td></tr></table>"
    body = f"<h1>Chapter One</h1><p>{prose(30)}</p>{table}"
    chapter = read(epub(tmp_path / "b.epub", {"a.xhtml": body})).book.chapters[0]
    assert [chapter.block_text(b) for b in chapter.blocks if b.kind is BlockKind.TABLE] == ["Year | Lamps\n1900 | 12"]


def test_verse_keeps_its_lines(tmp_path: Path) -> None:
    body = "<h1>Song</h1><p>The lamp is out,<br/>The wind is high,<br/>And so am I.</p>"
    chapter = read(epub(tmp_path / "b.epub", {"a.xhtml": body})).book.chapters[0]
    assert chapter.blocks[0].kind is BlockKind.VERSE
    assert chapter.text == "The lamp is out,\nThe wind is high,\nAnd so am I."


def test_poems_are_chapters_and_245_of_them_take_no_time(tmp_path: Path) -> None:
    poem = "".join(f"<span>The lamp is out on hill {n},</span><br/>" for n in range(20))
    body = "".join(f'<article id="p{n}"><h2>Name {n}</h2><p>{poem}</p></article>' for n in range(245))
    ncx = "".join(point(f"all.xhtml#p{n}", f"Name {n}") for n in range(245))
    path = epub(tmp_path / "b.epub", {"all.xhtml": body}, ncx=ncx)
    start = time.process_time()
    book = read(path).book
    assert time.process_time() - start < 5
    assert titles(book) == [f"Name {n}" for n in range(245)]
    assert {block.kind for chapter in book.chapters for block in chapter.blocks} == {BlockKind.VERSE}
    assert all(chapter.text.count("\n") == 19 for chapter in book.chapters)


def test_tables_in_tables_are_read_once(tmp_path: Path) -> None:
    inner = "<table><tr><td>lamp</td><td>12</td></tr><tr><td>stair</td><td>13</td></tr></table>"
    rows = f"<tr><td><p>one</p><p>two</p></td></tr><tr><td>{inner}</td></tr>"
    body = f"<h1>Chapter One</h1><p>{prose(30)}</p><table><caption>All lamps</caption>{rows}</table>"
    text = read(epub(tmp_path / "b.epub", {"a.xhtml": body})).book.chapters[0].text
    assert text.split("\n\n")[1:] == ["All lamps", "one", "two", "lamp | 12\nstair | 13"]


def test_a_long_lecture_at_the_end_is_not_dropped_as_a_supplement(tmp_path: Path) -> None:
    files = {f"c{n}.xhtml": f"<h1>Chapter {n}</h1><p>{prose(300, str(n))}</p>" for n in (1, 2, 3)}
    files["s.xhtml"] = f"<h1>Supplement: A Lecture on Lamps</h1><p>{prose(20_000)}</p>"
    book = read(epub(tmp_path / "b.epub", files)).book
    assert titles(book)[-1] == "Supplement: A Lecture on Lamps"


def test_front_and_back_matter_are_kept_apart_without_any_marks(tmp_path: Path) -> None:
    files = {
        "t.xhtml": "<h1>The Lamp</h1><p>A. Nobody</p>",
        "r.xhtml": "<p>Copyright © 1999 A. Nobody. All rights reserved.</p>",
        "p.xhtml": f"<h1>Preface</h1><p>{prose(200)}</p>",
        **{f"c{n}.xhtml": f"<h1>Chapter {n}</h1><p>{prose(200, str(n))}</p>" for n in (1, 2, 3)},
        "e.xhtml": f"<h1>Epilogue</h1><p>{prose(100)}</p>",
        "b.xhtml": "<h1>Bibliography</h1><p>Lamps and their Uses, 1899.</p>",
        "i.xhtml": "<h1>Index</h1><p>lamp, 1, 2, 3</p>",
    }
    book = read(epub(tmp_path / "b.epub", files)).book
    assert titles(book) == ["Chapter 1", "Chapter 2", "Chapter 3", "Epilogue"]
    assert [s.title for s in book.back_matter] == ["Bibliography", "Index"]
    assert "Preface" in [s.title for s in book.front_matter]


def test_an_editors_marks_beat_the_title(tmp_path: Path) -> None:
    introduction = f'<section epub:type="introduction"><h1>Introduction</h1><p>{prose(300)}</p></section>'
    chapter = f'<section epub:type="chapter"><h1>Chapter 1</h1><p>{prose(300)}</p></section>'
    files = {
        "i.xhtml": xhtml(introduction, body_type="bodymatter"),
        "c.xhtml": xhtml(chapter, body_type="bodymatter"),
    }
    assert titles(read(epub(tmp_path / "b.epub", files)).book) == ["Introduction", "Chapter 1"]


def test_project_gutenbergs_header_and_licence_are_no_chapters(tmp_path: Path) -> None:
    body = (
        "<pre>The Project Gutenberg eBook of The Lamp\n*** START OF THE PROJECT GUTENBERG EBOOK THE LAMP ***</pre>"
        + "".join(f"<h2>CHAPTER {n}</h2><p>{prose(80, n)}</p>" for n in ("I", "II"))
        + "<pre>*** END OF THE PROJECT GUTENBERG EBOOK THE LAMP ***\nfull licence</pre>"
    )
    book = read(epub(tmp_path / "b.epub", {"all.xhtml": body})).book
    assert titles(book) == ["CHAPTER I", "CHAPTER II"]
    assert "START OF" in book.front_matter[0].text
    assert "full licence" in book.back_matter[-1].text
    assert "Gutenberg" not in book.chapters[-1].text


def test_label_and_name_on_two_lines_are_one_title(tmp_path: Path) -> None:
    body = "".join(f"<h2>CHAPTER {n}.</h2><h3>The Stair {n}</h3><p>{prose(60, n)}</p>" for n in ("I", "II"))
    assert titles(read(epub(tmp_path / "b.epub", {"a.xhtml": body})).book) == [
        "CHAPTER I: The Stair I",
        "CHAPTER II: The Stair II",
    ]


def test_a_contents_list_with_one_entry_for_everything_is_not_believed(tmp_path: Path) -> None:
    files = {f"c{n}.xhtml": f"<h1>Chapter {n}</h1><p>{prose(50, str(n))}</p>" for n in (1, 2, 3)}
    book = read(epub(tmp_path / "b.epub", files, nav=f"<ol>{li('c1.xhtml', 'Start')}</ol>")).book
    assert titles(book) == ["Chapter 1", "Chapter 2", "Chapter 3"]


def test_dead_links_and_missing_files_cost_a_warning_not_the_book(tmp_path: Path) -> None:
    files = {f"c{n}.xhtml": f"<h1>Chapter {n}</h1><p>{prose(50, str(n))}</p>" for n in (1, 2)}
    nav = f"<ol>{li('c1.xhtml#nowhere', 'One')}{li('gone.xhtml', 'Lost')}{li('c2.xhtml', 'Two')}</ol>"
    book = read(
        epub(
            tmp_path / "b.epub",
            files,
            nav=nav,
            spine=["c1.xhtml", "x", "c2.xhtml"],
            manifest='<item id="x" href="missing.xhtml" media-type="application/xhtml+xml"/>',
        )
    ).book
    assert titles(book) == ["One", "Two"]
    assert [w.code for w in book.warnings] == ["epub-part-missing"]


def test_hidden_text_scripts_and_entities_are_not_read(tmp_path: Path) -> None:
    body = (
        '<?xml version="1.0"?><!DOCTYPE html [<!ENTITY x SYSTEM "file:///etc/passwd">]><html><body><h1>Chapter One</h1>'
        f'<p style="display:none">HIDDEN</p><p hidden="">HIDDEN</p><script>HIDDEN()</script><p>[&x;]'
        f" {prose(40)}</p></body></html>"
    )
    text = read(epub(tmp_path / "b.epub", {"a.xhtml": body})).book.chapters[0].text
    assert text.startswith("[] The lamp")
    assert "HIDDEN" not in text
    assert "root:" not in text


def test_soft_hyphens_and_zero_width_characters_are_gone_wherever_they_hide(tmp_path: Path) -> None:
    body = f"<h1>Chapter One</h1><p>The la\u00admp\u200b&#173;s b\u2060urn&#8203;ed. {prose(20)}</p>"
    assert read(epub(tmp_path / "b.epub", {"a.xhtml": body})).book.chapters[0].text.startswith("The lamps burned. ")


def test_drm_is_refused_by_name_and_font_obfuscation_is_not_drm(tmp_path: Path) -> None:
    def encrypted(algorithm: str) -> tuple[str, str]:
        return (
            "META-INF/encryption.xml",
            '<encryption xmlns="urn:oasis:names:tc:opendocument:xmlns:container"'
            ' xmlns:e="http://www.w3.org/2001/04/xmlenc#">'
            f'<e:EncryptedData><e:EncryptionMethod Algorithm="{algorithm}"/></e:EncryptedData></encryption>',
        )

    files = {"a.xhtml": f"<h1>Chapter One</h1><p>{prose(30)}</p>"}
    fonts = epub(tmp_path / "f.epub", files, extra=[encrypted("http://www.idpf.org/2008/embedding")])
    assert len(read(fonts).book.chapters) == 1
    drm = encrypted("http://www.w3.org/2001/04/xmlenc#aes128-cbc")
    with pytest.raises(Refused) as refused:
        read(epub(tmp_path / "d.epub", files, extra=[drm, ("META-INF/rights.xml", "<rights/>")]))
    assert refused.value.code == "epub-drm"
    assert "Adobe" in refused.value.message


def test_no_word_is_lost_or_doubled(tmp_path: Path) -> None:
    words = [f"w{n}" for n in range(60)]
    body = (
        f"<p>{' '.join(words[:5])}</p><h1>Chapter One</h1><div>{words[5]} <div>{words[6]}</div> {words[7]}</div>"
        f"<blockquote><p>{words[8]}</p>{words[9]}</blockquote><ul><li>{words[10]}<ul><li>{words[11]}</li></ul"
        f"></li></ul>"
        f"<dl><dt>{words[12]}</dt><dd>{words[13]}</dd></dl><table><tr><td><p>{words[14]}</p><p>{words[15]}</p"
        f"></td></tr></table>"
        f"<p>{words[16]}<b>{words[17]}</b> {words[18]}<span><p>{words[19]}</p></span>{words[20]}"
        f"</p>{' '.join(words[21:])}"
    )
    book = read(epub(tmp_path / "b.epub", {"a.xhtml": body})).book
    text = " ".join(s.text for s in book.sections)
    assert sorted(w for word in text.replace("|", " ").split() for w in word.replace("w", " w").split()) == sorted(
        words
    )


def test_sections_are_blocks_joined_by_a_blank_line_and_keys_say_what_they_hold(tmp_path: Path) -> None:
    files = {f"c{n}.xhtml": f"<h1>Chapter {n}</h1><p>{prose(30, str(n))}</p><p>{prose(30)}</p>" for n in (1, 2)}
    files |= {"d.xhtml": f"<h1>Chapter 3</h1><p>{prose(30, '1')}</p><p>{prose(30)}</p>"}
    book = read(epub(tmp_path / "b.epub", files)).book
    for section in book.sections:
        assert section.text == "\n\n".join(section.block_text(b) for b in section.blocks)
        assert section.key[0] == {SectionKind.CHAPTER: "c"}[section.kind]
    first, second, third = (s.key for s in book.sections)
    assert third == f"{first}-2"
    assert second not in (first, third)


def test_a_cross_reference_to_a_heading_is_no_footnote(tmp_path: Path) -> None:
    body = (
        f'<h1 id="one">Chapter 1</h1><p>{prose(40)} See chapter <a class="noteref" href="#two">2</a>.</p>'
        f'<h1 id="two">Chapter 2</h1><p>{prose(40)}</p>'
    )
    book = read(epub(tmp_path / "b.epub", {"a.xhtml": body})).book
    assert titles(book) == ["Chapter 1", "Chapter 2"]
    assert not book.chapters[0].notes
