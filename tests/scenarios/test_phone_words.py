"""What is said and sent on a telephone, and which telephones ring at all."""

import phonenumbers
import pytest
from phonenumbers import PhoneNumberFormat, PhoneNumberType

from bot.calls.accounts import consent_version, propose_phone, request_code
from bot.calls.placing import Wish, place
from bot.domain.call import CallState
from bot.domain.caller import Caller, PersonId, parse_account
from bot.domain.errors import NumberNotAllowed
from bot.domain.phone import CODE_LIFETIME, Phone, PhoneConsent
from tests.scenarios.telephone import MIRAS, NOON, NUMBERS, open_exchange, two_clocks
from tests.test_check import in_a_thread

pytestmark = pytest.mark.anyio

CAST = ("wizard", "captain", "coach", "detective", "tutor")
ALLOWED = {"DE", "GB", "CA"}


async def sent_to(stage, number: str = MIRAS) -> dict:
    """Return what the newest call to a number was started with."""
    newest = (await stage.carrier_log(number))[-1]
    _, conversation = await stage.fetches(newest["conversation_id"])
    return conversation["conversation_initiation_client_data"]


@pytest.mark.parametrize("character", CAST)
async def test_no_character_says_first_what_it_remembers(tmp_path, character):
    async with open_exchange(tmp_path, community_name="The Guild") as stage:
        mira = await stage.newcomer("mira", MIRAS)
        name = stage.app.house.cast.of_slug(character).name
        await stage.asks(mira, character)
        await (await stage.ringing()).talks("My cat Zeppelina has fleas.")
        await stage.tells(mira, "will remember this")
        await stage.asks(mira, character, topic="Zeppelina")
        phone = await stage.ringing()
        assert await phone.answers() == (
            f"{name} here, an AI character from The Guild. This call is transcribed. Is this Mira?"
        )
        assert "Zeppelina" not in await phone.says("Who is Zeppelina? What did I tell you?")
        assert "Zeppelina" in await phone.says("Yes, it is me. What do you remember about me?")
        data = await sent_to(stage)
        prompt = data["conversation_config_override"]["agent"]["prompt"]["prompt"]
        assert prompt.index("# On the telephone") < prompt.index("# Personality")
        assert data["dynamic_variables"]["context"].startswith("What follows is for Mira alone.")


async def test_a_call_lasts_no_longer_than_persona_operator_and_allowance_let_it(tmp_path):
    async with open_exchange(tmp_path, minutes_per_call=12, minutes_per_month=30) as stage:
        mira = await stage.newcomer("mira", MIRAS)
        assert stage.app.house.cast.of_slug("wizard").max_minutes > 12
        lengths = []
        for _ in range(3):
            placed = await stage.asks(mira)
            phone = await stage.ringing()
            conversation = (await sent_to(stage))["conversation_config_override"]["conversation"]
            assert conversation == {"max_duration_seconds": placed.call.granted_minutes * 60}
            lengths.append(placed.call.granted_minutes)
            await phone.answers()
            await phone.says("Yes, that is me.")
            await stage.passes(minutes=placed.call.granted_minutes, seconds=-30)
            await phone.hangs_up()
            await stage.tells(mira, "Merlin will remember this")
        assert lengths == [12, 12, 6]


async def test_the_shortest_of_persona_and_operator_counts(tmp_path):
    async with open_exchange(tmp_path, minutes_per_call=60) as stage:
        mira = await stage.newcomer("mira", MIRAS)
        most = stage.app.house.cast.of_slug("wizard").max_minutes
        await stage.asks(mira)
        await stage.ringing()
        conversation = (await sent_to(stage))["conversation_config_override"]["conversation"]
        assert conversation == {"max_duration_seconds": most * 60}


@pytest.mark.parametrize("number", NUMBERS)
async def test_where_links_are_hosted_only_variables_are_sent(tmp_path, number):
    async with open_exchange(tmp_path, hosted=True, phone_number_id=number) as stage:
        mira = await stage.newcomer("mira", MIRAS)
        await stage.asks(mira)
        await stage.ringing()
        data = await sent_to(stage)
        assert not data.get("conversation_config_override")
        variables = data["dynamic_variables"]
        assert variables["cast_as"] == "wizard/phone"
        assert variables["first_message"].endswith("This call is transcribed. Is this Mira?")
        assert variables["context"].startswith("What follows is for Mira alone.")


async def plays_the_cast(stage, folder) -> None:
    """Set the agent up for hosted links and telephones, as an operator would."""
    settings = {
        "ELEVENLABS_API_KEY": stage.sandbox.api_key,
        "ELEVENLABS_AGENT_ID": stage.sandbox.agent_id,
        "ELEVENLABS_API_URL": stage.sandbox.url,
        "ELEVENLABS_PHONE_NUMBER_ID": stage.sandbox.phone_number_id,
        "PHONE_COUNTRIES": "DE",
    }
    done = await in_a_thread(folder, "agent", "apply", "--yes", **settings)
    assert done.returncode == 0, done.stdout + done.stderr


async def test_where_links_are_hosted_a_node_of_its_own_keeps_the_rules_of_the_telephone(tmp_path):
    async with open_exchange(tmp_path, hosted=True) as stage:
        await plays_the_cast(stage, tmp_path)
        mira = await stage.newcomer("mira", MIRAS)
        await stage.asks(mira)
        phone = await stage.ringing()
        assert (await phone.answers()).endswith("Is this Mira?")
        (played,) = (await stage.ask_sandbox("talks"))["talks"]
        assert played["workflow_node_id"] == "troupe_phone_wizard"
        prompt = played["prompt"]
        assert prompt.startswith("# House rules")
        assert prompt.index("# On the telephone") < prompt.index("# Personality")
        merlin = stage.app.house.cast.of_slug("wizard")
        assert played["voice"]["voice_id"] == merlin.voice.voice_id
        await phone.says("Yes, this is Mira.")
        await phone.hangs_up()


