"""Changed wishes: "image.model=imagen-4" and the like become another set of a book's options. Nothing is stored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pydantic import ValidationError

from litink.errors import Refused
from litink.library.options import MakeOptions
from litink.production.engines import Engines
from litink.production.preferences import check_models
from litink.providers.catalogue import TASKS, Task
from litink.providers.catalogue.model import OPERATIONS

DEFAULT = "default"  # instead of a model: the tier's own again
_OPTIONS = frozenset(MakeOptions.model_fields) - {"models"}
_MODEL = ".model"
_TOGETHER: Mapping[str, tuple[Task, ...]] = {
    "image": ("portrait", "scene_image", "cover"),
    "text": ("cast", "plot", "script", "scenes"),
    "voice": ("speech",),
    "video": ("motion",),
}


def changed(options: MakeOptions, changes: Mapping[str, str], engines: Engines, tier: str) -> MakeOptions:
    """The options with changes made to them.

    A name before ``.model`` is a task of the catalogue or several together (image, text, voice, video); of several,
    those that the model can do. Raises Refused "bad-change" and what ``check_models`` raises.
    """
    values, models = {name: getattr(options, name) for name in _OPTIONS}, dict(options.models)
    for name, value in changes.items():
        if name in _OPTIONS:
            values[name] = value
            continue
        for task in _tasks(name, value, engines):
            models.pop(task, None)
            if value != DEFAULT:
                models[task] = value
    check_models(engines, tier, models)
    try:
        return MakeOptions.model_validate({**values, "models": models})
    except ValidationError as error:
        first = error.errors()[0]
        message = str(first["msg"]).removeprefix("Value error, ")
        where = "".join(f"{part}: " for part in first["loc"])
        raise Refused("bad-change", f"{where}{message}") from None


def models_for(works: Sequence[Task], changes: Mapping[str, str], engines: Engines) -> Mapping[Task, str]:
    """The models that changes name for these tasks; DEFAULT for the tier's own.

    Raises Refused "bad-change" for what is no model, or is one for other tasks; "no-such-model".
    """
    models: dict[Task, str] = {}
    for name, value in changes.items():
        tasks = [task for task in _tasks(name, value, engines) if task in works] if name.endswith(_MODEL) else []
        if not tasks:
            known = ", ".join(f"{work}{_MODEL}" for work in works)
            raise Refused("bad-change", f"“{name}={value}” changes no model that this is made by; there are {known}.")
        models |= dict.fromkeys(tasks, value)
    return models


def _tasks(name: str, value: str, engines: Engines) -> list[Task]:
    what = name.removesuffix(_MODEL)
    tasks = _TOGETHER.get(what, tuple(task for task in TASKS if task == what))
    if not name.endswith(_MODEL) or not tasks:
        known = ", ".join([*sorted(_OPTIONS), *(f"{each}{_MODEL}" for each in (*_TOGETHER, *TASKS))])
        raise Refused("bad-change", f"“{name}” cannot be changed; there are {known}.")
    model = engines.catalogue.models.get(value)
    able = [task for task in tasks if model is None or model.operation in OPERATIONS[task]]
    return able or list(tasks)  # none: the first one's refusal says why
