"""One person on several platforms: linked by a code, sharing what they choose, and parted again."""

import asyncio
import json
import re

import pytest

from bot.calls.linking import tell_linked
from bot.platforms import tell_what_waits
from tests.scenarios.stage import open_stage
from tests.scenarios.telephone import MIRAS, open_exchange, plain

pytestmark = pytest.mark.anyio

DISCORD, SLACK, OTHER_TEAM = "discord:app:U1", "slack:T1:U1", "slack:T2:U1"
"""The same id everywhere: it is no reason to take anybody for somebody else."""
SENTENCE = "What you said there becomes known to characters you call here, and the other way round."
APART, TOGETHER, NOT = "1", "2", "3"
"""The answers to "Is this you?"."""
PLENTY = {"calls_per_day": 50, "minutes_per_month": 500, "calls_at_once": 50}
GOOD_ONCE = "That code is not good. A code is good once and for ten minutes"


async def makes_a_code(member) -> str:
    shown = plain(await member.types("/account link"))
    return re.search(r"Your code is (\w{4}-\w{4}): give it", shown)[1]


async def links(first, second, how=APART) -> str:
    """Let the first make a code and the second write it and choose; return what the first is told."""
    code = await makes_a_code(first)
    assert "Is this you?" in await second.types(f"/account link {code}")
    assert "Linked with" in await second.types(how)
    return plain(await first.is_told("If that was not you"))


async def talks(browser, member, *words):
    """Let somebody call, talk and hang up."""
    await member.calls("wizard")
    await browser.talks(member.link(), *words)
    await member.is_told("will remember this")


async def starts_with(browser, member, character="wizard") -> str:
    """Return everything that a call of somebody's begins with; nothing is said in it that could be kept."""
    await member.calls(character)
    return json.dumps((await browser.presses(member.link()))["message"])


async def test_a_code_links_two_accounts_and_the_first_is_told(tmp_path):
    async with open_stage(tmp_path) as stage:
        mira, there = stage.member(DISCORD), stage.member(SLACK)
        code = await makes_a_code(mira)
        asked = plain(await there.types(f"/account link {code.lower().replace('-', ' ')}"))
        assert "This code is from U1 on Discord. Linked accounts have one allowance" in asked
        assert SENTENCE in asked
        assert "1 Share the allowance only 2 Share memory both ways 3 Don't link" in asked
        linked = plain(await there.types(APART))
        assert "Linked with U1 on Discord. You have one allowance, and memory is not shared." in linked
        told = plain(await mira.is_told("If that was not you"))
        assert "Your account was linked with U1 on Slack. If that was not you, unlink it. 1 Unlink" in told
        assert SENTENCE not in told
        assert "Linked U1 on Slack; the allowance is shared" in plain(await mira.types("/account"))
        assert "Linked U1 on Discord; the allowance is shared" in plain(await there.types("/account"))
        assert "app" not in there.seen + told
        assert "holds for all" not in asked


async def test_whoever_is_told_of_a_link_that_was_not_theirs_takes_it_back(tmp_path):
    async with open_stage(tmp_path) as stage:
        mira, there = stage.member(DISCORD), stage.member(SLACK)
        told = await links(mira, there, TOGETHER)
        assert f"linked with U1 on Slack. {SENTENCE} If that was not you, unlink it." in told
        sure = plain(await mira.types("1"))
        assert "Unlink U1 on Slack?" in sure
        assert "Each account keeps what was said there" in sure
        assert "Unlinked. U1 on Slack has its own memory and allowance again" in plain(await mira.types("1"))
        for member in (mira, there):
            assert "Linked" not in await member.types("/account")
            assert "No other account of yours is linked" in await member.types("/account unlink")


