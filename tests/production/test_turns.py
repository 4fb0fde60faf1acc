"""Whose turn it is: who pays more goes first, who waits rises, and nobody takes all places or waits for ever."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from hypothesis import given
from hypothesis import strategies as st

from litink.production.turns import RISES_AFTER, Running, next_up
from litink.providers.catalogue import load

TIERS = load().tiers
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


@dataclass(frozen=True)
class Due:
    tier: str = "free"
    since: datetime = NOW
    owner_id: UUID = field(default_factory=uuid4)
    stage: str = "text"
    backfill: UUID | None = None


def running(one: Due) -> Running:
    return Running(one.owner_id, one.tier, one.stage, one.backfill is not None)


def turn(due: list[Due], at: datetime = NOW, *, under_way: list[Due] | None = None, places: int = 4) -> list[Due]:
    return next_up(due, [running(one) for one in under_way or []], places, TIERS, at)


def test_a_paid_book_starts_before_a_queue_of_free_ones_that_came_earlier() -> None:
    free = [Due(since=NOW - timedelta(minutes=n)) for n in range(1, 14)]
    paid = Due("basic")
    assert turn([*free, paid])[0] is paid
    assert turn([*free, paid, Due("professional")])[0].tier == "professional"


def test_free_books_never_take_all_places_so_that_a_paid_one_need_not_wait_for_any_to_end() -> None:
    free = [Due() for _ in range(10)]
    begun = turn(free)
    assert len(begun) == 3
    assert turn([*free, paid := Due("basic")], under_way=begun) == [paid]


def test_a_book_that_waits_rises_until_it_goes_before_the_best_newcomer() -> None:
    free, paid = Due(since=NOW - 5 * RISES_AFTER), Due("professional")
    assert turn([paid, free]) == [free, paid]
    assert turn([paid, replace(free, since=NOW - 4 * RISES_AFTER + timedelta(seconds=1))])[0] is paid


def test_among_equals_the_owner_with_the_fewest_runs_goes_first() -> None:
    hoarder, other = uuid4(), uuid4()
    many = [Due("basic", NOW - timedelta(minutes=n), hoarder) for n in range(1, 9)]
    one = Due("basic", NOW, other)
    begun = turn([*many, one], places=4)
    assert one in begun[:2]
    assert turn([*many, one], under_way=[many[0]])[0] is one


def test_backfills_and_exports_leave_room_and_backfills_come_last() -> None:
    backfill = uuid4()
    old = [Due("professional", NOW - 99 * RISES_AFTER, backfill=backfill) for _ in range(4)]
    assert len(turn(old)) == 2
    assert turn([*old, Due()])[0].backfill is None
    assert len(turn([Due("premium", stage="exports") for _ in range(4)])) == 2


def test_with_one_place_everybody_has_a_turn() -> None:
    for one in (Due(), Due(stage="exports"), Due(backfill=uuid4())):
        assert turn([one], places=1) == [one]
        assert turn([one], under_way=[Due("premium")], places=1) == []


@given(
    st.lists(
        st.tuples(st.sampled_from(sorted(TIERS)), st.integers(0, 5), st.sampled_from(["text", "film"])), max_size=40
    ),
    st.integers(1, 6),
)
def test_no_place_stays_empty_while_somebody_may_have_it(wanted: list[tuple[str, int, str]], places: int) -> None:
    people = [uuid4() for _ in range(6)]
    due = [Due(tier, NOW, people[who], stage) for tier, who, stage in wanted]
    begun = turn(due, places=places)
    assert len(begun) <= places
    assert len(set(map(id, begun))) == len(begun)
    left = [one for one in due if not any(one is other for other in begun)]
    if len(begun) < places:
        assert all(one.tier == "free" for one in left)


@given(st.lists(st.integers(0, 3), min_size=100, max_size=100), st.integers(1, 4))
def test_a_free_book_is_never_starved_by_those_who_pay(newcomers: list[int], places: int) -> None:
    """Every five minutes the best tier hands in more, and all that runs ends. A newcomer stands four above a free book
    until that has waited an hour longer; so only those who came in its first hour and a quarter can be before it."""
    free = Due(since=NOW)
    waiting, at, before = [free], NOW, 0
    for count in newcomers:
        waiting += [Due("professional", at) for _ in range(count)]
        begun = turn(waiting, at, places=places)
        if free in begun:
            break
        waiting = [one for one in waiting if one not in begun]
        before += len(begun)
        at += timedelta(minutes=5)
    came_early = sum(newcomers[: 5 * RISES_AFTER // timedelta(minutes=5)])
    assert free in begun
    assert before <= came_early
