"""Every fault as a client meets it, and what the bill says of it."""

from __future__ import annotations

import json
import time
from typing import Any

import httpx
import openai
import pytest
from elevenlabs import ElevenLabs
from elevenlabs.core.api_error import ApiError
from openai import OpenAI

from tests.emulated import Emulator
from tests.emulator.conftest import GEORGE, PASSAGE, Post, say

CHAT = {"operation": "chat"}
STATUSES = [400, 401, 402, 403, 408, 413, 422, 429, 500, 502, 503, 524, 529]


def speak(client: ElevenLabs) -> Any:
    once: Any = {"max_retries": 0}
    return client.text_to_speech.convert_with_timestamps(
        GEORGE, text=PASSAGE, model_id="eleven_multilingual_v2", request_options=once
    )


def paint(http: httpx.Client, emulator: Emulator) -> httpx.Response:
    body = {"key": "k", "model_id": "flux", "prompt": "A castle"}
    return http.post(f"{emulator.urls.modelslab}/images/text-to-image", json=body)


def outcomes(emulator: Emulator) -> list[tuple[str, bool, bool]]:
    """Of each row of the bill: outcome, whether it cost something, whether it arrived."""
    return [(row["outcome"], float(row["amount_usd"]) > 0, row["delivered"]) for row in emulator.bill().rows]


@pytest.mark.parametrize("status", STATUSES)
def test_a_status_comes_in_each_providers_shape_and_costs_nothing(
    emulator: Emulator, openrouter: OpenAI, elevenlabs: ElevenLabs, http: httpx.Client, status: int
) -> None:
    emulator.fault("status", status=status, retry_after=7)

    with pytest.raises(openai.APIStatusError) as chat:
        say(openrouter)
    with pytest.raises(ApiError) as voice:
        speak(elevenlabs)
    picture = paint(http, emulator)

    assert (chat.value.status_code, voice.value.status_code, picture.status_code) == (status, status, status)
    assert chat.value.body["code"] == status  # type: ignore[index]
    assert chat.value.response.headers["retry-after"] == "7"
    assert voice.value.body["detail"]["message"]
    assert (voice.value.headers or {})["retry-after"] == "7"
    assert (picture.json()["status"], picture.json()["retry_after"]) == ("error", 7)
    assert outcomes(emulator) == [("refused", False, True)] * 3


def test_openrouter_says_when_to_come_again(emulator: Emulator, openrouter: OpenAI) -> None:
    emulator.fault("status", status=529, availability={"retryable": True, "retry_after": 3})
    with pytest.raises(openai.APIStatusError) as caught:
        say(openrouter)

    assert caught.value.body["availability"] == {"retryable": True, "retry_after": 3}  # type: ignore[index]


def test_elevenlabs_may_be_busy_or_out_of_quota(emulator: Emulator, elevenlabs: ElevenLabs) -> None:
    emulator.fault("status", status=429, code="system_busy", times=1)
    emulator.fault("status", status=401, code="quota_exceeded", times=1)
    codes = []
    for _ in range(2):
        with pytest.raises(ApiError) as caught:
            speak(elevenlabs)
        codes.append(caught.value.body["detail"]["code"])

    assert codes == ["system_busy", "quota_exceeded"]


def test_a_status_may_come_after_the_bill(emulator: Emulator, openrouter: OpenAI) -> None:
    emulator.fault("status", status=504, when="after_bill", match=CHAT)
    with pytest.raises(openai.InternalServerError):
        say(openrouter)

    assert outcomes(emulator) == [("done", True, True)]


@pytest.mark.parametrize(("when", "outcome"), [("before_bill", ("lost", False)), ("after_bill", ("done", True))])
@pytest.mark.parametrize("kind", ["cut", "truncate", "hang"])
def test_an_answer_may_be_lost_before_or_after_the_bill(
    emulator: Emulator, openrouter: OpenAI, kind: str, when: str, outcome: tuple[str, bool]
) -> None:
    seconds = {"seconds": 0.3} if kind == "hang" else {}
    emulator.fault(kind, match=CHAT, when=when, **seconds)

    with pytest.raises((openai.APIConnectionError, openai.APIError, httpx.TransportError, ValueError)):
        say(openrouter)
    assert outcomes(emulator) == [(*outcome, False)]


