"""OpenRouter's answers, odd ones too, and what each of them means for money. Over real sockets."""

from __future__ import annotations

import base64
import json
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from pydantic import SecretStr

from litink.providers.catalogue import load
from litink.providers.openrouter import OpenRouter
from litink.providers.wire import Answer, AnswerLost, NotBilled, NotTaken, Request, Sending, WrongAnswer
from tests.providers.conftest import KEY, assert_silent
from tests.providers.odd_server import OddServer, Reply, answer, cut, drip, hang, html, raw, truncated

pytestmark = pytest.mark.usefixtures("no_key_is_logged")

NOW = Sending(deadline_seconds=10)
USAGE = {"prompt_tokens": 210, "completion_tokens": 17, "total_tokens": 227, "cost": 0.00012345678901}
ID = {"X-Generation-Id": "gen-1"}
FORM = {"type": "json_schema", "json_schema": {"name": "cast", "strict": True, "schema": {"type": "object"}}}
CHAT = Request(
    "openrouter",
    "chat",
    "openai/gpt-4o-mini",
    {
        "messages": [{"role": "user", "content": "Who is there?"}],
        "max_tokens": 100,
        "response_format": FORM,
    },
)
EMBED = Request("openrouter", "embedding", "openai/text-embedding-3-small", {"input": ["one", "two"], "dimensions": 3})


@pytest.fixture
def openrouter(server: OddServer, key: SecretStr) -> OpenRouter:
    return OpenRouter(key, server.url + "/api/v1", load())


def completion(content: str | None = '{"cast": []}', *, reason: str | None = "stop", **more: Any) -> dict[str, Any]:
    message = {"role": "assistant", "content": content, **more.pop("message", {})}
    return {
        "id": "gen-1",
        "model": "openai/gpt-4o-mini",
        "provider": "OpenAI",
        "choices": [{"index": 0, "finish_reason": reason, "message": message}],
        "usage": USAGE,
        **more,
    }


def error(status: int, message: str = "No.", **more: Any) -> Reply:
    headers = more.pop("headers", {})
    return answer({"error": {"code": status, "message": message, **more}}, status, headers)


def test_an_answer_with_its_cost_to_the_last_digit(openrouter: OpenRouter, server: OddServer) -> None:
    # Blank lines ahead of the JSON are how OpenRouter keeps a waiting connection open.
    server.replies = [answer(b"\n         \n" + _json(completion()), headers=ID)]
    got = openrouter.send(CHAT, NOW)
    assert got == Answer(
        data=b'{"cast": []}',
        media_type="application/json",
        units={"tokens_in": 210.0, "tokens_out": 17.0},
        cost_usd=Decimal("0.00012345678901"),
        reference="gen-1",
        meta={"finish_reason": "stop", "model": "openai/gpt-4o-mini", "provider": "OpenAI"},
    )