async def test_what_was_said_on_one_platform_is_known_on_the_other_once_that_is_chosen(tmp_path):
    async with open_stage(tmp_path, settings=PLENTY) as stage, stage.browser() as browser:
        mira, there = stage.member(DISCORD), stage.member(SLACK)
        await talks(browser, mira, "My cat is called Fig.")
        await talks(browser, there, "My boat is called Swan.")
        await links(mira, there, TOGETHER)
        for member, elsewhere in ((mira, "on Slack"), (there, "on Discord")):
            begins = await starts_with(browser, member)
            assert "Fig" in begins
            assert "Swan" in begins
            history = plain(await member.types("/history"))
            assert elsewhere in history
            memory = plain(await member.types("/memory wizard"))
            assert "Fig" in memory
            assert "Swan" in memory
        await there.types("/account unlink")
        assert "Unlinked." in await there.types("1")
        for member, own, other, elsewhere in (
            (mira, "Fig", "Swan", "on Slack"),
            (there, "Swan", "Fig", "on Discord"),
        ):
            begins = await starts_with(browser, member)
            assert own in begins
            assert other not in begins
            assert other not in await member.types("/memory wizard")
            assert elsewhere not in plain(await member.types("/history"))


async def test_sharing_is_switched_on_and_off_from_either_account(tmp_path):
    async with open_stage(tmp_path) as stage, stage.browser() as browser:
        mira, there = stage.member(DISCORD), stage.member(SLACK)
        await talks(browser, mira, "My cat is called Fig.")
        await links(mira, there, APART)
        asked = plain(await there.types("/account share"))
        assert "Share memory with U1 on Discord?" in asked
        assert SENTENCE in asked
        assert "Nothing was changed" in await there.types("2")
        assert "Fig" not in await there.types("/memory wizard")
        await there.types("/account share on")
        assert "Memory is shared with U1 on Discord." in await there.types("1")
        assert SENTENCE in plain(await mira.is_told("If that was not you"))
        assert "allowance and memory are shared" in plain(await mira.types("/account"))
        assert "Fig" in await there.types("/memory wizard")
        assert "Memory is not shared any more" in await mira.types("/account share off")
        assert "Fig" not in await there.types("/memory wizard")


async def test_with_the_allowance_alone_nothing_of_the_other_account_is_seen_anywhere(tmp_path):
    """Whatever somebody types, and whatever is sent to ElevenLabs, has no word of the other account."""
    brought = tmp_path / "past.json"
    brought.write_text(json.dumps({
        "profile": {"guild": "canary-profile"},
        "messages": [{"role": "user", "content": "canary-import"}],
    }))  # fmt: skip
    async with open_stage(tmp_path, settings=PLENTY) as stage, stage.browser() as browser:
        mira, there = stage.member(DISCORD), stage.member(SLACK)
        await talks(browser, mira, "canary-words are my favourite")
        await mira.types(f"/import {brought} wizard")
        await mira.types("1")
        await mira.types("/memory wizard add canary-fact is true")
        await mira.types("/call wizard about canary-topic")
        await links(mira, there, APART)
        begins = [await starts_with(browser, there, name) for name in ("wizard", "captain", "tutor")]
        for line in (
            "/account", "/history", "/history wizard", "/memory wizard", "/memory captain", "/characters",
            "/forget", "/forget wizard", "/forget everything", "/account phone", "/account share",
            "/account unlink", "/whisper hello", "/hangup", "/memory wizard delete 1",
            "/memory wizard correct 1 no", "/troupe", "/help",
        ):  # fmt: skip
            await there.types(line)
        calls = await stage.app.house.store.fetch_history(
            (await stage.app.house.store.find_person(mira.front._caller.account)).id
        )
        for talk in calls:
            for line in (f"/history {talk.id}", f"/forget {talk.id}", f"/account cancel {talk.id}"):
                await there.types(line)
        assert "canary" not in there.seen
        assert not [begin for begin in begins if "canary" in begin]
        assert "canary-words" in await mira.types("/memory wizard")


