"""A process of Troupe, of which several may share one database, and what they do not agree on."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, get_args

from bot.domain.words import length

Role = Literal["discord", "slack", "web", "followup"]
ROLES: tuple[Role, ...] = get_args(Role)
"""What ``troupe run`` does; with ``--only`` a part of it."""

SILENCE = timedelta(seconds=15)
"""A process that nothing was heard of for so long is gone, or stopped: what it relayed is over."""

MOST_APART = timedelta(seconds=2)
"""By how much clocks may differ: by them processes know who has which work, and which shard."""

_NOBODY_DOES: dict[Role, str] = {
    "discord": "nobody is answered on Discord",
    "slack": "nobody is answered on Slack",
    "web": "no talk page opens and no webhook is taken",
    "followup": "no telephone rings and no transcript comes home",
}


@dataclass(frozen=True, slots=True)
class Process:
    """What a process says of itself; ``id`` is new with every start.

    ``address`` is where it answers ``/healthz``, ``fronts`` where it can post. ``api_url`` and ``agent_id``
    say which agent plays, ``cast_version`` is a hash of all characters as it has them now.
    """

    id: str
    roles: tuple[Role, ...]
    host: str
    pid: int
    version: str
    started_at: datetime
    public_url: str
    address: str
    api_url: str
    agent_id: str
    cast_version: str
    fronts: tuple[str, ...] = ()

    @property
    def is_web(self) -> bool:
        """Whether its web server answers members."""
        return "web" in self.roles

    def __str__(self) -> str:
        """Say which one it is, as ``web (process 4711 on alpha)``."""
        roles = "everything" if set(self.roles) == set(ROLES) else ", ".join(self.roles)
        return f"{roles} (process {self.pid} on {self.host})"


_SAME: tuple[tuple[str, str, Callable[[Process], str]], ...] = (
    ("Two versions of Troupe run", "update the older one", lambda one: one.version),
    ("PUBLIC_URL differs", "give every process the same", lambda one: one.public_url or "none"),
    (
        "ELEVENLABS_AGENT_ID differs",
        "give every process the same",
        lambda one: one.agent_id or "none",
    ),
    (
        "ELEVENLABS_API_URL differs, or each has a sandbox of its own",
        "give every process the same, and ELEVENLABS_API_KEY",
        lambda one: one.api_url,
    ),
    (
        "The casts differ",
        "give every process the same files in PERSONAS_DIR",
        lambda one: one.cast_version[:8],
    ),
)
"""What has to be the same everywhere: what is wrong where it is not, what to do, and what is compared."""


def disagreements(processes: Sequence[Process]) -> Iterator[tuple[str, str]]:
    """Yield what these processes do not agree on, each with what to do about it."""
    for wrong, fix, of in _SAME:
        values = {of(one): one for one in processes}
        if len(values) > 1:
            named = "; ".join(f"{value} in {one}" for value, one in sorted(values.items()))
            yield f"{wrong}: {named}.", f"{fix[:1].upper()}{fix[1:]}."


def left_undone(processes: Sequence[Process], wanted: Collection[Role]) -> Iterator[tuple[str, str]]:
    """Yield what is wanted and done by none of these processes, each with what to do about it."""
    for role in ROLES:
        if role in wanted and not any(role in one.roles for one in processes):
            what = f"No process does {role}, so {_NOBODY_DOES[role]}."
            yield what, f"Start one: troupe run --only {role}."
    workers = [one for one in processes if "followup" in one.roles]
    for front in ("discord", "slack"):
        if workers and front in wanted and not any(front in one.fronts for one in workers):
            what = f"No process that does followup has the token of {front}, so no recap is posted there."
            yield what, f"Give it the same settings as the process that does {front}."


def clock_apart(before: datetime, there: datetime, after: datetime) -> tuple[str, str] | None:
    """Say how wrong a clock is, and what to do; None where it agrees with the database's.

    ``before`` and ``after`` are what it showed when that was asked and had said ``there``: how long the way
    takes is nobody's fault.
    """
    off = max(before - there, there - after)
    if off <= MOST_APART:
        return None
    which = "ahead of" if before > there else "behind"
    what = f"This machine's clock is {length(round(off.total_seconds()))} {which} that of the database."
    fix = "Let both be set over the network (timedatectl set-ntp true): processes on several machines may "
    return what, f"{fix}take over each other's work too early while their clocks differ."
