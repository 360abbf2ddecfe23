"""What members read, and what the log holds, when something goes wrong."""

import logging
import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bot.cast.live import LiveCast
from storage.sqlite import connection
from tests.scenarios.discord.stage import LAVISH, TOKEN, open_tavern

pytestmark = pytest.mark.anyio

SECRET = "my lost ring"


@pytest.fixture(autouse=True)
def everything_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    """Look at all that our own rooms log."""
    caplog.set_level(logging.DEBUG, "bot")
    caplog.set_level(logging.DEBUG, "storage")


async def test_a_mistake_of_ours_is_apologised_for_with_an_id_that_the_log_has(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async with open_tavern(tmp_path, settings=LAVISH) as tavern:
        mira = tavern.mira
        ready = await tavern.calls(mira, topic=SECRET)

        def broken(*_: object) -> bytes:
            raise RuntimeError("the picture is upside down")

        monkeypatch.setattr(LiveCast, "read_picture", broken)
        for asked in (
            await mira.types("call", where=tavern.here, character="wizard", topic=SECRET),
            await mira.presses(ready, "New link"),
            await mira.types("characters", where=mira.dm),
        ):
            await tavern.settles()
            sorry = asked.answers[-1]
            assert sorry.is_private
            assert sorry.text.startswith("Something went wrong here, sorry. Whoever runs Troupe finds it in")
            found = re.search(r" in the log as ([0-9a-f]{8})\.$", sorry.text)
            assert found, sorry.text
            assert f"Interaction {found[1]} failed" in caplog.text
        assert "Merlin is ready" in ready.text, "what was pressed stands as it stood"
        monkeypatch.undo()
        assert "Merlin is ready" in (await tavern.calls(mira)).text
    assert caplog.text.count("RuntimeError: the picture is upside down") == 3
    for private in (SECRET, "Mira", TOKEN, mira.dm.id):
        assert private not in caplog.text, private


async def test_a_database_that_is_locked_is_said_and_nothing_is_charged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(connection, "_BUSY_SECONDS", 0.05)
    async with open_tavern(tmp_path, settings={"calls_per_day": 1}) as tavern:
        mira = tavern.mira
        card = await tavern.asks(mira, "call", character="wizard", topic=SECRET)
        with closing(sqlite3.connect(tmp_path / "troupe.db", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            pressed = await mira.presses(card, "Call and remember")
            await tavern.settles()
            (sorry,) = pressed.answers
            assert sorry.text.startswith("That was not done, and nothing was charged:")
            assert "Try again in a few minutes." in sorry.text
            assert "Call and remember" in card.buttons, "it can be pressed again"
            assert "What you can do" in (await tavern.asks(mira, "help")).text
            await mira.writes("hello?")
            await mira.is_told("I answer to commands:")
            other.execute("ROLLBACK")
        ready = await tavern.presses(mira, card, "Call and remember")
        assert "Merlin is ready" in ready.text, "the only call of the day is still there"
        await tavern.talks(ready, "I found a silver key.")
        await mira.is_told("Merlin will remember this")
    assert "locked" in caplog.text
    assert SECRET not in caplog.text
    assert "Traceback" not in caplog.text


async def test_an_elevenlabs_that_refuses_us_is_said_without_its_reasons(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with open_tavern(tmp_path, settings=LAVISH) as tavern:
        mira = tavern.mira
        for status, words in (
            (401, "The line is out of order; whoever runs Troupe finds the reason in the log as "),
            (500, "The line is busy at the moment. Try again in a few minutes."),
        ):
            fault = {"operation": "get_signed_url", "fault": "status", "status": status, "times": 1}
            await tavern.stage.told("faults", fault if status == 401 else fault | {"times": None})
            await tavern.calls(mira, where=mira.dm, via="chat", topic=SECRET)
            told = await mira.is_told(words)
            if status == 401:
                short = told.text.rsplit(" ", 1)[-1].rstrip(".")
                assert caplog.text.count(f"{short}: ") == 1
            else:
                assert str(status) not in told.text
            assert (await tavern.asks(mira, "hangup")).text.startswith("Nobody is on the line.")
    assert "401" in caplog.text
    assert SECRET not in caplog.text
    assert TOKEN not in caplog.text


async def test_a_command_of_another_version_says_how_to_get_the_new_one(tmp_path: Path) -> None:
    async with open_tavern(tmp_path, settings=LAVISH) as tavern:
        (call,) = [one for one in tavern.discord.commands if one["name"] == "call"]
        tavern.discord.commands.append({**call, "name": "dance", "id": "12", "options": []})
        stale = await tavern.asks(tavern.mira, "dance")
        assert stale.is_private
        assert stale.text == "This command has changed. Reload Discord (Ctrl-R), and try again."
