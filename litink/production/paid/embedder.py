"""Vectors from a provider: texts to requests in batches, answers to unit vectors of the index's width."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from litink.generation.paid.cashier import Offer
from litink.production.paid.till import Till, recipe_of
from litink.production.paid.tokens import count_tokens, head
from litink.providers.catalogue import Model
from litink.providers.wire import Answer, Request, WrongAnswer

DIMENSIONS = 384  # of the search index, for every embedder
BATCH_VERSION = 1  # raised whenever the same texts would be asked for differently
_BATCH_TEXTS = 96
_BATCH_TOKENS = 60_000


def embedder_recipe(model: Model) -> dict[str, Any]:
    return recipe_of(model, BATCH_VERSION, dimensions=DIMENSIONS)


class PaidEmbedder:
    """An Embedder over one model. There is no ladder: vectors of two models cannot be compared."""

    dimensions = DIMENSIONS

    def __init__(self, till: Till, model: Model) -> None:
        self._till, self._model = till, model

    def recipe(self) -> Mapping[str, Any]:
        return embedder_recipe(self._model)

    def embed(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """Float32 of shape (len(texts), 384), rows of length 1; a text beyond the model's limit counts to there.

        Raises PermanentFailure as the cashier does.
        """
        assert self._model.context_tokens is not None
        fitting = [head(text, self._model.context_tokens) for text in texts]
        found = [self._bought(batch) for batch in _batches(fitting)]
        return np.concatenate(found) if found else np.empty((0, DIMENSIONS), np.float32)

    def _bought(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        model = self._model

        def build(variation: int) -> Request:
            first, *others = texts
            body: dict[str, Any] = {"input": [first + " " * variation, *others]}  # no two billed requests are alike
            if model.takes("dimensions"):
                body["dimensions"] = DIMENSIONS
            return Request(model.provider, model.operation, model.name, body)

        offer = Offer(model, build, {"tokens_in": sum(count_tokens(text) for text in texts)})
        return self._till.buy([offer], lambda answer: vectors_of(answer, len(texts)))


def vectors_of(answer: Answer, count: int) -> npt.NDArray[np.float32]:
    """The vectors in an answer, float32 little-endian, one after the other. Raises WrongAnswer."""
    if len(answer.data) != count * DIMENSIONS * 4:
        raise WrongAnswer("vectors-missing", f"The answer does not hold {count} vectors of {DIMENSIONS} numbers.")
    vectors = np.frombuffer(answer.data, "<f4").reshape(count, DIMENSIONS)
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    if not np.isfinite(lengths).all() or not lengths.all():
        raise WrongAnswer("vectors-broken", "The answer holds a vector without direction.")
    return np.asarray(vectors / lengths, np.float32)


def _batches(texts: Sequence[str]) -> Iterator[list[str]]:
    batch: list[str] = []
    tokens = 0
    for text in texts:
        count = count_tokens(text)
        if batch and (len(batch) == _BATCH_TEXTS or tokens + count > _BATCH_TOKENS):
            yield batch
            batch, tokens = [], 0
        batch.append(text)
        tokens += count
    if batch:
        yield batch
