"""What every video that was bought has to be: whole, and to be seen."""

from __future__ import annotations

from litink.errors import LitinkError
from litink.media.probe import MediaFacts, probe
from litink.providers.wire import WrongAnswer


def seen_in(data: bytes, *, may_be_dark: bool = False) -> MediaFacts:
    """The video's facts, decoded to its end. Raises WrongAnswer when it is no whole video, has no picture, or is black
    although it may not be."""
    try:
        facts = probe(data, decode=True)
    except LitinkError as error:
        raise WrongAnswer("video-unreadable", "The answer is not a whole video.") from error
    if facts.first("video") is None or not (facts.decoded and facts.decoded.decoded_frames):
        raise WrongAnswer("video-empty", "There is no picture in the video.")
    if is_dark(facts) and not may_be_dark:
        raise WrongAnswer("video-black", "Most of the video is black.")
    return facts


def is_dark(facts: MediaFacts) -> bool:
    """Whether most of its frames are black; so it is where none was decoded."""
    decoded = facts.decoded
    return decoded is None or not decoded.decoded_frames or decoded.bright_frames < decoded.decoded_frames / 2
