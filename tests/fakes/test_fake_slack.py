"""A real Bolt app and people who use it, on the fake Slack, over sockets and HTTP."""

from collections.abc import AsyncIterator

import pytest

from tests.fakes.slack import FakeSlack, Person, Workspace, open_fake_slack
from tests.fakes.slack.small_app import SmallApp, running_app

pytestmark = pytest.mark.anyio


@pytest.fixture
async def slack(anyio_backend: str) -> AsyncIterator[FakeSlack]:
    async with open_fake_slack() as opened:
        yield opened
        assert opened.unrouted == opened.refused == opened.mentions_everybody == []


@pytest.fixture
def acme(slack: FakeSlack) -> Workspace:
    return slack.adds_workspace("Acme")


@pytest.fixture
def mira(acme: Workspace) -> Person:
    return acme.adds_person("Mira")


@pytest.fixture(params=["socket", "http"])
async def small(request: pytest.FixtureRequest, slack: FakeSlack, acme: Workspace) -> AsyncIterator[SmallApp]:
    async with running_app(slack, request.param) as app:
        yield app


async def test_a_command_is_acknowledged_and_then_answered_privately(
    small: SmallApp, slack: FakeSlack, acme: Workspace, mira: Person
) -> None:
    general = acme.channels["general"]
    asked = await mira.types("/ring merlin", where=general)
    assert asked.acknowledged == "bare"
    assert asked.acknowledged_after < 3
    shown = await asked.answer()
    assert shown.is_private
    assert shown.text == "*Merlin* & you\nTalk with Merlin\n5 stars"
    assert shown.notification == "Merlin waits"
    assert shown.buttons == ["Talk with Merlin", "5 stars"]
    assert shown.link("Talk") == "https://troupe.example/j/abc"
    assert shown.pictures == {"Merlin": "https://troupe.example/Merlin.png"}
    assert general.posts == slack.crawled == []


async def test_an_acknowledgement_may_hold_the_answer(small: SmallApp, mira: Person) -> None:
    asked = await mira.types("/ring at once")
    assert asked.acknowledged == "message"
    assert (await asked.answer()).text == "At once."


async def test_a_button_replaces_the_private_message_it_stands_on(small: SmallApp, mira: Person) -> None:
    shown = await (await mira.types("/ring ada")).answer()
    pressed = await mira.presses(shown, "5 stars")
    assert (await pressed.answer()).text == shown.text == "Thanks for 5."


async def test_a_button_that_links_tells_the_app_too(small: SmallApp, mira: Person) -> None:
    shown = await (await mira.types("/ring ada")).answer()
    pressed = await mira.presses(shown, "Talk")
    assert pressed.acknowledged == "bare"
    assert small.heard == ["ada", "opened"]


async def test_a_modal_is_searched_filled_in_and_sent(small: SmallApp, mira: Person) -> None:
    modal = await (await mira.types("/ring")).opens()
    assert modal.text == "Call a character\nCharacter\nAbout\nCall"
    assert await mira.searches(modal, "character", "mi") == [("Mirabel", "mirabel")]
    assert len(await mira.searches(modal, "character", "")) == 3
    await mira.fills(modal, character="mer", topic="the sea")
    sent = await mira.submits(modal)
    assert sent.acknowledged == "bare"
    assert not modal.is_open
    assert (await mira.is_told("Merlin talks")).text == "Merlin talks about the sea."


async def test_a_modal_comes_back_with_errors_and_goes_on(small: SmallApp, mira: Person) -> None:
    modal = await (await mira.uses_shortcut("open_call")).opens()
    sent = await mira.submits(modal, character="Ada", about="nonsense")
    assert sent.errors == modal.errors == {"what": "Nonsense."}
    sent = await mira.submits(modal, About="more")
    assert sent.acknowledged == "update"
    assert sent.modal.title == modal.title == "And then?"
    await mira.closes(modal)
    assert small.heard == ["closed"]


async def test_the_home_tab_is_made_and_opens_a_modal(small: SmallApp, mira: Person) -> None:
    home = await mira.opens_home()
    assert home.buttons == ["Call Merlin"]
    modal = await (await mira.presses(home, "Call")).opens("Character")
    assert modal.is_open


async def test_a_direct_message_is_answered_in_its_thread(
    small: SmallApp, slack: FakeSlack, mira: Person
) -> None:
    written = await mira.writes("Hello & good day")
    said = await mira.is_told("good day")
    assert said.text == "You said: Hello & good day"
    assert written.replies == [said] == mira.dms
    await mira.writes("And?", thread=said)
    await mira.is_told("And?")
    assert len(written.replies) == 3
    assert small.heard == ["Hello &amp; good day", "And?"]
    await mira.edits(written, "Bye")
    await mira.deletes(written)
    await slack.until(lambda: small.heard[2:] == ["message_changed", "message_deleted"])


async def test_two_workspaces_are_told_apart(
    small: SmallApp, slack: FakeSlack, acme: Workspace, mira: Person
) -> None:
    other = slack.adds_workspace("Other")
    ben = other.adds_person("Ben", id=mira.id)
    await ben.writes("Hello")
    assert (await ben.is_told("Hello")).text == "You said: Hello"
    assert mira.dms == []
    other.uninstalls()
    await slack.until(lambda: len(small.heard) == 3)
    assert small.heard[1:] == [f"revoked ['{other.bot.id}']", f"uninstalled {other.id}"]


async def test_a_file_is_shared(small: SmallApp, mira: Person) -> None:
    shared = await mira.shares_file("past.json", b"{}", text="My past")
    assert (await mira.is_told("My past")).text == "You said: My past"
    assert shared.files == {"past.json": b"{}"}
    assert small.heard == ["file_share"]
