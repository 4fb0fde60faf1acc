"""ModelsLab's answers, odd ones too, and what each of them means for money. Over real sockets."""

from __future__ import annotations

import base64
import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any

import cv2
import numpy as np
import pytest
import soundfile
from pydantic import SecretStr

from litink.providers.catalogue import load
from litink.providers.modelslab import ModelsLab
from litink.providers.wire import Answer, AnswerLost, NotTaken, Pending, Request, Sending, Upload, WrongAnswer
from tests.providers.conftest import KEY, assert_silent
from tests.providers.odd_server import OddServer, Reply, answer, cut, hang, html, truncated

pytestmark = pytest.mark.usefixtures("no_key_is_logged")

NOW = Sending(deadline_seconds=10, webhook="https://books.example/api/v1/webhooks/modelslab/t0ken", track="t0ken")
DRAW = Request("modelslab", "text-to-image", "imagen-4", {"prompt": "A lighthouse", "aspect_ratio": "16:9"})
PNG = cv2.imencode(".png", np.zeros((8, 8, 3), np.uint8))[1].tobytes()


def upload(data: bytes = PNG, media_type: str = "image/png") -> Upload:
    return Upload(hashlib.sha256(data).hexdigest(), media_type, lambda: data)


FOLLOW = Request(
    "modelslab",
    "image-to-image",
    "seedream-4.0-i2i",
    {"prompt": "Both by the sea", "aspect_ratio": "16:9"},
    {"init_image": (upload(), upload(b"\xff\xd8\xff\xe0 another", "image/jpeg"))},
)
MOVE = Request(
    "modelslab",
    "image-to-video",
    "wan2.2",
    {"prompt": "The sea moves", "duration": "5"},
    {"init_image": (upload(),)},
)


@pytest.fixture
def modelslab(server: OddServer, key: SecretStr) -> ModelsLab:
    return ModelsLab(key, server.url + "/api/v7", load())


def success(server: OddServer, *names: str, id_: int = 77, **more: Any) -> Reply:
    links = [f"{server.url}/{name}" for name in names]
    return answer({"status": "success", "generationTime": 3.1, "id": id_, "output": links, "meta": {"seed": 1}, **more})


def said(message: Any, **more: Any) -> dict[str, Any]:
    return {"status": "error", "message": message, **more}


def test_a_picture_is_copied_at_once(modelslab: ModelsLab, server: OddServer) -> None:
    server.replies = [success(server, "a.png"), answer(PNG, kind="text/plain")]
    assert modelslab.send(DRAW, NOW) == Answer(PNG, "image/png", {"pictures": 1.0}, None, "77", {"outputs": 1})
    asked, fetched = server.seen
    assert (asked.method, asked.path) == ("POST", "/api/v7/images/text-to-image")
    assert asked.json == {
        "key": KEY,
        "model_id": "imagen-4",
        "prompt": "A lighthouse",
        "aspect_ratio": "16:9",
        "webhook": NOW.webhook,
        "track_id": "t0ken",
    }
    assert (fetched.method, fetched.path, fetched.body) == ("GET", "/a.png", b"")
    assert KEY not in str(fetched.headers)


def test_nobody_is_told_of_a_webhook_that_there_is_not(modelslab: ModelsLab, server: OddServer) -> None:
    server.replies = [success(server, "a.png"), answer(PNG)]
    modelslab.send(DRAW, Sending(deadline_seconds=10))
    assert not {"webhook", "track_id"} & set(server.seen[0].json)


