"""What `troupe check` says of telephones and of the bill."""

from dataclasses import replace

import pytest

from bot.domain.agent import Agent, Expected, Finding, PhoneLine, Unread
from bot.domain.agent_check import check_agent
from tests.domain.test_agent import FINE as SILENT
from tests.domain.test_agent import HOOK, LINE

FINE = replace(
    SILENT,
    required={"first_message": ("first message",)},
    silence_seconds=90,
    built_in_tools=frozenset({"end_call", "voicemail_detection"}),
    collected={"new_facts": "string", "do_not_call": "boolean"},
    webhook_events=("transcript", "call_initiation_failure"),
)
PAGE = Expected(
    is_hosted=False,
    webhook_url=HOOK.url,
    has_webhook_secret=True,
    longest_call_seconds=900,
    persona_variables={},
    phone_number_id=LINE.id,
    phone_regions=frozenset({"DE"}),
    calls_at_once=5,
    cost_per_month=10_000,
    has_operator=True,
    talks_aloud=True,
)
HOSTED = replace(PAGE, is_hosted=True)
PUBLIC = replace(FINE, requires_authentication=False, playing_nodes=("n_orvin",))
TRUNK = replace(LINE, provider="sip_trunk")
FIRST = "agent.first_message"
USUAL_NOTES = ("ElevenLabs does not tell whether a webhook is sent again", "This agent is public")


def findings(agent: Agent = FINE, expected: Expected = PAGE, line: PhoneLine = LINE) -> list[Finding]:
    found = check_agent(agent, (line,), expected)
    return [one for one in found if not one.what.startswith(USUAL_NOTES)]


def said(agent: Agent = FINE, expected: Expected = PAGE, line: PhoneLine = LINE) -> list[str]:
    return [f"{one.severity}: {one.what}" for one in findings(agent, expected, line)]


def without(tool: str) -> Agent:
    return replace(FINE, built_in_tools=FINE.built_in_tools - {tool})


def test_an_agent_that_is_rung_has_to_ask_us_what_the_call_starts_with():
    answers = replace(PAGE, takes_calls=True)
    (found,) = said(expected=answers)
    assert found.startswith("error: ELEVENLABS_INBOUND_SECRET is set, but the agent does not ask")
    assert said(replace(FINE, asks_about_inbound=True), answers) == []
    assert said(replace(FINE, asks_about_inbound=True)) == []


def test_nothing_is_said_of_an_agent_that_rings_telephones_as_it_should():
    assert said() == []
    assert said(PUBLIC, HOSTED) == []


@pytest.mark.parametrize(
    ("agent", "line", "words"),
    [
        (replace(FINE, collected={}), LINE, "error: The agent does not collect do_not_call: it would not"),
        (
            replace(FINE, collected={"do_not_call": "string"}),
            LINE,
            "error: The agent collects do_not_call as string, not as boolean: it would not be understood",
        ),
        (
            replace(FINE, collected={"do_not_call": ""}),
            LINE,
            "error: The agent collects do_not_call as nothing, not as boolean: it would not be understood",
        ),
        (without("end_call"), LINE, "warning: The agent lacks the tool end_call"),
        (without("voicemail_detection"), TRUNK, "warning: The agent lacks the tool voicemail_detection"),
        (
            without("voicemail_detection"),
            LINE,
            "note: The agent lacks the tool voicemail_detection; on a Twilio number Troupe has machines hung",
        ),
        (
            replace(FINE, voicemail_message="Call me back, {{user_name}}."),
            LINE,
            "warning: The agent leaves a message on voicemail boxes",
        ),
        (replace(FINE, silence_seconds=-1), LINE, "warning: The agent never ends a call in which nobody sp"),
        (
            replace(FINE, webhook_events=("transcript",)),
            LINE,
            "note: The post-call webhook does not send call_initiation_failure: a busy line and one",
        ),
        (
            replace(FINE, allowed_overrides=FINE.allowed_overrides - {FIRST}),
            LINE,
            f"error: The agent does not allow the override of {FIRST}: it is left out of calls, and on the",
        ),
    ],
)
def test_what_a_telephone_call_would_miss_is_said_in_one_sentence_and_only_where_one_is_wanted(
    agent, line, words
):
    (found,) = said(agent, line=line)
    assert found.startswith(words)
    for unwanted in (
        replace(PAGE, phone_regions=frozenset()),
        replace(PAGE, phone_regions=frozenset(), phone_number_id=""),
    ):
        assert not any(one.startswith(words) for one in said(agent, unwanted, line))


