"""What the Slack front does beyond answering: direct messages, chats, posts; and its Poster.

Everything is said with the token of the workspace that it is said in.

Source: Slack, ``conversations.open``, ``chat.postMessage``, ``chat.update`` and ``files.uploadV2``.
"""

import contextlib
import logging
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from bot.calls import mailboxes, messaging
from bot.calls.installation import Installation
from bot.domain.board import Board
from bot.domain.call import Post
from bot.domain.caller import DEFAULT_TENANT, Account, Caller
from bot.domain.errors import NobodyThere, PostRefused
from bot.domain.permission import Spot
from bot.domain.reply import Choice, Notice, Reply
from bot.fronts.languages.catalogue import catalogue_for
from bot.fronts.slack.addresses import Addresses, hosts_at
from bot.fronts.slack.blocks import WHOLE, Message, Owner, render
from bot.fronts.slack.home import HOME
from bot.fronts.slack.homes import Homes
from bot.fronts.slack.names import Names
from bot.fronts.slack.people import People
from bot.fronts.slack.public import Public
from bot.fronts.slack.refusals import ENDED, UNREACHABLE, code_of, refusal_of
from bot.fronts.slack.screen import ThreadScreen
from bot.fronts.slack.speech import Speech
from bot.fronts.slack.standing import NO_THREAD, asking_once, find_standing, keyed
from bot.fronts.slack.surfaces import NO_MESSAGES, QUIET, Beside, Direct
from bot.fronts.slack.talks import Root, Talks, Thread
from bot.fronts.slack.uploads import send_file
from bot.fronts.slack.workspaces import Workspaces

ERASED = "_This was erased._"
NO_CHAT = "I cannot write to you here. Take a link instead. Nothing was used."
IN_THREAD = "Write in this thread; /hangup ends the talk."

log = logging.getLogger(__name__)


