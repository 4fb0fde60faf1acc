"""What tests share: one real PostgreSQL a test process, an object store, books of their own. No fakes."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from obstore.store import LocalStore
from sqlalchemy import Engine

from litink.books.model import Book, Section, SectionKind
from litink.db.engine import application_url, create_databases, engine_for
from litink.db.migrate import upgrade
from litink.generation.model import Owned
from litink.library import repository
from litink.library.options import MakeOptions
from litink.objects import Objects
from litink.platform.postgres import EmbeddedPostgres, Server
from litink.settings import Settings
from tests.chromium import browser
from tests.emulated import emulator, emulator_process

__all__ = ["browser", "emulator", "emulator_process"]  # fixtures of modules of their own

SHARED_BOOKS = Path(__file__).parents[1] / "../shared/books"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if "campaign" not in config.option.markexpr:
        skip = pytest.mark.skip(reason="minutes long; run it with -m campaign")
        for item in items:
            if item.get_closest_marker("campaign"):
                item.add_marker(skip)


@pytest.fixture(scope="session")
def home() -> Iterator[Path]:
    """A home folder of this test process. Its database server's account must be able to enter it."""
    with tempfile.TemporaryDirectory(prefix="litink-test-") as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.fixture(scope="session")
def settings(home: Path) -> Settings:
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw") or 0)
    return Settings(home=home, postgres_port=21_000 + 50 * worker)


@pytest.fixture(scope="session")
def postgres(settings: Settings) -> Iterator[Server]:
    with EmbeddedPostgres(settings.postgres_dir, settings.postgres_port).shared() as server:
        create_databases(settings)
        upgrade(engine_for(application_url(settings)))
        yield server


@pytest.fixture(scope="session")
def engine(postgres: Server, settings: Settings) -> Engine:
    return engine_for(application_url(settings))


@pytest.fixture
def objects(tmp_path: Path) -> Objects:
    (tmp_path / "objects").mkdir()
    return Objects(LocalStore(tmp_path / "objects"), tmp_path)


@pytest.fixture
def new_book(engine: Engine) -> Callable[..., Owned]:
    """Puts a small book on the shelf, as a row without a file."""

    def add(title: str = "A Test", *, chapters: int = 2, options: MakeOptions | None = None) -> Owned:
        book = Book(
            title=title,
            author="Nobody",
            language="en",
            format="txt",
            sections=tuple(
                Section(key=f"c{n}", kind=SectionKind.CHAPTER, number=n, title=f"Chapter {n}", text="Words.", blocks=())
                for n in range(1, chapters + 1)
            ),
        )
        with engine.begin() as connection:
            owner = repository.local_user(connection)
            book_id = repository.add_book(
                connection,
                owner_id=owner,
                book=book,
                filename="test.txt",
                source_sha=hashlib.sha256(uuid4().bytes).hexdigest(),
                source_bytes=1,
                cover_sha=None,
                options=(options or MakeOptions()).model_dump(mode="json"),
            )
        return Owned(owner, book_id, repository.LOCAL_TIER)

    return add


@pytest.fixture
def owned(new_book: Callable[..., Owned]) -> Owned:
    return new_book()


@pytest.fixture
def another_book(new_book: Callable[..., Owned]) -> Owned:
    return new_book("Another")
