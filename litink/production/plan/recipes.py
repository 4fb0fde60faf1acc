"""Recipes as people read them: who is paid for a result, and what differs between two recipes, in words. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, get_args

from litink.providers.catalogue.model import Provider

_PROVIDERS = frozenset(get_args(Provider))

_PARTS = {
    "shots": "shots",
    "cover": "cover",
    "lettering": "lettering",
    "picture": "picture",
    "voice": "voice",
    "finish": "finish",
    "embedder": "embedder",
    "narrator": "narrator",
    "profile": "video format",
    "parameters": "",
}
_NAMES = {
    "model": "model",
    "engine": "engine",
    "prompt": "version of the prompt",
    "version": "version",
    "rules": "version of the rules",
    "writer": "writer",
    "voice": "voice",
    "style": "style",
    "passages": "version of the division into passages",
    "cross_references": "version of the rules",
    "take": "take",
}


def bought_from(recipe: Mapping[str, Any]) -> tuple[str, str] | None:
    """Provider and model (as on the wire) that a result is bought from; None for what is made here at no cost."""
    part = purchase_of(recipe)
    return (str(part["engine"]), str(part["model"])) if part else None


def purchase_of(recipe: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The part of a recipe that decides what is asked of a provider; None where nobody is paid."""
    if recipe.get("engine") in _PROVIDERS and "model" in recipe:
        return recipe
    return next((p for part in recipe.values() if isinstance(part, Mapping) and (p := purchase_of(part))), None)


def differences(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """What makes two recipes differ, such as "model: flux → imagen-4"; empty for equal ones.

    A change of model says all: that another model has another engine or other parameters goes without saying.
    """
    changed = [(path, before, after) for path, (before, after) in _pairs(old, new) if _plain(before) != _plain(after)]
    models = {path[:-1]: (before, after) for path, before, after in changed if path[-1] in ("model", "writer")}
    said = [
        (path, before, after)
        for path, before, after in changed
        if path[-1] in ("model", "writer") or not any(path[: len(root)] == root for root in models)
    ]
    return list(dict.fromkeys(_sentence(path, before, after) for path, before, after in said))


def _pairs(
    old: Mapping[str, Any], new: Mapping[str, Any], at: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], tuple[Any, Any]]]:
    for key in dict.fromkeys([*old, *new]):
        before, after = old.get(key), new.get(key)
        here = (*at, str(key))
        if isinstance(before, Mapping) or isinstance(after, Mapping):
            yield from _pairs(
                before if isinstance(before, Mapping) else {"engine": before} if before is not None else {},
                after if isinstance(after, Mapping) else {"engine": after} if after is not None else {},
                here,
            )
        else:
            yield here, (before, after)


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _sentence(path: tuple[str, ...], before: Any, after: Any) -> str:
    *parts, last = path
    named = [name for part in parts if (name := _PARTS.get(part, part))]
    name = " ".join([*named, _NAMES.get(last, last.replace("_", " "))])
    if before is None:
        return f"{name}: now {_value(after)}"
    if after is None:
        return f"{name}: no longer {_value(before)}"
    return f"{name}: {_value(before)} → {_value(after)}"


def _value(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 60 else text[:57] + "…"
