"""The matrix of operations once more with our own filter switched off: row-level security alone must hold.

Every query starts from the owner that `api.backend` names. Here it names the owner of the things that are asked for,
whoever asks, so that the application takes a stranger for her; only PostgreSQL still knows who it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from uuid import UUID

import httpx
import pytest
from sqlalchemy import Engine

from api import backend
from api.app import create_app
from litink.db.schema import voice_clones
from litink.objects import Objects
from litink.settings import Settings
from tests.accounts import rows
from tests.accounts.operations import Operation, operations
from tests.accounts.test_isolation import ANYTHING
from tests.accounts.visitors import Visitor
from tests.made_books import Maker
from tests.served import serving

OF_A_BOOK = [o for o in operations() if o.of_a_book or o.id == "media-delete-voice"]
READS = [o for o in OF_A_BOOK if not o.writes and o.id != "books-events"]


class Scene:
    """Mara owns a book; Tobit is taken for her."""

    def __init__(self, house: str, engine: Engine, settings: Settings, folder: Path) -> None:
        self.mara, self.tobit = (Visitor(house).signed_up().become(engine, tier="premium") for _ in range(2))
        self.owner = self.mara.id
        book = Maker(engine, Objects.from_settings(settings), folder, owner=self.owner).finished()
        voice = rows.add(engine, voice_clones, self.owner, book.id)
        self.ids: Mapping[str, str] = {**ANYTHING, "book_id": str(book.id), "voice_id": str(voice)}


@pytest.fixture(scope="module")
def scene(multi: Settings, engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    app = create_app(multi)

    async def whoever(_: backend.Person) -> UUID:
        return made.owner

    with serving(app) as address:
        made = Scene(address, engine, multi, tmp_path_factory.mktemp("filter"))
        app.dependency_overrides[backend._owner] = whoever
        yield made
        made.mara.http.close()
        made.tobit.http.close()


@pytest.mark.parametrize("operation", OF_A_BOOK, ids=str)
def test_postgresql_alone_keeps_a_stranger_out(scene: Scene, engine: Engine, operation: Operation) -> None:
    before = rows.count(engine, scene.owner)
    answer = operation.call(scene.tobit.http, scene.ids)
    assert answer.status_code in (403, 404), f"{answer.status_code} {answer.text}"
    assert rows.count(engine, scene.owner) == before


def test_the_lists_of_books_and_voices_are_empty_for_the_stranger(scene: Scene) -> None:
    for path, whole in (("/books", "items"), ("/voices", "voices")):
        assert scene.mara.http.get(path).json()[whole]
        assert not scene.tobit.http.get(path).json()[whole]


def test_the_owner_gets_in(scene: Scene) -> None:
    """Else all the above would be no news."""
    found = {o.id: _status(o, scene.mara.http, scene.ids) for o in READS}
    assert sum(status == 200 for status in found.values()) > 20, found


def _status(operation: Operation, http: httpx.Client, ids: Mapping[str, str]) -> int:
    return operation.call(http, ids).status_code
