"""Composition: which figures stand where, how near the camera is, what is sharp. One function a size of shot."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from litink.media.mouths import Shape
from litink.providers.local.painter.chance import Chance
from litink.providers.local.painter.figures.appearance import Appearance, appearance_of
from litink.providers.local.painter.figures.body import frame_of
from litink.providers.local.painter.figures.figure import Box, paint_figure, paint_from_behind, pose_of
from litink.providers.local.painter.light import Light, light_of
from litink.providers.local.painter.props import PropBox
from litink.providers.local.painter.render import over_soft
from litink.providers.local.painter.scenery.place import Place, place_for
from litink.providers.local.painter.scenery.places import INDOORS, known_kind, paint_place
from litink.providers.local.painter.scenery.sky import paint_falling, paint_vignette, paint_weather
from litink.providers.local.painter.svg import Drawing, num
from litink.story.model import Character, Figure, SceneDescription, Shot

ADULT = 985.0  # height of a figure of usual build, in figure units
MOST_FIGURES = 8


@dataclass(frozen=True)
class Player:
    """A figure of the shot with the look of its character."""

    key: str  # Character.id
    look: Appearance
    expression: str
    speaking: bool
    chance: Chance
    mouth: Shape | None = None


@dataclass(frozen=True)
class Nearby:
    """Sharp figures before a ground that is out of focus, which is seen ``zoom`` times nearer."""

    drawing: Drawing
    zoom: float
    mouths: Mapping[str, Box]  # of those who show their faces, by Character.id


def players_of(shot: Shot, cast: Mapping[str, Character], mouth: Shape | None = None) -> list[Player]:
    """The figures that the cast knows, each once, at most eight; all with this mouth, or as they feel."""
    figures: dict[str, Figure] = {}
    for figure in shot.figures:
        if figure.character in cast and cast[figure.character].kind == "character":
            figures.setdefault(figure.character, figure)
    return [
        Player(key, appearance_of(cast[key]), figure.expression, figure.speaking, Chance("player", shot.id, key), mouth)
        for key, figure in list(figures.items())[:MOST_FIGURES]
    ]


def compose(
    scene: SceneDescription, shot: Shot, cast: Mapping[str, Character], width: int, height: int, props: PropBox
) -> bytes:
    """The shot as PNG bytes.

    The place is chosen by setting and place name, not by the shot: the same parlour looks the same whenever the
    story returns to it, and only the camera moves.
    """
    kind, place, camera = _stage(scene, shot, width, height)
    players = players_of(shot, cast)
    if _from_afar(shot, players, width, height):
        return _wide(place, kind, shot, players, scene.props, camera, props)
    return _before_soft_ground(place, kind, _nearby(shot, place, players, camera), camera)


def nearby(
    scene: SceneDescription, shot: Shot, cast: Mapping[str, Character], width: int, height: int, mouth: Shape | None
) -> Nearby | None:
    """The figures of the shot alone, all with this mouth, or as :func:`compose` draws them; None where the camera is
    too far away to see one move."""
    _, place, camera = _stage(scene, shot, width, height)
    players = players_of(shot, cast, mouth)
    return None if _from_afar(shot, players, width, height) else _nearby(shot, place, players, camera)


def _stage(scene: SceneDescription, shot: Shot, width: int, height: int) -> tuple[str, Place, Chance]:
    """The kind of place, the place, the camera's choices."""
    kind = known_kind(scene.setting, scene.indoors)
    light = light_of(scene.time_of_day, scene.weather, scene.mood)
    ground = Chance("place", kind, scene.place.strip().casefold() or scene.id)
    return kind, place_for(width, height, light, ground, kind in INDOORS), Chance("camera", scene.id, shot.id)


def _from_afar(shot: Shot, players: list[Player], width: int, height: int) -> bool:
    crowd = len(players) > (8 if width > height else 4 if width == height else 3) and shot.size == "medium"
    return not players or crowd or shot.size in ("wide", "tracking", "pov")


def _nearby(shot: Shot, place: Place, players: list[Player], camera: Chance) -> Nearby:
    near = Drawing(place.w, place.h)
    paint_falling(near, place.light, place.chance, place.w, place.h, place.u, indoors=place.indoors)
    if shot.size == "close_up":
        return _close_up(near, place, players, camera)
    if shot.size == "over_the_shoulder" and len(players) > 1:
        return _over_the_shoulder(near, place, players, camera)
    if shot.size == "two_shot" and len(players) > 1:
        pair = sorted(players, key=lambda player: not player.speaking)[:2]
        return _row(near, place, pair, camera, facing_each_other=True)
    return _row(near, place, players, camera)


