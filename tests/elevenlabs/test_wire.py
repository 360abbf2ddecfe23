"""Their JSON becomes our values, however much is missing from it or new in it."""

from datetime import UTC, datetime

import pytest

from bot.domain.conversation import Turn
from bot.domain.errors import ProviderChanged
from bot.elevenlabs.agent_detail import AgentFlags
from bot.elevenlabs.wire import ConversationDetail, SignedUrlAnswer, read


def conversation(**fields):
    """Read a conversation with these fields."""
    known = {"conversation_id": "conv_x", "status": "done", "transcript": []}
    return read(ConversationDetail, known | fields, "get conversation").to_conversation()


def test_times_title_and_summary_come_along():
    found = conversation(
        metadata={"start_time_unix_secs": 1793577600, "call_duration_secs": 61, "cost": 12},
        analysis={"transcript_summary": "They met.", "call_summary_title": "A meeting", "new": {}},
        something_new=[1],
    )
    assert found.transcript.started_at == datetime(2026, 11, 2, tzinfo=UTC)
    assert found.transcript.duration_seconds == 61
    assert (found.transcript.title, found.transcript.summary) == ("A meeting", "They met.")
    assert found.transcript.conversation_id == "conv_x"
    assert found.transcript.ended_badly == ""


@pytest.mark.parametrize("fields", [{}, {"metadata": None, "analysis": None}, {"metadata": {}}])
def test_a_conversation_that_just_began_has_little_to_tell(fields):
    found = conversation(
        status="initiated", transcript=[], conversation_initiation_client_data=None, **fields
    )
    assert not found.is_final
    assert found.transcript.started_at is None
    assert found.transcript.duration_seconds == 0
    assert found.call_ref == ""


def phone_conversation(cost=0, result="", stop=None, user_id="p1"):
    """Read a conversation with these fields as a phone call has them."""
    return conversation(
        user_id=user_id,
        metadata={"cost": cost, "phone_call": {"type": "sip_trunking", "call_result": result}},
        analysis={"data_collection_results": {"do_not_call": {"value": stop}, "new_facts": {"value": True}}},
    )


@pytest.mark.parametrize(("cost", "expected"), [(0, 0), (341, 341), (1.2, 2)])
def test_the_cost_is_their_figure(cost, expected):
    assert phone_conversation(cost=cost).cost == expected


STRANGE = [None, "", "12", True, [], {}, [1], {"a": 1}, -3, 10**400, float("nan"), float("inf")]


@pytest.mark.parametrize("strange", STRANGE)
def test_a_strange_cost_is_none(strange):
    assert phone_conversation(cost=strange).cost == 0


@pytest.mark.parametrize("result", ["answered", "voicemail", "busy", "no_answer", "failed"])
def test_what_became_of_a_phone_call_comes_along(result):
    assert phone_conversation(result=result).phone_result == result


@pytest.mark.parametrize("strange", [*STRANGE, "answered\n", "new"])
def test_a_strange_result_is_none(strange):
    assert phone_conversation(result=strange).phone_result == ""
    assert conversation(metadata={"phone_call": strange}).phone_result == ""


@pytest.mark.parametrize("stop", [True, "true", "yes", "True", " YES "])
def test_who_wants_no_more_calls_is_heard(stop):
    assert phone_conversation(stop=stop).wants_no_calls


@pytest.mark.parametrize("stop", [*[one for one in STRANGE if one is not True], False, 1, "no", "false"])
def test_nothing_else_means_that_no_more_calls_are_wanted(stop):
    assert not phone_conversation(stop=stop).wants_no_calls


@pytest.mark.parametrize("strange", [*STRANGE, {"do_not_call": None}, {"do_not_call": [True]}])
def test_a_strange_data_collection_has_no_wish_in_it(strange):
    assert not conversation(analysis={"data_collection_results": strange}).wants_no_calls


def collected(value: object) -> tuple[str, ...]:
    return conversation(analysis={"data_collection_results": {"new_facts": {"value": value}}}).new_facts


@pytest.mark.parametrize(
    ("value", "facts"),
    [
        ("Has a cat; lives in Bern.", ("Has a cat", "lives in Bern.")),
        ("- Has a cat\n- Lives in Bern\n", ("Has a cat", "Lives in Bern")),
        ("猫がいる；ベルンに住む", ("猫がいる", "ベルンに住む")),
        (["Has a cat", 7, "Lives in Bern; sings"], ("Has a cat", "Lives in Bern", "sings")),
        ("Has a cat; has a cat; Has a cat;;", ("Has a cat", "has a cat")),
        ("none", ()),
        (" None. ", ()),
        ("No new facts", ()),
        ("I have none of it", ("I have none of it",)),
        ("half \ud800", ("half \ufffd",)),
    ],
)
def test_what_was_collected_as_facts_is_taken_one_by_one(value, facts):
    assert collected(value) == facts


@pytest.mark.parametrize("strange", [*STRANGE[:2], *STRANGE[3:]])
def test_a_strange_collection_of_facts_is_none(strange):
    assert collected(strange) == ()
    assert conversation(analysis={"data_collection_results": strange}).new_facts == ()


def test_what_a_member_sends_along_is_no_wish():
    data = {"dynamic_variables": {"do_not_call": True}, "do_not_call": {"value": True}}
    assert not conversation(conversation_initiation_client_data=data).wants_no_calls


def test_the_user_id_comes_along():
    assert phone_conversation(user_id="p1").user_id == "p1"


