"""An installation without a page of its own: public links, and who may say that it was them."""

import base64
import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from bot.calls.bringing_memory import bring_memory
from bot.domain.caller import Caller, parse_account
from bot.domain.errors import CallerError
from bot.domain.permission import Rule, Spot
from bot.domain.variables import STANDARD_VARIABLES
from tests.scenarios.stage import Browser, Member, Stage, Talk, open_stage

pytestmark = pytest.mark.anyio


def variables_in(link: str) -> dict[str, Any]:
    """Return what stands in an address."""
    return dict(json.loads(base64.b64decode(parse_qs(urlsplit(link).query)["vars"][0])))


async def talk_over(stage: Stage, browser: Browser, link: str, **forged: str) -> Talk:
    """Open a hosted link as ElevenLabs' own page does: a public agent, with the variables of the address."""
    async with browser.http.get(link) as page:
        assert page.status == 200
    variables, agent_id = variables_in(link) | forged, parse_qs(urlsplit(link).query)["agent_id"][0]
    url = f"{stage.sandbox.url}/v1/convai/conversation?agent_id={agent_id}"
    socket = await browser.http.ws_connect(url)
    message = {"type": "conversation_initiation_client_data", "dynamic_variables": variables}
    await socket.send_json(message)
    talk = Talk(socket, {"message": message})
    await talk.listens()
    return talk


async def test_a_hosted_talk_is_remembered_only_after_its_owner_said_that_it_was_them(tmp_path):
    async with open_stage(tmp_path, hosted=True) as stage, stage.browser() as browser:
        mira = stage.member("mira")
        await mira.calls("wizard")
        assert mira.link().startswith(stage.sandbox.talk_url)
        talk = await talk_over(stage, browser, mira.link())
        await talk.says("My cat is called Fig.")
        await talk.socket.close()
        assert "Was this you?" in await mira.is_told("Yes, remember it")
        assert "waits for you to say" in await mira.types("/history")
        assert "Fig" not in await mira.types("/memory wizard")
        past_id = (await mira.types("/history")).split("│")[1].split()[0]
        await mira.types(f"/history {past_id}")
        assert "is remembered" in await mira.types("1")
        assert "Fig" in await mira.types("/memory wizard")


async def test_a_hosted_talk_of_somebody_else_is_erased_on_a_no(tmp_path):
    async with open_stage(tmp_path, hosted=True) as stage, stage.browser() as browser:
        mira = stage.member("mira")
        await mira.calls("wizard")
        talk = await talk_over(stage, browser, mira.link())
        await talk.says("I am not Mira, and I like wasps.")
        await talk.socket.close()
        number = (await mira.is_told("No, erase it")).split("  No, erase it")[0].split()[-1]
        assert "Erased here: 1 call, 1 conversation" in await mira.types(number)
        assert "wasps" not in await mira.types("/memory wizard")


async def test_without_webhooks_a_hosted_talk_is_found_by_its_reference(tmp_path):
    async with open_stage(tmp_path, hosted=True, webhooks=False) as stage, stage.browser() as browser:
        mira = stage.member("mira")
        await mira.calls("wizard")
        talk = await talk_over(stage, browser, mira.link())
        await talk.says("My cat is called Fig.")
        await talk.socket.close()

        async def is_asked() -> bool:
            await stage.app.house.store.hasten_jobs("find", stage.app.house.now())
            stage.app.followup.nudge()
            return "Was this you?" in mira.seen

        await stage.until(is_asked)


async def test_a_first_click_without_a_word_does_not_cost_the_real_talk(tmp_path):
    async with open_stage(tmp_path, hosted=True) as stage, stage.browser() as browser:
        mira = stage.member("mira")
        await mira.calls("wizard")
        silent = await talk_over(stage, browser, mira.link())
        await silent.socket.close()
        talk = await talk_over(stage, browser, mira.link())
        await talk.says("My cat is called Fig.")
        await talk.socket.close()
        assert "Fig" in await mira.is_told("Was this you?") + await mira.types("/history")


