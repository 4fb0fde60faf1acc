"""Bodies and clothes of standing figures.

Figure units: an adult is about 1000 high, the origin is between the feet, up is negative.
"""

from __future__ import annotations

from dataclasses import dataclass

from litink.providers.local.painter.colour import darker, lighter, mix
from litink.providers.local.painter.figures.appearance import Appearance
from litink.providers.local.painter.light import Light
from litink.providers.local.painter.svg import Drawing, ellipse_path, num


@dataclass(frozen=True)
class Frame:
    """Where the joints are. Lengths in figure units."""

    height: float
    head: float  # chin to crown
    chin: float
    shoulder: float
    waist: float
    hip: float
    knee: float
    shoulders: float  # half widths
    waists: float
    hips: float
    arm: float  # thickness of a sleeve
    stoop: float  # how far the head stands forward


def frame_of(look: Appearance) -> Frame:
    height, head = {"child": (650.0, 158.0), "young": (930.0, 166.0), "old": (920.0, 170.0)}.get(
        look.age, (985.0, 168.0)
    )
    if look.feminine and look.age != "child":
        height *= 0.955
    height *= look.height
    body = height - head
    chin = -body
    shoulder = chin + head * 0.20
    hip = -body * (0.555 if look.age != "child" else 0.50)
    wide = look.width * (0.5 + 0.5 * height / 985)
    slim = look.feminine or look.age == "child"
    return Frame(
        height=height, head=head, chin=chin, shoulder=shoulder, waist=shoulder + (hip - shoulder) * 0.66, hip=hip,
        knee=hip * 0.5, shoulders=(98 if slim else 118) * wide, waists=(66 if slim else 94) * wide ** 1.5,
        hips=(88 if slim else 92) * wide,
        arm=(46 if slim else 56) * (0.6 + 0.4 * wide) * (0.82 if look.age == "child" else 1),
        stoop=16 if look.age == "old" else 0,
    )  # fmt: skip


POSES: dict[str, tuple[tuple[float, float, float, float], tuple[float, float, float, float]]] = {
    # far arm, near arm: elbow x, y, hand x, y from the shoulder, in fractions of the arm's length; x away from the body
    "rest": ((0.16, 0.52, 0.10, 0.98), (0.18, 0.52, 0.14, 0.98)),
    "hip": ((0.16, 0.52, 0.10, 0.98), (0.40, 0.44, 0.02, 0.74)),
    "clasped": ((0.16, 0.52, -0.26, 0.74), (0.22, 0.52, -0.36, 0.70)),
    "chest": ((0.16, 0.52, 0.10, 0.98), (0.22, 0.50, -0.28, 0.36)),
    "gesture": ((0.15, 0.50, 0.32, 0.12), (0.18, 0.52, 0.14, 0.98)),
    "plead": ((0.15, 0.50, 0.36, 0.42), (0.24, 0.50, 0.02, 0.78)),
    "raised": ((0.40, 0.26, 0.50, -0.26), (0.18, 0.52, 0.14, 0.98)),
    "recoil": ((0.30, 0.42, 0.28, 0.02), (0.30, 0.44, 0.10, 0.06)),
}


def _cloth(drawing: Drawing, light: Light, colour: str) -> str:
    """A fill lit from the right, as the face is."""
    stops = [
        (0.0, light.tint(darker(colour, 0.26))),
        (0.45, light.tint(colour)),
        (1.0, light.tint(lighter(colour, 0.16))),
    ]
    return drawing.linear(stops, (0, 0.5), (1, 0.35))


def _sleeve_colour(look: Appearance) -> str:
    return "#e4dccb" if look.garment == "shirt" else look.cloth


