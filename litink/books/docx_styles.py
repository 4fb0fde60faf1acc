"""WordprocessingML by name: accessors of elements, paragraph styles with what they inherit. No text is read here."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from lxml import etree

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_W_STRICT = "{http://purl.oclc.org/ooxml/wordprocessingml/main}"
_HEADING_NAME = re.compile(
    r"(?:heading|überschrift|titre|título|titolo|kop|rubrik|overskrift|otsikko|nagłówek|nadpis|заголовок|标题|見出し)"
    r"\s*([1-9])",
    re.I,
)
_TITLE_NAMES = re.compile(r"title|titel|titre|título|titolo", re.I)
MAX_INHERITANCE = 20


@dataclass(frozen=True, slots=True)
class Style:
    """A paragraph style; None where it says nothing."""

    name: str = ""
    level: int | None = None  # of a heading style, 0 for the document's title
    size: int | None = None  # half points
    bold: bool | None = None
    centred: bool | None = None
    hidden: bool = False


def local(element: etree._Element) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def child(element: etree._Element | None, name: str) -> etree._Element | None:
    if element is None:
        return None
    return next((e for e in element if local(e) == name), None)


def value(element: etree._Element | None, name: str = "val") -> str:
    """A ``w:`` attribute, of the transitional or the strict namespace; empty without one."""
    if element is None:
        return ""
    return element.get(f"{_W}{name}") or element.get(f"{_W_STRICT}{name}") or element.get(name) or ""


def is_on(element: etree._Element | None) -> bool:
    """A toggle property: there, and not switched off."""
    return element is not None and value(element) not in ("0", "false", "off", "none")


def outline_level(properties: etree._Element | None) -> int | None:
    """``w:outlineLvl`` counts from 0; 9 is body text (ECMA-376, 17.3.1.20)."""
    level = value(child(properties, "outlineLvl"))
    return int(level) if level.isdigit() and int(level) < 9 else None


def looks(
    paragraph: etree._Element | None, run: etree._Element | None
) -> tuple[int | None, bool | None, bool | None, bool]:
    """Size in half points, bold, centred, hidden, as paragraph and run properties say themselves."""
    size = bold = centred = None
    hidden = False
    if run is not None:
        for element in run:
            name = local(element)
            if name == "sz" and value(element).isdigit():
                size = int(value(element))
            elif name == "b":
                bold = is_on(element)
            elif name in ("vanish", "webHidden", "specVanish"):
                hidden = hidden or is_on(element)
    alignment = child(paragraph, "jc")
    if alignment is not None:
        centred = value(alignment) == "center"
    return size, bold, centred, hidden


def read_styles(root: etree._Element | None) -> tuple[dict[str, Style], str]:
    """All styles of ``styles.xml`` by id, inheritance resolved, and the id of the default paragraph style."""
    raw: dict[str, etree._Element] = {}
    default = ""
    for element in root if root is not None else ():
        if local(element) == "style" and (identifier := value(element, "styleId")):
            raw[identifier] = element
            if value(element, "type") == "paragraph" and value(element, "default") in ("1", "true"):
                default = identifier
    return {identifier: _resolve(identifier, raw, 0) for identifier in raw}, default


def style_of_id(identifier: str) -> Style:
    """A style that the document uses but does not define ("Heading1")."""
    match = _HEADING_NAME.fullmatch(identifier)
    return Style(identifier, int(match.group(1)) if match else None)


def _resolve(identifier: str, raw: dict[str, etree._Element], depth: int) -> Style:
    element = raw.get(identifier)
    if element is None or depth > MAX_INHERITANCE:
        return Style()
    based = child(element, "basedOn")
    base = _resolve(value(based), raw, depth + 1) if based is not None else Style()
    name = value(child(element, "name")).strip()
    paragraph = child(element, "pPr")
    size, bold, centred, hidden = looks(paragraph, child(element, "rPr"))
    level = base.level
    if match := _HEADING_NAME.fullmatch(name):
        level = int(match.group(1))
    elif _TITLE_NAMES.fullmatch(name):
        level = 0
    elif child(paragraph, "outlineLvl") is not None:
        outline = outline_level(paragraph)
        level = outline + 1 if outline is not None else None
    return replace(
        base,
        name=name,
        level=level,
        size=base.size if size is None else size,
        bold=base.bold if bold is None else bold,
        centred=base.centred if centred is None else centred,
        hidden=hidden or base.hidden,
    )