async def test_what_a_stranger_said_over_the_link_is_erased_there(tmp_path):
    async with open_stage(tmp_path, hosted=True) as stage, stage.browser() as browser:
        mira = stage.member("mira")
        await mira.calls("wizard")
        talk = await talk_over(stage, browser, mira.link())
        await talk.says("My cat is called Fig.")
        await talk.socket.close()
        await mira.is_told("Was this you?")
        stray = await talk_over(stage, browser, mira.link())
        await stray.says("Here speaks a stranger with wasps.")
        await stray.socket.close()
        await stage.until(lambda: only_one_is_left(stage))


async def test_a_hosted_talk_that_runs_while_everything_is_forgotten_is_erased_there(tmp_path):
    async with open_stage(tmp_path, hosted=True, webhooks=False) as stage, stage.browser() as browser:
        mira = stage.member("mira")
        await mira.calls("wizard")
        talk = await talk_over(stage, browser, mira.link())
        await talk.says("My secret word is marzipan.")
        await mira.types("/forget everything")
        await mira.types("1")
        await talk.socket.close()
        await stage.until(lambda: is_empty_later(stage))


BRING = "Bring my memory, it will stand in the link"
FULL = {"hosted_context": "full"}


async def presses(member: Member, shown: str, label: str) -> str:
    """Type the number that stands before a choice."""
    return await member.types(shown.split(f"  {label}", maxsplit=1)[0].rsplit(maxsplit=1)[-1])


async def told_merlin(stage: Stage, browser: Browser) -> Member:
    """Let Mira tell Merlin about her sister over a hosted link, and say that it was her."""
    mira = stage.member("mira")
    await mira.calls("wizard")
    talk = await talk_over(stage, browser, mira.link())
    await talk.says("My sister Ana is a beekeeper.")
    await talk.socket.close()
    await presses(mira, await mira.is_told("No, erase it"), "Yes, remember it")
    return mira


async def test_the_memory_stands_in_the_one_link_for_which_its_member_chose_that(tmp_path):
    async with (
        open_stage(tmp_path, hosted=True, settings=FULL) as stage,
        stage.browser() as browser,
    ):
        mira = await told_merlin(stage, browser)
        shown = await mira.types("/call wizard about bees")
        plain, link = variables_in(mira.link()), mira.link()
        assert "If you bring it, whoever gets the link can read it." in shown
        assert (plain["context"], plain["topic"]) == (STANDARD_VARIABLES["context"], "none")
        brought = await presses(mira, shown, BRING)
        carried = variables_in(mira.link())
        assert len(mira.link()) <= 1_800
        assert "What stands in this link" in brought
        assert "can read your name and your memory in it" in brought
        assert "beekeeper" in brought
        assert "beekeeper" in carried["context"]
        assert carried["topic"] == "bees"
        assert carried["call_ref"] == plain["call_ref"], "the new link takes the place of the old one"
        assert [line for line in brought.splitlines() if " today and " in line] == [
            line for line in shown.splitlines() if " today and " in line
        ], "nothing more is reserved"
        talk = await talk_over(stage, browser, link)
        await talk.says("Good evening.")
        await talk.socket.close()
        await mira.is_told("Was this you?")
        call = await stage.app.house.store.fetch_call_by_ref(carried["call_ref"])
        with pytest.raises(CallerError, match="used already"):
            await bring_memory(stage.app.house, Caller(call.account, "Mira"), call.id)
        await mira.types("/call wizard")
        assert variables_in(mira.link())["context"] == STANDARD_VARIABLES["context"], "it is for one call"


async def test_only_who_is_remembered_is_offered_to_bring_a_memory(tmp_path):
    async with (
        open_stage(tmp_path, hosted=True, settings=FULL) as stage,
        stage.browser() as browser,
    ):
        assert BRING not in await stage.member("ben").calls("wizard"), "nothing is remembered yet"
        mira = await told_merlin(stage, browser)
        assert BRING in await mira.types("/call wizard")
        assert BRING not in await mira.types("/call wizard continue fresh")
        assert "or as much as fits if you bring it" in await mira.types("/memory wizard")


