"""An order as pieces of the book's film: which clips or stretches of them, with what over them. Makes nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from litink.errors import PermanentFailure
from litink.media.pieces import Piece, captioned, laid_out
from litink.media.profile import Profile, profile_for
from litink.media.timeline import FPS, Clip, Timeline
from litink.media.trailer import CARD_SECONDS, SHOWN, card, moments
from litink.production.context import Production
from litink.production.exports.limits import mark_of, resolution_of
from litink.production.exports.model import PREVIEW_SECONDS, Cut, FilmLike, FilmOrder, MergeOrder, TrailerOrder
from litink.production.names import line_key

PREVIEW_SIDE = 360  # pixels of a preview's shorter side
_CARD = "card"  # the picture key of a card that an order draws for itself
_ENDING = ("climax", "resolution")  # turning points that a trailer keeps to itself


@dataclass(frozen=True)
class Card:
    heading: str
    subtitle: str


@dataclass(frozen=True)
class Cutting:
    """What a film is put together from. ``timeline`` is that of the pieces; ``cards`` are drawn for it alone."""

    title: str
    pieces: Sequence[Piece]
    timeline: Timeline
    profile: Profile
    cards: Mapping[str, Card] = field(default_factory=dict)


def cutting_of(production: Production, order: FilmLike, film: Timeline) -> Cutting:
    """``film``: the book's own timeline.

    Raises PermanentFailure "no-such-chapter", "no-such-clip", "cut-empty", "film-too-short".
    """
    engines, tier = production.engines, production.tier
    mark = mark_of(engines, tier, order.watermark)
    profile = profile_for(film.ratio, resolution_of(engines, tier, order.resolution))
    if isinstance(order, FilmOrder):
        found = _film(order, film, profile)
    elif isinstance(order, TrailerOrder):
        found = _trailer(production, order, film, profile)
    else:
        found = _merge(order, film, profile if order.preview_from is None else _small(profile))
    found = replace(found, pieces=[p.model_copy(update={"mark": mark}) for p in found.pieces])
    if order.captions == "burned":
        found = replace(found, pieces=captioned(found.pieces, found.timeline))
    return found


def of_chapter(film: Timeline, chapter: str | None) -> tuple[str, Timeline]:
    """The title and the part of the film of one chapter; all of it for None. Raises "no-such-chapter"."""
    if chapter is None:
        return film.title, film
    clips = [clip for clip in film.clips if clip.chapter == chapter]
    if not clips:
        raise PermanentFailure("no-such-chapter", "The film does not have this chapter; choose another.")
    title = f"{film.title} · {film.chapters[chapter]}"
    return title, laid_out([Piece.whole(clip) for clip in clips], film, title=title)


def _film(order: FilmOrder, film: Timeline, profile: Profile) -> Cutting:
    title, _ = of_chapter(film, order.chapter)
    clips = [clip for clip in film.clips if order.chapter in (None, clip.chapter)]
    pieces = [Piece.whole(clip) for clip in clips]
    return Cutting(title, pieces, laid_out(pieces, film, title=title), profile)


# -- trailer -----------------------------------------------------------------------------------------------------------


def _trailer(production: Production, order: TrailerOrder, film: Timeline, profile: Profile) -> Cutting:
    opening = [Piece.whole(clip) for clip in film.clips if clip.kind == "title"]
    taken = sum(piece.frames for piece in opening) / FPS + CARD_SECONDS
    beats, until = _beats(production, film)
    chosen = moments(film, seconds=order.seconds - taken, beats=beats, until=until)
    scenes = len({piece.clip.key for piece in chosen})
    words = f"Trailer · moments from {scenes} of {_scenes(film)} scenes, in their order, without the ending"
    cards = {_CARD: Card(film.title, words)}
    pieces = [*opening, *chosen, card(_CARD, film.title)]
    title = f"{film.title} · Trailer"
    return Cutting(title, pieces, laid_out(pieces, film, titles=(), title=title), profile, cards)


def _scenes(film: Timeline) -> int:
    return sum(clip.kind == "scene" for clip in film.clips)


def _beats(production: Production, film: Timeline) -> tuple[dict[str, float], float]:
    """The lines in which turning points stand, and the share of the film after which they would tell the ending."""
    at = {line.line.id: line.start / film.seconds for line in film.spoken()}
    beats: dict[str, float] = {}
    until = SHOWN
    for point in production.plot.turning_points:
        for span in point.statement.evidence:
            script = production.scripts.get(span.chapter)
            lines = [line for scene in script.scenes for line in scene.lines] if script else []
            meant = [
                line_key(span.chapter, line.id) for line in lines if line.start < span.end and line.end > span.start
            ]
            known = [key for key in meant if key in at]
            if point.name.lower() in _ENDING:
                # Told too early it is no ending: most of the film would be left out for nothing.
                until = min([until, *(at[key] for key in known if at[key] > 0.5)])
            else:
                beats |= dict.fromkeys(known, 1.5)
    return beats, until


# -- merge -------------------------------------------------------------------------------------------------------------


def _merge(order: MergeOrder, film: Timeline, profile: Profile) -> Cutting:
    clips = {clip.key: clip for clip in film.clips}
    pieces = [_cut(cut, clips) for cut in order.cuts]
    if order.preview_from is not None:
        pieces = _stretch(pieces, round(order.preview_from * FPS), round(PREVIEW_SECONDS * FPS))
    titles = [piece.clip.title for piece in pieces]
    return Cutting(order.name, pieces, laid_out(pieces, film, titles=titles, title=order.name), profile)


def _cut(cut: Cut, clips: Mapping[str, Clip]) -> Piece:
    clip = clips.get(cut.clip)
    if clip is None:
        raise PermanentFailure("no-such-clip", f"The film has no clip “{cut.clip}” any more; take it out of the merge.")
    first = round(cut.start * FPS)
    last = clip.frames if cut.end is None else min(clip.frames, round(cut.end * FPS))
    if last - first < 1:
        raise PermanentFailure("cut-empty", f"“{clip.title}” lasts {clip.frames / FPS:.1f} s: nothing is left of it.")
    half = (last - first) // 2
    return Piece(
        clip=clip,
        first=first,
        frames=last - first,
        fade_in=min(half, round(cut.fade_in * FPS)),
        fade_out=min(half, round(cut.fade_out * FPS)),
        volume=cut.volume,
    )


def _stretch(pieces: Sequence[Piece], start: int, frames: int) -> list[Piece]:
    """The pieces of a film between two of its frames."""
    result: list[Piece] = []
    at = 0
    for piece in pieces:
        first, last = max(start, at), min(start + frames, at + piece.frames)
        if last > first:
            changes = {
                "first": piece.first + first - at,
                "frames": last - first,
                "fade_in": piece.fade_in if first == at else 0,
                "fade_out": piece.fade_out if last == at + piece.frames else 0,
            }
            result.append(piece.model_copy(update=changes))
        at += piece.frames
    if not result:
        raise PermanentFailure("cut-empty", f"The film lasts {at / FPS:.1f} s; there is nothing to see behind that.")
    return result


def _small(profile: Profile) -> Profile:
    scale = PREVIEW_SIDE / min(profile.width, profile.height)
    return replace(profile, width=round(profile.width * scale / 2) * 2, height=round(profile.height * scale / 2) * 2)