def _arm(
    drawing: Drawing, look: Appearance, light: Light, frame: Frame, pose: tuple[float, float, float, float], side: int
) -> None:
    """``side`` 1 is the far arm (the figure's front, right), -1 the near one."""
    length = (frame.hip - frame.shoulder) * 1.14
    x = side * (frame.shoulders - frame.arm * 0.46)
    y = frame.shoulder + frame.arm * 0.55
    elbow = (x + side * pose[0] * length, y + pose[1] * length)
    hand = (x + side * pose[2] * length, y + pose[3] * length)
    colour = _sleeve_colour(look)
    paint = light.tint(darker(colour, 0.20 if side == 1 else 0.06))
    path = f"M{num(x)} {num(y)}Q{num(elbow[0])} {num(elbow[1])} {num(hand[0])} {num(hand[1])}"
    bend = f"M{num(x)} {num(y)}L{num(elbow[0])} {num(elbow[1])}L{num(hand[0])} {num(hand[1])}"
    skin = light.tint(darker(look.skin, 0.06))
    dx, dy = hand[0] - elbow[0], hand[1] - elbow[1]
    reach = max(1.0, (dx * dx + dy * dy) ** 0.5)
    palm = (hand[0] + dx / reach * frame.arm * 0.42, hand[1] + dy / reach * frame.arm * 0.42)
    drawing.ellipse(palm[0], palm[1], frame.arm * 0.36, frame.arm * 0.42, skin)
    drawing.line(bend if abs(pose[0] - pose[2]) > 0.2 else path, paint, frame.arm)
    cuff = light.tint("#f1ead9" if look.garment in ("coat", "jacket", "dress") else darker(colour, 0.25))
    drawing.line(
        f"M{num(hand[0])} {num(hand[1])}l{num(dx / reach * 4)} {num(dy / reach * 4)}",
        cuff,
        frame.arm * 0.86,
        cap="round",
    )
    drawing.line(f"M{num(hand[0] - dx / reach * 9)} {num(hand[1] - dy / reach * 9)}l1 1", paint, frame.arm)


def paint_body(drawing: Drawing, look: Appearance, light: Light, pose: str) -> None:
    """Everything below the chin."""
    frame = frame_of(look)
    far, near = POSES.get(pose, POSES["rest"])
    _arm(drawing, look, light, frame, far, 1)
    skirted = look.garment in ("dress", "robe")
    if not skirted or look.age == "child":
        _legs(drawing, look, light, frame)
    _neck(drawing, look, light, frame)
    if look.garment == "dress":
        _dress(drawing, look, light, frame)
    elif look.garment == "robe":
        _robe(drawing, look, light, frame)
    else:
        _coat(drawing, look, light, frame)
    _arm(drawing, look, light, frame, near, -1)
    if look.garment == "cloak" or (look.garment == "dress" and look.extra == "shawl"):
        _cloak(drawing, look, light, frame)


def _neck(drawing: Drawing, look: Appearance, light: Light, frame: Frame) -> None:
    half = frame.head * (0.17 if look.feminine or look.age == "child" else 0.215)
    top, base = frame.chin - frame.head * 0.25, frame.shoulder + 26
    lean = frame.stoop
    drawing.path(
        f"M{num(-half + lean)} {num(top)}L{num(half + lean)} {num(top)}"
        f"Q{num(half)} {num(base - 20)} {num(half * 1.9)} {num(base)}"
        f"H{num(-half * 1.9)}Q{num(-half)} {num(base - 20)} {num(-half + lean)} {num(top)}Z",
        light.tint(darker(mix(look.skin, "#a8563f", 0.18), 0.10)),
    )


def _legs(drawing: Drawing, look: Appearance, light: Light, frame: Frame) -> None:
    shoe = light.tint("#2f2830")
    girl = look.garment == "dress"
    cloth = "#e6dcc8" if girl else look.trousers
    half = frame.hips * (0.30 if girl else 0.44)
    for side, colour in ((1, darker(cloth, 0.18)), (-1, cloth)):
        x = side * frame.hips * 0.46
        ankle = half * 0.62
        drawing.path(
            f"M{num(x - half)} {num(frame.hip)}L{num(x + half)} {num(frame.hip)}L{num(x + ankle + side * 6)} -22"
            f"L{num(x - ankle + side * 6)} -22Z",
            light.tint(colour),
        )
        drawing.path(
            f"M{num(x - ankle - 4 + side * 6)} 0V-24"
            f"Q{num(x + side * 6)} -40 {num(x + ankle + 4 + side * 6)} -24"
            f"Q{num(x + ankle + 34)} -18 {num(x + ankle + 36)} 0Z",
            shoe,
        )


