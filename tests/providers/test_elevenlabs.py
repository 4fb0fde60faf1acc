"""ElevenLabs' answers, odd ones too, and what each of them means for money. Over real sockets."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from pydantic import SecretStr

from litink.errors import PermanentFailure, TransientFailure
from litink.providers.base import Voice
from litink.providers.catalogue import load
from litink.providers.elevenlabs import ElevenLabs, VoiceLibrary
from litink.providers.wire import Answer, AnswerLost, NotBilled, NotTaken, Request, Sending, Traces, WrongAnswer
from tests.providers.conftest import KEY, assert_silent
from tests.providers.odd_server import OddServer, Reply, answer, cut, hang, html, truncated

pytestmark = pytest.mark.usefixtures("no_key_is_logged")

NOW = Sending(deadline_seconds=10)
MP3 = b"\xff\xfb\x90\x64" + bytes(100)
TEXT = "Call me Ishmael."
TIMES = [round(0.1 * n, 3) for n in range(len(TEXT) + 1)]
ALIGNMENT = {
    "characters": list(TEXT),
    "character_start_times_seconds": TIMES[:-1],
    "character_end_times_seconds": TIMES[1:],
}
SPOKEN = {
    "audio_base64": base64.b64encode(MP3).decode(),
    "alignment": ALIGNMENT,
    "normalized_alignment": ALIGNMENT,
}
COST = {"character-cost": "20", "request-id": "req-1", "current-concurrent-requests": "1"}
BODY = {
    "text": TEXT,
    "output_format": "mp3_44100_128",
    "voice_settings": {"stability": 0.4, "similarity_boost": 0.75, "speed": 1.1},
    "seed": 7,
    "previous_text": "Before.",
    "next_text": "After.",
    "pronunciation_dictionary_locators": [{"pronunciation_dictionary_id": "d", "version_id": "v"}],
}
SPEAK = Request("elevenlabs", "speech", "eleven_multilingual_v2", BODY, address={"voice_id": "George1"})
FLASH = Request("elevenlabs", "speech", "eleven_flash_v2_5", {"text": TEXT}, address={"voice_id": "George1"})


@pytest.fixture
def eleven(server: OddServer, key: SecretStr) -> ElevenLabs:
    return ElevenLabs(key, server.url, load())


def error(status: int, code: str, message: str = "No.", headers: dict[str, str] | None = None) -> Reply:
    return answer({"detail": {"type": "t", "code": code, "message": message, "status": code}}, status, headers)


def legacy(status: int, code: str, message: str = "No.") -> Reply:
    return answer({"detail": {"status": code, "message": message}}, status)


def test_speech_with_the_time_of_every_character(eleven: ElevenLabs, server: OddServer) -> None:
    server.replies = [answer(SPOKEN, headers=COST)]
    assert eleven.send(SPEAK, NOW) == Answer(
        data=MP3,
        media_type="audio/mpeg",
        units={"characters": 20.0},  # some voices cost more than a credit a character
        cost_usd=None,  # told in credits; the price list makes dollars of them
        reference="req-1",
        meta={"alignment": ALIGNMENT, "normalized_alignment": ALIGNMENT},
    )
    [seen] = server.seen
    assert seen.method == "POST"
    assert seen.path == "/v1/text-to-speech/George1/with-timestamps?output_format=mp3_44100_128"
    body = {name: value for name, value in BODY.items() if name != "output_format"}
    assert seen.json == {**body, "model_id": "eleven_multilingual_v2"}
    assert seen.headers["xi-api-key"] == KEY


def test_credits_of_a_cheaper_model_are_more_characters(eleven: ElevenLabs, server: OddServer) -> None:
    server.replies = [answer(SPOKEN, headers={**COST, "character-cost": "8"})]
    assert eleven.send(FLASH, NOW).units == {"characters": 16.0}


@pytest.mark.parametrize("cost", ["", "many", "-3", "nan"])
def test_without_a_cost_the_text_tells(eleven: ElevenLabs, server: OddServer, cost: str) -> None:
    server.replies = [answer(SPOKEN, headers={"character-cost": cost})]
    assert eleven.send(SPEAK, NOW).units == {"characters": float(len(TEXT))}


@pytest.mark.parametrize(
    ("output_format", "data", "media_type"),
    [
        ("pcm_24000", b"\x01\x00" * 50, "audio/pcm;rate=24000"),
        ("wav_44100", b"RIFF\x00\x00\x00\x00WAVEfmt ", "audio/wav"),
        ("opus_48000_64", b"OggS" + bytes(30), "audio/ogg"),
        ("ulaw_8000", b"\x7f" * 33, "audio/basic;rate=8000"),
    ],
)
def test_other_forms_of_sound(
    eleven: ElevenLabs, server: OddServer, output_format: str, data: bytes, media_type: str
) -> None:
    server.replies = [answer({**SPOKEN, "audio_base64": base64.b64encode(data).decode()})]
    body = {**FLASH.body, "output_format": output_format}
    got = eleven.send(Request("elevenlabs", "speech", FLASH.model, body, address=FLASH.address), NOW)
    assert (got.data, got.media_type) == (data, media_type)


def broken(**times: Any) -> dict[str, Any]:
    return {**SPOKEN, "alignment": {**ALIGNMENT, **times}}


def encoded(data: bytes) -> dict[str, Any]:
    return {**SPOKEN, "audio_base64": base64.b64encode(data).decode()}


# Billed, and not what was asked.
WRONG: dict[str, tuple[Reply, str]] = {
    "a web page": (html(headers=COST), "answer-not-understood"),
    "half a JSON": (answer(b'{"audio_base64": "//uQ', headers=COST), "answer-not-understood"),
    "another shape": (answer({"audio": "", "alignments": []}, headers=COST), "answer-empty"),
    "a list": (answer([1, 2], headers=COST), "answer-not-understood"),
    "null": (answer("null", headers=COST), "answer-empty"),
    "an error with 200": (answer({"detail": {"status": "internal_error"}}, headers=COST), "answer-empty"),
    "no sound": (answer({**SPOKEN, "audio_base64": ""}, headers=COST), "answer-empty"),
    "sound that is not base64": (answer({**SPOKEN, "audio_base64": "<html>"}, headers=COST), "answer-empty"),
    "sound that is a number": (answer({**SPOKEN, "audio_base64": 5}, headers=COST), "answer-empty"),
    "a web page as sound": (answer(encoded(b"<html>no</html>"), headers=COST), "output-not-media"),
    "a picture as sound": (answer(encoded(b"\x89PNG\r\n\x1a\n...."), headers=COST), "output-not-media"),
    "fewer times than characters": (
        answer(broken(character_end_times_seconds=[1.0]), headers=COST),
        "alignment-broken",
    ),
    "times that are words": (
        answer(broken(character_end_times_seconds=["x"] * len(TEXT)), headers=COST),
        "alignment-broken",
    ),
    "no times": (answer({**SPOKEN, "alignment": {}}, headers=COST), "alignment-broken"),
}


@pytest.mark.parametrize("case", WRONG)
def test_useless_answers_count_as_billed(eleven: ElevenLabs, server: OddServer, case: str) -> None:
    reply, code = WRONG[case]
    server.replies = [reply]
    with pytest.raises(WrongAnswer) as caught:
        eleven.send(SPEAK, NOW)
    assert (caught.value.code, caught.value.units) == (code, {"characters": 20.0})
    assert caught.value.reference == "req-1"
    assert len(server.seen) == 1


REFUSED: dict[str, tuple[Reply, tuple[str, bool, float | None, bool]]] = {
    "a bad key": (error(401, "invalid_api_key"), ("provider-key-refused", False, None, False)),
    "quota used up, as 401": (error(401, "quota_exceeded"), ("provider-credit-used-up", False, None, False)),
    "quota used up, the older form": (legacy(401, "quota_exceeded"), ("provider-credit-used-up", False, None, False)),
    "to be paid": (error(402, "payment_required"), ("provider-credit-used-up", False, None, False)),
    "forbidden": (error(403, "forbidden"), ("provider-forbids", False, None, False)),
    "no such voice": (legacy(404, "voice_not_found"), ("request-refused", False, None, False)),
    "too long": (error(400, "max_character_limit_exceeded"), ("request-refused", False, None, False)),
    "validation": (
        answer({"detail": [{"type": "missing", "loc": ["body", "text"], "msg": "Field required"}]}, 422),
        ("request-refused", False, None, False),
    ),
    "too many at once": (error(429, "too_many_concurrent_requests"), ("provider-throttles", True, None, True)),
    "busy": (
        error(429, "system_busy", headers={"Retry-After": "2"}),
        ("provider-busy", True, 2.0, False),
    ),
    "unavailable": (error(503, "service_unavailable"), ("provider-busy", True, None, False)),
    "another address": (answer(b"", 302, {"Location": "http://127.0.0.1:9/"}), ("wrong-address", False, None, False)),
    "a web page at a wrong address": (html(404), ("request-refused", False, None, False)),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refusals_are_not_billed(eleven: ElevenLabs, server: OddServer, case: str) -> None:
    reply, expected = REFUSED[case]
    server.replies = [reply]
    with pytest.raises(NotTaken) as caught:
        eleven.send(SPEAK, NOW)
    found = caught.value
    assert (found.code, found.retryable, found.retry_after, found.throttled) == expected
    assert len(server.seen) == 1  # the SDK did not try again, and nothing followed a redirect


@pytest.mark.parametrize(
    ("reply", "reference"),
    [
        (error(500, "internal_server_error"), ""),
        (error(502, "bad_gateway", headers={"request-id": "req-of-the-error"}), ""),
        (error(408, "timeout"), ""),
        (html(503), ""),
        (html(524), ""),
        (cut(), ""),
        (hang(), ""),
        (truncated(SPOKEN, headers=COST), "req-1"),
    ],
    ids=["500", "502", "408", "page 503", "page 524", "cut", "hang", "cut in the body"],
)
def test_of_other_failures_nobody_knows(eleven: ElevenLabs, server: OddServer, reply: Reply, reference: str) -> None:
    server.replies = [reply]
    with pytest.raises(AnswerLost) as caught:
        eleven.send(SPEAK, Sending(deadline_seconds=1))
    assert caught.value.reference == reference
    assert len(server.seen) == 1


@pytest.mark.parametrize(
    "request_",
    [
        Request("elevenlabs", "speech", "eleven_v3", {"text": "x", "previous_text": "y"}, address={"voice_id": "G"}),
        Request("elevenlabs", "speech", SPEAK.model, {"text": "x", "language_code": "en"}, address={"voice_id": "G"}),
        Request("elevenlabs", "speech", SPEAK.model, {"text": "x"}, address={"voice_id": "../voices/G"}),
        Request("elevenlabs", "speech", SPEAK.model, {"text": "x"}),
        Request("elevenlabs", "speech", SPEAK.model, {"text": ""}, address={"voice_id": "G"}),
    ],
    ids=["v3 knows no stitching", "v2 knows no language_code", "a voice that is a path", "no voice", "no text"],
)
def test_what_would_only_be_refused_is_not_sent(eleven: ElevenLabs, server: OddServer, request_: Request) -> None:
    with pytest.raises(NotTaken) as caught:
        eleven.send(request_, NOW)
    assert (caught.value.code, caught.value.retryable, server.seen) == ("request-invalid", False, [])


class TestLookingUp:
    SENT = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)

    def item(self, id_: str = "h1", **more: Any) -> dict[str, Any]:
        return {
            "history_item_id": id_,
            "request_id": "req-1",
            "voice_id": "George1",
            "model_id": SPEAK.model,
            "text": TEXT,
            "date_unix": int(self.SENT.timestamp()) + 2,
            "character_count_change_from": 100,
            "character_count_change_to": 116,
            "content_type": "audio/mpeg",
            "output_format": "mp3_44100_128",
            "state": "created",
            **more,
        }

    def page(self, *items: dict[str, Any], more: bool = False) -> Reply:
        last = items[-1]["history_item_id"] if items else None
        return answer({"history": list(items), "last_history_item_id": last, "has_more": more})

    @property
    def whole(self) -> Reply:
        return answer(self.item(alignments={"alignment": ALIGNMENT, "normalized_alignment": ALIGNMENT}))

    def look(self, adapter: ElevenLabs, reference: str = "") -> Any:
        return adapter.look_up(SPEAK, reference, self.SENT)

    def test_by_what_was_said_when(self, eleven: ElevenLabs, server: OddServer) -> None:
        """The history is the whole account's: it names the calls that may be ours, and takes none."""
        other = self.item("h0", text="Another line.")
        later = self.item("h2", request_id="req-2", date_unix=int(self.SENT.timestamp()) + 600)
        earlier = self.item("h3", request_id="req-3", date_unix=int(self.SENT.timestamp()) - 5)
        nameless = self.item("h4", request_id=None)
        server.replies = [self.page(other, later, earlier, more=True), self.page(nameless, self.item())]
        traces = self.look(eleven)
        assert (traces.references, traces.doubtful) == (("req-1", "req-2"), ("", "req-3"))
        assert traces.otherwise == NotBilled()
        assert traces.alike(SPEAK)
        assert not traces.alike(FLASH)

    def test_a_clock_that_is_wrong_is_allowed_for(self, eleven: ElevenLabs, server: OddServer) -> None:
        """Theirs is half a minute behind ours, as the date of what they send shows."""
        behind = timedelta(seconds=30)
        mine = self.item(date_unix=int((self.SENT - behind).timestamp()) + 2)
        earlier = self.item("h2", request_id="req-2", date_unix=int((self.SENT - behind).timestamp()) - 5)
        page = {"history": [mine, earlier], "last_history_item_id": "h2", "has_more": False}
        server.replies = [answer(page, headers={"date": format_datetime(datetime.now(UTC) - behind, usegmt=True)})]
        traces = self.look(eleven)
        assert (traces.references, traces.doubtful) == (("req-1",), ("req-2",))

    def test_too_early_to_say_that_it_is_none_of_those(self, eleven: ElevenLabs, server: OddServer) -> None:
        sent = datetime.now(UTC) - timedelta(seconds=5)
        server.replies = [self.page(self.item(date_unix=int(sent.timestamp()) + 1))]
        traces = eleven.look_up(SPEAK, "", sent)
        assert isinstance(traces, Traces)
        assert isinstance(traces.otherwise, AnswerLost)

    def test_by_its_id(self, eleven: ElevenLabs, server: OddServer) -> None:
        mine = self.item("h2", request_id="req-2", text="as they wrote it down")
        whole = answer(
            {**mine, "alignments": {"alignment": ALIGNMENT, "normalized_alignment": ALIGNMENT}},
        )
        server.replies = [self.page(self.item(), more=True), self.page(mine), whole, answer(MP3)]
        got = self.look(eleven, "req-2")
        assert (got.data, got.media_type, got.units) == (MP3, "audio/mpeg", {"characters": 16.0})
        assert (got.reference, got.meta["alignment"]) == ("req-2", ALIGNMENT)
        assert server.seen[2].path == "/v1/history/h2"
        assert server.seen[3].path == "/v1/history/h2/audio"

    def test_not_there_where_others_are_is_not_billed(self, eleven: ElevenLabs, server: OddServer) -> None:
        server.replies = [self.page(), self.page(self.item("h9", text="last week"))]
        assert self.look(eleven) == NotBilled()

    def test_an_account_without_history_tells_nothing(self, eleven: ElevenLabs, server: OddServer) -> None:
        server.replies = [self.page()]
        assert self.look(eleven) is None

    def test_an_answered_call_is_never_taken_for_unbilled(self, eleven: ElevenLabs, server: OddServer) -> None:
        server.replies = [self.page(), self.page(self.item("h9"))]
        assert self.look(eleven, "req-7") is None

    def test_too_early_to_say(self, eleven: ElevenLabs, server: OddServer) -> None:
        server.replies = [self.page()]
        with pytest.raises(AnswerLost):
            eleven.look_up(SPEAK, "", datetime.now(UTC) - timedelta(seconds=5))

    def test_sound_that_is_none(self, eleven: ElevenLabs, server: OddServer) -> None:
        server.replies = [self.page(self.item()), self.whole, html()]
        with pytest.raises(WrongAnswer) as caught:
            self.look(eleven, "req-1")
        assert (caught.value.code, caught.value.units) == ("output-not-media", {"characters": 16.0})

    @pytest.mark.parametrize(
        "reply",
        [
            html(),
            html(502),
            error(401, "invalid_api_key"),
            error(429, "x"),
            cut(),
            answer([]),
            answer({"history": [5]}),
        ],
    )
    def test_who_does_not_say_is_asked_again(self, eleven: ElevenLabs, server: OddServer, reply: Reply) -> None:
        server.replies = [reply]
        with pytest.raises(AnswerLost) as caught:
            self.look(eleven)
        assert_silent(caught.value)


