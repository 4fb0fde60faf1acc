"""Files of what is made: where they are written, where finished ones are, and that none is kept unchecked."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from litink.errors import PermanentFailure
from litink.generation.records import ItemRecord
from litink.production.context import Production


def blob(items: dict[str, ItemRecord], key: str) -> str:
    sha = items[key].blob_sha
    assert sha is not None
    return sha


def require(problems: Sequence[str], what: str) -> None:
    """Nothing is done that is not checked. Raises PermanentFailure("media-not-whole") with the first problem."""
    if problems:
        raise PermanentFailure("media-not-whole", f"{what} did not come out whole. {problems[0]}")


@contextmanager
def scratch(production: Production, name: str) -> Iterator[Path]:
    """A path in the work folder for a result; whatever stays there after a failure is removed."""
    folder = production.engines.settings.work_dir
    folder.mkdir(parents=True, exist_ok=True)
    descriptor, name_of_file = tempfile.mkstemp(dir=folder, suffix=f"-{name}")
    os.close(descriptor)
    path = Path(name_of_file)
    try:
        yield path
    except BaseException:
        path.unlink(missing_ok=True)
        raise
