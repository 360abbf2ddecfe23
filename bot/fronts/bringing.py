"""``/import``: what was understood of a file, what there is to choose, what was saved, and taking it back."""

from pathlib import Path

from bot.calls import importing
from bot.calls.importing import Look, Preview
from bot.calls.installation import Installation
from bot.domain.context import one_line
from bot.domain.importing import TakeBack
from bot.domain.persona import Persona
from bot.domain.reply import Ask, Card, Choice, Reply
from bot.domain.words import NEUTRAL_COLOR, import_text, receipt_text
from bot.fronts import choosing


async def import_file(house: Installation, ask: Ask) -> Reply:
    """Answer ``/import``; what came with the command is read, else the file that it names.

    Nothing is kept between two presses: each reads the file again, with what was chosen so far.
    """
    path, character = ask.arguments.get("file", ""), ask.arguments.get("character", "")
    if not path:
        return Reply("Name the file: /import past.json, or /import past.json wizard for one character.")
    name = ask.attached.name if ask.attached else path
    file = ask.attached or Path(path)
    picked = choosing.read_picked(ask.arguments)
    look = await importing.look_into(house, ask.caller, file, character, picked)
    sure = ask.arguments.get("sure")
    if sure is not None and sure != look.opened.sha256:
        return Reply(f"{one_line(name, 100)} has changed meanwhile. Nothing was saved; /import it again.")
    again = {"file": path, "character": character}
    if question := choosing.question(look, again, ask.arguments):
        return question
    preview = await importing.preview(house, look)
    if sure is not None:
        return _imported(await importing.save_import(house, ask.caller, preview), preview)
    return _shown(look, preview, again)


async def take_back(house: Installation, ask: Ask) -> Reply:
    """Answer the button that takes an import back."""
    receipt = await importing.take_back(house, ask.caller, TakeBack.read(ask.arguments.get("back", "")))
    return Reply(f"Taken back. {receipt_text(receipt)}")


def _shown(look: Look, preview: Preview, again: dict[str, str]) -> Reply:
    persona = preview.persona
    title = f"This is what I understood, for {_for_whom(persona)}"
    color = persona.color if persona else NEUTRAL_COLOR
    card = Card(title, "\n".join(preview.sentences), color, footer="Nothing is saved yet.")
    return Reply(cards=(card,), choices=choosing.choices(look, again))


def _for_whom(persona: Persona | None) -> str:
    return persona.name if persona else "every character"


def _imported(done: importing.Imported, preview: Preview) -> Reply:
    who = done.persona.name if done.persona else "Every character"
    will = f"{who} will know."
    if done.persona is None and any(one.slug for one in preview.record.transcripts):
        will = "Each character will know what it knew."
    if done.is_told_to_nobody:
        will = "Remembering is off, so nobody is told: /memory switches it on."
    choices: tuple[Choice, ...] = ()
    if done.persona:
        choices = (Choice(f"Call {who}", "call", {"character": done.persona.slug}),)
    if done.new or done.kept.grown or done.facts or done.take_back.fields:
        back = {"back": done.take_back.write()}
        choices += (Choice("Take it back", "takeback", back, replaces=True),)
    saved = import_text(done.new, done.known, done.profile_fields, done.facts, done.grown, done.new_lines)
    return Reply(f"{saved} {will}", choices=choices)
