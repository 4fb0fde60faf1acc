"""A subscriber's life: whatever they do, and whatever becomes of the events, tier, credits and invoices are right."""

from __future__ import annotations

import pytest

from tests.billing.life import Life
from tests.billing.subscriber import Subscriber


@pytest.mark.parametrize("seed", [1, 2])
def test_a_life_with_lost_and_shuffled_events_ends_as_reckoned(alice: Subscriber, seed: int) -> None:
    """A year; `benchmarks/billing.py` lives three."""
    life = Life(alice, seed)
    life.live(12)
    assert life.counts["checks"] > 3


@pytest.mark.campaign
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("seed", range(10))
def test_three_years_end_as_reckoned(alice: Subscriber, seed: int) -> None:
    Life(alice, seed).live(36)
