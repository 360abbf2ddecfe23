"""What members type about their telephone, what they have left, and calls that ring later."""

import re
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from bot.domain.call import CallState
from bot.fronts.lines import cancel_choices
from tests.scenarios.stage import open_stage
from tests.scenarios.telephone import DIAL, MIRAS, TOMS, open_exchange

pytestmark = pytest.mark.anyio

HOSTILE = [
    "/account {{secret__x}}",
    "/account " + "x" * 10_000,
    "/account phone {{system__caller_id}}",
    "/account phone " + "9" * 10_000,
    "/account phone +1 201 555 0123",
    "/account phone +49 900 1234567",
    "/account phone 112",
    "/account code " + "1" * 10_000,
    "/account code \x1b[2J",
    "/account remember {{x}}",
    "/account cancel ''; DROP TABLE calls",
    "/account cancel",
    "/account ring",
    "/account ring me",
    "/ring",
    "/call wizard by phone at " + "9" * 10_000,
    "/call wizard via:phone at:{{x}}",
    "/call wizard by {{x}}",
    "/call " + "by at about " * 1_000,
    "/call " + "via:phone at:" * 1_000,
]


def plain(shown: str) -> str:
    """Return what was shown without frames and line breaks."""
    return " ".join(re.sub(r"[│╭╮╰╯─]", " ", shown).split())


def code_in(words: str) -> str:
    """Return the code as it was read aloud."""
    return "".join(re.findall(r"\b\d\b", words)[:6])


async def rings(stage, number=MIRAS):
    """Wait until a telephone rings, and for nothing else."""
    stage.app.followup.nudge()
    return await stage.ringing(number)


async def gets_a_code(stage, member, number=MIRAS) -> str:
    """Ask for a code at a terminal, pick up, and return it."""
    await member.types(f"/account phone {number}")
    assert "Calling" in await member.types("1")
    phone = await rings(stage, number)
    await phone.answers()
    code = code_in(await phone.says("Yes, please."))
    await phone.hangs_up()
    await member.is_told("If the code was read to you")
    return code


async def test_a_member_adds_a_phone_is_read_a_code_and_is_rung_by_a_character(tmp_path):
    async with open_exchange(tmp_path) as stage:
        mira = stage.member("mira")
        assert "Write your number with + and country code" in await mira.types("/account phone")
        offered = plain(await mira.types("/account phone 01511 234 5678"))
        for said in ("+49 ••• 678", "AI voice", "transcribed by ElevenLabs", "stop calling", "yours"):
            assert said in offered
        assert MIRAS[3:] not in offered
        assert "within ten minutes" in await mira.types("1")
        phone = await rings(stage)
        assert "AI voice" in await phone.answers()
        code = code_in(await phone.says("Yes."))
        await phone.hangs_up()
        assert "/account code" in await mira.is_told("If the code was read to you")
        verified = await mira.types(f"/account code {code[:3]} {code[3:]}")
        assert "+49 ••• 678 is verified until" in verified
        shown = plain(await mira.calls("wizard by phone about my cat"))
        assert "Calling your phone (+49 ••• 678) now" in shown
        assert (
            "99 calls today and 985 minutes this month are left; 15 more are held until this call is over."
            in shown
        )
        ring = await rings(stage)
        assert "Is this Mira?" in await ring.answers()
        await ring.says("Yes, that is me.")
        await ring.says("My cat is called Fig.")
        await ring.hangs_up()
        await mira.is_told("Merlin will remember this")
        assert "is your phone already" in await mira.types(f"/account phone {MIRAS}")


async def test_a_code_that_is_written_during_its_call_needs_no_word_about_it_afterwards(tmp_path):
    async with open_exchange(tmp_path) as stage:
        mira = await stage.newcomer("mira")
        await mira.types(f"/account phone {MIRAS}")
        await mira.types("1")
        phone = await rings(stage)
        await phone.answers()
        code = code_in(await phone.says("Yes, please."))
        assert "is verified until" in await mira.types(f"/account code {code}")
        await phone.hangs_up()

        async def the_line_is_free() -> bool:
            return "Calling your phone" in await mira.types("/call wizard by phone")

        await stage.until(the_line_is_free)
        await (await rings(stage)).declines()
        await stage.tells(mira, "the line was busy")
        assert "within ten minutes" not in plain(mira.seen).partition("is verified until")[2]


