"""Small questions about elements of a tree and about links between files. What elements mean to a reader: tags.py."""

from __future__ import annotations

from urllib.parse import unquote

from lxml import etree

EPUB_TYPE = "{http://www.idpf.org/2007/ops}type"
HEADINGS = {f"h{n}": n for n in range(1, 7)}


def local(element: etree._Element) -> str:
    tag = element.tag
    return tag.rpartition("}")[2].lower() if isinstance(tag, str) else ""


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
