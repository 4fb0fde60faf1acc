"""The asset graph as an operator sees it. A change of the graph shows here, so that it is seen in review."""

from __future__ import annotations

import dagster as dg

from definitions import defs
from litink.production.graph import ASKED_FOR, EXPORTS, FAMILIES, STAGES

GRAPH = {
    "chapters": set(),
    "passages": {"chapters"},
    "characters": {"chapters"},
    "cross_references": {"chapters", "passages"},
    "plot_overview": {"chapters", "characters", "cross_references"},
    "scripts": {"chapters", "characters", "cross_references", "plot_overview"},
    "scenes": {"scripts", "characters"},
    "character_images": {"characters", "scenes"},
    "scene_images": {"characters", "scenes", "character_images"},
    "motion": {"scripts", "scenes", "scene_images"},
    "music": {"scenes"},
    "audio": {"scripts", "characters"},
    "lipsync": {"scripts", "scenes", "scene_images", "motion", "audio"},
    "clips": {"scenes", "scene_images", "motion", "music", "audio", "lipsync"},
    "film": {"clips", "audio", "scene_images", "motion", "music", "lipsync"},
    "audiobook": {"audio", "scene_images"},
    "read_along": {"scripts", "audio", "scene_images"},
    "export_clips": {"plot_overview", "scripts", "clips", "audio", "scene_images", "motion", "music", "lipsync"},
    "exports": {"export_clips", "clips", "audio", "scene_images", "motion", "music", "lipsync"},
    "failed_partitions": set(),
    "daily_costs": set(),
    "swept_store": set(),
    "reconciled_subscriptions": set(),
}


def nodes() -> dict[str, dg.AssetSpec]:
    return {spec.key.to_user_string(): spec for spec in defs.resolve_all_asset_specs()}


def test_every_asset_depends_on_what_it_is_made_from() -> None:
    found = {name: {dep.asset_key.to_user_string() for dep in spec.deps} for name, spec in nodes().items()}
    assert found == GRAPH


def test_every_asset_tells_a_person_what_it_is() -> None:
    for name, spec in nodes().items():
        assert spec.description, name
        assert spec.group_name != "default", name
        assert spec.kinds, name


def test_every_asset_of_a_book_has_the_version_of_its_recipe() -> None:
    specs = nodes()
    for name in (*FAMILIES, *ASKED_FOR):
        assert specs[name].code_version, name
        assert isinstance(specs[name].partitions_def, dg.DynamicPartitionsDefinition), name


def test_content_checks_block_what_builds_on_them() -> None:
    blocking = {
        spec.name: spec.asset_key.to_user_string()
        for checks in (a.check_specs for a in defs.resolve_asset_graph().assets_defs)
        for spec in checks
        if spec.blocking
    }
    assert blocking == {
        "chapters_sum_to_the_book": "chapters",
        "every_sentence_once": "scripts",
        "no_empty_audio": "audio",
        "no_empty_clip": "clips",
        "film_is_whole": "film",
        "audiobook_is_whole": "audiobook",
        "read_along_is_whole": "read_along",
        "exports_are_whole": "exports",
    }


def test_a_job_a_stage_runs_in_one_process() -> None:
    for stage, names in {**STAGES, EXPORTS: tuple(ASKED_FOR)}.items():
        job = defs.resolve_job_def(f"make_{stage}")
        assert {key.to_user_string() for key in job.asset_layer.executable_asset_keys} == set(names)
        assert job.executor_def.name == "in_process"


def test_sensors_and_schedules_run_without_being_switched_on() -> None:
    assert {sensor.name for sensor in defs.sensors or []} == {
        "launch_due_stages",
        "mark_failed_books",
        "drive_backfills",
        "forget_deleted_books",
        "follow_stripe",
    }
    assert all(s.default_status is dg.DefaultSensorStatus.RUNNING for s in defs.sensors or [])  # type: ignore[union-attr]
    assert {schedule.name for schedule in defs.schedules or []} == {
        "failed_partitions_daily",
        "costs_daily",
        "sweep_daily",
        "reconcile_daily",
    }
