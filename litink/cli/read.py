"""``litink read``: a book as it is read, for a person or a program."""

from __future__ import annotations

from collections.abc import Sequence

from rich.markup import escape
from rich.table import Table

from litink.books.sandbox import read_book
from litink.books.summary import summary
from litink.cli.output import page_progress, print_json, results
from litink.cli.sources import named_source
from litink.settings import get_settings


def show_reading(named: Sequence[str], *, title: str, author: str, as_json: bool, text: bool) -> None:
    with (
        named_source(named, get_settings(), title=title, author=author) as source,
        page_progress(quiet=as_json) as progress,
    ):
        book = read_book(source.path, filename=source.name, progress=progress).book
    if as_json:
        print_json(summary(book, text=text))
        return
    results.print(f"[bold]{escape(book.title)}[/bold]  {escape(book.author)}  ({book.format}, {book.language})")
    table = Table("no.", "title", "part", "words", box=None, header_style="dim")
    for section in book.sections:
        number = str(section.number) if section.number else section.kind.value.replace("_", " ")
        table.add_row(number, escape(section.title), escape(" / ".join(section.path)), f"{section.word_count:,}")
    if book.origin:
        told = (book.origin.site, book.origin.published, book.origin.address)
        results.print("  ".join(escape(part) for part in told if part), style="dim")
    results.print(table)
    if text:
        for chapter in book.chapters:
            results.print(f"\n[bold]{escape(chapter.title)}[/bold]\n")
            results.print(chapter.text, markup=False)
    for warning in book.warnings:
        results.print(f"[yellow]{escape(warning.message)}[/yellow]")
