"""ModelsLab as a client meets it: jobs, files, webhooks, strictness."""

from __future__ import annotations

import base64
import io
import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Empty, Queue
from typing import Any

import av
import cv2
import httpx
import numpy as np
import pytest

from emulator.modelslab.fields import CHECKS
from emulator.modelslab.models import models
from tests.emulated import Emulator
from tests.emulator.conftest import Post

PROMPT = {"prompt": "A castle by the sea"}


def picture(width: int = 320, height: int = 180) -> str:
    """A picture in base64."""
    done, data = cv2.imencode(".png", np.full((height, width, 3), 90, np.uint8))
    assert done
    return base64.b64encode(data.tobytes()).decode()


def film(data: bytes) -> tuple[float, int, int, int]:
    """Seconds, width, height, streams of sound."""
    with av.open(io.BytesIO(data)) as source:
        video = source.streams.video[0]
        assert source.duration is not None
        frames = sum(1 for _ in source.decode(video))
        assert frames > 0
        size = video.codec_context
        return source.duration / av.time_base, size.width, size.height, len(source.streams.audio)


@pytest.fixture
def fetched(modelslab: Post) -> Callable[..., dict[str, Any]]:
    def fetch(job: int | str, area: str = "video-fusion") -> dict[str, Any]:
        return modelslab(f"/{area}/fetch/{job}")

    return fetch


@pytest.fixture
def listener() -> Iterator[tuple[str, Queue[dict[str, Any]]]]:
    """An address that takes webhooks, and those that came."""
    told: Queue[dict[str, Any]] = Queue()

    class Taking(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            told.put(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: Any) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Taking)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/hook/secret", told
    server.shutdown()
    server.server_close()


def test_a_film_is_a_job_that_ends_in_its_time(
    modelslab: Post, fetched: Callable[..., dict[str, Any]], emulator: Emulator, http: httpx.Client
) -> None:
    emulator.settings(latency={"video": 30})
    job = modelslab(
        "/video-fusion/image-to-video",
        model_id="seedance-1.0-pro-i2v",
        init_image=picture(),
        duration="5",
        resolution="480p",
        track_id="payment-1",
        **PROMPT,
    )

    assert job["status"] == "processing"
    assert job["eta"] == 30
    assert job["output"] == []
    assert http.get(job["future_links"][0]).status_code == 404
    assert fetched(job["id"])["status"] == "queued"
    emulator.advance(15)
    assert fetched(job["id"])["status"] == "processing"
    emulator.advance(15)
    done = fetched(job["id"])
    assert done["status"] == "success"
    assert done["output"] == job["future_links"]

    seconds, width, height, sounds = film(http.get(done["output"][0]).content)
    assert (seconds, height, sounds) == (pytest.approx(5, abs=0.1), 480, 0)
    assert width / height == pytest.approx(16 / 9, abs=0.01)
    (row,) = emulator.bill().charges
    assert (row["units"], row["track"], row["reference"]) == ({"seconds": 5}, "payment-1", str(job["id"]))


def test_veo_sounds_unless_told_not_to(
    modelslab: Post, fetched: Callable[..., dict[str, Any]], http: httpx.Client
) -> None:
    asked = {"model_id": "veo-3.1", "duration": "4", "resolution": "480p", "aspect_ratio": "9:16", **PROMPT}
    sounding = fetched(modelslab("/video-fusion/text-to-video", **asked)["id"])["output"][0]
    silent = fetched(modelslab("/video-fusion/text-to-video", generate_audio=False, **asked)["id"])["output"][0]

    assert film(http.get(sounding).content)[1:] == (480, 854, 1)
    assert film(http.get(silent).content)[3] == 0


def test_lips_move_for_as_long_as_the_voice_speaks(
    modelslab: Post, fetched: Callable[..., dict[str, Any]], http: httpx.Client, emulator: Emulator
) -> None:
    asked = {"model_id": "veo-3.1", "duration": "4", "resolution": "480p", "generate_audio": False, **PROMPT}
    source = fetched(modelslab("/video-fusion/text-to-video", **asked)["id"])["output"][0]
    voice = modelslab("/voice/text-to-speech", model_id="eleven_multilingual_v2", voice_id="x", prompt="Word. " * 12)
    sound = base64.b64encode(http.get(voice["output"][0]).content).decode()
    job = modelslab("/video-fusion/lip-sync", model_id="lipsync-2", init_video=source, init_audio=sound)
    seconds, width, height, sounds = film(http.get(fetched(job["id"])["output"][0]).content)

    assert (width, height, sounds) == (854, 480, 1)
    assert seconds == pytest.approx(72 / 14, abs=0.1)
    assert emulator.bill().charges[-1]["units"]["seconds"] == pytest.approx(seconds, abs=0.1)


