"""The process behind a worker of the pool: reads utterances from a connection, speaks, answers. Started by pool.py."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
import traceback
from multiprocessing.connection import Connection
from pathlib import Path

from litink.errors import LitinkError
from litink.providers.base import Utterance
from litink.providers.local.voices import LocalVoices

_WATCH_INTERVAL = 0.5  # seconds between looks at whether the parent lives


def _follow(parent: int) -> None:
    """Ends this process when its parent is gone, also in the middle of a line and however the parent ended."""
    while os.getppid() == parent:
        time.sleep(_WATCH_INTERVAL)
    os._exit(0)


def serve(connection: Connection, engines_dir: Path) -> None:
    """Answers each Utterance with a Speech, a LitinkError, or the traceback of an unexpected error as text."""
    voices = LocalVoices(engines_dir)
    while True:
        try:
            utterance: Utterance = connection.recv()
        except EOFError:
            return
        try:
            connection.send(voices.speak(utterance))
        except LitinkError as error:
            connection.send(error)
        except Exception:
            connection.send(traceback.format_exc())


def main() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which ends us
    connection, engines_dir, parent = Connection(int(sys.argv[1])), Path(sys.argv[2]), int(sys.argv[3])
    threading.Thread(target=_follow, args=(parent,), daemon=True).start()
    serve(connection, engines_dir)


if __name__ == "__main__":
    main()
