"""What is out of date, what redoing it costs, and that nothing else is ever bought: real families, cashier and
adapters against the emulated providers, stages as the sensor runs them."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, delete

from litink.books.corrections import Rename, Split
from litink.db.schema import breakers
from litink.errors import LitinkError, Refused
from litink.library import repository
from litink.library.corrections import Editor
from litink.library.editing import StoryEditor
from litink.production.graph import FAMILIES
from litink.production.plan.drawing import drawn
from litink.production.plan.present import Present
from litink.production.plan.records import PlanRecord
from litink.production.studio import Studio
from litink.story.edits.kinds import EDIT
from tests.emulated import Emulator
from tests.production.plan.conftest import Story, killed_after_the_first_line

pytestmark = [pytest.mark.engines, pytest.mark.timeout(1200)]


def named(plan: PlanRecord, *states: str) -> set[tuple[str, str]]:
    return {(item.asset, item.key) for item in plan.draft.items if not states or item.state in states}


def paid(plan: PlanRecord) -> set[tuple[str, str]]:
    return {(item.asset, item.key) for item in plan.draft.items if item.model}


def difference(before: dict[str, Decimal], after: dict[str, Decimal]) -> dict[str, Decimal]:
    return {asset: cost - before.get(asset, 0) for asset, cost in after.items() if cost != before.get(asset, 0)}


def test_a_book_that_was_just_made_has_nothing_to_redo(kept: Story) -> None:
    plan = kept.plan()
    assert plan.draft.items == ()
    assert plan.usd_most == 0
    assert {one.asset for one in plan.draft.assets if one.fresh} >= {"scripts", "scene_images", "audio"}


def test_another_model_redoes_the_pictures_that_the_plan_names_at_the_price_that_it_says(
    story: Story, providers: Emulator
) -> None:
    before, keys, bill = story.spent(), story.keys(), providers.bill().total
    plan = story.plan(changes={"image.model": "flux"})
    assert providers.bill().total == bill  # a plan costs nothing
    assert story.record.options["models"] == {}  # and changes nothing
    stale = [item for item in plan.draft.items if item.state == "stale"]
    assert {item.asset for item in stale} == {"character_images", "scene_images"}
    assert all("→ flux" in reason.text for item in stale for reason in item.reasons if item.asset == "character_images")
    assert ("scene_images", "title") not in paid(plan)

    story.apply(plan)
    outcomes = story.work(film=True)
    cost = difference(before, story.spent())
    assert plan.usd_least <= sum(cost.values()) <= plan.usd_most
    assert set(cost) <= {"character_images", "scene_images"}
    assert sum(cost.values()) == providers.bill().total - bill > 0
    changed = {name for name, key in story.keys().items() if name in keys and keys[name] != key}
    assert named(plan, "stale") <= changed <= named(plan)
    assert not any(outcome.items_waiting for outcome in outcomes.values())
    assert story.planner.get(story.record, plan.id).state == "done"
    assert story.plan().draft.items == ()


def test_after_the_first_making_a_correction_is_paid_for_only_with_a_plan(story: Story, providers: Emulator) -> None:
    bill, old = providers.bill().total, story.contents()
    editor = Editor(story.studio.engine, story.studio.objects)
    section = editor.structure(story.record).book.chapters[1]
    middle = section.blocks[1].start
    editor.correct(story.record, [Split(section=section.key, offset=middle, title="Milk")], story.owner, None)
    outcomes = story.work()
    assert providers.bill().total == bill
    assert outcomes["scripts"].items_waiting == 2
    assert outcomes["chapters"].items_waiting == 0
    assert story.contents()["characters", "cast"] == old["characters", "cast"]  # stale, and still served

    plan = story.plan()
    assert {("scripts", key) for _, key in named(plan, "missing") if _ == "scripts"}
    cast = next(item for item in plan.draft.items if item.asset == "characters")
    assert cast.state == "stale"
    assert [reason.text for reason in cast.reasons] == ["the text of the book changed"]
    before = story.spent()
    story.apply(plan)
    outcomes = story.work()
    cost = sum(difference(before, story.spent()).values())
    assert 0 < cost == providers.bill().total - bill
    assert plan.usd_least <= cost <= plan.usd_most
    assert not any(outcome.items_waiting for outcome in outcomes.values())
    assert not paid(story.plan())


def test_what_is_free_follows_by_itself(story: Story, providers: Emulator) -> None:
    bill = providers.bill().total
    editor = Editor(story.studio.engine, story.studio.objects)
    key = editor.structure(story.record).book.chapters[0].key
    old = story.contents()
    editor.correct(story.record, [Rename(section=key, title="The Lantern")], story.owner, None)
    story.work()
    assert providers.bill().total == bill
    now = story.contents()
    assert now["scene_images", f"card-{key}"] != old["scene_images", f"card-{key}"]


def test_a_plan_of_one_asset_leaves_the_others_waiting(story: Story) -> None:
    plan = story.plan(changes={"image.model": "flux"}, assets=("character_images",))
    assert {asset for asset, _ in paid(plan)} == {"character_images"}
    before = story.spent()
    story.apply(plan)
    outcomes = story.work()
    assert set(difference(before, story.spent())) == {"character_images"}
    assert outcomes["scene_images"].items_waiting > 0
    assert {asset for asset, _ in paid(story.plan())} == {"scene_images"}


def test_a_budget_takes_the_first_of_the_film_and_no_more(story: Story) -> None:
    whole = story.plan(changes={"image.model": "flux"})
    budget = whole.usd_most / 2
    part = story.plan(changes={"image.model": "flux"}, budget_usd=budget)
    assert 0 < part.usd_most <= budget
    assert paid(part) < paid(whole)
    assert sum(one.left_out for one in part.draft.assets) > 0
    before = story.spent()
    story.apply(part)
    outcomes = story.work()
    assert part.usd_least <= sum(difference(before, story.spent()).values()) <= part.usd_most
    assert sum(outcome.items_waiting for outcome in outcomes.values()) > 0


def test_what_another_book_has_bought_already_may_cost_nothing(story: Story, tmp_path: Path) -> None:
    changes = {"image.model": "flux"}
    story.apply(story.plan(changes=changes))
    story.work()
    twin = Story(story.studio, tmp_path, word=story.word, title="The same places")
    twin.work()
    plan, before = twin.plan(changes=changes), twin.spent()
    assert ("scene_images", "cover") in paid(plan)
    twin.apply(plan)
    twin.work()
    cost = sum(difference(before, twin.spent()).values())
    assert plan.usd_least <= cost <= plan.usd_most
    assert not paid(twin.plan())


def test_a_plan_applied_twice_is_one(story: Story, providers: Emulator) -> None:
    plan = story.plan(changes={"image.model": "flux"})
    first, again = story.apply(plan), story.apply(plan)
    assert first.applied_revision == again.applied_revision == story.record.revision
    story.work()
    bill = providers.bill().total
    assert story.apply(plan).applied_revision == first.applied_revision
    story.work()
    assert providers.bill().total == bill


def test_a_plan_of_a_book_that_changed_is_refused_with_what_changed(story: Story) -> None:
    plan = story.plan(changes={"image.model": "flux"})
    editor = Editor(story.studio.engine, story.studio.objects)
    key = editor.structure(story.record).book.chapters[0].key
    editor.correct(story.record, [Rename(section=key, title="The Lantern")], story.owner, None)
    story.work()
    revision = story.record.revision
    with pytest.raises(LitinkError) as refused:
        story.apply(plan)
    assert refused.value.code == "plan-outdated"
    assert "The Lantern" in refused.value.message
    assert story.planner.get(story.record, plan.id).state == "refused"
    assert story.record.revision == revision


def test_a_failed_item_of_the_first_making_is_made_again_without_a_plan(
    studio: Studio, engine: Engine, providers: Emulator, tmp_path: Path
) -> None:
    providers.fault("status", match={"operation": "text-to-image"}, status=403)
    story = Story(studio, tmp_path)
    story.work()
    failed = [item for item in story.plan().draft.items if item.state == "missing" and item.model]
    assert {item.asset for item in failed} >= {"character_images"}
    assert all("it failed" in item.reasons[0].text for item in failed if item.asset == "character_images")
    providers.clear_faults()
    with engine.begin() as connection:
        connection.execute(delete(breakers))
        repository.reopen(connection, story.id)
    outcomes = story.work()
    assert outcomes["character_images"].items_done == outcomes["character_images"].items_total
    assert outcomes["character_images"].items_waiting == 0


def test_a_run_that_is_killed_while_a_plan_is_carried_out_ends_at_the_same_cost(
    story: Story, engine: Engine, providers: Emulator, wired: dict[str, Any]
) -> None:
    plan, bill, before = story.plan(changes={"voice.model": "eleven-flash"}), providers.bill(), story.spent()
    keys = story.keys()
    story.apply(plan)
    killed_after_the_first_line(story, providers, wired)
    outcomes = story.work()
    assert outcomes["audio"].items_done == outcomes["audio"].items_total
    cost = sum(difference(before, story.spent()).values())
    assert plan.usd_least <= cost <= plan.usd_most
    assert cost == providers.bill().total - bill.total
    assert providers.bill().twice == {}
    assert all(story.keys()[name] != keys[name] for name in paid(plan))


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"image.model": "no-such"}, "no-such-model"),
        ({"voice.model": "flux"}, "model-cannot"),
        ({"colour": "red"}, "bad-change"),
        ({"ratio": "4:3"}, "bad-change"),
        ({"chapters": "99"}, "no-such-chapter"),
    ],
)
def test_what_makes_no_sense_is_refused(kept: Story, changes: dict[str, str], code: str) -> None:
    with pytest.raises(Refused) as refused:
        kept.plan(changes=changes)
    assert refused.value.code == code


def test_after_every_edit_the_plan_rests_on_what_a_process_without_memory_would_draw_up(story: Story) -> None:
    studio, production = story.studio, story.studio.production(story.id)
    chapter, script = next(iter(production.scripts.items()))
    line = next(line for scene in script.scenes for line in scene.lines if line.speaker)
    drawn_one = production.items("character_images")[0].key
    shot = next(shot.id for scenes in production.scenes.values() for scene in scenes for shot in scene.shots)
    scene = next(scene.id for scenes in production.scenes.values() for scene in scenes)
    edits: list[dict[str, Any]] = [
        {"edit": "line", "chapter": chapter, "line": line.id, "set": {"text": f"{line.text} Truly."}},
        {"edit": "character", "character": drawn_one, "set": {"name": "Zebedee", "look": {"hat": "straw"}}},
        {"edit": "picture", "asset": "scene_images", "key": shot, "take": 1},
        {"edit": "picture", "asset": "character_images", "key": drawn_one, "words": "in a red coat"},
        {"edit": "voice", "character": line.speaker, "voice": studio.engines.voices(story.record.tier)[-1].id},
        {"edit": "scene", "chapter": chapter, "scene": scene, "set": {"place": "a hall of mirrors"}},
        {"edit": "pronunciation", "word": "Martha", "say": "Marta"},
    ]
    editor = StoryEditor(
        studio.engine, studio.objects, lambda book: {v.id: v.name for v in studio.engines.voices(book.tier)}
    )

    def compare() -> None:
        story.plan()
        seen = drawn(Present(studio.engine, studio.objects, studio.engines, story.id))
        fresh = studio.production(story.id)
        for asset, tasks in seen.tasks.items():
            assert tasks is not None
            now = [(task.key, task.cache_key, task.edits_hash) for task in FAMILIES[asset].tasks(fresh)]
            assert [(task.key, key, task.edits_hash) for task, key in tasks] == now, asset

    for edit in edits:
        editor.add(story.record, [EDIT.validate_python(edit)], story.owner, None)
        compare()
    for _ in edits:
        editor.undo(story.record, story.owner, None)
        compare()
    Editor(studio.engine, studio.objects).correct(
        story.record, [Rename(section=chapter, title="The Lantern")], story.owner, None
    )
    compare()
