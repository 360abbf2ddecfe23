"""Chats in threads of direct messages: begun, talked, whispered to, left for another and ended."""

from pathlib import Path

import pytest

from bot.calls import messaging
from bot.domain.call import CallId
from bot.domain.caller import Account
from tests.fakes.slack import Person, Shown
from tests.scenarios.slack.stage import LAVISH, Office, open_office

pytestmark = pytest.mark.anyio


async def begins(office: Office, person: Person, character: str = "wizard") -> Shown:
    """Begin a chat, and return the message that its thread hangs on."""
    begun = await office.calls(person, f"/ring {character} by chat")
    assert begun.link("Open my direct messages").endswith(f"channel={person.dm.id}&team={office.acme.id}")
    root = await person.is_told("Write in this thread; /ring hangup ends the talk.")
    await office.becomes_said(root, "You are connected with")
    await office.becomes_said(root, ":*")
    return root


@pytest.mark.parametrize("by_http", [False, True], ids=["socket", "http"])
async def test_a_member_chats_in_a_thread_and_is_remembered(tmp_path: Path, by_http: bool) -> None:
    async with open_office(tmp_path, by_http=by_http, settings=LAVISH) as office:
        mira = office.mira
        root = await begins(office, mira)
        await mira.writes("My cat is called Fig & <b>Co</b>.", thread=root)
        answer = await office.becomes_said(root, "your cat is called")
        assert "Fig & <b>Co</b>" in answer.text, "it is heard as it was typed, and escaped once"
        assert "&lt;b&gt;" in answer.raw
        assert all(one.message.thread_ts == root.message.ts for one in root.replies)
        assert (await office.asks(mira, "hangup", mira.dm)).text == "The talk is over."
        await mira.is_told("Your call with Merlin")
        assert (await office.asks(mira, "hangup", mira.dm)).text.startswith("Nobody is on the line.")
        root = await begins(office, mira)
        await office.becomes_said(root, "Last time we spoke about")
        assert office.here.posts == []


async def test_two_talks_in_two_threads_never_mix(tmp_path: Path) -> None:
    async with open_office(tmp_path, settings=LAVISH) as office:
        mira = office.mira
        first = await begins(office, mira)
        second = await begins(office, mira, "captain")
        assert "Captain Nan Tregarth" in second.text
        for number in range(3):
            await mira.writes(f"I found silver key {number}.", thread=first)
            await mira.writes(f"I found golden door {number}.", thread=second)
        await office.becomes_said(first, "silver key 2")
        await office.becomes_said(second, "golden door 2")
        assert not any("golden" in one.text for one in first.replies)
        assert not any("silver" in one.text for one in second.replies)
        assert not any("Captain" in one.text for one in first.replies)
        assert not any("Merlin" in one.text for one in second.replies)

        await mira.writes("And who hears this?")
        told = await mira.is_told("Nobody hears that here.")
        assert told.text.endswith("of whom you mean: Merlin, Captain Nan Tregarth.")
        assert told.message.thread_ts is None

        which = await office.asks(mira, "hangup")
        assert which.buttons == ["Hang up on Merlin", "Hang up on Captain Nan Tregarth", "Hang up on all"]
        ended = await office.presses(mira, which, "Hang up on Merlin")
        assert ended.message is which.message
        assert ended.text == "The talk is over."
        await office.becomes_said(first, "You hung up.")
        recap = await office.becomes_said(first, "Your call with Merlin")
        assert "Transcript" in recap.buttons
        assert not any("You hung up." in one.text for one in second.replies)

        await mira.writes("Are you still there?", thread=first)
        nobody = await office.becomes_said(first, "Nobody hears that here.")
        assert nobody.text.endswith("of whom you mean: Captain Nan Tregarth.")
        await mira.writes("A brass compass.")
        await office.becomes_said(second, "brass compass")
        await office.presses(mira, second, "Hang up")
        await office.becomes_said(second, "Your call with Captain Nan Tregarth")
        assert (await office.presses(mira, second, "Hang up")).text == "The talk is over."
        told_apart = await office.asks(mira, "memory wizard")
        assert "golden" not in told_apart.text


