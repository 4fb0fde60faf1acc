"""A valid instance of any JSON schema, drawn from a prompt's material: what structured output returns."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any, cast

from emulator.core.words import Material
from emulator.openrouter.patterns import matching

Schema = Mapping[str, Any]
_DEEP = 6  # from here on only what must be there
_SHORT = ("name", "title", "label", "heading", "role", "speaker", "character", "place", "who", "author")
_MARKS = ("id", "key", "ref", "code", "slug")
_LONG = ("summary", "description", "explanation", "body", "content", "objective", "premise", "synopsis")
_TOLD = re.compile(r"\b(minLength|maxLength|minItems|maxItems|minimum|maximum) (-?\d+)\b")
_FORMATS = {
    "date": "1898-05-04",
    "date-time": "1898-05-04T12:00:00Z",
    "time": "12:00:00Z",
    "email": "reader@example.org",
    "uri": "https://example.org/",
    "uuid": "00000000-0000-4000-8000-000000000000",
    "hostname": "example.org",
    "ipv4": "192.0.2.1",
    "ipv6": "2001:db8::1",
    "duration": "PT5M",
}


class Unsatisfiable(ValueError):
    """The schema asks for what cannot be, or for what the emulator does not understand."""


def instance(schema: Schema, material: Material) -> Any:
    """An instance of ``schema``; Unsatisfiable when there is none that the emulator finds."""
    try:
        return _Maker(schema, material).make(schema, "", 0)
    except (AttributeError, TypeError, KeyError, IndexError, OverflowError, RecursionError) as error:
        raise Unsatisfiable("it is no JSON schema") from error


class _Maker:
    def __init__(self, root: Schema, material: Material) -> None:
        self._root, self._material, self._dice = root, material, material.dice

    def make(self, schema: Schema | bool, name: str, depth: int) -> Any:
        if schema is False or depth > 40:
            raise Unsatisfiable("no instance of this schema ends")
        flat = _as_told(self._flat({} if schema is True else schema, depth))
        if "const" in flat:
            return flat["const"]
        if "enum" in flat:
            if not flat["enum"]:
                raise Unsatisfiable("an empty enum")
            return self._dice.choice(flat["enum"])
        match self._type(flat, depth):
            case "object":
                return self._object(flat, depth)
            case "array":
                return self._array(flat, name, depth)
            case "string":
                return self._string(flat, name)
            case "integer" | "number" as kind:
                return self._number(flat, name, whole=kind == "integer")
            case "boolean":
                return self._dice.random() < 0.5
            case _:
                return None

    def _flat(self, schema: Schema, depth: int) -> dict[str, Any]:
        """``schema`` with its references followed, its parts of ``allOf`` joined and one of its choices taken."""
        flat = dict(schema)
        for _ in range(100):
            if "$ref" in flat:
                flat = _joined(self._resolved(flat.pop("$ref")), flat)
            elif flat.get("allOf"):
                for part in flat.pop("allOf"):
                    flat = _joined(part, flat)
            elif choices := flat.get("anyOf") or flat.get("oneOf"):
                flat.pop("anyOf", None)
                flat.pop("oneOf", None)
                flat = _joined(self._chosen(choices, depth), flat)
            else:
                return flat
        raise Unsatisfiable("references without end")

    def _resolved(self, reference: str) -> Schema:
        if not reference.startswith("#"):
            raise Unsatisfiable(f"{reference} is outside the schema")
        found: Any = self._root
        for step in filter(None, reference[1:].split("/")):
            try:
                found = found[step.replace("~1", "/").replace("~0", "~")]
            except (KeyError, TypeError):
                raise Unsatisfiable(f"{reference} is not in the schema") from None
        return cast(Schema, found)

    def _chosen(self, choices: list[Schema], depth: int) -> Schema:
        """One of several; something rather than null, but null or what is flat when it gets deep."""
        something = [choice for choice in choices if choice.get("type") != "null"] or choices
        if depth < _DEEP:
            return self._dice.choice(something)
        return min(choices, key=lambda choice: (choice.get("type") != "null", "$ref" in choice))

    def _type(self, flat: Schema, depth: int) -> str:
        kind = flat.get("type")
        if isinstance(kind, list):
            kinds = [one for one in kind if one != "null"] if depth < _DEEP else sorted(kind, key=lambda k: k != "null")
            kind = kinds[0] if kinds else "null"
        if kind is None:
            hints = {"properties": "object", "items": "array", "prefixItems": "array", "minimum": "number"}
            kind = next((meant for hint, meant in hints.items() if hint in flat), "string")
        return str(kind)

    def _object(self, flat: Schema, depth: int) -> dict[str, Any]:
        required = flat.get("required", [])
        properties: Mapping[str, Any] = flat.get("properties", {})
        wanted = [name for name in properties if name in required or depth < _DEEP - 2]
        made = {name: self.make(properties[name], name, depth + 1) for name in wanted}
        extra = flat.get("additionalProperties", True)
        for name in required:
            if name not in made:
                made[name] = self.make({} if isinstance(extra, bool) else extra, name, depth + 1)
        for number in range(flat.get("minProperties", 0) - len(made)):
            made[f"extra_{number + 1}"] = self.make({} if isinstance(extra, bool) else extra, "", depth + 1)
        return made

    def _array(self, flat: Schema, name: str, depth: int) -> list[Any]:
        least = flat.get("minItems", 0)
        usual = 0 if depth >= _DEEP else self._dice.randint(1, 3)
        count = min(max(least, usual), flat.get("maxItems", math.inf))
        first: list[Any] = flat.get("prefixItems", [])
        rest = flat.get("items", True)
        if rest is False:
            count = min(count, len(first))
        made: list[Any] = []
        for attempt in range(int(count) * 8):
            if len(made) == count:
                break
            item = self.make(first[len(made)] if len(made) < len(first) else rest, _singular(name), depth + 1)
            if flat.get("uniqueItems") and item in made:
                if isinstance(item, str) and attempt > count:
                    item = self._fitted(f"{item} {attempt}", rest if isinstance(rest, Mapping) else {})
                if item in made:
                    continue
            made.append(item)
        if len(made) < least:
            raise Unsatisfiable(f"{name or 'an array'} needs {least} different items")
        return made

    def _string(self, flat: Schema, name: str) -> str:
        if "pattern" in flat:
            return matching(flat["pattern"], self._dice, flat.get("minLength", 0), flat.get("maxLength"))
        if flat.get("format") in _FORMATS:
            return _FORMATS[flat["format"]]
        last = name.lower().rsplit("_", 1)[-1]
        if last in _MARKS and self._material.marks:
            text = self._dice.choice(self._material.marks)
        elif last in _SHORT:
            text = self._material.name() if last != "title" else self._material.phrase(3)
        elif last in _LONG:
            text = self._material.paragraph(2)
        else:
            text = self._material.sentence()
        return self._fitted(text, flat)

    def _fitted(self, text: str, flat: Schema) -> str:
        """``text`` cut or lengthened to what the schema says; cut at a word where it can be."""
        most, least = flat.get("maxLength"), flat.get("minLength", 0)
        while len(text) < least:
            text = f"{text} {self._material.sentence()}"
        if most is not None and len(text) > most:
            cut = text[:most].rsplit(" ", 1)[0].rstrip(",;: ")
            text = cut if len(cut) >= max(least, 1) else text[:most]
        return text

    def _number(self, flat: Schema, name: str, *, whole: bool) -> float | int:
        if whole and (offered := self._material.numbers(name)):
            return self._dice.choice(offered)
        step = flat.get("multipleOf", 1 if whole else None)
        low, high = _bounds(flat, step if step is not None else 1e-6)
        if low is None and high is None:
            low, high = (0, 1) if any(word in name.lower() for word in ("probability", "confidence")) else (1, 5)
        elif low is None:
            low = cast(float, high) - 5 * (step or 1)
        elif high is None:
            high = low + 5 * (step or 1)
        assert low is not None
        assert high is not None
        if step is None:
            return round(self._dice.uniform(low, high), 3) if high - low > 0.002 else (low + high) / 2
        first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
        if first > last:
            raise Unsatisfiable(f"no number from {low} to {high} by steps of {step}")
        found = self._dice.randint(first, last) * step
        return int(found) if whole else found


def _as_told(flat: dict[str, Any]) -> dict[str, Any]:
    """``flat`` with the bounds that its description speaks of, such as "(maxLength 60)": a model reads them there."""
    told = {name: int(number) for name, number in _TOLD.findall(str(flat.get("description", "")))}
    return {**told, **flat}


def _bounds(flat: Schema, step: float) -> tuple[float | None, float | None]:
    """The least and the most, inclusive; numbers that are excluded move by a step."""
    lows = [flat["minimum"]] if "minimum" in flat else []
    highs = [flat["maximum"]] if "maximum" in flat else []
    if "exclusiveMinimum" in flat:
        lows.append(flat["exclusiveMinimum"] + step)
    if "exclusiveMaximum" in flat:
        highs.append(flat["exclusiveMaximum"] - step)
    return (max(lows) if lows else None, min(highs) if highs else None)


def _joined(one: Schema, other: Schema) -> dict[str, Any]:
    """Both at once: properties and requirements of both, the narrower of two bounds, the other's word else."""
    joined = {**one, **other}
    if "properties" in one and "properties" in other:
        joined["properties"] = {**one["properties"], **other["properties"]}
    if "required" in one or "required" in other:
        joined["required"] = list(dict.fromkeys([*one.get("required", []), *other.get("required", [])]))
    for name in ("minimum", "minLength", "minItems", "exclusiveMinimum"):
        if name in one and name in other:
            joined[name] = max(one[name], other[name])
    for name in ("maximum", "maxLength", "maxItems", "exclusiveMaximum"):
        if name in one and name in other:
            joined[name] = min(one[name], other[name])
    if "enum" in one and "enum" in other:
        joined["enum"] = [value for value in one["enum"] if value in other["enum"]]
    return joined


def _singular(name: str) -> str:
    return name[:-1] if name.endswith("s") else name
