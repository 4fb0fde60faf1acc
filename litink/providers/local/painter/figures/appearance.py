"""How a character looks: what the text says, and a stable choice for all it leaves open. No drawing here."""

from __future__ import annotations

import re
from dataclasses import dataclass

from litink.providers.local.painter.chance import Chance
from litink.story.model import Character

HAIR = {
    "black": "#26202a", "raven": "#26202a", "dark": "#3a2a26", "brown": "#6a4530", "chestnut": "#7c472b",
    "auburn": "#8c3f26", "mahogany": "#6e3426", "red": "#b4522a", "ginger": "#c8692f", "carroty": "#c8692f",
    "copper": "#b8612f", "golden": "#dcae5c", "gold": "#dcae5c", "blond": "#e2bf7c", "blonde": "#e2bf7c",
    "fair": "#dcb877", "yellow": "#e0b964", "flaxen": "#e8d09a", "sandy": "#c69a62", "straw": "#dec07f",
    "light": "#cfa56d", "grey": "#9c9aa0", "gray": "#9c9aa0", "grizzled": "#86828a", "silver": "#c9cad1",
    "white": "#ece9e3", "hoary": "#e4e1da", "snowy": "#f0eee9",
}  # fmt: skip
SKIN = {
    "pale": "#f8dfcd", "pallid": "#f4dccb", "white": "#f8dfcd", "fair": "#f7d7bd", "rosy": "#f7cdb6", "pink": "#f7cdb6",
    "ruddy": "#eeb193", "florid": "#eeb193", "red": "#eaa88a", "freckled": "#f2cba8", "sallow": "#e3c190",
    "yellow": "#e3c190", "tan": "#d49c6c", "tanned": "#d49c6c", "sunburnt": "#d8956a", "weather-beaten": "#cf9468",
    "bronzed": "#c4875a", "olive": "#cfa274", "swarthy": "#b98358", "brown": "#a56e48", "copper": "#b5714a",
    "dusky": "#9a6643", "dark": "#8a5a3c", "black": "#6b4431", "ebony": "#5a3929",
}  # fmt: skip
CLOTH = {
    "black": "#37343f", "white": "#ece5d6", "grey": "#85858f", "gray": "#85858f", "silver": "#b5b8c2", "red": "#b03e36",
    "scarlet": "#c23b30", "crimson": "#9c2c3a", "rose": "#cf7f88", "pink": "#dba0a4", "blue": "#456f9f",
    "navy": "#2f4265", "azure": "#6a9cc4", "green": "#56805a", "olive": "#77774a", "emerald": "#2f7d62",
    "yellow": "#d9ad4c", "gold": "#cfa045", "golden": "#cfa045", "orange": "#cf7d3f", "brown": "#7a573f",
    "purple": "#6d4f80", "violet": "#7a62a0", "lilac": "#a692c0", "lavender": "#a692c0", "cream": "#e6d8b8",
    "buff": "#cdb184", "tan": "#bb9468", "khaki": "#a3945f", "turquoise": "#4c9c9c", "mauve": "#987a9c",
    "drab": "#8d7f68", "dark": "#413c49", "plaid": "#8a4a44", "tweed": "#8b7a5f", "velvet": "#5c3557",
}  # fmt: skip
# Muted cloth that sits well in a painted scene; two characters rarely share one.
_WARDROBE = (
    "#a8463c", "#3f6690", "#56805a", "#c89245", "#6d4f80", "#2f5f63", "#8f5a3c", "#38415f", "#b8707a", "#77774a",
    "#4c8f8f", "#7d3a4c", "#51617a", "#b0683e",
)  # fmt: skip
_SOBER = ("#3d4152", "#54473f", "#44524c", "#5a4a58", "#2f4058", "#6a5a48", "#4d5560", "#63413b", "#3f5a66", "#73684f")
_FEMALE = re.compile(r"\b(mrs|miss|ms|lady|madame?|mme|mlle|queen|princess|aunt|sister|mother|duchess|countess)\b")
_MALE = re.compile(r"\b(mr|sir|lord|king|prince|uncle|father|brother|captain|colonel|duke|count|monsieur|herr)\b")
_GARMENTS = (
    (r"uniform|regimental|tunic|epaulet", "uniform"),
    (r"robe|cassock|habit|toga|cowl|monk|vestment", "robe"),
    (r"cloak|cape|mantle|ulster|hood", "cloak"),
    (r"gown|dress|frock(?!.coat)|petticoat|crinoline|skirt", "dress"),
    (r"frock.coat|coat|greatcoat|tail|suit|waistcoat", "coat"),
    (r"jacket|jerkin|blazer|doublet", "jacket"),
    (r"shirt|apron|smock|overalls|braces|blouse", "shirt"),
)
WOMENS_HAIR = ("bun", "updo", "long", "curls", "braid", "bob", "loose_bun", "waves")
MENS_HAIR = ("side", "swept", "curly", "tousled", "short", "parted", "receding")
GIRLS_HAIR = ("pigtails", "long", "bob", "bow", "braid")
BOYS_HAIR = ("tousled", "side", "bowl", "curly", "short")


