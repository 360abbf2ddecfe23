"""`/call wizard by chat`: a text talk in the terminal, relayed over the WebSocket."""

import pytest

from tests.scenarios.stage import open_stage

pytestmark = pytest.mark.anyio


async def test_a_member_chats_hangs_up_and_is_remembered(tmp_path):
    async with open_stage(tmp_path) as stage:
        mira = stage.member("mira")
        await mira.types("/call wizard by chat")
        connected = await mira.types("1")
        assert "You are connected with Merlin" in connected
        assert "Merlin: " in connected
        assert "stand-in" in await mira.types("My cat is called Fig.")
        assert "You hung up." in await mira.types("/hangup")
        assert "Merlin will remember this" in await mira.is_told("Merlin will remember this")
        assert "Fig" in await mira.types("/memory wizard")
        assert "Commands begin with a slash" in await mira.types("hello?")


async def test_commands_still_work_in_mid_chat_and_a_new_chat_ends_the_old_one(tmp_path):
    async with open_stage(tmp_path) as stage:
        mira = stage.member("mira")
        await mira.types("/call wizard by chat about the lost ring")
        await mira.types("1")
        assert "Captain Nan" in await mira.types("/characters")
        await mira.types("I have lost a ring.")
        shown = await mira.types("/call captain by chat")
        assert "You hung up." in shown
        assert "Captain Nan Tregarth: " in shown
        await mira.is_told("Merlin will remember this")
        await mira.types("/hangup")


async def test_an_unknown_way_to_call_is_answered_in_words(tmp_path):
    async with open_stage(tmp_path) as stage:
        mira = stage.member("mira")
        assert "choose link or chat" in await mira.types("/call wizard by pigeon")


async def test_a_hosted_installation_chats_as_well(tmp_path):
    async with open_stage(tmp_path, hosted=True) as stage:
        mira = stage.member("mira")
        await mira.types("/call wizard by chat")
        assert "You are connected with Merlin" in await mira.types("1")
        await mira.types("My cat is called Fig.")
        await mira.types("/hangup")
        await mira.is_told("Merlin will remember this")
        assert "Fig" in await mira.types("/memory wizard")