def _torso(frame: Frame, hem: float, flare: float, neck: float) -> str:
    """Shoulders to hem; ``flare`` is the half width at the hem."""
    s, y = frame.shoulders, frame.shoulder
    return (
        f"M{num(-neck)} {num(y - 14)}C{num(-s * 0.7)} {num(y - 6)} {num(-s)} {num(y + 8)} {num(-s)} {num(y + 52)}"
        f"C{num(-s * 0.92)} {num(y + 110)} {num(-frame.waists)} {num(frame.waist - 50)} "
        f"{num(-frame.waists)} {num(frame.waist)}"
        f"C{num(-frame.waists)} {num(frame.waist + 50)} {num(-flare * 0.92)} {num(frame.hip)} {num(-flare)} {num(hem)}"
        f"Q0 {num(hem + 16)} {num(flare)} {num(hem)}"
        f"C{num(flare * 0.92)} {num(frame.hip)} {num(frame.waists)} {num(frame.waist + 50)} "
        f"{num(frame.waists)} {num(frame.waist)}"
        f"C{num(frame.waists)} {num(frame.waist - 50)} {num(s * 0.92)} {num(y + 110)} {num(s)} {num(y + 52)}"
        f"C{num(s)} {num(y + 8)} {num(s * 0.7)} {num(y - 6)} {num(neck)} {num(y - 14)}Z"
    )


def _coat(drawing: Drawing, look: Appearance, light: Light, frame: Frame) -> None:
    """Coat, jacket, shirt with waistcoat, uniform; the cloak goes over a coat."""
    y, waist = frame.shoulder, frame.waist
    long = look.garment in ("coat", "cloak")
    hem = frame.knee * 1.12 if long else frame.hip + 24
    flare = frame.hips * (1.34 if long else 1.14)
    neck = frame.head * 0.2
    white, inner = light.tint("#f3ecdc"), _cloth(drawing, light, look.second)
    open_at = frame.head * 0.34
    if look.garment == "shirt":
        drawing.path(_torso(frame, frame.hip + 14, frame.hips * 1.04, neck), _cloth(drawing, light, "#e4dccb"))
        vest = (
            f"M{num(-open_at)} {num(y - 8)}L{num(-frame.shoulders * 0.82)} {num(y + 14)}"
            f"L{num(-frame.waists * 1.0)} {num(waist)}"
            f"L{num(-frame.hips * 0.96)} {num(frame.hip + 8)}H{num(frame.hips * 0.96)}L{num(frame.waists)} {num(waist)}"
            f"L{num(frame.shoulders * 0.82)} {num(y + 14)}L{num(open_at)} {num(y - 8)}L{num(8)} {num(waist - 70)}Z"
        )
        drawing.path(vest, _cloth(drawing, light, look.cloth))
        _buttons(drawing, light, 8, waist - 56, frame.hip - 16, 4, darker(look.cloth, 0.5))
        drawing.path(
            f"M{num(-neck)} {num(y - 18)}L{num(8)} {num(y + 30)}L{num(neck + 6)} {num(y - 18)}"
            f"L{num(neck + 26)} {num(y + 14)}L{num(10)} {num(y + 62)}"
            f"L{num(-neck - 18)} {num(y + 14)}Z",
            white,
        )
        drawing.path(
            f"M8 {num(y + 24)}l-22 14l22 16l22 -16ZM8 {num(y + 44)}l-14 46l14 10l14 -10Z", light.tint(look.accent)
        )
        return
    drawing.path(_torso(frame, hem, flare, neck), _cloth(drawing, light, look.cloth))
    dark = light.tint(darker(look.cloth, 0.34))
    if look.garment == "uniform":
        gold = light.tint("#dcb455")
        for x in (-26, 40):
            _buttons(drawing, light, x, y + 50, waist, 5, "#dcb455")
        drawing.path(
            f"M{num(-neck)} {num(y - 24)}H{num(neck + 4)}L{num(neck + 8)} {num(y + 14)}"
            f"Q6 {num(y + 24)} {num(-neck - 4)} {num(y + 14)}Z",
            light.tint(look.accent),
        )
        for side in (-1, 1):
            drawing.ellipse(side * frame.shoulders * 0.80, y + 8, 36, 15, gold)
        drawing.rect(-frame.waists, waist - 10, frame.waists * 2, 24, light.tint("#e9e2d0"))
        drawing.rect(-6, waist - 12, 28, 28, gold)
        return
    # waistcoat and shirt in the opening, slightly right of the middle as the chest turns
    low = waist + 22
    drawing.path(
        f"M{num(-open_at)} {num(y + 8)}L{num(10)} {num(low)}L{num(open_at + 14)} {num(y + 8)}L10 {num(y - 10)}Z", inner
    )
    drawing.path(f"M{num(-neck)} {num(y - 18)}L{num(10)} {num(waist - 88)}L{num(neck + 10)} {num(y - 18)}Z", white)
    drawing.path(
        f"M9 {num(y + 6)}l-24 -12v30ZM9 {num(y + 6)}l24 -12v30ZM9 {num(y + 8)}l-12 48l12 12l12 -12Z",
        light.tint(look.accent),
    )
    _buttons(drawing, light, 10, waist - 74, waist + 6, 3, darker(look.second, 0.5))
    collar = lighter(look.cloth, 0.12)
    drawing.path(
        f"M{num(-neck - 4)} {num(y - 14)}L{num(-open_at - 26)} {num(y + 8)}"
        f"L{num(-open_at - 14)} {num(y + 76)}L10 {num(low)}Z"
        f"M{num(neck + 10)} {num(y - 14)}L{num(open_at + 34)} {num(y + 8)}"
        f"L{num(open_at + 26)} {num(y + 72)}L10 {num(low)}Z",
        light.tint(collar),
    )
    drawing.line(f"M10 {num(low)}L{num(14)} {num(hem + 6)}", dark, 5, 0.55)
    drawing.line(
        f"M{num(-frame.waists * 0.86)} {num(waist + 62)}h44M{num(frame.waists * 0.42)} {num(waist + 62)}h40",
        dark,
        6,
        0.5,
    )