@pytest.mark.parametrize("required", [{}, {"first_message": ("prompt",)}])
def test_where_nothing_is_overridden_the_agents_own_first_message_has_to_be_ours(required):
    (found,) = said(replace(PUBLIC, required=required), HOSTED)
    assert found == (
        "error: The agent does not begin with {{first_message}}, but on the telephone the first sentence "
        "has to be Troupe's."
    )
    assert said(replace(FINE, required=required)) == []
    (note,) = said(replace(PUBLIC, required=required), replace(HOSTED, phone_regions=frozenset()))
    assert "phone calls are off" in note


def test_regions_without_a_number_are_an_error_and_nothing_else_is_asked_of_the_agent():
    bare = replace(FINE, collected={}, built_in_tools=frozenset(), silence_seconds=-1)
    assert said(bare, replace(PAGE, phone_number_id="")) == [
        "error: PHONE_COUNTRIES is set, but there is no number to call from: no telephone is rung."
    ]


def test_a_number_without_regions_is_worth_a_note():
    assert said(expected=replace(PAGE, phone_regions=frozenset())) == [
        "note: PHONE_COUNTRIES is empty, so phone calls are off."
    ]


def test_a_number_that_could_not_be_read_is_taken_for_one_that_knows_no_machines():
    unread = Unread("numbers", "", "no", 403)
    found = check_agent(replace(without("voicemail_detection"), unread=(unread,)), (), PAGE)
    assert "voicemail_detection" in next(one.what for one in found if "it may talk to" in one.what)


@pytest.mark.parametrize("silence_seconds", [0, 20, 600.5])
def test_any_end_of_silence_is_one(silence_seconds):
    assert said(replace(FINE, silence_seconds=silence_seconds)) == []


def test_more_calls_at_once_than_the_agent_has_are_refused_by_it():
    (found,) = findings(expected=replace(PAGE, calls_at_once=6))
    assert (found.severity, found.what) == (
        "warning",
        "CALLS_AT_ONCE is 6, but the agent's concurrency limit is 5: what is beyond it is refused.",
    )
    assert found.fix == "Run troupe agent apply."


@pytest.mark.parametrize("limit", [-1, 0])
def test_no_limit_and_none_allowed_are_not_compared(limit):
    many = replace(PAGE, calls_at_once=1_000)
    assert not any("CALLS_AT_ONCE" in one for one in said(replace(FINE, concurrent_limit=limit), many))


def test_a_bill_without_a_ceiling_is_worth_a_note_where_calls_cost_something():
    assert said(expected=replace(PAGE, cost_per_month=0)) == [
        "note: COST_PER_MONTH is 0, so the bill has no ceiling."
    ]
    assert said(expected=replace(PAGE, cost_per_month=0, is_sandbox=True)) == []
    assert said(expected=replace(PAGE, cost_per_month=0, has_operator=False, is_sandbox=True)) == []


def test_a_ceiling_of_which_nobody_is_told_is_worth_a_note():
    assert said(expected=replace(PAGE, has_operator=False)) == [
        "note: OPERATOR is empty, so the log alone tells how much of COST_PER_MONTH is used."
    ]


def test_a_webhook_that_is_not_there_is_not_missed_twice():
    for agent in (replace(FINE, webhook=None), replace(FINE, webhook=None, webhook_id="")):
        (found,) = said(replace(agent, webhook_events=()))
        assert "call_initiation_failure" not in found


def test_every_finding_about_telephones_says_how_to_mend_it():
    nothing = replace(FINE, collected={}, built_in_tools=frozenset(), silence_seconds=-1, webhook_events=())
    found = findings(nothing, replace(PAGE, calls_at_once=9, cost_per_month=0), TRUNK)
    assert len(found) == 8
    assert all(one.fix.endswith(".") for one in found)
