"""OpenRouter as a client meets it: structured output, streams, fallbacks, the cache, what is looked up."""

from __future__ import annotations

import json
import threading
from typing import Any

import httpx
import jsonschema
import openai
import pytest
from openai import OpenAI

from tests.emulated import Emulator
from tests.emulator.conftest import PASSAGE, say

SCHEMA: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["title", "lines", "mood"],
    "properties": {
        "title": {"type": "string", "maxLength": 60},
        "mood": {"type": ["string", "null"], "enum": ["calm", "tense", None]},
        "lines": {"type": "array", "minItems": 2, "maxItems": 4, "items": {"$ref": "#/$defs/line"}},
    },
    "$defs": {
        "line": {
            "type": "object",
            "additionalProperties": False,
            "required": ["speaker", "text", "intensity"],
            "properties": {
                "speaker": {"enum": ["alice", "rabbit"]},
                "text": {"type": "string", "minLength": 1},
                "intensity": {"type": "integer", "minimum": 1, "maximum": 10},
            },
        }
    },
}


def form(schema: dict[str, Any], *, strict: bool = True) -> dict[str, Any]:
    return {"type": "json_schema", "json_schema": {"name": "answer", "strict": strict, "schema": schema}}


def test_structured_output_fits_the_schema_and_speaks_of_the_text(openrouter: OpenAI) -> None:
    answer = say(
        openrouter, response_format=form(SCHEMA), extra_body={"provider": {"require_parameters": True}}, seed=7
    )
    made = json.loads(answer.choices[0].message.content)

    jsonschema.validate(made, SCHEMA)
    assert any(line["text"][:20] in PASSAGE for line in made["lines"])


def test_another_seed_gives_another_answer(openrouter: OpenAI) -> None:
    texts = {say(openrouter, response_format=form(SCHEMA), seed=seed).choices[0].message.content for seed in range(5)}

    assert len(texts) > 1


def test_a_strict_schema_must_be_closed(openrouter: OpenAI) -> None:
    loose = {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]}

    with pytest.raises(openai.BadRequestError, match="additionalProperties"):
        say(openrouter, response_format=form(loose))
    assert say(openrouter, response_format=form(loose, strict=False)).choices[0].message.content


def test_a_stream_ends_with_reason_usage_and_done(emulator: Emulator, openrouter: OpenAI, http: httpx.Client) -> None:
    whole = say(openrouter).choices[0].message.content
    chunks = list(say(openrouter, stream=True, stream_options={"include_usage": True}))

    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices).split()
    assert [chunk.choices[0].finish_reason for chunk in chunks if chunk.choices][-1] == "stop"
    assert chunks[-1].usage is not None
    assert chunks[-1].usage.completion_tokens > 0
    assert whole

    body = {"model": "openai/gpt-4o", "messages": [{"role": "user", "content": PASSAGE}], "stream": True}
    raw = http.post(f"{emulator.urls.openrouter}/chat/completions", json=body, headers=bearer()).text
    assert raw.startswith(": OPENROUTER PROCESSING\n\n")
    assert raw.endswith("data: [DONE]\n\n")


def bearer() -> dict[str, str]:
    return {"Authorization": "Bearer test-key"}


def test_an_answer_is_cut_at_max_tokens(openrouter: OpenAI) -> None:
    answer = say(openrouter, max_tokens=5)

    assert answer.choices[0].finish_reason == "length"
    assert answer.usage.completion_tokens == 5


def test_the_next_model_answers_when_the_first_is_down(openrouter: OpenAI, emulator: Emulator) -> None:
    emulator.fault("status", match={"model": "anthropic/claude-sonnet-4.6"}, status=503)
    answer = say(openrouter, model="anthropic/claude-sonnet-4.6", extra_body={"models": ["openai/gpt-4o-mini"]})

    assert answer.model == "openai/gpt-4o-mini"
    assert [row["model"] for row in emulator.bill().charges] == ["openai/gpt-4o-mini"]
    with pytest.raises(openai.InternalServerError):
        say(openrouter, model="anthropic/claude-sonnet-4.6")


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"provider": {"only": ["azure"]}}, "No allowed providers"),
        ({"provider": {"max_price": {"prompt": 1}}}, "max price"),
        ({"provider": {"require_parameters": True}, "top_k": 3}, "requested parameters"),
    ],
)
def test_routing_that_leaves_nobody_is_a_404(openrouter: OpenAI, more: dict[str, Any], said: str) -> None:
    with pytest.raises(openai.NotFoundError, match=said):
        say(openrouter, extra_body=more)


def test_too_long_a_question_is_refused(openrouter: OpenAI) -> None:
    with pytest.raises(openai.BadRequestError, match="maximum context length"):
        say(openrouter, "word " * 110_000)


def test_free_models_are_limited_by_the_minute(openrouter: OpenAI, emulator: Emulator) -> None:
    for number in range(20):
        say(openrouter, f"{number} {PASSAGE}", model="meta-llama/llama-3.2-3b-instruct:free")

    with pytest.raises(openai.RateLimitError, match="free-models-per-min"):
        say(openrouter, model="meta-llama/llama-3.2-3b-instruct:free")
    emulator.advance(61)
    assert say(openrouter, model="meta-llama/llama-3.2-3b-instruct:free").usage.cost == 0


