"""A book in words of no book: so many scenes, people who talk, places and weather; the same for the same number."""

from __future__ import annotations

import random

PEOPLE = (("Anna", "she"), ("Bertram", "he"), ("Clara", "she"), ("Dorian", "he"), ("Edith", "she"), ("Felix", "he"))
PLACES = (
    "the kitchen of the old house",
    "the garden behind the wall",
    "the harbour below the town",
    "the library on the hill",
    "the road through the forest",
    "the market square",
    "the station at the edge of the valley",
    "the workshop by the river",
)
TIMES = ("morning", "afternoon", "evening", "night")
WEATHERS = (
    "The rain fell without a sound.",
    "The sun stood low and warm.",
    "A cold wind came from the east.",
    "A thin fog lay upon the roofs.",
    "The snow had begun to melt.",
)
THINGS = ("letter", "lantern", "map", "key", "basket", "clock", "bottle", "ledger", "painting", "compass")
DEEDS = (
    "{who} put the {thing} upon the table and looked at it for a long while.",
    "{who} walked to the window and counted the lights beyond it.",
    "{who} had carried the {thing} all the way and would not let go of it now.",
    "{who} sat down by the wall, took off {their} gloves, and waited.",
    "{who} opened the door a little and listened to the steps outside.",
)
SAYINGS = (
    "We should have left before the {thing} was found",
    "Nobody told me that the {thing} was yours",
    "You can have the {thing} when the work is done",
    "I remember this place from another summer",
    "Somebody must tell them what the {thing} has cost us",
    "There is still time to bring the {thing} back",
    "I never asked for the {thing}, and I do not want it",
    "It was quieter here before the {thing} came",
)
SAID = ("said", "asked", "answered", "whispered", "replied")


def made_up_book(scenes: int, chapters: int, seed: int = 0) -> str:
    """Markdown: chapters of scenes with a printed break between them, each of about 110 words, half of them spoken."""
    dice = random.Random(f"made-up {seed}")
    parts = ["# What the Ledger Said"]
    for chapter in range(chapters):
        first, last = (round(scenes * n / chapters) for n in (chapter, chapter + 1))
        told = [_scene(dice, number) for number in range(first, last)]
        parts.append(f"## Chapter {chapter + 1}\n\n" + "\n\n* * *\n\n".join(told))
    return "\n\n".join(parts) + "\n"


def _scene(dice: random.Random, number: int) -> str:
    here = dice.sample(PEOPLE, 2)
    place, thing, count = dice.choice(PLACES), dice.choice(THINGS), _count(number + 1)
    opening = (
        f"In the {dice.choice(TIMES)} of the {count} day {here[0][0]} and {here[1][0]} met in {place}. "
        f"{dice.choice(WEATHERS)} {_deed(dice, here[0], thing)}"
    )
    talk = [
        f"“{said.format(thing=thing)}.”"  # who says it is left to the reader
        if turn == 2
        else f"“{said.format(thing=thing)},” {dice.choice(SAID)} {here[turn % 2][0]}."
        + (f" {_deed(dice, here[turn % 2], thing)}" if turn % 2 else "")
        for turn, said in enumerate(dice.sample(SAYINGS, 4))
    ]
    closing = f"So the {count} day ended, and {here[1][0]} was the last to leave {place}."
    return "\n\n".join([opening, *talk, closing])


def _deed(dice: random.Random, who: tuple[str, str], thing: str) -> str:
    their = "her" if who[1] == "she" else "his"
    return dice.choice(DEEDS).format(who=who[0], thing=thing, their=their)


def _count(number: int) -> str:
    """An ordinal in words, so that no two scenes are told in the same ones."""
    ones = ("", "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth")
    teens = (
        "tenth", "eleventh", "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth", "seventeenth",
        "eighteenth", "nineteenth",
    )  # fmt: skip
    tens = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
    if number < 10:
        return ones[number]
    if number < 20:
        return teens[number - 10]
    ten = tens[(number // 10 - 2) % len(tens)]
    return f"{ten}-{ones[number % 10]}" if number % 10 else ten.removesuffix("y") + "ieth"
