"""`python -m emulator`: the emulated providers on one port, until SIGTERM or Ctrl-C."""

from __future__ import annotations

import argparse
import os
import socket
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import uvicorn
from filelock import FileLock, Timeout
from pydantic import ValidationError

from emulator.app import create_app
from emulator.core.protocol import CuttableProtocol
from emulator.core.settings import PLANS, pairs
from emulator.core.state import State


def main(arguments: Sequence[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    directory = options.state or Path(tempfile.gettempdir()) / "litink-emulator"
    directory.mkdir(parents=True, exist_ok=True)
    lock = FileLock(directory / "lock")  # the state belongs to one process; a killed one lets go
    try:
        lock.acquire(timeout=0)
    except Timeout:
        print(f"emulator: another emulator uses {directory}; give this one its own --state", file=sys.stderr)  # noqa: T201
        return 1
    state = State(directory)
    try:
        state.begin(_changes(options))
    except ValidationError as error:
        print(f"emulator: {error.errors()[0]['msg']}", file=sys.stderr)  # noqa: T201
        return 2
    try:
        listening = socket.create_server((options.host, options.port))
    except OSError as error:
        print(f"emulator: port {options.port} cannot be had: {error.strerror}", file=sys.stderr)  # noqa: T201
        return 1
    address = f"http://{options.host}:{listening.getsockname()[1]}"
    print(f"Emulated providers at {address}, bill at {address}/_emulator, state in {directory}", flush=True)  # noqa: T201
    config = uvicorn.Config(
        create_app(state),
        http=CuttableProtocol,
        ws="none",
        log_level="warning",
        timeout_graceful_shutdown=1,
        timeout_keep_alive=75,  # as the services have it; a client that pauses must not find its connection cut
        server_header=False,
    )
    uvicorn.Server(config).run([listening])
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("emulator", description="Stands in for the paid providers on real sockets.")
    add = parser.add_argument
    add("--host", default="127.0.0.1")
    add("--port", type=int, default=_environment("PORT", "8900"), help="0: any that is free")
    add("--state", type=Path, default=_environment("STATE", None), help="folder of bill and state")
    add("--latency", type=_pairs, default=_environment("LATENCY", None), help="seconds: chat=2,picture=6,voice=1.5")
    add("--limits", type=_pairs, default=_environment("LIMITS", None), help="calls at once: chat=4,picture=5,video=3")
    add("--plan", choices=sorted(PLANS), default=_environment("PLAN", None), help="ElevenLabs' plan")
    add("--patience", type=float, default=_environment("PATIENCE", None), help="see docs/emulator.md")
    return parser


def _changes(options: argparse.Namespace) -> dict[str, Any]:
    """What the command line sets; the state keeps the rest from last time."""
    limits = None if options.limits is None else {name: int(value) for name, value in options.limits.items()}
    given = {"latency": options.latency, "limits": limits, "plan": options.plan, "patience": options.patience}
    return {name: value for name, value in given.items() if value is not None}


def _pairs(text: str) -> dict[str, float]:
    try:
        return pairs(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _environment(name: str, usual: str | None) -> str | None:
    return os.environ.get(f"EMULATOR_{name}", usual)


if __name__ == "__main__":
    sys.exit(main())
