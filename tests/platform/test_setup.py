"""What a newcomer meets before anything is installed: the Makefile's order, and what is said when it cannot go on."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
INSTALLS = "--require-hashes -r requirements.lock"
INSTALLS_TESTS = "--require-hashes -r requirements-test.lock"

pytestmark = pytest.mark.skipif(shutil.which("make") is None, reason="GNU make is not installed")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout with an environment that was set up completely, tests included."""
    for name in ("Makefile", "pyproject.toml", "requirements.lock", "requirements-test.lock"):
        shutil.copy(ROOT / name, tmp_path / name)
        os.utime(tmp_path / name, (1, 1))
    stamps = tmp_path / ".venv/.stamps"
    stamps.mkdir(parents=True)
    for age, name in enumerate(("requirements", "project", "test"), 100):
        (stamps / name).touch()
        os.utime(stamps / name, (age, age))
    return tmp_path


def plan(checkout: Path, *targets: str) -> str:
    """What make would run, without running it."""
    return subprocess.run(
        ["make", "-C", checkout, "--dry-run", *targets], capture_output=True, text=True, check=True
    ).stdout


def test_a_second_set_up_installs_nothing_but_still_checks_the_engines_data(checkout: Path) -> None:
    planned = plan(checkout, "setup")
    assert "pip" not in planned
    assert "litink.platform.engines" in planned


def test_a_changed_lock_makes_a_new_environment(checkout: Path) -> None:
    (checkout / "requirements.lock").touch()
    planned = plan(checkout, "setup")
    assert planned.index("scripts/venv.sh") < planned.index(INSTALLS) < planned.index("--editable .")


def test_an_interrupted_installation_of_the_tests_needs_starts_from_a_new_environment(checkout: Path) -> None:
    stamps = checkout / ".venv/.stamps"
    (stamps / "test").unlink()
    before = plan(checkout, "test")
    assert INSTALLS not in before
    assert INSTALLS_TESTS in before
    # What stands while that installation is under way, and after it was killed:
    assert before.index("requirements.unfinished") < before.index(INSTALLS_TESTS)
    (stamps / "requirements").rename(stamps / "requirements.unfinished")
    after = plan(checkout, "test")
    assert after.index("scripts/venv.sh") < after.index(INSTALLS) < after.index(INSTALLS_TESTS)


def test_tests_come_after_lint_types_and_import_rules(checkout: Path) -> None:
    planned = plan(checkout, "test")
    order = [
        planned.index(step) for step in ("ruff check", "ruff format --check", "bin/mypy", "lint-imports", "-m pytest")
    ]
    assert order == sorted(order)


def test_demo_stops_by_itself_only_when_asked(checkout: Path) -> None:
    assert "demo --exit" not in plan(checkout, "demo")
    assert "demo --exit" in plan(checkout, "demo", "EXIT=1")


def test_every_command_is_explained() -> None:
    shown = subprocess.run(["make", "-C", ROOT, "-s"], capture_output=True, text=True, check=True).stdout
    for target in ("setup", "demo", "up", "test", "lint", "bench", "lock", "clean"):
        assert f"make {target} " in shown


def run_venv_script(folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """scripts/venv.sh in a folder of its own, on a machine with nothing but what ``environment`` says."""
    (folder / "scripts").mkdir(exist_ok=True)
    script = (ROOT / "scripts/venv.sh").read_text("utf-8").replace("/usr/bin/python3.11", "/nowhere/python3.11")
    (folder / "scripts/venv.sh").write_text(script)
    (folder / "bin").mkdir(exist_ok=True)
    for program in ("bash", "dirname"):
        if not (folder / "bin" / program).exists():
            (folder / "bin" / program).symlink_to(shutil.which(program) or "")
    return subprocess.run(
        [folder / "bin/bash", folder / "scripts/venv.sh"],
        env={"PATH": str(folder / "bin"), **environment},
        capture_output=True,
        text=True,
    )


def test_without_python_3_11_the_package_to_install_is_named(tmp_path: Path) -> None:
    done = run_venv_script(tmp_path)
    assert done.returncode == 1
    assert "Python 3.11 was not found" in done.stderr
    assert "apt-get install python3 python3-venv" in done.stderr


def test_without_the_venv_module_the_package_to_install_is_named(tmp_path: Path) -> None:
    bare = tmp_path / "bin" / "python3.11"
    bare.parent.mkdir()
    bare.write_text(f'#!/bin/bash\ncase "$2" in *ensurepip*) exit 1;; esac\nexec {sys.executable} "$@"\n')
    bare.chmod(0o755)
    done = run_venv_script(tmp_path)
    assert done.returncode == 1
    assert "apt-get install python3-venv" in done.stderr
    assert not (tmp_path / ".venv").exists()


def test_an_interpreter_named_by_hand_is_never_replaced_in_silence(tmp_path: Path) -> None:
    done = run_venv_script(tmp_path, PYTHON="/bin/true-not-python")
    assert done.returncode == 1
    assert "PYTHON=/bin/true-not-python is not Python 3.11" in done.stderr


def test_a_half_made_environment_is_replaced(tmp_path: Path) -> None:
    leftover = tmp_path / ".venv/lib/leftover.py"
    leftover.parent.mkdir(parents=True)
    leftover.touch()
    quick = tmp_path / "quick-python"  # pip takes ten seconds to install, and is not what is looked at here
    quick.write_text(f'#!/bin/bash\n[ "$2" != venv ] || set -- "$@" --without-pip\nexec {sys.executable} "$@"\n')
    quick.chmod(0o755)
    done = run_venv_script(tmp_path, PYTHON=str(quick))
    assert done.returncode == 0, done.stderr
    assert not leftover.exists()
    assert (tmp_path / ".venv/bin/python").exists()
