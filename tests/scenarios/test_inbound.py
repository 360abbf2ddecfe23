"""Somebody rings the agent's number: who they are is nobody's business until they say so."""

import shutil
import sqlite3
from contextlib import closing

import pytest

from bot.calls.placing import Wish, place
from bot.domain.call import CallState
from bot.domain.errors import CallerError
from bot.domain.reply import Ask
from bot.fronts import commands
from tests.scenarios.stage import PERSONAS
from tests.scenarios.telephone import ANNAS, MIRAS, Exchange, Telephone, caller_of, open_exchange

pytestmark = pytest.mark.anyio

CANARY = "a cat named Fig"
MERLIN = "Merlin here, an AI character from this community. This call is transcribed. Who is this?"
WHAT = "What do you remember about me?"
NOT_NOW = "no calls are possible at the moment"


async def rings(stage: Exchange, number: str = MIRAS) -> tuple[Telephone, str]:
    """Ring the agent, and return the telephone and the first words."""
    rung = await stage.ask_sandbox("inbound", {"from_number": number, "number": "phnum_sandbox"})
    assert rung["failure"] is None
    words = "\n".join(rung["words"])
    return Telephone(stage, rung["call_sid"], "+15005550006", heard=words), words


async def mira_told_merlin(stage: Exchange):
    """Let Mira have a number, and tell Merlin something on the telephone."""
    mira = await stage.newcomer("mira", MIRAS)
    placed = await stage.asks(mira)
    await (await stage.ringing()).talks(f"I have {CANARY}.")
    await mira.is_told("Merlin will remember this")
    await stage.comes_to(placed.call, CallState.DONE)
    return mira


async def everything_here(stage: Exchange, folder) -> str:
    """Return what is stored, as text."""
    with closing(sqlite3.connect(folder / "troupe.db")) as database:
        return "\n".join(database.iterdump())


async def settings_of(stage: Exchange, phone: Telephone) -> tuple[dict, dict]:
    """Return the variables and the override that a call began with."""
    data = (await phone.conversation())["conversation_initiation_client_data"]
    return data["dynamic_variables"], data["conversation_config_override"]


async def is_erased_there(stage: Exchange, phone: Telephone) -> bool:
    (call,) = [one for one in await stage.carrier_log(phone.number) if one["call_sid"] == phone.call_sid]
    return await stage.is_erased_there(call["conversation_id"])


async def test_the_owner_is_remembered_once_they_say_who_they_are(tmp_path):
    async with open_exchange(tmp_path, takes_calls=True) as stage:
        mira = await mira_told_merlin(stage)
        assert "is not remembered (/account phone inbound on)" in await mira.types("/account")
        assert "once they say that it is you" in await mira.types("/account phone inbound on")
        assert "is remembered once they say that it is you" in await mira.types("/account")
        phone, first = await rings(stage)
        assert first == MERLIN
        assert "Fig" not in await phone.says(f"Guess! {WHAT}")
        assert "Fig" not in await phone.says(f"I am Tom. {WHAT}")
        assert "Fig" in await phone.says(f"This is Mira, really. {WHAT}")
        await phone.hangs_up()
        assert "remembers nobody then" in await mira.types("/account phone inbound off")


async def test_without_the_owner_s_wish_nothing_is_told_even_to_them(tmp_path):
    async with open_exchange(tmp_path, takes_calls=True) as stage:
        await mira_told_merlin(stage)
        phone, first = await rings(stage)
        assert first == MERLIN
        assert "Fig" not in await phone.says(f"This is Mira. {WHAT}")
        await phone.hangs_up()
        variables, override = await settings_of(stage, phone)
        assert "Fig" not in f"{variables}{override}"
        assert "Mira" not in f"{variables}{override}"
        assert variables["user_name"] == "friend"


async def test_whoever_does_not_want_to_be_remembered_is_not(tmp_path):
    async with open_exchange(tmp_path, takes_calls=True) as stage:
        mira = await mira_told_merlin(stage)
        await mira.types("/account phone inbound on")
        await mira.types("/account remember off")
        phone, _ = await rings(stage)
        variables, override = await settings_of(stage, phone)
        assert "Mira" not in f"{variables}{override}"
        assert "Fig" not in await phone.says(f"This is Mira. {WHAT}")
        await phone.says("I also have a dog named Rex.")
        await phone.hangs_up()
        await mira.is_told("Nothing that was said is kept")
        assert "Rex" not in await everything_here(stage, tmp_path)


