"""``litink emulator up``: the emulated providers, as the process that this command becomes."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from litink.cli.output import errors
from litink.platform.supervisor import emulated_providers
from litink.settings import get_settings


def serve(*, port: int, state: Path | None, latency: str | None, limits: str | None) -> None:
    """Does not return: `python -m emulator` takes this process over, with its signals and its exit code."""
    directory = state or get_settings().home / "emulator"
    arguments = ["--port", str(port), "--state", str(directory)]
    for name, value in (("--latency", latency), ("--limits", limits)):
        if value is not None:
            arguments += [name, value]
    if port:
        errors.print("To use it:", style="dim")
        for name, value in emulated_providers(f"http://127.0.0.1:{port}").items():
            errors.print(f"  export {name}={value}", style="dim", soft_wrap=True)
    os.execv(sys.executable, [sys.executable, "-m", "emulator", *arguments])  # noqa: S606
