"""An asset redone over many books: book by book, by plans, within a budget; killed, held up, changed meanwhile. Real
families, cashier and adapters against the emulated providers, stages as the sensor runs them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import dagster as dg
import pytest
from sqlalchemy import Engine, insert

from definitions import defs
from litink.books.corrections import Rename
from litink.db.schema import users
from litink.errors import LitinkError, Refused
from litink.library import repository
from litink.library.corrections import Editor
from litink.production import stages
from litink.production.backfill import records
from litink.production.backfill.acts import Backfills
from litink.production.backfill.driver import Driver
from litink.production.backfill.model import Backfill, BackfillOptions
from litink.production.plan.model import PlanOptions
from litink.production.plan.recorded import outdated
from litink.production.studio import Studio
from tests.emulated import Emulator
from tests.production.plan.conftest import Story, killed_after_the_first_line, rest

pytestmark = [pytest.mark.engines, pytest.mark.timeout(1200)]

TIER = "standard"  # of nobody else's books
PICTURES = {"asset": "scene_images", "with": {"image.model": "flux"}, "tier": TIER}


@pytest.fixture
def made(studio: Studio, tmp_path: Path) -> Iterator[Callable[..., Story]]:
    """Makes stories of an owner with a subscription of their own; afterwards none of them are left."""
    with studio.engine.begin() as connection:
        row = insert(users).values(name=uuid4().hex, tier=TIER).returning(users.c.id)
        owner: UUID = connection.execute(row).scalar_one()
    stories: list[Story] = []

    def make(*, work: bool = True) -> Story:
        stories.append(Story(studio, tmp_path, owner=owner))
        if work:
            stories[-1].work(film=False)
            rest(studio, stories[-1].id)
        return stories[-1]

    yield make
    for story in stories:
        story.shelf.remove(story.record)


def carry_out(driver: Driver, *stories: Story) -> None:
    """The sensors and their runs, until nothing comes further."""
    while True:
        moved = driver.step()
        worked = [story for story in stories if story.work()]
        for story in worked:
            rest(story.studio, story.id)
        if not moved and not worked:
            return


def of(studio: Studio) -> tuple[Backfills, Driver]:
    return Backfills(studio.engine, studio.engines), Driver(studio.engine, studio.planner)


def start(backfills: Backfills, story: Story, **changes: Any) -> Backfill:
    return backfills.start(BackfillOptions.model_validate(PICTURES | changes), story.owner)


def test_recipes_tell_what_another_model_would_buy_anew(
    studio: Studio, engine: Engine, made: Callable[..., Story]
) -> None:
    story = made()
    with engine.connect() as connection:
        asked = {"tier": TIER, "models": {"scene_image": "flux", "cover": "flux"}}
        groups = list(outdated(connection, studio.engines, "scene_images", **asked))
        now = list(outdated(connection, studio.engines, "scene_images", tier=TIER))
    assert now == []  # nothing changed
    plan = story.plan(changes={"scene_image.model": "flux", "cover.model": "flux"}, assets=("scene_images",))
    stale = [item for item in plan.draft.items if item.state == "stale" and item.model]
    assert sum(group.items for group in groups) == len(stale) > 0
    assert {group.books for group in groups} == {1}
    assert sum(group.cost_usd for group in groups) == story.spent()["scene_images"]


def test_two_books_are_redone_at_the_price_of_their_plans_behind_all_others(
    studio: Studio, engine: Engine, providers: Emulator, made: Callable[..., Story]
) -> None:
    stories = [made(), made()]
    backfills, driver = of(studio)
    bill, keys = providers.bill().total, [story.keys() for story in stories]
    forecast = backfills.forecast(BackfillOptions.model_validate(PICTURES))
    assert (forecast.books, forecast.models) == (2, {"scene_image": "flux", "cover": "flux"})
    assert forecast.usd_least is not None
    assert forecast.usd_most is not None
    begun = start(backfills, stories[0])
    assert begun.budget_usd == forecast.usd_most
    assert providers.bill().total == bill

    driver.step()
    with engine.connect() as connection:
        due = [one for one in stages.due(connection) if one.book_id in {story.id for story in stories}]
    assert {one.backfill for one in due} == {begun.id}
    carry_out(driver, *stories)
    done = backfills.get(begun.id)
    assert (done.state, done.books) == ("done", {"done": 2})
    assert forecast.usd_least <= done.cost_usd == providers.bill().total - bill <= done.budget_usd
    assert done.held_usd == done.cost_usd
    for story, before in zip(stories, keys, strict=True):
        changed = {name for name, key in story.keys().items() if before.get(name) != key}
        assert {asset for asset, _ in changed} == {"scene_images"}
    assert not backfills.forecast(BackfillOptions.model_validate(PICTURES)).items
    with pytest.raises(Refused, match="bought otherwise"):
        start(backfills, stories[0])


def test_it_stops_before_a_book_that_does_not_fit_and_goes_on_with_more(
    studio: Studio, providers: Emulator, made: Callable[..., Story]
) -> None:
    stories = [made(), made()]
    backfills, driver = of(studio)
    price = stories[0].plan(changes={"scene_image.model": "flux", "cover.model": "flux"}, assets=("scene_images",))
    bill = providers.bill().total
    begun = start(backfills, stories[0], budget_usd=price.usd_most)
    carry_out(driver, *stories)
    stopped = backfills.get(begun.id)
    assert (stopped.state, stopped.books) == ("stopped", {"done": 1, "waiting": 1})
    assert "left of the budget" in (stopped.why or "")
    assert 0 < stopped.cost_usd == providers.bill().total - bill <= price.usd_most

    backfills.resume(begun.id, 3 * price.usd_most)
    carry_out(driver, *stories)
    done = backfills.get(begun.id)
    assert (done.state, done.books) == ("done", {"done": 2})
    assert done.cost_usd == providers.bill().total - bill


def test_killed_in_the_middle_it_comes_to_the_same_end_and_pays_nothing_twice(
    studio: Studio, engine: Engine, providers: Emulator, wired: dict[str, Any], made: Callable[..., Story]
) -> None:
    story = made()
    backfills, driver = of(studio)
    bill, changes = providers.bill(), {"speech.model": "eleven-flash"}
    begun = start(backfills, story, **{"asset": "audio", "with": {"voice.model": "eleven-flash"}})
    # Killed after the price was set aside, before the plan was applied:
    plan = studio.planner.plan(story.record, PlanOptions(assets=("audio",), changes=changes))
    with engine.begin() as connection:
        turn = records.next_waiting(connection, begun.id)
        assert turn is not None
        records.begin(connection, turn, plan.id, plan.usd_most)
    driver.step()
    revision = story.record.revision
    assert story.planner.get(story.record, plan.id).state == "applied"
    driver.step()
    assert story.record.revision == revision  # once

    # Killed after the first line was paid for:
    killed_after_the_first_line(story, providers, wired)
    carry_out(driver, story)
    done = backfills.get(begun.id)
    assert (done.state, done.books) == ("done", {"done": 1})
    assert plan.usd_least <= done.cost_usd == providers.bill().total - bill.total <= plan.usd_most
    assert providers.bill().twice == {}
    assert not story.plan().usd_most


def test_a_book_that_changes_before_the_word_is_planned_anew_once_then_skipped(
    studio: Studio, engine: Engine, providers: Emulator, made: Callable[..., Story]
) -> None:
    story = made()
    backfills, driver = of(studio)
    bill = providers.bill().total
    begun = start(backfills, story)

    def changed_before_the_word(title: str) -> None:
        plan = story.plan(changes={"scene_image.model": "flux", "cover.model": "flux"}, assets=("scene_images",))
        with engine.begin() as connection:
            turn = records.next_waiting(connection, begun.id)
            assert turn is not None
            records.begin(connection, turn, plan.id, plan.usd_most)
        editor = Editor(studio.engine, studio.objects)
        key = editor.structure(story.record).book.chapters[0].key
        editor.correct(story.record, [Rename(section=key, title=title)], story.owner, None)
        driver.step()  # it is being worked on: its turn comes later
        story.work()
        rest(studio, story.id)

    changed_before_the_word("The Lantern")
    assert backfills.get(begun.id).books == {"waiting": 1}
    changed_before_the_word("The Fox")
    (book,) = backfills.books(begun.id)
    assert book.state == "skipped"
    assert "The Fox" in (book.why or "")
    carry_out(driver, story)
    assert backfills.get(begun.id).state == "done"
    assert providers.bill().total == bill


def test_a_book_that_was_never_made_is_left_alone_and_nothing_is_begun_while_paused(
    studio: Studio, engine: Engine, providers: Emulator, made: Callable[..., Story]
) -> None:
    story, raw = made(), made(work=False)
    for asset in ("chapters", "passages", "characters", "plot_overview", "scripts", "scenes", "character_images"):
        studio.materialise(raw.id, asset)
    studio.materialise(raw.id, "scene_images")
    with engine.begin() as connection:
        repository.set_state(connection, raw.id, "failed")
    backfills, driver = of(studio)
    begun, bill = start(backfills, story), providers.bill().total
    backfills.pause(begun.id)
    carry_out(driver, story)
    assert backfills.get(begun.id).books == {"waiting": 2}
    backfills.resume(begun.id)
    driver.step()
    backfills.cancel(begun.id)  # what was begun is finished
    carry_out(driver, story)
    cancelled = backfills.get(begun.id)
    assert (cancelled.state, cancelled.books) == ("cancelled", {"done": 1, "skipped": 1})
    assert Decimal(0) < cancelled.cost_usd == providers.bill().total - bill
    assert raw.record.state == "failed"
    with pytest.raises(LitinkError) as ended:
        backfills.resume(begun.id)
    assert ended.value.code == "backfill-ended"


def test_materialising_in_the_dagster_ui_buys_nothing_and_says_what_would(
    studio: Studio, providers: Emulator, made: Callable[..., Story]
) -> None:
    story = made()
    story.planner.change(story.record, {"scene_image.model": "flux"})
    bill, partition = providers.bill().total, str(story.id)
    with dg.DagsterInstance.ephemeral() as instance:
        instance.add_dynamic_partitions("books", [partition])
        chosen = [definition for definition in defs.assets or [] if isinstance(definition, dg.AssetsDefinition)]
        run = dg.materialize(
            chosen,
            selection=[dg.AssetKey("scene_images")],
            partition_key=partition,
            instance=instance,
            resources={"studio": studio},
        )
        (metadata,) = [one.metadata for one in run.asset_materializations_for_node("scene_images")]
    assert providers.bill().total == bill
    assert metadata["items_waiting"].value == 4  # every scene's picture; the cover has a model of its own
    assert f"litink plan {partition} --asset scene_images" in str(metadata["to_buy"].value)


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"asset": "film"}, "no-such-asset"),
        ({"tier": "golden"}, "no-such-tier"),
        ({"with": {"style": "narration"}}, "bad-change"),
        ({"with": {"voice.model": "eleven-flash"}}, "bad-change"),
        ({"with": {"image.model": "no-such"}}, "no-such-model"),
        ({"with": {"image.model": "imagen-4"}, "tier": "basic"}, "model-not-in-tier"),
    ],
)
def test_what_makes_no_sense_is_refused(studio: Studio, asked: dict[str, Any], code: str) -> None:
    with pytest.raises(Refused) as refused:
        of(studio)[0].forecast(BackfillOptions.model_validate(PICTURES | asked))
    assert refused.value.code == code