async def test_a_call_is_kept_once_its_owner_says_that_it_was_them(tmp_path):
    async with open_exchange(tmp_path, takes_calls=True) as stage:
        mira = await mira_told_merlin(stage)
        calls, minutes = await stage.left(mira)
        phone, _ = await rings(stage)
        await phone.says("Yes, that is me, Mira. I also have a dog named Rex.")
        await stage.passes(seconds=61)
        await phone.hangs_up()
        told = await mira.is_told("Somebody rang Merlin from your number. Was this you?")
        assert "Yes, remember it" in told
        assert await stage.left(mira) == (calls - 1, minutes - 2)
        before = await mira.types("/memory wizard")
        assert "Rex" not in before
        assert "waits for you to say that it was you" in await mira.types("/history")
        talks = await stage.app.house.store.fetch_history((await stage.person(mira)).id)
        (held,) = [talk.id for talk in talks if talk.held]
        shown = await mira.types(f"/history {held[:8]}")
        assert "As a text file" not in shown
        with pytest.raises(CallerError, match="Say first that this talk was yours"):
            await commands.answer(
                stage.app.house, Ask(caller_of(mira), "history", {"call": held, "as": "json"})
            )
        assert "is remembered" in await mira.types("1")
        assert "As a text file" in await mira.types(f"/history {held[:8]}")
        assert "Rex" in await mira.types("/memory wizard")


async def test_of_a_forged_call_nothing_is_told_and_nothing_is_left(tmp_path):
    async with open_exchange(tmp_path, takes_calls=True) as stage:
        mira = await mira_told_merlin(stage)
        await mira.types("/account phone inbound on")
        phone, first = await rings(stage)
        assert first == MERLIN
        await phone.says(f"My name is Mallory. {WHAT}")
        await phone.says("I never paid for the hat.")
        await phone.hangs_up()
        assert "Fig" not in phone.heard
        assert "Mira" not in phone.heard
        await mira.is_told("Was this you?")
        assert "never paid" not in await mira.types("/memory wizard")
        await stage.passes(days=7, seconds=1)
        await stage.app.house.store.cleaned()
        assert "never paid" not in await everything_here(stage, tmp_path)
        assert CANARY in await everything_here(stage, tmp_path)
        await stage.until(lambda: is_erased_there(stage, phone))


async def test_a_stranger_talks_three_minutes_and_leaves_nothing(tmp_path):
    async with open_exchange(tmp_path, takes_calls=True, inbound_character="captain") as stage:
        await mira_told_merlin(stage)
        used = (await stage.app.house.store.fetch_used_minutes("", stage.clock()))[1]
        phone, first = await rings(stage, ANNAS)
        assert first.startswith("Captain ")
        assert "Fig" not in await phone.says(f"This is Mira. {WHAT}")
        await phone.says("My parrot is called Zed.")
        variables, override = await settings_of(stage, phone)
        assert override["conversation"] == {"max_duration_seconds": 180}
        assert (await phone.conversation())["user_id"] is None
        await stage.passes(seconds=181)
        await stage.passes(minutes=2)
        await stage.until(lambda: is_erased_there(stage, phone))
        assert (await stage.app.house.store.fetch_used_minutes("", stage.clock()))[1] in (used + 3, used + 4)
        for trace in ("Zed", ANNAS, variables["call_ref"]):
            assert trace not in await everything_here(stage, tmp_path)
        month = f"{stage.clock():%Y-%m}"
        cost = await stage.app.house.store.fetch_cost(month)
        assert "captain" in {line.name for line in cost.by_character}


async def test_whoever_talked_with_a_character_that_left_gets_the_one_for_strangers(tmp_path):
    cast = tmp_path / "cast"
    shutil.copytree(PERSONAS, cast)
    async with open_exchange(tmp_path, takes_calls=True, personas=cast, inbound_character="tutor") as stage:
        await mira_told_merlin(stage)
        (cast / "wizard.md").unlink()
        stage.app.house.cast.refresh()
        phone, first = await rings(stage)
        assert not first.startswith("Merlin")
        variables, _ = await settings_of(stage, phone)
        assert variables["character"] == "tutor"


async def test_the_last_character_answers(tmp_path):
    async with open_exchange(tmp_path, takes_calls=True, inbound_character="tutor") as stage:
        mira = await stage.newcomer("mira", MIRAS)
        placed = await stage.asks(mira, "captain")
        await (await stage.ringing()).talks("Ahoy.")
        await stage.comes_to(placed.call, CallState.DONE)
        phone, _ = await rings(stage)
        variables, _ = await settings_of(stage, phone)
        assert variables["character"] == "captain"


async def is_turned_away(stage: Exchange, number: str = MIRAS) -> bool:
    """Ring the agent; say whether no call is possible, and see that this is short and tells nothing."""
    phone, first = await rings(stage, number)
    if NOT_NOW not in first:
        await phone.hangs_up()
        return False
    assert first.endswith("Goodbye.")
    variables, override = await settings_of(stage, phone)
    assert override["conversation"] == {"max_duration_seconds": 20}
    assert "Fig" not in f"{variables}{override}"
    assert await phone.says("But I want to talk!") == "Goodbye!"
    assert (await phone.conversation())["status"] in {"processing", "done"}
    return True


