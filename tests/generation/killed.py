"""A program that buys and is killed (SIGKILL) while it does. For tests.

Reads jobs from its input, a JSON line each, does each in a forked child, and answers with a JSON line: whether it was
killed, and if not, what it bought and how many lines of the cashier it took. A job's ``at`` is the number of the line
of litink/generation/paid, as executed, before which the child dies; 0: never.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path
from types import FrameType
from typing import Any
from uuid import UUID

from obstore.store import LocalStore
from sqlalchemy import create_engine

import litink.generation.paid as paid
from litink.errors import LitinkError
from litink.generation.model import Owned
from litink.generation.paid.cashier import Cashier
from litink.objects import Objects
from tests.generation.shop import Shop, ladder, purpose, quick, text

ROOM = str(Path(paid.__file__).parent)


class Reaper:
    """Kills its own process before the ``at``-th line."""

    def __init__(self, at: int) -> None:
        self.at = at
        self.lines = 0

    def __call__(self, frame: FrameType, event: str, argument: object) -> Any:
        return self.line if frame.f_code.co_filename.startswith(ROOM) else None

    def line(self, frame: FrameType, event: str, argument: object) -> Any:
        if event == "line":
            self.lines += 1
            if self.lines == self.at:
                os.kill(os.getpid(), signal.SIGKILL)
        return self.line


def buy(where: dict[str, str], job: dict[str, Any]) -> dict[str, Any]:
    folder = Path(where["folder"])
    owned = Owned(UUID(where["owner"]), UUID(where["book"]), "free")
    objects = Objects(LocalStore(folder / "objects"), folder)
    shop = Shop(folder / "shop", job["plan"], tells=job["tells"])
    with Cashier(create_engine(where["url"]), objects, {"openrouter": shop}, quick(folder / "journal")) as cashier:
        reaper = Reaper(job["at"])
        sys.settrace(reaper)
        try:
            told = {"value": cashier.buy(purpose(owned, run=job["run"]), ladder(job["prompt"]), text).value}
        except LitinkError as error:
            told = {"error": error.code}
        finally:
            sys.settrace(None)
    return told | {"lines": reaper.lines}


def main() -> None:
    where = json.loads(sys.argv[1])
    for line in sys.stdin:
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            os.write(writing, json.dumps(buy(where, json.loads(line))).encode())
            os._exit(0)
        os.close(writing)
        _, status = os.waitpid(child, 0)
        told = os.read(reading, 100_000)
        os.close(reading)
        answer = {"killed": True} if os.WIFSIGNALED(status) else {"killed": False, **json.loads(told)}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
