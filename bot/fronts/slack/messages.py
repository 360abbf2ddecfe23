"""Direct messages that members write: words for a character, a file, or something to be told how it goes.

Source: Slack, ``message.im`` and "Retries": an event comes again until it is acknowledged, with the same id.
"""

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from bot.domain.caller import Account
from bot.domain.errors import ImportRejected, NobodyThere, PostRefused
from bot.domain.reply import Choice, Reply
from bot.fronts.relay import NOT_HEARD
from bot.fronts.slack.blocks import Message
from bot.fronts.slack.desk import Desk
from bot.fronts.slack.grammar import as_typed
from bot.fronts.slack.naming import PLATFORM, team_of
from bot.fronts.slack.refusals import UNREACHABLE, code_of
from bot.fronts.slack.surfaces import Direct, NotShown

ONE_BY_ONE = "Share one file at a time, so that each can be looked at. Nothing was saved."
NOT_TOLD = "Slack does not let me read that file. Nothing was saved; share it with me again."
HINT = "I answer to commands: /call calls a character, /help lists the rest."

log = logging.getLogger(__name__)


class Messages:
    """Takes what is written to us."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def wrote(self, event: Mapping[str, Any], body: Mapping[str, Any]) -> None:
        """Take a message, once; what is edited, deleted or said elsewhere is left alone."""
        subtype = event.get("subtype")
        if event.get("channel_type") != "im" or event.get("bot_id") or subtype not in {None, "file_share"}:
            return
        service = self._desk.service
        account = Account(PLATFORM, team_of(body), event["user"])
        direct = Direct(await service.workspaces.client_of(account.tenant), event["channel"])
        thread = str(event.get("thread_ts") or "")
        text = as_typed(str(event.get("text", "")))
        async with service.talks.chats.turn(account):
            if not await self._desk.is_first(f"event {body.get('event_id', '')}"):
                return
            end = await service.talks.heard_by(account, thread)
            said = await end.hand_over(text) if end is not None and text.strip() else None
        if files := event.get("files"):
            await self._offer_import(account, direct, files)
        if said is not None:
            if not await said:
                await self._tell(account, NOT_HEARD, thread)
        elif files:
            return
        elif elsewhere := await service.talks.elsewhere(account):
            await self._tell(account, elsewhere, thread)
        elif service.talks.chats.wants_hint(account):
            await self._tell(account, HINT, thread)

    async def _tell(self, account: Account, words: str, thread: str) -> None:
        """Say something of ours where somebody wrote."""
        service = self._desk.service
        speech = service.speech(await self._locale(account), account.tenant)
        try:
            await service.send(account, Message(speech.mrkdwn(words)), thread)
        except (NobodyThere, PostRefused) as error:
            log.warning("A message could not be sent: %s", error)

    async def _offer_import(
        self, account: Account, direct: Direct, files: Sequence[Mapping[str, Any]]
    ) -> None:
        """Ask whether a file is to be known; of several none is looked at."""
        try:
            url = self._desk.files.check(await self._whole(direct, files))
        except ImportRejected as error:
            reply = Reply(str(error))
        else:
            look = Choice("Show what it holds", "import", {"file": url})
            reply = Reply(
                "Is this a conversation that you want me to know? Nothing is saved yet.", (), (look,)
            )
        service = self._desk.service
        speech = service.speech(await self._locale(account), account.tenant)
        await self._show(direct, await service.render(reply, speech, account))

    async def _whole(self, direct: Direct, files: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
        """Return what Slack says of the one file, asked for where it told next to nothing.

        Raises ImportRejected, also where there are several.
        """
        if len(files) > 1:
            raise ImportRejected(ONE_BY_ONE)
        (file,) = files
        if file.get("file_access") != "check_file_info":
            return file
        try:
            answer = await direct.client.files_info(file=str(file["id"]))
        except UNREACHABLE as error:
            log.warning("A file could not be looked up: %s", code_of(error))
            raise ImportRejected(NOT_TOLD) from None
        found: Mapping[str, Any] = answer["file"]
        return found

    async def _locale(self, account: Account) -> str:
        return await self._desk.people.locale_of(account.tenant, account.id)

    async def _show(self, direct: Direct, message: Message) -> None:
        try:
            await direct.show(message, in_place=False)
        except NotShown as error:
            log.warning("A message could not be sent: %s", error)
