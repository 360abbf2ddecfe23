"""What is shown before anything is saved."""

import pytest

from bot.records import describe_record


def test_a_message_list_is_described(sample):
    assert describe_record(sample("messages.json")) == (
        "Understood as: list of messages.",
        "1 conversation with 3 lines: 2 of yours, 1 of the character's, 69 letters altogether.",
        "From 1 March 2024.",
        "Left out: 1 system line.",
        "Left out: 1 tool line.",
        "Left out: 1 picture, recording, file or tool call.",
        "Left out: 1 line without text.",
    )


def test_our_own_form_is_described_with_its_profile(sample):
    assert describe_record(sample("own.json")) == (
        "Understood as: Troupe record.",
        "2 conversations with 3 lines: 2 of yours, 1 of the character's, 38 letters altogether.",
        "From 1 March 2024, 1 without a date.",
        "You are called “Ana” in it.",
        '4 profile fields: name = Ana, guild_rank = captain, level = 7, pets = ["cat"].',
        "Left out: 1 line by other people.",
    )


def test_a_profile_alone_is_described(read):
    assert describe_record(read({"profile": {"level": 7}})) == (
        "Understood as: Troupe record.",
        "No conversation, only a profile.",
        "1 profile field: level = 7.",
    )


@pytest.mark.parametrize(
    ("dates", "sentence"),
    [
        ((None,), "Without dates."),
        (("2024-03-01", "2023-12-24"), "From 24 December 2023 to 1 March 2024."),
        (("2024-03-01T01:00:00Z", "2024-03-01T23:00:00Z"), "From 1 March 2024."),
    ],
)
def test_dates_are_described_as_days(read, dates, sentence):
    record = read([[{"role": "user", "content": "x", "date": date}] for date in dates])
    assert describe_record(record)[2] == sentence


def test_many_and_long_profile_fields_are_shortened(read):
    record = read({"profile": {"story": "x" * 100} | {f"f{number}": number for number in range(1, 31)}})
    sentence = describe_record(record)[2]
    assert sentence.startswith("31 profile fields: story = " + "x" * 59 + "…, f1 = 1, ")
    assert sentence.endswith("f19 = 19 and 11 more.")
