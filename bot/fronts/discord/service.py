"""What the Discord front does beyond answering: direct messages with links, chats, posts; and its Poster."""

import contextlib
import logging
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import discord

from bot.calls import mailboxes, messaging
from bot.calls.installation import Installation
from bot.calls.messaging import keep_press
from bot.domain.board import Board
from bot.domain.call import Post
from bot.domain.caller import DEFAULT_TENANT, Account, Caller
from bot.domain.errors import CallerError, NobodyThere, PostRefused
from bot.domain.line import HeldLine
from bot.domain.permission import Spot
from bot.domain.reply import Choice, Notice, Reply
from bot.fronts.chats import Chats
from bot.fronts.discord import callers, chats
from bot.fronts.discord.buttons import Owner
from bot.fronts.discord.channels import find_channel, find_locale
from bot.fronts.discord.chats import DirectScreen
from bot.fronts.discord.doors import Prefills
from bot.fronts.discord.mail import Mail, Posting, post_in_channel
from bot.fronts.discord.rendering import Message, render
from bot.fronts.discord.speech import Speech
from bot.fronts.discord.tags import ANYBODY
from bot.fronts.languages.catalogue import catalogue_for

CLOSED = (
    "I could not send you the link by direct message as well: Discord refused it. It stands above; your "
    "privacy settings for this server let such messages through, /account switches them off."
)
NO_CHAT = (
    "I cannot write to you: your direct messages are closed. Allow them in the server's privacy settings, or "
    "take a link instead. Nothing was used."
)
NO_POST = (
    "I may not post there. Whoever manages the server can let me: View Channel, Send Messages, Embed Links."
)
NO_BOARD = "I see no channel of that id where messages can be written"
MAY_NOT = "I may not post there, which takes View Channel, Send Messages and Embed Links"
NOT_YOU = "You may not post in that channel yourself, so I do not either."
MOST_LOCALES = 50_000
CONNECTING = "Connecting …"
DIRECT = "https://discord.com/channels/@me/{}"

log = logging.getLogger(__name__)


