"""A connection with Discord that is lost and taken up again, and nonsense that comes over it."""

from pathlib import Path
from typing import Any

import pytest
from discord.backoff import ExponentialBackoff

from bot.fronts import waiting
from bot.fronts.discord.client import TroupeClient
from tests.fakes.discord import Asked, FakeDiscord, Person
from tests.scenarios.discord.stage import LAVISH, Tavern, open_tavern

pytestmark = pytest.mark.anyio


@pytest.fixture(autouse=True)
def does_not_wait_to_reconnect(monkeypatch: pytest.MonkeyPatch) -> None:
    """Connect again at once."""

    async def at_once(*_: Any, **__: Any) -> None:
        pass

    monkeypatch.setattr(ExponentialBackoff, "delay", lambda _: 0.0)
    monkeypatch.setattr(TroupeClient, "before_identify_hook", at_once)


async def comes_back(discord: FakeDiscord, *, resumed: int = 0, identified: int = 0) -> None:
    """Wait until the bot has taken the connection up again so often, or begun it anew."""
    gateway = discord.gateway
    await discord.until(
        lambda: (
            discord.is_connected and len(gateway.resumes) >= resumed and len(gateway.identifies) >= identified
        )
    )


async def asks_as_always(tavern: Tavern, person: Person) -> None:
    """Check that commands work."""
    asked = await person.types("help", where=tavern.here)
    assert "What you can do" in (await tavern.answer(asked)).text


async def test_discord_asks_to_reconnect_in_the_middle_of_a_talk(tmp_path: Path) -> None:
    async with open_tavern(tmp_path, settings=LAVISH) as tavern, tavern.stage.browser() as browser:
        mira, discord = tavern.mira, tavern.discord
        ready = await tavern.calls(mira)
        link = ready.link("Talk with")
        talk = await browser.opens(link)
        await talk.says("I found a silver key.")
        await discord.reconnects()
        await comes_back(discord, resumed=1)
        await talk.says("It opens nothing.")
        await asks_as_always(tavern, mira)
        await browser.hangs_up(link, talk)
        recap = await mira.is_told("Merlin will remember this")
        assert "It opens nothing" in (await tavern.presses(mira, recap, "Transcript")).text
        assert len([one for one in mira.dms if "Your call with Merlin" in one.text]) == 1
        assert len(discord.gateway.identifies) == 1
        assert discord.syncs == 1


async def test_a_command_typed_while_the_connection_is_torn_is_answered_once(
    tmp_path: Path,
) -> None:
    async with open_tavern(tmp_path, settings=LAVISH) as tavern:
        mira, discord = tavern.mira, tavern.discord
        await tavern.calls(mira)
        await discord.drops_connection()
        await discord.until(lambda: not discord.gateway.lines)
        asked: Asked = await mira.types("call", where=tavern.here, character="wizard", waits=False)
        await comes_back(discord, resumed=1)
        assert "Merlin is ready" in (await tavern.answer(asked)).text
        for event in list(discord.gateway.live[0].heard):  # Discord may say it all again
            discord.gateway.live[0].line.outbox.put_nowait(event)  # type: ignore[union-attr]
        await asks_as_always(tavern, mira)
        assert len(asked.answers) == 1


async def test_a_session_that_cannot_be_taken_up_again_begins_anew(tmp_path: Path) -> None:
    async with open_tavern(tmp_path, settings=LAVISH) as tavern:
        mira, discord = tavern.mira, tavern.discord
        ready = await tavern.calls(mira)
        discord.forgets_sessions()
        await discord.drops_connection()
        await comes_back(discord, resumed=1, identified=2)
        await asks_as_always(tavern, mira)
        assert "Merlin is ready" in (await tavern.presses(mira, ready, "New link")).text
        assert discord.syncs == 1, "commands are synced at the start alone"
        await tavern.talks(await tavern.calls(mira), "I found a silver key.")
        await mira.is_told("Merlin will remember this")


async def test_a_chat_goes_on_while_the_connection_comes_and_goes(tmp_path: Path) -> None:
    async with open_tavern(tmp_path, settings=LAVISH) as tavern:
        mira, discord = tavern.mira, tavern.discord
        await tavern.calls(mira, where=mira.dm, via="chat")
        await mira.is_told("You are connected with Merlin")
        await discord.reconnects()
        await comes_back(discord, resumed=1)
        await mira.writes("I found a silver key.")
        await mira.is_told("silver key")
        await tavern.asks(mira, "hangup", where=mira.dm)
        await mira.is_told("You hung up.")


NONSENSE: tuple[tuple[str, Any], ...] = (
    ("SOMETHING_NEW", {"id": "1", "what": [None, {}]}),
    ("SOMETHING_NEW", None),
    ("MESSAGE_CREATE", {"id": "1"}),
    ("MESSAGE_CREATE", []),
    ("INTERACTION_CREATE", {"id": "1", "type": 99, "token": "x", "version": 1, "application_id": "1"}),
    ("INTERACTION_CREATE", {"type": 2}),
    ("INTERACTION_CREATE", "nonsense"),
    ("GUILD_CREATE", {"id": "12", "unavailable": True}),
    ("GUILD_DELETE", {"id": "12"}),
    ("CHANNEL_UPDATE", {"id": "x"}),
    ("THREAD_CREATE", {"id": "1", "guild_id": "2"}),
)


async def test_events_that_cannot_be_read_are_lost_alone(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with open_tavern(tmp_path, settings=LAVISH) as tavern:
        for event, data in NONSENSE:
            await tavern.discord.dispatches(event, data)
            await asks_as_always(tavern, tavern.mira)
        assert len(tavern.discord.gateway.identifies) == 1, "the connection stays"
    assert "Discord's event INTERACTION_CREATE could not be read" in caplog.text


NO_FRAMES = (
    "",
    "{",
    "nonsense",
    "[]",
    "null",
    '"x"',
    "{}",
    '{"op": 99}',
    '{"op": 0}',
    '{"op": 0, "t": null}',
)


async def test_after_frames_that_are_none_the_connection_is_begun_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(waiting, "FIRST_SECONDS", 0.0)
    async with open_tavern(tmp_path, settings=LAVISH) as tavern:
        mira, discord = tavern.mira, tavern.discord
        ready = await tavern.calls(mira)
        for text in NO_FRAMES:
            before = len(discord.gateway.identifies)
            await discord.sends_garbage(text)
            await discord.dispatches("SOMETHING_NEW", None)
            is_broken = text in NO_FRAMES[:6]
            if is_broken:
                await comes_back(discord, identified=before + 1)
            await asks_as_always(tavern, mira)
        assert discord.syncs == 1
        assert "Merlin is ready" in (await tavern.presses(mira, ready, "New link")).text
        await tavern.talks(await tavern.calls(mira), "I found a silver key.")
        await mira.is_told("Merlin will remember this")
    assert "The connection with Discord broke; it is begun anew" in caplog.text
    assert "for good" not in caplog.text
