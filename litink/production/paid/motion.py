"""Pictures set in motion by a provider: a picture and a prompt to a request, the answer to a silent MP4."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from litink.generation.paid.cashier import Offer
from litink.production.paid.pictures import lightened
from litink.production.paid.prompts import PROMPT_VERSION, UNWANTED, fitted
from litink.production.paid.till import Till, recipe_of, seed_of
from litink.production.paid.video import seen_in
from litink.providers.base import Picture, Ratio
from litink.providers.catalogue import Model
from litink.providers.wire import Answer, Request, Upload, WrongAnswer

_RESOLUTION = "720p"  # films are made from it at most at twice its size; twice the pixels cost twice the money
_SHORTER_BY = 0.6  # of the length asked for; what is shorter was cut off
_LONGEST = 30.0  # seconds


def motion_recipe(ladder: Sequence[Model]) -> dict[str, Any]:
    return recipe_of(ladder[0], PROMPT_VERSION, resolution=_RESOLUTION)


class PaidAnimator:
    """An Animator over a provider's models."""

    def __init__(self, till: Till, ladder: Sequence[Model]) -> None:
        self._till, self._ladder = till, ladder

    def recipe(self) -> Mapping[str, Any]:
        return motion_recipe(self._ladder)

    def animate(self, picture: Picture, prompt: Sequence[str], seconds: float, ratio: Ratio) -> bytes:
        """Raises PermanentFailure as the cashier does."""
        upload = lightened(picture.data, picture.media_type)
        asked = {
            "recipe": self.recipe(),
            "picture": upload.sha,
            "prompt": prompt,
            "seconds": seconds,
            "ratio": ratio,
        }
        offers = [self._offer(model, upload, prompt, seconds, ratio, asked) for model in self._ladder]
        return self._till.buy(
            offers, lambda answer: video_of(answer, min(length_of(model, seconds) for model in self._ladder))
        )

    def _offer(
        self,
        model: Model,
        upload: Upload,
        prompt: Sequence[str],
        seconds: float,
        ratio: Ratio,
        asked: Mapping[str, Any],
    ) -> Offer:
        length = length_of(model, seconds)

        def build(variation: int) -> Request:
            everything = {
                "prompt": fitted(prompt, model.characters, 0 if model.takes("seed") else variation),
                "negative_prompt": UNWANTED,
                "aspect_ratio": ratio,
                "resolution": _RESOLUTION,
                "duration": str(length),
                "generate_audio": False,
                "seed": seed_of(asked, variation),
            }
            body = {name: value for name, value in everything.items() if model.takes(name)}
            return Request(model.provider, model.operation, model.name, body, {"init_image": (upload,)})

        return Offer(model, build, {"seconds": length})


def length_of(model: Model, wanted: float) -> int:
    """The shortest length of the model's that is long enough, or its longest."""
    return next((seconds for seconds in model.durations if seconds >= wanted), model.durations[-1])


def video_of(answer: Answer, seconds: float) -> bytes:
    """The video in an answer, decoded to its end. Raises WrongAnswer when it is none, is black, or far too short."""
    facts = seen_in(answer.data)
    if not _SHORTER_BY * seconds <= facts.seconds <= _LONGEST:
        raise WrongAnswer("video-length", f"The video lasts {facts.seconds:.1f} s, asked for were {seconds:g} s.")
    return answer.data
