"""What a member decides about themselves: how much is told after a call, and where links go."""

from pathlib import Path

import pytest

from tests.scenarios.slack.stage import LAVISH, Office, open_office

pytestmark = pytest.mark.anyio
SECRET = "I hid a silver key."


async def talk(office: Office, line: str = SECRET) -> None:
    """Let Mira talk, and wait until the next call knows it."""
    await office.talks(await office.calls(office.mira), line)

    async def is_home() -> bool:
        return line in (await office.asks(office.mira, "memory wizard")).text

    await office.stage.until(is_home)


async def recaps(office: Office, how_many: int) -> list[str]:
    """Wait for the so-and-so-many-th recap among Mira's direct messages."""

    def told() -> list[str]:
        return [one.text for one in office.mira.dms if "Your call with Merlin" in one.text]

    await office.slack.until(lambda: len(told()) >= how_many)
    assert len(told()) == how_many
    return told()


@pytest.mark.parametrize("by_http", [False, True], ids=["socket", "http"])
async def test_recaps_are_brief_until_a_member_chooses(tmp_path: Path, by_http: bool) -> None:
    async with open_office(tmp_path, by_http=by_http, settings=LAVISH) as office:
        mira = office.mira
        account = await office.asks(mira, "account")
        assert "a recap of who and how long" in account.text
        await talk(office)
        assert "silver key" not in (await recaps(office, 1))[0]

        asked = await office.presses(mira, account, "Recaps")
        assert asked.buttons == ["Full recaps", "Brief recaps", "No recaps"]
        chosen = await office.presses(mira, asked, "Full recaps")
        assert "a recap with what was said" in chosen.text
        await talk(office, "I lost a copper coin.")
        assert "copper coin" in (await recaps(office, 2))[1]

        none = await office.asks(mira, "account recaps none")
        assert "no recap" in none.text
        await talk(office, "I met an iron owl.")

        wrong = await office.asks(mira, "account recaps sometimes")
        assert "/ring account recaps full, /ring account recaps brief, or" in wrong.text
        again = await office.asks(mira, "account recaps brief")
        assert "a recap of who and how long" in again.text
        await talk(office, "I sold a golden hat.")
        assert not any("hat" in one or "owl" in one for one in await recaps(office, 3))


async def test_what_one_member_chose_holds_for_nobody_else(tmp_path: Path) -> None:
    async with open_office(tmp_path, settings=LAVISH) as office:
        await office.asks(office.boss, "account recaps none")
        await talk(office)
        await recaps(office, 1)
