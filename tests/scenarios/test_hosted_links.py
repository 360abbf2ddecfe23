"""An installation without a page of its own: public links, and who may say that it was them."""

import base64
import json
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.scenarios.stage import Browser, Stage, Talk, open_stage

pytestmark = pytest.mark.anyio


async def talk_over(stage: Stage, browser: Browser, link: str) -> Talk:
    """Open a hosted link as ElevenLabs' own page does: a public agent, with the variables of the address."""
    async with browser.http.get(link) as page:
        assert page.status == 200
    query = parse_qs(urlsplit(link).query)
    variables = json.loads(base64.b64decode(query["vars"][0]))
    url = f"{stage.sandbox.url}/v1/convai/conversation?agent_id={query['agent_id'][0]}"
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


async def only_one_is_left(stage: Stage) -> bool:
    return len(await stage.listed_there()) == 1


async def is_empty_later(stage: Stage) -> bool:
    await stage.later(minutes=5)
    return not await stage.listed_there()
