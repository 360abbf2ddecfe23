"""Making our agent what it has to be, and saying before what that takes; run twice it changes nothing.

Source: ElevenLabs, "Get agent" and "Update agent": read, send the smallest change, read again and compare.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import SecretStr

from bot.domain.agent_changes import Change, body_of, changes_to
from bot.domain.agent_wanted import Beside, Wish, owned_paths
from bot.elevenlabs.beside import Addresses, Workshop
from bot.elevenlabs.client import ElevenLabs


@dataclass(frozen=True, slots=True)
class Plan:
    """What is made beside the agent, in words, and what is changed of it; ``owned`` are all paths of ours."""

    agent_id: str
    name: str
    steps: tuple[str, ...]
    changes: tuple[Change, ...]
    owned: tuple[str, ...]

    @property
    def is_empty(self) -> bool:
        """Whether everything is as it should be."""
        return not self.steps and not self.changes


@dataclass(frozen=True, slots=True)
class Applied:
    """What was done, and what did not take: the changes that are as much needed as before."""

    done: Plan
    left: tuple[Change, ...]


async def plan_agent(elevenlabs: ElevenLabs, wish: Wish, addresses: Addresses) -> Plan:
    """Return what applying would do; changes nothing. Raises ProviderError and its kinds."""
    steps: list[str] = []
    workshop = Workshop(elevenlabs.workspace, is_plan=True, tell=steps.append, keep_secret=_nothing)
    plan, _, _ = await _look(elevenlabs, wish, addresses, workshop, steps)
    return plan


async def apply_agent(
    elevenlabs: ElevenLabs,
    wish: Wish,
    addresses: Addresses,
    *,
    tell: Callable[[str], None] = lambda _: None,
    keep_secret: Callable[[SecretStr], None],
) -> Applied:
    """Do it, and compare what is there afterwards. Raises ProviderError and its kinds.

    ``tell`` hears each step once it is done, so that an error half way leaves nothing unsaid; what was done
    is found by the next run, which does the rest. ``keep_secret`` gets the secret of a new webhook, which is
    shown this once.
    """
    steps: list[str] = []

    def note(step: str) -> None:
        steps.append(step)
        tell(step)

    workshop = Workshop(elevenlabs.workspace, is_plan=False, tell=note, keep_secret=keep_secret)
    plan, owned, document = await _look(elevenlabs, wish, addresses, workshop, steps)
    if not plan.changes:
        return Applied(plan, ())
    await elevenlabs.agent.patch(body_of(plan.changes, owned))
    note(
        f"change {len(plan.changes)} settings of the agent"
        if len(plan.changes) > 1
        else "change one setting of the agent"
    )
    elevenlabs.agent.forget()
    document = (await elevenlabs.agent.fetch()).document
    return Applied(plan, changes_to(document, owned))


async def _look(
    elevenlabs: ElevenLabs, wish: Wish, addresses: Addresses, workshop: Workshop, steps: list[str]
) -> tuple[Plan, dict[str, Any], Mapping[str, Any]]:
    """Return the plan, our paths with what is wanted, and the agent as it is."""
    elevenlabs.agent.forget()
    detail = await elevenlabs.agent.fetch()
    beside: Beside = await workshop.provide(addresses, detail)
    owned = owned_paths(detail.document, wish, beside)
    changes = changes_to(detail.document, owned)
    return Plan(detail.agent_id, detail.name, tuple(steps), changes, tuple(owned)), owned, detail.document


def _nothing(_: SecretStr) -> None:
    """Keep nothing: a plan makes no webhook."""
