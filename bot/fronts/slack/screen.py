"""A chat's screen in a thread of somebody's direct messages."""

import logging

from slack_sdk.web.async_client import AsyncWebClient

from bot.fronts.chats import Close, Note
from bot.fronts.relay import INTERRUPTED
from bot.fronts.slack import limits
from bot.fronts.slack.cutting import split_marked
from bot.fronts.slack.refusals import UNREACHABLE, code_of
from bot.fronts.slack.speech import Speech, escape
from bot.fronts.slack.surfaces import QUIET

log = logging.getLogger(__name__)


class ThreadScreen:
    """Shows a chat in its thread; ``root`` is the time stamp of the message that it hangs on."""

    def __init__(
        self,
        client: AsyncWebClient,
        channel: str,
        root: str,
        speech: Speech,
        note: Note,
        close: Close,
    ) -> None:
        self._client = client
        self._channel = channel
        self._root = root
        self._speech = speech
        self._note = note
        self._close = close

    async def notice(self, words: str) -> None:
        """Post words of ours, slanted; what slants ends with its line."""
        lines = self._speech.mrkdwn(words).splitlines()
        await self._send("\n".join(f"_{line.strip()}_" for line in lines if line.strip()))

    async def speak(self, name: str, words: str) -> None:
        """Post what a character says, in as many messages as it takes."""
        said = self._speech.plain(name) if name.endswith(INTERRUPTED) else name
        line = " ".join(escape(said).split())
        for part in split_marked(f"*{line}:* {escape(words)}", limits.SECTION):
            sent = await self._send(part)
            if sent:
                await self._note(sent)

    async def close(self) -> None:
        """Note that nobody is on the line any more."""
        await self._close()

    async def _send(self, text: str) -> str:
        """Post a message and return its time stamp; one that Slack does not take is lost."""
        try:
            sent = await self._client.chat_postMessage(
                channel=self._channel, thread_ts=self._root, text=text, **QUIET
            )
        except UNREACHABLE as error:
            log.warning("A line of a chat could not be shown: %s", code_of(error))
            return ""
        return str(sent["ts"])
