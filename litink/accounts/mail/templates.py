"""What mails say, as text and as HTML. Every value comes from outside and is treated so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from typing import Literal

Template = Literal["verify", "known", "reset", "change", "changed", "deleted"]


@dataclass(frozen=True)
class Wording:
    """``paragraphs`` may name values in braces; ``button`` is what stands on the link, if there is one."""

    subject: str
    paragraphs: tuple[str, ...]
    button: str = ""


_IGNORE = "If this was not you, there is nothing to do: without the link nothing happens."

WORDINGS: Mapping[Template, Wording] = {
    "verify": Wording(
        "Confirm your e-mail address",
        ("Somebody, surely you, has opened an account with this address. Please confirm it within 24 hours.", _IGNORE),
        "Confirm the address",
    ),
    "known": Wording(
        "You have an account already",
        (
            "Somebody has tried to open an account with this address. There is one already, and nothing was changed.",
            "If it was you, log in; if you have forgotten the password, have it reset.",
        ),
    ),
    "reset": Wording(
        "Set a new password",
        ("A new password was asked for. The link holds for one hour and works once.", _IGNORE),
        "Set a new password",
    ),
    "change": Wording(
        "Confirm your new e-mail address",
        ("Your account is to have this address. Please confirm it within 24 hours.", _IGNORE),
        "Confirm the address",
    ),
    "changed": Wording(
        "Your account has changed",
        ("{what}", "If this was not you, set a new password at once: it ends every session."),
    ),
    "deleted": Wording(
        "Your account is deleted",
        ("Everything of yours is gone from this installation. This is the receipt.", "{what}"),
    ),
}


@dataclass(frozen=True)
class Written:
    subject: str
    text: str
    html: str


def written(template: Template, values: Mapping[str, str], link: str = "") -> Written:
    """The mail in both forms. ``link`` goes with the wording's button. KeyError for a value that is missing."""
    wording = WORDINGS[template]
    # One line a value: none may pass for a header or a paragraph of its own.
    flat = {name: " ".join(value.split()) for name, value in values.items()}
    paragraphs = [paragraph.format_map(flat) for paragraph in wording.paragraphs]
    text = "\n\n".join([paragraphs[0], *([link] if link else []), *paragraphs[1:], "LitinkAI"]) + "\n"
    marked = [f"<p>{escape(paragraph)}</p>" for paragraph in paragraphs]
    if link:
        marked.insert(1, f'<p><a href="{escape(link)}">{escape(wording.button)}</a></p>')
    body = "".join([*marked, "<p>LitinkAI</p>"])
    html = f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{wording.subject}</title><body>{body}</body>'
    return Written(f"{wording.subject} · LitinkAI", text, html + "</html>\n")
