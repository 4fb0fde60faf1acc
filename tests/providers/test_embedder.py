"""The embeddings are those the model's publishers state, whatever else is embedded beside a text."""

import math
import os
import random
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from safetensors.numpy import load_file
from tokenizers import Tokenizer

from litink.providers.local.embedder import PACKAGE, MiniLM

pytestmark = pytest.mark.engines

SENTENCES = [
    "The cat sits outside",
    "A man is playing guitar",
    "I love pasta",
    "The new movie is awesome",
    "The dog plays in the garden",
    "A woman watches TV",
    "The new movie is so great",
    "Do you like pizza?",
    "",
    "“Naïve café,” said Dr. Jekyll — 東京 — and ☂ vanished…",
    "The lamp was lit at dusk and burned until the boats were home. " * 12,
]


def model_folder() -> Path:
    spec = find_spec(PACKAGE)
    assert spec is not None
    assert spec.submodule_search_locations
    return Path(spec.submodule_search_locations[0]) / "model"


@pytest.fixture(scope="module")
def embedder() -> MiniLM:
    return MiniLM(threads=2)


def reference(text: str) -> npt.NDArray[np.float64]:
    """BERT written out in numpy, float64: the same weights, none of the same code."""
    tokenizer = Tokenizer.from_file(str(model_folder() / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    weights = {
        name: value.astype(np.float64) for name, value in load_file(model_folder() / "model.safetensors").items()
    }

    def norm(x: npt.NDArray[np.float64], name: str) -> npt.NDArray[np.float64]:
        centred = x - x.mean(-1, keepdims=True)
        scaled = centred / np.sqrt((centred**2).mean(-1, keepdims=True) + 1e-12)
        return np.asarray(scaled * weights[f"{name}.weight"] + weights[f"{name}.bias"])

    def linear(x: npt.NDArray[np.float64], name: str) -> npt.NDArray[np.float64]:
        return np.asarray(x @ weights[f"{name}.weight"].T + weights[f"{name}.bias"])

    erf = np.vectorize(math.erf, otypes=[np.float64])
    ids = tokenizer.encode(text).ids
    x = weights["embeddings.word_embeddings.weight"][ids]
    x = x + weights["embeddings.position_embeddings.weight"][: len(ids)]
    x = norm(x + weights["embeddings.token_type_embeddings.weight"][0], "embeddings.LayerNorm")
    for number in range(6):
        layer = f"encoder.layer.{number}"
        query, key, value = (
            linear(x, f"{layer}.attention.self.{part}").reshape(len(ids), 12, 32).transpose(1, 0, 2)
            for part in ("query", "key", "value")
        )
        scores = np.exp(query @ key.transpose(0, 2, 1) / math.sqrt(32))
        context = (scores / scores.sum(-1, keepdims=True)) @ value
        context = linear(context.transpose(1, 0, 2).reshape(len(ids), 384), f"{layer}.attention.output.dense")
        x = norm(x + context, f"{layer}.attention.output.LayerNorm")
        inner = linear(x, f"{layer}.intermediate.dense")
        inner = inner * 0.5 * (1 + erf(inner / math.sqrt(2)))
        x = norm(x + linear(inner, f"{layer}.output.dense"), f"{layer}.output.LayerNorm")
    mean: npt.NDArray[np.float64] = x.mean(0)
    return np.asarray(mean / np.linalg.norm(mean))


def test_similarities_are_the_published_ones(embedder: MiniLM) -> None:
    """The figures of the sentence-transformers documentation ("Semantic Textual Similarity") for this model."""
    vectors = embedder.embed(SENTENCES)
    published = {(0, 4): 0.2838, (1, 5): -0.0327, (3, 6): 0.8939}
    for (first, second), similarity in published.items():
        assert vectors[first] @ vectors[second] == pytest.approx(similarity, abs=1e-4)


@pytest.mark.parametrize("text", SENTENCES[7:])
def test_vectors_agree_with_the_model_written_out_in_numpy(embedder: MiniLM, text: str) -> None:
    np.testing.assert_allclose(embedder.embed([text])[0], reference(text), atol=1e-4)


def test_a_text_has_the_same_bytes_whatever_stands_beside_it_and_however_many_threads(embedder: MiniLM) -> None:
    shuffled = list(range(len(SENTENCES)))
    random.Random(7).shuffle(shuffled)
    together = MiniLM(threads=3).embed([SENTENCES[number] for number in shuffled])
    for row, number in enumerate(shuffled):
        assert together[row].tobytes() == embedder.embed([SENTENCES[number]])[0].tobytes()


def test_another_process_gives_the_same_bytes(embedder: MiniLM) -> None:
    program = (
        "import sys; from litink.providers.local.embedder import MiniLM; "
        "sys.stdout.buffer.write(MiniLM().embed(['I love pasta']).tobytes())"
    )
    other = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert other.stdout == embedder.embed(["I love pasta"]).tobytes()


def test_rows_have_length_one_and_no_text_gives_no_row(embedder: MiniLM) -> None:
    np.testing.assert_allclose(np.linalg.norm(embedder.embed(SENTENCES), axis=1), 1, atol=1e-6)
    assert embedder.embed([]).shape == (0, 384)


def test_the_end_of_a_long_text_is_not_cut_off(embedder: MiniLM) -> None:
    filler = "It rained, and it went on raining, and nothing whatever was done about it. " * 20
    plain, dragons, query = embedder.embed([filler, filler + "Dragons burned the harbour. " * 40, "dragons and fire"])
    assert dragons @ query > plain @ query + 0.1


def test_a_book_of_text_is_embedded_in_bounded_memory() -> None:
    program = (
        "from litink.providers.local.embedder import MiniLM; "
        "MiniLM(threads=2).embed(['The tide came in over the bar. ' * n for n in range(1, 120, 6)]); "
        "print(next(int(line.split()[1]) for line in open('/proc/self/status') if line.startswith('VmHWM')) // 1024)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, text=True)
    assert int(done.stdout) < 600  # MB


def test_damaged_weights_are_refused_before_they_are_used(tmp_path: Path) -> None:
    copy = tmp_path / PACKAGE / "model"
    copy.mkdir(parents=True)
    (copy.parent / "__init__.py").touch()
    (copy / "tokenizer.json").symlink_to(model_folder() / "tokenizer.json")
    data = bytearray((model_folder() / "model.safetensors").read_bytes())
    data[-1] ^= 1
    (copy / "model.safetensors").write_bytes(data)
    program = (
        "from litink.errors import PermanentFailure; from litink.providers.local.embedder import MiniLM\n"
        "try: MiniLM()\n"
        "except PermanentFailure as error: print(error.code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        check=True,
        text=True,
    )
    assert done.stdout == "engine-data-damaged\n"
