"""Front and back matter: recognised by marks, titles and content. Nothing here knows where a section begins."""

from __future__ import annotations

import re

from litink.books.model import SectionKind
from litink.books.numbering import normal

_FRONT = SectionKind.FRONT_MATTER
_BACK = SectionKind.BACK_MATTER

# epub:type values (EPUB Structural Semantics Vocabulary 1.1), also as DPUB-ARIA roles without "doc-".
_FRONT_ROLES = frozenset(
    [
        "frontmatter", "titlepage", "halftitlepage", "halftitle", "imprint", "copyright-page", "dedication",
        "epigraph", "foreword", "preface", "toc", "loi", "lot", "seriespage", "frontispiece", "cover",
        "z3998:dramatis-personae", "dramatis-personae", "tableofcontents", "preamble",
    ]
)  # fmt: skip
_BACK_ROLES = frozenset(
    [
        "backmatter", "colophon", "endnotes", "rearnotes", "footnotes", "afterword", "appendix",
        "bibliography", "glossary", "index", "credits",
    ]
)  # fmt: skip
_BODY_ROLES = frozenset(
    ["bodymatter", "chapter", "prologue", "epilogue", "part", "volume", "conclusion", "se:short-story"]
)
# Not narrated wherever an editor files them.
_NEVER_BODY = frozenset(
    [
        "copyright-page", "toc", "index", "colophon", "endnotes", "rearnotes", "titlepage", "halftitlepage",
        "imprint", "bibliography",
    ]
)  # fmt: skip

_ROLE_TITLES = {
    "titlepage": "Title page",
    "halftitlepage": "Half title",
    "copyright-page": "Copyright",
    "dedication": "Dedication",
    "epigraph": "Epigraph",
    "toc": "Contents",
    "cover": "Cover",
    "colophon": "Colophon",
    "imprint": "Imprint",
    "endnotes": "Notes",
    "index": "Index",
    "bibliography": "Bibliography",
}

_ALWAYS = "|".join(
    (
        r"(?:table of )?contents|contents of .*|table des mati[eè]res|inhalt(?:sverzeichnis)?|[ií]ndice",
        r"indice|sommaire|inhoud|spis treści|содержание|оглавление|目次|目录",
        r"(?:list|table) of (?:illustrations|figures|tables|maps|plates|abbreviations|works)|illustrations",
        r"copyright(?: page| notice)?|imprint|title ?page|half ?title(?: ?page)?|colophon|uncopyright",
        r"(?:project gutenberg|pg) .*|the full project gutenberg.*|transcribers? (?:s )?notes?.*|legal notice",
        r"impressum|(?:foot|end|rear)notes?|notes|index(?: of .*)?|general index|bibliography",
        r"select(?:ed)? bibliography|references|works cited|further reading|glossary",
        r"(?:books|works|novels|also) by .*|by the same author|other (?:books|works) by .*|advertisements?",
        r"about the (?:author|publisher)s?|cover|back cover|errata|license|licence|newsletter|praise for .*",
    )
)
_LEADING = "|".join(
    (
        r"dedication|to .{1,60}|epigraph",
        r"(?:authors? |publishers? |editors? |translators? |new )?(?:s )?(?:preface|foreword|introduction|note|"
        r"introductory note|advertisement|prefatory note)(?: (?:to|by|of) .*)?",
        r"the authors? (?:s )?(?:preface|apology|note|introduction)|acknowledg(?:e)?ments?",
        r"dramatis person(?:ae|æ)|(?:the )?(?:persons|characters)(?: of the play| in the play)?",
        r"the scenes of the play|vorwort|einleitung|avant propos|pr[eé]face|introduction|pr[oó]logo del autor",
        r"prefazione|dedicatoria|dédicace|widmung|frontispiece|maps?|chronology|a note on .*|note on .*",
        r"front ?matter|licence|epigraph|opening credits|how to use this book",
    )
)
_TRAILING = "|".join(
    (
        r"acknowledg(?:e)?ments?|afterword|authors? (?:s )?(?:note|afterword)|a note on .*",
        r"appendi(?:x|ces)(?: .*)?|historical notes?|nachwort|postface|postfazione|ep[ií]logo del traductor",
        r"danksagung|remerciements|(?:explanatory|editorial|textual|additional) notes?.*|credits|permissions",
        r"chronology|reading group guide|discussion questions|back ?matter|the end|fin|notes (?:on|to) .*",
        r"sources|contributors|the authors?|publishers? (?:s )?note|catalogue.*|transcribers? .*",
        r"answers?(?: .*)?|solutions?(?: .*)?",
    )
)
_ALWAYS_RE = re.compile(_ALWAYS)
_LEADING_RE = re.compile(f"(?:{_LEADING})")
_TRAILING_RE = re.compile(f"(?:{_TRAILING})")
_BACK_IF_LOOSE = re.compile(
    r"(?:foot|end|rear)?notes?|index.*|general index|.*bibliography|references|works cited|further reading|glossary|"
    r"colophon|uncopyright|.*licen[cs]e.*|about .*|also by .*|errata|advertisements?|back cover|newsletter"
)
_RIGHTS = re.compile(
    r"all rights reserved|©|\(c\)\s*[12]\d{3}|copyright\s+(?:©|\(c\)|[12]\d{3})|\bISBN\b|first published|"
    r"library of congress",
    re.I,
)

