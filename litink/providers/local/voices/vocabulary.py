"""Kokoro's alphabet: which phoneme characters the two speech networks know, and their ids.

The table is ``vocab`` of Kokoro-82M's config.json (hexgrad, Apache-2.0). hibari was distilled from Kokoro and
has the same. The characters follow misaki's conventions for English: capitals are diphthongs.
"""

from __future__ import annotations

PAD = 0  # stands at both ends of every input

_RUNS: tuple[tuple[int, str], ...] = (
    (1, ";:,.!?"),
    (9, '—…"()“” '),
    (17, "\u0303ʣʥʦʨᵝꭧAI"),
    (31, "O"),
    (33, "Q"),
    (35, "ST"),
    (39, "W"),
    (41, "Yᵊabcdef"),
    (50, "hijklmnopqrstuvwxyzɑɐɒæ"),
    (75, "βɔɕç"),
    (80, "ɖðʤə"),
    (85, "ɚɛɜ"),
    (90, "ɟ"),
    (92, "ɡ"),
    (99, "ɥ"),
    (101, "ɨɪʝ"),
    (110, "ɯɰŋɳɲɴ"),
    (116, "ø"),
    (118, "ɸθœ"),
    (123, "ɹ"),
    (125, "ɾɻ"),
    (128, "ʁɽʂʃʈʧ"),
    (135, "ʊʋ"),
    (138, "ʌɣɤ"),
    (142, "χʎ"),
    (147, "ʒʔ"),
    (156, "ˈˌː"),
    (162, "ʰ"),
    (164, "ʲ"),
    (169, "↓"),
    (171, "→↗↘"),
    (177, "ᵻ"),
)

IDS: dict[str, int] = {char: first + offset for first, run in _RUNS for offset, char in enumerate(run)}
PUNCTUATION = frozenset(';:,.!?—…"()“”')
SENTENCE_ENDS = frozenset(".!?…")


def ids(phonemes: str) -> list[int]:
    """Ids with the pads; every character must be in the alphabet."""
    return [PAD, *(IDS[char] for char in phonemes), PAD]


def known(phonemes: str) -> str:
    """The characters of the alphabet, others left out."""
    return "".join(char for char in phonemes if char in IDS)