def test_a_hang_lasts_as_long_as_the_caller_waits(emulator: Emulator, openrouter: OpenAI) -> None:
    emulator.fault("hang", match=CHAT)
    with pytest.raises(openai.APITimeoutError):
        say(openrouter.with_options(timeout=0.3))

    assert outcomes(emulator) == [("done", True, False)]


def test_a_caller_who_gives_up_is_billed_and_not_delivered(emulator: Emulator, openrouter: OpenAI) -> None:
    emulator.settings(latency={"chat": 0.6})
    with pytest.raises(openai.APITimeoutError):
        say(openrouter.with_options(timeout=0.2))
    emulator.settings(latency={})
    while emulator.state()["under_way"]:
        time.sleep(0.02)

    assert outcomes(emulator) == [("done", True, False)]


@pytest.mark.parametrize(("when", "billed"), [("before_bill", []), ("after_bill", [False])])
def test_a_delay_comes_before_or_after_the_bill(
    emulator: Emulator, openrouter: OpenAI, when: str, billed: list[bool]
) -> None:
    emulator.fault("delay", match=CHAT, seconds=30, when=when)
    with pytest.raises(openai.APITimeoutError):
        say(openrouter.with_options(timeout=0.3))

    assert [row["delivered"] for row in emulator.bill().charges] == billed


def test_a_delay_is_waited_out(emulator: Emulator, openrouter: OpenAI) -> None:
    emulator.fault("delay", match=CHAT, seconds=0.4)
    began = time.monotonic()
    answer = say(openrouter)

    assert time.monotonic() - began >= 0.4
    assert answer.choices[0].message.content
    assert outcomes(emulator) == [("done", True, True)]


def test_a_web_page_with_200_passes_the_sdks_silently(
    emulator: Emulator, openrouter: OpenAI, elevenlabs: ElevenLabs, http: httpx.Client
) -> None:
    emulator.fault("html_200")
    chat: Any = say(openrouter)
    sound = b"".join(elevenlabs.text_to_speech.convert(GEORGE, text=PASSAGE, model_id="eleven_multilingual_v2"))
    picture = paint(http, emulator)

    assert isinstance(chat, str)
    assert b"<!DOCTYPE html>" in sound
    assert picture.status_code == 200
    assert picture.headers["content-type"].startswith("text/html")
    assert outcomes(emulator) == [("done", True, False)] * 3


def test_json_may_be_broken(emulator: Emulator, http: httpx.Client) -> None:
    emulator.fault("bad_json")
    answer = paint(http, emulator)

    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
    with pytest.raises(json.JSONDecodeError):
        answer.json()
    assert outcomes(emulator) == [("done", True, False)]


def test_the_content_may_have_another_shape(
    emulator: Emulator, openrouter: OpenAI, elevenlabs: ElevenLabs, modelslab: Post
) -> None:
    emulator.fault("wrong_schema")
    schema = {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]}
    form: Any = {"type": "json_schema", "json_schema": {"name": "x", "schema": schema}}
    texts = ["one", "two", "three", "four"]

    assert "a" not in json.loads(say(openrouter, response_format=form).choices[0].message.content)
    assert len(openrouter.embeddings.create(model="openai/text-embedding-3-small", input=texts).data) == 2
    assert not isinstance(modelslab("/images/text-to-image", model_id="flux", prompt="x")["output"], list)
    assert not getattr(speak(elevenlabs), "audio_base_64", None)
    assert [cost for _, cost, _ in outcomes(emulator)] == [True] * 4


