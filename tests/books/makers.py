"""Small books made in memory for the tests of reading: EPUB, DOCX and PDF, the same bytes every time."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from pathlib import Path
from xml.sax.saxutils import escape

LONG = "The lamp had burned every night for ninety years, and nobody in the town remembered who had lit it first. "


def prose(words: int, seed: str = "") -> str:
    """About so many words of running text; ``seed`` makes it different from other chapters'."""
    sentence = f"{seed} {LONG}".strip() + " "
    return (sentence * (words // len(sentence.split()) + 1)).strip()


def zipped(entries: Sequence[tuple[str, bytes | str]]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries:
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), data)
    return buffer.getvalue()


def xhtml(body: str, *, body_type: str = "") -> str:
    kind = f' epub:type="{body_type}"' if body_type else ""
    return (
        '<?xml version="1.0" encoding="utf-8"?><html xmlns="http://www.w3.org/1999/xhtml" '
        f'xmlns:epub="http://www.idpf.org/2007/ops"><head><title>t</title></head><body{kind}>{body}</body></html>'
    )


def epub(
    path: Path,
    files: dict[str, str],
    *,
    nav: str = "",
    ncx: str = "",
    spine: Sequence[str] | None = None,
    extra: Sequence[tuple[str, bytes | str]] = (),
    manifest: str = "",
    title: str = "The Lamp",
) -> Path:
    """``files`` maps names to bodies in manifest order; ``nav`` is the <ol> of the contents, ``ncx`` its navPoints."""
    items = "".join(f'<item id="{n}" href="{n}" media-type="application/xhtml+xml"/>' for n in files)
    if nav:
        items += '<item id="nav" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>'
    if ncx:
        items += '<item id="ncx" href="toc.ncx" media-type="application/x-dtbncx+xml"/>'
    references = "".join(f'<itemref idref="{n}"/>' for n in (spine if spine is not None else files))
    package = (
        '<?xml version="1.0"?><package xmlns="http://www.idpf.org/2007/opf" version="3.0"><metadata '
        f'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>{escape(title)}</dc:title><dc:creator>A.'
        f" Nobody</dc:creator>"
        f"<dc:language>en</dc:language></metadata><manifest>{items}{manifest}</manifest>"
        f"<spine{' toc=' + chr(34) + 'ncx' + chr(34) if ncx else ''}>{references}</spine></package>"
    )
    container = (
        '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container" version="1.0"><rootfiles>'
        '<rootfile full-path="OPS/p.opf" media-type="application/oebps-package+xml"/></rootfiles></container>'
    )
    entries: list[tuple[str, bytes | str]] = [
        ("mimetype", "application/epub+zip"),
        ("META-INF/container.xml", container),
        ("OPS/p.opf", package),
    ]
    entries += [(f"OPS/{n}", body if body.startswith("<?xml") else xhtml(body)) for n, body in files.items()]
    if nav:
        entries.append(("OPS/nav.xhtml", xhtml(f'<nav epub:type="toc">{nav}</nav>')))
    if ncx:
        entries.append(
            ("OPS/toc.ncx", f'<ncx xmlns="http://www.daisy.org/z3986/2005/ncx/"><navMap>{ncx}</navMap></ncx>')
        )
    path.write_bytes(zipped([*entries, *extra]))
    return path


_W = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
)


def paragraph(text: str, style: str = "", *, bold: bool = False, centred: bool = False) -> str:
    properties = (f'<w:pStyle w:val="{style}"/>' if style else "") + ('<w:jc w:val="center"/>' if centred else "")
    look = "<w:rPr><w:b/></w:rPr>" if bold else ""
    return f'<w:p><w:pPr>{properties}</w:pPr><w:r>{look}<w:t xml:space="preserve">{escape(text)}</w:t></w:r></w:p>'


