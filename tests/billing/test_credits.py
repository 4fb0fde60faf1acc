"""Credits: set aside before a call, settled at what it cost, released if nothing; never overdrawn."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import Engine, delete, insert, select, update

from litink.billing import credits, grants, statement
from litink.billing.statement import Balance
from litink.billing.tariff import credits_of
from litink.db.schema import backfill_books, backfills, credit_charges, credit_grants, plans, users
from litink.errors import PermanentFailure
from litink.generation.model import Owned
from litink.generation.paid import settlement
from litink.generation.paid.cashier import Cashier
from litink.generation.paid.policy import Policy
from litink.generation.paid.settlement import Verdict
from litink.objects import Objects
from litink.settings import Settings
from tests.billing.conftest import NOW, POLICY, TARIFF, NewUser, intended, paying
from tests.generation.shop import COST, ESTIMATE, Shop, ladder, purpose, quick, text
from tests.generation.test_budgets import draft

HELD, SPENT = credits_of(ESTIMATE, Decimal(2)), credits_of(COST, Decimal(2))


def balance(engine: Engine, user: UUID, at: datetime | None = None) -> Balance:
    with engine.begin() as connection:
        return statement.balance(connection, user, TARIFF, at or datetime.now(UTC))


def give(engine: Engine, user: UUID, name: str, amount: int, expires_at: datetime | None = None) -> None:
    with engine.begin() as connection:
        grants.give(connection, user, "admin", name, Decimal(amount), at=NOW, expires_at=expires_at)


def spent(engine: Engine, user: UUID) -> dict[str, Decimal]:
    with engine.connect() as connection:
        return {grant.reference: grant.spent for grant in grants.all_of(connection, user) if grant.spent}


def short():  # type: ignore[no-untyped-def]
    return pytest.raises(PermanentFailure, check=lambda error: error.code == "credits-short")


def test_a_call_holds_its_estimate_and_costs_what_it_cost_twice_over(
    engine: Engine, objects: Objects, user: UUID, tmp_path: Path
) -> None:
    def look(_: object) -> None:
        held.append(balance(engine, user))

    held: list[Balance] = []
    shop = Shop(tmp_path / "shop", ["503", "wrong", "ok"], during=look)
    policy = replace(quick(tmp_path / "journal"), tariff=TARIFF)
    with Cashier(engine, objects, {"openrouter": shop}, policy) as cashier:
        cashier.buy(purpose(paying(user)), ladder(f"Say {user}", ["first", "second"]), text)
    first = held[0]
    assert (first.available, first.held) == (300 - HELD, HELD)
    assert held[1] == first  # what the 503 had held was released
    now = balance(engine, user)
    assert (now.available, now.held) == (300 - 2 * SPENT, 0)  # the useless answer was billed too
    with engine.connect() as connection:
        kinds = [(one.kind, one.credits) for one in statement.history(connection, user)]
    assert kinds == [("charge", -SPENT), ("charge", -SPENT), ("month", 300)]


def test_without_enough_credits_nothing_is_sent_and_the_refusal_says_what_is_missing(
    engine: Engine, objects: Objects, user: UUID, tmp_path: Path
) -> None:
    now = datetime.now(UTC)
    with engine.begin() as connection:
        credits.reserve(connection, user, "free", intended(connection, user, "1.47").id, Decimal("1.47"), TARIFF, now)
    shop = Shop(tmp_path / "shop")
    policy = replace(quick(tmp_path / "journal"), tariff=TARIFF)
    with Cashier(engine, objects, {"openrouter": shop}, policy) as cashier, short() as caught:
        cashier.buy(purpose(paying(user)), ladder(f"Say {user}"), text)
    assert shop.sent == []
    assert "may cost 8 credits; you have 6, and 294 more set aside" in caught.value.message
    assert "2 are missing" in caught.value.message
    assert "promo code" in caught.value.message


def test_the_credits_that_lapse_first_are_taken_first(engine: Engine, user: UUID) -> None:
    give(engine, user, "for ever", 100)
    give(engine, user, "tomorrow", 100, NOW + timedelta(days=1))
    give(engine, user, "yesterday", 100, NOW - timedelta(days=1))
    with engine.begin() as connection:
        payment = intended(connection, user, "2.25")
        credits.reserve(connection, user, "free", payment.id, Decimal("2.25"), TARIFF, NOW)
    assert balance(engine, user, NOW).available == 50
    with engine.begin() as connection:
        settlement.settle(connection, payment, Verdict("wrong", Decimal("2.05")), POLICY)
    assert spent(engine, user) == {"tomorrow": 100, "2026-11 free": 300, "for ever": 10}
    assert balance(engine, user, NOW).available == 90


def test_what_is_released_after_its_grant_has_lapsed_is_lapsed_too(engine: Engine, user: UUID) -> None:
    late = datetime.now(UTC)
    with engine.begin() as connection:
        payment = intended(connection, user, 1)
        credits.reserve(connection, user, "free", payment.id, Decimal(1), TARIFF, late - timedelta(days=62))
    with engine.begin() as connection:
        settlement.settle(connection, payment, Verdict("refused"), POLICY)
    found = balance(engine, user, late)
    assert found.available == 300
    assert [grant.reference for grant in found.grants] == [f"{late:%Y-%m} free"]


def test_a_payment_that_is_held_keeps_its_credits_until_it_is_decided(engine: Engine, user: UUID) -> None:
    with engine.begin() as connection:
        payment = settlement.open_payment(connection, draft(paying(user)), POLICY)
        assert payment is not None
        settlement.settle(connection, payment, Verdict("unknown"), POLICY)
    assert balance(engine, user).held == HELD
    with engine.begin() as connection:
        settlement.resolve(connection, payment.id, Verdict("wrong", COST, resolved_by="ida"), POLICY)
    assert (balance(engine, user).held, balance(engine, user).available) == (0, 300 - SPENT)


@pytest.mark.parametrize(("real", "left", "uncovered"), [("1.2", 60, 0), ("1.6", 0, 20)])
def test_a_call_that_cost_more_than_was_set_aside_takes_what_there_is_and_no_more(
    engine: Engine, user: UUID, real: str, left: int, uncovered: int
) -> None:
    with engine.begin() as connection:
        payment = intended(connection, user, 1)
        credits.reserve(connection, user, "free", payment.id, Decimal(1), TARIFF, datetime.now(UTC))
    with engine.begin() as connection:
        settlement.settle(connection, payment, Verdict("wrong", Decimal(real)), POLICY)
        loss = select(credit_charges.c.uncovered).where(credit_charges.c.payment_id == payment.id)
        assert connection.execute(loss).scalar_one() == uncovered
    assert balance(engine, user).available == left


def test_a_tier_gives_its_credits_once_a_month_and_a_better_one_gives_the_difference(
    engine: Engine, user: UUID
) -> None:
    assert balance(engine, user, NOW).available == 300
    with engine.begin() as connection:
        connection.execute(update(users).where(users.c.id == user).values(tier="standard"))
    assert balance(engine, user, NOW).available == 4800
    with engine.begin() as connection:
        connection.execute(update(users).where(users.c.id == user).values(tier="free"))
    assert balance(engine, user, NOW).available == 4800
    assert balance(engine, user, datetime(2026, 12, 1, tzinfo=UTC)).available == 300


def test_a_model_of_a_dearer_tier_costs_by_the_tiers_own_factor(engine: Engine, new_user: NewUser) -> None:
    user = new_user("basic")
    dear = replace(TARIFF, tiers=TARIFF.tiers | {"basic": TARIFF.tiers["basic"].model_copy(update={"price_factor": 3})})
    with engine.begin() as connection:
        payment = intended(connection, user, "0.001", "basic")
        credits.reserve(connection, user, "basic", payment.id, Decimal("0.001"), dear, NOW)
    assert balance(engine, user, NOW).held == Decimal("0.3")


def test_where_users_do_not_pay_nothing_is_charged(settings: Settings) -> None:
    assert Policy.from_settings(settings).tariff is None
    assert Policy.from_settings(settings.model_copy(update={"billing": "on"})).tariff == TARIFF
    keyed = Settings(_env_file=None, stripe_api_key="sk_test_1")  # type: ignore[arg-type]
    assert keyed.bills
    assert not keyed.model_copy(update={"billing": "off"}).bills


def test_what_an_operator_has_redone_costs_the_books_owner_nothing(engine: Engine, owned: Owned) -> None:
    with engine.begin() as connection:
        plan = insert(plans).values(
            owner_id=owned.owner_id,
            book_id=owned.book_id,
            revision=1,
            fingerprint="f",
            options={},
            draft={},
            usd_least=0,
            usd_most=1,
            state="applied",
            applied_revision=1,
        )
        plan_id = connection.execute(plan.returning(plans.c.id)).scalar_one()
        start = insert(backfills).values(
            user_id=owned.owner_id, asset="scene_images", models={}, budget_usd=1, state="active"
        )
        backfill = connection.execute(start.returning(backfills.c.id)).scalar_one()
        row = {"backfill_id": backfill, "book_id": owned.book_id, "items": 1, "state": "begun", "plan_id": plan_id}
        connection.execute(insert(backfill_books).values(row))

    def charged() -> bool:
        with engine.begin() as connection:
            payment = settlement.open_payment(connection, draft(owned), POLICY)
            assert payment is not None
            query = select(credit_charges.c.reserved).where(credit_charges.c.payment_id == payment.id)
            reserved = connection.execute(query).scalar()
            settlement.settle(connection, payment, Verdict("refused"), POLICY)
        return reserved is not None

    assert not charged()
    with engine.begin() as connection:
        connection.execute(delete(backfills).where(backfills.c.id == backfill))
    assert charged()


def test_credits_that_are_revoked_are_taken_as_far_as_they_are_not_spent(engine: Engine, user: UUID) -> None:
    give(engine, user, "in_1", 100, NOW)
    with engine.begin() as connection:
        first, second = intended(connection, user, "0.3"), intended(connection, user, "0.1")
        before = NOW - timedelta(days=1)
        credits.reserve(connection, user, "free", first.id, Decimal("0.3"), TARIFF, before)
        credits.reserve(connection, user, "free", second.id, Decimal("0.1"), TARIFF, before)
        credits.settle(connection, first.id, Decimal("0.3"), before)
        settlement.settle(connection, first, Verdict("wrong", Decimal("0.3")), POLICY)

    def stands() -> tuple[int, ...]:
        with engine.connect() as connection:
            columns = [credit_grants.c[name] for name in ("unused", "held", "spent", "revoked")]
            row = connection.execute(select(*columns).where(credit_grants.c.reference == "in_1", mine)).one()
        return tuple(int(value) for value in row)

    def revoke(amount: int) -> None:
        with engine.begin() as connection:
            grants.lock(connection, user)
            grants.revoke(connection, user, "in_1", Decimal(amount))

    mine = credit_grants.c.owner_id == user
    assert stands() == (20, 20, 60, 0)
    revoke(100)
    assert stands() == (0, 20, 60, 20)
    with engine.begin() as connection:
        settlement.settle(connection, second, Verdict("refused"), POLICY)
    assert stands() == (0, 0, 60, 40)  # what was held came free, and was taken back
    revoke(10)
    assert stands() == (30, 0, 60, 10)
    revoke(0)
    assert stands() == (40, 0, 60, 0)


def test_threads_that_reserve_settle_give_and_revoke_at_once_stay_in_balance(engine: Engine, user: UUID) -> None:
    def work(n: int) -> None:
        for turn in range(4):
            with engine.begin() as connection:
                payment = settlement.open_payment(connection, draft(paying(user), Decimal("0.1")), POLICY)
                assert payment is not None
            give(engine, user, f"{n}/{turn}", 7)
            with engine.begin() as connection:
                grants.lock(connection, user)
                grants.revoke(connection, user, f"{n}/{turn}", Decimal(3))
            with engine.begin() as connection:
                verdict = Verdict("wrong", Decimal("0.05")) if turn % 2 else Verdict("refused")
                settlement.settle(connection, payment, verdict, POLICY)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))
    assert (balance(engine, user).available, balance(engine, user).held) == (300 + 32 * 4 - 16 * 10, 0)
