"""Answers that are heard while they are made: the same answer, the same bill, and what a break in the middle means."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from pydantic import SecretStr

from litink.providers.catalogue import load
from litink.providers.elevenlabs import ElevenLabs
from litink.providers.openrouter import OpenRouter
from litink.providers.wire import (
    Answer,
    AnswerLost,
    NotBilled,
    NotTaken,
    Request,
    Sending,
    StreamingAdapter,
    Traces,
    WrongAnswer,
)
from tests.emulated import Emulator
from tests.providers.conftest import KEY, assert_silent
from tests.providers.odd_server import OddServer, Reply, answer, html

pytestmark = pytest.mark.usefixtures("no_key_is_logged")

NOW = Sending(deadline_seconds=10)
CHAT = Request(
    "openrouter",
    "chat",
    "openai/gpt-4o-mini",
    {"messages": [{"role": "user", "content": "Alice met Dinah by the sea. The Rabbit ran away from her."}]},
)
SPEAK = Request(
    "elevenlabs",
    "speech",
    "eleven_multilingual_v2",
    {"text": "The Rabbit ran close by her, and she was not surprised.", "output_format": "mp3_44100_128"},
    address={"voice_id": "JBFqnCBsd6RMkjVDRZzb"},
)
REQUESTS = {"chat": CHAT, "speech": SPEAK}


@pytest.fixture
def providers(emulator: Emulator, key: SecretStr) -> Iterator[dict[str, StreamingAdapter]]:
    emulator.settings(keys=dict.fromkeys(("openrouter", "elevenlabs"), KEY))
    yield {
        "chat": OpenRouter(key, emulator.urls.openrouter, load()),
        "speech": ElevenLabs(key, emulator.urls.elevenlabs, load()),
    }
    assert emulator.bill().twice == {}


def cost(call: str, heard: Answer | WrongAnswer) -> Decimal:
    request = REQUESTS[call]
    model = load().named(request.provider, request.operation, request.model)
    assert model is not None
    return model.price.of(heard.units) if heard.cost_usd is None else heard.cost_usd


@pytest.mark.parametrize("call", REQUESTS)
def test_the_pieces_are_the_answer_and_come_while_it_is_made(
    providers: dict[str, StreamingAdapter], emulator: Emulator, call: str
) -> None:
    emulator.settings(latency={call: 1.0})
    pieces: list[bytes] = []
    delivered_by_then: list[bool] = []

    def hear(piece: bytes) -> None:
        if not pieces:
            delivered_by_then.append(bool(emulator.bill().rows[0]["delivered"]))
        pieces.append(piece)

    got = providers[call].stream(REQUESTS[call], NOW, hear)
    assert isinstance(got, Answer)
    assert delivered_by_then == [False]
    assert len(pieces) > 3
    assert b"".join(pieces) == got.data
    assert got.reference
    assert cost(call, got) == emulator.bill().total > 0


def test_streamed_speech_has_the_times_of_speech_that_came_as_a_whole(providers: dict[str, StreamingAdapter]) -> None:
    whole = providers["speech"].send(replace(SPEAK, body={**SPEAK.body, "seed": 3}), NOW)
    streamed = providers["speech"].stream(SPEAK, NOW, lambda _: None)
    assert isinstance(whole, Answer)
    assert isinstance(streamed, Answer)
    assert streamed.meta == whole.meta
    assert streamed.media_type == whole.media_type == "audio/mpeg"


FAULTS: list[dict[str, Any]] = [
    *({"kind": "status", "status": status} for status in (400, 401, 402, 429, 500, 502, 503)),
    *(
        {"kind": kind, "when": when}
        for kind in ("cut", "truncate", "cut_stream")
        for when in ("before_bill", "after_bill")
    ),
    *({"kind": kind} for kind in ("html_200", "bad_json", "wrong_schema", "error_200", "finish_error", "empty_output")),
    {"kind": "hang", "seconds": 30},
]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda f: "-".join(str(value) for value in f.values()))
@pytest.mark.parametrize("call", REQUESTS)
def test_whatever_happens_to_a_stream_the_adapter_agrees_with_the_bill(
    providers: dict[str, StreamingAdapter], emulator: Emulator, call: str, fault: dict[str, Any]
) -> None:
    adapter, request = providers[call], REQUESTS[call]
    emulator.fault(match={"operation": call}, times=1, **fault)
    heard: object
    try:
        heard = adapter.stream(request, Sending(deadline_seconds=3), lambda _: None)
    except (NotTaken, WrongAnswer) as error:
        heard = error
    except AnswerLost as lost:
        assert_silent(lost)
        heard = looked_up(adapter, request, lost.reference)
    charges = emulator.bill().charges
    billed = emulator.bill().total
    assert len(charges) <= 1
    match heard:
        case Answer():
            assert cost(call, heard) == billed
        case NotTaken() | NotBilled():
            assert billed == 0
        case WrongAnswer() if heard.units or heard.cost_usd is not None:
            assert cost(call, heard) >= billed


def looked_up(
    adapter: StreamingAdapter, request: Request, reference: str
) -> Answer | NotBilled | WrongAnswer | AnswerLost | None:
    try:
        told = adapter.look_up(request, reference, sent_at := datetime.now(UTC) - timedelta(seconds=45))
        if isinstance(told, Traces):
            told = adapter.look_up(request, *told.references, sent_at)
    except (WrongAnswer, AnswerLost) as error:
        return error
    assert told is None or isinstance(told, Answer | NotBilled)
    return told


@pytest.mark.parametrize("call", REQUESTS)
@pytest.mark.parametrize("kind", ["truncate", "cut_stream"])
def test_a_stream_that_breaks_off_after_it_was_billed_is_lost_and_found_by_its_id(
    providers: dict[str, StreamingAdapter], emulator: Emulator, call: str, kind: str
) -> None:
    emulator.settings(keep_content=True)
    emulator.fault(kind, match={"operation": call}, times=1)
    pieces: list[bytes] = []
    with pytest.raises(AnswerLost) as lost:
        providers[call].stream(REQUESTS[call], NOW, pieces.append)
    assert pieces  # some of it was heard
    found = looked_up(providers[call], REQUESTS[call], lost.value.reference)
    assert isinstance(found, Answer)
    assert found.data.startswith(b"".join(pieces))
    assert len(found.data) > len(b"".join(pieces))


# -- odd streams -------------------------------------------------------------------------------------------------------


def sse(*events: object, done: bool = True) -> Reply:
    lines = [": OPENROUTER PROCESSING", ""]
    for event in events:
        lines += [f"data: {event if isinstance(event, str) else json.dumps(event)}", ""]
    if done:
        lines += ["data: [DONE]", ""]
    headers = {"X-Generation-Id": "gen-1"}
    return answer("\n".join(lines) + "\n", headers=headers, kind="text/event-stream; charset=utf-8")


def said(text: str | None, reason: str | None = None, **more: Any) -> dict[str, Any]:
    choice = {"index": 0, "delta": {"role": "assistant", "content": text, **more}, "finish_reason": reason}
    return {"id": "gen-1", "model": "openai/gpt-4o-mini", "provider": "OpenAI", "choices": [choice]}


USAGE = {"choices": [], "usage": {"prompt_tokens": 21, "completion_tokens": 3, "cost": 0.00012345678901}}


@pytest.fixture
def openrouter(server: OddServer, key: SecretStr) -> OpenRouter:
    return OpenRouter(key, server.url + "/api/v1", load())


def test_a_streams_cost_is_kept_to_the_last_digit(openrouter: OpenRouter, server: OddServer) -> None:
    server.replies = [sse(said("Æther, "), said(None), said("she said."), said("", "stop"), USAGE)]
    pieces: list[bytes] = []
    got = openrouter.stream(CHAT, NOW, pieces.append)
    assert got == Answer(
        data="Æther, she said.".encode(),
        media_type="text/plain",
        units={"tokens_in": 21.0, "tokens_out": 3.0},
        cost_usd=Decimal("0.00012345678901"),
        reference="gen-1",
        meta={"finish_reason": "stop", "model": "openai/gpt-4o-mini", "provider": "OpenAI"},
    )
    assert pieces == ["Æther, ".encode(), b"she said."]
    [request] = server.seen
    assert request.json["stream"] is True
    assert request.json["stream_options"] == {"include_usage": True}
    assert request.json["provider"]["require_parameters"] is True


@pytest.mark.parametrize(
    ("reply", "code"),
    [
        (sse(said("Half an "), said("ans"), done=False), "answer-lost"),  # ends as if it were whole
        (sse(said("Whole."), said("", "stop"), done=False), "answer-lost"),  # what it cost is missing
        (sse(done=False), "answer-lost"),
    ],
)
def test_a_stream_without_its_end_is_a_lost_answer(
    openrouter: OpenRouter, server: OddServer, reply: Reply, code: str
) -> None:
    server.replies = [reply]
    with pytest.raises(AnswerLost) as lost:
        openrouter.stream(CHAT, NOW, lambda _: None)
    assert (lost.value.code, lost.value.reference) == (code, "gen-1")
    assert_silent(lost.value)
    assert len(server.seen) == 1


@pytest.mark.parametrize(
    ("reply", "code"),
    [
        (sse(said("Half"), {"error": {"code": 502, "message": f"Gone: {KEY}"}, **said("", "error")}), "answer-failed"),
        (sse(said("Too lon"), said("", "length"), USAGE), "answer-cut-short"),
        (sse(said("", "stop"), USAGE), "answer-empty"),
        (sse(said(None, refusal="I will not."), said("", "stop"), USAGE), "answer-refused"),
        (sse("{broken", USAGE), "answer-not-json"),
        (sse('["a list"]'), "answer-not-json"),
        (html(), "answer-not-json"),
        (answer({"choices": None, "error": {"message": "No."}}), "answer-failed"),
    ],
)
def test_a_stream_of_no_use_counts_as_billed(
    openrouter: OpenRouter, server: OddServer, reply: Reply, code: str
) -> None:
    server.replies = [reply, answer({"error": {"code": 404, "message": "No record."}}, 404)]
    with pytest.raises(WrongAnswer) as wrong:
        openrouter.stream(CHAT, NOW, lambda _: None)
    assert wrong.value.code == code
    assert_silent(wrong.value)
    assert sum(request.path.endswith("/chat/completions") for request in server.seen) == 1


def test_an_embedding_comes_as_a_whole(openrouter: OpenRouter, server: OddServer) -> None:
    vector = {"object": "embedding", "index": 0, "embedding": [1.0, 0.0]}
    server.replies = [answer({"data": [vector], "model": "m", "usage": {"prompt_tokens": 1, "cost": 0}})]
    request = Request("openrouter", "embedding", "openai/text-embedding-3-small", {"input": ["one"]})
    pieces: list[bytes] = []
    assert openrouter.stream(request, NOW, pieces.append).data
    assert pieces == []


def test_speech_that_ends_before_its_text_is_a_lost_answer(server: OddServer, key: SecretStr) -> None:
    text = SPEAK.body["text"][:20]
    times = [0.1 * n for n in range(len(text) + 1)]
    alignment = {
        "characters": list(text),
        "character_start_times_seconds": times[:-1],
        "character_end_times_seconds": times[1:],
    }
    sound = base64.b64encode(b"\xff\xfb\x90\x64" + bytes(100)).decode()
    line = json.dumps({"audio_base64": sound, "alignment": alignment, "normalized_alignment": None})
    server.replies = [answer(line + "\n", headers={"request-id": "req-1", "character-cost": "55"})]
    with pytest.raises(AnswerLost) as lost:
        ElevenLabs(key, server.url, load()).stream(SPEAK, NOW, lambda _: None)
    assert lost.value.reference == "req-1"
    assert len(server.seen) == 1
