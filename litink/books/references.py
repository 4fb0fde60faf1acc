"""Links that are no text: references to notes, and the way back from a note. How notes reach their places: notes.py."""

from __future__ import annotations

import re
from collections.abc import Sequence

from litink.books.events import Event
from litink.books.tables import names_in, text_in
from litink.books.tags import Tag

_NOTE_LABEL = re.compile(r"[\[({]?\s*(?:note\s*)?([0-9]{1,4}|[a-z]|[ivxlc]{1,6}|[*†‡§¶#‖]{1,4})\s*[\])}]?\.?", re.I)
_NOTE_WORD = re.compile(r"note|citation|(?:^|[\s_-])fn|(?:^|\s)ft\w?[0-9]", re.I)
_BACKLINK = frozenset("↩↑⏎←^▲")
_BACK_ROLES = frozenset({"backlink", "doc-backlink", "referrer"})
_NOTE_ROLES = frozenset({"noteref", "doc-noteref"})


def leads_back(link: Tag, inside: Sequence[Event]) -> bool:
    """Whether the link only goes back from a note to the text."""
    label = text_in(inside)
    return not link.roles.isdisjoint(_BACK_ROLES) or (_is_near(link) and bool(label) and set(label) <= _BACKLINK)


def note_label(link: Tag, inside: Sequence[Event], *, raised: bool) -> str | None:
    """The printed label of the note that the link refers to; None when it is ordinary text."""
    label = text_in(inside)
    match = _NOTE_LABEL.fullmatch(label) if _is_near(link) else None
    if match is None:
        return None
    fragment = link.attributes["href"].partition("#")[2]
    marked = (
        not link.roles.isdisjoint(_NOTE_ROLES)
        or raised
        or "sup" in names_in(inside)
        or label[:1] in "[({*†‡§¶"
        or _NOTE_WORD.search(f"{link.attributes.get('class', '')} {fragment}") is not None
    )
    return match.group(1) if marked else None


def _is_near(link: Tag) -> bool:
    href = link.attributes.get("href", "")
    return "#" in href and "://" not in href
