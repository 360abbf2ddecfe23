"""What the agent's own guardrails do to the house rules. Pure.

Source: package ``elevenlabs``, ``GuardrailsV1Input``: guardrails judge what the agent is about to say; what
is blocked ends the call (``end_call``) or is said anew (``retry``).
"""

from collections.abc import Iterator

from bot.domain.agent import Agent, Finding

HELPS_IN_DANGER = frozenset({"self_harm", "medical_and_legal_information"})
"""What somebody in danger is answered with: the house rules have a character name a crisis line."""
_WHERE = "Look at Guardrails, under Security, in the agent's settings."


def check_guardrails(agent: Agent) -> Iterator[Finding]:
    """Say which guardrails may silence what the house rules ask for, and which others there are."""
    for guardrail in agent.guardrails:
        in_danger = guardrail.name in HELPS_IN_DANGER
        if guardrail.ends_call:
            what = f"The agent's guardrail {guardrail.name} hangs up in the middle of a call."
            if in_danger:
                what = (
                    f"The agent's guardrail {guardrail.name} hangs up where the house rules have a character "
                    "leave the role and name the crisis line."
                )
            yield Finding("warning", what, f"Let it try again instead of ending the call. {_WHERE}")
        elif in_danger:
            yield Finding(
                "warning",
                f"The agent's guardrail {guardrail.name} may keep a character from naming the crisis line, "
                "as the house rules ask.",
                f"Try it in a call, and switch it off if it does. {_WHERE}",
            )
    rest = [one.name for one in agent.guardrails if not one.ends_call and one.name not in HELPS_IN_DANGER]
    if rest:
        yield Finding(
            "note",
            f"Beside the house rules the agent has guardrails of its own: {', '.join(rest)}.",
            f"They judge what characters say, so try your cast with them. {_WHERE}",
        )
