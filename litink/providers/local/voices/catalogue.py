"""The local voices and what they sound like. Nothing here loads anything."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from litink.errors import PermanentFailure
from litink.providers.base import Voice
from litink.story.model import Age, Gender


@dataclass(frozen=True)
class Entry:
    voice: Voice
    file: str = ""  # below engines_dir/kokoro/voices
    sha256: str = ""  # of the file


def _kokoro(name: str, age: Age, manner: str, sha256: str) -> Entry:
    """Kokoro names a voice by accent (a: American, b: British), gender and a given name."""
    gender: Gender = "female" if name[1] == "f" else "male"
    voice = Voice(
        f"kokoro:{name}", name.partition("_")[2].title(), gender, age, "gb" if name[0] == "b" else "us", manner
    )
    return Entry(voice, f"{name}.bin", sha256)


def find(entries: Iterable[Entry], voice: str) -> Entry:
    for entry in entries:
        if entry.voice.id == voice:
            return entry
    raise unknown_voice(voice)


def unknown_voice(voice: str) -> PermanentFailure:
    return PermanentFailure("voice-unknown", f"There is no local voice {voice!r}. Choose one from the list of voices.")


HIBARI_VOICES = (Entry(Voice("hibari:af_heart", "Heart", "female", "adult", "us", "warm")),)
# In the order of quality that Kokoro's authors give (VOICES.md, grades A to F+), the whispering voice last but one.
# Ages and manners follow the measured pitch (docs/voices.md) and published descriptions of the voices.
KOKORO_VOICES = (
    _kokoro("af_heart", "adult", "warm", "d583ccff3cdca2f7fae535cb998ac07e9fcb90f09737b9a41fa2734ec44a8f0b"),
    _kokoro("af_bella", "young", "lively", "f69d836209b78eb8c66e75e3cda491e26ea838a3674257e9d4e5703cbaf55c8b"),
    _kokoro("bf_emma", "adult", "refined", "669fe0647f9dd04fcab92f1439a40eeb4c8b4ab1f82e4996fe3d918ce4a63b73"),
    _kokoro("am_fenrir", "adult", "hearty", "c27989f741f7ee34d273a39d8a595cc0837d35f5ced9a29b7cc162614616df43"),
    _kokoro("am_michael", "adult", "warm", "1d1f21dd8da39c30705cd4c75d039d265e9bc4a2a93ed09bc9e1b1225eb95ba1"),
    _kokoro("am_puck", "young", "playful", "fcf73c989033e9233e0b98713eca600c8c74dcc1614b37009d5450ff4a2274a0"),
    _kokoro("af_aoede", "adult", "mellow", "4a004c33430762e2461eedb2013fad808ef4ab3121f5300f554476caf58d8361"),
    _kokoro("af_kore", "adult", "firm, low", "9be5221b6a941c04b561959b8ff0b06e809444dcc4ab7e75a7b23606f691819e"),
    _kokoro("af_sarah", "young", "clear", "4409fbc125afabacc615d94db5398d847006a737b0247d6892b7a9a0007a2f0a"),
    _kokoro("bm_george", "adult", "dignified", "c4b235a4c1f2cd3b939fed08b899ce9385638b763f7b73a59616c4fc9bd6c9bc"),
    _kokoro("bm_fable", "adult", "bright", "f889083196807b4adb15e9204252165f503b8d33d3982e681c52443c49d798f1"),
    _kokoro("bf_isabella", "adult", "crisp", "3754352c4aaa46d17f27654ab7518d65b62ad6163a0f55a5f4330c2da2c4e94f"),
    _kokoro("af_alloy", "adult", "even, low", "c4a6b876047fd7fb472edf4ebd63cfac7c3b958a7cae7c106e8f038ca6308c45"),
    _kokoro("af_nova", "adult", "calm", "18778272caa0d0eebaea251c35fd635f038434f9eee5e691d02a174bd328414f"),
    _kokoro("af_sky", "young", "soft", "4435255c9744f3f31659e0d714ab7689bf65d9e77ec1cce060f083912614f0b9"),
    _kokoro("bm_lewis", "old", "deep", "b8f671cef828c30e66fdf0b0756a76bba58f6bb3398cbbf27058642acbcedb97"),
    _kokoro("af_jessica", "young", "bright", "a240a5e3c15b43563d6e923bdca8ef5613a23471d9b77653694012435df23bd8"),
    _kokoro("af_river", "young", "plain", "00a2bcf82b1d86e8f19902ede58c65ccf6c0e43b44b7d74fad54e5d8933c9c30"),
    _kokoro("am_echo", "adult", "clear", "3968b92c3c4cd1c4416dbded36c13eaa388a90d5788d02a13e4d781f5f8cf3c3"),
    _kokoro("am_eric", "young", "light", "e8b5be17edd1e3636901ce7598baafe2dc8dd8ff707a0c23bf9e461add7e2832"),
    _kokoro("am_liam", "young", "even", "52403be32fd047c6a44517cb0bcd6b134f2a18baa73e70ef41651e0eab921ade"),
    _kokoro("am_onyx", "adult", "deep", "da5d135b424164916d75a68ffb4c2abce3d7d5ccc82dd1ee6cf447ce286145e6"),
    _kokoro("bf_alice", "young", "bright", "08afa6ba24da61ea5e8efa139e5aadc938d83f0a6da5a900adaf763ac1da5573"),
    _kokoro("bf_lily", "young", "soft", "5e0ee32ebe64a467124976b14e69590746f1c4ce41a12b587a50c862edfea335"),
    _kokoro("bm_daniel", "adult", "firm", "6b3194bbceffb746733cbc22c8f593dd44e401a71d53895a2dca891bc595a1e8"),
    _kokoro("am_santa", "old", "jolly", "61150cf726ab6c5ed7a99f90a304f91f5a72c00c592e89ec94e5df11c319227a"),
    _kokoro("af_nicole", "adult", "whispering", "cd2191ab31b914ed7b318416b0e4440fdf392ddad9106a060819aa600a64f59a"),
    _kokoro("am_adam", "adult", "plain", "162b035ed91cfc48b6046982184c645f72edcdd1b82843347f605d7bf7b15716"),
)
