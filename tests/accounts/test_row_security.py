"""What PostgreSQL itself lets the application's role see and do, with every filter of ours left out."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Engine, Table, create_engine, delete, func, insert, select, text, update
from sqlalchemy.exc import DBAPIError, ProgrammingError

from litink.db import tenancy
from litink.db.engine import application_url, tenants_url
from litink.db.migrate import upgrade
from litink.db.schema import artefacts, blobs, books, budgets, metadata, users
from litink.db.tenant import bound, tenants_engine
from litink.errors import PermanentFailure
from litink.library import repository
from litink.library.repository import BookRecord
from litink.objects import Objects
from litink.settings import Settings
from tests.accounts import rows
from tests.accounts.visitors import Visitor
from tests.made_books import Maker

TABLES = metadata.sorted_tables
OWNED = rows.OWNED

People = tuple[UUID, UUID, BookRecord]
SeenBy = Callable[[UUID | None], Engine]


@pytest.fixture(scope="module")
def people(
    house: str, engine: Engine, settings: Settings, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[People]:
    """Mara, who owns a row in every table; Tobit, who does not own anything; Mara's book."""
    mara, tobit = (Visitor(house).signed_up().id for _ in range(2))
    folder: Path = tmp_path_factory.mktemp("rows")
    book = Maker(engine, Objects.from_settings(settings), folder, owner=mara).finished()
    with rows.filled(engine, mara, book.id):
        with engine.begin() as connection:
            connection.execute(insert(budgets).values(scope="book", id=book.id, period=""))
        assert all(rows.count(engine, mara).values())
        yield mara, tobit, book


@pytest.fixture
def seen_by(settings: Settings) -> Callable[[UUID | None], Engine]:
    return lambda who: bound(tenants_engine(tenants_url(settings)), who)


def test_the_role_is_one_that_policies_hold_for(engine: Engine, seen_by: SeenBy) -> None:
    with seen_by(None).connect() as connection:
        assert connection.execute(text("SELECT current_user")).scalar() == tenancy.APPLICATION_ROLE
        powers = text(
            "SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb FROM pg_roles WHERE rolname = current_user"
        )
        assert tuple(connection.execute(powers).one()) == (False, False, False, False)
        owned = text("SELECT count(*) FROM pg_tables WHERE tableowner = current_user")
        assert connection.execute(owned).scalar() == 0


def test_a_role_that_policies_do_not_hold_for_is_refused(settings: Settings, engine: Engine) -> None:
    """Whoever sets the wrong address in the settings is told, and nothing is served by it."""
    with pytest.raises(PermanentFailure, match="LITINK_TENANTS_DATABASE_URL"):
        tenants_engine(application_url(settings)).connect()


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_every_table_is_protected(engine: Engine, table: Table) -> None:
    """A new one with ``owner_id`` is by itself; one that everybody's rows may be read of is named on purpose."""
    facts = text("SELECT relrowsecurity, relforcerowsecurity FROM pg_class WHERE oid = to_regclass(:name)")
    mine = text("SELECT count(*) FROM pg_policies WHERE tablename = :name AND roles = '{litink_app}'")
    with engine.connect() as connection:
        protected = tuple(connection.execute(facts, {"name": table.name}).one())
        policies = connection.execute(mine, {"name": table.name}).scalar_one()
    kind = tenancy.kind_of(table)
    if kind == "shared":
        assert table in (blobs, artefacts)
        return
    assert protected == (True, True)
    assert (policies == 0) == (kind == "closed")


def _seen(engine: Engine, table: Table, owner: UUID) -> int:
    """How many of the owner's rows these connections see; 0 where they may not look."""
    with engine.connect() as connection:
        try:
            return connection.execute(select(func.count()).where(table.c.owner_id == owner)).scalar_one()
        except ProgrammingError:
            return 0


@pytest.mark.parametrize("table", OWNED, ids=lambda table: table.name)
class TestAnothersRows:
    def test_are_not_seen(self, people: People, seen_by: SeenBy, table: Table) -> None:
        mara, tobit, _ = people
        assert _seen(seen_by(tobit), table, mara) == 0
        assert _seen(seen_by(None), table, mara) == 0
        assert bool(_seen(seen_by(mara), table, mara)) is (tenancy.kind_of(table) != "closed")

    def test_are_neither_changed_nor_deleted(
        self, people: People, engine: Engine, seen_by: SeenBy, table: Table
    ) -> None:
        mara, tobit, _ = people
        before = rows.count(engine, mara)
        for statement in (
            update(table).where(table.c.owner_id == mara).values(owner_id=tobit),
            update(table).values(owner_id=tobit),
            delete(table).where(table.c.owner_id == mara),
        ):
            with contextlib.suppress(DBAPIError), seen_by(tobit).begin() as connection:
                connection.execute(statement)
        assert rows.count(engine, mara) == before

    def test_cannot_be_made(self, people: People, engine: Engine, seen_by: SeenBy, table: Table) -> None:
        mara, tobit, book = people
        with engine.connect() as connection:
            sha = connection.execute(select(blobs.c.sha).limit(1)).scalar_one()
        values = rows.made_up(table, mara, book.id, sha)
        with (
            pytest.raises(DBAPIError, match=r"row-level security|denied"),
            seen_by(tobit).begin() as connection,
        ):
            connection.execute(insert(table).values(values))