class Service:
    """The front's hands; it is the Poster of every account at Discord."""

    def __init__(self, client: discord.Client, house: Installation, file_hosts: frozenset[str]) -> None:
        self._client = client
        self._house = house
        self.file_hosts = file_hosts
        self.mail = Mail(client, house)
        self.chats = Chats(house, lambda: chats.SILENCE_SECONDS, self._find_chat)
        self.prefills = Prefills()
        self._posting = Posting()
        self._locales: dict[Account, str] = {}
        house.lines.when_forgotten(self.forget)
        self.mentions: Mapping[str, int] = {}
        """The ids of our commands by their whole names, once they are known."""

    def speech(self, locale: str) -> Speech:
        """Return how we speak with somebody whose client has this locale."""
        return Speech(catalogue_for(locale), self._name_of, self.mentions)

    def owner(self, account: Account) -> Owner:
        """Return whose buttons an answer to this account has."""
        return Owner(account.id, lambda text: keep_press(self._house, account, text), self.prefills)

    def forget(self, account: Account) -> None:
        """Keep nothing in memory of somebody who erases something."""
        self.prefills.forget(account.id)
        self._locales.pop(account, None)

    async def learn_locale(self, account: Account, locale: str) -> None:
        """Keep in which language somebody is spoken with when they do not ask."""
        if self._locales.get(account) == locale:
            return
        if not await mailboxes.learn_locale(self._house, account, locale):
            return  # an account that is not known yet keeps nothing, so it is looked again next time
        if len(self._locales) >= MOST_LOCALES:
            self._locales.clear()
        self._locales[account] = locale

    async def post(self, account: Account, reply: Reply, *, instead_of: Post | None = None) -> None:
        """Say something by direct message. Raises NobodyThere, PostRefused."""
        self._check_is_ours(account.tenant)
        mailbox = await mailboxes.see_mailbox(self._house, account)
        message = await render(self._house, reply, self.speech(mailbox.locale), self.owner(account))
        if instead_of is not None:
            await self.mail.replace(account, instead_of.channel_id, instead_of.message_id, message)
            return
        sent = await self.mail.send(account, message, reply.key)
        place = (str(sent.channel.id), str(sent.id))
        if reply.recap is not None and not await messaging.note_recap(self._house, reply.recap, *place):
            await self.mail.erase(*place)

    async def erase_post(self, tenant: str, channel_id: str, message_id: str) -> None:
        """Leave nothing of a message of ours but that it was erased. Raises NobodyThere, PostRefused."""
        self._check_is_ours(tenant)
        await self.mail.erase(channel_id, message_id)

    @property
    def is_connected(self) -> bool:
        """Whether commands arrive and members can be written to."""
        return self._client.is_ready() and not self._client.is_closed()

    def _check_is_ours(self, tenant: str) -> None:
        """Raise NobodyThere where nothing of a tenant's can be reached now."""
        if not self.is_connected:
            raise NobodyThere("Discord is not connected")
        if tenant not in {DEFAULT_TENANT, str(self._client.application_id)}:
            raise NobodyThere("that belongs to another application")

    async def send_link(self, caller: Caller, reply: Reply, server: str, speech: Speech) -> str:
        """Send a link by direct message too; return what to say where that was refused, else nothing."""
        call_id, account = reply.link, caller.account
        if call_id is None or not await messaging.wants_link(self._house, account):
            return ""
        kept = tuple(choice for choice in reply.choices if choice.command != "call")
        copy = replace(reply, text=f"From {server}:", choices=kept, link=None)
        try:
            message = await render(self._house, copy, speech, self.owner(account))
            sent = await self.mail.send(account, message, f"link {call_id}")
        except PostRefused:
            return CLOSED
        except NobodyThere as error:
            log.warning("A link could not be sent by direct message: %s", error)
            return ""
        place = (str(sent.channel.id), str(sent.id))
        if not await messaging.note_link(self._house, call_id, *place):
            with contextlib.suppress(NobodyThere, PostRefused):
                await self.mail.erase(*place)
        return ""

    async def begin_chat(self, caller: Caller, reply: Reply, speech: Speech, *, in_server: bool) -> Reply:
        """Begin a chat in direct messages; where those are closed the call is taken back."""
        if reply.chat is None:
            return reply
        sent = None
        if not await messaging.is_refused_now(self._house, caller.account):
            with contextlib.suppress(PostRefused, NobodyThere):
                first = Message(f"-# {speech.markdown(CONNECTING)}")
                sent = await self.mail.send(caller.account, first, f"chat {reply.chat}")
        if sent is None:
            slug = await messaging.withdraw(self._house, reply.chat)
            instead = Choice("Make a link instead", "call", {"character": slug, "via": "link"})
            return Reply(NO_CHAT, choices=(instead,))
        channel = self._client.get_partial_messageable(sent.channel.id, type=discord.ChannelType.private)
        await self.chats.open(
            caller.account,
            caller,
            reply.chat,
            str(channel.id),
            lambda note, close: DirectScreen(channel, speech, note, close),
            alone=True,
        )
        where = Choice("Open my direct messages", url=DIRECT.format(sent.channel.id))
        return Reply(reply.text, choices=(where,) if in_server else ())

    async def _find_chat(self, account: Account) -> HeldLine | None:
        """Return the chat of somebody that another process relays."""
        found = await self._house.lines.chats_of(account)
        return next((one for one in reversed(found) if not self._house.lines.holds(one.call_id)), None)

    async def publish(self, it: discord.Interaction[Any], caller: Caller, reply: Reply) -> Reply:
        """Post for everybody what a reply wants posted. Raises CallerError where that may not be."""
        notice = reply.notice
        if notice is None:
            return reply
        channel = notice.channel or caller.channel
        if not channel:
            raise CallerError("There is no channel here to post in. Ask for it in a server.")
        with self._posting.one(caller.account, (channel, notice.card)):
            await self._check_may_post(it, caller, channel)
            speech = self.speech(str(it.guild_locale or self._locale_of(channel)))
            message = await self._render_notice(notice, speech)
            try:
                await post_in_channel(self._client, callers.id_in(channel), message)
            except PostRefused:
                raise CallerError(NO_POST) from None
        return replace(reply, notice=None)

    async def find_spot(self, board: Board) -> Spot:
        """Return where a channel is, as everybody stands in it. Raises NobodyThere, PostRefused."""
        self._check_is_ours(DEFAULT_TENANT)
        channel = await find_channel(self._client, int(board.channel_id))
        if channel is None or not isinstance(channel, discord.abc.Messageable):
            raise PostRefused(NO_BOARD)
        return callers.spot_in(channel)

    async def announce(self, board: Board, notice: Notice, key: str) -> None:
        """Post in a channel for everybody, in its server's language. Raises NobodyThere, PostRefused."""
        self._check_is_ours(DEFAULT_TENANT)
        locale = await find_locale(self._client, int(board.channel_id))
        message = await self._render_notice(notice, self.speech(locale))
        try:
            await post_in_channel(self._client, int(board.channel_id), message, key)
        except PostRefused as error:
            raise PostRefused(f"{MAY_NOT} ({error})") from error

    def _locale_of(self, channel_name: str) -> str:
        """Return the language of the server that a channel is in: a line may be shared from elsewhere."""
        channel = self._client.get_channel(callers.id_in(channel_name))
        guild = getattr(channel, "guild", None)
        return str(guild.preferred_locale) if guild else "en-US"

    async def _render_notice(self, notice: Notice, speech: Speech) -> Message:
        whole = Reply(cards=(notice.card,), choices=notice.choices)
        return await render(self._house, whole, speech, Owner(ANYBODY, None))

    async def _check_may_post(self, it: discord.Interaction[Any], caller: Caller, channel_name: str) -> None:
        """Raise CallerError where the member could not post there themselves."""
        channel = self._client.get_channel(callers.id_in(channel_name))
        if channel_name == caller.channel:
            may = it.permissions
        else:
            if not isinstance(channel, discord.abc.GuildChannel | discord.Thread):
                raise CallerError("That channel is not there any more.")
            try:
                member = await channel.guild.fetch_member(it.user.id)
            except discord.NotFound:
                raise CallerError(NOT_YOU) from None
            if member.is_timed_out():
                raise CallerError(NOT_YOU)
            may = channel.permissions_for(member)
        is_thread = isinstance(channel, discord.Thread)
        may_send = may.send_messages_in_threads if is_thread else may.send_messages
        if not (may.view_channel and may_send):
            raise CallerError(NOT_YOU)

    def _name_of(self, kind: str, found_id: int) -> str:
        """Return what a role, channel or account is called, where Discord would not show a mention.

        Who is not connected knows none of them, not even whether they are there.
        """
        if kind in {"channel", "role"} and not self._client.intents.guilds:
            return f"{'#' if kind == 'channel' else '@'}{kind}"
        if kind == "channel":
            return f"#{getattr(self._client.get_channel(found_id), 'name', 'deleted-channel')}"
        if kind == "role":
            roles = (guild.get_role(found_id) for guild in self._client.guilds)
            return f"@{next((role.name for role in roles if role), 'deleted-role')}"
        return str(found_id)
