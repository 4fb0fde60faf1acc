"""Sound through the AAC-LC encoder: its settings, and a stream of packets. Containers are elsewhere."""

from __future__ import annotations

from array import array
from fractions import Fraction
from typing import IO

import av
import numpy as np
from av.audio.codeccontext import AudioCodecContext
from av.audio.stream import AudioStream

from litink.media.loudness import Samples
from litink.media.mp4.tables import AudioFormat, Track

FRAME = 1024  # samples of one packet
PRIMING = 1024  # samples before the first one fed: the encoder's overlap

# The "fast" coder is twice as quick as the default and nearer to the original (34.9 against 31.4 dB on speech).
OPTIONS = {"aac_coder": "fast"}


def audio_frame(samples: Samples, rate: int, position: int) -> av.AudioFrame:
    """A frame for the encoder. ``samples`` has shape (channels, FRAME)."""
    frame = av.AudioFrame.from_ndarray(samples, "fltp", "mono" if len(samples) == 1 else "stereo")
    frame.sample_rate = rate
    frame.pts = position
    frame.time_base = Fraction(1, rate)
    return frame


class AacWriter:
    """Encodes mono sound of any length into a file of bare packets; memory grows by four bytes a packet."""

    def __init__(self, file: IO[bytes], rate: int, bitrate: int) -> None:
        context = av.CodecContext.create("aac", "w")
        assert isinstance(context, AudioCodecContext)
        context.sample_rate, context.layout, context.format = rate, "mono", "fltp"
        context.bit_rate = bitrate
        context.options = OPTIONS
        context.time_base = Fraction(1, rate)
        self._context, self._file, self._rate = context, file, rate
        self._waiting = np.zeros(0, np.float32)
        self._sizes = array("I")
        self.position = 0  # samples fed so far

    def feed(self, samples: Samples) -> None:
        waiting = np.concatenate([self._waiting, samples.astype(np.float32, copy=False)])
        start = self.position - len(self._waiting)
        whole = len(waiting) // FRAME * FRAME
        for at in range(0, whole, FRAME):
            self._keep(self._context.encode(audio_frame(waiting[None, at : at + FRAME], self._rate, start + at)))
        self._waiting = waiting[whole:]
        self.position += len(samples)

    @property
    def seconds(self) -> float:
        return self.position / self._rate

    def finish(self) -> Track:
        """The track of everything fed; its offsets count from the start of the file's packets."""
        self.feed(np.zeros(-self.position % FRAME, np.float32))
        self._keep(self._context.encode(None))
        sizes = np.array(self._sizes, np.int64)
        config = self._context.extradata
        assert config is not None
        return Track(
            format=AudioFormat(1, self._rate, bytes(config)),
            timescale=self._rate,
            sizes=sizes,
            offsets=np.cumsum(sizes) - sizes,
            durations=np.full(len(sizes), FRAME, np.int64),
            shifts=np.zeros(len(sizes), np.int64),
            keys=np.ones(len(sizes), np.bool_),
            start=PRIMING,
        )

    def _keep(self, packets: list[av.Packet[AudioStream]]) -> None:
        for packet in packets:
            self._sizes.append(packet.size)
            self._file.write(packet)