async def test_a_code_can_be_looked_at_and_left_and_is_good_for_one(tmp_path):
    async with open_stage(tmp_path) as stage:
        mira, there, other = stage.member(DISCORD), stage.member(SLACK), stage.member(OTHER_TEAM)
        code = await makes_a_code(mira)
        await there.types(f"/account link {code}")
        assert "Nothing was changed" in await there.types(NOT)
        assert "Linked" not in await there.types("/account")
        await there.types(f"/account link {code}")
        await other.types(f"/account link {code}")
        both = await asyncio.gather(there.types(APART), other.types(TOGETHER))
        assert sorted("Linked with U1 on Discord" in plain(shown) for shown in both) == [False, True]
        assert sum(GOOD_ONCE in plain(shown) for shown in both) == 1
        seen = [plain(await member.types("/account")) for member in (there, other)]
        assert sorted("U1 on Discord" in shown for shown in seen) == [False, True]


async def test_every_code_that_is_not_good_gets_the_same_answer_and_five_lock(tmp_path):
    async with open_stage(tmp_path) as stage:
        mira, there, other = stage.member(DISCORD), stage.member(SLACK), stage.member(OTHER_TEAM)
        expired = await makes_a_code(mira)
        await stage.later(minutes=10)
        used = await makes_a_code(mira)
        await other.types(f"/account link {used}")
        await other.types(APART)
        good = await makes_a_code(mira)
        answers = {
            await there.types(f"/account link {code}") for code in (expired, used, "ABCD-EFGH", "A2345678")
        }
        assert len(answers) == 1
        assert GOOD_ONCE in plain(answers.pop())
        for text in ("ABCD", "hello there, you", "ABCD-EFGH-JKMN", "{{x}}", "x" * 10_000):
            assert "eight letters and digits" in plain(await there.types(f"/account link {text}"))
        assert "too many wrong codes" in await there.types("/account link ABCD-EFGJ")
        assert "too many wrong codes" in await there.types(f"/account link {good}")
        assert "your own code" in await mira.types(f"/account link {good}")
        assert "linked already" in await other.types(f"/account link {good}")


async def test_codes_and_locks_outlive_a_restart(tmp_path):
    async with open_stage(tmp_path) as stage:
        mira, there, other = stage.member(DISCORD), stage.member(SLACK), stage.member(OTHER_TEAM)
        code = await makes_a_code(mira)
        for _ in range(5):
            await there.types("/account link ABCD-EFGH")
    async with open_stage(tmp_path) as stage:
        mira, there, other = stage.member(DISCORD), stage.member(SLACK), stage.member(OTHER_TEAM)
        assert "too many wrong codes" in await there.types(f"/account link {code}")
        await other.types(f"/account link {code}")
        assert "Linked with U1 on Discord" in await other.types(TOGETHER)
        await stage.later(minutes=10)
        code = await makes_a_code(mira)
        asked = plain(await there.types(f"/account link {code}"))
        assert "This code is from U1 on Discord and U1 on Slack" in asked
        assert "What you choose holds for all linked accounts." in asked


async def test_a_link_is_told_as_soon_as_the_first_account_can_be_reached(tmp_path):
    async with open_stage(tmp_path) as stage:
        mira = stage.member(DISCORD)
        code = await makes_a_code(mira)
        there = stage.member(SLACK)
        stage.app.posters.pop("discord")
        await there.types(f"/account link {code}")
        await there.types(APART)
        asked = await stage.app.house.store.find_person(mira.front._caller.account)
        await stage.later(minutes=6)  # its next attempt is as far away once the clock is back
    async with open_stage(tmp_path) as stage:
        mira = stage.member(DISCORD)
        await tell_what_waits(stage.app.house, stage.app.followup)
        await mira.is_told("Your account was linked with U1 on Slack")
        await mira.types("/account unlink")
        await mira.types("1")
        assert await tell_linked(stage.app.house, asked.id) is None


