"""The commands and their options. What they do lives in the modules beside this one, imported when asked for."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(
    name="litink",
    help="Turns a book into a film and an audiobook, knowing what everything cost and was made from.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object for a program to read.")]

Books = Annotated[
    list[str],
    typer.Argument(
        metavar="BOOK...",
        help="An EPUB, PDF, DOCX, TXT, Markdown or HTML file, or a web address. Several, or a folder of files, are one "
        "book in that order.",
        show_default=False,
    ),
]
Title = Annotated[str, typer.Option(help="Instead of what the file says.")]
Author = Annotated[str, typer.Option(help="Instead of what the file says.")]


class RatioChoice(StrEnum):
    WIDE = "16:9"
    TALL = "9:16"
    SQUARE = "1:1"


class StyleChoice(StrEnum):
    DIALOGUE = "dialogue"
    NARRATION = "narration"
    CINEMATIC = "cinematic"
    VOICE_OVER = "voice_over"
    EDUCATIONAL = "educational"
    MARKETING = "marketing"


class MotionChoice(StrEnum):
    STILLS = "stills"
    CLIPS = "clips"


class MusicChoice(StrEnum):
    NONE = "none"
    AMBIENCE = "ambience"
    COMPOSED = "composed"


class ExportKind(StrEnum):
    FILM = "film"
    TRAILER = "trailer"
    AUDIOBOOK = "audiobook"
    EVERYTHING = "everything"


@app.command()
def make(
    book: Books,
    title: Title = "",
    author: Author = "",
    out: Annotated[
        Path | None, typer.Option(help="Where to put the results; a folder named after BOOK beside it by default.")
    ] = None,
    chapters: Annotated[str, typer.Option(help="Which chapters: all, 3, 1-3 or 2,5-7.")] = "all",
    ratio: Annotated[RatioChoice, typer.Option(help="The film's shape.")] = RatioChoice.WIDE,
    style: Annotated[StyleChoice, typer.Option(help="How it is told.")] = StyleChoice.DIALOGUE,
    minutes: Annotated[
        int | None,
        typer.Option(
            min=1,
            max=6000,
            help="About how long the film is to be, in a style that may leave something out.",
            show_default=False,
        ),
    ] = None,
    directive: Annotated[str, typer.Option(help="A wish for tone and emphasis, in your own words.")] = "",
    motion: Annotated[
        MotionChoice,
        typer.Option(help="stills: the camera moves over pictures; clips: a provider sets one a scene in motion."),
    ] = MotionChoice.STILLS,
    lipsync: Annotated[
        bool,
        typer.Option("--lipsync", help="A provider moves the lips of who speaks in one near picture a scene."),
    ] = False,
    music: Annotated[
        MusicChoice,
        typer.Option(help="Under the voices: ambience, made here; composed: a provider's music, where there is one."),
    ] = MusicChoice.NONE,
    local_fallback: Annotated[
        bool,
        typer.Option("--local-fallback", help="Where no model can be had for a text, write it here instead."),
    ] = False,
    cap: Annotated[
        float | None,
        typer.Option(metavar="USD", min=0, max=100_000, help="The most that the book may ever cost at paid providers."),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Accept the price without being asked.")] = False,
    json: Json = False,
) -> None:
    """Make a film, an audiobook, captions and a storyboard from one book, without starting servers.

    Where providers are paid, the price is told first: go on, or give --cap or --yes beforehand.
    """
    from litink.cli.make import make_book

    make_book(
        book,
        title=title,
        author=author,
        out=out,
        chapters=chapters,
        ratio=ratio.value,
        style=style.value,
        minutes=minutes,
        directive=directive,
        motion=motion.value,
        lipsync=lipsync,
        music=music.value,
        local_fallback=local_fallback,
        cap=None if cap is None else Decimal(str(cap)),
        yes=yes,
        as_json=json,
    )


@app.command()
def read(
    book: Books,
    title: Title = "",
    author: Author = "",
    json: Json = False,
    text: Annotated[bool, typer.Option("--text", help="Include the chapters' text.")] = False,
) -> None:
    """Show how a book is read: its chapters, front and back matter, and warnings."""
    from litink.cli.read import show_reading

    show_reading(book, title=title, author=author, as_json=json, text=text)


@app.command()
def cast(book: Books, title: Title = "", author: Author = "", json: Json = False) -> None:
    """Show who is in a book and who says what, as the rules of this machine find it."""
    from litink.cli.cast import show_cast

    show_cast(book, title=title, author=author, as_json=json)


@app.command()
def up(
    detach: Annotated[bool, typer.Option("--detach", "-d", help="Go on in the background.")] = False,
) -> None:
    """Start the platform: database, Dagster, API and page."""
    from litink.cli.platform import start

    start(detach=detach)


@app.command()
def down() -> None:
    """Stop a running platform."""
    from litink.cli.platform import stop

    stop()


@app.command()
def status(json: Json = False) -> None:
    """Say what is running, where, and how the books are doing."""
    from litink.cli.platform import show_status

    show_status(as_json=json)


@app.command()
def demo(
    exit_: Annotated[bool, typer.Option("--exit", help="Stop the platform when the film is done.")] = False,
    with_emulator: Annotated[
        bool, typer.Option("--with-emulator", help="Use emulated paid providers instead of the local engines.")
    ] = False,
    json: Json = False,
) -> None:
    """Start the platform, upload the sample book through the REST API and watch its film being made."""
    from litink.cli.demo import run_demo

    run_demo(stop_after=exit_, with_emulator=with_emulator, as_json=json)


@app.command()
def doctor(
    tier: Annotated[
        str | None, typer.Option(help="Whose models to show; this machine's own account by default.")
    ] = None,
    json: Json = False,
) -> None:
    """Say which providers are set up, ask each whether it takes its key (for nothing), and what a call would cost."""
    from litink.cli.doctor import examine

    examine(tier=tier, as_json=json)


@app.command()
def sell(json: Json = False) -> None:
    """Make Stripe's prices for the catalogue's subscriptions, where they are missing or were changed."""
    from litink.cli.sell import run_sell

    run_sell(as_json=json)


@app.command()
def plan(
    book: Annotated[str, typer.Argument(metavar="BOOK", help="The id of a book, or its title.", show_default=False)],
    with_: Annotated[
        list[str] | None,
        typer.Option(
            "--with", metavar="NAME=VALUE", help="What if: image.model=imagen-4, style=narration, ratio=9:16."
        ),
    ] = None,
    asset: Annotated[list[str] | None, typer.Option(help="Only this asset; may be repeated.")] = None,
    chapter: Annotated[str, typer.Option(help="Only these chapters: all, 3, 1-3 or 2,5-7.")] = "all",
    item: Annotated[
        list[str] | None, typer.Option(metavar="ASSET/KEY", help="Only this item; may be repeated.")
    ] = None,
    budget: Annotated[
        float | None, typer.Option(metavar="USD", min=0, max=100_000, help="As much as may be had for this.")
    ] = None,
    apply: Annotated[bool, typer.Option("--apply", help="Accept the price and have it done.")] = False,
    json: Json = False,
) -> None:
    """Say what of a book is out of date, why, and what redoing it costs, before anything is spent."""
    from litink.cli.plan import show_plan

    show_plan(
        book,
        changes=with_ or [],
        assets=asset or [],
        chapters=chapter,
        items=item or [],
        budget=None if budget is None else Decimal(str(budget)),
        apply=apply,
        as_json=json,
    )


@app.command("export")
def export_(
    book: Annotated[str, typer.Argument(metavar="BOOK", help="The id of a book, or its title.", show_default=False)],
    kind: Annotated[ExportKind, typer.Option(help="What to make of it.")] = ExportKind.FILM,
    chapter: Annotated[
        int | None, typer.Option(min=1, help="Only this chapter, of a film or audiobook.", show_default=False)
    ] = None,
    container: Annotated[
        str | None, typer.Option(help="mp4, webm or mov; of an audiobook m4b or mp3.", show_default=False)
    ] = None,
    resolution: Annotated[str | None, typer.Option(help="720p, 1080p or 2160p.", show_default=False)] = None,
    captions: Annotated[str | None, typer.Option(help="soft, burned or none.", show_default=False)] = None,
    seconds: Annotated[int | None, typer.Option(help="Of a trailer: 30 to 300.", show_default=False)] = None,
    watermark: Annotated[bool | None, typer.Option(help="As the subscription has it by default.")] = None,
    out: Annotated[
        Path | None, typer.Option(help="Where to put it; a file named after the book by default.", show_default=False)
    ] = None,
    json: Json = False,
) -> None:
    """Make a trailer, a chapter, another format or size of a finished book; or everything of it as one ZIP."""
    from litink.cli.export import export_to_file

    given = {
        "container": container,
        "resolution": resolution,
        "captions": captions,
        "seconds": seconds,
        "watermark": watermark,
    }
    export_to_file(book, kind.value, chapter, {k: v for k, v in given.items() if v is not None}, out, as_json=json)


@app.command()
def backfill(
    asset: Annotated[
        str | None, typer.Option(help="What is to be redone in all books, such as scene_images.", show_default=False)
    ] = None,
    with_: Annotated[
        list[str] | None,
        typer.Option("--with", metavar="NAME=MODEL", help="image.model=imagen-4; without it, what the tiers have now."),
    ] = None,
    tier: Annotated[str | None, typer.Option(help="Only books of owners with this subscription.")] = None,
    budget: Annotated[
        float | None,
        typer.Option(
            metavar="USD", min=0, max=1_000_000, help="The most that it may cost; as the forecast by default."
        ),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what it would redo and cost.")] = False,
    status: Annotated[bool, typer.Option("--status", help="Say how far all backfills are.")] = False,
    pause: Annotated[str | None, typer.Option(metavar="ID", help="Begin no more books for now.")] = None,
    resume: Annotated[str | None, typer.Option(metavar="ID", help="Go on; with --budget, up to that.")] = None,
    cancel: Annotated[str | None, typer.Option(metavar="ID", help="Begin no more books, for good.")] = None,
    json: Json = False,
) -> None:
    """Redo an asset of all books because a model changed: book by book, behind all other work, within a budget."""
    from litink.cli.backfill import run_backfill

    run_backfill(
        asset=asset,
        changes=with_ or [],
        tier=tier,
        budget=None if budget is None else Decimal(str(budget)),
        dry_run=dry_run,
        status=status,
        pause=pause,
        resume=resume,
        cancel=cancel,
        as_json=json,
    )


@app.command()
def sweep(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would go.")] = False,
    json: Json = False,
) -> None:
    """Remove stored bytes that nothing has referred to for a while. A running platform does so every night."""
    from litink.cli.sweep import run_sweep

    run_sweep(dry_run=dry_run, as_json=json)


admin = typer.Typer(help="People who run an installation with accounts.", no_args_is_help=True)
app.add_typer(admin, name="admin")


@admin.command("create")
def admin_create(
    email: Annotated[str, typer.Argument(metavar="EMAIL", show_default=False)],
    json: Json = False,
) -> None:
    """Make a superadmin. The password is asked for, or read from standard input where that is no terminal."""
    from litink.cli.admin import create

    create(email, as_json=json)


@admin.command("remove")
def admin_remove(
    who: Annotated[str, typer.Argument(metavar="EMAIL-OR-ID", show_default=False)],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    json: Json = False,
) -> None:
    """Delete a person with everything of theirs, and print the receipt. It cannot be undone."""
    from litink.cli.admin import remove

    remove(who, sure=yes, as_json=json)


@admin.command("audit")
def admin_audit(
    actor: Annotated[str | None, typer.Option(metavar="ID", help="By this person.", show_default=False)] = None,
    target: Annotated[
        str | None, typer.Option(metavar="ID", help="To this person, book, payment, …", show_default=False)
    ] = None,
    action: Annotated[str | None, typer.Option(help="Such as user.role.", show_default=False)] = None,
    since: Annotated[datetime | None, typer.Option(help="From then on, UTC.", show_default=False)] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000)] = 50,
    json: Json = False,
) -> None:
    """Say who did what to whom, the newest first."""
    from litink.cli.audit import show_audit

    show_audit(actor=actor, target=target, action=action, since=since, limit=limit, as_json=json)


emulator = typer.Typer(help="The emulated providers: the paid services without keys or cost.", no_args_is_help=True)
app.add_typer(emulator, name="emulator")


@emulator.command("up")
def emulator_up(
    port: Annotated[int, typer.Option(help="0: any that is free.")] = 8900,
    state: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Where bill and state are kept; LITINK_HOME/emulator by default.")
    ] = None,
    latency: Annotated[str | None, typer.Option(help="Seconds a call takes: chat=2,picture=6,voice=1.5.")] = None,
    limits: Annotated[str | None, typer.Option(help="Calls at once: chat=4,picture=5,voice=5,video=3.")] = None,
) -> None:
    """Serve OpenRouter, ModelsLab and ElevenLabs on this machine, with a bill and faults by rule, until Ctrl-C."""
    from litink.cli.emulator import serve

    serve(port=port, state=state, latency=latency, limits=limits)
