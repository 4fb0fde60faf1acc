"""Things that lie in a scene: the fluent-emoji-flat icons (MIT, Microsoft), tinted by the scene's light."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from pathlib import Path

from litink.providers.local.painter.light import Light
from litink.providers.local.painter.svg import Drawing, num

ICON_FILE = "icons/fluent-emoji-flat.json"
_HEX = re.compile(r'(fill|stroke)="(#[0-9a-fA-F]{3}(?:[0-9a-fA-F]{3})?)"')
_GRID = 32.0  # the icons' view box


@dataclass(frozen=True)
class Prop:
    icon: str
    size: float  # as a share of an adult's height
    afloat: bool = False


# Kinds that places draw themselves (table, bed, window, tree, moon …) are not here.
PROPS: dict[str, Prop] = {
    "lantern": Prop("diya-lamp", 0.14), "candle": Prop("candle", 0.20), "letter": Prop("envelope", 0.15),
    "book": Prop("closed-book", 0.17), "newspaper": Prop("newspaper", 0.20), "map": Prop("world-map", 0.24),
    "pen": Prop("fountain-pen", 0.15), "boat": Prop("canoe", 0.6, True), "ship": Prop("sailboat", 0.9, True),
    "horse": Prop("horse", 0.92), "dog": Prop("dog", 0.40), "cat": Prop("cat", 0.28), "bird": Prop("dove", 0.22),
    "key": Prop("old-key", 0.15), "clock": Prop("mantelpiece-clock", 0.24), "watch": Prop("watch", 0.13),
    "mirror": Prop("mirror", 0.30), "flower": Prop("bouquet", 0.24), "apple": Prop("red-apple", 0.12),
    "bread": Prop("bread", 0.16), "cup": Prop("teacup-without-handle", 0.12), "bottle": Prop("sake", 0.20),
    "glass": Prop("wine-glass", 0.17), "plate": Prop("fork-and-knife-with-plate", 0.22), "hat": Prop("top-hat", 0.19),
    "umbrella": Prop("closed-umbrella", 0.42), "stick": Prop("white-cane", 0.46), "bag": Prop("luggage", 0.34),
    "box": Prop("package", 0.26), "money": Prop("coin", 0.13), "jewel": Prop("gem-stone", 0.13),
    "crown": Prop("crown", 0.18), "sword": Prop("crossed-swords", 0.36), "knife": Prop("dagger", 0.22),
    "bell": Prop("bell", 0.17), "fire": Prop("fire", 0.32), "violin": Prop("violin", 0.36),
    "piano": Prop("musical-keyboard", 0.44), "drum": Prop("drum", 0.28), "picture": Prop("framed-picture", 0.30),
    "flag": Prop("triangular-flag", 0.40), "cross": Prop("latin-cross", 0.16), "skull": Prop("skull", 0.17),
    "telescope": Prop("telescope", 0.34), "microscope": Prop("microscope", 0.26), "rope": Prop("anchor", 0.32),
    "axe": Prop("axe", 0.32), "telephone": Prop("telephone", 0.18), "motor_car": Prop("automobile", 0.95),
}  # fmt: skip


class PropBox:
    """The icons of a folder, read once. Without the file there are no props, and pictures are still made."""

    def __init__(self, engines_dir: Path) -> None:
        self.digest = ""
        self._bodies: dict[str, str] = {}
        path = engines_dir / ICON_FILE
        if path.is_file():
            data = path.read_bytes()
            self.digest = hashlib.sha256(data).hexdigest()
            icons = json.loads(data).get("icons", {})
            self._bodies = {p.icon: icons[p.icon]["body"] for p in PROPS.values() if p.icon in icons}

    def known(self, kinds: tuple[str, ...]) -> list[Prop]:
        """The props of these kinds that can be drawn, in order, each once."""
        found = [PROPS[kind] for kind in dict.fromkeys(kinds) if kind in PROPS]
        return [prop for prop in found if prop.icon in self._bodies]

    def paint(self, drawing: Drawing, prop: Prop, light: Light, x: float, y: float, size: float) -> None:
        """``size`` pixels wide, standing at (x, y) with a shadow under it."""

        def tinted(match: re.Match[str]) -> str:
            code = match[2] if len(match[2]) == 7 else "#" + "".join(2 * digit for digit in match[2][1:])
            return f'{match[1]}="{light.tint(code)}"'

        body = _HEX.sub(tinted, self._bodies[prop.icon])
        drawing.glow(x, y, size * 0.6, size * 0.08, "#0b0a18", 0.5)
        with drawing.group(f"translate({num(x - size / 2)} {num(y - size * 0.96)}) scale({size / _GRID:.4f})"):
            drawing.raw(body)