def _zoomed(place: Place, kind: str, zoom: float, focus: tuple[float, float], target: tuple[float, float]) -> None:
    """The place seen nearer: the point ``focus`` of it stands at ``target`` in the frame, never beyond its rims."""
    left = min(0.0, max(place.w * (1 - zoom), target[0] - focus[0] * zoom))
    top = min(0.0, max(place.h * (1 - zoom), target[1] - focus[1] * zoom))
    with place.d.group(f"translate({num(left)} {num(top)}) scale({zoom:.3f})"):
        paint_place(place, kind)


def _before_soft_ground(place: Place, kind: str, near: Nearby, camera: Chance) -> bytes:
    focus = (place.w * camera.between(0.36, 0.64), place.horizon)
    _zoomed(place, kind, near.zoom, focus, (place.w / 2, place.h * 0.40))
    paint_vignette(place.d, place.w, place.h, place.light)
    return over_soft(place.d, near.drawing, blur=0.8 + 0.9 * (near.zoom - 1))


def _facing(index: int, xs: list[float], players: list[Player], middle: float) -> int:
    """Listeners look at whoever speaks, the others at the middle of the group."""
    speaker = next((k for k, player in enumerate(players) if player.speaking), None)
    target = xs[speaker] if speaker is not None and speaker != index else middle
    if abs(target - xs[index]) < 1:
        return 1 if players[index].chance.branch("facing").maybe(0.5) else -1
    return 1 if target > xs[index] else -1


def _wide(
    place: Place, kind: str, shot: Shot, players: list[Player], kinds: tuple[str, ...], camera: Chance, props: PropBox
) -> bytes:
    """Small figures in a big place; point of view and tracking shots stand a little nearer."""
    zoom = {"pov": 1.16, "tracking": 1.08}.get(shot.size, 1.0 if players else camera.branch("zoom").between(1.0, 1.12))
    focus = (place.w * camera.branch("focus").between(0.42, 0.58), place.ground)
    d = place.d
    left = min(0.0, max(place.w * (1 - zoom), place.w / 2 - focus[0] * zoom))
    with d.group(f"translate({num(left)} {num(place.ground * (1 - zoom))}) scale({zoom:.3f})"):
        paint_place(place, kind)
    count = len(players)
    man = place.man * zoom * (0.92 if count > 5 else 1)
    step = min(man * 0.46, place.w * 0.80 / max(1, count))
    scale = min(man, step / 0.36 if count > 1 else man) / ADULT
    middle = place.w * camera.choice((0.40, 0.5, 0.60))
    half = step * (count - 1) / 2
    reach = half + step * 0.5
    middle = (
        min(max(middle, place.w * 0.08 + reach), place.w * 0.92 - reach) if reach * 2 < place.w * 0.84 else place.w / 2
    )
    xs = [middle - half + step * k + camera.jitter(step * 0.06) for k in range(count)]
    order = sorted(range(count), key=lambda k: k % 2 == 0)
    _lay_props(place, kinds, middle, reach, camera, props)
    for k in order:
        depth = 0.965 if k % 2 else 1.0
        facing = 1 if shot.size == "tracking" else _facing(k, xs, players, middle)
        player = players[k]
        pose = pose_of(player.expression, player.speaking, player.chance.branch("pose"))
        feet = place.ground - (1 - depth) * (place.ground - place.horizon) * 1.2
        paint_figure(
            d,
            player.look,
            place.light,
            xs[k],
            feet,
            scale * depth,
            facing=facing,
            expression=player.expression,
            speaking=player.speaking,
            pose=pose,
        )
    paint_weather(place)
    paint_vignette(d, place.w, place.h, place.light)
    return d.png()


def _lay_props(
    place: Place, kinds: tuple[str, ...], middle: float, reach: float, camera: Chance, props: PropBox
) -> None:
    """Up to three things on the ground, beside the figures and inside the safe area."""
    found = [prop for prop in props.known(kinds) if not prop.afloat][:3]
    spots = [middle - reach - place.man * 0.28, middle + reach + place.man * 0.28, middle + reach + place.man * 0.72]
    for prop, x in zip(found, spots, strict=False):
        size = place.man * prop.size
        x += (size / 2) * (1 if x > middle else -1)
        if place.w * 0.07 + size / 2 < x < place.w * 0.93 - size / 2:
            props.paint(place.d, prop, place.light, x, place.ground + place.u * camera.between(0.5, 2.0), size)


