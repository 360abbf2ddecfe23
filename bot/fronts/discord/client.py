"""Our Discord client: its commands, its events, and when commands are synced.

Source: Discord, "Application commands" and "Gateway"; discord.py's documentation of ``AutoShardedClient``.
"""

import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, cast

import discord
from discord import app_commands

from bot.calls.installation import Installation, note_tenant
from bot.calls.mailboxes import see_mailbox
from bot.calls.permitting import is_admitted
from bot.calls.places import note_installed
from bot.domain.errors import CallerError, TroupeError
from bot.domain.shards import WantedShards
from bot.domain.words import plural
from bot.fronts.discord import forms, tags
from bot.fronts.discord.buttons import DOORS, Pick, Press, stands_for
from bot.fronts.discord.callers import PLATFORM, Callers, place_of
from bot.fronts.discord.chats import HINT, NO_FILES, wait_for_answer
from bot.fronts.discord.desk import Desk
from bot.fronts.discord.doors import DeclaredTree, answers, check_declared
from bot.fronts.discord.inviting import invitation_of
from bot.fronts.discord.mail import nonce_of
from bot.fronts.discord.refusals import UNREACHABLE, describe
from bot.fronts.discord.service import Service
from bot.fronts.discord.sharding import Share
from bot.fronts.discord.slash import COMMANDS
from bot.fronts.discord.syncing import sync
from bot.fronts.discord.translator import Dictionary
from bot.fronts.forms import with_written
from bot.fronts.presses import Wanted, too_old
from bot.fronts.relay import NOT_HEARD

READY_SECONDS = 2.0
LONGEST_WAIT_SECONDS = 60.0
LONGEST_CONNECT_SECONDS = 180.0
STALE = "This command has changed. Reload Discord (Ctrl-R), and try again."

log = logging.getLogger(__name__)


