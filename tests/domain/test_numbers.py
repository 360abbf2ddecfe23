"""Which telephone numbers may be rung."""

import phonenumbers
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from phonenumbers import PhoneNumberType

from bot.domain.errors import NumberNotAllowed
from bot.domain.numbers import PhoneNumber, masked, parse_number, parse_regions, prefix_of, zones_of

DE = frozenset({"DE"})
US = frozenset({"US"})
EVERYWHERE = frozenset(phonenumbers.SUPPORTED_REGIONS)
LINES = {PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE, PhoneNumberType.FIXED_LINE_OR_MOBILE}

HOW_TO_WRITE = "cannot read that as a telephone number"
NO_SUCH_NUMBER = "There is no such number"
NOT_A_LINE = "Only mobile and fixed lines"


def samples() -> dict[str, tuple[str | None, int]]:
    """Each example number of the numbering plans as E.164, with the region and the type that it has."""
    found = {}
    geographic = [
        phonenumbers.example_number_for_type(region, kind)
        for region in sorted(EVERYWHERE)
        for kind in PhoneNumberType.values()
    ]
    elsewhere = [
        phonenumbers.example_number_for_non_geo_entity(code)
        for code in phonenumbers.COUNTRY_CODES_FOR_NON_GEO_REGIONS
    ]
    for number in filter(None, geographic + elsewhere):
        e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
        found[e164] = (phonenumbers.region_code_for_number(number), phonenumbers.number_type(number))
    return found


SAMPLES = samples()


def is_admitted(text: str, regions: frozenset[str]) -> bool:
    try:
        parse_number(text, regions)
    except NumberNotAllowed:
        return False
    return True


def test_there_are_examples_of_every_region_and_of_every_type():
    assert len(SAMPLES) > 900
    assert {region for region, _ in SAMPLES.values()} >= EVERYWHERE - {"EH", "MF"}  # read as MA, BL
    assert {kind for _, kind in SAMPLES.values()} == set(PhoneNumberType.values()) - {PhoneNumberType.UNKNOWN}


def test_of_all_example_numbers_only_lines_pass_and_only_where_their_own_region_is_allowed():
    lines = {e164 for e164, (region, kind) in SAMPLES.items() if kind in LINES and region in EVERYWHERE}
    assert {e164 for e164 in SAMPLES if is_admitted(e164, EVERYWHERE)} == lines
    at_home = {e164 for e164, (own, _) in SAMPLES.items() if is_admitted(e164, frozenset({own}))}
    assert at_home & lines == lines
    assert not {e164 for e164, (own, _) in SAMPLES.items() if is_admitted(e164, EVERYWHERE - {own})}


@pytest.mark.parametrize("code", sorted(phonenumbers.COUNTRY_CODE_TO_REGION_CODE))
def test_with_one_region_allowed_no_example_of_a_neighbour_behind_the_same_code_passes(code):
    numbers = {e164: sample for e164, sample in SAMPLES.items() if e164.startswith(f"+{code}")}
    for allowed in phonenumbers.COUNTRY_CODE_TO_REGION_CODE[code]:
        for e164, (region, kind) in numbers.items():
            expected = region == allowed and kind in LINES
            assert is_admitted(e164, frozenset({allowed})) == expected, (e164, allowed)


@pytest.mark.parametrize("allowed", ["DE", "US", "GB", "RU", "IT", "KZ", "MF", "SH"])
def test_with_one_region_allowed_no_example_of_all_the_world_passes(allowed):
    admitted = {e164 for e164 in SAMPLES if is_admitted(e164, frozenset({allowed}))}
    assert admitted == {
        e164 for e164, sample in SAMPLES.items() if sample[0] == allowed and sample[1] in LINES
    }


