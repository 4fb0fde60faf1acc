"""The catalogue of models and the emulator speak of the same models at the same prices; so drift shows here."""

from __future__ import annotations

from decimal import Decimal

import pytest

from emulator.elevenlabs.models import MODELS as VOICES
from emulator.elevenlabs.models import USD_A_CREDIT
from emulator.modelslab.models import models as jobs
from emulator.openrouter.models import models as chats
from litink.providers.catalogue import catalogue
from litink.providers.catalogue.model import Model

KNOWN = sorted(catalogue().models.items())


@pytest.mark.parametrize("model", [model for _, model in KNOWN], ids=[name for name, _ in KNOWN])
def test_a_model_is_served_at_the_price_of_the_catalogue(model: Model) -> None:
    price, million = model.price, Decimal(1_000_000)
    if model.provider == "openrouter":
        chat = chats()[model.name]
        assert Decimal(chat.prompt) * million == price.million_tokens_in
        assert Decimal(chat.completion) * million == (price.million_tokens_out or 0)
        assert model.context_tokens is None or model.context_tokens <= chat.context_length
        assert (model.answer_tokens or 0) <= (chat.max_completion_tokens or model.answer_tokens or 0)
        assert set(model.parameters) - {"dimensions"} <= set(chat.supported_parameters)
    elif model.provider == "modelslab":
        job = jobs()[model.operation, model.name]
        assert job.price == (price.picture if job.unit == "pictures" else price.second)
        assert {name.removesuffix("[]") for name in model.parameters} <= {*job.required, *job.optional}
        assert job.listed == any(name.endswith("[]") for name in model.parameters)
        assert set(model.durations) <= set(job.durations)
        if "aspect_ratio" in model.parameters and job.sizes:
            assert {ratio: job.sizes[ratio] for ratio in model.sizes} == model.sizes
    else:
        voice = VOICES[model.name]
        assert voice.credits * USD_A_CREDIT * 1_000 == price.thousand_characters
        assert model.characters == voice.characters
        assert voice.language_code >= model.takes("language_code")
        assert voice.stitching >= model.takes("previous_text")