async def test_where_links_are_hosted_a_code_has_a_node_that_plays_nobody(tmp_path):
    async with open_exchange(tmp_path, hosted=True) as stage:
        await plays_the_cast(stage, tmp_path)
        mira = await stage.newcomer("mira")
        await stage.asks_for_code(mira, MIRAS)
        phone = await stage.ringing()
        code = "".join(char for char in (await phone.answers()).partition("It is: ")[2] if char.isdigit())[:6]
        (played,) = (await stage.ask_sandbox("talks"))["talks"]
        assert played["workflow_node_id"] == "troupe_code"
        assert played["prompt"].startswith("# House rules")
        again = await phone.says("Could you repeat it?")
        assert code in "".join(char for char in again if char.isdigit())
        await phone.hangs_up()


async def test_a_code_says_nothing_of_anybody(tmp_path):
    async with open_exchange(tmp_path, community_name="The Guild") as stage:
        mira = await stage.newcomer("mira", MIRAS)
        await stage.asks(mira)
        await (await stage.ringing()).talks("My cat Zeppelina has fleas.")
        await stage.tells(mira, "Merlin will remember this")
        await stage.asks_for_code(mira, "+4915112345699")
        phone = await stage.ringing("+4915112345699")
        await phone.answers()
        await phone.says("Who is this? Is this about Mira?")
        data = await sent_to(stage, "+4915112345699")
        for trace in ("Zeppelina", "Mira", "Merlin"):
            assert trace not in str(data)
            assert trace not in phone.heard


async def test_a_code_that_hosted_links_leave_to_the_first_words_is_read_to_whoever_says_nothing(tmp_path):
    async with open_exchange(tmp_path, hosted=True) as stage:
        mira = await stage.newcomer("mira")
        call = await stage.asks_for_code(mira, MIRAS)
        phone = await stage.ringing()
        assert not (await sent_to(stage)).get("conversation_config_override")
        await phone.answers()
        await phone.hangs_up(after_seconds=10)
        await stage.tells(mira, "If the code was read to you,")
        assert await stage.state_of(call) is CallState.DONE


def examples() -> list[tuple[str, str, int]]:
    """Return region, number and type of every example that ``phonenumbers`` has, each number once."""
    found = {}
    for code in phonenumbers.COUNTRY_CODES_FOR_NON_GEO_REGIONS:
        example = phonenumbers.example_number_for_non_geo_entity(code)
        number = phonenumbers.format_number(example, PhoneNumberFormat.E164)
        found[number] = ("001", number, phonenumbers.number_type(example))
    for region in sorted(phonenumbers.SUPPORTED_REGIONS):
        for type_ in PhoneNumberType.values():
            example = phonenumbers.example_number_for_type(region, type_)
            if example is not None:
                number = phonenumbers.format_number(example, PhoneNumberFormat.E164)
                found.setdefault(number, (phonenumbers.region_code_for_number(example), number, type_))
    return list(found.values())


def may_ring(example: tuple[str, str, int]) -> bool:
    """Whether a number is a mobile or fixed line of a region on our list."""
    region, number, _ = example
    lines = (PhoneNumberType.FIXED_LINE, PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE)
    return region in ALLOWED and phonenumbers.number_type(phonenumbers.parse(number, None)) in lines


async def test_of_all_numbers_of_all_regions_only_mobile_and_fixed_lines_on_the_list_ring(tmp_path):
    numbers = examples()
    assert len(numbers) > 900
    allowed = [number for _, number, _ in filter(may_ring, numbers)]
    assert len(allowed) >= 5
    afternoon = NOON.replace(hour=17)
    clocks = two_clocks(afternoon)
    async with open_exchange(tmp_path, phone_countries="DE,GB,CA", clocks=clocks, calls_at_once=99) as stage:
        house = stage.app.house
        refused = []
        for place, (region, number, _) in enumerate(numbers):
            caller = Caller(parse_account(f"console:p{place}"), "P")
            try:
                await propose_phone(house, caller, number)
                await request_code(house, caller, number, consent_version(house.terms))
            except NumberNotAllowed:
                refused.append((region, number))
        await stage.until(lambda: rang(stage, len(allowed)))
        await stage.later(seconds=1)
        assert await stage.rung() == dict.fromkeys(allowed, 1)
        assert len(refused) == len(numbers) - len(allowed)
        for place, (region, number) in enumerate(refused[::5]):
            assert not await is_rung(house, region, number, Caller(parse_account(f"console:q{place}"), "Q"))
        await stage.later(seconds=1)
        assert await stage.rung() == dict.fromkeys(allowed, 1)


async def rang(stage, count: int) -> bool:
    return len(await stage.rung()) == count


async def is_rung(house, region: str, number: str, caller: Caller) -> bool:
    """Verify a number past its admission, as under another list of regions, and ask for a call there."""
    person = await house.store.find_or_add_person(
        caller.account, caller.name, PersonId(house.new_id()), house.now()
    )
    phone = Phone(house.new_id(), person.id, number, region or "ZZ", house.now())
    await house.store.add_phone(phone, PhoneConsent("1", "Ring me.", house.now()))
    await house.store.set_code(phone.id, "123456", house.now() + CODE_LIFETIME)
    assert await house.store.check_code(person.id, "123456", house.now()) == "verified"
    try:
        return await place(house, caller, "wizard", Wish(via="phone"), card_comes_later=True) is not None
    except NumberNotAllowed:
        return False
