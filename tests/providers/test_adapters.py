"""A key turns a provider on, an emptied one off; nothing that goes wrong with settings shows a key."""

from __future__ import annotations

import os
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest
from pydantic import ValidationError

from litink.providers.adapters import adapters
from litink.providers.catalogue import load
from litink.settings import Settings
from tests.providers.conftest import KEY


def settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, **variables: str) -> Settings:
    monkeypatch.chdir(tmp_path)  # no .env of a checkout
    for name, value in variables.items():
        monkeypatch.setenv(f"LITINK_{name}", value)
    return Settings(home=tmp_path)


def test_without_keys_there_is_nobody_to_pay(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert adapters(settings(monkeypatch, tmp_path), load()) == {}


def test_a_key_turns_a_provider_on(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    found = adapters(
        settings(monkeypatch, tmp_path, OPENROUTER_API_KEY=KEY, MODELSLAB_API_KEY=KEY, ELEVENLABS_API_KEY=" \n"), load()
    )
    assert list(found) == ["openrouter", "modelslab"]
    assert all(name == adapter.name for name, adapter in found.items())


def test_who_asks_one_provider_does_not_load_what_the_others_need(tmp_path: Path) -> None:
    """The vendors' SDKs take a second or two, at the start of every run."""
    code = (
        "import sys; from litink.providers.adapters import adapters; from litink.providers.catalogue import load\n"
        "from litink.settings import Settings\n"
        "found = adapters(Settings(), load())\n"
        "assert found['modelslab'].name == 'modelslab' and len(found) == 3\n"
        "print(*{'openai', 'elevenlabs'} & set(sys.modules))"
    )
    keys = {f"LITINK_{name}_API_KEY": KEY for name in ("OPENROUTER", "MODELSLAB", "ELEVENLABS")}
    python = [sys.executable, "-c", code]
    done = subprocess.run(python, cwd=tmp_path, env={**os.environ, **keys}, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.strip()) == (0, ""), done.stderr


def test_the_line_break_behind_a_pasted_key_is_no_part_of_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    found = settings(monkeypatch, tmp_path, OPENROUTER_API_KEY=f"  {KEY}\n")
    assert found.openrouter_api_key is not None
    assert found.openrouter_api_key.get_secret_value() == KEY


def test_a_mistaken_key_is_not_shown(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with pytest.raises(ValidationError) as caught:
        settings(monkeypatch, tmp_path, OPENROUTER_API_KEY=f"{KEY} {KEY}")
    assert "openrouter_api_key" in str(caught.value)
    assert KEY not in str(caught.value) + repr(caught.value)


def test_an_env_file_is_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(
        f"LITINK_ELEVENLABS_API_KEY={KEY}\n"
        "LITINK_ELEVENLABS_URL=http://127.0.0.1:9000/elevenlabs/\n"
        "LITINK_BOOK_CAP_USD=2.50\n"
        'LITINK_PROVIDER_LIMITS={"elevenlabs": 10}\n'
        "LITINK_VOICE=local\n"
    )
    found = settings(monkeypatch, tmp_path)
    assert found.elevenlabs_url == "http://127.0.0.1:9000/elevenlabs"
    assert (found.book_cap_usd, found.provider_limits, found.voice) == (Decimal("2.50"), {"elevenlabs": 10}, "local")
    assert KEY not in repr(found) + str(found.model_dump())


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("OPENROUTER_URL", "openrouter.ai"),
        ("PUBLIC_URL", "ftp://books.example"),
        ("VOICE", "openrouter"),
        ("BOOK_CAP_USD", "-1"),
        ("PROVIDER_LIMITS", '{"openrouter": 0}'),
        ("CHAT_TIMEOUT_SECONDS", "0"),
    ],
)
def test_nonsense_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(ValidationError, match=name.lower()):
        settings(monkeypatch, tmp_path, **{name: value})
