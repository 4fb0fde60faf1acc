"""``litink read``: a book as it is read, for a person or a program."""

from __future__ import annotations

from pathlib import Path

from rich.markup import escape
from rich.table import Table

from litink.books.sandbox import read_book
from litink.books.summary import summary
from litink.cli.output import print_json, results
from litink.errors import Refused


def existing_file(path: Path) -> Path:
    """The path, if it is a file that can be read; Refused otherwise."""
    try:
        with path.open("rb"):
            return path
    except FileNotFoundError:
        raise Refused("no-such-file", f"There is no file {path}.") from None
    except IsADirectoryError:
        raise Refused("not-a-file", f"{path} is a folder; name the book's file.") from None
    except OSError as error:
        raise Refused("unreadable-file", f"{path} cannot be opened: {error.strerror}.") from None


def show_reading(path: Path, *, as_json: bool, text: bool) -> None:
    book = read_book(existing_file(path)).book
    if as_json:
        print_json(summary(book, text=text))
        return
    results.print(f"[bold]{escape(book.title)}[/bold]  {escape(book.author)}  ({book.format}, {book.language})")
    table = Table("no.", "title", "part", "words", box=None, header_style="dim")
    for section in book.sections:
        number = str(section.number) if section.number else section.kind.value.replace("_", " ")
        table.add_row(number, escape(section.title), escape(" / ".join(section.path)), f"{section.word_count:,}")
    results.print(table)
    if text:
        for chapter in book.chapters:
            results.print(f"\n[bold]{escape(chapter.title)}[/bold]\n")
            results.print(chapter.text, markup=False)
    for warning in book.warnings:
        results.print(f"[yellow]{escape(warning.message)}[/yellow]")
