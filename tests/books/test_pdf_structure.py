"""What is asked of pypdf where PDFium has no answer: tags, names of places, XMP, repair; and locked files."""

from __future__ import annotations

from pathlib import Path

import pypdf
import pytest
from pypdf.generic import (
    ArrayObject,
    DecodedStreamObject,
    DictionaryObject,
    NameObject,
    NumberObject,
    PdfObject,
    TextStringObject,
)

from litink.books.reading import read
from litink.errors import Refused
from tests.books.makers import literal, page_of, pdf

LINES = [
    "the lamp at the point had burned every night for ninety years without a rest and",
    "nobody in the whole of the town could now remember who had been the first to light",
    "it, or why the stair that led up to it had two hundred and eleven steps and not one",
]


def plain(path: Path, pages: int = 4) -> Path:
    return pdf(path, [page_of([f"p{n} {line}" for line in LINES * 3]) for n in range(pages)])


def dictionary(**entries: PdfObject) -> DictionaryObject:
    return DictionaryObject({NameObject(f"/{key}"): value for key, value in entries.items()})


def rewritten(path: Path, change: object) -> Path:
    """The file with what ``change`` does to its writer."""
    writer = pypdf.PdfWriter(clone_from=str(path))
    change(writer)  # type: ignore[operator]
    writer.write(str(path))
    return path


# -- locked and damaged ------------------------------------------------------------------------------------------------


def test_a_file_that_is_encrypted_without_a_password_is_read(tmp_path: Path) -> None:
    path = rewritten(plain(tmp_path / "b.pdf"), lambda w: w.encrypt("", "owner", algorithm="RC4-128"))
    assert read(path).book.chapters[0].text.startswith("p0 the lamp")


def test_a_file_with_a_password_is_refused_by_name(tmp_path: Path) -> None:
    path = rewritten(plain(tmp_path / "b.pdf"), lambda w: w.encrypt("secret", algorithm="RC4-128"))
    with pytest.raises(Refused) as refused:
        read(path)
    assert refused.value.code == "pdf-password"


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: b"From: somebody\r\n" * 200 + data,
        lambda data: data.replace(b"/Root", b"/Rxxt"),
        lambda data: data[: data.rfind(b"startxref")] + b"startxref\n0\n%%EOF",
    ],
    ids=["a mail before it", "no catalogue named", "no cross-reference table"],
)
def test_damage_that_can_be_mended_is(tmp_path: Path, damage: object) -> None:
    path = plain(tmp_path / "b.pdf")
    path.write_bytes(damage(path.read_bytes()))  # type: ignore[operator]
    assert "p3 the lamp" in read(path).book.chapters[0].text


def test_damage_beyond_that_is_refused(tmp_path: Path) -> None:
    path = plain(tmp_path / "b.pdf")
    path.write_bytes(path.read_bytes()[:900])
    with pytest.raises(Refused) as refused:
        read(path)
    assert refused.value.code == "pdf-damaged"


# -- names of places, metadata -----------------------------------------------------------------------------------------


def test_bookmarks_whose_names_are_out_of_order_are_found(tmp_path: Path) -> None:
    """The names of places must be sorted; some producers do not sort them, and PDFium then finds nothing."""
    pages = [
        page_of([f"{word} {line}" for line in LINES * 4] + ["That was all."])
        for word in ("One", "Two", "Three", "Four")
    ]
    path = pdf(tmp_path / "b.pdf", pages, bookmarks=[("The Lamp", 0), ("The Stair", 2)])

    def name(writer: pypdf.PdfWriter) -> None:
        places = ArrayObject()
        for key, page in (("z", 3), ("lamp", 0), ("stair", 2), ("a", 1)):
            place = ArrayObject([writer.pages[page].indirect_reference, NameObject("/Fit")])
            places += [TextStringObject(key), place]
        root = writer.root_object
        root[NameObject("/Names")] = dictionary(Dests=dictionary(Names=places))
        first = root["/Outlines"]["/First"]
        first[NameObject("/Dest")] = TextStringObject("lamp")
        first["/Next"][NameObject("/Dest")] = TextStringObject("stair")

    assert [c.title for c in read(rewritten(path, name)).book.chapters] == ["The Lamp", "The Stair"]