def _reach(player: Player) -> float:
    """Height of the figure with its hat, as a share of the usual adult."""
    frame = frame_of(player.look)
    return (frame.height + (frame.head * 0.55 if player.look.hat in ("top", "bowler") else frame.head * 0.2)) / ADULT


def _row(
    near: Drawing, place: Place, players: list[Player], camera: Chance, *, facing_each_other: bool = False
) -> Nearby:
    """From the waist up, side by side."""
    count, w, h = len(players), place.w, place.h
    tall = max(_reach(player) for player in players)
    share = 1.46 if w > h * 1.2 else 1.22 if w > h * 0.8 else 0.98
    size = min(h * share, w * 0.86 / (0.24 * count + 0.06))
    top = h * (0.13 if w > h else 0.24)
    feet = max(top + size * tall, h * 1.02)
    step = min(size * 0.40, w * 0.86 / max(1, count))
    if facing_each_other:
        step = min(w * 0.36, size * 0.52)
    middle = w * (0.5 if count > 1 else camera.choice((0.40, 0.60)))
    xs = [middle + step * (k - (count - 1) / 2) for k in range(count)]
    mouths: dict[str, Box] = {}
    for k in sorted(range(count), key=lambda k: k % 2 == 0):
        player = players[k]
        facing = (1 if xs[k] < w / 2 else -1) if count == 1 else _facing(k, xs, players, middle)
        pose = pose_of(player.expression, player.speaking, player.chance.branch("pose"))
        mouths[player.key] = paint_figure(
            near,
            player.look,
            place.light,
            xs[k],
            feet,
            size / ADULT,
            facing=facing,
            expression=player.expression,
            speaking=player.speaking,
            pose=pose,
            shadow=feet < h * 1.2,
            mouth=player.mouth,
        )
    return Nearby(near, min(2.0, max(1.25, size / place.man * 0.55)), mouths)


def _portrait_of(near: Drawing, player: Player, light: Light, x: float, y: float, head: float, facing: int) -> Box:
    """Head and shoulders: the middle of the head at (x, y), ``head`` pixels from chin to crown. Where the mouth is."""
    frame = frame_of(player.look)
    scale = head / frame.head
    pose = "gesture" if player.speaking and player.chance.branch("hand").maybe(0.3) else "rest"
    feet = y + (frame.height - frame.head / 2) * scale
    return paint_figure(
        near,
        player.look,
        light,
        x,
        feet,
        scale,
        facing=facing,
        expression=player.expression,
        speaking=player.speaking,
        pose=pose,
        shadow=False,
        mouth=player.mouth,
    )


def _close_up(near: Drawing, place: Place, players: list[Player], camera: Chance) -> Nearby:
    player = next((p for p in players if p.speaking), players[0])
    head = min(place.h * 0.44, place.w * 0.46)
    facing = camera.choice((1, -1))
    x = place.w * (0.5 - 0.07 * facing)
    hat = player.look.hat in ("top", "bowler", "crown")
    y, size = place.h * (0.50 if hat else 0.43), head * (0.86 if hat else 1)
    return Nearby(near, 2.3, {player.key: _portrait_of(near, player, place.light, x, y, size, facing)})


def _over_the_shoulder(near: Drawing, place: Place, players: list[Player], camera: Chance) -> Nearby:
    """One faces us past the dark shoulder of the other."""
    player = next((p for p in players if p.speaking), players[0])
    listener = next(p for p in players if p is not player)
    side = camera.choice((1, -1))
    head = min(place.h * 0.27, place.w * 0.30)
    mouth = _portrait_of(near, player, place.light, place.w * (0.5 - 0.13 * side), place.h * 0.38, head, side)
    frame = frame_of(listener.look)
    scale = head * 1.55 / frame.head
    x, y = place.w * (0.5 + 0.30 * side), place.h * 0.56
    paint_from_behind(near, listener.look, place.light, x, y + (frame.height - frame.head / 2) * scale, scale)
    return Nearby(near, 1.9, {player.key: mouth})
