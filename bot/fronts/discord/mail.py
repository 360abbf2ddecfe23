"""Direct messages: a courtesy that may be refused, and then is not tried again; and posts in channels.

Source: Discord, "Create DM", "Create message" (nonce) and "Opcodes and status codes".
"""

import asyncio
import hashlib
import logging
import secrets
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import discord

from bot.calls import mailboxes
from bot.calls.installation import Installation
from bot.domain.caller import Account
from bot.domain.errors import CallerError, NobodyThere, PostRefused
from bot.fronts.discord import limits
from bot.fronts.discord.refusals import UNREACHABLE
from bot.fronts.discord.rendering import Message

POSTS, POSTS_SECONDS, MOST_POSTERS = 10, 3_600.0, 10_000
UNKNOWN_CHANNEL = 10003
ERASED = "-# This was erased."
log = logging.getLogger(__name__)


class Mail:
    """The one sender of direct messages; channels are opened lazily and one at a time."""

    def __init__(self, client: discord.Client, house: Installation) -> None:
        self._client = client
        self._house = house
        self._opening = asyncio.Lock()

    async def send(self, account: Account, message: Message, key: str = "") -> discord.Message:
        """Send a direct message; two with the same key are one.

        Raises PostRefused where this account takes none, NobodyThere where Discord cannot be reached now.
        """
        nonce = nonce_of(key)
        async with _translated(self._house, account):
            mailbox = await mailboxes.see_mailbox(self._house, account)
            channel_id = mailbox.channel_id or await self._open(account)
            try:
                return await self._post(int(channel_id), message, nonce)
            except discord.NotFound as error:
                if error.code != UNKNOWN_CHANNEL:
                    raise
            return await self._post(int(await self._open(account)), message, nonce)

    async def replace(self, account: Account, channel_id: str, message_id: str, message: Message) -> None:
        """Show something else where a message of ours stands. Raises PostRefused where it stands no more."""
        async with _translated(self._house, account):
            await (
                self._channel(int(channel_id)).get_partial_message(int(message_id)).edit(**message.to_edit())
            )

    async def erase(self, channel_id: str, message_id: str) -> None:
        """Leave nothing of a message of ours but that it was erased. Raises NobodyThere, PostRefused."""
        message = self._channel(int(channel_id)).get_partial_message(int(message_id))
        try:
            await message.edit(content=ERASED, embeds=[], attachments=[], view=None)
        except UNREACHABLE as error:
            if isinstance(error, discord.HTTPException) and error.status < 500:
                raise PostRefused(f"code {error.code}") from error
            raise NobodyThere(type(error).__name__) from error

    async def _open(self, account: Account) -> str:
        async with self._opening:
            channel = await self._client.create_dm(discord.Object(int(account.id)))
        await mailboxes.keep_channel(self._house, account, str(channel.id))
        return str(channel.id)

    async def _post(self, channel_id: int, message: Message, nonce: str) -> discord.Message:
        return await self._channel(channel_id).send(**message.to_send(), nonce=nonce)

    def _channel(self, channel_id: int) -> discord.PartialMessageable:
        return self._client.get_partial_messageable(channel_id, type=discord.ChannelType.private)


class Posting:
    """How much one member may post for everybody: nothing twice, and so many an hour."""

    def __init__(self) -> None:
        self._posted: OrderedDict[Account, list[tuple[float, object]]] = OrderedDict()

    @contextmanager
    def one(self, account: Account, what: object) -> Iterator[None]:
        """Count a post that is made in here, unless it fails.

        Raises CallerError for one that stands there already, and for too many.
        """
        taken = self._take(account, what)
        try:
            yield
        except BaseException:
            if taken in self._posted.get(account, []):
                self._posted[account].remove(taken)
            raise

    def _take(self, account: Account, what: object) -> tuple[float, object]:
        now = time.monotonic()
        posted = [one for one in self._posted.get(account, []) if now - one[0] < POSTS_SECONDS]
        if any(one[1] == what for one in posted):
            raise CallerError("That was posted already.")
        if len(posted) >= POSTS:
            raise CallerError("You have posted enough for now. Try again in an hour.")
        self._posted[account] = [*posted, (now, what)]
        self._posted.move_to_end(account)
        if len(self._posted) > MOST_POSTERS:
            self._posted.popitem(last=False)
        return self._posted[account][-1]


async def post_in_channel(client: discord.Client, channel_id: int, message: Message, key: str = "") -> None:
    """Post for everybody; the same key is posted once. Raises PostRefused, NobodyThere."""
    try:
        await client.get_partial_messageable(channel_id).send(**message.to_send(), nonce=nonce_of(key))
    except (discord.Forbidden, discord.NotFound) as error:
        raise PostRefused(f"code {error.code}") from error
    except UNREACHABLE as error:
        raise NobodyThere(type(error).__name__) from error


def nonce_of(key: str) -> str:
    """Return what makes a repeated request one message: the same for the same key, else new.

    Discord goes by it for a few minutes: for as long as the lease of a process that was killed lasts.
    """
    return (hashlib.sha256(key.encode()).hexdigest() if key else secrets.token_hex(16))[: limits.NONCE]


@asynccontextmanager
async def _translated(house: Installation, account: Account) -> AsyncIterator[None]:
    """Turn Discord's refusals into ours, and remember them."""
    try:
        yield
    except discord.Forbidden as error:
        log.info("Direct messages are refused (code %d)", error.code)
        await mailboxes.note_refused(house, account)
        raise PostRefused(f"code {error.code}") from error
    except discord.NotFound as error:
        raise PostRefused(f"code {error.code}") from error
    except UNREACHABLE as error:
        raise NobodyThere(type(error).__name__) from error