@dataclass(frozen=True)
class Appearance:
    """Everything that decides how a figure is drawn, before light falls on it. Colours are "#rrggbb"."""

    feminine: bool
    age: str  # child, young, adult, old
    skin: str
    hair: str
    hair_style: str  # "bald" or one of the styles above
    beard: str  # "", "full", "moustache", "goatee", "whiskers"
    glasses: bool
    freckles: bool
    hat: str  # "", "top", "bowler", "cap", "straw", "bonnet", "hood", "crown", "kerchief", "wide"
    garment: str  # dress, coat, jacket, shirt, robe, cloak, uniform
    cloth: str
    second: str  # waistcoat, apron, shawl
    trousers: str
    accent: str  # cravat, ribbon, sash
    extra: str  # "", "apron", "shawl", "collar"
    width: float  # 1 is the usual build
    height: float  # 1 is the usual height
    face: float  # 0 narrow .. 1 round
    nose: float  # 0 small .. 1 large


def _pick(phrase: str, table: dict[str, str]) -> str:
    """The first word of the phrase that the table knows: "dark-brown" finds brown before dark."""
    words = re.findall(r"[a-z]+(?:-beaten)?", phrase.lower())
    known = [word for word in words if word in table]
    vague = ("dark", "light")
    return next((table[word] for word in known if word not in vague), table[known[0]] if known else "")


def _feminine(character: Character, chance: Chance) -> bool:
    if character.gender in ("female", "male"):
        return character.gender == "female"
    for name in (character.name, *character.aliases):
        if _FEMALE.search(name.lower()):
            return True
        if _MALE.search(name.lower()):
            return False
    if character.voice.gender in ("female", "male"):
        return character.voice.gender == "female"
    return chance.maybe(0.5)


def _hair_style(said: str, feminine: bool, child: bool, old: bool, chance: Chance) -> str:
    """A style that the words name, else one that fits."""
    own = chance.choice((GIRLS_HAIR if child else WOMENS_HAIR) if feminine else (BOYS_HAIR if child else MENS_HAIR))
    if old and not feminine and chance.maybe(0.4):
        own = "receding"
    for pattern, womens, mens in (
        (r"bald|shav", "bald", "bald"),
        (r"braid|plait|pigtail", "braid", "swept"),
        (r"bun|knot|chignon|pinned|coil", "bun", "swept"),
        (r"curl|ringlet|frizz", "curls", "curly"),
        (r"wav|tress", "waves", "swept"),
        (r"long|flowing|loose", "long", "long"),
        (r"short|cropped|bob", "bob", "short"),
        (r"tousl|unkempt|wild|dishevel|shock|rough|tangled|ruffled", "curls", "tousled"),
        (r"part", "bun", "parted"),
        (r"thin|reced|scant", "bun", "receding"),
    ):
        if re.search(pattern, said):
            return womens if feminine else mens
    return own


def _hat(said: str, feminine: bool) -> str:
    for pattern, kind in (
        (r"top|silk|beaver|stovepipe|opera", "top"),
        (r"bowler|derby|billycock|felt", "bowler"),
        (r"bonnet", "bonnet"),
        (r"hood|cowl", "hood"),
        (r"crown|tiara|coronet|diadem", "crown"),
        (r"straw|sun", "straw"),
        (r"kerchief|scarf|turban|veil", "kerchief"),
        (r"cap|deerstalker|beret|tam", "cap"),
        (r"wide|brim|slouch|sombrero|cowboy|hat", "wide" if not feminine else "straw"),
    ):
        if re.search(pattern, said):
            return kind
    return ""