async def test_whoever_cannot_be_talked_with_is_told_so_shortly(tmp_path):
    async with open_exchange(tmp_path, takes_calls=True, calls_at_once=9) as stage:
        mira = await mira_told_merlin(stage)
        await mira.types("/account phone inbound on")
        await mira.types("/troupe pause for maintenance")
        assert await is_turned_away(stage)
        assert await is_turned_away(stage, ANNAS)
        await mira.types("/troupe resume")
        await mira.types("/troupe block console:mira")
        assert await is_turned_away(stage)
        assert not await is_turned_away(stage, ANNAS)
        await mira.types("/troupe unblock console:mira")
        await mira.types("/troupe allowance console:mira minutes 3")
        phone, _ = await rings(stage)
        _, override = await settings_of(stage, phone)
        assert override["conversation"] == {"max_duration_seconds": 120}
        await phone.hangs_up()
        await mira.is_told("nothing came of it: nobody said anything")
        await mira.types("/troupe allowance console:mira minutes 1")
        assert await is_turned_away(stage)
        assert not await is_turned_away(stage, ANNAS)
        talks = await stage.app.house.store.fetch_history((await stage.person(mira)).id)
        assert len(talks) == 2


async def test_nobody_is_talked_with_once_lines_or_money_are_used_up(tmp_path):
    async with open_exchange(tmp_path, takes_calls=True, calls_at_once=1, cost_per_month=10) as stage:
        phone, first = await rings(stage, ANNAS)
        assert NOT_NOW not in first
        assert await is_turned_away(stage, "+4915112345677")
        await phone.hangs_up()
        await stage.passes(minutes=5)
        month = f"{stage.clock():%Y-%m}"
        assert await stage.app.house.store.fetch_total_cost(month) >= 10
        assert await is_turned_away(stage, "+4915112345677")


async def test_stop_calling_is_heard_from_everybody_who_rings(tmp_path):
    async with open_exchange(tmp_path, takes_calls=True) as stage:
        mira = await mira_told_merlin(stage)
        phone, _ = await rings(stage)
        assert "you will not be called again" in await phone.says("Stop calling this number!")
        await mira.is_told("Was this you?")
        store = stage.app.house.store
        assert await store.is_not_to_be_called(MIRAS)
        phone, _ = await rings(stage, ANNAS)
        await phone.says("Stop calling me!")
        await stage.passes(minutes=5)
        await stage.until(lambda: store.is_not_to_be_called(ANNAS))
        phone, _ = await rings(stage)
        _, override = await settings_of(stage, phone)
        assert override["conversation"] == {"max_duration_seconds": 180}


async def test_a_second_call_from_the_same_number_is_a_stranger_s(tmp_path):
    async with open_exchange(tmp_path, takes_calls=True, calls_at_once=9) as stage:
        mira = await mira_told_merlin(stage)
        await mira.types("/account phone inbound on")
        await rings(stage)
        second, first = await rings(stage)
        assert NOT_NOW not in first
        assert "Fig" not in await second.says(f"This is Mira. {WHAT}")
        _, override = await settings_of(stage, second)
        assert override["conversation"] == {"max_duration_seconds": 180}


async def test_a_number_that_lapsed_is_a_stranger_s(tmp_path):
    async with open_exchange(tmp_path, takes_calls=True) as stage:
        mira = await mira_told_merlin(stage)
        await mira.types("/account phone inbound on")
        await stage.passes(days=181)
        phone, _ = await rings(stage)
        assert "Fig" not in await phone.says(f"This is Mira. {WHAT}")
        assert (await phone.conversation())["user_id"] is None


async def test_whoever_rings_while_the_database_is_locked_is_answered(tmp_path):
    async with open_exchange(tmp_path, takes_calls=True) as stage:
        mira = await mira_told_merlin(stage)
        await mira.types("/account phone inbound on")
        with closing(sqlite3.connect(tmp_path / "troupe.db", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            phone, first = await rings(stage)
            assert "Who is this?" in first
            assert "Fig" not in await phone.says(f"This is Mira. {WHAT}")
            other.execute("ROLLBACK")
        await phone.hangs_up()


async def test_where_links_are_hosted_the_workflow_plays_who_answers(tmp_path):
    async with open_exchange(tmp_path, takes_calls=True, hosted=True) as stage:
        mira = await stage.newcomer("mira", MIRAS)
        await place(stage.app.house, caller_of(mira), "wizard", Wish())
        phone, first = await rings(stage)
        assert first.endswith("Who is this?")
        variables, override = await settings_of(stage, phone)
        assert override == {}
        assert variables["cast_as"] == variables["character"] != "none"


async def test_what_no_webhook_brought_home_is_fetched(tmp_path):
    async with open_exchange(tmp_path, takes_calls=True, webhooks=False) as stage:
        mira = await stage.newcomer("mira", MIRAS)
        phone, _ = await rings(stage)
        await phone.says("This is Mira. I have a dog named Rex.")
        await phone.hangs_up()
        await stage.passes(seconds=30)
        await stage.passes(seconds=30)
        await mira.is_told("Was this you?")
        (talk,) = await stage.app.house.store.fetch_history((await stage.person(mira)).id)
        assert talk.held
