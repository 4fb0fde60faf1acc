"""A text that matches a regular expression: enough of the language for what schemas say of strings."""

from __future__ import annotations

import random
import re
from typing import Any

_parser: Any = re._parser  # type: ignore[attr-defined]  # the parse tree of `re`; there is no public one
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_CLASSES = {"CATEGORY_DIGIT": "0123456789", "CATEGORY_WORD": _LETTERS, "CATEGORY_SPACE": " "}
_SPARE = _LETTERS + _LETTERS.upper() + "0123456789 _-.,;:/@#"


def matching(pattern: str, dice: random.Random, least: int, most: int | None) -> str:
    """A string that ``pattern`` is found in, of ``least`` to ``most`` characters; ValueError where none is found."""
    try:
        expression = re.compile(pattern)
        parsed = _parser.parse(pattern)
    except re.error as error:
        raise ValueError(f"the pattern {pattern!r} is not understood: {error}") from None
    for generous in (2, 0, 5, 12, 40, 100):
        for _ in range(20):
            text = _text(parsed, dice, generous)
            if not pattern.endswith("$") and len(text) < least:
                text += "a" * (least - len(text))
            if expression.search(text) and least <= len(text) <= (most if most is not None else len(text)):
                return text
    raise ValueError(f"no string of {least} to {most} characters was found for the pattern {pattern!r}")


def _text(parts: Any, dice: random.Random, generous: int) -> str:
    return "".join(_part(str(kind), value, dice, generous) for kind, value in parts)


def _part(kind: str, value: Any, dice: random.Random, generous: int) -> str:
    match kind:
        case "LITERAL":
            return chr(value)
        case "NOT_LITERAL":
            return next(letter for letter in _SPARE if ord(letter) != value)
        case "ANY":
            return dice.choice(_LETTERS)
        case "IN":
            return dice.choice(_members(value))
        case "MAX_REPEAT" | "MIN_REPEAT" | "POSSESSIVE_REPEAT":
            low, high, inner = value
            count = dice.randint(low, max(low, min(int(high), low + generous)))
            return "".join(_text(inner, dice, generous) for _ in range(count))
        case "BRANCH":
            return _text(dice.choice(value[1]), dice, generous)
        case "SUBPATTERN":
            return _text(value[3], dice, generous)
        case "ATOMIC_GROUP":
            return _text(value, dice, generous)
        case "AT" | "ASSERT" | "ASSERT_NOT":
            return ""
        case _:
            raise ValueError(f"patterns with {kind} are not understood")


def _members(parts: Any) -> list[str]:
    """The characters of a class such as ``[a-z_]``."""
    kinds = [(str(kind), value) for kind, value in parts]
    found: set[str] = set()
    for kind, value in kinds:
        if kind == "LITERAL":
            found.add(chr(value))
        elif kind == "RANGE":
            found.update(chr(code) for code in range(value[0], min(value[1], value[0] + 200) + 1))
        elif kind == "CATEGORY":
            found.update(_CLASSES.get(str(value), _LETTERS))
    if kinds and kinds[0][0] == "NEGATE":
        found = set(_SPARE) - found
    return sorted(found)
