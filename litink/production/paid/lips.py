"""Lips moved to a voice by a provider: a film of a face and what it says to a request, the answer to an MP4."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import soundfile

from litink.generation.paid.cashier import Offer
from litink.media.loudness import Samples
from litink.media.probe import probe
from litink.objects import sha256_of
from litink.production.paid.till import Till, recipe_of
from litink.production.paid.video import is_dark, seen_in
from litink.providers.catalogue import Model
from litink.providers.wire import Answer, Request, Upload, WrongAnswer

REQUEST_VERSION = 1  # raised whenever the same face and voice would be asked for differently
_OFF_BY = 0.25  # seconds that an answer may be longer or shorter than the sound


def lips_recipe(ladder: Sequence[Model]) -> dict[str, Any]:
    return recipe_of(ladder[0], REQUEST_VERSION)


class PaidLipSync:
    """Moves lips over a provider's models; the same film and sound ask for the same video."""

    def __init__(self, till: Till, ladder: Sequence[Model]) -> None:
        self._till, self._ladder = till, ladder

    def sync(self, video: bytes, sound: Samples, rate: int) -> bytes:
        """``video``: an MP4 as long as the sound, which is mono. Raises PermanentFailure as the cashier does."""
        file = io.BytesIO()
        soundfile.write(file, sound, rate, format="WAV", subtype="PCM_16")
        uploads = {"init_video": (_upload(video, "video/mp4"),), "init_audio": (_upload(file.getvalue(), "audio/wav"),)}
        seconds = len(sound) / rate

        def offer(model: Model) -> Offer:
            request = Request(model.provider, model.operation, model.name, {}, uploads)
            return Offer(model, lambda _: request, {"seconds": seconds + _OFF_BY})

        dark = is_dark(probe(video, decode=True))
        return self._till.buy([offer(model) for model in self._ladder], lambda answer: _checked(answer, seconds, dark))


def _upload(data: bytes, media_type: str) -> Upload:
    return Upload(sha256_of(data), media_type, lambda: data)


def _checked(answer: Answer, seconds: float, dark: bool) -> bytes:
    """The video in an answer, decoded to its end. Raises WrongAnswer when it is none, is black where what was sent was
    not, or is not as long as the sound."""
    facts = seen_in(answer.data, may_be_dark=dark)
    if abs(facts.seconds - seconds) > _OFF_BY:
        raise WrongAnswer("video-length", f"The video lasts {facts.seconds:.2f} s, the sound {seconds:.2f} s.")
    return answer.data
