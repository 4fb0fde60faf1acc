"""Assets made of words: chapters to scenes."""

from __future__ import annotations

from assets import previews
from assets.materialise import book_asset
from litink.production import checks


@book_asset(
    name="chapters",
    group="book",
    kinds={"python"},
    extras=previews.chapters,
    checks=checks.chapters_sum,
    blocking=("chapters_sum_to_the_book",),
)
def chapters() -> None:
    """The book as read: every word of the file once, in chapters, front and back matter."""


@book_asset(name="passages", group="book", kinds={"onnx", "postgres"}, extras=previews.passages)
def passages() -> None:
    """Passages of some hundred words with their embeddings, searchable by meaning and by words."""


@book_asset(name="characters", group="story", kinds={"python"}, extras=previews.characters)
def characters() -> None:
    """Who is in the book, what they are called, how they look, and who says each quotation."""


@book_asset(name="cross_references", group="story", kinds={"python"}, extras=previews.cross_references)
def cross_references() -> None:
    """Which passages come back to which earlier ones, by rare words and likeness of meaning."""


@book_asset(name="plot_overview", group="story", kinds={"python"}, extras=previews.plot)
def plot_overview() -> None:
    """Logline, themes, setting, structure; every statement with the text that it rests on."""


@book_asset(
    name="scripts",
    group="story",
    kinds={"python"},
    extras=previews.scripts,
    checks=checks.coverage,
    blocking=("every_sentence_once",),
)
def scripts() -> None:
    """A script a chapter: scenes and lines with their speakers, each pointing at its source text."""


@book_asset(name="scenes", group="story", kinds={"python"}, extras=previews.scenes)
def scenes() -> None:
    """Scenes as a picture-maker needs them: place, light, weather, mood, who is there, which shots."""
