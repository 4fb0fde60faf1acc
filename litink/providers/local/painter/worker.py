"""The process behind a worker of the painter pool: a Commission comes, a Picture goes. Started by pool.py."""

from __future__ import annotations

from pathlib import Path

from litink.providers.local.painter import LocalPainter
from litink.providers.local.painter.pool import Commission
from litink.providers.local.workers import serve

if __name__ == "__main__":
    serve(lambda arguments: lambda commission: Commission.carry_out(commission, LocalPainter(Path(arguments[0]))))
