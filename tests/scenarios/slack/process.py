"""`troupe run` on Slack as a process of its own, for tests that kill it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.fakes.slack import FakeSlack
from tests.scenarios.discord.process import BotProcess, running
from tests.scenarios.slack.stage import people_of


@asynccontextmanager
async def running_bot(
    folder: Path, slack: FakeSlack, *, by_http: bool = False, port: int = 0, **settings: str
) -> AsyncIterator[BotProcess]:
    """Start the bot without a key for ElevenLabs, so that the built-in stand-in plays it."""
    acme, _, _ = people_of(slack)
    address = f"127.0.0.1:{port}"
    way = {"SLACK_SIGNING_SECRET": slack.signing_secret} if by_http else {"SLACK_APP_TOKEN": slack.app_token}
    chosen = {
        "SLACK_BOT_TOKEN": acme.bot_token,
        "SLACK_API_URL": slack.api_url.rstrip("/"),
        "LISTEN": address,
        **way,
        **settings,
    }
    if by_http:
        slack.sends_to(f"http://{address}/hooks/slack")
    async with running(folder, **chosen) as bot:
        yield bot
