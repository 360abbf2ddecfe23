"""The desk: every interaction is taken here, acknowledged in private, answered once, and its errors said.

Source: Discord, "Receiving and responding". Whoever acknowledges has claimed the interaction: one that is
delivered twice, or too late, changes nothing.
"""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager, nullcontext
from datetime import UTC, datetime
from typing import Any
from weakref import WeakValueDictionary

import discord

from bot.calls import messaging
from bot.calls.figures import Waiting
from bot.calls.installation import Installation
from bot.calls.permitting import YOU_CAN
from bot.domain.caller import Account, Caller
from bot.domain.errors import CallerError, NobodyThere, NotAdmitted, PostRefused, TroupeError
from bot.domain.reply import Ask, Choice, Reply
from bot.domain.words import SHORT_ID_CHARS
from bot.fronts.apologies import BUSY, in_words, is_members_own
from bot.fronts.chats import ask_to_switch
from bot.fronts.commands import answer as answer_ask
from bot.fronts.commands import counted
from bot.fronts.discord import attachments
from bot.fronts.discord.callers import Callers
from bot.fronts.discord.refusals import UNREACHABLE, describe
from bot.fronts.discord.rendering import Message, render
from bot.fronts.discord.service import Service
from bot.fronts.discord.speech import Speech
from bot.fronts.presses import Wanted, unpack, whole

REMEMBERED = 10_000
PLACING = frozenset({"call", "characters", "import", "share", "troupe"})
"""Commands for where Troupe was let in; what is kept of somebody they can see and erase from everywhere."""
AT_ONCE = 2
"""How many files are read at once."""
ERASING = frozenset({"forget", "memory"})
CALLING = frozenset({"call", "answer"})
ANSWERED = 40060
BLOCKED = frozenset({200000, 240000})
"""A server's own rules, or Discord's, do not let the text through."""

log = logging.getLogger(__name__)


class NotShown(Exception):
    """An answer did not reach whoever waits for it; nothing else went wrong."""


