"""A file that a member asked for, into their direct messages: Slack has no other private place for one.

Source: Slack, ``conversations.open`` and ``files.uploadV2``.
"""

from collections.abc import Awaitable, Callable

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.errors import CallerError, NobodyThere, PostRefused
from bot.domain.reply import Download
from bot.fronts.apologies import BUSY
from bot.fronts.slack.files import MOST_BYTES
from bot.fronts.slack.refusals import code_of
from bot.fronts.slack.surfaces import NO_MESSAGES
from bot.fronts.taking import fit

NO_FILE = (
    "I cannot write to you in direct messages, so the file was not sent. Whoever manages this workspace can "
    "let me."
)


async def send_file(client: AsyncWebClient, download: Download, opened: Callable[[], Awaitable[str]]) -> None:
    """Send a file; ``opened`` returns the id of the direct messages that it goes to.

    Raises CallerError where it is too large or cannot come there, and what a failing request ends in.
    """
    attached = await fit(download, MOST_BYTES)
    try:
        channel = await opened()
        await client.files_upload_v2(channel=channel, filename=attached.name, content=attached.data)
    except PostRefused:
        raise CallerError(NO_FILE) from None
    except NobodyThere:
        raise CallerError(BUSY) from None
    except SlackApiError as error:
        if code_of(error) not in NO_MESSAGES:
            raise
        raise CallerError(NO_FILE) from None
