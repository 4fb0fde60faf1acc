"""Vectors from a provider: of the index's width and of length 1, batch by batch, of one model only."""

from __future__ import annotations

import numpy as np
import pytest

from litink.errors import PermanentFailure
from litink.production.paid.embedder import DIMENSIONS, embedder_recipe, vectors_of
from litink.providers.local.embedder import MiniLM
from litink.providers.wire import Answer, WrongAnswer
from tests.emulated import Emulator
from tests.production.paid.conftest import Desk


def test_texts_become_unit_vectors_in_order_whatever_stands_beside_them(desk: Desk, emulator: Emulator) -> None:
    texts = [f"{desk.word} {n}" for n in range(100)]
    found = desk.engines.embedder_for(desk.purpose, desk.credits).embed(texts)
    assert found.shape == (100, DIMENSIONS)
    assert found.dtype == np.float32
    assert np.linalg.norm(found, axis=1) == pytest.approx(1, abs=1e-5)
    assert len(emulator.bill().charges) == 2  # a batch each
    alone = desk.engines.embedder_for(desk.purpose, desk.credits).embed([texts[97]])
    assert alone[0] == pytest.approx(found[97], abs=1e-5)


def test_no_texts_cost_nothing(desk: Desk, emulator: Emulator) -> None:
    assert desk.engines.embedder_for(desk.purpose, desk.credits).embed([]).shape == (0, DIMENSIONS)
    assert emulator.requests() == []


def test_a_broken_answer_is_never_replaced_by_another_models_vectors(desk: Desk, emulator: Emulator) -> None:
    emulator.fault("wrong_schema", match={"operation": "embedding"})
    with pytest.raises(PermanentFailure) as failure:
        desk.engines.embedder_for(desk.purpose, desk.credits).embed([desk.word])
    assert failure.value.code == "providers-failed"
    assert len({model for model, _ in desk.states()}) == 1


@pytest.mark.parametrize(
    "data",
    [b"", b"\0" * 4 * DIMENSIONS, np.full(DIMENSIONS, np.nan, "<f4").tobytes(), np.ones(100, "<f4").tobytes()],
)
def test_what_has_no_direction_is_a_wrong_answer(data: bytes) -> None:
    with pytest.raises(WrongAnswer):
        vectors_of(Answer(data, "application/octet-stream", {}, None, "1"), 1)


def test_a_query_is_asked_of_the_model_that_made_the_index(desk: Desk) -> None:
    model = desk.engines.ladder(desk.owned.tier, "embedding")[0]
    assert desk.engines.embedder_of(embedder_recipe(model), desk.purpose).recipe() == embedder_recipe(model)
    assert isinstance(desk.engines.embedder_of(MiniLM.recipe(), desk.purpose), MiniLM)
    with pytest.raises(PermanentFailure) as failure:
        desk.engines.embedder_of({"engine": "gone"}, desk.purpose)
    assert failure.value.code == "index-outdated"
