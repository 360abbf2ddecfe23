"""What is kept: facts through modals, past calls and transcripts, and erasing all of it."""

from pathlib import Path

import pytest

from bot.calls.remembering import see_memory
from tests.scenarios.discord.stage import LAVISH, Tavern, open_tavern

pytestmark = pytest.mark.anyio


async def told(tavern: Tavern) -> str:
    """Return what Merlin will be told about Mira."""
    known = await see_memory(tavern.stage.app.house, tavern.caller(tavern.mira), "wizard")
    return known.prepared.context


async def test_facts_are_added_corrected_and_deleted_through_modals(tmp_path: Path) -> None:
    async with open_tavern(tmp_path) as tavern:
        mira = tavern.mira
        await tavern.calls(mira)
        memory = await tavern.asks(mira, "memory", character="wizard")
        assert "Nothing yet." in memory.text

        asked = await mira.presses(memory, "Add something")
        assert asked.acknowledged == "modal"
        assert asked.modal.title == "What shall be remembered?"
        added = await (await mira.submits(asked.modal, text="I am allergic to nuts.")).answer()
        assert added.is_private
        assert "Merlin will know: “I am allergic to nuts.”" in added.text
        assert "I am allergic to nuts." in await told(tavern)

        asked = await mira.presses(added, "Correct 1")
        assert asked.modal.inputs[0]["value"] == "I am allergic to nuts."
        changed = await (await mira.submits(asked.modal, text="I am allergic to *almonds*.")).answer()
        assert "almonds" in changed.text
        assert "I am allergic to *almonds*." in await told(tavern)
        assert "nuts" not in await told(tavern)

        asked = await mira.presses(changed, "Correct 1")
        emptied = await (await mira.submits(asked.modal, text="")).answer()
        assert "Are you sure?" in emptied.text
        assert "almonds" in emptied.text
        kept = await tavern.presses(mira, emptied, "Keep it")
        assert kept.message is emptied.message
        assert "almonds" in await told(tavern)

        asked = await mira.presses(changed, "Correct 1")
        emptied = await (await mira.submits(asked.modal, text="")).answer()
        gone = await tavern.presses(mira, emptied, "Delete it")
        assert gone.text == "Deleted. Merlin will not be told that any more."
        assert gone.message is emptied.message, "what was answered cannot be answered again"
        assert "almonds" not in await told(tavern)

        late = await mira.presses(changed, "Correct 1")
        answer = await (await mira.submits(late.modal, text="It was peanuts.")).answer()
        assert "what Merlin is to know" in answer.text
        assert "peanuts" not in await told(tavern)


async def test_past_calls_are_read_again_and_forgotten_one_by_one(tmp_path: Path) -> None:
    async with open_tavern(tmp_path, settings=LAVISH) as tavern:
        mira = tavern.mira
        assert "There are no calls yet." in (await tavern.asks(mira, "history")).text
        await tavern.talks(await tavern.calls(mira), "I found a silver key.")
        await mira.is_told("silver key")
        await tavern.talks(await tavern.calls(mira), "Now there is a golden door.")
        golden = await mira.is_told("golden door")
        first_recap = next(shown for shown in mira.dms if "silver key" in shown.text)

        history = await tavern.asks(mira, "history", character="Merlin")
        transcripts = [label for label in history.buttons if label.startswith("Transcript ")]
        assert len(transcripts) == 2
        newest = await tavern.presses(mira, history, transcripts[0])
        assert "Mira: Now there is a golden door." in newest.text
        oldest = await tavern.presses(mira, history, transcripts[1])
        assert "Mira: I found a silver key." in oldest.text

        sure = await tavern.presses(mira, oldest, "Forget it")
        assert "This erases your call with Merlin · " in sure.text
        assert "1 call, 3 turns" in sure.text
        assert "erased at ElevenLabs as well" in sure.text
        assert (await tavern.presses(mira, sure, "Keep it")).text == "Nothing was changed."
        sure = await tavern.presses(mira, oldest, "Forget it")
        receipt = await tavern.presses(mira, sure, "Erase it")
        assert "Erased here: 1 call, 1 conversation, 3 turns." in receipt.text
        assert "At ElevenLabs\n1 of 1 conversation confirmed." in receipt.text
        assert "what you typed into Discord" in receipt.text
        assert receipt.message is sure.message

        erased = await tavern.becomes(first_recap, "This was erased")
        assert (erased.embeds, erased.buttons, erased.files) == ([], [], {})
        assert "golden door" in golden.text, "the other recap stays"
        assert "Mira said: “I found a silver key" not in await told(tavern)
        assert "silver key" not in (await tavern.asks(mira, "history")).text
        gone = await tavern.presses(mira, history, transcripts[1])
        assert gone.text.startswith("You have no call ")