@pytest.mark.parametrize(
    ("path", "asked", "seconds"),
    [
        ("/voice/music-gen", {"model_id": "music-gen", "duration": "12"}, 12),
        ("/voice/sound-generation", {"model_id": "eleven_sound_effect", "duration": "3"}, 3),
    ],
)
def test_music_and_effects_last_as_long_as_asked(
    modelslab: Post, http: httpx.Client, path: str, asked: dict[str, Any], seconds: float
) -> None:
    answer = modelslab(path, **asked, **PROMPT)
    with av.open(io.BytesIO(http.get(answer["output"][0]).content)) as source:
        assert source.duration is not None
        assert source.duration / av.time_base == pytest.approx(seconds, abs=0.1)


def test_references_and_masks_must_be_pictures(modelslab: Post, emulator: Emulator, http: httpx.Client) -> None:
    edit = {"model_id": "flux-kontext-dev", **PROMPT}
    first = modelslab("/images/image-to-image", init_image=[picture(), picture()], **edit)
    again = modelslab("/images/image-to-image", init_image=first["output"][0], **edit)
    painted = modelslab("/images/inpaint", model_id="flux", init_image=picture(), mask_image=picture(), **PROMPT)
    wrong = base64.b64encode(b"<html>" * 20).decode()
    refused = http.post(
        f"{emulator.urls.modelslab}/images/image-to-image", json={"key": "k", "init_image": wrong, **edit}
    )

    assert again["output"] != first["output"]
    assert painted["status"] == "success"
    assert refused.status_code == 422
    assert "not a picture" in refused.json()["message"]


def test_a_picture_that_takes_long_is_a_job(
    modelslab: Post, fetched: Callable[..., dict[str, Any]], emulator: Emulator
) -> None:
    emulator.settings(latency={"picture": 12})
    job = modelslab("/images/text-to-image", model_id="flux", **PROMPT)

    assert job["status"] == "processing"
    emulator.advance(12)
    assert fetched(job["id"], "images")["status"] == "success"


def test_links_expire(modelslab: Post, emulator: Emulator, http: httpx.Client) -> None:
    link = modelslab("/images/text-to-image", model_id="flux", **PROMPT)["output"][0]

    assert http.get(link).status_code == 200
    assert http.get(link).content == http.get(link).content
    emulator.advance(86_401)
    assert http.get(link).status_code == 404


def test_jobs_and_files_survive_a_kill(
    modelslab: Post, fetched: Callable[..., dict[str, Any]], emulator: Emulator, http: httpx.Client
) -> None:
    emulator.settings(latency={"video": 60})
    job = modelslab("/video-fusion/text-to-video", model_id="seedance-t2v", resolution="480p", **PROMPT)
    emulator.advance(40)
    emulator.kill()
    emulator.start()

    assert fetched(job["id"])["status"] == "processing"
    assert fetched(job["id"])["eta"] <= 20
    emulator.advance(20)
    assert film(http.get(fetched(job["id"])["output"][0]).content)[0] == pytest.approx(5, abs=0.1)


def test_more_jobs_than_the_limit_are_refused_with_when_to_come_again(
    modelslab: Post, emulator: Emulator, http: httpx.Client
) -> None:
    emulator.settings(latency={"video": 30}, limits={"video": 2})
    asked = {"model_id": "seedance-t2v", "resolution": "480p"}
    for number in range(2):
        modelslab("/video-fusion/text-to-video", prompt=f"{number}", **asked)
    refused = http.post(
        f"{emulator.urls.modelslab}/video-fusion/text-to-video", json={"key": "k", "prompt": "2", **asked}
    )

    assert refused.status_code == 429
    assert refused.json()["retry_after"] > 0
    emulator.advance(30)
    assert modelslab("/video-fusion/text-to-video", prompt="2", **asked)["status"] == "processing"
    assert len(emulator.bill().charges) == 3


def test_a_webhook_comes_when_the_job_is_done(
    modelslab: Post, emulator: Emulator, listener: tuple[str, Queue[dict[str, Any]]]
) -> None:
    url, told = listener
    emulator.settings(latency={"video": 30})
    job = modelslab("/video-fusion/text-to-video", model_id="seedance-t2v", webhook=url, track_id="t-1", **PROMPT)
    with pytest.raises(Empty):
        told.get(timeout=0.3)
    emulator.advance(30)
    body = told.get(timeout=10)

    assert (body["status"], body["id"], body["track_id"]) == ("success", job["id"], "t-1")
    assert body["output"] == job["future_links"]


def test_webhooks_survive_a_kill(
    modelslab: Post, emulator: Emulator, listener: tuple[str, Queue[dict[str, Any]]]
) -> None:
    url, told = listener
    emulator.settings(latency={"video": 30})
    job = modelslab("/video-fusion/text-to-video", model_id="seedance-t2v", webhook=url, **PROMPT)
    emulator.kill()
    emulator.start()
    emulator.advance(30)

    assert told.get(timeout=10)["id"] == job["id"]


