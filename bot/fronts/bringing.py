"""``/import``: what was understood of a file, then, on confirmation, what was saved."""

from pathlib import Path

from bot.calls import importing
from bot.calls.installation import Installation
from bot.domain.context import one_line
from bot.domain.reply import Ask, Card, Choice, Reply
from bot.domain.words import NEUTRAL_COLOR, import_text


async def import_file(house: Installation, ask: Ask) -> Reply:
    """Answer ``/import``; what came with the command is read, else the file that it names."""
    path, character = ask.arguments.get("file", ""), ask.arguments.get("character", "")
    if not path:
        return Reply("Name the file: /import past.json, or /import past.json wizard for one character.")
    name = ask.attached.name if ask.attached else path
    file = ask.attached or Path(path)
    preview = await importing.preview_import(house, ask.caller, file, character)
    sure = ask.arguments.get("sure")
    if sure is not None:
        if sure != preview.record.sha256:
            return Reply(f"{one_line(name, 100)} has changed meanwhile. Nothing was saved; /import it again.")
        return _imported(await importing.save_import(house, ask.caller, preview))
    for_whom = preview.persona.name if preview.persona else "every character"
    color = preview.persona.color if preview.persona else NEUTRAL_COLOR
    title = f"This is what I understood, for {for_whom}"
    card = Card(title, "\n".join(preview.sentences), color, footer="Nothing is saved yet.")
    again = {"file": path, "character": character, "sure": preview.record.sha256}
    choices = (
        Choice("Save it", "import", again, replaces=True),
        Choice("Don't save it", "dismiss", replaces=True),
    )
    return Reply(cards=(card,), choices=choices)


def _imported(done: importing.Imported) -> Reply:
    who = done.persona.name if done.persona else "Every character"
    will = f"{who} will know."
    if done.is_told_to_nobody:
        will = "Remembering is off, so nobody is told: /memory switches it on."
    choices: tuple[Choice, ...] = ()
    if done.persona:
        choices = (Choice(f"Call {who}", "call", {"character": done.persona.slug}),)
    return Reply(f"{import_text(done.new, done.known, done.profile_fields)} {will}", choices=choices)