GUTENBERG_START = re.compile(r"\*\*\*\s*START OF (?:THE|THIS) PROJECT GUTENBERG|\*END\*\s*THE SMALL PRINT", re.I)
GUTENBERG_END = re.compile(
    r"\*\*\*\s*END OF (?:THE|THIS) PROJECT GUTENBERG|^\s*End of (?:the |this )?Project Gutenberg", re.I
)
# The paragraph after the start marker that names those who made the file.
GUTENBERG_CREDITS = re.compile(
    r"(?:produced|transcribed|prepared|scanned|typed|digitized|proofed) (?:and \w+ )?by\b|"
    r"(?:this )?e-?(?:text|book) (?:was )?(?:prepared|produced|transcribed|typed|scanned|created) (?:and \w+ )?by\b",
    re.I,
)
NOTES_TITLE = re.compile(
    r"(?:foot|end|rear)?notes?|anmerkungen|fu(?:ß|ss)noten|notas|note|примечания|notes and references"
)


def kind_by_roles(roles: frozenset[str]) -> SectionKind | None:
    """What an editor's marks say; None when they say nothing or leave it to position."""
    if not roles:
        return None
    if "frontmatter" in roles:
        return _FRONT
    if "backmatter" in roles:
        return _BACK
    if roles & _BODY_ROLES and not roles & _NEVER_BODY:
        return SectionKind.CHAPTER
    if roles & _FRONT_ROLES:
        return _FRONT
    if roles & _BACK_ROLES:
        return _BACK
    return None


def title_of_roles(roles: frozenset[str]) -> str:
    """What to call a section that has marks but no title; empty for nothing special."""
    return next((name for role, name in _ROLE_TITLES.items() if role in roles), "")


def always_matter(title: str) -> SectionKind | None:
    """The kind of a section whose title is matter wherever it stands; the place decides only between front and back."""
    plain = normal(title)
    if not plain or not _ALWAYS_RE.fullmatch(plain):
        return None
    return _BACK if _BACK_IF_LOOSE.fullmatch(plain) else _FRONT


def leading_matter(title: str) -> bool:
    return bool(_LEADING_RE.fullmatch(normal(title)))


def trailing_matter(title: str) -> bool:
    return bool(_TRAILING_RE.fullmatch(normal(title)))


def is_contents_title(title: str) -> bool:
    return bool(re.fullmatch(_ALWAYS.split("|copyright")[0], normal(title)))


def is_notes_title(title: str) -> bool:
    return bool(NOTES_TITLE.fullmatch(normal(title)))


def reads_like_rights(text: str) -> bool:
    """A copyright page: short, and it speaks of rights."""
    return len(text) < 6000 and bool(_RIGHTS.search(text)) and len(text.split()) < 700
