"""How the fake Discord's gateway lets clients in, tells them events, and takes lost connections up again."""

import json
from typing import Any

import pytest

from tests.fakes.discord import FakeDiscord, Inn, Person, open_fake_discord
from tests.fakes.small_bot import SmallBot, discord_py, pointing_at, running_bot
from tests.fakes.wire import Ear, Wire

pytestmark = pytest.mark.anyio

DM, GUILD_MESSAGES, CONTENT = 1 << 12, 1 << 9, 1 << 15


def identity(**parts: Any) -> dict[str, Any]:
    return {"token": "fake-bot-token", "properties": {}, "intents": 1, **parts}


TURNED_AWAY = {
    "a wrong token": (2, identity(token="x"), 4004),
    "an undeclared intent": (2, identity(intents=1 | CONTENT), 4014),
    "an intent nobody knows": (2, identity(intents=1 << 30), 4013),
    "no intents": (2, {"token": "fake-bot-token", "properties": {}}, 4013),
    "no properties": (2, {"token": "fake-bot-token", "intents": 1}, 4002),
    "an identity that is a list": (2, [], 4002),
    "a shard beyond": (2, identity(shard=[2, 2]), 4010),
    "a shard below": (2, identity(shard=[-1, 2]), 4010),
    "a shard without a count": (2, identity(shard=[0]), 4010),
    "a shard with too much": (2, identity(shard=[0, 2, 0]), 4010),
    "a shard in words": (2, identity(shard=["0", "2"]), 4010),
    "a shard that is a truth": (2, identity(shard=[False, True]), 4010),
    "no shards at all": (2, identity(shard=[0, 0]), 4010),
    "an opcode nobody knows": (99, {}, 4001),
    "a presence before an identity": (3, {}, 4003),
    "a wrong token when resuming": (6, {"token": "x", "session_id": "x", "seq": 1}, 4004),
    "too many bytes": (2, identity(properties={"os": "x" * 4096}), 4002),
}


@pytest.mark.parametrize(("op", "data", "code"), TURNED_AWAY.values(), ids=TURNED_AWAY)
async def test_a_client_is_turned_away(
    wire: Wire, discord: FakeDiscord, op: int, data: Any, code: int
) -> None:
    async with wire.connects() as ear:
        await ear.says(op, data)
        assert await ear.close_code() == code
    assert discord.gateway.closes == [code]
    assert not discord.is_connected


@pytest.mark.parametrize("text", ["{", "[]", "5", '"x"', "{}"])
async def test_what_is_no_payload_is_not_understood(wire: Wire, text: str) -> None:
    async with wire.connects() as ear:
        await ear.socket.send_str(text)
        assert await ear.close_code() == 4002


async def test_another_version_is_refused(wire: Wire) -> None:
    async with wire.connects("v=6&encoding=json") as ear:
        assert await ear.close_code() == 4012


async def test_nobody_identifies_twice(wire: Wire) -> None:
    async with wire.identified() as ear:
        await ear.hears("READY")
        await ear.says(2, identity())
        assert await ear.close_code() == 4005


async def test_who_says_too_much_is_hung_up_on(wire: Wire, discord: FakeDiscord) -> None:
    async with wire.identified() as ear:
        for _ in range(119):
            await ear.says(1, None)
        await ear.hears(11)
        discord.moves_clock(seconds=60.5)
        await ear.says(1, None)
        for _ in range(120):
            await ear.says(1, None)
        assert await ear.close_code() == 4008


async def test_a_client_is_told_of_its_servers(wire: Wire, discord: FakeDiscord, inn: Inn) -> None:
    discord.adds_server("Elsewhere", with_bot=False)
    async with wire.identified() as ear:
        ready = await ear.hears("READY")
        assert ready["guilds"] == [{"id": inn.id, "unavailable": True}]
        assert (await ear.hears("GUILD_CREATE"))["name"] == "The Inn"
        later = discord.adds_server("The Mill", channels=("yard",))
        told = await ear.hears("GUILD_CREATE")
        assert [told["id"], told["channels"][0]["name"]] == [later.id, "yard"]
        later.removes_bot()
        assert await ear.hears("GUILD_DELETE") == {"id": later.id}


