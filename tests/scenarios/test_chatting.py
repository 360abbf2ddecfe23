"""`/call wizard by chat`: a text talk in the terminal, relayed over the WebSocket."""

import io

import pytest

from bot.calls.chatting import open_chat
from bot.calls.first_call import answer_card
from bot.calls.placing import Wish, place
from bot.config import Settings
from bot.domain.caller import Caller, parse_account
from bot.domain.errors import CallNotFound
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
        await mira.calls("wizard by chat about the lost ring")
        assert "Captain Nan" in await mira.types("/characters")
        await mira.types("I have lost a ring.")
        shown = await mira.types("/call captain by chat")
        assert "You hung up." in shown
        assert "Captain Nan Tregarth: " in shown
        await mira.is_told("Merlin will remember this")
        await mira.types("/hangup")


async def test_chats_take_no_line_from_those_who_talk(tmp_path):
    async with open_stage(tmp_path, settings={"calls_at_once": 1}) as stage, stage.browser() as browser:
        for name in ("alice", "ben"):
            chatting = stage.member(name)
            await chatting.calls("wizard by chat")
            assert "You are connected with Merlin" in chatting.seen
        mira, cy = stage.member("mira"), stage.member("cy")
        await mira.calls("wizard")
        talk = await browser.opens(mira.link())
        await cy.calls("wizard")
        async with stage.browser() as another:
            assert "All lines are busy" in str(await another.presses(cy.link()))
        await browser.hangs_up(mira.link(), talk)
    assert "chats not counted" in str(Settings.model_fields["calls_at_once"].description)


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


async def test_in_mid_chat_a_confirmation_can_still_be_given_by_its_number(tmp_path):
    async with open_stage(tmp_path) as stage:
        mira = stage.member("mira")
        await mira.calls("wizard by chat")
        assert "I hear you: 7" in await mira.types("7")
        await mira.types("/forget everything")
        assert "Nothing was changed" in await mira.types("2")
        assert "I hear you: 2" in await mira.types("2")


async def test_a_chat_that_cannot_start_says_so(tmp_path):
    async with open_stage(tmp_path) as stage:
        mira = stage.member("mira")
        await stage.told(
            "faults", {"operation": "get_signed_url", "fault": "status", "status": 500, "times": None}
        )
        await mira.types("/call wizard by chat")
        assert "The line is busy at the moment" in await mira.types("1")
        assert "You are connected" not in mira.seen


async def test_a_chat_whose_line_breaks_says_so_and_keeps_what_was_said(tmp_path):
    async with open_stage(tmp_path, webhooks=False) as stage:
        mira = stage.member("mira")
        await mira.calls("wizard by chat")
        await mira.types("I found a silver key.")
        await stage.told("faults", {"operation": "socket", "fault": "close", "status": 1011, "times": 1})
        await mira.types("And a golden door.")
        await mira.is_told("The line broke off")
        await mira.is_told("Merlin will remember this")
        assert "silver key" in await mira.types("/memory wizard")


async def test_nobody_opens_the_chat_of_somebody_else(tmp_path):
    async with open_stage(tmp_path) as stage:
        house = stage.app.house
        mira, ben = (Caller(parse_account(name), name) for name in ("mira", "ben"))
        await answer_card(house, mira, remember=True)
        placed = await place(house, mira, "wizard", Wish(via="chat"))
        assert placed is not None
        with pytest.raises(CallNotFound):
            async with open_chat(house, ben, placed.call.id):
                pass


async def test_a_character_that_hangs_up_is_said_to(tmp_path):
    async with open_stage(tmp_path) as stage:
        mira = stage.member("mira")
        await mira.calls("wizard by chat")
        fault = {"operation": "socket", "fault": "close", "status": 1000, "reason": "", "times": 1}
        await stage.told("faults", fault)
        assert "Merlin hung up." in await mira.types("Good night.")
        assert "Nobody is on the line." in await mira.types("/hangup")


async def test_what_a_character_says_steers_no_terminal(tmp_path):
    async with open_stage(tmp_path) as stage:
        mira = stage.member("mira")
        await mira.calls("wizard by chat")
        shown = await mira.types("I like \x1b[31mred\x1b[0m and \u202ereversed things.")
        assert "red" in shown
        assert not set(shown) & {"\x1b", "\u202e"}


async def test_leaving_in_mid_chat_hangs_up(tmp_path, monkeypatch):
    async with open_stage(tmp_path) as stage:
        mira = stage.member("mira")
        lines = io.StringIO("/call wizard by chat\n1\nI found a silver key.\n")
        monkeypatch.setattr("sys.stdin", lines)
        await mira.front.run()
        assert mira.seen.rstrip().endswith("You hung up.")
        await mira.is_told("Merlin will remember this")