def appearance_of(character: Character) -> Appearance:
    """The look of a character: the same for the same character in every picture.

    What the text leaves open is chosen from the id and the name alone, each trait from a stream of its own, so a
    discovery about the hair changes the hair and nothing else.
    """
    chance = Chance("appearance", character.id, character.name)
    look = character.look
    feminine = _feminine(character, chance.branch("gender"))
    age = character.age if character.age != "unknown" else character.voice.age
    if age not in ("child", "young", "old"):
        age = "adult"
    child, old = age == "child", age == "old"

    skin_stream, hair_stream, cloth_stream = chance.branch("skin"), chance.branch("hair"), chance.branch("cloth")
    tones = (("#f7d9c2", 3), ("#f3cdb0", 4), ("#ecc09c", 3), ("#dba67c", 1.6), ("#b98358", 1.0), ("#8a5a3c", 0.9))
    skin = _pick(look.skin, SKIN) or skin_stream.weighted(tones)
    shades: tuple[tuple[str, float], ...]
    if skin in ("#b98358", "#8a5a3c", "#6b4431", "#5a3929", "#9a6643", "#a56e48"):
        shades = ((HAIR["black"], 4), (HAIR["dark"], 2))
    else:
        shades = (
            (HAIR["black"], 1.4), (HAIR["dark"], 2), (HAIR["brown"], 3), (HAIR["chestnut"], 2), (HAIR["auburn"], 1),
            (HAIR["ginger"], 1), (HAIR["fair"], 1.4), (HAIR["blond"], 1.2), (HAIR["sandy"], 1),
        )  # fmt: skip
    natural = hair_stream.weighted(shades)
    aged = hair_stream.choice((HAIR["grey"], HAIR["silver"], HAIR["white"]))
    hair = _pick(look.hair, HAIR) or (aged if old else natural)
    style = _hair_style(f"{look.hair} {look.hair_style}".lower(), feminine, child, old, chance.branch("style"))

    beard_stream = chance.branch("beard")
    beard = ""
    if not feminine and not child:
        likely = {"young": 0.12, "adult": 0.42, "old": 0.6}[age]
        grown = beard_stream.weighted((("full", 2.0), ("moustache", 2.0), ("goatee", 1.0), ("whiskers", 1.2)))
        if look.beard:
            beard = look.beard_style or "full"
        elif beard_stream.maybe(likely):
            beard = grown
    elif look.beard and not child:
        beard = look.beard_style or "full"  # the text says so, whatever we would have thought

    clothes = look.clothes.lower()
    garment = next((kind for pattern, kind in _GARMENTS if re.search(pattern, clothes)), "")
    if feminine and garment in ("", "shirt", "coat"):
        garment = "dress"
    elif not feminine and garment in ("", "dress"):
        garment = cloth_stream.weighted((("coat", 3.0), ("jacket", 2.0), ("shirt", 0.8), ("cloak", 0.2)))
    if child and garment == "coat":
        garment = "jacket"
    palette = _WARDROBE if feminine or child else _SOBER + _WARDROBE[:8]
    own_cloth, second, accent = (
        cloth_stream.choice(palette),
        cloth_stream.choice(_WARDROBE),
        cloth_stream.choice(_WARDROBE),
    )
    cloth = _pick(clothes, CLOTH) or own_cloth
    if second == cloth:
        second = "#d8c8a4"

    build = look.build.lower()
    form = chance.branch("form")
    width, height = form.between(0.93, 1.09), form.between(0.96, 1.04)
    if re.search(r"stout|fat|plump|portly|heavy|burly|broad|corpulent|thick|massive|bulky|round", build):
        width = 1.24
    elif re.search(r"thin|slender|slim|lean|gaunt|spare|slight|lank|bony|frail|delicate", build):
        width = 0.86
    if re.search(r"tall|giant|huge|towering|big|gigantic|enormous", build):
        height = 1.09
    elif re.search(r"short|small|little|dwarf|tiny|petite|squat|diminutive", build):
        height = 0.89
    detail = chance.branch("detail")
    extra = detail.weighted((("", 2.0), ("apron", 1.0), ("shawl", 2.2 if old else 1.0), ("collar", 1.6)))
    if "apron" in clothes or "shawl" in clothes:
        extra = "apron" if "apron" in clothes else "shawl"
    return Appearance(
        feminine=feminine, age=age, skin=skin, hair=hair, hair_style=style, beard=beard,
        glasses=look.glasses or (old and detail.maybe(0.3)),
        freckles="freckl" in f"{look.skin} {look.build}".lower() or (child and detail.maybe(0.35)),
        hat=_hat(look.hat.lower(), feminine) or ("wide" if look.hat.strip() else ""),
        garment=garment, cloth=cloth, second=second, accent=accent, extra=extra,
        trousers=cloth_stream.choice(("#46434f", "#5b5148", "#4f5a63", "#6b6255", "#3c3a44")),
        width=width, height=height, face=form.unit(), nose=form.unit(),
    )  # fmt: skip