async def test_forgetting_everything_counts_alike_before_and_after_and_says_what_stays(tmp_path):
    async with open_exchange(tmp_path) as stage:
        mira = stage.member("mira")
        code = await gets_a_code(stage, mira)
        await mira.types(f"/account code {code}")
        await mira.calls("wizard by phone at tomorrow 18:30")
        await mira.types("/call wizard")
        await mira.types("/call captain")
        asked = plain(await mira.types("/forget everything"))
        assert "your account: 2 calls." in asked
        assert "a number is never called if somebody there said so" in asked
        assert "what you used of this month's allowance" in asked
        assert "Erased here: 2 calls." in await mira.types("1")


async def test_wrong_codes_are_counted_and_the_fifth_is_the_last(tmp_path):
    async with open_exchange(tmp_path) as stage:
        mira = stage.member("mira")
        assert "No number of yours waits" in await mira.types("/account code 123456")
        code = await gets_a_code(stage, mira)
        wrong = f"{(int(code) + 1) % 1_000_000:06}"
        assert "A code is 6 digits" in await mira.types("/account code 12345x")
        for left in ("4 tries are", "3 tries are", "2 tries are", "1 try is"):
            assert left in await mira.types(f"/account code {wrong}")
        assert "void" in await mira.types(f"/account code {wrong}")
        assert "void" in await mira.types(f"/account code {code}")
        assert "waits for its code" not in await mira.types("/account")


async def test_a_code_is_good_for_ten_minutes_and_for_one_person(tmp_path):
    async with open_exchange(tmp_path) as stage:
        mira = stage.member("mira")
        code = await gets_a_code(stage, mira)
        tom = stage.member("tom")
        assert "No number of yours waits" in await tom.types(f"/account code {code}")
        await stage.passes(minutes=11)
        assert "good for ten minutes only" in await mira.types(f"/account code {code}")


async def test_the_account_shows_what_is_left_the_phone_and_what_is_scheduled(tmp_path):
    async with open_exchange(tmp_path, calls_per_day=3, minutes_per_month=30) as stage:
        mira = await stage.newcomer("mira", MIRAS)
        fresh = plain(await mira.types("/account"))
        assert "▰▰▰▰▰ 3 of 3 left" in fresh
        assert "▰▰▰▰▰ 30 of 30 left" in fresh
        assert "+49 ••• 678, verified until" in fresh
        assert "remembering is on" in fresh
        shown = plain(await mira.types("/call wizard by phone at tomorrow 18:30 about bees"))
        assert re.search(
            r"Merlin will ring \+49 ••• 678 on \w{3} \d+ \w{3}, 18:30 \(UTC\); /history cancels", shown
        )
        assert (
            "2 calls today and 15 minutes this month are left; 15 more are held until this call is over."
            in shown
        )
        seen = plain(await mira.types("/account"))
        assert "▰▰▰▱▱ 2 of 3 left" in seen
        assert "15 of 30 left" in seen
        assert "15 more are held until your calls are over; all back Thu 1 Apr" in seen
        assert seen.count("all back") == 2
        assert "all back" not in fresh
        assert "Scheduled Merlin · rings" in seen
        assert "Cancelled: Merlin will not ring" in await mira.types("1")
        assert "Scheduled" not in await mira.types("/account")
        assert "30 of 30 left" in await mira.types("/account")


async def test_a_call_says_how_long_it_may_last_when_little_is_left(tmp_path):
    async with open_stage(tmp_path, settings={"minutes_per_month": 20, "calls_per_day": 2}) as stage:
        mira = stage.member("mira")
        shown = plain(await mira.calls("wizard by chat"))
        assert "1 call today and 5 minutes this month are left; 15 more are held" in shown
        assert "may last" not in shown
        await mira.types("/hangup")
        await mira.is_told("Your call with Merlin")
        assert "0 calls today and" in plain(await mira.types("/call wizard by chat"))
        await mira.types("/hangup")
        used_up = plain(await mira.types("/call wizard"))
        assert "Your 2 calls of today are used up; there is more from" in used_up


async def test_the_last_minutes_are_named_as_the_length_of_the_call(tmp_path):
    async with open_stage(tmp_path, settings={"minutes_per_month": 4}) as stage:
        shown = plain(await stage.member("mira").calls("wizard"))
        assert (
            "This call may last 4 minutes. 2 calls today and 0 minutes this month are left; 4 more are held"
            in shown
        )


async def test_where_no_calls_are_allowed_nothing_is_said_to_come_back(tmp_path):
    async with open_exchange(tmp_path) as stage:
        olga, mira = stage.member("olga"), await stage.newcomer("mira", MIRAS)
        assert "no calls are allowed here" not in plain(await mira.types("/account"))
        await mira.types("/call wizard by phone at tomorrow 18:30")
        await olga.types("/troupe allowance mira minutes 0")
        seen = plain(await mira.types("/account"))
        assert "no calls are allowed here" in seen
        assert "all back" not in seen


