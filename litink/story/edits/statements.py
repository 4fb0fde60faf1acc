"""Statements as a person words them: without evidence in the text, unless they read as they did."""

from __future__ import annotations

from collections.abc import Sequence

from litink.story.model import Statement


def stated(before: Statement | None, text: str) -> Statement | None:
    """The statement with this text; none for "". One that reads the same keeps its evidence."""
    if before is not None and before.text == text:
        return before
    return Statement(text=text) if text else None


def stated_all(before: Sequence[Statement], texts: Sequence[str]) -> tuple[Statement, ...]:
    """Statements with these texts, empty ones left out."""
    known = {statement.text: statement for statement in before}
    return tuple(known.get(text) or Statement(text=text) for text in texts if text)
