"""Words in pictures: they are there, inside the frame, in any script, and never markup."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from litink.providers.base import Ratio
from litink.providers.local.painter import SIZES, LocalPainter, failed_placeholder
from litink.providers.local.painter.lettering import _coverage, cleaned, fit, fonts_for, width_of
from tests.painter.conftest import Pixels, pixels_of

LONG = "Of the Liberty of Thought and Discussion " * 12


def words_in(image: Pixels) -> tuple[int, int, int]:
    """How many pixels are cream lettering, and the first and last column of them."""
    cream = image.min(axis=2) > 205
    columns = np.flatnonzero(cream.any(axis=0))
    return int(cream.sum()), int(columns.min(initial=image.shape[1])), int(columns.max(initial=0))


@pytest.fixture(scope="module")
def bare_card(painter: LocalPainter) -> int:
    """Cream pixels of a card without words: its ornament, the moon."""
    return words_in(pixels_of(painter.title_card("", "", "16:9", seed="s")))[0]


@pytest.mark.parametrize("title", ["Chapter One", LONG, "Братья Ὀδύσσεια", "吾輩は猫である", "ألف ليلة وليلة"])
def test_titles_in_any_script_are_seen_inside_the_safe_area(painter: LocalPainter, bare_card: int, title: str) -> None:
    image = pixels_of(painter.title_card(title, "", "16:9", seed="s"))
    count, left, right = words_in(image)
    assert image.shape == (1080, 1920, 3)
    assert count > bare_card + 1500
    assert left > 1920 * 0.06
    assert right < 1920 * 0.94


@pytest.mark.parametrize("title", ["שיר השירים", "महाभारत", "한중록", "พระอภัยมณี", "ვეფხისტყაოსანი", "Łódź ☃"])
def test_a_font_is_found_for_every_letter(title: str) -> None:
    assert all(any(ord(c) in _coverage(Path(path)) for path in fonts_for(title)) for c in title if not c.isspace())


@pytest.mark.parametrize("ratio", ["9:16"])
def test_title_cards_have_the_asked_ratio(painter: LocalPainter, ratio: Ratio) -> None:
    image = pixels_of(painter.title_card("A Scandal in Bohemia", "Part I", ratio, seed="s"))
    assert image.shape[:2] == SIZES[ratio][::-1]


def test_hostile_text_is_text(painter: LocalPainter) -> None:
    hostile = "</text><script>alert(1)</script>\x00\x1b[31m &amp; \ud800 \u202e ]]> <image href='file:///etc/passwd'/>"
    card = painter.title_card(hostile, hostile, "16:9", seed=hostile)
    assert words_in(pixels_of(card))[0] > 1500
    assert pixels_of(failed_placeholder("1:1", hostile)).shape == (1440, 1440, 3)


def test_covers_are_tall_and_differ_by_seed_and_setting(painter: LocalPainter) -> None:
    cover = painter.cover("Dubliners", "James Joyce", seed="a", setting="city_street")
    assert (cover.width, cover.height) == (1600, 2400)
    first = pixels_of(cover)
    assert first.shape == (2400, 1600, 3)
    other = pixels_of(painter.cover("Dubliners", "James Joyce", seed="a", setting="sea"))
    assert np.abs(first - other).mean() > 8


def test_a_missing_picture_says_so_and_why() -> None:
    assert failed_placeholder("16:9", "one").data != failed_placeholder("16:9", "two").data
    assert pixels_of(failed_placeholder("9:16", "The painter was away.")).mean() > 180


@given(st.text(max_size=300))
@settings(max_examples=150, deadline=None)
def test_a_text_always_fits_its_box(text: str) -> None:
    done = fit(text, 900, 300, 120, 30)
    assert done.height <= 300
    assert all(width_of(line) * done.size <= 900 * 1.02 for line in done.lines)
    assert bool(done.lines) == bool(cleaned(text))


def test_the_longest_title_is_cut_with_an_ellipsis_and_a_short_one_is_whole() -> None:
    assert fit("A Scandal in Bohemia", 900, 300, 120, 30).lines == ("A Scandal", "in Bohemia")
    assert fit(LONG, 600, 60, 60, 30).lines[-1].endswith("…")


def test_fonts_come_from_packages_alone() -> None:
    """The same card where the machine's own fonts cannot be found."""
    assert all("site-packages" in path or "dist-packages" in path for path in fonts_for("Łódź 東京 עברית"))
    script = (
        "import hashlib; from litink.providers.local.painter import failed_placeholder as f;"
        "print(hashlib.sha256(f('1:1', 'Łódź 東京').data).hexdigest())"
    )
    digests = {
        subprocess.run(
            [sys.executable, "-c", script], capture_output=True, text=True, check=True, env=os.environ | extra
        ).stdout
        for extra in ({}, {"HOME": "/nonexistent", "FONTCONFIG_FILE": "/nonexistent", "XDG_DATA_HOME": "/nonexistent"})
    }
    assert len(digests) == 1