@pytest.mark.parametrize("strange", [None, 7, True, ["p1"], {"a": 1}, "x" * 201])
def test_a_strange_user_id_is_none(strange):
    assert phone_conversation(user_id=strange).user_id == ""


def test_only_what_the_two_sides_said_becomes_a_turn():
    found = conversation(
        transcript=[
            {"role": "agent", "message": "Well met!", "time_in_call_secs": 0},
            {
                "role": "agent",
                "message": None,
                "time_in_call_secs": 1,
                "tool_calls": [{"tool_name": "recall"}],
            },
            {"role": "agent", "time_in_call_secs": 2, "tool_results": [{"result_value": "secret"}]},
            {"role": "tool", "message": "looked it up", "time_in_call_secs": 3},
            {"role": "user", "message": "Recalled: a cat.", "contextual_update_info": {"context_id": "1"}},
            {"role": "user", "message": "  \n", "time_in_call_secs": 4},
            {"role": "user", "message": " Hello. ", "time_in_call_secs": 5.5, "contextual_update_info": None},
        ]
    )
    assert found.transcript.turns == (Turn("agent", "Well met!", 0.0), Turn("user", "Hello.", 5.5))


def test_halves_of_characters_and_nuls_do_not_reach_the_database():
    found = conversation(transcript=[{"role": "user", "message": "a\ud83d b\0c \U0001f408"}])
    assert found.transcript.turns[0].text == "a\ufffd bc \U0001f408"


@pytest.mark.parametrize(
    ("metadata", "reason"),
    [
        (
            {"error": {"code": 1008, "reason": "Missing variable"}, "termination_reason": "x"},
            "Missing variable",
        ),
        ({"error": {"code": 1011, "reason": None}, "termination_reason": "Call declined"}, "Call declined"),
        ({"error": {"code": 1011, "reason": ""}, "termination_reason": None}, "error 1011"),
        ({"error": None}, "failed"),
        (None, "failed"),
    ],
)
def test_a_failed_conversation_says_why_in_their_words(metadata, reason):
    assert conversation(status="failed", metadata=metadata).transcript.ended_badly == reason


def test_a_finished_conversation_did_not_end_badly():
    metadata = {"termination_reason": "Client disconnected", "error": {"code": 1, "reason": "late"}}
    assert conversation(metadata=metadata).transcript.ended_badly == ""


@pytest.mark.parametrize("value", [7, True, None, ["c"], {"a": 1}, "x" * 101])
def test_a_reference_that_somebody_made_up_is_none(value):
    data = {"dynamic_variables": {"call_ref": value, "other": {"deep": [1]}}}
    assert conversation(conversation_initiation_client_data=data).call_ref == ""


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"status": "resting"}, "status"),
        ({"conversation_id": ""}, "conversation_id"),
        ({"transcript": None}, "transcript"),
        ({"transcript": [{"message": "Hello."}]}, "transcript.0.role"),
        ({"metadata": {"start_time_unix_secs": "1" * 400}}, "metadata.start_time_unix_secs"),
        ({"metadata": {"start_time_unix_secs": 1e300}}, "metadata.start_time_unix_secs"),
        ({"metadata": {"call_duration_secs": float("nan")}}, "metadata.call_duration_secs"),
        ({"metadata": {"call_duration_secs": float("inf")}}, "metadata.call_duration_secs"),
    ],
)
def test_a_conversation_that_cannot_be_read_names_operation_and_field(fields, field):
    with pytest.raises(ProviderChanged) as caught:
        conversation(**fields)
    assert caught.value.operation == "get conversation"
    assert f"cannot read {field} " in caught.value.reason


def allowed(overrides):
    """Read an agent with these override settings."""
    agent = {"agent_id": "agent_a", "platform_settings": {"overrides": overrides}}
    return read(AgentFlags, agent, "get agent").allowed_overrides()


def test_the_enabled_flags_are_paths():
    tree = {
        "agent": {"first_message": True, "language": False, "prompt": {"prompt": True, "llm": False}},
        "tts": {"voice_id": True, "speed": None, "stability": "yes"},
        "conversation": {"text_only": True},
        "turn": {"soft_timeout_config": {"message": True}},
    }
    assert allowed({"conversation_config_override": tree, "custom_llm_extra_body": True}) == {
        "agent.first_message",
        "agent.prompt.prompt",
        "tts.voice_id",
        "conversation.text_only",
        "turn.soft_timeout_config.message",
    }


@pytest.mark.parametrize("overrides", [None, {}, {"conversation_config_override": None}])
def test_an_agent_without_flags_allows_nothing(overrides):
    assert allowed(overrides) == frozenset()


@pytest.mark.parametrize(
    ("url", "conversation_id"),
    [
        ("wss://api.test/v1?agent_id=a&conversation_signature=s&conversation_id=conv_x", "conv_x"),
        ("wss://api.test/v1?agent_id=a&conversation_signature=s", ""),
        ("ws://127.0.0.1:4/v1", ""),
    ],
)
def test_a_signed_url_may_name_its_conversation(url, conversation_id):
    signed = read(SignedUrlAnswer, {"signed_url": url}, "get signed URL").to_signed_url()
    assert (signed.url, signed.conversation_id) == (url, conversation_id)


@pytest.mark.parametrize("url", ["", "https://api.test/x", "javascript:alert(1)", "wss://", "wss://[", None])
def test_an_address_that_is_no_websocket_is_not_taken(url):
    with pytest.raises(ProviderChanged, match="signed_url"):
        read(SignedUrlAnswer, {"signed_url": url}, "get signed URL")
