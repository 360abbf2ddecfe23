"""The home tab: whom one can call, the last calls, and everything about oneself."""

from pathlib import Path
from shutil import copytree

import pytest

from bot.calls.erasing import forget_character
from bot.domain.caller import Account, Caller
from tests.scenarios.slack.stage import LAVISH, Office, open_office, open_slack, people_of
from tests.scenarios.stage import PERSONAS

pytestmark = pytest.mark.anyio
NO_CALLS = "There are no calls yet."


async def home_says(office: Office, words: str) -> str:
    """Wait until Mira's home tab, which stands open, has these words; return all of it."""
    await office.slack.until(lambda: words in office.mira.home.text)
    return office.mira.home.text


async def talk(office: Office, words: str, line: str = "/ring wizard") -> None:
    """Let Mira talk, and wait for the recap and all that comes with it."""
    before = len(office.mira.dms)
    await office.talks(await office.calls(office.mira, line), words)
    await office.slack.until(lambda: any("Your call with" in one.text for one in office.mira.dms[before:]))
    await office.stage.rests()


@pytest.mark.parametrize("by_http", [False, True], ids=["socket", "http"])
async def test_an_open_home_tab_follows_what_happens(tmp_path: Path, by_http: bool) -> None:
    async with open_office(tmp_path, by_http=by_http, settings=LAVISH) as office:
        mira = office.mira
        home = await mira.opens_home()
        assert NO_CALLS in home.text
        assert "Page 1 of 2" in home.text
        for label in ("Call Desmond", "Past calls", "Memory", "Account", "Forget", "Help"):
            assert label in home.buttons
        await talk(office, "My cat is called Fig.")
        assert "Merlin ·" in await home_says(office, "Your last calls:")

        forget = await (await mira.presses(mira.home, "Forget")).opens("What shall be forgotten?")
        await mira.picks(forget, "Choose", "Everything")
        await office.becomes(forget, "This erases everything")
        await mira.presses(forget, "Erase it")
        await office.becomes(forget, "Erased here: 1 call")
        assert "Merlin ·" not in await home_says(office, NO_CALLS)
        account = Account("slack", office.acme.id, mira.id)
        assert await office.stage.app.house.store.find_person(account) is None


async def test_what_is_erased_elsewhere_goes_from_the_home_tab_too(tmp_path: Path) -> None:
    async with open_office(tmp_path, settings=LAVISH) as office:
        mira = office.mira
        await talk(office, "My cat is called Fig.")
        await talk(office, "My dog is called Rex.", "/ring captain")
        assert "Merlin ·" in (await mira.opens_home()).text
        house, account = office.stage.app.house, Account("slack", office.acme.id, mira.id)
        await forget_character(house, Caller(account, "Mira"), "wizard")
        await office.slack.until(lambda: "Merlin ·" not in mira.home.text)
        assert "Captain Nan Tregarth ·" in mira.home.text


async def test_each_button_of_the_home_tab_is_answered_privately(tmp_path: Path) -> None:
    async with open_office(tmp_path, settings=LAVISH) as office:
        mira = office.mira
        await talk(office, "My cat is called Fig.")
        sent = len(mira.dms)
        home = await mira.opens_home()
        past = await (await mira.presses(home, "Past calls")).opens("Your calls, newest first")
        await mira.presses(past, "Transcript")
        await office.becomes(past, "Mira: My cat is called Fig.")
        memory = await (await mira.presses(home, "Memory")).opens("Whose memory do you want to see?")
        await mira.picks(memory, "Choose", "Merlin")
        await office.becomes(memory, "What Merlin will be told next time")
        account = await (await mira.presses(home, "Account")).opens("a recap of who and how long")
        await mira.presses(account, "Recaps")
        await office.becomes(account, "What do you want to read after a call?")
        await (await mira.presses(home, "Help")).opens("What you can do")
        form = await (await mira.presses(home, "Search")).opens("Search the characters")
        await mira.submits(form, search="impossible seas")
        assert "Captain Nan Tregarth" in (await mira.is_told("Carries undeliverable letters")).text
        assert len(mira.dms) == sent + 1, "what is searched from there has no other place"
        assert office.here.posts == []


