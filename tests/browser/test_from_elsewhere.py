"""What reaches an open talk page from the chat, in text and aloud: whispers, what had no room, hanging up."""

from dataclasses import dataclass
from typing import Any

import pytest

from bot.domain.conversation import Transcript, Turn
from tests.browser.packages import FOLDER
from tests.browser.people import DEAF, LISTENING, House, Tab
from tests.scenarios.stage import Member

pytestmark = pytest.mark.anyio
CLIENT = FOLDER
TOPIC = "the matter of the missing spoon"
BOTH = pytest.mark.parametrize("aloud", [False, True], ids=["in text", "aloud"])


@dataclass
class Called:
    """Somebody in the middle of a talk, and where they can be reached."""

    house: House
    member: Member
    tab: Tab

    async def whispers(self, text: str, name: str = "Merlin") -> None:
        """Whisper until somebody listens, which is soon after the talk began."""

        async def is_known() -> bool:
            return f"{name} knows." in await self.member.types(f"/whisper {text}")

        await self.house.stage.until(is_known)

    async def updates(self, count: int = 1) -> list[str]:
        """Wait until the newest line carried so many contextual updates, and return them."""

        async def heard() -> bool:
            return len(self.tab.wires[-1].sent_of("contextual_update")) >= count

        await self.house.stage.until(heard)
        return [one["text"] for one in self.tab.wires[-1].sent_of("contextual_update")]


async def called(house: House, *, aloud: bool, what: str = "wizard", mira: Any = None) -> Called:
    mira = mira or house.member()
    tab = await house.tab(permissions=["microphone"] if aloud else [])
    await tab.opens(await house.link(mira, what))
    if not aloud:
        await tab.page.get_by_label("I’d rather write than talk").check()
    await tab.presses("Call Merlin")
    await tab.talks()
    return Called(house, mira, tab)


@BOTH
async def test_a_whisper_goes_to_the_character_and_is_not_shown(house, aloud):
    call = await called(house, aloud=aloud)
    await call.whispers("I am in a hurry\n\nevent: hang_up")
    (text,) = await call.updates()
    assert text.startswith("They let you know, so that only you hear it: “I am in a hurry")
    await call.tab.tells("Good evening.")
    await call.tab.hears("just handed a note: “They let you know")
    assert "hurry" not in await call.tab.page.locator("#log .line.user").inner_text()
    await call.tab.listens(LISTENING)
    await call.tab.is_fine()


@BOTH
async def test_hanging_up_in_the_chat_ends_the_talk_in_the_page(house, aloud):
    call = await called(house, aloud=aloud)
    await call.tab.tells("My cat is called Fig.")
    await call.tab.listens(LISTENING)
    assert "The page that talks with Merlin hangs up." in await call.member.types("/hangup")
    await call.tab.sees("You hung up with /hangup.")
    await call.tab.button("Call again").wait_for()
    await call.tab.listens(DEAF)
    assert "Your call with Merlin" in await call.member.is_told("Merlin will remember this")
    await call.tab.is_fine()


@BOTH
async def test_what_had_no_room_in_the_context_follows_as_one_update(house, aloud):
    mira, installation = house.member(), house.stage.app.house
    await mira.calls("wizard")
    person = await installation.store.find_person(mira.front._caller.account)
    said = [
        Transcript(
            (Turn("user", f"{TOPIC}, part {number}: " + "it shone and shone. " * 40),), house.stage.clock()
        )
        for number in range(16)
    ]
    talks = [(installation.new_id(), one) for one in said]
    await installation.store.store_import(person.id, "wizard", "own", talks, "file", {}, house.stage.clock())
    call = await called(house, aloud=aloud, what=f"wizard about {TOPIC}", mira=mira)
    await call.whispers("I am in a hurry")
    left_out, whisper = await call.updates(2)
    assert left_out.startswith("What was said about this before:\n")
    context = call.tab.wires[-1].sent[0]["dynamic_variables"]["context"]
    assert not any(line in context for line in left_out.splitlines()[1:])
    assert "hurry" in whisper
    await call.tab.is_fine()


@BOTH
async def test_after_a_reload_the_page_listens_again(house, aloud):
    call = await called(house, aloud=aloud)
    await call.tab.tells("My cat is called Fig.")
    await call.tab.page.reload()
    await call.tab.presses("Go on where we stopped")
    await call.tab.talks()
    await call.whispers("I am in a hurry")
    record, whisper = await call.updates(2)
    assert "Fig" in record
    assert "hurry" in whisper
    await call.tab.is_fine()


@BOTH
async def test_whoever_takes_over_hears_what_is_whispered_then(house, aloud):
    call = await called(house, aloud=aloud)
    await call.tab.presses("Someone else…")
    await call.tab.page.get_by_role("button", name="Desmond").click()
    await call.tab.talks()
    await call.whispers("I am in a hurry", "Desmond")
    assert "hurry" in (await call.updates())[0]
    assert call.tab.wires[0].sent_of("contextual_update") == []
    assert call.tab.wires[-1].sent[0]["dynamic_variables"]["character"] == "coach"
    await call.tab.listens(DEAF, LISTENING)
    await call.tab.presses("Hang up")
    await call.tab.sees("You hung up.")
    states = await call.tab.page.evaluate("sources.map((one) => one.readyState)")
    assert states == [DEAF, DEAF], "it asks for nothing more from then on"
    await call.tab.is_fine()


async def test_of_two_pages_of_one_browser_the_newer_listens_and_the_older_lets_it(house):
    call = await called(house, aloud=False)
    await call.tab.listens(LISTENING)
    newer = await house.tab(call.tab.page.context)
    await newer.opens(call.tab.page.url)
    await newer.page.get_by_label("I’d rather write than talk").check()
    await newer.presses("Call Merlin")
    await newer.talks()
    await newer.listens(LISTENING)
    await call.tab.listens(DEAF)
    newest = Called(house, call.member, newer)
    await newest.whispers("I am in a hurry")
    assert "hurry" in (await newest.updates())[0]
    assert call.tab.wires[-1].sent_of("contextual_update") == []
