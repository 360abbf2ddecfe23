"""``/troupe`` as Discord shows it to those who may manage a server."""

from typing import Any, Literal

import discord
from discord import app_commands
from discord.app_commands import Choice, Range

from bot.calls.places import ONLY
from bot.domain.errors import CallerError
from bot.fronts.discord.callers import channel_of, role_of
from bot.fronts.discord.completing import complete_character
from bot.fronts.discord.doors import answers
from bot.fronts.presses import Wanted, given

It = discord.Interaction[Any]
Slug = Range[str, 1, 100]
Number = Range[int, 0, 100_000_000]


troupe = app_commands.Group(
    name="troupe",
    description="For those who manage this server",
    default_permissions=discord.Permissions(manage_guild=True),
    allowed_installs=app_commands.AppInstallationType(guild=True, user=False),
    allowed_contexts=app_commands.AppCommandContext(guild=True, dm_channel=False, private_channel=False),
)


@troupe.command(name="here", description="Let members of this server call, or no more")
@app_commands.describe(switch="on, or off to take it back")
@answers
def here(_it: It, switch: Literal["on", "off"] = "on") -> Wanted:
    """``/troupe here``."""
    return Wanted("troupe", {"do": "here", "value": switch})


@troupe.command(name="status", description="How it goes: minutes, cost, who is blocked")
@answers
def status(_it: It) -> Wanted:
    """``/troupe status``."""
    return Wanted("troupe")


@troupe.command(name="reload", description="Read the characters' files again now")
@answers
def reload(_it: It) -> Wanted:
    """``/troupe reload``."""
    return Wanted("troupe", {"do": "reload"})


@troupe.command(
    name="allow", description="Who may call a character here; a role or channel named twice is left out"
)
@app_commands.describe(
    character="Which character",
    role="Only members with this role",
    channel="Only in this channel",
    only="everybody takes all limits away, nobody switches it off here",
)
@app_commands.choices(only=[Choice(name=one, value=one) for one in ONLY])
@answers
def allow(
    _it: It,
    character: Slug,
    role: discord.Role | None = None,
    channel: discord.abc.GuildChannel | None = None,
    only: Choice[str] | None = None,
) -> Wanted:
    """``/troupe allow``."""
    return Wanted(
        "troupe",
        given(
            do="allow",
            character=character,
            role=role_of(role.id) if role else "",
            channel=channel_of(channel.id) if channel else "",
            only=only.value if only else "",
        ),
    )


@troupe.command(name="post", description="Post a card for everybody here, with a button that calls")
@app_commands.describe(character="Which character")
@answers
def post(_it: It, character: Slug) -> Wanted:
    """``/troupe post``."""
    return Wanted("troupe", {"do": "post", "character": character})


@troupe.command(name="allowance", description="What a member, or this server, may use")
@app_commands.describe(
    member="Whose",
    here="This server's",
    calls="Calls a day",
    minutes="Minutes a month",
    default="Back to what holds for everybody",
)
@answers
def allowance(
    it: It,
    member: discord.User | None = None,
    here: bool = False,
    calls: Number | None = None,
    minutes: Number | None = None,
    default: bool = False,
) -> Wanted:
    """``/troupe allowance``."""
    if member and here:
        raise CallerError("Choose a member or here, not both.")
    if default and (calls is not None or minutes is not None):
        raise CallerError("Choose numbers or default, not both.")
    whom = _account(it, member) if member else "here" if here else ""
    back = "default" if default else None
    few = None if here else back
    return Wanted(
        "troupe",
        given(
            do="allowance",
            whom=whom,
            calls=few if calls is None else calls,
            minutes=back if minutes is None else minutes,
        ),
    )


@troupe.command(name="pause", description="Let no call begin, on any front")
@app_commands.describe(reason="Why; members read it")
@answers
def pause(_it: It, reason: Range[str, 1, 200] | None = None) -> Wanted:
    """``/troupe pause``."""
    return Wanted("troupe", given(do="pause", reason=reason))


@troupe.command(name="resume", description="Let calls begin again")
@answers
def resume(_it: It) -> Wanted:
    """``/troupe resume``."""
    return Wanted("troupe", {"do": "resume"})


@troupe.command(name="block", description="No calls by a member, or to a number")
@app_commands.describe(member="Who places no calls any more", number="A number that is never rung, with +")
@answers
def block(it: It, member: discord.User | None = None, number: Range[str, 3, 40] | None = None) -> Wanted:
    """``/troupe block``."""
    return Wanted("troupe", given(do="block", whom=_whom(it, member, number)))


@troupe.command(name="unblock", description="Take a block back")
@app_commands.describe(member="Who may place calls again", number="A number, with +")
@answers
def unblock(it: It, member: discord.User | None = None, number: Range[str, 3, 40] | None = None) -> Wanted:
    """``/troupe unblock``."""
    return Wanted("troupe", given(do="unblock", whom=_whom(it, member, number)))


@troupe.command(name="cost", description="What calls cost this month and last")
@app_commands.describe(form="json is for a script")
@app_commands.rename(form="as")
@answers
def cost(_it: It, form: Literal["json"] | None = None) -> Wanted:
    """``/troupe cost``."""
    return Wanted("troupe", given(**{"do": "cost", "as": form}))


def _whom(it: It, member: discord.User | None, number: str | None) -> str:
    if member and number:
        raise CallerError("Choose a member or a number, not both.")
    if number and not number.strip().startswith("+"):
        raise CallerError("Write the number with its country code, such as +49 1512 3456789.")
    return _account(it, member) if member else number or ""


def _account(it: It, member: discord.User) -> str:
    return f"discord:{it.application_id}:{member.id}"


allow.autocomplete("character")(complete_character)
post.autocomplete("character")(complete_character)