def test_files_go_along_as_the_model_takes_them(modelslab: ModelsLab, server: OddServer) -> None:
    server.replies = [answer({"status": "processing", "id": 5})]
    modelslab.send(FOLLOW, NOW)
    modelslab.send(MOVE, NOW)
    kontext = {"prompt": "Both", "width": 1024, "height": 576}
    modelslab.send(Request("modelslab", "image-to-image", "flux-kontext-dev", kontext, FOLLOW.uploads), NOW)
    first = "data:image/png;base64," + base64.b64encode(PNG).decode()
    second = "data:image/jpeg;base64," + base64.b64encode(b"\xff\xd8\xff\xe0 another").decode()
    listed, single, numbered = (seen.json for seen in server.seen)
    assert listed["init_image"] == [first, second]
    assert single["init_image"] == first
    assert (numbered["init_image"], numbered["init_image_2"]) == (first, second)
    assert [seen.path for seen in server.seen] == [
        "/api/v7/images/image-to-image",
        "/api/v7/video-fusion/image-to-video",
        "/api/v7/images/image-to-image",
    ]


@pytest.mark.parametrize(
    "request_",
    [
        Request("modelslab", "text-to-image", "imagen-4", {"prompt": "x", "seed": 4}),
        Request("modelslab", "image-to-video", "wan2.2", {"prompt": "x"}, {"init_image": (upload(), upload())}),
        Request("modelslab", "chat", "imagen-4", {"prompt": "x"}),
    ],
    ids=["a strange field", "too many pictures", "a strange operation"],
)
def test_what_would_only_be_refused_is_not_sent(modelslab: ModelsLab, server: OddServer, request_: Request) -> None:
    with pytest.raises(NotTaken) as caught:
        modelslab.send(request_, NOW)
    assert (caught.value.code, caught.value.retryable, server.seen) == ("request-invalid", False, [])


@pytest.mark.parametrize("state", ["processing", "queued"])
def test_a_job_is_accepted(modelslab: ModelsLab, server: OddServer, state: str) -> None:
    links = {"fetch_result": f"{server.url}/elsewhere", "future_links": [f"{server.url}/later.mp4"]}
    server.replies = [answer({"status": state, "id": 4711, "eta": "12.5", "output": [], **links})]
    assert modelslab.send(MOVE, NOW) == Pending("4711", 12.5)


def test_a_job_is_fetched_until_it_is_done(modelslab: ModelsLab, server: OddServer) -> None:
    server.replies = [
        answer({"status": "processing", "id": 4711, "eta": 4}),
        success(server, "clip.mp4", id_=4711),
        answer(b"\x00\x00\x00\x18ftypisom....", kind="video/mp4"),
    ]
    assert modelslab.fetch(MOVE, "4711") == Pending("4711", 4.0)
    got = modelslab.fetch(MOVE, "4711")
    assert isinstance(got, Answer)
    assert (got.media_type, got.units, got.reference) == ("video/mp4", {"seconds": 5.0}, "4711")
    assert (server.seen[0].method, server.seen[0].path) == ("POST", "/api/v7/video-fusion/fetch/4711")
    assert server.seen[0].json == {"key": KEY}


def test_sound_is_billed_by_its_real_length(modelslab: ModelsLab, server: OddServer, tmp_path: Any) -> None:
    soundfile.write(tmp_path / "rain.wav", np.zeros(36_000, np.float32), 24_000)
    server.replies = [success(server, "rain.wav"), answer((tmp_path / "rain.wav").read_bytes())]
    got = modelslab.send(Request("modelslab", "sound-effect", "eleven_sound_effect", {"prompt": "rain"}), NOW)
    assert isinstance(got, Answer)
    assert (got.media_type, got.units) == ("audio/wav", {"seconds": 1.5})
    assert server.seen[0].path == "/api/v7/voice/sound-generation"


def test_an_output_that_is_not_there_yet_is_waited_for(modelslab: ModelsLab, server: OddServer) -> None:
    server.replies = [
        success(server, "a.png"),
        answer("", 404),
        success(server, "a.png"),
        cut(),
        success(server, "a.png"),
    ]
    assert modelslab.send(DRAW, NOW) == Pending("77")
    assert modelslab.fetch(DRAW, "77") == Pending("77")
    assert [seen.path for seen in server.seen[2:]] == ["/api/v7/images/fetch/77", "/a.png"]


