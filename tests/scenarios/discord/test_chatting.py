"""Chats in the bot's direct messages: begun, talked, whispered to, left and ended."""

from dataclasses import replace
from pathlib import Path

import pytest

from bot.domain.talk import Said
from bot.elevenlabs.socket import Talk
from bot.fronts import chats
from bot.fronts.discord import chats as discord_chats
from tests.fakes.discord import Person, Shown
from tests.scenarios.discord.stage import LAVISH, Tavern, open_tavern

pytestmark = pytest.mark.anyio


async def begins(tavern: Tavern, person: Person, character: str = "wizard", **options: str) -> Shown:
    """Begin a chat from direct messages, and wait for the character's first words."""
    shown = await tavern.calls(person, character, where=person.dm, via="chat", **options)
    await person.is_told("You are connected with")
    await person.is_told("**")
    return shown


async def test_a_member_chats_hangs_up_and_is_remembered(tmp_path: Path) -> None:
    async with open_tavern(tmp_path, settings=LAVISH) as tavern:
        mira = tavern.mira
        begun = await tavern.calls(mira, via="chat")
        assert begun.is_private
        assert "Calling Merlin …" in begun.text
        assert begun.link("Open my direct messages") == f"https://discord.com/channels/@me/{mira.dm.id}"
        assert tavern.here.posts == []
        connected = await mira.is_told("You are connected with Merlin.")
        assert "> ends the talk" in connected.text
        greeting = await mira.is_told("**Merlin:** ")
        assert "Mira" in greeting.text

        typing = mira.sees_typing
        await mira.writes("My cat is called *Fig*.")
        answer = await mira.is_told("your cat is called")
        assert "\\*Fig\\*" in answer.content
        assert mira.sees_typing > typing
        ended = await tavern.asks(mira, "hangup", where=mira.dm)
        assert ended.is_private
        recap = await mira.is_told("Merlin will remember this")
        assert "Fig" in recap.text
        assert "Share a line" in recap.buttons, "it was asked for in a channel"
        again = await tavern.presses(mira, recap, "Call Merlin again")
        assert "Calling Merlin …" in again.text, "in the same way as before"
        await mira.is_told("Last time we spoke about")
        await tavern.asks(mira, "hangup", where=mira.dm)
        nobody = await tavern.asks(mira, "hangup", where=mira.dm)
        assert nobody.text.startswith("Nobody is on the line.")


async def test_what_is_no_message_is_left_alone(tmp_path: Path) -> None:
    async with open_tavern(tmp_path, settings=LAVISH) as tavern:
        mira = tavern.mira
        begun = await begins(tavern, mira)
        assert begun.buttons == [], "they are where the chat is"
        written = await mira.writes("I found a silver key.")
        answer = await mira.is_told("silver key")
        count = len(mira.dms)
        await mira.edits(written, "I found a golden key.")
        await mira.deletes(written)
        await tavern.settles()
        assert len(mira.dms) == count, "the character answers what was said"

        await mira.writes("", attachments=[("cat.png", b"\x89PNG")])
        refused = await mira.is_told("Files cannot be read here; write it in words.")
        await tavern.settles()
        assert len(mira.dms) == count + 1, "a file alone says nothing to the character"
        await mira.writes("Here is my cat.", attachments=[("cat.png", b"\x89PNG")])
        await mira.is_told("Here is your cat")
        assert refused.message is not answer.message
        await mira.writes("   ")
        await tavern.settles()


async def test_a_whisper_reaches_the_talk_without_an_answer(tmp_path: Path) -> None:
    async with open_tavern(tmp_path, settings=LAVISH) as tavern:
        mira = tavern.mira
        nobody = await tavern.asks(mira, "whisper", text="I am tired.")
        assert nobody.text.startswith("Nobody is on the line.")
        await begins(tavern, mira)
        count = len(mira.dms)
        whispered = await tavern.asks(mira, "whisper", where=mira.dm, text="I am tired today.")
        assert whispered.text == "Merlin knows."
        assert len(mira.dms) == count
        await mira.writes("Good evening.")
        await mira.is_told("They let you know, so that only you hear it: “I am tired today.”")
        await tavern.asks(mira, "hangup", where=mira.dm)