async def test_each_shard_hears_of_its_own_servers_and_the_first_of_dms(
    wire: Wire, discord: FakeDiscord, mira: Person
) -> None:
    for number in range(8):
        discord.adds_server(f"Nr. {number}").admits(mira)
    heard = []
    async with wire.identified(shard=[0, 2]) as first, wire.identified(shard=[1, 2]) as second:
        for number, ear in enumerate((first, second)):
            ready = await ear.hears("READY")
            assert ready["shard"] == [number, 2]
            heard.append({one["id"] for one in ready["guilds"]})
        await discord.is_ready(shards=2)
        await mira.writes("Hello")
        assert (await first.hears("MESSAGE_CREATE"))["content"] == "Hello"
        spared = next(one for one in discord.gateway.live if one.shard == (1, 2))
        assert not any("MESSAGE_CREATE" in frame for frame in spared.heard)
    assert heard[0]
    assert heard[1]
    assert not heard[0] & heard[1]
    assert heard[0] | heard[1] == set(discord.world.servers)


async def test_dms_are_told_to_who_declared_them(wire: Wire, discord: FakeDiscord, mira: Person) -> None:
    async with wire.identified(intents=1) as deaf, wire.identified(intents=DM) as ear:
        await discord.is_ready(shards=2)
        written = await mira.writes("Hello", attachments=[("a.png", b"picture")])
        told = await ear.hears("MESSAGE_CREATE")
        assert (told["content"], told["attachments"][0]["filename"]) == ("Hello", "a.png")
        await mira.edits(written, "Good evening")
        assert (await ear.hears("MESSAGE_UPDATE"))["content"] == "Good evening"
        await mira.deletes(written)
        assert (await ear.hears("MESSAGE_DELETE"))["id"] == written.message.id
        await discord.dispatches("TYPING_START", {"user_id": mira.id})
        await deaf.hears("TYPING_START")
        assert deaf.seq == ear.seq - 1  # GUILD_CREATE instead of the three of the message


async def test_words_in_a_server_are_told_only_with_a_mention(
    wire: Wire, discord: FakeDiscord, inn: Inn, mira: Person
) -> None:
    tavern = inn.channels["tavern"]
    async with wire.identified(intents=GUILD_MESSAGES) as ear:
        await discord.is_ready()
        await mira.writes("Hello", where=tavern)
        assert (await ear.hears("MESSAGE_CREATE"))["content"] == ""
        await mira.writes(f"Hello <@{discord.application_id}>", where=tavern)
        assert (await ear.hears("MESSAGE_CREATE"))["content"].startswith("Hello")
        (last, first) = (await wire.asks("GET", f"/channels/{tavern.id}/messages")).body
        assert (last["content"][:5], first["content"]) == ("Hello", "")
    discord.allows_intents()
    async with wire.identified(intents=GUILD_MESSAGES | CONTENT) as ear:
        await ear.hears("READY")
        await mira.writes("Hello", where=tavern)
        assert (await ear.hears("MESSAGE_CREATE"))["content"] == "Hello"


async def resumes(ear: Ear, session_id: str, seq: int) -> None:
    await ear.says(6, {"token": "fake-bot-token", "session_id": session_id, "seq": seq})


async def test_what_was_missed_is_told_when_a_connection_is_taken_up_again(
    wire: Wire, discord: FakeDiscord, mira: Person
) -> None:
    async with wire.identified() as ear:
        session_id = (await ear.hears("READY"))["session_id"]
        await ear.hears("GUILD_CREATE")
        await discord.drops_connection()
        await ear.close_code()
    await mira.writes("Is anybody there?")
    async with wire.connects() as again:
        await resumes(again, session_id, ear.seq)
        assert (await again.hears("MESSAGE_CREATE"))["content"] == "Is anybody there?"
        await again.hears("RESUMED")
        await mira.writes("Hello")
        assert (await again.hears("MESSAGE_CREATE"))["content"] == "Hello"
    async with wire.connects() as wrong:
        await resumes(wrong, session_id, 5)
        assert await wrong.hears(9) is False  # the client hung up with 1000, which ends a session


