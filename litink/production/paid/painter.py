"""Pictures from a provider: portraits, scenes that keep their people's faces, what stands behind a cover's title."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from litink.generation.paid.cashier import Offer
from litink.production.paid.pictures import lightened, picture_of
from litink.production.paid.prompts import (
    PROMPT_VERSION,
    UNWANTED,
    cover_prompt,
    described,
    fitted,
    portrait_prompt,
    scene_prompt,
)
from litink.production.paid.till import Till, recipe_of, seed_of
from litink.providers.base import Picture, Ratio
from litink.providers.catalogue import Model
from litink.providers.wire import Request, Upload
from litink.story.edits.kinds import WishPicture
from litink.story.model import Character, SceneDescription, Shot

_COVER_RATIO: Ratio = "9:16"  # the nearest that models draw to a cover's 2:3; it is cut


def picture_recipe(ladder: Sequence[Model]) -> dict[str, Any]:
    """How pictures of one kind come about; a ladder that is empty has none."""
    return recipe_of(ladder[0], PROMPT_VERSION)


@dataclass(frozen=True)
class Ladders:
    """The models for each kind of picture, first choice first. ``scene`` may mix those that are given portraits to
    follow (image-to-image) with those that are not."""

    portrait: tuple[Model, ...]
    scene: tuple[Model, ...]
    cover: tuple[Model, ...]


class PaidPainter:
    """Draws by a provider's models. The same arguments ask for the same picture.

    ``portraits`` are the pictures of the people that scenes may show, by Character.id; ``wish`` is what a person asks
    of this picture besides.
    """

    def __init__(
        self, till: Till, ladders: Ladders, portraits: Mapping[str, Upload], wish: WishPicture | None = None
    ) -> None:
        self._till, self._ladders, self._portraits = till, ladders, portraits
        self._words, self._take = (described(wish.words), wish.take) if wish else ("", 0)

    def portrait(self, character: Character) -> Picture:
        return self._draw(self._ladders.portrait, portrait_prompt(character), "1:1")

    def scene(self, scene: SceneDescription, shot: Shot, cast: Mapping[str, Character], ratio: Ratio) -> Picture:
        """Raises PermanentFailure as the cashier does."""
        shown = [f.character for f in shot.figures if f.character in cast and f.character in self._portraits]
        people = [cast[id_] for id_ in shown]
        most = max((model.references for model in self._ladders.scene), default=0)
        portraits = [lightened(p.read(), p.media_type) for p in (self._portraits[id_] for id_ in shown[:most])]
        shas = [portrait.sha for portrait in portraits]
        asked = {"pictures": shas, **self._asked(scene_prompt(scene, shot, people))}
        offers = [
            self._offer(
                model,
                scene_prompt(scene, shot, people[: model.references]),
                ratio,
                asked,
                portraits[: model.references],
            )
            for model in self._ladders.scene
            if shown or not model.references  # without anybody to follow there is nothing to give such a model
        ] or [self._offer(model, scene_prompt(scene, shot, ()), ratio, asked, ()) for model in self._ladders.portrait]
        return self._till.buy(offers, lambda answer: picture_of(answer, ratio))

    def backdrop(self, scene: SceneDescription) -> Picture:
        """A tall picture of a place, for a title to stand on."""
        return self._draw(self._ladders.cover, cover_prompt(scene), _COVER_RATIO)

    def _draw(self, ladder: Sequence[Model], prompt: Sequence[str], ratio: Ratio) -> Picture:
        asked = self._asked(prompt)
        offers = [self._offer(model, prompt, ratio, asked, ()) for model in ladder]
        return self._till.buy(offers, lambda answer: picture_of(answer, ratio))

    def _asked(self, prompt: Sequence[str]) -> dict[str, Any]:
        """What the seed comes from."""
        return {"prompt": self._wished(prompt), **({"take": self._take} if self._take else {})}

    def _wished(self, prompt: Sequence[str]) -> tuple[str, ...]:
        first, *others = prompt
        return (first, self._words, *others) if self._words else tuple(prompt)

    def _offer(
        self,
        model: Model,
        prompt: Sequence[str],
        ratio: Ratio,
        asked: Mapping[str, Any],
        references: Sequence[Upload],
    ) -> Offer:
        width, height = model.sizes.get(ratio) or model.sizes["1:1"]
        uploads = {"init_image": tuple(references)} if references else {}

        def build(variation: int) -> Request:
            everything = {
                "prompt": fitted(
                    self._wished(prompt), model.characters, 0 if model.takes("seed") else variation + self._take
                ),
                "negative_prompt": UNWANTED,
                "width": width,
                "height": height,
                "aspect_ratio": ratio,
                "samples": 1,
                "seed": seed_of(asked, variation),
            }
            body = {name: value for name, value in everything.items() if model.takes(name)}
            return Request(model.provider, model.operation, model.name, body, uploads)

        return Offer(model, build, {"pictures": 1})
