"""Voices side by side: workers that die are replaced, see no secrets, and never outlive their parent."""

from __future__ import annotations

import contextlib
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import psutil
import pytest

from litink.errors import PermanentFailure, TransientFailure
from litink.providers.base import Utterance
from litink.providers.local.voices import LocalVoices
from litink.providers.local.voices.pool import VoicePool

pytestmark = pytest.mark.engines

LINES = [Utterance(f"This is line number {number}.", "hibari:af_heart") for number in range(6)]


OTHERS: set[int] = set()  # workers that an engine of other tests in this process keeps


@pytest.fixture(autouse=True)
def _others() -> None:
    OTHERS.clear()
    OTHERS.update(worker.pid for worker in workers_of())


def workers_of(pid: int | None = None) -> list[psutil.Process]:
    """The workers of a process; of this one, those that the test made."""
    found = []
    for child in psutil.Process(pid).children():
        with contextlib.suppress(psutil.Error):  # it ended meanwhile
            if "voices.worker" in " ".join(child.cmdline()) and child.pid not in OTHERS:
                found.append(child)
    return found


def kill(processes: list[psutil.Process]) -> None:
    for process in processes:
        process.kill()
    psutil.wait_procs(processes, timeout=10)


def test_lines_spoken_side_by_side_are_those_spoken_alone(engines_dir: Path, voices: LocalVoices) -> None:
    with VoicePool(engines_dir, 2) as pool, ThreadPoolExecutor(4) as threads:
        assert len(workers_of()) == 2
        together = list(threads.map(pool.speak, LINES))
        assert [voice.id for voice in pool.voices()] == [voice.id for voice in voices.voices()]
    for utterance, speech in zip(LINES, together, strict=True):
        alone = voices.speak(utterance)
        assert np.array_equal(speech.samples, alone.samples)
        assert speech.words == alone.words
    assert workers_of() == []


def test_a_killed_worker_is_replaced_and_the_line_is_spoken(engines_dir: Path) -> None:
    with VoicePool(engines_dir, 1) as pool:
        pool.speak(LINES[0])
        before = workers_of()
        kill(before)
        assert pool.speak(LINES[1]).seconds > 0.5
        assert {worker.pid for worker in workers_of()}.isdisjoint(worker.pid for worker in before)


def test_a_worker_killed_in_the_middle_of_a_line_costs_nothing_but_time(engines_dir: Path) -> None:
    long = Utterance("However long the way may be, the old man walks on. " * 60, "hibari:af_heart")
    with VoicePool(engines_dir, 1) as pool, ThreadPoolExecutor(1) as threads:
        pool.speak(LINES[0])
        (worker,) = workers_of()
        used = worker.cpu_times().user
        speaking = threads.submit(pool.speak, long)
        while worker.cpu_times().user == used and not speaking.done():
            pass
        kill([worker])
        assert len(speaking.result().words) == len(long.text.split())


def test_a_line_at_which_workers_always_die_is_a_passing_fault(
    engines_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "sitecustomize.py").write_text("import os, sys\nif 'litink' in ' '.join(sys.orig_argv): os._exit(7)\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with VoicePool(engines_dir, 1) as pool:
        with pytest.raises(TransientFailure, match="exit status 7") as failure:
            pool.speak(LINES[0])
        assert failure.value.code == "voice-worker-lost"
        monkeypatch.delenv("PYTHONPATH")
        assert pool.speak(LINES[0]).seconds > 0.5  # the fault has passed: the pool speaks again


def test_an_engines_own_errors_come_back_as_they_are(engines_dir: Path) -> None:
    with VoicePool(engines_dir, 1) as pool:
        with pytest.raises(PermanentFailure) as failure:
            pool.speak(Utterance("Hello.", "kokoro:nobody"))
        assert failure.value.code == "voice-unknown"
        assert pool.speak(LINES[0]).seconds > 0.5


def test_a_closed_pool_speaks_no_more(engines_dir: Path) -> None:
    pool = VoicePool(engines_dir, 1)
    with pool:
        pass
    with pytest.raises(TransientFailure) as failure:
        pool.speak(LINES[0])
    assert failure.value.code == "voice-worker-lost"


def test_workers_see_neither_secrets_nor_open_files(
    engines_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LITINK_OPENROUTER_KEY", "secret")
    with (tmp_path / "open.txt").open("w") as open_file, VoicePool(engines_dir, 1) as pool:
        pool.speak(LINES[0])
        (worker,) = workers_of()
        assert "secret" not in str(worker.environ())
        assert open_file.name not in [file.path for file in worker.open_files()]


def test_workers_end_with_a_parent_that_was_killed(engines_dir: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from litink.providers.base import Utterance;"
        "from litink.providers.local.voices.pool import VoicePool;"
        "pool = VoicePool(Path(sys.argv[1]), 2).__enter__(); print('ready', flush=True);"
        "pool.speak(Utterance('On and on we go. ' * 3000, 'hibari:af_heart'))"
    )
    with subprocess.Popen([sys.executable, "-c", program, str(engines_dir)], stdout=subprocess.PIPE) as parent:
        assert parent.stdout
        assert parent.stdout.readline() == b"ready\n"
        workers = workers_of(parent.pid)
        assert len(workers) == 2
        parent.send_signal(signal.SIGKILL)
        _, alive = psutil.wait_procs(workers, timeout=10)
    assert alive == []