@pytest.mark.parametrize(("code", "is_over"), [(1000, True), (1001, True), (4000, False)])
async def test_a_session_ends_when_the_client_says_so(
    wire: Wire, discord: FakeDiscord, code: int, is_over: bool
) -> None:
    async with wire.identified() as ear:
        session_id = (await ear.hears("READY"))["session_id"]
        await ear.socket.close(code=code)
    await discord.is_gone()
    async with wire.connects() as again:
        await resumes(again, session_id, 1)
        assert await again.hears(9 if is_over else "RESUMED") is False or not is_over


async def test_what_is_said_has_at_most_4096_bytes(wire: Wire) -> None:
    async with wire.connects() as ear:
        for size in (4096, 4097):
            await ear.socket.send_str(json.dumps({"op": 1, "d": "x" * (size - len('{"op": 1, "d": ""}'))}))
        await ear.hears(11)
        assert await ear.close_code() == 4002


async def test_a_session_that_is_unknown_or_a_number_beyond_is_invalid(
    wire: Wire, discord: FakeDiscord, mira: Person
) -> None:
    async with wire.connects() as ear:
        await resumes(ear, "nonsense", 1)
        assert await ear.hears(9) is False
        await ear.says(2, identity())
        session_id = (await ear.hears("READY"))["session_id"]
        async with wire.connects() as ahead:
            await resumes(ahead, session_id, 99)
            assert await ahead.close_code() == 4007
        discord.forgets_sessions()
        async with wire.connects() as late:
            await resumes(late, session_id, 1)
            assert await late.hears(9) is False


async def test_the_real_client_resumes_after_op_7_a_drop_and_garbage(
    discord: FakeDiscord, mira: Person
) -> None:
    async with running_bot(discord) as bot:
        for turn, lose in enumerate((discord.reconnects, discord.drops_connection)):
            await lose()
            await discord.until(lambda turn=turn: len(discord.gateway.resumes) > turn)
            await mira.writes(f"Turn {turn}")
            await mira.is_told(f"You said: Turn {turn}")
        await discord.dispatches("NOBODY_KNOWS_THIS", {"x": 1})
        await mira.writes("And now")
        await mira.is_told("You said: And now")
    assert bot.heard == ["Turn 0", "Turn 1", "And now"]
    assert len(discord.gateway.identifies) == 1


async def test_the_real_client_identifies_anew_when_its_session_is_forgotten(
    discord: FakeDiscord, mira: Person
) -> None:
    async with running_bot(discord):
        discord.forgets_sessions()
        await discord.reconnects()
        await discord.until(lambda: len(discord.gateway.identifies) == 2)
        await mira.writes("Hello")
        await mira.is_told("You said: Hello")


async def test_garbage_reaches_the_client_as_it_is(wire: Wire, discord: FakeDiscord) -> None:
    async with wire.identified() as ear:
        await ear.hears("READY")
        await discord.sends_garbage("{nonsense")
        with pytest.raises(json.JSONDecodeError):
            await ear.hears("MESSAGE_CREATE")


async def test_the_real_client_is_told_why_it_cannot_come_in() -> None:
    async with open_fake_discord(token="other") as discord:
        with pointing_at(discord):
            async with SmallBot() as bot:
                with pytest.raises(discord_py.LoginFailure):
                    await bot.start("fake-bot-token")
            too_many = discord_py.Intents(guilds=True, message_content=True)
            async with SmallBot(too_many) as bot:
                with pytest.raises(discord_py.PrivilegedIntentsRequired):
                    await bot.start("other")
        assert [one.status for one in discord.refused] == [401]


async def test_nobody_is_answered_while_nobody_is_on_the_line(
    wire: Wire, discord: FakeDiscord, mira: Person
) -> None:
    await wire.registers({"name": "call", "description": "Call"})
    asked = await mira.types("call")
    assert asked.acknowledged is None
    assert asked.acknowledged_after is None
    with pytest.raises(AssertionError, match="heard nothing"):
        await asked.answer(timeout=0.01)
