"""The models of `models.toml`, and which of them may serve a request."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import cache
from importlib import resources
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from emulator.core.calls import Refusal
from emulator.core.money import usd


class Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    name: str
    provider: str
    prompt: str  # USD a token, as OpenRouter says it
    completion: str
    context_length: int
    max_completion_tokens: int | None = None
    supported_parameters: tuple[str, ...] = ()
    dimensions: int | None = None  # of an embedding; None for a chat model
    fixed_dimensions: bool = False

    def cost(self, tokens_in: int, tokens_out: int) -> tuple[Decimal, Decimal]:
        """USD for the prompt and for the completion."""
        return Decimal(self.prompt) * tokens_in, Decimal(self.completion) * tokens_out

    def price(self, tokens_in: int, tokens_out: int = 0) -> Decimal:
        return usd(sum(self.cost(tokens_in, tokens_out), Decimal(0)))


@cache
def models() -> Mapping[str, Model]:
    text = resources.files("emulator.openrouter").joinpath("models.toml").read_text("utf-8")
    return {entry["id"]: Model.model_validate(entry) for entry in tomllib.loads(text)["models"]}


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class MaxPrice(_Strict):
    """USD per million tokens, at most."""

    prompt: float | None = None
    completion: float | None = None
    request: float | None = None
    image: float | None = None


class Routing(_Strict):
    """The `provider` field: which providers may serve a request."""

    order: list[str] | None = None
    only: list[str] | None = None
    ignore: list[str] | None = None
    allow_fallbacks: bool | None = None
    require_parameters: bool | None = None
    data_collection: Literal["allow", "deny"] | None = None
    zdr: bool | None = None
    quantizations: list[str] | None = None
    max_price: MaxPrice | None = None
    sort: Literal["price", "throughput", "latency"] | None = None

    def refuse(self, model: Model, parameters: Iterable[str]) -> None:
        """Refusal 404 where no provider of ``model`` may serve a request that uses ``parameters``."""
        slug = model.provider.lower()
        if self.only is not None and slug not in {name.lower() for name in self.only}:
            raise Refusal(404, "not_found", "No allowed providers are available for the selected model.")
        if self.ignore is not None and slug in {name.lower() for name in self.ignore}:
            raise Refusal(404, "not_found", "All providers have been ignored.")
        missing = [name for name in parameters if name not in model.supported_parameters]
        if self.require_parameters and missing:
            message = "No endpoints found that can handle the requested parameters."
            raise Refusal(404, "not_found", message, extra={"metadata": {"unsupported": missing}})
        if self.max_price is not None:
            limits = ((self.max_price.prompt, model.prompt), (self.max_price.completion, model.completion))
            if any(most is not None and Decimal(price) * 1_000_000 > Decimal(str(most)) for most, price in limits):
                raise Refusal(404, "not_found", "No endpoints found matching your max price.")


def chosen(name: str, *, embedding: bool) -> Model:
    """The model of that name for that work; Refusal when there is none."""
    model = models().get(name)
    if model is None:
        raise Refusal(400, "bad_request", f"{name} is not a valid model ID")
    if (model.dimensions is not None) != embedding:
        kind = "embeddings" if embedding else "chat completions"
        raise Refusal(404, "not_found", f"No endpoints found for {name} that do {kind}.")
    return model


def listing() -> list[dict[str, Any]]:
    """The body of GET /models."""
    return [
        {
            "id": model.id,
            "canonical_slug": model.id,
            "name": model.name,
            "created": 1_735_689_600,
            "description": "",
            "context_length": model.context_length,
            "architecture": {
                "modality": "text->text" if model.dimensions is None else "text->embeddings",
                "input_modalities": ["text"],
                "output_modalities": ["text" if model.dimensions is None else "embeddings"],
            },
            "pricing": {
                "prompt": model.prompt,
                "completion": model.completion,
                "request": "0",
                "image": "0",
            },
            "top_provider": {
                "context_length": model.context_length,
                "max_completion_tokens": model.max_completion_tokens,
                "is_moderated": model.provider == "OpenAI",
            },
            "per_request_limits": None,
            "supported_parameters": list(model.supported_parameters),
        }
        for model in models().values()
    ]
