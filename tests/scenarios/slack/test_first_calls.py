"""A member's first call from Slack, over a socket and by HTTP."""

from pathlib import Path

import pytest

from tests.scenarios.slack.stage import LAVISH, open_office

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("by_http", [False, True], ids=["socket", "http"])
async def test_a_member_calls_is_linked_privately_and_remembered(tmp_path: Path, by_http: bool) -> None:
    async with open_office(tmp_path, by_http=by_http) as office:
        first = await (await office.mira.types("/ring wizard", where=office.here)).answer()
        assert "Your workspace owners may be able to export direct messages." in first.text
        shown = await (await office.mira.presses(first, "Call and remember")).answer()
        assert shown.is_private
        await office.talks(shown, "My cat is called Fig.")
        recap = await office.mira.is_told("Your call with Merlin")
        assert "Fig" not in recap.text
        history = await (await office.mira.types("/ring history", where=office.here)).answer()
        assert "Merlin" in history.text
        assert [refused for refused in office.slack.refused if refused.path != "usergroups.list"] == []


EXPORTS = "Your workspace owners may be able to export direct messages."


async def test_a_notice_says_who_may_read_along_as_the_card_that_asks_does(tmp_path: Path) -> None:
    async with open_office(tmp_path, settings={**LAVISH, "memory_consent": "notice"}) as office:
        first = await office.asks(office.mira, "wizard")
        assert first.text.count(EXPORTS) == 1
        assert first.text.index("transcribed by ElevenLabs") < first.text.index(EXPORTS)
        assert "Don't remember me" in first.buttons
        assert "Talk with Merlin" in first.buttons
        assert EXPORTS not in (await office.asks(office.mira, "wizard")).text


async def test_a_notice_in_a_chat_says_so_too_and_in_german(tmp_path: Path) -> None:
    async with open_office(tmp_path, settings={**LAVISH, "memory_consent": "notice"}) as office:
        mira = office.mira
        mira.locale = "de-DE"
        await office.asks(mira, "wizard by chat")
        begun = await mira.is_told("Vor deinem ersten Anruf")
        assert "Wem euer Workspace gehört, der kann Direktnachrichten womöglich exportieren." in begun.text
        assert "export direct messages" not in begun.text
