"""Stripe's form encoding: `items[0][price]=x&expand[]=y&metadata[a]=b` to nested dictionaries and lists."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qsl

from emulator.stripe.dialect import invalid

_KEY = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])*)")
_DEEPEST = 12


def decoded(text: str) -> dict[str, Any]:
    """The parameters of a body or query; Refusal 400 where it is no form. Every value is a string."""
    try:
        pairs = parse_qsl(text, keep_blank_values=True, strict_parsing=bool(text), errors="strict")
    except ValueError:
        raise invalid("The request could not be read as application/x-www-form-urlencoded.") from None
    found: dict[str, Any] = {}
    for key, value in pairs:
        match = _KEY.fullmatch(key)
        if match is None:
            raise invalid(f"Invalid parameter name: {key}", key)
        names = [match[1], *re.findall(r"\[([^\[\]]*)\]", match[2])]
        if len(names) > _DEEPEST:
            raise invalid(f"Invalid parameter name: {key}", key)
        _put(found, names, value, key)
    return {name: value if name == "metadata" else _listed(value) for name, value in found.items()}


def _put(node: dict[str, Any], names: list[str], value: str, key: str) -> None:
    for place, name in enumerate(names[:-1]):
        if name == "":
            name = _element(node, names[place + 1 :])
        node = node.setdefault(name, {})
        if not isinstance(node, dict):
            raise invalid(f"Invalid parameter: {key} is given as a value and as a hash", key)
    last = names[-1] or str(len(node))
    if isinstance(node.get(last), dict):
        raise invalid(f"Invalid parameter: {key} is given as a value and as a hash", key)
    node[last] = value


def _element(node: dict[str, Any], rest: list[str]) -> str:
    """Which element `items[][price]` means: the last one, or a new one where that has the field already."""
    last = node.get(str(len(node) - 1))
    return str(len(node) - 1) if isinstance(last, dict) and rest[0] and rest[0] not in last else str(len(node))


def _listed(value: Any) -> Any:
    """Dictionaries whose names are numbers become lists; metadata stays what it is."""
    if not isinstance(value, dict):
        return value
    if all(name.isdecimal() and name.isascii() for name in value):
        return [_listed(value[name]) for name in sorted(value, key=int)]
    return {name: inner if name == "metadata" else _listed(inner) for name, inner in value.items()}