async def test_who_is_called_twice_is_asked_about_first(tmp_path: Path) -> None:
    async with open_office(tmp_path, settings=LAVISH) as office:
        mira = office.mira
        first = await begins(office, mira)
        other = await begins(office, mira, "captain")
        asked = await office.asks(mira, "Merlin by chat")
        assert "You are talking with Merlin. Shall I hang up?" in asked.text
        stays = await office.presses(mira, asked, "Stay with Merlin")
        assert stays.message is asked.message
        await mira.writes("I am still here.", thread=first)
        await office.becomes_said(first, "still here")
        asked = await office.asks(mira, "wizard by chat")
        await office.presses(mira, asked, "Hang up and call")
        await office.becomes_said(first, "You hung up.")
        second = await mira.is_told("Write in this thread; /ring hangup ends the talk.")
        await office.becomes_said(second, "You are connected with Merlin")
        assert second.message is not first.message
        await mira.writes("A brass compass.", thread=other)
        await office.becomes_said(other, "brass compass")
        which = await office.asks(mira, "hangup")
        await office.presses(mira, which, "Hang up on all")
        await office.becomes_said(second, "You hung up.")
        await office.becomes_said(other, "You hung up.")
        assert (await office.asks(mira, "hangup")).text.startswith("Nobody is on the line.")


async def test_forgetting_everything_ends_all_talks_and_takes_their_threads_back(tmp_path: Path) -> None:
    async with open_office(tmp_path, settings=LAVISH) as office:
        mira = office.mira
        first, second = await begins(office, mira), await begins(office, mira, "captain")
        sure = await office.asks(mira, "forget everything")
        await office.presses(mira, sure, "Erase it")
        for root in (first, second):
            await office.becomes(root, "This was erased.")
            await office.slack.until(
                lambda root=root: (
                    not any("Merlin:" in one.text or "Nan" in one.text for one in root.replies[1:-1])
                )
            )


async def test_a_line_that_was_shown_when_its_call_was_gone_already_is_taken_back(tmp_path: Path) -> None:
    async with open_office(tmp_path, settings=LAVISH) as office:
        mira, house = office.mira, office.stage.app.house
        root = await begins(office, mira)
        line = next(one for one in root.replies if "Merlin:" in one.text)
        account = Account("slack", office.acme.id, mira.id)
        await messaging.note_line(house, account, CallId("gone"), mira.dm.id, line.message.ts)
        office.stage.app.followup.nudge()
        await office.becomes(line, "This was erased.")


async def test_words_outside_a_thread_are_answered_once(tmp_path: Path) -> None:
    async with open_office(tmp_path, settings=LAVISH) as office:
        mira, ben = office.mira, office.acme.adds_person("Ben")
        written = await mira.writes("hello?", twice=True)
        hint = await mira.is_told("I answer to commands: /ring calls a character")
        for words in ("hello??", "anybody?"):
            await mira.writes(words)
        await mira.edits(written, "hallo?")
        await mira.deletes(written)
        await ben.writes("hi")
        await ben.is_told("I answer to commands:")
        await mira.writes("psst", where=office.here)
        await office.asks(mira, "help")
        assert [one.message for one in mira.dms] == [hint.message]
        assert office.here.posts == []


async def test_a_whisper_reaches_the_talk_without_an_answer(tmp_path: Path) -> None:
    async with open_office(tmp_path, settings=LAVISH) as office:
        mira = office.mira
        nobody = await office.asks(mira, "whisper I am tired.")
        assert nobody.text.startswith("Nobody is on the line.")
        root = await begins(office, mira)
        count = len(root.replies)
        whispered = await office.asks(mira, "whisper I am tired & “cross” today.")
        assert whispered.text == "Merlin knows."
        assert len(root.replies) <= count + 1
        await mira.writes("Good evening.", thread=root)
        await office.becomes_said(root, "so that only you hear it: “I am tired & ")
        await office.asks(mira, "hangup")


async def test_of_several_talks_a_whisper_asks_which(tmp_path: Path) -> None:
    async with open_office(tmp_path, settings=LAVISH) as office:
        mira = office.mira
        first, second = await begins(office, mira), await begins(office, mira, "captain")
        which = await office.asks(mira, "whisper I am tired.")
        assert which.buttons == ["Tell Merlin", "Tell Captain Nan Tregarth"]
        told = await office.presses(mira, which, "Tell Captain Nan Tregarth")
        assert told.text == "Captain Nan Tregarth knows."
        await mira.writes("Good evening.", thread=second)
        await office.becomes_said(second, "I am tired")
        await mira.writes("Good evening to you.", thread=first)
        await office.becomes_said(first, "Troupe's stand-in")
        assert not any("tired" in one.text for one in first.replies)


async def test_who_takes_no_messages_is_offered_a_link_instead(tmp_path: Path) -> None:
    async with open_office(tmp_path, settings=LAVISH, refusals=("user_not_visible",)) as office:
        mira = office.mira
        await office.calls(mira)
        mira.closes_dms()
        refused = await office.asks(mira, "wizard by chat")
        assert "I cannot write to you here." in refused.text
        assert "Merlin is ready" in (await office.presses(mira, refused, "Make a link instead")).text