def test_a_generation_can_be_looked_up_by_its_header(
    openrouter: OpenAI, emulator: Emulator, http: httpx.Client
) -> None:
    answer = openrouter.chat.completions.with_raw_response.create(
        model="openai/gpt-4o", messages=[{"role": "user", "content": PASSAGE}]
    )
    name = answer.headers["x-generation-id"]
    found = http.get(f"{emulator.urls.openrouter}/generation", params={"id": name}, headers=bearer()).json()["data"]
    unknown = http.get(f"{emulator.urls.openrouter}/generation", params={"id": "gen-0"}, headers=bearer())

    assert found["total_cost"] == float(emulator.bill().total)
    assert found["model"] == "openai/gpt-4o"
    assert unknown.status_code == 404
    assert unknown.json()["error"]["code"] == 404


def test_the_key_says_what_is_left(openrouter: OpenAI, emulator: Emulator, http: httpx.Client) -> None:
    emulator.settings(credit_limit_usd=0.0001)
    say(openrouter)
    key = http.get(f"{emulator.urls.openrouter}/key", headers=bearer()).json()["data"]

    assert key["usage"] == float(emulator.bill().total)
    assert key["limit_remaining"] == 0
    with pytest.raises(openai.APIStatusError) as caught:
        say(openrouter)
    assert caught.value.status_code == 402


def test_models_come_with_prices_as_text(openrouter: OpenAI) -> None:
    models = {model.id: model.model_extra or {} for model in openrouter.models.list()}

    assert models["openai/gpt-4o"]["pricing"]["prompt"] == "0.0000025"


CACHE = {"X-OpenRouter-Cache": "true"}


def test_a_repeat_is_free_for_300_seconds_when_the_cache_is_asked_for(openrouter: OpenAI, emulator: Emulator) -> None:
    first, repeat = say(openrouter, extra_headers=CACHE), say(openrouter, extra_headers=CACHE)

    assert repeat.choices[0].message.content == first.choices[0].message.content
    assert repeat.usage.cost == 0
    assert repeat.usage.total_tokens == 0
    assert repeat.id != first.id
    assert len(emulator.bill().charges) == 1

    say(openrouter)  # without the header
    assert len(emulator.bill().charges) == 2
    emulator.advance(301)
    say(openrouter, extra_headers=CACHE)
    assert len(emulator.bill().charges) == 3


def test_a_lost_answer_is_free_when_asked_for_again_with_the_cache(openrouter: OpenAI, emulator: Emulator) -> None:
    emulator.fault("cut", match={"operation": "chat"}, times=1)
    with pytest.raises(openai.APIConnectionError):
        say(openrouter, extra_headers=CACHE)

    assert say(openrouter, extra_headers=CACHE).choices[0].message.content
    assert [row["delivered"] for row in emulator.bill().charges] == [False]


@pytest.mark.parametrize(("waits", "charges"), [(True, 1), (False, 2)])
def test_a_repeat_while_the_first_is_under_way(
    openrouter: OpenAI, emulator: Emulator, waits: bool, charges: int
) -> None:
    emulator.settings(latency={"chat": 1.0}, cache_waits=waits)
    threads = [threading.Thread(target=say, args=(openrouter,), kwargs={"extra_headers": CACHE}) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(emulator.bill().charges) == charges


def test_an_error_is_never_cached(openrouter: OpenAI, emulator: Emulator) -> None:
    emulator.fault("error_200", match={"operation": "chat"}, times=1)
    wrong = say(openrouter, extra_headers=CACHE)

    assert wrong.choices is None
    assert say(openrouter, extra_headers=CACHE).choices[0].message.content
    assert [row["outcome"] for row in emulator.bill().rows] == ["insured", "done"]


STRICT = [
    ({"messages": [{"role": "user", "content": "x"}]}, 400),
    ({"model": "openai/gpt-4o"}, 400),
    ({"model": "openai/gpt-4o", "messages": []}, 400),
    ({"model": "openai/gpt-4o", "messages": [{"role": "user", "content": "x"}], "temprature": 1}, 400),
    ({"model": "openai/gpt-4o", "messages": [{"role": "user", "content": "x"}], "max_tokens": "9"}, 400),
    ({"model": "openai/gpt-4o", "messages": [{"role": "owner", "content": "x"}]}, 400),
    ({"model": "openai/gpt-99", "messages": [{"role": "user", "content": "x"}]}, 400),
    ({"model": "openai/gpt-4o", "messages": [{"role": "user", "content": "x"}], "provider": {"onyl": []}}, 400),
    ({"model": "openai/text-embedding-3-small", "messages": [{"role": "user", "content": "x"}]}, 404),
]


@pytest.mark.parametrize(("body", "status"), STRICT)
def test_what_is_not_understood_is_refused_for_nothing(
    emulator: Emulator, http: httpx.Client, body: dict[str, Any], status: int
) -> None:
    answer = http.post(f"{emulator.urls.openrouter}/chat/completions", json=body, headers=bearer())

    assert answer.status_code == status
    assert answer.json()["error"]["code"] == status
    assert answer.json()["error"]["message"]
    (row,) = emulator.bill().rows
    assert (row["amount_usd"], row["outcome"]) == ("0", "refused")


def test_other_routes_and_keys_are_refused(emulator: Emulator, http: httpx.Client, openrouter: OpenAI) -> None:
    url = emulator.urls.openrouter
    emulator.settings(keys={"openrouter": "another"})

    assert http.post(f"{url}/completions", json={}, headers=bearer()).json()["error"]["code"] == 404
    assert http.get(f"{url}/chat/completions", headers=bearer()).status_code == 405
    assert http.get(f"{url}/key").status_code == 401
    with pytest.raises(openai.AuthenticationError):
        say(openrouter)
    assert emulator.bill().total == 0
