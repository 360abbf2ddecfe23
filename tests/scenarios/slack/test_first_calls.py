"""A member's first call from Slack, over a socket and by HTTP."""

from pathlib import Path

import pytest

from tests.scenarios.slack.stage import open_office

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
