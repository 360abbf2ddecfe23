"""Two processes on one Postgres: what one of them begins the other one does at once, without a look."""

import asyncio
from pathlib import Path

import pytest

import bot.followup
from bot.calls.first_call import answer_card
from bot.calls.placing import Wish, place
from bot.domain.caller import Account, Caller
from bot.sandbox import open_sandbox
from tests.bench.several.follower import open_part
from tests.databases import keys_of
from tests.ports import quiet_address
from tests.postgres_server import Server
from tests.scenarios.discord.sharded import listen
from tests.scenarios.stage import PATIENCE_SECONDS, Stage
from tests.scenarios.telephone import two_clocks, verify

pytestmark = pytest.mark.anyio

MIRA, MIRAS = Caller(Account("console", "default", "mira"), "Mira"), "+4915112345678"


async def test_a_telephone_rings_without_anybody_looking_for_work(
    tmp_path: Path, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bot.followup, "LONGEST_SLEEP_SECONDS", 3_600)
    url, (ours, there) = server.emptied_database(), two_clocks()
    public_url = f"http://{quiet_address()}"
    async with open_sandbox(listen="127.0.0.1:0", file=tmp_path / "sandbox.db", clock=there) as sandbox:
        here = (url, keys_of(url)[0], sandbox.url, public_url, ours)
        async with open_part(*here, "web") as asked, open_part(*here, "followup"):
            await answer_card(asked.house, MIRA, remember=True)
            await verify(asked.house, MIRA, MIRAS)
            await Stage(asked, sandbox, ours).until(lambda: listen(url, 2))
            assert await place(asked.house, MIRA, "wizard", Wish("", "phone")) is not None
            asked.followup.nudge()

            async with asyncio.timeout(PATIENCE_SECONDS):
                ring = await anext(sandbox.phone.ringing())
            assert ring.number == MIRAS