def test_a_webhook_may_be_doubled_delayed_dropped_or_forged(
    modelslab: Post, emulator: Emulator, listener: tuple[str, Queue[dict[str, Any]]]
) -> None:
    url, told = listener

    def submitted(track: str) -> dict[str, Any]:
        asked = {"model_id": "seedance-t2v", "webhook": url, "track_id": track}
        return modelslab("/video-fusion/text-to-video", prompt=track, **asked)

    emulator.fault("webhook_double", match={"contains": "two"})
    emulator.fault("webhook_drop", match={"contains": "none"})
    emulator.fault("webhook_delay", match={"contains": "late"}, seconds=100)
    emulator.fault("webhook_forge", match={"contains": "false"})

    submitted("none")
    submitted("late")
    submitted("two")
    assert [told.get(timeout=10)["track_id"] for _ in range(2)] == ["two", "two"]
    forged = submitted("false")
    bodies = [told.get(timeout=10) for _ in range(2)]
    assert {body["id"] for body in bodies} == {forged["id"]}
    assert [body["output"] == forged["future_links"] for body in bodies].count(True) == 1
    emulator.advance(100)
    assert told.get(timeout=10)["track_id"] == "late"
    with pytest.raises(Empty):
        told.get(timeout=0.3)


def test_every_field_of_every_model_is_checked() -> None:
    named = {name for model in models().values() for name in (*model.required, *model.optional)}

    assert named <= set(CHECKS)


WRONG = [
    ({"model_id": "flux"}, "prompt"),
    ({**PROMPT}, "model_id"),
    ({"model_id": "flux", "steps": 3, **PROMPT}, "steps"),
    ({"model_id": "flux", "width": "1024", **PROMPT}, "width"),
    ({"model_id": "flux", "width": 1001, **PROMPT}, "width"),
    ({"model_id": "imagen-4", **PROMPT}, "aspect_ratio"),
    ({"model_id": "imagen-4", "aspect_ratio": "5:1", **PROMPT}, "aspect_ratio"),
    ({"model_id": "imagen-4", "aspect_ratio": "1:1", "width": 512, **PROMPT}, "width"),
    ({"model_id": "flux", "prompt": 3}, "prompt"),
    ({"model_id": "flux", "webhook": "not a link", **PROMPT}, "webhook"),
    ({"model_id": "flux", "prompt": "x" * 4_001}, "prompt"),
]


@pytest.mark.parametrize(("body", "field"), WRONG)
def test_what_a_model_does_not_take_is_refused_for_nothing(
    emulator: Emulator, http: httpx.Client, body: dict[str, Any], field: str
) -> None:
    answer = http.post(f"{emulator.urls.modelslab}/images/text-to-image", json={"key": "k", **body})

    assert answer.status_code == 422
    assert answer.json()["status"] == "error"
    assert f"The {field} field" in answer.json()["message"]
    (row,) = emulator.bill().rows
    assert (row["amount_usd"], row["outcome"]) == ("0", "refused")


def test_a_duration_is_a_string_that_the_model_knows(emulator: Emulator, http: httpx.Client) -> None:
    for duration in (5, "5s", "7"):
        body = {"key": "k", "model_id": "seedance-t2v", "duration": duration, **PROMPT}
        assert http.post(f"{emulator.urls.modelslab}/video-fusion/text-to-video", json=body).status_code == 422


def test_other_routes_keys_and_jobs_are_refused(emulator: Emulator, http: httpx.Client) -> None:
    url = emulator.urls.modelslab
    missing = http.post(f"{url}/images/text-to-image", json={"model_id": "flux", **PROMPT})
    unknown = http.post(f"{url}/images/text2img", json={"key": "k"})
    job = http.post(f"{url}/images/fetch/1", json={"key": "k"})
    odd = http.post(f"{url}/images/fetch/1", json={"key": "k", "id": 1})

    assert [answer.status_code for answer in (missing, unknown, job, odd)] == [401, 404, 404, 422]
    assert {answer.json()["status"] for answer in (missing, unknown, job, odd)} == {"error"}
    assert http.get(f"{url}/images/fetch/1").status_code == 405
    assert emulator.bill().total == 0


def test_the_same_request_is_known_whatever_its_key_webhook_and_track(modelslab: Post, emulator: Emulator) -> None:
    for number in range(2):
        modelslab(
            "/images/text-to-image",
            model_id="flux",
            track_id=f"t{number}",
            webhook=f"http://127.0.0.1:9/{number}",
            **PROMPT,
        )
    modelslab("/images/text-to-image", model_id="flux", seed=1, **PROMPT)

    assert [len(ids) for ids in emulator.bill().twice.values()] == [2]