def test_the_output_may_be_empty(
    emulator: Emulator, openrouter: OpenAI, elevenlabs: ElevenLabs, modelslab: Post
) -> None:
    emulator.fault("empty_output")

    assert say(openrouter).choices[0].message.content == ""
    with pytest.raises(ValueError, match="No embedding data"):
        openrouter.embeddings.create(model="openai/text-embedding-3-small", input="x")
    assert modelslab("/images/text-to-image", model_id="flux", prompt="x")["output"] == []
    assert speak(elevenlabs).audio_base_64 == ""
    assert [cost for _, cost, _ in outcomes(emulator)] == [True] * 4


def test_an_error_may_hide_in_a_200(
    emulator: Emulator, openrouter: OpenAI, elevenlabs: ElevenLabs, modelslab: Post
) -> None:
    emulator.fault("error_200")
    chat = say(openrouter)

    assert chat.choices is None
    assert chat.model_extra["error"]["code"] == 502
    assert modelslab("/images/text-to-image", model_id="flux", prompt="x")["status"] == "error"
    assert not getattr(speak(elevenlabs), "audio_base_64", None)
    # OpenRouter bills nothing for an answer that ends in an error
    assert [(outcome, cost) for outcome, cost, _ in outcomes(emulator)] == [
        ("insured", False),
        ("done", True),
        ("done", True),
    ]


def test_an_answer_may_end_in_an_error(emulator: Emulator, openrouter: OpenAI) -> None:
    emulator.fault("finish_error", times=2)
    assert say(openrouter).choices[0].finish_reason == "error"
    with pytest.raises(openai.APIError):
        list(say(openrouter, stream=True))


def test_a_stream_may_break_in_its_middle(emulator: Emulator, openrouter: OpenAI) -> None:
    whole = list(say(openrouter, stream=True))
    emulator.fault("error_200", times=1)
    with pytest.raises(openai.APIError, match="Provider returned error"):
        list(say(openrouter, stream=True))

    emulator.fault("cut_stream", times=1)
    short = list(say(openrouter, stream=True))  # the SDK says nothing
    assert 0 < len(short) < len(whole)
    assert all(chunk.usage is None for chunk in short)
    assert all(choice.finish_reason is None for chunk in short for choice in chunk.choices)

    emulator.fault("truncate", times=1)
    with pytest.raises(openai.APIConnectionError):
        list(say(openrouter, stream=True))
    assert [row["delivered"] for row in emulator.bill().charges] == [True, False, False]


def test_a_job_may_be_stuck_or_fail(emulator: Emulator, modelslab: Post) -> None:
    asked = {"model_id": "seedance-t2v", "resolution": "480p"}
    emulator.fault("stuck_processing", match={"contains": "stuck"})
    emulator.fault("failed", match={"contains": "fails"})
    emulator.fault("empty_output", match={"contains": "empty"})
    jobs = {
        prompt: modelslab("/video-fusion/text-to-video", prompt=prompt, **asked)["id"]
        for prompt in ("stuck", "fails", "empty", "fine")
    }
    emulator.advance(10_000)
    told = {prompt: modelslab(f"/video-fusion/fetch/{job}") for prompt, job in jobs.items()}

    assert {prompt: answer["status"] for prompt, answer in told.items()} == {
        "stuck": "processing",
        "fails": "failed",
        "empty": "success",
        "fine": "success",
    }
    assert told["empty"]["output"] == []
    assert len(told["fine"]["output"]) == 1


def test_a_picture_may_be_made_a_job(emulator: Emulator, modelslab: Post) -> None:
    emulator.fault("processing", match={"operation": "text-to-image"})
    job = modelslab("/images/text-to-image", model_id="flux", prompt="x")

    assert job["status"] == "processing"
    assert modelslab(f"/images/fetch/{job['id']}")["status"] == "success"


