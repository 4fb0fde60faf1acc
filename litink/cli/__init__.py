"""The command line: what a person types. Each command is a short story told with the other packages' words."""

from __future__ import annotations

import sys

from litink.accounts.acting import Actor, acting
from litink.cli.app import app
from litink.cli.output import complain
from litink.errors import LitinkError, Refused

EXIT_FAILED, EXIT_REFUSED = 1, 2


def main() -> None:
    """Entry point of ``litink``: errors end as one clear line on stderr and an exit code, never as a traceback."""
    acting.set(Actor(None, "cli"))
    try:
        app(standalone_mode=True)
    except Refused as refused:
        complain(refused)
        sys.exit(EXIT_REFUSED)
    except LitinkError as error:
        complain(error)
        sys.exit(EXIT_FAILED)
    except KeyboardInterrupt:
        sys.exit(130)
