"""What a person names on the command line — files, a folder of them, web addresses — as the source of one book."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from litink.books.pieces import title_from_name
from litink.books.works import Part
from litink.errors import Refused
from litink.library.fetching import Fetcher, is_web_address
from litink.library.intake import as_source, files_of, in_meant_order
from litink.settings import Settings


@contextmanager
def named_source(named: Sequence[str], settings: Settings, *, title: str = "", author: str = "") -> Iterator[Part]:
    """The source for the length of the block; a folder gives its files and its name. Raises Refused."""
    with tempfile.TemporaryDirectory(prefix="litink-") as scratch:
        parts = _parts(named, settings, Path(scratch))
        if len(named) == 1 and len(parts) > 1:
            title = title or title_from_name(f"{Path(named[0]).resolve().name}.")
        with as_source(
            parts, scratch=Path(scratch), max_bytes=settings.max_upload_bytes, title=title, author=author
        ) as source:
            yield source


def results_folder(named: Sequence[str], title: str) -> Path:
    """Where results go when nobody says: beside the file or folder, else named after the book."""
    first = Path(named[0])
    if is_web_address(named[0]):
        return Path(_folder_name(title))
    if first.is_dir():
        return first.resolve().with_name(f"{first.resolve().name}-film")
    return first.with_suffix("") if len(named) == 1 else first.with_name(_folder_name(title))


def _folder_name(title: str) -> str:
    kept = "".join(sign if sign.isalnum() or sign in " -_'’" else " " for sign in title)
    return " ".join(kept.split())[:100].strip() or "book"


def _parts(named: Sequence[str], settings: Settings, scratch: Path) -> list[Part]:
    if not any(is_web_address(name) for name in named):
        named = [str(path) for path in in_meant_order([Path(name) for name in named])]
    parts: list[Part] = []
    for number, name in enumerate(named):
        path = Path(name)
        if is_web_address(name):
            path = scratch / str(number)
            with path.open("w+b") as file:
                parts.append(Part(path, Fetcher.from_settings(settings).fetch(name, file)))
        elif path.is_dir():
            parts += [Part(found, found.name) for found in files_of(path)]
        else:
            parts.append(Part(_existing(path), path.name))
    return parts


def _existing(path: Path) -> Path:
    """The path, if it is a file that can be read; Refused otherwise."""
    try:
        with path.open("rb"):
            return path
    except FileNotFoundError:
        raise Refused("no-such-file", f"There is no file {path}.") from None
    except OSError as error:
        raise Refused("unreadable-file", f"{path} cannot be opened: {error.strerror}.") from None
