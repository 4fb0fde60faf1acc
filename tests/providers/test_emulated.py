"""The adapters against the emulated providers: what the catalogue says is what they take, and whatever happens to an
answer, what an adapter makes of it agrees with the bill."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import cv2
import numpy as np
import pytest

from litink.providers.adapters import adapters
from litink.providers.catalogue import Model, load
from litink.providers.wire import (
    Adapter,
    Answer,
    AnswerLost,
    NotBilled,
    NotTaken,
    Pending,
    Request,
    Sending,
    Traces,
    Upload,
    WrongAnswer,
)
from litink.settings import Settings
from tests.emulated import Emulator
from tests.providers.conftest import KEY

pytestmark = pytest.mark.usefixtures("no_key_is_logged")

SHIPPED = load()
SENDING = Sending(deadline_seconds=20)
GEORGE = "JBFqnCBsd6RMkjVDRZzb"  # a voice that every account has
FORM = {
    "type": "json_schema",
    "json_schema": {
        "name": "cast",
        "strict": True,
        "schema": {
            "type": "object",
            "properties": {"names": {"type": "array", "items": {"type": "string"}}},
            "required": ["names"],
            "additionalProperties": False,
        },
    },
}


@pytest.fixture
def providers(emulator: Emulator) -> Iterator[dict[str, Adapter]]:
    emulator.settings(keys=dict.fromkeys(("openrouter", "modelslab", "elevenlabs"), KEY))
    urls = emulator.urls
    settings = Settings(
        openrouter_api_key=KEY,
        openrouter_url=urls.openrouter,
        modelslab_api_key=KEY,
        modelslab_url=urls.modelslab,
        elevenlabs_api_key=KEY,
        elevenlabs_url=urls.elevenlabs,
    )
    yield adapters(settings, SHIPPED)
    assert emulator.bill().twice == {}


def request_to(model: Model) -> Request:
    """A request that uses every field that the model takes."""
    width, height = model.sizes.get("16:9", (1024, 576))
    everything: dict[str, Any] = {
        "max_tokens": 200,
        "response_format": FORM,
        "temperature": 0,
        "dimensions": model.dimensions,
        "prompt": "A lighthouse by the sea",
        "negative_prompt": "text",
        "aspect_ratio": "16:9",
        "resolution": "720p",
        "width": width,
        "height": height,
        "samples": 1,
        "duration": str(model.durations[0]) if model.durations else "4",
        "generate_audio": False,
        "seed": 7,
        "voice_settings": {"stability": 0.5},
        "previous_text": "It was late.",
        "next_text": "Nobody came.",
        "language_code": "en",
    }
    body = {name: value for name, value in everything.items() if model.takes(name)}
    match model.operation:
        case "chat":
            body["messages"] = [{"role": "user", "content": "Alice met Dinah and the Rabbit."}]
        case "embedding":
            body["input"] = ["Alice was tired.", "The Rabbit ran."]
        case "speech":
            body |= {"text": "The Rabbit ran close by her.", "output_format": "mp3_44100_128"}
    uploads: dict[str, tuple[Upload, ...]] = {}
    if model.takes("init_image"):
        uploads["init_image"] = tuple(picture(shade) for shade in range(max(1, model.references)))
    return Request(model.provider, model.operation, model.name, body, uploads, {"voice_id": GEORGE})


def picture(shade: int) -> Upload:
    data = cv2.imencode(".png", np.full((288, 512, 3), shade, np.uint8))[1].tobytes()
    return Upload(hashlib.sha256(data).hexdigest(), "image/png", lambda: data)


def finished(adapter: Adapter, request: Request, emulator: Emulator) -> Answer:
    got = adapter.send(request, SENDING)
    while isinstance(got, Pending):
        emulator.advance(got.wait_seconds)
        got = adapter.fetch(request, got.reference)
    return got


def cost(model: Model, answer: Answer | WrongAnswer) -> Decimal:
    return model.price.of(answer.units) if answer.cost_usd is None else answer.cost_usd


@pytest.mark.parametrize("model", [m for m in SHIPPED.models.values() if m.operation != "lip-sync"], ids=lambda m: m.id)
def test_models_take_what_the_catalogue_says_and_cost_what_it_says(
    providers: dict[str, Adapter], emulator: Emulator, model: Model
) -> None:
    request = request_to(model)
    try:
        answer = finished(providers[model.provider], request, emulator)
    except NotTaken as error:
        if any(words in error.message for words in ("not a valid model", "was not found")):
            pytest.skip(f"the emulator does not serve {model.name}")
        raise
    assert answer.data
    assert answer.reference
    [charge] = emulator.bill().charges
    assert cost(model, answer) == Decimal(charge["amount_usd"])
    assert model.price.of(answer.units) == Decimal(charge["amount_usd"])  # the list agrees with what was stated


def test_lips_follow_the_speech(providers: dict[str, Adapter], emulator: Emulator) -> None:
    model = SHIPPED.models["lipsync-2"]
    uploads = {}
    for field, name in (("init_video", "wan"), ("init_audio", "eleven-multilingual-v2")):
        made = finished(providers[SHIPPED.models[name].provider], request_to(SHIPPED.models[name]), emulator)
        uploads[field] = (Upload(hashlib.sha256(made.data).hexdigest(), made.media_type, lambda data=made.data: data),)
    answer = finished(providers["modelslab"], Request("modelslab", "lip-sync", model.name, {}, uploads), emulator)
    assert answer.media_type == "video/mp4"
    charged = Decimal(emulator.bill().charges[-1]["amount_usd"])
    assert cost(model, answer) == pytest.approx(charged, rel=Decimal("0.02"))  # measured by us, told by nobody


CALLS = {
    "chat": SHIPPED.models["gpt-4o-mini"],
    "embedding": SHIPPED.models["text-embedding-3-small"],
    "picture": SHIPPED.models["imagen-4"],
    "clip": SHIPPED.models["wan"],
    "speech": SHIPPED.models["eleven-multilingual-v2"],
}
FAULTS: list[dict[str, Any]] = [
    *({"kind": "status", "status": status} for status in (400, 401, 402, 403, 404, 408, 413, 422, 429)),
    *({"kind": "status", "status": status} for status in (500, 502, 503, 504, 524, 529)),
    *({"kind": "status", "status": status, "when": "after_bill"} for status in (500, 504, 524)),
    {"kind": "hang", "seconds": 30},
    {"kind": "hang", "seconds": 30, "when": "before_bill"},
    *({"kind": kind} for kind in ("cut", "truncate", "html_200", "bad_json", "wrong_schema", "error_200")),
    *({"kind": "cut", "when": when} for when in ("before_bill", "after_bill")),
    *({"kind": kind} for kind in ("finish_error", "empty_output", "failed")),
]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda f: "-".join(str(value) for value in f.values()))
@pytest.mark.parametrize("call", CALLS)
def test_whatever_happens_the_adapter_agrees_with_the_bill(
    providers: dict[str, Adapter], emulator: Emulator, call: str, fault: dict[str, Any]
) -> None:
    model = CALLS[call]
    adapter, request = providers[model.provider], request_to(model)
    emulator.fault(match={"operation": model.operation}, times=1, **fault)
    heard: Answer | NotTaken | WrongAnswer | NotBilled | None
    try:
        got = adapter.send(request, Sending(deadline_seconds=3))
        while isinstance(got, Pending):
            emulator.advance(got.wait_seconds)
            got = adapter.fetch(request, got.reference)
        heard = got
    except (NotTaken, WrongAnswer) as error:
        heard = error
    except AnswerLost as lost:
        heard = looked_up(adapter, request, lost.reference)

    charges = emulator.bill().charges
    billed = sum((Decimal(charge["amount_usd"]) for charge in charges), Decimal(0))
    assert len(charges) <= 1
    match heard:
        case Answer():
            assert cost(model, heard) == billed
        case NotTaken() | NotBilled():
            assert billed == 0
        case WrongAnswer() if heard.units or heard.cost_usd is not None:
            # Where nobody can tell what a useless answer cost, it may be counted although it was free; never less.
            assert cost(model, heard) >= billed
        case WrongAnswer():
            pass  # nothing is known: what was set aside counts
        case None:
            pass  # nobody can tell: held for a person


def looked_up(adapter: Adapter, request: Request, reference: str) -> Answer | NotBilled | WrongAnswer | None:
    """As after half a minute, when a history tells what is not in it too."""
    try:
        told = adapter.look_up(request, reference, sent_at := datetime.now(UTC) - timedelta(seconds=45))
        if isinstance(told, Traces):
            told = adapter.look_up(request, *told.references, sent_at)
    except WrongAnswer as error:
        return error
    assert not isinstance(told, Pending | Traces)
    return told


def test_speech_that_was_lost_is_found_again(providers: dict[str, Adapter], emulator: Emulator) -> None:
    request = request_to(CALLS["speech"])
    emulator.fault("cut", match={"operation": "speech"}, times=1)
    with pytest.raises(AnswerLost):
        providers["elevenlabs"].send(request, SENDING)
    sent_at = datetime.now(UTC)
    traces = providers["elevenlabs"].look_up(request, "", sent_at)
    assert isinstance(traces, Traces)
    found = providers["elevenlabs"].look_up(request, *traces.references, sent_at)
    assert isinstance(found, Answer)
    again = providers["elevenlabs"].send(
        Request(request.provider, request.operation, request.model, {**request.body, "seed": 8}, {}, request.address),
        SENDING,
    )
    assert isinstance(again, Answer)
    assert found.meta["alignment"] == again.meta["alignment"]
    assert (found.media_type, found.units) == (again.media_type, again.units)


def test_a_call_to_a_model_that_lost_its_answer_is_on_record(providers: dict[str, Adapter], emulator: Emulator) -> None:
    request = request_to(CALLS["chat"])
    emulator.fault("truncate", match={"operation": "chat"}, times=1)
    with pytest.raises(AnswerLost) as lost:
        providers["openrouter"].send(request, SENDING)
    assert lost.value.reference
    told = looked_up(providers["openrouter"], request, lost.value.reference)
    assert isinstance(told, (Answer, WrongAnswer))
    assert told.cost_usd == emulator.bill().total