async def test_the_home_tab_shows_nothing_of_anybody_else_and_makes_nobody_known(tmp_path: Path) -> None:
    async with open_office(tmp_path, settings=LAVISH) as office:
        mira, stranger = office.mira, office.acme.adds_person("Stranger", guest=True)
        await talk(office, "My cat is called Fig.")
        assert "Your last calls:" in (await mira.opens_home()).text
        theirs = await stranger.opens_home()
        assert NO_CALLS in theirs.text
        for private in ("Fig", "Mira", mira.id):
            assert private not in str(theirs.blocks)
        account = Account("slack", office.acme.id, stranger.id)
        assert await office.stage.app.house.store.find_person(account) is None


async def test_what_was_said_stands_on_the_home_tab_of_who_wants_it_in_messages(tmp_path: Path) -> None:
    async with open_office(tmp_path, settings=LAVISH) as office:
        mira = office.mira
        await talk(office, "My cat is called Fig.", "/ring wizard about my cat")
        brief = await mira.opens_home()
        assert "Merlin ·" in brief.text
        assert "Fig" not in str(brief.blocks)
        assert "my cat" not in str(brief.blocks)
        await office.asks(mira, "account recaps full")
        assert "Fig" in (await mira.opens_home()).text


async def test_who_is_blocked_sees_their_home_tab_and_is_told_at_a_call(tmp_path: Path) -> None:
    async with open_office(tmp_path, settings=LAVISH) as office:
        mira, boss = office.mira, office.boss
        await talk(office, "My cat is called Fig.")
        await office.asks(boss, f"admin block slack:{office.acme.id}:{mira.id}")
        home = await mira.opens_home()
        assert "Merlin ·" in home.text
        await (await mira.presses(home, "Call Desmond")).opens("You cannot place calls here")


async def test_the_home_tab_offers_whom_one_can_call_without_a_channel(tmp_path: Path) -> None:
    async with open_slack() as slack:
        acme, _, _ = people_of(slack)
        acme.grants("usergroups:read")
        ben = acme.adds_person("Ben")
        acme.adds_group("sailors", ben)
        async with open_office(tmp_path, settings=LAVISH, slack=slack) as office:
            await office.asks(office.boss, "admin allow detective #random")
            await office.asks(office.boss, "admin allow captain @sailors")
            hers, his = await office.mira.opens_home(), await ben.opens_home()
            assert "Call Captain Nan Tregarth" not in hers.buttons
            assert "Call Captain Nan Tregarth" in his.buttons
            for home in (hers, his):
                assert "Call Merlin" in home.buttons
                assert not any("Pell" in label for label in home.buttons), "called from one channel alone"


async def test_the_largest_cast_fits_a_home_tab_page_by_page(tmp_path: Path) -> None:
    personas = tmp_path / "personas"
    copytree(PERSONAS, personas)
    file = (PERSONAS / "wizard.md").read_text()
    file = file.replace("tagline: Court wizard with a tower full of riddles", f"tagline: '{'&' * 100}'")
    for at in range(120):
        name = f"{at:03} {'&' * 36}"
        (personas / f"a{at}.md").write_text(file.replace("name: Merlin", f"name: '{name}'"))
    async with open_office(tmp_path, personas=personas, settings=LAVISH) as office:
        home = await office.mira.opens_home()
        assert "Page 1 of 32" in home.text
        assert "000 &" in home.text
        assert "&" * 100 in home.text
        assert NO_CALLS in home.text
        assert "stands in the file" not in home.text
        more = await (await office.mira.presses(home, "More")).opens("Page 2 of 32")
        assert any(label.startswith("Call 004") for label in more.buttons)
