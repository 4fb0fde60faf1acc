"""The commands and their options. What they do lives in the modules beside this one, imported when asked for."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(
    name="litink",
    help="Turns a book into a film and an audiobook, knowing what everything cost and was made from.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object for a program to read.")]


class RatioChoice(StrEnum):
    WIDE = "16:9"
    TALL = "9:16"
    SQUARE = "1:1"


@app.command()
def make(
    book: Annotated[Path, typer.Argument(help="An EPUB, PDF, DOCX, TXT, Markdown or HTML file.", show_default=False)],
    out: Annotated[
        Path | None, typer.Option(help="Where to put the results; BOOK's name beside it by default.")
    ] = None,
    chapters: Annotated[str, typer.Option(help="Which chapters: all, 3, 1-3 or 2,5-7.")] = "all",
    ratio: Annotated[RatioChoice, typer.Option(help="The film's shape.")] = RatioChoice.WIDE,
    directive: Annotated[str, typer.Option(help="A wish for tone and emphasis, in your own words.")] = "",
    json: Json = False,
) -> None:
    """Make a film, an audiobook, captions and a storyboard from one book, without starting servers."""
    from litink.cli.make import make_book

    make_book(book, out=out, chapters=chapters, ratio=ratio.value, directive=directive, as_json=json)


@app.command()
def read(
    book: Annotated[Path, typer.Argument(help="The book's file.", show_default=False)],
    json: Json = False,
    text: Annotated[bool, typer.Option("--text", help="Include the chapters' text.")] = False,
) -> None:
    """Show how a book is read: its chapters, front and back matter, and warnings."""
    from litink.cli.read import show_reading

    show_reading(book, as_json=json, text=text)


@app.command()
def up(
    detach: Annotated[bool, typer.Option("--detach", "-d", help="Go on in the background.")] = False,
) -> None:
    """Start the platform: database, Dagster, API and page."""
    from litink.cli.platform import start

    start(detach=detach)


@app.command()
def down() -> None:
    """Stop a running platform."""
    from litink.cli.platform import stop

    stop()


@app.command()
def status(json: Json = False) -> None:
    """Say what is running, where, and how the books are doing."""
    from litink.cli.platform import show_status

    show_status(as_json=json)


@app.command()
def demo(
    exit_: Annotated[bool, typer.Option("--exit", help="Stop the platform when the film is done.")] = False,
    json: Json = False,
) -> None:
    """Start the platform, upload the sample book through the REST API and watch its film being made."""
    from litink.cli.demo import run_demo

    run_demo(stop_after=exit_, as_json=json)