def _buttons(drawing: Drawing, light: Light, x: float, top: float, bottom: float, count: int, colour: str) -> None:
    step = (bottom - top) / max(1, count - 1)
    drawing.path("".join(ellipse_path(x, top + i * step, 6.5, 6.5) for i in range(count)), light.tint(colour))


def _dress(drawing: Drawing, look: Appearance, light: Light, frame: Frame) -> None:
    child = look.age == "child"
    hem = frame.knee * 1.0 if child else -10
    flare = frame.hips * (1.7 if child else 2.15)
    y, waist, neck = frame.shoulder, frame.waist, frame.head * 0.24
    fill = _cloth(drawing, light, look.cloth)
    drawing.path(_torso(frame, frame.hip, frame.hips, neck), fill)
    w = frame.waists
    drawing.path(
        f"M{num(-w)} {num(waist - 4)}"
        f"C{num(-w * 1.5)} {num(waist + 70)} {num(-flare * 0.92)} {num(frame.knee)} {num(-flare)} {num(hem)}"
        f"Q0 {num(hem + 30)} {num(flare)} {num(hem)}"
        f"C{num(flare * 0.92)} {num(frame.knee)} {num(w * 1.5)} {num(waist + 70)} {num(w)} {num(waist - 4)}"
        "Z",
        fill,
    )
    fold = light.tint(darker(look.cloth, 0.34))
    drawing.line(
        f"M{num(-w * 0.5)} {num(waist + 30)}Q{num(-flare * 0.42)} {num(frame.knee)} {num(-flare * 0.52)} {num(hem + 6)}"
        f"M{num(w * 0.1)} {num(waist + 40)}Q{num(flare * 0.06)} {num(frame.knee)} {num(flare * 0.02)} {num(hem + 12)}"
        f"M{num(w * 0.6)} {num(waist + 30)}Q{num(flare * 0.46)} {num(frame.knee)} {num(flare * 0.58)} {num(hem + 4)}",
        fold, 6, 0.42,
    )  # fmt: skip
    drawing.line(
        f"M{num(-flare * 0.985)} {num(hem - 34)}Q0 {num(hem - 2)} {num(flare * 0.985)} {num(hem - 34)}",
        light.tint(lighter(look.cloth, 0.35)),
        7,
        0.55,
    )
    if look.extra == "apron" or child:
        drawing.path(
            f"M{num(-w * 0.62)} {num(y + 60)}H{num(w * 0.78)}L{num(w * 0.9)} {num(waist)}"
            f"L{num(flare * 0.56)} {num(hem - 56)}"
            f"Q6 {num(hem - 30)} {num(-flare * 0.48)} {num(hem - 56)}L{num(-w * 0.8)} {num(waist)}Z",
            _cloth(drawing, light, "#f0e8d8"),
        )
        drawing.line(
            f"M{num(-w * 0.55)} {num(y + 62)}L{num(-neck * 1.2)} {num(y - 8)}"
            f"M{num(w * 0.72)} {num(y + 62)}L{num(neck * 1.3)} {num(y - 8)}",
            light.tint("#f0e8d8"),
            16,
        )
    else:
        drawing.line(f"M6 {num(y + 30)}V{num(waist - 16)}", fold, 4, 0.5)
        _buttons(drawing, light, 6, y + 44, waist - 30, 4, lighter(look.cloth, 0.5))
    drawing.path(
        f"M{num(-w - 2)} {num(waist - 16)}Q0 {num(waist + 4)} {num(w + 2)} {num(waist - 16)}"
        f"V{num(waist + 10)}Q0 {num(waist + 30)} {num(-w - 2)} {num(waist + 10)}Z",
        light.tint(look.accent),
    )
    if look.extra == "collar" or child:
        drawing.path(
            f"M{num(-neck * 1.5)} {num(y - 12)}Q{num(-neck * 1.6)} {num(y + 44)} 4 {num(y + 44)}"
            f"Q{num(neck * 1.7)} {num(y + 44)} {num(neck * 1.5)} {num(y - 12)}"
            f"Q4 {num(y + 22)} {num(-neck * 1.5)} {num(y - 12)}Z",
            light.tint("#f6efe1"),
        )
    else:
        skin = light.tint(darker(look.skin, 0.04))
        drawing.path(f"M{num(-neck)} {num(y - 16)}Q4 {num(y + 40)} {num(neck + 4)} {num(y - 16)}Z", skin)
        drawing.line(
            f"M{num(-neck)} {num(y - 12)}Q4 {num(y + 42)} {num(neck + 4)} {num(y - 12)}", light.tint("#f6efe1"), 8
        )


