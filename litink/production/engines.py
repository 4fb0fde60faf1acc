"""Who works: the local engines or a provider's models, task by task and tier by tier, chosen by settings.

Nothing is started or asked before it is needed. Recipes come from settings and catalogue alone, so that what is up to
date can be told without any engine.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from functools import cached_property
from threading import Lock
from typing import Any, Literal

from sqlalchemy import Engine

from litink.errors import PermanentFailure
from litink.generation.model import Purpose
from litink.generation.paid.cashier import Bought, Cashier, Delta, Policy
from litink.objects import Objects
from litink.production.credits import Credits
from litink.production.paid.chat import PaidChat
from litink.production.paid.embedder import PaidEmbedder, embedder_recipe
from litink.production.paid.lips import PaidLipSync, lips_recipe
from litink.production.paid.motion import PaidAnimator, length_of, motion_recipe
from litink.production.paid.music import PaidComposer, composer_recipe
from litink.production.paid.painter import Ladders, PaidPainter, picture_recipe
from litink.production.paid.reply import Reply, replies
from litink.production.paid.till import Till
from litink.production.paid.voices import PaidVoices, stitches, voice_recipe
from litink.providers.base import Animator, Embedder, Illustrator, SpeechEngine, Voice
from litink.providers.catalogue import Catalogue, Model, Task, load
from litink.providers.catalogue.voices import VoiceList, voice_lists
from litink.providers.local.embedder import MiniLM
from litink.providers.local.painter import LocalPainter
from litink.providers.local.painter.pool import PainterPool
from litink.providers.local.voices import LocalVoices
from litink.providers.local.voices.pool import VoicePool
from litink.providers.wire import Upload
from litink.settings import Settings
from litink.story.edits.kinds import WishPicture
from litink.story.model_writer import ModelWriter
from litink.story.writer import LocalWriter, Writer

WritersTask = Literal["cast", "plot", "script", "scenes"]
PictureKind = Literal["portrait", "scene_image", "cover"]
Recipe = dict[str, Any]

LOCAL_NARRATOR = "hibari:af_heart"
_UNLIMITED = 8  # calls side by side where no limit is known

# The setting that chooses who does a task.
_CHOSEN_BY: Mapping[Task, Literal["writer", "embedder", "painter", "voice", "motion", "music"]] = {
    "cast": "writer",
    "plot": "writer",
    "script": "writer",
    "scenes": "writer",
    "question": "writer",
    "embedding": "embedder",
    "portrait": "painter",
    "scene_image": "painter",
    "cover": "painter",
    "motion": "motion",
    "lipsync": "motion",
    "music": "music",
    "speech": "voice",
}


class Engines:
    """Holds what is expensive to start; one per process, closed at its end.

    ``cashier`` makes what buys from providers; without it engines that cost money can be described, not used.
    """

    def __init__(self, settings: Settings, cashier: Callable[[], Cashier] | None = None) -> None:
        self.settings = settings
        self._make_cashier = cashier
        self._open = ExitStack()
        self._lock = Lock()  # held while something is started, so that it is started once

    @classmethod
    @contextmanager
    def opened(cls, settings: Settings, cashier: Callable[[], Cashier] | None = None) -> Iterator[Engines]:
        engines = cls(settings, cashier)
        with engines._open:
            yield engines

    def close(self) -> None:
        self._open.close()

    # -- who does what -------------------------------------------------------------------------------------------

    @cached_property
    def catalogue(self) -> Catalogue:
        return load(self.settings.catalogue)

    @property
    def tiers(self) -> Sequence[str]:
        return tuple(self.catalogue.tiers)

    def ladder(self, tier: str, task: Task) -> tuple[Model, ...]:
        """The models that do a task for a tier, the first choice first. Empty: a local engine does, or for moving
        pictures nobody. A tier that the catalogue does not know is given local engines."""
        if tier not in self.catalogue.tiers:
            return ()
        return tuple(model for model in self.catalogue.ladder(tier, task) if self.admits(task, model.provider))

    def admits(self, task: Task, provider: str) -> bool:
        """Whether the settings let a provider do a task."""
        choice = "local" if task not in _CHOSEN_BY else getattr(self.settings, _CHOSEN_BY[task])
        return bool(choice == provider or (choice == "auto" and self._has_key(provider)))

    def width(self, tier: str, *tasks: Task) -> int | None:
        """How many items are worth making side by side: twice as many as providers take calls, so that the next are at
        hand while answers are checked and kept; None: as many as there are cores."""
        policy = Policy.from_settings(self.settings)
        limits = [
            policy.limit_of(model.provider, model.operation) for task in tasks for model in self.ladder(tier, task)
        ]
        most = max((limit[1] if limit else _UNLIMITED for limit in limits), default=None)
        return None if most is None else 2 * most

    def _has_key(self, provider: str) -> bool:
        return getattr(self.settings, f"{provider}_api_key") is not None

    @cached_property
    def _cashier(self) -> Cashier:
        if self._make_cashier is None:
            raise PermanentFailure("no-cashier", "Nothing can be bought here: this process has no database to note it.")
        return self._open.enter_context(self._make_cashier())

    def _till(self, purpose: Purpose, credits: Credits) -> Till:
        with self._lock:
            return Till(self._cashier, purpose, credits)

    # -- writing ---------------------------------------------------------------------------------------------------

    def writer_for(self, task: WritersTask, purpose: Purpose, credits: Credits) -> Writer:
        return self._writer(task, purpose.owned.tier, self._till, purpose, credits)

    def writer_recipe(self, task: WritersTask, tier: str) -> Recipe:
        return dict(self._writer(task, tier).recipe(task))

    def _writer(
        self, task: WritersTask, tier: str, till: Callable[..., Till] | None = None, *to: Purpose | Credits
    ) -> Writer:
        ladder = self.ladder(tier, task)
        if not ladder:
            return LocalWriter()
        chat = PaidChat(till(*to) if till else None, {task: ladder})
        return ModelWriter(chat, LocalWriter(), parallel=self.width(tier, task) or 1)

    # -- answering -------------------------------------------------------------------------------------------------

    def answers_questions(self, tier: str) -> bool:
        """Whether a model answers what readers ask; nobody does on this machine."""
        return bool(self.ladder(tier, "question"))

    def replies(
        self, purpose: Purpose, credits: Credits, passages: Sequence[str], question: str
    ) -> Iterator[Delta | Bought[Reply]]:
        """Only for tiers of which :meth:`answers_questions` holds."""
        return replies(self._till(purpose, credits), self.ladder(purpose.owned.tier, "question"), passages, question)

    # -- searching -------------------------------------------------------------------------------------------------

    def embedder_for(self, purpose: Purpose, credits: Credits) -> Embedder:
        ladder = self.ladder(purpose.owned.tier, "embedding")
        return PaidEmbedder(self._till(purpose, credits), ladder[0]) if ladder else self.local_embedder

    def embedder_recipe(self, tier: str) -> Recipe:
        ladder = self.ladder(tier, "embedding")
        return embedder_recipe(ladder[0]) if ladder else dict(MiniLM.recipe())

    def embedder_of(self, recipe: Mapping[str, Any], purpose: Purpose) -> Embedder:
        """The embedder that a recipe tells of, whatever is chosen today: a query must be of the index's own kind.

        Raises PermanentFailure("index-outdated") when there is no such embedder any more.
        """
        if recipe == MiniLM.recipe():
            return self.local_embedder
        for model in self.catalogue.models.values():
            if model.operation == "embedding" and embedder_recipe(model) == recipe:
                return PaidEmbedder(self._till(purpose, Credits()), model)
        raise PermanentFailure("index-outdated", "The book's search index is of an earlier kind; make the book again.")

    @property
    def local_embedder(self) -> MiniLM:
        with self._lock:
            return self._embedder

    @cached_property
    def _embedder(self) -> MiniLM:
        return MiniLM(threads=self.settings.workers)

    # -- drawing ---------------------------------------------------------------------------------------------------

    def painter_for(
        self,
        kind: PictureKind,
        purpose: Purpose,
        credits: Credits,
        portraits: Mapping[str, Upload] | None = None,
        wish: WishPicture | None = None,
    ) -> Illustrator:
        """``portraits``: pictures of the people, by Character.id, for painters that follow them. ``wish``: what a
        person asks of the picture besides; the local painter takes no words."""
        return self.illustrator_for(kind, purpose, credits, portraits, wish) or self.local_painter

    def illustrator_for(
        self,
        kind: PictureKind,
        purpose: Purpose,
        credits: Credits,
        portraits: Mapping[str, Upload] | None = None,
        wish: WishPicture | None = None,
    ) -> PaidPainter | None:
        """The provider's painter; None where pictures of this kind are drawn locally."""
        tier = purpose.owned.tier
        if not self.ladder(tier, kind):
            return None
        ladders = Ladders(*(self.ladder(tier, each) for each in ("portrait", "scene_image", "cover")))
        return PaidPainter(self._till(purpose, credits), ladders, portraits or {}, wish)

    def picture_recipe(self, kind: PictureKind, tier: str) -> Recipe:
        ladder = self.ladder(tier, kind)
        return picture_recipe(ladder) if ladder else self.local_picture_recipe()

    def local_picture_recipe(self) -> Recipe:
        """How local pictures, cards and lettering are made, without starting anything."""
        return dict(self._local_picture_recipe)

    @cached_property
    def _local_picture_recipe(self) -> Mapping[str, Any]:
        return LocalPainter(self.settings.engines_dir).recipe()

    def follows_portraits(self, tier: str) -> bool:
        """Whether portraits decide how people look in scenes."""
        return any(model.references for model in self.ladder(tier, "scene_image"))

    @property
    def local_painter(self) -> PainterPool:
        with self._lock:
            return self._painters

    @cached_property
    def _painters(self) -> PainterPool:
        return self._open.enter_context(PainterPool(self.settings.engines_dir, self.settings.workers))

    # -- moving ----------------------------------------------------------------------------------------------------

    def animator_for(self, purpose: Purpose, credits: Credits) -> Animator:
        """Only for tiers that have an :meth:`animator_recipe`."""
        return PaidAnimator(self._till(purpose, credits), self.ladder(purpose.owned.tier, "motion"))

    def animator_recipe(self, tier: str) -> Recipe | None:
        """None where pictures do not move by themselves."""
        ladder = self.ladder(tier, "motion")
        return motion_recipe(ladder) if ladder else None

    def motion_seconds(self, tier: str, wanted: float) -> float:
        """The length of the video that would be made for a shot of so many seconds."""
        return float(length_of(self.ladder(tier, "motion")[0], wanted))

    def lip_syncer_for(self, purpose: Purpose, credits: Credits) -> PaidLipSync:
        """Only for tiers that have a :meth:`lipsync_recipe`."""
        return PaidLipSync(self._till(purpose, credits), self.ladder(purpose.owned.tier, "lipsync"))

    def lipsync_recipe(self, tier: str) -> Recipe | None:
        """None where no provider moves lips."""
        ladder = self.ladder(tier, "lipsync")
        return lips_recipe(ladder) if ladder else None

    # -- composing -------------------------------------------------------------------------------------------------

    def composer_for(self, purpose: Purpose, credits: Credits) -> PaidComposer:
        """Only for tiers that have a :meth:`composer_recipe`."""
        return PaidComposer(self._till(purpose, credits), self.ladder(purpose.owned.tier, "music"))

    def composer_recipe(self, tier: str) -> Recipe | None:
        """None where nobody composes: there is ambience alone."""
        ladder = self.ladder(tier, "music")
        return composer_recipe(ladder) if ladder else None

    # -- speaking --------------------------------------------------------------------------------------------------

    def speakers_for(self, purpose: Purpose, credits: Credits, own: Sequence[Voice] = ()) -> SpeechEngine:
        """``own``: voices of the owner's that may speak besides."""
        ladder = self.ladder(purpose.owned.tier, "speech")
        if not ladder:
            return self.local_speakers
        voices = _voice_list(ladder)
        known = voices.model_copy(update={"voices": (*voices.voices, *own)})
        return PaidVoices(self._till(purpose, credits), ladder, known)

    def clones_voices(self, tier: str) -> bool:
        """Whether people of a tier may have voices of their own here."""
        ladder = self.ladder(tier, "speech")
        return bool(ladder) and ladder[0].provider == "elevenlabs" and self.catalogue.tiers[tier].voice_cloning

    def voices(self, tier: str) -> Sequence[Voice]:
        """Those that can be cast, best first."""
        ladder = self.ladder(tier, "speech")
        return _voice_list(ladder).voices if ladder else self._local_voices.voices()

    def narrator(self, tier: str) -> str:
        ladder = self.ladder(tier, "speech")
        return _voice_list(ladder).narrator if ladder else LOCAL_NARRATOR

    def voice_recipe(self, voice: str, tier: str) -> Recipe:
        ladder = self.ladder(tier, "speech")
        return voice_recipe(ladder, voice) if ladder else dict(self._local_voices.recipe(voice))

    def reads_ipa(self, tier: str) -> bool:
        """Whether voices can be told how a word sounds; else they are told by a respelling."""
        return not self.ladder(tier, "speech")

    def stitches(self, tier: str) -> bool:
        """Whether what is said before and after a line makes it sound different."""
        ladder = self.ladder(tier, "speech")
        return bool(ladder) and stitches(ladder)

    @cached_property
    def _local_voices(self) -> LocalVoices:
        return LocalVoices(self.settings.engines_dir)

    @property
    def local_speakers(self) -> VoicePool:
        with self._lock:
            return self._speakers

    @cached_property
    def _speakers(self) -> VoicePool:
        return self._open.enter_context(VoicePool(self.settings.engines_dir, self.settings.workers))


def cashier_of(settings: Settings, engine: Engine, objects: Objects) -> Cashier:
    """A cashier with the adapters of the providers whose keys are set."""
    from litink.providers.adapters import adapters  # the vendors' SDKs take seconds to import: only for who buys

    return Cashier(engine, objects, adapters(settings, load(settings.catalogue)), Policy.from_settings(settings))


def _voice_list(ladder: Sequence[Model]) -> VoiceList:
    return voice_lists()[ladder[0].provider]
