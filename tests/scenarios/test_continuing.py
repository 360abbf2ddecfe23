"""Which talk a call goes on with, or that it starts fresh and keeps nothing."""

import pytest

from tests.scenarios.stage import open_stage

pytestmark = pytest.mark.anyio
LAVISH = {"calls_per_day": 20, "minutes_per_month": 300}


async def talks(stage, browser, mira, line, *words):
    """Call, say these words, hang up, and wait until it is remembered."""
    await mira.calls(line)
    await browser.talks(mira.link(), *words)
    await mira.is_told("Your call with")


def ids_of(history: str) -> list[str]:
    """Return the short ids in a history, newest first."""
    return [word for word in history.replace("│", " ").split() if len(word) == 8 and is_hex(word)]


def is_hex(word: str) -> bool:
    return all(char in "0123456789abcdef" for char in word)


async def test_an_older_talk_is_gone_on_with_to_the_letter_that_memory_shows(tmp_path):
    async with open_stage(tmp_path, settings=LAVISH) as stage, stage.browser() as browser:
        mira = stage.member("mira")
        await talks(stage, browser, mira, "wizard", "Let us build a castle of sand.", "It has nine towers.")
        await talks(stage, browser, mira, "wizard", "Today I am sad about the rain.")
        older = ids_of(await mira.types("/history wizard"))[-1]
        ready = await mira.types(f"/call wizard continue {older}")
        assert "Merlin is ready" in ready
        known = await mira.types("2")
        assert "The talk that they want to go on with" in known
        assert known.index("castle of sand") < known.index("sad about the rain")
        talk = await browser.talks(mira.link(), "Where were we?")
        _, body = await stage.fetches(talk.conversation_id)
        context = body["conversation_initiation_client_data"]["dynamic_variables"]["context"]
        assert "The talk that they want to go on with" in context
        assert "nine towers" in context
        variables = body["conversation_initiation_client_data"]["dynamic_variables"]
        assert "sand" in variables["last_call_summary"]
        assert "rain" not in str(
            body["conversation_initiation_client_data"]["conversation_config_override"]["agent"][
                "first_message"
            ]
        )


async def test_a_fresh_start_is_told_nothing_and_keeps_nothing(tmp_path):
    async with open_stage(tmp_path) as stage, stage.browser() as browser:
        mira = stage.member("mira")
        await talks(stage, browser, mira, "wizard", "My secret word is marzipan.")
        ready = await mira.types("/call wizard continue:fresh")
        assert "Merlin knows nothing of you this time, and nothing is kept." in ready
        assert "remembers you" not in ready
        will_be_told, _, _ = (await mira.types("2")).partition("╰")
        assert "marzipan" not in will_be_told, "what she told it stands below, and is not told"
        link = mira.link()
        talk = await browser.opens(link)
        await talk.says("I whisper about gooseberries.")
        _, body = await stage.fetches(talk.conversation_id)
        assert "marzipan" not in str(body)
        await browser.hangs_up(link, talk)
        await mira.is_told("Nothing that was said is kept")
        assert "gooseberries" not in await mira.types("/memory wizard")
        assert "marzipan" in await mira.types("/memory wizard")
        await stage.until(lambda: stage.is_erased_there(talk.conversation_id))


async def test_it_is_asked_which_talk_and_each_is_a_button(tmp_path):
    async with open_stage(tmp_path, settings=LAVISH) as stage, stage.browser() as browser:
        mira = stage.member("mira")
        assert "Start fresh, and keep nothing" in await mira.types("/call wizard continue")
        await talks(stage, browser, mira, "wizard", "I found a silver key.")
        await talks(stage, browser, mira, "captain", "The sea is calm.")
        asked = await mira.types("/call wizard continue")
        assert "Which talk shall Merlin go on with?" in asked
        assert "1  Merlin · " in asked
        assert "Captain Nan" not in asked, "the captain's talks are hers alone"
        assert "Merlin is ready" in await mira.types("1")


async def test_a_talk_that_is_somebody_elses_or_another_characters_is_refused(tmp_path):
    async with open_stage(tmp_path, settings=LAVISH) as stage, stage.browser() as browser:
        mira = stage.member("mira")
        await talks(stage, browser, mira, "captain", "The sea is calm.")
        hers = ids_of(await mira.types("/history captain"))[0]
        ben = stage.member("ben")
        await ben.calls("wizard")
        assert f"You have no talk “{hers}”." in " ".join(
            (await ben.types(f"/call captain continue {hers}")).split()
        )
        refused = " ".join((await mira.types(f"/call coach continue {hers}")).split())
        assert f"knows nothing of {hers}, your talk with Captain Nan Tregarth." in refused
        assert "You have no talk “yesterday”." in await mira.types("/call wizard continue yesterday")