async def test_calls_that_are_held_for_are_named_together(tmp_path):
    async with open_exchange(tmp_path) as stage:
        mira = await stage.newcomer("mira", MIRAS)
        await mira.types("/call wizard by phone at tomorrow 18:30")
        shown = plain(await mira.types("/call wizard by phone at tomorrow 19:30"))
        assert "970 minutes this month are left; 30 more are held until your calls are over." in shown


async def test_history_lists_scheduled_calls_first_and_cancels_them(tmp_path):
    async with open_exchange(tmp_path) as stage:
        mira = await stage.newcomer("mira", MIRAS)
        await mira.types("/call captain by phone at in 3 hours")
        await mira.types("/call character:wizard via:phone at:tomorrow 9:00 topic:bees")
        await mira.types("/call wizard")
        shown = await mira.types("/history")
        assert shown.index("Scheduled calls") < shown.index("Captain Nan") < shown.index("bees")
        assert shown.index("bees") < shown.index("newest first") < shown.index("link not used yet")
        assert shown.count("bees") == 1
        assert "Cancelled: Captain Nan" in await mira.types("1")
        after = await mira.types("/history")
        assert re.search(r"Captain Nan Tregarth · 10 Mar 2027, 1\d:\d\d · did not ring: you", plain(after))
        past_id = re.search(r"([0-9a-f]{8})\W+Merlin · rings", after)[1]
        assert "Nothing of" in await mira.types(f"/history {past_id}")
        tom = stage.member("tom")
        assert "You have no call" in await tom.types(f"/account cancel {past_id}")
        assert "Cancelled: Merlin" in await mira.types(f"/account cancel {past_id}")
        assert "not scheduled" in await mira.types(f"/account cancel {past_id}")


async def test_two_calls_do_not_ring_within_a_quarter_of_an_hour_of_each_other(tmp_path):
    async with open_exchange(tmp_path) as stage:
        mira = await stage.newcomer("mira", MIRAS)
        await mira.types("/call captain by phone at tomorrow 18:30")
        for time in ("18:16", "18:30", "18:44"):
            refused = plain(await mira.types(f"/call wizard by phone at tomorrow {time}"))
            assert "Captain Nan Tregarth is to ring you on Thu 11 Mar, 18:30 (UTC) already" in refused
        assert (await stage.left(mira))[0] == 99
        assert "will ring" in await mira.types("/call wizard by phone at tomorrow 18:45")
        assert "will ring" in await mira.types("/call wizard by phone at tomorrow 18:15")


async def test_buttons_that_cancel_can_be_told_apart(tmp_path):
    async with open_exchange(tmp_path) as stage:
        mira = await stage.newcomer("mira", MIRAS)
        house = stage.app.house
        for hour, topic in (("9", "bees"), ("10", "cats"), ("14", "cats"), ("15", "")):
            placed = await mira.types(f"/call wizard by phone about {topic or 'x'} at tomorrow {hour}:00")
            assert "will ring" in plain(placed), placed
        shown = plain(await mira.types("/account"))
        assert "Cancel Merlin, Thu 11 Mar, 09:00 (UTC) 2 Cancel" in shown
        talks = await house.store.fetch_scheduled((await stage.person(mira)).id)
        due_at = talks[0].call.due_at
        alike = tuple(replace(talk, call=replace(talk.call, due_at=due_at)) for talk in talks)
        labels = [choice.label for choice in cancel_choices(house, alike, {"wizard": "Merlin"})]
        assert len(set(labels)) == 4, labels
        assert labels[0] == "Cancel Merlin, Thu 11 Mar, 09:00 (UTC) · bees"
        assert labels[1] == f"Cancel Merlin, Thu 11 Mar, 09:00 (UTC) · {talks[1].id[:8]}"


async def test_a_time_is_read_or_refused_in_one_sentence(tmp_path):
    async with open_exchange(tmp_path) as stage:
        mira = await stage.newcomer("mira", MIRAS)
        far = stage.clock() + timedelta(days=9)
        for line, answer in (
            ("by phone at teatime", "I cannot read that as a time"),
            ("by phone at yesterday 18:30", "That time is over"),
            (f"by phone at {far.day}.{far.month}. 18:00", "at most 7 days ahead"),
            ("by link at 18:30", "Only a phone call can be scheduled"),
            ("by phone at tomorrow 3:00", "It may from"),
            ("at tomorrow 18:30", "Merlin will ring"),
        ):
            assert answer in plain(await mira.types(f"/call wizard {line}")), line