def test_what_goes_over_the_wire(openrouter: OpenRouter, server: OddServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_ORG_ID", "org-of-somebody")
    server.replies = [answer(completion())]
    openrouter.send(CHAT, NOW)
    [seen] = server.seen
    assert (seen.method, seen.path) == ("POST", "/api/v1/chat/completions")
    # No maker may ignore the form, and none may cost more than was set aside.
    routing = {"require_parameters": True, "max_price": {"prompt": 0.15, "completion": 0.6}}
    assert seen.json == {**CHAT.body, "model": "openai/gpt-4o-mini", "provider": routing}
    assert seen.headers["authorization"] == f"Bearer {KEY}"
    assert seen.headers["x-openrouter-cache"] == "true"
    assert "org-of-somebody" not in str(seen.headers)


def test_many_threads_get_their_own_answers(openrouter: OpenRouter, server: OddServer) -> None:
    server.replies = [answer(completion(f'{{"n": {n}}}')) for n in range(17)]
    with ThreadPoolExecutor(8) as pool:
        got = list(pool.map(lambda _: openrouter.send(CHAT, NOW).data, range(16)))
    assert len(set(got)) == 16


def test_a_key_of_ones_own_costs_what_its_maker_takes_too(openrouter: OpenRouter, server: OddServer) -> None:
    usage = {**USAGE, "cost": 0.00001, "is_byok": True, "cost_details": {"upstream_inference_cost": 0.0002}}
    server.replies = [answer(completion(usage=usage))]
    assert openrouter.send(CHAT, NOW).cost_usd == Decimal("0.00021")


def test_embeddings_in_the_order_of_the_texts(openrouter: OpenRouter, server: OddServer) -> None:
    one, two = np.array([1, 2, 3], dtype="<f4"), np.array([4, 5, 6], dtype="<f4")
    data = [
        {"index": 1, "embedding": base64.b64encode(two.tobytes()).decode()},
        {"index": 0, "embedding": [1, 2, 3]},  # some makers send numbers whatever they are asked for
    ]
    server.replies = [answer({"data": data, "usage": {"prompt_tokens": 2, "cost": 4e-8}}, headers=ID)]
    got = openrouter.send(EMBED, NOW)
    assert np.frombuffer(got.data, "<f4").reshape(2, 3).tolist() == [one.tolist(), two.tolist()]
    assert (got.cost_usd, got.units, got.reference) == (Decimal("4e-8"), {"tokens_in": 2.0}, "gen-1")
    assert server.seen[0].json["encoding_format"] == "base64"


# Billed, and not what was asked. The cost counts, and the same request is not sent again.
WRONG: dict[str, tuple[Reply, str]] = {
    "a web page": (html(), "answer-not-json"),
    "half a JSON": (answer(b'{"id": "gen-1", "choices": [{"mess'), "answer-not-json"),
    "a list": (answer([]), "answer-not-json"),
    "nothing": (answer(b""), "answer-not-json"),
    "another shape": (answer({"state": "fine"}), "answer-empty"),
    "an error in place of choices": (answer({"error": {"code": 502, "message": "upstream"}}), "answer-failed"),
    "a choice that failed": (answer(completion("{}", reason="error")), "answer-failed"),
    "no choices": (answer({**completion(), "choices": None}), "answer-empty"),
    "an empty choice": (answer({**completion(), "choices": [None]}), "answer-empty"),
    "no message": (answer({**completion(), "choices": [{"finish_reason": "stop"}]}), "answer-empty"),
    "cut at its token limit": (answer(completion('{"cast": [', reason="length")), "answer-cut-short"),
    "stopped by a filter": (answer(completion("{}", reason="content_filter")), "answer-unfinished"),
    "no reason to end": (answer(completion("{}", reason=None)), "answer-unfinished"),
    "no content": (answer(completion(None)), "answer-empty"),
    "blank content": (answer(completion(" \n")), "answer-empty"),
    "content of another kind": (answer({**completion(), **completion(content=None)}), "answer-empty"),
    "a refusal": (answer(completion(None, message={"refusal": "I cannot."})), "answer-refused"),
}


@pytest.mark.parametrize("case", WRONG)
def test_useless_answers_count_as_billed(openrouter: OpenRouter, server: OddServer, case: str) -> None:
    reply, code = WRONG[case]
    server.replies = [reply, answer({}, 404)]  # asked for what it cost, there is no record
    with pytest.raises(WrongAnswer) as caught:
        openrouter.send(CHAT, NOW)
    assert caught.value.code == code
    posts = [seen for seen in server.seen if seen.method == "POST"]
    assert len(posts) == 1


def test_a_useless_answer_says_its_cost(openrouter: OpenRouter, server: OddServer) -> None:
    server.replies = [answer(completion("{", reason="length"))]
    with pytest.raises(WrongAnswer) as caught:
        openrouter.send(CHAT, NOW)
    assert (caught.value.cost_usd, caught.value.units["tokens_in"]) == (Decimal("0.00012345678901"), 210.0)


def test_the_cost_of_a_web_page_is_on_record(openrouter: OpenRouter, server: OddServer) -> None:
    record = {"id": "gen-1", "total_cost": 0.0004, "native_tokens_prompt": 9, "native_tokens_completion": 4}
    server.replies = [html(headers=ID), answer({"data": record})]
    with pytest.raises(WrongAnswer) as caught:
        openrouter.send(CHAT, NOW)
    assert (caught.value.cost_usd, caught.value.reference) == (Decimal("0.0004"), "gen-1")
    assert server.seen[1].path == "/api/v1/generation?id=gen-1"


@pytest.mark.parametrize(
    "data",
    [
        None,
        [],
        [{"index": 0, "embedding": [1.0]}],
        [{"index": 0, "embedding": [1.0]}, {"index": 0, "embedding": [1.0]}],
        [{"index": 0, "embedding": [1.0]}, {"index": 1, "embedding": [1.0, 2.0]}],
        [{"index": 0, "embedding": [1.0]}, {"index": 1, "embedding": "!!"}],
        [{"index": 0, "embedding": [1.0]}, {"index": 1, "embedding": []}],
        [{"index": 0, "embedding": [1.0]}, {"index": 1, "embedding": ["x"]}],
        [{"index": 0, "embedding": [1.0]}, None],
    ],
)
def test_vectors_that_do_not_fit_the_texts(openrouter: OpenRouter, server: OddServer, data: Any) -> None:
    server.replies = [answer({"data": data, "usage": {"prompt_tokens": 2, "cost": 1e-7}})]
    with pytest.raises(WrongAnswer) as caught:
        openrouter.send(EMBED, NOW)
    assert (caught.value.code, caught.value.cost_usd) == ("answer-incomplete", Decimal("1e-7"))


# Surely not billed: code, whether it may be tried again, after how long, whether it is only about the rate.
REFUSED: dict[str, tuple[Reply, tuple[str, bool, float | None, bool]]] = {
    "a bad request": (error(400), ("request-refused", False, None, False)),
    "a bad key": (error(401), ("provider-key-refused", False, None, False)),
    "no credit": (error(402), ("provider-credit-used-up", False, None, False)),
    "credit set aside": (
        error(402, metadata={"limit_source": "openrouter_in_flight_budget"}, headers={"Retry-After": "3"}),
        ("provider-throttles", True, 3.0, True),
    ),
    "moderation": (error(403, metadata={"reasons": ["violence"]}), ("provider-forbids", False, None, False)),
    "no such model": (error(404), ("request-refused", False, None, False)),
    "a web page at a wrong address": (html(404), ("request-refused", False, None, False)),
    "too large": (error(413), ("request-refused", False, None, False)),
    "too often": (error(429, headers={"Retry-After": "7"}), ("provider-throttles", True, 7.0, True)),
    "too often, in its own words": (
        error(429, availability={"retryable": True, "retry_after": 1.5}),
        ("provider-throttles", True, 1.5, True),
    ),
    "its maker failed before a token": (error(502), ("provider-busy", True, None, False)),
    "no maker": (error(503), ("provider-busy", True, None, False)),
    "no maker, for good": (
        error(503, availability={"retryable": False}),
        ("provider-busy", False, None, False),
    ),
    "overloaded": (error(529), ("provider-busy", True, None, False)),
    "half a refusal": (
        truncated({"error": {"code": 400, "message": "No."}}, 400),
        ("request-refused", False, None, False),
    ),
    "another address": (
        answer(b"", 301, {"Location": "http://127.0.0.1:9/"}),
        ("wrong-address", False, None, False),
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refusals_are_not_billed(openrouter: OpenRouter, server: OddServer, case: str) -> None:
    reply, expected = REFUSED[case]
    server.replies = [reply]
    with pytest.raises(NotTaken) as caught:
        openrouter.send(CHAT, NOW)
    found = caught.value
    assert (found.code, found.retryable, found.retry_after, found.throttled) == expected
    assert len(server.seen) == 1  # the SDK did not try again, and nothing followed a redirect


@pytest.mark.parametrize(
    "reply",
    [error(408), error(500), error(504), error(524), html(500), html(502), html(503), html(529), answer(b"", 520)],
    ids=["408", "500", "504", "524", "page 500", "page 502", "page 503", "page 529", "empty 520"],
)
def test_of_other_failures_nobody_knows(openrouter: OpenRouter, server: OddServer, reply: Reply) -> None:
    server.replies = [reply]
    with pytest.raises(AnswerLost) as caught:
        openrouter.send(CHAT, NOW)
    assert caught.value.code == "answer-lost"
    assert len(server.seen) == 1


@pytest.mark.parametrize(
    ("reply", "reference"),
    [
        (cut(), ""),
        (raw(b"HTTP/1.1 200 OK\r\nX-Generation-Id: gen-1\r\nContent-Le"), ""),
        (raw(b"not HTTP at all\r\n\r\n"), ""),
        (truncated({"id": "gen-1", "choices": ["x" * 100]}, headers=ID), "gen-1"),
        (hang(), ""),
        (drip({"id": "gen-1", "choices": ["x" * 100]}, headers=ID), "gen-1"),
    ],
    ids=["cut", "cut in the head", "gibberish", "cut in the body", "hang", "drip"],
)
def test_an_answer_that_does_not_arrive_whole(
    openrouter: OpenRouter, server: OddServer, reply: Reply, reference: str
) -> None:
    server.replies = [reply]
    began = time.monotonic()
    with pytest.raises(AnswerLost) as caught:
        openrouter.send(CHAT, Sending(deadline_seconds=1))
    assert (caught.value.code, caught.value.reference) == ("answer-lost", reference)
    assert time.monotonic() - began < 5  # the deadline is of the whole exchange, however it is fed
    assert len(server.seen) == 1


def test_who_cannot_be_reached_was_not_asked(key: SecretStr) -> None:
    with pytest.raises(NotTaken) as caught:
        OpenRouter(key, "http://127.0.0.1:1/api/v1", load()).send(CHAT, NOW)
    assert (caught.value.code, caught.value.retryable) == ("provider-unreachable", True)


def test_an_endless_answer_is_not_kept_in_memory(openrouter: OpenRouter, server: OddServer) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n"

    def endless(connection: Any, over: Any) -> None:
        connection.sendall(head)
        while not over.is_set():
            connection.sendall(b" " * 2**20)

    server.replies = [endless]
    with pytest.raises(WrongAnswer) as caught:
        openrouter.send(CHAT, NOW)
    assert caught.value.code == "answer-too-large"


@pytest.mark.parametrize(
    "reply",
    [
        error(401, f"Incorrect API key provided: {KEY}. Find it at…"),
        error(400, f"key={KEY[:14]}… is not", metadata={"raw": KEY}),
        error(500, f"Bearer {KEY}"),
        answer(completion(None, message={"refusal": f"your key is {KEY}"})),
        answer({"error": {"message": KEY}}),
        html(502),
        cut(),
    ],
)
def test_no_error_tells_the_key(openrouter: OpenRouter, server: OddServer, reply: Reply) -> None:
    server.replies = [reply, answer({}, 404)]
    with pytest.raises((NotTaken, AnswerLost, WrongAnswer)) as caught:
        openrouter.send(CHAT, NOW)
    assert_silent(caught.value)
    assert KEY not in repr(openrouter) + repr(vars(openrouter))


def test_messages_are_one_short_line(openrouter: OpenRouter, server: OddServer) -> None:
    server.replies = [error(400, "first\nsecond\x1b[31m " + "x" * 5000)]
    with pytest.raises(NotTaken) as caught:
        openrouter.send(CHAT, NOW)
    assert "first second [31m" in caught.value.message
    assert "\n" not in caught.value.message
    assert len(caught.value.message) < 400


RECORD = {
    "id": "gen-1",
    "model": "openai/gpt-4o-mini",
    "total_cost": 0.00031,
    "native_tokens_prompt": 210,
    "native_tokens_completion": 17,
    "finish_reason": "stop",
}


class TestLookingUp:
    JUST_NOW = timedelta(seconds=1)
    LONG_AGO = timedelta(minutes=10)

    def look(self, adapter: OpenRouter, reference: str = "gen-1", age: timedelta = JUST_NOW) -> Any:
        return adapter.look_up(CHAT, reference, datetime.now(UTC) - age)

    def test_the_text_too_where_the_account_keeps_it(self, openrouter: OpenRouter, server: OddServer) -> None:
        content = {"input": {"messages": []}, "output": {"completion": '{"cast": []}', "reasoning": None}}
        server.replies = [answer({"data": RECORD}), answer({"data": content})]
        got = self.look(openrouter)
        assert (got.data, got.cost_usd, got.reference) == (b'{"cast": []}', Decimal("0.00031"), "gen-1")
        assert [seen.path for seen in server.seen] == [
            "/api/v1/generation?id=gen-1",
            "/api/v1/generation/content?id=gen-1",
        ]

    @pytest.mark.parametrize("content", [answer({"error": {}}, 404), answer({"error": {}}, 403), answer({"data": {}})])
    def test_billed_and_gone(self, openrouter: OpenRouter, server: OddServer, content: Reply) -> None:
        server.replies = [answer({"data": RECORD}), content]
        with pytest.raises(WrongAnswer) as caught:
            self.look(openrouter)
        assert (caught.value.code, caught.value.cost_usd) == ("answer-gone", Decimal("0.00031"))

    def test_nothing_made_is_nothing_billed(self, openrouter: OpenRouter, server: OddServer) -> None:
        nothing = {**RECORD, "total_cost": 0, "native_tokens_completion": 0, "finish_reason": None}
        server.replies = [answer({"data": nothing})]
        assert self.look(openrouter) == NotBilled()

    def test_a_record_comes_late_or_never(self, openrouter: OpenRouter, server: OddServer) -> None:
        server.replies = [answer({"error": {}}, 404)]
        with pytest.raises(AnswerLost):
            self.look(openrouter)
        assert self.look(openrouter, age=self.LONG_AGO) is None

    @pytest.mark.parametrize("reply", [error(401), error(500), error(429), html(), cut(), answer({"data": None})])
    def test_who_does_not_say_is_asked_again(self, openrouter: OpenRouter, server: OddServer, reply: Reply) -> None:
        server.replies = [reply]
        with pytest.raises(AnswerLost) as caught:
            self.look(openrouter)
        assert_silent(caught.value)

    def test_without_an_id_nothing_is_asked(self, openrouter: OpenRouter, server: OddServer) -> None:
        assert self.look(openrouter, "") is None
        assert server.seen == []

    def test_a_repeat_only_by_setting_and_in_time(self, server: OddServer, key: SecretStr) -> None:
        adapter = OpenRouter(key, server.url, load(), repeats=True)
        free = completion(usage={"prompt_tokens": 0, "completion_tokens": 0, "cost": 0})
        server.replies = [answer(free, headers={"X-OpenRouter-Cache-Status": "HIT"})]
        got = self.look(adapter, "")
        # The repeat was free, the answer was not: what it cost is not known from here.
        assert (got.data, got.cost_usd, got.units) == (b'{"cast": []}', None, {})
        assert self.look(adapter, "", self.LONG_AGO) is None
        assert len(server.seen) == 1


def _json(value: object) -> bytes:
    return json.dumps(value).encode()
