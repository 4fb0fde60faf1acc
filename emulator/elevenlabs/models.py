"""ElevenLabs' models: what they take and what a character costs."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from pydantic import BaseModel, ConfigDict

USD_A_CREDIT = Decimal("0.0001")  # $0.10 per 1,000 credits; multilingual v2 takes one a character


class Model(BaseModel):
    model_config = ConfigDict(frozen=True)

    id: str
    name: str
    characters: int  # in one request
    credits: Decimal  # a character
    language_code: bool  # whether it takes one
    stitching: bool  # whether it takes what came before and comes after
    group: str  # whose concurrency it counts with

    def described(self) -> dict[str, Any]:
        """An item of GET /v1/models."""
        return {
            "model_id": self.id,
            "name": self.name,
            "can_be_finetuned": False,
            "can_do_text_to_speech": True,
            "can_do_voice_conversion": False,
            "can_use_style": True,
            "can_use_speaker_boost": True,
            "serves_pro_voices": False,
            "token_cost_factor": 1.0,
            "description": "",
            "requires_alpha_access": False,
            "max_characters_request_free_user": self.characters,
            "max_characters_request_subscribed_user": self.characters,
            "maximum_text_length_per_request": self.characters,
            "languages": [{"language_id": "en", "name": "English"}],
            "model_rates": {"character_cost_multiplier": float(self.credits)},
            "concurrency_group": self.group,
        }


def _model(name: str, title: str, characters: int, credits: str, *, code: bool, stitch: bool, group: str) -> Model:
    return Model(
        id=name,
        name=title,
        characters=characters,
        credits=Decimal(credits),
        language_code=code,
        stitching=stitch,
        group=group,
    )


MODELS: Mapping[str, Model] = {
    model.id: model
    for model in (
        _model("eleven_multilingual_v2", "Multilingual v2", 10_000, "1", code=False, stitch=True, group="standard"),
        _model("eleven_flash_v2_5", "Flash v2.5", 40_000, "0.5", code=True, stitch=True, group="turbo"),
        _model("eleven_turbo_v2_5", "Turbo v2.5", 40_000, "0.5", code=True, stitch=True, group="turbo"),
        _model("eleven_flash_v2", "Flash v2", 30_000, "0.5", code=False, stitch=True, group="turbo"),
        _model("eleven_v3", "Eleven v3", 5_000, "1", code=True, stitch=False, group="standard"),
    )
}