def docx(path: Path, body: str, *, parts: Sequence[tuple[str, str]] = ()) -> Path:
    types = '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
    relations = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r" '
        'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" '
        'Target="word/document.xml"/></Relationships>'
    )
    document = f"<w:document {_W}><w:body>{body}</w:body></w:document>"
    wrapped = [(name, text.replace("<w:footnotes>", f"<w:footnotes {_W}>")) for name, text in parts]
    path.write_bytes(
        zipped([("[Content_Types].xml", types), ("_rels/.rels", relations), ("word/document.xml", document), *wrapped])
    )
    return path


Placed = tuple[float, float, float, str] | tuple[float, float, float, str, str]  # x, y, size, text, and "b" for bold


def pdf(
    path: Path,
    pages: Sequence[Sequence[Placed] | bytes],
    *,
    bookmarks: Sequence[tuple[str, int]] = (),
    mode: int = 0,
    page: str = "/MediaBox[0 0 612 792]",
) -> Path:
    """A PDF of placed lines in Times, or of content streams as they are; bookmarks are (title, page index)."""
    objects: dict[int, bytes] = {}
    kids = " ".join(f"{100 + 2 * i} 0 R" for i in range(len(pages)))
    outline = "/Outlines 4 0 R" if bookmarks else ""
    objects[1] = f"<</Type/Catalog/Pages 2 0 R{outline}>>".encode()
    objects[2] = f"<</Type/Pages/Kids[{kids}]/Count {len(pages)}>>".encode()
    objects[3] = b"<</Type/Font/Subtype/Type1/BaseFont/Times-Roman/Encoding/WinAnsiEncoding>>"
    objects[5] = b"<</Type/Font/Subtype/Type1/BaseFont/Times-Bold/Encoding/WinAnsiEncoding>>"
    if bookmarks:
        objects[4] = f"<</Type/Outlines/First 10 0 R/Last {9 + len(bookmarks)} 0 R>>".encode()
    for i, (title, target) in enumerate(bookmarks):
        following = f"/Next {11 + i} 0 R" if i + 1 < len(bookmarks) else ""
        objects[10 + i] = f"<</Title({title})/Parent 4 0 R/Dest[{100 + 2 * target} 0 R/Fit]{following}>>".encode()
    for i, lines in enumerate(pages):
        text = lines if isinstance(lines, bytes) else b"".join(_shown(placed, mode) for placed in lines)
        objects[100 + 2 * i] = (
            f"<</Type/Page/Parent 2 0 R{page}/Resources<</Font<</F 3 0 R/B 5 0 R>>>>/Contents {101 + 2 * i} 0 R>>"
        ).encode()
        objects[101 + 2 * i] = f"<</Length {len(text)}>>\nstream\n".encode() + text + b"\nendstream"
    out = bytearray(b"%PDF-1.4\n")
    offsets = {}
    for number in sorted(objects):
        offsets[number] = len(out)
        out += f"{number} 0 obj\n".encode() + objects[number] + b"\nendobj\n"
    start = len(out)
    size = max(objects) + 1
    out += f"xref\n0 {size}\n".encode()
    for number in range(size):
        out += f"{offsets.get(number, 0):010d} 00000 {'n' if number in offsets else 'f'} \n".encode()
    out += f"trailer\n<</Size {size}/Root 1 0 R>>\nstartxref\n{start}\n%%EOF\n".encode()
    path.write_bytes(bytes(out))
    return path


def _shown(placed: Placed, mode: int) -> bytes:
    x, y, size, line, *style = placed
    font = "B" if style else "F"
    return f"BT {mode} Tr /{font} {size} Tf {x} {y} Td ".encode() + literal(line) + b" Tj ET\n"


def literal(text: str) -> bytes:
    """A string of a content stream."""
    return b"(" + text.encode("cp1252").replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)") + b")"


def page_of(lines: Sequence[str], *, top: float = 700, size: float = 12, x: float = 72) -> list[Placed]:
    """Lines set solid, one under the other."""
    return [(x, top - 14 * i, size, line) for i, line in enumerate(lines)]