async def test_a_character_and_then_everything_is_forgotten_with_a_receipt(tmp_path: Path) -> None:
    async with open_tavern(tmp_path, settings=LAVISH) as tavern:
        mira = tavern.mira
        for character in ("wizard", "captain"):
            await tavern.talks(await tavern.calls(mira, character), "I found a silver key.")
            await mira.is_told(f"Your call with {'Merlin' if character == 'wizard' else 'Captain Nan'}")
        memory = await tavern.asks(mira, "memory", character="wizard")
        asked = await mira.presses(memory, "Add something")
        await (await mira.submits(asked.modal, text="I am allergic to nuts.")).answer()

        which = await tavern.asks(mira, "forget")
        assert which.options[0] == "Everything"
        sure = await (await mira.picks(which, "All with Merlin")).answer()
        assert "This erases all with Merlin" in sure.text
        assert "1 call, 3 turns" in sure.text
        receipt = await tavern.presses(mira, sure, "Erase it")
        assert "1 call" in receipt.text
        assert "1 fact" in receipt.text
        assert "silver key" not in await told(tavern)
        theirs = [shown for shown in mira.dms if "Merlin" in shown.text]
        for shown in theirs:
            await tavern.becomes(shown, "This was erased")
        assert any("Your call with Captain Nan" in shown.text for shown in mira.dms)

        sure = await tavern.asks(mira, "forget", what="everything")
        assert "This erases everything: all calls and imports, your profile" in sure.text
        assert "you used of this month's allowance" in sure.text
        receipt = await tavern.presses(mira, sure, "Erase it")
        assert "Erased here: 1 call" in receipt.text
        for shown in mira.dms:
            await tavern.becomes(shown, "This was erased")
        card = await tavern.asks(mira, "call", character="wizard")
        assert "Before your first call" in card.text, "nothing is known of them any more"


async def test_what_a_character_wrote_in_a_chat_goes_with_it(tmp_path: Path) -> None:
    async with open_tavern(tmp_path, settings=LAVISH) as tavern:
        mira = tavern.mira
        await tavern.calls(mira, where=mira.dm, via="chat")
        greeting = await mira.is_told("**Merlin:**")
        await mira.writes("I found a silver key.")
        answer = await mira.is_told("silver key")
        await tavern.asks(mira, "hangup", where=mira.dm)
        recap = await mira.is_told("Merlin will remember this")
        sure = await tavern.presses(mira, recap, "Forget this call")
        await tavern.presses(mira, sure, "Erase it")
        for shown in (greeting, answer, recap):
            await tavern.becomes(shown, "This was erased")
        assert not any("silver" in shown.text for shown in mira.dms)


async def test_whoever_forgets_everything_in_mid_chat_leaves_nothing_behind(tmp_path: Path) -> None:
    async with open_tavern(tmp_path, settings=LAVISH) as tavern:
        mira, house = tavern.mira, tavern.stage.app.house
        await tavern.calls(mira, where=mira.dm, via="chat")
        await mira.is_told("**Merlin:**")
        await mira.writes("I found a silver key.")
        await mira.is_told("silver key")
        sure = await tavern.asks(mira, "forget", where=mira.dm, what="everything")
        await tavern.presses(mira, sure, "Erase it")
        await mira.is_told("You hung up.")
        await mira.writes("And a golden door.")
        await mira.is_told("I answer to commands:")

        async def is_erased_there() -> bool:
            await tavern.later(minutes=10)
            return await tavern.stage.listed_there() == []

        await tavern.stage.until(is_erased_there)
        assert await house.store.find_person(tavern.caller(mira).account) is None
        assert not any("silver" in shown.text or "golden" in shown.text for shown in mira.dms)


async def test_everything_of_ones_own_is_exported_as_a_private_file_and_read_again(tmp_path: Path) -> None:
    async with open_tavern(tmp_path, settings=LAVISH) as tavern:
        mira = tavern.mira
        await tavern.talks(await tavern.calls(mira), "My cat is called Fig.")
        await mira.is_told("Your call with Merlin")
        account = await tavern.asks(mira, "account")
        sent = await tavern.presses(mira, account, "Export everything")
        assert sent.is_private
        ((name, data),) = sent.files.items()
        assert name.startswith("troupe-export-")
        assert b"My cat is called Fig." in data
        file = tavern.discord.uploads(name, data, "application/json")
        again = await tavern.asks(mira, "import", file=file)
        assert "Understood as: Troupe export." in again.text
        saved = await tavern.presses(mira, again, "Save it")
        assert "1 conversation was there already." in saved.text
