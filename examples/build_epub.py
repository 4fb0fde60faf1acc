"""Builds an example's EPUB from its readable source; how the book reads is decided in the source, not here.

`python examples/build_epub.py examples/what-the-sea-owes` writes `examples/what-the-sea-owes.epub`. A source folder
holds `book.toml` and one Markdown file a chapter, in the order of their names; the first line is the chapter's title.
The same source gives the same bytes on any machine, and a test holds the committed file to that.
"""

from __future__ import annotations

import io
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from ebooklib import epub
from markdown_it import MarkdownIt

STYLE = """\
body { font-family: serif; line-height: 1.5; margin: 5%; }
h1 { font-weight: normal; margin: 3em 0 2em; text-align: center; }
p { margin: 0; text-indent: 1.5em; }
h1 + p, hr + p, .plain p { text-indent: 0; }
hr { border: 0; margin: 1.5em 0; text-align: center; }
hr::after { content: "* * *"; }
.centred { margin-top: 30%; text-align: center; }
"""
EPOCH = (1980, 1, 1, 0, 0, 0)  # the first moment a ZIP entry can bear


def build(folder: Path) -> bytes:
    """The EPUB 3 of a source folder: title page, dedication, chapters, colophon; navigation document and NCX."""
    about = tomllib.loads((folder / "book.toml").read_text("utf-8"))
    book = epub.EpubBook()
    book.set_identifier(about["identifier"])
    book.set_title(about["title"])
    book.set_language(about["language"])
    book.add_author(about["author"])
    book.add_metadata("DC", "description", about["description"])
    book.add_metadata("DC", "rights", about["licence"])
    style = epub.EpubItem("style", "style.css", "text/css", STYLE.encode())
    book.add_item(style)

    pages = []
    for page in _pages(folder, about):
        page.add_item(style)
        book.add_item(page)
        pages.append(page)
    book.toc = [page for page in pages if page.id != "title-page"]
    book.spine = pages
    book.guide = [{"type": "text", "title": "Start", "href": "chapter-1.xhtml"}]
    book.add_item(epub.EpubNcx())
    book.add_item(epub.EpubNav())

    written = io.BytesIO()
    epub.write_epub(written, book, {"mtime": about["modified"]})
    return _settled(written.getvalue())


def _pages(folder: Path, about: dict[str, Any]) -> Iterator[epub.EpubHtml]:
    title, author = escape(about["title"]), escape(about["author"])
    markdown = MarkdownIt()

    def page(name: str, heading: str, kind: str, body: str) -> epub.EpubHtml:
        made = epub.EpubHtml(uid=name, title=heading, file_name=f"{name}.xhtml", lang=about["language"])
        made.content = f'<section epub:type="{kind}">{body}</section>'
        return made

    yield page(
        "title-page",
        about["title"],
        "titlepage",
        f'<div class="centred plain"><h1>{title}</h1><p>{author}</p></div>',
    )
    yield page(
        "dedication",
        "Dedication",
        "dedication",
        f'<div class="centred plain">{markdown.render(about["dedication"])}</div>',
    )
    for number, source in enumerate(sorted(folder.glob("*.md")), 1):
        text = source.read_text("utf-8")
        heading = text.splitlines()[0].removeprefix("# ")
        yield page(f"chapter-{number}", heading, "bodymatter chapter", markdown.render(text))
    colophon = "".join(markdown.render(paragraph) for paragraph in about["colophon"])
    yield page("colophon", "Colophon", "backmatter colophon", f'<div class="plain"><h1>Colophon</h1>{colophon}</div>')


def _settled(data: bytes) -> bytes:
    """The archive with every entry's time fixed and stored uncompressed, so that no zlib version shows in the bytes."""
    settled = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(settled, "w", zipfile.ZIP_STORED) as target:
        for entry in source.infolist():
            fixed = zipfile.ZipInfo(entry.filename, EPOCH)
            fixed.external_attr = 0o644 << 16
            target.writestr(fixed, source.read(entry))
    return settled.getvalue()


def main() -> None:
    for argument in sys.argv[1:]:
        folder = Path(argument)
        folder.with_suffix(".epub").write_bytes(build(folder))


if __name__ == "__main__":
    main()
