"""The engines' data, where it is installed."""

from __future__ import annotations

from pathlib import Path

import pytest

from litink.providers.local.voices import LocalVoices
from litink.settings import Settings


@pytest.fixture(scope="session")
def engines_dir() -> Path:
    folder = Settings().engines_dir
    if not (folder / "kokoro" / "voices").is_dir():
        pytest.skip(f"the voices are not installed in {folder}: run `make setup`")
    return folder


@pytest.fixture(scope="session")
def voices(engines_dir: Path) -> LocalVoices:
    return LocalVoices(engines_dir)