class TroupeClient(discord.AutoShardedClient):
    """The bot at Discord: no privileged intent, and nobody is ever mentioned."""

    def __init__(
        self,
        house: Installation,
        *,
        user_install: bool,
        wanted: WantedShards,
        are_shared: bool,
        file_hosts: frozenset[str],
        nudge: Callable[[], None],
        connected: Callable[[str], Awaitable[None]],
    ) -> None:
        super().__init__(
            intents=discord.Intents(guilds=True, dm_messages=True),
            allowed_mentions=discord.AllowedMentions.none(),
            max_messages=None,
            max_ratelimit_timeout=LONGEST_WAIT_SECONDS,
            guild_ready_timeout=READY_SECONDS,
            shard_count=wanted.count or None,
            shard_connect_timeout=None if are_shared else LONGEST_CONNECT_SECONDS,
        )
        self.house = house
        self.callers = Callers(
            self,
            house,
            user_install=user_install,
            hears_all=lambda: not (self.share and self.share.are_divided),
        )
        self.service = Service(self, house, file_hosts)
        self.desk = Desk(house, self.service, self.callers, nudge)
        self.prefills = self.service.prefills
        self._connected = connected
        self.share = Share(house, self, wanted, self._stand_by) if are_shared else None
        """The shards that are held here, where other processes may hold others."""
        installs = app_commands.AppInstallationType(guild=True, user=user_install)
        contexts = app_commands.AppCommandContext(guild=True, dm_channel=True, private_channel=user_install)
        self.tree = DeclaredTree(self, allowed_installs=installs, allowed_contexts=contexts)
        for command in COMMANDS:
            self.tree.add_command(command)
        self.tree.error(_on_tree_error)

    async def setup_hook(self) -> None:
        """Get ready before connecting; commands are synced only if they changed."""
        await note_tenant(self.house, PLATFORM, str(self.application_id))
        for door in (*DOORS, take_submit, tell_too_old):
            check_declared(door, door.__name__)
        self.add_dynamic_items(Press, Pick)
        await self.tree.set_translator(Dictionary())
        self.service.mentions = await sync(self.house, self.tree)

    async def connect(self, *, reconnect: bool = True) -> None:
        """Listen until closed; where processes divide the shards, to those that are held here."""
        if self.share is None:
            await super().connect(reconnect=reconnect)
            return
        await self.share.settle()
        try:
            await self.share.run(super().connect(reconnect=reconnect))
        except Exception:
            await self.close()
            raise

    async def launch_shards(self) -> None:
        """Begin all shards, unless processes divide them: then each is begun when it is held."""
        if self.share is None:
            await super().launch_shards()

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Wait five seconds between two shards, unless processes take turns."""
        if self.share is None:
            await super().before_identify_hook(shard_id, initial=initial)

    def is_ready(self) -> bool:
        """Whether all is connected that is to be, here or with another process."""
        return self.share.is_whole if self.share else super().is_ready()

    async def on_ready(self) -> None:
        """Let what waits for us be told, and the operator know where we are."""
        if self.share is None and not self.is_closed():
            await self._connected(self._whereabouts())

    async def on_shard_ready(self, shard_id: int) -> None:
        """Do so when the last of the shards that are held here knows its servers."""
        if self.share is None or self.is_closed():
            return
        self.share.note_ready(shard_id)
        if self.share.is_whole:
            await self._connected(self._whereabouts())

    async def _stand_by(self) -> None:
        await self._connected(
            "Discord's shards are all held by other processes; this one takes over what they let go."
        )

    async def on_guild_available(self, guild: discord.Guild) -> None:
        """Learn the name of a server that the settings list."""
        await self._learn(guild)

    async def on_guild_join(self, guild: discord.Guild) -> None:
        """Learn the name of a server that we were invited to just now."""
        await self._learn(guild)

    async def on_interaction(self, it: discord.Interaction[Any]) -> None:
        """Take modals, also those from before a restart, and buttons of another time."""
        if it.type is discord.InteractionType.modal_submit:
            await take_submit(it, *forms.read_submit(it))
        elif it.type is discord.InteractionType.component:
            data = cast("Mapping[str, Any]", it.data or {})
            if tags.read_tag(str(data.get("custom_id", ""))) is None:
                await tell_too_old(it)

    async def on_message(self, message: discord.Message) -> None:
        """Take what is written in direct messages: words for a character, else a hint once an hour."""
        if message.guild is not None or message.author.bot:
            return
        account, chats = self.callers.account(message.author.id), self.service.chats
        async with chats.turn(account):
            end = await chats.find(account)
            if end is not None and end.name and message.attachments:
                await self._tell(message, NO_FILES)
                if not message.content.strip():
                    return
            seen_in = message.channel if end is not None and not end.is_waiting else None
            said = await end.hand_over(message.content) if end is not None else None
        if said is None:
            if chats.wants_hint(account):
                await self._tell(message, HINT)
        elif not await wait_for_answer(said, seen_in):
            await self._tell(message, NOT_HEARD)

    async def on_error(self, event: str, /, *_: Any, **__: Any) -> None:
        """Log what an event handler could not do; its arguments hold people's words."""
        log.exception("Discord's event %s could not be handled", event)

    def _whereabouts(self) -> str:
        """Return as whom and where we are connected, and what is to be done if nobody can call yet."""
        name = self.user.display_name if self.user else "nobody"
        if self.share is not None and self.share.are_divided:
            servers = plural(len(self.guilds), "server")
            return f"Discord is connected as {name} with {self.share}, in {servers}."
        said = f"Discord is connected as {name}, in {plural(len(self.guilds), 'server')}."
        if not self.guilds:
            return f"{said} Invite it: {invitation_of(self.application_id or 0)}"
        if not any(is_admitted(self.house, place_of(guild.id)) for guild in self.guilds):
            return f"{said} Nobody can call yet: whoever manages one of them types /troupe here there."
        return said

    async def _tell(self, message: discord.Message, words: str) -> None:
        mailbox = await see_mailbox(self.house, self.callers.account(message.author.id))
        try:
            said = self.service.speech(mailbox.locale).markdown(words)
            await message.channel.send(said, nonce=nonce_of(f"hint {message.id}"))
        except UNREACHABLE as error:
            log.info("A hint could not be sent: %s", describe(error))

    async def _learn(self, guild: discord.Guild) -> None:
        place = place_of(guild.id)
        if place in self.house.terms.listed_places:
            try:
                await note_installed(self.house, place, guild.name)
            except TroupeError as error:
                log.warning("The name of a server could not be noted: %s", error)


@answers
async def take_submit(it: discord.Interaction[Any], tag: tags.Tag | None, written: dict[str, str]) -> Wanted:
    """Take what was written in a modal, also in one from before a restart."""
    return with_written(await stands_for(it, tag, tag.what if tag else ""), written)


@answers
def tell_too_old(_it: discord.Interaction[Any]) -> Wanted:
    """Say that a button is of another time."""
    raise too_old()


async def _on_tree_error(it: discord.Interaction[Any], error: app_commands.AppCommandError) -> None:
    """Answer what never reached a door: a command that this version does not know."""
    if isinstance(
        error,
        app_commands.CommandNotFound | app_commands.CommandSignatureMismatch | app_commands.TransformerError,
    ):
        log.warning("A command of another version was used (%s)", type(error).__name__)

        async def stale() -> Wanted:
            raise CallerError(STALE)

        await it.client.desk.answer(it, stale)
        return
    if it.type is discord.InteractionType.autocomplete:
        log.warning("A choice could not be completed: %s", error)
        return

    async def failed() -> Wanted:
        raise error

    await it.client.desk.answer(it, failed)
