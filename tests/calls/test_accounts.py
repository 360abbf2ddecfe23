"""Adding a telephone: everything of it is kept, or nothing."""

from pathlib import Path

import pytest

from bot.calls import accounts
from bot.domain.caller import Caller, parse_account
from bot.domain.errors import AllowanceUsedUp, CallerError, CallNotFound, CallRefused, NumberNotAllowed
from bot.domain.phone import CODE_LIFETIME
from tests.scenarios.stage import open_stage

pytestmark = pytest.mark.anyio

MIRA = Caller(parse_account("mira"), "Mira")
NUMBER, OTHER = "+49 1512 3456789", "+49 1512 3456780"
GERMAN = {"phone_countries": "DE"}


async def phones_of(house, caller=MIRA):
    return (await accounts.see_account(house, caller)).phones


async def asks(house, number=NUMBER, caller=MIRA):
    offer = await accounts.propose_phone(house, caller, number)
    return await accounts.request_code(house, caller, number, offer.version)


async def is_read(stage, code):
    """Let the phone ring, and the code that is read there be this one."""
    house = stage.app.house

    stage.app.followup.nudge()

    async def has_a_code():
        phone = (await phones_of(house))[0]
        return phone.code_expires_at or phone.verified_at

    await stage.until(has_a_code)
    phone = (await phones_of(house))[0]
    await house.store.set_code(phone.id, code, house.now() + CODE_LIFETIME)


async def test_what_its_owner_agrees_to_names_the_masked_number_and_is_kept_without_it(tmp_path: Path):
    async with open_stage(tmp_path, settings=GERMAN) as stage:
        await stage.comes_noon()
        house = stage.app.house
        offer = await accounts.propose_phone(house, MIRA, NUMBER)
        for said in (
            "+49 ••• 789",
            "AI voice",
            "transcribed by ElevenLabs",
            "this community",
            "stop calling",
        ):
            assert said in offer.text
        assert "3456" not in offer.text
        assert offer.version == accounts.consent_version(house.terms)
        assert not await phones_of(house)
        await asks(house)
        stored = await house.store.writer.write(all_texts)
        assert stored == [accounts.consent_text(house.terms, "{number}")]


def all_texts(database):
    return [row["text"] for row in database.execute("SELECT text FROM consent_texts").fetchall()]


async def test_a_code_that_is_refused_keeps_no_number_and_spoils_no_other_code(tmp_path: Path):
    async with open_stage(tmp_path, settings=GERMAN) as stage:
        await stage.comes_noon()
        house = stage.app.house
        await house.store.pause("a storm", house.now())
        with pytest.raises(CallRefused, match="a storm"):
            await asks(house)
        assert not await phones_of(house)
        await house.store.resume()
        await asks(house)
        before = await phones_of(house)
        for number in (NUMBER, OTHER):
            with pytest.raises(CallRefused, match="under way"):
                await asks(house, number)
        assert [phone.id for phone in await phones_of(house)] == [phone.id for phone in before]


async def test_an_agreement_to_another_text_is_none(tmp_path: Path):
    async with open_stage(tmp_path, settings=GERMAN) as stage:
        await stage.comes_noon()
        with pytest.raises(CallerError, match="has changed"):
            await accounts.request_code(stage.app.house, MIRA, NUMBER, "0" * 12)
        assert not await phones_of(stage.app.house)


async def test_no_telephone_is_asked_for_a_code_at_night(tmp_path: Path):
    async with open_stage(tmp_path, settings=GERMAN) as stage:
        await stage.comes_noon("Pacific/Honolulu")
        with pytest.raises(NumberNotAllowed, match="It may from"):
            await asks(stage.app.house)


async def test_codes_have_a_budget(tmp_path: Path):
    async with open_stage(tmp_path, settings=GERMAN) as stage:
        await stage.comes_noon()
        house = stage.app.house
        for _ in range(3):
            called = await asks(house)
            await house.store.expire_call(called.call_id, house.now())
        await stage.later()
        await stage.rests()
        kept = await phones_of(house)
        with pytest.raises(AllowanceUsedUp, match="codes"):
            await asks(house)
        assert await phones_of(house) == kept


async def test_a_code_may_be_written_as_people_write(tmp_path: Path):
    async with open_stage(tmp_path, settings=GERMAN) as stage:
        await stage.comes_noon()
        house = stage.app.house
        await asks(house)
        for code in ("123 456", "123-456", "１２３４５６", "١٢٣٤٥٦", " 123\u00a0456 "):
            await is_read(stage, "123456")
            answer = await accounts.write_code(house, MIRA, code)
            assert (answer.verdict, answer.number) == ("verified", "+49 ••• 789")


async def test_what_is_no_code_costs_no_try(tmp_path: Path):
    async with open_stage(tmp_path, settings=GERMAN) as stage:
        await stage.comes_noon()
        house = stage.app.house
        await asks(house)
        await is_read(stage, "123456")
        for text in ("", "12345", "1234567", "12345a", "{{x}}", "1" * 10_000, "123456\0"):
            with pytest.raises(CallerError, match="6 digits"):
                await accounts.write_code(house, MIRA, text)
        left = [(await accounts.write_code(house, MIRA, "000000")) for _ in range(5)]
        assert [(one.verdict, one.tries_left) for one in left] == [
            ("wrong", 4), ("wrong", 3), ("wrong", 2), ("wrong", 1), ("used_up", 0),
        ]  # fmt: skip
        assert (await accounts.write_code(house, MIRA, "123456")).verdict == "used_up"


async def test_nobody_else_can_write_the_code_or_cancel_the_call(tmp_path: Path):
    async with open_stage(tmp_path, settings=GERMAN) as stage:
        await stage.comes_noon()
        house = stage.app.house
        called = await asks(house)
        await is_read(stage, "123456")
        ben = Caller(parse_account("ben"), "Ben")
        assert (await accounts.write_code(house, ben, "123456")).verdict == "none"
        with pytest.raises(CallNotFound):
            await accounts.cancel(house, ben, called.call_id)
        with pytest.raises(CallNotFound, match="nothing to cancel"):
            await accounts.cancel(house, MIRA, called.call_id)
