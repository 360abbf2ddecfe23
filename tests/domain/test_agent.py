"""What `troupe check` says of an agent: each finding by name, and nothing of an agent that is fine."""

from dataclasses import replace

import pytest

from bot.domain.agent import Agent, Expected, PhoneLine, Unread, Webhook
from bot.domain.agent_check import PLAYED_OVERRIDES, check_agent

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
    retention_days=30,
    webhook_id="wh_1",
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
PUBLIC = replace(FINE, requires_authentication=False, playing_nodes=("n_orvin",))
LINE = PhoneLine("phnum_1", "+4930123", "twilio", "agent_1")


def sentences(agent: Agent = FINE, lines=(LINE,), expected: Expected = PAGE) -> list[str]:
    findings = check_agent(agent, lines, expected)
    return [f"{finding.severity}: {finding.what}" for finding in findings if finding.severity != "note"]


def test_nothing_is_said_of_an_agent_that_is_as_it_should_be():
    assert sentences() == []
    assert sentences(PUBLIC, expected=HOSTED) == []


@pytest.mark.parametrize("path", PLAYED_OVERRIDES)
def test_an_override_that_is_off_is_named(path):
    found = sentences(replace(FINE, allowed_overrides=frozenset(PLAYED_OVERRIDES) - {path}))
    assert len(found) == 1
    assert path in found[0]
    needed = {"agent.prompt.prompt", "agent.first_message", "conversation.text_only"}
    assert found[0].startswith("error" if path in needed else "warning")


def test_a_hosted_installation_needs_no_override_but_text_only():
    found = sentences(replace(PUBLIC, allowed_overrides=frozenset()), expected=HOSTED)
    assert len(found) == 1
    assert "conversation.text_only" in found[0]


def test_what_a_public_agent_lets_anybody_do_is_said():
    findings = check_agent(PUBLIC, (LINE,), HOSTED)
    said = "This agent is public: anyone with its id can spend up to 100 conversations a day."
    (note,) = [one for one in findings if one.what == said]
    assert note.severity == "note"
    assert not [one for one in check_agent(FINE, (LINE,), PAGE) if "anyone with its id" in one.what]


@pytest.mark.parametrize(
    ("nodes", "fix"),
    [
        (("troupe_cast_orvin",), "Run troupe agent apply."),
        (("n_orvin", "troupe_cast_orvin"), "Remove these nodes, or unset PUBLIC_URL to use hosted links."),
    ],
)
def test_nodes_of_troupes_on_a_page_go_by_apply_and_others_by_hand(nodes, fix):
    findings = check_agent(replace(FINE, playing_nodes=nodes), (LINE,), PAGE)
    (found,) = [one for one in findings if "workflow plays" in one.what]
    assert found.fix == fix


PLAYING = {"requires_authentication": False, "playing_nodes": ("n_orvin",)}


