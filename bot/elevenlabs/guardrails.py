"""The guardrails of an agent, as its document has them. No I/O.

Source: package ``elevenlabs``, ``GuardrailsV1Input`` and what is in it; nothing is enabled unless it says so.
"""

from collections.abc import Iterator
from typing import Any

from pydantic import Field, ValidationError

from bot.domain.agent import Guardrail, Unread
from bot.elevenlabs.agent_detail import AgentDetail, Document

_PLACE = "platform_settings.guardrails"


class _Switch(Document):
    is_enabled: bool = False


class _Action(Document):
    type: str = ""


class _Content(Document):
    config: dict[str, _Switch | None] = Field(default_factory=dict)
    trigger_action: _Action = _Action()


class _Own(_Switch):
    name: str = ""
    trigger_action: _Action = _Action()


class _OwnConfig(Document):
    configs: tuple[_Own, ...] = ()


class _Custom(Document):
    config: _OwnConfig = _OwnConfig()


class _Guardrails(Document):
    focus: _Switch = _Switch()
    prompt_injection: _Switch = _Switch()
    content: _Content = _Content()
    custom: _Custom = _Custom()


def read_guardrails(detail: AgentDetail) -> tuple[tuple[Guardrail, ...], tuple[Unread, ...]]:
    """Return the guardrails that are switched on, or that they cannot be read."""
    settings: Any = detail.document.get("platform_settings")
    written = settings.get("guardrails") if isinstance(settings, dict) else None
    try:
        return tuple(_enabled(_Guardrails.model_validate(written or {}))), ()
    except ValidationError:
        return (), (Unread("agent", _PLACE, "it is not as documented"),)


def _enabled(found: _Guardrails) -> Iterator[Guardrail]:
    for name in ("focus", "prompt_injection"):
        if getattr(found, name).is_enabled:
            yield Guardrail(name)
    ends_call = found.content.trigger_action.type == "end_call"
    for name, switch in found.content.config.items():
        if switch is not None and switch.is_enabled:
            yield Guardrail(name, ends_call)
    for own in found.custom.config.configs:
        if own.is_enabled:
            yield Guardrail(f"“{own.name}”", own.trigger_action.type == "end_call")
