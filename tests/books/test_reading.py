"""What holds for reading a file of any kind."""

from __future__ import annotations

import copy
import gc
from dataclasses import FrozenInstanceError
from pathlib import Path

import pytest

from litink.books.model import Block, BlockKind
from litink.books.reading import read
from litink.errors import Refused
from tests.books.makers import prose


def test_garbage_is_collected_again_after_a_reading_and_after_a_refusal(tmp_path: Path) -> None:
    good, empty = tmp_path / "lamp.txt", tmp_path / "empty.txt"
    good.write_text(f"CHAPTER I\n\n{prose(80)}\n")
    empty.touch()
    read(good)
    assert gc.isenabled()
    with pytest.raises(Refused):
        read(empty)
    assert gc.isenabled()


def test_a_caller_who_switched_collection_off_finds_it_off(tmp_path: Path) -> None:
    path = tmp_path / "lamp.txt"
    path.write_text(prose(80))
    gc.disable()
    try:
        read(path)
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_a_block_is_a_value() -> None:
    block = Block(BlockKind.SPEECH, 3, 9, speaker="Mary")
    assert block == Block(kind=BlockKind.SPEECH, start=3, end=9, speaker="Mary", level=None)
    assert hash(block) == hash(copy.deepcopy(block))
    with pytest.raises(FrozenInstanceError):
        block.start = 4  # type: ignore[misc]
