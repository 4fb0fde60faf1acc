"""Structured output is valid for whatever schema a client may bring."""

from __future__ import annotations

import re
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emulator.core.words import Material
from emulator.openrouter.instances import Unsatisfiable, instance

TEXT = "It was evening. Old Tom Bell said little, and Mary Reed looked at him. See p12 and p13 for more of it."


def made(schema: Any, seed: str = "a") -> Any:
    return instance(schema, Material(TEXT, seed))


strings = st.fixed_dictionaries(
    {"type": st.just("string")},
    optional={"minLength": st.integers(0, 300), "maxLength": st.integers(300, 400)},
)
numbers = st.builds(
    lambda low, span, kind: {"type": kind, "minimum": low, "maximum": low + span},
    st.integers(-1000, 1000),
    st.integers(0, 50),
    st.sampled_from(["integer", "number"]),
)
steps = st.builds(
    lambda low, step: {"type": "integer", "exclusiveMinimum": low, "multipleOf": step},
    st.integers(-100, 100),
    st.integers(1, 9),
)
leaves = st.one_of(
    strings,
    numbers,
    steps,
    st.just({"type": "boolean"}),
    st.just({"type": "null"}),
    st.just({"type": ["string", "null"]}),
    st.lists(st.one_of(st.text(max_size=5), st.integers(), st.none()), min_size=1, max_size=4).map(
        lambda values: {"enum": values}
    ),
    st.integers().map(lambda value: {"const": value}),
)


def branches(children: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    objects = st.dictionaries(st.sampled_from(["id", "title", "text", "lines", "mood"]), children, max_size=4).map(
        lambda properties: {
            "type": "object",
            "properties": properties,
            "required": sorted(properties)[::2],
            "additionalProperties": False,
        }
    )
    arrays = st.builds(
        lambda item, low, more: {"type": "array", "items": item, "minItems": low, "maxItems": low + more},
        children,
        st.integers(0, 5),
        st.integers(0, 3),
    )
    choices = st.lists(children, min_size=1, max_size=3).map(lambda several: {"anyOf": several})
    return st.one_of(objects, arrays, choices)


@settings(max_examples=300, deadline=None)
@given(st.recursive(leaves, branches, max_leaves=12), st.text(max_size=3))
def test_an_instance_is_always_valid(schema: Any, seed: str) -> None:
    jsonschema.Draft202012Validator(schema).validate(made(schema, seed))


@settings(max_examples=100, deadline=None)
@given(
    st.sampled_from(
        [r"^[a-z]{3,8}$", r"^\d{4}-\d{2}$", r"^(red|green)-[A-F0-9]+$", r"^[^\s]{5}$", r"p\d+", r"^c\d{1,3}(\.\d)?$"]
    ),
    st.text(max_size=3),
)
def test_texts_match_their_pattern(pattern: str, seed: str) -> None:
    assert re.search(pattern, made({"type": "string", "pattern": pattern}, seed))


def test_a_schema_that_contains_itself_ends() -> None:
    tree = {
        "$ref": "#/$defs/node",
        "$defs": {
            "node": {
                "type": "object",
                "required": ["name", "children", "next"],
                "additionalProperties": False,
                "properties": {
                    "name": {"type": "string"},
                    "children": {"type": "array", "items": {"$ref": "#/$defs/node"}},
                    "next": {"anyOf": [{"$ref": "#/$defs/node"}, {"type": "null"}]},
                },
            }
        },
    }
    for seed in range(20):
        jsonschema.validate(made(tree, str(seed)), tree)


def test_parts_that_are_joined_hold_together() -> None:
    schema = {
        "allOf": [
            {"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"]},
            {"properties": {"b": {"type": "string", "format": "date"}}, "required": ["b"]},
        ],
        "properties": {"c": {"type": "array", "items": {"enum": [1, 2, 3]}, "uniqueItems": True, "minItems": 3}},
        "required": ["c"],
    }
    found = made(schema)

    jsonschema.validate(found, schema)
    assert sorted(found["c"]) == [1, 2, 3]


def test_names_and_marks_are_those_of_the_text() -> None:
    schema = {
        "type": "object",
        "properties": {"speaker": {"type": "string"}, "paragraph_id": {"type": "string"}},
        "required": ["speaker", "paragraph_id"],
    }
    found = made(schema)

    assert found["speaker"] in {"Tom Bell", "Mary Reed"}
    assert found["paragraph_id"] in {"p12", "p13"}


@pytest.mark.parametrize("schema", [{"enum": []}, {"$ref": "#/$defs/none"}, {"$ref": "http://elsewhere/x"}])
def test_a_schema_without_an_instance_says_so(schema: Any) -> None:
    with pytest.raises(Unsatisfiable):
        made(schema)