async def test_of_three_accounts_one_is_unlinked_and_the_others_stay(tmp_path):
    async with open_stage(tmp_path) as stage:
        mira, there, home = stage.member(DISCORD), stage.member(SLACK), stage.member("mira")
        await links(mira, there)
        await links(mira, home)
        shown = plain(await home.types("/account"))
        assert re.search(r"Linked U1 on (Discord and U1 on Slack|Slack and U1 on Discord); the", shown)
        which = plain(await home.types("/account unlink"))
        assert "3 Unlink this account" in which
        number = re.search(r"(\d) Unlink U1 on Slack", which)[1]
        assert "Unlink U1 on Slack?" in await home.types(number)
        assert "Unlinked. U1 on Slack has its own memory" in plain(await home.types("1"))
        assert "Linked" not in await there.types("/account")
        assert "Linked U1 on Discord; the" in plain(await home.types("/account"))
        assert "That account is not linked" in await home.types("/account unlink slack")
        assert "Unlink U1 on Discord?" in await home.types("/account unlink discord")
        assert "Unlink this account?" in await home.types("/account unlink this")
        assert "Unlinked. This account has its own memory" in await home.types("1")


async def test_linked_accounts_use_up_one_allowance(tmp_path):
    async with open_stage(tmp_path, settings={"minutes_per_month": 500}) as stage:
        mira, there = stage.member(DISCORD), stage.member(SLACK)
        for member in (mira, there):
            await member.calls("wizard by chat")
            await member.types("/hangup")
        await links(mira, there)
        assert "1 of 3 left" in plain(await mira.types("/account"))
        assert "0 calls today" in plain(await mira.types("/call wizard"))
        assert "Your 3 calls of today are used up" in plain(await there.types("/call wizard"))
        await mira.types("/troupe allowance discord:app:U1 calls 2")
        assert "set for you by whoever manages Troupe" in plain(await there.types("/account"))
        await mira.types("/troupe block slack:T1:U1")
        assert "Blocked" in await mira.types("/account")
        await there.types("/account unlink")
        await there.types("1")
        assert "Blocked" not in await mira.types("/account")


async def test_forgetting_everything_names_the_accounts_that_go_along(tmp_path):
    async with open_stage(tmp_path, settings=PLENTY) as stage, stage.browser() as browser:
        mira, there = stage.member(DISCORD), stage.member(SLACK)
        await talks(browser, mira, "My cat is called Fig.")
        await talks(browser, there, "My boat is called Swan.")
        await mira.types("/forget everything")
        await links(mira, there, TOGETHER)
        mira.front._choices = ()
        sure = plain(await mira.types("/forget everything"))
        assert "and the same of U1 on Slack, with whom memory is shared: 2 calls" in sure
        gone = plain(await mira.types("1"))
        assert "Erased here: 2 calls" in gone
        assert "That includes U1 on Slack." in gone
        assert "There are no calls yet" in await there.types("/history")
        assert "Before your first call" in await there.types("/call wizard")


async def test_a_confirmation_from_before_the_link_erases_nobody_else(tmp_path):
    async with open_stage(tmp_path) as stage, stage.browser() as browser:
        mira, there = stage.member(DISCORD), stage.member(SLACK)
        await talks(browser, mira, "My cat is called Fig.")
        code = await makes_a_code(mira)
        await mira.types("/forget everything")
        await there.types(f"/account link {code}")
        await there.types(TOGETHER)
        assert "and the same of U1 on Slack" in plain(await mira.types("1"))
        assert "1 call" in await mira.types("/forget wizard")


async def test_forgetting_everything_leaves_an_account_that_shares_the_allowance_only(tmp_path):
    async with open_stage(tmp_path) as stage, stage.browser() as browser:
        mira, there = stage.member(DISCORD), stage.member(SLACK)
        await talks(browser, there, "My boat is called Swan.")
        await links(mira, there, APART)
        sure = plain(await mira.types("/forget everything"))
        assert "U1 on Slack" not in sure
        assert "That includes" not in await mira.types("1")
        assert "Linked" not in await there.types("/account")
        assert "Swan" in await there.types("/memory wizard")


