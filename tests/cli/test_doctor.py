"""``litink doctor``: says what is set up, asks for nothing that costs, and never shows a key."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.emulated import Emulator

KEY = "sk-planted-4711"


def doctor(tmp_path: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    bare = {name: value for name, value in os.environ.items() if not name.startswith("LITINK_")}
    return subprocess.run(
        [sys.executable, "-m", "litink", "doctor", *arguments],
        env=bare | {"LITINK_HOME": str(tmp_path)} | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def keys(emulator: Emulator) -> dict[str, str]:
    urls = emulator.urls
    return {
        "LITINK_OPENROUTER_API_KEY": KEY,
        "LITINK_MODELSLAB_API_KEY": KEY,
        "LITINK_ELEVENLABS_API_KEY": KEY,
        "LITINK_OPENROUTER_URL": urls.openrouter,
        "LITINK_MODELSLAB_URL": urls.modelslab,
        "LITINK_ELEVENLABS_URL": urls.elevenlabs,
    }


def test_without_keys_everything_is_local_and_that_is_fine(tmp_path: Path) -> None:
    told = doctor(tmp_path, "--json")
    found = json.loads(told.stdout)
    assert (told.returncode, found["ok"]) == (0, True)
    assert found["tasks"]["script"] == ["local"]
    assert all("API_KEY" in probe["problem"] for probe in found["providers"])


def test_providers_that_take_their_keys_are_well_and_nothing_was_billed(tmp_path: Path, emulator: Emulator) -> None:
    told = doctor(tmp_path, "--json", **keys(emulator))
    found = json.loads(told.stdout)
    assert told.returncode == 0, told.stdout
    assert all(probe["problem"] is None and float(probe["cheapest_usd"]) > 0 for probe in found["providers"])
    assert found["tasks"]["scene_image"] != ["local"]
    assert emulator.bill().total == 0
    assert KEY not in told.stdout + told.stderr


@pytest.mark.parametrize("provider", ["openrouter", "modelslab", "elevenlabs"])
def test_a_key_that_is_not_taken_is_told_and_never_shown(tmp_path: Path, emulator: Emulator, provider: str) -> None:
    emulator.settings(keys={provider: "another-key"})
    told = doctor(tmp_path, "--json", **keys(emulator))
    ill = [probe["provider"] for probe in json.loads(told.stdout)["providers"] if probe["problem"]]
    assert (told.returncode, ill) == (1, [provider])
    assert KEY not in told.stdout + told.stderr


def test_a_provider_that_is_not_there_is_told(tmp_path: Path, emulator: Emulator) -> None:
    told = doctor(tmp_path, **(keys(emulator) | {"LITINK_MODELSLAB_URL": "http://127.0.0.1:9"}))
    assert told.returncode == 1
    assert "No answer" in told.stdout
    assert "\N{RIGHTWARDS ARROW}" in told.stdout  # the ladders


def test_a_tier_that_there_is_not_is_refused(tmp_path: Path) -> None:
    told = doctor(tmp_path, "--tier", "gold")
    assert told.returncode == 2
    assert "professional" in told.stderr


def test_it_says_that_nobody_pays_where_no_stripe_key_is_set(tmp_path: Path) -> None:
    found = json.loads(doctor(tmp_path, "--json").stdout)["billing"]
    assert (found["enabled"], found["problem"]) == (False, None)
    assert "single owner" in found["detail"]
    assert "single owner" in doctor(tmp_path).stdout


def test_it_says_what_keeps_subscriptions_from_being_paid(tmp_path: Path, emulator: Emulator) -> None:
    keyed = {"LITINK_STRIPE_API_KEY": KEY, "LITINK_STRIPE_URL": emulator.urls.stripe}
    told = doctor(tmp_path, "--json", **keyed)
    assert told.returncode == 1
    assert "`litink sell` makes them" in json.loads(told.stdout)["billing"]["problem"]
    sold = subprocess.run(
        [sys.executable, "-m", "litink", "sell"], env=os.environ | keyed, capture_output=True, text=True, check=True
    )
    assert "basic: made" in sold.stdout
    told = doctor(tmp_path, "--json", **keyed)
    assert "LITINK_STRIPE_WEBHOOK_SECRET" in json.loads(told.stdout)["billing"]["problem"]
    told = doctor(tmp_path, "--json", **keyed, LITINK_STRIPE_WEBHOOK_SECRET="whsec_1")
    assert (told.returncode, json.loads(told.stdout)["billing"]["problem"]) == (0, None)
    assert KEY not in told.stdout + told.stderr
