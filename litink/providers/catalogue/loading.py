"""Reads the catalogue: models.toml and tiers.toml beside this file, and an operator's own file laid over them."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from litink.errors import Refused
from litink.providers.catalogue.model import OPERATIONS, Catalogue
from litink.settings import get_settings

MODELS = Path(__file__).with_name("models.toml")
TIERS = Path(__file__).with_name("tiers.toml")
_PARTS = ("models", "tiers")


@lru_cache(maxsize=1)
def catalogue() -> Catalogue:
    """The catalogue of this installation (LITINK_CATALOGUE laid over the shipped one)."""
    return load(get_settings().catalogue)


def load(own: Path | None = None) -> Catalogue:
    """The shipped catalogue, with ``own`` laid over it: tables are merged key by key, other values replaced.

    Raises:
        Refused: ``catalogue-unreadable`` or ``catalogue-invalid``; the message names the file and the key.
    """
    tables: dict[str, dict[str, Any]] = {part: {} for part in _PARTS}
    said_by: dict[tuple[str, ...], Path] = {}
    for path in (MODELS, TIERS) if own is None else (MODELS, TIERS, own):
        _lay_over(tables, _read(path), path, said_by)
    for part, key in (("models", "id"), ("tiers", "name")):
        for name, table in tables[part].items():
            if not isinstance(table, dict):
                raise _invalid(said_by, (part, name), "must be a table")
            table.setdefault(key, name)
            if table[key] != name:
                raise _invalid(said_by, (part, name, key), f"must be left out, or be {name!r} like the table")
    try:
        found = Catalogue.model_validate(tables)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False)[0]
        raise _invalid(said_by, tuple(map(str, first["loc"])), first["msg"].removeprefix("Value error, ")) from None
    _check_ladders(found, said_by)
    return found


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"), parse_float=Decimal)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise Refused("catalogue-unreadable", f"The catalogue {path} cannot be read: {error}") from None


def _lay_over(
    below: dict[str, Any],
    above: Mapping[str, Any],
    path: Path,
    said_by: dict[tuple[str, ...], Path],
    at: tuple[str, ...] = (),
) -> None:
    """Merges ``above`` into ``below`` and notes in ``said_by`` which file said which key last."""
    for key, value in above.items():
        here = (*at, key)
        said_by[here] = path
        if isinstance(value, Mapping):
            table = below.get(key)
            if not isinstance(table, dict):
                table = below[key] = {}
            _lay_over(table, value, path, said_by, here)
        else:
            below[key] = value


def _invalid(said_by: Mapping[tuple[str, ...], Path], key: tuple[str, ...], message: str) -> Refused:
    """A refusal that names the file which said the key, or the table that lacks it."""
    said = next((said_by[key[:end]] for end in range(len(key), 0, -1) if key[:end] in said_by), MODELS)
    dotted = ".".join(part if part.replace("_", "").isalnum() else f'"{part}"' for part in key)
    return Refused("catalogue-invalid", f"{said}: {dotted}: {message}")


def _check_ladders(found: Catalogue, said_by: Mapping[tuple[str, ...], Path]) -> None:
    for name, tier in found.tiers.items():
        for task, ladder in tier.ladders.items():
            key = ("tiers", name, "ladders", task)
            for model in ladder:
                if model not in found.models:
                    raise _invalid(said_by, key, f"there is no model {model!r}")
                if found.models[model].operation not in OPERATIONS[task]:
                    wanted = " or ".join(sorted(OPERATIONS[task]))
                    raise _invalid(said_by, key, f"{model!r} does {found.models[model].operation}, wanted is {wanted}")
            if len(set(ladder)) < len(ladder):
                raise _invalid(said_by, key, "a model stands in it twice")
