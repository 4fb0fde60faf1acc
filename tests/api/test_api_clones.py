"""Voices of one's own, from the recording to a line of a book."""

from __future__ import annotations

import io
from uuid import uuid4

import httpx
import numpy as np
import pytest
import soundfile

from litink.library.repository import BookRecord
from tests.api.paying import fresh_book
from tests.api.test_api_books import problem
from tests.emulated import Emulator
from tests.made_books import Maker

RATE = 16_000


@pytest.fixture
def book(maker: Maker) -> BookRecord:
    return fresh_book(maker)


def recording(seconds: float = 12) -> bytes:
    t = np.arange(round(seconds * RATE)) / RATE
    data = io.BytesIO()
    soundfile.write(data, (0.2 * np.sin(2 * np.pi * 220 * t)).astype(np.float32), RATE, format="WAV")
    return data.getvalue()


def asked(api: httpx.Client, name: str, sound: bytes, consent: str = "true", **headers: str) -> httpx.Response:
    fields = {"name": name, "gender": "female", "age": "old", "consent": consent}
    return api.post("/voices", data=fields, files=[("recordings", ("a.wav", sound, "audio/wav"))], headers=headers)


def test_a_recorded_voice_speaks_for_a_character(rich: httpx.Client, emulator: Emulator, book: BookRecord) -> None:
    name = f"Grandmother {uuid4().hex[:6]}"
    key = {"Idempotency-Key": uuid4().hex}
    made = asked(rich, name, recording(), **key).json()
    assert asked(rich, name, recording(), **key).json() == made
    assert [one["state"] for one in rich.get("/voices").json()["voices"] if one["name"] == name] == ["ready"]
    assert made["voice"] in {voice["id"] for voice in rich.get(f"/books/{book.id}/voices").json()}

    character = rich.get(f"/books/{book.id}/characters").json()["characters"][0]["id"]
    edits = rich.get(f"/books/{book.id}/edits")
    edit = {"edits": [{"edit": "voice", "character": character, "voice": made["voice"]}]}
    chosen = rich.post(f"/books/{book.id}/edits", json=edit, headers={"If-Match": edits.headers["etag"]})
    assert chosen.status_code in (200, 201), chosen.text
    cast = rich.get(f"/books/{book.id}/characters").json()["characters"]
    assert next(one for one in cast if one["id"] == character)["voice_used"]["name"] == name

    heard = rich.post(f"/books/{book.id}/voices/{made['voice']}/audition")
    assert heard.status_code == 200, heard.text
    assert emulator.bill().charges[-1]["delivered"]

    assert rich.delete(f"/voices/{made['id']}").status_code == 204
    problem(rich.delete(f"/voices/{made['id']}"), 404, "no-such-voice")
    cast = rich.get(f"/books/{book.id}/characters").json()["characters"]
    assert next(one for one in cast if one["id"] == character)["voice_used"]["name"] != name


@pytest.mark.parametrize(
    ("sound", "consent", "code"),
    [
        (recording(3), "true", "recordings-too-short"),
        (b"a letter", "true", "recording-unreadable"),
        (recording(), "false", "consent-missing"),
    ],
)
def test_what_is_no_voice_is_refused(rich: httpx.Client, sound: bytes, consent: str, code: str) -> None:
    problem(asked(rich, uuid4().hex, sound, consent), 422, code)


def test_without_elevenlabs_it_is_said_what_is_missing(api: httpx.Client) -> None:
    refused = problem(asked(api, uuid4().hex, recording()), 422, "no-cloning-here")
    assert "LITINK_ELEVENLABS_API_KEY" in refused["detail"]
