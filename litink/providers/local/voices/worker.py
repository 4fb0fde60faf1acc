"""The process behind a worker of the voice pool: an Utterance comes, a Speech goes. Started by pool.py."""

from __future__ import annotations

from pathlib import Path

from litink.providers.local.voices import LocalVoices
from litink.providers.local.workers import serve

if __name__ == "__main__":
    serve(lambda arguments: LocalVoices(Path(arguments[0])).speak)
