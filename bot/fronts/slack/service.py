"""What the Slack front does beyond answering: direct messages, chats, posts; and its Poster.

Source: Slack, ``conversations.open``, ``chat.postMessage``, ``chat.update`` and ``files.uploadV2``.
"""

import asyncio
import contextlib
import logging
from collections.abc import Callable
from dataclasses import replace
from weakref import WeakValueDictionary

from slack_sdk.web.async_client import AsyncWebClient

from bot.calls import mailboxes, messaging
from bot.calls.installation import Installation
from bot.domain.board import Board
from bot.domain.call import Post
from bot.domain.caller import DEFAULT_TENANT, Account, Caller
from bot.domain.errors import CallerError, NobodyThere, PostRefused
from bot.domain.permission import Spot
from bot.domain.reply import Choice, Notice, Reply
from bot.fronts.languages.catalogue import catalogue_for
from bot.fronts.slack.addresses import Addresses, hosts_at
from bot.fronts.slack.blocks import ANYBODY, WHOLE, Message, Owner, render
from bot.fronts.slack.home import HOME, build_view
from bot.fronts.slack.people import People, channel_of, id_in, place_of
from bot.fronts.slack.refusals import UNREACHABLE, code_of, is_passing
from bot.fronts.slack.screen import ThreadScreen
from bot.fronts.slack.speech import Speech
from bot.fronts.slack.surfaces import NO_MESSAGES, QUIET, Beside, Direct
from bot.fronts.slack.talks import Root, Talks, Thread
from bot.fronts.slack.uploads import send_file

HOME_SECONDS = 5.0
"""How long a home tab may take; the next visit asks for it again."""
ERASED = "_This was erased._"
NO_CHAT = "I cannot write to you here. Take a link instead. Nothing was used."
INVITE = "I am not in that channel: invite me there first, then it can be posted."
IN_THREAD = "Write in this thread; /hangup ends the talk."
NO_THREAD = frozenset({"cannot_reply_to_message", "thread_not_found", "message_not_found"})
"""What is said where the message that a thread hangs on was taken away."""
NOT_MEMBER = frozenset({"not_in_channel", "channel_not_found", "is_archived", "restricted_action"})

log = logging.getLogger(__name__)


