"""What is kept: facts through windows, past calls, and erasing all of it."""

from pathlib import Path

import pytest

from tests.scenarios.slack.stage import LAVISH, Office, open_office

pytestmark = pytest.mark.anyio


async def told(office: Office) -> str:
    """Return what Mira reads that Merlin will be told."""
    return (await office.asks(office.mira, "memory wizard")).text


@pytest.mark.parametrize("by_http", [False, True], ids=["socket", "http"])
async def test_facts_are_added_corrected_and_deleted_through_windows(tmp_path: Path, by_http: bool) -> None:
    async with open_office(tmp_path, by_http=by_http, settings=LAVISH) as office:
        mira = office.mira
        await office.calls(mira)
        memory = await office.asks(mira, "memory wizard")
        modal = await (await mira.presses(memory, "Add something")).opens("What shall be remembered?")
        await mira.submits(modal, text="I am allergic to <nuts> & *sea*.")
        added = await mira.is_told("Merlin will know: “I am allergic to <nuts> & ")
        assert added.is_private
        assert "I am allergic to <nuts> & *sea*." in await told(office)

        modal = await (await mira.presses(added, "Correct 1")).opens("Correct what is remembered")
        assert modal.inputs[0]["initial_value"] == "I am allergic to <nuts> & *sea*."
        await mira.submits(modal, text="I am allergic to almonds.")
        changed = await mira.is_told("almonds")
        assert "I am allergic to almonds." in await told(office)
        assert "nuts" not in await told(office)

        modal = await (await mira.presses(changed, "Correct 1")).opens()
        await mira.submits(modal, text="")
        emptied = await mira.is_told("Are you sure?")
        gone = await office.presses(mira, emptied, "Delete it")
        assert gone.message is emptied.message, "what was answered cannot be answered again"
        assert gone.text == "Deleted. Merlin will not be told that any more."
        assert "almonds" not in await told(office)
        requests = [one for one in office.slack.requests if one.path == "chat.postMessage"]
        assert not any("nuts" in str(one.body) or "almonds" in str(one.body) for one in requests)


async def test_a_fact_is_corrected_from_a_window_in_the_window(tmp_path: Path) -> None:
    async with open_office(tmp_path, settings=LAVISH) as office:
        mira = office.mira
        await office.talks(await office.calls(mira), "Good evening.")
        recap = await mira.is_told("Your call with Merlin")
        memory = await (await mira.presses(recap, "Memory")).opens("What Merlin will be told")
        form = await (await mira.presses(memory, "Add something")).opens("What shall be remembered?")
        await mira.submits(form, text="I am allergic to nuts.")
        await office.becomes(memory, "Merlin will know: “I am allergic to nuts.”")
        form = await (await mira.presses(memory, "Correct 1")).opens("Correct what is remembered")
        assert form.inputs[0]["initial_value"] == "I am allergic to nuts."
        await mira.closes(form)
        assert not any("nuts" in shown.text for shown in mira.dms)


@pytest.mark.parametrize("by_http", [False, True], ids=["socket", "http"])
async def test_the_window_offers_talks_to_go_on_with(tmp_path: Path, by_http: bool) -> None:
    async with open_office(tmp_path, by_http=by_http, settings=LAVISH) as office:
        mira = office.mira
        await office.talks(await office.calls(mira), "Let us build a castle of sand.")
        await mira.is_told("Your call with Merlin")
        await office.talks(await office.calls(mira), "Today it rains.")
        await office.slack.until(lambda: len([one for one in mira.dms if "Your call" in one.text]) == 2)
        typed = await mira.types("/ring", where=office.here)
        modal = await typed.opens()
        ((_, wizard),) = await mira.searches(modal, "character", "merlin")
        fresh, newest, older = await mira.searches(modal, "continue", "")
        assert fresh == ("Start fresh, and keep nothing", "fresh")
        assert newest[0].startswith("Merlin · ")
        await mira.submits(modal, {"character": wizard, "continue": older[1]})
        ready = await typed.answer()
        known = await office.presses(mira, ready, "What will Merlin know?")
        assert "The talk that they want to go on with" in known.text
        modal = await (await mira.types("/ring", where=office.here)).opens()
        await mira.searches(modal, "character", "merlin")
        await mira.searches(modal, "continue", "")
        await mira.submits(modal, {"character": wizard, "continue": "fresh"})
        await mira.is_told("Merlin knows nothing of you this time, and nothing is kept.")