class Desk:
    """Answers interactions; ``nudge`` says that there may be follow-up work."""

    def __init__(
        self, house: Installation, service: Service, callers: Callers, nudge: Callable[[], None]
    ) -> None:
        self._house = house
        self._service = service
        self._callers = callers
        self._nudge = nudge
        self._taken: OrderedDict[int, None] = OrderedDict()
        self._in_hand: set[asyncio.Task[Any]] = set()
        self._is_closed = False
        self._importing: set[Account] = set()
        self._readers = asyncio.Semaphore(AT_ONCE)
        self._turns: WeakValueDictionary[Account, asyncio.Lock] = WeakValueDictionary()

    async def aclose(self) -> None:
        """Take nothing more, and wait until all that is in hand is answered."""
        self._is_closed = True
        if self._in_hand:
            await asyncio.wait(self._in_hand)

    async def ask(self, it: discord.Interaction[Any], modal: discord.ui.Modal) -> None:
        """Show a modal as the first and only answer."""
        if self._is_new(it):
            try:
                await it.response.send_modal(modal)
            except UNREACHABLE as error:
                _log_lost(it, error)

    async def unpack(self, it: discord.Interaction[Any], what: str) -> Wanted:
        """Return what stands behind a button. Raises CallerError where it is kept no more."""
        account = self._callers.account(it.user.id)
        return await unpack(what, lambda press: messaging.fetch_press(self._house, account, press))

    async def answer(
        self, it: discord.Interaction[Any], want: Callable[[], Awaitable[Wanted]], *, in_place: bool = False
    ) -> None:
        """Acknowledge in private, then find out what is wanted, and answer it.

        With ``in_place`` the answer takes the place of the private message that was pressed; what went wrong
        is said beside it, so that it can be pressed again.
        """
        waiting = Waiting(self._house.figures, "discord")
        if not self._is_new(it) or not await _acknowledge(it, in_place=in_place):
            return
        waiting.acknowledged()
        try:
            wanted = await want()
            waiting.command = counted(wanted.command)
            caller = await self._callers.find(it, needs_admission=_needs_admission(wanted))
            async with self._turn(caller.account, wanted):
                reply = await self._perform(it, caller, wanted)
                await self._show(it, caller, reply)
            waiting.answered()
        except NotShown as error:
            log.warning("An answer could not be shown: %s", error)
        except Exception as error:  # noqa: BLE001  a member is waiting, whatever it was
            await self._apologise(it, error, in_place=in_place)
            waiting.answered()
        else:
            await self._afterwards(it, caller, reply)
        self._nudge()

    def _turn(self, account: Account, wanted: Wanted) -> AbstractAsyncContextManager[None]:
        """Let a member's calls be answered one by one: of several links the one shown last is good.

        In this process alone: of what is asked for at once in two, either link may be the one that is good.
        What they cost and how many there may be is kept in the store.
        """
        if wanted.command not in CALLING:
            return nullcontext()
        return self._turns.setdefault(account, asyncio.Lock())

    async def _perform(self, it: discord.Interaction[Any], caller: Caller, wanted: Wanted) -> Reply:
        """Return the answer; a chat that is on is asked first. Raises TroupeError."""
        chats, arguments = self._service.chats, whole(wanted.arguments)
        if wanted.command == "hangup" and await chats.hang_up(caller.account):
            return Reply("The talk is over.")
        text = arguments.get("text", "")
        if wanted.command == "whisper" and text and await chats.whisper(caller.account, text):
            return Reply(f"{await chats.name_of(caller.account)} knows.")
        is_sure = arguments.pop("switch", "") == "yes"
        is_now = wanted.command == "call" and arguments.get("character") and not arguments.get("at")
        if is_now and not is_sure and (name := await chats.name_of(caller.account)):
            self._house.cast.get(arguments["character"])
            return ask_to_switch(name, arguments)
        if wanted.command == "troupe" and arguments.get("do") == "here":
            arguments["name"] = it.guild.name if it.guild else ""
        if wanted.command == "import":
            return await self._import(caller, wanted, arguments)
        if wanted.command in ERASING:
            await self._house.lines.forget(caller.account)
        if wanted.command == "forget" and arguments.get("sure") == "yes":
            await chats.hang_up(caller.account)
        return await answer_ask(self._house, Ask(caller, wanted.command, arguments))

    async def _import(self, caller: Caller, wanted: Wanted, arguments: dict[str, str]) -> Reply:
        """Fetch the file and read it; one at a time of each member, and two of everybody, in each process."""
        hosts = self._service.file_hosts
        if isinstance(wanted.attachment, discord.Attachment):
            source = attachments.check_attachment(wanted.attachment, hosts)
        else:
            source = attachments.source_of(arguments.get("file", ""), hosts)
        if caller.account in self._importing:
            raise CallerError("Your other file is still being read. Wait until that is answered.")
        self._importing.add(caller.account)
        try:
            async with self._readers:
                attached = await attachments.fetch_file(source)
                ask = Ask(caller, "import", {**arguments, "file": source.url}, attached)
                return await answer_ask(self._house, ask)
        finally:
            self._importing.discard(caller.account)

    async def _show(self, it: discord.Interaction[Any], caller: Caller, reply: Reply) -> None:
        if reply.chat is not None:
            reply = await self._service.begin_chat(
                caller, reply, self._speech(it), in_server=it.guild_id is not None
            )
        if reply.notice is not None:
            reply = await self._service.publish(it, caller, reply)
        if reply.link is not None:
            await self._service.chats.hang_up(caller.account)
        message = await self._render(it, reply)
        try:
            await it.edit_original_response(**message.to_edit())
        except UNREACHABLE as error:
            if not isinstance(error, discord.HTTPException) or error.code not in BLOCKED:
                raise NotShown(describe(error)) from error
            said = "This server does not let the answer through. Ask again in my direct messages."
            content = self._speech(it).markdown(said)
            await it.edit_original_response(content=content, embeds=[], attachments=[], view=None)

    async def _afterwards(self, it: discord.Interaction[Any], caller: Caller, reply: Reply) -> None:
        """Send the link along by direct message, and tell what could not be told before."""
        try:
            await self._tell_more(it, caller, reply)
        except UNREACHABLE as error:
            log.warning("What goes with an answer could not be shown: %s", describe(error))
        except TroupeError as error:
            log.error("What goes with an answer could not be done: %s", error)  # noqa: TRY400

    async def _tell_more(self, it: discord.Interaction[Any], caller: Caller, reply: Reply) -> None:
        await self._service.learn_locale(caller.account, str(it.locale))
        if reply.link is not None and it.guild is not None and caller.place:
            note = await self._service.send_link(caller, reply, it.guild.name, self._speech(it))
            if note:
                await it.followup.send(content=self._speech(it).markdown(note), ephemeral=True)
        for call_id, untold in await messaging.find_untold(self._house, caller):
            late = await self._render(it, untold)
            await it.followup.send(**late.to_send(), ephemeral=True)
            await messaging.note_told(self._house, call_id)

    async def _apologise(self, it: discord.Interaction[Any], error: Exception, *, in_place: bool) -> None:
        """Say in words what went wrong; the log has the rest, under a short id."""
        short = self._house.new_id()[:SHORT_ID_CHARS]
        if isinstance(error, (NobodyThere, PostRefused, *UNREACHABLE)):
            log.error("Interaction %s: %s", short, describe(error))
            said = BUSY
        elif isinstance(error, TroupeError):
            if not is_members_own(error):
                log.error("Interaction %s: %s", short, error)
            said = in_words(error, short)
        else:
            log.error("Interaction %s failed", short, exc_info=error)
            said = f"Something went wrong here, sorry. Whoever runs Troupe finds it in the log as {short}."
        let_in = Choice("Let members call", "troupe", {"do": "here"})
        can_let_in = isinstance(error, NotAdmitted) and it.permissions.manage_guild
        sorry = Reply(YOU_CAN, choices=(let_in,)) if can_let_in else Reply(said)
        message = await self._render(it, sorry)
        try:
            if in_place:
                await it.followup.send(**message.to_send(), ephemeral=True)
            else:
                await it.edit_original_response(**message.to_edit())
        except UNREACHABLE as refusal:
            log.warning("An apology could not be shown: %s", describe(refusal))

    async def _render(self, it: discord.Interaction[Any], reply: Reply) -> Message:
        owner = self._service.owner(self._callers.account(it.user.id))
        return await render(self._house, reply, self._speech(it), owner)

    def _speech(self, it: discord.Interaction[Any]) -> Speech:
        return self._service.speech(str(it.locale))

    def _is_new(self, it: discord.Interaction[Any]) -> bool:
        """Whether an interaction is to be taken; the task that takes it has it in hand until it is done."""
        if self._is_closed or it.id in self._taken:
            return False
        self._taken[it.id] = None
        if task := asyncio.current_task():
            self._in_hand.add(task)
            task.add_done_callback(self._in_hand.discard)
        if len(self._taken) > REMEMBERED:
            self._taken.popitem(last=False)
        return True


async def _acknowledge(it: discord.Interaction[Any], *, in_place: bool) -> bool:
    """Acknowledge in private; False where somebody did already, or it is too late to say anything."""
    try:
        if in_place:
            await it.response.defer()
        else:
            await it.response.defer(ephemeral=True, thinking=True)
    except UNREACHABLE as error:
        _log_lost(it, error)
        return False
    return True


def _log_lost(it: discord.Interaction[Any], error: Exception) -> None:
    age = (datetime.now(UTC) - it.created_at).total_seconds()
    if isinstance(error, discord.HTTPException) and error.code == ANSWERED:
        log.info("An interaction came twice, after %.1f s", age)
    else:
        log.warning("An interaction was lost after %.1f s: %s", age, describe(error))


def _needs_admission(wanted: Wanted) -> bool:
    """Whether this is for members of a server that was let in, or who installed the bot for themselves."""
    if wanted.command == "answer":
        return "character" in wanted.arguments
    if wanted.command == "troupe":
        return wanted.arguments.get("do") != "here"
    return wanted.command in PLACING