class TestVoiceLibrary:
    @pytest.fixture
    def library(self, server: OddServer, key: SecretStr) -> VoiceLibrary:
        return VoiceLibrary(key, server.url)

    def test_voices_of_all_pages_as_casting_knows_them(self, library: VoiceLibrary, server: OddServer) -> None:
        george = {"gender": "male", "age": "middle_aged", "accent": "british", "descriptive": "warm_and_deep"}
        rachel = {"gender": "female", "age": "young", "accent": "american", "use_case": "narration"}
        unready = {"voice_verification": {"requires_verification": True, "is_verified": False}}
        server.replies = [
            answer(
                {
                    "voices": [{"voice_id": "g", "name": "George", "labels": george}, {"voice_id": "x", **unready}],
                    "has_more": True,
                    "total_count": 4,
                    "next_page_token": "p2",
                }
            ),
            answer(
                {
                    "voices": [
                        {"voice_id": "r", "name": "Rachel", "labels": rachel},
                        {"voice_id": "n", "labels": None},
                    ],
                    "has_more": False,
                    "total_count": 4,
                }
            ),
        ]
        assert library.voices() == (
            Voice("elevenlabs:g", "George", "male", "adult", "gb", "warm and deep"),
            Voice("elevenlabs:r", "Rachel", "female", "young", "us", "narration"),
            Voice("elevenlabs:n", "n", "unknown", "unknown", "us", ""),
        )
        assert "next_page_token=p2" in server.seen[1].path

    def test_a_clone_is_a_new_voice(self, library: VoiceLibrary, server: OddServer) -> None:
        server.replies = [answer({"voice_id": "new", "requires_verification": False})]
        assert library.clone("Grandmother", [("a.mp3", MP3, "audio/mpeg")]) == "elevenlabs:new"
        assert server.seen[0].path == "/v1/voices/add"
        assert MP3 in server.seen[0].body

    def test_a_clone_that_must_be_confirmed(self, library: VoiceLibrary, server: OddServer) -> None:
        server.replies = [answer({"voice_id": "new", "requires_verification": True})]
        with pytest.raises(PermanentFailure, match="verified"):
            library.clone("Somebody", [("a.mp3", MP3, "audio/mpeg")])

    def test_a_dictionary_is_made_once(self, library: VoiceLibrary, server: OddServer) -> None:
        none = {"pronunciation_dictionaries": [], "has_more": False, "next_cursor": None}
        server.replies = [answer(none), answer({"id": "d", "version_id": "v"})]
        words = {"Hermione": "her-MY-oh-nee", "Cholmondeley": "Chumley"}
        assert library.dictionary(words) == {"pronunciation_dictionary_id": "d", "version_id": "v"}
        made = server.seen[1].json
        assert [rule["alias"] for rule in made["rules"]] == ["Chumley", "her-MY-oh-nee"]

        known = {"id": "d", "name": made["name"], "latest_version_id": "v2"}
        server.replies = [answer({**none, "pronunciation_dictionaries": [known]})]
        assert library.dictionary(dict(reversed(words.items())))["version_id"] == "v2"
        assert len(server.seen) == 3

    @pytest.mark.parametrize(
        ("reply", "kind"),
        [
            (error(401, "invalid_api_key", f"{KEY} is no key"), PermanentFailure),
            (error(429, "too_many_concurrent_requests"), TransientFailure),
            (error(500, "internal_server_error"), TransientFailure),
            (html(), TransientFailure),
            (answer({"other": 1}), TransientFailure),
            (cut(), TransientFailure),
        ],
    )
    def test_failures(self, library: VoiceLibrary, server: OddServer, reply: Reply, kind: type[Exception]) -> None:
        server.replies = [reply]
        with pytest.raises(kind) as caught:
            library.voices()
        assert_silent(caught.value)


@pytest.mark.parametrize(
    "reply",
    [
        error(401, "invalid_api_key", f"Invalid key {KEY}"),
        error(500, "x", KEY[:20]),
        answer({"detail": [{"loc": ["header", KEY], "msg": KEY}]}, 422),
        html(502),
    ],
)
def test_no_error_tells_the_key(eleven: ElevenLabs, server: OddServer, reply: Reply) -> None:
    server.replies = [reply]
    with pytest.raises((NotTaken, AnswerLost)) as caught:
        eleven.send(SPEAK, NOW)
    assert_silent(caught.value)
    assert KEY not in repr(vars(eleven))
