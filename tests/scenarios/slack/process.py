"""`troupe run` on Slack as a process of its own, for tests that kill it."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.fakes.slack import FakeSlack
from tests.scenarios.discord.process import BotProcess
from tests.scenarios.slack.stage import people_of
from tests.scenarios.stage import PERSONAS


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
        "PERSONAS_DIR": str(PERSONAS),
        "DATABASE_URL": f"sqlite:///{folder}/troupe.db",
        "LISTEN": address,
        "PYTHONUNBUFFERED": "1",
        "LOG_LEVEL": "INFO",
        "PYTHONPATH": str(PERSONAS.parent),
        **way,
        **settings,
    }
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "run"),
        cwd=folder,
        env=kept | chosen,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    bot = BotProcess(process)
    bot.reader = asyncio.create_task(bot.read())
    if by_http:
        slack.sends_to(f"http://{address}/hooks/slack")
    try:
        yield bot
    finally:
        await bot.kill()
