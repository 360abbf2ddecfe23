"""A process that starts beside others takes nothing from them: no lease, no chat, no character."""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.app import App, open_app
from bot.calls.placing import Wish, place
from bot.cli.whereabouts import NO_SANDBOX, sandbox_provider
from bot.config import Settings
from bot.domain.call import NewJob
from bot.domain.caller import Account, Caller
from bot.domain.process import Role
from tests.databases import keys_of
from tests.postgres_server import Server
from tests.scenarios.stage import PERSONAS

pytestmark = pytest.mark.anyio

ALICE = Caller(Account("console", "local", "alice"), "Alice")


@asynccontextmanager
async def running(url: str, *roles: Role, personas: Path = PERSONAS) -> AsyncIterator[App]:
    """Run a part of Troupe on a server's database."""
    chosen = {"database_url": url, "secret_key": keys_of(url), "personas_dir": personas}
    settings = Settings(_env_file=None, **chosen)  # type: ignore[call-arg]
    provider = sandbox_provider(NO_SANDBOX)
    async with open_app(settings, provider, listen="127.0.0.1:0", public_url="", roles=roles) as app:
        yield app


async def absent(app: App) -> set[str]:
    """Return the characters that were noted as gone."""
    store: Any = app.house.store
    return {
        row["slug"]
        for row in await store.reader.read(
            lambda database: database.execute(
                "SELECT slug FROM characters WHERE absent_since IS NOT NULL"
            ).fetchall()
        )
    }


@pytest.mark.parametrize("roles", [("web",), ("followup",), ("discord", "slack")])
async def test_what_others_hold_stays_theirs(server: Server, roles: tuple[Role, ...]) -> None:
    url = server.emptied_database()
    async with running(url, "web") as first:
        store, now = first.house.store, first.house.now()
        placed = await place(first.house, ALICE, "wizard", Wish(via="chat"), card_comes_later=True)
        assert placed is not None
        assert await store.hold_line(placed.call.id, "chat", first.house.process, now)
        await store.add_jobs([NewJob("retention", "now", now)])
        [job] = [
            one
            for one in await store.claim_jobs(now, now + timedelta(hours=1), 100)
            if one.kind == "retention"
        ]
        async with running(url, *roles) as second:
            assert {one.roles for one in await store.fetch_processes()} == {("web",), roles}
            assert await second.house.store.queue_broken_chats(now) == 0
            assert await store.fetch_held(first.house.process) == {placed.call.id}
        await store.postpone_job(job, now + timedelta(days=1))
        later = await store.claim_jobs(now + timedelta(days=2), now + timedelta(days=3), 100)
        [again] = [one for one in later if (one.kind, one.subject) == ("retention", "now")]
        assert again.attempts == job.attempts + 1, "nobody else took it meanwhile"


async def test_a_character_that_one_process_does_not_see_has_not_gone(server: Server, tmp_path: Path) -> None:
    url, fewer = server.emptied_database(), Path(shutil.copytree(PERSONAS, tmp_path / "personas"))
    (fewer / "wizard.md").unlink()
    async with running(url, "followup") as worker:
        async with running(url, "web", personas=fewer) as web:
            assert "wizard" not in web.house.cast.slugs_on_disk
            assert await absent(worker) == set()
        async with running(url, "followup", personas=fewer):
            assert await absent(worker) == {"wizard"}, "who does follow-up notes it"
