"""What has to be written before it can be asked: one thing at a time, the same on every front with modals."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.fronts.presses import Wanted, read_written, seen_of


@dataclass(frozen=True, slots=True)
class Form:
    """One thing to be written: the argument that it becomes, and what its writer reads."""

    argument: str
    title: str
    label: str
    placeholder: str
    most_chars: int
    is_long: bool = False
    is_required: bool = True


FORMS: Mapping[tuple[str, str], Form] = {
    ("account", "phone"): Form(
        "number", "Add a phone", "Your number, with + and country code", "+49 1512 3456789", 40
    ),
    ("account", "code"): Form("code", "The code that was read to you", "Six digits", "123456", 20),
    ("memory", "add"): Form(
        "text",
        "What shall be remembered?",
        "One sentence about you",
        "I am allergic to nuts.",
        300,
        is_long=True,
    ),
    ("memory", "change"): Form(
        "text",
        "Correct what is remembered",
        "How it should be; empty deletes it",
        "Leave it empty to delete it.",
        300,
        is_long=True,
        is_required=False,
    ),
    ("characters", "search"): Form("search", "Search the characters", "Words", "riddles, sea, German", 60),
}
"""By command and ``do``: what has to be written where the argument is not there yet."""


def form_of(what: str) -> Form | None:
    """Return the form that has to be filled before this can be asked; None where nothing is missing."""
    return form_for(read_written(seen_of(what)))


def form_for(wanted: Wanted) -> Form | None:
    """Do as ``form_of`` for a command that is read already."""
    form = FORMS.get((wanted.command, wanted.arguments.get("do", "")))
    return form if form is not None and form.argument not in wanted.arguments else None


def with_written(wanted: Wanted, written: Mapping[str, str]) -> Wanted:
    """Return what is wanted now that it is written."""
    form = form_for(wanted)
    if form is None:
        return wanted
    return Wanted(wanted.command, {**wanted.arguments, form.argument: written.get(form.argument, "")})