def _robe(drawing: Drawing, look: Appearance, light: Light, frame: Frame) -> None:
    drawing.path(_torso(frame, -8, frame.hips * 1.75, frame.head * 0.22), _cloth(drawing, light, look.cloth))
    dark = light.tint(darker(look.cloth, 0.35))
    drawing.line(
        f"M-30 {num(frame.waist + 24)}Q-60 {num(frame.knee)} -70 -10M24 {num(frame.waist + 24)}"
        f"Q50 {num(frame.knee)} 60 -6",
        dark,
        7,
        0.45,
    )
    drawing.line(
        f"M{num(-frame.waists)} {num(frame.waist)}"
        f"Q0 {num(frame.waist + 20)} {num(frame.waists)} {num(frame.waist)}"
        f"M14 {num(frame.waist + 10)}q10 70 2 130",
        light.tint("#d9c9a0"),
        10,
    )
    y, neck = frame.shoulder, frame.head * 0.36
    drawing.path(
        f"M{num(-neck)} {num(y - 22)}Q0 {num(y + 90)} {num(neck + 8)} {num(y - 22)}"
        f"Q{num(neck + 30)} {num(y + 50)} 4 {num(y + 70)}"
        f"Q{num(-neck - 34)} {num(y + 50)} {num(-neck)} {num(y - 22)}Z",
        dark,
    )


def _cloak(drawing: Drawing, look: Appearance, light: Light, frame: Frame) -> None:
    """A cloak to the calves, or a shawl to the waist."""
    shawl = look.garment == "dress"
    y, s = frame.shoulder, frame.shoulders * 1.10
    hem = frame.waist + 10 if shawl else frame.knee * 0.7
    spread = s * (1.12 if shawl else 1.42)
    colour = look.second
    drawing.path(
        f"M-10 {num(y - 16)}"
        f"C{num(-s * 0.8)} {num(y - 14)} {num(-s * 1.04)} {num(y + 20)} {num(-s * 1.06)} {num(y + 80)}"
        f"L{num(-spread)} {num(hem)}Q{num(-spread * 0.6)} {num(hem + 26)} {num(-spread * 0.30)} {num(hem)}"
        f"Q{num(-s * 0.44)} {num(y + 110)} 6 {num(y + 26)}"
        f"Q{num(s * 0.46)} {num(y + 100)} {num(s * 0.62)} {num(hem - 10)}"
        f"Q{num(spread * 0.8)} {num(hem + 20)} {num(spread)} {num(hem)}L{num(s * 1.06)} {num(y + 80)}"
        f"C{num(s * 1.04)} {num(y + 20)} {num(s * 0.8)} {num(y - 14)} 20 {num(y - 16)}Z",
        _cloth(drawing, light, colour),
    )
    drawing.circle(6, y + 24, 13, light.tint("#d9b45a"))
