"""What keeps an agent from ringing telephones as it should. Pure.

Sources: ElevenLabs, "System tools", "Data collection" and "Conversation flow".
"""

from collections.abc import Iterator, Sequence

from bot.domain.agent import APPLY, Agent, Expected, Finding, PhoneLine

OUR_FIRST_WORDS = "on the telephone the first sentence has to be Troupe's"

STOP_CALLING = "do_not_call"
STOP_CALLING_DESCRIPTION = (
    "True if anybody on the line said to stop calling, or never to call this number again."
)
"""What the agent is to collect from every call, and how that is described to it."""

SILENCE_SECONDS = 90
"""After how long without words a call ends, unless the operator chose another time."""


def check_phone(agent: Agent, lines: Sequence[PhoneLine], expected: Expected) -> Iterator[Finding]:
    """Yield what a telephone call would miss; where none is wanted, only what was set by half."""
    if expected.phone_regions and not expected.phone_number_id:
        yield Finding(
            "error",
            "PHONE_COUNTRIES is set, but there is no number to call from: no telephone is rung.",
            "Set ELEVENLABS_PHONE_NUMBER_ID, or leave PHONE_COUNTRIES empty.",
        )
    if expected.phone_number_id and not expected.phone_regions:
        yield Finding(
            "note",
            "PHONE_COUNTRIES is empty, so phone calls are off.",
            "Set it to the regions whose telephones may be rung, such as DE,AT,CH.",
        )
    if expected.takes_calls and not agent.asks_about_inbound:
        yield Finding(
            "error",
            "ELEVENLABS_INBOUND_SECRET is set, but the agent does not ask what inbound calls start with.",
            APPLY,
        )
    if expected.rings_phones:
        line = next((one for one in lines if one.id == expected.phone_number_id), None)
        yield from _first_words(agent, expected)
        yield from _stop_calling(agent)
        yield from _hanging_up(agent)
        yield from _machines(agent, line)


def _first_words(agent: Agent, expected: Expected) -> Iterator[Finding]:
    """Yield whether a hosted installation, which overrides nothing, would say its own first sentence."""
    if expected.is_hosted and "first message" not in agent.required.get("first_message", ()):
        yield Finding(
            "error",
            f"The agent does not begin with {{{{first_message}}}}, but {OUR_FIRST_WORDS}.",
            APPLY,
        )


def _stop_calling(agent: Agent) -> Iterator[Finding]:
    type_ = agent.collected.get(STOP_CALLING)
    if type_ == "boolean":
        return
    if type_ is None:
        what = f"The agent does not collect {STOP_CALLING}"
    else:
        what = f"The agent collects {STOP_CALLING} as {type_ or 'nothing'}, not as boolean"
    yield Finding(
        "error",
        f"{what}: it would not be understood when somebody says to stop calling.",
        APPLY,
    )


def _hanging_up(agent: Agent) -> Iterator[Finding]:
    if "end_call" not in agent.built_in_tools:
        yield Finding(
            "warning",
            "The agent lacks the tool end_call: it cannot hang up, not even on a wrong number.",
            APPLY,
        )
    if agent.silence_seconds < 0:
        yield Finding(
            "warning",
            "The agent never ends a call in which nobody speaks: a silent line costs until its longest end.",
            f"{APPLY} It then ends after {SILENCE_SECONDS} s, also on the page.",
        )


def _machines(agent: Agent, line: PhoneLine | None) -> Iterator[Finding]:
    if "voicemail_detection" not in agent.built_in_tools:
        if line is not None and line.provider == "twilio":
            yield Finding(
                "note",
                "The agent lacks the tool voicemail_detection; on a Twilio number Troupe has machines hung "
                "up on by itself.",
                APPLY,
            )
        else:
            yield Finding(
                "warning",
                "The agent lacks the tool voicemail_detection: it may talk to a voicemail box.",
                APPLY,
            )
    elif agent.voicemail_message:
        yield Finding(
            "warning",
            "The agent leaves a message on voicemail boxes, which anybody may hear.",
            APPLY,
        )
