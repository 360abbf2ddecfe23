"""Our commands as Discord shows them: each a door that says what is wanted.

Source: Discord, "Application commands". Names and descriptions are translated by the tree's translator.
"""

from typing import Any, Literal

import discord
from discord import app_commands
from discord.app_commands import Choice, Range

from bot.domain.errors import CallerError
from bot.fronts.discord.completing import complete_character, complete_talk, complete_what
from bot.fronts.discord.doors import answers
from bot.fronts.discord.slash_managing import troupe
from bot.fronts.presses import Wanted, given

It = discord.Interaction[Any]
Text = Range[str, 1, 300]
Slug = Range[str, 1, 100]


@app_commands.command(name="call", description="Talk with a character: by link, phone or chat")
@app_commands.describe(
    character="Whom you want to call",
    via="How: a private link, your phone, or a chat in direct messages",
    topic="What it is about",
    at="When your phone shall ring: 18:30, tomorrow 9am",
    continue_="A past talk to go on with, or a fresh start of which nothing is kept",
)
@app_commands.rename(continue_="continue")
@app_commands.choices(via=[Choice(name=way, value=way) for way in ("link", "phone", "chat")])
@answers
def call(
    _it: It,
    character: Slug,
    via: Choice[str] | None = None,
    topic: Text | None = None,
    at: Range[str, 1, 60] | None = None,
    continue_: Range[str, 1, 40] | None = None,
) -> Wanted:
    """``/call``."""
    asked = given(character=character, via=via.value if via else "", topic=topic, at=at)
    return Wanted("call", asked | given(**{"continue": continue_}))


@app_commands.command(name="characters", description="Whom you can call, with pictures and voices")
@app_commands.describe(search="Words that describe them")
@answers
def characters(_it: It, search: Range[str, 1, 60] | None = None) -> Wanted:
    """``/characters``."""
    return Wanted("characters", given(page=1, search=search))


@app_commands.command(name="history", description="Your scheduled and past calls, and what was said")
@app_commands.describe(
    character="Only with this character",
    call="A call's id, for its transcript",
    search="What somebody said",
)
@answers
def history(
    _it: It,
    character: Slug | None = None,
    call: Range[str, 4, 40] | None = None,
    search: Range[str, 1, 100] | None = None,
) -> Wanted:
    """``/history``."""
    return Wanted("history", given(character=character, call=call, search=search))


@app_commands.command(name="memory", description="Exactly what a character will be told about you next time")
@app_commands.describe(character="Which character", topic="What the call would be about")
@answers
def memory(_it: It, character: Slug | None = None, topic: Text | None = None) -> Wanted:
    """``/memory``."""
    return Wanted("memory", given(character=character, topic=topic))


@app_commands.command(name="import", description="Bring a JSON conversation that you already have")
@app_commands.describe(file="The JSON file", character="Keep it for this character alone")
@answers
def import_(_it: It, file: discord.Attachment, character: Slug | None = None) -> Wanted:
    """``/import``."""
    return Wanted("import", given(character=character), attachment=file)


@app_commands.command(
    name="forget", description="Erase a call, a character or everything, here and at ElevenLabs"
)
@app_commands.describe(what="A character, a call's id, or everything")
@answers
def forget(_it: It, what: Range[str, 1, 100] | None = None) -> Wanted:
    """``/forget``."""
    return Wanted("forget", given(what=what))


@app_commands.command(name="whisper", description="Tell the character something in the middle of a talk")
@app_commands.describe(text="What it shall know")
@answers
def whisper(_it: It, text: Text) -> Wanted:
    """``/whisper``."""
    return Wanted("whisper", {"text": text})


@app_commands.command(name="hangup", description="End the chat that is on")
@answers
def hangup(_it: It) -> Wanted:
    """``/hangup``."""
    return Wanted("hangup")


@app_commands.command(
    name="account", description="What you have left, your phone, and whether you are remembered"
)
@app_commands.describe(
    phone="Your number, with + and country code",
    code="The six digits that were read to you",
    remember="Whether characters remember you",
    inbound="Whether they do when your number rings them",
    recaps="What you read after a call",
    link="A code from your other account; without one, a button of /account makes it",
)
@answers
def account(
    _it: It,
    phone: Range[str, 3, 40] | None = None,
    code: Range[str, 6, 20] | None = None,
    remember: Literal["on", "off"] | None = None,
    inbound: Literal["on", "off"] | None = None,
    recaps: Literal["full", "brief", "none"] | None = None,
    link: Range[str, 8, 20] | None = None,
) -> Wanted:
    """``/account``."""
    given = {
        "phone": ("number", phone),
        "code": ("code", code),
        "remember": ("value", remember),
        "inbound": ("value", inbound),
        "recaps": ("value", recaps),
        "link": ("code", link),
    }
    wanted = [{"do": do, key: value} for do, (key, value) in given.items() if value]
    if len(wanted) > 1:
        raise CallerError("One thing at a time: choose one option of /account, and nothing is lost.")
    return Wanted("account", wanted[0] if wanted else {})


@app_commands.command(name="help", description="What you can do here")
@answers
def help_(_it: It) -> Wanted:
    """``/help``."""
    return Wanted("help")


call.autocomplete("character")(complete_character)
call.autocomplete("continue_")(complete_talk)
history.autocomplete("character")(complete_character)
memory.autocomplete("character")(complete_character)
import_.autocomplete("character")(complete_character)
forget.autocomplete("what")(complete_what)

COMMANDS: tuple[app_commands.Command[Any, Any, Any] | app_commands.Group, ...] = (
    call,
    characters,
    history,
    memory,
    import_,
    forget,
    whisper,
    hangup,
    account,
    help_,
    troupe,
)
