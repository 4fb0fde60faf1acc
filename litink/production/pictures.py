"""The families that are seen and do not move: portraits, the storyboard, cards, the cover."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from litink.books.model import Section
from litink.generation.keys import content_hash
from litink.generation.model import Made, Purpose, Task
from litink.library.edits import numbers_in_force
from litink.production.context import Production
from litink.production.credits import Credits
from litink.production.engines import Engines, Recipe
from litink.production.names import COVER, TITLE, card_key
from litink.production.paid.prompts import cover_prompt, portrait_prompt, scene_prompt
from litink.production.parts import Part, whole
from litink.providers.base import Picture
from litink.providers.wire import Upload
from litink.story.edits.kinds import PICTURES, WishPicture
from litink.story.model import Character, SceneDescription, Shot

Paint = Callable[[Purpose, Credits], Picture]


def portraits_recipe(engines: Engines, tier: str) -> Recipe:
    return engines.picture_recipe("portrait", tier)


def storyboard_recipe(engines: Engines, tier: str) -> Recipe:
    """Shots and the cover may come from a provider; words are always set here."""
    local, shots, cover = (
        engines.local_picture_recipe(),
        engines.picture_recipe("scene_image", tier),
        engines.picture_recipe("cover", tier),
    )
    return local if shots == cover == local else {"shots": shots, "cover": cover, "lettering": local}


def _made(engines: Engines, caption: str, paint: Paint, purpose: Purpose) -> Made:
    credits = Credits()
    picture = paint(purpose, credits)
    return Made(
        data=picture.data,
        media_type=picture.media_type,
        meta={"width": picture.width, "height": picture.height, "caption": caption, **credits.meta("drawn")},
        calls=credits.calls("local", str(engines.local_picture_recipe()["engine"]), {"pictures": 1}),
    )


def visible(character: Character) -> Character:
    """What of a character a picture can show; nothing else may make a picture stale."""
    return Character(
        id=character.id,
        name=character.name,
        kind=character.kind,
        gender=character.gender,
        age=character.age,
        look=character.look,
    )


def appearing(production: Production) -> list[Character]:
    """Everyone who stands in a picture of the chosen chapters, in order of appearance."""
    ids = dict.fromkeys(
        figure.character
        for scenes in production.scenes.values()
        for scene in scenes
        for shot in scene.shots
        for figure in shot.figures
    )
    return [production.characters[id_] for id_ in ids if id_ in production.characters]


def character_tasks(production: Production) -> list[Task]:
    engines = production.engines
    recipe, bought = portraits_recipe(engines, production.tier), engines.ladder(production.tier, "portrait")

    def task(character: Character) -> Task:
        shown, wish = visible(character), production.wished("character_images", character.id)

        def paint(purpose: Purpose, credits: Credits) -> Picture:
            return engines.painter_for("portrait", purpose, credits, wish=wish).portrait(shown)

        asked = {"prompt": portrait_prompt(shown)} if bought else {"character": shown}
        inputs = {**_hashes(asked), **_asked(wish)}
        make = partial(_made, engines, character.name, paint)
        return Task("character_images", character.id, character.name, recipe, inputs, make)

    return [task(character) for character in appearing(production)]


def scene_tasks(production: Production) -> list[Task]:
    """A picture a shot in the order of the film, behind the title card and the chapters' cards; the cover last."""
    return whole(scene_parts(production))


def scene_parts(production: Production) -> list[Part]:
    """The title card; by chapter its card and its shots; the cover."""
    engines, record = production.engines, production.record
    title, author, ratio = record.title, record.author, production.options.ratio
    lettering = engines.local_picture_recipe()

    def card(key: str, label: str, inputs: Mapping[str, object], heading: str, subtitle: str) -> Task:
        def paint(_: Purpose, __: Credits) -> Picture:
            # The book's title decides what is behind the words, so that all cards of a book go together.
            return engines.local_painter.title_card(heading, subtitle, ratio, seed=title)

        inputs = _hashes({**inputs, "book_title": title, "ratio": ratio})
        return Task("scene_images", key, label, lettering, inputs, partial(_made, engines, label, paint))

    def chapter_card(chapter: Section) -> list[Task]:
        heading, path = chapter.title, " · ".join(chapter.path)
        inputs = {"title": heading, "path": path}
        return [card(card_key(chapter.key), f"card: {heading}", inputs, heading, path)]

    shots, cast = _shots(production), production.sha("characters", "cast")
    portraits = tuple(sorted((key, item.blob_sha) for key, item in production.done("character_images").items()))
    wishes = numbers_in_force(production.edited, PICTURES)
    parts = [Part((TITLE,), lambda: [card(TITLE, "title card", {"author": author}, title, author)])]
    for chapter in production.chapters:
        if chapter.key in production.scenes:
            mine = (chapter.key, production.sha("scenes", chapter.key), cast, portraits, wishes)
            parts.append(Part((chapter.key, chapter.title, chapter.path), partial(chapter_card, chapter)))
            parts.append(Part(mine, partial(shots, chapter.key)))
    opening = next((production.sha("scenes", key) for key, scenes in production.scenes.items() if scenes), "")
    return [*parts, Part((COVER, opening), lambda: [_cover_task(production)])]