async def test_a_call_that_is_forgotten_before_it_began_used_nothing(tmp_path):
    async with open_exchange(tmp_path, calls_per_day=3, minutes_per_month=40) as stage:
        mira = await stage.newcomer("mira", MIRAS)
        for line in ("wizard by phone at tomorrow 18:30", "captain"):
            await mira.types(f"/call {line}")
        assert (await stage.left(mira))[0] == 1
        await mira.types("/forget wizard")
        assert "Erased here: 1 call" in await mira.types("1")
        assert (await stage.left(mira))[0] == 2
        await mira.types("/forget everything")
        await mira.types("1")
        assert await stage.left(mira) == (3, 40)


async def test_removing_the_phone_names_what_will_not_ring(tmp_path):
    async with open_exchange(tmp_path) as stage:
        mira = await stage.newcomer("mira", MIRAS)
        await mira.types("/call wizard by phone at tomorrow 18:30")
        asked = plain(await mira.types("/account phone remove"))
        assert "This forgets +49 ••• 678" in asked
        assert "Will not ring Merlin" in asked
        assert "Nothing was changed" in await mira.types("2")
        await mira.types("/account phone remove")
        assert "1 scheduled call will not ring" in await mira.types("1")
        assert "There is no phone of yours" in await mira.types("/account phone remove")
        assert "Add your phone first" in await mira.types("/call wizard by phone")
        assert "the phone was removed" in await mira.types("/history")


async def test_another_verified_number_takes_the_place_of_the_first_and_says_what_is_lost(tmp_path):
    async with open_exchange(tmp_path) as stage:
        mira = await stage.newcomer("mira", MIRAS)
        await mira.types("/call wizard by phone at tomorrow 18:30")
        code = await gets_a_code(stage, mira, TOMS)
        told = await mira.types(f"/account code {code}")
        assert "+49 ••• 679 is verified" in told
        assert "1 call that was scheduled for your former number will not ring" in told
        assert "+49 ••• 678" not in await mira.types("/account")


async def test_before_anything_is_forgotten_it_says_what_will_not_ring(tmp_path):
    async with open_exchange(tmp_path) as stage:
        mira = await stage.newcomer("mira", MIRAS)
        assert "will not ring" not in plain(await mira.types("/forget everything"))
        await mira.types("/call wizard by phone at tomorrow 18:30")
        for what in ("wizard", "everything"):
            assert "1 scheduled call will not ring then." in plain(await mira.types(f"/forget {what}"))
        assert "your phone and your account" in plain(await mira.types("/forget everything"))


async def test_a_number_of_somebody_else_or_without_calls_is_refused_at_once_without_saying_whose(tmp_path):
    async with open_exchange(tmp_path) as stage:
        await stage.newcomer("mira", MIRAS)
        tom = stage.member("tom")
        await stage.app.house.store.never_call(TOMS, stage.app.house.now())
        for number in (MIRAS, TOMS):
            asked = await tom.types(f"/account phone {number}")
            assert "This number cannot be used here" in asked
            assert "yours?" not in asked
        assert await stage.rung() == {}
        assert "None." in await tom.types("/account")


async def test_whose_phone_asked_for_no_calls_is_told_so_wherever_it_is_named(tmp_path):
    async with open_exchange(tmp_path) as stage:
        mira = await stage.newcomer("mira", MIRAS)
        await mira.types("/call captain by phone at tomorrow 18:30 about bees")
        await mira.types("/call wizard by phone")
        ring = await rings(stage)
        await ring.answers()
        await ring.says("Yes, that is me.")
        await ring.says("Please stop calling me.")

        async def both_are_told() -> bool:
            return "Memory" in mira.seen and "Make a link instead" in mira.seen

        await stage.until(both_are_told)
        told = plain(mira.seen)
        assert "Your call with Captain Nan Tregarth, Thu 11 Mar, 18:30" in told
        assert "Nothing was used. Take a private link instead." in told
        assert "ring again" not in told
        assert "Merlin will remember this. Somebody at your phone asked not to be called" in told
        account = plain(await mira.types("/account"))
        assert "+49 ••• 678, not rung any more: somebody there asked not to be called" in account
        assert "verified until" not in account
        again = plain(await mira.types(f"/account phone {MIRAS}"))
        assert "asked not to be called, so it is not; whoever runs Troupe can lift that" in again
        assert "rings it" not in again
        assert "11 Mar 2027, 18:30 · did not ring: somebody at that number" in plain(
            await mira.types("/history")
        )