class Service:
    """The front's hands; it is the Poster of every account of its workspace."""

    def __init__(
        self,
        house: Installation,
        client: AsyncWebClient,
        people: People,
        *,
        command: str,
        picture_of: Callable[[str], str],
    ) -> None:
        self._house = house
        self.client = client
        self._people = people
        self._command = command
        self.picture_of = picture_of
        self.talks = Talks(house)
        self.addresses = Addresses(house.now, hosts_at(client.base_url))
        self.groups: dict[str, str] = {}
        """The handles of the workspace's groups, by id."""
        self.channels: dict[str, str] = {}
        """The names of channels that Slack told, by id, for where it shows no mentions."""
        self._homes: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        """Held while a home tab is made, so that an older one never takes the place of a newer one."""

    @property
    def team(self) -> str:
        """The id of our workspace; empty until Slack said it."""
        return self._people.team

    async def direct_to(self, account: Account) -> Direct:
        """Return somebody's direct messages as a place for answers. Raises PostRefused, NobodyThere."""
        return Direct(self.client, await self.open_messages(account))

    def beside(self, url: str) -> Beside:
        """Return what was typed or pressed as a place for answers, by its response URL."""
        self.addresses.see(url)
        return Beside(url, self.addresses, self.client.session)

    def speech(self, locale: str) -> Speech:
        """Return how we speak with somebody whose client has this locale."""
        return Speech(catalogue_for(locale), self._command, self._name_of)

    def owner(self, account: Account) -> Owner:
        """Return whose buttons an answer to this account has."""
        return Owner(account.id, lambda text: messaging.keep_press(self._house, account, text))

    async def render(self, reply: Reply, speech: Speech, account: Account) -> Message:
        """Return a reply as this account reads it; what does not fit goes to its direct messages."""
        message = await render(reply, speech, self.owner(account), self.picture_of)
        if reply.download is not None:
            await send_file(self.client, reply.download, lambda: self.open_messages(account))
        if message.whole:
            with contextlib.suppress(*UNREACHABLE, NobodyThere, PostRefused):
                channel = await self.open_messages(account)
                await self.client.files_upload_v2(channel=channel, filename=WHOLE, content=message.whole)
        return message

    async def post(self, account: Account, reply: Reply, *, instead_of: Post | None = None) -> None:
        """Say something by direct message. Raises NobodyThere, PostRefused."""
        self._check_is_ours(account.tenant)
        mailbox = await mailboxes.see_mailbox(self._house, account)
        message = await self.render(reply, self.speech(mailbox.locale), account)
        if instead_of is not None:
            await self._replace(instead_of.channel_id, instead_of.message_id, message)
            return
        place = await self.send(account, message, await messaging.find_thread(self._house, reply))
        if reply.recap is not None and not await messaging.note_recap(self._house, reply.recap, *place):
            await self.erase_post(self.team, *place)
        if reply.recap is not None:
            await self.show_home(account.tenant, account.id)

    def _check_is_ours(self, tenant: str) -> None:
        """Raise NobodyThere where a tenant is not the workspace that we are in."""
        if tenant not in {DEFAULT_TENANT, self.team}:
            raise NobodyThere("that belongs to another workspace")

    async def erase_post(self, tenant: str, channel_id: str, message_id: str) -> None:
        """Leave nothing of a message of ours but that it was erased; make a home tab anew.

        Raises NobodyThere, PostRefused.
        """
        self._check_is_ours(tenant)
        if message_id == HOME:
            await self._publish_home(tenant, channel_id)
            return
        block = {"type": "section", "text": {"type": "mrkdwn", "text": ERASED}}
        await self._replace(channel_id, message_id, Message(ERASED, [block]))

    async def open_messages(self, account: Account) -> str:
        """Return the id of somebody's direct messages. Raises PostRefused, NobodyThere."""
        mailbox = await mailboxes.see_mailbox(self._house, account)
        if mailbox.channel_id:
            return mailbox.channel_id
        try:
            answer = await self.client.conversations_open(users=account.id)
        except UNREACHABLE as error:
            raise await self._refusal(account, error) from error
        channel = str(answer["channel"]["id"])
        await mailboxes.keep_channel(self._house, account, channel)
        return channel

    async def send(self, account: Account, message: Message, thread: str = "") -> tuple[str, str]:
        """Send a direct message, into a thread if that is there; return where it stands.

        Raises PostRefused, NobodyThere.
        """
        channel = await self.open_messages(account)
        try:
            sent = await self.client.chat_postMessage(
                channel=channel,
                text=message.text,
                blocks=message.blocks or None,
                thread_ts=thread or None,
                **QUIET,
            )
        except UNREACHABLE as error:
            if thread and code_of(error) in NO_THREAD:
                return await self.send(account, message)
            raise await self._refusal(account, error) from error
        return channel, str(sent["ts"])

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
                await self.erase_post(self.team, *place)

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
        client = self.client
        slug = await messaging.note_thread(self._house, call_id, channel, root)
        await self.talks.chats.open(
            Thread(account, Root(root), call_id, slug),
            caller,
            call_id,
            channel,
            lambda note, close: ThreadScreen(client, channel, root, speech, note, close),
        )
        return Reply(reply.text, choices=(Choice("Open my direct messages", url=self._address(channel)),))

    async def publish(self, caller: Caller, reply: Reply, speech: Speech) -> Reply:
        """Post for everybody what a reply wants posted, in the language of whoever posts it.

        Raises CallerError where that may not be.
        """
        notice = reply.notice
        if notice is None:
            return reply
        channel = notice.channel or caller.channel
        if not channel:
            raise CallerError("There is no channel here to post in. Ask for it in a channel.")
        try:
            await self._post_notice(id_in(channel), notice, speech)
        except UNREACHABLE as error:
            if code_of(error) in NOT_MEMBER:
                raise CallerError(INVITE) from None
            raise
        return replace(reply, notice=None)

    async def find_spot(self, board: Board) -> Spot:
        """Return where a channel is, as everybody stands in it. Raises NobodyThere, PostRefused."""
        if not self.team:
            raise NobodyThere("Slack is not connected")
        if board.tenant != self.team:
            raise PostRefused(f"I am in the workspace {self.team}")
        return Spot(place_of(self.team), channels=frozenset({channel_of(board.channel_id)}))

    async def announce(self, board: Board, notice: Notice, key: str) -> None:  # noqa: ARG002  Slack has no keys
        """Post in a channel for everybody, in the operator's language. Raises NobodyThere, PostRefused."""
        speech = self.speech(await self._people.operators_locale())
        try:
            await self._post_notice(board.channel_id, notice, speech)
        except UNREACHABLE as error:
            if code_of(error) in NOT_MEMBER:
                raise PostRefused("I am not in that channel, so invite me there") from None
            raise _refusal_of(error) from error

    async def _post_notice(self, channel_id: str, notice: Notice, speech: Speech) -> None:
        whole = Reply(cards=(notice.card,), choices=notice.choices)
        message = await render(whole, speech, Owner(ANYBODY, None), self.picture_of)
        said = {"text": message.text, "blocks": message.blocks, **QUIET}
        await self.client.chat_postMessage(channel=channel_id, **said)

    async def show_home(self, team: str, user: str) -> None:
        """Show somebody their home tab as it is now; one that Slack does not take stays as it was."""
        try:
            async with asyncio.timeout(HOME_SECONDS):
                await self._publish_home(team, user)
        except (NobodyThere, PostRefused, TimeoutError) as error:
            log.warning("A home tab could not be shown: %s", str(error) or type(error).__name__)

    async def _publish_home(self, team: str, user: str) -> None:
        """Show somebody their home tab as it is now. Raises NobodyThere, PostRefused."""
        async with self._homes.setdefault(user, asyncio.Lock()):
            try:
                caller, profile = await self._people.find(team, user, "")
            except CallerError as error:
                raise PostRefused(str(error)) from None
            owner = self.owner(caller.account)
            view = await build_view(self._house, caller, self.speech(profile.locale), owner, self.picture_of)
            try:
                await self.client.views_publish(user_id=user, view=view)
            except UNREACHABLE as error:
                raise _refusal_of(error) from error

    async def _replace(self, channel_id: str, message_id: str, message: Message) -> None:
        try:
            await self.client.chat_update(
                channel=channel_id, ts=message_id, text=message.text, blocks=message.blocks
            )
        except UNREACHABLE as error:
            raise _refusal_of(error) from error

    async def _refusal(self, account: Account, error: Exception) -> Exception:
        """Return what a failed direct message means, and remember that nobody can be reached."""
        code = code_of(error)
        if code not in NO_MESSAGES:
            return NobodyThere(code)
        await mailboxes.note_refused(self._house, account)
        return PostRefused(code)

    def _address(self, channel: str) -> str:
        return f"https://slack.com/app_redirect?channel={channel}&team={self.team}"

    def _name_of(self, kind: str, found_id: str) -> str:
        if kind == "group":
            return f"@{self.groups.get(found_id, 'group')}"
        return f"#{self.channels.get(found_id, found_id)}" if kind == "channel" else found_id


def _refusal_of(error: Exception) -> Exception:
    """Return what it means that something of ours could not be changed: for now, or for good."""
    return NobodyThere(code_of(error)) if is_passing(error) else PostRefused(code_of(error))
