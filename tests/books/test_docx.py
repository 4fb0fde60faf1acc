"""DOCX: headings by style or by look, and what Word hides."""

from __future__ import annotations

from pathlib import Path

import pytest

from litink.books.model import BlockKind
from litink.books.reading import read
from litink.errors import Refused
from tests.books.makers import docx, paragraph, prose


def chapters(path: Path) -> list[str]:
    return [c.title for c in read(path).book.chapters]


def test_heading_styles_divide(tmp_path: Path) -> None:
    body = "".join(paragraph(t, "Heading1") + paragraph(prose(60, t)) for t in ("The Lamp", "The Stair", "The Keeper"))
    assert chapters(docx(tmp_path / "b.docx", body)) == ["The Lamp", "The Stair", "The Keeper"]


def test_without_styles_bold_centred_lines_divide_and_stories_inside_do_not(tmp_path: Path) -> None:
    def head(text: str) -> str:
        return paragraph(text, bold=True, centred=True)

    body = ""
    for number, name in (("I", "THE LAMP."), ("II", "THE STAIR."), ("III", "THE KEEPER.")):
        body += head(f"CHAPTER {number}.") + head(name) + paragraph(prose(60, name))
        if number == "II":
            body += head("A TALE TOLD ON THE WAY.") + paragraph(prose(60))
    assert chapters(docx(tmp_path / "b.docx", body)) == [
        "CHAPTER I: THE LAMP",
        "CHAPTER II: THE STAIR",
        "CHAPTER III: THE KEEPER",
    ]


def test_a_typed_table_of_contents_names_the_chapters_and_is_front_matter(tmp_path: Path) -> None:
    names = ["The Sisters", "An Encounter", "Araby", "Eveline"]
    body = paragraph("Contents") + "".join(paragraph(f"{n} . . . . {i}") for i, n in enumerate(names, 7))
    body += "".join(paragraph(n) + paragraph(prose(80, n)) for n in names)
    book = read(docx(tmp_path / "b.docx", body)).book
    assert [c.title for c in book.chapters] == names
    assert [s.title for s in book.front_matter] == ["Contents"]


def test_a_heading_style_on_every_paragraph_is_not_a_chapter_a_sentence(tmp_path: Path) -> None:
    texts = [
        "Chapter One: The Lamp",
        "The lamp went out.",
        "“Did you see?” she asked.",
        "Chapter Two: The Stair",
        "They climbed it.",
        "It was dark.",
    ]
    assert len(chapters(docx(tmp_path / "b.docx", "".join(paragraph(t, "Heading1") for t in texts)))) == 2


def test_deleted_hidden_and_field_codes_are_not_read_insertions_are(tmp_path: Path) -> None:
    body = paragraph("Chapter One", "Heading1") + (
        '<w:p><w:del><w:r><w:delText>DELETED</w:delText></w:r></w:del><w:ins><w:r><w:t'
        ' xml:space="preserve">inserted </w:t></w:r></w:ins>'
        '<w:r><w:rPr><w:vanish/></w:rPr><w:t>HIDDEN</w:t></w:r><w:r><w:fldChar w:fldCharType="begin"/></w:r>'
        '<w:r><w:instrText>CODE</w:instrText><w:t>CODE</w:t></w:r><w:r><w:fldChar w:fldCharType="separate"/>'
        '</w:r><w:r><w:t>seven</w:t></w:r>'
        '<w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>'
    )  # fmt: skip
    assert read(docx(tmp_path / "b.docx", body)).book.chapters[0].text == "inserted seven"


def test_footnotes_are_notes_and_text_boxes_and_tables_are_read_once(tmp_path: Path) -> None:
    box = "<w:txbxContent><w:p><w:r><w:t>boxed</w:t></w:r></w:p></w:txbxContent>"
    body = (
        paragraph("Chapter One", "Heading1")
        + '<w:p><w:r><w:t>A tachyon</w:t></w:r><w:r><w:footnoteReference w:id="2"/></w:r><w:r><w:t'
        ' xml:space="preserve"> passed.</w:t></w:r></w:p>'
        + '<w:p><w:r><mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006">'
        + f"<mc:Choice>{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback></mc:AlternateContent></w:r></w:p>"
        + "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>a</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>b</w:t></w:r></w:p"
        "></w:tc></w:tr></w:tbl>"
    )
    note = "<w:p><w:r><w:t>A tachyon walks into a bar.</w:t></w:r></w:p>"
    notes = f'<w:footnotes><w:footnote w:id="2">{note}</w:footnote></w:footnotes>'
    chapter = read(docx(tmp_path / "b.docx", body, parts=[("word/footnotes.xml", notes)])).book.chapters[0]
    assert chapter.text == "A tachyon passed.\n\nboxed\n\na | b"
    assert [(n.text, n.anchor) for n in chapter.notes] == [("A tachyon walks into a bar.", len("A tachyon"))]
    assert chapter.blocks[-1].kind is BlockKind.TABLE


@pytest.mark.parametrize(("body", "code"), [("", "no-text"), ("<w:p>", "docx-broken")])
def test_an_empty_or_broken_document_is_refused(tmp_path: Path, body: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        read(docx(tmp_path / "b.docx", body))
    assert refused.value.code == code
