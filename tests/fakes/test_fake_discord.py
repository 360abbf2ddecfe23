"""A real discord.py bot and people who use it, on the fake Discord."""

import pytest

from tests.fakes.discord import open_fake_discord
from tests.fakes.small_bot import running_bot

pytestmark = pytest.mark.anyio


async def test_a_command_is_deferred_and_then_answered_privately() -> None:
    async with open_fake_discord() as discord:
        inn = discord.adds_server("The Inn", channels=("tavern", "cellar"), roles=("Knights",))
        mira = discord.adds_person("Mira")
        inn.admits(mira)
        async with running_bot(discord):
            asked = await mira.types("call", where=inn.channels["tavern"], character="Merlin", via="phone")
            assert asked.acknowledged == "deferred privately"
            assert asked.acknowledged_after < 3
            shown = await asked.answer()
            assert shown.is_private
            assert shown.text == "Merlin\nby phone\nMind the tide.\nTalk with Merlin\n5 stars"
            assert shown.buttons == ["Talk with Merlin", "5 stars"]
            assert shown.link("Talk with Merlin") == "https://troupe.example/j/abc"
            assert inn.channels["tavern"].posts == []
        assert discord.unrouted == discord.refused == []


async def test_a_button_older_than_the_process_can_be_pressed_after_a_restart() -> None:
    async with open_fake_discord() as discord:
        inn = discord.adds_server("The Inn")
        mira = discord.adds_person("Mira")
        inn.admits(mira)
        async with running_bot(discord):
            shown = await (await mira.types("call", character="Ada")).answer()
        nobody = await mira.presses(shown, "5 stars")
        assert nobody.acknowledged is None
        async with running_bot(discord):
            pressed = await mira.presses(shown, "5")
            assert pressed.acknowledged == "update"
            assert (
                (await pressed.answer()).text == shown.text == "Thanks for 5.\nAda\nby link\nMind the tide."
            )
        assert discord.syncs == 2


async def test_a_modal_is_filled_in_and_sent() -> None:
    async with open_fake_discord() as discord:
        discord.adds_server("The Inn").admits(mira := discord.adds_person("Mira"))
        async with running_bot(discord):
            asked = await mira.types("phone")
            assert asked.acknowledged == "modal"
            assert asked.modal.text == "Add a telephone\nYour number"
            sent = await mira.submits(asked.modal, number="+4915112345678")
            assert (await sent.answer()).text == "We ring +4915112345678."
            with pytest.raises(AssertionError, match="letters"):
                await mira.submits(asked.modal, {"Your number": "1"})


async def test_a_select_is_picked_from_and_a_follow_up_answers() -> None:
    async with open_fake_discord() as discord:
        discord.adds_server("The Inn").admits(mira := discord.adds_person("Mira"))
        async with running_bot(discord):
            shown = await (await mira.types("pick")).answer()
            picked = await mira.picks(shown, "Mer")
            assert picked.acknowledged == "deferred update"
            assert (await picked.answer()).text == "You picked merlin."


async def test_what_can_be_typed_is_offered() -> None:
    async with open_fake_discord() as discord:
        discord.adds_server("The Inn").admits(mira := discord.adds_person("Mira"))
        async with running_bot(discord):
            assert await mira.completes("call", "character", "mi") == [("Mirabel", "mirabel")]
            assert len(await mira.completes("call", "character", "", via="phone")) == 3


async def test_options_name_people_roles_and_channels() -> None:
    async with open_fake_discord() as discord:
        inn = discord.adds_server("The Inn", channels=("tavern",), roles=("Knights",))
        mira, ben = discord.adds_person("Mira"), discord.adds_person("Ben")
        inn.admits(mira, manages=True)
        inn.admits(ben, roles=("Knights",))
        tavern = inn.channels["tavern"]
        async with running_bot(discord):
            asked = await mira.types(
                "troupe allow", where=tavern, role=inn.roles["Knights"], channel=tavern, member=ben, days=2
            )
            shown = await asked.answer()
            assert shown.text == "Ben as Knights in tavern for 2, by a manager: True"
            assert not shown.is_private
            assert tavern.posts == [shown]


async def test_a_file_is_uploaded_and_another_comes_back() -> None:
    async with open_fake_discord() as discord:
        discord.adds_server("The Inn").admits(mira := discord.adds_person("Mira"))
        async with running_bot(discord) as bot:
            file = discord.uploads("past.json", b"{}", content_type="application/json")
            shown = await (await mira.types("import", file=file)).answer()
            assert bot.files == [b"{}"]
            assert list(shown.pictures) == ["past.png"]


async def test_a_dm_is_heard_and_answered_in_the_dm() -> None:
    async with open_fake_discord() as discord:
        discord.adds_server("The Inn").admits(mira := discord.adds_person("Mira"))
        async with running_bot(discord) as bot:
            await mira.writes("Hello there")
            said = await mira.is_told("Hello there")
            assert said.text == "You said: Hello there"
            assert bot.heard == ["Hello there"]
            assert mira.sees_typing == 1