XMP = """<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title><rdf:Alt><rdf:li xml:lang="x-default">The Keeper
of the Point</rdf:li></rdf:Alt></dc:title><dc:creator><rdf:Seq><rdf:li>A. Nobody</rdf:li><rdf:li>B. Other</rdf:li>
</rdf:Seq></dc:creator></rdf:Description></rdf:RDF></x:xmpmeta>"""


def test_title_and_author_come_from_xmp_where_the_file_has_no_other(tmp_path: Path) -> None:
    def describe(writer: pypdf.PdfWriter) -> None:
        stream = DecodedStreamObject()
        stream.set_data(XMP.encode())
        writer.root_object[NameObject("/Metadata")] = writer._add_object(stream)

    book = read(rewritten(plain(tmp_path / "b.pdf"), describe)).book
    assert (book.title, book.author) == ("The Keeper of the Point", "A. Nobody, B. Other")


# -- tags --------------------------------------------------------------------------------------------------------------


def tagged(path: Path, roles: list[str], *, role_map: dict[str, str] | None = None) -> Path:
    """Pages with two lines that look like all others and are tagged with ``roles``, in turn, and text below each."""
    pages = []
    for n in range(len(roles)):
        head = (
            f"/{roles[n]} <</MCID 0>> BDC BT /F 12 Tf 72 700 Td ".encode()
            + literal(f"about oil number {n}")
            + b" Tj ET EMC\n"
        )
        body = b"".join(
            b"/P <</MCID 1>> BDC " * (i == 0)
            + f"BT /F 12 Tf 72 {680 - 14 * i} Td ".encode()
            + literal(f"{n}.{i} {line}")
            + b" Tj ET\n"
            for i, line in enumerate(LINES * 9)
        )
        pages.append(head + body + b"EMC\n")

    def tag(writer: pypdf.PdfWriter) -> None:
        kids = ArrayObject()
        for n, role in enumerate(roles):
            page = writer.pages[n].indirect_reference
            for mark, kind in enumerate((role, "P")):
                element = dictionary(S=NameObject(f"/{kind}"), Pg=page, K=NumberObject(mark))
                kids.append(writer._add_object(element))
        root = writer.root_object
        names = dictionary(**{own: NameObject(f"/{standard}") for own, standard in (role_map or {}).items()})
        tree = dictionary(Type=NameObject("/StructTreeRoot"), K=kids, RoleMap=names)
        root[NameObject("/StructTreeRoot")] = writer._add_object(tree)
        root[NameObject("/MarkInfo")] = dictionary(Marked=pypdf.generic.BooleanObject(True))

    return rewritten(pdf(path, pages), tag)


def test_tagged_headings_divide_though_they_look_like_the_text(tmp_path: Path) -> None:
    book = read(tagged(tmp_path / "b.pdf", ["H1", "H1", "H1"])).book
    assert [c.title for c in book.chapters] == [f"about oil number {n}" for n in range(3)]


def test_tagged_subsections_stand_inside_their_chapters(tmp_path: Path) -> None:
    book = read(tagged(tmp_path / "b.pdf", ["H1", "H2", "H2", "H1", "H2"])).book
    assert [c.title for c in book.chapters] == ["about oil number 0", "about oil number 3"]


def test_the_files_own_names_of_tags_are_looked_up(tmp_path: Path) -> None:
    path = tagged(tmp_path / "b.pdf", ["Kapitel", "Kapitel"], role_map={"Kapitel": "Titel", "Titel": "H1"})
    assert len(read(path).book.chapters) == 2


def test_a_structure_tree_that_leads_in_circles_is_no_harm(tmp_path: Path) -> None:
    path = tagged(tmp_path / "b.pdf", ["H1", "H1"])

    def loop(writer: pypdf.PdfWriter) -> None:
        tree = writer.root_object["/StructTreeRoot"]
        kids = tree["/K"]
        kids.append(tree.indirect_reference)
        kids[0].get_object()[NameObject("/P")] = tree.indirect_reference

    assert len(read(rewritten(path, loop)).book.chapters) == 2
