"""The emulator itself: its bill over kills, its limits, its clock, its page, its command line."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import openai
import pytest
from openai import OpenAI

from tests.emulated import CHECKOUT, Emulator
from tests.emulator.conftest import Post, say


def test_the_bill_survives_a_kill_in_the_middle_of_a_call(emulator: Emulator, openrouter: OpenAI) -> None:
    say(openrouter, "First.")
    emulator.settings(latency={"chat": 30})
    with ThreadPoolExecutor() as pool:
        waiting = pool.submit(say, openrouter, "Second.")
        while not emulator.state()["under_way"]:
            time.sleep(0.02)
        emulator.kill()
        with pytest.raises(openai.APIConnectionError):
            waiting.result(20)
    emulator.start()
    bill = emulator.bill()

    assert [row["delivered"] for row in bill.charges] == [True, False]
    assert bill.total == sum((float(row["amount_usd"]) for row in bill.charges), 0) or bill.total > 0
    emulator.settings(latency={})
    say(openrouter, "Second.")
    assert [len(ids) for ids in emulator.bill().twice.values()] == [2]


def test_sums_are_those_of_the_rows(emulator: Emulator, openrouter: OpenAI, modelslab: Post) -> None:
    for text in ("One.", "Two.", "Two."):
        say(openrouter, text)
    modelslab("/images/text-to-image", model_id="flux", prompt="x", samples=3)
    bill = emulator.bill()

    assert bill.total == sum(bill.by_operation().values())
    assert str(bill.by_operation()["text-to-image"]) == "0.01800000"
    assert bill.whole["by_provider"]["openrouter"]["charges"] == 3
    assert sum(one["charges"] for one in bill.whole["by_fingerprint"].values()) == len(bill.charges) == 4
    assert len(bill.twice) == 1


def test_latency_and_limits_hold(emulator: Emulator, openrouter: OpenAI) -> None:
    emulator.settings(latency={"chat": 0.5}, limits={"chat": 2})
    refused: list[int] = []

    def ask(number: int) -> None:
        try:
            say(openrouter, f"Number {number}.")
        except openai.RateLimitError as error:
            refused.append(error.status_code)

    began = time.monotonic()
    threads = [threading.Thread(target=ask, args=(number,)) for number in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert time.monotonic() - began >= 0.5
    assert refused == [429, 429, 429]
    assert len(emulator.bill().charges) == 2


def test_a_reset_forgets_calls_under_way(emulator: Emulator, openrouter: OpenAI) -> None:
    emulator.fault("delay", match={"operation": "chat"}, seconds=0.8)
    with pytest.raises(openai.APITimeoutError):
        say(openrouter.with_options(timeout=0.2))
    emulator.reset()

    assert emulator.state()["under_way"] == {}
    emulator.settings(latency={"chat": 1.2})
    say(openrouter, "Another.")
    assert len(emulator.bill().rows) == len(emulator.requests()) == 1


def test_a_streams_time_is_spent_between_its_chunks(emulator: Emulator, openrouter: OpenAI) -> None:
    emulator.settings(latency={"chat": 0.8})
    began = time.monotonic()
    stream = say(openrouter, stream=True)
    next(iter(stream))
    first = time.monotonic() - began
    list(stream)

    assert first < 0.5
    assert time.monotonic() - began >= 0.75


def test_a_key_never_shows(emulator: Emulator, modelslab: Post, http: httpx.Client) -> None:
    modelslab("/images/text-to-image", model_id="flux", prompt="x")
    body = {"key": "sk-very-secret", "model_id": "flux", "prompt": "x"}
    assert http.post(f"{emulator.urls.modelslab}/images/text-to-image", json=body).status_code == 200
    control = emulator.urls.control

    for path in ("/bill", "/requests", "/state", ""):
        assert "secret" not in http.get(f"{control}{path}").text


def test_the_page_shows_bill_requests_and_faults(emulator: Emulator, openrouter: OpenAI, http: httpx.Client) -> None:
    emulator.fault("empty_output", match={"contains": "<script>"})
    say(openrouter)
    say(openrouter)
    page = http.get(emulator.urls.control).text

    assert f"${float(emulator.bill().total):.4f}" in page
    assert "openai/gpt-4o" in page
    assert "empty_output" in page
    assert "&lt;script&gt;" in page
    assert "<script>" not in page
    assert emulator.bill().charges[0]["fingerprint"][:12] in page


@pytest.mark.parametrize(
    "changes", [{"latency": {"chats": 1}}, {"latency": {"chat": -1}}, {"limits": {"chat": 0}}, {"colour": "red"}]
)
def test_settings_that_make_no_sense_are_refused(
    emulator: Emulator, http: httpx.Client, changes: dict[str, object]
) -> None:
    before = emulator.settings()
    answer = http.post(f"{emulator.urls.control}/settings", json=changes)

    assert answer.status_code == 400
    assert emulator.settings() == before


def test_requests_that_cost_nothing_are_logged_too(emulator: Emulator, http: httpx.Client) -> None:
    http.get(f"{emulator.urls.openrouter}/models")
    http.get(f"{emulator.urls.openrouter}/nothing")

    assert [(row["operation"], row["status"]) for row in emulator.requests(2)] == [("unknown", 404), ("models", 200)]


def run(*arguments: str, **more: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, *arguments],
        cwd=CHECKOUT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **more},
    )


def test_the_command_starts_it_with_latencies_and_limits_and_stops_on_a_signal(tmp_path: Path) -> None:
    arguments = (
        "--port",
        "0",
        "--state",
        str(tmp_path / "state"),
        "--latency",
        "chat=2,picture=6",
        "--limits",
        "video=3",
    )
    process = run("-m", "litink", "emulator", "up", *arguments)
    assert process.stdout is not None
    address = process.stdout.readline().split()[3].rstrip(",")
    settings = httpx.get(f"{address}/_emulator/settings").json()
    process.send_signal(signal.SIGTERM)

    assert settings["latency"] == {"chat": 2, "picture": 6}
    assert settings["limits"] == {"video": 3}
    assert process.wait(20) in {0, -signal.SIGTERM}
    process.communicate()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--latency", "chats=1"), "neither a group"),
        (("--limits", "chat"), "not name=number"),
        (("--limits", "chat=0"), "greater than"),
    ],
)
def test_options_that_make_no_sense_are_explained(tmp_path: Path, arguments: tuple[str, ...], said: str) -> None:
    process = run("-m", "emulator", "--port", "0", "--state", str(tmp_path), *arguments)
    _, errors = process.communicate(timeout=30)

    assert process.returncode == 2
    assert said in errors


def test_a_state_belongs_to_one_emulator(tmp_path: Path) -> None:
    first = Emulator(tmp_path)
    second = run("-m", "emulator", "--port", "0", "--state", str(tmp_path))
    _, errors = second.communicate(timeout=30)
    first.close()

    assert second.returncode == 1
    assert "another emulator" in errors