async def test_facts_of_a_linked_account_say_where_they_are_and_can_be_corrected(tmp_path):
    async with open_stage(tmp_path) as stage:
        mira, there = stage.member(DISCORD), stage.member(SLACK)
        for member in (mira, there):
            await member.types("/account remember on")
            await member.types("1")
        await mira.types("/memory wizard add I keep bees")
        await links(mira, there, TOGETHER)
        seen = plain(await there.types("/memory wizard")).partition("Merlin is to know about you")[2]
        assert "I keep bees" in seen
        assert "· on Discord" in seen
        await there.types("/memory wizard correct 1 I keep goats")
        assert "I keep goats" in await mira.types("/memory wizard")
        await there.types("/account unlink")
        await there.types("1")
        assert "goats" not in await there.types("/memory wizard")
        assert "goats" in await mira.types("/memory wizard")


async def test_who_switches_remembering_off_shares_nothing_and_is_told_nothing(tmp_path):
    async with open_stage(tmp_path, settings=PLENTY) as stage, stage.browser() as browser:
        mira, there = stage.member(DISCORD), stage.member(SLACK)
        await talks(browser, mira, "My cat is called Fig.")
        await talks(browser, there, "My boat is called Swan.")
        await links(mira, there, TOGETHER)
        await there.types("/account remember off")
        assert "Fig" not in await starts_with(browser, there)
        assert "Swan" not in await starts_with(browser, mira)
        shown = plain(await mira.types("/account"))
        assert "U1 on Slack; the allowance is shared, and memory where remembering is on" in shown


async def test_a_number_that_was_verified_on_one_platform_rings_for_the_other(tmp_path):
    async with open_exchange(tmp_path) as stage:
        mira = await stage.newcomer(DISCORD, MIRAS)
        there = await stage.newcomer(SLACK)
        assert "Add your phone first" in plain(await there.types("/call wizard by phone"))
        await links(mira, there)
        assert "+49 ••• 678, verified on Discord until" in plain(await there.types("/account"))
        assert "is your phone already" in plain(await there.types(f"/account phone {MIRAS}"))
        assert "Calling your phone (+49 ••• 678)" in plain(await there.types("/call wizard by phone"))
        stage.app.followup.nudge()
        ring = await stage.ringing(MIRAS)
        assert "is under way already" in plain(await mira.types("/call wizard by phone"))
        await ring.declines()
        await stage.tells(there, "the line was busy")
        assert "will ring" in plain(await there.types("/call wizard by phone at tomorrow 18:30"))
        await there.types("/account unlink")
        await there.types("1")
        assert "did not ring you: the phone was removed" in plain(
            await stage.tells(there, "the phone was removed")
        )
        assert "None." in plain(await there.types("/account"))
        assert "verified until" in plain(await mira.types("/account"))


async def test_a_number_can_be_removed_from_either_account(tmp_path):
    async with open_exchange(tmp_path) as stage:
        mira = await stage.newcomer(DISCORD, MIRAS)
        there = await stage.newcomer(SLACK)
        await links(mira, there)
        assert "This forgets +49 ••• 678" in plain(await there.types("/account phone remove"))
        assert "is forgotten" in await there.types("1")
        assert "None." in plain(await mira.types("/account"))


async def test_equal_ids_in_two_workspaces_stay_two_people(tmp_path):
    async with open_stage(tmp_path, settings=PLENTY) as stage, stage.browser() as browser:
        mira, there, stranger = stage.member(DISCORD), stage.member(SLACK), stage.member(OTHER_TEAM)
        await links(mira, there, TOGETHER)
        await talks(browser, mira, "My cat is called Fig.")
        assert "Linked" not in await stranger.types("/account")
        assert "Fig" not in await starts_with(browser, stranger)
        assert "Fig" in await starts_with(browser, there)
