"""Whatever is sent, the answer is one of the provider's: nothing makes the emulator fall over."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.emulated import Emulator
from tests.emulator.conftest import GEORGE

HEADERS = {"Authorization": "Bearer k", "xi-api-key": "k", "Content-Type": "application/json"}
NAMES = ("type", "text", "content", "role", "name", "schema", "properties", "items", "$ref", "anyOf", "enum", "pattern")
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=4),
    max_leaves=8,
)
CALLS: dict[str, dict[str, Any]] = {
    "/openrouter/api/v1/chat/completions": {
        "model": "openai/gpt-4o",
        "messages": [{"role": "user", "content": "Good evening."}],
        "response_format": None,
        "provider": None,
        "max_tokens": 5,
    },
    "/openrouter/api/v1/embeddings": {"model": "openai/text-embedding-3-small", "input": "x", "dimensions": 8},
    "/modelslab/api/v7/images/text-to-image": {"key": "k", "model_id": "flux", "prompt": "x", "width": 512, "seed": 1},
    "/modelslab/api/v7/images/image-to-image": {
        "key": "k",
        "model_id": "flux-kontext-dev",
        "prompt": "x",
        "init_image": "",
    },
    "/modelslab/api/v7/images/fetch/1": {"key": "k"},
    f"/elevenlabs/v1/text-to-speech/{GEORGE}": {"text": "x", "seed": 1, "voice_settings": {}, "model_id": "eleven_v3"},
    "/elevenlabs/v1/pronunciation-dictionaries/add-from-rules": {"name": "x", "rules": []},
    "/elevenlabs/v1/voices/add": {"name": "x"},
    "/_emulator/settings": {"latency": {}, "patience": 1},
}
lenient = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.mark.parametrize("path", CALLS)
@lenient
@given(data=st.data())
def test_a_body_with_anything_in_it(emulator: Emulator, http: httpx.Client, path: str, data: st.DataObject) -> None:
    body = dict(CALLS[path])
    body[data.draw(st.sampled_from([*body, "extra"]))] = data.draw(anything)
    answer = http.post(emulator.urls.server + path, content=json.dumps(body).encode(), headers=HEADERS)

    assert answer.status_code < 500, answer.text


@pytest.mark.parametrize("path", CALLS)
@lenient
@given(raw=st.binary(max_size=40))
def test_a_body_that_is_no_json(emulator: Emulator, http: httpx.Client, path: str, raw: bytes) -> None:
    assert http.post(emulator.urls.server + path, content=raw, headers=HEADERS).status_code < 500


@lenient
@given(schema=anything)
def test_a_schema_that_is_none(emulator: Emulator, http: httpx.Client, schema: Any) -> None:
    body = {
        "model": "openai/gpt-4o",
        "messages": [{"role": "user", "content": "Good evening."}],
        "response_format": {"type": "json_schema", "json_schema": {"name": "x", "schema": schema}},
    }
    url = f"{emulator.urls.openrouter}/chat/completions"

    assert http.post(url, json=body, headers=HEADERS).status_code in {200, 400}


@lenient
@given(
    path=st.sampled_from(["customers", "subscriptions", "checkout/sessions", "prices", "payment_intents", "invoices"]),
    form=st.dictionaries(
        st.sampled_from(
            ["customer", "items[0][price]", "items[]", "expand[]", "metadata[a]", "amount", "line_items[0]"]
        )
        | st.text(max_size=8),
        st.text(max_size=8),
        max_size=5,
    ),
)
def test_a_form_with_anything_in_it(emulator: Emulator, http: httpx.Client, path: str, form: dict[str, str]) -> None:
    url = f"{emulator.urls.stripe}/v1/{path}"
    answer = http.post(url, data=form, headers={"Authorization": "Bearer k"})

    assert answer.status_code < 500, answer.text
    assert http.get(url, params=form, headers={"Authorization": "Bearer k"}).status_code < 500


@lenient
@given(raw=st.binary(max_size=40))
def test_a_form_that_is_none(emulator: Emulator, http: httpx.Client, raw: bytes) -> None:
    headers = {"Authorization": "Bearer k", "Content-Type": "application/x-www-form-urlencoded"}
    assert http.post(f"{emulator.urls.stripe}/v1/customers", content=raw, headers=headers).status_code < 500
