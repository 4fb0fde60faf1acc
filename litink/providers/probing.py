"""Is a provider there, and does it take our key? Asked with calls that cost nothing, on each provider's own wire."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import httpx

from litink.providers.catalogue import Catalogue, Model
from litink.settings import Settings

SECONDS = 15.0
# The least that a call of each kind is made of, for the price of the cheapest one.
_LEAST: Mapping[str, float] = {"tokens_in": 50, "tokens_out": 20, "pictures": 1, "characters": 20}


@dataclass(frozen=True)
class Probe:
    """``problem`` None: it answered and takes the key; a sentence that says what to do otherwise. ``left``: what the
    account says of its credit, empty where it does not tell. ``cheapest``: a call that would cost ``cheapest_usd``."""

    provider: str
    has_key: bool
    url: str
    problem: str | None
    left: str
    cheapest: str
    cheapest_usd: Decimal


def probes(settings: Settings, catalogue: Catalogue) -> list[Probe]:
    """One a provider; those without a key are not asked."""
    return [_probe(provider, settings, catalogue) for provider in _ASK]


def _probe(provider: str, settings: Settings, catalogue: Catalogue) -> Probe:
    key = getattr(settings, f"{provider}_api_key")
    url = str(getattr(settings, f"{provider}_url"))
    model, usd = _cheapest(provider, catalogue)
    problem, left = None, ""
    if key is None:
        problem = f"No key: set LITINK_{provider.upper()}_API_KEY to use it."
    else:
        try:
            with httpx.Client(timeout=SECONDS, follow_redirects=False) as client:
                left = _ASK[provider](client, url, key.get_secret_value())
        except _Refusal as refusal:
            problem = str(refusal)
        except (httpx.HTTPError, ValueError):  # their texts may hold addresses and headers
            problem = f"No answer from {url}; is the address right, and is there a network?"
    return Probe(provider, key is not None, url, problem, left, model.name, usd)


class _Refusal(Exception):
    """It answered, and does not take the key."""


def _openrouter(client: httpx.Client, url: str, key: str) -> str:
    answer = client.get(f"{url}/key", headers={"Authorization": f"Bearer {key}"})
    left = _told(answer).get("data", {}).get("limit_remaining")
    return "" if left is None else f"${float(left):.2f} left"


def _modelslab(client: httpx.Client, url: str, key: str) -> str:
    """There is no route about the account; asking for a job that cannot be tells whether the key is taken."""
    answer = client.post(f"{url}/images/fetch/0", json={"key": key})
    said = _told(answer, strict=False)
    message = str(said.get("message") or said.get("messege") or said.get("error") or "")
    if answer.status_code in (401, 403) or "key" in message.lower():
        raise _Refusal("It does not take the key; look at LITINK_MODELSLAB_API_KEY.")
    return ""


def _elevenlabs(client: httpx.Client, url: str, key: str) -> str:
    said = _told(client.get(f"{url}/v1/user/subscription", headers={"xi-api-key": key}))
    used, limit = said.get("character_count"), said.get("character_limit")
    return f"{int(limit) - int(used):,} characters left" if used is not None and limit is not None else ""


def _told(answer: httpx.Response, *, strict: bool = True) -> dict[str, Any]:
    if strict and answer.status_code in (401, 403):
        raise _Refusal("It does not take the key; is it whole, and of this account?")
    if answer.status_code >= 500 or (strict and not answer.is_success):
        raise _Refusal(f"It answered with status {answer.status_code}; try again later.")
    said = answer.json()
    if not isinstance(said, dict):
        raise ValueError("no object")
    return said


_ASK: Mapping[str, Callable[[httpx.Client, str, str], str]] = {
    "openrouter": _openrouter,
    "modelslab": _modelslab,
    "elevenlabs": _elevenlabs,
}


def _cheapest(provider: str, catalogue: Catalogue) -> tuple[Model, Decimal]:
    """The model whose smallest call costs least, and what that costs, USD."""

    def least(model: Model) -> Decimal:
        return model.price.of({**_LEAST, "seconds": min(model.durations, default=5)})

    mine = [model for model in catalogue.models.values() if model.provider == provider]
    found = min(mine, key=lambda model: (least(model), model.id))
    return found, least(found)