async def test_a_link_carries_no_memory_where_the_operator_does_not_want_that(tmp_path):
    async with open_stage(tmp_path, hosted=True) as stage, stage.browser() as browser:
        mira = await told_merlin(stage, browser)
        assert BRING not in await mira.types("/call wizard")


async def test_whoever_is_not_remembered_any_more_is_not_offered_to_bring_a_memory(tmp_path):
    async with (
        open_stage(tmp_path, hosted=True, settings=FULL) as stage,
        stage.browser() as browser,
    ):
        mira = await told_merlin(stage, browser)
        await mira.types("/account remember off")
        assert BRING not in await mira.types("/call wizard")
        call = await stage.app.house.store.fetch_call_by_ref(variables_in(mira.link())["call_ref"])
        with pytest.raises(CallerError, match="remembers nothing that a link could carry"):
            await bring_memory(stage.app.house, Caller(call.account, "Mira"), call.id)


@pytest.mark.parametrize(("hosted_context", "is_hinted"), [("none", False), ("hint", True), ("full", True)])
async def test_a_link_hints_at_the_last_call_unless_the_operator_does_not_want_that(
    tmp_path, hosted_context, is_hinted
):
    async with (
        open_stage(tmp_path, hosted=True, settings={"hosted_context": hosted_context}) as stage,
        stage.browser() as browser,
    ):
        mira = await told_merlin(stage, browser)
        await mira.types("/call wizard")
        carried = variables_in(mira.link())
        assert carried["last_call_hint"].startswith("Last time we spoke about") == is_hinted
        assert ("beekeeper" in json.dumps(carried)) == is_hinted


async def test_who_may_not_call_there_any_more_brings_no_memory(tmp_path):
    async with (
        open_stage(tmp_path, hosted=True, settings=FULL) as stage,
        stage.browser() as browser,
    ):
        mira = await told_merlin(stage, browser)
        await mira.types("/call wizard")
        house = stage.app.house
        call = await house.store.fetch_call_by_ref(variables_in(mira.link())["call_ref"])
        await house.store.set_rule(Rule("discord:1", "wizard", is_off=True))
        there = Caller(call.account, "Mira", place="discord:1", spots=(Spot("discord:1"),))
        with pytest.raises(CallerError, match="Merlin "):
            await bring_memory(house, there, call.id)
        assert (await bring_memory(house, Caller(call.account, "Mira"), call.id)).brought


async def test_nobody_brings_a_memory_into_the_call_of_another(tmp_path):
    async with (
        open_stage(tmp_path, hosted=True, settings=FULL) as stage,
        stage.browser() as browser,
    ):
        mira = await told_merlin(stage, browser)
        await mira.types("/call wizard")
        call = await stage.app.house.store.fetch_call_by_ref(variables_in(mira.link())["call_ref"])
        ben = Caller(parse_account("ben"), "Ben")
        with pytest.raises(CallerError, match="not yours to change"):
            await bring_memory(stage.app.house, ben, call.id)


async def test_a_forged_reference_belongs_to_nobody_or_is_asked_about(tmp_path):
    async with open_stage(tmp_path, hosted=True) as stage, stage.browser() as browser:
        ben, mira = stage.member("ben"), stage.member("mira")
        await ben.calls("wizard")
        await mira.calls("wizard")
        invented = await talk_over(stage, browser, ben.link(), call_ref="0" * 32)
        await invented.says("I belong to nobody.")
        await invented.socket.close()
        stolen = variables_in(mira.link())["call_ref"]
        talk = await talk_over(
            stage, browser, ben.link(), call_ref=stolen, user_name="Ben", character="coach"
        )
        await talk.says("I am Ben, and this is in Mira's name.")
        await talk.socket.close()
        assert "Was this you?" in await mira.is_told("No, erase it")
        assert "Mira's name" not in await mira.types("/memory wizard")
        assert "Was this you?" not in ben.seen
        await stage.rests()
        assert "nobody" not in await ben.types("/history") + await mira.types("/history")


async def only_one_is_left(stage: Stage) -> bool:
    return len(await stage.listed_there()) == 1


async def is_empty_later(stage: Stage) -> bool:
    await stage.later(minutes=5)
    return not await stage.listed_there()
