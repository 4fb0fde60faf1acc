"""Which language a text is in, for files that do not say; and BCP 47 tags. Nothing else about languages."""

from __future__ import annotations

import re
from collections import Counter

# ISO 639-1; three-letter codes are taken as they are.
_CODES = frozenset(
    [
        "aa", "ab", "ae", "af", "ak", "am", "an", "ar", "as", "av", "ay", "az", "ba", "be", "bg", "bh",
        "bi", "bm", "bn", "bo", "br", "bs", "ca", "ce", "ch", "co", "cr", "cs", "cu", "cv", "cy", "da",
        "de", "dv", "dz", "ee", "el", "en", "eo", "es", "et", "eu", "fa", "ff", "fi", "fj", "fo", "fr",
        "fy", "ga", "gd", "gl", "gn", "gu", "gv", "ha", "he", "hi", "ho", "hr", "ht", "hu", "hy", "hz",
        "ia", "id", "ie", "ig", "ii", "ik", "io", "is", "it", "iu", "ja", "jv", "ka", "kg", "ki", "kj",
        "kk", "kl", "km", "kn", "ko", "kr", "ks", "ku", "kv", "kw", "ky", "la", "lb", "lg", "li", "ln",
        "lo", "lt", "lu", "lv", "mg", "mh", "mi", "mk", "ml", "mn", "mr", "ms", "mt", "my", "na", "nb",
        "nd", "ne", "ng", "nl", "nn", "no", "nr", "nv", "ny", "oc", "oj", "om", "or", "os", "pa", "pi",
        "pl", "ps", "pt", "qu", "rm", "rn", "ro", "ru", "rw", "sa", "sc", "sd", "se", "sg", "si", "sk",
        "sl", "sm", "sn", "so", "sq", "sr", "ss", "st", "su", "sv", "sw", "ta", "te", "tg", "th", "ti",
        "tk", "tl", "tn", "to", "tr", "ts", "tt", "tw", "ty", "ug", "uk", "ur", "uz", "ve", "vi", "vo",
        "wa", "wo", "xh", "yi", "yo", "za", "zh", "zu",
    ]
)  # fmt: skip
_TAG = re.compile(r"([A-Za-z]{2,3})((?:-[A-Za-z0-9]{1,8})*)")
# The commonest words of each language that are not common in the others.
_COMMON = {
    "en": "the and of to that was his with had for you her not but is",
    "fr": "le les et des une dans que qui pas pour elle est avec vous était",
    "de": "der die und das ist nicht ein ich sie mit den dem auf sich war",
    "es": "el los y las una que por con del para se su como había pero",
    "it": "il che di gli della per una non sono con era si più anche nel",
    "pt": "o os que uma não para com do da em por mais como ele mas",
    "nl": "de het een van en dat niet zijn ik op te hij met voor aan",
    "sv": "och att det som en på är av för den med inte var han jag",
    "da": "og at det som en på er af for den med ikke var han jeg",
    "pl": "i w nie na się że z do to jest jak ale po tak był",
    "fi": "ja on ei että hän oli se mutta kun niin minä ole ovat kuin jo",
    "la": "et in est non ut cum ad qui quae sed ex quod si per esse",
    "ru": "и в не на что с он как я а то его но она было",
}
_SETS = {language: frozenset(words.split()) for language, words in _COMMON.items()}
_SCRIPTS = (
    ("ja", "\u3040", "\u30ff"),
    ("ko", "\uac00", "\ud7af"),
    ("zh", "\u4e00", "\u9fff"),
    ("el", "\u0370", "\u03ff"),
    ("he", "\u0590", "\u05ff"),
    ("ar", "\u0600", "\u06ff"),
    ("hi", "\u0900", "\u097f"),
    ("th", "\u0e00", "\u0e7f"),
)
MIN_SHARE = 0.12  # of the words must be the language's common ones (running text has 0.2–0.35)
SAMPLE = 10_000  # characters


def language_tag(raw: str) -> str:
    """A BCP 47 tag, or "und"."""
    match = _TAG.fullmatch(raw.strip().replace("_", "-"))
    if not match or (len(match.group(1)) == 2 and match.group(1).lower() not in _CODES):
        return "und"
    return match.group(1).lower() + match.group(2)


def guess_language(text: str) -> str:
    """The language of a sample by its commonest words or its script; "und" when nothing is clear."""
    sample = text[:SAMPLE]
    letters = [c for c in sample if c.isalpha()]
    if not letters:
        return "und"
    foreign = [c for c in letters if c > "\u036f"]
    for language, low, high in _SCRIPTS:
        share = sum(low <= c <= high for c in foreign) / len(letters)
        if share > (0.05 if language == "ja" else 0.3):
            return language
    words = Counter(re.findall(r"[^\W\d_]+", sample.lower()))
    total = sum(words.values())
    if total < 20:
        return "und"
    scores = {language: sum(words[w] for w in common) / total for language, common in _SETS.items()}
    best = max(scores, key=lambda language: (scores[language], language))
    return best if scores[best] >= MIN_SHARE else "und"
