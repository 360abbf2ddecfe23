"""The end of a talk is stored whatever becomes of whoever began it."""

import asyncio
from types import SimpleNamespace

import pytest

from bot.sandbox.talk import Talk
from tests.sandbox.test_talker import SETTINGS

pytestmark = pytest.mark.anyio


class SlowDesk:
    """A desk that takes its time to store an end."""

    def __init__(self) -> None:
        self.time = SimpleNamespace(unix=lambda: 1.0)
        self.ended: list[str] = []
        self.may_go_on = asyncio.Event()

    async def end(self, conversation, reason, ended_at):
        await self.may_go_on.wait()
        self.ended.append(reason)


async def test_an_end_is_stored_although_whoever_began_it_is_cancelled():
    desk = SlowDesk()
    talk = Talk(desk, SimpleNamespace(accepted_at=1.0), SETTINGS)
    silence = asyncio.create_task(talk.finish("Call ended due to silence"))
    await asyncio.sleep(0)
    silence.cancel()
    leaving = asyncio.create_task(talk.finish("Client disconnected: 1000"))
    await asyncio.sleep(0)
    assert not talk.over.is_set()
    desk.may_go_on.set()
    await leaving
    assert talk.over.is_set()
    assert desk.ended == ["Call ended due to silence"]
