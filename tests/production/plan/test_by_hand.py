"""A person materialises an asset in the Dagster UI: plans hold there too, and it says what waits and why."""

from __future__ import annotations

import dagster as dg
import pytest

from definitions import build_defs
from litink.books.corrections import Split
from litink.library.corrections import Editor
from tests.emulated import Emulator
from tests.production.plan.conftest import Story

pytestmark = [pytest.mark.engines, pytest.mark.timeout(600)]


def test_materialising_by_hand_buys_nothing_without_a_plan(story: Story, providers: Emulator) -> None:
    editor = Editor(story.studio.engine, story.studio.objects)
    section = editor.structure(story.record).book.chapters[1]
    split = Split(section=section.key, offset=section.blocks[1].start, title="Milk")
    editor.correct(story.record, [split], story.owner, None)
    story.work()
    bill, spent = providers.bill().total, story.spent()

    defs = build_defs({"studio": dg.ResourceDefinition.hardcoded_resource(story.studio)})
    with dg.DagsterInstance.ephemeral() as instance:
        instance.add_dynamic_partitions("books", [str(story.id)])
        for stage in ("text", "pictures", "voices"):
            run = defs.resolve_job_def(f"make_{stage}").execute_in_process(
                instance=instance, partition_key=str(story.id), raise_on_error=False
            )
            if stage == "text":
                told = {e.asset_key.path[0]: e.materialization.metadata for e in run.get_asset_materialization_events()}  # type: ignore[union-attr]

    assert (providers.bill().total, story.spent()) == (bill, spent)
    assert told["scripts"]["items_waiting"].value == 2
    assert "not made yet" in str(told["scripts"]["out_of_date"].value)
    assert "the text of the book changed" in str(told["characters"]["out_of_date"].value)
    assert "out_of_date" not in told["chapters"]
