"""What the real client makes of all that the fake Discord tells it."""

import asyncio

import pytest

from tests.fakes.discord import Channel, FakeDiscord, Inn, Person
from tests.fakes.small_bot import SmallBot, discord_py, running_bot

pytestmark = pytest.mark.anyio


async def act_of(bot: SmallBot, mira: Person, where: Channel | None, **more: bool) -> discord_py.Interaction:
    heard = asyncio.create_task(bot.wait_for("interaction", timeout=5))
    await asyncio.sleep(0)
    await mira.types("quiet", where=where, waits=False, **more)
    return await heard


async def test_it_reads_people_places_and_commands(discord: FakeDiscord, inn: Inn, mira: Person) -> None:
    inn.admits(mira, roles=("Knights",), nick="Lady Mira")
    tavern = inn.channels["tavern"]
    night = inn.adds_thread("tavern", "night")
    async with running_bot(discord) as bot:
        await bot.wait_until_ready()
        assert (await bot.fetch_guild(int(inn.id))).name == "The Inn"
        server = bot.get_guild(int(inn.id))
        assert server.get_channel(int(tavern.id)).permissions_for(server.me).send_messages
        assert server.get_thread(int(night.id)).parent.name == "tavern"
        member = await server.fetch_member(int(mira.id))
        assert (member.display_name, [role.name for role in member.roles]) == (
            "Lady Mira",
            ["@everyone", "Knights"],
        )
        assert [role.name for role in await server.fetch_roles()] == ["@everyone", "Knights"]
        assert (await bot.fetch_channel(int(night.id))).parent_id == int(tavern.id)
        assert (await bot.fetch_user(int(mira.id))).display_name == "Mira"
        assert (await bot.application_info()).bot_public
        assert {command.name for command in await bot.tree.fetch_commands()} >= {"call", "troupe"}
        with pytest.raises(discord_py.NotFound) as gone:
            await server.fetch_member(1)
        assert gone.value.code == 10013
        assert discord.unrouted == []


async def test_it_writes_edits_and_deletes(discord: FakeDiscord, inn: Inn, mira: Person) -> None:
    tavern = inn.channels["tavern"]
    async with running_bot(discord) as bot:
        await bot.wait_until_ready()
        there = bot.get_channel(int(tavern.id))
        said = await there.send("Hello", embed=discord_py.Embed(title="Merlin"))
        await said.edit(content="Good evening", suppress=True)
        assert (await there.fetch_message(said.id)).content == "Good evening"
        assert [one.content async for one in there.history()] == ["Good evening"]
        thread = await there.create_thread(name="talk", type=discord_py.ChannelType.private_thread)
        await thread.add_user(discord_py.Object(int(mira.id)))
        await thread.send("Here we are")
        assert inn.channels["talk"].posts[0].text == "Here we are"
        await said.delete()
        assert tavern.posts == []
        assert discord.unrouted == []


async def test_it_sees_where_an_act_comes_from(discord: FakeDiscord, inn: Inn, mira: Person) -> None:
    night = inn.adds_thread("tavern", "night")
    inn.channels["tavern"].is_nsfw = True
    elsewhere = discord.adds_server("Elsewhere", with_bot=False)
    elsewhere.admits(mira)
    friends = discord.adds_private_channel(mira, discord.adds_person("Ben"), discord.adds_person("Ada"))
    async with running_bot(discord) as bot:
        in_thread = await act_of(bot, mira, night)
        assert (in_thread.channel.name, in_thread.channel.is_nsfw()) == ("night", True)
        assert in_thread.is_guild_integration()
        assert not in_thread.permissions.manage_guild
        in_dm = await act_of(bot, mira, None)
        assert (in_dm.context.dm_channel, in_dm.guild_id) == (True, None)
        assert in_dm.user.display_name == "Mira"
        in_foreign = await act_of(bot, mira, elsewhere.channels["general"], as_user_install=True)
        assert in_foreign.is_user_integration()
        assert not in_foreign.is_guild_integration()
        assert in_foreign.guild_id == int(elsewhere.id)
        among_friends = await act_of(bot, mira, friends, as_user_install=True)
        assert among_friends.context.private_channel


async def test_it_is_told_of_servers_it_joins_and_leaves(discord: FakeDiscord, inn: Inn) -> None:
    async with running_bot(discord) as bot:
        await bot.wait_until_ready()
        joined = asyncio.create_task(bot.wait_for("guild_join", timeout=5))
        await asyncio.sleep(0)
        mill = discord.adds_server("The Mill")
        assert (await joined).name == "The Mill"
        left = asyncio.create_task(bot.wait_for("guild_remove", timeout=5))
        await asyncio.sleep(0)
        mill.removes_bot()
        assert (await left).id == int(mill.id)


async def test_it_cannot_answer_a_private_button_of_somebody_else_unless_it_is_forged(
    discord: FakeDiscord, inn: Inn, mira: Person
) -> None:
    ben = discord.adds_person("Ben")
    inn.admits(ben)
    async with running_bot(discord):
        shown = await (await mira.types("call", where=inn.channels["tavern"], character="Ada")).answer()
        with pytest.raises(AssertionError, match="Ben does not see"):
            await ben.presses(shown, "5 stars")
        with pytest.raises(AssertionError, match="none of"):
            await mira.presses(shown, "6 stars")
        with pytest.raises(AssertionError, match="none of"):
            await mira.presses(shown, "Talk with Ada")
        with pytest.raises(AssertionError, match="there is no"):
            await mira.presses(shown, custom_id="rate:1")
        forged = await ben.presses(shown, custom_id="rate:1", forged=True)
        assert forged.acknowledged == "update"
