"""The process that does follow-up, to be run as a module: it says when it posts something, and to whom.

Arguments: the database and its key, ElevenLabs, where the web server is, and by how much the clock is moved.
"""

import asyncio
import sys
import time
from dataclasses import replace
from datetime import timedelta
from typing import Any

from pydantic import SecretStr

from bot.app import App, open_app
from bot.cli.whereabouts import sandbox_provider
from bot.config import Settings
from bot.domain.caller import Account
from bot.domain.process import Role
from bot.domain.reply import Reply
from tests.bench.bots import PERSONAS
from tests.scenarios.stage import MovedClock

PLENTY = {"calls_per_day": 1_000, "minutes_per_month": 40_000, "minutes_per_month_total": 9_000_000}
SECRET = "a-secret-of-the-bench"


class Board:
    """Posts nothing, and says so."""

    async def post(self, account: Account, reply: Reply, **_: Any) -> None:
        """Say when, to whom and what."""
        print(time.time(), account.id, " ".join(str(reply).split()), flush=True)


def open_part(url: str, key: str, api_url: str, public_url: str, clock: MovedClock, role: Role) -> Any:
    """Open one of the processes: ``web``, where members ask as well, or ``followup``."""
    settings = Settings(
        _env_file=None,  # type: ignore[call-arg]
        database_url=url,
        secret_key=(SecretStr(key),),
        personas_dir=PERSONAS,
        phone_countries="DE",
        calls_at_once=1_000,
        **PLENTY,  # type: ignore[arg-type]
    )
    return open_app(
        settings,
        replace(sandbox_provider(api_url, SECRET), answer_seconds=2.0),
        listen=public_url.removeprefix("http://") if role == "web" else "127.0.0.1:0",
        public_url=public_url,
        clock=clock,
        roles=(role,),
    )


async def main() -> None:
    """Follow up until the input ends."""
    url, key, api_url, public_url, moved = sys.argv[1:]
    clock = MovedClock(timedelta(seconds=float(moved)))
    app: App
    async with open_part(url, key, api_url, public_url, clock, "followup") as app:
        app.posters["console"] = Board()  # type: ignore[assignment]
        print("ready", flush=True)
        await asyncio.to_thread(sys.stdin.readline)


if __name__ == "__main__":
    asyncio.run(main())