@pytest.mark.parametrize(
    ("text", "e164", "region"),
    [
        ("+49 1512 3456789", "+4915123456789", "DE"),
        ("+49 (0)30 123456", "+4930123456", "DE"),
        ("030/123456", "+4930123456", "DE"),
        ("0049 30 123456", "+4930123456", "DE"),
        ("tel:+49-30-123456", "+4930123456", "DE"),
        ("<tel:+4930123456|+49 30 123456>", "+4930123456", "DE"),
        ("\u202a+49 30\u00a0123456\u202c", "+4930123456", "DE"),
        ("＋４９（３０）１２３４５６", "+4930123456", "DE"),
        ("+٤٩ ٣٠ ١٢٣٤٥٦", "+4930123456", "DE"),
        ("+49\u201130\u2013123456", "+4930123456", "DE"),
    ],
)
def test_a_number_is_read_however_it_is_written(text, e164, region):
    assert parse_number(text, DE) == PhoneNumber(e164, region)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "+",
        "hello",
        "+1 800 FLOWERS",
        "+49 30 CALL ME",
        "+49 30 123456 ext. 7",
        "+49 30 123456x7",
        "+49 30 123456#7",
        "+49 30 123456,7",
        "tel:+4930123456;ext=7",
        "tel:30123456;phone-context=+49",
        "ring +49 30 123456",
        "+49 30 123456 or +49 30 123457",
        "+49 30 ¹²³⁴⁵⁶",
        "+49 30\n123456",
        "++49 30 123456",
        "+49 30 123456" + " " * 60,
    ],
)
def test_what_is_not_one_number_alone_is_refused(text):
    with pytest.raises(NumberNotAllowed, match=HOW_TO_WRITE):
        parse_number(text, DE)


def test_a_number_without_a_country_code_needs_exactly_one_allowed_region():
    assert parse_number("030 123456", DE).e164 == "+4930123456"
    with pytest.raises(NumberNotAllowed, match=r"with \+ and country code"):
        parse_number("030 123456", DE | US)


@pytest.mark.parametrize(
    ("text", "region"),
    [
        ("+1 416 555 0123", "CA"),
        ("+1 876 212 3456", "JM"),
        ("+44 1481 256789", "GG"),
        ("+44 7911 123456", "GG"),
        ("+44 1534 456789", "JE"),
        ("+44 1624 756789", "IM"),
        ("+7 701 234 5678", "KZ"),
        ("+39 06 698 12345", "VA"),
        ("+590 590 27 12 34", "BL"),
    ],
)
def test_a_country_code_does_not_open_the_other_regions_behind_it(text, region):
    main = frozenset({"US", "GB", "RU", "IT", "GP"})
    with pytest.raises(NumberNotAllowed, match=r"Only numbers of GB, GP, IT, RU and US can be rung here"):
        parse_number(text, main)
    assert parse_number(text, main | {region}).region == region


def test_mobiles_of_a_shared_range_belong_to_the_main_region():
    assert parse_number("+590 690 00 12 34", frozenset({"GP"})).region == "GP"
    with pytest.raises(NumberNotAllowed, match="Only numbers of MF"):
        parse_number("+590 690 00 12 34", frozenset({"MF"}))


def test_an_american_number_that_may_be_either_kind_of_line_passes():
    assert parse_number("201 555 0123", US) == PhoneNumber("+12015550123", "US")


@pytest.mark.parametrize(
    ("text", "regions"),
    [
        ("+1 900 234 5678", US),
        ("+1 800 234 5678", US),
        ("+1 500 234 5678", US),
        ("+49 900 1234567", DE),
        ("+49 700 12345678", DE),
        ("+44 70 1234 5678", frozenset({"GB"})),
        ("+44 9012345678", frozenset({"GB"})),
        ("+44 5612345678", frozenset({"GB"})),
        ("+44 7640123456", frozenset({"GB"})),
        ("+39 33101 2345 01", frozenset({"IT"})),
    ],
)
def test_service_numbers_of_an_allowed_region_are_refused(text, regions):
    with pytest.raises(NumberNotAllowed, match=NOT_A_LINE):
        parse_number(text, regions)


