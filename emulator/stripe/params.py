"""Parameters of requests: strict models, and Stripe's words for what is wrong with them."""

from __future__ import annotations

from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from emulator.core.calls import Refusal
from emulator.stripe.dialect import invalid


class Params(BaseModel):
    """Unknown names are refused. An empty string means "none", as Stripe has it."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    @model_validator(mode="before")
    @classmethod
    def _empty_is_none(cls, given: Any) -> Any:
        if not isinstance(given, dict):
            return given
        return {name: None if value == "" else value for name, value in given.items()}

    def given(self, *names: str) -> dict[str, Any]:
        """Those of ``names`` that the caller sent, as plain values; None where they are to be emptied."""
        sent = self.model_dump(include=set(names) & self.model_fields_set)
        return {name: sent[name] for name in names if name in sent}


def _small(metadata: dict[str, str] | None) -> dict[str, str] | None:
    for name, value in (metadata or {}).items():
        if len(name) > 40 or len(value) > 500:
            raise ValueError("Metadata keys may have 40 characters, values 500")
    if metadata is not None and len(metadata) > 50:
        raise ValueError("Metadata may have 50 keys")
    return metadata


Metadata = Annotated[dict[str, str] | None, AfterValidator(_small)]
Cents = Annotated[int, Field(ge=0, le=99_999_999)]
Currency = Annotated[str, Field(pattern=r"^[A-Za-z]{3}$"), AfterValidator(str.lower)]
Text = Annotated[str, Field(max_length=5_000)]
Count = Annotated[int, Field(ge=0, le=1_000_000)]
Time = Annotated[int, Field(ge=0, le=32_503_680_000)]  # seconds since 1970, up to the year 3000


class Asked(Params):
    """What every call takes."""

    expand: list[Text] = Field(default_factory=list)


class Range(Params):
    gt: Time | None = None
    gte: Time | None = None
    lt: Time | None = None
    lte: Time | None = None


class Page(Asked):
    """What every list takes."""

    limit: Annotated[int, Field(ge=1, le=100)] = 10
    starting_after: str | None = None
    ending_before: str | None = None


class Dated(Page):
    created: Range | Time | None = None


def merged(old: dict[str, str], asked: dict[str, str] | None) -> dict[str, str]:
    """Metadata after an update: an empty value takes its key away, an empty whole takes all."""
    if asked is None:
        return {}
    return {name: value for name, value in {**old, **asked}.items() if value != ""}


P = TypeVar("P", bound=Params)


def validated(model: type[P], given: dict[str, Any]) -> P:
    """``given`` as ``model``; Refusal 400 in Stripe's words for the first thing that is wrong."""
    try:
        return model.model_validate(given)
    except ValidationError as error:
        found = error.errors(include_url=False)
        worst = next((one for one in found if one["type"] == "extra_forbidden"), found[0])
        raise _refusal(worst, given) from None


def _refusal(error: Any, given: dict[str, Any]) -> Refusal:
    kind, value = error["type"], error.get("input")
    name = _name(error["loc"], given, missing=kind == "missing")
    match kind:
        case "extra_forbidden":
            return invalid(f"Received unknown parameter: {name}", name, "parameter_unknown")
        case "missing":
            return invalid(f"Missing required param: {name}.", name, "parameter_missing")
        case "int_parsing" | "int_type" | "int_from_float":
            return invalid(f"Invalid integer: {value}", name, "parameter_invalid_integer")
        case "literal_error":
            return invalid(f"Invalid {name}: must be one of {error['ctx']['expected']}", name)
        case "string_too_long":
            return invalid(f"Invalid string: too long; must be at most {error['ctx']['max_length']} characters", name)
        case "value_error":
            return invalid(str(error["ctx"]["error"]), name or None)
        case _:
            return invalid(f"Invalid {name}: {error['msg']}", name or None)


def _name(loc: tuple[int | str, ...], given: Any, *, missing: bool) -> str:
    """`items[0][price]` for a place in the parameters; what pydantic adds for unions is left out."""
    parts: list[str] = []
    for place, part in enumerate(loc):
        inside = (isinstance(given, dict) and part in given) or (
            isinstance(given, list) and isinstance(part, int) and part < len(given)
        )
        if not inside and not (missing and place == len(loc) - 1):
            continue
        parts.append(str(part))
        given = given[part] if inside else None
    return parts[0] + "".join(f"[{part}]" for part in parts[1:]) if parts else ""