async def test_where_the_phone_is_off_it_says_so(tmp_path):
    async with open_stage(tmp_path) as stage:
        mira = stage.member("mira")
        await mira.calls("wizard")
        for line in ("/account", "/account phone", f"/account phone {MIRAS}", "/call wizard by phone"):
            assert "switched off here" in plain(await mira.types(line))


async def test_a_phone_call_that_cannot_begin_is_refused_before_the_first_call_card(tmp_path):
    async with open_stage(tmp_path) as stage:
        shown = plain(await stage.member("mira").types("/call wizard by phone"))
        assert "switched off here" in shown
        assert "Before your first call" not in shown
    async with open_exchange(tmp_path) as stage:
        await stage.member("olga").types("/troupe pause a storm")
        shown = plain(await stage.member("tom").types("/call wizard by phone"))
        assert "Calls are paused at the moment: “a storm”." in shown
        assert "Before your first call" not in shown


async def test_remembering_is_switched_in_the_account_but_never_before_the_card_was_read(tmp_path):
    async with open_stage(tmp_path) as stage:
        mira = stage.member("mira")
        for value in ("on", "off"):
            assert "is an AI" in plain(await mira.types(f"/account remember {value}"))
        assert "Nothing was kept" in await mira.types("3")
        assert "Before your first call" in await mira.types("/call wizard")
        await mira.types("/account remember on")
        assert "Remembering is on" in await mira.types("1")
        assert "Merlin is ready" in await mira.types("/call wizard")
        assert "Remembering is off" in await mira.types("/account remember off")
        assert "remembering is off" in await mira.types("/account")


async def test_a_call_that_nobody_answered_offers_to_ring_again_or_a_link(tmp_path):
    async with open_exchange(tmp_path) as stage:
        mira = await stage.newcomer("mira", MIRAS)
        await mira.types("/call wizard by phone about bees")
        await (await rings(stage)).declines()
        told = plain(await mira.is_told("the line was busy"))
        assert "take a private link instead" in told
        assert "failed: the line was busy" in await mira.types("/history")
        again = re.search(r"(\d) Let Merlin ring again (\d) Make a link instead", told)
        await mira.types("/characters")
        assert again is not None
        await mira.types("/call wizard by phone")
        await (await rings(stage)).declines()
        told = plain(await mira.is_told("Make a link instead"))
        number = re.search(r"(\d+) Make a link instead", told)[1]
        assert "Merlin is ready" in await mira.types(number)


async def test_a_call_that_failed_says_whether_it_counts(tmp_path):
    async with open_exchange(tmp_path) as stage:
        mira = await stage.newcomer("mira", MIRAS)
        await mira.types("/call wizard by phone")
        await (await rings(stage)).declines()
        told = await stage.tells(mira, "private link instead.")
        assert "failed: the line was busy. It counts as one of today's calls. Let it ring again" in told
        assert (await stage.left(mira))[0] == 99
        await stage.goes_wrong(DIAL, "unsuccessful")
        await mira.types("/call wizard by phone")
        stage.app.followup.nudge()
        told = await stage.tells(mira, "private link instead.")
        assert "could not be connected. Nothing was used. Let it ring again" in told
        assert (await stage.left(mira))[0] == 99


def set_state(database, state):
    database.execute("UPDATE calls SET state = ?, is_told = 0", (state,))


async def test_history_has_words_for_every_state_of_every_delivery(tmp_path):
    async with open_exchange(tmp_path) as stage:
        mira = await stage.newcomer("mira", MIRAS)
        await mira.types("/call wizard by phone at tomorrow 18:30")
        await mira.types("/call wizard")
        await mira.types("/call wizard by chat")
        await mira.types("/hangup")
        await mira.is_told("Your call with Merlin")
        writer = stage.app.house.store.writer
        for state in CallState:
            await writer.write(partial(set_state, state=state.value))
            shown = await mira.types("/history")
            assert "Merlin" in shown
            assert state is CallState.SCHEDULED or "the recap could not be delivered" in shown


async def test_whatever_a_hostile_member_types_gets_one_sentence_and_rings_nobody(tmp_path):
    async with open_exchange(tmp_path) as stage:
        mira = await stage.newcomer("mira")
        for line in HOSTILE:
            shown = await mira.types(line)
            assert shown.strip(), line
            assert len(shown) < 2_000, line
            for bad in ("Traceback", "did not work", "out of order", "\x1b"):
                assert bad not in shown, line
        assert await stage.rung() == {}
