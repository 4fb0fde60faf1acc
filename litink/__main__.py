"""``python -m litink``: the command line."""

from litink.cli import main

main()