def _shots(production: Production) -> Callable[[str], list[Task]]:
    """What draws up a chapter's shots."""
    engines, tier, ratio = production.engines, production.tier, production.options.ratio
    recipe, ladder = engines.picture_recipe("scene_image", tier), engines.ladder(tier, "scene_image")
    most = max((model.references for model in ladder), default=0)
    portraits = _portraits(production) if engines.follows_portraits(tier) else {}

    def task(scene: SceneDescription, shot: Shot) -> Task:
        bare_scene, taken, cast = as_drawn(production, scene, shot)
        followed = dict([(id_, portraits[id_]) for id_ in cast if id_ in portraits][:most])
        wish = production.wished("scene_images", shot.id)
        bare_shot = _bare_shot(shot)
        asked = {"prompt": scene_prompt(bare_scene, shot, ())} if ladder else _drawn_from(bare_scene, bare_shot, cast)
        inputs = {**_hashes(asked), "ratio": content_hash(ratio), **_asked(wish)}
        if followed:
            inputs["portraits"] = content_hash([[cast[id_].name, upload.sha] for id_, upload in followed.items()])

        def paint(purpose: Purpose, credits: Credits) -> Picture:
            painter = engines.painter_for("scene_image", purpose, credits, followed, wish)
            return painter.scene(bare_scene, taken, cast, ratio)

        label = f"{scene.title} · {shot.size.replace('_', ' ')}"
        return Task("scene_images", shot.id, label, recipe, inputs, partial(_made, engines, shot.prompt, paint))

    return lambda chapter: [task(scene, shot) for scene in production.scenes[chapter] for shot in scene.shots]


def as_drawn(
    production: Production, scene: SceneDescription, shot: Shot
) -> tuple[SceneDescription, Shot, Mapping[str, Character]]:
    """Scene, shot and cast as a painter is given them."""
    people = dict.fromkeys(figure.character for figure in shot.figures if figure.character in production.characters)
    wish, bare_shot = production.wished("scene_images", shot.id), _bare_shot(shot)
    # The local painter draws another take of a shot as it would draw another shot.
    taken = bare_shot.model_copy(update={"id": f"{bare_shot.id}/{wish.take}"}) if wish and wish.take else bare_shot
    return bare(scene), taken, {id_: visible(production.characters[id_]) for id_ in people}


def _bare_shot(shot: Shot) -> Shot:
    """Its number alone tells the shots of a scene apart, wherever the scene stands."""
    return shot.model_copy(update={"id": shot.id.rpartition("-")[2], "lines": ()})


def _drawn_from(scene: SceneDescription, shot: Shot, cast: Mapping[str, Character]) -> Mapping[str, object]:
    """What the local painter looks at; who is asked by words sees these alone."""
    return {"scene": scene, "shot": shot, "characters": cast}


def _hashes(inputs: Mapping[str, object]) -> dict[str, str]:
    return {name: content_hash(value) for name, value in inputs.items()}


def _asked(wish: WishPicture | None) -> dict[str, str]:
    """The input that a person's wish is; none where there is none."""
    return {"wish": content_hash([wish.words, wish.take])} if wish else {}


def bare(scene: SceneDescription) -> SceneDescription:
    """What of a scene a picture can show, wherever the scene stands."""
    return scene.model_copy(update={"id": "", "shots": (), "evidence": (), "number": 0, "chapter": "", "location": ""})


def _portraits(production: Production) -> dict[str, Upload]:
    """The portraits that have been made, by Character.id."""
    objects = production.objects
    return {
        id_: Upload(sha, item.media_type or "", partial(objects.get, sha))
        for id_, item in production.done("character_images").items()
        if (sha := item.blob_sha)
    }


def _cover_task(production: Production) -> Task:
    """The cover: title and author, set here, over a picture of where the story begins if a provider draws it."""
    engines, record = production.engines, production.record
    title, author = record.title, record.author
    inputs = {"title": content_hash(title), "author": content_hash(author)}
    recipe = engines.local_picture_recipe()
    first = next((scene for scenes in production.scenes.values() for scene in scenes), None)
    setting = bare(first).model_copy(update={"title": "", "present": (), "props": ()}) if first else None
    if setting is not None and engines.ladder(production.tier, "cover"):
        inputs["setting"] = content_hash(cover_prompt(setting))
        recipe = {"picture": engines.picture_recipe("cover", production.tier), "lettering": recipe}

    def paint(purpose: Purpose, credits: Credits) -> Picture:
        illustrator = engines.illustrator_for("cover", purpose, credits) if setting else None
        backdrop = illustrator.backdrop(setting) if illustrator and setting else None
        return engines.local_painter.cover(title, author, seed=title, backdrop=backdrop)

    return Task("scene_images", COVER, "cover", recipe, inputs, partial(_made, engines, "cover", paint))
