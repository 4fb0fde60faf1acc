"""How a quotation is said: emotion, intensity and delivery from its tag's verb and adverbs and from its own marks."""

from __future__ import annotations

import re
from typing import NamedTuple

from litink.story.lexicon import words
from litink.story.model import Delivery, Emotion, Quotation
from litink.story.paragraphs import Paragraph


class Manner(NamedTuple):
    emotion: Emotion
    intensity: int  # 1..10
    delivery: Delivery


_VERB_DELIVERY: dict[Delivery, frozenset[str]] = {
    "whispered": words("whispered whispers whisper murmured murmurs breathed breathes mouthed hissed hisses undertone"),
    "shouted": words(
        """shouted shouts yelled yells bellowed bellows roared roars screamed screams shrieked shrieks bawled bawls
        hailed thundered thunders vociferated"""
    ),
    "sung": words("sang sings chanted chants hummed carolled"),
    "read": words("read reads recited recites quoted quotes"),
    "thought": words("thought thinks mused muses reflected wondered"),
}
_EMOTION: dict[Emotion, frozenset[str]] = {
    "anger": words(
        """snarled snarls growled growls roared roars thundered snapped snaps angrily furiously fiercely savagely
        indignantly wrathfully crossly irritably testily bitterly sternly rage fury anger wrath angry furious
        indignation scowled hissed retorted rudely roughly violently harshly sharply impatiently hotly vexed glared"""
    ),
    "fear": words(
        """stammered stammers faltered falters quavered fearfully timidly nervously tremulously anxiously trembling
        trembled shuddered shuddering terror horror dread frightened alarmed terrified pale gasped panted uneasily
        uneasy anxious shivering afraid"""
    ),
    "sadness": words(
        """sobbed sobs wailed wails moaned moans groaned groans wept weeping sighed sighs sadly mournfully sorrowfully
        gloomily tearfully tears miserably wearily dejectedly despair despairingly grief broken-hearted whimpered
        lamented melancholy wretchedly hopelessly"""
    ),
    "joy": words(
        """laughed laughs laughing laugh chuckled chuckles giggled giggles grinned grins smiled smiles smiling beamed
        gaily merrily cheerfully happily gleefully joyfully joyously delighted delight brightly heartily cheerily glad
        gladly pleasantly triumphantly playfully amused"""
    ),
    "surprise": words(
        """ejaculated astonished astonishment amazed amazement surprise surprised startled wonderingly incredulously
        bewildered aghast thunderstruck staring"""
    ),
    "tenderness": words(
        """tenderly gently softly lovingly affectionately kindly soothingly caressingly fondly soothed coaxed
        sympathetically caressing kissed embracing warmly sweetly"""
    ),
    "disgust": words(
        "sneered sneers contemptuously scornfully disdainfully disgust disgusted contempt scorn jeered sneer"
    ),
    "excitement": words(
        """excitedly eagerly breathlessly passionately rapturously enthusiastically excitement excited eager wildly
        ecstatically impetuously cried cries exclaimed exclaims vehemently fervently"""
    ),
}
_STRONGER = words("loudly violently furiously fiercely wildly passionately hoarsely frantically vehemently desperately")
_WEAKER = words("quietly softly gently calmly coolly faintly feebly slowly dryly drily meekly gravely thoughtfully")
_WORD = re.compile(r"[a-z]+(?:-[a-z]+)*")
_REACH = 90  # code points of narration on either side that can tell how something is said


def delivery_of(text: str, quotation: Quotation, paragraph: Paragraph) -> Manner:
    """The manner of a quotation that stands in ``paragraph``. Neutral, 3, spoken where nothing tells otherwise."""
    after = _first_sentence(text[quotation.end : min(paragraph.end, quotation.end + _REACH)])
    before = text[max(paragraph.start, quotation.start - _REACH) : quotation.start]
    before = re.split(r"[.!?”\"]\s", before)[-1]
    near = _WORD.findall(after.lower()) + _WORD.findall(before.lower())
    said = text[max(quotation.start, paragraph.start) : min(quotation.end, paragraph.end)]
    delivery: Delivery = next((kind for kind, verbs in _VERB_DELIVERY.items() if verbs.intersection(near)), "spoken")
    emotion: Emotion = next(
        (kind for word in near for kind, signs in _EMOTION.items() if word in signs), _emotion_of_marks(said)
    )
    intensity = 3 + 2 * (emotion != "neutral") + min(2, said.count("!")) + 2 * (delivery == "shouted")
    intensity += 1 * bool(_STRONGER.intersection(near)) - 2 * bool(_WEAKER.intersection(near))
    intensity -= 2 * (delivery == "whispered")
    intensity += 1 * bool(re.search(r"\b[A-Z]{3,}\b", said))
    return Manner(emotion, max(1, min(10, intensity)), delivery)


def _first_sentence(text: str) -> str:
    return re.split(r"[.!?;]\s|[“\"]", text, maxsplit=1)[0]


def _emotion_of_marks(said: str) -> Emotion:
    if "?!" in said or "!?" in said:
        return "surprise"
    return "excitement" if said.count("!") >= 2 else "neutral"
