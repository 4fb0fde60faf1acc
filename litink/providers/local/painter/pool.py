"""Many pictures painted side by side: the renderer holds the interpreter while it draws, so threads gain nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self

from litink.providers.base import DrawnMouth, Picture, Ratio
from litink.providers.local.painter import LocalPainter
from litink.providers.local.workers import WorkerPool
from litink.story.model import Character, SceneDescription, Shot

_PATIENCE = 120.0  # seconds for a picture that takes one on an idle core


@dataclass(frozen=True)
class Commission:
    """A call of the painter, to be carried out elsewhere."""

    what: Literal["portrait", "scene", "mouths", "title_card", "cover"]
    arguments: tuple[Any, ...]
    options: Mapping[str, Any]

    def carry_out(self, painter: LocalPainter) -> Picture | tuple[DrawnMouth, ...]:
        made: Picture | tuple[DrawnMouth, ...] = getattr(painter, self.what)(*self.arguments, **self.options)
        return made


class PainterPool:
    """A Painter over ``processes`` workers, to be used from as many threads: ``with PainterPool(dir, 2) as pool``.

    Raises what the painter raises, and TransientFailure "painter-worker-lost".
    """

    def __init__(self, engines_dir: Path, processes: int) -> None:
        self._painter = LocalPainter(engines_dir)
        program = "litink.providers.local.painter.worker"
        self._workers = WorkerPool(program, [str(engines_dir)], processes, "painter-worker-lost")

    def __enter__(self) -> Self:
        self._workers.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._workers.__exit__(kind, error, trace)

    def recipe(self) -> Mapping[str, Any]:
        return self._painter.recipe()

    def portrait(self, character: Character) -> Picture:
        return self._ask(Commission("portrait", (character,), {}))

    def scene(self, scene: SceneDescription, shot: Shot, cast: Mapping[str, Character], ratio: Ratio) -> Picture:
        return self._ask(Commission("scene", (scene, shot, cast, ratio), {}))

    def mouths(
        self, scene: SceneDescription, shot: Shot, cast: Mapping[str, Character], ratio: Ratio
    ) -> tuple[DrawnMouth, ...]:
        answer = self._workers.ask(Commission("mouths", (scene, shot, cast, ratio), {}), _PATIENCE)
        assert isinstance(answer, tuple)
        return answer

    def title_card(self, title: str, subtitle: str, ratio: Ratio, *, seed: str) -> Picture:
        return self._ask(Commission("title_card", (title, subtitle, ratio), {"seed": seed}))

    def cover(
        self, title: str, author: str, *, seed: str, setting: str = "", backdrop: Picture | None = None
    ) -> Picture:
        options = {"seed": seed, "setting": setting, "backdrop": backdrop}
        return self._ask(Commission("cover", (title, author), options))

    def _ask(self, commission: Commission) -> Picture:
        answer = self._workers.ask(commission, _PATIENCE)
        assert isinstance(answer, Picture)
        return answer
