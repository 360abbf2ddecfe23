"""What was said in a call, one press away from a recap that does not tell it."""

from pathlib import Path

import pytest

from tests.scenarios.slack.stage import LAVISH, Office, open_office, open_slack

pytestmark = pytest.mark.anyio
SAID = "My cat is called Fig."


def kept_by_slack(office: Office) -> str:
    """Return all that was sent to stand in messages."""
    methods = {"chat.postMessage", "chat.update", "files.completeUploadExternal"}
    return str([one.body for one in office.slack.requests if one.path in methods])


@pytest.mark.parametrize("by_http", [False, True], ids=["socket", "http"])
async def test_a_summary_opens_in_a_window_and_stands_in_no_message(tmp_path: Path, by_http: bool) -> None:
    async with open_slack() as slack:
        async with open_office(tmp_path, slack=slack, by_http=by_http, settings=LAVISH) as office:
            mira = office.mira
            await office.talks(await office.calls(mira), SAID)
            recap = await mira.is_told("Your call with Merlin")
            assert recap.buttons[:3] == ["Call Merlin again", "Summary", "Transcript"]
            window = await (await mira.presses(recap, "Summary")).opens("Your call with Merlin")
            for words in ("About", "Summary", "Fig", "Merlin will remember this."):
                assert words in window.text
            await mira.presses(window, "Transcript")
            await office.becomes(window, f"Mira: {SAID}")
            assert "Fig" not in kept_by_slack(office)
            assert "Fig" not in recap.text
        async with open_office(tmp_path, slack=slack, by_http=by_http, settings=LAVISH) as office:
            again = await (await mira.presses(recap, "Summary")).opens("Your call with Merlin")
            assert "Fig" in again.text
            assert "Fig" not in kept_by_slack(office)


async def test_a_summary_that_was_erased_or_is_somebody_elses_says_so_and_nothing_more(
    tmp_path: Path,
) -> None:
    async with open_office(tmp_path, settings=LAVISH) as office:
        mira, eve = office.mira, office.acme.adds_person("Eve")
        await office.talks(await office.calls(mira), SAID)
        recap = await mira.is_told("Your call with Merlin")
        _, button = recap.element("Summary")
        as_it_was = {"action_id": button["action_id"], "value": button["value"], "forged": True}

        shown = await office.asks(eve, "help")
        theirs = await (await eve.presses(shown, **as_it_was)).answer()
        assert "This button is somebody else's." in theirs.text
        as_hers = as_it_was | {"value": button["value"].replace(mira.id, eve.id)}
        hers = await (await eve.presses(shown, **as_hers)).answer()
        assert hers.text == "Nothing of that call is left: it was erased."

        sure = await office.presses(mira, recap, "Forget this call")
        await office.presses(mira, sure, "Erase it")
        await office.becomes(recap, "This was erased.")
        assert recap.buttons == []
        gone = await (await mira.presses(recap, **as_it_was)).opens("Nothing of that call is left")
        assert "Fig" not in gone.text


async def test_who_wants_full_recaps_needs_no_window(tmp_path: Path) -> None:
    async with open_office(tmp_path, settings=LAVISH) as office:
        mira = office.mira
        await office.asks(mira, "account recaps full")
        await office.talks(await office.calls(mira), SAID)
        recap = await mira.is_told("Your call with Merlin")
        assert "Fig" in recap.text
        assert "Summary" not in recap.buttons