@pytest.mark.parametrize(
    ("change", "expected", "words"),
    [
        (
            {"required": {"house": ("tool recall",)}},
            PAGE,
            "error: No call sends the variable house, which the agent has in its tool recall",
        ),
        ({"requires_authentication": False}, PAGE, "warning: The agent is public"),
        (
            {"playing_nodes": ("n_orvin",)},
            HOSTED,
            "error: The agent requires authentication",
        ),
        ({"allowed_hosts": ("example.com",)}, PAGE, "error: The agent has an allowlist of hosts"),
        (
            {"playing_nodes": ("n_orvin",)},
            PAGE,
            "warning: The agent's workflow plays characters itself (n_orvin)",
        ),
        ({"requires_authentication": False}, HOSTED, "error: The agent has no workflow, so nobody is routed"),
        ({"client_events": ("ping", "conversation_initiation_metadata")}, PAGE, "a chat would stay silent"),
        (
            {"client_events": ("ping", "agent_response")},
            PAGE,
            "error: The agent does not send the event conv",
        ),
        ({"client_events": ("agent_response", "conversation_initiation_metadata")}, PAGE, "the event ping"),
        ({"daily_limit": 0}, PAGE, "error: The agent's daily limit is 0: no call can start."),
        ({"concurrent_limit": 0}, PAGE, "error: The agent's concurrency limit is 0: no call can start."),
        ({"bursting": True}, PAGE, "warning: Bursting is on"),
        ({"records_voice": True}, PAGE, "warning: The agent records voices"),
        (PLAYING | {"daily_limit": -1}, HOSTED, "no daily limit"),
        (PLAYING | {"daily_limit": 100_000}, HOSTED, "no daily limit"),
        (
            PLAYING | {"max_duration_seconds": 60},
            HOSTED,
            "ends conversations after 60 s",
        ),
        ({"webhook": None, "webhook_id": ""}, PAGE, "warning: No post-call webhook is set"),
        ({"webhook": None}, PAGE, "error: The post-call webhook wh_1 no longer exists"),
        ({"excludes_transcript": True}, PAGE, "error: The post-call webhook leaves the transcript out"),
        (
            {"transcript_format": "opentelemetry"},
            PAGE,
            "error: The post-call webhook sends transcripts as open",
        ),
        ({"webhook": replace(HOOK, url="https://elsewhere")}, PAGE, "goes to https://elsewhere"),
        (
            {"webhook": replace(HOOK, is_disabled=True)},
            PAGE,
            "error: The post-call webhook was disabled by hand",
        ),
        ({"webhook": replace(HOOK, is_auto_disabled=True)}, PAGE, "disabled by ElevenLabs, after failures"),
        (
            {"webhook": replace(HOOK, last_failure=502)},
            PAGE,
            "warning: The last failure of the post-call webhook was HTTP 502",
        ),
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


ALL = "No call sends the variable profile_rank, which the agent has in its"
SOME = "Calls with imp and orvin do not send the variable profile_rank, which the agent has in its"


@pytest.mark.parametrize(
    ("places", "expected", "who", "fate"),
    [
        (("tool recall",), PART, SOME, "tool recall: they would fail at their start."),
        (
            ("prompt", "workflow node n_imp"),
            replace(PAGE, persona_variables={}),
            ALL,
            "workflow node n_imp: every conversation would fail at its start.",
        ),
        (
            ("prompt", "first message"),
            PART,
            SOME,
            "prompt and first message: it is needed only for the dashboard's preview and inbound calls.",
        ),
    ],
)
def test_a_variable_is_missed_by_those_who_do_not_send_it(places, expected, who, fate):
    (found,) = sentences(replace(FINE, required={"profile_rank": places}), expected=expected)
    assert found == f"{'warning' if 'preview' in fate else 'error'}: {who} {fate}"


def test_many_places_read_like_a_sentence():
    (found,) = sentences(replace(FINE, required={"house": ("tool a", "tool b", "tool c")}))
    assert "has in its tool a, tool b and tool c:" in found


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


def test_a_number_of_a_provider_that_cannot_call_is_of_no_use():
    found = sentences(lines=(replace(LINE, provider="whatsapp"),))
    assert found == ["error: Nobody can be called from +4930123: its provider is whatsapp."]


def test_without_a_wanted_number_none_is_missed():
    findings = check_agent(FINE, (replace(LINE, assigned_agent_id=""),), replace(PAGE, phone_number_id=""))
    assert not any("phone number" in one.what or LINE.number in one.what for one in findings)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"concurrent_limit": -1}, "The agent may use every conversation that your plan allows"),
        ({"queueing": True}, "Queueing is on"),
        ({"retention_days": -1}, "ElevenLabs keeps conversations without end"),
        ({}, "ElevenLabs does not tell whether a webhook is sent again"),
    ],
)
def test_what_may_be_meant_so_is_a_note(change, words):
    assert [one.what for one in notes(replace(FINE, **change)) if one.what.startswith(words)]
    assert len(notes(replace(FINE, **change))) == len(notes(FINE)) + bool(change)


def notes(agent):
    return [finding for finding in check_agent(agent, (LINE,), PAGE) if finding.severity == "note"]


@pytest.mark.parametrize(
    "url",
    [
        "https://TALK.example.com/hooks/elevenlabs",
        "https://talk.example.com:443/hooks/elevenlabs",
        "HTTPS://talk.example.com/hooks/elevenlabs/",
    ],
)
def test_one_address_may_be_written_in_many_ways(url):
    assert sentences(replace(FINE, webhook=replace(HOOK, url=url))) == []


