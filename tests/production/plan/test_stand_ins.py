"""Texts that no model could be had for: written by the local writer where the book allows it, told, and never taken for
a model's. Real families, generator and cashier against the emulated providers."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import delete

from litink.db.schema import breakers
from litink.errors import LitinkError
from litink.generation.paid import budgets
from litink.production.credits import BY_STAND_IN
from litink.production.provenance import BookProvenance
from litink.production.studio import Studio
from tests.emulated import Emulator
from tests.production.plan.conftest import Story, rest

pytestmark = [pytest.mark.engines, pytest.mark.timeout(600)]

TEXTS = ("characters", "plot_overview", "scripts", "scenes")


def made_by(story: Story, asset: str) -> set[str]:
    return {item.meta["made_by"] for item in story.studio.production(story.id).done(asset).values()}


def test_a_book_that_allows_it_is_written_here_while_no_model_can_be_had_and_says_so(
    studio: Studio, providers: Emulator, tmp_path: Path
) -> None:
    providers.fault("status", match={"operation": "chat"}, status=403)
    story = Story(studio, tmp_path, local_fallback=True)
    outcomes = story.work()
    assert not any(outcome.failures for outcome in outcomes.values())
    assert {asset: outcomes[asset].items_stood_in for asset in TEXTS} == {
        asset: outcomes[asset].items_total for asset in TEXTS
    }
    production = studio.production(story.id)
    for asset in TEXTS:
        assert made_by(story, asset) == {BY_STAND_IN}
        for item in production.done(asset).values():
            assert item.meta["fallback"]
            assert item.recipe["writer"] == "local"
            told = BookProvenance(production).of(asset, item.key)
            assert told.fallback
            assert "refused" in (told.stood_in or "")
            assert {call.provider for call in told.calls} <= {"local"}

    # The provider is back: the plan offers them, with the reason; until it is accepted nothing is bought.
    providers.clear_faults()
    _trust_again(studio)
    bill, contents = providers.bill().total, story.contents()
    plan = story.plan(assets=list(TEXTS))
    stale = {(item.asset, item.key): item for item in plan.draft.items if item.state == "stale"}
    for asset in TEXTS:
        for key in production.done(asset):
            offered = stale[asset, key]
            assert offered.model
            [reason] = offered.reasons
            assert reason.text.startswith("the local writer stood in: Every provider refused this")
    rest(studio, story.id)
    for asset in TEXTS:
        _, outcome = studio.materialise(story.id, asset)
        assert outcome.items_waiting == outcome.items_total
    assert providers.bill().total == bill
    assert story.contents() == contents

    story.apply(story.plan(assets=list(TEXTS)))
    story.work()
    assert providers.bill().total > bill
    for asset in TEXTS:
        assert all("OpenRouter" in maker for maker in made_by(story, asset)), asset
        assert not any(item.meta.get("stood_in") for item in studio.production(story.id).done(asset).values())
    assert not [item for item in story.plan().draft.items if item.asset in TEXTS]


def test_a_text_by_the_stand_in_is_known_as_what_the_local_writer_writes(
    studio: Studio, providers: Emulator, tmp_path: Path
) -> None:
    """Another book of the same words takes nothing of it for a model's."""
    providers.fault("status", match={"operation": "chat"}, status=403)
    first = Story(studio, tmp_path, local_fallback=True)
    for asset in ("chapters", "characters"):
        studio.materialise(first.id, asset)
    assert made_by(first, "characters") == {BY_STAND_IN}
    providers.clear_faults()
    _trust_again(studio)
    second = Story(studio, tmp_path, word=first.word, title="The same story", style="narration")
    for asset in ("chapters", "characters"):
        studio.materialise(second.id, asset)
    assert all("OpenRouter" in maker for maker in made_by(second, "characters"))


def test_without_the_option_it_fails_with_its_reason(studio: Studio, providers: Emulator, tmp_path: Path) -> None:
    providers.fault("status", match={"operation": "chat"}, status=403)
    story = Story(studio, tmp_path)
    story.work()
    [item] = studio.production(story.id).items("characters")
    assert item.state == "failed"
    assert item.error is not None
    assert item.error["code"] == "provider-refused"


def test_where_the_cap_is_reached_nobody_stands_in(studio: Studio, tmp_path: Path) -> None:
    story = Story(studio, tmp_path, local_fallback=True)
    with studio.engine.begin() as connection:
        budgets.set_cap(connection, "book", story.id, Decimal(0))
    studio.materialise(story.id, "chapters")
    with pytest.raises(LitinkError) as failure:
        studio.materialise(story.id, "characters")
    assert failure.value.code == "cap-reached"
    assert not studio.production(story.id).done("characters")


def _trust_again(studio: Studio) -> None:
    with studio.engine.begin() as connection:
        connection.execute(delete(breakers))
