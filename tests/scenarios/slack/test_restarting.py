"""Restarts and repetitions: what comes again is taken once, and what was open goes on."""

from pathlib import Path

import pytest

from tests.scenarios.slack.stage import LAVISH, open_office, open_slack, people_of

pytestmark = pytest.mark.anyio


async def test_an_event_that_comes_three_times_is_taken_once_also_after_a_restart(tmp_path: Path) -> None:
    async with open_slack() as slack:
        async with open_office(tmp_path, slack=slack, settings=LAVISH) as office:
            mira = office.mira
            await office.calls(mira, "/ring wizard by chat")
            root = await mira.is_told("Write in this thread")
            await office.becomes_said(root, "You are connected with")
            await mira.writes("I found a silver key.", thread=root)
            await office.becomes_said(root, "silver key")
            event = slack.events[-1]
            for _ in range(3):
                slack.repeats(event)
            await mira.writes("And a golden door.", thread=root)
            await office.becomes_said(root, "golden door")
            heard = [one for one in root.replies if "silver key" in one.text]
            assert len(heard) == 2, "what she wrote, and one answer"
            await office.asks(mira, "hangup")
            await mira.is_told("Your call with Merlin")
            typed = await mira.types("/ring help", where=office.here)
            await typed.answer()
        await slack.is_gone()
        async with open_office(tmp_path, slack=slack, settings=LAVISH) as office:
            before = len(mira.dms), len(typed.answers)
            slack.repeats(event)
            office.slack.client.send(typed.act)
            await office.asks(mira, "account")
            assert (len(mira.dms), len(typed.answers)) == before


@pytest.mark.parametrize("by_http", [False, True], ids=["socket", "http"])
async def test_a_window_is_sent_and_a_button_pressed_after_a_restart(tmp_path: Path, by_http: bool) -> None:
    async with open_slack() as slack:
        async with open_office(tmp_path, slack=slack, by_http=by_http, settings=LAVISH) as office:
            mira = office.mira
            await office.calls(mira)
            memory = await office.asks(mira, "memory wizard")
            form = await (await mira.presses(memory, "Add something")).opens()
            call = await (await mira.types("/ring", where=office.here)).opens()
        async with open_office(tmp_path, slack=slack, by_http=by_http, settings=LAVISH) as office:
            await mira.submits(form, text="I am allergic to nuts.")
            added = await mira.is_told("Merlin will know: “I am allergic to nuts.”")
            await mira.submits(call, character="Captain")
            await mira.is_told("Captain Nan Tregarth is ready")
        async with open_office(tmp_path, slack=slack, by_http=by_http, settings=LAVISH) as office:
            form = await (await mira.presses(added, "Correct 1")).opens("Correct what is remembered")
            assert form.inputs[0]["initial_value"] == "I am allergic to nuts."


async def test_a_chat_that_a_restart_ended_says_so(tmp_path: Path) -> None:
    async with open_slack() as slack:
        async with open_office(tmp_path, slack=slack, settings=LAVISH) as office:
            mira = office.mira
            await office.calls(mira, "/ring wizard by chat")
            root = await mira.is_told("Write in this thread")
            await office.becomes_said(root, "You are connected with")
        assert any("Troupe is being restarted, so our talk ends here." in one.text for one in root.replies)


async def test_equal_ids_in_two_workspaces_are_two_people(tmp_path: Path) -> None:
    async with open_slack() as slack:
        _, mira, boss = people_of(slack)
        globex = slack.adds_workspace("Globex", channels=("general",))
        other = globex.adds_person("Otto", id=mira.id)
        globex.adds_person("Chief", admin=True, id=boss.id)
        async with open_office(tmp_path, slack=slack, settings=LAVISH) as office:
            await office.talks(await office.calls(mira), "My cat is called Fig.")
            await mira.is_told("Your call with Merlin")
        await slack.is_gone()
        async with open_office(tmp_path, slack=slack, settings=LAVISH, workspace="Globex") as office:
            assert office.mira is other
            assert other.id == mira.id
            card = await office.asks(other, "wizard")
            assert "Before your first call" in card.text
            await office.presses(other, card, "Call and remember")
            for line in ("memory wizard", "history", "account"):
                shown = await office.asks(other, line)
                assert "Fig" not in shown.text, line
                assert "Mira" not in shown.text, line
            sure = await office.asks(other, "forget everything")
            await office.presses(other, sure, "Erase it")
        await slack.is_gone()
        async with open_office(tmp_path, slack=slack, settings=LAVISH) as office:
            assert "Fig" in (await office.asks(mira, "history")).text, "hers is hers"