class TestWhatBelongsToNobody:
    def test_one_sees_oneself_alone_without_address_and_password(self, people: People, seen_by: SeenBy) -> None:
        mara, tobit, _ = people
        with seen_by(tobit).connect() as connection:
            assert connection.execute(select(users.c.id)).scalars().all() == [tobit]
        for column in (users.c.email, users.c.password_hash):
            with pytest.raises(DBAPIError, match="denied"), seen_by(mara).connect() as connection:
                connection.execute(select(column)).all()

    def test_budgets_are_ones_own(self, people: People, seen_by: SeenBy) -> None:
        mara, tobit, book = people
        for who, expected in ((mara, [book.id]), (tobit, [])):
            with seen_by(who).connect() as connection:
                found = connection.execute(select(budgets.c.id).where(budgets.c.id == book.id)).scalars().all()
            assert found == expected

    @pytest.mark.parametrize("table", [blobs, artefacts], ids=lambda table: table.name)
    def test_what_is_shared_cannot_be_deleted_by_one(self, people: People, seen_by: SeenBy, table: Table) -> None:
        with pytest.raises(DBAPIError, match="denied"), seen_by(people[0]).begin() as connection:
            connection.execute(delete(table))

    @pytest.mark.parametrize("table", [t for t in TABLES if tenancy.kind_of(t) == "closed"], ids=lambda t: t.name)
    def test_what_is_the_installations_is_closed(self, people: People, seen_by: SeenBy, table: Table) -> None:
        with pytest.raises(DBAPIError, match="denied"), seen_by(people[0]).connect() as connection:
            connection.execute(select(func.count()).select_from(table)).all()


def test_a_connection_that_goes_back_to_the_pool_forgets_the_person(people: People, seen_by: SeenBy) -> None:
    mara, _, book = people
    with seen_by(mara).begin() as connection:
        assert repository.get_book(connection, book.id) is not None
    for _ in range(12):  # whichever connection of the pool it is
        with seen_by(None).connect() as connection:
            assert connection.execute(select(func.count()).select_from(books)).scalar_one() == 0


def test_a_read_without_any_filter_finds_nothing_of_others(people: People, seen_by: SeenBy) -> None:
    _, tobit, book = people
    with seen_by(tobit).connect() as connection:
        assert repository.get_book(connection, book.id) is None
        assert repository.sections_of(connection, book.id) == []
        assert repository.events_after(connection, book.id, 0) == []


def test_deleting_ones_book_leaves_bytes_that_others_need(
    house: str, engine: Engine, settings: Settings, tmp_path: Path
) -> None:
    """Two people hand in the same text: what was made of it is stored once."""
    objects = Objects.from_settings(settings)
    mara, tobit = (Visitor(house).signed_up() for _ in range(2))
    first, second = (Maker(engine, objects, tmp_path, owner=who.id).finished() for who in (mara, tobit))
    assert first.source_sha == second.source_sha
    assert mara.http.delete(f"/books/{first.id}").status_code == 204
    assert tobit.http.get(f"/books/{second.id}/film").status_code == 200
    assert tobit.http.get(f"/books/{second.id}/plot").status_code == 200
    assert objects.get(second.source_sha)


def test_a_new_edition_leaves_the_old_one_to_those_who_have_it(
    house: str, engine: Engine, settings: Settings, tmp_path: Path
) -> None:
    objects = Objects.from_settings(settings)
    mara, tobit = (Visitor(house).signed_up() for _ in range(2))
    first, second = (Maker(engine, objects, tmp_path, owner=who.id).add() for who in (mara, tobit))
    files = {"file": ("new.md", b"# One\n\nAnother text altogether, and long enough.")}
    answer = mara.http.put(f"/books/{first.id}/file", files=files, headers={"If-Match": "*"})
    assert answer.status_code == 200, answer.text
    assert objects.get(second.source_sha)
    with engine.connect() as connection:
        assert connection.execute(select(blobs.c.sha).where(blobs.c.sha == second.source_sha)).first()


def test_in_a_database_of_ones_own_its_owner_sees_everything_and_the_role_what_it_may(engine: Engine) -> None:
    """The tables' owner need be no superuser, though row-level security is forced."""
    owner, database = f"owner_{uuid4().hex[:8]}", f"own_{uuid4().hex[:8]}"
    admin = engine.execution_options(isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE ROLE {owner} LOGIN PASSWORD 'x'"))
        connection.execute(text(f"CREATE DATABASE {database} OWNER {owner}"))
    extended = create_engine(engine.url.set(database=database), isolation_level="AUTOCOMMIT")
    own = create_engine(engine.url.set(database=database, username=owner, password="x"))
    try:
        with extended.connect() as connection:
            connection.execute(text("CREATE EXTENSION vector"))
        upgrade(own)
        upgrade(own)  # nothing is left to be done, and nothing is done
        with own.begin() as connection:
            strong = text("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
            assert connection.execute(strong).scalar() is False
            me = repository.local_user(connection)
            assert repository.tier_of(connection, me) == repository.LOCAL_TIER
        with extended.connect() as connection:
            connection.execute(text(f"SET ROLE {tenancy.APPLICATION_ROLE}"))
            assert connection.execute(select(func.count(users.c.id))).scalar_one() == 0
            connection.execute(text("RESET ROLE"))
    finally:
        for each in (own, extended):
            each.dispose()
        with admin.connect() as connection:
            connection.execute(text(f"DROP DATABASE {database}"))
            connection.execute(text(f"DROP ROLE {owner}"))
