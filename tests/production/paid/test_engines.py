"""Who works for whom: keys, settings, tiers. Nothing is started and nobody asked to find out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from litink.errors import PermanentFailure
from litink.generation.model import Owned, Purpose
from litink.production.credits import MADE_LOCALLY, Credits, Maker, credits_of
from litink.production.engines import LOCAL_NARRATOR, Engines
from litink.settings import Settings

KEYS = {f"{name}_api_key": SecretStr("k") for name in ("openrouter", "modelslab", "elevenlabs")}


def engines(home: Path, **changes: Any) -> Engines:
    return Engines(Settings(_env_file=None, home=home, **changes))  # type: ignore[call-arg]


def test_without_keys_everything_is_local_and_nothing_moves(tmp_path: Path) -> None:
    local = engines(tmp_path)
    for tier in local.tiers:
        assert local.writer_recipe("cast", tier)["writer"] == "local"
        assert local.narrator(tier) == LOCAL_NARRATOR
        assert local.animator_recipe(tier) is None
        assert not local.follows_portraits(tier)
        assert local.width(tier, "speech", "portrait") is None


def test_a_key_turns_on_what_its_provider_does_and_nothing_else(tmp_path: Path) -> None:
    some = engines(tmp_path, elevenlabs_api_key=SecretStr("k"))
    assert some.narrator("free").startswith("elevenlabs:")
    assert some.ladder("free", "portrait") == ()
    assert some.writer_recipe("plot", "free")["writer"] == "local"
    assert some.width("free", "speech") == 10


def test_better_tiers_get_better_models_first(tmp_path: Path) -> None:
    every = engines(tmp_path, **KEYS)
    firsts = {tier: every.ladder(tier, "cast")[0].id for tier in every.tiers}
    assert firsts["free"] != firsts["professional"]
    assert every.ladder("free", "motion") == ()
    assert every.animator_recipe("free") is None
    assert every.picture_recipe("portrait", "free") != every.picture_recipe("portrait", "premium")


def test_a_setting_overrides_the_key(tmp_path: Path) -> None:
    kept = engines(tmp_path, **KEYS, writer="local", painter="local", motion="local")
    assert kept.ladder("premium", "scenes") == kept.ladder("premium", "cover") == kept.ladder("premium", "motion") == ()
    assert kept.ladder("premium", "speech")


def test_a_provider_that_is_named_without_its_key_is_asked_for_not_passed_over(tmp_path: Path) -> None:
    named = engines(tmp_path, voice="elevenlabs")
    assert named.ladder("premium", "speech")
    assert named.voice_recipe(named.narrator("premium"), "premium")["engine"] == "elevenlabs"


def test_a_tier_that_nobody_knows_gets_local_engines(tmp_path: Path) -> None:
    assert engines(tmp_path, **KEYS).ladder("gold", "speech") == ()


def test_an_operators_own_catalogue_changes_who_works(tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text('[tiers.free.ladders]\nspeech = ["eleven-v3"]\n')
    changed = engines(tmp_path, **KEYS, catalogue=own)
    assert changed.ladder("free", "speech")[0].id == "eleven-v3"
    assert not changed.stitches("free")


def test_recipes_can_be_told_where_nothing_can_be_bought(tmp_path: Path, owned: Owned) -> None:
    every = engines(tmp_path, **KEYS)
    assert every.writer_recipe("cast", owned.tier)["engine"] == "openrouter"
    with pytest.raises(PermanentFailure) as failure:
        every.speakers_for(Purpose(owned, "audio", "x", "x"), Credits())
    assert failure.value.code == "no-cashier"


def test_credits_name_each_maker_once_and_tell_of_fallbacks() -> None:
    credits = Credits()
    assert credits.meta("drawn") == {"made_by": "drawn locally"}
    assert credits.calls("local", "x", {"pictures": 1})[0].model == "x"
    for maker in (Maker("openrouter", "gpt-4o"), Maker("openrouter", "gpt-4o"), Maker("openrouter", "mini", True)):
        credits.add(maker)
    assert credits.meta("written") == {"made_by": "written by gpt-4o and mini through OpenRouter", "fallback": True}
    assert credits.calls("local", "x", {"pictures": 1}) == ()


def test_a_film_tells_who_made_it() -> None:
    local = {"Drawn": [{"made_by": "drawn locally"}], "Spoken": [{}]}
    assert credits_of(local) == MADE_LOCALLY
    mixed = {**local, "Spoken": [{"made_by": "spoken by v2 through ElevenLabs"}] * 2}
    assert credits_of(mixed) == "Drawn locally; Spoken by v2 through ElevenLabs."