@pytest.mark.parametrize(
    "url",
    [
        "http://talk.example.com/hooks/elevenlabs",
        "https://talk.example.com:444/hooks/elevenlabs",
        "https://talk.example.com/Hooks/elevenlabs",
        "https://talk.example.com/hooks/elevenlabs?x=1",
        "https://talk.example.com:port/hooks/elevenlabs",
        "https://[talk/hooks/elevenlabs",
        "",
    ],
)
def test_another_address_is_not_ours(url):
    (found,) = sentences(replace(FINE, webhook=replace(HOOK, url=url)))
    assert "not to Troupe" in found


@pytest.mark.parametrize(
    ("unread", "severity", "what", "fix"),
    [
        (
            Unread("webhooks", "", "ElevenLabs said no.", 403),
            "warning",
            "The workspace's webhooks could not be looked at: ElevenLabs said no.",
            "Give the key in ELEVENLABS_API_KEY the right to read webhooks.",
        ),
        (
            Unread("tool", "tool_1", "not found", 404),
            "error",
            "The agent's tool tool_1 could not be looked at: not found.",
            "Take the tool off the agent and off its workflow: it no longer exists.",
        ),
        (
            Unread("agent", "workflow.nodes.n_imp", "it is not as documented"),
            "warning",
            "The agent's workflow.nodes.n_imp could not be looked at: it is not as documented.",
            "Look at it in the dashboard and save it again; its default is taken to hold.",
        ),
        (
            Unread("numbers", "", "busy", 503),
            "warning",
            "The phone numbers could not be looked at: busy.",
            "Try again in a while; if it stays so, look at it in the dashboard.",
        ),
    ],
)
def test_what_could_not_be_looked_at_is_said_with_what_to_do(unread, severity, what, fix):
    blind = replace(FINE, webhook=None, unread=(unread,)) if unread.part == "webhooks" else FINE
    lines = () if unread.part == "numbers" else (LINE,)
    (found,) = [
        one for one in check_agent(replace(blind, unread=(unread,)), lines, PAGE) if one.severity != "note"
    ]
    assert (found.severity, found.what, found.fix) == (severity, what, fix)


def test_who_wants_no_webhook_needs_no_secret():
    expected = replace(PAGE, has_webhook_secret=False)
    (found,) = sentences(replace(FINE, webhook_id="", webhook=None), expected=expected)
    assert found.startswith("warning: No post-call webhook is set")


def test_unread_settings_leave_it_open_whether_there_is_a_webhook():
    unread = Unread("settings", "", "no", 403)
    (found,) = sentences(replace(FINE, webhook_id="", webhook=None, unread=(unread,)))
    assert found.startswith("warning: The workspace's settings could not be looked at")


def test_numbers_that_nobody_wants_need_not_be_read():
    unread = Unread("numbers", "", "no", 403)
    assert sentences(replace(FINE, unread=(unread,)), (), replace(PAGE, phone_number_id="")) == []


def test_a_maximum_duration_that_calls_override_is_no_matter():
    assert sentences(replace(FINE, max_duration_seconds=60)) == []


def test_without_a_public_address_no_webhook_is_expected():
    assert sentences(replace(FINE, webhook_id=""), expected=replace(PAGE, webhook_url="")) == []


def test_every_finding_says_how_to_mend_it():
    broken = Agent(
        "agent_1", required={"x": ("prompt",)}, webhook_id="wh_1", webhook=replace(HOOK, url="http://x")
    )
    findings = check_agent(broken, (), PAGE)
    assert len(findings) > 10
    assert all(finding.fix.endswith((".", "}.")) for finding in findings)


def test_a_page_with_a_voice_relies_on_the_agents_own_longest_time():
    aloud = replace(PAGE, talks_aloud=True)
    assert sentences(expected=aloud) == []
    (short,) = sentences(replace(FINE, max_duration_seconds=600), expected=aloud)
    assert "ends conversations after 600 s" in short
    (long,) = sentences(replace(FINE, max_duration_seconds=3600), expected=aloud)
    assert "goes on for 3600 s" in long
    assert sentences(replace(FINE, max_duration_seconds=3600)) == [], "in text a call says how long it may be"


def test_a_page_without_a_voice_is_noted_with_what_gives_it_one():
    def noted(expected):
        return [one.fix for one in check_agent(FINE, (LINE,), expected) if "Members write" in one.what]

    assert noted(PAGE) == ["troupe talk-client fetch has npm fetch it."]
    for other in (HOSTED, replace(PAGE, talks_aloud=True), replace(PAGE, is_sandbox=True)):
        assert noted(other) == []