@pytest.mark.parametrize(
    "text", ["110", "112", "911", "116117", "+49110", "+49112", "+1911", "+49 116 117", "+1 411", "11833"]
)
@pytest.mark.parametrize("regions", [DE, US, EVERYWHERE])
def test_emergency_and_short_numbers_are_refused(text, regions):
    assert not is_admitted(text, regions)


@pytest.mark.parametrize(
    "text", ["+881 612 345 678", "+870 301 234 567", "+979 123 456 789", "+883 5100 12345"]
)
def test_numbers_of_no_country_are_refused(text):
    assert not is_admitted(text, EVERYWHERE)


@pytest.mark.parametrize("text", ["+49 1", "+49 30", "+1 201 155 0123", "+1 999 555 0123", "+999 12345678"])
def test_a_number_that_cannot_exist_is_refused(text):
    with pytest.raises(NumberNotAllowed, match=f"{NO_SUCH_NUMBER}|{HOW_TO_WRITE}"):
        parse_number(text, EVERYWHERE)


def test_a_possible_but_unassigned_number_is_refused_with_advice():
    with pytest.raises(NumberNotAllowed, match=f"{NO_SUCH_NUMBER}.* check the digits"):
        parse_number("+1 201 155 0123", US)


def test_with_no_regions_every_number_is_refused_because_calls_are_off():
    for text in ("+4930123456", "hello", ""):
        with pytest.raises(NumberNotAllowed) as refused:
            parse_number(text, frozenset())
        assert str(refused.value) == "Phone calls are switched off here."


@given(
    st.one_of(
        st.text(),
        st.text(alphabet="+0123456789 ()-./x#;,٤９tel:"),
        st.builds("+{}{}".format, st.sampled_from([1, 7, 39, 44, 49, 590]), st.integers(0, 10**11)),
    ),
    st.sampled_from([DE, US, DE | US, EVERYWHERE, frozenset()]),
)
@example("+" + "1" * 300, EVERYWHERE)
@example("tel:" * 15, DE)
def test_any_text_gives_a_line_of_an_allowed_region_or_a_sentence(text, regions):
    if not is_admitted(text, regions):
        with pytest.raises(NumberNotAllowed, match=r"^[A-Z][^\n]+\.$"):
            parse_number(text, regions)
        return
    number = parse_number(text, regions)
    known = phonenumbers.parse(number.e164)
    assert phonenumbers.is_valid_number(known)
    assert phonenumbers.number_type(known) in LINES
    assert phonenumbers.region_code_for_number(known) == number.region
    assert number.region in regions


def test_a_number_is_shown_with_its_country_code_and_last_three_digits_only():
    number = parse_number("+49 1512 3456678", DE)
    assert number.masked == masked("+4915123456678") == "+49 ••• 678"
    assert masked("+447911123456") == "+44 ••• 456"
    assert "3456" not in repr(number) + str(number)


def test_regions_are_read_with_commas_or_spaces_in_any_case():
    assert parse_regions("de, US gb;At,") == {"DE", "US", "GB", "AT"}
    assert parse_regions("  ") == frozenset()


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("DE UK", "write GB instead of UK"),
        ("USA", "write US instead of USA"),
        ("FRA", "write FR instead of FRA"),
        ("DE, 001", "there is no region 001"),
        ("QQ", "there is no region QQ"),
    ],
)
def test_an_unknown_region_is_named_with_what_was_probably_meant(text, sentence):
    with pytest.raises(ValueError, match=f"^{sentence}; regions are two letters"):
        parse_regions(text)


def test_a_number_knows_its_time_zones():
    assert zones_of("+4930123456") == ("Europe/Berlin",)
    assert zones_of("+12125550123") == ("America/New_York",)
    assert {"Europe/Moscow", "Asia/Kamchatka"} <= set(zones_of("+79123456789"))
    assert zones_of("+8823421234") == zones_of("not a number") == ()


def test_neighbouring_numbers_share_a_prefix():
    assert prefix_of("+4930123456") == prefix_of("+4930129999") == "+493012"
    assert prefix_of("+4930133456") != prefix_of("+4930123456")