async def test_past_calls_are_read_again_and_forgotten(tmp_path: Path) -> None:
    async with open_office(tmp_path, settings=LAVISH) as office:
        mira = office.mira
        assert "There are no calls yet." in (await office.asks(mira, "history")).text
        for number in range(2):
            await office.talks(await office.calls(mira), f"I found key number {number} & <more>.")
            await mira.is_told("Your call with Merlin")
        history = await office.asks(mira, "history Merlin")
        assert "key number 1 & <more>" in history.text
        transcripts = [label for label in history.buttons if label.startswith("Transcript ")]
        read = await office.asks(mira, f"history {transcripts[0].split()[-1]}")
        assert "Mira: I found key number 1 & <more>." in read.text
        sure = await office.presses(mira, read, "Forget it")
        assert "Are you sure?" in sure.text
        assert (await office.presses(mira, sure, "Keep it")).text == "Nothing was changed."
        sure = await office.presses(mira, read, "Forget it")
        receipt = await office.presses(mira, sure, "Erase it")
        assert receipt.message is sure.message
        assert "Erased here: 1 call" in receipt.text
        await office.becomes(mira.dms[-1], "This was erased")
        assert "key number 1" not in (await office.asks(mira, "history")).text
        assert office.slack.mentions_everybody == []


async def test_everything_is_forgotten_once_that_is_confirmed(tmp_path: Path) -> None:
    async with open_office(tmp_path, settings=LAVISH) as office:
        mira = office.mira
        await office.talks(await office.calls(mira), "I found a silver key.")
        await mira.is_told("Your call with Merlin")
        which = await office.asks(mira, "forget")
        sure = await (await mira.picks(which, "Choose", "All with Merlin")).answer()
        assert "This erases all with Merlin" in sure.text
        sure = await office.asks(mira, "forget everything")
        receipt = await office.presses(mira, sure, "Erase it")
        assert "Erased here: 1 call" in receipt.text
        for shown in mira.dms:
            await office.becomes(shown, "This was erased")
        card = await office.asks(mira, "wizard")
        assert "Before your first call" in card.text, "nothing is known of them any more"


async def test_names_topics_and_words_notify_nobody(tmp_path: Path) -> None:
    async with open_office(tmp_path, settings=LAVISH) as office:
        eve = office.acme.adds_person("<!channel> & Eve")
        ready = await office.calls(eve, "/ring wizard about <!here> & <https://evil.example|your bank>")
        assert "Merlin is ready" in ready.text
        await office.talks(ready, "Tell <!everyone> & <@U1> *now*.")
        recap = await eve.is_told("Your call with Merlin")
        transcript = await (await eve.presses(recap, "Transcript")).opens("Tell <!everyone> & <@U1> *now*.")
        assert "<!channel> & Eve: Tell" in transcript.text
        shared = await office.presses(eve, recap, "Share a line")
        assert shared.options
        await office.asks(eve, "history")
        added = await office.asks(eve, "memory wizard add &lt; <!channel> & <https://evil.example|a bank>")
        assert "“&lt; <!channel> & <https://evil.example|a bank>”" in added.text
        assert "<!here>" in (await office.asks(eve, "<!here>")).text
        await office.asks(eve, "memory wizard")
        await eve.opens_home()
        assert office.slack.mentions_everybody == []
        assert office.slack.mentions == []
        assert not any("evil.example" in link for link in office.slack.links)


async def test_everything_of_ones_own_comes_by_direct_message_once_its_owner_agrees(tmp_path: Path) -> None:
    async with open_office(tmp_path, settings=LAVISH) as office:
        mira = office.mira
        await office.calls(mira)
        await office.asks(mira, "memory wizard add I am allergic to nuts")
        asked = await office.asks(mira, "account export")
        assert "your workspace owners may be able to read it" in asked.text
        assert not any(shown.files for shown in mira.dms)
        left = await office.presses(mira, asked, "Don't send it")
        assert not any(shown.files for shown in mira.dms)
        assert left.buttons == []
        sent = await office.presses(mira, await office.asks(mira, "account export"), "Send me the file")
        assert "nothing of anybody else" in sent.text
        ((name, data),) = [file for shown in mira.dms for file in shown.files.items()]
        assert name.startswith("troupe-export-")
        assert b"I am allergic to nuts" in data