async def test_another_character_is_called_once_that_is_confirmed(tmp_path: Path) -> None:
    async with open_tavern(tmp_path, settings=LAVISH) as tavern:
        mira = tavern.mira
        await begins(tavern, mira)
        asked = await tavern.asks(mira, "call", where=mira.dm, character="captain")
        assert "You are talking with Merlin. Shall I hang up?" in asked.text
        assert asked.buttons == ["Hang up and call", "Stay with Merlin"]
        stays = await tavern.presses(mira, asked, "Stay with Merlin")
        assert stays.message is asked.message
        await mira.writes("I am still here.")
        await mira.is_told("still here")

        unknown = await tavern.asks(mira, "call", where=mira.dm, character="nobody at all")
        assert "Shall I hang up?" not in unknown.text
        asked = await tavern.asks(mira, "call", where=mira.dm, character="captain", topic="letters")
        await tavern.presses(mira, asked, "Hang up and call")
        await mira.is_told("You are connected with Captain Nan Tregarth")
        await mira.is_told("**Captain Nan Tregarth:**")
        await mira.is_told("Merlin will remember this")
        await mira.writes("Good evening, captain.")
        await mira.is_told("My part today is Captain Nan Tregarth")
        again = await tavern.presses(mira, asked, "Hang up and call") if asked.buttons else None
        assert again is None, "what was confirmed cannot be confirmed again"
        await tavern.asks(mira, "hangup", where=mira.dm)


async def test_long_answers_come_in_pieces_that_end_with_sentences(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sentence = "The tower grows a floor whenever somebody asks a good question, 🎩 and `so` *on*. "
    long = sentence * 60
    events = Talk.events

    async def wordy(talk: Talk):  # type: ignore[no-untyped-def]
        async for event in events(talk):
            yield replace(event, text=long.strip()) if isinstance(event, Said) else event

    monkeypatch.setattr(Talk, "events", wordy)
    async with open_tavern(tmp_path, settings=LAVISH) as tavern:
        mira = tavern.mira
        await tavern.calls(mira, where=mira.dm, via="chat")
        await mira.is_told("**Merlin:**")
        await tavern.discord.until(lambda: sum(one.text.count("tower grows") for one in mira.dms) == 60)
        pieces = [one.content for one in mira.dms if "tower grows" in one.content]
        assert len(pieces) >= 3
        assert all(len(piece) <= 2_000 for piece in pieces)
        assert all(piece.endswith("and \\`so\\` \\*on\\*.") for piece in pieces)
        await tavern.asks(mira, "hangup", where=mira.dm)


async def test_silence_ends_a_chat_with_a_word(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(discord_chats, "SILENCE_SECONDS", 0.3)
    async with open_tavern(tmp_path, settings=LAVISH) as tavern:
        mira = tavern.mira
        await tavern.calls(mira, where=mira.dm, via="chat")
        over = await mira.is_told("You wrote nothing for a while, so Merlin hung up.")
        assert "</call:" in over.content
        await mira.is_told("Merlin will remember this")
        assert (await tavern.asks(mira, "hangup")).text.startswith("Nobody is on the line.")


async def test_words_outside_a_chat_are_answered_once_an_hour(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_tavern(tmp_path, settings=LAVISH) as tavern:
        mira, ben = tavern.mira, tavern.joins("Ben")
        await mira.writes("hello?")
        hint = await mira.is_told("I answer to commands:")
        assert "</call:" in hint.content
        assert "</help:" in hint.content
        for words in ("hello??", "anybody?"):
            await mira.writes(words)
        await ben.writes("hi")
        await ben.is_told("I answer to commands:")
        await tavern.settles()
        assert len(mira.dms) == 1
        monkeypatch.setattr(chats, "HINT_SECONDS", 0.0)
        await mira.writes("still nobody?")
        await mira.is_told("I answer to commands:")
        assert len(mira.dms) == 2
        await mira.writes("psst", where=tavern.here)
        await tavern.settles()
        assert tavern.here.posts == [], "what is said in channels is none of its business"