def test_another_link_to_the_same_output(modelslab: ModelsLab, server: OddServer) -> None:
    server.replies = [success(server, "a.png", proxy_links=[f"{server.url}/b.png"]), answer("", 404), answer(PNG)]
    assert isinstance(modelslab.send(DRAW, NOW), Answer)
    assert server.seen[-1].path == "/b.png"


# Billed, and not what was asked.
WRONG: dict[str, tuple[list[Any], str]] = {
    "success without output": ([{"status": "success", "id": 77, "output": []}], "output-missing"),
    "output that is no link": ([{"status": "success", "id": 77, "output": ["file:///etc/passwd"]}], "output-missing"),
    "failed": ([{"status": "failed", "id": 77, "message": "Out of memory"}], "answer-failed"),
    "an error after it was taken": ([said("Invalid model", id=77)], "answer-failed"),
    "an error that says nothing": (
        [{"status": "error", "messege": "Something went wrong, try again"}],
        "answer-failed",
    ),
    "a web page": ([html()], "answer-not-understood"),
    "half a JSON": ([answer(b'{"status": "success", "id"')], "answer-not-understood"),
    "another shape": ([{"state": "success", "result": []}], "answer-not-understood"),
    "a list": ([answer([])], "answer-not-understood"),
    "a web page as output": (["a.png", html()], "output-not-media"),
    "sound as output": (["a.png", answer(b"ID3....")], "output-not-media"),
}


@pytest.mark.parametrize("case", WRONG)
def test_useless_answers_count_as_billed(modelslab: ModelsLab, server: OddServer, case: str) -> None:
    replies, code = WRONG[case]
    server.replies = [
        answer(r) if isinstance(r, dict) else success(server, r) if isinstance(r, str) else r for r in replies
    ]
    with pytest.raises(WrongAnswer) as caught:
        modelslab.send(DRAW, NOW)
    assert (caught.value.code, caught.value.units) == (code, {"pictures": 1.0})


