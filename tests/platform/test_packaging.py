"""What is installed is pinned, hashed and explained: the locks, and the documents that answer for them."""

import re
import tomllib
from pathlib import Path

import pytest

from litink.platform.engines import pinned_packages

ROOT = Path(__file__).parents[2]
LOCKS = ["requirements.lock", "requirements-test.lock"]


def entries(lock: str) -> dict[str, list[str]]:
    """Name -> the lines of its entry."""
    found: dict[str, list[str]] = {}
    name = ""
    for line in (ROOT / lock).read_text("utf-8").splitlines():
        if line and not line[0].isspace():
            name = re.split(r"[=\[]", line)[0]
            assert name not in found
            found[name] = []
        found[name].append(line)
    return found


def direct(*extras: str) -> set[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    requirements = [*project["dependencies"], *(line for e in extras for line in project["optional-dependencies"][e])]
    return {re.split(r"[\[<>=; ]", line)[0].lower().replace("_", "-") for line in requirements}


@pytest.mark.parametrize("lock", LOCKS)
def test_every_locked_package_has_one_exact_version_and_hashes(lock: str) -> None:
    for name, lines in entries(lock).items():
        assert re.match(rf"{name}(\[[\w,-]+\])?==[^ *]+ ", lines[0])
        assert all(re.fullmatch(r"    --hash=sha256:[0-9a-f]{64}( \\)?", line) for line in lines[1:])
        assert len(lines) > 1


@pytest.mark.parametrize("lock", LOCKS)
def test_locks_name_no_address(lock: str) -> None:
    text = (ROOT / lock).read_text("utf-8")
    assert "://" not in text
    assert "--index" not in text


def test_the_test_lock_only_adds_to_the_other() -> None:
    assert not entries("requirements.lock").keys() & entries("requirements-test.lock").keys()


def test_everything_asked_for_is_locked() -> None:
    product, tests = entries("requirements.lock").keys(), entries("requirements-test.lock").keys()
    assert direct("build") <= product
    assert direct("test") <= product | tests


def test_nothing_that_weighs_gigabytes_slips_in() -> None:
    heavy = {"torch", "transformers", "tensorflow", "sentence-transformers"}
    assert not heavy & (entries("requirements.lock").keys() | entries("requirements-test.lock").keys())


def test_every_direct_dependency_is_explained_once() -> None:
    explained = re.findall(r"^\| ([A-Za-z][A-Za-z0-9-]+) \|", (ROOT / "docs/dependencies.md").read_text("utf-8"), re.M)
    named = [name.lower() for name in explained if name != "package"]
    assert sorted(named) == sorted(direct("build", "test"))


def test_every_pack_of_engine_data_has_its_licence_recorded() -> None:
    licences = (ROOT / "docs/licences.md").read_text("utf-8")
    for package in pinned_packages():
        row = next(line for line in licences.splitlines() if f"| {package.spec} |" in line)
        assert f"| {package.licence} |" in row


def test_the_licence_is_the_one_that_the_package_names() -> None:
    assert tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["license"] == "AGPL-3.0-or-later"
    assert "GNU AFFERO GENERAL PUBLIC LICENSE" in (ROOT / "LICENSE").read_text("utf-8")[:200]
