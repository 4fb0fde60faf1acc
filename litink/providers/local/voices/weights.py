"""Loading the speech networks: bytes checked by hash, one more graph output for the durations, one thread each."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable
from importlib.util import find_spec
from pathlib import Path
from threading import Lock
from types import ModuleType
from typing import Any, Generic, TypeVar

from litink.errors import PermanentFailure

T = TypeVar("T")
_FLOAT = 1  # TensorProto.FLOAT in onnx.proto


class Once(Generic[T]):
    """Makes a value at the first call, once, whichever thread comes first."""

    def __init__(self, make: Callable[[], T]) -> None:
        self._make = make
        self._lock = Lock()
        self._made: list[T] = []

    def __call__(self) -> T:
        with self._lock:
            if not self._made:
                self._made.append(self._make())
            return self._made[0]


def read_checked(paths: Iterable[Path], sha256: str, what: str) -> bytes:
    """The files' bytes joined. Raises PermanentFailure when one is missing or the whole has another hash."""
    try:
        data = b"".join(path.read_bytes() for path in paths)
    except OSError as error:
        raise _damaged(what, "is missing") from error
    if hashlib.sha256(data).hexdigest() != sha256:
        raise _damaged(what, "is damaged")
    return data


def package_dir(package: str, what: str) -> Path:
    """The folder of an installed package, found without importing it."""
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise _damaged(what, "is not installed")
    return Path(next(iter(spec.submodule_search_locations)))


def _damaged(what: str, state: str) -> PermanentFailure:
    return PermanentFailure(
        "engine-data-damaged", f"The data of the local voices ({what}) {state}. Run `make setup` again to restore it."
    )


def import_onnxruntime() -> ModuleType:
    """onnxruntime, which must be told before its import not to report its use over the network.

    ORT_DISABLE_TELEMETRY is the opt-out on Linux and macOS: no uploader, no device identifier, no cache file
    (microsoft/onnxruntime, docs/Privacy.md). It is read once, when the library is loaded.
    """
    os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
    import onnxruntime

    module: ModuleType = onnxruntime
    return module


def open_session(model: bytes, durations: str) -> Any:
    """An onnxruntime session with ``durations`` as its last output.

    The inner value ``durations`` (frames each phoneme lasts, float32) becomes a graph output without rewriting the
    model: by the protobuf encoding specification, a serialized message appended to another merges into it, repeated
    fields added at the end. One thread, because two processes are faster than two threads here.
    """
    onnxruntime = import_onnxruntime()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(model + _graph_output(durations), options, providers=["CPUExecutionProvider"])


def _graph_output(name: str) -> bytes:
    """``ModelProto(graph=GraphProto(output=[ValueInfoProto(name, float tensor)]))``; field numbers of onnx.proto."""
    tensor_type = _field(1, bytes([1 << 3, _FLOAT]))  # TypeProto.tensor_type { elem_type }
    value_info = _field(1, name.encode()) + _field(2, tensor_type)
    return _field(7, _field(12, value_info))


def _field(number: int, payload: bytes) -> bytes:
    """A length-delimited protobuf field; all of ours are shorter than 128 bytes, so each length is one byte."""
    assert number < 16
    assert len(payload) < 128
    return bytes([number << 3 | 2, len(payload)]) + payload
