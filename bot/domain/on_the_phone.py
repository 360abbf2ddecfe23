"""What is said on the telephone before anybody is known, and the call that reads a code aloud.

Design, "Deliveries": on the phone nobody is known until they say so. The first sentence is ours, and nothing
that is remembered stands in it.
"""

import re
from collections.abc import Mapping, Sequence

from bot.domain.conversation import Turn
from bot.domain.variables import STANDARD_VARIABLES, VariableValue, make_harmless

PHONE_SENTENCE = (
    "{{character_name}} here, an AI character from {{community}}. This call is transcribed. "
    "Is this {{user_name}}?"
)

PHONE_RULES = """\
# On the telephone
You are calling a telephone, and anybody may have picked it up. You know nobody until they say who they are.
- Your first sentence asked whether this is {{user_name}}. Until somebody says yes, you remember nothing: do
  not mention or hint at anything from your notes, not even that you have spoken before.
- If they say no, or that it is a wrong number, apologise in one sentence, say goodbye and end the call.
- If anybody says to stop calling, confirm that this number will not be called again, and end the call.
- If a machine or a voicemail box answers, or nobody speaks, end the call without leaving a message."""

PHONE_CONTEXT = "What follows is for {user_name} alone. Use none of it before they have said that it is them."

CODE_SENTENCE = (
    "Hello, this is an AI voice calling for {community}. This call is transcribed. Somebody asked for a code "
    "for this number. Shall I read it to you?"
)

_CODE_PROMPT = """\
# A code on the telephone
You are an AI voice that reads a code aloud on the telephone, and nothing else. You know nobody and remember
nothing.
Read this code aloud, digit by digit, twice: {digits}. Then say goodbye and end the call.
- Repeat it if you are asked to. Talk about nothing else.
- If somebody did not ask for a code, tell them that they can ignore it, say goodbye and end the call.
- If anybody says to stop calling, confirm that this number will not be called again, and end the call.
- If a machine or a voicemail box answers, or nobody speaks, end the call without leaving a message."""

CODE_ROLE = "/code"
"""The ``cast_as`` of a call that reads a code aloud; no slug has a ``/``."""

HOSTED_CODE_PROMPT = """\
# A code on the telephone
You are an AI voice that reads a code aloud on the telephone, and nothing else. You know nobody and remember
nothing. Your first sentence was: {{first_message}}
- Repeat the code that stands in it, digit by digit, if you are asked to. Talk about nothing else.
- Once it was understood, say goodbye and end the call.
- If somebody did not ask for a code, tell them that they can ignore it, say goodbye and end the call.
- If anybody says to stop calling, confirm that this number will not be called again, and end the call.
- If a machine or a voicemail box answers, or nobody speaks, end the call without leaving a message."""
"""The prompt where the agent's workflow plays it, which knows the code from the first message alone."""

_YES = re.compile(
    r"\b(yes|yeah|yep|yup|speaking|it['’]?s me|it is me|that['’]?s me|this is (me|he|she)|"
    r"ja|jawohl|jo|genau|am apparat|das bin ich|oui|c['’]est moi|sí|soy yo|sono io|sim|tak|да)\b",
    re.IGNORECASE,
)
_NO = re.compile(
    r"\b(no|nope|not|isn['’]?t|wrong|nobody|who is (this|that)|who['’]?s (this|that)|never|"
    r"nein|nicht|kein\w*|falsch|non|pas|nie|não|нет)\b",
    re.IGNORECASE,
)
_ANSWERS = 2
"""In how many of their first sentences somebody may say who they are."""


def said_it_is_them(turns: Sequence[Turn]) -> bool:
    """Whether whoever picked up plainly said yes when they were asked whether they are the member.

    Anything that is not plain counts as no: then the member is asked whether it was them.
    """
    answers = [turn.text for turn in turns if turn.role == "user"][:_ANSWERS]
    for answer in answers:
        if _NO.search(answer):
            return False
        if _YES.search(answer):
            return True
    return False


def code_prompt(code: str) -> str:
    """Return the whole prompt of a call that reads a code aloud."""
    return _CODE_PROMPT.format(digits=" ".join(code))


def code_variables(
    code: str, community: str, known: Mapping[str, str], *, is_hosted: bool
) -> dict[str, VariableValue]:
    """Return the variables of a call that reads a code aloud: what is known, else neutral, and nobody's name.

    Where the agent's workflow plays its own prompts, the first message has to carry the code.
    """
    sentence = CODE_SENTENCE.format(community=make_harmless(community))
    if is_hosted:
        sentence = f"{sentence} It is: {', '.join(code)}. Once more: {', '.join(code)}."
    ours = {"platform": "phone", "first_message": sentence}
    return {**STANDARD_VARIABLES, **known, **ours, **({"cast_as": CODE_ROLE} if is_hosted else {})}
