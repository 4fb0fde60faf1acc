"""Questions about single (X)HTML elements and tables. The walk through a document: markup.py."""

from __future__ import annotations

from urllib.parse import unquote

from lxml import etree

EPUB_TYPE = "{http://www.idpf.org/2007/ops}type"
HEADINGS = {f"h{n}": n for n in range(1, 7)}
MAX_SPEAKER = 5  # words
MAX_CELL = 120  # words; a longer cell is laid out text


def local(element: etree._Element) -> str:
    tag = element.tag
    return tag.rpartition("}")[2].lower() if isinstance(tag, str) else ""


def roles_of(attributes: etree._Attrib) -> frozenset[str]:
    words = attributes.get(EPUB_TYPE) or attributes.get("epub:type") or ""
    role = attributes.get("role", "")
    if role.startswith("doc-"):
        words = f"{words} {role} {role[4:]}"
    return frozenset(words.split()) if words else frozenset()


def resolve(file: str, address: str) -> str:
    """The archive path of a link in ``file``."""
    if not address:
        return file
    steps = file.split("/")[:-1]
    for step in unquote(address).split("/"):
        if step == "..":
            steps = steps[:-1]
        elif step not in ("", "."):
            steps.append(step)
    return "/".join(steps)


def nearest_table(row: etree._Element) -> etree._Element | None:
    parent = row.getparent()
    while parent is not None and local(parent) != "table":
        parent = parent.getparent()
    return parent


def is_play(rows: list[list[etree._Element]]) -> bool:
    """Two columns, the first of which names speakers: marked as such, or a few short names that come again."""
    if any("z3998:persona" in roles_of(row[0].attrib) for row in rows if row):
        return True
    if len(rows) < 4 or any(len(row) != 2 for row in rows):
        return False
    names = ["".join(str(t) for t in row[0].itertext()).strip() for row in rows]
    said = [name for name in names if name]
    if not said or any(len(name.split()) > MAX_SPEAKER or name.replace(".", "").isdigit() for name in said):
        return False
    return len(set(said)) * 2 <= len(said)


def is_layout(table: etree._Element, rows: list[list[etree._Element]]) -> bool:
    """A table that only arranges blocks: one column, or cells with several paragraphs, headings or tables."""
    if max(map(len, rows), default=0) <= 1:
        return True
    for row in rows:
        for cell in row:
            blocks = sum(local(e) in ("p", "table", *HEADINGS) for e in cell.iter())
            if blocks > 1 or len("".join(str(t) for t in cell.itertext()).split()) > MAX_CELL:
                return True
    return False
