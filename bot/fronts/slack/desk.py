"""The desk: whatever is typed, pressed or sent is acknowledged here first, taken once, and answered.

Source: Slack, "Acknowledgement" (3 s), "Trigger" ids (3 s, once), and event ids; Slack itself repeats events,
members repeat everything else.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any

from bot.calls import messaging
from bot.calls.figures import Waiting
from bot.calls.installation import Installation
from bot.calls.mailboxes import learn_locale
from bot.domain.caller import Account, Caller
from bot.domain.context import one_line
from bot.domain.errors import (
    CallerError,
    NobodyThere,
    NotStored,
    PostRefused,
    TroupeError,
    UnknownPersona,
)
from bot.domain.nearest import nearest
from bot.domain.reply import Ask, Card, Reply
from bot.domain.words import SHORT_ID_CHARS
from bot.fronts.apologies import BUSY, in_words, is_members_own
from bot.fronts.chats import ask_to_switch
from bot.fronts.commands import answer as answer_ask
from bot.fronts.commands import counted
from bot.fronts.lines import BEFORE
from bot.fronts.presses import Wanted, whole
from bot.fronts.slack.blocks import Message
from bot.fronts.slack.files import Files
from bot.fronts.slack.grammar import RESERVED
from bot.fronts.slack.people import ENGLISH, People, Profile
from bot.fronts.slack.refusals import UNREACHABLE, code_of
from bot.fronts.slack.service import Service
from bot.fronts.slack.surfaces import InModal, NotShown, Surface, Whispered

EXPORTED = " Your workspace owners may be able to export direct messages."
HOW_TO_IMPORT = "Share the JSON file with me in a direct message; I ask before anything is saved."
AT_ONCE = 2
NEVER_STORED = frozenset({"history", "memory"})
"""What is answered nowhere but where it goes away again."""

log = logging.getLogger(__name__)


class Desk:
    """Answers what was asked; ``nudge`` says that there may be follow-up work."""

    def __init__(
        self,
        house: Installation,
        service: Service,
        people: People,
        files: Files,
        nudge: Callable[[], None],
    ) -> None:
        self.house = house
        self.service = service
        self.people = people
        self.files = files
        self._nudge = nudge
        self._importing: set[Account] = set()
        self._readers = asyncio.Semaphore(AT_ONCE)
        self._in_hand: set[asyncio.Task[Any]] = set()

    async def is_first(self, key: str) -> bool:
        """Whether something comes for the first time, also across restarts.

        Where that cannot be kept it does: whatever has to be kept for its answer says that it cannot.
        """
        try:
            return not key or await messaging.is_first(self.house, key)
        except NotStored as error:
            log.warning("What came from Slack cannot be noted, so that it may be answered twice: %s", error)
            return True

    async def answer(
        self,
        team: str,
        user: str,
        channel: str,
        surface: Surface,
        want: Callable[[], Awaitable[Wanted]],
        *,
        in_place: bool = False,
    ) -> None:
        """Find out what is wanted, and answer it where it was asked; errors become words there."""
        self._take_in_hand()
        waiting = Waiting(self.house.figures, "slack")
        account = Account("slack", team, user)
        locale = ENGLISH
        try:
            caller, profile = await self.people.find(team, user, channel)
            locale = profile.locale
            if caller.manages_place:
                await self.service.names.learn_groups(team)
            wanted = await want()
            waiting.command = counted(wanted.command)
            reply = await self._perform(caller, profile, wanted)
            message = await self.service.render(reply, self.service.speech(locale, account.tenant), account)
            try:
                await surface.show(message, in_place=in_place)
            except NotShown as error:
                log.warning("An answer could not be shown: %s", error)
                # A window that could not be filled says so itself, and does not stay at its loading.
                where = "" if isinstance(surface, InModal) else channel
                await self._show_otherwise(account, where, message, wanted)
            waiting.answered()
        except Exception as error:  # noqa: BLE001  a member is waiting, whatever it was
            await self._apologise(account, surface, locale, error)
            waiting.answered()
        else:
            await self._afterwards(caller, profile, reply, surface)
        self._nudge()

    async def _show_otherwise(self, account: Account, channel: str, message: Message, wanted: Wanted) -> None:
        """Show an answer in its channel to them alone, else by direct message; what was said in none."""
        if channel:
            try:
                client = await self.service.workspaces.client_of(account.tenant)
                await Whispered(client, channel, account.id).show(message, in_place=False)
            except (NotShown, NobodyThere, PostRefused) as error:
                log.info("Nor could it be shown in its channel: %s", error)
            else:
                return
        if wanted.command in NEVER_STORED:
            raise CallerError(BUSY)
        direct = await self.service.direct_to(account)
        await direct.show(message, in_place=False)

    async def aclose(self) -> None:
        """Wait until all that is in hand is answered."""
        if self._in_hand:
            await asyncio.wait(self._in_hand)

    def _take_in_hand(self) -> None:
        if task := asyncio.current_task():
            self._in_hand.add(task)
            task.add_done_callback(self._in_hand.discard)

    async def _perform(self, caller: Caller, profile: Profile, wanted: Wanted) -> Reply:
        """Return the answer; before a character is called that somebody talks with it is asked what to do.

        Raises TroupeError.
        """
        talks, account, arguments = self.service.talks, caller.account, whole(wanted.arguments)
        speech = self.service.speech(profile.locale, account.tenant)
        if done := await talks.answer(account, wanted.command, arguments):
            return done
        is_sure = arguments.pop("switch", "") == "yes"
        is_now = wanted.command == "call" and arguments.get("character") and not arguments.get("at")
        slug = self.house.cast.get(arguments["character"]).slug if is_now and await talks.of(account) else ""
        same = await talks.with_character(account, slug) if slug else None
        if same and not is_sure:
            return ask_to_switch(talks.name_of(same), arguments)
        if wanted.command == "forget" and arguments.get("sure") == "yes":
            await talks.hang_up(account)
        if wanted.command == "import":
            return await self._import(caller, arguments)
        if wanted.command == "troupe" and caller.may_manage and (whom := arguments.get("whom", "")):
            _check_is_picked(whom)
        reply = await answer_ask(self.house, Ask(caller, wanted.command, arguments))
        if wanted.command == "call" and (meant := self._command_meant(arguments.get("character", ""))):
            reply = replace(reply, text=f"{reply.text}\nDid you mean /{meant}?")
        reply = replace(reply, cards=tuple(map(_with_who_reads_along, reply.cards)))
        if same and (reply.chat or reply.link):
            await talks.chats.hang_up(same)
        if reply.chat is not None:
            reply = await self.service.begin_chat(caller, reply, speech)
        return await self.service.public.publish(caller, reply, speech)

    def _command_meant(self, text: str) -> str:
        """Return which of our words was probably mistyped, where no character is called so or nearly so."""
        word = text.partition(" ")[0].lower()
        try:
            self.house.cast.get(text)
        except UnknownPersona as error:
            near = None if error.meant else nearest(word, RESERVED)
            return near if near and near not in {"call", word} else ""
        return ""

    async def _import(self, caller: Caller, arguments: Mapping[str, str]) -> Reply:
        if not arguments.get("file"):
            return Reply(HOW_TO_IMPORT)
        if caller.account in self._importing:
            raise CallerError("Your other file is still being read. Wait until that is answered.")
        self._importing.add(caller.account)
        try:
            async with self._readers:
                client = await self.service.workspaces.client_of(caller.account.tenant)
                files = replace(self.files, token=str(client.token))
                attached = await files.fetch(arguments["file"])
                return await answer_ask(self.house, Ask(caller, "import", arguments, attached))
        finally:
            self._importing.discard(caller.account)

    async def _afterwards(self, caller: Caller, profile: Profile, reply: Reply, surface: Surface) -> None:
        """Send the link along, tell what could not be told before, and learn the language."""
        speech = self.service.speech(profile.locale, caller.account.tenant)
        try:
            await self.service.send_link(caller, reply, speech)
            await learn_locale(self.house, caller.account, profile.locale)
            for call_id, untold in await messaging.find_untold(self.house, caller):
                await surface.add(await self.service.render(untold, speech, caller.account))
                await messaging.note_told(self.house, call_id)
        except (NotShown, *UNREACHABLE, TroupeError) as error:
            log.warning("What goes with an answer could not be done: %s", type(error).__name__)

    async def _apologise(self, account: Account, surface: Surface, locale: str, error: Exception) -> None:
        """Say in words what went wrong; the log has the rest, under a short id."""
        short = self.house.new_id()[:SHORT_ID_CHARS]
        if isinstance(error, TroupeError):
            said = in_words(error, short)
            if not is_members_own(error):
                log.error("Interaction %s: %s", short, error)
        elif isinstance(error, (NotShown, *UNREACHABLE)):
            said = BUSY
            log.error("Interaction %s: %s", short, code_of(error))
        else:
            said = f"Something went wrong here, sorry. Whoever runs Troupe finds it in the log as {short}."
            log.error("Interaction %s failed", short, exc_info=error)
        try:
            speech = self.service.speech(locale, account.tenant)
            message = await self.service.render(Reply(said), speech, account)
            try:
                await surface.show(message, in_place=False)
            except NotShown:
                await (await self.service.direct_to(account)).show(message, in_place=False)
        except (NotShown, *UNREACHABLE, TroupeError) as refusal:
            log.warning("An apology could not be shown: %s", type(refusal).__name__)


def _check_is_picked(whom: str) -> None:
    """Raise CallerError for a name that Slack did not make a mention of: it would mean nobody."""
    if whom.startswith("@"):
        name = one_line(whom, 40)
        raise CallerError(f"Who is “{name}”? Type @ and pick the person from the list that Slack shows.")


def _with_who_reads_along(card: Card) -> Card:
    """Return a card; the one that says what is kept says as well who may read what is written here."""
    return replace(card, text=card.text + EXPORTED) if card.title == BEFORE else card
