"""A public talk-to link: what stands in its address, and how it is kept short enough.

Source: ElevenLabs, "Dynamic variables", talk-to links: standard base64 of ASCII JSON, percent-encoded once.
"""

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import quote

from bot.domain.errors import OperatorError
from bot.domain.initiation import spoken
from bot.domain.persona import Persona
from bot.domain.quoting import one_line
from bot.domain.variables import STANDARD_VARIABLES, VariableValue

HOSTED_LINK_CHARS = 1_800
_CARRIED = ("user_name", "character", "character_name", "cast_as", "call_ref", "platform", "crisis_line")
_BROUGHT = ("is_returning", "call_count", "days_since_last_call", "topic")
_WHOLE = {"character", "cast_as", "call_ref", "crisis_line"}
"""What the workflow routes by, what brings the talk home, and what helps in danger are never shortened."""
_LEAST_OF_A_HINT = 8

Values = Mapping[str, VariableValue]
WithinChars = Callable[[int], str]
"""Returns the context in at most so many characters."""


@dataclass(frozen=True, slots=True)
class HostedLink:
    """An address, and the context that stands in it; empty where none was brought, or none fits."""

    url: str
    context: str = ""


def build_hosted_link(
    talk_url: str,
    agent_id: str,
    persona: Persona,
    variables: Values,
    *,
    hint: bool,
    bring: WithinChars | None = None,
) -> HostedLink:
    """Return a public talk-to link of at most 1,800 characters, with neutral values for all that is personal.

    It stands in an address that can be forwarded: it carries the name, ``cast_as``, ``call_ref`` and, if
    ``hint``, one hint; the greeting is filled from these alone, and the persona's own variables have their
    defaults. With ``bring``, which a member asked for, as much of the context as fits goes along, and how
    often they called. Too long a link has its hint shortened first, then the longest texts; what the
    workflow routes by and the crisis line stay whole. Raises OperatorError when that is not enough.
    """

    def address(values: Values) -> str:
        return _address(talk_url, agent_id, values)

    own = {name: variable.default for name, variable in persona.variables.items()}
    shown = {**STANDARD_VARIABLES, **own, **{name: variables[name] for name in _CARRIED}}
    if bring is not None:
        shown |= {name: variables[name] for name in _BROUGHT}
    if hint:
        shown["last_call_hint"] = variables["last_call_hint"]
    greeting = persona.greeting
    if shown["is_returning"] and persona.greeting_returning:
        greeting = persona.greeting_returning
    shown["first_message"] = spoken(greeting, shown)
    shown = _with_less_hint(shown, greeting, address)
    context = ""
    if bring is not None:
        context = _most_that_fits(bring, lambda text: _fits(address({**shown, "context": text})))
        shown |= {"context": context} if context else {}
    return HostedLink(address(_with_less_text(shown, persona, address)), context)


def _address(talk_url: str, agent_id: str, values: Values) -> str:
    data = json.dumps(values, separators=(",", ":")).encode("ascii")
    return f"{talk_url}?agent_id={quote(agent_id, safe='')}&vars={quote(base64.b64encode(data), safe='')}"


def _fits(link: str) -> bool:
    return len(link) <= HOSTED_LINK_CHARS


def _with_less_hint(
    values: Values, greeting: str, address: Callable[[Values], str]
) -> dict[str, VariableValue]:
    """Return the values with as much of the hint, also in the greeting, as lets the link be short enough."""
    hint = str(values["last_call_hint"])
    for chars in range(len(hint), -1, -1):
        less = {**values, "last_call_hint": _shorter_hint(hint, chars)}
        less["first_message"] = spoken(greeting, less)
        if chars == 0 or _fits(address(less)):
            return less
    return dict(values)


def _shorter_hint(hint: str, chars: int) -> str:
    """Return a hint in so many characters, its quotation closed; nothing where next to none of it is left."""
    if len(hint) <= chars:
        return hint
    head, mark, told = hint.partition("“")
    room = chars - len(head) - len("“”.")
    return f"{head}“{one_line(told.removesuffix('”.'), room)}”." if mark and room >= _LEAST_OF_A_HINT else ""


def _most_that_fits(bring: WithinChars, fits: Callable[[str], bool]) -> str:
    """Return the longest context that fits, made of whole items; nothing where not even one does."""
    best, low, high = "", 1, HOSTED_LINK_CHARS
    while low <= high:
        chars = (low + high) // 2
        text = bring(chars)
        if not fits(text):
            high = chars - 1
            continue
        low = chars + 1
        best = text if len(text) > len(best) else best
    return "" if best == STANDARD_VARIABLES["context"] else best


def _with_less_text(
    values: Values, persona: Persona, address: Callable[[Values], str]
) -> dict[str, VariableValue]:
    """Return the values with the ends of the longest texts cut until the link is short enough."""
    shown = dict(values)
    while not _fits(address(shown)):
        texts = {name: value for name, value in shown.items() if isinstance(value, str) and value}
        cut = texts.keys() - _WHOLE
        if not cut:
            raise OperatorError(
                f"A link to {persona.slug} would be too long; give it fewer or shorter variables."
            )
        longest = max(cut, key=lambda name: len(json.dumps(texts[name])))
        shown[longest] = one_line(texts[longest], len(texts[longest]) // 2) if len(texts[longest]) > 8 else ""
    return shown
