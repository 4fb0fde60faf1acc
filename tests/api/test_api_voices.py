"""Hearing a line of the book in a voice: as it is spoken, paid for once, counted in the book's costs."""

from __future__ import annotations

from decimal import Decimal

import httpx
import pytest

from litink.library.repository import BookRecord
from litink.media.sound import decode
from tests.api.paying import fresh_book
from tests.api.test_api_books import problem
from tests.emulated import Emulator
from tests.made_books import Maker


@pytest.fixture
def book(maker: Maker) -> BookRecord:
    return fresh_book(maker)


def a_voice(api: httpx.Client, book: BookRecord) -> str:
    voices = api.get(f"/books/{book.id}/voices").json()
    assert len({voice["id"] for voice in voices}) == len(voices) > 3
    return str(voices[1]["id"])


def spent(api: httpx.Client, book: BookRecord) -> list[dict[str, object]]:
    return [row for row in api.get(f"/books/{book.id}/costs").json()["calls"] if row["asset"] == "audition"]


def test_a_providers_voice_is_heard_while_it_speaks_and_paid_for_once(
    rich: httpx.Client, emulator: Emulator, book: BookRecord
) -> None:
    emulator.settings(latency={"speech": 1.0})
    address = f"/books/{book.id}/voices/{a_voice(rich, book)}/audition"
    with rich.stream("POST", address) as answer:
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "audio/mpeg"
        pieces = answer.iter_raw()
        first = next(pieces)
        assert not emulator.bill().charges[0]["delivered"]  # still speaking
        sound = first + b"".join(pieces)
    samples, rate = decode(sound)
    assert len(samples) / rate > 1
    assert rich.post(address).content == sound
    [charge] = emulator.bill().charges
    [row] = spent(rich, book)
    assert (row["calls"], Decimal(str(row["cost_usd"]))) == (1, Decimal(charge["amount_usd"]))


def test_any_line_may_be_heard(rich: httpx.Client, emulator: Emulator, book: BookRecord) -> None:
    line = rich.get(f"/books/{book.id}/audio").json()[1]
    answer = rich.post(f"/books/{book.id}/voices/{a_voice(rich, book)}/audition", json={"line": line["key"]})
    assert answer.status_code == 200, answer.text
    assert emulator.bill().charges[0]["units"]["characters"] == len(line["text"])


def test_a_listener_who_leaves_has_bought_the_line(rich: httpx.Client, emulator: Emulator, book: BookRecord) -> None:
    emulator.settings(latency={"speech": 1.0})
    address = f"/books/{book.id}/voices/{a_voice(rich, book)}/audition"
    with rich.stream("POST", address) as answer:
        next(answer.iter_raw())
    assert len(decode(rich.post(address).content)[0])  # waits for the one under way
    assert len(emulator.bill().charges) == 1
    assert emulator.bill().whole["undelivered"] == []


def test_a_voice_that_breaks_off_is_found_again_and_not_paid_for_twice(
    rich: httpx.Client, emulator: Emulator, book: BookRecord
) -> None:
    emulator.fault("truncate", match={"operation": "speech"}, times=1)
    address = f"/books/{book.id}/voices/{a_voice(rich, book)}/audition"
    answer = rich.post(address)
    assert len(decode(answer.content)[0])
    assert rich.post(address).content == answer.content
    assert len(emulator.bill().charges) == 1


def test_what_cannot_be_had_is_a_problem_before_any_sound(
    rich: httpx.Client, emulator: Emulator, book: BookRecord, maker: Maker
) -> None:
    voice = a_voice(rich, book)
    problem(rich.post(f"/books/{book.id}/voices/nobody/audition"), 422, "voice-unknown")
    problem(rich.post(f"/books/{book.id}/voices/{voice}/audition", json={"line": "x/l1"}), 422, "no-such-line")
    problem(rich.post(f"/books/{maker.add(title='New').id}/voices/{voice}/audition"), 404, "not-made-yet")
    assert rich.put(f"/books/{book.id}/budget", json={"cap_usd": 0}).status_code == 200
    problem(rich.post(f"/books/{book.id}/voices/{voice}/audition"), 409, "cap-reached")
    assert emulator.bill().rows == []


@pytest.mark.engines
def test_a_voice_of_this_machine_answers_as_a_whole_and_counts_too(api: httpx.Client, book: BookRecord) -> None:
    answer = api.post(f"/books/{book.id}/voices/{a_voice(api, book)}/audition", timeout=300)  # the engine is started
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "audio/flac"
    assert len(decode(answer.content)[0])
    [row] = spent(api, book)
    assert (row["calls"], row["cost_usd"], row["paid"]) == (1, 0, False)