def test_what_costs_nothing_may_fail_as_well(
    emulator: Emulator, openrouter: OpenAI, modelslab: Post, http: httpx.Client
) -> None:
    link = modelslab("/images/text-to-image", model_id="flux", prompt="x")["output"][0]
    emulator.fault("status", match={"operation": "file"}, status=503, times=1)
    emulator.fault("truncate", match={"operation": "file"}, times=1)
    emulator.fault("status", match={"operation": "models"}, status=500)

    assert http.get(link).status_code == 503
    with pytest.raises(httpx.RemoteProtocolError):
        http.get(link)
    assert http.get(link).content.startswith(b"\x89PNG")
    with pytest.raises(openai.InternalServerError):
        openrouter.models.list()
    assert len(emulator.bill().rows) == 1


def test_rules_count_what_they_match(emulator: Emulator, openrouter: OpenAI) -> None:
    emulator.fault("empty_output", match={"provider": "openrouter", "model": "openai/gpt-4o", "nth": [2, 4]})
    emulator.fault("empty_output", match={"contains": "never said"})
    emulator.fault("empty_output", match={"operation": "speech"})
    empty = [say(openrouter).choices[0].message.content == "" for _ in range(5)]
    say(openrouter, model="openai/gpt-4o-mini")

    assert empty == [False, True, False, True, False]
    assert [(rule["matched"], rule["fired"]) for rule in emulator.faults()] == [(5, 2), (0, 0), (0, 0)]


def test_a_rule_fires_so_many_times_also_over_a_kill(emulator: Emulator, openrouter: OpenAI) -> None:
    emulator.fault("empty_output", times=2)
    first = say(openrouter).choices[0].message.content
    emulator.kill()
    emulator.start()
    rest = [say(openrouter).choices[0].message.content == "" for _ in range(3)]

    assert first == ""
    assert rest == [True, False, False]


def test_chance_is_the_same_whatever_the_order(emulator: Emulator, openrouter: OpenAI) -> None:
    def unlucky(numbers: list[int], seed: int) -> set[int]:
        emulator.reset()
        emulator.fault("empty_output", match={"probability": 0.4}, seed=seed)
        return {number for number in numbers if say(openrouter, f"Number {number}.").choices[0].message.content == ""}

    forwards = unlucky(list(range(30)), 1)

    assert 4 <= len(forwards) <= 20
    assert unlucky(list(reversed(range(30))), 1) == forwards
    assert unlucky(list(range(30)), 2) != forwards


def test_a_repeated_request_may_be_luckier(emulator: Emulator, openrouter: OpenAI) -> None:
    emulator.fault("status", match={"probability": 0.5}, status=503)
    lucky = 0
    for _ in range(12):
        try:
            say(openrouter)
            lucky += 1
        except openai.InternalServerError:
            continue

    assert 1 <= lucky <= 11


@pytest.mark.parametrize(
    "rule",
    [
        {"kind": "explode"},
        {"kind": "status"},
        {"kind": "status", "status": 200},
        {"kind": "cut", "status": 500},
        {"kind": "delay"},
        {"kind": "cut", "match": {"operation": "chats"}},
        {"kind": "cut", "match": {"host": "x"}},
        {"kind": "cut", "match": {"probability": 2}},
        {"kind": "failed", "when": "before_bill"},
    ],
)
def test_a_rule_that_makes_no_sense_is_refused(emulator: Emulator, http: httpx.Client, rule: dict[str, Any]) -> None:
    answer = http.post(f"{emulator.urls.control}/faults", json=rule)

    assert answer.status_code == 400
    assert answer.json()["error"]
    assert emulator.faults() == []


def test_rules_can_be_taken_back(emulator: Emulator, openrouter: OpenAI, http: httpx.Client) -> None:
    one = emulator.fault("empty_output")
    emulator.fault("cut")

    assert http.delete(f"{emulator.urls.control}/faults/{one}").status_code == 200
    assert [rule["kind"] for rule in emulator.faults()] == ["cut"]
    emulator.clear_faults()
    assert say(openrouter).choices[0].message.content