class Service:
    """The front's hands; it is the Poster of every account of the workspaces that it is in."""

    def __init__(
        self,
        house: Installation,
        workspaces: Workspaces,
        people: People,
        *,
        command: str,
        picture_of: Callable[[str], str],
    ) -> None:
        self._house = house
        self.workspaces = workspaces
        self._command = command
        self.picture_of = picture_of
        self.talks = Talks(house)
        self.addresses = Addresses(house.now, hosts_at(workspaces.home.base_url))
        self.names = Names(workspaces)
        """What channels and groups are called, for where Slack shows no mentions."""
        self.homes = Homes(
            house, workspaces, people, speech=self.speech, owner=self.owner, picture_of=picture_of
        )
        self.public = Public(workspaces, people, speech=self.speech, picture_of=picture_of)
        workspaces.lost = self._hang_up_in

    async def direct_to(self, account: Account) -> Direct:
        """Return somebody's direct messages as a place for answers. Raises PostRefused, NobodyThere."""
        client = await self.workspaces.client_of(account.tenant)
        return Direct(client, await self.open_messages(account))

    def beside(self, url: str) -> Beside:
        """Return what was typed or pressed as a place for answers, by its response URL."""
        self.addresses.see(url)
        return Beside(url, self.addresses, self.workspaces.session)

    def speech(self, locale: str, team: str) -> Speech:
        """Return how we speak with somebody of a workspace whose client has this locale."""
        return Speech(catalogue_for(locale), self._command, self.names.of(team))

    def owner(self, account: Account) -> Owner:
        """Return whose buttons an answer to this account has."""
        return Owner(account.id, lambda text: messaging.keep_press(self._house, account, text))

    async def render(self, reply: Reply, speech: Speech, account: Account) -> Message:
        """Return a reply as this account reads it; what does not fit goes to its direct messages."""
        message = await render(reply, speech, self.owner(account), self.picture_of)
        if reply.download is not None:
            client = await self.workspaces.client_of(account.tenant)
            await send_file(client, reply.download, lambda: self.open_messages(account))
        if message.whole:
            with contextlib.suppress(*UNREACHABLE, NobodyThere, PostRefused):
                channel = await self.open_messages(account)
                client = await self.workspaces.client_of(account.tenant)
                await client.files_upload_v2(channel=channel, filename=WHOLE, content=message.whole)
        return message

    async def post(self, account: Account, reply: Reply, *, instead_of: Post | None = None) -> None:
        """Say something by direct message. Raises NobodyThere, PostRefused."""
        client = await self.workspaces.client_of(account.tenant)
        mailbox = await mailboxes.see_mailbox(self._house, account)
        thread = await messaging.find_thread(self._house, reply)
        place = await self._find_standing(account, reply, thread)
        if place is None:
            message = await self.render(reply, self.speech(mailbox.locale, account.tenant), account)
            if instead_of is not None:
                await _replace(client, instead_of.channel_id, instead_of.message_id, message)
                return
            place = await self.send(account, message, thread, reply.key)
        if reply.recap is not None and not await messaging.note_recap(self._house, reply.recap, *place):
            await self.erase_post(account.tenant, *place)
        if reply.recap is not None:
            await self.homes.show(account.tenant, account.id)

    async def erase_post(self, tenant: str, channel_id: str, message_id: str) -> None:
        """Leave nothing of a message of ours but that it was erased; make a home tab anew.

        Raises NobodyThere, PostRefused.
        """
        client = await self.workspaces.client_of(tenant)
        if message_id == HOME:
            await self.homes.publish(tenant, channel_id)
            return
        block = {"type": "section", "text": {"type": "mrkdwn", "text": ERASED}}
        await _replace(client, channel_id, message_id, Message(ERASED, [block]), metadata={})

    async def open_messages(self, account: Account) -> str:
        """Return the id of somebody's direct messages. Raises PostRefused, NobodyThere."""
        mailbox = await mailboxes.see_mailbox(self._house, account)
        if mailbox.channel_id:
            return mailbox.channel_id
        client = await self.workspaces.client_of(account.tenant)
        try:
            answer = await client.conversations_open(users=account.id)
        except UNREACHABLE as error:
            raise await self._refusal(account, error) from error
        channel = str(answer["channel"]["id"])
        await mailboxes.keep_channel(self._house, account, channel)
        return channel

    async def send(
        self, account: Account, message: Message, thread: str = "", key: str = ""
    ) -> tuple[str, str]:
        """Send a direct message, into a thread if that is there; return where it stands.

        One with a key can be found by it, and is asked for once. Raises PostRefused, NobodyThere.
        """
        channel = await self.open_messages(account)
        client = await self.workspaces.client_of(account.tenant)
        client = asking_once(client) if key else client
        try:
            sent = await client.chat_postMessage(
                channel=channel,
                text=message.text,
                blocks=message.blocks or None,
                thread_ts=thread or None,
                **keyed(key),
                **QUIET,
            )
        except UNREACHABLE as error:
            if thread and code_of(error) in NO_THREAD:
                return await self.send(account, message, key=key)
            raise await self._refusal(account, error) from error
        return channel, str(sent["ts"])

    async def _find_standing(self, account: Account, reply: Reply, thread: str) -> tuple[str, str] | None:
        """Return where a reply stands that may have been posted before. Raises PostRefused, NobodyThere."""
        since = await messaging.find_end(self._house, reply) if reply.is_again else None
        if since is None:
            return None
        channel = await self.open_messages(account)
        client = await self.workspaces.client_of(account.tenant)
        stamp = await find_standing(client, channel, thread, reply.key, since)
        return (channel, stamp) if stamp else None

    async def send_link(self, caller: Caller, reply: Reply, speech: Speech) -> None:
        """Send a link by direct message too, where that is wanted; what stands beside is enough otherwise."""
        call_id, account = reply.link, caller.account
        if call_id is None or not caller.channel or not await messaging.wants_link(self._house, account):
            return
        kept = tuple(choice for choice in reply.choices if choice.command != "call")
        message = await self.render(replace(reply, choices=kept), speech, account)
        with contextlib.suppress(PostRefused, NobodyThere):
            place = await self.send(account, message)
            if not await messaging.note_link(self._house, call_id, *place):
                await self.erase_post(account.tenant, *place)

    async def begin_chat(self, caller: Caller, reply: Reply, speech: Speech) -> Reply:
        """Begin a chat in a thread of its own; where none can be begun the call is taken back."""
        call_id, account = reply.chat, caller.account
        if call_id is None:
            return reply
        ends = Choice("Hang up", "hangup", {"call": call_id})
        said = replace(reply, text=f"{reply.text}\n{IN_THREAD}", choices=(ends,))
        first = await self.render(said, speech, account)
        try:
            channel, root = await self.send(account, first)
        except (PostRefused, NobodyThere):
            slug = await messaging.withdraw(self._house, call_id)
            instead = Choice("Make a link instead", "call", {"character": slug, "via": "link"})
            return Reply(NO_CHAT, choices=(instead,))
        client = await self.workspaces.client_of(account.tenant)
        slug = await messaging.note_thread(self._house, call_id, channel, root)
        await self.talks.chats.open(
            Thread(account, Root(root), call_id, slug),
            caller,
            call_id,
            channel,
            lambda note, close: ThreadScreen(client, channel, root, speech, note, close),
        )
        opens = Choice("Open my direct messages", url=self._address(account.tenant, channel))
        return Reply(reply.text, choices=(opens,))

    async def find_spot(self, board: Board) -> Spot:
        """Return where a channel is, as everybody stands in it. Raises NobodyThere, PostRefused."""
        return await self.public.find_spot(board)

    async def announce(self, board: Board, notice: Notice, key: str) -> None:  # noqa: ARG002  Slack has no keys
        """Post in a channel for everybody, in the operator's language. Raises NobodyThere, PostRefused."""
        await self.public.announce(board, notice)

    async def _hang_up_in(self, teams: frozenset[str]) -> None:
        """End the talks in workspaces where nobody can be written to any more."""
        for key in self.talks.chats.open_keys():
            if isinstance(key, Thread) and key.account.tenant in teams:
                await self.talks.chats.hang_up(key)

    async def _refusal(self, account: Account, error: Exception) -> Exception:
        """Return what a failed direct message means, and remember that nobody can be reached."""
        code = code_of(error)
        if code in ENDED:
            return PostRefused(code)
        if code not in NO_MESSAGES:
            return NobodyThere(code)
        await mailboxes.note_refused(self._house, account)
        return PostRefused(code)

    def _address(self, tenant: str, channel: str) -> str:
        team = self.workspaces.team if tenant == DEFAULT_TENANT else tenant
        return f"https://slack.com/app_redirect?channel={channel}&team={team}"


async def _replace(
    client: AsyncWebClient, channel_id: str, message_id: str, message: Message, **more: Any
) -> None:
    try:
        await client.chat_update(
            channel=channel_id, ts=message_id, text=message.text, blocks=message.blocks, **more
        )
    except UNREACHABLE as error:
        raise refusal_of(error) from error