REFUSED: dict[str, tuple[Reply, tuple[str, bool, float | None, bool]]] = {
    "a bad key with 200": (answer(said("Invalid API Key")), ("provider-key-refused", False, None, False)),
    "a bad key": (answer(said("Unauthorized"), 401), ("provider-key-refused", False, None, False)),
    "no credit with 200": (
        answer({"status": "error", "messege": "You have run out of credits, please subscribe"}),
        ("provider-credit-used-up", False, None, False),
    ),
    "no credit in another field": (
        answer({"status": "error", "error": "Insufficient wallet balance"}),
        ("provider-credit-used-up", False, None, False),
    ),
    "validation with 200": (
        answer(said({"prompt": ["The prompt field is required."]})),
        ("request-refused", False, None, False),
    ),
    "validation": (answer(said("The prompt field is required."), 422), ("request-refused", False, None, False)),
    "too often with 200": (
        answer(said("Rate limit exceeded", retry_after=9)),
        ("provider-throttles", True, 9.0, True),
    ),
    "too often": (answer(said("Slow down", retry_after="4"), 429), ("provider-throttles", True, 4.0, True)),
    "full": (answer(said("Service Unavailable"), 503), ("provider-busy", True, None, False)),
    "another address": (answer(b"", 307, {"Location": "/"}), ("wrong-address", False, None, False)),
    "half a refusal": (truncated(said("x" * 50), 422), ("request-refused", False, None, False)),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refusals_are_not_billed(modelslab: ModelsLab, server: OddServer, case: str) -> None:
    reply, expected = REFUSED[case]
    server.replies = [reply]
    with pytest.raises(NotTaken) as caught:
        modelslab.send(DRAW, NOW)
    found = caught.value
    assert (found.code, found.retryable, found.retry_after, found.throttled) == expected


@pytest.mark.parametrize(
    "reply",
    [
        answer(said("Server Error"), 500),
        answer(said("Bad Gateway"), 502),
        html(503),
        answer(said("A timeout occurred"), 524),
        cut(),
        hang(),
        truncated(said("x")),
        answer({"status": "processing"}),
    ],
    ids=["500", "502", "page 503", "524", "cut", "hang", "cut in the body", "a job without a name"],
)
def test_of_other_failures_nobody_knows(modelslab: ModelsLab, server: OddServer, reply: Reply) -> None:
    server.replies = [reply]
    with pytest.raises(AnswerLost):
        modelslab.send(DRAW, Sending(deadline_seconds=1))
    assert len(server.seen) == 1


class TestFetching:
    @pytest.mark.parametrize("reply", [answer(said("Request not found."), 404), answer(said("Request not found."))])
    def test_an_unknown_job(self, modelslab: ModelsLab, server: OddServer, reply: Reply) -> None:
        server.replies = [reply]
        with pytest.raises(NotTaken) as caught:
            modelslab.fetch(MOVE, "4711")
        assert caught.value.code == "job-unknown"

    @pytest.mark.parametrize(
        "reply",
        [
            answer(said("Rate limit exceeded"), 429),
            answer(said("Rate limit exceeded")),
            answer(said("Invalid API Key"), 401),
            answer(said("Something went wrong. Please try again.")),
            answer(said("Server Error"), 500),
            html(),
            html(502),
            answer(b'{"status": "succ'),
            answer({"state": "processing"}),
            cut(),
        ],
    )
    def test_who_does_not_say_is_asked_again(self, modelslab: ModelsLab, server: OddServer, reply: Reply) -> None:
        server.replies = [reply]
        with pytest.raises(AnswerLost) as caught:
            modelslab.fetch(MOVE, "4711")
        assert caught.value.reference == "4711"

    @pytest.mark.parametrize(
        "body",
        [
            {"status": "failed", "message": "Out of memory"},
            said("NSFW content detected"),
            {"status": "success", "id": 4711, "output": []},
        ],
    )
    def test_a_job_that_failed_says_what_it_was_for(
        self, modelslab: ModelsLab, server: OddServer, body: dict[str, Any]
    ) -> None:
        server.replies = [answer(body)]
        with pytest.raises(WrongAnswer) as caught:
            modelslab.fetch(MOVE, "4711")
        assert (caught.value.units, caught.value.reference) == ({"seconds": 5.0}, "4711")


class TestLookingUp:
    def look(self, adapter: ModelsLab, reference: str, age: timedelta = timedelta(seconds=5)) -> Any:
        return adapter.look_up(DRAW, reference, datetime.now(UTC) - age)

    def test_without_a_name_nothing_can_be_asked(self, modelslab: ModelsLab, server: OddServer) -> None:
        assert self.look(modelslab, "") is None
        assert server.seen == []

    def test_by_its_name(self, modelslab: ModelsLab, server: OddServer) -> None:
        server.replies = [success(server, "a.png"), answer(PNG)]
        assert self.look(modelslab, "77").data == PNG

    def test_an_unknown_job_proves_nothing(self, modelslab: ModelsLab, server: OddServer) -> None:
        server.replies = [answer(said("Request not found."), 404)]
        assert self.look(modelslab, "77") is None

    def test_an_output_is_gone_in_the_end(self, modelslab: ModelsLab, server: OddServer) -> None:
        server.replies = [success(server, "a.png"), answer("", 404), success(server, "a.png"), answer("", 404)]
        assert self.look(modelslab, "77") == Pending("77")
        with pytest.raises(WrongAnswer) as caught:
            self.look(modelslab, "77", timedelta(hours=2))
        assert (caught.value.code, caught.value.units) == ("output-gone", {"pictures": 1.0})


@pytest.mark.parametrize(
    "reply",
    [
        answer(said(f"Invalid API Key {KEY}")),
        answer(said({"key": [KEY]})),
        answer({"status": "failed", "message": KEY}),
    ],
)
def test_no_error_tells_the_key(modelslab: ModelsLab, server: OddServer, reply: Reply) -> None:
    server.replies = [reply]
    with pytest.raises((NotTaken, WrongAnswer)) as caught:
        modelslab.send(DRAW, NOW)
    assert_silent(caught.value)
    assert KEY not in repr(vars(modelslab))
