"""What the operator is told, and from when on."""

from dataclasses import replace

import pytest

from bot.domain.agent import Webhook
from bot.domain.alert import Cause, Credit, Signs, judge_credit, judge_signs, judge_webhook

HOOK = Webhook("wh_1", "https://example.com/hooks/elevenlabs")


@pytest.mark.parametrize(
    ("credit", "says"),
    [
        (Credit(90_000, 100_000), ""),
        (Credit(90_001, 100_000), "9,999 of 100,000 credits are left"),
        (Credit(120_000, 100_000), "0 of 100,000 credits are left"),
        (Credit(100_000, 100_000, 50_000), ""),
        (Credit(140_000, 100_000, 50_000), "10,000 of 150,000 credits are left"),
        (Credit(900_000, 100_000, None), ""),
    ],
)
def test_credit_is_low_below_a_tenth_of_what_may_be_used(credit: Credit, says: str) -> None:
    sentence = judge_credit(credit).sentence
    assert sentence.startswith(says)
    assert bool(sentence) is bool(says)


def test_a_webhook_is_off_when_each_that_leads_here_is() -> None:
    off, by_itself = replace(HOOK, is_disabled=True), replace(HOOK, is_auto_disabled=True)
    assert not judge_webhook([]).sentence
    assert not judge_webhook([HOOK, off]).sentence
    assert judge_webhook([off]).sentence.startswith("The post-call webhook is switched off at ElevenLabs")
    assert judge_webhook([off, by_itself]).sentence.startswith(
        "ElevenLabs switched the post-call webhook off"
    )


def causes(signs: Signs, *, hears: bool = True) -> dict[str, Cause]:
    return {cause.name: cause for cause in judge_signs(signs, hears=hears)}


@pytest.mark.parametrize(
    ("name", "quiet", "loud"),
    [
        ("codes", Signs(codes=19), Signs(codes=20)),
        ("guessed codes", Signs(guessed=2), Signs(guessed=3)),
        ("strangers", Signs(strangers=19), Signs(strangers=20)),
        ("no webhook", Signs(ended=3, heard=1), Signs(ended=3)),
    ],
)
def test_signs_of_abuse_are_told_from_a_number_on_with_what_to_do(
    name: str, quiet: Signs, loud: Signs
) -> None:
    assert not causes(quiet)[name].sentence
    assert causes(quiet)[name].over_sentence.endswith(".")
    assert "/troupe" in causes(loud)[name].sentence or "troupe check" in causes(loud)[name].sentence
    assert [one.name for one in causes(loud).values() if one.sentence] == [name]


def test_whether_webhooks_come_is_left_open_while_too_few_calls_ended() -> None:
    assert "no webhook" not in causes(Signs(ended=2))
    assert not causes(Signs(ended=9), hears=False)["no webhook"].sentence
