"""What `troupe check` says of an agent: each finding by name, and nothing of an agent that is fine."""

from dataclasses import replace

import pytest

from bot.domain.agent import PLAYED_OVERRIDES, Agent, Expected, PhoneLine, Webhook, check_agent

HOOK = Webhook("wh_1", "https://talk.example.com/hooks/elevenlabs")
FINE = Agent(
    id="agent_1",
    allowed_overrides=frozenset(PLAYED_OVERRIDES),
    required={"context": ("tool recall",), "profile_rank": ("tool recall", "prompt")},
    requires_authentication=True,
    max_duration_seconds=900,
    concurrent_limit=5,
    daily_limit=100,
    bursting=False,
    records_voice=False,
    webhook=HOOK,
    webhook_events=("transcript",),
)
PAGE = Expected(
    is_hosted=False,
    webhook_url=HOOK.url,
    has_webhook_secret=True,
    longest_call_seconds=900,
    persona_variables={name: frozenset({"profile_rank"}) for name in ("imp", "orvin", "wizard")},
    phone_number_id="phnum_1",
)
HOSTED = replace(PAGE, is_hosted=True)
LINE = PhoneLine("phnum_1", "+4930123", "twilio", "agent_1")


def sentences(agent: Agent = FINE, lines=(LINE,), expected: Expected = PAGE) -> list[str]:
    findings = check_agent(agent, lines, expected)
    return [f"{finding.severity}: {finding.what}" for finding in findings if finding.severity != "note"]


def test_nothing_is_said_of_an_agent_that_is_as_it_should_be():
    assert sentences() == []
    assert sentences(replace(FINE, requires_authentication=False), expected=HOSTED) == []


@pytest.mark.parametrize("path", PLAYED_OVERRIDES)
def test_an_override_that_is_off_is_named(path):
    found = sentences(replace(FINE, allowed_overrides=frozenset(PLAYED_OVERRIDES) - {path}))
    assert len(found) == 1
    assert path in found[0]
    needed = {"agent.prompt.prompt", "agent.first_message", "conversation.text_only"}
    assert found[0].startswith("error" if path in needed else "warning")


def test_a_hosted_installation_needs_no_override_but_text_only():
    public = replace(FINE, requires_authentication=False, allowed_overrides=frozenset())
    found = sentences(public, expected=HOSTED)
    assert len(found) == 1
    assert "conversation.text_only" in found[0]


@pytest.mark.parametrize(
    ("change", "expected", "words"),
    [
        (
            {"required": {"house": ("tool recall",)}},
            PAGE,
            "error: No call sends the variable house, which the agent has in its tool recall",
        ),
        ({"requires_authentication": False}, PAGE, "warning: The agent is public"),
        ({}, HOSTED, "error: The agent requires authentication"),
        ({"bursting": True}, PAGE, "warning: Bursting is on"),
        ({"records_voice": True}, PAGE, "warning: The agent records voices"),
        ({"requires_authentication": False, "daily_limit": -1}, HOSTED, "no daily limit"),
        (
            {"requires_authentication": False, "max_duration_seconds": 60},
            HOSTED,
            "ends conversations after 60 s",
        ),
        ({"webhook": None}, PAGE, "warning: No post-call webhook is set"),
        ({"webhook": replace(HOOK, url="https://elsewhere")}, PAGE, "goes to https://elsewhere"),
        (
            {"webhook": replace(HOOK, is_disabled=True)},
            PAGE,
            "error: The post-call webhook was disabled by hand",
        ),
        ({"webhook": replace(HOOK, is_auto_disabled=True)}, PAGE, "disabled by ElevenLabs, after failures"),
        ({"webhook": replace(HOOK, last_failure=502)}, PAGE, "failed lately with HTTP 502"),
        ({"webhook_events": ("audio",)}, PAGE, "error: The post-call webhook does not send transcripts"),
        ({}, replace(PAGE, has_webhook_secret=False), "error: ELEVENLABS_WEBHOOK_SECRET is not set"),
        ({}, replace(PAGE, phone_number_id="phnum_2"), "error: There is no phone number phnum_2"),
    ],
)
def test_what_is_wrong_is_said_in_one_sentence(change, expected, words):
    found = sentences(replace(FINE, **change), expected=expected)
    assert len(found) == 1, found
    assert words in found[0]


PART = replace(PAGE, persona_variables=PAGE.persona_variables | {"imp": frozenset(), "orvin": frozenset()})


@pytest.mark.parametrize(
    ("places", "expected", "sentence"),
    [
        (
            ("tool recall",),
            PART,
            (
                "error: Calls with imp and orvin do not send the variable profile_rank, which the agent has in "
                "its tool recall: they would fail at their start."
            ),
        ),
        (
            ("prompt", "workflow node n_imp"),
            replace(PAGE, persona_variables={}),
            (
                "error: No call sends the variable profile_rank, which the agent has in its workflow node n_imp: "
                "every conversation would fail at its start."
            ),
        ),
        (
            ("prompt", "first message"),
            PART,
            (
                "warning: Calls with imp and orvin do not send the variable profile_rank, which the agent has in "
                "its prompt and first message: it is needed only for the dashboard's preview and inbound calls."
            ),
        ),
    ],
)
def test_a_variable_is_missed_by_those_who_do_not_send_it(places, expected, sentence):
    assert sentences(replace(FINE, required={"profile_rank": places}), expected=expected) == [sentence]


def test_a_text_that_calls_do_not_replace_fails_them():
    mentioned = replace(FINE, required={"house": ("first message",)})
    closed = replace(mentioned, allowed_overrides=FINE.allowed_overrides - {"agent.first_message"})
    hosted = replace(mentioned, requires_authentication=False)
    for agent, expected in ((closed, PAGE), (hosted, HOSTED)):
        assert any("would fail at its start" in one for one in sentences(agent, expected=expected))


def test_a_replaced_text_without_a_phone_number_is_worth_a_note():
    findings = check_agent(
        replace(FINE, required={"house": ("prompt",)}), (), replace(PAGE, phone_number_id="")
    )
    assert {finding.severity for finding in findings} == {"note"}
    assert "only for the dashboard's preview and inbound calls" in findings[0].what


def test_whoever_lacks_a_variable_may_declare_it():
    (finding, *_) = check_agent(replace(FINE, required={"profile_rank": ("tool recall",)}), (LINE,), PART)
    assert finding.fix == (
        "Take {{profile_rank}} out of the agent's tool recall, or declare it under variables in the "
        "character's file: imp and orvin."
    )


def test_a_number_that_another_agent_answers_is_told_with_its_owner():
    found = sentences(lines=(replace(LINE, assigned_agent_id="agent_2"),))
    assert found == ["warning: +4930123 (twilio) is answered by another agent, agent_2."]


def test_a_maximum_duration_that_calls_override_is_no_matter():
    assert sentences(replace(FINE, max_duration_seconds=60)) == []


def test_without_a_public_address_no_webhook_is_expected():
    assert sentences(replace(FINE, webhook=None), expected=replace(PAGE, webhook_url="")) == []


def test_every_finding_says_how_to_mend_it():
    broken = Agent("agent_1", required={"x": ("prompt",)}, webhook=replace(HOOK, url="http://x"))
    findings = check_agent(broken, (), PAGE)
    assert len(findings) > 10
    assert all(finding.fix.endswith((".", "}.")) for finding in findings)
